package api_test

import (
	"testing"
	"time"

	"newsdesk/internal/api"
	newsroom "newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// documentedTargets calls what there is of websites.
func documentedTargets(t *testing.T, d *desk, as func(string) *api.Client) {
	t.Helper()
	ctx := t.Context()
	body := api.NewTargetBody{Name: "portal", TargetBody: api.TargetBody{
		Kind: "webhook", Title: "示例门户", Address: "https://127.0.0.1:9/in", On: true, Policy: "optional", Columns: []press.Column{{"新闻资讯"}},
	}}
	added := must[newsroom.TargetSaved](t)(as("boss").AddTarget(ctx, body))
	if added.Secret == "" || added.Target.Version != 1 || len(added.Told) != 1 {
		t.Errorf("added %+v", added)
	}
	body.Version, body.Title = 1, "门户"
	if changed := must[newsroom.TargetSaved](t)(as("boss").ChangeTarget(ctx, "portal", body.TargetBody)); changed.Secret != "" || !changed.Target.HasSecret {
		t.Errorf("changed %+v", changed)
	}
	if read := must[newsroom.TargetRow](t)(as("boss").Target(ctx, "portal")); read.Title != "门户" || read.Health.Target != "portal" {
		t.Errorf("read %+v", read)
	}
	if report := must[press.TargetReport](t)(as("boss").TestTarget(ctx, "portal")); report.Works || report.Text.EN == "" {
		t.Errorf("the test says %+v", report)
	}
	article := d.approved(t, "For the website alone")
	_, err := as("editor").PublishToSites(ctx, article.ID, api.PublishBody{To: []string{"portal"}})
	refused(t, err, press.Conflict, "target.column")
	done := must[api.PublishDone](t)(as("editor").PublishToSites(ctx, article.ID, api.PublishBody{To: []string{press.SiteTarget}, At: time.Now().Add(time.Hour)}))
	if len(done.Deliveries) != 1 || done.Deliveries[0].Target != press.SiteTarget || done.Deliveries[0].Edition != "" {
		t.Errorf("published by %+v", done.Deliveries)
	}
	before := must[api.TargetList](t)(as("editor").Targets(ctx))
	after := must[api.TargetList](t)(as("boss").RemoveTarget(ctx, "portal", 2))
	if len(after.Targets) != len(before.Targets)-1 {
		t.Errorf("%d websites became %d", len(before.Targets), len(after.Targets))
	}
	documentedByHand(t, d, as, article.ID)
}

// documentedByHand takes a page down by hand at a website that was removed.
func documentedByHand(t *testing.T, d *desk, as func(string) *api.Client, article press.ArticleID) {
	t.Helper()
	ctx := t.Context()
	must[newsroom.TargetSaved](t)(as("boss").AddTarget(ctx, api.NewTargetBody{Name: "old", TargetBody: api.TargetBody{
		Kind: "webhook", Title: "示例旧站", Address: "https://127.0.0.1:9/old", On: true, Policy: "optional",
	}}))
	page := must[api.PublishDone](t)(as("editor").PublishToSites(ctx, article, api.PublishBody{To: []string{"old"}, At: time.Now().Add(time.Hour)})).Deliveries[0]
	if _, err := d.Store.ChangeDelivery(ctx, press.System(), page.ID, press.WentLive([]string{"https://old.example.edu.cn/1"}, time.Now())); err != nil {
		t.Fatal(err)
	}
	must[api.TargetList](t)(as("boss").RemoveTarget(ctx, "old", 1))
	if gone := must[press.Delivery](t)(as("editor").TakenDown(ctx, page.ID, api.HandNote{Note: "示例：已在旧站后台删除"})); gone.State != press.Retracted {
		t.Errorf("taken down by hand: %s", gone.State)
	}
}
