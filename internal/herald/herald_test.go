package herald_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/herald"
	"newsdesk/internal/notice"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/storetest"
	"newsdesk/internal/store"
)

// desk is a database with people in it, and ways to make something happen that people are told of.
type desk struct {
	testing.TB
	*store.Store
	boss, editor press.Actor
	driver, dsn  string
}

func furnish(t *testing.T, driver, dsn string) *desk {
	t.Helper()
	d := &desk{TB: t, driver: driver, dsn: dsn}
	d.Store = d.another()
	_, _, err := d.Migrate(t.Context())
	d.ok(err)
	for name, role := range map[string]press.Role{"boss": press.Administrator, "editor": press.Editor} {
		u := press.User{ID: press.UserID(press.NewID(time.Now())), Name: name, Roles: []press.Role{role}, CreatedAt: time.Now()}
		d.ok(d.CreateUser(t.Context(), press.System(), u))
		if role == press.Editor {
			d.editor = press.Actor{User: u}
		} else {
			d.boss = press.Actor{User: u}
		}
	}
	return d
}

// another opens the same database once more, as another process does.
func (d *desk) another() *store.Store {
	d.Helper()
	s, err := store.Open(d.Context(), store.Config{Driver: d.driver, DSN: d.dsn})
	d.ok(err)
	d.Cleanup(func() { _ = s.Close() })
	return s
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatalf("unexpected error: %v", err)
	}
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(*desk)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(furnish(t, store.DriverSQLite, filepath.Join(storetest.Folder(t), "newsdesk.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		p, err := servicetest.StartPostgres(t.Context(), true)
		if errors.Is(err, servicetest.ErrNoPostgres) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		test(furnish(t, store.DriverPostgres, p.URL))
	})
}

func (d *desk) channel(road press.NoticeRoad, address string) press.NoticeChannelID {
	d.Helper()
	id := press.NoticeChannelID(press.NewID(time.Now()))
	d.ok(d.SaveNoticeChannel(d.Context(), d.boss, press.SealedNoticeChannel{
		NoticeChannel: press.NoticeChannel{ID: id, Name: string(id), Road: road, Lang: press.Chinese, Kinds: press.NoticeKinds()},
		Address:       address, Secret: "a-key-to-sign-with",
	}, ""))
	return id
}

// block makes a push that stops and waits for a person.
func (d *desk) block(title string) press.Delivery {
	d.Helper()
	ctx, now := d.Context(), time.Now()
	a := press.Article{ID: press.ArticleID(press.NewID(now)), State: press.ArticleReview, Author: d.editor.ID}
	content := press.Content{Title: title, Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: title}}}}}}.Normalize()
	d.ok(d.CreateArticle(ctx, d.editor, a, press.Revision{Content: content, Author: d.editor.ID}))
	signer := press.User{ID: press.UserID(press.NewID(now)), Name: press.NewID(now), Roles: []press.Role{press.Reviewer}, CreatedAt: now}
	d.ok(d.CreateUser(ctx, press.System(), signer))
	a, _, err := d.Sign(ctx, press.Actor{User: signer}, press.DefaultStages()[:1], a.ID, 1, content.Hash())
	d.ok(err)
	e := press.Edition{
		ID: press.EditionID(press.NewID(now)), Account: "campus", Mode: press.ModeMass, At: now.Add(time.Hour), SitePolicy: press.SiteOptional, MaxLateness: time.Hour,
		Items: []press.EditionItem{{Article: a.ID, Revision: 1, Hash: a.Hash, Title: title}},
	}
	list, err := d.CreateEdition(ctx, d.editor, e, []press.Delivery{{
		ID: press.DeliveryID(press.NewID(now)), Kind: press.TargetWeChat, Target: "campus", Edition: e.ID, Mode: e.Mode, State: press.Planned,
		DueAt: e.At, NextAt: now, SitePolicy: e.SitePolicy, MaxLateness: e.MaxLateness,
	}})
	d.ok(err)
	p, err := d.ClaimDelivery(ctx, list[0].ID, "w", now.Add(time.Minute))
	d.ok(err)
	p, err = d.Advance(ctx, p, press.Blocking(press.Reason{
		Code: "draft.edited", Text: press.Say("The draft was edited.", "草稿被改动过。"), Fix: press.Say("Release it.", "请放行。"), Back: press.Planned, At: now,
	}), nil)
	d.ok(err)
	return p
}

// herald begins to send for a store.
func (d *desk) herald(s herald.Store, change func(*herald.Config)) *herald.Herald {
	d.Helper()
	c := herald.Config{
		Store: s, Sender: notice.New(notice.Config{Private: true, Timeout: 5 * time.Second}), Zone: time.FixedZone("office", 8*3600),
		Unseal: func(_, sealed string) (string, error) { return sealed, nil }, Public: "https://news.example.edu.cn",
		Office: press.Say("Example", "示例"), Every: 20 * time.Millisecond, Pace: time.Millisecond, First: 20 * time.Millisecond,
		Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	h := herald.New(c)
	d.Cleanup(h.Close)
	h.Start()
	return h
}

// settled waits until nothing waits any more.
func (d *desk) settled() []press.SealedNoticeChannel {
	d.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		list, err := d.NoticeChannels(d.Context())
		d.ok(err)
		if !slices.ContainsFunc(list, func(c press.SealedNoticeChannel) bool { return c.Waiting > 0 }) {
			return list
		}
		if time.Now().After(end) {
			d.Fatalf("still waiting: %+v", list)
		}
	}
}

// ears is a program that takes webhooks, and what it heard.
type ears struct {
	*httptest.Server
	mu     sync.Mutex
	ids    []string // of messages
	causes []string
	titles []string
}

func listen(t testing.TB, answer func(n int, w http.ResponseWriter)) *ears {
	t.Helper()
	e := &ears{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			ID, Title string
			Notices   []struct{ ID string }
		}
		data, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(data, &m)
		}
		if err != nil {
			t.Errorf("%v: %s", err, data)
		}
		e.mu.Lock()
		e.ids, e.titles = append(e.ids, m.ID), append(e.titles, m.Title)
		for _, n := range m.Notices {
			e.causes = append(e.causes, n.ID)
		}
		n := len(e.ids)
		e.mu.Unlock()
		answer(n, w)
	}))
	t.Cleanup(e.Close)
	return e
}

func yes(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

// TestToldOnce: with two heralds, each with connections of its own, every cause reaches each channel once.
func TestToldOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		one, two := listen(d, yes), listen(d, yes)
		d.channel(press.RoadWebhook, one.URL+"/hook")
		d.channel(press.RoadWebhook, two.URL+"/hook")
		d.herald(d.another(), nil)
		d.herald(d.another(), nil)
		const causes = 12
		for i := range causes {
			d.block(fmt.Sprint("示例稿件 ", i))
		}
		d.settled()
		for _, e := range []*ears{one, two} {
			e.mu.Lock()
			heard := slices.Sorted(slices.Values(e.causes))
			if len(slices.Compact(slices.Clone(heard))) != causes || len(heard) != causes {
				d.Errorf("%d causes were told as %q", causes, heard)
			}
			e.mu.Unlock()
		}
	})
}

// dying is a store whose process dies between the sending and its note, the first time.
type dying struct {
	*store.Store
	died chan struct{}
	once sync.Once
}

func (s *dying) NoticesArrived(ctx context.Context, b press.NoticeBatch, next time.Time) (err error) {
	s.once.Do(func() {
		close(s.died)
		err = press.Fail(press.Conflict, "test.died", press.Say("dead", "已死"))
	})
	if err != nil {
		return err
	}
	return s.Store.NoticesArrived(ctx, b, next)
}

// TestSameNameAfterADeath: a message whose note was lost goes out again under its own identifier, with nothing added.
func TestSameNameAfterADeath(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		e := listen(d, yes)
		d.channel(press.RoadWebhook, e.URL+"/hook")
		d.block("第一篇")
		s := &dying{Store: d.another(), died: make(chan struct{})}
		first := d.herald(s, func(c *herald.Config) { c.Claim = time.Second })
		<-s.died
		first.Close()
		d.block("此后一篇")
		d.herald(d.another(), nil)
		d.settled()
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.ids) != 3 || e.ids[0] != e.ids[1] || e.ids[2] == e.ids[0] || e.causes[0] != e.causes[1] {
			d.Errorf("heard messages %q with causes %q", e.ids, e.causes)
		}
	})
}

// TestTriedAgain: a lost answer brings the same message again; a clear refusal a new one, merged with what has come since.
func TestTriedAgain(t *testing.T) {
	t.Parallel()
	d := furnish(t, store.DriverSQLite, filepath.Join(storetest.Folder(t), "newsdesk.db"))
	more := make(chan struct{})
	e := listen(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusBadGateway) // perhaps it was taken
		case 2:
			<-more
			w.WriteHeader(http.StatusTeapot) // clearly not
		}
	})
	d.channel(press.RoadWebhook, e.URL+"/hook")
	d.block("第一篇")
	d.herald(d.another(), nil)
	for range 2 {
		d.block("此后一篇")
	}
	close(more)
	list := d.settled()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.ids) != 3 || e.ids[0] != e.ids[1] || e.ids[2] == e.ids[1] || !list[0].FailingSince.IsZero() || list[0].SentAt.IsZero() {
		t.Fatalf("heard %q; the channel is %+v", e.ids, list[0])
	}
	if e.titles[2] != "3 条通知（3 项受阻），第一条：推送受阻，须人工处理：《第一篇》" {
		t.Errorf("the merged message is called %q", e.titles[2])
	}
}

// TestWords: a notice says what happened to what, where, when by the office's clock, why, what to do and where to look, in
// the channel's language; and holds no word of the article.
func TestWords(t *testing.T) {
	t.Parallel()
	d := furnish(t, store.DriverSQLite, filepath.Join(storetest.Folder(t), "newsdesk.db"))
	bodies := make(chan string, 4)
	robot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		var m struct{ Text struct{ Content string } }
		if err := json.Unmarshal(data, &m); err != nil {
			t.Error(err)
		}
		bodies <- m.Text.Content
		fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(robot.Close)
	d.channel(press.RoadWeCom, robot.URL+"/send?key=secret-key")
	p := d.block("示例大学举行运动会")
	d.herald(d.another(), func(c *herald.Config) {
		c.Sender = notice.New(notice.Config{Private: true, Robots: []string{robot.URL}})
	})
	text := <-bodies
	want := fmt.Sprintf(`[Newsdesk · 示例] 推送受阻，须人工处理：《示例大学举行运动会》

公众号：campus
原因：草稿被改动过。
时间：%s
计划时间：%s
下一步：请放行。
https://news.example.edu.cn/deliveries/%s`,
		p.UpdatedAt.In(time.FixedZone("office", 8*3600)).Format("2006-01-02 15:04"), p.DueAt.In(time.FixedZone("office", 8*3600)).Format("2006-01-02 15:04"), p.ID)
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
