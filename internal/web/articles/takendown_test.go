package articles_test

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// takenDown looks at the page “where it is” of an article that stands at a website which was removed: an editor says that it was
// taken down there by hand, what is typed is kept until it is right, and nobody else is asked.
func (o *office) takenDown(a press.Article) {
	o.Helper()
	ctx, path := o.Context(), "/articles/"+string(a.ID)+"/where"
	later := time.Now().Add(time.Hour)
	list, err := o.Store.PlanPages(ctx, press.System(), press.EditionItem{Article: a.ID, Revision: a.Revision, Hash: a.Hash, Title: a.Title}, []press.Delivery{{
		ID: press.DeliveryID(press.NewID(later)), Kind: press.TargetSite, Target: "old-cms", Article: a.ID, Revision: a.Revision, Hash: a.Hash,
		State: press.Planned, DueAt: later, NextAt: later,
	}})
	o.ok(err)
	d, err := o.Store.ClaimDelivery(ctx, list[0].ID, "w", later)
	o.ok(err)
	_, err = o.Store.Advance(ctx, d, press.WentLive([]string{"https://old.example.edu.cn/1"}, time.Now()), nil)
	o.ok(err)
	form := path + "/" + string(d.ID) + "/taken-down"
	o.shows(o.get("editor", path), http.StatusOK, `action="`+form+`"`, "该网站渠道已移除")
	if page := o.get("first", path); strings.Contains(page.text, form) {
		o.Error("a reviewer is asked")
	}
	long := strings.Repeat("长", press.MaxHandNote+1)
	o.shows(o.post("editor", form, url.Values{"note": {long}}), http.StatusUnprocessableEntity, long, "最多 1000 字")
	o.shows(o.post("editor", form, url.Values{"note": {"示例：已由信息中心删除。"}}), http.StatusOK, "已登记", "手动撤下。示例：已由信息中心删除。", "已撤下")
	o.shows(o.get("editor", "/articles/"+string(a.ID)+"/history"), http.StatusOK, "确认已在对方网站手动撤下")
}
