package site

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"newsdesk/internal/servicetest/browsertest"
)

// found is what the search page shows.
type found struct {
	Titles, Marks, Summaries []string
	Status, Query            string
	Wide                     bool
}

func (w *tab) found() found {
	w.Helper()
	return eval[found](w, `(() => {
	const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent);
	return {
		Titles: texts('.entries h2'), Marks: texts('.entries mark'), Summaries: texts('.entries .summary'),
		Status: texts('[role=status]').join(), Query: location.search, Wide: document.scrollingElement.scrollWidth > innerWidth,
	};
})()`)
}

// ask types into the box and waits until the search says that it is done.
func (w *tab) ask(query string) found {
	w.Helper()
	eval[bool](w, `(() => {
	const box = document.querySelector('.ask input');
	document.querySelector('[role=status]').textContent = '';
	box.value = %s;
	return box.dispatchEvent(new Event('input', { bubbles: true }));
})()`, query)
	w.until(`document.querySelector('[role=status]').textContent.match(/找到|没有|显示/)`)
	return w.found()
}

// hostileTitle would do harm where a page took it for anything but words.
const hostileTitle = `<img src=x onerror="document.body.remove()"> </script>{{.}} &amp; $& 结束`

// TestSearchPage searches in a browser, on a site below a path: from the masthead of any page, while typing, with the keyboard, and without scripts.
func TestSearchPage(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t)
	base, serve := served(t)
	base += "news/"
	s, archive := newSite(t, func(c *Config) { c.BaseURL, c.Variants = base, "歐陽鋼師\n欧阳钢师\n" })
	for n := range 8 {
		a := plain(n)
		if n == 2 {
			a.Content.Body.Blocks = append(a.Content.Body.Blocks, para("上一句与此无关。钢琴系的欧阳老师弹奏了 <b>Ｃｈｏｐｉｎ</b> 的夜曲。下一句也无关。"))
			a.Content.Credits.Text = "钟楼记者"
		}
		if n == 4 {
			a.Content.Title = hostileTitle
		}
		live(t, s, archive, a)
	}
	var missed atomic.Bool
	serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/search/") && r.URL.RawQuery != "" && !missed.Swap(true) { // a piece that has just been cut in two
			http.NotFound(w, r)
			return
		}
		s.Handler().ServeHTTP(w, r)
	}))
	w := newTab(t, browser, 390, 800)

	w.open(base)
	eval[bool](w, `(() => { const box = document.querySelector('.find input'); box.value = '欧阳老师 chopin'; box.form.requestSubmit(); return true; })()`)
	w.until(`location.pathname.endsWith('/search.html') && document.querySelector('.entries mark')`)
	got := w.found()
	if !missed.Load() || len(got.Titles) != 1 || strings.Join(got.Marks, "|") != "欧阳老师|Ｃｈｏｐｉｎ" || got.Summaries[0] != "钢琴系的欧阳老师弹奏了 <b>Ｃｈｏｐｉｎ</b> 的夜曲。" {
		t.Errorf("from the masthead: %+v", got)
	}
	for query, want := range map[string]int{"钟楼记者": 1, "ISIT 无此": 0, "chop": 1, "没有这样的词": 0, "歐陽老師": 1, "<img onerror": 1, `.*+?^${}()|[\]\ `: 0} {
		if got = w.ask(query); len(got.Titles) != want || want == 0 != strings.Contains(got.Status, "没有") {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if got = w.ask("服务地方产教融合"); len(got.Titles) < 3 || !strings.Contains(got.Status, "拆开") || strings.Contains(strings.Join(got.Marks, "|"), "服务地方") {
		t.Errorf("apart: %+v", got)
	}
	if got = w.ask("IMG SRC"); len(got.Titles) != 1 || got.Titles[0] != hostileTitle {
		t.Errorf("hostile title: %+v", got)
	}
	got = w.ask("学校")
	if len(got.Titles) < 3 || got.Wide || !strings.Contains(got.Query, "%E5%AD%A6%E6%A0%A1") {
		t.Errorf("while typing: %+v", got)
	}
	w.until(`(() => {
	const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
	document.querySelector('.ask input').focus();
	press('ArrowDown'); press('ArrowDown'); press('ArrowUp');
	return document.activeElement === document.querySelector('.entries a');
})()`)
	if *sights != "" {
		takeSight(t, w, filepath.Join(*sights, "search-390.png"))
	}
	w.clean()

	w.open(base + "search.html?q=" + url.QueryEscape(strings.Repeat(hostileTitle+"钢琴\"'\\\x00\u2028", 200)) + "%ff%ed%a0%80")
	w.until(`document.querySelector('[role=status]').textContent.match(/没有/)`)
	eval[bool](w, `(() => {
	const box = document.querySelector('.ask input');
	box.value = String.fromCharCode(0xd800) + '钢琴' + String.fromCharCode(0xdc00);
	return box.dispatchEvent(new Event('input', { bubbles: true }));
})()`)
	w.until(`document.querySelectorAll('.entries h2').length === 1`)
	if got = w.found(); got.Wide || got.Query != "?q=%E9%92%A2%E7%90%B4" {
		t.Errorf("hostile question: %+v", got)
	}
	w.clean()

	w.scripts(false)
	w.open(base + "search.html?q=x")
	w.scripts(true)
	if text := eval[string](w, `document.querySelector('noscript p')?.textContent || ''`); !strings.Contains(text, "按栏目或月份") {
		t.Errorf("without scripts: %q", text)
	}
}
