package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/browsertest"
	"newsdesk/internal/store"
)

// TestPublishingDay is the office's whole day in real browsers: a parcel is dropped by a contributor, returned with a remark,
// mended, signed by three people of whom one is on a phone, composed, dragged on the calendar, and live on WeChat and on the
// website, while the page that watches it changes by itself.
func TestPublishingDay(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	for _, day := range []struct {
		lang  press.Lang
		text  string
		files []string
	}{
		{press.Chinese, "seed-article/article-zh.txt", []string{"微信图片_20240816103911.jpg", "微信图片_20240816103916.jpg", "微信图片_20240816103919.jpg"}},
		{press.English, "seed-article/article.txt", []string{"Wechat photo _20240816103911.jpg", "Wechat photo _20240816103916.jpg", "Wechat photo _20240816103919.jpg"}},
	} {
		t.Run(string(day.lang), func(t *testing.T) {
			files := []string{servicetest.Data(t, day.text)}
			for _, name := range day.files {
				files = append(files, servicetest.Data(t, "seed-article/"+name))
			}
			a := house(t, nil)
			office := &app.Office{App: a, Lang: day.lang}
			if err := office.Hire(t.Context()); err != nil {
				t.Fatal(err)
			}
			d := publishingDay{T: t, app: a, office: office}
			d.writer = window(t, browser, a, 1440, 900, day.lang)
			d.handIn(files)
			d.first = as(t, browser, a, office, "first", 1280, 900)
			d.sendBack()
			d.mend()
			d.sign(d.first)
			d.sign(as(t, browser, a, office, "second", 390, 780)) // on a phone
			d.sign(as(t, browser, a, office, "third", 1280, 900))
			d.editor = as(t, browser, a, office, "editor", 1440, 1000)
			d.compose()
			d.drag()
			d.publish()
			if day.lang == press.Chinese {
				d.elsewhere()
			}
			for _, w := range []*tab{d.writer, d.first, d.editor} {
				w.clean()
			}
		})
	}
}

type publishingDay struct {
	*testing.T
	app                   *app.App
	office                *app.Office
	writer, first, editor *tab

	article press.Article
	edition press.Edition
}

func (d *publishingDay) refresh() {
	d.Helper()
	var err error
	if d.article, err = d.app.Store.Article(d.Context(), d.article.ID); err != nil {
		d.Fatal(err)
	}
}

// is waits until the article is in a state: what the page shows may be there before the server has done what was asked.
func (d *publishingDay) is(want press.ArticleState) {
	d.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if d.refresh(); d.article.State == want {
			return
		}
	}
	d.Fatalf("the article is %s, want %s", d.article.State, want)
}

// handIn signs in by the form and drops a document and its photos on the first page.
func (d *publishingDay) handIn(files []string) {
	w := d.writer
	w.signIn(d.office.Person("writer").Name, app.SamplePassword)
	w.until(`location.pathname === '/' && document.querySelector('h1')`)
	eval[bool](w, `(() => { const i = document.createElement('input'); i.type = 'file'; i.multiple = true; i.id = 'carried'; i.hidden = true; document.body.append(i); return true })()`)
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#carried"), files))
	eval[bool](w, `(() => {
		new MutationObserver(() => sessionStorage.setItem('shown', document.querySelectorAll('.drop-photo.is-done img').length))
			.observe(document.body, {subtree: true, childList: true});
		const carried = new DataTransfer();
		for (const f of document.querySelector('#carried').files) carried.items.add(f);
		const main = document.querySelector('main');
		for (const kind of ['dragenter', 'dragover', 'drop']) main.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
		return true;
	})()`)
	w.until(`/^\/(articles|hand-in)\/[0-9a-z]{26}/.test(location.pathname)`)
	if shown := eval[string](w, `sessionStorage.getItem('shown')`); shown != fmt.Sprint(len(files)-1) {
		d.Errorf("%s photos were shown while the parcel was read, want %d", shown, len(files)-1)
	}
	list, _, err := d.app.Store.Articles(d.Context(), store.ArticleFilter{})
	if err != nil || len(list) != 1 {
		d.Fatalf("%d articles, %v", len(list), err)
	}
	d.article = list[0]
	w.sees(strings.Fields(d.article.Title)[0])
	w.until(`document.querySelectorAll('main img').length >= 3`)
	if d.article.State == press.ArticleDraft {
		w.click(`form[action$="/submit"] button`)
	}
	d.is(press.ArticleReview)
}

func (d *publishingDay) page(part string) string {
	return fmt.Sprintf("/articles/%s%s", d.article.ID, part)
}

// sendBack remarks on the first block and returns the article.
func (d *publishingDay) sendBack() {
	w := d.first
	w.open("/")
	w.click(fmt.Sprintf(`main a[href="/articles/%s/review"]`, d.article.ID))
	w.until(`location.pathname.endsWith('/review') && document.readyState === 'complete'`)
	w.click(`#at-body-blocks-0 .rv-say summary`)
	w.fill(`#at-body-blocks-0 .rv-say textarea`, "请核对日期 2024")
	w.click(`#at-body-blocks-0 .rv-say form button`)
	w.sees("请核对日期 2024")
	w.click(`a[href="#return"]`)
	w.fill(`#reason`, "请核对日期后再交")
	w.click(`#return form button.danger`)
	w.until(`document.readyState === 'complete' && (!location.pathname.endsWith('/review') || !document.querySelector('#sign'))`)
	d.is(press.ArticleReturned)
}

// mend reads the reason, writes a sentence in the editor and hands the article in again.
func (d *publishingDay) mend() {
	w := d.writer
	w.open("/")
	w.sees("请核对日期后再交")
	w.open(d.page("/edit"))
	w.click(`.ProseMirror p`)
	w.do(chromedp.KeyEvent("\ue010")) // End
	w.do(chromedp.SendKeys(chromedp.CSS(".ProseMirror"), "（日期已核对）"))
	w.until(`document.querySelector('.ProseMirror').innerText.includes('（日期已核对）')`)
	w.click(`.editor-actions .button.primary`)
	w.until(`!location.pathname.endsWith('/edit')`)
	d.is(press.ArticleReview)
	rev, err := d.app.Store.Revision(d.Context(), d.article.ID, 0)
	if err != nil || !strings.Contains(rev.Content.Body.Text(), "（日期已核对）") || len(rev.Content.Body.Photos()) != 3 {
		d.Fatalf("revision %d: %d photos, %v", rev.Number, len(rev.Content.Body.Photos()), err)
	}
}

// sign reads the article to its end and signs.
func (d *publishingDay) sign(w *tab) {
	d.Helper()
	d.refresh()
	before, err := d.app.Store.SignOffs(d.Context(), d.article.ID, d.article.Revision)
	if err != nil {
		d.Fatal(err)
	}
	w.open(d.page("/review"))
	w.sees("（日期已核对）")
	w.click(`a[href="#sign"]`)
	w.click(`#sign form .button.sign`)
	w.until(`document.readyState === 'complete' && !document.querySelector('#sign')`)
	after, err := d.app.Store.SignOffs(d.Context(), d.article.ID, d.article.Revision)
	if err != nil || len(after) != len(before)+1 {
		d.Fatalf("%d signatures after %d, %v", len(after), len(before), err)
	}
}

// compose puts the article into an edition of tomorrow.
func (d *publishingDay) compose() {
	d.is(press.ArticleApproved)
	w := d.editor
	w.open("/editions/new")
	w.click(`[data-pick="free"] [data-pick-toggle].pick-add`)
	w.until(`document.querySelectorAll('[data-pick="chosen"] .pick').length === 1`)
	w.click(`label.mode-choice:has(input[value="publish"])`)
	w.set(`#day`, d.tomorrow("2006-01-02"))
	w.set(`#clock`, "10:00")
	w.refreshed("mode=publish", "clock=10%3A00")
	w.until(`document.querySelector('#slot .slot-good')?.innerText.includes('10:00')`) // of this time, not of the one proposed
	w.click(`#submit-part .button.primary`)
	w.until(`/^\/editions\/[0-9a-z]{26}/.test(location.pathname)`)
	list, _, err := d.app.Store.Editions(d.Context(), store.EditionFilter{})
	if err != nil || len(list) != 1 {
		d.Fatalf("%d editions, %v", len(list), err)
	}
	d.edition = list[0]
}

func (d *publishingDay) tomorrow(layout string) string {
	return time.Now().In(d.app.Config.Zone).AddDate(0, 0, 1).Format(layout)
}

// drag takes the edition to another hour on the calendar, by the mouse.
func (d *publishingDay) drag() {
	w := d.editor
	w.open("/editions/calendar?view=week&at=" + d.tomorrow("2006-01-02"))
	slot := fmt.Sprintf(`[data-move-slot="%sT15:00"]`, d.tomorrow("2006-01-02"))
	w.until(`document.querySelector(%s)`, slot)
	w.act(func(ctx context.Context) error {
		for { // the calendar is drawn anew when a step of the edition is told, which takes away what is being looked for
			err := chromedp.Do(ctx, chromedp.DragAndDrop(chromedp.CSS(`.chip[data-move]`), chromedp.CSS(slot)))
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Could not find node") {
				return err
			}
		}
	})
	want := d.tomorrow("2006-01-02") + " 15:00"
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		e, err := d.app.Store.Edition(d.Context(), d.edition.ID)
		if err != nil {
			d.Fatal(err)
		}
		if e.At.In(d.app.Config.Zone).Format("2006-01-02 15:04") == want {
			d.edition = e
			w.until(`document.querySelector('[data-flash]') && document.readyState === 'complete'`) // the page goes to itself once more
			return
		}
		if time.Now().After(end) {
			w.fail("the edition is still at %s, want %s", e.At.In(d.app.Config.Zone), want)
		}
	}
}

// publish sends it now, and the page says by itself when it is live.
func (d *publishingDay) publish() {
	w := d.editor
	push, _, err := d.app.Store.Deliveries(d.Context(), store.DeliveryFilter{Edition: d.edition.ID, Kind: press.TargetWeChat})
	if err != nil || len(push) != 1 {
		d.Fatalf("%d pushes, %v", len(push), err)
	}
	w.open("/deliveries/" + string(push[0].ID))
	w.until(`document.querySelector('#delivery .badge.state-ready')`)
	w.click(`form[action$="/fire"] button`)
	w.until(`document.querySelector('dialog[open]')`)
	w.click(`dialog[open] .dialog-foot .button:not([value="no"]):last-child`)
	w.until(`document.querySelector('#delivery .badge.state-live')`) // the push's own, not that of the website's page
	live, err := d.app.Store.Delivery(d.Context(), push[0].ID)
	if err != nil || live.State != press.Live || len(live.URLs) != 1 || live.Tries != 1 {
		d.Fatalf("%+v, %v", live, err)
	}
	for where, address := range map[string]string{"WeChat": d.app.Sandbox.LocalURL(live.URLs[0]), "the website": d.app.Site.Address(d.article.ID)} {
		w.open(address)
		w.sees("（日期已核对）")
		if n := eval[int](w, `[...document.images].filter(i => { i.loading = 'eager'; return true }).length`); n < 3 {
			d.Errorf("%s shows %d pictures", where, n)
		}
	}
	if _, err := os.Stat(filepath.Join(d.app.Config.Site.Dir, filepath.FromSlash(d.app.Site.Path(d.article.ID)))); err != nil {
		d.Errorf("the website's page: %v", err)
	}
}
