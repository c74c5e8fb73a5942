package app_test

import (
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// TestOffice: the sample office has something in every state, and its people can sign in.
func TestOffice(t *testing.T) {
	t.Parallel()
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			a := open(t, nil)
			office := app.Office{App: a, Lang: lang}
			if err := office.Furnish(t.Context()); err != nil {
				t.Fatal(err)
			}
			for state, want := range map[press.ArticleState]int{
				press.ArticleDraft: 2, press.ArticleReview: 3, press.ArticleReturned: 1, press.ArticleWithdrawn: 1, press.ArticleApproved: 5,
			} {
				_, n, err := a.Store.Articles(t.Context(), store.ArticleFilter{States: []press.ArticleState{state}})
				if err != nil || n != want {
					t.Errorf("%d articles are %s, %v; want %d", n, state, err, want)
				}
			}
			blocked, _, err := a.Store.Deliveries(t.Context(), store.DeliveryFilter{States: []press.State{press.Blocked}})
			if err != nil || len(blocked) != 1 || blocked[0].Reason.Code != "draft.edited" {
				t.Errorf("blocked: %+v, %v", blocked, err)
			}
			for _, p := range app.SamplePeople() {
				if _, _, err := a.Desk.SignIn(t.Context(), p.Name.In(lang), app.SamplePassword, "test", "127.0.0.1"); err != nil {
					t.Errorf("%s: %v", p.Name.EN, err)
				}
			}
		})
	}
}
