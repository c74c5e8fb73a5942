package sandbox

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// counters count calls by span (a day, a month, a minute) and name. Spans that are over are dropped when a new one begins.
type counters struct {
	Day, Month, Minute          string
	PerDay, PerMonth, PerMinute map[string]int
}

func newCounters() counters {
	return counters{PerDay: map[string]int{}, PerMonth: map[string]int{}, PerMinute: map[string]int{}}
}

// The platform's days are taken to begin at 00:00 China time.
func dayKey(t time.Time) string    { return "d" + china(t).Format("2006-01-02") }
func monthKey(t time.Time) string  { return "m" + china(t).Format("2006-01") }
func minuteKey(t time.Time) string { return "n" + china(t).Format("2006-01-02T15:04") }

// span returns the counts of a span, emptied if it has just begun.
func (c *counters) span(key string) map[string]int {
	current, counts := &c.Day, &c.PerDay
	switch key[0] {
	case 'm':
		current, counts = &c.Month, &c.PerMonth
	case 'n':
		current, counts = &c.Minute, &c.PerMinute
	}
	if key > *current { // a call that began before midnight and is counted after it belongs to the new day
		*current, *counts = key, map[string]int{}
	}
	return *counts
}

func (c *counters) get(span, name string) int { return c.span(span)[name] }

func (c *counters) add(span, name string) int {
	m := c.span(span)
	m[name]++
	return m[name]
}

func (c *counters) giveBack(span, name string) {
	if m := c.span(span); m[name] > 0 {
		m[name]--
	}
}

// counterOf names the counter of a call; both mass interfaces share one.
func counterOf(path string) string {
	if path == "/cgi-bin/message/mass/send" {
		return massCounter
	}
	return path
}

// dailyLimit is how often a day an account may make a call; negative means always.
func (s *Sandbox) dailyLimit(a *account, path string) int {
	name := counterOf(path)
	if n, set := a.cfg.Daily[name]; set {
		return n
	}
	if n, set := s.cfg.Limits.TestDaily[name]; set && a.cfg.Kind == Test {
		return n
	}
	if n, set := s.cfg.Limits.Daily[name]; set {
		return n
	}
	return s.cfg.Limits.OtherDay
}

// count takes one call from the account's allowance, or refuses it. The lock is held.
func (s *Sandbox) count(a *account, path string, at time.Time) error {
	name := counterOf(path)
	if limit := s.dailyLimit(a, path); limit >= 0 && a.counts.get(dayKey(at), name) >= limit {
		return refuse(45009, "reach max api daily quota limit")
	}
	if limit, set := s.cfg.Limits.PerMinute[name]; set && over(a.counts.get(minuteKey(at), name)+1, limit) {
		return refuse(45011, "api minute-quota reach limit must slower retry next minute")
	}
	a.counts.add(dayKey(at), name)
	a.counts.add(minuteKey(at), name)
	s.touch()
	return nil
}

type quotaReply struct {
	verdict
	Quota struct {
		DailyLimit int `json:"daily_limit"`
		Used       int `json:"used"`
		Remain     int `json:"remain"`
	} `json:"quota"`
	RateLimit struct {
		CallCount     int `json:"call_count"`
		RefreshSecond int `json:"refresh_second"`
	} `json:"rate_limit"`
}

// unlimited is what quota/get shows for a call without a daily limit.
const unlimited = 1_000_000_000

func getQuota(c *call) (reply, error) {
	path, err := c.quotaPath()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	q := quotaReply{verdict: verdict{0, "ok"}}
	q.Quota.DailyLimit = c.s.dailyLimit(c.acct, path)
	if q.Quota.DailyLimit < 0 {
		q.Quota.DailyLimit = unlimited
	}
	q.Quota.Used = c.acct.counts.get(dayKey(c.at), counterOf(path))
	q.Quota.Remain = max(0, q.Quota.DailyLimit-q.Quota.Used)
	if n, set := c.s.cfg.Limits.PerMinute[counterOf(path)]; set && n >= 0 {
		q.RateLimit.CallCount, q.RateLimit.RefreshSecond = n, 60
	}
	return jsonReply(q), nil
}

func (c *call) quotaPath() (string, error) {
	in, err := decode[struct {
		Path text `json:"cgi_path"`
	}](c)
	if err != nil {
		return "", err
	}
	c.note = in.Path.value
	if _, known := c.s.routes[in.Path.value]; !known {
		return "", refuse(76021, "cgi_path not found, please check")
	}
	return in.Path.value, nil
}

func clearPathQuota(c *call) (reply, error) {
	path, err := c.quotaPath()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if err := c.spendClear("clear_path", c.s.cfg.Limits.ClearPathPerMonth); err != nil {
		return reply{}, err
	}
	delete(c.acct.counts.span(dayKey(c.at)), counterOf(path))
	return ok(), nil
}

func clearQuota(c *call) (reply, error) {
	in, err := decode[credentials](c)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if in.AppID.value != c.acct.appid {
		return reply{}, refuse(40013, "invalid appid")
	}
	return c.clearAll()
}

// clearQuotaBySecret takes its arguments from the query, a form or JSON: the pages show the first, clients send all.
func clearQuotaBySecret(c *call) (reply, error) {
	q := c.r.URL.Query()
	appid, secret := q.Get("appid"), q.Get("appsecret")
	var cred credentials
	if json.Unmarshal(c.body, &cred) == nil && appid == "" {
		appid, secret = cred.AppID.value, cred.AppSecret.value
	}
	if form, err := url.ParseQuery(string(c.body)); err == nil && appid == "" {
		appid, secret = form.Get("appid"), form.Get("appsecret")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.acct == nil {
		c.acct = c.s.byAppID[appid]
	}
	if err := c.checkSecret(appid, secret); err != nil {
		return reply{}, err
	}
	return c.clearAll()
}

func (c *call) clearAll() (reply, error) {
	if err := c.spendClear("clear_quota", c.s.cfg.Limits.ClearPerMonth); err != nil {
		return reply{}, err
	}
	day := c.acct.counts.span(dayKey(c.at))
	for name := range day {
		if strings.HasPrefix(name, "/") { // the other names are allowances, not calls
			delete(day, name)
		}
	}
	return ok(), nil
}

func (c *call) spendClear(name string, limit int) error {
	if over(c.acct.counts.get(monthKey(c.at), name)+1, limit) {
		return refuse(48006, "forbid to clear quota because of reaching the limit")
	}
	c.acct.counts.add(monthKey(c.at), name)
	c.effect = true
	c.s.touch()
	return nil
}
