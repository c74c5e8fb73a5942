package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func TestCompose(t *testing.T) {
	t.Parallel()
	o := open(t)
	a, b := o.approved("The headline"), o.approved("The second one")
	at := o.now.Add(2 * time.Hour)
	e, deliveries, err := o.Compose(t.Context(), o.editor, desk.NewEdition{Mode: press.ModeMass, At: at.In(time.FixedZone("CST", 8*3600)), Articles: []press.ArticleID{b.ID, a.ID}})
	o.ok(err)
	if e.Account != "office" || e.SitePolicy != press.SiteRequired || e.MaxLateness != press.DefaultMaxLateness || e.Theme != o.Accounts(t.Context())[0].Theme ||
		!e.At.Equal(at) || e.At.Location() != time.UTC || e.CreatedBy != o.editor.ID {
		t.Errorf("defaults: %+v", e)
	}
	if len(e.Items) != 2 || e.Items[0].Article != b.ID || e.Items[0].Hash != b.Hash || e.Items[1].Title != "The headline" {
		t.Errorf("items %+v", e.Items)
	}
	if len(deliveries) != 3 {
		t.Fatalf("%d deliveries, want one push and two pages", len(deliveries))
	}
	push := deliveries[0]
	if push.Kind != press.TargetWeChat || push.Target != "office" || push.State != press.Planned || !push.DueAt.Equal(at) ||
		!push.NextAt.Equal(o.now) || push.Mode != press.ModeMass || push.SitePolicy != press.SiteRequired {
		t.Errorf("the push is to be prepared at once and sent at its time: %+v", push)
	}
	for i, page := range deliveries[1:] {
		if page.Kind != press.TargetSite || page.Article != e.Items[i].Article || page.Hash != e.Items[i].Hash ||
			!page.DueAt.Equal(at.Add(-o.SiteLead)) || !page.NextAt.Equal(page.DueAt) {
			t.Errorf("page %d: %+v", i, page)
		}
	}
	if len(o.queue.seen) != 3 {
		t.Errorf("%d nudges for 3 deliveries", len(o.queue.seen))
	}
	if got := o.audited(string(e.ID)); !slices.Equal(got, []string{"edition.create"}) {
		t.Errorf("audit %v", got)
	}

	// a second edition of one of them needs no second page, and has its own choices
	e2, deliveries, err := o.Compose(t.Context(), o.editor, desk.NewEdition{
		Account: "office", Mode: press.ModeDraft, At: at.Add(-time.Hour), Articles: []press.ArticleID{a.ID},
		SitePolicy: press.SiteOptional, MaxLateness: time.Minute, Theme: o.Office.Themes(t.Context()).Names()[1],
	})
	o.ok(err)
	if e2.SitePolicy != press.SiteOptional || e2.MaxLateness != time.Minute || e2.Theme != o.Office.Themes(t.Context()).Names()[1] {
		t.Errorf("choices: %+v", e2)
	}
	if len(deliveries) != 2 || !deliveries[1].DueAt.Equal(at.Add(-time.Hour-o.SiteLead)) {
		t.Errorf("the page that is planned already is brought forward: %+v", deliveries)
	}
}

func TestComposeWithoutSite(t *testing.T) {
	t.Parallel()
	o := open(t, func(c *desk.Config) { c.SiteTarget = "" })
	o.queue.err = errors.New("redis is away")
	_, deliveries, err := o.Compose(t.Context(), o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now, Articles: []press.ArticleID{o.approved("Alone").ID}})
	if err != nil || len(deliveries) != 1 {
		t.Errorf("%d deliveries, %v; a nudge that is lost must not matter", len(deliveries), err)
	}
}

func TestComposeRefusals(t *testing.T) {
	t.Parallel()
	o := open(t, func(c *desk.Config) { c.Office.(*installation).add(press.Account{Name: "campus"}) })
	a, unsigned := o.approved("Approved"), o.inReview("Unsigned")
	good := desk.NewEdition{Account: "office", Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{a.ID}}
	for name, tc := range map[string]struct {
		change func(*desk.NewEdition)
		kind   press.Kind
		code   string
	}{
		"unsigned":        {func(n *desk.NewEdition) { n.Articles = append(n.Articles, unsigned.ID) }, press.Conflict, "edition.unsigned"},
		"none":            {func(n *desk.NewEdition) { n.Articles = nil }, press.Invalid, "edition.size"},
		"nine":            {func(n *desk.NewEdition) { n.Articles = nine() }, press.Invalid, "edition.size"},
		"twice":           {func(n *desk.NewEdition) { n.Articles = append(n.Articles, a.ID) }, press.Invalid, "edition.twice"},
		"unknown article": {func(n *desk.NewEdition) { n.Articles = nine()[:1] }, press.NotFound, "article.missing"},
		"past":            {func(n *desk.NewEdition) { n.At = o.now.Add(-2 * time.Minute) }, press.Invalid, "edition.past"},
		"no time":         {func(n *desk.NewEdition) { n.At = time.Time{} }, press.Invalid, "edition.past"},
		"far":             {func(n *desk.NewEdition) { n.At = o.now.AddDate(1, 0, 1) }, press.Invalid, "edition.far"},
		"mode":            {func(n *desk.NewEdition) { n.Mode = "loud" }, press.Invalid, "edition.mode"},
		"no mode":         {func(n *desk.NewEdition) { n.Mode = "" }, press.Invalid, "edition.mode"},
		"policy":          {func(n *desk.NewEdition) { n.SitePolicy = "perhaps" }, press.Invalid, "edition.site_policy"},
		"account":         {func(n *desk.NewEdition) { n.Account = "nobody" }, press.Invalid, "edition.account"},
		"which account":   {func(n *desk.NewEdition) { n.Account = "" }, press.Invalid, "edition.account"},
		"theme":           {func(n *desk.NewEdition) { n.Theme = "neon" }, press.Invalid, "edition.theme"},
	} {
		n := good
		n.Articles = slices.Clone(good.Articles)
		tc.change(&n)
		_, _, err := o.Compose(t.Context(), o.editor, n)
		t.Log(name, press.TextOf(err).EN)
		o.refused(err, tc.kind, tc.code)
	}
	_, _, err := o.Compose(t.Context(), o.writer, good)
	o.refused(err, press.Forbidden, "role")
	if len(o.queue.seen) != 0 {
		t.Errorf("%d nudges after refusals only", len(o.queue.seen))
	}
	good.At = o.now.Add(-30 * time.Second) // a clock that is a little off still means now
	_, _, err = o.Compose(t.Context(), o.editor, good)
	o.ok(err)
}

func nine() []press.ArticleID {
	var out []press.ArticleID
	for i := range 9 {
		out = append(out, press.ArticleID(fmt.Sprintf("01JXXXXXXXXXXXXXXXXXXXXXX%d", i)))
	}
	return out
}

// TestComposeStale: an article that was changed after its approval goes out neither in the old wording nor in the new one.
func TestComposeStale(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.approved("Approved")
	o.ok(func() error {
		_, err := o.HandIn(t.Context(), o.writer, desk.HandIn{Article: a.ID, Files: onlyText("Changed\nText.\n")})
		return err
	}())
	_, _, err := o.Compose(t.Context(), o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now, Articles: []press.ArticleID{a.ID}})
	o.refused(err, press.Conflict, "edition.unsigned")
}

func TestReschedule(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.approved("To be moved")
	at := o.now.Add(2 * time.Hour)
	e, deliveries, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: at, Articles: []press.ArticleID{a.ID}})
	o.ok(err)
	push, page := deliveries[0].ID, deliveries[1].ID
	times := func(what string, at time.Time, pushNext time.Time) {
		t.Helper()
		p, err := o.rows.Delivery(ctx, push)
		o.ok(err)
		if !p.DueAt.Equal(at) || !p.NextAt.Equal(pushNext) {
			t.Errorf("%s: the push is due %v and looked at %v; want %v and %v", what, p.DueAt, p.NextAt, at, pushNext)
		}
		s, err := o.rows.Delivery(ctx, page)
		o.ok(err)
		if lead := at.Add(-o.SiteLead); !s.DueAt.Equal(lead) || !s.NextAt.Equal(lead) {
			t.Errorf("%s: the page is due %v and looked at %v; want %v", what, s.DueAt, s.NextAt, lead)
		}
	}
	times("composed", at, o.now)
	for _, tc := range []struct {
		by   press.Actor
		at   time.Time
		kind press.Kind
		code string
	}{
		{o.writer, at, press.Forbidden, "role"},
		{o.editor, o.now.Add(-time.Hour), press.Invalid, "edition.past"},
		{o.editor, o.now.AddDate(2, 0, 0), press.Invalid, "edition.far"},
	} {
		_, err := o.Reschedule(ctx, tc.by, e.ID, tc.at)
		o.refused(err, tc.kind, tc.code)
	}
	_, err = o.Reschedule(ctx, o.editor, press.EditionID(nine()[0]), at)
	o.refused(err, press.NotFound, "edition.missing")
	times("after refusals", at, o.now)

	later := at.Add(24 * time.Hour)
	moved, err := o.Reschedule(ctx, o.editor, e.ID, later)
	o.ok(err)
	if !moved.At.Equal(later) {
		t.Errorf("the edition is at %v", moved.At)
	}
	times("while planned", later, o.now) // it goes on being prepared

	o.drive(push, press.Prepared("media", "mark", o.now, later.Add(-o.WakeEarly)))
	_, err = o.Reschedule(ctx, o.editor, e.ID, at)
	o.ok(err)
	times("when ready", at, at.Add(-o.WakeEarly))

	o.drive(push, press.Firing(o.now))
	_, err = o.Reschedule(ctx, o.editor, e.ID, later)
	o.refused(err, press.Conflict, "delivery.state")
	_, err = o.Desk.CancelEdition(ctx, o.editor, e.ID)
	o.refused(err, press.Conflict, "delivery.state")
	times("fired", at, o.now)
	if kept, err := o.rows.Edition(ctx, e.ID); err != nil || !kept.At.Equal(at) || kept.Cancelled {
		t.Errorf("an edition that was fired is at %v, cancelled %v: %v", kept.At, kept.Cancelled, err)
	}
}

// drive makes a worker's change.
func (o *office) drive(id press.DeliveryID, changes ...press.Change) press.Delivery {
	o.Helper()
	d, err := o.rows.ClaimDelivery(o.Context(), id, "worker", o.now.Add(time.Minute))
	o.ok(err)
	for _, change := range changes {
		d, err = o.rows.Advance(o.Context(), d, change, nil)
		o.ok(err)
	}
	o.ok(o.rows.ReleaseClaim(o.Context(), d))
	return d
}

func TestCancelEdition(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a, b := o.approved("In both"), o.approved("In one")
	first, deliveries, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{a.ID, b.ID}})
	o.ok(err)
	_, _, err = o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModeMass, At: o.now.Add(3 * time.Hour), Articles: []press.ArticleID{a.ID}})
	o.ok(err)
	_, err = o.Desk.CancelEdition(ctx, o.reviewers[0], first.ID)
	o.refused(err, press.Forbidden, "role")
	gone, err := o.Desk.CancelEdition(ctx, o.editor, first.ID)
	o.ok(err)
	if !gone.Cancelled {
		t.Error("the edition is not cancelled")
	}
	for i, want := range []press.State{press.Cancelled, press.Planned, press.Cancelled} { // the push, the page two editions need, the other
		if d, err := o.rows.Delivery(ctx, deliveries[i].ID); err != nil || d.State != want {
			t.Errorf("delivery %d is %s, want %s: %v", i, d.State, want, err)
		}
	}
	_, err = o.Desk.CancelEdition(ctx, o.editor, first.ID)
	o.refused(err, press.Conflict, "edition.cancelled")
	_, err = o.Reschedule(ctx, o.editor, first.ID, o.now.Add(5*time.Hour))
	o.refused(err, press.Conflict, "edition.cancelled")
}

func TestDecide(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	_, deliveries, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{o.approved("Blocked").ID}})
	o.ok(err)
	id := deliveries[0].ID
	decisions := map[string]func(press.Actor, press.DeliveryID) (press.Delivery, error){
		"release": func(who press.Actor, id press.DeliveryID) (press.Delivery, error) { return o.Release(ctx, who, id) },
		"retry":   func(who press.Actor, id press.DeliveryID) (press.Delivery, error) { return o.Retry(ctx, who, id) },
		"cancel": func(who press.Actor, id press.DeliveryID) (press.Delivery, error) {
			return o.CancelDelivery(ctx, who, id)
		},
	}
	for name, decide := range decisions {
		for _, who := range []press.Actor{o.writer, o.reviewers[0], o.admin} {
			_, err := decide(who, id)
			t.Log(name, who.Name)
			o.refused(err, press.Forbidden, "role")
		}
		_, err := decide(o.editor, press.DeliveryID(nine()[0]))
		o.refused(err, press.NotFound, "delivery.missing")
	}
	_, err = o.Release(ctx, o.editor, id)
	o.refused(err, press.Conflict, "delivery.state") // it is not blocked

	reason := press.Reason{Code: "missed", Text: press.Say("Late.", "迟。"), Fix: press.Say("Release.", "放行。"), Back: press.Planned, At: o.now}
	o.drive(id, press.Postponed(o.now.Add(time.Hour), true))
	d, err := o.Retry(ctx, o.editor, id)
	if err != nil || !d.NextAt.Equal(o.now) {
		t.Errorf("retried at %v: %v", d.NextAt, err)
	}
	o.drive(id, press.Blocking(reason))
	_, err = o.Retry(ctx, o.editor, id)
	o.refused(err, press.Conflict, "delivery.state")
	before := len(o.queue.seen)
	if d, err = o.Release(ctx, o.editor, id); err != nil || d.State != press.Planned || d.Reason != nil || d.LateAllowed || !d.NextAt.Equal(o.now) {
		t.Errorf("released to %+v: %v", d, err)
	}
	if len(o.queue.seen) != before+1 {
		t.Error("a released delivery is not nudged")
	}
	o.now = d.DueAt.Add(time.Hour)
	o.drive(id, press.Blocking(reason))
	if d, err = o.Release(ctx, o.editor, id); err != nil || !d.LateAllowed {
		t.Errorf("released after its time: %+v: %v", d, err)
	}
	if d, err = o.CancelDelivery(ctx, o.editor, id); err != nil || d.State != press.Cancelled || !d.NextAt.IsZero() {
		t.Errorf("cancelled to %+v: %v", d, err)
	}
	_, err = o.CancelDelivery(ctx, o.editor, id)
	o.refused(err, press.Conflict, "delivery.state")
	got := o.audited(string(id))
	want := []string{"delivery.plan", "delivery.retry", "delivery.blocked", "delivery.release", "delivery.blocked", "delivery.release", "delivery.cancel"}
	if !slices.Equal(got, want) {
		t.Errorf("audit %v, want %v", got, want)
	}
}
