package settings

import (
	"slices"
	"strings"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type accountsPage struct {
	Accounts []accountCard
}

type accountCard struct {
	press.Account
	ThemeTitle press.Text
	Allowances []desk.Allowance
}

func (h handlers) accounts(r *page.Request) error {
	allowances, err := h.Desk.Allowances(r.Context())
	if err != nil {
		return err
	}
	themes, err := h.Desk.Themes(r.Context())
	if err != nil {
		return err
	}
	var data accountsPage
	for _, a := range h.Desk.Accounts(r.Context()) {
		card := accountCard{Account: a, ThemeTitle: themeTitle(themes, a.Theme)}
		for _, allowance := range allowances {
			if allowance.Account == a.Name {
				card.Allowances = append(card.Allowances, allowance)
			}
		}
		data.Accounts = append(data.Accounts, card)
	}
	return r.Render("accounts.html", data)
}

func themeTitle(themes []desk.Theme, name string) press.Text {
	for _, t := range themes {
		if t.Name == name && !t.Title.IsZero() {
			return t.Title
		}
	}
	return press.Text{EN: name, ZH: name}
}

// accountPage is one account's form, or that of a new one. It never holds a secret.
type accountPage struct {
	New      bool
	Account  press.Account
	Kinds    []press.AccountKind
	Themes   []desk.Theme
	Callback string
	Sandbox  bool
	Test     *desk.AccountTest
	Quota    []desk.QuotaLine // what it may call and what is left; empty for a new one
}

// Told is when WeChat last said what is used; zero: it has not.
func (p accountPage) Told() (at time.Time) {
	for _, l := range p.Quota {
		if l.ToldAt.After(at) {
			at = l.ToldAt
		}
	}
	return at
}

func (h handlers) accountPage(r *page.Request, a press.Account) (accountPage, error) {
	themes, err := h.Desk.Themes(r.Context())
	data := accountPage{New: a.Version == 0 && !a.Fixed, Account: a, Kinds: press.AccountKinds(), Sandbox: h.Sandbox != ""}
	data.Themes = slices.DeleteFunc(themes, func(t desk.Theme) bool { return !t.Trouble.IsZero() })
	if a.Name != "" {
		data.Callback = h.callback(a.Name)
	}
	if err == nil && !data.New && a.Trouble.IsZero() {
		var q desk.Quota
		q, err = h.Desk.Quota(r.Context(), r.Actor, a.Name)
		data.Quota = q.Lines
	}
	return data, err
}

// callback is the address that is entered in WeChat's console.
func (h handlers) callback(name string) string {
	return strings.TrimRight(h.Public, "/") + "/wechat/callback/" + name
}

func (h handlers) newAccount(r *page.Request) error {
	a := press.Account{Kind: press.AccountSubscription}
	if list := h.Desk.Accounts(r.Context()); len(list) > 0 {
		a.Theme = list[0].Theme
	}
	data, err := h.accountPage(r, a)
	if err != nil {
		return err
	}
	return r.Render("account.html", data)
}

func (h handlers) find(r *page.Request) (press.Account, error) {
	name := r.PathValue("name")
	for _, a := range h.Desk.Accounts(r.Context()) {
		if a.Name == name {
			return a, nil
		}
	}
	return press.Account{}, press.Fail(press.NotFound, "account.unknown", press.Say("There is no account %q.", "没有代号为“%s”的公众号。", name))
}

func (h handlers) account(r *page.Request) error {
	a, err := h.find(r)
	if err != nil {
		return err
	}
	data, err := h.accountPage(r, a)
	if err != nil {
		return err
	}
	return r.Render("account.html", data)
}

// typedAccount is the change that a form describes.
func typedAccount(r *page.Request) desk.AccountChange {
	return desk.AccountChange{
		AppID: r.PostFormValue("app_id"), Kind: press.AccountKind(r.PostFormValue("kind")), Author: r.PostFormValue("author"),
		Theme: r.PostFormValue("theme"), BaseURL: r.PostFormValue("base_url"),
		Secret: r.PostFormValue("secret"), CallbackToken: r.PostFormValue("callback_token"), EncodingAESKey: r.PostFormValue("encoding_aes_key"),
		NoCallbacks: r.PostFormValue("no_callbacks") != "",
	}
}

func (h handlers) addAccount(r *page.Request) error {
	change := typedAccount(r)
	change.Name = strings.TrimSpace(r.PostFormValue("name"))
	return h.change(r, press.Account{}, change)
}

func (h handlers) saveAccount(r *page.Request) error {
	a, err := h.find(r)
	if err != nil {
		return err
	}
	change := typedAccount(r)
	change.Name, change.Version = a.Name, int64(r.Number("version", 0))
	if change.Version == 0 { // or it would be taken for a new one
		change.Version = -1
	}
	return h.change(r, a, change)
}

// change saves, or shows the form again with everything but the secrets in it.
func (h handlers) change(r *page.Request, a press.Account, change desk.AccountChange) error {
	saved, err := h.Desk.SaveAccount(r.Context(), r.Actor, change)
	if err == nil {
		return r.See("/settings/accounts/"+saved.Name, "settings.account_saved", "name", saved.Name)
	}
	a.Name, a.AppID, a.Kind, a.Author, a.Theme, a.BaseURL = change.Name, change.AppID, change.Kind, change.Author, change.Theme, change.BaseURL
	data, pageErr := h.accountPage(r, a)
	if pageErr != nil {
		return pageErr
	}
	return r.Refuse(err, "account.html", data)
}

func (h handlers) removeAccount(r *page.Request) error {
	name := r.PathValue("name")
	if err := h.Desk.RemoveAccount(r.Context(), r.Actor, name, int64(r.Number("version", 0))); err != nil {
		return r.SeeRefusal("/settings/accounts/"+name, err)
	}
	return r.See("/settings/accounts", "settings.account_removed", "name", name)
}

// askQuota has WeChat asked for its own counts.
func (h handlers) askQuota(r *page.Request) error {
	name := r.PathValue("name")
	if _, err := h.Desk.AskQuota(r.Context(), r.Actor, name); err != nil {
		return r.SeeRefusal("/settings/accounts/"+name, err)
	}
	return r.See("/settings/accounts/"+name+"#quota", "settings.quota_asked")
}

// testAccount asks WeChat and shows its answer, in the place of the button or on the whole page.
func (h handlers) testAccount(r *page.Request) error {
	a, err := h.find(r)
	if err != nil {
		return err
	}
	test, err := h.Desk.TestAccount(r.Context(), r.Actor, a.Name)
	if err != nil {
		return err
	}
	data, err := h.accountPage(r, a)
	if err != nil {
		return err
	}
	data.Test = &test
	if r.Partial() {
		return r.Fragment("account.html", "test", data)
	}
	return r.Render("account.html", data)
}
