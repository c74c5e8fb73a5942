package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
	"newsdesk/internal/store"
)

// drag takes an element with the mouse and drops it on another one, stopping above it for a moment.
func (w *tab) drag(from, to, above string) {
	w.Helper()
	const middle = `(e => { e.scrollIntoView({block: 'center'}); return new Promise(done => requestAnimationFrame(() => {
		const b = e.getBoundingClientRect(); done([b.x + b.width / 2, b.y + Math.min(b.height / 2, 40)]) })) })(document.querySelector(%s))`
	w.until(`document.querySelector(%s) && document.querySelector(%s)`, from, to)
	eval[[]float64](w, middle, to)
	start := eval[[]float64](w, middle, from)
	mouse := func(kind input.DispatchMouseEventType, at []float64, button input.MouseButton) {
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
				Type: kind, X: at[0], Y: at[1], Button: button, ClickCount: 1,
			})
			return err
		})
	}
	mouse(input.DispatchMouseEventTypeMouseMoved, start, input.MouseButtonNone)
	mouse(input.DispatchMouseEventTypeMousePressed, start, input.MouseButtonLeft)
	mouse(input.DispatchMouseEventTypeMouseMoved, []float64{start[0] + 12, start[1] + 12}, input.MouseButtonLeft)
	end := eval[[]float64](w, strings.Replace(middle, "e.scrollIntoView({block: 'center'});", "", 1), to)
	mouse(input.DispatchMouseEventTypeMouseMoved, []float64{end[0] - 4, end[1] - 4}, input.MouseButtonLeft)
	mouse(input.DispatchMouseEventTypeMouseMoved, end, input.MouseButtonLeft)
	if above != "" {
		w.until(above)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, end, input.MouseButtonLeft)
}

// TestComposeAndDrag: an edition is composed by mouse and by keyboard, with the follower's card beside it, and dragged on the
// calendar; a day that the allowance closes says so before it is dropped there, and refuses it.
func TestComposeAndDrag(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	a, office := furnished(t, press.Chinese)
	w := as(t, browser, a, office, "editor", 1440, 1000)
	waiting, err := a.Store.Unscheduled(t.Context(), 10)
	if err != nil || len(waiting) < 2 {
		t.Fatalf("%d articles wait: %v", len(waiting), err)
	}
	one, two := waiting[0], waiting[1]
	item := func(list string, id press.ArticleID) string {
		return `[data-pick="` + list + `"] [data-sort-id="` + string(id) + `"]`
	}

	w.open("/editions/new")
	w.click(item("free", one.ID) + " .pick-add")
	w.until(`document.querySelector('#card .chat-title')?.innerText === %s`, one.Title)
	w.click(item("free", two.ID) + " .pick-add")
	w.until(`document.querySelectorAll('#card .chat-title').length === 2 && document.querySelector('#chosen-count').innerText.includes('2')`)
	// By keyboard the second becomes the headline.
	eval[bool](w, `(document.querySelector(%s).focus(), true)`, item("chosen", two.ID)+" [data-sort-handle]")
	for _, key := range []string{" ", "ArrowUp", " "} {
		eval[bool](w, `(document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %s, bubbles: true, cancelable: true})), true)`, key)
	}
	w.until(`document.querySelector('#card .chat-title').innerText === %s`, two.Title)
	w.until(`[...document.querySelectorAll('#card img')].every(i => i.complete && i.naturalWidth > 0)`)
	first := time.Now().In(a.Config.Zone).AddDate(0, 0, 40)
	day := time.Date(first.Year(), first.Month(), 15, 9, 0, 0, 0, a.Config.Zone) // in the middle of a month, so that days around it are shown
	w.set("#day", day.Format(time.DateOnly))
	w.set("#clock", "09:00")
	w.click(`input[value="mass"]`)
	w.refreshed("mode=mass", "clock=09%3A00")
	w.until(`document.querySelector('#slot .slot-good')?.innerText.includes('09:00') && document.querySelector('#left-mass').innerText !== ''`)
	w.shot("compose")
	w.press("安排推送")
	w.until(`/^\/editions\/[0-9a-z]{26}$/i.test(location.pathname)`) // not /editions/new, where the button was
	id := press.EditionID(strings.TrimPrefix(eval[string](w, `location.pathname`), "/editions/"))
	e, err := a.Store.Edition(t.Context(), id)
	if err != nil || len(e.Items) != 2 || e.Items[0].Article != two.ID || e.Mode != press.ModeMass {
		t.Fatalf("composed %+v: %v", e, err)
	}

	// Another mass push takes the day after.
	taken := day.AddDate(0, 0, 1)
	if _, _, err := a.Desk.Compose(t.Context(), office.Person("editor"), desk.NewEdition{
		Mode: press.ModeMass, At: taken, Articles: []press.ArticleID{one.ID}, Account: e.Account,
	}); err != nil {
		t.Fatal(err)
	}
	calendar := "/editions/calendar?view=month&at=" + day.Format(time.DateOnly)
	chip := `[data-move="/editions/` + string(id) + `/time"]`
	slot := func(at time.Time) string { return `[data-move-slot="` + at.Format(time.DateOnly) + `"]` }
	w.open(calendar)
	w.drag(chip, slot(taken), `document.querySelector('`+slot(taken)+`').classList.contains('is-closed') && document.querySelector('`+slot(taken)+`').dataset.why`)
	w.until(`document.querySelector('.toast.bad') && document.querySelector(%s).contains(document.querySelector(%s))`, slot(day), chip)
	w.until(`!document.querySelector('.is-closed')`)

	free := day.AddDate(0, 0, 2)
	w.drag(chip, slot(free), "")
	w.until(`document.querySelector(%s)?.contains(document.querySelector(%s)) && document.querySelector('[data-flash]')`, slot(free), chip)
	if e, err = a.Store.Edition(t.Context(), id); err != nil || !e.At.Equal(day.AddDate(0, 0, 2)) {
		t.Errorf("dragged to %v, want %v: %v", e.At, free, err)
	}

	w.open("/editions/calendar?view=week&at=" + free.Format(time.DateOnly))
	hour := free.Add(5 * time.Hour)
	w.drag(chip, `[data-move-slot="`+hour.Format("2006-01-02T15:04")+`"]`, "")
	w.until(`document.querySelector('[data-flash]')`)
	if e, err = a.Store.Edition(t.Context(), id); err != nil || !e.At.Equal(hour) {
		t.Errorf("dragged to %v, want %v: %v", e.At, hour, err)
	}
	w.shot("week")
	w.clean()
}

// refreshed waits until the page has been fetched with these in its address, as it is after every change to what is composed:
// what it brings moves what stands below it, the button too.
func (w *tab) refreshed(asked ...string) {
	w.Helper()
	w.until(`performance.getEntriesByType('resource').some(e => e.name.includes('/editions/new?') && %s.every(part => e.name.includes(part)))`, asked)
}

// shot writes a picture where -look asks for them.
func (w *tab) shot(name string) {
	w.Helper()
	if *look == "" {
		return
	}
	data, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(*look, name+".jpg"), data, 0o600)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// TestDeliveryLive: the page of a delivery follows it without being loaded again, and asks before what cannot be undone.
func TestDeliveryLive(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	a, office := furnished(t, press.Chinese)
	w := as(t, browser, a, office, "editor", 820, 1000)
	list, _, err := a.Store.Deliveries(t.Context(), store.DeliveryFilter{States: []press.State{press.Ready}, Kind: press.TargetWeChat})
	if err != nil || len(list) == 0 {
		t.Fatalf("nothing is ready: %v", err)
	}
	w.open("/deliveries/" + string(list[0].ID))
	eval[bool](w, `(window.here = true)`)
	w.press("现在发出")
	w.until(`document.querySelector('dialog[open]')?.innerText.includes('现在就发出')`)
	w.shot("ask")
	if d, err := a.Store.Delivery(t.Context(), list[0].ID); err != nil || d.State != press.Ready {
		t.Fatalf("before the second question was answered: %s, %v", d.State, err)
	}
	eval[bool](w, `(document.querySelector('dialog[open] .dialog-foot button:last-child').click(), true)`)
	w.until(`location.pathname.startsWith('/deliveries/') && window.here === undefined`)
	eval[bool](w, `(window.here = true)`)
	w.until(`document.querySelector('#delivery .badge.state-live') && window.here`)
	w.until(`document.querySelector('.live-links a[href*="/s/"]') && document.querySelector('.way li:last-child.done')`)
	w.shot("live")
	w.press("撤回")
	w.until(`document.querySelector('dialog[open]')?.innerText.includes('无法恢复')`)
	eval[bool](w, `(document.querySelector('dialog[open] .dialog-foot button:last-child').click(), true)`)
	w.until(`document.querySelector('#delivery .badge.state-retracted')`)
	w.clean()
}
