//go:build unix

package drill

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// Gate stands between a caller and a server of HTTP and holds each call at three moments.
type Gate struct {
	URL string

	world   *World
	process func() *Process // whose moments these are
	target  atomic.Pointer[url.URL]
	client  *http.Transport
}

// maxMessage bounds a call or an answer that passes a gate.
const maxMessage = 64 << 20

// newGate opens a gate. Where it leads is set later; until then it answers 502.
func newGate(t testing.TB, w *World, process func() *Process) *Gate {
	g := &Gate{world: w, process: process, client: &http.Transport{MaxIdleConnsPerHost: 16}}
	server := httptest.NewServer(g)
	g.URL = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		g.client.CloseIdleConnections()
		server.Close()
	})
	return g
}

// lead sets where the gate leads; nil: nowhere.
func (g *Gate) lead(to string) {
	u, err := url.Parse(to)
	if err != nil || to == "" {
		u = nil
	}
	g.target.Store(u)
}

// ServeHTTP passes one call.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxMessage))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	m := Moment{Process: g.process(), Path: r.URL.Path}
	g.hold(m, Asked)
	status, header, content, err := g.pass(r, body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	g.hold(m, Answered)
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = w.Write(content)
	_ = http.NewResponseController(w).Flush()
	g.hold(m, Delivered)
}

func (g *Gate) hold(m Moment, phase Phase) {
	m.Phase = phase
	if m.Process != nil && !g.world.hooks.at(m) {
		panic(http.ErrAbortHandler)
	}
}

// pass makes the call, whether or not the caller is still there: what has left a machine arrives.
func (g *Gate) pass(r *http.Request, body []byte) (status int, header http.Header, content []byte, err error) {
	to := g.target.Load()
	if to == nil {
		return 0, nil, nil, http.ErrServerClosed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	defer cancel()
	out := r.Clone(ctx)
	out.URL.Scheme, out.URL.Host, out.Host, out.RequestURI = to.Scheme, to.Host, to.Host, ""
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer, err := g.client.RoundTrip(out)
	if err != nil {
		return 0, nil, nil, err
	}
	defer answer.Body.Close()
	content, err = io.ReadAll(io.LimitReader(answer.Body, maxMessage))
	return answer.StatusCode, answer.Header, content, err
}
