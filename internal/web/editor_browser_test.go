package web_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

// pen is a tab in which somebody writes.
type pen struct{ *tab }

// writing is an office where an article is being written.
type writing struct {
	*testing.T
	app     *app.App
	office  *app.Office
	browser context.Context
	article press.ArticleID
}

// atWork opens an office with one article of the contributor's, whose paragraphs are these.
func atWork(t *testing.T, browser context.Context, flags map[string]any, paragraphs ...string) *writing {
	t.Helper()
	a := house(t, flags)
	d := &writing{T: t, app: a, office: &app.Office{App: a, Lang: press.Chinese}, browser: browser}
	if err := d.office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	author := d.office.Person("writer")
	begun, err := a.Desk.NewArticle(t.Context(), author)
	if err != nil {
		t.Fatal(err)
	}
	c := press.Content{Title: "示例学院举行秋季运动会"}
	for _, p := range paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: p}}})
	}
	saved, err := a.Desk.SaveRevision(t.Context(), author, begun.ID, begun.Revision, c, false)
	if err != nil {
		t.Fatal(err)
	}
	d.article = saved.Article.ID
	return d
}

// as opens the article in the editor of one of the office's people.
func (d *writing) as(key string) pen {
	d.Helper()
	w := pen{as(d.T, d.browser, d.app, d.office, key, 1280, 900)}
	w.write(d.article)
	return w
}

// revision reads a revision from the store; 0 is the current one.
func (d *writing) revision(number int) press.Revision {
	d.Helper()
	rev, err := d.app.Store.Revision(d.Context(), d.article, number)
	if err != nil {
		d.Fatal(err)
	}
	return rev
}

// write opens an article in the editor.
func (w pen) write(id press.ArticleID) {
	w.Helper()
	w.open("/articles/" + string(id) + "/edit")
	w.until(`document.querySelector('#editor-root .ProseMirror')?.getClientRects().length`)
}

// atEnd puts the cursor at the end of the body.
func (w pen) atEnd() {
	w.Helper()
	w.click(`.ProseMirror > p:last-child`)
	w.keys(kb.End, chromedp.ModifierCtrl)
}

// keys presses keys where the focus is.
func (w pen) keys(keys string, held ...chromedp.Modifier) {
	w.Helper()
	w.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(held...)))
}

// enter presses Enter in the body, which answers to the key itself and not to a character.
func (w pen) enter() {
	w.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13})
			return err
		})
	}
}

// bodyText is what stands in the editor.
func (w pen) bodyText() string {
	w.Helper()
	return eval[string](w.tab, `document.querySelector('.ProseMirror').innerText`)
}

// stands waits until the page says how saving stands.
func (w pen) stands(kind string) {
	w.Helper()
	w.until(`document.querySelector('.save-state')?.dataset.state === %s`, kind)
}

// saves saves a version by the keyboard and waits until the page says its number.
func (w pen) saves(number string) {
	w.Helper()
	w.keys("s", chromedp.ModifierCtrl)
	w.sees("已保存为版本 " + number)
	w.stands("clean")
}

// TestSecondToSave lets the author and an editor write in one article. Whoever saves second is refused, is told whose version is newer and
// sees both; whichever they choose, every word of both can be had again.
func TestSecondToSave(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	d := atWork(t, browsertest.Start(t), nil, "运动会在田径场开幕。", "共有六个系部参加。") // revision 2
	author, editor := d.as("writer"), d.as("editor")
	author.atEnd()
	author.keys("作者写的话。")
	editor.atEnd()
	editor.keys("编辑改的话。")
	author.stands("saved")
	editor.saves("3")

	author.keys("s", chromedp.ModifierCtrl) // revision 3 is there already
	author.until(`document.querySelector('dialog[open].dialog-compare')`)
	const dialog = `document.querySelector('dialog[open].dialog-compare').innerText`
	author.until(`/版本 3 · 示例编辑 · .*\d\d:\d\d/.test(` + dialog + `)`)
	author.until(`document.querySelector('.compare-side.is-mine').innerText.includes('作者写的话。') &&
		document.querySelector('.compare-side.is-theirs').innerText.includes('编辑改的话。') &&
		[...document.querySelectorAll('.compare mark')].map(m => m.innerText).join() === '作者写,编辑改'`)
	author.press("稍后决定")
	author.until(`/示例编辑 于 .*\d\d:\d\d 保存了版本 3/.test(document.querySelector('[data-banner=newer]').innerText)`)
	if got := d.revision(0).Number; got != 3 {
		t.Fatalf("revision %d came of a refused saving", got)
	}
	author.press("查看不同")
	author.press("以我的为准，存为新版本")
	author.sees("已保存为版本 4")
	author.until(`!document.querySelector('[data-banner=newer]')`)

	editor.keys("编辑又写一句。") // and is told without asking
	editor.until(`/示例投稿人 于 .*\d\d:\d\d 保存了版本 4/.test(document.querySelector('[data-banner=newer]').innerText)`)
	editor.press("查看不同")
	editor.press("采用对方的")
	editor.until(`document.querySelector('.ProseMirror').innerText.includes('作者写的话。')`)
	if text := editor.bodyText(); strings.Contains(text, "编辑") {
		t.Errorf("the other's version is %q", text)
	}
	editor.open("/articles/" + string(d.article) + "/edit") // what was put by outlives the page
	editor.press("取回")
	editor.until(`document.querySelector('.ProseMirror').innerText.includes('编辑改的话。编辑又写一句。')`)
	editor.saves("5")
	for number, want := range map[int]string{
		3: "运动会在田径场开幕。\n共有六个系部参加。编辑改的话。",
		4: "运动会在田径场开幕。\n共有六个系部参加。作者写的话。",
		5: "运动会在田径场开幕。\n共有六个系部参加。编辑改的话。编辑又写一句。",
	} {
		if got := strings.TrimSpace(d.revision(number).Content.Body.Text()); got != want {
			t.Errorf("revision %d says %q, want %q", number, got, want)
		}
	}
	author.clean()
}

// TestTypingChinese types by composition, takes back and does again, writes titles against their limits, sets the cover's part
// with nothing but keys, and saves a version with Ctrl+S.
func TestTypingChinese(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	d := atWork(t, browsertest.Start(t), nil, "开头。")
	w := d.as("writer")
	w.atEnd()
	w.compose("xia", "xia'wu", "下午")
	w.compose("tian", "tian'qi", "tian'qi'qing", "天气晴")
	w.is("开头。下午天气晴")
	w.keys("。")
	w.enter()
	w.compose("ming", "明天")
	w.is("开头。下午天气晴。\n明天")
	if blocks := d.kept(w, says("明天")).Body.Blocks; len(blocks) != 2 {
		t.Errorf("the composed text is kept as %d blocks", len(blocks))
	}
	for range 20 { // to the beginning
		w.keys("z", chromedp.ModifierCtrl)
	}
	w.is("开头。")
	for range 20 {
		w.keys("Z", chromedp.ModifierCtrl, chromedp.ModifierShift)
	}
	w.is("开头。下午天气晴。\n明天")
	checkTitles(w)
	w.saves("3")
	if got := d.revision(3).Content; strings.TrimSpace(got.Body.Text()) != "开头。下午天气晴。\n明天" || len([]rune(got.Title)) != 33 || got.PushTitle != "短题" {
		t.Errorf("saved: %q, %q, %q", got.Title, got.PushTitle, got.Body.Text())
	}
	checkCrop(d, w)
	w.clean()
}

// compose enters a word as an input method does: its letters first, then what they stand for.
func (w pen) compose(steps ...string) {
	w.Helper()
	last := len(steps) - 1
	for _, s := range steps[:last] {
		w.act(func(ctx context.Context) error {
			n := int64(len(s))
			_, err := chromedp.Call(ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: s, SelectionStart: n, SelectionEnd: n})
			return err
		})
	}
	w.insert(steps[last])
}

// insert enters a text at once.
func (w pen) insert(text string) {
	w.Helper()
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// is waits until the paragraphs of the body are these lines.
func (w pen) is(lines string) {
	w.Helper()
	w.until(`[...document.querySelectorAll('.ProseMirror > p')].map(p => p.textContent).join('\n').trim() === %s`, lines)
}

// kept waits until the contributor's working copy at the server is as it should be, and returns it.
func (d *writing) kept(w pen, good func(press.Content) bool) press.Content {
	d.Helper()
	var last press.Working
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		var err error
		last, err = d.app.Store.Working(d.Context(), d.article, d.office.Person("writer").ID)
		if err == nil && good(last.Content) {
			return last.Content
		}
	}
	w.fail("the server never had what was written, but %q", last.Content.Body.Text())
	return press.Content{}
}

// says is a content whose body holds a text.
func says(text string) func(press.Content) bool {
	return func(c press.Content) bool { return strings.Contains(c.Body.Text(), text) }
}

// photographed is a content whose body has so many photos.
func photographed(n int) func(press.Content) bool {
	return func(c press.Content) bool { return len(c.Body.Photos()) == n }
}

// checkTitles writes a title that is too long for WeChat and the shorter one that is then asked for.
func checkTitles(w pen) {
	w.Helper()
	counts := `document.querySelector('.oneline-title .counts').innerText`
	w.fill(`[data-where=title]`, strings.Repeat("长", 32))
	w.until(counts + `.includes('微信 32/32') && ` + counts + `.includes('网站 32/') && !document.querySelector('.oneline-title .over')`)
	w.until(`!document.querySelector('.oneline-push_title').getClientRects().length`)
	w.do(chromedp.SendKeys(chromedp.CSS(`[data-where=title]`), "题"))
	w.until(`document.querySelector('.oneline-title .over')?.innerText.startsWith('微信 33/32') && document.querySelector('[data-where=title]').ariaInvalid === 'true'`)
	w.fill(`[data-where=push_title]`, "短题")
	w.until(`document.querySelector('.oneline-push_title .counts').innerText.includes('2/32')`)
}

// checkCrop puts a photo into the body and moves the wide part of the cover by keys.
func checkCrop(d *writing, w pen) {
	w.Helper()
	w.choose(w.askPhotos, drawn(d.T, "封面.jpg", 900, 600, 1))
	w.until(`document.querySelectorAll('figure.photo:not(.is-uploading)').length === 1`)
	d.kept(w, photographed(1))
	w.until(`(b => b && !b.disabled && (b.focus(), document.activeElement === b))([...document.querySelectorAll('.cover-panel button')].find(b => b.innerText === '裁剪封面'))`)
	w.keys(kb.Enter)
	w.until(`document.activeElement.matches('dialog[open].dialog-crop .crop-frame-wide')`)
	for _, key := range []string{"-", "-", kb.ArrowDown, kb.ArrowLeft} {
		w.keys(key)
	}
	w.until(`parseFloat(document.activeElement.style.width) === 96`)
	for range 8 { // on to the button that takes it
		if eval[bool](w.tab, `document.activeElement.matches('dialog[open] .button.primary')`) {
			break
		}
		w.keys(kb.Tab)
	}
	w.keys(kb.Enter)
	w.until(`!document.querySelector('dialog[open]')`)
	w.saves("4")
	c := d.revision(4).Content
	if c.Cover.Photo != c.Body.Photos()[0] || c.Cover.Wide == nil || c.Cover.Square == nil {
		d.Fatalf("the cover is %+v", c.Cover)
	}
	wide, near := *c.Cover.Wide, func(a, b float64) bool { return a-b < 1e-4 && b-a < 1e-4 }
	photo, err := d.app.Store.Photo(d.Context(), c.Cover.Photo)
	if err != nil {
		d.Fatal(err)
	}
	whole, height := 1.5/2.35, 0.96*1.5/2.35
	middle := min(max(photo.Focus.Y, whole/2), 1-whole/2) // of the part that lies around what the photo is about
	if !near(wide.X1, 0.01) || !near(wide.X2, 0.97) || !near(wide.Y1, middle-height/2+0.01) || !near(wide.Y2, middle+height/2+0.01) {
		d.Errorf("the wide part is %+v", wide)
	}
}

// TestWritingWithoutScripts writes in the plain form, which is all there is when scripts are off.
func TestWritingWithoutScripts(t *testing.T) {
	t.Parallel()
	d := atWork(t, browsertest.Start(t), nil, "原来的话。")
	w := pen{as(t, d.browser, d.app, d.office, "writer", 1280, 900)}
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	edit := "/articles/" + string(d.article) + "/edit"
	w.open(edit)
	w.until(`getComputedStyle(document.querySelector('#plain-body')).visibility === 'visible' && document.querySelector('#plain-body').getClientRects().length`)
	if eval[bool](w.tab, `document.documentElement.classList.contains('has-editor')`) {
		t.Fatal("scripts run")
	}
	const body = "原来的话*改过*了。\n\n## 一、比赛\n\n- 跳远\n- **接力**\n\n> 友谊第一\n\n详情见[校园网](<https://www.example.edu.cn/a?b=1>)。\n"
	w.fill(`#plain-title`, "不用脚本写的稿件")
	w.fill(`#plain-text`, "示例宣传部")
	w.click(`#plain-body`)
	w.keys("a", chromedp.ModifierCtrl)
	w.insert(body)
	w.click(`#plain form.columns button:not([name])`)
	w.until(`!location.pathname.endsWith('/edit')`)
	w.sees("接力")
	c := d.revision(0).Content
	if c.Title != "不用脚本写的稿件" || c.Credits.Text != "示例宣传部" {
		t.Errorf("saved: %q by %q", c.Title, c.Credits.Text)
	}
	var kinds []string
	for _, b := range c.Body.Blocks {
		kinds = append(kinds, press.BlockType(b))
	}
	if !slices.Equal(kinds, []string{"paragraph", "heading", "list", "quote", "paragraph"}) {
		t.Errorf("the body is %v", kinds)
	}
	w.open(edit)
	if got := eval[string](w.tab, `document.querySelector('#plain-body').value`); strings.TrimSpace(got) != strings.TrimSpace(body) {
		t.Errorf("read back:\n%s\nwant:\n%s", got, body)
	}
	w.clean()
}

// choose does what asks for files, and chooses these.
func (w pen) choose(ask func(), files ...string) {
	w.Helper()
	asked := make(chan cdp.BackendNodeID, 1)
	w.act(func(ctx context.Context) error {
		if err := chromedp.Listen(ctx, func(ev any) {
			if ev, ok := ev.(*page.EventFileChooserOpened); ok {
				asked <- ev.BackendNodeID
			}
		}); err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
			return err
		}
		ask()
		select {
		case node := <-asked:
			_, err := chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, BackendNodeID: node})
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// askPhotos presses the button of the bar.
func (w pen) askPhotos() { w.click(`.toolbar [aria-label="插入图片"]`) }

// drawn makes a photo that no other is equal to.
func drawn(t testing.TB, name string, width, height, n int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8(n * 40), 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serves waits until a text is the body of the working copy that the server would hand out. The page may say "saved" of what
// was there before it began to send again.
func (w pen) serves(want string) {
	w.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		got = eval[string](w.tab, `fetch(location.pathname).then(r => r.text()).then(html => {
			const data = JSON.parse(new DOMParser().parseFromString(html, 'text/html').getElementById('editor-data').textContent);
			return (data.working?.content ?? data.content).body.blocks.map(b => b.text.map(run => run.text).join('')).join('\n');
		}).catch(() => '')`)
		if got == want {
			return
		}
	}
	w.fail("the server has %q, want %q", got, want)
}

// program is the shipped program with its own data, which can be killed and started again at the same address.
type program struct {
	*testing.T
	path, data, address string
	running             *exec.Cmd
}

// build builds the program, and finds an address for it.
func build(t *testing.T, data string) *program {
	t.Helper()
	p := &program{T: t, path: filepath.Join(t.TempDir(), "newsdesk"), data: data}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", p.path, "newsdesk/cmd/newsdesk")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = port.Addr().String()
	if err := port.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

func (p *program) start() {
	p.Helper()
	cmd := exec.CommandContext(p.Context(), p.path, "serve", "--data", p.data, "--listen", p.address, "--set", "sandbox.listen=127.0.0.1:0")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Dir, cmd.Env = p.data, []string{"HOME=" + p.data}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.running = cmd
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if p.ready() {
			return
		}
	}
	p.kill()
	p.Fatalf("the program does not serve:\n%s", out.String())
}

func (p *program) ready() bool {
	ask, err := http.NewRequestWithContext(p.Context(), http.MethodGet, "http://"+p.address+"/readyz", nil)
	if err != nil {
		p.Fatal(err)
	}
	res, err := http.DefaultClient.Do(ask)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// kill ends the program without a word, as a power cut does.
func (p *program) kill() {
	if p.running != nil {
		_ = p.running.Process.Kill()
		_ = p.running.Wait()
		p.running = nil
	}
}

// TestServerKilledWhileTyping kills the program in the middle of a sentence, and once more before the window is closed. Nobody
// touches anything, and every word is at the server in the end.
func TestServerKilledWhileTyping(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser, data := browsertest.Start(t), t.TempDir()
	p := build(t, data)
	var article press.ArticleID
	var session string
	t.Run("before", func(t *testing.T) {
		d := atWork(t, browser, map[string]any{"data": data}, "开头。")
		var err error
		article = d.article
		if session, _, err = d.app.Desk.SignIn(t.Context(), d.office.Person("writer").Name, app.SamplePassword, "test", "127.0.0.1"); err != nil {
			t.Fatal(err)
		}
	})
	p.start()
	w := pen{window(t, browser, &app.App{Config: config.Config{PublicURL: "http://" + p.address}}, 1280, 900, press.Chinese)}
	w.cookie("newsdesk-session", session)
	w.write(article)
	w.atEnd()
	w.keys("服务器还在。")
	w.stands("saved")
	w.keys("断电")
	p.kill()
	w.keys("之后。")
	w.stands("offline")
	w.sees("未连接服务器，已保存在这台电脑")
	w.keys("又写一句。")
	p.start()
	w.serves("开头。服务器还在。断电之后。又写一句。")

	w.keys("关页前")
	w = w.closed(article) // with the server there: what was typed last is sent by the page that ends, or by the next one
	w.is("开头。服务器还在。断电之后。又写一句。关页前")
	w.stands("saved")
	w.atEnd()
	w.keys("，再断电")
	p.kill()
	w.keys("，再关页。")
	w = w.closed("")
	p.start()
	w.write(article)
	w.is("开头。服务器还在。断电之后。又写一句。关页前，再断电，再关页。")
	w.sees("未提交到服务器的内容")
	w.serves("开头。服务器还在。断电之后。又写一句。关页前，再断电，再关页。")
}

// closed closes the window at once and opens another of the same browser, with an article in it if one is named.
func (w pen) closed(article press.ArticleID) pen {
	w.Helper()
	ctx, cancel := chromedp.NewContext(w.ctx)
	w.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		w.Fatal(err)
	}
	id := chromedp.FromContext(w.ctx).Target.TargetID
	if _, err := chromedp.CallBrowser(ctx, target.CloseTarget, target.CloseTargetParams{TargetID: id}); err != nil {
		w.Fatal(err)
	}
	next := pen{&tab{TB: w.TB, ctx: ctx, base: w.base}}
	next.do(chromedp.EmulateViewport(1280, 900))
	if article != "" {
		next.write(article)
	}
	return next
}
