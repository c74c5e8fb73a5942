package desk_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// installation is an office whose key is its word, and which reads what was saved whenever it is asked.
type installation struct {
	rows   *store.Store // nil: only what is fixed
	fixed  []press.Account
	themes *markup.ThemeSet
	answer error // what WeChat says
	lost   bool  // the key that sealed the secrets
}

func newInstallation(rows *store.Store, themes *markup.ThemeSet) *installation {
	return &installation{rows: rows, themes: themes, fixed: []press.Account{
		{Name: "office", AppID: "wx00000000", Theme: themes.Default().Name, Fixed: true},
	}}
}

func (i *installation) add(a press.Account) { i.fixed = append(i.fixed, a) }

func (i *installation) Accounts(ctx context.Context) []press.Account {
	out := slices.Clone(i.fixed)
	added, err := i.rows.Accounts(ctx)
	if err != nil {
		return out
	}
	for _, a := range added {
		out = append(out, a.Account)
	}
	return out
}

func (i *installation) Themes(ctx context.Context) *markup.ThemeSet {
	stored, err := i.rows.Themes(ctx)
	if err != nil {
		return i.themes
	}
	set := i.themes
	for _, s := range stored {
		if theme, err := markup.ParseTheme(s.Name, []byte(s.YAML)); err == nil {
			set = set.With(theme)
		}
	}
	return set
}

func (i *installation) Fit(a press.Account) error {
	if a.BaseURL != "" {
		return press.Fail(press.Invalid, "account.base_url", press.Say("Not that address.", "不可使用该地址。"))
	}
	return nil
}

func (i *installation) Seal(purpose, secret string) (string, error) {
	return hex.EncodeToString([]byte(purpose + "\n" + secret)), nil
}

func (i *installation) Unseal(purpose, sealed string) (string, error) {
	text, err := hex.DecodeString(sealed)
	secret, ok := strings.CutPrefix(string(text), purpose+"\n")
	if err != nil || !ok || i.lost {
		return "", press.Fail(press.Invalid, "secrets.key", press.Say("Another key.", "密钥不符。"))
	}
	return secret, nil
}

func (i *installation) Check(context.Context, string) error { return i.answer }

func (i *installation) Refresh(context.Context) {}

func campus() desk.AccountChange {
	return desk.AccountChange{
		Name: "campus", AppID: "wx0123456789abcdef", Kind: press.AccountService, Author: "示例大学", Theme: "campus",
		Secret: "0123456789abcdef0123456789abcdef", CallbackToken: "token1", EncodingAESKey: strings.Repeat("a", 42) + "A",
	}
}

// stored returns the account as the database has it.
func (o *office) storedAccount(name string) press.SealedAccount {
	o.Helper()
	list, err := o.rows.Accounts(o.Context())
	o.ok(err)
	i := slices.IndexFunc(list, func(a press.SealedAccount) bool { return a.Name == name })
	if i < 0 {
		o.Fatalf("there is no account %s", name)
	}
	return list[i]
}

func TestSaveAccount(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	unseal := func(part, sealed string) string {
		t.Helper()
		secret, err := o.Office.Unseal(desk.SealPurpose("campus", part), sealed)
		o.ok(err)
		return secret
	}
	change := campus()
	change.Name = "  campus "
	a, err := o.SaveAccount(ctx, o.admin, change)
	o.ok(err)
	if a.Has != (press.AccountSecrets{Secret: true, CallbackToken: true, EncodingAESKey: true}) {
		t.Errorf("saved %+v", a)
	}
	first := o.storedAccount("campus")
	if got := unseal(desk.SecretPart, first.Secret); got != change.Secret {
		t.Errorf("sealed secret %q", got)
	}
	// Another AES key leaves the first valid; what is left empty stays.
	change = desk.AccountChange{
		Name: "campus", Version: 1, AppID: first.AppID, Kind: first.Kind, Theme: "institutional", EncodingAESKey: strings.Repeat("b", 42) + "A",
	}
	_, err = o.SaveAccount(ctx, o.admin, change)
	o.ok(err)
	second := o.storedAccount("campus")
	if second.Secret != first.Secret || second.CallbackToken != first.CallbackToken || second.OldEncodingAESKey != first.EncodingAESKey ||
		second.Theme != "institutional" || unseal(desk.AESKeyPart, second.EncodingAESKey) != change.EncodingAESKey {
		t.Errorf("changed to %+v", second)
	}
	_, err = o.SaveAccount(ctx, o.admin, change)
	o.refused(err, press.Conflict, "settings.stale")
	change.Version, change.EncodingAESKey, change.NoCallbacks = 2, "", true
	_, err = o.SaveAccount(ctx, o.admin, change)
	o.ok(err)
	third := o.storedAccount("campus")
	if third.CallbackToken != "" || third.EncodingAESKey != "" || third.OldEncodingAESKey != "" || third.Secret != first.Secret {
		t.Errorf("without callbacks %+v", third)
	}
	entries, err := o.rows.Audit(ctx, store.AuditFilter{Subject: "campus", Limit: 10})
	o.ok(err)
	for _, e := range entries {
		if strings.Contains(e.Detail, campus().Secret) || strings.Contains(e.Detail, campus().CallbackToken) || strings.Contains(e.Detail, first.Secret) {
			t.Errorf("the audit log holds a secret: %s", e.Detail)
		}
	}
	if len(entries) != 3 || !strings.Contains(entries[1].Detail, "theme: campus → institutional") || !strings.Contains(entries[1].Detail, "EncodingAESKey ±") {
		t.Errorf("audit %+v", entries)
	}
	if printed := fmt.Sprintf("%v %+v %#v", campus(), campus(), campus()); strings.Contains(printed, campus().Secret) {
		t.Errorf("a change prints as %s", printed)
	}
}

// TestSaveAccountWithLostKey: where the key that sealed the secrets is gone, they can be entered again.
func TestSaveAccountWithLostKey(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.SaveAccount(t.Context(), o.admin, campus())
	o.ok(err)
	o.Office.(*installation).lost = true
	again := campus()
	again.Version, again.EncodingAESKey = 1, strings.Repeat("b", 42)+"A"
	_, err = o.SaveAccount(t.Context(), o.admin, again)
	o.ok(err)
	if a := o.storedAccount("campus"); a.OldEncodingAESKey != "" || !a.Has.EncodingAESKey {
		t.Errorf("entered again: %+v", a)
	}
}

func TestSaveAccountRefuses(t *testing.T) {
	t.Parallel()
	o := open(t)
	for name, c := range map[string]struct {
		change func(*desk.AccountChange)
		kind   press.Kind
		code   string
	}{
		"name":             {func(c *desk.AccountChange) { c.Name = "校园" }, press.Invalid, "account.name"},
		"name in the path": {func(c *desk.AccountChange) { c.Name = "a/b" }, press.Invalid, "account.name"},
		"of the file":      {func(c *desk.AccountChange) { c.Name = "office" }, press.Conflict, "account.fixed"},
		"gone":             {func(c *desk.AccountChange) { c.Version = 3 }, press.NotFound, "account.unknown"},
		"appid":            {func(c *desk.AccountChange) { c.AppID = "campus?x" }, press.Invalid, "account.app_id_form"},
		"appid of another": {func(c *desk.AccountChange) { c.AppID = "wx00000000" }, press.Conflict, "account.app_id"},
		"kind":             {func(c *desk.AccountChange) { c.Kind = "newspaper" }, press.Invalid, "account.kind"},
		"author":           {func(c *desk.AccountChange) { c.Author = strings.Repeat("长", 17) }, press.Invalid, "account.author"},
		"theme":            {func(c *desk.AccountChange) { c.Theme = "none" }, press.Invalid, "account.theme"},
		"secret":           {func(c *desk.AccountChange) { c.Secret = "秘密秘密秘密" }, press.Invalid, "account.secret"},
		"token":            {func(c *desk.AccountChange) { c.CallbackToken = "a b" }, press.Invalid, "account.token"},
		"key":              {func(c *desk.AccountChange) { c.EncodingAESKey = "short" }, press.Invalid, "account.aes_key"},
		"key alone":        {func(c *desk.AccountChange) { c.CallbackToken = "" }, press.Invalid, "account.token"},
		"address":          {func(c *desk.AccountChange) { c.BaseURL = "https://evil.example" }, press.Invalid, "account.base_url"},
	} {
		change := campus()
		c.change(&change)
		_, err := o.SaveAccount(t.Context(), o.admin, change)
		if press.KindOf(err) != c.kind || press.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: %v, want %s", name, err, c.code)
			continue
		}
		o.plain(press.TextOf(err))
		for _, secret := range []string{change.Secret, change.CallbackToken, change.EncodingAESKey} {
			if len(secret) > 3 && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the refusal repeats a secret: %v", name, err)
			}
		}
	}
}

// TestAccountsAreForAdministrators: nobody else touches accounts, themes and settings.
func TestAccountsAreForAdministrators(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	for _, who := range []press.Actor{o.writer, o.editor, o.reviewers[0]} {
		_, save := o.SaveAccount(ctx, who, campus())
		_, test := o.TestAccount(ctx, who, "office")
		_, stages := o.SaveStages(ctx, who, 0, press.DefaultStages())
		_, quiet := o.SaveQuiet(ctx, who, 0, nil)
		for what, err := range map[string]error{
			"save": save, "test": test, "stages": stages, "quiet": quiet,
			"remove":       o.RemoveAccount(ctx, who, "campus", 1),
			"save theme":   o.SaveTheme(ctx, who, press.StoredTheme{Name: "mine", YAML: "name: mine\nlike: campus\n"}),
			"remove theme": o.RemoveTheme(ctx, who, "mine", 1),
		} {
			if press.KindOf(err) != press.Forbidden {
				t.Errorf("%s by %s: %v", what, who.Name, err)
			}
		}
	}
}

func TestTestAccount(t *testing.T) {
	t.Parallel()
	o := open(t)
	got, err := o.TestAccount(t.Context(), o.admin, "office")
	o.ok(err)
	if !got.Works || !got.Fix.IsZero() {
		t.Errorf("%+v", got)
	}
	o.Office.(*installation).answer = fmt.Errorf("wrapped: %w", &press.Refusal{
		Code: 40164, Message: "invalid ip 10.1.2.3, not in whitelist", Text: press.Say("not in the whitelist", "不在白名单"), Fix: press.Say("add it", "请添加"),
	})
	got, err = o.TestAccount(t.Context(), o.admin, "office")
	o.ok(err)
	if got.Works || got.Answer != "40164 invalid ip 10.1.2.3, not in whitelist" || got.Fix.ZH != "请添加" {
		t.Errorf("%+v", got)
	}
	o.Office.(*installation).answer = press.Fail(press.Invalid, "secrets.key", press.Say("Another key.", "密钥不符。"))
	if got, err = o.TestAccount(t.Context(), o.admin, "office"); err != nil || got.Works || got.Text.ZH != "密钥不符。" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRemoveAccount(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.refused(o.RemoveAccount(t.Context(), o.admin, "office", 0), press.Conflict, "account.fixed")
	_, err := o.SaveAccount(t.Context(), o.admin, campus())
	o.ok(err)
	o.ok(o.RemoveAccount(t.Context(), o.admin, "campus", 1))
	if got := o.Accounts(t.Context()); len(got) != 1 {
		t.Errorf("accounts %+v", got)
	}
}

func TestThemes(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	mine := press.StoredTheme{Name: "mine", YAML: "name: mine\r\nlike: campus\r\ntext: {size: 17}\r\n"}
	o.ok(o.SaveTheme(ctx, o.admin, mine))
	o.refused(o.SaveTheme(ctx, o.admin, press.StoredTheme{Name: "campus", YAML: "name: campus\nlike: campus\n"}), press.Conflict, "theme.exists")
	o.refused(o.SaveTheme(ctx, o.admin, press.StoredTheme{Name: "other", YAML: "name: mine\nlike: campus\n"}), press.Invalid, "theme.name")
	o.refused(o.SaveTheme(ctx, o.admin, press.StoredTheme{Name: "mine", Version: 1, YAML: "name: mine\nlike: campus\ntext: {size: big}\n"}), press.Invalid, "theme.file")
	o.refused(o.SaveTheme(ctx, o.admin, press.StoredTheme{Name: "big", YAML: strings.Repeat("#", press.MaxThemeBytes+1)}), press.TooLarge, "theme.size")
	got, err := o.Theme(ctx, "mine")
	o.ok(err)
	if got.Origin != desk.ThemeOffice || got.Text.Size != 17 || got.Version != 1 || strings.Contains(got.YAML, "\r") {
		t.Errorf("%+v", got)
	}
	list, err := o.Themes(ctx)
	o.ok(err)
	if len(list) != 3 || list[0].Origin != desk.ThemeBuiltIn || !slices.Equal(list[0].Accounts, []string{"office"}) || list[2].Name != "mine" {
		t.Errorf("%d themes, the first %+v", len(list), list[0])
	}
	change := campus()
	change.Theme = "mine"
	_, err = o.SaveAccount(ctx, o.admin, change)
	o.ok(err)
	o.refused(o.RemoveTheme(ctx, o.admin, "mine", 1), press.Conflict, "theme.used")
	o.ok(o.RemoveAccount(ctx, o.admin, "campus", 1))
	o.ok(o.RemoveTheme(ctx, o.admin, "mine", 1))
	_, err = o.Theme(ctx, "mine")
	o.refused(err, press.NotFound, "theme.missing")
}

// TestThemeSample: every theme shows itself, in each language, and each of its colours stands there for day and night.
func TestThemeSample(t *testing.T) {
	t.Parallel()
	for _, name := range markup.Themes().Names() {
		theme, _ := markup.Themes().Get(name)
		for lang, want := range map[press.Lang]string{press.Chinese: "主楼前的早晨", press.English: "second level"} {
			html, err := desk.ThemeSample(theme, lang)
			if err != nil || !strings.Contains(html, "light-dark(") || !strings.Contains(html, "data:image/png") || !strings.Contains(html, want) {
				t.Errorf("%s in %s: %v %.200s", name, lang, err, html)
			}
		}
	}
}
