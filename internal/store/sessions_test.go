package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func hashOf(s string) string { return fmt.Sprintf("%064x", s) }

// signIn begins a session of a person with the password hash "pw".
func (f *fixture) signIn(who press.Actor, secret string) press.Session {
	f.Helper()
	s, err := f.StartSession(f.Context(), press.Session{ID: press.SessionID(f.id()), User: who.ID, Agent: "Chrome", Address: "::1"},
		hashOf(secret), "pw", press.SignInAttempt{Name: who.Name})
	f.ok(err)
	return s
}

func (f *fixture) password(who press.Actor) {
	f.Helper()
	f.ok(f.SetPassword(f.Context(), press.System(), who.ID, "", "pw", false, ""))
}

func (f *fixture) inside(secret string) bool {
	f.Helper()
	u, s, err := f.SessionByHash(f.Context(), hashOf(secret), true)
	if press.KindOf(err) == press.Unauthenticated && err != nil {
		f.same(u, press.User{})
		return false
	}
	f.ok(err)
	return u.ID == s.User && s.ID != ""
}

func testSessions(f *fixture) {
	ctx := f.Context()
	f.password(f.author)
	began := f.clock.Now()
	a := f.signIn(f.author, "a")
	f.same(a.EndsAt, began.Add(press.SessionLife))
	_, _, err := f.SessionByHash(ctx, hashOf("b"), true)
	f.refused(err, press.Unauthenticated, "session.ended")

	// Seen to the minute.
	for _, step := range []struct{ pass, seen time.Duration }{{59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}} {
		f.clock.pass(step.pass)
		if !f.inside("a") {
			f.Fatal("not signed in")
		}
		list, err := f.Sessions(ctx, f.author.ID)
		f.ok(err)
		want := a
		want.SeenAt = began.Add(step.seen)
		f.same(list, []press.Session{want})
	}

	// Idle too long, and then gone with the next sign-in.
	f.clock.pass(press.SessionIdle - time.Minute)
	if !f.inside("a") {
		f.Error("ended before the idle time was over")
	}
	f.clock.pass(press.SessionIdle - time.Minute)
	if _, _, err := f.SessionByHash(ctx, hashOf("a"), false); err != nil { // a page that is open somewhere
		f.Error(err)
	}
	f.clock.pass(-press.SessionIdle + time.Minute)
	f.clock.pass(press.SessionIdle)
	if f.inside("a") {
		f.Error("alive after 12 hours without a request")
	}
	f.signIn(f.author, "b")
	_, err = f.Session(ctx, a.ID)
	f.refused(err, press.NotFound, "session.missing")

	// However busy, it ends after 30 days.
	until := f.clock.Now().Add(press.SessionLife)
	for f.clock.Now().Add(press.SessionIdle / 2).Before(until) {
		f.clock.pass(press.SessionIdle / 2)
		if !f.inside("b") {
			f.Fatal("ended early")
		}
	}
	f.clock.pass(press.SessionIdle / 2)
	if f.inside("b") {
		f.Error("alive after 30 days")
	}

	// At most so many of one person; others' stay.
	f.password(f.editor)
	f.signIn(f.editor, "other")
	for i := range maxSessions + 2 {
		f.clock.pass(time.Second)
		f.signIn(f.author, fmt.Sprint("many", i))
	}
	list, err := f.Sessions(ctx, f.author.ID)
	f.ok(err)
	seen, err := f.LastSeen(ctx)
	f.ok(err)
	if len(seen) != 2 || !seen[f.author.ID].Equal(f.clock.Now()) {
		f.Errorf("seen %v", seen)
	}
	if len(list) != maxSessions || f.inside("many1") || !f.inside("many2") || !f.inside("other") {
		f.Errorf("%d sessions", len(list))
	}
}

func testSessionEnds(f *fixture) {
	ctx := f.Context()
	f.password(f.author)
	for name, end := range map[string]func(s press.Session) error{
		"ended":    func(s press.Session) error { return f.EndSession(ctx, f.author, s) },
		"all":      func(press.Session) error { _, err := f.EndSessions(ctx, f.editor, f.author.ID, ""); return err },
		"password": func(press.Session) error { return f.SetPassword(ctx, f.author, f.author.ID, "pw", "pw", false, "") },
		"disabled": func(press.Session) error { return f.SetUserDisabled(ctx, f.editor, f.author.Name, true) },
	} {
		s := f.signIn(f.author, name)
		f.ok(end(s))
		if f.inside(name) {
			f.Errorf("%s: still signed in", name)
		}
		f.ok(f.SetUserDisabled(ctx, f.editor, f.author.Name, false))
		if f.inside(name) {
			f.Errorf("%s: signed in again without a password", name)
		}
		f.ok(f.EndSession(ctx, f.author, s))
	}
	kept := f.signIn(f.author, "kept")
	f.signIn(f.author, "gone")
	f.ok(f.SetPassword(ctx, f.author, f.author.ID, "pw", "new", false, kept.ID))
	if !f.inside("kept") || f.inside("gone") {
		f.Error("a change of password ends the other sessions, and not its own")
	}

	// Whoever was checked against a password that has changed since, or has been disabled, does not come in.
	late := func() error {
		_, err := f.StartSession(ctx, press.Session{ID: press.SessionID(f.id()), User: f.author.ID}, hashOf("late"), "pw", press.SignInAttempt{Name: "x"})
		return err
	}
	f.refused(late(), press.Unauthenticated, "signin.wrong")
	f.refused(f.SetPassword(ctx, f.author, f.author.ID, "pw", "other", false, ""), press.Conflict, "password.changed")
	f.ok(f.SetPassword(ctx, f.editor, f.author.ID, "", "pw", true, ""))
	u, hash, err := f.Password(ctx, f.author.Name)
	f.ok(err)
	if hash != "pw" || !u.MustChange || !u.HasPassword {
		f.Errorf("kept %q %+v", hash, u)
	}
	f.ok(f.SetUserDisabled(ctx, f.editor, f.author.Name, true))
	f.refused(late(), press.Unauthenticated, "signin.wrong")
	if _, hash, err := f.Password(ctx, "nobody"); err != nil || hash != "" {
		f.Errorf("nobody has the password %q: %v", hash, err)
	}
	want := []string{"user.password", "session.start", "session.end"}
	if got := f.actions(string(f.author.ID)); !containsAll(got, append(want, "session.end_all", "user.password_reset", "user.disable")) {
		f.Errorf("audited %v", got)
	}
}

func containsAll(got, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(got, w) })
}

func testUserChanges(f *fixture) {
	ctx := f.Context()
	admin := f.person("Admin", press.Administrator)
	name, roles, stages, yes, no := "新 名", []press.Role{press.Reviewer}, []string{"final"}, true, false
	u, err := f.UpdateUser(ctx, admin, f.author.ID, press.UserChange{Name: &name, Roles: &roles, Stages: &stages})
	f.ok(err)
	kept, err := f.User(ctx, f.author.ID)
	f.ok(err)
	f.same(kept, u)
	if kept.Name != name || !kept.Has(press.Reviewer) || kept.Has(press.Contributor) || len(kept.Stages) != 1 {
		f.Errorf("kept %+v", kept)
	}
	_, err = f.UpdateUser(ctx, admin, f.author.ID, press.UserChange{Name: &name, Disabled: &no}) // as it is: nothing to note
	f.ok(err)
	f.same(f.actions(string(f.author.ID)), []string{"user.create", "user.rename", "user.roles", "user.stages"})
	_, err = f.UpdateUser(ctx, admin, f.editor.ID, press.UserChange{Name: &name})
	f.refused(err, press.Conflict, "user.exists")
	_, err = f.UpdateUser(ctx, admin, "nobody", press.UserChange{Name: &name})
	f.refused(err, press.NotFound, "user.missing")
	f.ok(f.SetLanguage(ctx, f.editor, f.editor.ID, press.English))
	if u, err = f.User(ctx, f.editor.ID); err != nil || u.Lang != press.English {
		f.Errorf("reads %q: %v", u.Lang, err)
	}

	// The last administrator stays, and one without a password does not stand in for one who has it.
	last := func(change press.UserChange) {
		f.Helper()
		_, err := f.UpdateUser(ctx, admin, admin.ID, change)
		f.refused(err, press.Conflict, "user.last_admin")
	}
	last(press.UserChange{Disabled: &yes})
	last(press.UserChange{Roles: &roles})
	f.refused(f.SetUserDisabled(ctx, press.System(), admin.Name, true), press.Conflict, "user.last_admin")
	f.password(admin)
	second := f.person("Second", press.Administrator)
	last(press.UserChange{Disabled: &yes})
	f.password(second)
	f.ok(f.SetUserDisabled(ctx, admin, second.Name, true))
	last(press.UserChange{Disabled: &yes})
	f.ok(f.SetUserDisabled(ctx, admin, second.Name, false))
	_, err = f.UpdateUser(ctx, second, admin.ID, press.UserChange{Disabled: &yes})
	f.ok(err)
}

// Two administrators who disable each other at the same moment: one of them stays.
func testLastAdministratorRace(f *fixture) {
	for round := range 5 {
		a, b := f.person(fmt.Sprint("A", round), press.Administrator), f.person(fmt.Sprint("B", round), press.Administrator)
		yes := true
		var wait sync.WaitGroup
		for _, pair := range [][2]press.Actor{{a, b}, {b, a}} {
			wait.Go(func() { _, _ = f.UpdateUser(f.Context(), pair[0], pair[1].ID, press.UserChange{Disabled: &yes}) })
		}
		wait.Wait()
		people, err := f.Users(f.Context())
		f.ok(err)
		active := 0
		for _, u := range people {
			if u.Has(press.Administrator) {
				active++
				f.ok(f.raw("UPDATE users SET roles = '[\"editor\"]' WHERE id = '" + string(u.ID) + "'"))
			}
		}
		if active != 1 {
			f.Fatalf("%d administrators are left", active)
		}
	}
}

func testSetUp(f *fixture) {
	ctx := f.Context()
	needed := func() bool {
		f.Helper()
		n, err := f.NeedsSetup(ctx)
		f.ok(err)
		return n
	}
	f.password(f.editor)
	if !needed() {
		f.Fatal("an editor with a password ends the set-up")
	}
	_, err := f.SetUp(ctx, press.User{ID: "x", Name: f.editor.Name, Roles: []press.Role{press.Administrator}}, "h")
	f.refused(err, press.Conflict, "user.exists")
	before := f.dump()
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for i := range 8 {
		wait.Go(func() {
			_, err := f.SetUp(ctx, press.User{ID: press.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Admin ", i), Roles: []press.Role{press.Administrator}}, "h")
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		f.refused(err, press.Conflict, "setup.done")
	}
	if won != 1 || needed() {
		f.Fatalf("%d set-ups won", won)
	}
	if slices.Equal(f.dump(), before) {
		f.Error("nothing was kept")
	}
	people, err := f.Users(ctx)
	f.ok(err)
	admins := slices.DeleteFunc(people, func(u press.User) bool { return !u.Has(press.Administrator) })
	if len(admins) != 1 || !admins[0].HasPassword || admins[0].MustChange {
		f.Errorf("administrators %s", asJSON(admins))
	}
	f.same(f.actions(string(admins[0].ID)), []string{"user.create", "user.setup"})
}

// An administrator of the command line who has no password yet gets one by the set-up.
func testSetUpOfExisting(f *fixture) {
	admin := f.person("Admin", press.Administrator)
	u, err := f.SetUp(f.Context(), press.User{ID: "x", Name: "Admin", Roles: []press.Role{press.Administrator}}, "h")
	f.ok(err)
	if u.ID != admin.ID {
		f.Errorf("set up %+v", u)
	}
}

func testLockouts(f *fixture) {
	ctx := f.Context()
	try := func(name, address string) error {
		return f.BeginAttempt(ctx, press.SignInAttempt{Name: name, Address: address})
	}
	f.password(f.author)
	for _, name := range []string{f.author.Name, "nobody"} { // a name that nobody has locks alike
		for range 5 {
			f.ok(try(name, ""))
		}
		for i, lock := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			f.clock.pass(lock*time.Minute - time.Microsecond)
			f.refused(try(strings.ToUpper(name)+" ", ""), press.Quota, "signin.locked")
			f.clock.pass(time.Microsecond)
			if err := try(name, ""); err != nil {
				f.Fatalf("%s: after lock %d of %v: %v", name, i, lock, err)
			}
		}
	}
	f.same(f.actions(string(f.author.ID))[2:], slices.Repeat([]string{"user.locked"}, 9))

	// Who is locked is seen; success and administrators lift it; a lock that is over is not on the list.
	f.clock.pass(time.Hour)
	list, err := f.Lockouts(ctx)
	f.ok(err)
	f.same(list, []press.Lockout(nil))
	f.ok(try(f.author.Name, ""))
	list, err = f.Lockouts(ctx)
	f.ok(err)
	if len(list) != 1 || list[0].UserName != f.author.Name || list[0].Until != f.clock.Now().Add(time.Hour) || strings.Contains(list[0].Key, f.author.Name) {
		f.Fatalf("locked: %s", asJSON(list))
	}
	f.ok(f.Unlock(ctx, f.editor, list[0].Key))
	f.ok(f.Unlock(ctx, f.editor, list[0].Key))
	for range 4 {
		f.ok(try(f.author.Name, ""))
	}
	f.signIn(f.author, "in")
	for range 4 {
		f.ok(try(f.author.Name, ""))
	}
	list, err = f.Lockouts(ctx)
	f.ok(err)
	f.same(list, []press.Lockout(nil))
	if got := f.actions(string(f.author.ID)); !slices.Contains(got, "user.unlock") {
		f.Errorf("audited %v", got)
	}
}

func testAddressLock(f *fixture) {
	ctx := f.Context()
	try := func(i int, address string) error {
		return f.BeginAttempt(ctx, press.SignInAttempt{Name: fmt.Sprint("name ", i), Address: address})
	}
	for i := range 30 {
		f.ok(try(i, "192.0.2.1"))
		f.clock.pass(time.Second)
	}
	f.refused(try(30, "192.0.2.1"), press.Quota, "signin.locked")
	f.ok(try(31, "192.0.2.2"))
	list, err := f.Lockouts(ctx)
	f.ok(err)
	if len(list) != 1 || list[0].Address != "192.0.2.1" || list[0].User != "" {
		f.Fatalf("locked: %s", asJSON(list))
	}
	f.clock.pass(15 * time.Minute)
	// Success is no failure of its address, and does not make the others' forgotten.
	f.password(f.author)
	for i := range 29 {
		f.ok(try(i+100, "192.0.2.1"))
	}
	attempt := press.SignInAttempt{Name: f.author.Name, Address: "192.0.2.1"}
	for range 3 {
		f.ok(f.BeginAttempt(ctx, attempt))
		f.ok(f.Succeeded(ctx, attempt))
	}
	f.ok(try(200, "192.0.2.1"))
	f.refused(f.BeginAttempt(ctx, attempt), press.Quota, "signin.locked")

	// What nobody counts any more is swept.
	f.clock.pass(lockoutsKept + time.Second)
	f.ok(try(300, ""))
	var rows int
	f.ok(f.read(ctx, "count", func(t *tx) error { return t.one("SELECT count(*) FROM lockouts").Scan(&rows) }))
	f.same(rows, 1)
}

// Many wrong passwords at once are counted before the first is decided: five get through, whatever the number.
func testLockoutRace(f *fixture) {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		let  int
	)
	for i := range 24 {
		wait.Go(func() {
			err := f.BeginAttempt(f.Context(), press.SignInAttempt{Name: "Zhao Min", Address: fmt.Sprint("192.0.2.", i%3)})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				let++
			} else if press.CodeOf(err) != "signin.locked" {
				f.Error(err)
			}
		})
	}
	wait.Wait()
	f.same(let, 5)
}

func BenchmarkSession(b *testing.B) {
	f := newFixture(b, openTestSQLite)
	f.password(f.author)
	f.signIn(f.author, "s")
	for b.Loop() {
		if !f.inside("s") {
			b.Fatal("not inside")
		}
	}
}
