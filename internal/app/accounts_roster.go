package app

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"newsdesk/internal/config"
	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat"
)

// roster is the WeChat accounts and the themes as they are now: those of the configuration, which stay, and those that
// administrators add, change and take away in a browser of any process. Whoever asks gets what SQL has at that moment; the
// clients of accounts that did not change, with their tokens, live on. When SQL does not answer, what was known last holds.
type roster struct {
	store  *store.Store // nil: there is only what is fixed
	sealer *sealer
	config config.Config
	client func(config.Account) (*wechat.Account, error)
	play   func(config.Account) // tells the sandbox of an account; nil: this process plays none
	log    *slog.Logger

	fixed  []*member
	themes *markup.ThemeSet

	turn    sync.Mutex // one reads at a time
	current atomic.Pointer[staff]
}

// staff is one state of the roster. It never changes.
type staff struct {
	version int64
	members []*member
	themes  *markup.ThemeSet
}

// member is one account.
type member struct {
	press.Account
	settings config.Account
	client   *wechat.Account
	err      error // why there is no client
}

// rosterPause is how soon a process at the latest knows what was changed in another one where nobody asks: callbacks, and
// the sandbox.
const rosterPause = 5 * time.Second

func (r *roster) find(name string) *member {
	for _, m := range r.current.Load().members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Refresh reads what has changed.
func (r *roster) Refresh(ctx context.Context) {
	if r.store == nil {
		return
	}
	if err := r.refresh(ctx); err != nil && ctx.Err() == nil {
		r.log.WarnContext(ctx, "accounts and themes could not be read; those known last are used", "error", err)
	}
}

func (r *roster) refresh(ctx context.Context) error {
	version, err := r.store.SettingsVersion(ctx)
	if err != nil || version == r.current.Load().version {
		return err
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	before := r.current.Load()
	if before.version == version {
		return nil
	}
	// The version was read first: what is written between then and now is read now, and once more the next time.
	accounts, err := r.store.Accounts(ctx)
	if err != nil {
		return err
	}
	themes, err := r.store.Themes(ctx)
	if err != nil {
		return err
	}
	r.current.Store(&staff{version: version, members: r.members(before, accounts), themes: r.readThemes(themes)})
	return nil
}

// members returns the accounts of the configuration and those stored. One that stands in both is the configuration's.
func (r *roster) members(before *staff, stored []press.SealedAccount) []*member {
	out := slices.Clone(r.fixed)
	for _, a := range stored {
		if slices.ContainsFunc(r.fixed, func(m *member) bool { return m.Name == a.Name }) {
			r.log.Warn("an account of the browser is not used: the configuration has one of its name", "account", a.Name)
			continue
		}
		i := slices.IndexFunc(before.members, func(m *member) bool { return m.Name == a.Name && m.Version == a.Version && m.err == nil })
		if i >= 0 {
			out = append(out, before.members[i])
			continue
		}
		m := r.member(a)
		if m.err == nil && r.play != nil {
			r.play(m.settings)
		}
		out = append(out, m)
	}
	return out
}

// member makes the client of a stored account, or keeps why it cannot be made.
func (r *roster) member(a press.SealedAccount) *member {
	m := &member{Account: a.Account}
	if m.settings, m.err = r.opened(a); m.err == nil {
		m.client, m.err = r.client(m.settings)
	}
	if m.err == nil {
		m.Counts = m.client.Ledger().Key
	}
	if m.err != nil {
		if press.KindOf(m.err) == press.Internal { // the client's own words are for logs
			m.err = incomplete(a.Name).Because(m.err)
		}
		m.Trouble = press.TextOf(m.err)
		r.log.Warn("an account cannot be used", "account", a.Name, "error", m.err)
	}
	return m
}

func incomplete(name string) *press.Error {
	return press.Fail(press.Invalid, "account.incomplete", press.Say(
		"The account %s lacks its AppID or AppSecret; enter them in the settings.", "公众号 %s 缺少 AppID 或 AppSecret，请在设置中填写。", name))
}

// opened returns a stored account in the form of one of the configuration, its secrets opened.
func (r *roster) opened(a press.SealedAccount) (config.Account, error) {
	out := config.Account{
		Name: a.Name, AppID: a.AppID, Kind: string(a.Kind), BaseURL: a.BaseURL, Theme: a.Theme, Author: a.Author,
	}
	for _, s := range []struct {
		part, sealed string
		at           *config.Secret
	}{
		{desk.SecretPart, a.Secret, &out.Secret},
		{desk.TokenPart, a.CallbackToken, &out.CallbackToken},
		{desk.AESKeyPart, a.EncodingAESKey, &out.EncodingAESKey},
		{desk.AESKeyPart, a.OldEncodingAESKey, &out.OldEncodingAESKey},
	} {
		secret, err := r.sealer.open(desk.SealPurpose(a.Name, s.part), s.sealed)
		if err != nil {
			return out, err
		}
		*s.at = config.Secret(secret)
	}
	return inSandbox(r.config, r.config.Filled(out)), nil
}

// readThemes adds the stored themes to those of the program and the folder. One that cannot be read is left out; its page
// says why.
func (r *roster) readThemes(stored []press.StoredTheme) *markup.ThemeSet {
	var themes []markup.Theme
	for _, s := range stored {
		theme, err := markup.ParseTheme(s.Name, []byte(s.YAML))
		if err != nil {
			r.log.Warn("a theme cannot be used", "theme", s.Name, "error", err)
			continue
		}
		themes = append(themes, theme)
	}
	return r.themes.With(themes...)
}

// Accounts returns what people may know of the accounts, those of the configuration first.
func (r *roster) Accounts(ctx context.Context) []press.Account {
	r.Refresh(ctx)
	members := r.current.Load().members
	out := make([]press.Account, len(members))
	for i, m := range members {
		out[i] = m.Account
	}
	return out
}

// Account returns the client of an account, for the courier.
func (r *roster) Account(ctx context.Context, name string) (courier.Account, string, error) {
	r.Refresh(ctx)
	m := r.find(name)
	switch {
	case m == nil:
		return nil, "", unknownAccount(name)
	case m.err != nil:
		return nil, "", m.err
	}
	return m.client, m.Author, nil
}

func unknownAccount(name string) error {
	return press.Fail(press.NotFound, "account.unknown", press.Say("There is no account %q.", "没有代号为“%s”的公众号。", name))
}

// Themes returns the themes.
func (r *roster) Themes(ctx context.Context) *markup.ThemeSet {
	r.Refresh(ctx)
	return r.current.Load().themes
}

// Check asks WeChat whether an account works.
func (r *roster) Check(ctx context.Context, name string) error {
	r.Refresh(ctx)
	m := r.find(name)
	switch {
	case m == nil:
		return unknownAccount(name)
	case m.err != nil:
		return m.err
	}
	return m.client.Check(ctx)
}

// Seal encrypts a secret for one purpose.
func (r *roster) Seal(purpose, secret string) (string, error) { return r.sealer.seal(purpose, secret) }

// Unseal decrypts what was sealed for that purpose.
func (r *roster) Unseal(purpose, sealed string) (string, error) {
	return r.sealer.open(purpose, sealed)
}

// platformHosts are where WeChat answers; see its documentation of access domains.
var platformHosts = []string{
	"api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com", "sz.api.weixin.qq.com", "hk.api.weixin.qq.com",
}

// Fit refuses an account that lacks what WeChat asks for, unless the sandbox plays it; and an address of the API that is
// neither WeChat's nor one that the configuration names, because the AppSecret is sent there.
func (r *roster) Fit(a press.Account) error {
	if !r.config.SandboxOn() && (a.AppID == "" || !a.Has.Secret) {
		return press.Fail(press.Invalid, "account.incomplete", press.Say(
			"WeChat asks for the AppID and the AppSecret; both are in its console under “Basic configuration”.",
			"须填写 AppID 和 AppSecret，可在公众平台“开发 › 基本配置”中查看。"))
	}
	if a.BaseURL == "" || slices.ContainsFunc(r.fixed, func(m *member) bool { return m.settings.BaseURL == a.BaseURL }) {
		return nil
	}
	u, err := url.Parse(a.BaseURL)
	if err == nil && u.Scheme == "https" && slices.Contains(platformHosts, u.Host) && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.User == nil {
		return nil
	}
	return press.Fail(press.Invalid, "account.base_url", press.Say(
		"The AppSecret would be sent to that address. Here only WeChat's own can be chosen (%[1]s); another one must be set as base_url of an account in the configuration file.",
		"AppSecret 会发送到该地址，此处只能填写微信的接口域名（%[1]s）；其他地址须先在配置文件中以某个公众号的 base_url 设定。", strings.Join(platformHosts, ", ")))
}

// watchRoster starts to watch, until the end of the process's life.
func (a *App) watchRoster(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.roster.watch(ctx)
	}()
	a.later(func() error {
		stop()
		<-done
		return nil
	})
}

// watch keeps a process in step where nobody asks. It ends with the context.
func (r *roster) watch(ctx context.Context) {
	tick := time.NewTicker(rosterPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.Refresh(ctx)
		}
	}
}
