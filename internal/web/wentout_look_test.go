package web_test

import (
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// undecided blocks the push that was held for a reason that only a look at WeChat's console settles.
func undecided(t testing.TB, a *app.App) []sight {
	t.Helper()
	held, _, err := a.Store.Deliveries(t.Context(), store.DeliveryFilter{States: []press.State{press.Blocked}})
	for _, d := range held {
		if err != nil || d.Reason.Code != press.CodeStopped {
			continue
		}
		if _, err = a.Store.ChangeDelivery(t.Context(), press.System(), d.ID, press.Release(time.Now())); err == nil {
			_, err = a.Store.ChangeDelivery(t.Context(), press.System(), d.ID, press.Blocking(press.Reason{
				Code: "unknown.draft_left", Class: press.ClassDone, Back: press.Ready, Whose: press.Editor, At: time.Now(),
				Text: press.Say("WeChat did not answer. The draft is still in its box.", "微信没有答复。草稿仍在草稿箱，很可能没有发出。"),
				Fix:  press.Say("Look at 发表记录 in WeChat's console.", "请到微信后台查看“发表记录”：没有就放行；已经有了，请点“已经发出”。"),
			}))
		}
		if err == nil {
			return []sight{{"delivery-undecided", "/deliveries/" + string(d.ID), "editor"}}
		}
	}
	t.Fatalf("no push is held: %v", err)
	return nil
}
