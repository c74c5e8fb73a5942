package wechat_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// desk takes events as the courier would.
type desk struct {
	mu     sync.Mutex
	events []press.PushEvent
	fail   int // so many times
	came   chan struct{}
}

func newDesk() *desk { return &desk{came: make(chan struct{}, 100)} }

func (d *desk) take(_ context.Context, e press.PushEvent) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail > 0 {
		d.fail--
		return errors.New("the database is away")
	}
	d.events = append(d.events, e)
	d.came <- struct{}{}
	return nil
}

func (d *desk) wait(t *testing.T) press.PushEvent {
	t.Helper()
	select {
	case <-d.came:
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events[len(d.events)-1]
}

// listen is a rig whose sandbox posts its events to the account's callback.
func listen(t *testing.T, mode sandbox.CallbackMode) (*rig, *desk) {
	t.Helper()
	r := newRig(t, setup{
		box: func(c *sandbox.Config) {
			c.Accounts[0].CallbackMode, c.Clocks.CallbackPause = mode, time.Millisecond
			c.Accounts[0].EncodingAESKey = aesKey
		},
		client: func(c *wechat.Config) {
			if mode != sandbox.Plain {
				c.EncodingAESKey = aesKey
			}
		},
	})
	d := newDesk()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.Callback(w, req, d.take) }))
	t.Cleanup(srv.Close)
	r.must(r.box.SetCallback(appID, srv.URL+"/wechat/office"))
	return r, d
}

func TestEventsInEveryMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []sandbox.CallbackMode{sandbox.Plain, sandbox.Compat, sandbox.Safe} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			r, d := listen(t, mode)
			ctx := context.Background()
			r.must(r.box.VerifyCallback(ctx, appID))
			result, err := r.Publish(ctx, r.draft("头条", "次条"))
			r.must(err)
			r.box.Settle()
			e := d.wait(t)
			if e.Account != "office" || e.Mass || e.ID != result.ID || e.Key == "" || e.CreatedAt.IsZero() {
				t.Errorf("got %+v", e)
			}
			status, err := r.PublishStatus(ctx, result.ID)
			r.must(err)
			if e.Status.State != press.PushDone || e.Status.ArticleID != status.ArticleID || !slices.Equal(e.Status.URLs, status.URLs) || len(status.URLs) != 2 {
				t.Errorf("the event says %+v, the account %+v", e.Status, status)
			}
			sent, err := r.SendAll(ctx, r.draft("群发"), "id-1")
			r.must(err)
			r.box.Settle()
			e = d.wait(t)
			if !e.Mass || e.ID != sent.ID || e.Status.State != press.PushDone || len(e.Status.URLs) != 1 || !strings.HasPrefix(e.Status.URLs[0], "https://mp.weixin.qq.com/s/") {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestEventOfAFailure(t *testing.T) {
	t.Parallel()
	r, d := listen(t, sandbox.Safe)
	ctx := context.Background()
	r.fault(sandbox.Fault{Path: "freepublish/submit", PublishStatus: 4, FailIdx: []int{1, 2}})
	_, err := r.Publish(ctx, r.draft("头条", "次条"))
	r.must(err)
	r.box.Settle()
	if e := d.wait(t); e.Status.State != press.PushCensored || !slices.Equal(e.Status.FailedIdx, []int{1, 2}) || len(e.Status.URLs) != 0 {
		t.Errorf("got %+v", e)
	}
	r.fault(sandbox.Fault{Path: "message/mass/sendall", MassStatus: "err(20001)"})
	_, err = r.SendAll(ctx, r.draft("群发"), "id-1")
	r.must(err)
	r.box.Settle()
	if e := d.wait(t); e.Status.State != press.PushCensored || !strings.Contains(e.Status.Detail, "err(20001)") {
		t.Errorf("got %+v", e)
	}
}

func TestDoubledEventsHaveOneKey(t *testing.T) {
	t.Parallel()
	r, d := listen(t, sandbox.Safe)
	r.fault(sandbox.Fault{Path: "freepublish/submit", Event: sandbox.EventDoubled})
	_, err := r.Publish(context.Background(), r.draft("头条"))
	r.must(err)
	r.box.Settle()
	first, second := d.wait(t), d.wait(t)
	if first.Key != second.Key || first.Key == "" {
		t.Errorf("the keys are %q and %q", first.Key, second.Key)
	}
}

func TestEventComesAgainWhenItCouldNotBeKept(t *testing.T) {
	t.Parallel()
	r, d := listen(t, sandbox.Safe)
	d.fail = 2
	result, err := r.Publish(context.Background(), r.draft("头条"))
	r.must(err)
	r.box.Settle()
	if e := d.wait(t); e.ID != result.ID || e.Status.State != press.PushDone {
		t.Errorf("got %+v", e)
	}
}

// A publication was seen to end with the event of a mass push.
func TestPublicationWithTheOtherEvent(t *testing.T) {
	t.Parallel()
	r, d := listen(t, sandbox.Safe)
	r.fault(sandbox.Fault{Path: "freepublish/submit", Event: sandbox.EventOtherKind})
	result, err := r.Publish(context.Background(), r.draft("头条"))
	r.must(err)
	r.box.Settle()
	if e := d.wait(t); !e.Mass || e.ID != result.ID || len(e.Status.URLs) != 1 {
		t.Errorf("got %+v", e)
	}
}

// knock is a request to a callback, signed as WeChat signs.
type knock struct {
	method, token, body string
	at                  time.Time
	query               url.Values // laid over
}

var knocked = time.Unix(1_795_000_000, 0)

func sign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func (k knock) at1(stamp time.Time) knock { k.at = stamp; return k }

func (k knock) request() *http.Request {
	if k.method == "" {
		k.method = http.MethodPost
	}
	if k.token == "" {
		k.token = callbackToken
	}
	if k.at.IsZero() {
		k.at = knocked
	}
	stamp, nonce := strconv.FormatInt(k.at.Unix(), 10), "1234567890"
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {sign(k.token, stamp, nonce)}}
	for name, v := range k.query {
		q[name] = v
	}
	return httptest.NewRequest(k.method, "/wechat/office?"+q.Encode(), strings.NewReader(k.body))
}

// seal encrypts a message as WeChat does and signs it.
func seal(t *testing.T, key, app, message string) knock {
	t.Helper()
	sealed, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(message), app, key)
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(knocked.Unix(), 10)
	return knock{
		body:  "<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>",
		query: url.Values{"encrypt_type": {"aes"}, "msg_signature": {sign(callbackToken, stamp, "1234567890", string(sealed))}},
	}
}

func answer(a *wechat.Account, k knock, d *desk) (int, string) {
	w := httptest.NewRecorder()
	a.Callback(w, k.request(), d.take)
	return w.Code, w.Body.String()
}

func atDesk(t *testing.T, change func(*wechat.Config)) (*wechat.Account, *desk) {
	t.Helper()
	cfg := wechat.Config{AppID: appID, Secret: secret, CallbackToken: callbackToken, Now: func() time.Time { return knocked }}
	if change != nil {
		change(&cfg)
	}
	a, err := wechat.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a, newDesk()
}

const finished = `<xml><ToUserName><![CDATA[gh_id]]></ToUserName><FromUserName><![CDATA[openid]]></FromUserName><CreateTime>1795000000</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[PUBLISHJOBFINISH]]></Event><PublishEventInfo><publish_id>2247483949</publish_id>
<publish_status>0</publish_status><article_id><![CDATA[Article
 ID]]></article_id><article_detail><count>1</count>
<item><idx>1</idx><article_url><![CDATA[http://mp.weixin.qq.com/s/AbC]]></article_url></item></article_detail></PublishEventInfo></xml>`

func TestVerification(t *testing.T) {
	t.Parallel()
	a, d := atDesk(t, nil)
	echo := url.Values{"echostr": {"<b>5838479218127813673</b>"}}
	w := httptest.NewRecorder()
	a.Callback(w, knock{method: http.MethodGet, query: echo}.request(), d.take)
	if w.Code != 200 || w.Body.String() != echo.Get("echostr") || w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
	for name, k := range map[string]knock{
		"wrong token": {method: http.MethodGet, token: "x", query: echo},
		"no echo":     {method: http.MethodGet},
		"long echo":   {method: http.MethodGet, query: url.Values{"echostr": {strings.Repeat("x", 2000)}}},
		"no nonce":    {method: http.MethodGet, query: url.Values{"echostr": {"x"}, "nonce": {""}}},
		"old":         knock{method: http.MethodGet, query: echo}.at1(knocked.Add(-11 * time.Minute)),
	} {
		if code, body := answer(a, k, d); code/100 != 4 {
			t.Errorf("%s: %d %q", name, code, body)
		}
	}
	silent, _ := atDesk(t, func(c *wechat.Config) { c.CallbackToken = "" })
	stamp := strconv.FormatInt(knocked.Unix(), 10)
	bare := url.Values{"echostr": {"x"}, "signature": {sign("", stamp, "1234567890")}}
	if code, _ := answer(silent, knock{method: http.MethodGet, query: bare}, d); code != http.StatusForbidden {
		t.Errorf("an account without a token answers %d", code)
	}
}

func TestPlainEvent(t *testing.T) {
	t.Parallel()
	a, d := atDesk(t, nil)
	if code, body := answer(a, knock{body: finished}, d); code != 200 || body != "success" {
		t.Fatalf("got %d %q", code, body)
	}
	e := d.wait(t)
	want := []string{"https://mp.weixin.qq.com/s/AbC"}
	if e.Status.ArticleID != "ArticleID" || e.ID != "2247483949" || !slices.Equal(e.Status.URLs, want) || !e.CreatedAt.Equal(knocked) {
		t.Errorf("got %+v", e)
	}
}

func TestCallbackRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knock knock
		code  int
	}{
		"wrong token":    {knock{token: "x", body: finished}, 403},
		"eleven minutes": {knock{body: finished}.at1(knocked.Add(-11 * time.Minute)), 403},
		"six ahead":      {knock{body: finished}.at1(knocked.Add(6 * time.Minute)), 403},
		"method":         {knock{method: http.MethodPut, body: finished}, 405},
		"not xml":        {knock{body: "{}"}, 400},
		"large":          {knock{body: "<xml>" + strings.Repeat(" ", 256<<10) + "</xml>"}, 413},
		"sealed, no key": {knock{body: "<xml><Encrypt>x</Encrypt></xml>", query: url.Values{"encrypt_type": {"aes"}}}, 403},
		"no id":          {knock{body: strings.ReplaceAll(finished, "2247483949", "")}, 400},
		"stamp":          {knock{body: finished, query: url.Values{"timestamp": {"soon"}, "signature": {sign(callbackToken, "soon", "1234567890")}}}, 403},
	} {
		a, d := atDesk(t, nil)
		if code, body := answer(a, c.knock, d); code != c.code {
			t.Errorf("%s: %d %q, want %d", name, code, body, c.code)
		}
		if len(d.events) > 0 {
			t.Errorf("%s: the event was handled", name)
		}
	}
	a, d := atDesk(t, nil)
	for _, at := range []time.Duration{-9 * time.Minute, 4 * time.Minute} {
		if code, _ := answer(a, knock{body: finished}.at1(knocked.Add(at)), d); code != 200 {
			t.Errorf("%v off: %d", at, code)
		}
	}
}

func TestReplayIsRefused(t *testing.T) {
	t.Parallel()
	_, client := embedded(t)
	for name, redis := range map[string]func(*wechat.Config){"in process": nil, "redis": func(c *wechat.Config) { c.Redis = client }} {
		a, d := atDesk(t, redis)
		b, _ := atDesk(t, redis)
		if code, _ := answer(a, knock{body: finished}, d); code != 200 {
			t.Fatalf("%s: %d", name, code)
		}
		if code, _ := answer(a, knock{body: finished}, d); code != 403 {
			t.Errorf("%s: the same request again: %d", name, code)
		}
		if code, _ := answer(b, knock{body: finished}, d); name == "redis" && code != 403 {
			t.Errorf("%s: the same request to another process: %d", name, code)
		}
	}
}

func TestSealedEvents(t *testing.T) {
	t.Parallel()
	const old = "0000000000111111111122222222223333333333abc"
	keys := func(c *wechat.Config) { c.EncodingAESKey, c.OldEncodingAESKey = aesKey, old }
	badSignature := seal(t, aesKey, appID, finished)
	badSignature.query.Set("msg_signature", sign("x"))
	for name, c := range map[string]struct {
		knock knock
		code  int
	}{
		"key":             {seal(t, aesKey, appID, finished), 200},
		"old key":         {seal(t, old, appID, finished), 200},
		"another account": {seal(t, aesKey, "wxanother", finished), 403},
		"another key":     {seal(t, strings.Repeat("z", 43), appID, finished), 403},
		"bad signature":   {badSignature, 403},
		"not sealed":      {knock{body: finished}, 403},
	} {
		a, d := atDesk(t, keys)
		if code, body := answer(a, c.knock, d); code != c.code || (code == 200) != (len(d.events) == 1) {
			t.Errorf("%s: %d %q, want %d; %d events", name, code, body, c.code, len(d.events))
		}
	}
}

func TestOtherMessagesAreAcknowledged(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`<xml><MsgType><![CDATA[text]]></MsgType><Content>hello</Content></xml>`,
		`<xml><MsgType>event</MsgType><Event>subscribe</Event></xml>`,
		`<xml><MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status>success</Status></xml>`,
	} {
		a, d := atDesk(t, nil)
		if code, said := answer(a, knock{body: body}, d); code != 200 || said != "success" || len(d.events) != 0 {
			t.Errorf("%s: %d %q", body, code, said)
		}
	}
}

func TestMassEventWithItsFindings(t *testing.T) {
	t.Parallel()
	a, d := atDesk(t, nil)
	body := `<xml><FromUserName>o</FromUserName><CreateTime>1795000000</CreateTime><MsgType>event</MsgType><Event>MASSSENDJOBFINISH</Event>
<MsgID>1000000003</MsgID><Status>err(30003)</Status><TotalCount>4</TotalCount><FilterCount>3</FilterCount><SentCount>2</SentCount><ErrorCount>1</ErrorCount>
<CopyrightCheckResult><Count>1</Count><ResultList><item><ArticleIdx>2</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>11</AuditState>
<OriginalArticleUrl><![CDATA[http://mp.weixin.qq.com/s/orig]]></OriginalArticleUrl></item></ResultList><CheckState>3</CheckState></CopyrightCheckResult>
<ArticleUrlResult><Count>0</Count><ResultList></ResultList></ArticleUrlResult></xml>`
	if code, _ := answer(a, knock{body: body}, d); code != 200 {
		t.Fatal(code)
	}
	e := d.wait(t)
	if e.ID != "1000000003" || !e.Mass || e.Status.State != press.PushOriginal || !slices.Equal(e.Status.FailedIdx, []int{2}) || len(e.Status.URLs) != 0 {
		t.Errorf("got %+v", e)
	}
	for _, want := range []string{"err(30003)", "sent 2", "originality check 3", "https://mp.weixin.qq.com/s/orig"} {
		if !strings.Contains(e.Status.Detail, want) {
			t.Errorf("the detail %q lacks %q", e.Status.Detail, want)
		}
	}
}

func TestFailedHandlingIsAnswered500(t *testing.T) {
	t.Parallel()
	_, client := embedded(t)
	for name, redis := range map[string]func(*wechat.Config){"in process": nil, "redis": func(c *wechat.Config) { c.Redis = client }} {
		a, d := atDesk(t, redis)
		d.fail = 1
		if code, body := answer(a, knock{body: finished}, d); code != 500 || strings.Contains(body, "database") {
			t.Errorf("%s: got %d %q", name, code, body)
		}
		if code, body := answer(a, knock{body: finished}, d); code != 200 || len(d.events) != 1 {
			t.Errorf("%s: the same request again: %d %q, %d events", name, code, body, len(d.events))
		}
		if code, _ := answer(a, knock{body: finished}, d); code != 403 {
			t.Errorf("%s: the same request after it was handled: %d", name, code)
		}
	}
}

func FuzzCallback(f *testing.F) {
	f.Add(finished)
	f.Add(`<xml><MsgType>event</MsgType><Event>MASSSENDJOBFINISH</Event><MsgID>1</MsgID><Status>err(1)</Status></xml>`)
	f.Fuzz(func(t *testing.T, body string) {
		a, d := atDesk(t, nil)
		code, said := answer(a, knock{body: body}, d)
		if code == 200 && said != "success" || code != 200 && len(d.events) > 0 {
			t.Errorf("%d %q with %d events", code, said, len(d.events))
		}
	})
}
