package press

import (
	"strings"
	"time"
)

// SessionID names a session. It opens nothing: the secret does, and only its hash is kept.
type SessionID string

// How long a person stays signed in.
const (
	SessionIdle = 12 * time.Hour      // without a request
	SessionLife = 30 * 24 * time.Hour // at most, however busy
)

// Session is one browser in which a person is signed in.
type Session struct {
	ID        SessionID `json:"id"`
	User      UserID    `json:"user"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"` // the last request, to the minute
	EndsAt    time.Time `json:"ends_at"` // at the latest
	Agent     string    `json:"agent"`   // what the browser says it is; at most MaxAgentRunes
	Address   string    `json:"address"` // where it signed in from
}

// MaxAgentRunes bounds what is kept of a browser's description of itself.
const MaxAgentRunes = 200

// Alive reports whether the session still lets its person in at a moment.
func (s Session) Alive(now time.Time) bool {
	return now.Before(s.EndsAt) && now.Sub(s.SeenAt) < SessionIdle
}

// Browser is the browser and the system in the names people know, such as “Chrome · Android”; empty when neither is
// recognised. Browsers claim to be each other, so the more particular names are looked for first.
func (s Session) Browser() string {
	browser := named(s.Agent, "MicroMessenger", "WeChat", "Edg", "Edge", "OPR/", "Opera", "QQBrowser", "QQ Browser",
		"Firefox", "Firefox", "FxiOS", "Firefox", "HeadlessChrome", "Chrome", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	system := named(s.Agent, "iPhone", "iPhone", "iPad", "iPad", "HarmonyOS", "HarmonyOS", "OpenHarmony", "HarmonyOS",
		"Android", "Android", "Windows", "Windows", "Mac OS X", "macOS", "Linux", "Linux")
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " · " + system
}

// named returns the name after the first mark that the text holds.
func named(text string, marksAndNames ...string) string {
	for i := 0; i+1 < len(marksAndNames); i += 2 {
		if strings.Contains(text, marksAndNames[i]) {
			return marksAndNames[i+1]
		}
	}
	return ""
}

// SignInAttempt is one try to prove who somebody is. It counts as failed until it has succeeded, so that many at once
// are counted before the first of them is decided.
type SignInAttempt struct {
	Name    string
	Address string // empty: from within, not counted by address
}

// WrongPassword is the one answer to a name that nobody has and to a password that is not right.
func WrongPassword() error {
	return Fail(Unauthenticated, "signin.wrong", Say("The name or the password is not right.", "姓名或密码不正确。"))
}

// Lockout is a name or an address that may not sign in for a while, because of failures.
type Lockout struct {
	Key      string // what Unlock takes; a hash for a name, so that a password typed into the wrong field is not kept
	User     UserID // whose name it is; empty for an address and for a name that nobody has
	UserName string
	Address  string // empty for a name
	Failures int
	Until    time.Time
}

// LockRule says when failures lock, and for how long.
type LockRule struct {
	Failures int           // from this many on
	First    time.Duration // the first lock; each further failure doubles it
	Longest  time.Duration
	Window   time.Duration // failures older than this are forgotten; 0: only success makes them forgotten
}

// NameLock is the rule for a person's name, AddressLock the one for where attempts come from.
func NameLock() LockRule {
	return LockRule{Failures: 5, First: time.Minute, Longest: time.Hour, Window: 24 * time.Hour}
}

// AddressLock is the rule for an address, behind which a whole office may sit.
func AddressLock() LockRule {
	return LockRule{Failures: 30, First: 15 * time.Minute, Longest: 15 * time.Minute, Window: 15 * time.Minute}
}

// Lock returns how long a number of failures locks; 0 while it does not.
func (r LockRule) Lock(failures int) time.Duration {
	if failures < r.Failures {
		return 0
	}
	out := r.First
	for range failures - r.Failures {
		if out *= 2; out >= r.Longest {
			return r.Longest
		}
	}
	return min(out, r.Longest)
}

// UserChange is what an administrator changes of a person; nil leaves it as it is.
type UserChange struct {
	Name     *string
	Roles    *[]Role
	Stages   *[]string
	Disabled *bool
}

// Apply returns the person after the change.
func (c UserChange) Apply(u User) User {
	if c.Name != nil {
		u.Name = *c.Name
	}
	if c.Roles != nil {
		u.Roles = *c.Roles
	}
	if c.Stages != nil {
		u.Stages = *c.Stages
	}
	if c.Disabled != nil {
		u.Disabled = *c.Disabled
	}
	return u
}
