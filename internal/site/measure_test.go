package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

// flats remembers what flat has made: encoding is most of what these tests would cost.
var flats sync.Map

// flat is a photo in the widths that a site has, of one colour each: as large as real ones for a page, and cheap.
func flat(tb testing.TB, seed, width, height int) (press.Digest, []Photo) {
	tb.Helper()
	original := press.DigestOf(fmt.Appendf(nil, "flat %d %d %d", seed, width, height))
	if made, ok := flats.Load(original); ok {
		return original, made.([]Photo)
	}
	var out []Photo
	for i, w := range []int{480, 960, 1600} {
		img := image.NewGray(image.Rect(0, 0, w, height*w/width))
		for j := range img.Pix {
			img.Pix[j] = uint8(90 + 40*i + seed)
		}
		var data bytes.Buffer
		if err := jpeg.Encode(&data, img, nil); err != nil {
			tb.Fatal(err)
		}
		out = append(out, Photo{
			Rendition: press.Rendition{
				RenditionKey: press.RenditionKey{Photo: original, Recipe: press.SiteRecipes()[i], Version: 1},
				Digest:       press.DigestOf(data.Bytes()), ContentType: "image/jpeg", Width: w, Height: img.Rect.Dy(), Bytes: int64(data.Len()),
			},
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data.Bytes())), nil },
		})
	}
	flats.Store(original, out)
	return original, out
}

// rich is an article with everything that an article's page can show.
func rich(tb testing.TB) Article {
	tb.Helper()
	a := plain(50)
	everyBlock(&a.Content)
	a.Content.Column, a.Content.Subtitle = groupNews, "——坚持产教融合核心理念，着力培养高素质技术技能人才"
	a.Photos = map[press.Digest][]Photo{}
	show := func(seed, width, height int) press.Picture {
		digest, photos := flat(tb, seed, width, height)
		a.Photos[digest] = photos
		return press.Picture{Photo: digest, Caption: fmt.Sprintf("图 %d：师生在实训中心交流", seed), Alt: "师生与设备"}
	}
	blocks := []press.Block{para(sentences[0]), show(1, 3, 2), para(sentences[1]), show(2, 3, 4), para(sentences[2])}
	blocks = append(blocks, press.Gallery{Photos: []press.Picture{show(3, 3, 2), show(4, 4, 3), show(5, 3, 4)}}, press.Gallery{Photos: []press.Picture{show(6, 3, 2), show(7, 1, 1)}})
	a.Content.Body.Blocks = append(blocks, a.Content.Body.Blocks...)
	a.Content = a.Content.Normalize()
	a.UpdatedAt = a.PublishedAt.Add(30 * time.Hour)
	a.Corrections = []press.Correction{{At: a.UpdatedAt, Note: "第二段中的人数有误，现已改正。"}}
	return attach(a, sampleFiles...)
}

// house is a site with some articles, one of which is rich and one taken down, and who serves it.
type house struct {
	*Site
	base, rich, gone string
	slow             atomic.Bool   // photos wait
	free             chan struct{} // closed: they come
}

func furnished(t testing.TB, theme string) *house {
	t.Helper()
	base, serve := served(t)
	h := &house{base: base, free: make(chan struct{})}
	var archive *memory
	h.Site, archive = newSite(t, func(c *Config) { c.BaseURL, c.Theme, c.PageSize, c.Code = base, theme, 4, codeScript(t) })
	for n := range 8 {
		live(t, h.Site, archive, sample(t, n))
	}
	gone := sample(t, 8)
	live(t, h.Site, archive, gone)
	archive.delete(gone.ID)
	if err := h.Remove(t.Context(), gone.ID, gone.Content.Column); err != nil {
		t.Fatal(err)
	}
	a := rich(t)
	live(t, h.Site, archive, a)
	h.rich, h.gone = h.Path(a.ID), h.Path(gone.ID)
	files := h.Handler()
	serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.slow.Load() && strings.HasPrefix(r.URL.Path, "/p/") {
			<-h.free
		}
		files.ServeHTTP(w, r)
	}))
	return h
}

// kinds are the addresses of one page of each kind.
func (h *house) kinds() map[string]string {
	return map[string]string{
		"article": h.base + h.rich, "english": h.base + h.Path(sampleID(5)), "front": h.base, "column": h.base + strings.TrimPrefix(h.link(indexFile(groupNews)), "/"),
		"all": h.base + "all/", "columns": h.base + "c/", "missing": h.base + "nothing.html", "gone": h.base + h.gone, "search": h.base + "search.html?q=学校",
	}
}

func sampleID(n int) press.ArticleID {
	return idAt(start.Add(time.Duration(n)*53*time.Hour-time.Hour), n)
}

// TestInChromium measures what is no question of time in one browser: pages of each kind, and an article's page most of all.
func TestInChromium(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t)
	h := furnished(t, "institutional")
	t.Run("nothing shifts", func(t *testing.T) { nothingShifts(t, browser, h) })
	t.Run("lightbox", func(t *testing.T) { lightbox(t, browser, h) })
	t.Run("code", func(t *testing.T) { codes(t, browser, h) })
	t.Run("accessible", func(t *testing.T) { accessible(t, browser, h) })
}

// nothingShifts opens an article whose photos are slow, in every width at which the layout changes: nothing moves when they
// come, nor when a reader goes on to those further down, and each is as wide as its sizes say, so that no larger one is fetched.
func nothingShifts(t *testing.T, browser context.Context, h *house) {
	h.slow.Store(true)
	w := newTab(t, browser, 390, 844)
	w.do(chromedp.Navigate("about:blank"))
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(location.href = %q, true)`, h.base+h.rich)))
		return err
	})
	w.until(`document.readyState === 'interactive' && document.querySelector('.around') && document.querySelector('.copy.ready')`)
	eval[bool](w, `new Promise(done => { window.shifted = []; new PerformanceObserver(l => { for (const e of l.getEntries()) shifted.push(...e.sources.map(s => e.value.toFixed(4) + ' ' + (s.node?.outerHTML || '').slice(0, 80))) }).observe({type: 'layout-shift', buffered: true}); requestAnimationFrame(() => done(true)) })`)
	close(h.free) // for this test and those after it
	w.until(`document.readyState === 'complete'`)
	eval[bool](w, `(async () => {
		for (const img of document.images) { img.scrollIntoView({block: 'center', behavior: 'instant'}); await img.decode(); }
		await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
		return true;
	})()`)
	for _, s := range eval[[]string](w, `shifted`) {
		t.Errorf("shifted by %s", s)
	}
	for _, width := range []int64{360, 390, 600, 601, 768, 800, 801, 1024, 1440} {
		w.do(chromedp.EmulateViewport(width, 900))
		for _, wrong := range eval[[]string](w, widths) {
			t.Errorf("at %d: %s", width, wrong)
		}
		if scroll := eval[int](w, `document.scrollingElement.scrollWidth`); int64(scroll) > width {
			t.Errorf("%d wide at %d", scroll, width)
		}
	}
	w.clean()
}

// widths compares how wide each photo is with what its sizes say, by letting the browser work out both.
const widths = `(() => {
	const rule = document.createElement('div');
	document.body.append(rule);
	const said = sizes => {
		for (const part of sizes.split(/,\s*(?![^(]*\))/)) {
			const [, media, length] = part.match(/^(\([^)]*\))?\s*(.*)$/);
			if (!media || matchMedia(media).matches) { rule.style.width = length; return rule.getBoundingClientRect().width }
		}
	};
	const out = [...document.querySelectorAll('.prose img')].map(img => [img.getBoundingClientRect().width, said(img.sizes), img.sizes])
		.filter(([is, says]) => Math.abs(is - says) > (Math.max(is, says) * 0.06)).map(String);
	rule.remove();
	return out;
})()`

// lightbox shows photos large by mouse, keyboard and the way back, and gives the page back as it was.
func lightbox(t *testing.T, browser context.Context, h *house) {
	w := newTab(t, browser, 390, 844)
	w.open(h.base + h.rich)
	w.until(`document.querySelector('.copy.ready')`)
	eval[bool](w, `(document.querySelectorAll('a.zoom')[1].scrollIntoView({block: 'center', behavior: 'instant'}), window.before = scrollY, true)`)
	shows := func(n, of int, what string) {
		t.Helper()
		w.until(`document.querySelector('dialog[open] .count')?.textContent === %s && document.querySelector('dialog[open] img').naturalWidth`, fmt.Sprintf("%d / %d", n, of))
		if got := eval[string](w, `document.querySelector('dialog[open] figcaption').textContent`); !strings.Contains(got, what) {
			t.Errorf("photo %d has the caption %q", n, got)
		}
	}
	closed := func(how string) {
		t.Helper()
		w.until(`!document.querySelector('dialog[open]') && !(history.state && history.state.photo)`)
		if !eval[bool](w, `document.activeElement === document.querySelectorAll('a.zoom')[1] && Math.abs(scrollY - before) < 2`) {
			t.Errorf("%s: the page is elsewhere or the focus lost", how)
		}
	}
	w.do(chromedp.Click(chromedp.CSS(".tall a.zoom")))
	shows(2, 7, "图 2")
	w.do(chromedp.KeyEvent(kb.ArrowRight))
	shows(3, 7, "图 3")
	w.do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft))
	shows(7, 7, "图 7") // round
	if at := eval[string](w, `document.activeElement.parentNode.className`); !strings.HasPrefix(at, "lightbox") {
		t.Errorf("the focus is in %q", at)
	}
	w.do(chromedp.KeyEvent(kb.Escape))
	closed("Escape")
	w.do(chromedp.KeyEvent(kb.Enter))
	shows(2, 7, "图 2")
	eval[bool](w, `(history.back(), true)`)
	closed("back")
	eval[bool](w, `(document.activeElement.click(), true)`) // the mouse would aim while the browser still goes back to where the page was
	shows(2, 7, "图 2")
	w.do(chromedp.Click(chromedp.CSS("dialog .shut")))
	closed("the button")
	if href := eval[string](w, `document.querySelector('a.zoom').href`); !strings.HasSuffix(href, ".jpg") {
		t.Errorf("without scripts a photo leads to %s", href)
	}
	w.clean()
}

// codes asks for the QR code of an article's address, and reads it and those of addresses of other lengths as a phone does.
func codes(t *testing.T, browser context.Context, h *house) {
	if codeScript(t) == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("the scripts were not built")
		}
		t.Skip("the scripts were not built: make assets")
	}
	w := newTab(t, browser, 1440, 900)
	w.open(h.base + h.rich)
	w.until(`document.querySelector('.scan.ready')`)
	w.do(chromedp.Click(chromedp.CSS(".scan")))
	w.until(`document.querySelector('.scan[aria-expanded=true]') && document.querySelector('.code svg').getBoundingClientRect().width > 100`)
	drawn := eval[string](w, `document.querySelector('.code svg').outerHTML`)
	if got, want := scanned(t, drawn), h.Address(press.ArticleID(strings.TrimSuffix(filepath.Base(h.rich), ".html"))); got != want {
		t.Errorf("the code leads to %q, want %q", got, want)
	}
	w.do(chromedp.Click(chromedp.CSS(".scan")))
	w.until(`document.querySelector('.scan[aria-expanded=false]') && document.querySelector('.code').hidden`)
	for _, length := range []int{14, 60, 100, 230, 900} {
		address := "https://新闻.cn/" + strings.Repeat("~a/", length/3)
		drawn := eval[string](w, `import(document.querySelector('.scan').dataset.code).then(m => m.draw(%s).outerHTML)`, address)
		if got := scanned(t, drawn); got != address {
			t.Errorf("%d characters are read as %q", length, got)
		}
	}
	if !eval[bool](w, `import(document.querySelector('.scan').dataset.code).then(m => m.draw('x'.repeat(3000)) === undefined)`) {
		t.Error("an address that is too long is drawn")
	}
	w.clean()
}

var module = regexp.MustCompile(`M(\d+) (\d+)h1v1h-1z`)

// scanned reads a drawing of a QR code.
func scanned(t *testing.T, svg string) string {
	t.Helper()
	const scale, quiet = 4, 4
	var side int
	if _, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox=")+len(`viewBox="-4 -4 `):], "%d", &side); err != nil || side > 200 {
		t.Fatalf("no drawing: %.200s", svg)
	}
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range module.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		at := image.Pt(x+quiet, y+quiet).Mul(scale)
		draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(scale, scale))}, image.Black, image.Point{}, draw.Src)
	}
	seen, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(seen, nil)
	if err != nil {
		t.Fatalf("a phone cannot read %.200s: %v", svg, err)
	}
	return read.GetText()
}

// codeScript is what draws QR codes, if it was built.
func codeScript(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile("../web/script/dist/code.js")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		tb.Fatal(err)
	}
	return string(data)
}

// accessible asks axe-core about one page of each kind. By night and in another theme pages differ in their colours, which few
// kinds show all of.
func accessible(t *testing.T, browser context.Context, h *house) {
	axe, err := os.ReadFile("../web/script/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("axe-core is not there: run make assets")
	}
	w := newTab(t, browser, 390, 844)
	ask := func(what, rules string) {
		for _, found := range eval[[]string](w, `axe.run(document, {resultTypes: ['violations'], ...`+rules+`}).then(r => r.violations.flatMap(v =>
			v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' — ' + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message)))`) {
			t.Errorf("%s: %s", what, found)
		}
	}
	open := func(address string) {
		w.open(address)
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+"\n;true"))
			return err
		})
	}
	for name, address := range h.kinds() {
		w.dark(false)
		open(address)
		ask(name, `{}`)
	}
	const colours = `{runOnly: ['color-contrast']}`
	campus := furnished(t, "campus")
	for _, kind := range []string{"article", "front", "missing"} {
		open(campus.kinds()[kind])
		ask("campus, "+kind, colours)
		w.dark(true)
		ask("campus by night, "+kind, colours)
		open(h.kinds()[kind])
		ask("by night, "+kind, colours)
		w.dark(false)
	}
	w.clean()
}

// TestWeight: an article's page with its style sheets and its script, everything but the photos, is light: it may have 40 KB, of
// which 3 are kept for what is yet to come. The long one has five thousand characters more, of which none can be told from those
// before it.
func TestWeight(t *testing.T) {
	t.Parallel()
	const limit = 37 << 10
	for _, theme := range Themes() {
		s, archive := newSite(t, func(c *Config) { c.Theme, c.Code = theme, "export {}" })
		usual, long := rich(t), rich(t)
		long.ID = idAt(long.PublishedAt, 51)
		words := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			var text strings.Builder
			for range 100 {
				text.WriteRune(rune(0x4e00 + words.IntN(2000)))
			}
			long.Content.Body.Blocks = append(long.Content.Body.Blocks, para(text.String()))
		}
		live(t, s, archive, usual)
		live(t, s, archive, long)
		usualRaw, usualSent := weigh(t, s, s.Path(usual.ID))
		longRaw, longSent := weigh(t, s, s.Path(long.ID))
		t.Logf("%s: %d bytes, %d as sent; a long one %d, %d as sent", theme, usualRaw, usualSent, longRaw, longSent)
		if usualRaw > limit || longSent > 24<<10 {
			t.Errorf("%s: %d bytes as files, the long one %d as sent", theme, usualRaw, longSent)
		}
	}
}

// weigh adds up a page and all that it needs but photos: in the files, and as they are sent.
func weigh(t *testing.T, s *Site, name string) (raw, sent int) {
	t.Helper()
	doc := parse(t, page(t, s, name))
	files := []string{"/" + name}
	for _, n := range find(doc, "link[rel=stylesheet]") {
		files = append(files, attrOf(n, "href"))
	}
	for _, n := range find(doc, "script") {
		if src := attrOf(n, "src"); src != "" {
			files = append(files, src)
		}
	}
	if len(files) < 3 {
		t.Fatalf("%s needs only %v", name, files)
	}
	for _, file := range files {
		raw += len(bodyOf(t, ask(t, s, http.MethodGet, file, nil)))
		sent += len(bodyOf(t, ask(t, s, http.MethodGet, file, http.Header{"Accept-Encoding": {"gzip"}})))
	}
	return raw, sent
}

// TestValid has html-validate read one page of each kind, in each theme that has templates of its own.
func TestValid(t *testing.T) {
	t.Parallel()
	const validator = "../web/script/node_modules/html-validate/bin/html-validate.mjs"
	node, err := exec.LookPath("node")
	if _, there := os.Stat(validator); err != nil || there != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("html-validate is not there: run make assets")
		}
		t.Skip("html-validate is not there: run make assets")
	}
	dir := t.TempDir()
	// How a doctype is spelt and how long a title may be is no question of validity.
	if err := os.WriteFile(dir+"/rules.json", []byte(`{"root": true, "extends": ["html-validate:standard"], "rules": {"doctype-style": "off", "long-title": "off"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{validator, "--config", dir + "/rules.json", "--formatter", "text"}
	for _, theme := range []string{"institutional", "campus"} {
		h := furnished(t, theme)
		for name, address := range h.kinds() {
			file := filepath.Join(dir, theme+"-"+name+".html")
			text := bodyOf(t, ask(t, h.Site, http.MethodGet, "/"+strings.TrimPrefix(address, h.base), nil))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if out, err := exec.CommandContext(ctx, node, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
