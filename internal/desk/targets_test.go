package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// trials is what a test of a website was asked with.
type trials struct{ asked []press.SealedTarget }

func (s *trials) Test(_ context.Context, t press.SealedTarget) (press.TargetReport, error) {
	s.asked = append(s.asked, t)
	return press.TargetReport{Works: true, Text: press.Say("It works.", "连接正常。")}, nil
}

// openTargets is an office whose websites can be tried.
func openTargets(t *testing.T) (*office, *trials) {
	t.Helper()
	sites := &trials{}
	return open(t, func(c *desk.Config) { c.Sites = sites }), sites
}

func wordpress() desk.TargetChange {
	return desk.TargetChange{
		New: true, Name: "wp", Kind: press.SiteWordPress, Title: " 示例学院新闻网 ", Address: "https://news.example.edu.cn/ ", On: true,
		Policy: press.SiteOptional, User: "editor", Secret: "abcd EFGH 1234", Options: map[string]string{press.OptionRetract: press.RetractDraft, press.OptionAuthors: " "},
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	o, sites := openTargets(t)
	ctx := t.Context()
	list, err := o.Targets(ctx, o.editor)
	if o.ok(err); len(list) != 1 || list[0].Name != press.SiteTarget || !list[0].On || !list[0].First || list[0].Policy != press.SiteRequired || list[0].Version != 0 {
		t.Fatalf("without a row: %+v", list)
	}
	o.ok(o.AddColumn(ctx, o.admin, press.Column{"新闻资讯", "校园动态"}))
	change := wordpress()
	change.Columns = []press.Column{{"新闻资讯", "校园动态"}, {"新闻资讯"}, {"通知"}, {"新闻资讯"}}
	saved, err := o.SaveTarget(ctx, o.admin, change)
	if o.ok(err); saved.Secret != "" || len(saved.Told) != 1 || !strings.Contains(saved.Told[0].ZH, "通知") {
		t.Fatalf("saved %+v", saved)
	}
	got, err := o.Target(ctx, o.admin, "wp")
	o.ok(err)
	if got.Title != "示例学院新闻网" || got.Address != "https://news.example.edu.cn/" || !got.HasSecret || len(got.Columns) != 2 || len(got.Options) != 1 {
		t.Errorf("kept %+v", got.Target)
	}
	for _, said := range []string{fmt.Sprintf("%+v", got), fmt.Sprintf("%v %#v", change, change)} {
		if strings.Contains(said, "EFGH") {
			t.Errorf("the password is in %s", said)
		}
	}
	for _, name := range []string{"新闻资讯", "通知"} {
		if !got.Takes(press.Column{name, "任何"}) {
			t.Errorf("%s is not taken", name)
		}
	}

	_, err = o.TestTarget(ctx, o.admin, "wp")
	o.ok(err)
	if secret, err := o.Office.Unseal(got.SecretPurpose(), sites.asked[0].Secret); err != nil || secret != "abcd EFGH 1234" {
		t.Errorf("the test was given %q, %v", secret, err)
	}
	for _, by := range []press.Actor{o.writer, o.editor, o.reviewers[0]} {
		_, err := o.SaveTarget(ctx, by, change)
		o.refused(err, press.Forbidden, "role")
		_, err = o.Target(ctx, by, "wp")
		o.refused(err, press.Forbidden, "role")
		_, err = o.TestTarget(ctx, by, "wp")
		o.refused(err, press.Forbidden, "role")
		o.refused(o.RemoveTarget(ctx, by, "wp", 1), press.Forbidden, "role")
	}
	_, err = o.Targets(ctx, o.writer)
	o.refused(err, press.Forbidden, "role")
	_, err = o.Targets(ctx, o.admin)
	o.ok(err)

	// What everybody may know of a website.
	open, err := o.SiteTargets(ctx)
	if o.ok(err); len(open) != 2 || open[1].Name != "wp" || open[1].User != "" || open[1].Options != nil {
		t.Errorf("everybody knows %+v", open)
	}
	o.ok(o.RemoveTarget(ctx, o.admin, "wp", 1))
	o.refused(o.RemoveTarget(ctx, o.admin, press.SiteTarget, 0), press.Conflict, "target.own")
}

// TestTargetSecrets: a password goes to the website it was entered for; a webhook's key is made, and shown once.
func TestTargetSecrets(t *testing.T) {
	t.Parallel()
	o, _ := openTargets(t)
	ctx := t.Context()
	change := wordpress()
	_, err := o.SaveTarget(ctx, o.admin, change)
	o.ok(err)
	change.New, change.Version, change.Secret = false, 1, ""
	for _, move := range []func(*desk.TargetChange){
		func(c *desk.TargetChange) { c.Address = "https://evil.example.com/" },
		func(c *desk.TargetChange) { c.Address = "http://news.example.edu.cn/" },
		func(c *desk.TargetChange) { c.User = "other" },
	} {
		moved := change
		move(&moved)
		_, err := o.SaveTarget(ctx, o.admin, moved)
		o.refused(err, press.Invalid, "target.password")
	}
	moved := change
	moved.Address, moved.Secret = "https://another.example.edu.cn", "new"
	_, err = o.SaveTarget(ctx, o.admin, moved)
	o.ok(err)
	change.Version = 0
	_, err = o.SaveTarget(ctx, o.admin, change)
	o.refused(err, press.Invalid, "target.password")
	change.Secret = "x"
	_, err = o.SaveTarget(ctx, o.admin, change)
	o.refused(err, press.Conflict, "settings.stale")

	hook := desk.TargetChange{New: true, Name: "hook", Kind: press.SiteWebhook, Title: "内网门户", Address: "https://portal.example.edu.cn/in", On: true, Policy: press.SiteOptional}
	saved, err := o.SaveTarget(ctx, o.admin, hook)
	if o.ok(err); len(saved.Secret) != 43 {
		t.Fatalf("a key was not made: %+v", saved)
	}
	hook.New, hook.Version, hook.Address = false, 1, "https://portal.example.edu.cn/other"
	again, err := o.SaveTarget(ctx, o.admin, hook)
	if o.ok(err); again.Secret != "" || !again.Target.HasSecret {
		t.Errorf("%+v", again)
	}
	hook.Version, hook.Generate = 2, true
	again, err = o.SaveTarget(ctx, o.admin, hook)
	if o.ok(err); again.Secret == "" || again.Secret == saved.Secret {
		t.Error("no other key was made")
	}

	// What stands behind a question mark is often a key too.
	robot := desk.TargetChange{
		New: true, Name: "robot", Kind: press.SiteWebhook, Title: "机器人", Address: "https://robot.example.edu.cn/in?key=geheim", On: true, Policy: press.SiteOptional,
	}
	_, err = o.SaveTarget(ctx, o.admin, robot)
	o.ok(err)
	robot.New, robot.Version, robot.Address = false, 1, "https://robot.example.edu.cn/in?key=geheimer"
	_, err = o.SaveTarget(ctx, o.admin, robot)
	o.ok(err)
	seen, err := o.Targets(ctx, o.editor)
	o.ok(err)
	known, err := o.SiteTargets(ctx)
	o.ok(err)
	log, err := o.rows.Audit(ctx, store.AuditFilter{Subject: "robot"})
	o.ok(err)
	if told := fmt.Sprintf("%+v %+v %+v", seen, known, log); strings.Contains(told, "geheim") || !strings.Contains(told, "robot.example.edu.cn/in?…") || len(log) != 2 {
		t.Errorf("others are told %s", told)
	}
	if row, err := o.Target(ctx, o.admin, "robot"); err != nil || row.Address != robot.Address {
		t.Errorf("an administrator sees %+v, %v", row.Target, err)
	}

	// Without a key nothing can be told from a forgery, and a short one is soon found.
	bare := hook
	bare.Version, bare.Generate, bare.NoSecret = 3, false, true
	_, err = o.SaveTarget(ctx, o.admin, bare)
	o.refused(err, press.Invalid, "target.secret_needed")
	bare.NoSecret, bare.Secret = false, "geheim"
	_, err = o.SaveTarget(ctx, o.admin, bare)
	o.refused(err, press.Invalid, "target.key_short")
	bare.On, bare.NoSecret, bare.Secret = false, true, ""
	_, err = o.SaveTarget(ctx, o.admin, bare)
	o.ok(err)
	bare.Version, bare.On, bare.NoSecret = 4, true, false
	again, err = o.SaveTarget(ctx, o.admin, bare)
	if o.ok(err); len(again.Secret) != 43 {
		t.Error("a webhook was switched on without a key")
	}

	for code, change := range map[string]func(*desk.TargetChange){
		"target.name":             func(c *desk.TargetChange) { c.Name = "No" },
		"target.kind":             func(c *desk.TargetChange) { c.Kind, c.Name = press.SiteStatic, press.SiteTarget },
		"target.title":            func(c *desk.TargetChange) { c.Title = " " },
		"target.policy":           func(c *desk.TargetChange) { c.Policy = "" },
		"target.address":          func(c *desk.TargetChange) { c.Address = "https://me:pw@news.example.edu.cn/" },
		"target.password_missing": func(c *desk.TargetChange) { c.Secret = "" },
		"target.user_missing":     func(c *desk.TargetChange) { c.User = "" },
		"target.retract":          func(c *desk.TargetChange) { c.Options = map[string]string{press.OptionRetract: "burn"} },
		"target.line":             func(c *desk.TargetChange) { c.Options = map[string]string{press.OptionAuthors: "张三"} },
		"target.category":         func(c *desk.TargetChange) { c.Options = map[string]string{press.OptionCategories: "新闻 = 校园"} },
		"target.option":           func(c *desk.TargetChange) { c.Options = map[string]string{"x": "y"} },
	} {
		bad := wordpress()
		bad.Name = "bad"
		change(&bad)
		_, err := o.SaveTarget(ctx, o.admin, bad)
		o.refused(err, press.Invalid, code)
	}
}

// TestStaticTarget: what the configuration gives can be changed in its use, and nothing else.
func TestStaticTarget(t *testing.T) {
	t.Parallel()
	o, _ := openTargets(t)
	ctx := t.Context()
	_, err := o.SaveTarget(ctx, o.admin, desk.TargetChange{Name: press.SiteTarget, Title: "官网", On: true, Policy: press.SiteOptional, Address: "x", User: "y", Secret: "z"})
	o.ok(err)
	got, err := o.Target(ctx, o.admin, press.SiteTarget)
	o.ok(err)
	if got.Address+got.User != "" || got.HasSecret || got.First || got.Policy != press.SiteOptional || got.Version != 1 {
		t.Errorf("%+v", got.Target)
	}
	_, err = o.SaveTarget(ctx, o.admin, desk.TargetChange{Name: press.SiteTarget, Title: "官网", Policy: press.SiteOptional})
	o.refused(err, press.Conflict, "settings.stale")
}

func TestCategoryOf(t *testing.T) {
	t.Parallel()
	pairs, err := press.OptionPairs("新闻资讯 › 校园动态 ＝ 12\r\n\n新闻资讯=3\na = b = 4")
	if err != nil || len(pairs) != 3 || pairs[2] != (press.OptionPair{Name: "a = b", Value: "4"}) {
		t.Fatal(pairs, err)
	}
	for column, want := range map[string]int64{"新闻资讯/校园动态/学生": 12, "新闻资讯/集团": 3, "通知": 0, "": 0} {
		if got := press.CategoryOf(pairs, press.ParseColumn(column)); got != want {
			t.Errorf("%q goes into %d, want %d", column, got, want)
		}
	}
}
