package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// tables are all that a change may touch.
var tables = []string{
	"users", "tokens", "photos", "renditions", "articles", "revisions", "sign_offs", "editions", "edition_items", "deliveries",
	"attempts", "wechat_media", "wechat_calls", "wechat_events", "site_pages", "audit",
}

// dump is every row of every table.
func (f *fixture) dump() (out []string) {
	f.Helper()
	for _, table := range tables {
		rows, err := f.reader.QueryContext(f.Context(), "SELECT * FROM "+table)
		f.ok(err)
		columns, err := rows.Columns()
		f.ok(err)
		for rows.Next() {
			values := make([]any, len(columns))
			places := make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			f.ok(rows.Scan(places...))
			out = append(out, table+fmt.Sprint(values...))
		}
		f.ok(rows.Err())
		f.ok(rows.Close())
	}
	slices.Sort(out)
	return out
}

// raw runs a statement past the store's methods.
func (f *fixture) raw(statements ...string) error {
	var errs []error
	for _, s := range statements {
		_, err := f.writer.ExecContext(f.Context(), s)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (f *fixture) breakAudit() {
	f.Helper()
	if f.dialect.name() == DriverSQLite {
		f.ok(f.raw(`CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit today'); END`))
		return
	}
	f.ok(f.raw(`CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no audit today'; END $$`,
		`CREATE TRIGGER no_audit BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION no_audit()`))
}

// With a broken log every change that is logged fails, and leaves everything as it was.
func testAuditOrNothing(f *fixture) {
	ctx := f.Context()
	draft, review := f.article(content("draft"), press.ArticleDraft), f.article(content("review"), press.ArticleReview)
	old := f.live("old")
	a := f.approve(f.revise(f.load(old.Article), corrected("new"), press.ArticleReview))
	e, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	second, planned := f.plan(f.clock.Now().Add(time.Hour), f.approved("b"))
	f.ok(f.CreateToken(ctx, f.editor, press.Token{ID: "k1", User: f.author.ID, Hash: "h"}))
	f.password(f.author)
	session := f.signIn(f.author, "s")
	for range 4 {
		f.ok(f.BeginAttempt(ctx, press.SignInAttempt{Name: f.author.Name}))
	}
	editor := []press.Role{press.Editor}
	claimed := f.claim(ds[0], "w")
	newer := old
	newer.Revision++
	f.breakAudit()
	before := f.dump()
	for name, change := range map[string]func() error{
		"CreateUser":      func() error { return f.CreateUser(ctx, f.editor, press.User{ID: "u", Name: "n"}) },
		"SetUserDisabled": func() error { return f.SetUserDisabled(ctx, f.editor, f.author.Name, true) },
		"UpdateUser": func() error {
			_, err := f.UpdateUser(ctx, f.editor, f.author.ID, press.UserChange{Roles: &editor})
			return err
		},
		"SetPassword":  func() error { return f.SetPassword(ctx, f.author, f.author.ID, "", "new", false, "") },
		"SetLanguage":  func() error { return f.SetLanguage(ctx, f.author, f.author.ID, press.English) },
		"BeginAttempt": func() error { return f.BeginAttempt(ctx, press.SignInAttempt{Name: f.author.Name}) },
		"EndSession":   func() error { return f.EndSession(ctx, f.author, session) },
		"EndSessions":  func() error { _, err := f.EndSessions(ctx, f.author, f.author.ID, ""); return err },
		"StartSession": func() error {
			_, err := f.StartSession(ctx, press.Session{ID: "t", User: f.author.ID}, hashOf("t"), "pw", press.SignInAttempt{Name: "x"})
			return err
		},
		"SetUp": func() error {
			_, err := f.SetUp(ctx, press.User{ID: "v", Name: "v", Roles: []press.Role{press.Administrator}}, "h")
			return err
		},
		"CreateToken": func() error { return f.CreateToken(ctx, f.editor, press.Token{ID: "k", User: f.author.ID, Hash: "i"}) },
		"RevokeToken": func() error { return f.RevokeToken(ctx, f.editor, "k1") },
		"CreateArticle": func() error {
			return f.CreateArticle(ctx, f.author, press.Article{ID: "a", State: press.ArticleDraft}, press.Revision{Content: content("x")})
		},
		"AddRevision": func() error {
			_, err := f.AddRevision(ctx, f.author, draft.ID, 1, press.Revision{Content: content("x")}, press.ArticleDraft)
			return err
		},
		"SetArticleState": func() error {
			_, err := f.SetArticleState(ctx, f.author, draft.ID, 1, []press.ArticleState{press.ArticleDraft}, press.ArticleReview, "article.submit", "")
			return err
		},
		"Sign": func() error {
			_, _, err := f.Sign(ctx, f.reviews[0], press.DefaultStages(), review.ID, 1, review.Hash)
			return err
		},
		"CreateEdition": func() error { _, err := f.CreateEdition(ctx, f.editor, second, planned); return err },
		"CancelEdition": func() error { _, _, err := f.CancelEdition(ctx, f.editor, e.ID); return err },
		"RescheduleEdition": func() error {
			at := f.clock.Now().Add(9 * time.Hour)
			_, _, err := f.RescheduleEdition(ctx, f.editor, e.ID, at, func(press.Delivery) press.Change { return press.Reschedule(at, at) })
			return err
		},
		"ChangeDelivery": func() error { _, err := f.ChangeDelivery(ctx, f.editor, ds[1].ID, press.Cancel()); return err },
		"Advance": func() error {
			_, err := f.Advance(ctx, claimed, press.Prepared("M", "", f.clock.Now(), f.clock.Now()), &press.Attempt{Step: press.StepPrepare, Outcome: press.OutcomeOK})
			return err
		},
		"SupersedeSite": func() error { _, err := f.SupersedeSite(ctx, newer); return err },
	} {
		if err := change(); press.KindOf(err) != press.Internal {
			f.Errorf("%s with a broken log: %v", name, err)
		}
		if got := f.dump(); !slices.Equal(got, before) {
			f.Fatalf("%s with a broken log changed something", name)
		}
	}
}

func testPanic(f *fixture) {
	before := f.dump()
	func() {
		defer func() {
			if recover() == nil {
				f.Error("the panic is gone")
			}
		}()
		_ = f.write(f.Context(), "test", func(t *tx) error {
			f.ok(t.audit(f.editor, "a", "b", ""))
			panic("in the middle")
		})
	}()
	f.same(f.dump(), before)
	f.person("the database still works")
}

func testCutOff(f *fixture) {
	before := f.dump()
	ctx, cancel := context.WithCancel(f.Context())
	err := f.write(ctx, "test", func(t *tx) error {
		f.ok(t.audit(f.editor, "a", "b", ""))
		cancel()
		return t.audit(f.editor, "a", "b", "")
	})
	if !errors.Is(err, context.Canceled) || press.KindOf(err) != press.Unavailable {
		f.Errorf("cut off: %v", err)
	}
	f.same(f.dump(), before)
	f.person("the database still works")
}

func testTampering(f *fixture) {
	a := f.approved("as approved")
	trigger := "DROP TRIGGER revisions_are_frozen"
	if f.dialect.name() == DriverPostgres {
		trigger += " ON revisions"
	}
	f.ok(f.raw(trigger, `UPDATE revisions SET content = replace(content, 'The text', 'Another text')`))
	_, err := f.Revision(f.Context(), a.ID, 0)
	f.refused(err, press.Internal, "content.hash")
	_, ds := f.compose(f.clock.Now(), a)
	_, err = f.Advance(f.Context(), f.claim(ds[1], "w"), press.WentLive(nil, f.clock.Now()), nil)
	f.refused(err, press.Internal, "content.hash")
}

// What the schema itself refuses, should a method ever be wrong.
func testInvariants(f *fixture) {
	a := f.approved("a")
	e, ds := f.compose(f.clock.Now(), a)
	f.live("b")
	before := f.dump()
	set := func(what, where string) string {
		return "UPDATE deliveries SET " + what + " WHERE id = '" + where + "'"
	}
	push, page := string(ds[0].ID), string(ds[1].ID)
	for _, s := range []string{
		set("state = 'flying'", push), set("next_at = NULL", push), set("state = 'live', next_at = NULL", push),
		set("state = 'ready'", push), set("state = 'sent'", push), set("state = 'blocked', next_at = NULL", push),
		set("state = 'cancelled'", push), set("claimed_by = 'w'", push), set("fence = -1", push), set("article = '"+string(a.ID)+"'", push),
		set("hash = '"+strings.Repeat("0", 64)+"'", page), set("revision = 2", page), set("state = 'sent', fired_at = 1", page),
		set("hash = NULL", page), set("mode = 'loud'", push),
		"INSERT INTO sign_offs SELECT article, revision, hash, 'fourth', person, person_name, signed_at FROM sign_offs",
		"UPDATE sign_offs SET hash = '" + strings.Repeat("0", 64) + "'", "UPDATE sign_offs SET person = 'nobody'",
		"UPDATE articles SET revision = 2", "UPDATE articles SET state = 'done'", "UPDATE articles SET hash = 'x'",
		"UPDATE edition_items SET position = 8 WHERE edition = '" + string(e.ID) + "'", "UPDATE editions SET mode = 'loud'",
		"DELETE FROM revisions", "DELETE FROM users",
		"INSERT INTO deliveries SELECT * FROM deliveries",
		"UPDATE attempts SET seq = 0", "UPDATE wechat_calls SET used = -1",
	} {
		_ = f.raw(`INSERT INTO attempts VALUES ('`+push+`', 1, 'look', '', 0, 0, 'ok', '', '', '', '')`,
			`INSERT INTO wechat_calls (account, period, call, used) VALUES ('x', 'y', 'z', 1)`)
		if err := f.raw(s); err == nil {
			f.Errorf("the schema takes %s", s)
		}
	}
	f.ok(f.raw("DELETE FROM attempts", "DELETE FROM wechat_calls"))
	f.same(f.dump(), before)
}

func testKept(f *fixture) {
	f.approved("a")
	for _, s := range []string{"UPDATE audit SET actor = ''", "DELETE FROM audit", "UPDATE revisions SET content = '{}'"} {
		if err := f.raw(s); err == nil {
			f.Errorf("%s was allowed", s)
		}
	}
}

// crashEnv makes the test binary a process that dies in the middle of a transaction: "driver address".
const crashEnv = "NEWSDESK_STORE_CRASH"

func crashInTheMiddle() {
	driver, dsn, _ := strings.Cut(os.Getenv(crashEnv), " ")
	ctx := context.Background()
	s, err := Open(ctx, Config{Driver: driver, DSN: dsn})
	if err != nil {
		panic(err)
	}
	_ = s.write(ctx, "crash", func(t *tx) error {
		if err := t.must("UPDATE articles SET state = 'withdrawn'"); err != nil {
			panic(err)
		}
		if err := t.audit(press.System(), "article.withdraw", "x", ""); err != nil {
			panic(err)
		}
		fmt.Println("in the middle")
		select {}
	})
}

func TestCrashSQLite(t *testing.T) {
	t.Parallel()
	c := newClock()
	cfg := sqliteConfig(t, c)
	testCrash(t, cfg, func(t testing.TB, _ *clock) *Store {
		s := openOn(t, cfg)
		if _, _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestCrashPostgres(t *testing.T) {
	t.Parallel()
	cfg := postgresConfig(t, newClock(), testDatabases.postgres(t).template)
	testCrash(t, cfg, func(t testing.TB, _ *clock) *Store { return openOn(t, cfg) })
}

// testCrash kills a process between its first statement and its commit, as often as that matters.
func testCrash(t *testing.T, cfg Config, open opener) {
	f := newFixture(t, open)
	a := f.approved("a")
	before := f.dump()
	for range 2 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), crashEnv+"="+cfg.Driver+" "+cfg.DSN)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		f.ok(err)
		f.ok(child.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		f.ok(err)
		if line != "in the middle\n" {
			t.Fatalf("the process said %q", line)
		}
		f.same(f.dump(), before) // nobody sees what is not committed
		f.ok(child.Process.Kill())
		_ = child.Wait() // killed: that is an error
		f.same(f.dump(), before)
		a = f.revise(a, content("after the crash"), press.ArticleDraft) // and its locks are gone
		before = f.dump()
	}
}
