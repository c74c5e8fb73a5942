package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// fixture is a database with some people in it, and short ways of getting to where a test begins.
type fixture struct {
	testing.TB
	*Store
	clock   *clock
	author  press.Actor
	editor  press.Actor
	reviews []press.Actor
	ids     int
}

func newFixture(t testing.TB, open opener) *fixture {
	t.Helper()
	c := newClock()
	f := &fixture{TB: t, Store: open(t, c), clock: c}
	f.author = f.person("Zhao Min", press.Contributor)
	f.editor = f.person("李编辑", press.Editor)
	for _, name := range []string{"Qian", "Sun", "Wu"} {
		f.reviews = append(f.reviews, f.person(name, press.Reviewer))
	}
	return f
}

// id makes identifiers that are the same in every run.
func (f *fixture) id() string {
	f.ids++
	return fmt.Sprintf("0000000000000000000000%04d", f.ids)
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("unexpected error: %v", err)
	}
}

func (f *fixture) refused(err error, kind press.Kind, code string) {
	f.Helper()
	if err == nil || press.KindOf(err) != kind || press.CodeOf(err) != code {
		f.Fatalf("got error %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), kind, code)
	}
	var refusal *press.Error
	if errors.As(err, &refusal) && (refusal.Text.EN == "" || refusal.Text.ZH == "") {
		f.Fatalf("the refusal says nothing in one of its languages: %+v", refusal.Text)
	}
}

func (f *fixture) person(name string, roles ...press.Role) press.Actor {
	f.Helper()
	u := press.User{ID: press.UserID(f.id()), Name: name, Roles: roles, CreatedAt: f.clock.Now()}
	f.ok(f.CreateUser(f.Context(), press.System(), u))
	return press.Actor{User: u}
}

func content(title string, column ...string) press.Content {
	c := press.Content{
		Title: title, Column: column,
		Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "The text of “" + title + "” <&>."}}}}},
	}
	return c.Normalize()
}

func (f *fixture) article(c press.Content, state press.ArticleState) press.Article {
	f.Helper()
	id := press.ArticleID(f.id())
	f.ok(f.CreateArticle(f.Context(), f.author, press.Article{ID: id, State: state, Author: f.author.ID},
		press.Revision{Content: c, Author: f.author.ID}))
	return f.load(id)
}

func (f *fixture) load(id press.ArticleID) press.Article {
	f.Helper()
	a, err := f.Store.Article(f.Context(), id)
	f.ok(err)
	return a
}

func (f *fixture) revise(a press.Article, c press.Content, state press.ArticleState) press.Article {
	f.Helper()
	a, err := f.AddRevision(f.Context(), f.author, a.ID, a.Revision, press.Revision{Content: c, Author: f.author.ID}, state)
	f.ok(err)
	return a
}

func (f *fixture) approve(a press.Article) press.Article {
	f.Helper()
	for _, who := range f.reviews {
		var err error
		a, _, err = f.Sign(f.Context(), who, press.DefaultStages(), a.ID, a.Revision, a.Hash)
		f.ok(err)
	}
	if a.State != press.ArticleApproved {
		f.Fatalf("after three signatures the article is %s", a.State)
	}
	return a
}

func (f *fixture) approved(title string, column ...string) press.Article {
	f.Helper()
	return f.approve(f.article(content(title, column...), press.ArticleReview))
}

func item(a press.Article) press.EditionItem {
	return press.EditionItem{Article: a.ID, Revision: a.Revision, Hash: a.Hash, Title: a.Title}
}

const (
	account = "main"
	website = "www"
)

// plan makes an edition of some articles at a time, with what it needs delivered: the push, then the pages.
func (f *fixture) plan(at time.Time, articles ...press.Article) (press.Edition, []press.Delivery) {
	e := press.Edition{
		ID: press.EditionID(f.id()), Account: account, Mode: press.ModeMass, At: at,
		SitePolicy: press.SiteRequired, MaxLateness: press.DefaultMaxLateness,
	}
	planned := []press.Delivery{{
		ID: press.DeliveryID(f.id()), Kind: press.TargetWeChat, Target: account, Edition: e.ID, Mode: e.Mode, State: press.Planned,
		DueAt: at, NextAt: f.clock.Now(), SitePolicy: e.SitePolicy, MaxLateness: e.MaxLateness,
	}}
	for _, a := range articles {
		e.Items = append(e.Items, item(a))
		planned = append(planned, press.Delivery{
			ID: press.DeliveryID(f.id()), Kind: press.TargetSite, Target: website, Article: a.ID, Revision: a.Revision,
			Hash: a.Hash, State: press.Planned, DueAt: at.Add(-10 * time.Minute), NextAt: at.Add(-10 * time.Minute),
		})
	}
	return e, planned
}

func (f *fixture) compose(at time.Time, articles ...press.Article) (press.Edition, []press.Delivery) {
	f.Helper()
	e, planned := f.plan(at, articles...)
	stored, err := f.CreateEdition(f.Context(), f.editor, e, planned)
	f.ok(err)
	e, err = f.Store.Edition(f.Context(), e.ID)
	f.ok(err)
	return e, stored
}

func (f *fixture) claim(d press.Delivery, worker string) press.Delivery {
	f.Helper()
	d, err := f.ClaimDelivery(f.Context(), d.ID, worker, f.clock.Now().Add(time.Minute))
	f.ok(err)
	return d
}

func (f *fixture) advance(d press.Delivery, changes ...press.Change) press.Delivery {
	f.Helper()
	for _, change := range changes {
		var err error
		d, err = f.Advance(f.Context(), d, change, nil)
		f.ok(err)
	}
	return d
}

// publish brings a page live.
func (f *fixture) publish(d press.Delivery) press.Delivery {
	f.Helper()
	return f.advance(f.claim(d, "w"), press.WentLive([]string{"https://example.org/" + string(d.Article)}, f.clock.Now()))
}

func (f *fixture) reload(d press.Delivery) press.Delivery {
	f.Helper()
	d, err := f.Store.Delivery(f.Context(), d.ID)
	f.ok(err)
	return d
}

// actions are the audit entries about a thing, the oldest first.
func (f *fixture) actions(subject string) []string {
	f.Helper()
	entries, err := f.Audit(f.Context(), AuditFilter{Subject: subject, Limit: maxLimit})
	f.ok(err)
	var out []string
	for i := len(entries) - 1; i >= 0; i-- {
		out = append(out, entries[i].Action)
	}
	return out
}

func (f *fixture) same(got, want any) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Fatalf("got  %s\nwant %s", asJSON(got), asJSON(want))
	}
}

func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(data)
}
