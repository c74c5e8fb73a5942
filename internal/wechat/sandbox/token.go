package sandbox

import (
	"encoding/json"
	"strings"
	"time"
)

// token is an access token that was given out. The two kinds never touch each other.
type token struct {
	Value   string    `json:"value"`
	AppID   string    `json:"appid"`
	Stable  bool      `json:"stable"`
	Expires time.Time `json:"expires"`
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

// credentials are what both token calls carry, one in its query, the other in its body.
type credentials struct {
	GrantType    text   `json:"grant_type"`
	AppID        text   `json:"appid"`
	AppSecret    text   `json:"appsecret"` // clear_quota/v2 spells it so
	Secret       text   `json:"secret"`
	ForceRefresh number `json:"force_refresh"`
}

// accountOf finds whom a call belongs to, before anything is checked.
func (s *Sandbox) accountOf(c *call) *account {
	q := c.r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[q.Get("access_token")]; t != nil {
		return s.byAppID[t.AppID]
	}
	if s.routes[c.path].auth != bySecret {
		return nil
	}
	if id := q.Get("appid"); id != "" {
		return s.byAppID[id]
	}
	var cred credentials
	if json.Unmarshal(c.body, &cred) != nil {
		return nil
	}
	return s.byAppID[cred.AppID.value]
}

// checkToken refuses what is missing, malformed, unknown or expired. The lock is held.
func (s *Sandbox) checkToken(value string, now time.Time) error {
	t := s.tokens[value]
	switch {
	case value == "":
		return refuse(41001, "access_token missing")
	case t == nil && (len(value) < 32 || strings.ContainsAny(value, " \t\r\n+/=")):
		return refuse(40014, "invalid access_token")
	case t == nil:
		return refuse(40001, "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r")
	case !now.Before(t.Expires):
		return refuse(42001, "access_token expired")
	}
	return nil
}

// checkSecret is the gate of the calls that carry the secret. The lock is held.
func (c *call) checkSecret(appid, secret string) error {
	switch {
	case appid == "":
		return refuse(41002, "appid missing")
	case secret == "":
		return refuse(41004, "appsecret missing")
	case c.acct == nil:
		return refuse(40013, "invalid appid")
	case c.acct.cfg.Secret != secret:
		return refuse(40001, "invalid credential, access_token is invalid or not latest hint: [appsecret]")
	}
	return c.admitAccount(anyone)
}

func checkGrant(grant string) error {
	if grant != "client_credential" {
		return refuse(40002, "invalid grant_type")
	}
	return nil
}

// classicToken makes a new token each time; the one before lives on for the overlap.
func classicToken(c *call) (reply, error) {
	q := c.r.URL.Query()
	if err := checkGrant(q.Get("grant_type")); err != nil {
		return reply{}, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := c.checkSecret(q.Get("appid"), q.Get("secret")); err != nil {
		return reply{}, err
	}
	s.capTokens(c.acct.appid, false, c.at.Add(s.cfg.Clocks.TokenOverlap))
	return tokenSuccess(c, s.issue(c, false)), nil
}

// stableToken returns the current token, and makes a new one in its last minutes or when forced.
func stableToken(c *call) (reply, error) {
	cred, err := decode[credentials](c)
	if err != nil {
		return reply{}, err
	}
	if err := checkGrant(cred.GrantType.value); err != nil {
		return reply{}, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := c.checkSecret(cred.AppID.value, cred.Secret.value); err != nil {
		return reply{}, err
	}
	current := s.tokens[c.acct.stable]
	if cred.ForceRefresh.on() && s.mayForce(c) {
		s.capTokens(c.acct.appid, true, c.at) // the previous one dies at once
		c.acct.forced, current = c.at, nil
	}
	if current == nil || current.Expires.Sub(c.at) <= s.cfg.Clocks.TokenOverlap {
		current = s.issue(c, true)
		c.acct.stable = current.Value
	}
	return tokenSuccess(c, current), nil
}

// mayForce says whether a forced refresh is granted; when it is not, the caller gets the current token unchanged.
func (s *Sandbox) mayForce(c *call) bool {
	if !c.acct.forced.IsZero() && c.at.Sub(c.acct.forced) < s.cfg.Clocks.ForceInterval {
		return false
	}
	used := c.acct.counts.add(dayKey(c.at), "force_refresh")
	return !over(used, s.cfg.Limits.ForceRefreshDay)
}

func (s *Sandbox) issue(c *call, stable bool) *token {
	s.dropOldTokens(c.at)
	t := &token{newToken(), c.acct.appid, stable, c.at.Add(s.cfg.Clocks.TokenTTL)}
	s.tokens[t.Value] = t
	c.effect = true
	s.touch()
	return t
}

// capTokens makes tokens of one kind end no later than at.
func (s *Sandbox) capTokens(appid string, stable bool, at time.Time) {
	for v, t := range s.tokens {
		if t.AppID == appid && t.Stable == stable && t.Expires.After(at) {
			s.tokens[v] = &token{t.Value, t.AppID, t.Stable, at}
		}
	}
}

// dropOldTokens forgets tokens a day after they expired; until then they answer 42001 rather than 40001.
func (s *Sandbox) dropOldTokens(now time.Time) {
	for v, t := range s.tokens {
		if now.Sub(t.Expires) > 24*time.Hour {
			delete(s.tokens, v)
		}
	}
}

func tokenSuccess(c *call, t *token) reply {
	return jsonReply(tokenReply{t.Value, int64(t.Expires.Sub(c.at).Seconds())})
}
