package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func (r *rig) submit(media string) answer {
	r.t.Helper()
	return r.post("/cgi-bin/freepublish/submit", answer{"media_id": media})
}

func (r *rig) status(id any) answer {
	r.t.Helper()
	return r.post("/cgi-bin/freepublish/get", answer{"publish_id": id})
}

func TestPublish(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PublishDelay = 5 * time.Second })
	media := r.draft(answer{"content_source_url": "https://example.org/a?d=1"}, answer{"title": "次条"})
	_, data := r.raw("POST", "/cgi-bin/freepublish/submit?"+r.auth(), "", strings.NewReader(`{"media_id":"`+media+`"}`))
	if !strings.Contains(string(data), `"publish_id":2247483648`) {
		t.Fatalf("publish_id is a bare integer above 2^31: %s", data)
	}
	id := r.parse(data)["publish_id"]
	if st := r.status(fmt.Sprintf("%.0f", id)); st["publish_status"] != 1.0 || st["article_id"] != nil || len(st["fail_idx"].([]any)) != 0 {
		t.Fatalf("in progress: %v", st)
	}
	r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 0)
	r.clock.add(5 * time.Second)
	st := r.status(id)
	detail := st["article_detail"].(map[string]any)
	if st["publish_status"] != 0.0 || detail["count"] != 2.0 {
		t.Fatalf("success: %v", st)
	}
	r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 40007)
	list := r.post("/cgi-bin/freepublish/batchget", `{"offset":0,"count":20,"no_content":1}`)
	item := list["item"].([]any)[0].(map[string]any)
	art := item["content"].(map[string]any)["news_item"].([]any)[0].(map[string]any)
	if item["article_id"] != st["article_id"] || art["content_source_url"] != "https://example.org/a?d=1" || art["is_deleted"] != false || art["thumb_url"] == "" {
		t.Fatalf("batchget: %v", list)
	}
	r.expect(r.status(1), 53502)
	r.expect(r.submit(media), 40007)
}

func TestDeletePublication(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PublishDelay = -1 })
	st := r.status(r.submit(r.draft(answer{}, answer{}))["publish_id"])
	del := func(id, index any) answer {
		return r.post("/cgi-bin/freepublish/delete", answer{"article_id": id, "index": index})
	}
	r.expect(del("x", 1), 53600)
	r.expect(del(st["article_id"], 3), 40114)
	r.expect(del(st["article_id"], 2), 0)
	if again := r.status(st["publish_id"]); again["publish_status"] != 0.0 {
		t.Fatalf("one of two deleted: %v", again)
	}
	r.expect(del(st["article_id"], 0), 0)
	if again := r.status(st["publish_id"]); again["publish_status"] != 5.0 {
		t.Fatalf("all deleted: %v", again)
	}
}

func TestAccountKinds(t *testing.T) {
	for _, c := range []struct {
		kind             Kind
		submit, all, one int
		status           float64
	}{
		{Subscription, 0, 0, 48001, 0}, {Service, 0, 0, 0, 0}, {Personal, 48001, 48001, 48001, 0}, {Test, 0, 0, 0, 3},
	} {
		r := newRig(t, func(cfg *Config) { cfg.PublishDelay, cfg.Accounts[0].Kind = -1, c.kind })
		a := r.submit(r.draft())
		r.expect(a, c.submit)
		if c.submit == 0 {
			if st := r.status(a["publish_id"]); st["publish_status"] != c.status {
				t.Errorf("%s: %v", c.kind, st)
			}
		}
		r.expect(r.post("/cgi-bin/message/mass/sendall", `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"a"}}`), c.all)
		r.expect(r.post("/cgi-bin/message/mass/send", `{"touser":["a","b"],"msgtype":"text","text":{"content":"b"}}`), c.one)
	}
}

func TestHiddenBrake(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.SubmitPerMinute = 2 })
	r.expect(r.submit(r.draft()), 0)
	r.expect(r.submit(r.draft()), 0)
	id := r.draft()
	r.expect(r.submit(id), 53501)
	r.clock.add(time.Minute)
	r.expect(r.submit(id), 0)
}

func TestQuota(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.Daily = map[string]int{"/cgi-bin/draft/count": 3} })
	quota := func() (used, remain float64) {
		q := r.post("/cgi-bin/openapi/quota/get", answer{"cgi_path": "/cgi-bin/draft/count"})["quota"].(map[string]any)
		return q["used"].(float64), q["remain"].(float64)
	}
	for range 3 {
		r.expect(r.get("/cgi-bin/draft/count"), 0)
	}
	r.expect(r.get("/cgi-bin/draft/count"), 45009)
	if used, remain := quota(); used != 3 || remain != 0 {
		t.Fatal(used, remain)
	}
	r.expect(r.post("/cgi-bin/openapi/quota/get", `{"cgi_path":"/cgi-bin/nothing"}`), 76021)
	r.expect(r.post("/cgi-bin/openapi/quota/clear", `{"cgi_path":"/cgi-bin/draft/count"}`), 0)
	r.expect(r.get("/cgi-bin/draft/count"), 0)
	for i := range 10 { // the two ways share ten a month
		if i%2 == 0 {
			r.expect(r.post("/cgi-bin/clear_quota", answer{"appid": testAppID}), 0)
			continue
		}
		_, data := r.raw("POST", "/cgi-bin/clear_quota/v2?appid="+testAppID+"&appsecret="+testSecret, "", nil)
		r.expect(r.parse(data), 0)
	}
	r.expect(r.post("/cgi-bin/clear_quota", answer{"appid": testAppID}), 48006)
	for range 3 {
		r.expect(r.get("/cgi-bin/draft/count"), 0)
	}
	r.expect(r.get("/cgi-bin/draft/count"), 45009)
	r.clock.add(7 * time.Hour) // 16:00 UTC is midnight in China; it was 09:00
	r.token = ""
	r.expect(r.get("/cgi-bin/draft/count"), 0)
}

func TestMinuteLimit(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.PerMinute = map[string]int{"/cgi-bin/draft/count": 2} })
	r.get("/cgi-bin/draft/count")
	r.get("/cgi-bin/draft/count")
	r.expect(r.get("/cgi-bin/draft/count"), 45011)
	r.clock.add(time.Minute)
	r.expect(r.get("/cgi-bin/draft/count"), 0)
}

func TestDocumentedQuotas(t *testing.T) {
	r := newRig(t, nil)
	for path, want := range map[string]float64{
		"/cgi-bin/draft/add": 1000, "/cgi-bin/draft/get": 500, "/cgi-bin/freepublish/get": 100, "/cgi-bin/freepublish/delete": 10,
		"/cgi-bin/message/mass/sendall": 100, "/cgi-bin/message/mass/send": 100, "/cgi-bin/token": 2000,
	} {
		if q := r.post("/cgi-bin/openapi/quota/get", answer{"cgi_path": path})["quota"].(map[string]any); q["daily_limit"] != want {
			t.Errorf("%s: %v, want %v", path, q, want)
		}
	}
}

func massBody(media, client string) answer {
	a := answer{"filter": answer{"is_to_all": true}, "msgtype": "mpnews", "mpnews": answer{"media_id": media}, "send_ignore_reprint": 0}
	if client != "" {
		a["clientmsgid"] = client
	}
	return a
}

const sendall = "/cgi-bin/message/mass/sendall"

func TestClientMsgID(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Accounts[0].Kind = Service })
	media := r.draft()
	r.expect(r.post(sendall, massBody(media, strings.Repeat("x", 33))), 45067)
	sent := r.post(sendall, massBody(media, "delivery-1"))
	if sent.str("errmsg") != "send job submission success" || sent["msg_data_id"] == nil {
		t.Fatal(sent)
	}
	r.expect(r.post(sendall, massBody(media, "delivery-1")), 45066)
	r.clock.add(61 * time.Second)
	again := r.post(sendall, massBody(media, "delivery-1")) // the draft is gone, and yet this is the answer
	if r.expect(again, 45065); again["msg_id"] != sent["msg_id"] || !strings.HasPrefix(again.str("errmsg"), "clientmsgid exist rid: ") {
		t.Fatal(again)
	}
	r.expect(r.post(sendall, massBody(media, "delivery-2")), 40007)
	if st := r.post("/cgi-bin/message/mass/get", answer{"msg_id": sent["msg_id"]}); st["msg_status"] != "SEND_SUCCESS" {
		t.Fatal(st)
	}
	r.clock.add(24 * time.Hour)
	r.token = ""
	r.expect(r.post(sendall, massBody(r.draft(), "delivery-1")), 0)
}

// TestDerivedClientMsgID: without an identifier the same content to the same audience is known, another is not.
func TestDerivedClientMsgID(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Accounts[0].Kind = Service })
	thumb := r.thumb()
	same := func() string { return r.draft(answer{"thumb_media_id": thumb}) }
	r.expect(r.post(sendall, massBody(same(), "")), 0)
	r.clock.add(2 * time.Minute)
	r.expect(r.post(sendall, massBody(same(), "")), 45065)
	r.expect(r.post(sendall, massBody(r.draft(answer{"thumb_media_id": thumb, "content": "<p>别的</p>"}), "")), 0)
}

func TestAllowance(t *testing.T) {
	for kind, allowed := range map[Kind]int{Subscription: 1, Service: 4} {
		r := newRig(t, func(c *Config) { c.Accounts[0].Kind = kind })
		for i := range allowed {
			r.expect(r.post(sendall, massBody(r.draft(), fmt.Sprint(i))), 0)
		}
		r.expect(r.post(sendall, massBody(r.draft(), "more")), 45028)
		r.clock.add(24 * time.Hour)
		r.token = ""
		want := 0
		if kind == Service {
			want = 45028 // four a month
		}
		r.expect(r.post(sendall, massBody(r.draft(), "tomorrow")), want)
	}
}

// TestFailedSendKeepsAllowance: only a successful send counts, and the draft stays.
func TestFailedSendKeepsAllowance(t *testing.T) {
	r := newRig(t, nil)
	if _, err := r.s.AddFault(Fault{Path: "message/mass/sendall", Times: 1, MassStatus: "err(20001)"}); err != nil {
		t.Fatal(err)
	}
	media := r.draft()
	sent := r.post(sendall, massBody(media, "a"))
	r.clock.add(2 * time.Second)
	if st := r.post("/cgi-bin/message/mass/get", answer{"msg_id": sent["msg_id"]}); st["msg_status"] != "SEND_FAIL" {
		t.Fatal(st)
	}
	r.expect(r.post(sendall, massBody(media, "b")), 0)
}

func TestApproval(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Accounts[0].MassProtection, c.PublishDelay = true, -1 })
	media := r.draft()
	r.expect(r.post(sendall, massBody(media, "a")), 89505)
	r.expect(r.post(sendall, massBody(media, "a")), 89504)
	id := r.s.State(-1).Accounts[0].Masses[0].MsgID
	state := func() any { return r.post("/cgi-bin/message/mass/get", answer{"msg_id": id})["msg_status"] }
	if state() != "SENDING" {
		t.Fatal(state())
	}
	if res, data := r.raw("POST", fmt.Sprintf("/sandbox/accounts/%s/mass/%d", testAppID, id), "", strings.NewReader(`{"confirm":true}`)); res.StatusCode != 204 {
		t.Fatalf("%d %s", res.StatusCode, data)
	}
	if state() != "SEND_SUCCESS" {
		t.Fatal(state())
	}
	r.clock.add(24 * time.Hour)
	r.token = ""
	r.expect(r.post(sendall, massBody(r.draft(), "b")), 89505)
	id = r.s.State(-1).Accounts[0].Masses[0].MsgID
	r.clock.add(31 * time.Minute)
	if state() != "SEND_FAIL" {
		t.Fatal("nobody answered in 30 minutes")
	}
	r.expect(r.post(sendall, massBody(r.draft(), "c")), 89505)
	id = r.s.State(-1).Accounts[0].Masses[0].MsgID
	if err := r.s.Decide(testAppID, id, false); err != nil || state() != "SEND_FAIL" {
		t.Fatal(err, state())
	}
}

func TestMassRefusals(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Accounts[0].Kind = Service })
	cases := []struct {
		name, path, body string
		code             int
	}{
		{"no audience", sendall, `{"filter":{"is_to_all":false},"msgtype":"text","text":{"content":"a"}}`, 40152},
		{"no msgtype", sendall, `{"filter":{"is_to_all":true}}`, 40008},
		{"unknown msgtype", sendall, `{"filter":{"is_to_all":true},"msgtype":"x"}`, 45162},
		{"cards", sendall, `{"filter":{"is_to_all":true},"msgtype":"wxcard"}`, 45113},
		{"outside link", sendall, `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"见 https://example.org/a"}}`, 40066},
		{"one openid", "/cgi-bin/message/mass/send", `{"touser":["a"],"msgtype":"text","text":{"content":"a"}}`, 40130},
		{"openid for list", "/cgi-bin/message/mass/send", `{"touser":"a","msgtype":"text","text":{"content":"a"}}`, 40031},
		{"unknown draft", sendall, `{"filter":{"is_to_all":true},"msgtype":"mpnews","mpnews":{"media_id":"x"}}`, 40007},
		{"preview to nobody", "/cgi-bin/message/mass/preview", `{"msgtype":"text","text":{"content":"a"}}`, 40003},
		{"unknown message", "/cgi-bin/message/mass/get", `{"msg_id":"1"}`, 40059},
		{"unknown message deleted", "/cgi-bin/message/mass/delete", `{"msg_id":1}`, 40059},
		{"speed", "/cgi-bin/message/mass/speed/set", `{"speed":5}`, 45083},
	}
	for _, c := range cases {
		if a := r.post(c.path, c.body); a.code() != c.code {
			t.Errorf("%s: %v, want %d", c.name, a, c.code)
		}
	}
}

func TestPreviewAndDelete(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PublishDelay = -1 })
	media := r.draft(answer{}, answer{})
	p := r.post("/cgi-bin/message/mass/preview", answer{"touser": "o1", "msgtype": "mpnews", "mpnews": answer{"media_id": media}})
	if p.str("errmsg") != "preview success" {
		t.Fatal(p)
	}
	r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 0) // a preview consumes nothing
	sent := r.post(sendall, massBody(media, "a"))
	m := r.s.State(-1).Accounts[0].Masses[0]
	if len(m.URLs) != 2 {
		t.Fatal(m)
	}
	r.expect(r.post("/cgi-bin/message/mass/delete", answer{"msg_id": sent["msg_id"], "article_idx": 3}), 40060)
	r.expect(r.post("/cgi-bin/message/mass/delete", answer{"url": m.URLs[1]}), 0)
	r.expect(r.post("/cgi-bin/message/mass/delete", answer{"msg_id": sent["msg_id"], "article_idx": 1}), 0)
	if st := r.post("/cgi-bin/message/mass/get", answer{"msg_id": sent["msg_id"]}); st["msg_status"] != "DELETE" {
		t.Fatal(st)
	}
}

// TestManyArticles: a thousand publications are quick to make and to list.
func TestManyArticles(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Limits.Daily = map[string]int{"/cgi-bin/freepublish/submit": -1, "/cgi-bin/draft/add": -1}
	})
	thumb := r.thumb()
	began := time.Now()
	for i := range 1000 {
		r.submit(r.draft(answer{"title": fmt.Sprint(i), "thumb_media_id": thumb}))
	}
	r.clock.add(2 * time.Second)
	seen := 0
	for offset := 0; offset < 1000; offset += 20 {
		a := r.post("/cgi-bin/freepublish/batchget", answer{"offset": offset, "count": 20})
		seen += len(a["item"].([]any))
	}
	if took := time.Since(began); seen != 1000 || took > 20*time.Second {
		t.Fatalf("%d articles in %v", seen, took)
	}
	data, err := json.Marshal(r.s.State(-1))
	if err != nil || len(data) == 0 {
		t.Fatal(err)
	}
}
