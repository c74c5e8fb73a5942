package reach

import (
	"errors"
	"net"
	"testing"
)

// TestControl: what an address may lead to, in every dress that an address can wear.
func TestControl(t *testing.T) {
	t.Parallel()
	const open, inside, shut = "open", "inside", "shut" // to all, where the private network is allowed, to nobody
	for host, want := range map[string]string{
		"93.184.216.34": open, "2606:2800:220:1::1": open, "::ffff:93.184.216.34": open,
		"127.0.0.1": inside, "127.8.9.1": inside, "::1": inside, "10.1.2.3": inside, "::ffff:10.1.2.3": inside, "192.168.0.1": inside,
		"fd12::1": inside, "100.64.0.1": inside, "64:ff9b::7f00:1": inside, "64:ff9b::a01:203": inside, "2002:a01:203::1": inside,
		"64:ff9b:1::a01:203": inside, "::7f00:1": inside, "2001:0:1::1": inside, "2001:0:1::f5fe:fefe": inside, "2001:0:1::5601:5601": shut, "fec0::1": inside, "240.0.0.1": inside, "0.1.2.3": inside,
		"0.0.0.0": shut, "::": shut, "::ffff:0.0.0.0": shut, "255.255.255.255": shut, "224.0.0.1": shut, "ff02::1": shut, "fe80::1%eth0": shut,
		// where clouds tell a machine its own credentials
		"169.254.169.254": shut, "::ffff:169.254.169.254": shut, "64:ff9b::a9fe:a9fe": shut, "64:ff9b:1::a9fe:a9fe": shut, "2002:a9fe:a9fe::1": shut,
		"::a9fe:a9fe": shut, "100.100.100.200": shut, "::ffff:100.100.100.200": shut, "64:ff9b::6464:64c8": shut, "fd00:ec2::254": shut,
		"fd20:ce::254": shut, "168.63.129.16": shut, "192.0.0.192": shut,
	} {
		address := net.JoinHostPort(host, "443")
		for private, may := range map[bool]bool{false: want == open, true: want != shut} {
			if err := Control(private)("tcp", address, nil); (err == nil) != may || err != nil && !errors.Is(err, ErrPrivate) {
				t.Errorf("%s, private network %v: %v", host, private, err)
			}
		}
	}
}
