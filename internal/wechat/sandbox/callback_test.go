package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestCallbackTries: three tries, each with a nonce of its own, and no fourth.
func TestCallbackTries(t *testing.T) {
	hook := newReceiver(t, func(_ int, w http.ResponseWriter) { http.Error(w, "no", http.StatusInternalServerError) })
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = -1, hook.URL+"?account=1" })
	r.submit(r.draft())
	nonces := map[string]bool{}
	for range 3 {
		p := hook.next(t)
		q := func(k string) string { return strings.Join(p.query[k], "") }
		if q("signature") != signature("callback-token", q("timestamp"), q("nonce")) || q("account") != "1" || q("openid") == "" {
			t.Fatalf("query %v", p.query)
		}
		nonces[q("nonce")] = true
	}
	r.s.posts.Wait()
	if len(nonces) != 3 || len(hook.got) != 0 {
		t.Fatalf("%d nonces, %d more tries", len(nonces), len(hook.got))
	}
	pushes := r.s.Pushes(testAppID)
	if len(pushes) != 3 || pushes[0].Try != 3 || pushes[0].Status != 500 || pushes[0].Error == "" {
		t.Fatalf("%+v", pushes)
	}
}

func TestCallbackSecondTryWorks(t *testing.T) {
	hook := newReceiver(t, func(n int, w http.ResponseWriter) {
		if n == 1 {
			panic(http.ErrAbortHandler)
		}
	})
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = -1, hook.URL })
	r.submit(r.draft())
	first, second := hook.next(t), hook.next(t)
	r.s.posts.Wait()
	if first.body != second.body || len(hook.got) != 0 {
		t.Fatal("the second try should be the last")
	}
}

func TestCallbackSlowReceiver(t *testing.T) {
	release := make(chan struct{})
	hook := newReceiver(t, func(n int, _ http.ResponseWriter) {
		if n == 1 {
			<-release
		}
	})
	defer close(release)
	r := newRig(t, func(c *Config) {
		c.PublishDelay, c.Accounts[0].CallbackURL, c.Clocks.CallbackTimeout = -1, hook.URL, 50*time.Millisecond
	})
	r.submit(r.draft())
	hook.next(t)
	hook.next(t)
}

func TestPublishEventXML(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = -1, hook.URL })
	r.submit(r.draft())
	body := hook.next(t).body
	for _, want := range []string{
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[PUBLISHJOBFINISH]]></Event><PublishEventInfo><publish_id>2247483648</publish_id><publish_status>0</publish_status><article_id><![CDATA[",
		"<article_detail><count>1</count><item><idx>1</idx><article_url><![CDATA[http://mp.weixin.qq.com/s/",
		"<ToUserName><![CDATA[gh_",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
}

func TestMassEventXML(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) {
		c.PublishDelay, c.Accounts[0].CallbackURL, c.Accounts[0].Followers = -1, hook.URL, 4
	})
	r.post(sendall, massBody(r.draft(), "a"))
	body := hook.next(t).body
	want := "<MsgID>1000000001</MsgID><Status><![CDATA[send success]]></Status><TotalCount>4</TotalCount><FilterCount>4</FilterCount><SentCount>4</SentCount><ErrorCount>0</ErrorCount>"
	if !strings.Contains(body, want) || !strings.Contains(body, "<ArticleIdx>1</ArticleIdx><ArticleUrl><![CDATA[http://mp.weixin.qq.com/s/") {
		t.Fatal(body)
	}
}

func TestCDATA(t *testing.T) {
	if got := cdata("a]]>b"); got != "<![CDATA[a]]]]><![CDATA[>b]]>" {
		t.Fatal(got)
	}
}

func TestVerifyCallbackRefused(t *testing.T) {
	r := newRig(t, nil)
	if err := r.s.VerifyCallback(t.Context(), testAppID); err == nil {
		t.Fatal("there is no callback address")
	}
	if err := r.s.SetCallback(testAppID, r.url+"/style.css"); err != nil {
		t.Fatal(err)
	}
	if err := r.s.VerifyCallback(t.Context(), testAppID); err == nil || strings.Contains(err.Error(), "signature") {
		t.Fatalf("a style sheet is no echo: %v", err)
	}
}
