package review_test

import (
	"encoding/csv"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
)

// office is a whole Newsdesk with the sample people in it, and a browser for each.
type office struct {
	testing.TB
	*app.App
	sample *app.Office
	base   string
}

func open(t testing.TB) *office {
	t.Helper()
	a := apptest.Open(t, nil, nil)
	o := &office{TB: t, App: a, sample: &app.Office{App: a, Lang: press.Chinese}, base: a.Config.PublicURL}
	o.ok(o.sample.Hire(t.Context()))
	return o
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatalf("unexpected error: %v", err)
	}
}

func (o *office) who(key string) press.Actor { return o.sample.Person(key) }

// article hands in an article of some paragraphs, as the sample contributor.
func (o *office) article(title string, paragraphs ...string) press.Article {
	o.Helper()
	a, err := o.Desk.NewArticle(o.Context(), o.who("writer"))
	o.ok(err)
	return o.revise(a, title, paragraphs...)
}

func (o *office) revise(a press.Article, title string, paragraphs ...string) press.Article {
	o.Helper()
	c := press.Content{Title: title, Credits: press.Credits{Text: "示例宣传部"}}
	for _, p := range paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: p}}})
	}
	saved, err := o.Desk.SaveRevision(o.Context(), o.who("writer"), a.ID, a.Revision, c, true)
	o.ok(err)
	return saved.Article
}

// visitor is one person's browser.
type visitor struct {
	*office
	secret string
}

func (o *office) as(key string) visitor {
	o.Helper()
	secret, _, err := o.Desk.SignIn(o.Context(), o.who(key).Name, app.SamplePassword, "test", "127.0.0.1")
	o.ok(err)
	return visitor{o, secret}
}

// answer is what a browser got.
type answer struct {
	status int
	text   string // the page
	to     string // where it is sent
	head   http.Header
}

func (v visitor) do(method, path string, form url.Values) answer {
	v.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.Context(), method, v.base+path, body)
	v.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: "newsdesk-session", Value: v.secret})
	req.AddCookie(&http.Cookie{Name: "newsdesk-lang", Value: "zh"})
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	v.ok(err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	v.ok(err)
	return answer{res.StatusCode, string(data), res.Header.Get("Location"), res.Header}
}

func (v visitor) get(path string) answer { v.Helper(); return v.do(http.MethodGet, path, nil) }

func (v visitor) post(path string, pairs ...string) answer {
	v.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

var tag = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)

// words is what a reader sees.
func (a answer) words() string { return html.UnescapeString(tag.ReplaceAllString(a.text, "")) }

func (o *office) shows(a answer, status int, texts ...string) {
	o.Helper()
	if a.status != status {
		o.Fatalf("status %d, want %d: %.400s", a.status, status, strings.TrimSpace(a.words()))
	}
	for _, text := range texts {
		if !strings.Contains(a.words(), text) {
			o.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(a.text, "⟦") || strings.Contains(a.text, "<no value>") || strings.Contains(a.text, "%!") {
		o.Errorf("something is unsaid: %.3000s", a.text)
	}
}

func (o *office) hides(a answer, texts ...string) {
	o.Helper()
	for _, text := range texts {
		if strings.Contains(a.text, text) {
			o.Errorf("the page holds %q", text)
		}
	}
}

func page(a press.Article) string { return "/articles/" + string(a.ID) + "/review" }

func signed(a press.Article) []string {
	return []string{"revision", strconv.Itoa(a.Revision), "hash", string(a.Hash)}
}

// TestThreePeopleSign: each reads the exact revision, signs, and is led to what waits for them next.
func TestThreePeopleSign(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("一号稿件", "第一段讲述情况。", "第二段讲述结果。")
	b := o.article("二号稿件", "另一篇的文字。")
	first := o.as("first")

	o.shows(first.get(page(a)), 200, "一号稿件", "第一段讲述情况。", "初审签字", "退回", "第 2 版", "还有 1 篇待签", string(a.Hash[:4]))
	done := first.post(page(a)+"/sign", signed(a)...)
	if done.status != 303 || done.to != page(b) {
		t.Fatalf("after signing: %d to %s", done.status, done.to)
	}
	again := first.get(page(a))
	o.shows(again, 200, "已审核过本版本的其他环节", "可以签字的人：", o.who("second").Name, o.who("third").Name)
	o.hides(again, page(a)+`/sign"`)
	refused := first.post(page(a)+"/sign", signed(a)...)
	o.shows(refused, 403, "每个环节须由不同的人审核", "第一段讲述情况。")

	for _, key := range []string{"second", "third"} {
		o.shows(o.as(key).get(page(a)), 200, "第一段讲述情况。")
		if done := o.as(key).post(page(a)+"/sign", signed(a)...); done.status != 303 {
			t.Fatalf("%s: %d %s", key, done.status, done.words())
		}
	}
	if got, err := o.Store.Article(t.Context(), a.ID); err != nil || got.State != press.ArticleApproved {
		t.Fatalf("after three signatures: %+v, %v", got, err)
	}
	sheet := o.as("writer").get("/articles/" + string(a.ID) + "/sheet")
	o.shows(sheet, 200, "各审核环节均已签字", o.who("first").Name, o.who("third").Name, "终审", "第二段讲述结果。")
	if !strings.Contains(strings.ReplaceAll(sheet.words(), " ", ""), string(a.Hash)) {
		t.Error("the sheet does not show the whole hash")
	}
	o.shows(o.as("editor").get("/articles/"+string(b.ID)+"/sheet"), 200, "审核尚未完成", "未签字环节：初审、复审、终审")
}

// TestStaleSign: whoever signs what has changed since is refused, and shown what is different.
func TestStaleSign(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("稿件", "会议有三百人参加。", "第二段。", "第三段。", "第四段。", "第五段。")
	first := o.as("first")
	o.shows(first.get(page(a)), 200, "会议有三百人参加。")
	o.revise(a, "稿件", "会议有五百人参加。", "第二段。", "第三段。", "第四段。", "第五段。")

	refused := first.post(page(a)+"/sign", signed(a)...)
	o.shows(refused, 409, "已不在审核中", "会议有三五百人参加。", "第 3 版", "与第 2 版相比")
	changes := first.get(page(a) + "?view=changes")
	o.shows(changes, 200, "与第 2 版相比", "4 处未改动", "增 1 字")
	if !strings.Contains(changes.text, "会议有<del>三</del><ins>五</ins>百人参加。") {
		t.Errorf("the change is not marked: %.2000s", changes.text)
	}
	old := first.get(page(a) + "?revision=2")
	o.shows(old, 200, "会议有三百人参加。", "只能对当前版本签字")
	o.hides(old, page(a)+`/sign"`, page(a)+`/return"`)
	hash := o.as("second").post(page(a)+"/sign", "revision", "3", "hash", string(a.Hash)) // the number is right, the text is not
	o.shows(hash, 409, "已不在审核中")
}

// TestReturn: the reason is required and kept, and the author reads it.
func TestReturn(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("稿件", "文字。")
	second := o.as("second")
	long := strings.Repeat("长", 1001)
	for _, reason := range []string{"", "  ", long} {
		refused := second.post(page(a)+"/return", "revision", "2", "reason", reason)
		o.shows(refused, 422, "请填写退回原因")
		if reason == long && !strings.Contains(refused.text, long) {
			t.Error("what was typed is lost")
		}
		if !strings.Contains(refused.text, `class="rv-sheet open" id="return"`) {
			t.Error("the form is not open any more")
		}
	}
	if done := second.post(page(a)+"/return", "revision", "2", "reason", "日期<b>有误</b>"); done.status != 303 {
		t.Fatalf("%d %s", done.status, done.words())
	}
	o.shows(o.as("writer").get(page(a)), 200, "日期<b>有误</b>", "已退回", "稿件不在审核中")
	o.shows(second.post(page(a)+"/return", "revision", "2", "reason", "再退"), 409, "不能执行此操作")
}

// TestRemarks: a remark is made on a part, stays with it, is settled by those who may, and by nobody else.
func TestRemarks(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("稿件", "第一段。", "第二段里有一个错字。")
	first, writer := o.as("first"), o.as("writer")
	where := "body.blocks[1]"
	if form := first.get(page(a) + "?comment=" + url.QueryEscape(where)); strings.Count(form.text, `class="rv-say" open`) != 1 {
		t.Error("the form of the part that the address names is not open")
	}
	refused := first.post(page(a)+"/comments", "revision", "2", "where", where, "text", strings.Repeat("字", 2001))
	o.shows(refused, 422, "批注为 1 至 2000 个字", strings.Repeat("字", 2001))
	if done := first.post(page(a)+"/comments", "revision", "2", "where", where, "text", "“错字”应改"); done.status != 303 || !strings.HasSuffix(done.to, "#at-body-blocks-1") {
		t.Fatalf("%d to %s", done.status, done.to)
	}
	o.shows(first.post(page(a)+"/comments", "revision", "2", "where", "body.blocks[9]", "text", "x"), 422, "没有“body.blocks[9]”这个位置")
	list, err := o.Desk.Comments(t.Context(), o.who("first"), a.ID, 0)
	o.ok(err)
	o.shows(writer.get(page(a)), 200, "“错字”应改", o.who("first").Name, "1 条批注未解决")
	settle := page(a) + "/comments/" + string(list[0].ID)
	third := o.as("third").post(settle)
	if list, err := o.Desk.Comments(t.Context(), o.who("first"), a.ID, 0); err != nil || list[0].Resolved() || third.status != 303 {
		t.Errorf("somebody else has settled it: %+v, %v, %d", list, err, third.status)
	}
	if done := writer.post(settle, "where", where); done.status != 303 {
		t.Fatalf("%d", done.status)
	}
	o.shows(first.get(page(a)), 200, "已由"+o.who("writer").Name+"解决", "已解决 1 条批注")
	o.revise(a, "稿件", "第一段。")
	if done := first.post(settle, "reopen", "1"); done.status != 303 {
		t.Fatalf("%d", done.status)
	}
	o.shows(first.get(page(a)), 200, "原位置已不在稿件中的批注", "第二段里有一个错字。")
}

// TestNobodyElse: each role is kept to what is its own, by hand-made requests too.
func TestNobodyElse(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("稿件", "文字。")
	_, err := o.Desk.AddUser(t.Context(), o.who("admin"), "另一投稿人", []press.Role{press.Contributor}, nil)
	o.ok(err)
	stranger := visitor{o, ""}
	for _, tc := range []struct {
		by     visitor
		method string
		path   string
		status int
	}{
		{o.as("writer"), "POST", page(a) + "/sign", 403},
		{o.as("writer"), "POST", page(a) + "/return", 403},
		{o.as("editor"), "POST", page(a) + "/sign", 403},
		{o.as("admin"), "POST", page(a) + "/sign", 403},
		{o.as("admin"), "POST", page(a) + "/return", 403},
		{stranger, "POST", page(a) + "/sign", 401},
		{stranger, "GET", page(a), 303},
		{stranger, "GET", "/history.csv", 303},
		{o.as("first"), "GET", "/articles/01JXXXXXXXXXXXXXXXXXXXXXXX/review", 404},
		{o.as("first"), "GET", "/articles/01JXXXXXXXXXXXXXXXXXXXXXXX/sheet", 404},
		{o.as("first"), "GET", page(a) + "?revision=7", 404},
	} {
		form := url.Values{"revision": {"1"}, "hash": {string(a.Hash)}, "reason": {"x"}}
		if tc.method == "GET" {
			form = nil
		}
		if got := tc.by.do(tc.method, tc.path, form); got.status != tc.status {
			t.Errorf("%s %s: %d, want %d", tc.method, tc.path, got.status, tc.status)
		}
	}
	other := o.other()
	for _, path := range []string{page(a), page(a) + "/wechat", "/articles/" + string(a.ID) + "/sheet", "/articles/" + string(a.ID) + "/history", "/history.csv?article=" + string(a.ID)} {
		if got := other.get(path); got.status != 404 || strings.Contains(got.text, "稿件") && strings.Contains(got.text, "文字。") {
			t.Errorf("another contributor gets %s: %d", path, got.status)
		}
	}
	if got := other.post(page(a)+"/comments", "where", "title", "text", "x"); got.status != 404 {
		t.Errorf("another contributor comments: %d", got.status)
	}
	if list := other.get("/history"); strings.Contains(list.text, string(a.ID)) {
		t.Error("another contributor's history names the article")
	}
	if n, err := o.Store.SignOffs(t.Context(), a.ID, 1); err != nil || len(n) != 0 {
		t.Errorf("signed all the same: %v, %v", n, err)
	}
}

// other signs in a contributor who has written nothing.
func (o *office) other() visitor {
	o.Helper()
	list, err := o.Store.Users(o.Context())
	o.ok(err)
	for _, u := range list {
		if u.Name == "另一投稿人" {
			once, u, err := o.Desk.ResetPassword(o.Context(), o.who("admin"), u.ID)
			o.ok(err)
			o.ok(o.Desk.ChangePassword(o.Context(), press.Actor{User: u}, once, app.SamplePassword, press.Session{}))
			secret, _, err := o.Desk.SignIn(o.Context(), u.Name, app.SamplePassword, "test", "127.0.0.1")
			o.ok(err)
			return visitor{o, secret}
		}
	}
	o.Fatal("there is no other contributor")
	return visitor{}
}

// TestEnglish: every page says everything in the other language too.
func TestEnglish(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("A title", "One paragraph of text.")
	_, err := o.Desk.AddComment(t.Context(), o.who("first"), a.ID, desk.NewComment{Where: "body.blocks[0]", Text: "Which one?"})
	o.ok(err)
	a = o.revise(a, "A title", "One paragraph of words.")
	first := o.as("first")
	o.ok(o.Desk.SetLanguage(t.Context(), o.who("first"), press.English))
	for path, text := range map[string]string{
		"/review": "Sign: First review", "/review?view=changes": "Compared with revision 2", "/review?view=wechat": "As it looks in WeChat",
		"/sheet": "The review is not complete", "/history": "began the article",
	} {
		o.shows(first.get("/articles/"+string(a.ID)+path), 200, text)
	}
	o.shows(first.get("/history"), 200, "saved a revision", "revision 3, in review")
}

// TestHistory: words for what happened, filters in the address, and a table that a spreadsheet may open.
func TestHistory(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("=HYPERLINK(\"http://x\",\"点我\")", "文字。")
	first := o.as("first")
	if done := first.post(page(a)+"/sign", signed(a)...); done.status != 303 {
		t.Fatal(done.status)
	}
	if done := o.as("second").post(page(a)+"/return", "revision", "2", "reason", "-1+1"); done.status != 303 {
		t.Fatal(done.status, done.words())
	}
	editor := o.as("editor")
	o.shows(editor.get("/articles/"+string(a.ID)+"/history"), 200, "审核签字", "第 2 版，初审", "退回稿件", "-1+1", o.who("first").Name)
	filtered := editor.get("/history?group=article&person=" + string(o.who("second").ID))
	o.shows(filtered, 200, "退回稿件")
	o.hides(filtered, "第 2 版，初审")
	o.shows(editor.get("/history?edition=%3Cb%3E"), 200, "推送：<b>", "没有符合条件的记录")
	none := editor.get("/history?from=2001-01-01&until=2001-01-02")
	o.shows(none, 200, "没有符合条件的记录")
	o.shows(editor.get("/history?from=yesterday"), 422, "不是有效日期")
	o.shows(editor.get("/history?group=nothing"), 422, "没有名为")
	admin, plain := o.as("admin").get("/history?group=session"), editor.get("/history?group=session")
	o.shows(admin, 200, "登录")
	o.shows(plain, 200, "没有符合条件的记录")

	table := editor.get("/history.csv?article=" + string(a.ID))
	if table.status != 200 || !strings.HasPrefix(table.text, "\ufeff") || !strings.Contains(table.head.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", table.status, table.head)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.text, "\ufeff"))).ReadAll()
	o.ok(err)
	if len(rows) < 5 || rows[0][1] != "时间" {
		t.Fatalf("%q", rows)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.IndexAny(cell, "=+-@\t") == 0 {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	if !strings.Contains(table.text, `'=HYPERLINK`) || !strings.Contains(table.text, "'-1+1") {
		t.Errorf("the cells are gone: %s", table.text)
	}
}

// TestHistoryPages: going to older entries and back.
func TestHistoryPages(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.article("稿件", "文字。")
	for i := range 60 {
		a = o.revise(a, "稿件", "文字。"+strings.Repeat("改", i+1))
	}
	link := regexp.MustCompile(`rel="(prev|next)" href="([^"]+)"`)
	links := func(p answer) map[string]string {
		out := map[string]string{}
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			out[m[1]] = html.UnescapeString(m[2])
		}
		return out
	}
	editor := o.as("editor")
	first := editor.get("/history?group=article")
	at := links(first)
	if at["next"] == "" || at["prev"] != "" || !strings.Contains(at["next"], "group=article") {
		t.Fatalf("first page: %v", at)
	}
	second := editor.get(at["next"])
	back := editor.get(links(second)["prev"])
	if rows := regexp.MustCompile(`<tr>\s*<td`); len(rows.FindAllString(first.text, -1)) != 50 ||
		strings.Join(rows.FindAllString(back.text, -1), "") != strings.Join(rows.FindAllString(first.text, -1), "") {
		t.Error("going back shows another page")
	}
	if links(back)["prev"] != "" || links(back)["next"] == "" {
		t.Errorf("back on the first page: %v", links(back))
	}
}

// TestHostileWords: nothing that anybody wrote is markup on these pages.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	o := open(t)
	const evil = `<img src=x onerror=alert(1)>`
	a := o.article(evil, evil, `x decoding="async"> <h2 id="h-y">`)
	_, err := o.Desk.AddComment(t.Context(), o.who("first"), a.ID, desk.NewComment{Where: "body.blocks[0]", Text: evil})
	o.ok(err)
	a = o.revise(a, evil+"2", evil+"新", "y")
	for _, path := range []string{page(a), page(a) + "?view=changes", page(a) + "/wechat", "/articles/" + string(a.ID) + "/sheet", "/articles/" + string(a.ID) + "/history"} {
		got := o.as("first").get(path)
		if got.status != 200 || strings.Contains(got.text, "<img src=x") {
			t.Errorf("%s: %d, and it holds the markup", path, got.status)
		}
		if csp := got.head.Get("Content-Security-Policy"); strings.Contains(csp, "script-src 'unsafe") || csp == "" {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

// BenchmarkChanges: the page of what changed, in the largest article and in one of a tenth of it. Ten times the time is what it
// should cost, a hundred times that of a comparison of everything with everything.
func BenchmarkChanges(b *testing.B) {
	for _, count := range []int{150, 1500} {
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			o := open(b)
			first, address := o.as("first"), page(o.rewritten(count))+"?view=changes"
			for b.Loop() {
				first.get(address)
			}
		})
	}
}

// TestMuchChanged: every changed paragraph of a long article is on the page, the last one too.
func TestMuchChanged(t *testing.T) {
	t.Parallel()
	o := open(t)
	got := o.as("first").get(page(o.rewritten(150)) + "?view=changes")
	if n := strings.Count(got.text, "<ins"); got.status != 200 || n < 50 {
		t.Errorf("%d, %d changes marked; want at least 50", got.status, n)
	}
}

// rewritten is an article of many paragraphs, in every third of which a word was changed.
func (o *office) rewritten(count int) press.Article {
	o.Helper()
	var paragraphs []string
	for i := range count {
		paragraphs = append(paragraphs, strings.Repeat("这是一段很长的文字。", 5)+strings.Repeat("甲", i%7))
	}
	a := o.article("长稿", paragraphs...)
	for i := range paragraphs {
		if i%3 == 0 {
			paragraphs[i] = strings.Replace(paragraphs[i], "很长", "非常长", 2)
		}
	}
	return o.revise(a, "长稿", paragraphs...)
}
