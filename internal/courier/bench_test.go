package courier_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/wechat/sandbox"
)

// BenchmarkPunctual measures how late the irrevocable calls arrive at WeChat. NEWSDESK_BENCH_DELIVERIES pushes (default 200),
// some of them mass, over several accounts, are prepared beforehand and become due evenly over NEWSDESK_BENCH_SPREAD (default
// 10s); everything else, pauses included, is as in production. Lateness is the arrival in the sandbox's log less the time
// that an editor chose.
func BenchmarkPunctual(b *testing.B) {
	for _, redis := range []string{"redis-server", "embedded"} {
		b.Run(redis, func(b *testing.B) {
			where := queue.RedisConfig{Mode: queue.Embedded}
			if redis == "redis-server" {
				where = queue.RedisConfig{Mode: queue.Single, Addresses: []string{servicetest.StartRedis(b).Address}}
			}
			for b.Loop() {
				benchPunctual(b, where)
			}
		})
	}
}

const benchAccounts = 8

func benchPunctual(b *testing.B, where queue.RedisConfig) {
	count, spread := benchSize(b)
	o := newOffice(b, setup{
		accounts: benchAccounts, redis: &where, wake: 5 * time.Second, idle: true, box: unlimited,
		courier: func(c *courier.Config) {
			c.Pauses, c.SweepEvery, c.Limits, c.Notify = courier.Pauses{}, 2*time.Second, nil, nil
		},
	})
	o.start(o.newCourier("worker"))
	due := o.prepareMany(count, spread)
	<-time.After(time.Until(slices.MaxFunc(slices.Collect(maps.Values(due)), time.Time.Compare)))
	for id := range due {
		o.untilState(id, press.Live)
	}
	late := o.lateness(due)
	if late[0] < 0 {
		b.Errorf("a push went out %s early", -late[0])
	}
	for name, q := range map[string]float64{"p50-ms": 0.50, "p99-ms": 0.99, "max-ms": 1} {
		b.ReportMetric(float64(late[min(count-1, int(q*float64(count)))].Microseconds())/1000, name)
	}
	b.ReportMetric(float64(count), "pushes")
	b.ReportMetric(0, "ns/op")
}

func benchSize(b *testing.B) (count int, spread time.Duration) {
	b.Helper()
	count, spread = 200, 10*time.Second
	var err error
	if s := os.Getenv("NEWSDESK_BENCH_DELIVERIES"); s != "" {
		if count, err = strconv.Atoi(s); err != nil || count < 1 {
			b.Fatalf("NEWSDESK_BENCH_DELIVERIES is %q; want a number", s)
		}
	}
	if s := os.Getenv("NEWSDESK_BENCH_SPREAD"); s != "" {
		if spread, err = time.ParseDuration(s); err != nil {
			b.Fatalf("NEWSDESK_BENCH_SPREAD is %q; want a duration such as 60s", s)
		}
	}
	return count, spread
}

func unlimited(c *sandbox.Config) {
	c.PublishDelay = time.Second
	c.Limits = sandbox.Limits{OtherDay: -1, MassPerDay: -1, Daily: map[string]int{}, PerMinute: map[string]int{}}
	for path := range courier.DefaultLimits() {
		c.Limits.Daily[path] = -1
	}
	c.Limits.PerMinute["/cgi-bin/message/mass/sendall"] = -1
}

// prepareMany composes editions, waits until their drafts are in the box, and then gives each its time.
func (o *office) prepareMany(count int, spread time.Duration) map[press.DeliveryID]time.Time {
	o.Helper()
	var all []press.Delivery
	for i := range count {
		mode := press.ModePublish
		if i < benchAccounts {
			mode = press.ModeMass // one for each account: our own ledger holds back what WeChat would refuse
		}
		all = append(all, o.compose(mode, far, func(n *desk.NewEdition) { n.Account = o.accounts[i%benchAccounts].Name() }))
	}
	for _, d := range all {
		o.untilPrepared(d.ID)
	}
	due := map[press.DeliveryID]time.Time{}
	first := time.Now().Add(6*time.Second + time.Duration(count)*10*time.Millisecond)
	for i, d := range all {
		d = o.reschedule(d, time.Until(first.Add(spread*time.Duration(i)/time.Duration(count))))
		due[d.ID] = d.DueAt
	}
	if time.Until(first) < 5*time.Second {
		o.Fatal("this machine is too slow to set the times in time")
	}
	return due
}

// lateness sorts how long after its time each push arrived.
func (o *office) lateness(due map[press.DeliveryID]time.Time) []time.Duration {
	o.Helper()
	arrived := map[string]time.Time{}
	for i := range o.accounts {
		calls, _ := o.fired(i)
		for _, c := range calls {
			words := strings.Fields(c.Summary) // publish_id 123 …, msg_id 123 …
			arrived[fmt.Sprintf("account-%d %s", i, words[:2])] = c.Time
		}
	}
	var late []time.Duration
	for id, at := range due {
		d := o.load(id)
		kind := map[press.Mode]string{press.ModePublish: "publish_id", press.ModeMass: "msg_id"}[d.Mode]
		key := fmt.Sprintf("%s %s", d.Target, []string{kind, d.PushID})
		call, ok := arrived[key]
		if !ok {
			o.Fatalf("no call of %s is in the sandbox's log", id)
		}
		late = append(late, call.Sub(at))
	}
	slices.Sort(late)
	return late
}
