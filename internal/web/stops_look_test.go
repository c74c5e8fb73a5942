package web_test

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// stopped puts an emergency stop on every account, with a push that it holds, and returns what that looks like. The reason is
// as long as it may be.
func stopped(t testing.TB, a *app.App) []sight {
	t.Helper()
	ctx, boss := t.Context(), press.System()
	stop, err := a.Desk.Stop(ctx, boss, "", "示例：收到主管部门电话，"+strings.Repeat("第二条稿件中的人名和日期待核实，", 10))
	if err != nil {
		t.Fatal(err)
	}
	push := blocked(t, a, press.Reason{
		Code: press.CodeStopped, Back: press.Ready, Text: stop.Text(time.UTC),
		Fix: press.Say("Once the stop is lifted, release it to send it at once; or cancel.", "解除停发后，可放行（立即发出）；不发则取消。"),
	})
	return []sight{
		{"stops-on", "/stops", "editor"},
		{"delivery-stopped", "/deliveries/" + string(push), "editor"},
		{"today-stopped", "/", "editor"},
		{"today-writer-stopped", "/", "writer"},
		{"editions-new-stopped", "/editions/new", "editor"},
	}
}

// unstopped lifts the stop; what it held is to be decided.
func unstopped(t testing.TB, a *app.App) []sight {
	t.Helper()
	if _, err := a.Desk.Resume(t.Context(), press.System(), ""); err != nil {
		t.Fatal(err)
	}
	return []sight{{"stops-held", "/stops", "editor"}, {"stops-held-admin", "/stops", "admin"}}
}

// blocked blocks a push that is ready in its draft box, with a reason of its own.
func blocked(t testing.TB, a *app.App, reason press.Reason) press.DeliveryID {
	t.Helper()
	ready, _, err := a.Store.Deliveries(t.Context(), store.DeliveryFilter{States: []press.State{press.Ready}})
	for _, d := range ready {
		if err == nil && d.WillFire() {
			reason.At = time.Now()
			_, err = a.Store.ChangeDelivery(t.Context(), press.System(), d.ID, press.Blocking(reason))
			if err == nil {
				return d.ID
			}
		}
	}
	t.Fatalf("no push is ready: %v", err)
	return ""
}
