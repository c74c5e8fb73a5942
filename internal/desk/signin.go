package desk

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// SignInStore keeps who may sign in and who has.
type SignInStore interface {
	UpdateUser(ctx context.Context, by press.Actor, id press.UserID, change press.UserChange) (press.User, error)
	User(context.Context, press.UserID) (press.User, error)
	SetLanguage(ctx context.Context, by press.Actor, user press.UserID, lang press.Lang) error

	Password(ctx context.Context, name string) (press.User, string, error)
	SetPassword(ctx context.Context, by press.Actor, user press.UserID, old, hash string, mustChange bool, keep press.SessionID) error
	BeginAttempt(context.Context, press.SignInAttempt) error
	Succeeded(context.Context, press.SignInAttempt) error
	Lockouts(context.Context) ([]press.Lockout, error)
	Unlock(ctx context.Context, by press.Actor, key string) error

	StartSession(ctx context.Context, s press.Session, hash, passwordHash string, attempt press.SignInAttempt) (press.Session, error)
	SessionByHash(ctx context.Context, hash string, use bool) (press.User, press.Session, error)
	Sessions(context.Context, press.UserID) ([]press.Session, error)
	Session(context.Context, press.SessionID) (press.Session, error)
	LastSeen(context.Context) (map[press.UserID]time.Time, error)
	EndSession(context.Context, press.Actor, press.Session) error
	EndSessions(ctx context.Context, by press.Actor, user press.UserID, keep press.SessionID) (int, error)

	NeedsSetup(context.Context) (bool, error)
	SetUp(ctx context.Context, u press.User, hash string) (press.User, error)
}

// secretBytes is the length of a session's secret; secretLength that of its text.
const (
	secretBytes  = 32
	secretLength = 43
)

func newSecret() string {
	var data [secretBytes]byte
	_, _ = rand.Read(data[:]) // crypto/rand.Read never fails
	return base64.RawURLEncoding.EncodeToString(data[:])
}

func noSession() error {
	return press.Fail(press.Unauthenticated, "session.ended", press.Say(
		"You are no longer signed in; sign in again.", "登录已失效，请重新登录。"))
}

// SessionActor returns the person whose browser holds a secret. It is Unauthenticated, "session.ended", when there is no
// such session or it is over: after 12 hours without a request, after 30 days, when it was ended, when the password
// changed, when the person was disabled.
func (d *Desk) SessionActor(ctx context.Context, secret string) (press.Actor, press.Session, error) {
	return d.session(ctx, secret, true)
}

// WatchingActor is SessionActor for what a page asks by itself, hour after hour: it is no use of the session, which
// otherwise would never be idle while a page is open somewhere.
func (d *Desk) WatchingActor(ctx context.Context, secret string) (press.Actor, press.Session, error) {
	return d.session(ctx, secret, false)
}

func (d *Desk) session(ctx context.Context, secret string, use bool) (press.Actor, press.Session, error) {
	if len(secret) != secretLength {
		return press.Actor{}, press.Session{}, noSession()
	}
	user, session, err := d.Store.SessionByHash(ctx, hashToken(secret), use)
	return press.Actor{User: user}, session, err
}

// SignIn checks a name and a password and begins a session. The secret is returned once and not kept. It is
// Unauthenticated, "signin.wrong", for a wrong name as for a wrong password; Quota, "signin.locked", after too many
// failures of the name or of the address; Unavailable, "signin.busy", when too many sign in at the same moment.
func (d *Desk) SignIn(ctx context.Context, name, password, agent, address string) (secret string, _ press.Session, err error) {
	attempt := press.SignInAttempt{Name: typedName(name), Address: addressGroup(address)}
	user, hash, err := d.prove(ctx, attempt, password)
	if err != nil {
		return "", press.Session{}, err
	}
	return d.begin(ctx, user, hash, attempt, agent, address)
}

// prove checks a password and returns whose it is. The attempt stays counted until the caller notes that it succeeded; one
// that never had its turn is not counted.
func (d *Desk) prove(ctx context.Context, attempt press.SignInAttempt, password string) (user press.User, hash string, err error) {
	err = d.passwords.inTurn(ctx, func() error {
		if err := d.Store.BeginAttempt(ctx, attempt); err != nil {
			return err
		}
		if user, hash, err = d.Store.Password(ctx, attempt.Name); err != nil {
			return err
		}
		right, err := matches(password, hash)
		switch {
		case err != nil:
			return err
		case !right:
			return press.WrongPassword()
		case user.Disabled: // said only to who knows the password
			return press.Fail(press.Forbidden, "signin.disabled", press.Say(
				"This account is disabled. Ask an administrator.", "该账号已停用，请联系管理员。"))
		}
		return nil
	})
	return user, hash, err
}

func (d *Desk) begin(ctx context.Context, user press.User, hash string, attempt press.SignInAttempt, agent, address string) (string, press.Session, error) {
	secret := newSecret()
	session, err := d.Store.StartSession(ctx, press.Session{
		ID: press.SessionID(press.NewID(d.Now().UTC())), User: user.ID,
		Agent: clipLine(agent, press.MaxAgentRunes), Address: clipLine(address, 60),
	}, hashToken(secret), hash, attempt)
	if err != nil {
		return "", press.Session{}, err
	}
	return secret, session, nil
}

// typedName is a name as a form sends it, bounded; what no database keeps is nobody's name.
func typedName(name string) string { return clipLine(strings.TrimSpace(name), 100) }

// clipLine cuts a text from outside to so many characters of one line.
func clipLine(s string, runes int) string {
	if len(s) > 4*runes {
		s = s[:4*runes]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}

// addressGroup is what failures are counted by: an IPv4 address, or the network that one IPv6 subscriber has.
func addressGroup(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return clipLine(address, 60)
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

// SignOut ends the session a person is in.
func (d *Desk) SignOut(ctx context.Context, by press.Actor, session press.Session) (err error) {
	defer press.Wrap(&err, "desk.SignOut")
	return d.Store.EndSession(ctx, by, session)
}

// Sessions returns where a person is signed in, the last used first. Others' are for administrators.
func (d *Desk) Sessions(ctx context.Context, by press.Actor, user press.UserID) (_ []press.Session, err error) {
	defer press.Wrap(&err, "desk.Sessions")
	if err := ownOrAdministrator(by, user); err != nil {
		return nil, err
	}
	return d.Store.Sessions(ctx, user)
}

func ownOrAdministrator(by press.Actor, user press.UserID) error {
	if !by.IsSystem() && by.ID == user && !by.Disabled {
		return nil
	}
	return by.Require(press.Administrator)
}

// EndSession ends one of a person's own sessions, or for an administrator anybody's. A session of somebody else is
// NotFound to others.
func (d *Desk) EndSession(ctx context.Context, by press.Actor, id press.SessionID) (err error) {
	defer press.Wrap(&err, "desk.EndSession")
	session, err := d.Store.Session(ctx, id)
	if err != nil {
		return err
	}
	if ownOrAdministrator(by, session.User) != nil {
		return press.Fail(press.NotFound, "session.missing", press.Say("There is no session %s.", "没有登录记录 %s。", id))
	}
	return d.Store.EndSession(ctx, by, session)
}

// EndSessions ends all of a person's sessions but keep, which may be empty, and returns how many.
func (d *Desk) EndSessions(ctx context.Context, by press.Actor, user press.UserID, keep press.SessionID) (_ int, err error) {
	defer press.Wrap(&err, "desk.EndSessions")
	if err := ownOrAdministrator(by, user); err != nil {
		return 0, err
	}
	return d.Store.EndSessions(ctx, by, user, keep)
}

// ChangePassword gives a person another password of their own choice. Every other session of theirs ends. A wrong old
// password counts as a failed attempt to sign in.
func (d *Desk) ChangePassword(ctx context.Context, by press.Actor, old, fresh string, keep press.Session) (err error) {
	defer press.Wrap(&err, "desk.ChangePassword")
	if by.IsSystem() || by.Disabled {
		return noSession()
	}
	if err := checkPassword(fresh, by.Name); err != nil {
		return err
	}
	if samePassword(old, fresh) {
		return press.Fail(press.Invalid, "password.same", press.Say(
			"The new password is the old one; choose another.", "新密码与原密码相同，请换一个。"))
	}
	attempt := press.SignInAttempt{Name: by.Name}
	user, kept, err := d.prove(ctx, attempt, old)
	if press.CodeOf(err) == "signin.wrong" {
		return press.Fail(press.Invalid, "password.old", press.Say("The present password is not right.", "当前密码不正确。"))
	}
	if err != nil {
		return err
	}
	if user.ID != by.ID {
		return noSession() // renamed in the meantime
	}
	hash, err := d.passwords.hash(ctx, fresh)
	if err != nil {
		return err
	}
	if err := d.Store.SetPassword(ctx, by, by.ID, kept, hash, false, keep.ID); err != nil {
		return err
	}
	return d.Store.Succeeded(ctx, attempt)
}

// ResetPassword gives a person a one-time password, returned once and not kept, and ends their sessions. With it they can
// sign in and choose a password of their own, and nothing else. A lock on their name is lifted.
func (d *Desk) ResetPassword(ctx context.Context, by press.Actor, id press.UserID) (password string, _ press.User, err error) {
	defer press.Wrap(&err, "desk.ResetPassword")
	if err := by.Require(press.Administrator); err != nil {
		return "", press.User{}, err
	}
	user, err := d.Store.User(ctx, id)
	if err != nil {
		return "", user, err
	}
	password = oneTimePassword()
	hash, err := d.passwords.hash(ctx, password)
	if err != nil {
		return "", user, err
	}
	if err := d.Store.SetPassword(ctx, by, id, "", hash, true, ""); err != nil {
		return "", user, err
	}
	user.HasPassword, user.MustChange = true, true
	return password, user, d.Store.Succeeded(ctx, press.SignInAttempt{Name: user.Name})
}

// speakable are letters and digits that nobody takes for one another.
const speakable = "23456789abcdefghjkmnpqrstuvwxyz"

// oneTimePassword is about 79 random bits that can be read out, in fours.
func oneTimePassword() string {
	var out strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(speakable))))
		if err != nil {
			panic(err) // the system's source of randomness never fails
		}
		out.WriteByte(speakable[n.Int64()])
	}
	return out.String()
}

// SetLanguage notes what language a person reads Newsdesk in; empty: as the browser says.
func (d *Desk) SetLanguage(ctx context.Context, by press.Actor, lang press.Lang) (err error) {
	defer press.Wrap(&err, "desk.SetLanguage")
	if by.IsSystem() || by.Disabled {
		return noSession()
	}
	if lang != "" && lang != press.Chinese && lang != press.English {
		return press.Fail(press.Invalid, "user.language", press.Say(
			"Newsdesk speaks Chinese and English; choose one of them.", "Newsdesk 支持中文和英文，请选择其一。"))
	}
	return d.Store.SetLanguage(ctx, by, by.ID, lang)
}

// UpdateUser changes a person. The last administrator stays one.
func (d *Desk) UpdateUser(ctx context.Context, by press.Actor, id press.UserID, change press.UserChange) (_ press.User, err error) {
	defer press.Wrap(&err, "desk.UpdateUser")
	if err := by.Require(press.Administrator); err != nil {
		return press.User{}, err
	}
	if change.Name != nil {
		name := strings.TrimSpace(*change.Name)
		change.Name = &name
	}
	user, err := d.Store.User(ctx, id)
	if err != nil {
		return user, err
	}
	if err := d.checkUser(ctx, change.Apply(user)); err != nil {
		return user, err
	}
	return d.Store.UpdateUser(ctx, by, id, change)
}

// Lockouts returns the names and addresses that cannot sign in now.
func (d *Desk) Lockouts(ctx context.Context, by press.Actor) (_ []press.Lockout, err error) {
	defer press.Wrap(&err, "desk.Lockouts")
	if err := by.Require(press.Administrator); err != nil {
		return nil, err
	}
	return d.Store.Lockouts(ctx)
}

// Unlock lifts one of them.
func (d *Desk) Unlock(ctx context.Context, by press.Actor, key string) (err error) {
	defer press.Wrap(&err, "desk.Unlock")
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	return d.Store.Unlock(ctx, by, clipLine(key, 100))
}
