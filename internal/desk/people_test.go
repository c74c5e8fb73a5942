package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestAddUser(t *testing.T) {
	t.Parallel()
	o := open(t)
	reviewer := []press.Role{press.Reviewer}
	for name, tc := range map[string]struct {
		by     press.Actor
		name   string
		roles  []press.Role
		stages []string
		kind   press.Kind
		code   string
	}{
		"an editor":     {o.editor, "New", reviewer, nil, press.Forbidden, "role"},
		"no name":       {o.admin, " \t", reviewer, nil, press.Invalid, "user.name"},
		"a long name":   {o.admin, strings.Repeat("名", 61), reviewer, nil, press.Invalid, "user.name"},
		"two lines":     {o.admin, "a\rb", reviewer, nil, press.Invalid, "user.name"},
		"no role":       {o.admin, "New", nil, nil, press.Invalid, "user.roles"},
		"a wrong role":  {o.admin, "New", []press.Role{"boss"}, nil, press.Invalid, "user.roles"},
		"a wrong stage": {o.admin, "New", reviewer, []string{"fourth"}, press.Invalid, "user.stages"},
		"a name taken":  {o.admin, " " + o.writer.Name, reviewer, nil, press.Conflict, "user.exists"},
	} {
		_, err := o.AddUser(t.Context(), tc.by, tc.name, tc.roles, tc.stages)
		t.Log(name, press.TextOf(err).EN)
		o.refused(err, tc.kind, tc.code)
	}
	u, err := o.AddUser(t.Context(), o.admin, "  新 人 ", []press.Role{press.Reviewer, press.Editor}, []string{"first", "final"})
	o.ok(err)
	kept, err := o.rows.UserByName(t.Context(), "新 人")
	o.ok(err)
	if kept.ID != u.ID || !kept.Has(press.Editor) || len(kept.Stages) != 2 || kept.CreatedAt.IsZero() {
		t.Errorf("kept %+v", kept)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	_, _, err := o.CreateToken(ctx, o.writer, o.writer.Name, "mine")
	o.refused(err, press.Forbidden, "role")
	_, _, err = o.CreateToken(ctx, o.admin, "Nobody", "x")
	o.refused(err, press.NotFound, "user.missing")
	_, _, err = o.CreateToken(ctx, o.admin, o.writer.Name, strings.Repeat("x", 101))
	o.refused(err, press.Invalid, "token.label")
	secret, token, err := o.CreateToken(ctx, o.admin, o.writer.Name, " laptop ")
	o.ok(err)
	if !strings.HasPrefix(secret, "nd_") || len(secret) < 40 || token.Label != "laptop" || token.UserName != o.writer.Name {
		t.Errorf("token %+v", token)
	}
	other, _, err := o.CreateToken(ctx, o.admin, o.writer.Name, "")
	o.ok(err)
	if other == secret {
		t.Error("two tokens have one secret")
	}
	list, err := o.rows.Tokens(ctx)
	o.ok(err)
	for _, kept := range list {
		data, err := json.Marshal(kept)
		o.ok(err)
		if kept.Hash == "" || strings.Contains(kept.Hash, secret) || strings.Contains(string(data), kept.Hash) || strings.Contains(string(data), secret) {
			t.Errorf("kept or shown: %s, hash %s", data, kept.Hash)
		}
	}
	who, err := o.Authenticate(ctx, secret)
	if err != nil || who.ID != o.writer.ID || !who.Has(press.Contributor) {
		t.Errorf("the token stands for %+v: %v", who, err)
	}
	for _, wrong := range []string{"", "nd_", secret + "x", strings.ToUpper(secret), secret[:len(secret)-1], "nd_" + strings.Repeat("x", 1000), "nd_\x00"} {
		_, err := o.Authenticate(ctx, wrong)
		o.refused(err, press.Unauthenticated, "token.invalid")
		if strings.Contains(err.Error(), secret[:len(secret)-1]) {
			t.Error("the secret is in the error")
		}
	}
	o.refused(o.RevokeToken(ctx, o.editor, token.ID), press.Forbidden, "role")
	o.refused(o.RevokeToken(ctx, o.admin, press.TokenID(nine()[0])), press.NotFound, "token.missing")
	o.ok(o.RevokeToken(ctx, o.admin, token.ID))
	o.ok(o.RevokeToken(ctx, o.admin, token.ID))
	_, err = o.Authenticate(ctx, secret)
	o.refused(err, press.Unauthenticated, "token.invalid")

	o.refused(o.DisableUser(ctx, o.editor, o.writer.Name, true), press.Forbidden, "role")
	o.refused(o.DisableUser(ctx, o.admin, "Nobody", true), press.NotFound, "user.missing")
	o.ok(o.DisableUser(ctx, o.admin, o.writer.Name, true))
	_, err = o.Authenticate(ctx, other)
	o.refused(err, press.Unauthenticated, "token.invalid")
	o.ok(o.DisableUser(ctx, o.admin, o.writer.Name, false))
	_, err = o.Authenticate(ctx, other)
	o.ok(err)
}
