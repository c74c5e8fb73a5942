package articles_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// TestPublishToSites: an editor sends an approved article to the websites chosen, each of which has its own line; what was
// typed is kept where it is refused.
func TestPublishToSites(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	ctx := t.Context()
	_, err := o.Desk.SaveTarget(ctx, press.System(), desk.TargetChange{
		New: true, Name: "portal", Kind: press.SiteWebhook, Title: "示例门户", Address: "https://portal.example.edu.cn/in", On: true, Policy: press.SiteOptional,
	})
	o.ok(err)
	list, _, err := o.Store.Articles(ctx, store.ArticleFilter{States: []press.ArticleState{press.ArticleApproved}, Limit: 1})
	o.ok(err)
	later := time.Now().AddDate(0, 1, 0)
	path := "/articles/" + string(list[0].ID)
	o.shows(o.get("editor", path), http.StatusOK, "发布到网站", "示例门户", `value="portal" checked`)
	o.shows(o.post("editor", path+"/publish", url.Values{"day": {"2030-01-01"}}), http.StatusUnprocessableEntity, "同时填写日期和时间", `value="2030-01-01"`)
	o.shows(o.post("editor", path+"/publish", url.Values{"to": {"none"}}), http.StatusNotFound, "没有代号为")
	o.shows(o.post("editor", path+"/publish", url.Values{}), http.StatusUnprocessableEntity, "至少选择一个网站")
	done := o.post("editor", path+"/publish", url.Values{"to": {"portal", press.SiteTarget}, "day": {later.Format(time.DateOnly)}, "clock": {"08:30"}})
	o.shows(done, http.StatusOK, "已安排发布到 2 个网站", "示例门户")
	o.shows(o.get("editor", path+"/where"), http.StatusOK, "示例门户")
	planned, _, err := o.Store.Deliveries(ctx, store.DeliveryFilter{Article: list[0].ID, Kind: press.TargetSite})
	o.ok(err)
	if len(planned) != 2 || planned[0].DueAt.Before(later.AddDate(0, 0, -2)) {
		t.Errorf("planned %+v", planned)
	}
	o.shows(o.get("editor", "/deliveries/"+string(planned[0].ID)), http.StatusOK, "投放到")
	if got := o.post("writer", path+"/publish", url.Values{"to": {"portal"}}); got.code != http.StatusForbidden {
		t.Errorf("a contributor publishes: %d", got.code)
	}
}
