package web_test

import (
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
)

var archiveSize = flag.Int("articles", 100_000, "how many articles BenchmarkPages makes")

// archive is an old office: many articles, most of them approved and published long ago, and some in hand.
type archive struct {
	testing.TB
	*app.App
	office  *app.Office
	db      *sql.DB // a second connection, behind the store's back
	r       *rand.Rand
	people  []press.Actor
	columns []press.Column
	photos  []press.Digest
	words   []string
	own     map[press.ArticleState]press.ArticleID // the writer's last one in each state
	batch   []piece                                // approved, for the next edition
}

// piece is what an edition and a page take of an article.
type piece struct {
	id, hash, title, column, cover string
	at                             time.Time
	own                            bool // the writer's
}

// uncommon is in one article of a thousand, everywhere in each.
const (
	uncommon   = "鹳鸟"
	everywhere = "学校"
	eachLasts  = 75 * time.Minute // from one article to the next
)

// characters are common ones, in no order that says anything.
const characters = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"

func newArchive(b *testing.B) *archive {
	b.Helper()
	a, office := furnished(b, press.Chinese)
	n := &archive{TB: b, App: a, office: office, r: rand.New(rand.NewPCG(1, 2)), own: map[press.ArticleState]press.ArticleID{}}
	db, err := sql.Open("sqlite", "file:"+a.Config.SQL.DSN.Reveal()+"?_pragma=busy_timeout(15000)&_pragma=synchronous(OFF)&_pragma=foreign_keys(1)&_txlock=immediate")
	n.ok(err)
	b.Cleanup(func() { n.ok(db.Close()) })
	n.db = db
	n.people = []press.Actor{office.Person("writer")}
	for i := range 39 {
		u, err := a.Desk.AddUser(b.Context(), office.Person("admin"), fmt.Sprintf("示例投稿人 %02d", i), []press.Role{press.Contributor}, nil)
		n.ok(err)
		n.people = append(n.people, press.Actor{User: u})
	}
	for i := range 20 {
		n.ok(a.Desk.AddColumn(b.Context(), office.Person("admin"), press.Column{"新闻资讯", fmt.Sprintf("示例栏目 %02d", i)}))
	}
	n.columns, err = a.Desk.ColumnChoices(b.Context())
	n.ok(err)
	rows, err := n.db.QueryContext(b.Context(), "SELECT digest FROM photos")
	n.ok(err)
	for rows.Next() {
		var digest press.Digest
		n.ok(rows.Scan(&digest))
		n.photos = append(n.photos, digest)
	}
	n.ok(rows.Err())
	common := []rune(characters)
	for range 4000 {
		n.words = append(n.words, string(common[int(float64(len(common))*n.r.Float64()*n.r.Float64())])+string(common[n.r.IntN(len(common))]))
	}
	return n
}

func (n *archive) ok(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

func (n *archive) text(words int) string {
	var out strings.Builder
	for i := range words {
		out.WriteString(n.words[int(float64(len(n.words))*n.r.Float64()*n.r.Float64()*n.r.Float64())])
		if i%9 == 8 {
			out.WriteString("，")
		}
	}
	return out.String()
}

// content is 550 characters or so, with two photos.
func (n *archive) content(i int, by press.Actor) press.Content {
	cover := n.photos[n.r.IntN(len(n.photos))]
	c := press.Content{
		Title: n.text(9), Digest: n.text(20), Column: n.columns[n.r.IntN(len(n.columns))],
		Credits: press.Credits{Text: by.Name, Photos: "示例学生记者团"}, Cover: press.Cover{Photo: cover},
	}
	for k := range 6 {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: n.text(40)}}})
		if k < 2 {
			c.Body.Blocks = append(c.Body.Blocks, press.Picture{Photo: n.photos[(i+k)%len(n.photos)], Caption: n.text(5)})
		}
	}
	last := everywhere
	if i%1000 == 17 {
		last += "，" + uncommon
	}
	c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: last}}})
	return c.Normalize()
}

// state: nearly everything is approved; what people have in hand is little.
func (n *archive) state() press.ArticleState {
	switch x := n.r.IntN(1000); {
	case x < 3:
		return press.ArticleDraft
	case x < 5:
		return press.ArticleReturned
	case x < 8:
		return press.ArticleReview
	case x < 30:
		return press.ArticleWithdrawn
	}
	return press.ArticleApproved
}

// inHand are states in which somebody has something to do.
func inHand() []press.ArticleState {
	return []press.ArticleState{press.ArticleDraft, press.ArticleReturned, press.ArticleReview}
}

// fill writes the rows as the store does, many in one transaction, and lets the store derive its words of them.
func (n *archive) fill(size int) {
	n.Helper()
	start := time.Now().Add(-eachLasts * time.Duration(size))
	for from := 0; from < size; from += 2000 {
		tx, err := n.db.BeginTx(n.Context(), nil)
		n.ok(err)
		put := func(table, columns string, values ...any) {
			n.Helper()
			marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
			_, err := tx.ExecContext(n.Context(), "INSERT INTO "+table+" ("+columns+") VALUES ("+marks+")", values...)
			n.ok(err)
		}
		for i := from; i < min(from+2000, size); i++ {
			n.add(put, i, start.Add(eachLasts*time.Duration(i)))
		}
		n.ok(tx.Commit())
	}
	_, err := n.Store.IndexArticles(n.Context(), nil)
	n.ok(err)
	_, err = n.db.ExecContext(n.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	n.ok(err)
}

// putter writes one row.
type putter func(table, columns string, values ...any)

func (n *archive) log(put putter, at time.Time, by press.Actor, action, subject, detail string) {
	put("audit", "at, actor, actor_name, action, subject, detail", at.UnixMicro(), string(by.ID), by.Name, action, subject, detail)
}

func (n *archive) add(put putter, i int, at time.Time) {
	who, state, id := n.people[n.r.IntN(len(n.people))], n.state(), press.NewID(at)
	if kinds := inHand(); *archiveSize-i <= len(kinds) { // the latest are the writer's, one in each state
		who, state = n.people[0], kinds[*archiveSize-i-1]
	}
	own := who.ID == n.people[0].ID
	if own && state != press.ArticleApproved {
		n.own[state] = press.ArticleID(id)
	}
	c := n.content(i, who)
	hash, micros := c.Hash(), at.UnixMicro()
	column := strings.Join(c.Column, "\x1f") + "\x1f"
	body, err := press.EncodeJSON(c)
	n.ok(err)
	put("articles", "id, state, revision, hash, title, title_fold, column_key, author, created_at, updated_at",
		id, string(state), 1, string(hash), c.Title, c.Title, column, string(who.ID), micros, micros)
	put("revisions", "article, number, hash, content, author, unplaced, notes, created_at",
		id, 1, string(hash), string(body), string(who.ID), "", "", micros)
	put("article_index", "article, version, reviser, cover", id, 0, "", "")
	n.log(put, at, who, "article.create", id, c.Title)
	signed := 0
	switch state {
	case press.ArticleApproved:
		signed = 3
	case press.ArticleReview:
		signed = n.r.IntN(3)
	case press.ArticleReturned:
		n.log(put, at.Add(time.Hour), n.office.Person("first"), "article.return", id, n.text(9))
	case press.ArticleWithdrawn:
		n.log(put, at.Add(time.Hour), who, "article.withdraw", id, n.text(6))
	}
	for k, key := range []string{"first", "second", "third"}[:signed] {
		by, when := n.office.Person(key), at.Add(time.Duration(k+1)*10*time.Minute)
		put("sign_offs", "article, revision, hash, stage, person, person_name, signed_at",
			id, 1, string(hash), press.DefaultStages()[k].Key, string(by.ID), by.Name, when.UnixMicro())
		n.log(put, when, by, "article.sign", id, "r1 "+press.DefaultStages()[k].Key)
	}
	if n.r.IntN(20) == 0 {
		put("comments", "id, article, revision, place, quote, photo, text, author, created_at",
			press.NewID(at), id, 1, "body.blocks[0]", "", "", n.text(8), string(n.office.Person("second").ID), micros)
	}
	if state == press.ArticleApproved {
		n.publish(put, piece{id, string(hash), c.Title, column, string(c.Cover.Photo), at, own})
	}
}

const deliveryColumns = "id, kind, target, edition, mode, article, revision, hash, state, reason, due_at, site_policy, max_lateness, late_allowed, " +
	"media_id, draft_mark, prepared_at, fired_at, tries, push_id, push_data_id, urls, live_at, failures, looks, fence, created_at, updated_at"

// publish gives every four articles an edition, whose push and pages went live.
func (n *archive) publish(put putter, p piece) {
	if n.batch = append(n.batch, p); len(n.batch) < 4 {
		return
	}
	account, edition, push := n.Config.Accounts[0].Name, press.NewID(p.at), press.NewID(p.at)
	live := p.at.Add(time.Hour)
	at := live.UnixMicro()
	put("editions", "id, account, mode, at, site_policy, max_lateness, theme, cancelled, created_by, created_at",
		edition, account, "mass", at, "required", int64(time.Hour), "", false, string(n.office.Person("editor").ID), at)
	n.log(put, p.at, n.office.Person("editor"), "edition.create", edition, account)
	for k, it := range n.batch {
		put("edition_items", "edition, article, revision, hash, title, position", edition, it.id, 1, it.hash, it.title, k)
		n.page(put, it, edition, live)
	}
	state, reason, when := "live", any(nil), any(at)
	if n.r.IntN(1000) == 0 {
		state, reason, when = "blocked", `{"code":"missed","text":{"en":"It is too late for this push.","zh":"推送时间已过。"},"back":"ready"}`, nil
	}
	put("deliveries", deliveryColumns, push, "wechat", account, edition, "mass", nil, nil, nil, state, reason, at, "required",
		int64(time.Hour), false, "media", "", at, at, 1, "push", "", "", when, 0, 1, 3, at, at)
	for k, step := range []string{"prepare", "fire", "look"} {
		put("attempts", attemptColumns, push, k+1, step, "w", at, at, "ok", "", "", "", "{}")
	}
	n.log(put, live, press.System(), "delivery.live", push, "")
	n.batch = nil
}

const attemptColumns = "delivery, seq, step, worker, started_at, ended_at, outcome, code, text_en, text_zh, raw"

func (n *archive) page(put putter, p piece, edition string, live time.Time) {
	id, at := press.NewID(p.at), live.UnixMicro()
	put("deliveries", deliveryColumns, id, "site", app.SiteTarget, edition, nil, p.id, 1, p.hash, "live", nil, at, "", 0, false,
		"", "", at, nil, 1, "", "", `["https://www.example.edu/`+p.id+`"]`, at, 0, 0, 1, at, at)
	put("attempts", attemptColumns, id, 1, "write", "w", at, at, "ok", "", "", "", "")
	put("site_pages", "target, revision, article, title, summary, column_key, cover, published_at, updated_at",
		app.SiteTarget, 1, p.id, p.title, p.title, p.column, p.cover, at, at)
	n.log(put, live, press.System(), "delivery.live", id, "")
	if p.own {
		n.own[press.ArticleApproved] = press.ArticleID(p.id)
	}
}

// BenchmarkPages is how long the newsroom's pages take over HTTP with 100,000 articles: their middle and their 95th
// percentile in milliseconds. The targets are 50 for a page and 100 for a search.
func BenchmarkPages(b *testing.B) {
	n := newArchive(b)
	began := time.Now()
	n.fill(*archiveSize)
	b.Logf("%d articles in %s", *archiveSize, time.Since(began).Round(time.Second))
	cookies := map[string]string{}
	for _, key := range []string{"writer", "first", "editor", "admin"} {
		secret, _, err := n.Desk.SignIn(b.Context(), n.office.Person(key).Name, app.SamplePassword, "test", "127.0.0.1")
		n.ok(err)
		cookies[key] = secret
	}
	of := func(state press.ArticleState, below string) string {
		return "/articles/" + string(n.own[state]) + below
	}
	list := func(name, value string) string { return "/articles?" + url.Values{name: {value}}.Encode() }
	for _, p := range []struct{ name, who, path string }{
		{"today/contributor", "writer", "/"},
		{"today/reviewer", "first", "/"},
		{"today/editor", "editor", "/"},
		{"articles/first", "editor", "/articles"},
		{"articles/deep", "editor", "/articles?page=1500"},
		{"articles/contributor", "writer", "/articles"},
		{"articles/state rare", "editor", list("state", "review")},
		{"articles/state common", "editor", list("state", "approved")},
		{"articles/column", "editor", list("column", "新闻资讯 > 示例栏目 07")},
		{"articles/column broad", "editor", list("column", "新闻资讯")},
		{"articles/author", "editor", list("author", string(n.people[7].ID))},
		{"search/common", "editor", list("q", everywhere)},
		{"search/common, deep", "editor", list("q", everywhere) + "&page=1500"},
		{"search/common, contributor", "writer", list("q", everywhere)},
		{"search/rare", "editor", list("q", uncommon)},
		{"search/nothing", "editor", list("q", "鹳的")},
		{"article", "editor", of(press.ArticleApproved, "")},
		{"article/contributor", "writer", of(press.ArticleApproved, "")},
		{"review", "first", of(press.ArticleReview, "/review")},
		{"sheet", "editor", of(press.ArticleApproved, "/sheet")},
		{"editor", "writer", of(press.ArticleDraft, "/edit")},
		{"history", "editor", "/history"},
		{"history/contributor", "writer", "/history"},
		{"history/person", "editor", "/history?person=" + string(n.people[7].ID)},
		{"history/group", "editor", "/history?group=user"},
		{"history/article", "editor", of(press.ArticleApproved, "/history")},
		{"calendar/month", "editor", "/editions/calendar"},
		{"calendar/month, contributor", "writer", "/editions/calendar"},
		{"calendar/week", "editor", "/editions/calendar?view=week"},
		{"editions", "editor", "/editions"},
		{"editions/contributor", "writer", "/editions"},
		{"editions/new", "editor", "/editions/new"},
		{"settings/columns", "admin", "/settings/columns"},
		{"people", "admin", "/people"},
	} {
		b.Run(p.name, func(b *testing.B) { measure(b, n.Config.PublicURL+p.path, cookies[p.who]) })
	}
}

// measure asks for a page for as long as the benchmark wants, a hundred times at least.
func measure(b *testing.B, address, cookie string) {
	b.Helper()
	var took []time.Duration
	ask := func() {
		from := time.Now()
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: "newsdesk-session", Value: cookie})
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path == "/sign-in" {
			b.Fatalf("%s: %s at %s, %v\n%.2000s", address, res.Status, res.Request.URL, err, body)
		}
		took = append(took, time.Since(from))
	}
	for b.Loop() {
		ask()
	}
	for len(took) < 100 {
		ask()
	}
	slices.Sort(took)
	for name, part := range map[string]int{"p50-ms": 50, "p95-ms": 95} {
		b.ReportMetric(float64(took[len(took)*part/100].Microseconds())/1000, name)
	}
}
