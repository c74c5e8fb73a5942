package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// seenAtGrain is how exactly the last request of a session is kept.
const seenAtGrain = time.Minute

// maxSessions bounds how many browsers one person is signed in with: beyond it the one unused for longest ends.
const maxSessions = 20

const sessionColumns = "s.id, s.user_id, s.created_at, s.seen_at, s.ends_at, s.agent, s.address"

func sessionFields(s *press.Session) []any {
	return []any{
		text(&s.ID), text(&s.User), stamp(&s.CreatedAt), stamp(&s.SeenAt), stamp(&s.EndsAt), &s.Agent, &s.Address,
	}
}

func scanSession(r row) (s press.Session, err error) {
	err = r.Scan(sessionFields(&s)...)
	return s, err
}

type signedIn struct {
	session press.Session
	user    press.User
}

func scanSignedIn(r row) (out signedIn, err error) {
	err = r.Scan(append(sessionFields(&out.session), userFields(&out.user)...)...)
	return out, err
}

const signedInQuery = "SELECT " + sessionColumns + `, u.id, u.name, u.roles, u.stages, u.disabled, u.created_at,
	u.lang, u.must_change, u.password <> '' FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1`

// SessionByHash returns whom a session's secret stands for. It is Unauthenticated, "session.ended", when there is no such
// session, or it is over, or its person is disabled. With use, that it was seen is noted, to the minute.
func (s *Store) SessionByHash(ctx context.Context, hash string, use bool) (press.User, press.Session, error) {
	var (
		in signedIn
		at time.Time
	)
	err := s.read(ctx, "session", func(t *tx) (err error) {
		at = t.now
		in, err = scanSignedIn(t.one(signedInQuery, hash))
		if errors.Is(err, sql.ErrNoRows) || err == nil && (in.user.Disabled || !in.session.Alive(at)) {
			return press.Fail(press.Unauthenticated, "session.ended", press.Say(
				"You are no longer signed in; sign in again.", "登录已失效，请重新登录。"))
		}
		return err
	})
	if err != nil {
		return press.User{}, press.Session{}, err
	}
	if use && at.Sub(in.session.SeenAt) >= seenAtGrain {
		if err := s.touchSession(ctx, in.session.ID); err != nil {
			s.log.WarnContext(ctx, "the last request of a session could not be noted", "session", in.session.ID, "error", err)
		}
		in.session.SeenAt = at
	}
	return in.user, in.session, nil
}

func (s *Store) touchSession(ctx context.Context, id press.SessionID) error {
	return s.write(ctx, "touch session", func(t *tx) error {
		return t.must("UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1", micros(t.now), id)
	})
}

// StartSession signs a person in whose password was checked against passwordHash. It is Unauthenticated, "signin.wrong",
// when the person has been disabled or given another password in the meantime. The failures counted against the name are
// forgotten, and the attempt is taken back from the address's.
func (s *Store) StartSession(ctx context.Context, session press.Session, hash, passwordHash string, attempt press.SignInAttempt) (press.Session, error) {
	err := s.write(ctx, "start session", func(t *tx) error {
		session.CreatedAt, session.SeenAt, session.EndsAt = t.now, t.now, t.now.Add(press.SessionLife)
		u, kept, err := scanPassword(t.one(t.dialect.forUpdate(passwordQuery+"id = $1"), session.User))
		if err != nil {
			return err
		}
		if u.Disabled || kept != passwordHash {
			return press.WrongPassword()
		}
		if err := t.sweepSessions(session.User); err != nil {
			return err
		}
		if err := t.insertSession(session, hash); err != nil {
			return err
		}
		if err := t.succeeded(attempt); err != nil {
			return err
		}
		return t.audit(press.Actor{User: u}, "session.start", string(u.ID), session.Browser())
	})
	return session, err
}

func (t *tx) insertSession(session press.Session, hash string) error {
	return t.must(insert("sessions", "id, hash, user_id, created_at, seen_at, ends_at, agent, address"), session.ID, hash,
		session.User, micros(session.CreatedAt), micros(session.SeenAt), micros(session.EndsAt), session.Agent, session.Address)
}

// sweepSessions deletes what is over, of everybody, and what one person has too many of.
func (t *tx) sweepSessions(user press.UserID) error {
	err := t.must("DELETE FROM sessions WHERE seen_at <= $1 OR ends_at <= $2", micros(t.now.Add(-press.SessionIdle)), micros(t.now))
	if err != nil {
		return err
	}
	return t.must(`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1
		ORDER BY seen_at DESC, id DESC LIMIT $2 OFFSET $3)`, user, maxSessions, maxSessions-1)
}

// Sessions returns a person's sessions that are not over, the last used one first.
func (s *Store) Sessions(ctx context.Context, user press.UserID) (out []press.Session, err error) {
	err = s.read(ctx, "sessions", func(t *tx) error {
		out, err = all(t, scanSession, "SELECT "+sessionColumns+` FROM sessions s WHERE s.user_id = $1 AND s.seen_at > $2 AND s.ends_at > $3
			ORDER BY s.seen_at DESC, s.id DESC`, user, micros(t.now.Add(-press.SessionIdle)), micros(t.now))
		return err
	})
	return out, err
}

// LastSeen returns when everybody who has a session made the last request.
func (s *Store) LastSeen(ctx context.Context) (map[press.UserID]time.Time, error) {
	type seen struct {
		user press.UserID
		at   time.Time
	}
	out := map[press.UserID]time.Time{}
	err := s.read(ctx, "last seen", func(t *tx) error {
		list, err := all(t, func(r row) (v seen, err error) {
			err = r.Scan(text(&v.user), stamp(&v.at))
			return v, err
		}, "SELECT user_id, max(seen_at) FROM sessions GROUP BY user_id")
		for _, v := range list {
			out[v.user] = v.at
		}
		return err
	})
	return out, err
}

// Session returns a session, over or not; NotFound, "session.missing", if there is none.
func (s *Store) Session(ctx context.Context, id press.SessionID) (out press.Session, err error) {
	err = s.read(ctx, "session", func(t *tx) error {
		out, err = scanSession(t.one("SELECT "+sessionColumns+" FROM sessions s WHERE s.id = $1", id))
		return missing(err, "session", "session", "登录记录", id)
	})
	return out, err
}

// EndSession ends a session at once. One that is over already is no error.
func (s *Store) EndSession(ctx context.Context, by press.Actor, session press.Session) error {
	return s.write(ctx, "end session", func(t *tx) error {
		n, err := t.exec("DELETE FROM sessions WHERE id = $1", session.ID)
		if err != nil || n == 0 {
			return err
		}
		return t.audit(by, "session.end", string(session.User), session.Browser())
	})
}

// EndSessions ends all of a person's sessions but one, which may be empty, and returns how many.
func (s *Store) EndSessions(ctx context.Context, by press.Actor, user press.UserID, keep press.SessionID) (n int, err error) {
	err = s.write(ctx, "end sessions", func(t *tx) error {
		if _, err := t.user(user); err != nil {
			return err
		}
		ended, err := t.exec("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, keep)
		if n = int(ended); err != nil || n == 0 {
			return err
		}
		return t.audit(by, "session.end_all", string(user), "")
	})
	return n, err
}
