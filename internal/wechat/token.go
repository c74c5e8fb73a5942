package wechat

import (
	"context"
	"time"

	"github.com/silenceper/wechat/v2/credential"
	"golang.org/x/sync/singleflight"

	"newsdesk/internal/press"
)

const (
	tokenCall     = "stable_token"
	tokenLockTTL  = 20 * time.Second // longer than one fetch takes
	tokenPatience = 5 * time.Second  // for another process's fetch, before our own
	forceInterval = time.Minute      // the platform allows a forced refresh every 30 s, 20 a day
)

// tokens is an account's access token: the SDK's stable token, with what the SDK lacks: dropping a refused one, one fetch
// at a time among processes, and waiting that ends with the caller's context.
type tokens struct {
	account *Account
	cache   *cache
	key     string // under which the SDK keeps it
	handle  credential.AccessTokenContextHandle
	group   singleflight.Group
}

func newTokens(a *Account, c *cache) *tokens {
	const prefix = credential.CacheKeyOfficialAccountPrefix
	return &tokens{
		account: a, cache: c,
		key:    prefix + "_stable_access_token_" + a.cfg.AppID,
		handle: credential.NewStableAccessToken(a.cfg.AppID, a.cfg.Secret, prefix, c),
	}
}

// get returns the token, from the cache or else from the platform.
func (t *tokens) get(ctx context.Context) (string, error) {
	if token := t.cached(ctx); token != "" {
		return token, nil
	}
	return t.shared(ctx, "get", t.fetch)
}

// renew returns a token after one was refused in use.
func (t *tokens) renew(ctx context.Context, refused string) (string, error) {
	return t.shared(ctx, "renew "+refused, func(ctx context.Context) (string, error) {
		t.cache.drop(ctx, t.key, refused)
		token, err := t.get(ctx)
		if err != nil || token != refused || !t.cache.first(ctx, "forced", forceInterval) {
			return token, err
		}
		return t.force(ctx)
	})
}

// verify asks the platform even if a token is cached, so that a wrong secret is found.
func (t *tokens) verify(ctx context.Context) error {
	_, err := t.direct(ctx, false)
	return err
}

func (t *tokens) force(ctx context.Context) (string, error) { return t.direct(ctx, true) }

func (t *tokens) cached(ctx context.Context) string {
	token, _ := t.cache.GetContext(ctx, t.key).(string)
	return token
}

// shared lets goroutines that want the same share one run; each waits only as long as its own context.
func (t *tokens) shared(ctx context.Context, key string, run func(context.Context) (string, error)) (string, error) {
	done := t.group.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.account.cfg.Timeout)
		defer cancel()
		return run(ctx)
	})
	select {
	case r := <-done:
		token, _ := r.Val.(string)
		return token, r.Err
	case <-ctx.Done():
		return "", t.account.notSent(call{name: tokenCall}, ctx.Err())
	}
}

// fetch gets the token through the SDK while this process holds the lock.
func (t *tokens) fetch(ctx context.Context) (string, error) {
	release, token := t.turn(ctx)
	if token != "" {
		return token, nil
	}
	defer release()
	return t.ask(ctx, t.handle.GetAccessTokenContext)
}

// turn waits until it is this process's turn to fetch, or another's fetch has brought a token. A process that takes too
// long is not waited for: two fetches bring the same token.
func (t *tokens) turn(ctx context.Context) (release func(), token string) {
	patience := time.NewTimer(tokenPatience)
	defer patience.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		release, held := t.cache.lock(ctx, "fetching", tokenLockTTL)
		if !held {
			return release, ""
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return func() {}, ""
		case <-ctx.Done():
			return func() {}, ""
		}
		if token := t.cached(ctx); token != "" {
			return nil, token
		}
	}
}

// direct asks the platform for the token, whatever the cache holds, and caches it.
func (t *tokens) direct(ctx context.Context, force bool) (string, error) {
	stable, ok := t.handle.(*credential.StableAccessToken)
	if !ok {
		return t.fetch(ctx)
	}
	return t.ask(ctx, func(ctx context.Context) (string, error) {
		res, err := stable.GetAccessTokenDirectly(ctx, force)
		if err == nil && res.AccessToken != "" {
			err = t.cache.SetContext(ctx, t.key, res.AccessToken, time.Duration(res.ExpiresIn-300)*time.Second)
		}
		return res.AccessToken, err
	})
}

// ask runs the SDK's token call within an exchange and turns its outcome into a token or a refusal.
func (t *tokens) ask(ctx context.Context, get func(context.Context) (string, error)) (string, error) {
	a, c := t.account, call{name: tokenCall}
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	x := a.line.open(ctx, "")
	defer x.close()
	token, err := get(x.ctx)
	if err == nil && token != "" {
		return token, nil
	}
	refusal := a.judge(c, x, err)
	if refusal == nil {
		refusal = a.unclear(c, incomplete, nil)
	}
	if refusal.Class == press.ClassToken {
		refusal.Class = press.ClassConfig
	}
	a.record(ctx, c, 0, refusal)
	return "", refusal
}
