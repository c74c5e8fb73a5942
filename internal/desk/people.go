package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// AddUser adds a person.
func (d *Desk) AddUser(ctx context.Context, by press.Actor, name string, roles []press.Role, stages []string) (_ press.User, err error) {
	defer press.Wrap(&err, "desk.AddUser(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return press.User{}, err
	}
	now := d.Now().UTC()
	user := press.User{ID: press.UserID(press.NewID(now)), Name: strings.TrimSpace(name), Roles: roles, Stages: stages, CreatedAt: now}
	if err := d.checkUser(ctx, user); err != nil {
		return user, err
	}
	return user, d.Store.CreateUser(ctx, by, user)
}

// Users returns everybody, by name, for administrators.
func (d *Desk) Users(ctx context.Context, by press.Actor) ([]press.User, error) {
	if err := by.Require(press.Administrator); err != nil {
		return nil, err
	}
	return d.Store.Users(ctx)
}

// User returns a person, for administrators.
func (d *Desk) User(ctx context.Context, by press.Actor, id press.UserID) (press.User, error) {
	if err := by.Require(press.Administrator); err != nil {
		return press.User{}, err
	}
	return d.Store.User(ctx, id)
}

// LastSeen returns when those who are signed in made their last request, for administrators.
func (d *Desk) LastSeen(ctx context.Context, by press.Actor) (map[press.UserID]time.Time, error) {
	if err := by.Require(press.Administrator); err != nil {
		return nil, err
	}
	return d.Store.LastSeen(ctx)
}

// Tokens returns every token, the newest first, for administrators.
func (d *Desk) Tokens(ctx context.Context, by press.Actor) ([]press.Token, error) {
	if err := by.Require(press.Administrator); err != nil {
		return nil, err
	}
	return d.Store.Tokens(ctx)
}

func (d *Desk) checkUser(ctx context.Context, u press.User) error {
	if n := utf8.RuneCountInString(u.Name); n == 0 || n > 60 || strings.ContainsFunc(u.Name, unicode.IsControl) {
		return press.Fail(press.Invalid, "user.name", press.Say("A person's name has 1 to 60 characters.", "姓名应为 1 至 60 个字。"))
	}
	if len(u.Roles) == 0 {
		return press.Fail(press.Invalid, "user.roles", press.Say("Give at least one role of: %s.", "请至少选择一个角色：%s。", roleNames()))
	}
	for _, r := range u.Roles {
		if !slices.Contains(press.Roles(), r) {
			return press.Fail(press.Invalid, "user.roles", press.Say("%q is no role; choose of: %s.", "%q 不是有效角色，可选：%s。", string(r), roleNames()))
		}
	}
	settings, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	for _, s := range u.Stages {
		if _, known := settings.Stage(s); !known {
			return press.Fail(press.Invalid, "user.stages", press.Say("%q is no review stage.", "%q 不是有效的审核环节。", s))
		}
	}
	return nil
}

func roleNames() string {
	var names []string
	for _, r := range press.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// DisableUser takes a person's access away, or gives it back. What they signed stays.
func (d *Desk) DisableUser(ctx context.Context, by press.Actor, name string, disabled bool) (err error) {
	defer press.Wrap(&err, "desk.DisableUser(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	return d.Store.SetUserDisabled(ctx, by, name, disabled)
}

// maxLabelRunes bounds what a token is called.
const maxLabelRunes = 100

// CreateToken makes a token by which a program acts as a person. The secret is returned once and not kept.
func (d *Desk) CreateToken(ctx context.Context, by press.Actor, userName, label string) (secret string, _ press.Token, err error) {
	defer press.Wrap(&err, "desk.CreateToken(%q)", userName)
	if err := by.Require(press.Administrator); err != nil {
		return "", press.Token{}, err
	}
	label = strings.TrimSpace(label)
	if utf8.RuneCountInString(label) > maxLabelRunes || strings.ContainsFunc(label, unicode.IsControl) {
		return "", press.Token{}, press.Fail(press.Invalid, "token.label", press.Say(
			"A token's label has at most %d characters, on one line.", "令牌备注最多 %d 个字，且不换行。", maxLabelRunes))
	}
	user, err := d.Store.UserByName(ctx, userName)
	if err != nil {
		return "", press.Token{}, err
	}
	secret = "nd_" + strings.ToLower(rand.Text()) + strings.ToLower(rand.Text())
	now := d.Now().UTC()
	token := press.Token{
		ID: press.TokenID(press.NewID(now)), User: user.ID, UserName: user.Name, Label: label,
		Hash: hashToken(secret), CreatedAt: now,
	}
	return secret, token, d.Store.CreateToken(ctx, by, token)
}

// RevokeToken ends a token at once.
func (d *Desk) RevokeToken(ctx context.Context, by press.Actor, id press.TokenID) error {
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	return d.Store.RevokeToken(ctx, by, id)
}

// Authenticate returns the person a token's secret stands for.
func (d *Desk) Authenticate(ctx context.Context, secret string) (press.Actor, error) {
	if !strings.HasPrefix(secret, "nd_") || len(secret) > 200 {
		return press.Actor{}, press.Fail(press.Unauthenticated, "token.invalid", press.Say(
			"The token is not valid; create one with “newsdesk token create”.", "令牌无效，请用 newsdesk token create 创建。"))
	}
	user, err := d.Store.Authenticate(ctx, hashToken(secret))
	return press.Actor{User: user}, err
}

func hashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
