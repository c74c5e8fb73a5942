package desk_test

import (
	"context"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// ledger is where the office's account is counted.
const ledger = "wx1@weixin"

// counted opens an office whose account is counted at WeChat.
func counted(t *testing.T, k press.AccountKind, change ...func(*desk.Config)) *office {
	t.Helper()
	return open(t, append([]func(*desk.Config){kind(k), func(c *desk.Config) {
		c.Office.(*installation).fixed[0].Counts = ledger
	}}, change...)...)
}

// TestLearnedFromRefusal: a push that was made in WeChat's console closes the day, and says how that is known.
func TestLearnedFromRefusal(t *testing.T) {
	t.Parallel()
	o := counted(t, press.AccountSubscription)
	a := o.approved("One")
	at := o.now.Add(2 * time.Hour)
	o.ok(o.rows.QuotaRefused(t.Context(), ledger, press.MassAllowance, press.DayOf(at).Name, 1))
	_, err := o.compose(press.ModeMass, at, a)
	o.refused(err, press.Conflict, "edition.slot_mass")
	left, _, err := o.Allowance(t.Context(), "office", press.ModeMass, at, "")
	o.ok(err)
	if left.Left() != 0 || !left.Refused || left.ToldAt.IsZero() {
		t.Errorf("left %+v", left)
	}
	_, err = o.compose(press.ModeMass, at.AddDate(0, 0, 1), a)
	o.ok(err)
	_, err = o.compose(press.ModePublish, at, a)
	o.ok(err)
}

// TestStatedLimit: what WeChat states for the account goes before its documentation, and what others called is counted.
func TestStatedLimit(t *testing.T) {
	t.Parallel()
	o := counted(t, press.AccountSubscription)
	ctx, at := t.Context(), o.now.Add(2*time.Hour)
	o.ok(o.rows.TellQuota(ctx, ledger, press.CallPublish, press.DayOf(at).Name, press.QuotaTold{Limit: 3, Used: 2}, 0))
	_, err := o.compose(press.ModePublish, at, o.approved("One"))
	o.ok(err)
	_, err = o.compose(press.ModePublish, at, o.approved("Two"))
	o.refused(err, press.Conflict, "edition.slot_publish")
	_, err = o.compose(press.ModePublish, at.AddDate(0, 0, 1), o.approved("Three"))
	o.ok(err)
}

// TestQuota is the whole ledger of an account, and who may read it and have it corrected.
func TestQuota(t *testing.T) {
	t.Parallel()
	there := &counter{}
	o := counted(t, press.AccountService, func(c *desk.Config) { c.Courier = there })
	ctx := t.Context()
	day := press.DayOf(o.now)
	for range 3 {
		_, err := o.rows.CountCall(ctx, ledger, press.CallPublishGet, day.Name, 100)
		o.ok(err)
	}
	o.ok(o.rows.QuotaRefused(ctx, ledger, press.CallPublishDelete, day.Name, 10))
	_, err := o.compose(press.ModeMass, o.now.Add(time.Hour), o.approved("One"))
	o.ok(err)
	got, err := o.Quota(ctx, o.editor, "office")
	o.ok(err)
	lines := map[string]desk.QuotaLine{}
	for _, l := range got.Lines {
		lines[l.Call] = l
		if l.Name.EN == "" || l.Name.ZH == "" || l.Name.EN == l.Call || !l.Resets.After(o.now) {
			t.Errorf("line %+v", l)
		}
	}
	if l := lines[press.MassAllowance]; !l.Monthly || l.Limit != 4 || l.Planned != 1 || l.Left != 3 {
		t.Errorf("mass pushes %+v", l)
	}
	if l := lines[press.CallPublishGet]; l.Limit != 100 || l.Used != 3 || l.Left != 97 || !l.ToldAt.IsZero() || !l.Resets.Equal(day.Until) {
		t.Errorf("questions %+v", l)
	}
	if l := lines[press.CallPublishDelete]; !l.Spent() || !l.Refused {
		t.Errorf("deletions %+v", l)
	}
	if l := lines[press.CallUploadImage]; l.Limit != 0 || l.Spent() {
		t.Errorf("uploads %+v", l)
	}

	for _, who := range []press.Actor{o.writer, o.reviewers[0]} {
		_, err = o.Quota(ctx, who, "office")
		o.refused(err, press.Forbidden, "role")
	}
	_, err = o.AskQuota(ctx, o.editor, "office")
	o.refused(err, press.Forbidden, "role")
	_, err = o.AskQuota(ctx, o.admin, "nobody")
	o.refused(err, press.NotFound, "account.unknown")
	_, err = o.AskQuota(ctx, o.admin, "office")
	o.ok(err)
	if len(there.asked) != 1 {
		t.Errorf("asked about %v", there.asked)
	}
	o.Courier = deaf{there}
	_, err = o.AskQuota(ctx, o.admin, "office")
	o.refused(err, press.Unavailable, "quota.unanswered")
}

// deaf is a courier whose WeChat does not answer.
type deaf struct{ desk.Courier }

func (deaf) AskQuota(context.Context, string) error {
	return &press.Refusal{Call: "openapi/quota/get", Text: press.Say("No answer.", "没有答复。"), Fix: press.Say("Wait.", "请稍候。")}
}
