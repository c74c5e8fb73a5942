package press

import "time"

// Account is a WeChat official account as people see it: everything but its secrets.
type Account struct {
	Name      string // by which editions ask for it; never changed
	AppID     string
	Kind      AccountKind
	Author    string // shown under the title where an article credits nobody
	Theme     string // of editions that name none
	BaseURL   string // of the WeChat API; empty: WeChat's own
	Has       AccountSecrets
	Fixed     bool  // of the configuration file: only there it can be changed
	Trouble   Text  // why it cannot be used as it is; zero: it can
	Version   int64 // raised by every change; 0 for one of the configuration
	UpdatedAt time.Time
	Counts    string // the key of its Ledger, where it can be used
}

// Ledger is where the account's calls are counted.
func (a Account) Ledger() Ledger { return Ledger{Key: a.Counts, Kind: a.Kind} }

// AccountSecrets says which secrets an account has.
type AccountSecrets struct {
	Secret         bool // AppSecret
	CallbackToken  bool
	EncodingAESKey bool
}

// AccountKind is what WeChat made of an account; it decides what the account may call and how often.
type AccountKind string

// The kinds of account.
const (
	AccountSubscription AccountKind = "subscription" // 订阅号, verified: one mass push a day
	AccountService      AccountKind = "service"      // 服务号, verified: four mass pushes a month
	AccountPersonal     AccountKind = "personal"     // not verified: drafts only
	AccountTest         AccountKind = "test"         // 测试号
)

// AccountKinds lists every kind.
func AccountKinds() []AccountKind {
	return []AccountKind{AccountSubscription, AccountService, AccountPersonal, AccountTest}
}

// Name is what people call the kind.
func (k AccountKind) Name() Text {
	switch k {
	case AccountSubscription:
		return Say("Subscription account", "订阅号")
	case AccountService:
		return Say("Service account", "服务号")
	case AccountPersonal:
		return Say("Unverified account", "未认证账号")
	case AccountTest:
		return Say("Test account", "测试号")
	}
	return Text{EN: string(k), ZH: string(k)}
}

// SealedAccount is an account as it is kept. Its secrets are sealed: only the installation's key opens them.
type SealedAccount struct {
	Account
	Secret            string
	CallbackToken     string
	EncodingAESKey    string
	OldEncodingAESKey string // still taken for events while the key is changed
}

// StoredTheme is a theme that was made in the browser, as the YAML of a theme file.
type StoredTheme struct {
	Name      string
	YAML      string
	Version   int64 // raised by every change
	UpdatedAt time.Time
}

// MaxThemeBytes bounds a theme's YAML; a complete one has about 2 KB.
const MaxThemeBytes = 64 << 10
