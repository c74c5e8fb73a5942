package sandbox

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Kind is the kind of an official account; it decides what the account may call.
type Kind string

// The kinds of account. Subscription and Service are verified (认证) accounts.
const (
	Subscription Kind = "subscription" // 公众号, verified: one mass send a day
	Service      Kind = "service"      // 服务号, verified: four mass sends a month, mass/send by openid
	Personal     Kind = "personal"     // individual or unverified: drafts only; freepublish and mass answer 48001
	Test         Kind = "test"         // 测试号: small quotas; every publication ends in status 3
)

// CallbackMode is how events are written to the callback address.
type CallbackMode string

// The callback modes of the platform. The empty mode means safe when the account has an EncodingAESKey, else plain.
const (
	Plain  CallbackMode = "plain"  // 明文
	Compat CallbackMode = "compat" // 兼容: plain fields and the encrypted form together
	Safe   CallbackMode = "safe"   // 安全
)

// Account is one official account that the sandbox plays.
type Account struct {
	Name       string `json:"name"`        // shown on pages; AppID when empty
	AppID      string `json:"appid"`       // required, unique
	Secret     string `json:"-"`           // required
	Kind       Kind   `json:"kind"`        // Subscription when empty
	OriginalID string `json:"original_id"` // gh_…; derived from AppID when empty
	Followers  int    `json:"followers"`   // counted in mass events; 3 when zero

	CallbackURL    string       `json:"callback_url"` // no events when empty
	CallbackToken  string       `json:"-"`            // signs pushes
	EncodingAESKey string       `json:"-"`            // 43 characters; needed for safe and compat
	CallbackMode   CallbackMode `json:"callback_mode"`

	Whitelist      []string `json:"whitelist"`       // addresses or CIDR blocks that may call; empty: everyone
	MassProtection bool     `json:"mass_protection"` // a send to all waits for the administrator, 30 minutes

	Daily map[string]int `json:"daily,omitempty"` // daily limits of this account by call path; they win over Limits.Daily
}

// Config is all that New needs. Only Accounts is required.
type Config struct {
	Accounts     []Account
	PublicURL    string        // where the pages are reachable, e.g. http://127.0.0.1:8090; see SetPublicURL
	StateFile    string        // "" keeps everything in memory; else JSON here and media in StateFile+".media"
	Limits       Limits        // zero fields take the value of DefaultLimits
	Clocks       Clocks        // zero fields take the value of DefaultClocks
	Latency      time.Duration // added to every API call
	Line         int64         // bits a second in each direction, shared by all calls of all accounts; 0: no limit
	PublishDelay time.Duration // from submit or send to its result; 0 means 1 s, negative means at once
	Faults       []Fault       // ordered from the start; see AddFault
	AdminRemote  bool          // lets callers from other machines use /sandbox/… and the forms on the pages
	Now          func() time.Time
	Client       *http.Client // posts callbacks
	Logger       *slog.Logger
}

// Clocks are the platform's own time spans. Tests shorten them.
type Clocks struct {
	TokenTTL        time.Duration // life of an access token
	TokenOverlap    time.Duration // how long an old token lives beside its successor
	ForceInterval   time.Duration // shortest time between two forced refreshes
	TempMedia       time.Duration // life of temporary media
	ClientMsgID     time.Duration // how long a clientmsgid is remembered
	ClientMsgIDBusy time.Duration // repeats within this time answer 45066 rather than 45065
	Approval        time.Duration // how long the administrator may take
	CallbackTimeout time.Duration // for one try
	CallbackPause   time.Duration // between tries
}

// DefaultClocks returns the platform's documented time spans.
func DefaultClocks() Clocks {
	return Clocks{
		TokenTTL:        7200 * time.Second,
		TokenOverlap:    5 * time.Minute,
		ForceInterval:   30 * time.Second,
		TempMedia:       72 * time.Hour,
		ClientMsgID:     24 * time.Hour,
		ClientMsgIDBusy: time.Minute,
		Approval:        30 * time.Minute,
		CallbackTimeout: 5 * time.Second,
		CallbackPause:   time.Second,
	}
}

// Faster returns the spans divided by a number, except the life of tokens and of temporary media and the time for one try of
// a callback, which a drill has no use for.
func (c Clocks) Faster(by int) Clocks {
	n := time.Duration(max(1, by))
	for _, d := range []*time.Duration{&c.ForceInterval, &c.ClientMsgID, &c.ClientMsgIDBusy, &c.Approval, &c.CallbackPause} {
		*d /= n
	}
	return c
}

func (c Clocks) filled() Clocks {
	d := DefaultClocks()
	for _, p := range []struct{ have, def *time.Duration }{
		{&c.TokenTTL, &d.TokenTTL},
		{&c.TokenOverlap, &d.TokenOverlap},
		{&c.ForceInterval, &d.ForceInterval},
		{&c.TempMedia, &d.TempMedia},
		{&c.ClientMsgID, &d.ClientMsgID},
		{&c.ClientMsgIDBusy, &d.ClientMsgIDBusy},
		{&c.Approval, &d.Approval},
		{&c.CallbackTimeout, &d.CallbackTimeout},
		{&c.CallbackPause, &d.CallbackPause},
	} {
		if *p.have == 0 {
			*p.have = *p.def
		}
	}
	return c
}

func (c Config) check() error {
	if len(c.Accounts) == 0 {
		return fmt.Errorf("sandbox: no account is configured; at least one is needed")
	}
	seen := map[string]bool{}
	for _, a := range c.Accounts {
		if seen[a.AppID] {
			return fmt.Errorf("sandbox: appid %q is configured twice", a.AppID)
		}
		seen[a.AppID] = true
		if err := a.check(); err != nil {
			return err
		}
	}
	return nil
}

func (a Account) check() error {
	switch {
	case a.AppID == "" || strings.ContainsAny(a.AppID, "/?#%"):
		return fmt.Errorf("sandbox: appid %q is empty or has a character that cannot stand in an address", a.AppID)
	case a.Secret == "":
		return fmt.Errorf("sandbox: account %s has no secret", a.AppID)
	}
	switch a.Kind {
	case "", Subscription, Service, Personal, Test:
	default:
		return fmt.Errorf("sandbox: account %s: kind %q is not one of subscription, service, personal, test", a.AppID, a.Kind)
	}
	for _, entry := range a.Whitelist {
		if _, err := parsePrefix(entry); err != nil {
			return fmt.Errorf("sandbox: account %s: whitelist entry %q is neither an address nor a CIDR block", a.AppID, entry)
		}
	}
	return a.checkCallback()
}

func (a Account) checkCallback() error {
	switch a.CallbackMode {
	case "", Plain:
	case Compat, Safe:
		if a.EncodingAESKey == "" {
			return fmt.Errorf("sandbox: account %s: callback mode %s needs an EncodingAESKey", a.AppID, a.CallbackMode)
		}
	default:
		return fmt.Errorf("sandbox: account %s: callback mode %q is not one of plain, compat, safe", a.AppID, a.CallbackMode)
	}
	if a.EncodingAESKey != "" {
		if _, err := decodeAESKey(a.EncodingAESKey); err != nil {
			return fmt.Errorf("sandbox: account %s: %w", a.AppID, err)
		}
	}
	return nil
}

// parsePrefix reads a whitelist entry: one address or a CIDR block, host bits allowed (172.0.0.1/24).
func parsePrefix(entry string) (netip.Prefix, error) {
	if strings.Contains(entry, "/") {
		p, err := netip.ParsePrefix(entry)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(entry)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func clientAddr(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
