package config

import (
	"fmt"
	"strings"

	"newsdesk/internal/press"
)

// Problem is one thing that is wrong, or only odd, about the configuration.
type Problem struct {
	Code   string     `json:"code"`            // e.g. "config.value"; stable
	Key    string     `json:"key"`             // dotted
	Where  string     `json:"where,omitempty"` // where it was given; empty: it was not
	Text   press.Text `json:"text"`
	Advice bool       `json:"advice,omitempty"` // Newsdesk starts all the same
}

// In writes the problem as one line.
func (p Problem) In(lang press.Lang) string {
	if p.Where == "" {
		return p.Text.In(lang)
	}
	return p.Where + ": " + p.Text.In(lang)
}

// Faults is everything that keeps a configuration from being used, in the order of reading. It unwraps to a
// press.Error of kind Invalid whose text holds all of it.
type Faults []Problem

func (f Faults) Error() string { return f.text().EN }

// Unwrap gives the refusal that is shown to people.
func (f Faults) Unwrap() error {
	code := "config.invalid"
	if len(f) == 1 {
		code = f[0].Code
	}
	return press.Fail(press.Invalid, code, f.text())
}

func (f Faults) text() press.Text {
	if len(f) == 1 {
		return press.Text{EN: f[0].In(press.English), ZH: f[0].In(press.Chinese)}
	}
	out := press.Say("The configuration has %d faults:", "配置中有 %d 处错误：", len(f))
	for _, p := range f {
		out.EN += "\n  - " + p.In(press.English)
		out.ZH += "\n  - " + p.In(press.Chinese)
	}
	return out
}

// collector gathers problems, so that a reader can go on after the first.
type collector struct{ problems []Problem }

func (c *collector) add(code, key, where string, text press.Text) {
	c.problems = append(c.problems, Problem{Code: "config." + code, Key: key, Where: where, Text: text})
}

func (c *collector) err() error {
	var faults Faults
	for _, p := range c.problems {
		if !p.Advice {
			faults = append(faults, p)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return faults
}

// unknown reports a name that is no key. near are the names that would have been.
func (c *collector) unknown(key, where, suggestion string, near []string) {
	switch {
	case suggestion != "":
		c.add("unknown_key", key, where, press.Say("%[1]s is not a key. Did you mean %[2]s?",
			"没有 %[1]s 这个配置项，是否应为 %[2]s？", key, suggestion))
	case len(near) > 0:
		c.add("unknown_key", key, where, press.Say("%[1]s is not a key; allowed here are %[2]s.",
			"没有 %[1]s 这个配置项，此处可用：%[2]s。", key, strings.Join(near, ", ")))
	default:
		c.add("unknown_key", key, where, press.Say("%[1]s is not a key; see configs/newsdesk.yaml for all of them.",
			"没有 %[1]s 这个配置项，全部配置项见 configs/newsdesk.yaml。", key))
	}
}

// shown quotes a value for a message, cut to a length that a line can hold.
func shown(s string) string {
	const limit = 60
	s = withoutPassword(s)
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// withoutPassword covers what stands before an @ with a colon in it: an address with a name and a password is a common
// mistake where only a host and a port are wanted.
func withoutPassword(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	start := 0
	if i := strings.Index(s[:at], "://"); i >= 0 {
		start = i + len("://")
	}
	if !strings.Contains(s[start:at], ":") {
		return s
	}
	return s[:start] + mask + s[at:]
}
