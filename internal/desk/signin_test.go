package desk_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

const sentence = "三审三校 before breakfast"

// withPassword gives a person a password of their own, the way they get one.
func (o *office) withPassword(who press.Actor, password string) {
	o.Helper()
	once, user, err := o.ResetPassword(o.Context(), o.admin, who.ID)
	o.ok(err)
	o.ok(o.ChangePassword(o.Context(), press.Actor{User: user}, once, password, press.Session{}))
}

func (o *office) signIn(name, password string) (string, press.Session) {
	o.Helper()
	secret, session, err := o.SignIn(o.Context(), name, password, "Mozilla/5.0 (Linux; Android 15) Chrome/142.0", "192.0.2.7")
	o.ok(err)
	return secret, session
}

func (o *office) wrong(name, password string) error {
	_, _, err := o.SignIn(o.Context(), name, password, "", "")
	return err
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	o.refused(o.wrong(o.writer.Name, ""), press.Unauthenticated, "signin.wrong") // no password yet
	once, user, err := o.ResetPassword(ctx, o.admin, o.writer.ID)
	o.ok(err)
	if !user.MustChange || len(once) < 16 {
		t.Errorf("got %q, %+v", once, user)
	}
	secret, session := o.signIn(" "+o.writer.Name+" ", once)
	who, seen, err := o.SessionActor(ctx, secret)
	o.ok(err)
	if who.ID != o.writer.ID || !who.MustChange || seen.ID != session.ID || session.Browser() != "Chrome · Android" || session.Address != "192.0.2.7" {
		t.Errorf("signed in %+v, %+v", who, session)
	}
	other, _ := o.signIn(o.writer.Name, once)
	o.ok(o.ChangePassword(ctx, who, once, sentence, session))
	if who, _, err = o.SessionActor(ctx, secret); err != nil || who.MustChange {
		t.Errorf("after the change: %+v, %v", who, err)
	}
	_, _, err = o.SessionActor(ctx, other)
	o.refused(err, press.Unauthenticated, "session.ended")
	o.refused(o.wrong(o.writer.Name, once), press.Unauthenticated, "signin.wrong")
	o.refused(o.wrong("Nobody", once), press.Unauthenticated, "signin.wrong")
	// The same characters, typed in another width.
	o.signIn(o.writer.Name, strings.ReplaceAll(sentence, "before", "ｂｅｆｏｒｅ"))

	for _, secret := range []string{"", "x", secret + "x", strings.ToUpper(secret), secret[:42] + "\x00", strings.Repeat("x", 1<<16)} {
		_, _, err := o.SessionActor(ctx, secret)
		o.refused(err, press.Unauthenticated, "session.ended")
	}
	o.ok(o.SignOut(ctx, who, seen))
	_, _, err = o.SessionActor(ctx, secret)
	o.refused(err, press.Unauthenticated, "session.ended")

	o.ok(o.DisableUser(ctx, o.admin, o.writer.Name, true))
	o.refused(o.wrong(o.writer.Name, sentence), press.Forbidden, "signin.disabled") // said to who knows the password only
	o.refused(o.wrong(o.writer.Name, "not the password"), press.Unauthenticated, "signin.wrong")
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, code := range map[string]string{
		"九个字的密码不够长": "password.short", strings.Repeat("一", 201): "password.long", strings.Repeat("x", 1<<20): "password.long",
		"1234567890": "password.common", "ＱＷＥＲＴＹＵＩＯＰ": "password.common", "aaaaaaaaaaaa": "password.common", "Password123": "password.common",
		"woaini1314520": "password.common", "宣传部的王老师本人": "password.short", "Zhang Xiaoming": "password.name", " zhang XIAOMING ": "password.name",
		"   abc    ": "password.short", "bad \xff utf8 text": "password.long",
		"今天的天气真是不错啊": "", "correct horse": "", strings.Repeat("长短句", 66): "",
	} {
		err := desk.CheckPassword(password, "Zhang Xiaoming")
		if code == "" && err != nil || code != "" && press.CodeOf(err) != code {
			t.Errorf("%.40q: got %v, want %q", password, err, code)
		}
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	o.withPassword(o.writer, sentence)
	_, session := o.signIn(o.writer.Name, sentence)
	change := func(by press.Actor, old, fresh string) error { return o.ChangePassword(ctx, by, old, fresh, session) }
	o.refused(change(o.writer, sentence, "short"), press.Invalid, "password.short")
	o.refused(change(o.writer, sentence, sentence), press.Invalid, "password.same")
	o.refused(change(press.System(), sentence, "another sentence"), press.Unauthenticated, "session.ended")
	o.refused(change(press.Actor{User: press.User{ID: o.writer.ID, Name: o.editor.Name}}, sentence, "another sentence"), press.Invalid, "password.old")
	for range 5 { // guessing with a session that was left open locks as well
		o.refused(change(o.writer, "wrong sentence", "another sentence"), press.Invalid, "password.old")
	}
	o.refused(change(o.writer, sentence, "another sentence"), press.Quota, "signin.locked")
	o.now = o.now.Add(time.Minute)
	o.ok(change(o.writer, sentence, "another sentence"))
	o.signIn(o.writer.Name, "another sentence")

	_, _, err := o.ResetPassword(ctx, o.editor, o.writer.ID)
	o.refused(err, press.Forbidden, "role")
	_, _, err = o.ResetPassword(ctx, o.admin, "nobody")
	o.refused(err, press.NotFound, "user.missing")
}

func TestLockout(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	o.withPassword(o.writer, sentence)
	secret, _ := o.signIn(o.writer.Name, sentence)
	for _, name := range []string{o.writer.Name, "Nobody"} {
		for range 5 {
			o.refused(o.wrong(name, "a wrong sentence"), press.Unauthenticated, "signin.wrong")
		}
		o.refused(o.wrong(name, sentence), press.Quota, "signin.locked") // the right one too, and a name that nobody has
	}
	if _, _, err := o.SessionActor(ctx, secret); err != nil {
		t.Errorf("who is signed in is locked out by others: %v", err)
	}
	o.now = o.now.Add(time.Minute)
	o.signIn(o.writer.Name, sentence) // success clears
	for range 4 {
		o.refused(o.wrong(o.writer.Name, "a wrong sentence"), press.Unauthenticated, "signin.wrong")
	}
	o.signIn(o.writer.Name, sentence)

	for range 5 {
		_ = o.wrong(o.writer.Name, "a wrong sentence")
	}
	for _, by := range append([]press.Actor{o.writer, o.editor}, o.reviewers...) {
		_, err := o.Lockouts(ctx, by)
		o.refused(err, press.Forbidden, "role")
		o.refused(o.Unlock(ctx, by, "x"), press.Forbidden, "role")
	}
	list, err := o.Lockouts(ctx, o.admin)
	o.ok(err)
	if len(list) != 1 || list[0].UserName != o.writer.Name {
		t.Fatalf("locked: %+v", list)
	}
	o.ok(o.Unlock(ctx, o.admin, list[0].Key))
	o.signIn(o.writer.Name, sentence)

	// One network of an IPv6 subscriber is one address.
	for i := range 30 {
		_, _, _ = o.SignIn(ctx, "guess "+strings.Repeat("x", i), "a wrong sentence", "", "2001:db8:1:2::"+strings.Repeat("1", i%4+1))
	}
	_, _, err = o.SignIn(ctx, o.writer.Name, sentence, "", "2001:db8:1:2:ffff::9")
	o.refused(err, press.Quota, "signin.locked")
	o.signIn(o.writer.Name, sentence)
}

// More sign-ins at once than the machine has memory for are refused, and cost nobody an attempt.
func TestSignInIsBounded(t *testing.T) {
	t.Parallel()
	o := open(t)
	var (
		wait    sync.WaitGroup
		mu      sync.Mutex
		answers = map[string]int{}
	)
	for range 200 {
		wait.Go(func() {
			err := o.wrong("Nobody", "a wrong sentence")
			mu.Lock()
			defer mu.Unlock()
			answers[press.CodeOf(err)]++
		})
	}
	wait.Wait()
	if answers["signin.wrong"] != 5 || answers["signin.busy"] == 0 || answers["signin.locked"] == 0 || len(answers) != 3 {
		t.Errorf("got %v", answers)
	}
}

func TestSessionsOfOthers(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	o.withPassword(o.writer, sentence)
	secret, session := o.signIn(o.writer.Name, sentence)
	for _, by := range append([]press.Actor{o.other, o.editor}, o.reviewers...) {
		_, err := o.Sessions(ctx, by, o.writer.ID)
		o.refused(err, press.Forbidden, "role")
		o.refused(o.EndSession(ctx, by, session.ID), press.NotFound, "session.missing")
		_, err = o.EndSessions(ctx, by, o.writer.ID, "")
		o.refused(err, press.Forbidden, "role")
	}
	if _, _, err := o.SessionActor(ctx, secret); err != nil {
		t.Fatal(err)
	}
	list, err := o.Sessions(ctx, o.writer, o.writer.ID)
	o.ok(err)
	if len(list) != 1 || list[0].ID != session.ID {
		t.Errorf("sessions %+v", list)
	}
	o.ok(o.EndSession(ctx, o.admin, session.ID))
	_, _, err = o.SessionActor(ctx, secret)
	o.refused(err, press.Unauthenticated, "session.ended")
	o.refused(o.SetLanguage(ctx, o.writer, "fr"), press.Invalid, "user.language")
	o.ok(o.SetLanguage(ctx, o.writer, press.English))
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	name, empty, roles, none, stages := " 新名 ", " ", []press.Role{press.Reviewer}, []press.Role{}, []string{"fourth"}
	_, err := o.UpdateUser(ctx, o.editor, o.writer.ID, press.UserChange{Name: &name})
	o.refused(err, press.Forbidden, "role")
	for _, change := range []press.UserChange{{Name: &empty}, {Roles: &none}, {Stages: &stages}} {
		if _, err := o.UpdateUser(ctx, o.admin, o.writer.ID, change); press.KindOf(err) != press.Invalid {
			t.Errorf("%+v: %v", change, err)
		}
	}
	u, err := o.UpdateUser(ctx, o.admin, o.writer.ID, press.UserChange{Name: &name, Roles: &roles})
	o.ok(err)
	if u.Name != "新名" || u.Has(press.Contributor) || !u.Has(press.Reviewer) {
		t.Errorf("changed to %+v", u)
	}
	_, err = o.UpdateUser(ctx, o.admin, o.admin.ID, press.UserChange{Roles: &roles})
	o.refused(err, press.Conflict, "user.last_admin")
}

// fresh is a desk with nobody in it, and the file of its set-up.
func fresh(t *testing.T) (*office, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "setup-code")
	o := openEmpty(t, func(c *desk.Config) { c.SetupFile = file })
	o.ok(o.PrepareSetup(t.Context()))
	return o, file
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	o, file := fresh(t)
	ctx := t.Context()
	info, err := os.Stat(file)
	o.ok(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the code's file has mode %v", info.Mode())
	}
	code, err := os.ReadFile(file)
	o.ok(err)
	o.ok(o.PrepareSetup(ctx)) // another start
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(again, code) {
		t.Errorf("another code after a restart: %v", err)
	}
	in := desk.SetUp{Name: "首位管理员", Password: sentence, Address: "192.0.2.1"}
	setUp := func(change func(*desk.SetUp)) error {
		in := in
		change(&in)
		_, _, err := o.SetUp(ctx, in)
		return err
	}
	o.refused(setUp(func(*desk.SetUp) {}), press.Forbidden, "setup.code")
	o.refused(setUp(func(s *desk.SetUp) { s.Code = "AAAA-BBBB-CCCC-DDDD-EEEE" }), press.Forbidden, "setup.code")
	o.refused(setUp(func(s *desk.SetUp) { s.Here, s.Name = true, " " }), press.Invalid, "user.name")
	o.refused(setUp(func(s *desk.SetUp) { s.Here, s.Password = true, "short" }), press.Invalid, "password.short")
	for range 3 {
		_ = setUp(func(*desk.SetUp) {})
	}
	o.refused(setUp(func(s *desk.SetUp) { s.Code = string(code) }), press.Quota, "signin.locked") // guessing locks
	o.now = o.now.Add(time.Minute)

	var (
		wait    sync.WaitGroup
		mu      sync.Mutex
		secrets []string
	)
	for _, name := range []string{"甲", "乙", "丙", "丁"} {
		wait.Go(func() {
			in := in
			in.Name, in.Code = name, strings.ToLower(" "+strings.ReplaceAll(string(code), "-", " "))
			secret, _, err := o.SetUp(ctx, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				secrets = append(secrets, secret)
			} else if code := press.CodeOf(err); code != "setup.done" && code != "setup.no_code" && code != "signin.locked" {
				// Those who come too late have failed, and failing too often locks.
				o.Errorf("%s: %v", name, err)
			}
		})
	}
	wait.Wait()
	if len(secrets) != 1 {
		t.Fatalf("%d set-ups won", len(secrets))
	}
	who, _, err := o.SessionActor(ctx, secrets[0])
	if err != nil || !who.Has(press.Administrator) || who.MustChange {
		t.Errorf("signed in %+v: %v", who, err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the code's file is still there: %v", err)
	}
	o.refused(setUp(func(s *desk.SetUp) { s.Here = true }), press.Conflict, "setup.done")
	o.ok(os.WriteFile(file, code, 0o600))
	o.ok(o.PrepareSetup(ctx))
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Error("a start after the set-up leaves the code's file")
	}
}

// On the server's own machine no code is needed, and one that cannot be read is said to others.
func TestSetUpHere(t *testing.T) {
	t.Parallel()
	o, file := fresh(t)
	o.ok(os.Remove(file))
	in := desk.SetUp{Name: "Admin", Password: sentence}
	_, _, err := o.SetUp(t.Context(), in)
	o.refused(err, press.Forbidden, "setup.no_code")
	in.Here = true
	_, _, err = o.SetUp(t.Context(), in)
	o.ok(err)
}

// No error and no line of the log holds a secret.
func TestSecretsAreNotSaid(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := open(t, func(c *desk.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	o.withPassword(o.writer, sentence)
	secret, session := o.signIn(o.writer.Name, sentence)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, e1 := o.SignIn(ctx, sentence, sentence, "", "")
	_, _, e2 := o.SessionActor(ctx, secret)
	e3 := o.ChangePassword(ctx, o.writer, sentence, sentence+"2", session)
	_, _, e4 := o.SignIn(t.Context(), sentence, sentence+"\x00", "", "")
	for _, err := range []error{e1, e2, e3, e4} {
		if err == nil || strings.Contains(err.Error(), sentence) || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v", err)
		}
	}
	for _, said := range []string{sentence, secret} {
		if strings.Contains(log.String(), said) {
			t.Errorf("the log holds a secret:\n%s", &log)
		}
	}
}
