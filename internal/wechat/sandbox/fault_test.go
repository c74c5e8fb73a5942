package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func (r *rig) order(f Fault) {
	r.t.Helper()
	body, _ := json.Marshal(f)
	if res, data := r.raw("POST", "/sandbox/faults", "application/json", strings.NewReader(string(body))); res.StatusCode != 201 {
		r.t.Fatalf("fault: %d %s", res.StatusCode, data)
	}
}

// tryPost posts and reports what the caller sees: a status, or an error of the transport.
func (r *rig) tryPost(path, body string, patience time.Duration) (int, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", r.url+path+"?"+r.auth(), strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// TestReplyLost: the caller cannot know, and yet it happened.
func TestReplyLost(t *testing.T) {
	for _, how := range []string{LostTimeout, LostReset, LostBadGateway} {
		r := newRig(t, nil)
		media := r.draft()
		r.order(Fault{Path: "freepublish/submit", Times: 1, ReplyLost: how})
		status, err := r.tryPost("/cgi-bin/freepublish/submit", `{"media_id":"`+media+`"}`, 300*time.Millisecond)
		if how == LostBadGateway && (status != 502 || err != nil) || how != LostBadGateway && err == nil {
			t.Errorf("%s: the caller saw %d %v", how, status, err)
		}
		if how == LostTimeout && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("timeout: %v", err)
		}
		r.clock.add(2 * time.Second)
		pubs := r.s.State(-1).Accounts[0].Publications
		if len(pubs) != 1 || pubs[0].Status != pubSuccess {
			t.Errorf("%s: the effect should be there: %v", how, pubs)
		}
		call := r.s.Calls(CallFilter{Path: "freepublish/submit"})[0]
		if !call.Effect || call.ReplyLost != how || call.Fault == "" {
			t.Errorf("%s: the log says %+v", how, call)
		}
		r.expect(r.submit(r.draft()), 0) // once only
	}
}

func TestOrderedAnswers(t *testing.T) {
	r := newRig(t, nil)
	r.order(Fault{Path: "draft/*", Skip: 1, Times: 1, ErrCode: -1, ErrMsg: "system error"})
	r.expect(r.get("/cgi-bin/draft/count"), 0)
	a := r.get("/cgi-bin/draft/count")
	if r.expect(a, -1); !strings.HasPrefix(a.str("errmsg"), "system error rid: ") {
		t.Fatal(a)
	}
	r.expect(r.get("/cgi-bin/draft/count"), 0)

	r.order(Fault{Path: "*", Times: 1, HTTPStatus: 503})
	if res, _ := r.raw("GET", "/cgi-bin/draft/count?"+r.auth(), "", nil); res.StatusCode != 503 {
		t.Fatal(res.Status)
	}

	r.order(Fault{Path: "draft/add", Times: 1, ErrCode: -1, After: true})
	r.expect(r.post("/cgi-bin/draft/add", answer{"articles": r.articles(answer{})}), -1)
	if n := r.get("/cgi-bin/draft/count"); n["total_count"] != 1.0 {
		t.Fatalf("errcode after the effect: %v", n)
	}

	r.order(Fault{Path: "draft/add", AppID: "wx-another", ErrCode: -1})
	r.draft()

	r.order(Fault{Path: "draft/count", Times: 1, Latency: Span(80 * time.Millisecond)})
	began := time.Now()
	r.get("/cgi-bin/draft/count")
	if took := time.Since(began); took < 80*time.Millisecond {
		t.Fatal("no latency:", took)
	}
}

func TestPublishStatusFaults(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PublishDelay = -1 })
	for _, want := range []int{2, 3, 4} {
		r.order(Fault{Path: "freepublish/submit", Times: 1, PublishStatus: want})
		media := r.draft(answer{}, answer{})
		st := r.status(r.submit(media)["publish_id"])
		fails := len(st["fail_idx"].([]any))
		if st["publish_status"] != float64(want) || st["article_id"] != nil || (want == 3) != (fails == 0) {
			t.Errorf("status %d: %v", want, st)
		}
		r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 0) // the draft stays
	}
	for _, want := range []int{5, 6} {
		r.order(Fault{Path: "freepublish/submit", Times: 1, Later: want, LaterAfter: Span(time.Minute)})
		id := r.submit(r.draft())["publish_id"]
		if st := r.status(id); st["publish_status"] != 0.0 {
			t.Fatal(st)
		}
		r.clock.add(time.Minute)
		if st := r.status(id); st["publish_status"] != float64(want) {
			t.Errorf("later %d: %v", want, st)
		}
	}
}

func TestIDFaults(t *testing.T) {
	r := newRig(t, nil)
	r.order(Fault{Path: "freepublish/*", QuotedIDs: true, NoMsgDataID: true})
	a := r.submit(r.draft())
	if a.str("publish_id") != "2247483648" || a["msg_data_id"] != nil {
		t.Fatal(a)
	}
	if st := r.status(a["publish_id"]); st.str("publish_id") != "2247483648" {
		t.Fatal(st)
	}
}

func TestEventFaults(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = -1, hook.URL })
	publish := func(f Fault) answer {
		f.Path, f.Times = "freepublish/submit", 1
		r.order(f)
		return r.submit(r.draft())
	}
	publish(Fault{Event: EventLost})
	publish(Fault{Event: EventDoubled}) // had the lost one come, it would be in front of these
	one, two := hook.next(t), hook.next(t)
	if one.body != two.body || one.query["nonce"][0] == two.query["nonce"][0] {
		t.Fatalf("doubled: %v %v", one, two)
	}
	publish(Fault{Event: EventOtherKind})
	if e := hook.next(t); !strings.Contains(e.body, "MASSSENDJOBFINISH") || !strings.Contains(e.body, "<ArticleUrlResult><Count>1</Count>") || strings.Contains(e.body, "article_id") {
		t.Fatal(e.body)
	}
	publish(Fault{Event: EventLate, EventDelay: Span(50 * time.Millisecond)})
	if e := hook.next(t); !strings.Contains(e.body, "PUBLISHJOBFINISH") {
		t.Fatal(e.body)
	}
	r.order(Fault{Path: "message/mass/sendall", Times: 1, NoArticleURLs: true})
	r.expect(r.post(sendall, massBody(r.draft(), "m")), 0)
	if e := hook.next(t); !strings.Contains(e.body, "<ArticleUrlResult><Count>0</Count>") {
		t.Fatal(e.body)
	}
	publish(Fault{PublishStatus: 4, FailIdx: []int{1}})
	if e := hook.next(t); !strings.Contains(e.body, "<publish_status>4</publish_status><fail_idx>1</fail_idx>") {
		t.Fatal(e.body)
	}
}

func TestFaultEndpoint(t *testing.T) {
	r := newRig(t, nil)
	for _, bad := range []string{
		`{}`, `{"path":"x","reply_lost":"maybe"}`, `{"path":"x","event":"never"}`, `{"path":"x","publish_status":1}`, `{"path":"x","later":4}`,
		`{"path":"x","http_status":42}`, `{"path":"x","misspelt":true}`, `{"path":"["}`, `{"path":"x"} {}`, `nonsense`,
	} {
		if res, _ := r.raw("POST", "/sandbox/faults", "", strings.NewReader(bad)); res.StatusCode != 400 {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	res, _ := r.raw("POST", "/sandbox/faults", "", strings.NewReader(`{"path":"draft/add","latency":"1.5s","event_delay":200,"times":2}`))
	if res.StatusCode != 201 {
		t.Fatal(res.Status)
	}
	_, data := r.raw("GET", "/sandbox/faults", "", nil)
	var list []Fault
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 1 {
		t.Fatal(err, string(data))
	}
	if f := list[0]; f.Path != "/cgi-bin/draft/add" || time.Duration(f.Latency) != 1500*time.Millisecond || time.Duration(f.EventDelay) != 200*time.Millisecond {
		t.Fatal(f)
	}
	if res, _ := r.raw("DELETE", "/sandbox/faults/"+list[0].ID, "", nil); res.StatusCode != 204 || len(r.s.Faults()) != 0 {
		t.Fatal(res.Status, r.s.Faults())
	}
	r.order(Fault{Path: "*", ErrCode: -1})
	if res, _ := r.raw("DELETE", "/sandbox/faults", "", nil); res.StatusCode != 204 || len(r.s.Faults()) != 0 {
		t.Fatal(res.Status)
	}
}

func TestConfiguredFaults(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Faults = []Fault{{Path: "draft/count", ErrCode: -1}} })
	r.expect(r.get("/cgi-bin/draft/count"), -1)
	if _, err := New(Config{Accounts: []Account{{AppID: "a", Secret: "s"}}, Faults: []Fault{{Event: "x"}}}); err == nil {
		t.Fatal("a fault that orders nothing known was accepted")
	}
}
