package courier_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// wall is a website with a mind of its own: somebody may have written on it, or it may be out of order.
type wall struct {
	mu     sync.Mutex
	fault  *press.PageFault
	seen   string // what somebody wrote there; "" is what Newsdesk did
	agreed []string
}

func (w *wall) Address(id press.ArticleID) string {
	return "https://wall.example.edu.cn/?name=" + string(id)
}

func (w *wall) Publish(_ context.Context, p press.Page) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.agreed = append(w.agreed, p.Agreed)
	switch {
	case w.fault != nil:
		return "", w.fault
	case w.seen != p.Agreed:
		return "", &press.PageFault{
			Code: press.CodePageEdited, Class: press.ClassContent, Seen: w.seen,
			Text: press.Say("somebody wrote on it", "有人改动过"), Fix: press.Say("release to overwrite", "放行则覆盖"),
		}
	}
	w.seen = ""
	return w.Address(p.ID), nil
}

func (w *wall) Ready(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault != nil {
		return w.fault
	}
	return nil
}

func (w *wall) Refresh(context.Context, press.Column, press.ArticleID) error { return nil }
func (w *wall) Remove(context.Context, press.Column, press.ArticleID) error  { return nil }

func (w *wall) set(seen string, fault *press.PageFault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen, w.fault = seen, fault
}

// walls are the targets of a test, by name.
type walls struct {
	o    *office
	list map[string]*wall
}

func (w walls) Targets(ctx context.Context) ([]press.Target, error) { return w.o.desk.SiteTargets(ctx) }

func (w walls) Website(_ context.Context, name string) (courier.Website, error) {
	if found := w.list[name]; found != nil {
		return found, nil
	}
	return nil, press.Fail(press.NotFound, "site.unknown", press.Say("there is no such website", "没有该网站"))
}

// withWalls makes an office whose articles go to the targets named, and to nothing else but WeChat.
func withWalls(t *testing.T, targets ...press.Target) (*office, walls) {
	t.Helper()
	w := walls{list: map[string]*wall{}}
	o := newOffice(t, setup{idle: true, courier: func(cfg *courier.Config) { cfg.Sites = w }})
	w.o = o
	admin := o.administrator()
	for _, target := range targets {
		target.Kind, target.Title, target.On = press.SiteWordPress, target.Name, true
		target.Address = "https://" + target.Name + ".example.edu.cn/"
		o.ok(o.store.SaveTarget(t.Context(), admin, press.SealedTarget{Target: target}, ""))
		w.list[target.Name] = &wall{}
	}
	o.start(o.newCourier("worker"))
	return o, w
}

func (o *office) administrator() press.Actor {
	o.Helper()
	user, err := o.desk.AddUser(o.Context(), press.System(), "示例管理员", []press.Role{press.Administrator}, nil)
	o.ok(err)
	return press.Actor{User: user}
}

// pages returns the deliveries of an edition's pages by their target.
func (o *office) pages(edition press.EditionID) map[string]press.Delivery {
	o.Helper()
	list, err := o.store.SiteDeliveries(o.Context(), edition)
	o.ok(err)
	out := map[string]press.Delivery{}
	for _, d := range list {
		out[d.Target] = d
	}
	return out
}

// TestFailedTargetHoldsNoOther: one website is out of order and another has an optional one's fault; the rest go out.
func TestFailedTargetHoldsNoOther(t *testing.T) {
	t.Parallel()
	o, w := withWalls(t,
		press.Target{Name: "first", Policy: press.SiteRequired, First: true},
		press.Target{Name: "second", Policy: press.SiteOptional},
		press.Target{Name: "elsewhere", Policy: press.SiteRequired, Columns: []press.Column{{"别处"}}})
	w.list["second"].set("", &press.PageFault{
		Code: "wordpress.login", Class: press.ClassConfig, Whose: press.Administrator, Answer: "401",
		Text: press.Say("the password is refused", "密码不被接受"), Fix: press.Say("enter another", "请重新填写"),
	})
	push := o.compose(press.ModePublish, 2*time.Second)
	pages := o.pages(push.Edition)
	if names := slices.Sorted(maps.Keys(pages)); !slices.Equal(names, []string{"first", "second"}) {
		t.Fatalf("the article goes to %v", names)
	}
	o.untilState(push.ID, press.Live)
	live := o.load(pages["first"].ID)
	if live.State != press.Live || live.LiveAt.After(o.load(push.ID).FiredAt) {
		t.Errorf("the first page is %s since %s, the push was fired at %s", live.State, live.LiveAt, o.load(push.ID).FiredAt)
	}
	d := o.untilState(pages["second"].ID, press.Blocked)
	if d.Reason.Code != "wordpress.login" || d.Reason.Whose != press.Administrator || d.Reason.Fix.ZH != "请重新填写" {
		t.Errorf("blocked for %+v", d.Reason)
	}
	w.list["second"].set("", nil)
	_, err := o.desk.Release(t.Context(), press.System(), d.ID)
	o.ok(err)
	o.untilState(d.ID, press.Live)
}

// TestRequiredTarget: WeChat waits for a website that is required, also where 阅读原文 points elsewhere, unless the edition says otherwise.
func TestRequiredTarget(t *testing.T) {
	t.Parallel()
	o, w := withWalls(t, press.Target{Name: "first", Policy: press.SiteOptional, First: true}, press.Target{Name: "second", Policy: press.SiteRequired})
	down := &press.PageFault{Code: "wordpress.down", Class: press.ClassBackoff, Text: press.Say("it does not answer", "没有应答"), Wait: time.Hour}
	w.list["second"].set("", down)
	push := o.compose(press.ModePublish, stretch*time.Second)
	page := o.pages(push.Edition)["second"]
	o.until(page.ID, "a failed try", func(d press.Delivery) bool { return d.Failures > 0 })
	o.until(push.ID, "the draft to be in the box", func(d press.Delivery) bool { return d.State == press.Ready })
	time.Sleep(time.Until(push.DueAt) + 300*time.Millisecond)
	if d := o.load(push.ID); d.State != press.Ready || !d.FiredAt.IsZero() {
		t.Fatalf("the push is %s", d.State)
	}
	w.list["second"].set("", nil)
	_, err := o.desk.Retry(t.Context(), press.System(), page.ID)
	o.ok(err)
	o.untilState(push.ID, press.Live)

	o.article = o.approvedArticle("不等网站的稿件")
	w.list["second"].set("", down)
	push = o.compose(press.ModePublish, time.Second, func(n *desk.NewEdition) { n.SitePolicy = press.SiteOptional })
	o.untilState(push.ID, press.Live)
}

// TestPageEditedThere: what somebody wrote at a website is asked about, and overwritten only as the person saw it.
func TestPageEditedThere(t *testing.T) {
	t.Parallel()
	o, w := withWalls(t, press.Target{Name: "wall", Policy: press.SiteRequired})
	w.list["wall"].set("graffiti", nil)
	list, err := o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, nil, time.Time{})
	o.ok(err)
	d := o.untilState(list[0].ID, press.Blocked)
	if d.Reason.Code != press.CodePageEdited {
		t.Fatalf("blocked for %+v", d.Reason)
	}
	w.list["wall"].set("more graffiti", nil)
	release := func() {
		_, err := o.desk.Release(t.Context(), press.System(), d.ID)
		o.ok(err)
	}
	release()
	o.until(d.ID, "a second question", func(now press.Delivery) bool { return now.State == press.Blocked && now.Fence > d.Fence+1 })
	release()
	o.untilState(d.ID, press.Live)
	if got, want := w.list["wall"].agreed, []string{"", "graffiti", "more graffiti"}; !slices.Equal(got, want) {
		t.Errorf("what was agreed to be overwritten: %q, want %q", got, want)
	}
}

// TestPublishToSites: an approved article goes to websites without a push, and only where it may.
func TestPublishToSites(t *testing.T) {
	t.Parallel()
	o, _ := withWalls(t, press.Target{Name: "a", Policy: press.SiteRequired}, press.Target{Name: "b", Policy: press.SiteRequired},
		press.Target{Name: "other", Policy: press.SiteRequired, Columns: []press.Column{{"别处"}}})
	list, err := o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, []string{"b"}, time.Time{})
	o.ok(err)
	if len(list) != 1 || list[0].Target != "b" || list[0].Edition != "" {
		t.Fatalf("planned %+v", list)
	}
	o.untilState(list[0].ID, press.Live)
	for name, code := range map[string]string{"other": "target.column", "nowhere": "target.missing"} {
		if _, err := o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, []string{name}, time.Time{}); press.CodeOf(err) != code {
			t.Errorf("to %s: %v, want %s", name, err, code)
		}
	}
	contributor := press.Actor{User: press.User{ID: "c", Name: "示例投稿人", Roles: []press.Role{press.Contributor}}}
	if _, err := o.desk.PublishToSites(t.Context(), contributor, o.article.ID, nil, time.Time{}); press.KindOf(err) != press.Forbidden {
		t.Errorf("by a contributor: %v", err)
	}
}

// TestWebsiteNotReady: that a website refuses is known when the edition is composed, and the page still comes in time.
func TestWebsiteNotReady(t *testing.T) {
	t.Parallel()
	o, w := withWalls(t, press.Target{Name: "wall", Policy: press.SiteRequired})
	w.list["wall"].set("", &press.PageFault{Code: "wordpress.login", Class: press.ClassConfig, Text: press.Say("refused", "被拒绝")})
	push := o.compose(press.ModePublish, 2*time.Hour)
	page := o.untilState(o.pages(push.Edition)["wall"].ID, press.Blocked)
	w.list["wall"].set("", nil)
	_, err := o.desk.Release(t.Context(), press.System(), page.ID)
	o.ok(err)
	page = o.until(page.ID, "the page that waits", func(d press.Delivery) bool { return d.NextAt.Equal(d.DueAt.Add(-time.Hour)) })
	if page.State != press.Planned || len(w.list["wall"].agreed) > 0 {
		t.Errorf("the page is %s, brought %d times", page.State, len(w.list["wall"].agreed))
	}
	_, err = o.desk.Reschedule(t.Context(), press.System(), push.Edition, time.Now().Add(time.Second))
	o.ok(err)
	o.untilState(page.ID, press.Live)
	o.untilState(push.ID, press.Live)
}
