package web_test

import (
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// corrected sends an article to WeChat, has its correction signed, returns it and the push that shows it still as
// it was.
func corrected(t testing.TB, a *app.App) (press.ArticleID, press.DeliveryID) {
	t.Helper()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	approved, _, err := a.Store.Articles(ctx, store.ArticleFilter{States: []press.ArticleState{press.ArticleApproved}, Limit: 1})
	ok(err)
	edition, planned, err := a.Desk.Compose(ctx, press.System(), desk.NewEdition{
		Account: a.Config.Accounts[0].Name, Mode: press.ModePublish, At: time.Now(), Articles: []press.ArticleID{approved[0].ID},
	})
	ok(err)
	push := planned[0]
	for deadline := time.Now().Add(time.Minute); push.State != press.Live; {
		if time.Now().After(deadline) {
			t.Fatalf("the push is %s", push.State)
		}
		time.Sleep(100 * time.Millisecond) // until the workers have sent it
		push, err = a.Store.Delivery(ctx, push.ID)
		ok(err)
	}
	begun, err := a.Desk.Correct(ctx, press.System(), edition.Items[0].Article, "示例更正：文中的日期有误，现已改正。")
	ok(err)
	_, err = a.Desk.Submit(ctx, press.System(), begun.ID, begun.Revision)
	ok(err)
	settings, err := a.Desk.Settings(ctx)
	ok(err)
	for _, stage := range settings.Stages {
		user, err := a.Desk.AddUser(ctx, press.System(), "示例更正"+stage.Name.ZH, []press.Role{press.Reviewer}, nil)
		ok(err)
		begun, _, err = a.Desk.Sign(ctx, press.Actor{User: user}, begun.ID, begun.Revision, begun.Hash)
		ok(err)
	}
	if begun.State != press.ArticleApproved {
		t.Fatalf("the correction is %s", begun.State)
	}
	return begun.ID, push.ID
}
