package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// dumped is every row of a dump, by table, as text that tells the types apart.
type dumped struct {
	schema int64
	at     time.Time
	rows   map[string][]string
	order  []dumpedRow
}

type dumpedRow struct {
	table   string
	columns []string
	values  []any
}

func dump(t testing.TB, s *Store) dumped {
	t.Helper()
	out := dumped{rows: map[string][]string{}}
	err := s.Dump(t.Context(), func(schema int64, at time.Time) error {
		out.schema, out.at = schema, at
		return nil
	}, func(table string, columns []string, row []any) error {
		values := slices.Clone(row)
		out.order = append(out.order, dumpedRow{table, columns, values})
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = fmt.Sprintf("%s=%T %v", columns[i], v, v)
		}
		slices.Sort(cells) // the order of columns is the database's own affair
		out.rows[table] = append(out.rows[table], strings.Join(cells, "\x00"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range out.rows {
		slices.Sort(rows)
	}
	return out
}

func (d dumped) feed(put func(string, []string, []any) error) error {
	for _, r := range d.order {
		if err := put(r.table, r.columns, r.values); err != nil {
			return err
		}
	}
	return nil
}

// emptyOf opens a database without tables.
func emptyOf(t testing.TB, c *clock, driver string) *Store {
	t.Helper()
	if driver == DriverSQLite {
		return openOn(t, sqliteConfig(t, c))
	}
	return openOn(t, postgresConfig(t, c, "template0"))
}

// aDay leaves rows in most tables: signed articles, editions in every state, attempts, uploads, comments, an account.
func aDay(f *fixture) map[string]press.Delivery {
	ctx, now := f.Context(), f.clock.Now()
	digest := press.DigestOf([]byte("photo"))
	f.ok(f.SavePhoto(ctx, press.Photo{
		Digest: digest, Name: "图 1.jpg", Format: "jpeg", Width: 10, Height: 10, Bytes: 99, AddedAt: now,
		Device: "示例", Artist: "示例", Focus: press.Point{X: 0.5, Y: 0.1234}, Removed: press.Traces(),
	}))
	f.ok(f.SaveRendition(ctx, press.Rendition{RenditionKey: press.RenditionKey{Photo: digest, Recipe: press.Thumb, Version: 1}, Digest: press.DigestOf([]byte("r")), ContentType: "image/jpeg", Width: 5, Height: 5, Bytes: 9}))
	f.ok(f.SaveMedia(ctx, Media{Account: account, Kind: "body", Digest: digest, MediaID: "M", URL: "https://mmbiz.qpic.cn/x"}))
	f.ok(f.SaveTarget(ctx, f.boss(), wordpress("wp"), ""))
	f.ok(f.SavePhotoPlace(ctx, press.PhotoPlace{Target: "wp", Digest: digest, Remote: "3"}))
	out := map[string]press.Delivery{}
	for i, name := range []string{"planned", "ready", "sending", "sent", "unknown", "live", "blocked", "due", "later"} {
		a := f.approved(fmt.Sprintf("第 %d 篇 <&>\u2028 “é”", i), "新闻", name)
		_, ds := f.compose(now.Add(time.Duration(i-5)*time.Hour), a)
		d := f.claim(ds[0], "w")
		steps := map[string][]press.Change{
			"ready": {press.Prepared("M1", "mark", now, now)},
			"sent":  {press.Prepared("M1", "mark", now, now), press.Firing(now), press.Accepted(press.PushResult{ID: "12"}, now)},
			"blocked": {press.Blocking(press.Reason{
				Code: "missed", Back: press.Ready, Text: press.Say("late", "晚"), Fix: press.Say("do", "做"), Whose: press.Editor, At: now,
			})},
		}
		steps["sending"] = steps["sent"][:2]
		steps["unknown"] = []press.Change{steps["sent"][0], steps["sent"][1], press.AnswerLost(now)}
		steps["live"] = append(slices.Clone(steps["sent"]), press.WentLive([]string{"https://mp.weixin.qq.com/s/1"}, now))
		steps["later"] = steps["ready"]
		d, err := f.Advance(ctx, d, press.DraftIntended(now), nil)
		f.ok(err)
		d = f.advance(d, steps[name]...)
		f.ok(f.RecordAttempt(ctx, press.Attempt{Delivery: d.ID, Step: press.StepCheck, Worker: "w", Outcome: press.OutcomeOK, Raw: `{"errcode":0}`}))
		f.publish(ds[1])
		f.ok(f.SavePagePlace(ctx, press.PagePlace{Target: "wp", Article: a.ID, Remote: name, Mark: `{"é":1}`}))
		out[name] = f.reload(d)
	}
	return out
}

// TestDumpAndLoad brings every row from each kind of database to each, and back: the same rows to the byte, and a database
// that works.
func TestDumpAndLoad(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	for _, from := range []string{DriverSQLite, DriverPostgres} {
		for _, into := range []string{DriverSQLite, DriverPostgres} {
			t.Run(from+" to "+into, func(t *testing.T) {
				t.Parallel()
				open := openTestSQLite
				if from == DriverPostgres {
					open = openTestPostgres
				}
				f := newFixture(t, open)
				before := aDay(f)
				all := dump(t, f.Store)
				if len(all.rows["audit"]) < 50 || len(all.rows["revisions"]) != 9 || len(all.rows["sessions"])+len(all.rows["article_index"]) > 0 {
					t.Fatalf("dumped %d entries, %d revisions", len(all.rows["audit"]), len(all.rows["revisions"]))
				}
				s := emptyOf(t, f.clock, into)
				restore(t, s, all)
				checkRestored(t, f, s, all, before)
			})
		}
	}
}

func restore(t testing.TB, s *Store, all dumped) {
	t.Helper()
	if loaded, err := s.BeginRestore(t.Context(), all.schema, "b"); err != nil || loaded {
		t.Fatal(loaded, err)
	}
	if err := s.Load(t.Context(), all.feed); err != nil {
		t.Fatal(err)
	}
}

func checkRestored(t *testing.T, f *fixture, s *Store, all dumped, before map[string]press.Delivery) {
	t.Helper()
	ctx := t.Context()
	// Between the two steps nothing serves and nothing moves.
	f.refused(s.CheckSchema(ctx), press.Conflict, "restore.unfinished")
	due, err := s.DueDeliveries(ctx, f.clock.Now().Add(time.Hour), 100)
	if err != nil || len(due) > 0 {
		t.Fatalf("%d deliveries are due in the middle of a restore, %v", len(due), err)
	}
	if loaded, err := s.BeginRestore(ctx, all.schema, "b"); err != nil || !loaded {
		t.Fatalf("a restore that was broken off after its rows: %v, %v", loaded, err)
	}
	_, err = s.BeginRestore(ctx, all.schema, "another")
	f.refused(err, press.Conflict, "restore.other")

	counts, err := s.FinishRestore(ctx, all.at, "detail")
	f.ok(err)
	f.ok(s.CheckSchema(ctx))
	f.same(counts, press.Settled{Looking: 1, Asking: 4, Waiting: 1, GoingOn: 2})
	again := dump(t, s)
	for table, rows := range all.rows {
		switch table {
		case "deliveries", "attempts", "audit", "notices":
			continue // the restore itself settles, and says so
		}
		if !slices.Equal(rows, again.rows[table]) {
			t.Errorf("table %s: %d rows became %d, or others", table, len(rows), len(again.rows[table]))
		}
	}
	if kept := len(all.rows["audit"]); !slices.Equal(again.auditBut("delivery.restored", "backup.restored", "delivery.blocked"), all.auditBut("delivery.blocked")) {
		t.Errorf("the history of %d entries is another one", kept)
	}
	for name, want := range map[string]press.State{
		"planned": press.Blocked, "ready": press.Blocked, "sending": press.Blocked, "sent": press.Sent, "unknown": press.Blocked,
		"live": press.Live, "blocked": press.Blocked, "due": press.Planned, "later": press.Ready,
	} {
		d, err := s.Delivery(ctx, before[name].ID)
		f.ok(err)
		if d.State != want || d.ClaimedBy != "" || !d.ClaimedUntil.IsZero() || d.State.Moving() && d.Fence <= before[name].Fence {
			t.Errorf("%s became %s, claimed by %q, fence %d after %d", name, d.State, d.ClaimedBy, d.Fence, before[name].Fence)
		}
		if asked := d.State == press.Blocked && name != "blocked"; asked && (d.Reason.Code != press.RestoredCode || d.Reason.Text.ZH == "") {
			t.Errorf("%s is blocked for %+v", name, d.Reason)
		}
		if name == "later" && !d.RestoredFrom.Equal(all.at) {
			t.Errorf("%s is not marked: %v", name, d.RestoredFrom)
		}
	}
	// It works: searches find, the audit log counts on, and what may be done can be done.
	if n, err := s.IndexArticles(ctx, func(int) {}); err != nil || n != 9 {
		t.Errorf("%d articles indexed, %v", n, err)
	}
	found, total, err := s.Articles(ctx, ArticleFilter{Query: "第", Limit: 3})
	if err != nil || total != 9 || len(found) != 3 {
		t.Errorf("%d of %d articles found, %v", len(found), total, err)
	}
	f.ok(s.CreateUser(ctx, press.System(), press.User{ID: "u9", Name: "new", CreatedAt: f.clock.Now()}))
	f.refused(s.empty(ctx), press.Conflict, "restore.not_empty")
}

// auditBut are the entries of the log without those of some actions.
func (d dumped) auditBut(actions ...string) (out []string) {
	for _, row := range d.rows["audit"] {
		if !slices.ContainsFunc(actions, func(a string) bool { return strings.Contains(row, "action=string "+a+"\x00") }) {
			out = append(out, row)
		}
	}
	return out
}

// TestLoadRefuses tries rows that do not belong, and a load that is broken off: nothing stays, and the same restore goes on.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	f := newFixture(t, openTestSQLite)
	f.approved("标题", "新闻")
	all := dump(t, f.Store)
	for _, into := range []string{DriverSQLite, DriverPostgres} {
		t.Run(into, func(t *testing.T) {
			t.Parallel()
			s := emptyOf(t, f.clock, into)
			if _, err := s.BeginRestore(t.Context(), 9999, "b"); press.CodeOf(err) != "restore.newer" {
				t.Fatalf("a newer schema: %v", err)
			}
			if _, err := s.BeginRestore(t.Context(), all.schema, "b"); err != nil {
				t.Fatal(err)
			}
			user := []string{"id", "name", "roles", "stages", "disabled", "created_at", "lang", "password", "must_change"}
			for name, tc := range map[string]struct {
				table   string
				columns []string
				row     []any
				code    string
			}{
				"no such table":     {"pg_authid", []string{"rolname"}, []any{"x"}, "restore.row"},
				"not a backup's":    {"sessions", []string{"id"}, []any{"x"}, "restore.row"},
				"the own note":      {restoring, []string{"backup", "loaded", "begun_at"}, []any{"x", true, int64(1)}, "restore.row"},
				"injection":         {"users; DROP TABLE users", nil, nil, "restore.row"},
				"a column less":     {"users", user[:8], []any{"u", "n", "", "", false, int64(1), "", ""}, "restore.row"},
				"a column twice":    {"users", append(slices.Clone(user[:8]), "id"), []any{"u", "n", "", "", false, int64(1), "", "", "u"}, "restore.row"},
				"text for a number": {"users", user, []any{"u", "n", "", "", false, "1", "", "", false}, "restore.row"},
				"NUL":               {"users", user, []any{"u", "n\x00", "", "", false, int64(1), "", "", false}, "restore.row"},
				"a check":           {"users", user, []any{"u", "", "", "", false, int64(1), "", "", false}, "restore.row"},
				"no such person": {
					"tokens",
					[]string{"id", "user_id", "label", "hash", "created_at", "used_at", "revoked_at"},
					[]any{"t", "nobody", "l", "h", int64(1), nil, nil},
					"restore.inconsistent",
				},
			} {
				err := s.Load(t.Context(), func(put func(string, []string, []any) error) error { return put(tc.table, tc.columns, tc.row) })
				if press.CodeOf(err) != tc.code || press.KindOf(err) != press.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
			broken := errors.New("cut")
			err := s.Load(t.Context(), func(put func(string, []string, []any) error) error {
				return errors.Join(all.feed(put), broken)
			})
			if !errors.Is(err, broken) {
				t.Errorf("a feed that breaks off: %v", err)
			}
			if err := s.empty(t.Context()); err != nil {
				t.Errorf("something stayed: %v", err)
			}
			restore(t, s, all) // goes on
			if _, err := s.FinishRestore(t.Context(), all.at, ""); err != nil {
				t.Error(err)
			}
			if _, err := s.BeginRestore(t.Context(), all.schema, "b"); press.CodeOf(err) != "restore.not_empty" {
				t.Errorf("restored over: %v", err)
			}
		})
	}
}

// TestLoadOlderSchema: a backup of an older Newsdesk is put into tables of its own form, which are then migrated.
func TestLoadOlderSchema(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	for _, driver := range []string{DriverSQLite, DriverPostgres} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			old := emptyOf(t, c, driver)
			provider, err := old.provider()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(t.Context(), 3); err != nil {
				t.Fatal(err)
			}
			_, err = old.writer.ExecContext(t.Context(), `INSERT INTO users (id, name, roles, stages, disabled, created_at) VALUES ('u', '老张', '', '', FALSE, 1)`)
			if err != nil {
				t.Fatal(err)
			}
			all := dump(t, old)
			if all.schema != 3 {
				t.Fatalf("schema %d", all.schema)
			}
			s := emptyOf(t, c, driver)
			restore(t, s, all)
			if _, err := s.FinishRestore(t.Context(), all.at, ""); err != nil {
				t.Fatal(err)
			}
			u, err := s.UserByName(t.Context(), "老张")
			if err != nil || u.ID != "u" || s.CheckSchema(t.Context()) != nil {
				t.Errorf("%+v, %v", u, err)
			}
		})
	}
}

// TestDumpIsOneMoment writes while rows are given away: what is written later is in none of the tables.
func TestDumpIsOneMoment(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	for name, open := range map[string]opener{"sqlite": openTestSQLite, "postgres": openTestPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, open)
			f.approved("早", "新闻")
			rows := map[string]int{}
			err := f.Dump(context.WithoutCancel(t.Context()), func(int64, time.Time) error { return nil }, func(table string, _ []string, _ []any) error {
				if len(rows) == 0 {
					f.approved("晚", "新闻")
				}
				rows[table]++
				return nil
			})
			f.ok(err)
			if rows["articles"] != 1 || rows["revisions"] != 1 || rows["sign_offs"] != 3 {
				t.Errorf("rows of two moments: %v", rows)
			}
		})
	}
}

// TestDumpedTables: a dump has every table of the database, but for those that are named as derived.
func TestDumpedTables(t *testing.T) {
	t.Parallel()
	s := openTestSQLite(t, newClock())
	provider, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := s.tables(newest(provider))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.reader.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'article_words%' AND name <> $1`, versionTable)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		there = append(there, name)
	}
	slices.Sort(tables)
	slices.Sort(there)
	if err := rows.Err(); err != nil || !slices.Equal(tables, there) {
		t.Errorf("migrations make %v, the database has %v, %v", tables, there, err)
	}
}
