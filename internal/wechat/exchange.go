package wechat

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/silenceper/wechat/v2/util"
)

// answerLimit is the largest answer that is read, in bytes after decompression. Twenty drafts with bodies fit.
const answerLimit = 4 << 20

var errTooLong = errors.New("the answer is longer than 4 MB")

// line is how an account reaches its API.
type line struct {
	base      *url.URL
	transport http.RoundTripper
	board     *switchboard
}

// exchange is one request to WeChat and its answer.
type exchange struct {
	ctx    context.Context
	line   line
	token  string // the real one; only the request that leaves carries it
	ticket string // what the SDK is given instead

	err    error // of the transport
	status int
	body   []byte // nil: there was no answer
}

type exchangeKey struct{}

// ticket is an access token as the SDK sees it.
type ticket string

// GetAccessToken makes a ticket a credential.AccessTokenHandle.
func (t ticket) GetAccessToken() (string, error) { return string(t), nil }

func (l line) open(ctx context.Context, token string) *exchange {
	x := &exchange{line: l, token: token, ticket: "ticket-" + rand.Text()}
	x.ctx = context.WithValue(ctx, exchangeKey{}, x)
	l.board.calls.Store(x.ticket, x)
	return x
}

func (x *exchange) close() { x.line.board.calls.Delete(x.ticket) }

// address is where the SDK believes it sends a call.
func (x *exchange) address(call string) string {
	return DefaultBaseURL + "/cgi-bin/" + call + "?access_token=" + x.ticket
}

// switchboard is the transport of the SDK's one HTTP client. It gives each request to the exchange it belongs to.
type switchboard struct {
	calls sync.Map // ticket → *exchange
}

// theSwitchboard installs the switchboard in the SDK, whose client is a variable of the process, once and for all accounts.
// Redirects are not followed: the platform sends none, and one would carry a token elsewhere.
var theSwitchboard = sync.OnceValue(func() *switchboard {
	board := &switchboard{}
	util.DefaultHTTPClient = &http.Client{
		Transport:     board,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return board
})

// RoundTrip sends a request of the SDK. One that belongs to no account goes as it would have gone without us.
func (b *switchboard) RoundTrip(req *http.Request) (*http.Response, error) {
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		return x.roundTrip(req)
	}
	if x, ok := b.calls.Load(req.URL.Query().Get("access_token")); ok {
		return x.(*exchange).roundTrip(req)
	}
	return http.DefaultTransport.RoundTrip(req)
}

func (x *exchange) roundTrip(req *http.Request) (*http.Response, error) {
	resp, err := x.line.transport.RoundTrip(x.outgoing(req))
	if err != nil {
		x.err = err
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	x.status = resp.StatusCode
	body, err := readLimited(resp.Body)
	if err != nil {
		x.err = err
		return nil, err
	}
	x.body = body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// outgoing is the request as it leaves: to the account's address, with its token, under the call's context.
func (x *exchange) outgoing(req *http.Request) *http.Request {
	out := req.Clone(x.ctx)
	u := *req.URL
	u.Scheme, u.Host, u.Path, u.RawPath = x.line.base.Scheme, x.line.base.Host, x.line.base.Path+req.URL.Path, ""
	if q := u.Query(); q.Has("access_token") {
		q.Set("access_token", x.token)
		u.RawQuery = q.Encode()
	}
	out.URL, out.Host = &u, ""
	return out
}

func readLimited(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, answerLimit+1))
	if err != nil {
		return nil, err
	}
	if len(body) > answerLimit {
		return nil, errTooLong
	}
	return body, nil
}
