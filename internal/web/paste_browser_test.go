package web_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/browsertest"
)

// hostile is every document of the test data that somebody might paste, by name, and one that is here.
func hostile(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"its own": `<p>写好的话<img src=x onerror="ran(1)"></p><script>ran(2)</script><p onclick="ran(3)" style="position:fixed"><a href="java&#10;script:ran(4)">链接</a></p>` +
		`<iframe srcdoc="<script>parent.ran(5)</script>"></iframe><svg onload=ran(6)></svg><link rel=stylesheet href="https://evil.example/x.css">` +
		`<figure data-photo="https://evil.example/x.jpg"></figure><table background="https://evil.example/y.png"><tr><td>格</td></tr></table>`}
	for _, folder := range []string{"html", "docs"} {
		path, here := shared(t, folder)
		if !here {
			continue
		}
		files, err := filepath.Glob(filepath.Join(path, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			addPayloads(t, out, f)
		}
	}
	return out
}

func addPayloads(t *testing.T, out map[string]string, file string) {
	t.Helper()
	kind := filepath.Ext(file)
	if kind != ".html" && kind != ".jsonl" {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if kind == ".html" {
		out[filepath.Base(file)] = string(data)
		return
	}
	for line := range strings.Lines(string(data)) {
		var one struct{ ID, Payload string }
		if err := json.Unmarshal([]byte(line), &one); err != nil || one.ID == "" {
			t.Fatalf("%s: %q, %v", file, line, err)
		}
		out[one.ID] = one.Payload
	}
}

// trap is set before anything is pasted: what scripts of others would do is counted, and what stands in the body must be of
// its kinds.
const trap = `(() => {
	window.ranScripts = [];
	for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'ran']) window[name] = what => { ranScripts.push(name + ' ' + what) };
	const tags = new Set('P H2 H3 H4 BR HR UL OL LI BLOCKQUOTE TABLE TBODY TR TD A STRONG EM U S SPAN DIV FIGURE IMG'.split(' '));
	const attributes = /^(class|data-(align|color|header|photo|caption|alt|placeholder)|href|rel|title|colspan|rowspan|start|type|contenteditable|alt|draggable)$/;
	const unsafe = e => !tags.has(e.tagName) || [...e.attributes].some(a => !attributes.test(a.name)) || (e.tagName === 'A' && !/^(https?|mailto):/.test(e.href));
	const runs = e => [...e.attributes].some(a => /^on/i.test(a.name) || /^\s*(java|vb)script:/i.test(a.value));
	window.paste = markup => {
		const body = document.querySelector('.ProseMirror');
		const carried = new DataTransfer();
		carried.setData('text/html', markup);
		carried.setData('text/plain', 'words');
		body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: carried, bubbles: true, cancelable: true}));
		const ours = e => e.closest('figure.photo, .gallery-head'); // with buttons and fields of its own
		return [...body.querySelectorAll('*')].filter(e => runs(e) || (!ours(e) && unsafe(e))).map(e => e.outerHTML.slice(0, 300));
	};
	return true;
})()`

// TestHostilePaste pastes every hostile document, also as if it were cut from an editor of our own. Nothing runs, nothing is
// fetched from anywhere, and what is kept is a body of good form.
func TestHostilePaste(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	payloads := hostile(t)
	d := atWork(t, browsertest.Start(t), nil, "粘贴之前。")
	w := d.as("writer")
	fetched := w.outside()
	eval[bool](w.tab, trap)
	w.atEnd()
	for _, name := range slices.Sorted(maps.Keys(payloads)) {
		for _, markup := range []string{payloads[name], `<meta charset="utf-8"><div data-pm-slice="0 0 []">` + payloads[name] + `</div>`} {
			if wrong := eval[[]string](w.tab, `paste(%s)`, markup); len(wrong) > 0 {
				t.Fatalf("%s leaves %s", name, wrong)
			}
			w.keys(kb.End, chromedp.ModifierCtrl)
		}
	}
	eval[[]string](w.tab, `paste('<p>粘贴之后。</p>')`)
	checkKept(t, d.kept(w, says("粘贴之后。")))
	if ran := eval[[]string](w.tab, `ranScripts`); len(ran) > 0 {
		t.Errorf("scripts ran: %q", ran)
	}
	if urls := fetched(); len(urls) > 0 {
		t.Errorf("fetched: %q", urls)
	}
	w.clean()
}

// outside tells what the window has asked of anybody but the server.
func (w pen) outside() func() []string {
	w.Helper()
	var mu sync.Mutex
	var urls []string
	if err := chromedp.Listen(w.ctx, func(ev any) {
		ask, ok := ev.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		for _, own := range []string{w.base + "/", "blob:" + w.base + "/", "data:image/"} {
			if strings.HasPrefix(ask.Request.URL, own) {
				return
			}
		}
		mu.Lock()
		defer mu.Unlock()
		urls = append(urls, ask.Request.URL)
	}); err != nil {
		w.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(urls)
	}
}

// checkKept checks the form of a body that was pasted together.
func checkKept(t *testing.T, c press.Content) {
	t.Helper()
	data, err := press.EncodeJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	var again press.Content
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if err := again.Normalize().Check(); err != nil {
		t.Error(err)
	}
	links := 0
	again.Body.EachRuns(func(runs []press.Run) {
		for _, r := range runs {
			if r.Link == "" {
				continue
			}
			links++
			if !strings.HasPrefix(r.Link, "https://") && !strings.HasPrefix(r.Link, "http://") && !strings.HasPrefix(r.Link, "mailto:") {
				t.Errorf("%q leads to %s", r.Text, r.Link)
			}
		}
	})
	t.Logf("%d blocks, %d links", len(again.Body.Blocks), links)
}

// TestPasteKeepsStructure pastes documents as people have them, and finds what they say and how.
func TestPasteKeepsStructure(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	for _, p := range []struct {
		path  []string
		kinds string
		holds []string // in the body as JSON
	}{
		{
			[]string{"html", "draft-clean.html"},
			"heading paragraph heading list quote table paragraph divider paragraph",
			[]string{
				`{"text":"11月9日","bold":true}`, `{"text":"消防应急疏散演练","italic":true}`, `"ordered":true`, `"text":"东侧楼梯"`, `"rowspan":2`, `"header":true`,
				`"link":"https://www.example.edu.cn/a?b=1&c=2"`, `"link":"mailto:news@example.edu.cn"`, `{"text":"删除线","strike":true}`, `{"text":"下划线","underline":true}`, `"align":"right"`,
			},
		},
		{[]string{"docs", "zh-word-paste.html"}, "", []string{"学院召开2024年秋季学期教学工作会议", "各系部主任、教研室主任参加会议。"}},
		{[]string{"docs", "zh-wechat-editor-paste.html"}, "heading paragraph paragraph paragraph", []string{`"align":"center","text":[{"text":"喜迎国庆 | 学院开展系列主题活动"}]`, "“歌唱祖国”合唱比赛", `"link":"https://mp.weixin.qq.com/s?__biz=`}},
		{[]string{"docs", "word-2003-clipboard.html"}, "paragraph", []string{`{"text":"Foo "}`, `{"text":"BOLD","bold":true}`}},
	} {
		t.Run(p.path[1], func(t *testing.T) {
			markup, err := os.ReadFile(servicetest.Data(t, p.path...))
			if err != nil {
				t.Fatal(err)
			}
			d := atWork(t, browser, nil)
			w := d.as("writer")
			eval[bool](w.tab, trap)
			w.atEnd()
			eval[[]string](w.tab, `paste(%s)`, string(markup))
			c := d.kept(w, func(c press.Content) bool { return len(c.Body.Blocks) > 0 })
			kinds := make([]string, len(c.Body.Blocks))
			for i, b := range c.Body.Blocks {
				kinds[i] = press.BlockType(b)
			}
			if got := strings.Join(kinds, " "); p.kinds != "" && got != p.kinds {
				t.Errorf("the body is %s", got)
			}
			data, err := press.EncodeJSON(c.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range p.holds {
				if !strings.Contains(string(data), want) {
					t.Errorf("%s is not in %s", want, data)
				}
			}
			w.clean()
		})
	}
}

// TestPasteTakesPicturesAlong pastes as Word copies: addresses of files in the markup, the pictures themselves beside it.
func TestPasteTakesPicturesAlong(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	markup := `<html><head><style><!-- p.MsoNormal {margin:0} .xl65 {font-weight:700} --></style></head><body><p class=MsoNormal>会场照片<span class=xl65>两张</span></p>` +
		`<p class=MsoNormal><img width=400 height=300 src="file:///C:\Temp\msohtmlclip1\01\clip_image002.png"></p><p>完。</p></body></html>`
	rtf := `{\rtf1\ansi\pard Text{\*\shppict{\pict\picw40\pich30\pngblip ` + hex.EncodeToString(drawn.Bytes()) + `}}{\nonshppict{\pict\wmetafile8 0100}}}`
	d := atWork(t, browsertest.Start(t), nil)
	w := d.as("writer")
	w.atEnd()
	eval[bool](w.tab, `(([markup, rtf]) => {
		const carried = new DataTransfer();
		for (const [kind, data] of [['text/html', markup], ['text/rtf', rtf], ['text/plain', 'words']]) carried.setData(kind, data);
		return document.querySelector('.ProseMirror').dispatchEvent(new ClipboardEvent('paste', {clipboardData: carried, bubbles: true, cancelable: true}));
	})(%s)`, []string{markup, rtf})
	c := d.kept(w, func(c press.Content) bool { return len(c.Body.Photos()) > 0 })
	if got := c.Body.Photos()[0]; got != press.DigestOf(drawn.Bytes()) {
		t.Errorf("photo %s was taken along, want the one that was beside the text", got.Short())
	}
	data, err := press.EncodeJSON(c.Body)
	if err != nil || !strings.Contains(string(data), `{"text":"两张","bold":true}`) {
		t.Errorf("%v: a word that the sheet made bold is not in %s", err, data)
	}
	w.clean()
}
