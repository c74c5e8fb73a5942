package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestUntruthfulEvents(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) {
		c.PublishDelay, c.Accounts[0].CallbackURL, c.Accounts[0].CallbackToken = -1, hook.URL, "token"
	})
	const truth, lie = "<publish_status>0<", "<publish_status>4<"
	for _, c := range []struct {
		event       string
		first, then string
		signed      bool // is the lie
	}{{EventForged, lie, truth, false}, {EventStale, lie, truth, true}, {EventReplayed, truth, lie, true}} {
		r.order(Fault{Path: "freepublish/submit", Times: 1, Event: c.event})
		r.submit(r.draft())
		one, two := hook.next(t), hook.next(t)
		if !strings.Contains(one.body, c.first) || !strings.Contains(two.body, c.then) {
			t.Errorf("%s: %s\n%s", c.event, one.body, two.body)
		}
		if one.query["nonce"][0] == two.query["nonce"][0] != (c.event == EventReplayed) {
			t.Errorf("%s: nonces %v, %v", c.event, one.query, two.query)
		}
		said := one
		if c.then == lie {
			said = two
		}
		stamp, nonce := said.query["timestamp"][0], said.query["nonce"][0]
		if (signature("token", stamp, nonce) == said.query["signature"][0]) != c.signed {
			t.Errorf("%s: the lie is signed: %v", c.event, !c.signed)
		}
	}
}

func TestEventBeforeTheReply(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = time.Hour, hook.URL })
	r.order(Fault{Path: "*/s*", Event: EventEarly})
	id := r.submit(r.draft())["publish_id"]
	if e := hook.next(t); !strings.Contains(e.body, "PUBLISHJOBFINISH") || r.status(id)["publish_status"] != 0.0 {
		t.Error(e.body)
	}
	r.order(Fault{Path: "message/mass/sendall", Event: EventEarly})
	r.expect(r.post(sendall, massBody(r.draft(), "early")), 0)
	if e := hook.next(t); !strings.Contains(e.body, "MASSSENDJOBFINISH") {
		t.Error(e.body)
	}
}

func TestToldLaterAndListedLater(t *testing.T) {
	hook := newReceiver(t, nil)
	r := newRig(t, func(c *Config) { c.PublishDelay, c.Accounts[0].CallbackURL = -1, hook.URL })
	r.order(Fault{Path: "freepublish/submit", Later: 6, LaterAfter: Span(time.Minute), LaterEvent: true, Unlisted: Span(30 * time.Minute)})
	id := r.submit(r.draft())["publish_id"]
	hook.next(t)
	list := func() any {
		return r.post("/cgi-bin/freepublish/batchget", answer{"offset": 0, "count": 20, "no_content": 1})["total_count"]
	}
	if n := list(); n != 0.0 {
		t.Errorf("%v are listed", n)
	}
	r.clock.add(time.Minute)
	r.status(id)
	if e := hook.next(t); !strings.Contains(e.body, "<publish_status>6<") {
		t.Error(e.body)
	}
	r.clock.add(time.Hour)
	if n := list(); n != 1.0 {
		t.Errorf("%v are listed", n)
	}
}

// TestByHand: what a colleague does at the console is no call, and is seen by calls.
func TestByHand(t *testing.T) {
	r := newRig(t, nil)
	appid := r.s.cfg.Accounts[0].AppID
	do := func(media, what string, status int) {
		t.Helper()
		res, data := r.raw("POST", "/sandbox/accounts/"+appid+"/drafts/"+media, "", strings.NewReader(`{"do":"`+what+`"}`))
		if res.StatusCode != status {
			t.Errorf("%s: %d %s", what, res.StatusCode, data)
		}
	}
	for _, what := range []string{"publish", "mass", "delete"} {
		media := r.draft()
		do(media, "burn", 400)
		do(media, what, 204)
		do(media, what, 400)
		r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 40007)
	}
	st := r.s.State(-1).Accounts[0]
	if len(st.Publications) != 1 || st.Publications[0].ArticleID == "" || len(st.Masses) != 1 || st.Masses[0].State != massSuccess {
		t.Errorf("%+v %+v", st.Publications, st.Masses)
	}
	r.expect(r.post(sendall, massBody(r.draft(), "after")), 45028) // the hand took today's
}
