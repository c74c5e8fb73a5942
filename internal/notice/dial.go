package notice

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"newsdesk/internal/reach"
)

// client makes an HTTP client that follows no redirect, uses no proxy, keeps no connection, and connects only where it may.
func (s *Sender) client(private bool) http.Client {
	dialer := s.dialer(private, nil)
	return http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: s.TLS, DisableKeepAlives: true, ForceAttemptHTTP2: false,
			TLSHandshakeTimeout: s.Timeout / 2, ResponseHeaderTimeout: s.Timeout, MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// dialer connects only where it may. Ports that are given are allowed in the private network all the same.
func (s *Sender) dialer(private bool, ports []string) *net.Dialer {
	return &net.Dialer{Timeout: s.Timeout / 2, KeepAlive: -1 * time.Second, Control: reach.Control(private, ports...)}
}

// bounded is a connection that breaks when it has brought more than anybody needs, and when its context ends.
type bounded struct {
	net.Conn
	left int64
	stop func() bool
}

func boundTo(ctx context.Context, c net.Conn, limit int64) *bounded {
	b := &bounded{Conn: c, left: limit}
	b.stop = context.AfterFunc(ctx, func() { _ = c.Close() })
	return b
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the answer is too long")
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.Conn.Read(p)
	b.left -= int64(n)
	return n, err
}

func (b *bounded) Close() error {
	b.stop()
	return b.Conn.Close()
}
