package wechat

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
)

// DefaultBaseURL is where the platform answers.
const DefaultBaseURL = "https://api.weixin.qq.com"

// KindService is the Kind of a service account (服务号), whose mass allowance is monthly rather than daily.
const KindService = "service"

// Config is one official account.
type Config struct {
	Name   string // what events and logs call it; AppID when empty
	AppID  string // required
	Secret string // required
	Kind   string // KindService, or anything else for accounts that send once a day

	CallbackToken     string // signs callbacks; without it every callback is refused
	EncodingAESKey    string // 43 characters; when set, callbacks must be encrypted
	OldEncodingAESKey string // accepted besides it for a while after a change

	BaseURL       string        // DefaultBaseURL when empty; a sandbox's address for trying
	Timeout       time.Duration // for one call; 15 s when zero
	UploadTimeout time.Duration // for one upload; 60 s when zero
	HTTP          http.RoundTripper
	Redis         redis.UniversalClient // nil: tokens and seen callbacks are kept in this process
	Haste         int                   // divides the pauses that WeChat's refusals ask for, in drills before a sandbox
	KeyPrefix     string                // of Redis keys; "newsdesk:wechat:" when empty
	Now           func() time.Time
	Logger        *slog.Logger
}

// Account is one official account. Its methods may be called from any number of goroutines.
type Account struct {
	cfg    Config
	line   line
	sdk    *config.Config
	tokens *tokens
	seen   *seen
	log    *slog.Logger
	now    func() time.Time
}

// New checks the settings and makes the account's client. It calls nobody.
func New(cfg Config) (*Account, error) {
	cfg = cfg.filled()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	cache := newCache(cfg, base.Host)
	a := &Account{
		cfg:  cfg,
		line: line{base: base, transport: cfg.HTTP, board: theSwitchboard()},
		sdk:  &config.Config{AppID: cfg.AppID, AppSecret: cfg.Secret, Cache: cache, UseStableAK: true},
		seen: newSeen(cfg),
		log:  cfg.Logger.With("account", cfg.Name),
		now:  cfg.Now,
	}
	a.tokens = newTokens(a, cache)
	return a, nil
}

// Name returns what the account is called in events and logs.
func (a *Account) Name() string { return a.cfg.Name }

// String keeps the secrets out of what prints an account.
func (a *Account) String() string { return "wechat account " + a.cfg.Name }

// GoString is String.
func (a *Account) GoString() string { return a.String() }

// String keeps the secrets out of what prints settings.
func (c Config) String() string { return "wechat account " + c.Name }

// GoString is String.
func (c Config) GoString() string { return c.String() }

// LogValue is String for log/slog, JSON handlers included.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// official returns the SDK's client for one exchange. Making one costs a few words of memory; sharing one would race,
// since its parts are made on first use without a lock.
func (a *Account) official(x *exchange) *officialaccount.OfficialAccount {
	oa := officialaccount.NewOfficialAccount(a.sdk)
	oa.SetAccessTokenHandle(ticket(x.ticket))
	return oa
}

func (c Config) filled() Config {
	if c.Name == "" {
		c.Name = c.AppID
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	if c.KeyPrefix == "" {
		c.KeyPrefix = "newsdesk:wechat:"
	}
	if c.Timeout <= 0 {
		c.Timeout = 15 * time.Second
	}
	if c.UploadTimeout <= 0 {
		c.UploadTimeout = max(60*time.Second, c.Timeout)
	}
	if c.HTTP == nil {
		c.HTTP = theTransport()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// keptConnections is how many connections to one host stay open between calls: as many as uploads of some accounts go on at
// once. The standard library's two would have most uploads begin with a handshake.
const keptConnections = 32

// theTransport is what all accounts share that name none: they call the same host. It speaks HTTP/2 where that is offered.
var theTransport = sync.OnceValue(func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = keptConnections
	t.WriteBufferSize = 64 << 10
	return t
})

func (c Config) check() error {
	if c.AppID == "" || c.Secret == "" {
		return fmt.Errorf("wechat: account %q needs an AppID and an AppSecret", c.Name)
	}
	for _, key := range []string{c.EncodingAESKey, c.OldEncodingAESKey} {
		if !validAESKey(key) {
			return fmt.Errorf("wechat: account %q: an EncodingAESKey has 43 characters of A-Z, a-z and 0-9", c.Name)
		}
	}
	return nil
}

func validAESKey(key string) bool {
	if key == "" {
		return true
	}
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	return err == nil && len(key) == 43 && len(raw) == 32
}

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("wechat: the address of the API must look like %s, without a query", DefaultBaseURL)
	}
	if u.Scheme == "http" && strings.HasSuffix(u.Hostname(), ".qq.com") {
		return nil, fmt.Errorf("wechat: %s must be called by https: the AppSecret would travel in the clear", u.Hostname())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}
