package app_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/app"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestHostileHTML hands in every attack there is among the test data, as drafts that people might paste, and looks at what
// stands on the website and in the account's draft box afterwards.
func TestHostileHTML(t *testing.T) {
	t.Parallel()
	dir := servicetest.Data(t, "html")
	r := enter(t, nil)
	var ids []press.ArticleID
	take := func(name string, files ...intake.File) {
		out, err := r.handIn(files...)
		if kind := press.KindOf(err); err != nil && (kind == press.Internal || kind == press.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil { // what an attack swallowed whole may leave no article, but says so
			t.Logf("%s: %v", name, press.TextOf(err).EN)
			r.refused(err, press.Invalid, "")
			return
		}
		ids = append(ids, r.sign(out.Article).ID)
	}
	drafts, err := filepath.Glob(filepath.Join(dir, "*.html"))
	r.ok(err)
	for _, draft := range drafts {
		files, err := intake.FromPaths([]string{draft})
		r.ok(err)
		take(filepath.Base(draft), files...)
		data, err := os.ReadFile(draft)
		r.ok(err)
		files[0] = file("titled.html", append([]byte("<h1>With a title</h1>\n"), data...)) // for the one that has none
		take("titled "+filepath.Base(draft), files...)
	}
	all := append(payloads(t, dir, "xss-html5lib.jsonl"), payloads(t, dir, "xss-dompurify-slice.jsonl")...)
	for group := range slices.Chunk(all, 6) {
		page := "<h1>Attacks " + group[0].ID + "</h1><p>Before them.</p>\n"
		for _, p := range group {
			page += p.Payload + "\n<p>In between.</p>\n"
		}
		take(group[0].ID, file("draft.html", []byte(page)))
	}
	if len(ids) < 30 {
		t.Errorf("only %d drafts were taken", len(ids))
	}
	editions := map[press.EditionID][]press.ArticleID{}
	for group := range slices.Chunk(ids, press.MaxEditionArticles) {
		editions[r.compose(press.ModeDraft, time.Now(), group...)] = group
	}
	account, err := r.Account(r.Config.Accounts[0].Name)
	r.ok(err)
	var frame []string // what every page has around its article
	for e, group := range editions {
		push := r.await(e, press.Ready)
		draft, err := account.Draft(t.Context(), push.MediaID)
		r.ok(err)
		if len(draft.Articles) != len(group) {
			t.Fatalf("%d articles in a draft of %d", len(draft.Articles), len(group))
		}
		for i, id := range group {
			page, err := os.ReadFile(filepath.Join(r.Config.Site.Dir, filepath.FromSlash(r.Site.Path(id))))
			r.ok(err)
			around := framed(t, "website: "+draft.Articles[i].Title, string(page))
			if frame == nil {
				frame = around
			}
			if !slices.Equal(around, frame) {
				t.Errorf("website: %s: around the article there is\n%q\nand elsewhere\n%q", draft.Articles[i].Title, around, frame)
			}
			harmless(t, "WeChat: "+draft.Articles[i].Title, draft.Articles[i].HTML)
		}
	}
	if log := r.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the log: %.2000s", log)
	}
}

// TestHostileAlone renders every attack by itself, so that none hides behind one that swallowed it.
func TestHostileAlone(t *testing.T) {
	t.Parallel()
	dir, cfg := servicetest.Data(t, "html"), settings(t, nil)
	for _, p := range append(payloads(t, dir, "xss-html5lib.jsonl"), payloads(t, dir, "xss-dompurify-slice.jsonl")...) {
		page := "<h1>An attack</h1><p>Before it.</p>\n" + p.Payload + "\n<p>After it.</p>"
		out, _, err := app.Preview(t.Context(), cfg, []intake.File{file("draft.html", []byte(page))}, press.TargetWeChat, "")
		if err != nil {
			t.Errorf("%s: %v", p.ID, err)
			continue
		}
		_, body, ok := strings.Cut(out, "</head>") // before it stands the frame's style sheet, and the title in its own words
		if !ok || !strings.Contains(body, "Before it.") {
			t.Errorf("%s: what stood before it is gone", p.ID)
		}
		harmless(t, p.ID, body)
	}
}

type payload struct{ ID, Payload string }

func payloads(t *testing.T, dir, name string) []payload {
	t.Helper()
	data, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	var out []payload
	lines := bufio.NewScanner(data)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p payload
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := lines.Err(); err != nil || len(out) < 70 {
		t.Fatalf("%d payloads in %s: %v", len(out), name, err)
	}
	return out
}

// harmless parses what readers get, as a browser does, and reports what could act on them.
func harmless(t *testing.T, where, markup string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if why := harm(n); why != "" {
			t.Errorf("%s holds %s", where, why)
		}
	}
}

// framed looks at a page of the website: its article must be harmless, and around it nothing may act but what is returned,
// which is the site's own and so the same on every page.
func framed(t *testing.T, where, page string) (own []string) {
	t.Helper()
	before, rest, ok := strings.Cut(page, "<!--body-->")
	body, after, ends := strings.Cut(rest, "<!--/body-->")
	if !ok || !ends || strings.Contains(after, "<!--body-->") {
		t.Fatalf("%s has not one body", where)
	}
	harmless(t, where, body)
	root, err := html.Parse(strings.NewReader(before + after))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		why := harm(n)
		if why == "" {
			continue
		}
		for _, a := range n.Attr {
			if why += " " + a.Key; a.Key == "src" {
				why += "=" + a.Val
			}
		}
		if n.Data == "script" && (n.FirstChild != nil || !ownScript.MatchString(why)) {
			t.Errorf("%s holds %s", where, why)
		}
		own = append(own, why)
	}
	return own
}

var ownScript = regexp.MustCompile(`^<script> src=/site/assets/[a-z]+\.[0-9a-f]+\.js defer$`)

var (
	// active elements run, load, frame, send or redirect; none of our pages needs one.
	active = strings.Fields("script iframe frame object embed applet form input button textarea select base svg math style " +
		"noscript template audio video source portal marquee bgsound xmp plaintext isindex keygen")
	// addressed attributes hold an address that a browser follows.
	addressed = strings.Fields("href src srcset action formaction poster background data xlink:href cite longdesc lowsrc dynsrc ping manifest")
	evilStyle = regexp.MustCompile(`(?i)expression|javascript|behaviou?r|-moz-binding|@import|url\(|position|\\`)
)

func harm(n *html.Node) string {
	if n.Type == html.CommentNode && n.Data != "around" && n.Data != "/around" { // those two are the site's own marks
		return "the comment " + n.Data
	}
	if n.Type != html.ElementNode {
		return ""
	}
	if slices.Contains(active, n.Data) && !linkedData(n) && !pictureSource(n) {
		return "<" + n.Data + ">"
	}
	for _, a := range n.Attr {
		key := a.Key
		if a.Namespace != "" {
			key = a.Namespace + ":" + key
		}
		switch {
		case strings.HasPrefix(key, "on"), key == "srcdoc", key == "http-equiv" && strings.EqualFold(a.Val, "refresh"):
			return n.Data + " " + key + "=" + a.Val
		case slices.Contains(addressed, key) && evilAddress(a.Val):
			return n.Data + " " + key + "=" + a.Val
		case key == "style" && evilStyle.MatchString(a.Val):
			return n.Data + " style=" + a.Val
		}
	}
	return ""
}

// linkedData is the one script that our own pages carry: data for search engines, which is never run.
func linkedData(n *html.Node) bool {
	if n.Data != "script" || len(n.Attr) != 1 || n.Attr[0].Key != "type" || n.Attr[0].Val != "application/ld+json" || n.FirstChild == nil {
		return false
	}
	return json.Valid([]byte(n.FirstChild.Data)) && n.FirstChild.NextSibling == nil
}

// pictureSource is the same picture in WebP, which a browser chooses before the <img> beside it; addresses are looked at all the same.
func pictureSource(n *html.Node) bool {
	return n.Data == "source" && n.Parent != nil && n.Parent.Data == "picture" && slices.Contains(n.Attr, html.Attribute{Key: "type", Val: "image/webp"})
}

// evilAddress allows addresses on the web and of mail, and relative ones, which our templates write.
func evilAddress(address string) bool {
	bare := strings.ToLower(strings.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f || c == 0x200b {
			return -1
		}
		return c
	}, address))
	scheme, _, ok := strings.Cut(bare, ":")
	return ok && !strings.ContainsAny(scheme, "/?#") && scheme != "http" && scheme != "https" && scheme != "mailto"
}

// TestHarmBites tries the check above on what it must find, and on what it must let pass.
func TestHarmBites(t *testing.T) {
	t.Parallel()
	for markup, bad := range map[string]bool{
		`<p>plain <a href="https://a.example/b:c">x</a></p>`:                       false,
		`<a href="/news/1:2.html">x</a>`:                                           false,
		`<a href="java&#10;script:alert(1)">x</a>`:                                 true,
		`<a href=" JAVASCRIPT:alert(1)">x</a>`:                                     true,
		`<img src="data:image/svg+xml,x">`:                                         true,
		`<img src=x onerror=alert(1)>`:                                             true,
		`<script type="application/ld+json">{"a":1}</script>`:                      false,
		`<script type="application/ld+json">alert(1)</script>`:                     true,
		`<p style="background:url(x)">x</p>`:                                       true,
		`<picture><source type="image/webp" srcset="p/a.webp 480w"></picture>`:     false,
		`<picture><source type="image/webp" srcset="javascript:x 480w"></picture>`: true,
		`<video><source type="image/webp" src="p/a.webp"></video>`:                 true,
		`<svg><a xlink:href="javascript:x">y</a></svg>`:                            true,
		`<meta http-equiv=refresh content="0;url=x">`:                              true,
	} {
		root, err := html.Parse(strings.NewReader(markup))
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for n := range root.Descendants() {
			found += harm(n)
		}
		if (found != "") != bad {
			t.Errorf("%s: found %q", markup, found)
		}
	}
}
