package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// creations are the calls whose effect may exist although no answer came.
func creations(r *rig) map[string]func(context.Context) error {
	draft, article := r.draft("头条"), r.article("新")
	return map[string]func(context.Context) error{
		"draft/add": func(ctx context.Context) error {
			_, err := r.AddDraft(ctx, []press.PushArticle{article})
			return err
		},
		"freepublish/submit":    func(ctx context.Context) error { _, err := r.Publish(ctx, draft); return err },
		"message/mass/sendall":  func(ctx context.Context) error { _, err := r.SendAll(ctx, draft, "id-1"); return err },
		"material/add_material": func(ctx context.Context) error { _, _, err := r.AddImage(ctx, "a.png", picture(r.t, 9, 9)); return err },
	}
}

// hasty makes an account wait little where an answer never comes.
func hasty(f sandbox.Fault) func(*wechat.Config) {
	return func(c *wechat.Config) {
		if f.ReplyLost == sandbox.LostTimeout {
			c.Timeout, c.UploadTimeout = 500*time.Millisecond, 500*time.Millisecond
		}
	}
}

func TestNoClearAnswerToACreation(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"timeout": {ReplyLost: sandbox.LostTimeout}, "reset": {ReplyLost: sandbox.LostReset}, "502": {ReplyLost: sandbox.LostBadGateway},
		"-1 after": {ErrCode: -1, ErrMsg: "system error", After: true}, "503 before": {HTTPStatus: 503}, "html with 200": {HTTPStatus: 200},
		"busy": {ErrCode: 268488001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, setup{client: hasty(fault)})
			for path, make := range creations(r) {
				f := fault
				f.Path, f.Times = path, 1
				r.fault(f)
				before := r.calls(path)
				err := make(context.Background())
				if got := r.refusal(err); got.Class != press.ClassDone || got.Call != path {
					t.Errorf("%s: %+v", path, got)
				}
				if n := r.calls(path) - before; n != 1 {
					t.Errorf("%s was called %d times", path, n)
				}
			}
		})
	}
}

// After a reply that was lost the effect is there to be found, which is why the call must not be repeated.
func TestEffectOfALostReplyIsFound(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	draft := r.draft("头条")
	r.fault(sandbox.Fault{Path: "freepublish/submit", Times: 1, ReplyLost: sandbox.LostReset})
	_, err := r.Publish(ctx, draft)
	if got := r.refusal(err); got.Class != press.ClassDone || got.Code != 0 {
		t.Fatalf("got %+v", got)
	}
	r.box.Settle()
	list, total, err := r.Publications(ctx, 0, 10)
	r.must(err)
	if total != 1 || list[0].SourceURLs[0] == "" {
		t.Errorf("got %+v", list)
	}
}

func TestUnclearAnswersToReads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		want  press.Class
	}{
		"reset":   {sandbox.Fault{ReplyLost: sandbox.LostReset}, press.ClassBackoff},
		"502":     {sandbox.Fault{ReplyLost: sandbox.LostBadGateway}, press.ClassBackoff},
		"-1":      {sandbox.Fault{ErrCode: -1}, press.ClassNow},
		"timeout": {sandbox.Fault{ReplyLost: sandbox.LostTimeout}, press.ClassBackoff},
		"html":    {sandbox.Fault{HTTPStatus: 200}, press.ClassBackoff},
		"busy":    {sandbox.Fault{ErrCode: 268487001}, press.ClassBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, setup{client: hasty(c.fault)})
			ctx, draft := context.Background(), r.draft("头条")
			c.fault.Path = "*"
			r.fault(c.fault)
			_, err := r.Draft(ctx, draft)
			_, _, listErr := r.Publications(ctx, 0, 20)
			_, massErr := r.MassStatus(ctx, "1")
			_, publishErr := r.PublishStatus(ctx, "2247483648")
			_, _, _, quotaErr := r.QuotaLeft(ctx, "/cgi-bin/draft/add")
			for i, err := range []error{err, listErr, massErr, publishErr, quotaErr} {
				if got := r.refusal(err); got.Class != c.want {
					t.Errorf("%d: %+v, want class %s", i, got, c.want)
				}
			}
		})
	}
}

// An upload to a body and a deletion of a draft do no harm twice.
func TestHarmlessCallsMayBeRepeated(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	draft := r.draft("头条")
	r.fault(sandbox.Fault{Path: "*", ReplyLost: sandbox.LostBadGateway})
	_, err := r.UploadImage(ctx, "a.png", picture(t, 9, 9))
	_, previewErr := r.Preview(ctx, draft, "someone")
	_, publicationErr := r.RetractPublication(ctx, "article", 0)
	_, massErr := r.RetractMass(ctx, "1000", 0)
	for i, err := range []error{err, r.DeleteDraft(ctx, draft), previewErr, publicationErr, massErr} {
		if got := r.refusal(err); got.Class != press.ClassBackoff {
			t.Errorf("%d: %+v", i, got)
		}
	}
}

func TestRefusalsByClass(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		class press.Class
		wait  time.Duration
	}{
		48001: {press.ClassConfig, 0}, 40164: {press.ClassConfig, 0}, 53501: {press.ClassBackoff, 10 * time.Minute},
		45011: {press.ClassBackoff, time.Minute}, 45166: {press.ClassContent, 0}, 53503: {press.ClassContent, 0},
		89503: {press.ClassConfig, 0}, 40007: {press.ClassDone, 0}, 77777: {press.ClassDone, 0}, 50002: {press.ClassConfig, 0},
	} {
		r := newRig(t, setup{})
		draft := r.draft("头条")
		r.fault(sandbox.Fault{Path: "freepublish/submit", ErrCode: code, ErrMsg: "no"})
		_, err := r.Publish(context.Background(), draft)
		got := r.refusal(err)
		if got.Code != code || got.Class != want.class || got.Wait != want.wait || got.RID == "" || got.Message != "no" {
			t.Errorf("%d: %+v", code, got)
		}
	}
}

func TestQuotaWaitsForMidnightInChina(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC) // 23:00 in China
	r := newRig(t, setup{client: func(c *wechat.Config) { c.Now = func() time.Time { return now } }})
	draft := r.draft("头条")
	r.fault(sandbox.Fault{Path: "freepublish/get", ErrCode: 45009})
	_, err := r.PublishStatus(context.Background(), "2247483648")
	if got := r.refusal(err); got.Class != press.ClassQuota || got.Wait != time.Hour {
		t.Errorf("45009: %+v", got)
	}
	r.fault(sandbox.Fault{Path: "message/mass/sendall", ErrCode: 45028})
	_, err = r.SendAll(context.Background(), draft, "id")
	if got := r.refusal(err); got.Wait != time.Hour {
		t.Errorf("45028 of a subscription account: %+v", got)
	}
	r.cfg.Kind = wechat.KindService
	_, err = r.another().SendAll(context.Background(), draft, "id")
	if got := r.refusal(err); got.Wait != 8*24*time.Hour+time.Hour {
		t.Errorf("45028 of a service account: %+v", got)
	}
}

func TestRealRefusalsOfTheSandbox(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{box: func(c *sandbox.Config) { c.Accounts[0].Kind = sandbox.Personal }})
	draft := r.draft("头条")
	_, err := r.Publish(context.Background(), draft)
	if got := r.refusal(err); got.Code != 48001 || got.Class != press.ClassConfig {
		t.Errorf("a personal account publishes: %+v", got)
	}
	long := r.article(strings.Repeat("长", 33))
	_, err = r.AddDraft(context.Background(), []press.PushArticle{long})
	if got := r.refusal(err); got.Code != 45003 || got.Class != press.ClassContent {
		t.Errorf("a long title: %+v", got)
	}
	r.must(r.box.Configure(appID, func(a *sandbox.Account) { a.Whitelist = []string{"203.0.113.9"} }))
	_, err = r.Draft(context.Background(), draft)
	if got := r.refusal(err); got.Code != 40164 || !strings.Contains(got.Fix.EN, "127.0.0.1") || !strings.Contains(got.Fix.ZH, "127.0.0.1") {
		t.Errorf("not on the whitelist: %+v", got)
	}
}

// A connection that was never made proves that nothing happened, even for a creation.
func TestNothingSentIsNotUnclear(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{})
	draft := r.draft("头条")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	r.must(closed.Close())
	r.wire.next = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, closed.Addr().String())
	}}
	_, err = r.Publish(context.Background(), draft)
	if got := r.refusal(err); got.Class != press.ClassBackoff || !strings.HasPrefix(got.Message, "not sent") {
		t.Errorf("got %+v", got)
	}
}

func TestContextEndsACall(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{})
	draft := r.draft("头条")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := r.Publish(ended, draft)
	if got := r.refusal(err); got.Class != press.ClassBackoff || !errors.Is(err, context.Canceled) || r.calls("freepublish/submit") != 0 {
		t.Errorf("ended before: %+v", got)
	}
	r.fault(sandbox.Fault{Path: "freepublish/delete", ReplyLost: sandbox.LostTimeout})
	soon, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = r.DeletePublication(soon, "article", 1) // a typed call of the SDK, which takes no context
	if got := r.refusal(err); got.Class != press.ClassBackoff && got.Class != press.ClassDone {
		t.Errorf("ended during: %+v", got)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the call went on for %v", took)
	}
}

// answering is an API that gives a token and then one answer to everything.
func answering(t *testing.T, answer string) (*wechat.Account, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/stable_token") {
			_, _ = fmt.Fprint(w, `{"access_token":"token-0123456789","expires_in":7200}`)
			return
		}
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(srv.Close)
	a, err := wechat.New(wechat.Config{AppID: appID, Secret: secret, BaseURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	return a, srv
}

func TestAnswersThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"empty": "", "no id": "{}", "a list": "[]", "cut": `{"publish_id":22`, "text": "ok", "null id": `{"publish_id":null,"msg_id":null,"media_id":null}`,
		"endless": `{"errmsg":"` + strings.Repeat("x", 5<<20) + `"}`,
	} {
		a, _ := answering(t, answer)
		ctx := context.Background()
		_, submitErr := a.Publish(ctx, "m")
		_, sendErr := a.SendAll(ctx, "m", "id")
		_, _, imageErr := a.AddImage(ctx, "a.png", []byte("\x89PNG\r\n\x1a\n"))
		_, draftErr := a.AddDraft(ctx, []press.PushArticle{{Title: "t", HTML: "h", ThumbMedia: "m"}})
		for i, err := range []error{submitErr, sendErr, imageErr, draftErr} {
			var r *press.Refusal
			if !errors.As(err, &r) || r.Class != press.ClassDone {
				t.Errorf("%s, %d: %v", name, i, err)
			}
		}
		_, statusErr := a.PublishStatus(ctx, "1")
		_, massErr := a.MassStatus(ctx, "1")
		for i, err := range []error{statusErr, massErr} {
			var r *press.Refusal
			if !errors.As(err, &r) || r.Class != press.ClassBackoff {
				t.Errorf("%s, status %d: %v", name, i, err)
			}
		}
	}
}

// A transport that quotes the address, as net/http's errors do, must not give the token away.
func TestErrorsHoldNoToken(t *testing.T) {
	t.Parallel()
	a, _ := answering(t, "{}")
	if _, err := a.Publish(context.Background(), "m"); err == nil {
		t.Fatal("an answer without an id was taken")
	}
	gossip := gossiping{}
	b, err := wechat.New(wechat.Config{AppID: appID, Secret: secret, HTTP: gossip})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Publish(context.Background(), "m")
	var r *press.Refusal
	if !errors.As(err, &r) {
		t.Fatal(err)
	}
	if said := fmt.Sprintf("%v %+v %v", err, r, r.Err); strings.Contains(said, "token-0123456789") || strings.Contains(said, secret) || !strings.Contains(said, "broken") {
		t.Errorf("the error says %s", said)
	}
}

// gossiping fails every call but the token's with the whole address and the secret in its error.
type gossiping struct{}

func (gossiping) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/stable_token") {
		w := httptest.NewRecorder()
		_, _ = fmt.Fprint(w, `{"access_token":"token-0123456789","expires_in":7200}`)
		return w.Result(), nil
	}
	return nil, fmt.Errorf("broken: %s appsecret=%s secret: %s %q", req.URL, secret, secret, `{"access_token":"token-0123456789"}`)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{})
	draft, elsewhere := r.draft("头条"), 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	r.wire.next = redirecting(other.URL)
	_, err := r.Publish(context.Background(), draft)
	if got := r.refusal(err); got.Class != press.ClassDone || elsewhere != 0 {
		t.Errorf("%d requests went elsewhere: %+v", elsewhere, got)
	}
}

type redirecting string

func (to redirecting) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	http.Redirect(w, req, string(to), http.StatusTemporaryRedirect)
	return w.Result(), nil
}
