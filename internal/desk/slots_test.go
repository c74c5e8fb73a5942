package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// kind makes the office's account one of that kind.
func kind(k press.AccountKind) func(*desk.Config) {
	return func(c *desk.Config) {
		c.Office.(*installation).fixed[0].Kind = k
		c.Zone = time.FixedZone("UTC+8", 8*3600)
	}
}

func (o *office) compose(mode press.Mode, at time.Time, article press.Article) (press.Edition, error) {
	o.Helper()
	e, _, err := o.Compose(o.Context(), o.editor, desk.NewEdition{Mode: mode, At: at, Articles: []press.ArticleID{article.ID}})
	return e, err
}

// TestMassAllowance: a subscription account has one mass push in each of China's days, counted by what is planned too.
func TestMassAllowance(t *testing.T) {
	t.Parallel()
	o := open(t, kind(press.AccountSubscription))
	a := o.approved("One")
	late := time.Date(2026, 11, 4, 15, 30, 0, 0, time.UTC) // 23:30 in China
	e, err := o.compose(press.ModeMass, late, a)
	o.ok(err)
	_, err = o.compose(press.ModeMass, late.Add(-10*time.Hour), a)
	o.refused(err, press.Conflict, "edition.slot_mass")
	second, err := o.compose(press.ModeMass, late.Add(time.Hour), a) // 00:30 of the next day
	o.ok(err)
	_, err = o.Reschedule(t.Context(), o.editor, second.ID, late.Add(10*time.Minute))
	o.refused(err, press.Conflict, "edition.slot_mass")
	_, err = o.Reschedule(t.Context(), o.editor, e.ID, late.Add(-time.Hour)) // its own place is not taken by itself
	o.ok(err)
	for _, mode := range []press.Mode{press.ModePublish, press.ModeDraft} {
		_, err = o.compose(mode, late, a)
		o.ok(err)
	}

	slots, err := o.Slots(t.Context(), "office", press.ModeMass, late.Add(-48*time.Hour), late.Add(48*time.Hour), second.ID)
	o.ok(err)
	var codes []string
	for _, s := range slots {
		codes = append(codes, press.CodeOf(s.Refusal))
	}
	open := press.CodeOf(nil)
	if want := []string{"edition.past", open, "edition.slot_mass", open, open}; !slices.Equal(codes, want) {
		t.Errorf("days %v, want %v", codes, want)
	}

	_, err = o.Desk.CancelEdition(t.Context(), o.editor, e.ID)
	o.ok(err)
	_, err = o.compose(press.ModeMass, late, a)
	o.ok(err)
	left, counted, err := o.Allowance(t.Context(), "office", press.ModeMass, late, "")
	o.ok(err)
	if !counted || left.Planned != 1 || left.Left() != 0 || left.Monthly {
		t.Errorf("allowance %+v", left)
	}
}

func TestMassAllowanceOfAMonth(t *testing.T) {
	t.Parallel()
	o := open(t, kind(press.AccountService))
	a := o.approved("Each week")
	for week := range 4 {
		_, err := o.compose(press.ModeMass, o.now.AddDate(0, 0, 1+6*week), a)
		o.ok(err)
	}
	_, err := o.compose(press.ModeMass, o.now.AddDate(0, 0, 26), a)
	o.refused(err, press.Conflict, "edition.slot_mass")
	_, err = o.compose(press.ModeMass, o.now.AddDate(0, 1, 0), a)
	o.ok(err)
	all, err := o.Allowances(t.Context())
	o.ok(err)
	if len(all) != 2 || !all[0].Monthly || all[0].Planned != 4 || all[1].Mode != press.ModePublish || all[1].Left() != 100 {
		t.Errorf("allowances %+v", all)
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	o := open(t, kind(press.AccountSubscription))
	settings, err := o.Settings(t.Context())
	o.ok(err)
	_, err = o.SaveQuiet(t.Context(), o.admin, settings.Version, []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 7 * 60}})
	o.ok(err)
	a := o.approved("At night")
	night := time.Date(2026, 11, 4, 22, 30, 0, 0, time.UTC) // 06:30 at the office
	for _, mode := range []press.Mode{press.ModePublish, press.ModeMass} {
		_, err = o.compose(mode, night, a)
		o.refused(err, press.Conflict, "edition.slot_quiet")
	}
	_, err = o.compose(press.ModeDraft, night, a) // disturbs nobody
	o.ok(err)
	e, err := o.compose(press.ModePublish, night.Add(30*time.Minute), a)
	o.ok(err)
	_, err = o.Reschedule(t.Context(), o.editor, e.ID, night)
	o.refused(err, press.Conflict, "edition.slot_quiet")
}

// TestRescheduleMakesNoSecond: an edition is not moved to where another one does the same.
func TestRescheduleMakesNoSecond(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.approved("Twice")
	at := o.now.Add(time.Hour)
	_, err := o.compose(press.ModePublish, at, a)
	o.ok(err)
	e, err := o.compose(press.ModePublish, at.Add(time.Hour), a)
	o.ok(err)
	_, err = o.Reschedule(t.Context(), o.editor, e.ID, at)
	o.refused(err, press.Conflict, "edition.repeated")
	_, err = o.Reschedule(t.Context(), o.editor, e.ID, e.At)
	o.ok(err)
}

func TestChangeEdition(t *testing.T) {
	t.Parallel()
	var told []string
	o := open(t, func(c *desk.Config) { c.Changed = func(topics ...string) { told = append(told, topics...) } })
	a, b, unsigned := o.approved("First"), o.approved("Second"), o.inReview("Unsigned")
	at := o.now.Add(2 * time.Hour)
	e, err := o.compose(press.ModeMass, at, a)
	o.ok(err)
	change := func(who press.Actor, articles ...press.ArticleID) (press.Edition, []press.Delivery, error) {
		return o.ChangeEdition(t.Context(), who, e.ID, desk.NewEdition{Mode: press.ModePublish, At: at, Articles: articles})
	}
	_, _, err = change(o.writer, b.ID)
	o.refused(err, press.Forbidden, "role")
	_, _, err = change(o.editor, unsigned.ID)
	o.refused(err, press.Conflict, "edition.unsigned")
	if kept, err := o.rows.Edition(t.Context(), e.ID); err != nil || kept.Cancelled {
		t.Fatalf("a change that was refused cancelled the edition: %v", err)
	}
	next, deliveries, err := change(o.editor, b.ID, a.ID)
	o.ok(err)
	if old, err := o.rows.Edition(t.Context(), e.ID); err != nil || !old.Cancelled {
		t.Errorf("the old edition is still there: %v", err)
	}
	if len(next.Items) != 2 || next.Items[0].Article != b.ID || next.Mode != press.ModePublish || len(deliveries) != 3 || deliveries[2].State != press.Planned {
		t.Errorf("changed to %+v with %d deliveries", next, len(deliveries))
	}
	if got := o.audited(string(e.ID)); !slices.Equal(got, []string{"edition.create", "edition.cancel", "edition.change"}) {
		t.Errorf("audit %v", got)
	}
	for _, topic := range []string{"edition:" + string(e.ID), "edition:" + string(next.ID), "article:" + string(b.ID), "today"} {
		if !slices.Contains(told, topic) {
			t.Errorf("pages were not told of %s", topic)
		}
	}
}

// counter stands at the target.
type counter struct {
	retracted, previewed []press.DeliveryID
	asked                []string
}

func (c *counter) Retract(_ context.Context, _ press.Actor, id press.DeliveryID, _ string) (press.Delivery, error) {
	c.retracted = append(c.retracted, id)
	return press.Delivery{ID: id, State: press.Retracted}, nil
}

func (c *counter) RetractItem(ctx context.Context, by press.Actor, id press.DeliveryID, _ int) (press.Delivery, error) {
	return c.Retract(ctx, by, id, "")
}

func (c *counter) Preview(_ context.Context, _ press.Actor, id press.DeliveryID, _ string) error {
	c.previewed = append(c.previewed, id)
	return nil
}

func TestAtTheTarget(t *testing.T) {
	t.Parallel()
	there := &counter{}
	o := open(t, func(c *desk.Config) { c.Courier = there })
	ctx := t.Context()
	e, deliveries, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{o.approved("Out").ID}})
	o.ok(err)
	for _, who := range []press.Actor{o.writer, o.reviewers[0], o.admin} {
		_, err := o.Retract(ctx, who, deliveries[0].ID)
		o.refused(err, press.Forbidden, "role")
		o.refused(o.PreviewTo(ctx, who, e.ID, "xuanchuanbu"), press.Forbidden, "role")
		_, err = o.FireNow(ctx, who, e.ID)
		o.refused(err, press.Forbidden, "role")
	}
	for _, reader := range []string{"", "abc", "13800138000", "宣传部小王", "a b c d e"} {
		o.refused(o.PreviewTo(ctx, o.editor, e.ID, reader), press.Invalid, "preview.reader")
	}
	o.ok(o.PreviewTo(ctx, o.editor, e.ID, " xuanchuanbu_01 "))
	_, err = o.Retract(ctx, o.editor, deliveries[0].ID)
	o.ok(err)
	if !slices.Contains(there.retracted, deliveries[0].ID) || !slices.Contains(there.previewed, deliveries[0].ID) {
		t.Errorf("asked for %+v", there)
	}
	o.refused(o.PreviewTo(ctx, o.editor, "01m00000000000000000000000", "xuanchuanbu"), press.NotFound, "edition.missing")

	now, err := o.FireNow(ctx, o.editor, e.ID)
	o.ok(err)
	if want := o.now.Add(o.SiteLead); !now.At.Equal(want) {
		t.Errorf("fired at %v, want %v: the website goes first", now.At, want)
	}
	draft, err := o.compose(press.ModeDraft, o.now.Add(time.Hour), o.approved("To the box"))
	o.ok(err)
	_, err = o.FireNow(ctx, o.editor, draft.ID)
	o.refused(err, press.Conflict, "edition.draft_mode")
}

func (c *counter) AskQuota(_ context.Context, account string) error {
	c.asked = append(c.asked, account)
	return nil
}
