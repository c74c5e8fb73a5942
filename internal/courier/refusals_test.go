package courier_test

import (
	"fmt"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

func refusals() (out []situation) {
	for _, r := range []struct {
		code  int
		whose press.Role
	}{
		{40164, press.Administrator},
		{48001, press.Administrator},
		{45009, press.Editor},
		{45028, press.Editor},
		{53503, press.Editor},
	} {
		code := fmt.Sprintf("wechat.%d", r.code)
		out = append(out, situation{
			name: fmt.Sprintf("refused with %d", r.code), faults: []sandbox.Fault{{Path: trigger, ErrCode: r.code}},
			state: press.Blocked, reason: code, whose: r.whose, calls: 1, drafts: 1,
			attempts: "p, f blocked " + code, audit: "ready sending blocked",
		})
	}
	for code, pause := range map[int]time.Duration{45011: time.Minute, 53501: 10 * time.Minute} {
		out = append(out, situation{
			name: fmt.Sprintf("put off with %d", code), faults: []sandbox.Fault{{Path: trigger, ErrCode: code, Times: 1}},
			act: patiently(press.Ready, pause), state: press.Live, effects: 1, calls: 2,
			attempts: fmt.Sprintf("p, f failed wechat.%d, f, l", code), audit: "ready sending not_sent retry sending sent live",
		})
	}
	return append(
		out,
		situation{
			name: "put off twice, then refused", faults: []sandbox.Fault{{Path: trigger, ErrCode: 61450, Times: 0}}, modes: mass,
			state: press.Blocked, reason: "unknown.draft_left", whose: press.Editor, drafts: 1, calls: 13,
			attempts: "*", audit: "*",
		},
		situation{
			name: "refused as too soon at first", faults: []sandbox.Fault{{Path: trigger, ErrCode: 45066, Times: 1}}, modes: mass,
			act: patiently(press.Unknown, 65*time.Second), state: press.Live, effects: 1, calls: 2,
			attempts: "p, f unknown wechat.45066, f, l", audit: "ready sending unknown retry refire sent live",
		},
		situation{
			name: "answer lost, then refused as too soon", modes: mass,
			faults: []sandbox.Fault{{Path: trigger, ReplyLost: sandbox.LostReset, Times: 1}, {Path: trigger, ErrCode: 45066, Skip: 1, Times: 1}},
			act: func(o *office, d press.Delivery) {
				o.until(d.ID, "the second try", func(d press.Delivery) bool { return d.State == press.Unknown && d.Tries == 2 && d.ClaimedBy == "" })
				_, err := o.desk.Retry(o.Context(), press.System(), d.ID)
				o.ok(err)
			},
			state: press.Live, effects: 1, calls: 3,
			attempts: "p, f unknown wechat.unclear, f unknown wechat.45066, f, l",
			audit:    "ready sending unknown refire unknown retry refire sent live",
		},
		situation{
			name: "answer lost, then no such draft", modes: mass,
			faults: []sandbox.Fault{{Path: trigger, ReplyLost: sandbox.LostReset, Times: 1}, {Path: trigger, ErrCode: 40007, Skip: 1}},
			state:  press.Blocked, reason: "unknown.consumed", whose: press.Editor, effects: 1, calls: 2,
			attempts: "p, f unknown wechat.unclear, f blocked unknown.consumed", audit: "ready sending unknown refire blocked",
		},
		situation{
			name: "not allowed while preparing", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 40164}},
			state: press.Blocked, reason: "wechat.40164", whose: press.Administrator, attempts: "p blocked wechat.40164", audit: "blocked",
		},
		situation{
			name: "not allowed while preparing, then mended", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 40164, Times: 1}},
			act: releaseOnce, state: press.Live, effects: 1, calls: 1,
			attempts: "p blocked wechat.40164, p, f, l", audit: "blocked release ready sending sent live",
		},
		situation{
			name: "cover deleted from the library", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 40007, Times: 1}},
			state: press.Live, effects: 1, calls: 1, attempts: "p failed wechat.40007, p, f, l", audit: "ready sending sent live",
		},
		situation{
			name: "no draft at the instant", faults: []sandbox.Fault{{Path: trigger, ErrCode: 40007}},
			state: press.Blocked, reason: "draft.gone", whose: press.Editor, calls: 1, drafts: 1,
			attempts: "p, f blocked draft.gone", audit: "ready sending blocked",
		},
		situation{
			name: "WeChat out of order for long", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 45501, Times: 0}},
			act: func(o *office, d press.Delivery) {
				d = o.until(d.ID, "a pause", func(d press.Delivery) bool { return d.Failures == 1 && d.ClaimedBy == "" })
				if left := time.Until(d.NextAt); left < 50*time.Minute {
					o.Errorf("comes back in %s; WeChat asks for an hour", left)
				}
				o.box.ClearFaults()
				_, err := o.desk.Retry(o.Context(), press.System(), d.ID)
				o.ok(err)
			},
			state: press.Live, effects: 1, calls: 1, attempts: "p failed wechat.45501, p, f, l", audit: "retry ready sending sent live",
		},
	)
}

// decide lets the account's administrator answer a protected push.
func decide(yes bool) func(*office, press.Delivery) {
	return func(o *office, d press.Delivery) {
		o.untilState(d.ID, press.Unknown)
		o.ok(o.box.Decide(appID(0), o.boxState().Masses[0].MsgID, yes))
	}
}

func results() []situation {
	protected := func(c *sandbox.Config) { c.Accounts[0].MassProtection = true }
	var out []situation
	for status, code := range map[int]string{2: "push.originality", 3: "push.failed", 4: "push.censored"} {
		out = append(out, situation{
			name: fmt.Sprintf("ends with publish_status %d", status), faults: []sandbox.Fault{{Path: trigger, PublishStatus: status}}, modes: publish,
			state: press.Blocked, reason: code, whose: press.Editor, effects: 1, calls: 1, drafts: 1,
			attempts: "p, f, l blocked " + code, audit: "ready sending sent blocked",
		})
	}
	return append(
		out,
		situation{
			name: "ends with err(20001)", faults: []sandbox.Fault{{Path: trigger, MassStatus: "err(20001)"}}, modes: mass,
			state: press.Blocked, reason: "push.censored", whose: press.Editor, effects: 1, calls: 1, drafts: 1,
			attempts: "p, f, l blocked push.censored", audit: "ready sending sent blocked",
		},
		situation{
			name: "approved by the administrator", box: protected, modes: mass, act: decide(true),
			state: press.Live, effects: 1, calls: -1, attempts: "*", audit: "*",
		},
		situation{
			name: "refused by the administrator", box: protected, modes: mass, act: decide(false),
			state: press.Blocked, reason: "push.failed", whose: press.Editor, effects: 1, calls: -1, drafts: 1, attempts: "*", audit: "*",
		},
	)
}
