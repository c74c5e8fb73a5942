package courier_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/manual"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

// trial is one way in which a row of the manual's table comes about.
type trial struct {
	name   string
	office setup
	faults []sandbox.Fault
	before func(o *office, d press.Delivery)            // what happens between the draft and its time
	act    func(o *office, d press.Delivery)            // what happens from then on
	begin  func(o *office, m press.Mode) press.Delivery // in place of composing it
	mend   func(o *office, d press.Delivery)            // before it is released; default: the sandbox's faults are cleared
	check  func(t *testing.T, o *office, d press.Delivery)
	byHand bool // somebody publishes or sends it too, when they like
}

// TestManual runs every row of the manual's table: where the delivery ends, for what reason, how many calls took effect, and
// that the buttons lead where the row says. A row that nobody tries fails, and so does a trial that has no row.
func TestManual(t *testing.T) {
	t.Parallel()
	page, err := manual.Faults(press.English)
	if err != nil {
		t.Fatal(err)
	}
	tried := trials()
	for _, section := range page.Sections {
		for _, row := range section.Rows {
			if len(tried[row.ID]) == 0 {
				t.Errorf("nobody tries the row %s", row.ID)
			}
			for i, c := range tried[row.ID] {
				for _, mode := range slices.Sorted(maps.Keys(row.Outcomes)) {
					t.Run(fmt.Sprintf("%s/%s%d/%s", row.ID, c.name, i, mode), func(t *testing.T) {
						t.Parallel()
						c.run(t, row, mode)
					})
				}
			}
			delete(tried, row.ID)
		}
	}
	for id := range tried {
		t.Errorf("%s is tried and has no row in the manual", id)
	}
}

func (c trial) run(t *testing.T, row manual.Row, mode press.Mode) {
	want := row.Outcomes[mode]
	o := newOffice(t, c.office)
	for _, f := range c.faults {
		if f.Path == trigger {
			f.Path = irrevocable(mode)
		}
		o.fault(f)
	}
	var d press.Delivery
	switch {
	case c.begin != nil:
		d = c.begin(o, mode)
	case c.before != nil:
		d = o.untilPrepared(o.compose(mode, far).ID)
		c.before(o, d)
		d = o.reschedule(d, 0)
	default:
		d = o.compose(mode, 200*time.Millisecond)
	}
	if c.act != nil {
		c.act(o, d)
	}
	d = o.untilState(d.ID, want.State)
	if !c.byHand {
		o.checkNeverEarly(d)
	}
	if _, effects := o.fired(0); effects != want.Effect {
		t.Errorf("%d calls took effect, want %d", effects, want.Effect)
	}
	if c.check != nil {
		c.check(t, o, d)
	}
	if want.State == press.Blocked {
		situation{reason: want.Code, whose: d.Reason.Whose}.checkReason(o, *d.Reason)
		c.buttons(t, o, d, row.Steps)
	}
}

// buttons presses what a row names: cancel on paper, release for real. That it did go out is said for real where nothing else
// leads on, and a row names it where it may be said, and only there.
func (c trial) buttons(t *testing.T, o *office, d press.Delivery, steps []manual.Step) {
	if id := manual.RowOf(d.Reason.Code, d.Mode); id == "" {
		t.Errorf("no row of the manual is about %s", d.Reason.Code)
	}
	for _, step := range steps {
		if step.Do != "cancel" {
			continue
		}
		if after, err := press.Cancel().Apply(d, time.Now()); err != nil || after.State != step.To {
			t.Errorf("cancel leads to %s: %v; want %s", after.State, err, step.To)
		}
	}
	wentOut := manual.Step{Do: "went-out", To: press.Live}
	if named := slices.Contains(steps, wentOut); named != d.MayHaveGoneOut() {
		t.Errorf("that it did go out may be said: %v; the row names it: %v", !named, named)
	} else if named && !slices.ContainsFunc(steps, func(s manual.Step) bool { return s.Do == "release" }) {
		o.wentOut(d)
	}
	for _, step := range steps {
		if step.Do != "release" {
			continue
		}
		if c.mend != nil {
			c.mend(o, d)
		} else {
			o.box.ClearFaults()
		}
		was := d.Reason.At
		o.release(d.ID)
		d = o.until(d.ID, "its release", func(d press.Delivery) bool {
			return d.State == step.To && d.NextAt.IsZero() && (d.Reason == nil || d.Reason.At.After(was))
		})
		if n := o.reached(); step.To == press.Live && n != 1 && !c.byHand {
			t.Errorf("readers got it %d times", n)
		}
		o.checkNeverEarly(d)
		return
	}
}

// reached is how often readers got something: publications and mass pushes that ended well.
func (o *office) reached() (n int) {
	for _, p := range o.boxState().Publications {
		if p.Status == 0 {
			n++
		}
	}
	for _, m := range o.boxState().Masses {
		if m.State == "SEND_SUCCESS" {
			n++
		}
	}
	return n
}

func one(f ...sandbox.Fault) []trial { return []trial{{faults: f}} }

func each(path string, times int, faults ...sandbox.Fault) (out []trial) {
	for _, f := range faults {
		f.Path, f.Times = path, times
		out = append(out, trial{name: f.ReplyLost, faults: []sandbox.Fault{f}})
	}
	return out
}

var lostAll = []sandbox.Fault{{ReplyLost: sandbox.LostTimeout}, {ReplyLost: sandbox.LostReset}, {ReplyLost: sandbox.LostBadGateway}}

const once = 1

func trials() map[string][]trial {
	all := map[string][]trial{}
	for _, part := range []map[string][]trial{trialsBefore(), trialsOfCall(), trialsOfResult(), trialsOfEvents(), trialsOfBox(), trialsUndecided(), trialsOfOwn()} {
		maps.Copy(all, part)
	}
	return all
}

func trialsBefore() map[string][]trial {
	notMade := each("draft/add", once, sandbox.Fault{HTTPStatus: 502}, sandbox.Fault{ErrCode: -1},
		sandbox.Fault{ReplyLost: sandbox.LostReset, NoEffect: true})
	lost := each("draft/add", once, lostAll...)
	for i := range lost {
		lost[i].check = func(t *testing.T, o *office, _ press.Delivery) {
			if made := o.effects("draft/add"); made != 1 {
				t.Errorf("%d drafts were made, want one", made)
			}
		}
	}
	return map[string][]trial{
		"upload.answer_lost": append(each("media/uploadimg", once, lostAll[1:]...), each("material/add_material", once, lostAll[1:]...)...),
		"upload.broken": append(each("media/uploadimg", once, sandbox.Fault{HTTPStatus: 502}),
			each("material/add_material", once, sandbox.Fault{HTTPStatus: 502})...),
		"draft.answer_lost": lost,
		"draft.not_made":    notMade,
		"cover.gone":        one(sandbox.Fault{Path: "draft/add", ErrCode: 40007, Times: once}),
		"refused.other":     one(sandbox.Fault{Path: "draft/add", ErrCode: 45166}),
	}
}

func (o *office) effects(path string) (n int) {
	for _, c := range o.box.Calls(sandbox.CallFilter{AppID: appID(0), Path: path}) {
		if c.Effect {
			n++
		}
	}
	return n
}

// takeToken plays another program that has the account's secret and makes itself a new token, which ends ours.
func takeToken(o *office, _ press.Delivery) {
	body := fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":"secret","force_refresh":true}`, appID(0))
	answer := httptest.NewRecorder()
	o.box.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(o.Context(), http.MethodPost, "/cgi-bin/stable_token", strings.NewReader(body)))
	if !strings.Contains(answer.Body.String(), "access_token") {
		o.Errorf("the other program got %s", answer.Body)
	}
}

func trialsOfCall() map[string][]trial {
	refused := func(code int) []trial { return one(sandbox.Fault{Path: trigger, ErrCode: code}) }
	soon := func(code int) []trial { return one(sandbox.Fault{Path: trigger, ErrCode: code, Times: once}) }
	waits := func(code int, pause time.Duration) []trial {
		return []trial{{faults: []sandbox.Fault{{Path: trigger, ErrCode: code, Times: once}}, act: patiently(press.Ready, pause)}}
	}
	byHand := func(o *office, d press.Delivery) { o.ok(o.box.PublishByHand(appID(0), d.MediaID, false)) }
	console := func(code int) []trial {
		return []trial{{faults: []sandbox.Fault{{Path: trigger, ErrCode: code}}, mend: byHand}}
	}
	protected := func(c *sandbox.Config) { c.Accounts[0].MassProtection = true }
	unprotect := func(o *office, _ press.Delivery) {
		o.ok(o.box.Configure(appID(0), func(a *sandbox.Account) { a.MassProtection = false }))
	}
	elsewhere := func(o *office, d press.Delivery) {
		_, err := o.accounts[0].SendAll(o.Context(), d.MediaID, string(d.ID))
		o.ok(err)
	}
	slow := setup{box: func(c *sandbox.Config) { c.PublishDelay = stretch * 5 * time.Second }} // the other's job still runs
	return map[string][]trial{
		"push.answer_lost": each(trigger, once, lostAll...),
		"push.broken": each(trigger, once, sandbox.Fault{HTTPStatus: 502},
			sandbox.Fault{ReplyLost: sandbox.LostReset, NoEffect: true}, sandbox.Fault{ReplyLost: sandbox.LostTimeout, NoEffect: true}),
		"push.busy":    soon(-1),
		"push.strange": soon(99999),
		"token.taken": {
			{name: "expired", faults: []sandbox.Fault{{Path: trigger, ErrCode: 42001, Times: once}}},
			{name: "not the latest", faults: []sandbox.Fault{{Path: trigger, ErrCode: 40001, Times: once}}},
			{name: "taken over", before: takeToken},
		},
		"token.refused": refused(40001),
		"address.unlisted": {
			{name: "at the call", faults: []sandbox.Fault{{Path: trigger, ErrCode: 40164}}},
			{
				name: "at the check",
				before: func(o *office, _ press.Delivery) {
					o.ok(o.box.Configure(appID(0), func(a *sandbox.Account) { a.Whitelist = []string{"192.0.2.1"} }))
				},
				mend: func(o *office, d press.Delivery) {
					if !strings.Contains(d.Reason.Fix.ZH, "127.0.0.1") {
						o.Errorf("the address to add is not named: %s", d.Reason.Fix.ZH)
					}
					o.ok(o.box.Configure(appID(0), func(a *sandbox.Account) { a.Whitelist = nil }))
				},
			},
		},
		"right.missing": refused(48001),
		"quota.day":     refused(45009),
		"quota.look": one(sandbox.Fault{Path: "freepublish/get", ErrCode: 45009}, sandbox.Fault{Path: "freepublish/batchget", ErrCode: 45009},
			sandbox.Fault{Path: "message/mass/get", ErrCode: 45009}),
		"quota.own": {{office: setup{courier: func(c *courier.Config) { c.Limits[irrevocable(press.ModePublish)] = 1 }}, begin: func(o *office, m press.Mode) press.Delivery {
			_, err := o.store.CountCall(o.Context(), o.accounts[0].Ledger().Key, irrevocable(m), press.DayOf(time.Now()).Name, 0)
			o.ok(err)
			return o.compose(m, 100*time.Millisecond)
		}}},
		"rate.minute":     waits(45011, time.Minute),
		"rate.publish":    waits(53501, 10*time.Minute),
		"allowance.spent": refused(45028),
		"push.known": {
			{name: "45065", office: slow, before: elsewhere, byHand: true},
			{name: "45066", office: slow, before: elsewhere, byHand: true, faults: []sandbox.Fault{{Path: trigger, ErrCode: 45066, Skip: 1, Times: once}}},
		},
		"draft.used": {{office: setup{wake: time.Minute}, byHand: true, begin: func(o *office, m press.Mode) press.Delivery {
			d := o.wait(m, 1500*time.Millisecond)
			o.ok(o.box.PublishByHand(appID(0), d.MediaID, m == press.ModeMass))
			return d
		}}},
		"console.check":        console(53503),
		"console.only":         console(53504),
		"console.save":         refused(53505),
		"console.saved_itself": refused(48021),
		"admin.agrees": {
			{name: "and is told", office: setup{box: protected}, act: decide(true)},
			{name: "and nobody tells", office: setup{box: protected}, act: decide(true), faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventLost}}},
		},
		"admin.refuses": {{office: setup{box: protected}, act: decide(false), mend: unprotect}},
		"admin.silent": {{office: setup{box: func(c *sandbox.Config) {
			protected(c)
			c.Clocks.Approval = stretch * 400 * time.Millisecond
		}}, mend: unprotect}},
	}
}

func trialsOfResult() map[string][]trial {
	ends := func(status int, mass string) []trial {
		return one(sandbox.Fault{Path: trigger, PublishStatus: status, MassStatus: mass, Times: once})
	}
	often := setup{courier: func(c *courier.Config) { c.Pauses.After = []time.Duration{200 * time.Millisecond, far} }}
	later := func(status int) []trial {
		fault := sandbox.Fault{Path: "freepublish/submit", Later: status, LaterAfter: sandbox.Span(300 * time.Millisecond)}
		told := fault
		told.LaterEvent = true
		deleted := func(o *office, d press.Delivery) {
			if d.Mode == press.ModeMass { // at the console, where it is the same
				d = o.untilState(d.ID, press.Live)
				_, err := o.accounts[0].RetractMass(o.Context(), d.PushID, 0)
				o.ok(err)
			}
		}
		seldom := setup{courier: func(c *courier.Config) {
			c.Pauses.After = []time.Duration{400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond, 5 * time.Second}
		}}
		keep := func(*office, press.Delivery) {}
		list := []trial{{name: "looked at", office: seldom, faults: []sandbox.Fault{fault}, act: deleted, mend: keep}}
		if status == 6 { // a mass push has no such event
			list = append(list, trial{name: "told", faults: []sandbox.Fault{told}, act: deleted, mend: keep})
		}
		return list
	}
	return map[string][]trial{
		"result.originality": ends(2, "err(30003)"),
		"result.failed":      ends(3, "send fail"),
		"result.censored":    ends(4, "err(20001)"),
		"result.none": {{office: setup{
			box:     func(c *sandbox.Config) { c.PublishDelay = far },
			courier: func(c *courier.Config) { c.Pauses.Job = 300 * time.Millisecond },
		}}},
		"taken.deleted": later(5),
		"taken.banned":  append(later(6), trial{name: "looked at soon", office: often, faults: []sandbox.Fault{{Path: "freepublish/submit", Later: 6, LaterAfter: sandbox.Span(time.Millisecond)}}}),
	}
}

func trialsOfEvents() map[string][]trial {
	event := func(names ...string) (out []trial) {
		for _, name := range names {
			out = append(out, trial{name: name, faults: []sandbox.Fault{{Path: trigger, Event: name, EventDelay: sandbox.Span(100 * time.Millisecond)}}})
		}
		return out
	}
	lies := func(names ...string) []trial {
		list := event(names...)
		for i := range list {
			list[i].check = func(_ *testing.T, o *office, d press.Delivery) {
				o.until(d.ID, "the refusal", func(press.Delivery) bool { // a look may have been faster
					return slices.ContainsFunc(o.box.Pushes(appID(0)), func(p sandbox.Push) bool { return p.Status == http.StatusForbidden })
				})
			}
		}
		return list
	}
	return map[string][]trial{
		"event.lost": event(sandbox.EventLost), "event.doubled": event(sandbox.EventDoubled), "event.early": event(sandbox.EventEarly),
		"event.late": {{
			faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventLate, EventDelay: sandbox.Span(stretch * 1500 * time.Millisecond)}},
			check: func(_ *testing.T, o *office, d press.Delivery) {
				o.until(d.ID, "its address", func(d press.Delivery) bool { return len(d.URLs) == 1 })
			},
		}},
		"event.other_kind": event(sandbox.EventOtherKind), "event.forged": lies(sandbox.EventForged, sandbox.EventStale),
		"event.replayed": {{faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventReplayed}}, check: func(t *testing.T, o *office, d press.Delivery) {
			o.until(d.ID, "the refusal", func(press.Delivery) bool {
				return slices.ContainsFunc(o.box.Pushes(appID(0)), func(p sandbox.Push) bool { return p.Status == http.StatusForbidden })
			})
			if d = o.load(d.ID); d.State != press.Live {
				t.Errorf("the replay made it %s", d.State)
			}
		}}},
		"ids.quoted": one(sandbox.Fault{Path: "*", QuotedIDs: true}),
	}
}

func trialsOfBox() map[string][]trial {
	edited := "食堂涨价通知"
	return map[string][]trial{
		"draft.edited": {{before: func(o *office, d press.Delivery) {
			o.ok(o.box.EditDraft(appID(0), d.MediaID, 0, sandbox.Edit{Title: &edited}))
		}}},
		"draft.deleted": {{before: func(o *office, d press.Delivery) { o.ok(o.box.DeleteByHand(appID(0), d.MediaID)) }}},
		"draft.published": {{byHand: true, before: func(o *office, d press.Delivery) {
			o.ok(o.box.PublishByHand(appID(0), d.MediaID, false))
		}}},
		"draft.sent": {{byHand: true, before: func(o *office, d press.Delivery) {
			o.ok(o.box.PublishByHand(appID(0), d.MediaID, true))
		}}},
	}
}

func trialsUndecided() map[string][]trial {
	lost := sandbox.Fault{Path: trigger, ReplyLost: sandbox.LostReset, Times: once}
	expired := setup{courier: func(c *courier.Config) { c.Pauses.MassWindow = time.Millisecond }}
	unlisted, broken := lost, lost
	unlisted.Unlisted, broken.NoEffect = sandbox.Span(far), true
	return map[string][]trial{
		"undecided.not_listed":     {{faults: []sandbox.Fault{unlisted}}},
		"undecided.forgotten":      {{office: expired, faults: []sandbox.Fault{lost}}},
		"undecided.left":           {{office: expired, faults: []sandbox.Fault{broken}}},
		"undecided.repeat_gone":    one(lost, sandbox.Fault{Path: trigger, ErrCode: 40007, Skip: 1}),
		"undecided.repeat_refused": one(lost, sandbox.Fault{Path: trigger, ErrCode: 40164, Skip: 1}),
	}
}

func trialsOfOwn() map[string][]trial {
	return map[string][]trial{
		"own.missed": {{office: setup{idle: true}, begin: func(o *office, m press.Mode) press.Delivery {
			d := o.compose(m, -30*time.Second, func(n *desk.NewEdition) { n.MaxLateness = 5 * time.Second })
			o.start(o.newCourier("worker"))
			return d
		}}},
		"own.site": {{
			office: setup{site: true, idle: true},
			begin: func(o *office, m press.Mode) press.Delivery {
				o.site.broken.Store(true)
				d := o.compose(m, 100*time.Millisecond, func(n *desk.NewEdition) { n.MaxLateness = time.Second })
				o.start(o.newCourier("worker"))
				return d
			},
			mend: func(o *office, d press.Delivery) {
				page := o.untilState(o.page(d).ID, press.Blocked)
				o.site.broken.Store(false)
				o.release(page.ID)
				o.untilState(page.ID, press.Live)
			},
		}},
		"own.account": {{office: setup{courier: func(c *courier.Config) { clear(c.Office.(staff).accounts) }}}},
	}
}
