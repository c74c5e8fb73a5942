package config

import (
	"net/url"
	"strconv"

	"newsdesk/internal/press"
)

// haste divides pauses that WeChat's own rules ask for, such as the minute before a mass push is repeated. Before WeChat
// itself that would be dangerous, so that every account must lead to this machine.
func (k *checker) haste() {
	if k.Delivery.Haste <= 1 || k.SandboxOn() {
		return
	}
	for i, a := range k.Config.Accounts {
		if !OnThisMachine(a.BaseURL) {
			at := "accounts." + strconv.Itoa(i) + ".base_url"
			k.fail("delivery.haste", "delivery.haste is %d, which is for drills before a sandbox on this machine, but %s leads elsewhere.",
				"delivery.haste 为 %d，仅用于针对本机沙箱的演练，但 %s 指向其他地址。", k.Delivery.Haste, at)
		}
	}
}

// HasteAllowed refuses a client of an account that leads to another machine while the pauses are shortened. Accounts that are
// added in the browser come by here only.
func (c Config) HasteAllowed(a Account) error {
	if c.Delivery.Haste <= 1 || c.SandboxOn() || OnThisMachine(a.BaseURL) {
		return nil
	}
	return press.Fail(press.Invalid, "account.haste", press.Say(
		"delivery.haste is for drills before a sandbox on this machine; the account %q leads to WeChat and is not used. Take the key out.",
		"delivery.haste 仅用于针对本机沙箱的演练，公众号 %q 指向微信，因此未启用。请删除该配置项。", a.Name))
}

// OnThisMachine reports whether an address of the API leads to a loopback address. WeChat's own, the empty one, does not.
func OnThisMachine(baseURL string) bool {
	u, err := url.Parse(baseURL)
	return err == nil && loopback(u.Hostname())
}
