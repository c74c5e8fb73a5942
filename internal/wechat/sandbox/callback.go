package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// callbackTries is how often an event is offered.
const callbackTries = 3

// Push is one try of delivering an event.
type Push struct {
	Time   time.Time `json:"time"`
	AppID  string    `json:"appid"`
	Event  string    `json:"event"`
	Try    int       `json:"try"`
	Status int       `json:"status"` // of HTTP; 0 when there was no answer
	Error  string    `json:"error,omitempty"`
	Millis int64     `json:"millis"`
}

// Pushes returns the log of callbacks, newest first. The newest 1,000 are kept.
func (s *Sandbox) Pushes(appid string) []Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushes.newest(-1, func(p Push) bool { return appid == "" || p.AppID == appid })
}

// callbackClient never follows redirects: the platform does not.
func callbackClient(given *http.Client) *http.Client {
	c := http.Client{}
	if given != nil {
		c = *given
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// announce posts the event of a job as planned. The lock is held; posting happens elsewhere.
func (s *Sandbox) announce(a *account, plan eventPlan, e event) {
	if a.cfg.CallbackURL == "" || s.closed || oneOf(plan.Event, EventLost, EventEarly) { // see postEarly
		return
	}
	to := a.cfg
	s.posts.Go(func() {
		if !s.pause(time.Duration(plan.Delay)) {
			return
		}
		s.postPlanned(to, plan, e)
	})
}

// post offers an event up to three times.
func (s *Sandbox) post(to Account, e event) {
	for try := 1; try <= callbackTries; try++ {
		select {
		case s.slots <- struct{}{}:
		case <-s.ctx.Done():
			return
		}
		err := s.postOnce(to, e, try, signedQuery(to, s.now()))
		<-s.slots
		if err == nil || !s.pause(s.cfg.Clocks.CallbackPause) {
			return
		}
	}
}

// postOnce offers an event at an address that is signed already.
func (s *Sandbox) postOnce(to Account, e event, try int, signed url.Values) error {
	began, at := time.Now(), s.now()
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.Clocks.CallbackTimeout)
	defer cancel()
	status, err := s.offer(ctx, to, e, signed)
	line := Push{Time: at, AppID: to.AppID, Event: e.name, Try: try, Status: status, Millis: time.Since(began).Milliseconds()}
	if err != nil {
		line.Error = withoutAddress(err)
		s.log.Warn("sandbox: callback failed", "appid", to.AppID, "event", e.name, "try", try, "err", line.Error)
	}
	s.mu.Lock()
	s.pushes.add(line)
	s.mu.Unlock()
	return err
}

// withoutAddress drops the signed address that transport errors quote.
func withoutAddress(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func (s *Sandbox) offer(ctx context.Context, to Account, e event, signed url.Values) (int, error) {
	req, err := pushRequest(ctx, to, e, signed)
	if err != nil {
		return 0, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
		return res.StatusCode, err
	}
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, fmt.Errorf("status %d", res.StatusCode)
	}
	return res.StatusCode, nil
}

// pushRequest writes an event in the account's mode to a signed address.
func pushRequest(ctx context.Context, to Account, e event, q url.Values) (*http.Request, error) {
	q.Set("openid", e.owner)
	body := e.body
	if mode := to.mode(); mode != Plain {
		sealed, err := encrypt(to.EncodingAESKey, to.AppID, []byte(e.body))
		if err != nil {
			return nil, err
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", signature(to.CallbackToken, q.Get("timestamp"), q.Get("nonce"), sealed))
		body = "<xml><ToUserName>" + cdata(to.OriginalID) + "</ToUserName><Encrypt>" + cdata(sealed) + "</Encrypt></xml>"
		if mode == Compat {
			body = strings.TrimSuffix(e.body, "</xml>") + "<Encrypt>" + cdata(sealed) + "</Encrypt></xml>"
		}
	}
	address, err := addQuery(to.CallbackURL, q)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("User-Agent", "Mozilla/4.0")
	return req, nil
}

func signedQuery(to Account, at time.Time) url.Values {
	stamp := strconv.FormatInt(at.Unix(), 10)
	nonce := strconv.FormatInt(rand.Int64N(9_000_000_000)+1_000_000_000, 10)
	return url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {signature(to.CallbackToken, stamp, nonce)}}
}

func addQuery(address string, q url.Values) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	have := u.Query()
	for k, v := range q {
		have[k] = v
	}
	u.RawQuery = have.Encode()
	return u.String(), nil
}

// VerifyCallback does what the platform does when a callback address is saved: it asks for an echo and compares.
func (s *Sandbox) VerifyCallback(ctx context.Context, appid string) error {
	s.mu.Lock()
	a := s.byAppID[appid]
	if a == nil || a.cfg.CallbackURL == "" {
		s.mu.Unlock()
		return fmt.Errorf("sandbox: account %q has no callback address", appid)
	}
	to := a.cfg
	s.mu.Unlock()
	q := signedQuery(to, s.now())
	echo := strconv.FormatUint(rand.Uint64(), 10)
	q.Set("echostr", echo)
	address, err := addQuery(to.CallbackURL, q)
	if err != nil {
		return fmt.Errorf("sandbox: callback address of %s: %w", appid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Clocks.CallbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("sandbox: callback address of %s: %w", appid, err)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("sandbox: callback address of %s does not answer: %s", appid, withoutAddress(err))
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
	if res.StatusCode != http.StatusOK || string(got) != echo {
		return fmt.Errorf("sandbox: callback address of %s answered status %d and not the echo that was asked for", appid, res.StatusCode)
	}
	return nil
}
