package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// killToken makes the platform forget the current token, as a forced refresh elsewhere does.
func (r *rig) killToken() {
	r.t.Helper()
	body, _ := json.Marshal(map[string]any{"grant_type": "client_credential", "appid": appID, "secret": secret, "force_refresh": true})
	resp, err := http.Post(r.base+"/cgi-bin/stable_token", "application/json", bytes.NewReader(body))
	r.must(err)
	r.must(resp.Body.Close())
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	draft := r.draft("头条")
	r.killToken()
	result, err := r.Publish(ctx, draft)
	r.must(err)
	if n := r.calls("freepublish/submit"); n != 2 || result.ID == "" {
		t.Errorf("submit was called %d times, want 2: refused and repeated", n)
	}
	if n := r.calls("stable_token"); n != 3 { // ours, the forced one, ours again
		t.Errorf("%d token calls, want 3", n)
	}
}

// Typed calls of the SDK and uploads renew the token too, and send their file again.
func TestRefusedTokenInTypedCalls(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{box: func(c *sandbox.Config) { c.Clocks.ForceInterval = time.Nanosecond }}), context.Background()
	draft := r.draft("头条")
	for name, do := range map[string]func() error{
		"delete":    func() error { return r.DeleteDraft(ctx, draft) },
		"material":  func() error { _, _, err := r.AddImage(ctx, "a.png", picture(t, 30, 30)); return err },
		"uploadimg": func() error { _, err := r.UploadImage(ctx, "a.png", picture(t, 30, 30)); return err },
		"quota":     func() error { _, _, _, err := r.QuotaLeft(ctx, "/cgi-bin/draft/add"); return err },
		"list":      func() error { _, _, err := r.Publications(ctx, 0, 5); return err },
	} {
		r.killToken()
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTokenThatStaysRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40001, 40014, 42001} {
		r, ctx := newRig(t, setup{}), context.Background()
		draft := r.draft("头条")
		r.fault(sandbox.Fault{Path: "draft/get", ErrCode: code, ErrMsg: "invalid credential, access_token is invalid or not latest"})
		_, err := r.Draft(ctx, draft)
		if got := r.refusal(err); got.Class != press.ClassToken || got.Code != code {
			t.Errorf("%d: %+v", code, got)
		}
		if n := r.calls("draft/get"); n != 2 {
			t.Errorf("%d: draft/get was called %d times, want 2", code, n)
		}
		before := r.calls("stable_token") // the first, the same again, the forced one
		_, err = r.Draft(ctx, draft)
		_ = r.refusal(err)
		if n := r.calls("stable_token") - before; before != 3 || n > 1 {
			t.Errorf("%d: %d token calls, then %d: a forced refresh more than once a minute", code, before, n)
		}
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{client: func(c *wechat.Config) { c.Secret = "wrong-secret-of-the-account" }})
	_, err := r.Publish(context.Background(), "m")
	if got := r.refusal(err); got.Class != press.ClassConfig || got.Call != "stable_token" || got.RID == "" {
		t.Errorf("got %+v", got)
	}
}

// A token that cannot be fetched leaves a creation certainly undone.
func TestNoTokenMeansNothingSent(t *testing.T) {
	t.Parallel()
	for _, fault := range []sandbox.Fault{{ReplyLost: sandbox.LostReset}, {HTTPStatus: 502}, {ErrCode: -1}, {HTTPStatus: 200}} {
		r := newRig(t, setup{})
		fault.Path = "stable_token"
		r.fault(fault)
		_, err := r.Publish(context.Background(), "m")
		got := r.refusal(err)
		if got.Class != press.ClassBackoff && got.Class != press.ClassNow || r.calls("freepublish/submit") != 0 {
			t.Errorf("%+v: %+v", fault, got)
		}
	}
}

func TestOneTokenCallForManyCallers(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) redis.UniversalClient{
		"in process": func(*testing.T) redis.UniversalClient { return nil },
		"embedded":   func(t *testing.T) redis.UniversalClient { _, c := embedded(t); return c },
		"real":       func(t *testing.T) redis.UniversalClient { return real(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := start(t)
			r := newRig(t, setup{client: func(c *wechat.Config) { c.Redis = client }})
			r.fault(sandbox.Fault{Path: "stable_token", Latency: sandbox.Span(150 * time.Millisecond)})
			callers := []*wechat.Account{r.Account}
			if client != nil {
				callers = append(callers, r.another(), r.another())
			}
			var wg sync.WaitGroup
			for i := range 12 {
				wg.Go(func() {
					if _, _, err := callers[i%len(callers)].Drafts(context.Background(), 0, 5, false); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := r.calls("stable_token"); n != 1 {
				t.Errorf("%d token calls, want 1", n)
			}
		})
	}
}

// What one process drops, the others do not go on using.
func TestProcessesShareARenewedToken(t *testing.T) {
	t.Parallel()
	client := real(t)
	r := newRig(t, setup{client: func(c *wechat.Config) { c.Redis = client }})
	other, ctx := r.another(), context.Background()
	r.must(r.Check(ctx))
	r.killToken()
	r.must(r.Check(ctx)) // finds the new one
	before := r.calls("stable_token")
	if _, _, err := other.Drafts(ctx, 0, 5, false); err != nil {
		t.Fatal(err)
	}
	if n := r.calls("stable_token") - before; n != 0 {
		t.Errorf("the other process made %d token calls of its own", n)
	}
}

func TestRedisThatDiesIsDoneWithout(t *testing.T) {
	t.Parallel()
	server, client := embedded(t)
	r := newRig(t, setup{client: func(c *wechat.Config) { c.Redis = client }})
	draft, ctx := r.draft("头条"), context.Background()
	server.SetError("LOADING Redis is loading the dataset in memory")
	_, err := r.Draft(ctx, draft)
	r.must(err)
	if n := r.calls("stable_token"); n != 1 {
		t.Errorf("%d token calls, want the one made before", n)
	}
	cold := r.another()
	if _, err := cold.Draft(ctx, draft); err != nil {
		t.Errorf("a process that starts without Redis: %v", err)
	}
}

// With 300 s left the SDK asks the cache to keep the token for 0 s, which Redis refuses.
func TestTokenWithNoTimeLeftIsUsed(t *testing.T) {
	t.Parallel()
	server, client := embedded(t)
	r := newRig(t, setup{
		box: func(c *sandbox.Config) {
			c.Clocks.TokenTTL, c.Clocks.TokenOverlap = 300*time.Second, time.Second
		},
		client: func(c *wechat.Config) { c.Redis = client },
	})
	r.must(r.Check(context.Background()))
	for _, key := range server.Keys() {
		if ttl := server.TTL(key); ttl < time.Second {
			t.Errorf("%s is kept for %v", key, ttl)
		}
	}
}

func TestCallerDoesNotWaitForTheToken(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{})
	r.fault(sandbox.Fault{Path: "stable_token", ReplyLost: sandbox.LostTimeout})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := r.Draft(ctx, "m")
	if got := r.refusal(err); got.Class != press.ClassBackoff || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %+v", time.Since(began), got)
	}
}

// The SDK has one HTTP client for the process; accounts of different addresses must not meet there.
func TestAccountsOfDifferentAddressesSideBySide(t *testing.T) {
	t.Parallel()
	const accounts, rounds = 4, 12
	var rigs []*rig
	for range accounts {
		rigs = append(rigs, newRig(t, setup{}))
	}
	var wg sync.WaitGroup
	for i, r := range rigs {
		cover := r.cover()
		for round := range rounds {
			wg.Go(func() {
				title := fmt.Sprintf("第%d个账号 %d", i, round)
				id, err := r.AddDraft(context.Background(), []press.PushArticle{{Title: title, HTML: "<p>x</p>", ThumbMedia: cover}})
				if err != nil {
					t.Error(err)
					return
				}
				if d, err := r.Draft(context.Background(), id); err != nil || d.Articles[0].Title != title {
					t.Errorf("%q: %+v, %v", title, d, err)
				}
				if round%2 == 0 {
					if err := r.DeleteDraft(context.Background(), id); err != nil { // typed
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	for i, r := range rigs {
		if _, total, err := r.Drafts(context.Background(), 0, 20, false); err != nil || total != rounds/2 {
			t.Errorf("account %d has %d drafts, want %d: %v", i, total, rounds/2, err)
		}
	}
}
