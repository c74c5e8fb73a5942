package courier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

// situation is trouble on the way, and how it must end: what staff see of it, and the audit log. See TestManual for every
// fault that WeChat is known for.
type situation struct {
	name   string
	modes  []press.Mode // default publish and mass
	faults []sandbox.Fault
	box    func(*sandbox.Config)
	act    func(o *office, d press.Delivery) // what somebody does meanwhile

	state    press.State
	reason   string
	whose    press.Role // where blocked
	effects  int        // irrevocable calls that had an effect
	calls    int        // irrevocable calls in all
	drafts   int        // left in the box
	noURLs   bool       // live, but nobody said where
	attempts string     // what staff see; steps that succeed at once, prepare and fire and look, are written p, f, l
	audit    string
}

var (
	both    = []press.Mode{press.ModePublish, press.ModeMass}
	publish = []press.Mode{press.ModePublish}
	mass    = []press.Mode{press.ModeMass}
)

// The path of the irrevocable call in a fault: both kinds match.
const trigger = "*/s*"

func TestSituations(t *testing.T) {
	t.Parallel()
	for _, s := range slices.Concat(smooth(), lostAnswers(), refusals()) {
		if s.modes == nil {
			s.modes = both
		}
		for _, mode := range s.modes {
			t.Run(s.name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				s.run(t, mode)
			})
		}
	}
}

func (s situation) run(t *testing.T, mode press.Mode) {
	o := newOffice(t, setup{box: s.box})
	for _, f := range s.faults {
		if f.Path == trigger {
			f.Path = irrevocable(mode)
		}
		o.fault(f)
	}
	d := o.compose(mode, 300*time.Millisecond)
	if s.act != nil {
		s.act(o, d)
	}
	end := s.state
	d = o.until(d.ID, string(end), func(d press.Delivery) bool { return d.State == end && d.NextAt.IsZero() })
	s.check(o, d)
}

func (s situation) check(o *office, d press.Delivery) {
	o.Helper()
	o.checkNeverEarly(d)
	calls, effects := o.fired(0)
	if effects != s.effects || (len(calls) != s.calls && s.calls >= 0) {
		o.Errorf("%d irrevocable calls, %d with an effect; want %d, %d", len(calls), effects, s.calls, s.effects)
	}
	if n := len(o.boxState().Drafts); n != s.drafts {
		o.Errorf("%d drafts are left, want %d", n, s.drafts)
	}
	long := strings.NewReplacer("p ok", "p", "f ok", "f", "l ok", "l")
	short := strings.NewReplacer("prepare", "p", "fire", "f", "look", "l")
	if got := long.Replace(short.Replace(strings.Join(o.attempts(d.ID), ", "))); got != s.attempts && s.attempts != "*" {
		o.Errorf("attempts %q, want %q", got, s.attempts)
	}
	if got := o.audit(d.ID); got != s.audit && s.audit != "*" {
		o.Errorf("audit log %q, want %q", got, s.audit)
	}
	if d.State == press.Blocked {
		s.checkReason(o, *d.Reason)
	}
	if s.noURLs && len(d.URLs) != 0 {
		o.Errorf("live at %q, which nobody could know", d.URLs)
	}
	if d.State == press.Live && !s.noURLs && (len(d.URLs) != 1 || !strings.HasPrefix(d.URLs[0], "https://mp.weixin.qq.com/s/")) {
		o.Errorf("live at %q", d.URLs)
	}
}

func (s situation) checkReason(o *office, r press.Reason) {
	o.Helper()
	if r.Code != s.reason || r.Whose != s.whose {
		o.Errorf("blocked for %s, and it is the %s's turn; want %s, %s", r.Code, r.Whose, s.reason, s.whose)
	}
	for _, words := range []string{r.Text.EN, r.Text.ZH, r.Fix.EN, r.Fix.ZH} {
		if words == "" || strings.Contains(words, "%!") || strings.Contains(words, "  ") {
			o.Errorf("%s does not say what it is and what to do: %+v %+v", r.Code, r.Text, r.Fix)
		}
	}
}

func smooth() []situation {
	return []situation{
		{name: "nothing goes wrong", state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live"},
		{
			name: "draft only", modes: []press.Mode{press.ModeDraft}, state: press.Ready, drafts: 1, attempts: "p", audit: "ready",
		},
		{
			name: "event lost", faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventLost}}, modes: publish,
			state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live",
		},
		{
			name: "event lost", faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventLost}}, modes: mass, noURLs: true,
			state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live",
		},
		{
			name: "event without addresses", faults: []sandbox.Fault{{Path: trigger, NoArticleURLs: true}}, modes: mass, noURLs: true,
			state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live",
		},
		{
			name: "event of the other kind", faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventOtherKind}}, modes: mass, noURLs: true,
			state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live",
		},
		{
			name: "event of the other kind", faults: []sandbox.Fault{{Path: trigger, Event: sandbox.EventOtherKind}}, modes: publish,
			state: press.Live, effects: 1, calls: 1, attempts: "p, f, l", audit: "ready sending sent live",
		},
		{
			name: "upload fails once", faults: []sandbox.Fault{{Path: "media/uploadimg", HTTPStatus: 502, Times: 1}},
			state: press.Live, effects: 1, calls: 1, attempts: "p failed wechat.unclear, p, f, l", audit: "ready sending sent live",
		},
		{
			name: "check fails once", faults: []sandbox.Fault{{Path: "draft/get", HTTPStatus: 502, Skip: 1, Times: 1}},
			state: press.Live, effects: 1, calls: 1, attempts: "p, check failed wechat.unclear, f, l", audit: "ready sending sent live",
		},
	}
}

func lostAnswers() (out []situation) {
	for _, lost := range []string{sandbox.LostReset} {
		out = append(
			out,
			situation{
				name: "draft answer lost by " + lost, faults: []sandbox.Fault{{Path: "draft/add", ReplyLost: lost, Times: 1}},
				modes: []press.Mode{press.ModeDraft}, state: press.Ready, drafts: 1,
				attempts: "p failed wechat.unclear, p", audit: "ready",
			},
			situation{
				name: "answer lost by " + lost, faults: []sandbox.Fault{{Path: trigger, ReplyLost: lost, Times: 1}}, modes: publish,
				state: press.Live, effects: 1, calls: 1, attempts: "p, f unknown wechat.unclear, l", audit: "ready sending unknown live",
			},
			situation{
				name: "answer lost by " + lost, faults: []sandbox.Fault{{Path: trigger, ReplyLost: lost, Times: 1}}, modes: mass,
				state: press.Live, effects: 1, calls: 2, attempts: "p, f unknown wechat.unclear, f, l",
				audit: "ready sending unknown refire sent live",
			},
		)
	}
	for name, f := range map[string]sandbox.Fault{"HTTP 502": {HTTPStatus: 502}, "errcode -1": {ErrCode: -1}} {
		f.Times = 1
		draft, send := f, f
		draft.Path, send.Path = "draft/add", trigger
		code := map[bool]string{true: "wechat.-1", false: "wechat.unclear"}[f.ErrCode != 0]
		out = append(
			out,
			situation{
				name: name + " in place of a draft", faults: []sandbox.Fault{draft}, modes: []press.Mode{press.ModeDraft},
				state: press.Ready, drafts: 1, attempts: "p failed " + code + ", p", audit: "ready",
			},
			situation{
				name: name + " in place of the effect", faults: []sandbox.Fault{send}, modes: publish,
				state: press.Blocked, reason: "unknown.draft_left", whose: press.Editor, calls: 1, drafts: 1,
				attempts: "p, f unknown " + code + ", l blocked unknown.draft_left", audit: "ready sending unknown blocked",
			},
			situation{
				name: name + " in place of the effect, then released", faults: []sandbox.Fault{send}, modes: publish,
				act: releaseOnce, state: press.Live, effects: 1, calls: 2,
				attempts: "p, f unknown " + code + ", l blocked unknown.draft_left, f, l",
				audit:    "ready sending unknown blocked release sending sent live",
			},
			situation{
				name: name + " in place of the effect", faults: []sandbox.Fault{send}, modes: mass,
				state: press.Live, effects: 1, calls: 2, attempts: "p, f unknown " + code + ", f, l",
				audit: "ready sending unknown refire sent live",
			},
		)
	}
	return out
}

func releaseOnce(o *office, d press.Delivery) {
	o.untilState(d.ID, press.Blocked)
	_, err := o.desk.Release(o.Context(), press.System(), d.ID)
	o.ok(err)
}

// patiently checks that a refusal's pause is kept, and cuts it short as an editor can.
func patiently(state press.State, pause time.Duration) func(*office, press.Delivery) {
	return func(o *office, d press.Delivery) {
		d = o.until(d.ID, "a pause", func(d press.Delivery) bool {
			return d.State == state && d.Tries > 0 && d.ClaimedBy == ""
		})
		if left := time.Until(d.NextAt); left < pause/2 || left > pause {
			o.Errorf("comes back in %s; WeChat asks for %s", left, pause)
		}
		if _, effects := o.fired(0); effects != 0 {
			o.Errorf("%d effects during the pause", effects)
		}
		_, err := o.desk.Retry(o.Context(), press.System(), d.ID)
		o.ok(err)
	}
}
