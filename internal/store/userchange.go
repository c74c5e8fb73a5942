package store

import (
	"context"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// UpdateUser changes a person. Roles and stages hold from the next request on; whoever is disabled is signed out. The
// last administrator is kept: Conflict, "user.last_admin"; so is a name that somebody else has, "user.exists".
func (s *Store) UpdateUser(ctx context.Context, by press.Actor, id press.UserID, change press.UserChange) (u press.User, err error) {
	err = s.write(ctx, "update user", func(t *tx) error {
		u, err = t.changeUser(by, id, change)
		return err
	})
	return u, err
}

func (t *tx) changeUser(by press.Actor, id press.UserID, change press.UserChange) (press.User, error) {
	others, before, err := t.lockUsers(id)
	if err != nil {
		return before, err
	}
	after := change.Apply(before)
	said := differences(before, after)
	if len(said) == 0 {
		return before, nil
	}
	if before.Has(press.Administrator) && !after.Has(press.Administrator) && !slices.ContainsFunc(others, func(u press.User) bool {
		return u.Has(press.Administrator) && (u.HasPassword || !before.HasPassword)
	}) {
		return before, press.Fail(press.Conflict, "user.last_admin", press.Say(
			"%s is the last active administrator. Make somebody else an administrator first, with a password.",
			"%s 是最后一位在用的管理员，请先为其他人赋予管理员角色并设置密码。", before.Name))
	}
	if err := t.saveUser(after); err != nil {
		return before, err
	}
	if after.Disabled {
		if err := t.must("DELETE FROM sessions WHERE user_id = $1", id); err != nil {
			return before, err
		}
	}
	for _, d := range said {
		if err := t.audit(by, d.action, string(id), d.detail); err != nil {
			return before, err
		}
	}
	return after, nil
}

// lockUsers returns a person and everybody else, all of them locked: who is the last administrator depends on them all.
func (t *tx) lockUsers(id press.UserID) (others []press.User, u press.User, err error) {
	everybody, err := all(t, scanUser, t.dialect.forUpdate("SELECT "+userColumns+" FROM users ORDER BY id"))
	if err != nil {
		return nil, u, err
	}
	i := slices.IndexFunc(everybody, func(u press.User) bool { return u.ID == id })
	if i < 0 {
		_, err = t.user(id)
		return nil, u, err
	}
	return slices.Delete(slices.Clone(everybody), i, i+1), everybody[i], nil
}

func (t *tx) saveUser(u press.User) error {
	roles, err := toJSON(u.Roles)
	if err != nil {
		return err
	}
	stages, err := toJSON(u.Stages)
	if err != nil {
		return err
	}
	err = t.must("UPDATE users SET name = $1, roles = $2, stages = $3, disabled = $4 WHERE id = $5", u.Name, roles, stages, u.Disabled, u.ID)
	return t.nameTaken(err, u.Name)
}

type difference struct{ action, detail string }

func differences(before, after press.User) (out []difference) {
	if before.Name != after.Name {
		out = append(out, difference{"user.rename", before.Name + " → " + after.Name})
	}
	if !slices.Equal(before.Roles, after.Roles) {
		out = append(out, difference{"user.roles", joined(after.Roles)})
	}
	if !slices.Equal(before.Stages, after.Stages) {
		out = append(out, difference{"user.stages", joined(after.Stages)})
	}
	switch {
	case after.Disabled && !before.Disabled:
		out = append(out, difference{"user.disable", after.Name})
	case before.Disabled && !after.Disabled:
		out = append(out, difference{"user.enable", after.Name})
	}
	return out
}

func joined[S ~string](words []S) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}
