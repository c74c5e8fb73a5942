// Package reach holds where Newsdesk may connect to on behalf of an address that a person has typed, and says why nobody was
// reached there.
package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"newsdesk/internal/press"
)

// ErrPrivate is for an address in the private network.
var ErrPrivate = errors.New("an address of the private network")

// Control looks at an address after its name was resolved, so that no name leads where no address may; for net.Dialer.
// Ports that are given are allowed in the private network all the same.
func Control(private bool, ports ...string) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if never(addr) || isPrivate(addr) && !private && !slices.Contains(ports, port) {
			return ErrPrivate
		}
		return nil
	}
}

// Client makes an HTTP client that follows no redirect, uses no proxy, and connects only where it may. What a call may take
// in all is its context's to say.
func Client(private bool, patience time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: patience / 2, Control: Control(private)}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: 20 * time.Second,
			TLSHandshakeTimeout: patience / 2, ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// shared are networks between the public and the private ones: of carriers (RFC 6598), for benchmarks, of protocols, of former
// and future uses, and those of IPv6 in which addresses of IPv4 are hidden.
var shared = append(prefixes("100.64.0.0/10", "198.18.0.0/15", "192.0.0.0/24", "0.0.0.0/8", "240.0.0.0/4", "fec0::/10"), hiding...)

// hiding are the networks of IPv6 that lead to IPv4: translation (RFC 6052, RFC 8215), addresses of former times (RFC 4291), and
// tunnels (RFC 3056, RFC 4380).
var hiding = prefixes("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "2002::/16", "2001::/32")

// credentials are where clouds tell a machine its own, besides the link-local addresses: Alibaba, Amazon, Google, Microsoft,
// Oracle. They are in networks that are allowed otherwise.
var credentials = prefixes("100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32", "168.63.129.16/32", "192.0.0.192/32")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

func within(addr netip.Addr, list []netip.Prefix) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func isPrivate(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsLoopback() || addr.IsPrivate() || within(addr, shared)
}

// never are addresses that no message has any business at: clouds keep their machines' credentials behind link-local ones.
func never(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || within(addr, credentials) {
		return true
	}
	return within(addr, hiding) && !addr.IsLoopback() && never(hidden(addr))
}

// hidden is the address of IPv4 that one of the networks in hiding leads to.
func hidden(addr netip.Addr) netip.Addr {
	b := addr.As16()
	at := b[12:]
	switch {
	case b[0] == 0x20 && b[1] == 0x02:
		at = b[2:6]
	case b[0] == 0x20: // each bit of it is turned round
		at = []byte{^b[12], ^b[13], ^b[14], ^b[15]}
	}
	return netip.AddrFrom4([4]byte(at))
}

// Loopback reports whether a host is this machine.
func Loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Certificate reports whether a connection failed because of the other side's certificate.
func Certificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verify)
}

// Why says why a website was not reached, what to do, and whether waiting may help. The answer is the fault in the words of
// the network, where those add something; it has no address in it.
func Why(err error) (text, fix press.Text, answer string, waits bool) {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.Is(err, ErrPrivate):
		return press.Say("The address leads into the private network, which is not allowed unless the configuration says so.", "该地址在内网，默认不允许访问。"),
			press.Say("If the website stands in your own network, whoever runs Newsdesk's server sets targets.private: true in the configuration and restarts it.",
				"网站就在单位内网的，请 Newsdesk 的服务器管理员在配置文件中设置 targets.private: true 并重启。"), "", false
	case Certificate(err):
		return press.Say("The website's certificate is not valid for this address.", "对方网站的证书无效，或与地址不符。"),
			press.Say("Check the host's name; have the certificate renewed, or its authority added to this machine.", "请核对主机名，更新对方证书，或在本机信任其签发机构。"), bare(err), false
	case errors.As(err, &record):
		return press.Say("The website does not speak TLS at this port.", "对方网站在该端口不使用 TLS。"),
			press.Say("Check the address: http or https, and the port.", "请核对地址中的 http 或 https 以及端口。"), "", false
	case errors.As(err, &dns):
		return press.Say("The name of the host is not known.", "无法解析主机名。"),
			press.Say("Check the name, and whether this machine can look up names.", "请核对主机名，并检查本机的域名解析。"), "", true
	case errors.Is(err, syscall.ECONNREFUSED):
		return press.Say("Nothing listens at this address and port.", "对方地址的该端口没有服务。"),
			press.Say("Check the address, and whether the website runs.", "请核对地址，并确认对方网站已启动。"), "", true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return press.Say("The website did not answer in time.", "对方网站未在时限内应答。"),
			press.Say("Check whether the website is up and a firewall lets this machine through.", "请确认对方网站运行正常，防火墙已放行本机。"), "", true
	}
	return press.Say("The connection to the website broke.", "与对方网站的连接中断。"),
		press.Say("Check the address, and whether the website is up.", "请核对地址，并确认对方网站运行正常。"), bare(err), true
}

// bare is an error without the address that net/http puts before it, which may hold a secret.
func bare(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}
