package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// usedAtGrain is how exactly the last use of a token is kept: a write for every request would be one too many.
const usedAtGrain = time.Minute

const (
	newUserColumns = "id, name, roles, stages, disabled, created_at"
	userColumns    = newUserColumns + ", lang, must_change, password <> ''"
)

func scanUser(r row) (u press.User, err error) {
	err = r.Scan(userFields(&u)...)
	return u, err
}

// userFields are where userColumns go.
func userFields(u *press.User) []any {
	return []any{
		text(&u.ID), &u.Name, fromJSON(&u.Roles), fromJSON(&u.Stages), &u.Disabled, stamp(&u.CreatedAt),
		text(&u.Lang), &u.MustChange, &u.HasPassword,
	}
}

// CreateUser adds a person. A name that is taken is a Conflict, "user.exists".
func (s *Store) CreateUser(ctx context.Context, by press.Actor, u press.User) error {
	return s.write(ctx, "create user", func(t *tx) error { return t.createUser(by, u) })
}

func (t *tx) createUser(by press.Actor, u press.User) error {
	roles, err := toJSON(u.Roles)
	if err != nil {
		return err
	}
	stages, err := toJSON(u.Stages)
	if err != nil {
		return err
	}
	err = t.must(insert("users", newUserColumns), u.ID, u.Name, roles, stages, u.Disabled, micros(t.orNow(u.CreatedAt)))
	if err != nil {
		return t.nameTaken(err, u.Name)
	}
	return t.audit(by, "user.create", string(u.ID), u.Name)
}

func (s *Store) nameTaken(err error, name string) error {
	return s.conflict(err, "user.exists", press.Say("There is already a person called %s. Take another name, for instance with the department.", "已有名叫“%s”的人员，请换一个姓名，例如加上部门。", name))
}

// orNow is a time that the caller gave, or else the transaction's.
func (t *tx) orNow(at time.Time) time.Time {
	if at.IsZero() {
		return t.now
	}
	return at
}

// Users returns everybody, by name.
func (s *Store) Users(ctx context.Context) (out []press.User, err error) {
	err = s.read(ctx, "users", func(t *tx) error {
		out, err = all(t, scanUser, "SELECT "+userColumns+" FROM users ORDER BY name")
		return err
	})
	return out, err
}

// UserByName returns a person; NotFound if there is none of that name.
func (s *Store) UserByName(ctx context.Context, name string) (u press.User, err error) {
	err = s.read(ctx, "user by name", func(t *tx) error {
		u, err = t.userByName(name)
		return err
	})
	return u, err
}

// User returns a person.
func (s *Store) User(ctx context.Context, id press.UserID) (u press.User, err error) {
	err = s.read(ctx, "user", func(t *tx) error {
		u, err = t.user(id)
		return err
	})
	return u, err
}

func (t *tx) userByName(name string) (press.User, error) {
	u, err := scanUser(t.one("SELECT "+userColumns+" FROM users WHERE name = $1", name))
	return u, missing(err, "user", "person called", "用户", name)
}

func (t *tx) user(id press.UserID) (press.User, error) {
	u, err := scanUser(t.one("SELECT "+userColumns+" FROM users WHERE id = $1", id))
	return u, missing(err, "user", "person with the identifier", "用户", id)
}

// SetUserDisabled locks a person out, or lets them in again. Their tokens and sessions end at once. The last
// administrator is kept: Conflict, "user.last_admin".
func (s *Store) SetUserDisabled(ctx context.Context, by press.Actor, name string, disabled bool) error {
	return s.write(ctx, "set user disabled", func(t *tx) error {
		u, err := t.userByName(name)
		if err != nil {
			return err
		}
		_, err = t.changeUser(by, u.ID, press.UserChange{Disabled: &disabled})
		return err
	})
}

const tokenQuery = `SELECT t.id, t.user_id, u.name, t.label, t.hash, t.created_at, t.used_at, t.revoked_at
	FROM tokens t JOIN users u ON u.id = t.user_id`

func scanToken(r row) (k press.Token, err error) {
	err = r.Scan(text(&k.ID), text(&k.User), &k.UserName, &k.Label, &k.Hash,
		stamp(&k.CreatedAt), stamp(&k.UsedAt), stamp(&k.RevokedAt))
	return k, err
}

// CreateToken adds a token, of which only the hash is kept.
func (s *Store) CreateToken(ctx context.Context, by press.Actor, k press.Token) error {
	return s.write(ctx, "create token", func(t *tx) error {
		u, err := t.user(k.User)
		if err != nil {
			return err
		}
		err = t.must(insert("tokens", "id, user_id, label, hash, created_at"),
			k.ID, k.User, k.Label, k.Hash, micros(t.orNow(k.CreatedAt)))
		if err != nil {
			return err
		}
		return t.audit(by, "token.create", string(k.ID), u.Name+": "+k.Label)
	})
}

// Tokens returns every token, the newest first; the revoked ones too.
func (s *Store) Tokens(ctx context.Context) (out []press.Token, err error) {
	err = s.read(ctx, "tokens", func(t *tx) error {
		out, err = all(t, scanToken, tokenQuery+" ORDER BY t.created_at DESC, t.id DESC")
		return err
	})
	return out, err
}

// RevokeToken makes a token worthless. Doing so again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, by press.Actor, id press.TokenID) error {
	return s.write(ctx, "revoke token", func(t *tx) error {
		k, err := scanToken(t.one(tokenQuery+" WHERE t.id = $1", id))
		if err != nil {
			return missing(err, "token", "token", "令牌", id)
		}
		n, err := t.exec("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", micros(t.now), id)
		if err != nil || n == 0 {
			return err
		}
		return t.audit(by, "token.revoke", string(id), k.UserName+": "+k.Label)
	})
}

// Authenticate returns the person a token stands for. It is Unauthenticated, "token.invalid", when the token is unknown
// or revoked or its person is disabled; which of these it is, is not said. The token's last use is noted, to the minute.
func (s *Store) Authenticate(ctx context.Context, tokenHash string) (press.User, error) {
	var (
		k  press.Token
		u  press.User
		at time.Time
	)
	err := s.read(ctx, "authenticate", func(t *tx) (err error) {
		at = t.now
		if k, err = scanToken(t.one(tokenQuery+" WHERE t.hash = $1", tokenHash)); err != nil {
			return invalidToken(missing(err, "token", "token", "令牌", ""))
		}
		if u, err = t.user(k.User); err != nil {
			return err
		}
		if u.Disabled || !k.RevokedAt.IsZero() {
			return invalidToken(press.Fail(press.NotFound, "", press.Text{}))
		}
		return nil
	})
	if err != nil {
		return press.User{}, err
	}
	if at.Sub(k.UsedAt) >= usedAtGrain {
		if err := s.touchToken(ctx, k.ID); err != nil {
			s.log.WarnContext(ctx, "the last use of a token could not be noted", "token", k.ID, "error", err)
		}
	}
	return u, nil
}

func invalidToken(err error) error {
	if press.KindOf(err) != press.NotFound {
		return err
	}
	return press.Fail(press.Unauthenticated, "token.invalid", press.Say(
		"The token is not valid. Ask an administrator for a new one.", "令牌无效，请向管理员索取新的令牌。"))
}

func (s *Store) touchToken(ctx context.Context, id press.TokenID) error {
	return s.write(ctx, "touch token", func(t *tx) error {
		return t.must("UPDATE tokens SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)", micros(t.now), id)
	})
}
