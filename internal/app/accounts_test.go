package app_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/wechat/sandbox"
)

const campusSecret = "0123456789abcdef0123456789abcdef"

func campus() desk.AccountChange {
	return desk.AccountChange{
		Name: "campus", AppID: "wxc0ffee0123456789", Kind: press.AccountSubscription, Author: "示例大学", Theme: "campus",
		Secret: campusSecret, CallbackToken: "campusToken", EncodingAESKey: strings.Repeat("k", 42) + "A",
	}
}

// boss is an administrator of a room.
func (r *room) boss() press.Actor {
	r.Helper()
	user, err := r.Desk.AddUser(r.Context(), press.System(), "boss", []press.Role{press.Administrator}, nil)
	r.ok(err)
	return press.Actor{User: user}
}

// pushTo puts a fresh article into an edition for an account.
func (r *room) pushTo(account, title string) press.EditionID {
	r.Helper()
	handed, err := r.handIn(file("article.txt", []byte(title+"\nA paragraph of sample text.\n")), file("photo.jpg", drawn(r, len(title), 1200, 800)))
	r.ok(err)
	a := r.sign(handed.Article)
	e, _, err := r.Desk.Compose(r.Context(), r.people["editor"], desk.NewEdition{
		Account: account, Mode: press.ModePublish, At: time.Now(), Articles: []press.ArticleID{a.ID},
	})
	r.ok(err)
	return e.ID
}

// played returns what the sandbox has of an account.
func (r *room) played(appID string) sandbox.AccountState {
	r.Helper()
	accounts := r.Sandbox.State(-1).Accounts
	i := slices.IndexFunc(accounts, func(a sandbox.AccountState) bool { return a.AppID == appID })
	if i < 0 {
		r.Fatalf("the sandbox does not play %s", appID)
	}
	return accounts[i]
}

// TestAccountWhileRunning: an account that is added in the browser works at once: in the sandbox, for the courier, for
// WeChat's events; a change of its secret is taken up, and its removal too.
func TestAccountWhileRunning(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	ctx, boss := t.Context(), r.boss()
	a, err := r.Desk.SaveAccount(ctx, boss, campus())
	r.ok(err)
	test, err := r.Desk.TestAccount(ctx, boss, "campus")
	r.ok(err)
	if !test.Works {
		t.Fatalf("the test says %+v", test)
	}
	push := r.await(r.pushTo("campus", "To the campus"), press.Live)
	if state := r.played(campus().AppID); len(state.Publications) != 1 || len(push.URLs) != 1 {
		t.Errorf("%d publications, addresses %q", len(state.Publications), push.URLs)
	}
	for path, want := range map[string]int{"campus": http.StatusForbidden, "nobody": http.StatusNotFound} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Config.PublicURL+"/wechat/callback/"+path, nil)
		r.ok(err)
		res, err := http.DefaultClient.Do(req)
		r.ok(err)
		r.ok(res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("the callback address of %s answers %s", path, res.Status)
		}
	}

	// The sandbox takes a new secret over, so this one is right again; in the row it is another text.
	change := campus()
	change.Version, change.Secret, change.Author = 1, strings.Repeat("b", 32), "校报编辑部"
	_, err = r.Desk.SaveAccount(ctx, boss, change)
	r.ok(err)
	test, err = r.Desk.TestAccount(ctx, boss, "campus")
	r.ok(err)
	if !test.Works {
		t.Errorf("with a new secret the test says %+v", test)
	}
	// A secret that WeChat does not have is told with what to do, and not repeated.
	r.ok(r.Sandbox.Configure(a.AppID, func(a *sandbox.Account) { a.Secret = "anotherone0123456789" }))
	test, err = r.Desk.TestAccount(ctx, boss, "campus")
	r.ok(err)
	if test.Works || test.Fix.ZH == "" || test.Answer == "" || strings.Contains(fmt.Sprint(test), change.Secret) {
		t.Errorf("with a wrong secret the test says %+v", test)
	}
	r.ok(r.Desk.RemoveAccount(ctx, boss, "campus", 2))
	_, err = r.Desk.TestAccount(ctx, boss, "campus")
	r.refused(err, press.NotFound, "account.unknown")
	if log := r.log.String(); strings.Contains(log, campusSecret) || strings.Contains(log, change.Secret) || strings.Contains(log, "campusToken") {
		t.Error("the log holds a secret")
	}
}

// TestAccountOfAnotherProcess: what is added in one process is used by a worker of another, on PostgreSQL and Redis; a
// worker with another key says so and sends nothing.
func TestAccountOfAnotherProcess(t *testing.T) {
	t.Parallel()
	redis := servicetest.StartRedis(t)
	postgres, err := servicetest.StartPostgres(t.Context(), false)
	if errors.Is(err, servicetest.ErrNoPostgres) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postgres.Stop)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	shared := map[string]any{
		"sql.driver": "postgres", "sql.dsn": postgres.URL, "redis.mode": "single", "redis.addresses": []string{redis.Address},
		"data": t.TempDir(), "delivery.wake_early": "1s", "secrets.key": base64.StdEncoding.EncodeToString(key),
	}
	r := enterAs(t, shared, func(o *app.Options) { o.Work = false })
	process := func(key []byte) *app.App {
		flags := map[string]any{}
		for k, v := range shared {
			flags[k] = v
		}
		flags["sandbox.listen"], flags["site.base_url"] = r.Config.Sandbox.Listen, r.Config.Site.BaseURL
		flags["secrets.key"] = base64.StdEncoding.EncodeToString(key)
		return openAs(t, flags, func(o *app.Options) { o.Serve, o.Migrate = false, false })
	}
	worker := process(key)
	boss := r.boss()
	_, err = r.Desk.SaveAccount(t.Context(), boss, campus())
	r.ok(err)
	r.await(r.pushTo("campus", "From another machine"), press.Live)
	if state := r.played(campus().AppID); len(state.Publications) != 1 {
		t.Errorf("%d publications", len(state.Publications))
	}
	// A theme made here is a theme there.
	r.ok(r.Desk.SaveTheme(t.Context(), boss, press.StoredTheme{Name: "mine", YAML: "name: mine\nlike: campus\n"}))
	if _, err := worker.Desk.Theme(t.Context(), "mine"); err != nil {
		t.Error(err)
	}

	r.ok(worker.Close())
	stranger := process(make([]byte, 32))
	id := r.pushTo("campus", "With another key")
	r.await(id, press.Blocked)
	push, _ := r.deliveries(id)
	if push.Reason.Code != "secrets.key" || push.Reason.Whose != press.Administrator || !strings.Contains(push.Reason.Text.EN, "secrets.key") {
		t.Errorf("blocked for %+v", push.Reason)
	}
	test, err := stranger.Desk.TestAccount(t.Context(), boss, "campus")
	r.ok(err)
	if test.Works || !strings.Contains(test.Text.ZH, "secrets.key") {
		t.Errorf("the test there says %+v", test)
	}
	accounts := stranger.Desk.Accounts(t.Context())
	if a := accounts[len(accounts)-1]; a.Name != "campus" || a.Trouble.IsZero() || !a.Has.Secret {
		t.Errorf("the account there: %+v", a)
	}
}

// TestAccountOutsideTheSandbox: an account without credentials says what it lacks, its AppSecret goes to WeChat only, and it
// does not take the place of one that the configuration has by the same name.
func TestAccountOutsideTheSandbox(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := openAs(t, map[string]any{"data": data}, func(o *app.Options) { o.Work = false })
	boss := press.System()
	plain := campus()
	plain.AppID, plain.Secret, plain.CallbackToken, plain.EncodingAESKey = "", "", "", ""
	if _, err := first.Desk.SaveAccount(t.Context(), boss, plain); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := settings(t, map[string]any{"data": data, "sandbox.mode": "off", "site.base_url": "http://localhost/site"})
	second, err := app.Open(t.Context(), app.Options{Config: cfg, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	accounts := second.Desk.Accounts(t.Context())
	if len(accounts) != 1 || accounts[0].Trouble.IsZero() {
		t.Errorf("without the sandbox: %+v", accounts)
	}
	plain.Version = 1
	if _, err := second.Desk.SaveAccount(t.Context(), boss, plain); press.CodeOf(err) != "account.incomplete" {
		t.Errorf("saved without credentials: %v", err)
	}
	plain.AppID, plain.Secret, plain.BaseURL = campus().AppID, campusSecret, "https://evil.example"
	if _, err := second.Desk.SaveAccount(t.Context(), boss, plain); press.CodeOf(err) != "account.base_url" {
		t.Errorf("saved with a strange address: %v", err)
	}
	plain.BaseURL = "https://sh.api.weixin.qq.com/"
	if _, err := second.Desk.SaveAccount(t.Context(), boss, plain); err != nil {
		t.Error(err)
	}
	configured := cfg.WithAccount(config.Account{Name: "campus", AppID: "wxfile", Secret: "secret"})
	third, err := app.Open(t.Context(), app.Options{Config: configured, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = third.Close() })
	if accounts := third.Desk.Accounts(t.Context()); len(accounts) != 1 || !accounts[0].Fixed || accounts[0].AppID != "wxfile" {
		t.Errorf("beside the configuration's: %+v", accounts)
	}
}
