package courier_test

import (
	"slices"
	"testing"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

func (o *office) retract(id press.DeliveryID) (press.Delivery, error) {
	o.Helper()
	return o.current.Retract(o.Context(), press.System(), id, "")
}

// attempted are the outcomes of the tries to take a delivery down, oldest first.
func (o *office) attempted(id press.DeliveryID) (out []press.Outcome) {
	o.Helper()
	list, err := o.store.Attempts(o.Context(), id)
	o.ok(err)
	for _, a := range list {
		if a.Step == press.StepRetract {
			out = append(out, a.Outcome)
		}
	}
	return out
}

func (o *office) audited(subject string) (out []string) {
	o.Helper()
	list, err := o.store.Audit(o.Context(), store.AuditFilter{Subject: subject, Limit: 100})
	o.ok(err)
	for _, e := range list {
		out = append(out, e.Action)
	}
	slices.Reverse(out)
	return out
}

// TestRetract: in each mode what is live goes, the decision is noted before the call, and doing it twice does no harm.
func TestRetract(t *testing.T) {
	t.Parallel()
	for _, mode := range []press.Mode{press.ModePublish, press.ModeMass} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{})
			d := o.untilState(o.compose(mode, 0).ID, press.Live)
			if mode == press.ModePublish && d.Publication == "" {
				t.Error("what WeChat calls the publication is not kept")
			}
			for range 2 {
				gone, err := o.retract(d.ID)
				o.ok(err)
				if gone.State != press.Retracted || len(gone.URLs) == 0 {
					t.Fatalf("after the retraction: %+v", gone)
				}
			}
			if got := o.attempted(d.ID); !slices.Equal(got, []press.Outcome{press.OutcomeOK}) {
				t.Errorf("tries %v, want one that went well", got)
			}
			log := o.audited(string(d.ID))
			if n := len(log); !slices.Equal(log[n-2:], []string{"delivery.retract_asked", "delivery.retracted"}) {
				t.Errorf("the log ends with %v", log[n-2:])
			}
		})
	}
}

func TestRetractWithoutItsName(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	o.fault(sandbox.Fault{Path: "freepublish/submit", ReplyLost: sandbox.LostReset, Event: sandbox.EventLost, Times: 1})
	d := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	if d.PushID != "" {
		t.Fatalf("the answer was not lost: %+v", d)
	}
	_, err := o.retract(d.ID)
	o.ok(err)
}

// TestRetractRefused: with a refusal or a lost answer the delivery stays live, and the person is told why.
func TestRetractRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		kind  press.Kind
		code  string
		want  press.Outcome
		tries []press.Outcome
	}{
		"refused":     {sandbox.Fault{Path: "freepublish/delete", ErrCode: 48001, Times: 1}, press.Conflict, "retract.refused", press.OutcomeFailed, nil},
		"spent":       {sandbox.Fault{Path: "freepublish/delete", ErrCode: 45009, Times: 1}, press.Quota, "retract.refused", press.OutcomeFailed, nil},
		"answer lost": {sandbox.Fault{Path: "freepublish/delete", ReplyLost: sandbox.LostReset, Times: 1}, press.Unavailable, "retract.unclear", press.OutcomeUnknown, nil},
		"unknown":     {sandbox.Fault{Path: "freepublish/delete", ErrCode: 53600, Times: 1}, press.Conflict, "retract.refused", press.OutcomeFailed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{})
			d := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
			o.fault(c.fault)
			after, err := o.retract(d.ID)
			if press.KindOf(err) != c.kind || press.CodeOf(err) != c.code || after.State != press.Live {
				t.Fatalf("got %s and %v (%s, %s), want live and %s, %s", after.State, err, press.KindOf(err), press.CodeOf(err), c.kind, c.code)
			}
			if text := press.TextOf(err); text.EN == "" || text.ZH == "" || text.EN == text.ZH {
				t.Errorf("not said in both languages: %+v", text)
			}
			again, err := o.retract(d.ID)
			if c.kind == press.Quota { // the ledger knows now that nothing is left of the day
				if press.KindOf(err) != press.Quota || again.State != press.Live {
					t.Errorf("the second time: %s and %v", again.State, err)
				}
				if n := len(o.box.Calls(sandbox.CallFilter{Path: "freepublish/delete"})); n != 1 {
					t.Errorf("WeChat was asked for %d deletions, want 1", n)
				}
				o.ok(o.current.AskQuota(o.Context(), d.Target)) // which says that there are some left
				again, err = o.retract(d.ID)
				c.want = press.OutcomeFailed
				c.tries = []press.Outcome{press.OutcomeFailed}
			}
			o.ok(err)
			if again.State != press.Retracted {
				t.Errorf("the second time: %s", again.State)
			}
			if got := o.attempted(d.ID); !slices.Equal(got, append(c.tries, c.want, press.OutcomeOK)) {
				t.Errorf("tries %v", got)
			}
		})
	}
}

// TestRetractGone: what somebody deleted in WeChat's console is retracted, though WeChat knows nothing to delete.
func TestRetractGone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	_, err := o.accounts[0].RetractPublication(o.Context(), d.Publication, 0)
	o.ok(err)
	o.fault(sandbox.Fault{Path: "freepublish/delete", ErrCode: 53600, Times: 1})
	after, err := o.retract(d.ID)
	o.ok(err)
	if after.State != press.Retracted {
		t.Errorf("the delivery is %s", after.State)
	}
}

func TestRetractPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{site: true})
	push := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	pages, err := o.store.SiteDeliveries(t.Context(), push.Edition)
	o.ok(err)
	id := pages[0].ID
	o.site.broken.Store(true)
	if _, err := o.retract(id); press.CodeOf(err) != "retract.site_write" || o.load(id).State != press.Live {
		t.Fatalf("with a full disk: %v, %s; want it live still", err, o.load(id).State)
	}
	if n, err := o.store.PublishedCount(t.Context(), "site", nil); err != nil || n != 1 {
		t.Errorf("%d pages are listed (%v), want the one that is there still", n, err)
	}
	o.site.broken.Store(false)
	_, err = o.retract(id)
	o.ok(err)
	if n, err := o.store.PublishedCount(t.Context(), "site", nil); err != nil || n != 0 || o.site.pages.Load() != 0 {
		t.Errorf("%d pages are listed (%v), %d are there", n, err, o.site.pages.Load())
	}
}

func TestRetractOnlyWhatIsLive(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
	if _, err := o.retract(d.ID); press.CodeOf(err) != "delivery.state" {
		t.Errorf("a delivery that is ready: %v", err)
	}
}

func TestPreviewOfADraft(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{courier: func(c *courier.Config) { c.Limits = map[string]int64{"/cgi-bin/message/mass/preview": 2} }})
	d := o.untilPrepared(o.compose(press.ModeMass, far).ID)
	preview := func(id press.DeliveryID) error {
		return o.current.Preview(t.Context(), press.System(), id, "xuanchuanbu")
	}
	o.ok(preview(d.ID))
	if log := o.audited(string(d.Edition)); !slices.Contains(log, "edition.preview") {
		t.Errorf("the log says %v", log)
	}
	o.fault(sandbox.Fault{Path: "message/mass/preview", ErrCode: 43004, Times: 1})
	if err := preview(d.ID); press.CodeOf(err) != "preview.refused" || press.KindOf(err) != press.Conflict {
		t.Errorf("to somebody who does not follow: %v", err)
	}
	if err := preview(d.ID); press.CodeOf(err) != "preview.refused" || press.KindOf(err) != press.Quota {
		t.Errorf("beyond the day's allowance: %v", err)
	}
	o.reschedule(d, 0)
	o.untilState(d.ID, press.Live)
	if err := preview(d.ID); press.CodeOf(err) != "preview.no_draft" {
		t.Errorf("without a draft: %v", err)
	}
}
