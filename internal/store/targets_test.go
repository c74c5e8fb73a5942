package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func TestTargetsSQLite(t *testing.T) {
	t.Parallel()
	testAllTargets(t, openTestSQLite)
}

func TestTargetsPostgres(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	testAllTargets(t, openTestPostgres)
}

func testAllTargets(t *testing.T, open opener) {
	for name, test := range map[string]func(*fixture){
		"rows": testTargetRows, "first": testTargetFirst, "removal": testTargetRemoval, "places": testPlaces, "health": testTargetHealth, "taken down": testTakenDown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, open))
		})
	}
}

func wordpress(name string) press.SealedTarget {
	return press.SealedTarget{Target: press.Target{
		Name: name, Kind: press.SiteWordPress, Title: "示例学院新闻网", Address: "https://news.example.edu.cn/", On: true, Policy: press.SiteOptional,
		Columns: []press.Column{{"新闻资讯", "集团新闻"}, {"News › & <b>"}}, User: "示例编辑", Options: map[string]string{"retract": "draft"}, HasSecret: true,
	}, Secret: "v1.sealed"}
}

func testTargetRows(f *fixture) {
	ctx := f.Context()
	before, err := f.SettingsVersion(ctx)
	f.ok(err)
	w := wordpress("wp")
	f.ok(f.SaveTarget(ctx, f.boss(), w, "new"))
	site := press.SealedTarget{Target: press.Target{Name: press.SiteTarget, Kind: press.SiteStatic, Title: "官网", Policy: press.SiteRequired}}
	f.ok(f.SaveTarget(ctx, f.boss(), site, ""))
	list, err := f.Targets(ctx)
	f.ok(err)
	w.Version, w.UpdatedAt, site.Version, site.UpdatedAt = 1, f.clock.Now(), 1, f.clock.Now()
	f.same(list, []press.SealedTarget{site, w})
	after, err := f.SettingsVersion(ctx)
	if f.ok(err); after <= before {
		f.Error("no process is told that there is something new to read")
	}

	again := wordpress("wp")
	f.refused(f.SaveTarget(ctx, f.boss(), again, ""), press.Conflict, "target.exists")
	f.clock.pass(time.Second)
	w.Columns, w.Options, w.Secret, w.On = nil, nil, "", false
	f.ok(f.SaveTarget(ctx, f.boss(), w, "changed"))
	f.refused(f.SaveTarget(ctx, f.boss(), w, ""), press.Conflict, "settings.stale")
	w.Version, w.UpdatedAt, w.HasSecret = 2, f.clock.Now(), false
	list, err = f.Targets(ctx)
	f.ok(err)
	f.same(list, []press.SealedTarget{site, w})

	pretender := f.editor
	pretender.Roles = press.Roles()
	f.refused(f.SaveTarget(ctx, pretender, w, ""), press.Forbidden, "role")
	f.refused(f.RemoveTarget(ctx, pretender, "wp", 2), press.Forbidden, "role")
	for i := range press.MaxTargets - 2 {
		f.ok(f.SaveTarget(ctx, f.boss(), wordpress(fmt.Sprint("w", i)), ""))
	}
	f.refused(f.SaveTarget(ctx, f.boss(), wordpress("more"), ""), press.Conflict, "target.many")
}

// testTargetFirst: one target is the first, and whoever has seen the other one as first sees a newer version of it.
func testTargetFirst(f *fixture) {
	ctx := f.Context()
	a, b := wordpress("a"), wordpress("b")
	a.First = true
	f.ok(f.SaveTarget(ctx, f.boss(), a, ""))
	b.First = true
	f.ok(f.SaveTarget(ctx, f.boss(), b, ""))
	list, err := f.Targets(ctx)
	f.ok(err)
	if list[0].First || !list[1].First || list[0].Version != 2 {
		f.Errorf("first: %+v", list)
	}
	f.same(f.actions("a"), []string{"target.add", "target.save"})
	a.Version = 1
	f.refused(f.SaveTarget(ctx, f.boss(), a, ""), press.Conflict, "settings.stale")
}

// testTargetRemoval: not while something waits for it; and its name then belongs to the same website.
func testTargetRemoval(f *fixture) {
	ctx := f.Context()
	w := wordpress(website)
	f.ok(f.SaveTarget(ctx, f.boss(), w, ""))
	a := f.approved("标题")
	_, list := f.compose(f.clock.Now().Add(time.Hour), a)
	place := press.PagePlace{Target: website, Article: a.ID, Remote: "12"}
	f.ok(f.SavePagePlace(ctx, place))
	f.refused(f.RemoveTarget(ctx, f.boss(), website, 1), press.Conflict, "target.waiting")
	var page press.Delivery
	for _, d := range list {
		if d.Kind == press.TargetSite {
			page = d
			f.publish(d)
		}
	}
	f.refused(f.RemoveTarget(ctx, f.boss(), website, 2), press.Conflict, "settings.stale")
	// What is being taken down would stay there for good.
	_, err := f.RetractPage(ctx, f.editor, page.ID)
	f.ok(err)
	f.refused(f.RemoveTarget(ctx, f.boss(), website, 1), press.Conflict, "target.removing")
	_, err = f.PageRemoved(ctx, press.System(), page.ID, press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
	f.ok(err)
	f.ok(f.RemoveTarget(ctx, f.boss(), website, 1))
	f.refused(f.RemoveTarget(ctx, f.boss(), website, 2), press.Conflict, "settings.stale")
	left, err := f.Targets(ctx)
	f.ok(err)
	f.same(left, []press.SealedTarget{})
	var secret string
	f.ok(f.writer.QueryRowContext(ctx, "SELECT secret FROM targets WHERE name = $1", website).Scan(&secret))
	f.same(secret, "")

	other := wordpress(website)
	other.Address = "https://another.example.edu.cn/"
	f.refused(f.SaveTarget(ctx, f.boss(), other, ""), press.Conflict, "target.used")
	other.Address = "http://NEWS.example.edu.cn"
	f.ok(f.SaveTarget(ctx, f.boss(), other, ""))
	got, err := f.PagePlace(ctx, website, a.ID)
	f.ok(err)
	f.same(got, place)

	// Another address is another website, of which nothing is known.
	other.Version, other.Address = 3, "https://another.example.edu.cn/"
	f.ok(f.SaveTarget(ctx, f.boss(), other, ""))
	_, err = f.PagePlace(ctx, website, a.ID)
	f.refused(err, press.NotFound, "place.none")

	// One that is off already takes along what nobody can take down any more.
	_, err = f.writer.ExecContext(ctx, "INSERT INTO site_removals (target, article, since) VALUES ($1, $2, 1)", website, a.ID)
	f.ok(err)
	other.Version, other.On = 4, false
	f.ok(f.SaveTarget(ctx, f.boss(), other, ""))
	f.ok(f.RemoveTarget(ctx, f.boss(), website, 5))
	var waiting int
	f.ok(f.writer.QueryRowContext(ctx, "SELECT count(*) FROM site_removals").Scan(&waiting))
	f.same(waiting, 0)
}

func testPlaces(f *fixture) {
	ctx, a := f.Context(), f.approved("标题")
	_, err := f.PagePlace(ctx, "wp", a.ID)
	f.refused(err, press.NotFound, "place.none")
	p := press.PagePlace{Target: "wp", Article: a.ID, Remote: "7", Mark: strings.Repeat("m", press.MaxPlaceMark), Address: "https://news.example.edu.cn/?p=7"}
	f.ok(f.SavePagePlace(ctx, p))
	p.Mark = `{"a":1}`
	f.ok(f.SavePagePlace(ctx, p))
	got, err := f.PagePlace(ctx, "wp", a.ID)
	f.ok(err)
	f.same(got, p)
	p.Mark = strings.Repeat("m", press.MaxPlaceMark+1)
	f.refused(f.SavePagePlace(ctx, p), press.TooLarge, "place.mark")

	photo := press.PhotoPlace{Target: "wp", Digest: press.DigestOf([]byte("photo")), Remote: "3", Address: "https://news.example.edu.cn/a.jpg"}
	_, err = f.PhotoPlace(ctx, "wp", photo.Digest)
	f.refused(err, press.NotFound, "place.none")
	f.ok(f.SavePhotoPlace(ctx, photo))
	photo.Remote = "4"
	f.ok(f.SavePhotoPlace(ctx, photo))
	again, err := f.PhotoPlace(ctx, "wp", photo.Digest)
	f.ok(err)
	f.same(again, photo)
	f.ok(f.ForgetPhotoPlace(ctx, "other", photo.Digest))
	f.ok(f.ForgetPhotoPlace(ctx, "wp", photo.Digest))
	_, err = f.PhotoPlace(ctx, "wp", photo.Digest)
	f.refused(err, press.NotFound, "place.none")
}

func testTargetHealth(f *fixture) {
	ctx := f.Context()
	_, list := f.compose(f.clock.Now().Add(time.Hour), f.approved("一"), f.approved("二"), f.approved("三"))
	f.clock.pass(time.Minute)
	live := f.clock.Now()
	f.publish(list[1])
	f.clock.pass(time.Minute)
	at := f.clock.Now()
	f.ok(f.RecordAttempt(ctx, press.Attempt{
		Delivery: list[2].ID, Step: press.StepWrite, Worker: "w", StartedAt: at, EndedAt: at, Outcome: press.OutcomeFailed, Text: press.Say("full", "磁盘已满"),
	}))
	f.advance(f.claim(list[2], "w"), press.Blocking(press.Reason{
		Code: "site.full", Back: press.Planned, Text: press.Say("full", "满"), Fix: press.Say("do", "做"), Whose: press.Editor, At: at,
	}))
	got, err := f.TargetHealth(ctx, []string{website, "wp"})
	f.ok(err)
	f.same(got, []press.TargetHealth{
		{Target: website, LiveAt: live, Waiting: 1, Blocked: 1, FailingSince: at, Why: press.Say("full", "磁盘已满")}, {Target: "wp"},
	})
}
