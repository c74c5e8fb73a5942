package app

import (
	"context"
	"crypto/rand"
	"net/http"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// SandboxAccount is the account that exists where none is configured. Its credentials open nothing but the sandbox.
const SandboxAccount = "sandbox"

// openAccounts makes the clients, and the sandbox behind them where it is on.
func (a *App) openAccounts(context.Context) error {
	on := a.Config.SandboxOn()
	if on && len(a.Config.Accounts) == 0 {
		a.Config = a.Config.WithAccount(config.Account{Name: SandboxAccount, Author: "Newsdesk"})
	}
	for i := range a.Config.Accounts {
		account := &a.Config.Accounts[i]
		if on {
			account.BaseURL = "http://" + a.Config.Sandbox.Listen
			if account.CallbackToken == "" {
				account.CallbackToken = config.Secret(rand.Text())
			}
		}
		client, err := wechat.New(wechat.Config{
			Name: account.Name, AppID: account.AppID, Secret: account.Secret.Reveal(), Kind: account.Kind,
			CallbackToken: account.CallbackToken.Reveal(), EncodingAESKey: account.EncodingAESKey.Reveal(),
			OldEncodingAESKey: account.OldEncodingAESKey.Reveal(), BaseURL: account.BaseURL, Redis: a.Redis,
			KeyPrefix: queueName(a.Config.Redis.Prefix) + ":wechat:", Logger: a.opts.Logger,
		})
		if err != nil {
			return err
		}
		a.accounts[account.Name] = client
	}
	if on && a.opts.Serve {
		return a.openSandbox()
	}
	return nil
}

func (a *App) openSandbox() error {
	cfg := sandbox.Config{
		PublicURL: "http://" + a.Config.Sandbox.Listen, StateFile: a.Config.Sandbox.StateFile, Latency: a.Config.Sandbox.Latency,
		Logger: a.opts.Logger,
	}
	for _, account := range a.Config.Accounts {
		mode := sandbox.Plain
		if account.EncodingAESKey != "" {
			mode = sandbox.Safe
		}
		cfg.Accounts = append(cfg.Accounts, sandbox.Account{
			Name: account.Name, AppID: account.AppID, Secret: account.Secret.Reveal(), Kind: sandbox.Kind(account.Kind),
			CallbackURL: a.Config.PublicURL + callbackPath + account.Name, CallbackToken: account.CallbackToken.Reveal(),
			EncodingAESKey: account.EncodingAESKey.Reveal(), CallbackMode: mode,
		})
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
	return nil
}

// Account returns the client of an account, to try its settings.
func (a *App) Account(name string) (*wechat.Account, error) {
	account, ok := a.accounts[name]
	if !ok {
		return nil, press.Fail(press.NotFound, "account.unknown", press.Say("There is no account %q.", "没有名为 %q 的公众号。", name))
	}
	return account, nil
}

const callbackPath = "/wechat/callback/"

// callback takes what WeChat posts to the address that is entered in its console.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	account, ok := a.accounts[r.PathValue("account")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	account.Callback(w, r, a.Courier.Event)
}
