package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// derive fills what was left out and depends on other keys.
func (c Config) derive() Config {
	c = c.addresses()
	fallback(&c.Blobs.Dir, filepath.Join(c.Data, "blobs"))
	fallback(&c.Site.Dir, filepath.Join(c.Data, "site"))
	if c.SQL.Driver == "sqlite" && c.SQL.DSN == "" {
		c.SQL.DSN = Secret(filepath.Join(c.Data, "newsdesk.db"))
	}
	switch c.Sandbox.StateFile {
	case "":
		c.Sandbox.StateFile = filepath.Join(c.Data, "sandbox.json")
	case InMemory:
		c.Sandbox.StateFile = ""
	}
	c.Review.Stages = stages(c.Review.Stages)
	accounts := make([]Account, 0, len(c.Accounts))
	for _, a := range c.Accounts {
		accounts = append(accounts, a.derive(c))
	}
	c.Accounts = accounts
	return c
}

// InMemory as the sandbox's state_file keeps nothing of the sandbox over a restart.
const InMemory = "memory"

// addresses derives the public addresses from where the process listens. Nothing is known while the port is not.
func (c Config) addresses() Config {
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.Site.BaseURL = strings.TrimRight(c.Site.BaseURL, "/")
	host, port, err := net.SplitHostPort(c.Listen)
	if c.PublicURL == "" && err == nil && port != "0" {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		c.PublicURL = "http://" + net.JoinHostPort(host, port)
	}
	if c.Site.BaseURL == "" && c.PublicURL != "" {
		c.Site.BaseURL = c.PublicURL + "/site"
	}
	return c
}

// ListeningOn returns the configuration with the address that was really taken, where port 0 had been asked for.
func (c Config) ListeningOn(addr net.Addr) Config {
	c.Listen = addr.String()
	return c.addresses()
}

// WithAccount returns the configuration with one more account, its optional fields filled in. Whether the sandbox is on
// stays as it was, so the account that stands in where none is configured does not switch it off.
func (c Config) WithAccount(a Account) Config {
	if c.SandboxOn() {
		c.Sandbox.Mode = "on"
	}
	c.Accounts = append(slices.Clone(c.Accounts), a.derive(c))
	return c
}

// Filled returns an account with its optional fields filled in.
func (c Config) Filled(a Account) Account { return a.derive(c) }

// stages fills in the three of 三审三校, and the name in the other language where only one is given.
func stages(given []Stage) []Stage {
	var out []Stage
	for _, s := range given {
		fallback(&s.Zh, s.En)
		fallback(&s.En, s.Zh)
		out = append(out, s)
	}
	if len(out) > 0 {
		return out
	}
	for _, s := range press.DefaultStages() {
		out = append(out, Stage{Key: s.Key, Zh: s.Name.ZH, En: s.Name.EN})
	}
	return out
}

// derive fills in an account. An account that only the sandbox plays needs no credentials of WeChat, so it gets some.
func (a Account) derive(c Config) Account {
	fallback(&a.Kind, "subscription")
	fallback(&a.Theme, c.Themes.Default)
	a.BaseURL = strings.TrimRight(a.BaseURL, "/")
	if c.SandboxOn() && a.Name != "" {
		sum := sha256.Sum256([]byte("sandbox account " + a.Name))
		fallback(&a.AppID, "wx"+hex.EncodeToString(sum[:8]))
		fallback(&a.Secret, Secret(hex.EncodeToString(sum[16:])))
	}
	return a
}

func fallback[T ~string](at *T, value T) {
	if *at == "" {
		*at = value
	}
}

func asFaults(err error) (Faults, bool) {
	var faults Faults
	ok := errors.As(err, &faults)
	return faults, ok
}
