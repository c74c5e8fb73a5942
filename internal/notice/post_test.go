package notice_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/notice"
	"newsdesk/internal/press"
)

const signingKey = "SECthisisakeyofthirtytwocharacters"

// heard is what a receiver got.
type heard struct {
	*http.Request
	body []byte
}

// receiver is a robot or a program that answers as it is told to.
func receiver(t *testing.T, answer func(w http.ResponseWriter, h heard)) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answer(w, heard{r, body})
	}))
	t.Cleanup(s.Close)
	return s
}

func sender(s *httptest.Server) *notice.Sender {
	return notice.New(notice.Config{Robots: []string{s.URL}, Private: true, Timeout: 3 * time.Second, Version: "test"})
}

func sum(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// TestRobots: each robot gets what its vendor documents, signed as its vendor documents.
func TestRobots(t *testing.T) {
	t.Parallel()
	for road, c := range map[press.NoticeRoad]struct {
		path  string
		yes   string
		check func(t *testing.T, h heard) (text string)
	}{
		press.RoadWeCom: {"/cgi-bin/webhook/send?key=k-123456", `{"errcode":0,"errmsg":"ok"}`, func(t *testing.T, h heard) string {
			t.Helper()
			var m struct {
				MsgType string                   `json:"msgtype"`
				Text    struct{ Content string } `json:"text"`
			}
			if err := json.Unmarshal(h.body, &m); err != nil || m.MsgType != "text" || h.URL.Query().Get("key") != "k-123456" {
				t.Errorf("%v: %s", err, h.body)
			}
			return m.Text.Content
		}},
		press.RoadDingTalk: {"/robot/send?access_token=t-123456", `{"errcode":0,"errmsg":"ok"}`, func(t *testing.T, h heard) string {
			t.Helper()
			var m struct {
				MsgType string                   `json:"msgtype"`
				Text    struct{ Content string } `json:"text"`
			}
			q := h.URL.Query()
			at := q.Get("timestamp")
			millis, numErr := strconv.ParseInt(at, 10, 64)
			if err := json.Unmarshal(h.body, &m); err != nil || m.MsgType != "text" || q.Get("access_token") != "t-123456" ||
				q.Get("sign") != base64.StdEncoding.EncodeToString(sum(signingKey, at+"\n"+signingKey)) || numErr != nil || time.Since(time.UnixMilli(millis)).Abs() > time.Minute {
				t.Errorf("%v: %s %s", err, h.URL, h.body)
			}
			return m.Text.Content
		}},
		press.RoadFeishu: {"/open-apis/bot/v2/hook/h-123456", `{"code":0,"msg":"success","data":{}}`, func(t *testing.T, h heard) string {
			t.Helper()
			var m struct {
				MsgType   string `json:"msg_type"`
				Timestamp string `json:"timestamp"`
				Sign      string `json:"sign"`
				Content   struct {
					Post map[string]struct {
						Title   string                `json:"title"`
						Content [][]map[string]string `json:"content"`
					} `json:"post"`
				} `json:"content"`
			}
			err := json.Unmarshal(h.body, &m)
			if err != nil || m.MsgType != "post" || m.Sign != base64.StdEncoding.EncodeToString(sum(m.Timestamp+"\n"+signingKey, "")) {
				t.Errorf("%v: %s", err, h.body)
			}
			post := m.Content.Post["zh_cn"]
			text := post.Title
			for _, l := range post.Content {
				for _, p := range l {
					text += "\n" + p["text"] + p["href"]
				}
			}
			return text
		}},
	} {
		t.Run(string(road), func(t *testing.T) {
			t.Parallel()
			s := receiver(t, func(w http.ResponseWriter, h heard) {
				text := c.check(t, h)
				for _, want := range []string{"[Newsdesk · 示例大学] 推送受阻", "公众号：campus", "下一步：放行，或取消。", "https://news.example.edu.cn/deliveries/01m8"} {
					if !strings.Contains(text, want) {
						t.Errorf("%q lacks %q", text, want)
					}
				}
				fmt.Fprint(w, c.yes)
			})
			answer, err := sender(s).Send(t.Context(), press.NoticeRoute{Road: road, Address: s.URL + c.path, Secret: signingKey}, blockedMessage())
			if err != nil || !strings.HasPrefix(answer, "0 ") {
				t.Errorf("%q, %v", answer, err)
			}
		})
	}
}

// TestRobotsRefuse: 200 is no yes. Each number becomes a sentence with what to do, and no key is in any of it.
func TestRobotsRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		road    press.NoticeRoad
		answer  string
		text    string
		wait    time.Duration
		unclear bool
	}{
		{press.RoadWeCom, `{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], key-of-the-robot"}`, "该地址没有机器人", 0, false},
		{press.RoadWeCom, `{"errcode":45009,"errmsg":"api freq out of limit"}`, "限流", time.Minute, false},
		{press.RoadWeCom, `{"errcode":40058,"errmsg":"wrong json format"}`, "拒绝了这条消息", 0, false},
		{press.RoadDingTalk, `{"errcode":310000,"errmsg":"keywords not in content"}`, "关键词", 0, false},
		{press.RoadDingTalk, `{"errcode":310000,"errmsg":"sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"}`, "签名", 0, false},
		{press.RoadDingTalk, `{"errcode":310000,"errmsg":"invalid timestamp"}`, "时间戳", 0, false},
		{press.RoadDingTalk, `{"errcode":310000,"errmsg":"ip 203.0.113.7 not in whitelist"}`, "白名单", 0, false},
		{press.RoadDingTalk, `{"errcode":300005,"errmsg":"token is not exist"}`, "该地址没有机器人", 0, false},
		{press.RoadDingTalk, `{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}`, "限流", 10 * time.Minute, false},
		{press.RoadFeishu, `{"code":19024,"msg":"Key Words Not Found"}`, "关键词", 0, false},
		{press.RoadFeishu, `{"code":19022,"msg":"Ip Not Allowed"}`, "白名单", 0, false},
		{press.RoadFeishu, `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`, "签名", 0, false},
		{press.RoadFeishu, `{"code":11232,"msg":"frequency limited"}`, "限流", time.Minute, false},
		{press.RoadFeishu, `{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}`, "该地址没有机器人", 0, false},
		{press.RoadFeishu, `{"errcode":0}`, "不是机器人的应答", 0, true},
		{press.RoadWeCom, `<html>please sign in to the network</html>`, "不是机器人的应答", 0, true},
	} {
		s := receiver(t, func(w http.ResponseWriter, _ heard) { fmt.Fprint(w, c.answer) })
		f := faultOf(t, sender(s), press.NoticeRoute{Road: c.road, Address: s.URL + "/hook?key=key-of-the-robot", Secret: signingKey})
		if !strings.Contains(f.Text.ZH, c.text) || f.Wait != c.wait || f.Unclear != c.unclear || f.Answer == "" || strings.Contains(f.Answer, "key-of-the-robot") {
			t.Errorf("%s %s: %+v", c.road, c.answer, f)
		}
	}
}

// TestWebhook: the signature can be verified as the package comment says, and the identifier is that of the message.
func TestWebhook(t *testing.T) {
	t.Parallel()
	s := receiver(t, func(w http.ResponseWriter, h heard) {
		at := h.Header.Get("X-Newsdesk-Timestamp")
		if want := "v1=" + hex.EncodeToString(sum(signingKey, at+"."+string(h.body))); h.Header.Get("X-Newsdesk-Signature") != want {
			t.Errorf("signature %q", h.Header.Get("X-Newsdesk-Signature"))
		}
		var m struct {
			ID      string
			Notices []struct{ ID, Kind, Delivery, State, Code, URL, Headline string }
		}
		if err := json.Unmarshal(h.body, &m); err != nil || m.ID != blockedMessage().ID || h.Header.Get("X-Newsdesk-Delivery") != m.ID ||
			len(m.Notices) != 1 || m.Notices[0].Code != "draft.edited" || m.Notices[0].ID != "01m8/blocked/3" || m.Notices[0].Headline != blockedMessage().Items[0].Title {
			t.Errorf("%v: %s", err, h.body)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	to := press.NoticeRoute{Road: press.RoadWebhook, Address: s.URL + "/hook", Secret: signingKey}
	if _, err := sender(s).Send(t.Context(), to, blockedMessage()); err != nil {
		t.Error(err)
	}
}

func TestWebhookRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer  func(http.ResponseWriter, heard)
		text    string
		unclear bool
	}{
		{func(w http.ResponseWriter, h heard) { http.Redirect(w, h.Request, "/elsewhere", http.StatusFound) }, "跳转", false},
		{func(w http.ResponseWriter, _ heard) { w.WriteHeader(http.StatusForbidden) }, "拒绝了通知", false},
		{func(w http.ResponseWriter, _ heard) { w.WriteHeader(http.StatusNotFound) }, "没有接收通知的程序", false},
		{func(w http.ResponseWriter, _ heard) { w.WriteHeader(http.StatusBadGateway) }, "接收方程序出错", true},
		{func(w http.ResponseWriter, _ heard) { panic(http.ErrAbortHandler) }, "连接失败", true},
		{func(w http.ResponseWriter, _ heard) { fmt.Fprint(w, strings.Repeat("x", 1<<20)) }, "", false},
		{func(_ http.ResponseWriter, h heard) { <-h.Context().Done() }, "未在时限内应答", true},
	} {
		s := receiver(t, func(w http.ResponseWriter, h heard) {
			if h.URL.Path != "/hook" {
				t.Error("a redirect was followed")
			}
			c.answer(w, h)
		})
		to := press.NoticeRoute{Road: press.RoadWebhook, Address: s.URL + "/hook", Secret: signingKey}
		if c.text == "" { // an endless answer is cut, and a yes all the same
			if answer, err := sender(s).Send(t.Context(), to, blockedMessage()); err != nil || len(answer) > 20<<10 {
				t.Errorf("%d bytes, %v", len(answer), err)
			}
			continue
		}
		n := notice.New(notice.Config{Private: true, Timeout: time.Second})
		if f := faultOf(t, n, to); !strings.Contains(f.Text.ZH, c.text) || f.Unclear != c.unclear {
			t.Errorf("%s: %+v", c.text, f)
		}
	}
}

// TestWhereItMayGo: robots only to their vendors, nothing to the private network unless it is allowed, nothing in the clear.
func TestWhereItMayGo(t *testing.T) {
	t.Parallel()
	strict := notice.New(notice.Config{Timeout: time.Second})
	for _, c := range []struct {
		road    press.NoticeRoad
		address string
		code    string
	}{
		{press.RoadWeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91f6", ""},
		{press.RoadDingTalk, "https://oapi.dingtalk.com/robot/send?access_token=566c", ""},
		{press.RoadFeishu, "https://open.feishu.cn/open-apis/bot/v2/hook/5e3d", ""},
		{press.RoadWebhook, "https://hooks.example.edu.cn/newsdesk", ""},
		{press.RoadWeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "notice.robot"},
		{press.RoadWeCom, "https://qyapi.weixin.qq.com.example.com/cgi-bin/webhook/send?key=1", "notice.robot"},
		{press.RoadWeCom, "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "notice.robot"},
		{press.RoadDingTalk, "https://open.feishu.cn/open-apis/bot/v2/hook/5e3d", "notice.robot"},
		{press.RoadFeishu, "5e3d", "notice.address"},
		{press.RoadWebhook, "ftp://example.edu.cn", "notice.address"},
		{press.RoadWebhook, "https://user:pass@example.edu.cn", "notice.address"},
		{press.RoadWebhook, "http://hooks.example.edu.cn/newsdesk", "notice.plain"},
	} {
		err := strict.Fit(press.NoticeRoute{Road: c.road, Address: c.address, Secret: signingKey})
		if c.code == "" && err != nil || c.code != "" && press.CodeOf(err) != c.code {
			t.Errorf("%s to %s: %v", c.road, c.address, err)
		}
	}
	if err := strict.Fit(press.NoticeRoute{Road: press.RoadWebhook, Address: "https://hooks.example.edu.cn/", Secret: "short"}); press.CodeOf(err) != "notice.secret" {
		t.Errorf("a short key: %v", err)
	}
	s := receiver(t, func(http.ResponseWriter, heard) { t.Error("a connection into the private network") })
	for _, address := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)} {
		f := faultOf(t, strict, press.NoticeRoute{Road: press.RoadWebhook, Address: address + "/hook", Secret: signingKey})
		if !strings.Contains(f.Text.ZH, "内网") || f.Unclear {
			t.Errorf("%s: %+v", address, f)
		}
	}
	loose := notice.New(notice.Config{Timeout: time.Second, Private: true, Plain: true})
	f := faultOf(t, loose, press.NoticeRoute{Road: press.RoadWebhook, Address: "http://169.254.169.254/latest/meta-data/", Secret: signingKey})
	if !strings.Contains(f.Text.ZH, "内网") {
		t.Errorf("the credentials of a cloud's machine: %+v", f)
	}
}

// TestManyAtOnce: a message stays within what a robot takes, counts what it leaves out, and no headline calls a group.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	m := blockedMessage()
	m.Title, m.URL = "30 项受阻", "https://news.example.edu.cn/editions"
	item := m.Items[0]
	item.Text = strings.Repeat("很长的标题", 60) + ` <at user_id="all">` + "\n[x](y)"
	m.Items = nil
	for range 30 {
		m.Items = append(m.Items, item)
	}
	s := receiver(t, func(w http.ResponseWriter, h heard) {
		var got struct{ Text struct{ Content string } }
		if err := json.Unmarshal(h.body, &got); err != nil {
			t.Error(err)
		}
		text := got.Text.Content
		if len(text) > 2048 || strings.ContainsAny(text, "<>") || !strings.Contains(text, "另有 28 条") || !strings.HasSuffix(text, m.URL) {
			t.Errorf("%d bytes: %s", len(text), text)
		}
		fmt.Fprint(w, `{"errcode":0}`)
	})
	if _, err := sender(s).Send(t.Context(), press.NoticeRoute{Road: press.RoadWeCom, Address: s.URL + "/send?key=1"}, m); err != nil {
		t.Error(err)
	}
}

// A receiver verifies a webhook before it parses anything.
func ExampleSignature() {
	body, timestamp, header := []byte(`{"id":"01m8"}`), "1795359840", "v1=5ddc698c170a074cbcbba1356edb2171b12249bd34fd7c472a5b39f40b4e2ade"
	at, err := strconv.ParseInt(timestamp, 10, 64)
	now := time.Unix(1795359900, 0) // time.Now()
	fresh := err == nil && now.Sub(time.Unix(at, 0)).Abs() < 5*time.Minute
	genuine := hmac.Equal([]byte(header), []byte(notice.Signature("a key of your own", timestamp, body)))
	fmt.Println(fresh, genuine)
	// Output: true true
}
