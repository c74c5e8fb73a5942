package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// given loads a file's text and an environment, and nothing of the machine's own.
func given(t *testing.T, file string, env ...string) (Config, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "newsdesk.yaml")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(Options{File: name, Env: env})
}

func mustLoad(t *testing.T, file string, env ...string) Config {
	t.Helper()
	c, err := given(t, file, env...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingConfigured(t *testing.T) {
	t.Parallel()
	c, err := Load(Options{NoFile: true})
	if err != nil {
		t.Fatal(err)
	}
	c.from = nil
	if want := Default(); !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
	if !c.SandboxOn() || c.PublicURL != "http://127.0.0.1:8080" || c.Site.BaseURL != "http://127.0.0.1:8080/site" {
		t.Errorf("sandbox %v, public_url %q, base_url %q", c.SandboxOn(), c.PublicURL, c.Site.BaseURL)
	}
	if got := c.ReviewStages(); !reflect.DeepEqual(got, press.DefaultStages()) {
		t.Errorf("stages %v", got)
	}
	if problems := c.Check(); len(problems) > 0 {
		t.Errorf("the defaults have problems: %v", problems)
	}
}

func TestLaterSourcesWin(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "c.yaml")
	text := "data: file\nlisten: 127.0.0.1:1\nlog: {level: warn, format: json}\nredis:\n  mode: cluster\n  addresses: [a:1, b:2]\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{
		File:  name,
		Env:   []string{"NEWSDESK_DATA=env", "NEWSDESK_LOG_LEVEL=error", "NEWSDESK_REDIS_ADDRESSES=c:3, d:4", "HOME=/", "NEWSDESK_TOKEN=x"},
		Flags: map[string]any{"data": "flag", "photos.workers": 3, "delivery.sweep": time.Second, "site.enabled": false},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "flag" || c.Log != (Log{"error", "json"}) || c.Photos.Workers != 3 || c.Delivery.Sweep != time.Second || c.Site.Enabled {
		t.Errorf("got %+v", c)
	}
	if want := []string{"c:3", "d:4"}; !reflect.DeepEqual(c.Redis.Addresses, want) {
		t.Errorf("addresses %q, want %q", c.Redis.Addresses, want)
	}
	if c.SQL.DSN.Reveal() != filepath.Join("flag", "newsdesk.db") || c.Blobs.Dir != filepath.Join("flag", "blobs") {
		t.Errorf("folders do not follow data: %q, %q", c.SQL.DSN.Reveal(), c.Blobs.Dir)
	}
	for key, want := range map[string]string{
		"data": "command line", "listen": "c.yaml:2", "log.level": "NEWSDESK_LOG_LEVEL", "log.format": "c.yaml:3", "zone": "",
	} {
		if got := c.Origin(key); got != want {
			t.Errorf("Origin(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, `
themes: {default: campus}
accounts:
  - name: news
    app_id: wx0123456789abcdef
    secret: 0123
  - name: other
    app_id: wx1123456789abcdef
    kind: service
    theme: institutional
    base_url: http://127.0.0.1:9/
`, "NEWSDESK_ACCOUNTS_1_SECRET_FILE="+secret, "NEWSDESK_ACCOUNTS_0_AUTHOR=宣传部")
	first, second := c.Accounts[0], c.Accounts[1]
	if first.Secret.Reveal() != "0123" {
		t.Errorf("a secret of digits became %q", first.Secret.Reveal())
	}
	if first.Kind != "subscription" || first.Theme != "campus" || first.Author != "宣传部" {
		t.Errorf("first: %+v", first)
	}
	if second.Secret.Reveal() != "from-the-file" || second.BaseURL != "http://127.0.0.1:9" || second.Theme != "institutional" {
		t.Errorf("second: %+v", second)
	}
	if c.SandboxOn() {
		t.Error("the sandbox is on although accounts are configured")
	}
	if got, ok := c.Account("other"); !ok || got.AppID != second.AppID {
		t.Errorf("Account(other) = %v, %v", got, ok)
	}
}

func TestSandboxAccountsNeedNoCredentials(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "sandbox: {mode: on, state_file: memory}\naccounts: [{name: a}, {name: b, kind: service}]\n")
	a, b := c.Accounts[0], c.Accounts[1]
	if !appIDForm.MatchString(a.AppID) || a.AppID == b.AppID || !a.Secret.Set() || c.Sandbox.StateFile != "" {
		t.Errorf("a %v, b %v, state %q", a, b, c.Sandbox.StateFile)
	}
	if problems := c.Check(); len(problems) != 1 || !problems[0].Advice || problems[0].Key != "sandbox.mode" {
		t.Errorf("problems %v, want one piece of advice", problems)
	}
}

func TestTheAccountThatStandsIn(t *testing.T) {
	t.Parallel()
	before := Default()
	c := before.WithAccount(Account{Name: "sandbox"})
	a, ok := c.Account("sandbox")
	if !ok || !c.SandboxOn() || len(before.Accounts) != 0 {
		t.Fatalf("account %v, sandbox on %v, %d accounts before", ok, c.SandboxOn(), len(before.Accounts))
	}
	if !a.Secret.Set() || a.Kind != "subscription" || a.Theme != "institutional" || !appIDForm.MatchString(a.AppID) {
		t.Errorf("got %+v", a)
	}
	off, err := Load(Options{NoFile: true, Flags: map[string]any{"sandbox.mode": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := off.WithAccount(Account{Name: "real"}); c.SandboxOn() || c.Accounts[0].Secret.Set() {
		t.Errorf("a real account got %+v", c.Accounts[0])
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := given(t, "zone: Mars/Base\nsql: {drvier: sqlite}\nphotos: {workers: many, memory: 5XB}\n", "NEWSDESK_LOG_LEVEL=loud")
	var refusal *press.Error
	if !errors.As(err, &refusal) || refusal.Kind != press.Invalid || refusal.Code != "config.invalid" {
		t.Fatalf("error %v", err)
	}
	var keys []string
	for _, p := range Problems(err) {
		keys = append(keys, p.Key)
	}
	want := []string{"zone", "sql.drvier", "photos.memory", "photos.workers", "log.level"}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}
	for _, key := range want {
		if text := press.TextOf(err); !strings.Contains(text.EN, key) || !strings.Contains(text.ZH, key) {
			t.Errorf("%s is not in both languages of %v", key, text)
		}
	}
}

func TestPortZeroIsKnownLater(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "listen: 127.0.0.1:0\n")
	if c.PublicURL != "" || c.Site.BaseURL != "" {
		t.Errorf("public_url %q, base_url %q before listening", c.PublicURL, c.Site.BaseURL)
	}
	c = c.ListeningOn(addr("127.0.0.1:4321"))
	if c.PublicURL != "http://127.0.0.1:4321" || c.Site.BaseURL != "http://127.0.0.1:4321/site" {
		t.Errorf("public_url %q, base_url %q", c.PublicURL, c.Site.BaseURL)
	}
}

type addr string

func (a addr) Network() string { return "tcp" }
func (a addr) String() string  { return string(a) }

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("# "+strings.Repeat("x", 98)+"\n", 10_001)
	for name, tc := range map[string]struct{ file, code string }{
		"not yaml":      {"a: [", "config.yaml"},
		"two documents": {"zone: UTC\n---\nzone: UTC\n", "config.yaml"},
		"huge":          {big, "config.file"},
		"a list":        {"- zone\n", "config.shape"},
		"a section":     {"sql: sqlite\n", "config.shape"},
		"a deep value":  {"zone: {a: b}\n", "config.shape"},
		"an alias":      {"sql: &a\n  driver: *a\n", "config.shape"},
		"merge keys":    {"log: {<<: {level: info}}\n", "config.unknown_key"},
	} {
		if _, err := given(t, tc.file); press.CodeOf(err) != tc.code {
			t.Errorf("%s: error %v with code %s, want %s", name, err, press.CodeOf(err), tc.code)
		}
	}
	if _, err := Load(Options{File: filepath.Join(t.TempDir(), "absent.yaml")}); press.CodeOf(err) != "config.file" {
		t.Errorf("absent: %v", err)
	}
	if c := mustLoad(t, "# nothing\n"); c.Data != "./data" {
		t.Errorf("an empty file gives %+v", c)
	}
}

func TestFileFromEnvironment(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "named.yaml")
	if err := os.WriteFile(name, []byte("data: there\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{Env: []string{"NEWSDESK_CONFIG=" + name}})
	if err != nil || c.Data != "there" {
		t.Errorf("data %q, error %v", c.Data, err)
	}
}

// TestHasteIsForDrills: short pauses are taken only where no account can reach WeChat.
func TestHasteIsForDrills(t *testing.T) {
	t.Parallel()
	const account = "accounts: [{name: a, app_id: wx0123456789abcdef, secret: s, base_url: '%s'}]\ndelivery: {haste: 100}\n"
	for address, allowed := range map[string]bool{
		"http://127.0.0.1:8090": true, "http://[::1]:8090": true, "": false, "https://api.weixin.qq.com": false,
		"http://127.0.0.1.example.com": false, "http://localhost:8090": false,
	} {
		c, err := given(t, fmt.Sprintf(account, address))
		if (err == nil) != allowed {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil && c.HasteAllowed(Account{Name: "browser", BaseURL: "https://api.weixin.qq.com"}) == nil {
			t.Error("an account of the browser that leads to WeChat is allowed")
		}
	}
	if c := mustLoad(t, "delivery: {haste: 100}\n"); !c.SandboxOn() {
		t.Error("the sandbox is not on")
	}
}
