package notice

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errPrivate is for an address in the private network.
var errPrivate = errors.New("an address of the private network")

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

// dialer looks at the address after its name was resolved, so that no name leads where no address may. Ports that are given
// are allowed in the private network all the same.
func (s *Sender) dialer(private bool, ports []string) *net.Dialer {
	return &net.Dialer{Timeout: s.Timeout / 2, KeepAlive: -1 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if never(addr) || isPrivate(addr) && !private && !slices.Contains(ports, port) {
			return errPrivate
		}
		return nil
	}}
}

// shared are networks between the public and the private ones: of carriers (RFC 6598), for benchmarks, of protocols.
var shared = []netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"), // IPv4 addresses in the clothes of IPv6
}

func isPrivate(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsLoopback() || addr.IsPrivate() || slices.ContainsFunc(shared, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// never are addresses that no message has any business at: clouds keep their machines' credentials behind link-local ones.
func never(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

func loopbackHost(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
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
