package app

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"newsdesk/internal/config"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// SandboxAccount is the account that exists where none is configured. Its credentials open nothing but the sandbox.
const SandboxAccount = "sandbox"

// openAccounts reads the accounts and themes, makes the accounts' clients, and the sandbox behind them where it is on.
func (a *App) openAccounts(ctx context.Context) error {
	on := a.Config.SandboxOn()
	if on && len(a.Config.Accounts) == 0 {
		a.Config = a.Config.WithAccount(config.Account{Name: SandboxAccount, Author: "Newsdesk"})
	}
	themes, err := markup.LoadThemes(a.Config.Themes.Dir)
	if err != nil {
		return err
	}
	for i, account := range a.Config.Accounts {
		a.Config.Accounts[i] = inSandbox(a.Config, account)
	}
	a.roster = &roster{
		store: a.Store, sealer: newSealer(a.Config), config: a.Config, client: a.newClient, log: a.opts.Logger, themes: themes,
	}
	if err := a.fixedAccounts(); err != nil {
		return err
	}
	if err := a.checkThemes(ctx); err != nil {
		return err
	}
	if on && a.opts.Serve {
		return a.openSandbox()
	}
	return nil
}

// inSandbox points an account to the sandbox, where that is on.
func inSandbox(c config.Config, account config.Account) config.Account {
	if !c.SandboxOn() {
		return account
	}
	account.BaseURL = "http://" + c.Sandbox.Listen
	if account.CallbackToken == "" {
		account.CallbackToken = config.Secret(rand.Text())
	}
	return account
}

// fixedAccounts makes the clients of the configuration's accounts; what is wrong with one of them is wrong now.
func (a *App) fixedAccounts() error {
	for _, account := range a.Config.Accounts {
		client, err := a.newClient(account)
		if err != nil {
			return err
		}
		a.roster.fixed = append(a.roster.fixed, &member{settings: account, client: client, Account: press.Account{
			Name: account.Name, AppID: account.AppID, Kind: press.AccountKind(account.Kind), Author: account.Author,
			Theme: account.Theme, BaseURL: account.BaseURL, Fixed: true, Counts: client.Ledger().Key, Has: press.AccountSecrets{
				Secret: account.Secret.Set(), CallbackToken: account.CallbackToken.Set(), EncodingAESKey: account.EncodingAESKey.Set(),
			},
		}})
	}
	a.roster.current.Store(&staff{version: -1, members: a.roster.fixed, themes: a.roster.themes})
	return nil
}

func (a *App) newClient(account config.Account) (*wechat.Account, error) {
	if err := a.Config.HasteAllowed(account); err != nil {
		return nil, err
	}
	return wechat.New(wechat.Config{
		Name: account.Name, AppID: account.AppID, Secret: account.Secret.Reveal(), Kind: account.Kind,
		CallbackToken: account.CallbackToken.Reveal(), EncodingAESKey: account.EncodingAESKey.Reveal(),
		OldEncodingAESKey: account.OldEncodingAESKey.Reveal(), BaseURL: account.BaseURL, Redis: a.Redis,
		KeyPrefix: queueName(a.Config.Redis.Prefix) + ":wechat:", Logger: a.opts.Logger, Haste: a.Config.Delivery.Haste, Now: clock,
	})
}

// checkThemes refuses an account whose theme does not exist: its pushes would silently look like another's. The theme may
// have been made in the browser.
func (a *App) checkThemes(ctx context.Context) error {
	if err := a.roster.refresh(ctx); err != nil {
		return err
	}
	themes := a.roster.current.Load().themes
	for _, account := range a.Config.Accounts {
		if _, ok := themes.Get(account.Theme); !ok && account.Theme != "" {
			return press.Fail(press.Invalid, "config.theme", press.Say(
				"The account %q has the theme %q, which does not exist; set its key theme, or themes.default, to one of: %s.",
				"公众号 %q 的主题 %q 不存在，请将其 theme 或 themes.default 设为以下之一：%s。",
				account.Name, account.Theme, strings.Join(themes.Names(), ", ")))
		}
	}
	return nil
}

// openSandbox plays every account there is, and from then on each that is added or changed.
func (a *App) openSandbox() error {
	cfg := sandbox.Config{
		PublicURL: "http://" + a.Config.Sandbox.Listen, StateFile: a.Config.Sandbox.StateFile, Latency: a.Config.Sandbox.Latency,
		Line: int64(a.Config.Sandbox.Line) * sandbox.Mbit, Logger: a.opts.Logger,
	}
	for _, m := range a.roster.current.Load().members {
		if m.err == nil {
			cfg.Accounts = append(cfg.Accounts, a.played(m.settings))
		}
	}
	if a.opts.Sandbox != nil {
		a.opts.Sandbox(&cfg)
	}
	box, err := sandbox.New(cfg)
	if err != nil {
		return err
	}
	a.Sandbox = box
	a.later(box.Close)
	a.servers[1].Handler = box.Handler()
	a.roster.play = func(account config.Account) {
		if err := box.Play(a.played(account)); err != nil {
			a.opts.Logger.Warn("the sandbox does not play an account", "account", account.Name, "error", err)
		}
	}
	return nil
}

// played is an account as the sandbox plays it.
func (a *App) played(account config.Account) sandbox.Account {
	mode := sandbox.Plain
	if account.EncodingAESKey != "" {
		mode = sandbox.Safe
	}
	return sandbox.Account{
		Name: account.Name, AppID: account.AppID, Secret: account.Secret.Reveal(), Kind: sandbox.Kind(account.Kind),
		CallbackURL: a.Config.PublicURL + callbackPath + account.Name, CallbackToken: account.CallbackToken.Reveal(),
		EncodingAESKey: account.EncodingAESKey.Reveal(), CallbackMode: mode,
	}
}

// Account returns the client of an account, to try its settings.
func (a *App) Account(name string) (*wechat.Account, error) {
	m := a.roster.find(name)
	if m == nil {
		return nil, unknownAccount(name)
	}
	return m.client, m.err
}

const callbackPath = "/wechat/callback/"

// callback takes what WeChat posts to the address that is entered in its console. It does not ask SQL for the accounts:
// anybody may post here.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	m := a.roster.find(r.PathValue("account"))
	if m == nil || m.err != nil {
		http.NotFound(w, r)
		return
	}
	m.client.Callback(w, r, a.Courier.Event)
}
