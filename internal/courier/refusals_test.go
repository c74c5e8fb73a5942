package courier_test

import (
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

func refusals() []situation {
	return []situation{
		{
			name: "put off twice, then refused", faults: []sandbox.Fault{{Path: trigger, ErrCode: 61450, Times: 0}}, modes: mass,
			state: press.Blocked, reason: "unknown.draft_left", whose: press.Editor, drafts: 1, calls: 13,
			attempts: "*", audit: "*",
		},
		{
			name: "refused as too soon at first", faults: []sandbox.Fault{{Path: trigger, ErrCode: 45066, Times: 1}}, modes: mass,
			act: patiently(press.Unknown, 65*time.Second), state: press.Live, effects: 1, calls: 2,
			attempts: "p, f unknown wechat.45066, f, l", audit: "ready sending unknown retry refire sent live",
		},
		{
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
		{
			name: "answer lost, then no such draft", modes: mass,
			faults: []sandbox.Fault{{Path: trigger, ReplyLost: sandbox.LostReset, Times: 1}, {Path: trigger, ErrCode: 40007, Skip: 1}},
			state:  press.Blocked, reason: "unknown.consumed", whose: press.Editor, effects: 1, calls: 2,
			attempts: "p, f unknown wechat.unclear, f blocked unknown.consumed", audit: "ready sending unknown refire blocked",
		},
		{
			name: "not allowed while preparing", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 40164}},
			state: press.Blocked, reason: "wechat.40164", whose: press.Administrator, attempts: "p blocked wechat.40164", audit: "blocked",
		},
		{
			name: "not allowed while preparing, then mended", faults: []sandbox.Fault{{Path: "draft/add", ErrCode: 40164, Times: 1}},
			act: releaseOnce, state: press.Live, effects: 1, calls: 1,
			attempts: "p blocked wechat.40164, p, f, l", audit: "blocked release ready sending sent live",
		},
		{
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
	}
}

// decide lets the account's administrator answer a protected push.
func decide(yes bool) func(*office, press.Delivery) {
	return func(o *office, d press.Delivery) {
		o.untilState(d.ID, press.Unknown)
		o.ok(o.box.Decide(appID(0), o.boxState().Masses[0].MsgID, yes))
	}
}
