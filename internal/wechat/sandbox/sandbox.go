package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Sandbox is the understudy. Its methods may be called from any goroutine.
type Sandbox struct {
	cfg    Config
	log    *slog.Logger
	client *http.Client
	bytes  *vault
	routes map[string]route
	pages  *gallery
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	posts  sync.WaitGroup
	slots  chan struct{} // callbacks under way
	up     *line         // from the callers
	down   *line         // to them

	mu        sync.Mutex
	publicURL string
	accounts  []*account
	byAppID   map[string]*account
	tokens    map[string]*token
	pictures  map[string]*picture // by the id in their mmbiz address
	shown     map[string]page     // by the last part of an article's address
	faults    []*Fault
	faultSeq  int
	calls     *ring[Call]
	rids      map[string]uint64 // rid to the call's sequence number
	pushes    *ring[Push]
	saver     saver
	closed    bool
}

const (
	callLogSize  = 5000
	pushLogSize  = 1000
	postsAtOnce  = 16
	defaultDelay = time.Second
)

// New makes a sandbox, and loads its state file when there is one.
func New(cfg Config) (*Sandbox, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Limits, cfg.Clocks = cfg.Limits.filled(), cfg.Clocks.filled()
	if cfg.PublishDelay == 0 {
		cfg.PublishDelay = defaultDelay
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Sandbox{
		cfg: cfg, log: cfg.Logger, client: callbackClient(cfg.Client), publicURL: cfg.PublicURL,
		slots: make(chan struct{}, postsAtOnce), up: newLine(cfg.Line), down: newLine(cfg.Line), byAppID: map[string]*account{}, tokens: map[string]*token{},
		pictures: map[string]*picture{}, shown: map[string]page{}, calls: newRing[Call](callLogSize), pushes: newRing[Push](pushLogSize), rids: map[string]uint64{}, routes: routes(),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	for _, a := range cfg.Accounts {
		acct := newAccount(a)
		s.accounts = append(s.accounts, acct)
		s.byAppID[a.AppID] = acct
	}
	for _, f := range cfg.Faults {
		if _, err := s.AddFault(f); err != nil {
			return nil, err
		}
	}
	var err error
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	if s.bytes, err = openVault(cfg.StateFile); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, nil
}

// Close stops events that are under way and saves the state. The handler must not be used afterwards.
func (s *Sandbox) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.posts.Wait()
	return s.saveNow()
}

// SetPublicURL says where the pages are reachable, once the listener knows.
func (s *Sandbox) SetPublicURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publicURL = strings.TrimRight(base, "/")
}

// LocalURL turns an address that the API gave out, http://mp.weixin.qq.com/s/… or http://mmbiz.qpic.cn/…, into the address
// of the same thing on the sandbox's own pages. Other addresses come back unchanged.
func (s *Sandbox) LocalURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Host != "mp.weixin.qq.com" && u.Host != "mmbiz.qpic.cn") {
		return address
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimRight(s.publicURL, "/") + u.RequestURI()
}

// ChatURL is the address of the page that shows the account's conversation as a follower sees it.
func (s *Sandbox) ChatURL(appid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimRight(s.publicURL, "/") + "/a/" + appid + "/chat"
}

// SetCallback changes where an account's events go; an empty address turns them off.
func (s *Sandbox) SetCallback(appid, address string) error {
	return s.Configure(appid, func(a *Account) { a.CallbackURL = address })
}

// Configure changes an account in place: whitelist, kind, callback, limits. AppID stays what it was.
func (s *Sandbox) Configure(appid string, change func(*Account)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	acct := s.byAppID[appid]
	if acct == nil {
		return fmt.Errorf("sandbox: there is no account %q", appid)
	}
	next := acct.cfg
	change(&next)
	next.AppID = appid
	if err := next.check(); err != nil {
		return err
	}
	acct.cfg = next.filled()
	return nil
}

// Play adds an account while the sandbox runs, or changes the one with its AppID; what that one has done stays. An account
// that was played before is only known from the state file when it is among New's.
func (s *Sandbox) Play(a Account) error {
	if err := a.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if acct := s.byAppID[a.AppID]; acct != nil {
		acct.cfg = a.filled()
		return nil
	}
	acct := newAccount(a)
	s.accounts = append(s.accounts, acct)
	s.byAppID[a.AppID] = acct
	return nil
}

func (s *Sandbox) now() time.Time {
	if s.cfg.Now != nil {
		return s.cfg.Now()
	}
	return time.Now()
}

// china is the zone in which the platform's days and months begin.
func china(t time.Time) time.Time { return t.In(time.FixedZone("CST", 8*3600)) }

// pause waits for d and says whether the sandbox is still open.
func (s *Sandbox) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
