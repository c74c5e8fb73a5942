package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

type indexPage struct {
	base
	Accounts []indexLine
	Line     string // what the line to here is like; empty: as fast as the machine
}

type indexLine struct {
	accountView
	Kind                     string
	Tabs                     []tab
	Drafts, Published, Sends int
	Left                     string
}

func (s *Sandbox) showIndex(w http.ResponseWriter, r *http.Request) {
	p := indexPage{base: newBase(r)}
	p.Title = p.T("WeChat sandbox", "微信沙箱")
	p.Line = p.lineText(s.cfg)
	s.mu.Lock()
	p.Base = s.publicURL
	for _, a := range s.accounts {
		p.Accounts = append(p.Accounts, p.line(s, a))
	}
	s.mu.Unlock()
	s.render(w, http.StatusOK, "index", p)
}

func (p indexPage) line(s *Sandbox, a *account) indexLine {
	now := s.now()
	s.settleDue(a, now)
	span, limit := a.allowance(s.cfg.Limits, now)
	left := "∞"
	switch {
	case a.cfg.Kind == Personal:
		left = "0"
	case limit >= 0:
		left = strconv.Itoa(max(0, limit-a.counts.get(span, sendsToday)))
	}
	return indexLine{
		accountView: viewOf(a.cfg), Kind: p.kindName(a.cfg.Kind), Tabs: p.tabs(a.appid, ""),
		Drafts: a.drafts.len(), Published: a.published.len(), Sends: a.masses.len(), Left: left,
	}
}

func (b base) kindName(k Kind) string {
	switch k {
	case Service:
		return b.T("verified service account", "认证服务号")
	case Personal:
		return b.T("personal account, not verified", "个人主体，未认证")
	case Test:
		return b.T("test account", "测试号")
	}
	return b.T("verified subscription account", "认证公众号")
}

// lineText says what a call waits for besides the sandbox itself.
func (b base) lineText(c Config) string {
	var parts []string
	if c.Latency > 0 {
		parts = append(parts, b.T("every call waits "+c.Latency.String(), "每次调用延迟 "+c.Latency.String()))
	}
	if c.Line > 0 {
		speed := strconv.FormatFloat(float64(c.Line)/Mbit, 'f', -1, 64) + " Mbit/s"
		parts = append(parts, b.T("all calls share a line of "+speed+" each way", "所有调用共用 "+speed+" 线路（上下行各计）"))
	}
	return strings.Join(parts, b.T("; ", "；"))
}
