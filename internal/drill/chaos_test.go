//go:build unix

package drill_test

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// TestChaos is a long random day. The seed decides the plan: how many workers and accounts, on which database, what is
// composed when and for when, and which trouble comes when and to whom. The same seed makes the same plan, to the
// millisecond; what it meets there is up to the machine's scheduler, and differs.
//
//	CHAOS_SEED      which plan           default 1
//	CHAOS_EDITIONS  how many editions    default 16, which is what a test run has time for; make chaos has 300
//	CHAOS_REPORT    a file for the report
func TestChaos(t *testing.T) {
	t.Parallel()
	s := planStorm(uint64(number(t, "CHAOS_SEED", 1)), number(t, "CHAOS_EDITIONS", 16))
	again := planStorm(s.seed, len(s.orders))
	if s.mark() != again.mark() {
		t.Fatal("one seed makes two plans")
	}
	w := drill.New(t, drill.Options{Database: s.database, Accounts: s.accounts, Articles: 12, Settings: s.services()})
	run := &storming{T: t, storm: s, w: w}
	run.rage()
	report, err := w.Judge(0)
	if err != nil {
		t.Fatal(err)
	}
	text := run.tell(report)
	t.Log("\n" + text)
	if path := os.Getenv("CHAOS_REPORT"); path != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	for _, v := range report.Verdicts {
		for _, f := range v.Faults {
			t.Errorf("%s %s: %s\n%s", v.Delivery.Mode, v.Delivery.ID, f, w.Tell(v.Delivery.ID))
		}
	}
	if report.Live == 0 || report.Once == 0 {
		t.Error("nothing went out: the day has shown nothing")
	}
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; want a number from 1", name, text)
	}
	return n
}

// storm is a plan. Every time in it counts from the beginning of the day.
type storm struct {
	seed              uint64
	database          string
	workers, accounts int
	day               time.Duration // when the last edition is due, and trouble ends
	orders            []order
	blows             []blow
	faults            []trouble
}

// order is an edition to compose.
type order struct {
	at, due  time.Duration
	mode     press.Mode
	account  int
	articles []int
}

// blow is something done to a process, or to Redis.
type blow struct {
	at, last time.Duration // last is how long it is down, frozen, cut off or slow
	whom     string        // worker 0 and so on, serve, redis
	what     string        // kill, freeze; flush, restart, cut, slow
}

// trouble is a fault of the sandbox.
type trouble struct {
	at    time.Duration
	fault sandbox.Fault
}

const (
	pace      = 250 * time.Millisecond // an edition every so often
	masses    = press.MassPerMonth     // what a service account may send, and our own ledger lets through
	shortLead = time.Second            // an edition due sooner after it was composed was asked for at once
)

func planStorm(seed uint64, editions int) *storm {
	r := rand.New(rand.NewPCG(seed, 4))
	s := &storm{
		seed: seed, database: []string{drill.SQLite, drill.Postgres}[seed%2], workers: 2 + r.IntN(3),
		accounts: max(3, editions/25), day: 4*time.Second + time.Duration(editions)*pace,
	}
	sent := make([]int, s.accounts)
	for i := range editions {
		o := s.order(r, 4*time.Second+time.Duration(i)*pace)
		if o.mode == press.ModeMass && sent[o.account] == masses {
			o.mode = press.ModePublish
		} else if o.mode == press.ModeMass {
			sent[o.account]++
		}
		s.orders = append(s.orders, o)
	}
	slices.SortStableFunc(s.orders, func(a, b order) int { return cmp.Compare(a.at, b.at) })
	for i := range s.workers {
		s.blows = append(s.blows, s.beat(r, fmt.Sprint("worker ", i), 3*time.Second*time.Duration(s.workers), "kill", "kill", "kill", "freeze")...)
	}
	s.blows = append(s.blows, s.beat(r, "serve", 12*time.Second, "kill")...)
	s.blows = append(s.blows, s.beat(r, "redis", 6*time.Second, "flush", "flush", "restart", "cut", "slow")...)
	for range editions * 2 / 5 {
		s.faults = append(s.faults, s.trouble(r))
	}
	slices.SortStableFunc(s.faults, func(a, b trouble) int { return cmp.Compare(a.at, b.at) })
	return s
}

// services are settings that make every account one that may send several mass pushes.
func (s *storm) services() map[string]string {
	out := map[string]string{}
	for i := range s.accounts {
		out[fmt.Sprintf("NEWSDESK_ACCOUNTS_%d_KIND", i)] = string(press.AccountService)
	}
	return out
}

func (s *storm) order(r *rand.Rand, due time.Duration) order {
	lead := shortLead + time.Duration(r.Int64N(int64(3*time.Second)))
	if r.IntN(10) == 0 {
		lead = 0 // now
	}
	modes := []press.Mode{press.ModePublish, press.ModePublish, press.ModePublish, press.ModeMass, press.ModeMass, press.ModeMass, press.ModeDraft}
	return order{
		at: due - lead, due: due, mode: modes[r.IntN(len(modes))], account: r.IntN(s.accounts), articles: r.Perm(12)[:1+r.IntN(3)],
	}
}

// beat is what happens to one of them all day, on average every so often and never twice at once.
func (s *storm) beat(r *rand.Rand, whom string, every time.Duration, what ...string) (out []blow) {
	at := time.Duration(r.Int64N(int64(every)))
	for at < s.day {
		b := blow{at: at, whom: whom, what: what[r.IntN(len(what))], last: 200*time.Millisecond + time.Duration(r.Int64N(int64(2*time.Second)))}
		if b.what == "freeze" {
			b.last += time.Duration(r.Int64N(int64(2 * drill.Claim))) // often past the claim
		}
		out = append(out, b)
		at += b.last + time.Duration(r.Int64N(int64(2*every)))
	}
	return out
}

// trouble is one of what WeChat does. The irrevocable calls get most of it.
func (s *storm) trouble(r *rand.Rand) trouble {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	send := pick("freepublish/submit", "message/mass/sendall")
	f := sandbox.Fault{AppID: drill.AppID(r.IntN(s.accounts)), Times: 1}
	switch r.IntN(20) {
	case 0, 1, 2, 3:
		f.Path, f.ReplyLost = send, pick(sandbox.LostReset, sandbox.LostBadGateway, sandbox.LostTimeout)
	case 4, 5:
		f.Path, f.ReplyLost, f.NoEffect = send, pick(sandbox.LostReset, sandbox.LostBadGateway), true
	case 6, 7:
		f.Path, f.ErrCode = send, -1
	case 8:
		f.Path, f.ErrCode = send, []int{48001, 53503, 45066, 89504}[r.IntN(4)]
	case 9:
		f.Path, f.PublishStatus = "freepublish/submit", 2+r.IntN(3)
	case 10, 11:
		f.Path, f.ReplyLost = "draft/add", pick(sandbox.LostReset, sandbox.LostBadGateway)
	case 12, 13:
		f.Path, f.ErrCode, f.Times = pick("draft/add", "draft/get", "media/uploadimg", "material/add_material", "*"), -1, 1+r.IntN(2)
	case 14:
		f.Path, f.HTTPStatus = "*", 502
	case 15, 16:
		f.Path, f.ErrCode = pick("draft/*", "freepublish/*", "message/mass/*", "m*/*"), 40001 // another program has taken the token over
	default:
		f.Path = send
		f.Event = pick(sandbox.EventLost, sandbox.EventDoubled, sandbox.EventLate, sandbox.EventEarly, sandbox.EventForged, sandbox.EventReplayed)
		f.EventDelay = sandbox.Span(500*time.Millisecond + time.Duration(r.Int64N(int64(4*time.Second))))
	}
	return trouble{time.Duration(r.Int64N(int64(s.day))), f}
}

// mark is the same for equal plans, and different for others.
func (s *storm) mark() string {
	h := fnv.New64()
	fmt.Fprintf(h, "%+v", *s)
	return fmt.Sprintf("%016x", h.Sum64())
}

// storming is a plan on its way.
type storming struct {
	*testing.T
	*storm
	w     *drill.World
	begun time.Time

	mu       sync.Mutex
	done     map[string]int            // blows by whom and what
	orphaned map[press.DeliveryID]bool // what a worker held when it was killed or frozen
}

// rage goes through the day, puts everything right again, and waits until all is settled.
func (s *storming) rage() {
	s.done, s.orphaned = map[string]int{}, map[press.DeliveryID]bool{}
	kinds := []drill.Kind{drill.Serve("--no-workers")}
	for range s.workers {
		kinds = append(kinds, drill.Worker)
	}
	processes := s.w.Start(kinds...)
	s.begun = time.Now()
	var all sync.WaitGroup
	all.Go(func() { s.suffer("serve", processes[0]) })
	for i, p := range processes[1:] {
		all.Go(func() { s.suffer(fmt.Sprint("worker ", i), p) })
	}
	all.Go(s.sufferRedis)
	all.Go(func() {
		for _, f := range s.faults {
			s.until(f.at)
			s.w.Fault(f.fault)
		}
	})
	for _, o := range s.orders {
		s.until(o.at)
		s.w.Schedule(o.mode, time.Until(s.begun.Add(o.due)), o.account, o.articles...)
	}
	s.until(s.day)
	all.Wait()
	s.w.ClearFaults()
	s.w.Settle(settled)
}

// settled is within what every delivery is live, blocked or in the box once nothing is hurt any more.
const settled = 60 * time.Second

func (s *storming) until(at time.Duration) { time.Sleep(time.Until(s.begun.Add(at))) }

// suffer does to a process and those that come after it what the plan has for them.
func (s *storming) suffer(whom string, p *drill.Process) {
	for _, b := range s.blows {
		if b.whom != whom {
			continue
		}
		s.until(b.at)
		if b.what == "freeze" {
			p.Freeze()
			s.note(b, p)
			time.Sleep(b.last)
			p.Wake()
		} else {
			p.Kill()
			s.note(b, p)
			time.Sleep(b.last)
			p = s.w.Restart(p)
		}
	}
}

func (s *storming) sufferRedis() {
	for _, b := range s.blows {
		if b.whom != "redis" {
			continue
		}
		s.until(b.at)
		s.note(b, nil)
		switch b.what {
		case "flush":
			s.w.FlushRedis()
		case "restart":
			s.w.Redis.Kill()
			time.Sleep(b.last)
			if err := s.w.Redis.Start(context.Background()); err != nil {
				s.Error(err)
			}
		case "cut":
			s.w.RedisLink.Cut()
			time.Sleep(b.last)
			s.w.RedisLink.Restore()
		case "slow":
			s.w.RedisLink.Slow(50 * time.Millisecond)
			time.Sleep(b.last)
			s.w.RedisLink.Slow(0)
		}
	}
}

// note counts a blow, and what its victim was working on.
func (s *storming) note(b blow, victim *drill.Process) {
	var held []press.DeliveryID
	if victim != nil {
		held = heldBy(s.T, s.w, victim)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, _, _ := strings.Cut(b.whom, " ")
	s.done[kind+" "+b.what]++
	for _, id := range held {
		s.orphaned[id] = true
	}
}

// heldBy are the deliveries whose claim names a process.
func heldBy(t testing.TB, w *drill.World, p *drill.Process) (out []press.DeliveryID) {
	t.Helper()
	list, _, err := w.Store.Deliveries(context.Background(), store.DeliveryFilter{
		States: []press.State{press.Planned, press.Ready, press.Sending, press.Sent, press.Unknown}, Limit: 500,
	})
	if err != nil {
		t.Error(err)
	}
	for _, d := range list {
		if strings.HasSuffix(d.ClaimedBy, fmt.Sprintf("/%d", p.PID())) {
			out = append(out, d.ID)
		}
	}
	return out
}

// tell writes the report.
func (s *storming) tell(r drill.Report) string {
	var out strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&out, "%-34s "+format+"\n", append([]any{name}, args...)...)
	}
	row("seed, plan", "%d, %s", s.seed, s.mark())
	row("office", "%s, %d workers, %d accounts; claim %s, WeChat's pauses divided by %d", s.database, s.workers, s.accounts, drill.Claim, drill.Haste)
	row("day", "%s, and %s in all until everything was settled", s.day, time.Since(s.begun).Round(100*time.Millisecond))
	row("done to processes and Redis", "%s", counted(s.done))
	calls, lost := s.troubled()
	row("calls that WeChat spoiled", "%d, of which %d without an answer", calls, lost)
	row("editions", "%d (%s)", len(r.Verdicts), s.modes())
	row("live, in the box, blocked", "%d, %d, %d", r.Live, r.Box, r.Blocked)
	row("  blocked because", "%s", counted(reasons(r)))
	row("lost, twice, early, changed, shared", "%d, %d, %d, %d, %d", r.Lost, r.Twice, r.Early, r.Changed, r.Shared)
	quiet, hurt, now := s.late(r)
	row("late: nothing in its way", "%s", quantiles(quiet))
	row("late: hindered", "%s", quantiles(hurt))
	row("asked for at once, till its call", "%s", quantiles(now))
	refused, unclear := s.readable(r)
	row("from a refusal to a reason", "%s", quantiles(refused))
	row("no answer: from call to question", "%s; of that %s of looking", quantiles(unclear), 10*time.Minute/drill.Haste)
	out.WriteString(hindrance)
	return out.String()
}

const hindrance = `hindered: the worker that held it was killed or frozen, or one of its own attempts failed before its call, or its draft was
ready less than 1 s before its time. Lateness without a hindrance is what is left: Redis and the other workers are no excuse.
`

func counted(m map[string]int) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(out, ", ")
}

func (s *storm) modes() string {
	m := map[string]int{}
	for _, o := range s.orders {
		m[string(o.mode)]++
	}
	return counted(m)
}

func reasons(r drill.Report) map[string]int {
	out := map[string]int{}
	for _, v := range r.Verdicts {
		if d := v.Delivery; d.State == press.Blocked && d.Reason != nil {
			out[d.Reason.Code]++
		}
	}
	return out
}

// quantiles sorts.
func quantiles(list []time.Duration) string {
	if len(list) == 0 {
		return "none"
	}
	slices.Sort(list)
	at := func(q float64) time.Duration {
		return list[min(len(list)-1, int(q*float64(len(list))))].Round(time.Millisecond / 10)
	}
	return fmt.Sprintf("p50 %s, p99 %s, max %s of %d", at(0.5), at(0.99), at(1), len(list))
}

// late sorts the deliveries that went out by whether anything was in their way.
func (s *storming) late(r drill.Report) (quiet, hurt, now []time.Duration) {
	for i, v := range r.Verdicts {
		switch {
		case v.Effects == 0:
		case s.orders[i].due-s.orders[i].at < shortLead:
			now = append(now, v.Late())
		case s.hindered(v):
			hurt = append(hurt, v.Late())
		default:
			quiet = append(quiet, v.Late())
		}
	}
	return quiet, hurt, now
}

func (s *storming) hindered(v drill.Verdict) bool {
	if s.orphaned[v.Delivery.ID] {
		return true
	}
	attempts, err := s.w.Store.Attempts(context.Background(), v.Delivery.ID)
	if err != nil {
		s.Fatal(err)
	}
	for _, a := range attempts {
		if a.Outcome != press.OutcomeOK && a.StartedAt.Before(v.First) {
			return true
		}
	}
	return v.Delivery.PreparedAt.After(v.At.Add(-time.Second))
}

// troubled counts the calls that a fault was laid over.
func (s *storming) troubled() (spoiled, unanswered int) {
	for _, c := range s.calls() {
		if c.Fault != "" {
			spoiled++
			if c.ReplyLost != "" {
				unanswered++
			}
		}
	}
	return spoiled, unanswered
}

func (s *storming) calls() []sandbox.Call {
	s.Helper()
	calls, err := s.w.Calls("")
	if err != nil {
		s.Fatal(err)
	}
	return calls
}

// published is how long the sandbox takes over a publication; its verdict on it comes then.
const published = 100 * time.Millisecond

// readable measures how long after WeChat's refusal the reason was there for a person to read. Of a refused call that is the
// account's last call before it that the sandbox answered with the reason's number, of a failed publication the end of its job.
// Where it cannot be known whether a call had its effect, it is measured from that call: a person is asked only after looking.
func (s *storming) readable(r drill.Report) (refused, unclear []time.Duration) {
	calls := s.calls()
	for _, v := range r.Verdicts {
		d := v.Delivery
		if d.State != press.Blocked || d.Reason == nil {
			continue
		}
		code, number := strings.CutPrefix(d.Reason.Code, "wechat.")
		switch {
		case number:
			if at := answered(calls, drill.AppID(slices.Index(s.w.AccountName, d.Target)), code, d.Reason.At); !at.IsZero() {
				refused = append(refused, d.Reason.At.Sub(at))
			}
		case strings.HasPrefix(d.Reason.Code, "push.") && v.Effects > 0:
			refused = append(refused, d.Reason.At.Sub(v.First.Add(published)))
		case strings.HasPrefix(d.Reason.Code, "unknown.") && !d.FiredAt.IsZero():
			unclear = append(unclear, d.Reason.At.Sub(d.FiredAt))
		}
	}
	return refused, unclear
}

// answered is when the sandbox last answered an account with a number, before a moment.
func answered(calls []sandbox.Call, account, number string, before time.Time) time.Time {
	for _, c := range slices.Backward(calls) {
		if c.AppID == account && !c.Time.After(before) && strconv.Itoa(c.ErrCode) == number {
			return c.Time.Add(time.Duration(c.Millis) * time.Millisecond)
		}
	}
	return time.Time{}
}
