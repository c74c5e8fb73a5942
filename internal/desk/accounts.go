package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Office is the WeChat accounts and the themes of this installation as they are now, and what it does with their secrets.
type Office interface {
	// Accounts returns every account, those of the configuration first.
	Accounts(context.Context) []press.Account
	// Themes returns every theme.
	Themes(context.Context) *markup.ThemeSet
	// Fit refuses an account that this installation may not or cannot have, secrets aside.
	Fit(press.Account) error
	// Seal encrypts a secret for one purpose.
	Seal(purpose, secret string) (string, error)
	// Unseal decrypts what was sealed for that purpose.
	Unseal(purpose, sealed string) (string, error)
	// Check asks WeChat whether an account works. A *press.Refusal is what WeChat said.
	Check(ctx context.Context, account string) error
	// Refresh makes this process know at once what was saved.
	Refresh(context.Context)
}

// AccountStore keeps the accounts and themes that were added in the browser.
type AccountStore interface {
	Accounts(context.Context) ([]press.SealedAccount, error)
	SaveAccount(ctx context.Context, by press.Actor, a press.SealedAccount, detail string) error
	RemoveAccount(ctx context.Context, by press.Actor, name string, version int64) error
	Themes(context.Context) ([]press.StoredTheme, error)
	SaveTheme(context.Context, press.Actor, press.StoredTheme) error
	RemoveTheme(ctx context.Context, by press.Actor, name string, version int64) error
}

// Accounts returns the WeChat accounts as they are now, those of the configuration first. There is no secret in them.
func (d *Desk) Accounts(ctx context.Context) []press.Account { return d.Office.Accounts(ctx) }

// AccountChange is what an administrator asks of an account.
type AccountChange struct {
	Name    string
	Version int64 // of the account as it was seen; 0: a new one
	AppID   string
	Kind    press.AccountKind
	Author  string
	Theme   string
	BaseURL string

	// A secret that is empty stays as it is.
	Secret         string
	CallbackToken  string
	EncodingAESKey string

	// NoCallbacks takes the callback token and the EncodingAESKeys away.
	NoCallbacks bool
}

// String keeps the secrets out of what prints a change.
func (c AccountChange) String() string { return "change of account " + c.Name }

// GoString is String.
func (c AccountChange) GoString() string { return c.String() }

// LogValue is String for log/slog.
func (c AccountChange) LogValue() slog.Value { return slog.StringValue(c.String()) }

func (c AccountChange) trimmed() AccountChange {
	for _, f := range []*string{&c.Name, &c.AppID, &c.Author, &c.Theme, &c.BaseURL, &c.Secret, &c.CallbackToken, &c.EncodingAESKey} {
		*f = strings.TrimSpace(*f)
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return c
}

// SaveAccount adds an account, or changes one that was added in the browser. Secrets go in and never come out. A changed
// EncodingAESKey leaves the one before it valid for events that are still encrypted with it.
func (d *Desk) SaveAccount(ctx context.Context, by press.Actor, change AccountChange) (_ press.Account, err error) {
	defer press.Wrap(&err, "desk.SaveAccount(%q)", change.Name)
	if err := by.Require(press.Administrator); err != nil {
		return press.Account{}, err
	}
	change = change.trimmed()
	old, err := d.storedAccount(ctx, change)
	if err != nil {
		return press.Account{}, err
	}
	next := old
	next.Name, next.AppID, next.Kind, next.Author = change.Name, change.AppID, change.Kind, change.Author
	next.Theme, next.BaseURL = change.Theme, change.BaseURL
	if err := d.sealSecrets(&next, change); err != nil {
		return next.Account, err
	}
	if err := d.checkAccount(ctx, next, change); err != nil {
		return next.Account, err
	}
	if err := d.Store.SaveAccount(ctx, by, next, accountChanges(old, next)); err != nil {
		return next.Account, err
	}
	d.Office.Refresh(ctx)
	return next.Account, nil
}

// storedAccount returns the account that a change is about; an empty one where it is new.
func (d *Desk) storedAccount(ctx context.Context, change AccountChange) (press.SealedAccount, error) {
	for _, a := range d.Office.Accounts(ctx) {
		if a.Fixed && a.Name == change.Name {
			return press.SealedAccount{}, fixedAccount(a.Name)
		}
	}
	if change.Version == 0 {
		return press.SealedAccount{}, nil
	}
	list, err := d.Store.Accounts(ctx)
	if err != nil {
		return press.SealedAccount{}, err
	}
	i := slices.IndexFunc(list, func(a press.SealedAccount) bool { return a.Name == change.Name })
	if i < 0 {
		return press.SealedAccount{}, unknownAccount(change.Name)
	}
	old := list[i]
	old.Version = change.Version // the store compares it with its own
	return old, nil
}

func fixedAccount(name string) error {
	return press.Fail(press.Conflict, "account.fixed", press.Say(
		"The account %s stands in the configuration file and is changed only there.", "公众号 %s 由配置文件设定，只能在配置文件中修改。", name))
}

func unknownAccount(name string) error {
	return press.Fail(press.NotFound, "account.unknown", press.Say("There is no account %q.", "没有代号为“%s”的公众号。", name))
}

// sealSecrets puts what was entered into the account, sealed.
func (d *Desk) sealSecrets(a *press.SealedAccount, change AccountChange) (err error) {
	if change.NoCallbacks {
		a.CallbackToken, a.EncodingAESKey, a.OldEncodingAESKey = "", "", ""
	}
	if change.EncodingAESKey != "" && a.EncodingAESKey != "" {
		if a.OldEncodingAESKey, err = d.keepOldKey(*a, change.EncodingAESKey); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		given, part string
		at          *string
	}{
		{change.Secret, SecretPart, &a.Secret},
		{change.CallbackToken, TokenPart, &a.CallbackToken},
		{change.EncodingAESKey, AESKeyPart, &a.EncodingAESKey},
	} {
		if s.given == "" {
			continue
		}
		if *s.at, err = d.Office.Seal(SealPurpose(change.Name, s.part), s.given); err != nil {
			return err
		}
	}
	a.Has = press.AccountSecrets{Secret: a.Secret != "", CallbackToken: a.CallbackToken != "", EncodingAESKey: a.EncodingAESKey != ""}
	return nil
}

// keepOldKey returns the key before the new one, sealed; the one before that, where the new one is the same. A key that
// does not open any more is of no use to events and is dropped.
func (d *Desk) keepOldKey(a press.SealedAccount, fresh string) (string, error) {
	before, err := d.Office.Unseal(SealPurpose(a.Name, AESKeyPart), a.EncodingAESKey)
	if press.CodeOf(err) == "secrets.key" {
		return "", nil
	}
	if before == fresh {
		return a.OldEncodingAESKey, err
	}
	return a.EncodingAESKey, err
}

// The parts of an account that are sealed.
const (
	SecretPart = "secret"
	TokenPart  = "callback-token"
	AESKeyPart = "encoding-aes-key" // the old one too
)

// SealPurpose is what an account's secret is sealed for: moved to another account or part, it does not open.
func SealPurpose(account, part string) string { return "account/" + account + "/" + part }

var (
	accountNameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	appIDForm       = regexp.MustCompile(`^wx[0-9a-zA-Z]{6,30}$`)
	tokenForm       = regexp.MustCompile(`^[0-9A-Za-z]{3,32}$`)
	secretForm      = regexp.MustCompile(`^[0-9A-Za-z_-]{8,128}$`)
)

// maxAuthorRunes is how long an author may be in WeChat.
const maxAuthorRunes = press.PushAuthorRunes

func (d *Desk) checkAccount(ctx context.Context, a press.SealedAccount, change AccountChange) error {
	switch {
	case !accountNameForm.MatchString(a.Name):
		return press.Fail(press.Invalid, "account.name", press.Say(
			"An account's name has 1 to 32 of the characters a-z, 0-9 and -, and does not begin with -.",
			"公众号代号由 1 至 32 个 a-z、0-9、- 组成，且不以 - 开头。"))
	case a.AppID != "" && !appIDForm.MatchString(a.AppID):
		return press.Fail(press.Invalid, "account.app_id_form", press.Say(
			"An AppID is wx and letters and digits, as WeChat's console shows it under “Basic configuration”.",
			"AppID 由 wx 和字母数字组成，请在公众平台“开发 › 基本配置”中查看。"))
	case !slices.Contains(press.AccountKinds(), a.Kind):
		return press.Fail(press.Invalid, "account.kind", press.Say("Choose the kind of account.", "请选择账号类型。"))
	case utf8.RuneCountInString(a.Author) > maxAuthorRunes || strings.ContainsFunc(a.Author, unicode.IsControl):
		return press.Fail(press.Invalid, "account.author", press.Say(
			"The author has at most %d characters.", "默认作者最多 %d 个字。", maxAuthorRunes))
	}
	if _, ok := d.Office.Themes(ctx).Get(a.Theme); !ok {
		return press.Fail(press.Invalid, "account.theme", press.Say("There is no theme %q; choose one.", "没有名为“%s”的主题，请重新选择。", a.Theme))
	}
	if err := checkSecrets(a, change); err != nil {
		return err
	}
	for _, other := range d.Office.Accounts(ctx) {
		if other.Name != a.Name && other.AppID == a.AppID && a.AppID != "" {
			return press.Fail(press.Conflict, "account.app_id", press.Say(
				"Another account has the AppID %s already.", "另一个公众号已使用 AppID %s。", a.AppID))
		}
	}
	return d.Office.Fit(a.Account)
}

// checkSecrets judges what was entered; what it says holds none of it.
func checkSecrets(a press.SealedAccount, change AccountChange) error {
	raw, err := base64.StdEncoding.DecodeString(change.EncodingAESKey + "=")
	switch {
	case change.Secret != "" && !secretForm.MatchString(change.Secret):
		return press.Fail(press.Invalid, "account.secret", press.Say(
			"The AppSecret that was entered is none: WeChat's have 32 letters and digits. Copy it again.",
			"填写的 AppSecret 不正确：微信的 AppSecret 为 32 位字母和数字，请重新复制。"))
	case change.CallbackToken != "" && !tokenForm.MatchString(change.CallbackToken):
		return press.Fail(press.Invalid, "account.token", press.Say(
			"The callback token has 3 to 32 letters and digits.", "消息推送令牌（Token）为 3 至 32 位字母或数字。"))
	case change.EncodingAESKey != "" && (err != nil || len(raw) != 32 || len(change.EncodingAESKey) != 43):
		return press.Fail(press.Invalid, "account.aes_key", press.Say(
			"The EncodingAESKey has 43 letters and digits; what was entered has %d.",
			"消息加解密密钥（EncodingAESKey）为 43 位字母和数字，填写的有 %d 位。", len(change.EncodingAESKey)))
	case a.Has.EncodingAESKey && !a.Has.CallbackToken:
		return press.Fail(press.Invalid, "account.token", press.Say(
			"With an EncodingAESKey the callback token is needed too.", "填写了 EncodingAESKey，还须填写令牌（Token）。"))
	}
	return nil
}

// accountChanges says for the audit log what is different. Of secrets it says only that there is another one.
func accountChanges(old, next press.SealedAccount) string {
	var out []string
	for _, f := range []struct{ name, from, to string }{
		{"AppID", old.AppID, next.AppID},
		{"kind", string(old.Kind), string(next.Kind)},
		{"author", old.Author, next.Author},
		{"theme", old.Theme, next.Theme},
		{"base_url", old.BaseURL, next.BaseURL},
	} {
		if f.from != f.to {
			out = append(out, fmt.Sprintf("%s: %s → %s", f.name, f.from, f.to))
		}
	}
	for _, f := range []struct{ name, from, to string }{
		{"AppSecret", old.Secret, next.Secret},
		{"Token", old.CallbackToken, next.CallbackToken},
		{"EncodingAESKey", old.EncodingAESKey, next.EncodingAESKey},
	} {
		out = append(out, hiddenChange(f.name, f.from, f.to)...)
	}
	return strings.Join(out, "; ")
}

// hiddenChange says that something was set, taken away or changed which nobody may read.
func hiddenChange(name, from, to string) []string {
	switch {
	case from == to:
		return nil
	case to == "":
		return []string{name + " −"}
	case from == "":
		return []string{name + " +"}
	}
	return []string{name + " ±"}
}

// RemoveAccount takes an account away that was added in the browser, with its secrets. It is refused while an edition
// waits to go there.
func (d *Desk) RemoveAccount(ctx context.Context, by press.Actor, name string, version int64) (err error) {
	defer press.Wrap(&err, "desk.RemoveAccount(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	for _, a := range d.Office.Accounts(ctx) {
		if a.Fixed && a.Name == name {
			return fixedAccount(name)
		}
	}
	if err := d.Store.RemoveAccount(ctx, by, name, version); err != nil {
		return err
	}
	d.Office.Refresh(ctx)
	return nil
}

// AccountTest is what came of asking WeChat about an account.
type AccountTest struct {
	Works  bool
	Text   press.Text // what it means
	Fix    press.Text // what to do; zero where it works
	Answer string     // WeChat's own words, with its number; empty where it did not refuse
}

// testTimeout is how long WeChat may take for a test.
const testTimeout = 20 * time.Second

// TestAccount asks WeChat for a token and for a number that every account may read, and says what it answered.
func (d *Desk) TestAccount(ctx context.Context, by press.Actor, name string) (out AccountTest, err error) {
	defer press.Wrap(&err, "desk.TestAccount(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return out, err
	}
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	err = d.Office.Check(ctx, name)
	var refusal *press.Refusal
	var own *press.Error
	switch {
	case err == nil:
		return AccountTest{Works: true, Text: press.Say(
			"WeChat answers: the AppID and the AppSecret are right, and this machine may call.",
			"微信已应答：AppID 与 AppSecret 正确，本机可以调用。")}, nil
	case errors.As(err, &refusal):
		out = AccountTest{Text: refusal.Text, Fix: refusal.Fix, Answer: refusal.Message}
		if refusal.Code != 0 {
			out.Answer = fmt.Sprintf("%d %s", refusal.Code, refusal.Message)
		}
		return out, nil
	case errors.As(err, &own) && own.Kind != press.NotFound && own.Kind != press.Internal:
		return AccountTest{Text: own.Text}, nil
	}
	return out, err
}
