package editions_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestWentOut: the button is there where nobody knows whether a push went out, and only there; what is typed is kept until it
// is right; then the delivery is live, with the link, and the history says who said so.
func TestWentOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	made := h.post("editor", "/editions", form(time.Now().AddDate(0, 0, 3), press.ModePublish, h.waiting()[0].ID))
	edition := press.EditionID(strings.TrimPrefix(made.path, "/editions/"))
	h.until(edition, press.Ready)
	block := func(reason press.Reason) string {
		reason.At, reason.Back = time.Now(), press.Ready
		d, err := h.Store.ChangeDelivery(t.Context(), press.System(), h.push(edition).ID, press.Blocking(reason))
		h.ok(err)
		return "/deliveries/" + string(d.ID)
	}
	path := block(press.Reason{Code: "missed", Whose: press.Editor})
	if p := h.get("editor", path); p.code != 200 || strings.Contains(p.text, path+"/went-out") {
		t.Errorf("%d: a push that was missed is asked about", p.code)
	}
	h.shows(h.post("editor", path+"/went-out", nil), 409, "不可能已经发出")
	_, err := h.Store.ChangeDelivery(t.Context(), press.System(), h.push(edition).ID, press.Release(time.Now()))
	h.ok(err)

	block(press.Reason{Code: "unknown.draft_left", Class: press.ClassDone, Whose: press.Editor})
	h.shows(h.get("editor", path), 200, path+"/went-out", "已在“发表记录”里看到")
	if p := h.get("first", path); strings.Contains(p.text, path+"/went-out") {
		t.Error("a reviewer is asked")
	}
	const wrong, right = "https://example.org/s/wrong", "https://mp.weixin.qq.com/s/right"
	h.shows(h.post("editor", path+"/went-out", url.Values{"links": {wrong}}), 422, wrong, "第 1 行不是微信文章的链接")
	h.shows(h.post("editor", path+"/went-out", url.Values{"links": {right}}), 200, "这次推送已经发出", right, "已在微信后台核实：已经发出")
	if d := h.push(edition); d.State != press.Live {
		t.Errorf("it is %s", d.State)
	}
	h.shows(h.get("editor", "/history?edition="+string(edition)), 200, "确认已经发出")
}
