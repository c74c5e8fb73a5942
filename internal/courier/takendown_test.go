package courier_test

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestTakenDownByHand: a page at a website that was removed stays up, and whoever retracts is told what to do; an editor who has
// taken it down there says so, and everybody reads who and what.
func TestTakenDownByHand(t *testing.T) {
	t.Parallel()
	o, _ := withWalls(t, press.Target{Name: "wall", Policy: press.SiteOptional})
	list, err := o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, nil, time.Time{})
	o.ok(err)
	d := o.untilState(list[0].ID, press.Live)
	editor, err := o.desk.AddUser(t.Context(), press.System(), "示例编辑", []press.Role{press.Editor}, nil)
	o.ok(err)
	by := press.Actor{User: editor}
	where := func() press.Presence {
		t.Helper()
		places, err := o.desk.WhereIs(t.Context(), by, o.article.ID)
		o.ok(err)
		return places[0]
	}
	if _, err := o.desk.TakenDown(t.Context(), by, d.ID, ""); press.CodeOf(err) != "retract.reachable" || where().OutOfReach {
		t.Errorf("while Newsdesk reaches it: %v", err)
	}
	o.ok(o.store.RemoveTarget(t.Context(), press.System(), "wall", 1))
	if p := where(); !p.OutOfReach || p.Verdict() != press.VerdictUp {
		t.Errorf("removed: %+v", p)
	}
	if _, err := o.desk.TakenDown(t.Context(), by, d.ID, strings.Repeat("长", press.MaxHandNote+1)); press.CodeOf(err) != "retract.note" {
		t.Errorf("a long note: %v", err)
	}
	_, err = o.desk.TakenDown(t.Context(), by, d.ID, " 由网站管理员删除。 ")
	o.ok(err)
	p := where()
	if p.Verdict() != press.VerdictDown || !p.ByHand() || p.OutOfReach || p.Last.Text.ZH != "示例编辑 已确认：在对方网站手动撤下。由网站管理员删除。" {
		t.Errorf("it is %s: %+v", p.Verdict(), p.Last)
	}
}
