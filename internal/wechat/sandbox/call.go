package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxJSON   = 2 << 20
	maxUpload = 12 << 20
	holdLost  = 2 * time.Minute // how long a reply that never comes keeps its connection
)

// call is one request on its way through the gates.
type call struct {
	s      *Sandbox
	r      *http.Request
	path   string
	body   []byte
	acct   *account
	at     time.Time
	rid    string
	fault  Fault  // what was ordered for this call; zero when nothing
	note   string // what it was about, without secrets
	job    string // the job it made, by the key of published or masses
	effect bool   // something changed
}

// serveAPI is the whole way of a call, from the request to the reply.
func (s *Sandbox) serveAPI(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	at := s.now()
	c := &call{s: s, r: r, path: r.URL.Path, at: at, rid: newRID(at)}
	r.Body, w = s.up.reader(r.Context(), r.Body), s.down.writer(r.Context(), w)
	rt, known := s.routes[c.path]
	readErr := c.readBody(w, rt.upload)
	c.acct = s.accountOf(c)
	c.fault = s.takeFault(c.path, c.appid())
	if !s.pause(s.cfg.Latency + time.Duration(c.fault.Latency)) {
		panic(http.ErrAbortHandler)
	}
	p, code := c.answer(rt, known, readErr)
	s.record(c, p, code, time.Since(began))
	c.postEarly()
	c.deliver(w, p)
}

func (c *call) appid() string {
	if c.acct == nil {
		return ""
	}
	return c.acct.appid
}

func (c *call) readBody(w http.ResponseWriter, upload bool) error {
	limit := int64(maxJSON)
	if upload {
		limit = maxUpload
	}
	var err error
	c.body, err = io.ReadAll(http.MaxBytesReader(w, c.r.Body, limit))
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return refuse(45001, "media size out of limit")
	}
	if err != nil {
		return refuse(44002, "empty post data")
	}
	return nil
}

// answer runs the call, and lays the ordered faults over it.
func (c *call) answer(rt route, known bool, readErr error) (reply, int) {
	f := c.fault
	if !f.After && (f.ErrCode != 0 || f.HTTPStatus != 0) {
		return c.ordered()
	}
	if f.NoEffect { // lost on the way there
		return reply{}, 0
	}
	p, err := c.pass(rt, known, readErr)
	if err != nil {
		ref := c.refusalOf(err)
		return ref.reply(c.rid), ref.code
	}
	if f.After && (f.ErrCode != 0 || f.HTTPStatus != 0) {
		return c.ordered()
	}
	return p, 0
}

// ordered is the reply that a fault asks for.
func (c *call) ordered() (reply, int) {
	if c.fault.HTTPStatus != 0 {
		text := fmt.Sprintf("<html><body><h1>%d %s</h1></body></html>", c.fault.HTTPStatus, http.StatusText(c.fault.HTTPStatus))
		return reply{status: c.fault.HTTPStatus, contentType: "text/html", body: []byte(text)}, c.fault.ErrCode
	}
	msg := c.fault.ErrMsg
	if msg == "" {
		msg = "ordered by a fault"
	}
	return refuse(c.fault.ErrCode, msg).reply(c.rid), c.fault.ErrCode
}

func (c *call) refusalOf(err error) *refusal {
	var ref *refusal
	if errors.As(err, &ref) {
		return ref
	}
	c.s.log.Error("sandbox: call failed", "path", c.path, "err", err)
	return refuse(-1, "system error")
}

// pass takes the call through the gates.
func (c *call) pass(rt route, known bool, readErr error) (reply, error) {
	switch {
	case !known:
		return reply{}, refuse(40066, "invalid url")
	case rt.method == http.MethodPost && c.r.Method != http.MethodPost:
		return reply{}, refuse(43002, "require POST method")
	case rt.method == http.MethodGet && c.r.Method != http.MethodGet:
		return reply{}, refuse(43001, "require GET method")
	case readErr != nil:
		return reply{}, readErr
	}
	if rt.auth == byToken {
		if err := c.admit(rt.need); err != nil {
			return reply{}, err
		}
	}
	return rt.run(c)
}

// admit checks the token, the address, the counters and the kind of account.
func (c *call) admit(n need) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if err := c.s.checkToken(c.r.URL.Query().Get("access_token"), c.at); err != nil {
		return err
	}
	return c.admitAccount(n)
}

// admitAccount is what every call of a known account goes through. The lock is held.
func (c *call) admitAccount(n need) error {
	if c.s.closed { // what happened now would not be saved
		return refuse(-1, "system error")
	}
	if err := c.checkAddress(); err != nil {
		return err
	}
	if err := c.s.count(c.acct, c.path, c.at); err != nil {
		return err
	}
	switch {
	case n == mayNotAtAll:
		return refuse(45103, "This API has been unsupported")
	case !n.allows(c.acct.cfg.Kind):
		return refuse(48001, "api unauthorized")
	}
	return nil
}

func (c *call) checkAddress() error {
	list := c.acct.cfg.Whitelist
	if len(list) == 0 {
		return nil
	}
	addr := clientAddr(c.r)
	for _, entry := range list {
		if p, err := parsePrefix(entry); err == nil && addr.IsValid() && p.Contains(addr) {
			return nil
		}
	}
	return refuse(40164, fmt.Sprintf("invalid ip %s ipv6 ::ffff:%s, not in whitelist", addr, addr))
}

// deliver writes the reply, or loses it as ordered.
func (c *call) deliver(w http.ResponseWriter, p reply) {
	switch c.fault.ReplyLost {
	case LostTimeout:
		c.hold()
		panic(http.ErrAbortHandler)
	case LostReset:
		resetConnection(w)
		panic(http.ErrAbortHandler)
	case LostBadGateway:
		p = reply{status: http.StatusBadGateway, contentType: "text/html", body: []byte("<html><h1>502 Bad Gateway</h1></html>")}
	}
	p.write(w)
}

// hold waits until the caller gives up.
func (c *call) hold() {
	t := time.NewTimer(holdLost)
	defer t.Stop()
	select {
	case <-c.r.Context().Done():
	case <-c.s.ctx.Done():
	case <-t.C:
	}
}

// resetConnection cuts the connection with a TCP reset where that is possible.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// decode reads the JSON body of a call.
func decode[T any](c *call) (T, error) {
	var v T
	if len(c.body) == 0 {
		return v, refuse(44002, "empty post data")
	}
	if !utf8.Valid(c.body) {
		return v, refuse(47001, "data format error hint: [not utf-8]")
	}
	if err := json.Unmarshal(c.body, &v); err != nil {
		return v, refuse(47001, "data format error")
	}
	return v, nil
}

// shorten keeps a title or a text small enough for a line of the log.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
