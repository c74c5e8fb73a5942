package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
)

// types writes where the focus is, as an input method does.
func (w *tab) types(text string) {
	w.Helper()
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// writes opens an article in the editor and puts the cursor at the beginning of its body.
func (w *tab) writes(id press.ArticleID) {
	w.Helper()
	w.open("/articles/" + string(id) + "/edit")
	w.toBody()
}

func (w *tab) toBody() {
	w.Helper()
	w.until(`document.querySelector('.body')`)
	eval[bool](w, `(body => { body.focus(); getSelection().collapse(body.querySelector('p'), 0); return true })(document.querySelector('.body'))`)
}

// stands waits until saving by itself has come to a state.
func (w *tab) stands(state string) {
	w.Helper()
	w.until(`document.querySelector('.save-state')?.dataset.state === %s`, state)
}

// drafted is an article that somebody has written, with a paragraph.
func drafted(t *testing.T, a *app.App, by press.Actor, text string) press.Article {
	t.Helper()
	article, err := a.Desk.NewArticle(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := a.Desk.SaveRevision(t.Context(), by, article.ID, article.Revision, press.Content{
		Title: "示例：正在写的稿件", Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: text}}}}},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	return saved.Article
}

// beside opens another tab of the same person's browser.
func beside(t *testing.T, w *tab) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(w.ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	other := &tab{TB: t, ctx: ctx, base: w.base}
	if err := chromedp.Listen(ctx, other.hear); err != nil {
		t.Fatal(err)
	}
	return other
}

// kept is the body that the server keeps of what somebody has typed.
func kept(t *testing.T, a *app.App, id press.ArticleID, who press.Actor) press.Body {
	t.Helper()
	w, err := a.Store.Working(t.Context(), id, who.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w.Content.Body
}

// TestServerDiesWhileTyping: what is typed while there is no server is kept by the browser, survives the tab, and reaches
// the next server by itself.
func TestServerDiesWhileTyping(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	chrome := chromium(t)
	data := t.TempDir()
	first := house(t, map[string]any{"data": data})
	office := &app.Office{App: first, Lang: press.Chinese}
	if err := office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	writer := office.Person("writer")
	article := drafted(t, first, writer, "原来的一段。")
	w := as(t, chrome, first, office, "writer", 1440, 1000)
	w.writes(article.ID)
	w.types("服务器还在时写的。")
	w.stands("saved")
	listen := strings.TrimPrefix(first.Config.PublicURL, "http://")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	w.types("服务器停了以后写的。")
	w.stands("offline")

	second := house(t, map[string]any{"data": data, "listen": listen})
	w.stands("saved")
	if text := kept(t, second, article.ID, writer).Text(); !strings.Contains(text, "服务器停了以后写的。") {
		t.Fatalf("the server that came back has %q", text)
	}

	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	w.types("标签页崩溃之前写的。")
	w.stands("offline")
	w.until(`new Promise(done => { const r = indexedDB.open('newsdesk'); r.onsuccess = () => {
		const all = r.result.transaction('copies').objectStore('copies').getAll(); all.onsuccess = () => done(JSON.stringify(all.result).includes('标签页崩溃之前写的。')) } })`)
	dying, cancel := context.WithTimeout(w.ctx, time.Second)
	defer cancel()
	_, _ = chromedp.Call(dying, page.Crash, cdp.Empty{}) // it cannot answer any more

	third := house(t, map[string]any{"data": data, "listen": listen})
	again := beside(t, w)
	again.writes(article.ID)
	again.sees("标签页崩溃之前写的。")
	again.until(`document.querySelector('[data-banner=restored]')`)
	again.stands("saved")
	if text := kept(t, third, article.ID, writer).Text(); !strings.Contains(text, "标签页崩溃之前写的。") {
		t.Errorf("what the dead tab held did not reach the server: %q", text)
	}
}

// TestTwoPeopleWrite: who is slower is told by whom and when, sees both, and loses nothing whichever is taken.
func TestTwoPeopleWrite(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	chrome := chromium(t)
	a := house(t, nil)
	office := &app.Office{App: a, Lang: press.Chinese}
	if err := office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	article := drafted(t, a, office.Person("writer"), "共同的一段。")
	one := as(t, chrome, a, office, "writer", 1440, 1000)
	two := as(t, chrome, a, office, "editor", 1440, 1000)
	one.writes(article.ID)
	two.writes(article.ID)
	two.types("编辑写的。")
	two.press("保存版本")
	two.sees("已保存为版本 3")

	one.types("投稿人写的。")
	one.until(`document.querySelector('[data-banner=newer]')?.innerText.includes('示例编辑')`)
	one.press("查看不同")
	one.until(`document.querySelector('.dialog-compare')?.innerText.includes('编辑写的。') && document.querySelector('.dialog-compare').innerText.includes('投稿人写的。')`)
	one.press("以我的为准，存为新版本")
	one.sees("已保存为版本 4")
	if text := revision(t, a, article.ID).Body.Text(); text != "投稿人写的。共同的一段。" {
		t.Errorf("revision 4 is %q", text)
	}

	two.toBody()
	two.types("编辑又写的。")
	two.until(`document.querySelector('[data-banner=newer]')`)
	two.press("查看不同")
	two.press("采用对方的")
	two.until(`document.querySelector('.body').innerText.includes('投稿人写的。') && !document.querySelector('.body').innerText.includes('编辑又写的。')`)
	two.press("取回")
	two.sees("编辑又写的。")
	two.press("保存版本")
	two.sees("已保存为版本 5")
	if text := revision(t, a, article.ID).Body.Text(); !strings.Contains(text, "编辑又写的。") {
		t.Errorf("revision 5 is %q", text)
	}
	one.clean()
}

func revision(t *testing.T, a *app.App, id press.ArticleID) press.Content {
	t.Helper()
	r, err := a.Store.Revision(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return r.Content
}

// thirty draws thirty different photos in the page and drops them above its second paragraph.
const thirty = `(async () => {
	const files = new DataTransfer();
	for (let i = 1; i <= 30; i++) {
		const c = Object.assign(document.createElement('canvas'), {width: 640, height: 480});
		const g = c.getContext('2d');
		g.fillStyle = 'hsl(' + 12 * i + ' 60% 50%)'; g.fillRect(0, 0, 640, 480);
		g.fillStyle = '#fff'; g.font = '200px sans-serif'; g.fillText(i, 200, 300);
		files.items.add(new File([await new Promise(done => c.toBlob(done, 'image/jpeg'))], 'photo-' + i + '.jpg', {type: 'image/jpeg'}));
	}
	const box = document.querySelectorAll('.body p')[1].getBoundingClientRect();
	document.querySelectorAll('.body p')[1].dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true, clientX: box.left + 9, clientY: box.top + 1}));
	return true })()`

// TestThirtyPhotos: thirty photos dropped at once land where they were dropped, in their order, each with a bar; they are
// captioned and moved by keyboard, made a gallery, and one of them the cover.
func TestThirtyPhotos(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	chrome := chromium(t)
	a := house(t, nil)
	office := &app.Office{App: a, Lang: press.Chinese}
	if err := office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	writer := office.Person("writer")
	article := drafted(t, a, writer, "前面一段。")
	w := as(t, chrome, a, office, "writer", 1440, 1000)
	w.writes(article.ID)
	w.types("更前面一段。")
	w.do(chromedp.SendKeys(chromedp.CSS(".body"), "\r"))
	eval[bool](w, thirty)
	w.until(`document.querySelectorAll('.body figure.photo progress').length > 3`)
	w.until(`document.querySelectorAll('.body figure.photo').length === 30 && !document.querySelector('.is-uploading')`)
	w.stands("saved")
	names := func() string {
		var out []string
		for _, block := range kept(t, a, article.ID, writer).Blocks {
			if p, ok := block.(press.Picture); ok {
				photo, err := a.Store.Photo(t.Context(), p.Photo)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, strings.TrimSuffix(strings.TrimPrefix(photo.Name, "photo-"), ".jpg"))
			}
		}
		return strings.Join(out, " ")
	}
	want := make([]string, 30)
	for i := range want {
		want[i] = fmt.Sprint(i + 1)
	}
	if got := names(); got != strings.Join(want, " ") {
		t.Fatalf("they stand as %s", got)
	}

	eval[bool](w, `(document.querySelector('.photo-caption').focus(), true)`)
	w.types("第一张的说明")
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "ArrowDown", Modifiers: 1})
		return err
	})
	w.until(`document.querySelectorAll('.photo-caption')[1].value === '第一张的说明' && document.activeElement === document.querySelectorAll('.photo-caption')[1]`)
	w.until(`document.querySelector('.save-state').dataset.state === 'saved'`)
	if got := names(); !strings.HasPrefix(got, "2 1 3 ") {
		t.Errorf("after moving the first down they stand as %s", got)
	}
	eval[bool](w, `(document.querySelectorAll('.photo-menu')[1].click(), true)`)
	w.press("设为封面")
	eval[bool](w, `(document.querySelectorAll('.photo-menu')[1].click(), true)`)
	w.press("与相邻图片组成图集")
	w.until(`document.querySelectorAll('.gallery figure.photo').length === 30`)
	w.press("保存版本")
	w.sees("已保存为版本 3")
	c := revision(t, a, article.ID)
	gallery, ok := c.Body.Blocks[1].(press.Gallery)
	if !ok || len(gallery.Photos) != 30 || gallery.Photos[1].Photo != c.Cover.Photo || gallery.Photos[1].Caption != "第一张的说明" {
		t.Errorf("the revision has %T, the cover %s", c.Body.Blocks[1], c.Cover.Photo)
	}
	w.clean()
}

// pasted is what other programs put on the clipboard, each with the body that it becomes.
var pasted = []struct{ name, markup, want string }{
	{
		"Word", `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head><body>
<p class=MsoTitle align=center style='text-align:center'><b><span style='font-size:22.0pt'>示例标题<o:p></o:p></span></b></p>
<p class=MsoNormal style='text-indent:32.0pt'><span style='font-size:16.0pt'>正文第一行
接着写，<b>重点</b><span style='color:#C00000'>红字</span>。</span></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;</span></span><![endif]>第一项</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>a)<span>&nbsp;</span></span><![endif]>其中</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>一、</span><![endif]>官样序号</p></body></html>`,
		`{"type":"heading","level":2,"align":"center","text":[{"text":"示例标题"}]}` +
			`{"type":"paragraph","text":[{"text":"正文第一行接着写，"},{"text":"重点","bold":true},{"text":"红字","color":"red"},{"text":"。"}]}` +
			`{"type":"list","ordered":true,"items":[{"text":[{"text":"第一项"}],"list":{"ordered":true,"items":[{"text":[{"text":"其中"}]}]}}]}` +
			`{"type":"paragraph","text":[{"text":"一、官样序号"}]}`,
	},
	{
		"WeChat", `<section style="text-align:center"><section style="display:inline-block"><p><strong><span style="font-size:20px;color:#1e6bb8">小标题</span></strong></p></section></section>
<section style="font-size:16px"><p>正文一段，<a href="https://mp.weixin.qq.com/s?a=1&amp;b=2">往期回顾</a>。</p><p><br/></p>
<img data-src="https://example.com/1.jpg" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"><mp-common-profile>名片</mp-common-profile></section>`,
		`{"type":"heading","level":3,"align":"center","text":[{"text":"小标题"}]}` +
			`{"type":"paragraph","text":[{"text":"正文一段，"},{"text":"往期回顾","link":"https://mp.weixin.qq.com/s?a=1&b=2"},{"text":"。"}]}`,
	},
	{
		"a page with attacks", `<p onclick="alert(1)">可见<a href="javascript:alert(2)">文字</a><img src=x onerror=alert(3)></p><script>alert(4)</script>
<svg onload=alert(5)><text>图中</text></svg><iframe srcdoc="<script>alert(6)</script>"></iframe><p style="display:none">隐藏</p><form action="https://evil.example"><input autofocus onfocus=alert(7)>
<p style="position:fixed;background:url(javascript:alert(8))">遮罩</p></form><math><mtext><img src=x onerror=alert(9)></mtext></math><base href="https://evil.example/">`,
		`{"type":"paragraph","text":[{"text":"可见文字"}]}{"type":"paragraph","text":[{"text":"遮罩"}]}`,
	},
}

// TestPaste: what is pasted keeps its structure and nothing else; nothing of it runs, and no rule of the page is broken.
func TestPaste(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	chrome := chromium(t)
	a := house(t, nil)
	office := &app.Office{App: a, Lang: press.Chinese}
	if err := office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	writer := office.Person("writer")
	w := as(t, chrome, a, office, "writer", 1440, 1000)
	for _, p := range pasted {
		article := drafted(t, a, writer, "")
		w.writes(article.ID)
		eval[bool](w, `(window.alert = text => { throw new Error('ran: ' + text) }, true)`)
		eval[bool](w, `(markup => { const data = new DataTransfer(); data.setData('text/html', markup); data.setData('text/plain', 'x');
			document.querySelector('.body').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); return true })(%s)`, p.markup)
		w.stands("saved")
		var got strings.Builder
		data, err := press.EncodeJSON(kept(t, a, article.ID, writer).Normalize())
		if err != nil {
			t.Fatal(err)
		}
		got.Write(data)
		want := `{"version":1,"blocks":[` + strings.ReplaceAll(p.want, `}{"type"`, `},{"type"`) + `]}`
		if got.String() != want {
			t.Errorf("from %s came\n%s\nand not\n%s", p.name, got.String(), want)
		}
	}
	w.clean()
}
