package web_test

import (
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

// settle adds an account, a theme and quiet hours as an administrator would.
func settle(t testing.TB, a *app.App) {
	t.Helper()
	ctx, boss := t.Context(), press.System()
	_, err := a.Desk.SaveAccount(ctx, boss, desk.AccountChange{
		Name: "campus", AppID: "wxc0ffee0123456789", Kind: press.AccountService, Author: "示例大学", Theme: "campus",
		Secret: strings.Repeat("a", 32), CallbackToken: "campusToken",
	})
	if err == nil {
		err = a.Desk.SaveTheme(ctx, boss, press.StoredTheme{Name: "mine", YAML: "name: mine\nlike: campus\ntitle: {zh: 校庆, en: Anniversary}\n"})
	}
	if err == nil {
		_, err = a.Desk.SaveQuiet(ctx, boss, 0, []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 7 * 60}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSettingsInTheBrowser: what scripts add to the administrators' pages: a tree in order by keyboard, rows without a new
// page, a test in its place, and a sample that follows what is typed.
func TestSettingsInTheBrowser(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	a, office := furnished(t, press.English)
	settle(t, a)
	w := as(t, browsertest.Start(t), a, office, "admin", 1440, 900)

	w.open("/settings/columns")
	const first = `document.querySelector('.settings-tree [data-sort-id]').dataset.sortId`
	before := eval[string](w, first)
	eval[bool](w, `(document.querySelector('[data-sort-handle]').focus(), true)`)
	for _, key := range []string{" ", "ArrowDown", " "} {
		eval[bool](w, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %s, bubbles: true, cancelable: true})) || true`, key)
	}
	w.until(`document.querySelector('.toasts .toast.good')`) // kept by the server
	w.until(first+` !== %s && document.activeElement.closest('[data-sort-id]')?.dataset.sortId === %[1]s`, before)
	columns, err := a.Desk.ColumnChoices(t.Context())
	if err != nil || columns[0].String() == before {
		t.Errorf("the first column is still %s, %v", before, err)
	}

	w.open("/settings/stages")
	w.fill("#zh-0", "一审")
	w.click(`[name="down.0"]`)
	w.until(`document.getElementById('zh-1')?.value === '一审' && document.querySelector('#stages .badge.warn')`)

	w.open("/settings/accounts/campus")
	w.click(`form[hx-post] button`)
	w.until(`document.querySelector('#test .alert.good')`)

	w.open("/settings/themes/mine")
	w.until(`document.querySelector('[data-sample-frame]').contentDocument?.getElementById('js_content')`)
	w.set(`[data-colour-for="h2.mark"]`, "#a1b2c3")
	w.until(`[...document.querySelectorAll('[data-sample-frame]')].every(f => f.contentDocument.body.innerHTML.includes('#a1b2c3'))`)
	w.set(`[name="text.size"]`, "999")
	w.until(`document.querySelector('[data-sample-status]').textContent.includes('text.size')`)
	w.clean()
}
