package store

import (
	"context"
	"database/sql"
	"errors"

	"newsdesk/internal/press"
)

// Password returns the person of a name with the hash of their password. Nobody of that name, or one without a password,
// is no error: the hash is empty.
func (s *Store) Password(ctx context.Context, name string) (u press.User, hash string, err error) {
	err = s.read(ctx, "password", func(t *tx) error {
		u, hash, err = scanPassword(t.one(passwordQuery+"name = $1", name))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return u, hash, err
}

const passwordQuery = "SELECT " + userColumns + ", password FROM users WHERE "

func scanPassword(r row) (u press.User, hash string, err error) {
	err = r.Scan(append(userFields(&u), &hash)...)
	return u, hash, err
}

// SetPassword gives a person a password, by its hash, and ends their sessions but keep, which may be empty. Where old is
// not empty it must still be the hash that is kept: Conflict, "password.changed".
func (s *Store) SetPassword(ctx context.Context, by press.Actor, user press.UserID, old, hash string, mustChange bool, keep press.SessionID) error {
	return s.write(ctx, "set password", func(t *tx) error {
		if _, err := t.user(user); err != nil {
			return err
		}
		n, err := t.exec("UPDATE users SET password = $1, must_change = $2 WHERE id = $3 AND ($4 = '' OR password = $4)", hash, mustChange, user, old)
		if err != nil {
			return err
		}
		if n == 0 {
			return press.Fail(press.Conflict, "password.changed", press.Say(
				"The password has just been changed elsewhere; sign in again.", "密码刚刚已在别处修改，请重新登录。"))
		}
		if err := t.must("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, keep); err != nil {
			return err
		}
		action := "user.password"
		if mustChange {
			action = "user.password_reset"
		}
		return t.audit(by, action, string(user), "")
	})
}

// SetLanguage notes what language a person reads Newsdesk in; empty: as the browser says.
func (s *Store) SetLanguage(ctx context.Context, by press.Actor, user press.UserID, lang press.Lang) error {
	return s.write(ctx, "set language", func(t *tx) error {
		n, err := t.exec("UPDATE users SET lang = $1 WHERE id = $2 AND lang <> $1", lang, user)
		if err != nil || n == 0 {
			return err
		}
		return t.audit(by, "user.language", string(user), string(lang))
	})
}

// administratorWithPassword finds the person whose being there ends the set-up. Roles are JSON, and no role's name is
// part of another's.
const administratorWithPassword = `SELECT count(*) FROM users WHERE password <> '' AND roles LIKE '%"administrator"%'`

// NeedsSetup reports whether there is no administrator with a password yet.
func (s *Store) NeedsSetup(ctx context.Context) (needed bool, err error) {
	err = s.read(ctx, "needs setup", func(t *tx) error {
		needed, err = t.needsSetup()
		return err
	})
	return needed, err
}

func (t *tx) needsSetup() (bool, error) {
	var n int
	err := t.one(administratorWithPassword).Scan(&n)
	return n == 0, err
}

// SetUp makes the first administrator: a new person, or an administrator of that name who has no password yet. Of two at
// once one wins, and the other gets a Conflict, "setup.done".
func (s *Store) SetUp(ctx context.Context, u press.User, hash string) (press.User, error) {
	err := s.write(ctx, "set up", func(t *tx) error {
		// The one row is what two set-ups wait for each other at.
		if n, err := t.exec("UPDATE setup SET done_at = $1 WHERE id = 1", micros(t.now)); err != nil || n != 1 {
			return errors.Join(err, errNoSetupRow(n))
		}
		needed, err := t.needsSetup()
		if err != nil {
			return err
		}
		if !needed {
			return press.Fail(press.Conflict, "setup.done", press.Say(
				"The first administrator has been made already. Sign in.", "首位管理员已设置，请直接登录。"))
		}
		if u, err = t.firstAdministrator(u); err != nil {
			return err
		}
		if err := t.must("UPDATE users SET password = $1, must_change = FALSE WHERE id = $2", hash, u.ID); err != nil {
			return err
		}
		u.HasPassword = true
		return t.audit(press.Actor{User: u}, "user.setup", string(u.ID), u.Name)
	})
	return u, err
}

func errNoSetupRow(n int64) error {
	if n == 1 {
		return nil
	}
	return errors.New("the row of the set-up is missing")
}

func (t *tx) firstAdministrator(u press.User) (press.User, error) {
	had, err := t.userByName(u.Name)
	switch {
	case press.KindOf(err) == press.NotFound:
		return u, t.createUser(press.System(), u)
	case err != nil:
		return u, err
	case !had.Has(press.Administrator):
		return u, press.Fail(press.Conflict, "user.exists", press.Say(
			"There is already a person called %s, who is no administrator. Take another name.",
			"已有名叫“%s”的人员，而且不是管理员，请换一个姓名。", u.Name))
	}
	return had, nil
}
