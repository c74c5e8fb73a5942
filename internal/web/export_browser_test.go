package web_test

import (
	"context"
	"strings"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// elsewhere copies the article for another system, as its editor does: the body with its looks, which an editor that knows
// HTML takes, and as plain text for one that does not; and so where browsers keep the newer clipboard from pages, as over http.
func (d *publishingDay) elsewhere() {
	d.Helper()
	w := d.editor
	for _, permission := range []string{"clipboard-read", "clipboard-write"} {
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, browser.SetPermission, browser.SetPermissionParams{
				Permission: &browser.PermissionDescriptor{Name: permission}, Setting: browser.PermissionSettingGranted,
				BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
			})
			return err
		})
	}
	page := "/articles/" + string(d.article.ID) + "/export"
	w.open(page)
	d.copies("by the command")
	w.click(`[data-copy="field-title"]`)
	w.until(`document.querySelector('[data-copy="field-title"] span').textContent === document.querySelector('[data-copy-rich]').dataset.copied`)
	if title := eval[string](w, `navigator.clipboard.readText()`); title == "" || title != eval[string](w, `document.getElementById('field-title').value`) {
		d.Errorf("the title is copied as %q", title)
	}
	w.clean()
	w.open(page)
	eval[bool](w, `(() => { document.execCommand = () => false; return true })()`)
	d.copies("by the clipboard's own interface")
	w.mu.Lock()
	w.faults = nil // Chromium parses what it takes under the page's policy, and complains of the styles that it keeps
	w.mu.Unlock()
}

func (d *publishingDay) copies(how string) {
	d.Helper()
	w := d.editor
	w.click("[data-copy-rich]")
	w.until(`document.querySelector('[data-copy-rich] span').textContent === document.querySelector('[data-copy-rich]').dataset.copied`)
	held := eval[map[string]string](w, `(async () => {
		const out = {};
		for (const item of await navigator.clipboard.read({unsanitized: ["text/html"]})) for (const type of item.types) out[type] = await (await item.getType(type)).text();
		return out;
	})()`)
	html, text := held["text/html"], held["text/plain"]
	if !strings.Contains(html, "<p style=\"text-indent:2em") || !strings.Contains(html, "（日期已核对）") || strings.Contains(html, "class=") || strings.Contains(text, "<p") || !strings.Contains(text, "（日期已核对）") {
		d.Errorf("%s: the clipboard holds %v", how, held)
	}
}
