//go:build unix

package drill_test

import (
	"context"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

var (
	pushes       = []press.Mode{press.ModePublish, press.ModeMass}
	phases       = []drill.Phase{drill.Asked, drill.Answered, drill.Delivered}
	onlyPostgres = []string{drill.Postgres}
	onlySQLite   = []string{drill.SQLite}
)

func rows() (out []row) {
	for _, group := range [][]row{callRows(), commitRows(), lockedRows(), serveRows(), frozenRows(), raceRows(), redisRows(), doubtRows(), databaseRows(), clockRows(), outageRows()} {
		out = append(out, group...)
	}
	return out
}

// callRows kill the worker before, during and after each call of the protocol.
func callRows() (out []row) {
	for _, call := range []struct {
		name  string
		path  func(*cell) string
		n     int
		modes []press.Mode
	}{
		{"token renewed", fixed("/stable_token"), 1, nil},
		{"first photo", fixed("/media/uploadimg"), 1, nil},
		{"second photo", fixed("/media/uploadimg"), 2, nil},
		{"cover", fixed("/add_material"), 1, nil},
		{"draft/add", fixed("/draft/add"), 1, nil},
		{"draft read back", fixed("/draft/get"), 1, nil},
		{"draft compared", fixed("/draft/get"), 2, pushes},
		{"send", (*cell).send, 1, pushes},
		{"look", (*cell).look, 1, pushes},
	} {
		for _, phase := range phases {
			out = append(out, row{
				group: "kill -9 of a worker at a call", name: call.name + " " + phase.String(), modes: call.modes,
				before: func(c *cell) {
					if call.name == "token renewed" { // the one at hand is refused; processes got it when they started
						c.w.Fault(sandbox.Fault{Path: "draft/add", Times: 1, ErrCode: 40001})
					}
					c.on(drill.Call(call.path(c), phase, call.n).Of("worker"), kill)
				},
			})
		}
	}
	return out
}

func fixed(path string) func(*cell) string { return func(*cell) string { return path } }

// commits are the transactions of a delivery's way, by what stands in them.
var commits = []struct {
	name  string
	texts []string
	modes []press.Mode
	serve bool
}{
	{"claim", []string{"SET claimed_by = $1"}, nil, false},
	{"upload noted", []string{"INSERT INTO wechat_media"}, nil, false},
	{"draft intent", []string{"UPDATE deliveries SET state"}, nil, false},
	{"ledger", []string{"INSERT INTO wechat_calls", "/draft/add"}, nil, false},
	{"ready", []string{"delivery.ready"}, nil, false},
	{"release", []string{"SET claimed_by = NULL"}, nil, false},
	{"intent", []string{"delivery.sending"}, pushes, false},
	{"answer", []string{"delivery.sent"}, pushes, false},
	{"live", []string{"delivery.live"}, pushes, false},
	{"event", []string{"INSERT INTO wechat_events"}, pushes, true},
}

// commitRows kill the process with a COMMIT on its way: before the server has it, with the server's answer unread, and
// right after. PostgreSQL's protocol shows each of them.
func commitRows() (out []row) {
	for _, commit := range commits {
		for _, phase := range phases {
			r := row{
				group: "kill -9 at a commit", name: commit.name + " " + phase.String(), modes: commit.modes, databases: onlyPostgres,
				before: func(c *cell) { c.on(drill.Commit(phase, 1, commit.texts...), kill) },
			}
			if commit.serve {
				r.during = func(c *cell) { c.reviveServe() }
			}
			out = append(out, r)
		}
	}
	return out
}

// reviveServe starts the server again once it is gone.
func (c *cell) reviveServe() {
	p := c.w.Serving()
	for deadline := time.Now().Add(15 * time.Second); p.Running() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if p.Running() {
		c.Error("the server was not killed")
		return
	}
	c.w.Restart(p)
}

// lockedRows do on SQLite what commitRows do on PostgreSQL. Before a commit: another process takes the lock of writers
// while the reply that leads to it is on the way, so that the worker is killed at the door of its transaction. During: it is
// killed within a millisecond or two of that reply, which hits transactions at any place. After: it is killed when the
// row says so, or with the next call on its way.
func lockedRows() (out []row) {
	const group = "kill -9 at a commit"
	for _, at := range []struct {
		name  string
		path  func(*cell) string
		phase drill.Phase // of the call that the transaction comes after
		n     int
		modes []press.Mode
	}{
		{"upload noted", fixed("/media/uploadimg"), drill.Answered, 1, nil},
		{"ready", fixed("/draft/get"), drill.Answered, 1, nil},
		{"answer", (*cell).send, drill.Answered, 1, pushes},
		{"live", (*cell).look, drill.Answered, 1, pushes},
		{"event", fixed("/wechat/callback/"), drill.Asked, 1, pushes},
	} {
		revive := func(c *cell) {
			if at.name == "event" {
				c.reviveServe()
			}
		}
		locked := func(c *cell) {
			c.on(drill.Call(at.path(c), at.phase, at.n), func(p *drill.Process) bool {
				unlock := c.lock()
				time.AfterFunc(80*time.Millisecond, func() { p.Kill(); unlock() })
				return true
			})
		}
		torn := func(c *cell) {
			c.on(drill.Call(at.path(c), at.phase, at.n), func(p *drill.Process) bool {
				time.AfterFunc(time.Duration(c.random.IntN(2500))*time.Microsecond, p.Kill)
				return true
			})
		}
		out = append(out, row{group: group, name: at.name + " before", modes: at.modes, databases: onlySQLite, before: locked, during: revive},
			row{group: group, name: at.name + " during", modes: at.modes, databases: onlySQLite, before: torn, during: revive})
	}
	for _, at := range []struct {
		name  string
		modes []press.Mode
		is    func(press.Delivery) bool
	}{
		{"claim", nil, func(d press.Delivery) bool { return d.ClaimedBy != "" }},
		{"ready", nil, func(d press.Delivery) bool { return d.State != press.Planned }},
		{"answer", pushes, func(d press.Delivery) bool { return d.PushID != "" || d.State == press.Unknown }},
	} {
		out = append(out, row{
			group: group, name: at.name + " after", modes: at.modes, databases: onlySQLite,
			before: func(c *cell) { c.note(drill.Call("/cgi-bin/", drill.Asked, 0)) },
			during: func(c *cell) {
				c.until(at.name, at.is)
				p := c.last.Load()
				if p == nil {
					p = c.held()
				}
				p.Kill()
				c.happened.Store(true)
			},
		})
	}
	return append(out, row{
		group: group, name: "intent before", modes: pushes, databases: onlySQLite,
		during: func(c *cell) {
			c.prepared()
			c.beforeHour(100 * time.Millisecond)
			unlock := c.lock()
			p := c.held()
			time.Sleep(time.Until(c.d.DueAt.Add(100 * time.Millisecond)))
			p.Kill()
			unlock()
		},
	}, row{
		group: group, name: "intent after", modes: pushes, databases: onlySQLite,
		before: func(c *cell) { c.on(drill.Call(c.send(), drill.Asked, 1), kill) },
	})
}

// serveRows kill the one process that does everything, and start it again.
func serveRows() (out []row) {
	for _, at := range []struct {
		name  string
		path  func(*cell) string
		phase drill.Phase
		modes []press.Mode
	}{
		{"second photo during", fixed("/media/uploadimg"), drill.Answered, nil},
		{"draft/add during", fixed("/draft/add"), drill.Answered, nil},
		{"send before", (*cell).send, drill.Asked, pushes},
		{"send during", (*cell).send, drill.Answered, pushes},
		{"send after", (*cell).send, drill.Delivered, pushes},
		{"look during", (*cell).look, drill.Answered, pushes},
		{"event before", fixed("/wechat/callback/"), drill.Asked, pushes},
		{"event during", fixed("/wechat/callback/"), drill.Answered, pushes},
		{"event after", fixed("/wechat/callback/"), drill.Delivered, pushes},
	} {
		out = append(out, row{
			group: "kill -9 of serve, then started again", name: at.name, modes: at.modes, kinds: []drill.Kind{drill.Serve()},
			before: func(c *cell) { c.on(drill.Call(at.path(c), at.phase, 1), kill) },
			during: func(c *cell) { c.reviveServe() },
		})
	}
	return append(out, row{
		group: "kill -9 of serve, then started again", name: "waiting for its hour", modes: pushes, kinds: []drill.Kind{drill.Serve()},
		during: func(c *cell) { c.prepared(); c.beforeHour(300 * time.Millisecond); c.held().Kill(); c.reviveServe() },
	})
}

// frozenRows stop a worker past its claim and wake it.
func frozenRows() []row {
	const group = "frozen past its claim, then woken"
	calls := []row{
		{name: "first photo on its way", before: func(c *cell) { c.on(drill.Call("/media/uploadimg", drill.Asked, 1), hold) }},
		{name: "draft/add on its way", spare: true, before: func(c *cell) { c.on(drill.Call("/draft/add", drill.Asked, 1), hold) }},
		{name: "draft/add answered", before: func(c *cell) { c.on(drill.Call("/draft/add", drill.Answered, 1), hold) }},
		{name: "draft being compared", modes: pushes, before: func(c *cell) { c.on(drill.Call("/draft/get", drill.Answered, 2), hold) }},
		{name: "waiting for its hour", modes: pushes, during: func(c *cell) { c.prepared(); c.beforeHour(300 * time.Millisecond); freeze(c.held()) }},
		{name: "send on its way", modes: pushes, before: func(c *cell) { c.on(drill.Call(c.send(), drill.Asked, 1), hold) }},
		{name: "send answered", modes: pushes, before: func(c *cell) { c.on(drill.Call(c.send(), drill.Answered, 1), hold) }},
		{name: "answer just read", modes: pushes, before: func(c *cell) { c.on(drill.Call(c.send(), drill.Delivered, 1), freeze) }},
		{name: "look answered", modes: pushes, before: func(c *cell) { c.on(drill.Call(c.look(), drill.Answered, 1), hold) }},
		{name: "everyone, at its hour", modes: pushes, during: func(c *cell) {
			c.prepared()
			c.beforeHour(50 * time.Millisecond)
			c.happened.Store(true)
			for _, p := range c.w.Processes() {
				freeze(p)
			}
		}},
		{name: "send repeated on its way", modes: []press.Mode{press.ModeMass}, before: func(c *cell) {
			c.w.Hook(drill.Call(c.send(), drill.Answered, 1), func(*drill.Process) bool { return false }) // the first answer is lost
			c.on(drill.Call(c.send(), drill.Asked, 2), hold)
		}},
	}
	for _, commit := range commits {
		if commit.serve || commit.name == "claim" || commit.name == "release" {
			continue
		}
		calls = append(calls,
			row{name: commit.name + " committed, not known", modes: commit.modes, databases: onlyPostgres, before: func(c *cell) {
				c.on(drill.Commit(drill.Asked, 1, commit.texts...), freeze)
			}},
			row{name: commit.name + " commit on its way", modes: commit.modes, databases: onlyPostgres, before: func(c *cell) {
				c.on(drill.Commit(drill.Asked, 1, commit.texts...), hold)
			}})
	}
	calls = append(calls, row{name: "between intent and call", modes: pushes, databases: onlySQLite, during: func(c *cell) {
		c.prepared()
		c.beforeHour(100 * time.Millisecond)
		unlock := c.lock()
		p := c.held()
		time.Sleep(time.Until(c.d.DueAt.Add(50 * time.Millisecond)))
		freeze(p) // at the door of the intent's transaction; it goes through when it wakes, if it still may
		unlock()
	}})
	for i := range calls {
		calls[i].group = group
	}
	return calls
}

// raceRows let several workers go for one delivery. Without Redis each finds it by itself.
func raceRows() (out []row) {
	for _, workers := range []int{2, 4} {
		kinds := []drill.Kind{drill.Serve("--no-workers")}
		for range workers {
			kinds = append(kinds, drill.Worker)
		}
		name := map[int]string{2: "two workers", 4: "four workers"}[workers]
		happened := func(c *cell) { c.happened.Store(true) }
		out = append(out,
			row{group: "workers race for one delivery", name: name, kinds: kinds, before: happened},
			row{group: "workers race for one delivery", name: name + " without Redis", kinds: kinds, before: func(c *cell) {
				c.w.RedisLink.Cut()
				happened(c)
			}})
	}
	return out
}

// redisRows take Redis away.
func redisRows() []row {
	list := []row{
		{name: "killed while preparing, for good", before: func(c *cell) {
			c.on(drill.Call("/draft/add", drill.Asked, 1), func(*drill.Process) bool { c.w.Redis.Kill(); return true })
		}},
		{name: "killed while sending, for good", modes: pushes, before: func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), func(*drill.Process) bool { c.w.Redis.Kill(); return true })
		}},
		{name: "killed while waiting, restarted empty", during: func(c *cell) {
			c.prepared()
			c.beforeHour(300 * time.Millisecond)
			c.w.Redis.Kill()
			c.happened.Store(true)
			time.Sleep(500 * time.Millisecond)
			c.ok(c.w.Redis.Start(context.Background()))
		}},
		{name: "FLUSHALL at every call", before: func(c *cell) {
			c.on(drill.Call("/cgi-bin/", drill.Answered, 0), func(*drill.Process) bool { c.w.FlushRedis(); return true })
		}},
		{name: "FLUSHALL and a worker killed while sending", modes: pushes, before: func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), func(p *drill.Process) bool { c.w.FlushRedis(); return kill(p) })
		}},
		{name: "unreachable", before: func(c *cell) {
			c.w.RedisLink.Cut()
			c.happened.Store(true)
			time.AfterFunc(4*time.Second, c.w.RedisLink.Restore)
		}},
		{name: "slow", before: func(c *cell) { c.w.RedisLink.Slow(400 * time.Millisecond); c.happened.Store(true) }},
	}
	for i := range list {
		list[i].group = "Redis"
	}
	return list
}

// doubtRows lose the connection to PostgreSQL at a commit, while the process lives: it cannot know whether it was made.
func doubtRows() (out []row) {
	lost := func(*drill.Process) bool { return false }
	for _, commit := range commits {
		for _, phase := range phases[:2] {
			out = append(out, row{
				name: commit.name + " " + phase.String(), modes: commit.modes, databases: onlyPostgres,
				before: func(c *cell) { c.on(drill.Commit(phase, 1, commit.texts...), lost) },
			})
		}
	}
	alone := func(p *drill.Process) bool { time.AfterFunc(frozen, p.LoseSQL()); return true }
	out = append(out,
		row{name: "one worker alone, while preparing", databases: onlyPostgres, before: func(c *cell) {
			c.on(drill.Call("/draft/add", drill.Answered, 1), alone)
		}},
		row{name: "one worker alone, while sending", modes: pushes, databases: onlyPostgres, before: func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), alone)
		}},
		row{name: "one worker alone, waiting", modes: pushes, databases: onlyPostgres, during: func(c *cell) {
			c.prepared()
			c.beforeHour(300 * time.Millisecond)
			alone(c.held())
		}})
	for i := range out {
		out[i].group = "connection to PostgreSQL lost at a commit"
	}
	return out
}

// databaseRows take the database away for longer than a claim: PostgreSQL is restarted as after a crash, SQLite is locked
// by another process, or its disk is full.
func databaseRows() []row {
	const away = 4 * time.Second
	restart := func(c *cell) {
		c.happened.Store(true)
		if err := c.w.Postgres.Restart(context.Background(), away/2); err != nil {
			c.Error(err)
		}
	}
	locked := func(c *cell) { c.happened.Store(true); time.AfterFunc(away, c.lock()) }
	full := func(c *cell) { c.happened.Store(true); time.AfterFunc(away, c.fill()) }
	var out []row
	for _, hurt := range []struct {
		group, database string
		do              func(*cell)
	}{
		{"PostgreSQL restarted", drill.Postgres, restart},
		{"SQLite locked by another process", drill.SQLite, locked},
		{"disk full", drill.SQLite, full},
	} {
		for _, at := range []row{
			{name: "while preparing", before: func(c *cell) {
				c.on(drill.Call("/draft/add", drill.Answered, 1), func(*drill.Process) bool { hurt.do(c); return true })
			}},
			{name: "while waiting", modes: pushes, during: func(c *cell) { c.prepared(); c.beforeHour(300 * time.Millisecond); hurt.do(c) }},
			{name: "while sending", modes: pushes, before: func(c *cell) {
				c.on(drill.Call(c.send(), drill.Answered, 1), func(*drill.Process) bool { hurt.do(c); return true })
			}},
			{name: "with the event", modes: pushes, before: func(c *cell) {
				c.on(drill.Call("/wechat/callback/", drill.Asked, 1), func(*drill.Process) bool { hurt.do(c); return true })
			}},
		} {
			at.group, at.databases = hurt.group, []string{hurt.database}
			at.options = func(o *drill.Options) { o.Restarts = hurt.database == drill.Postgres }
			at.small = hurt.group == "disk full"
			out = append(out, at)
		}
	}
	return out
}

// clockRows put clocks wrong. Newsdesk has no other clock than the machine's: where that is ahead, its hour comes early.
func clockRows() []row {
	const span = 20
	all := func(c *cell, seconds int) {
		c.happened.Store(true)
		for _, p := range c.w.Processes() {
			c.w.StepClock(p.Name, seconds)
		}
	}
	waiting := func(seconds int) func(*cell) {
		return func(c *cell) { c.prepared(); c.beforeHour(500 * time.Millisecond); all(c, seconds) }
	}
	sending := func(seconds int) func(*cell) {
		return func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), func(*drill.Process) bool {
				all(c, seconds)
				time.Sleep(300 * time.Millisecond)
				return true
			})
		}
	}
	ahead := time.Duration(span+1) * time.Second
	list := []row{
		{name: "forward 20 s while waiting", modes: pushes, early: ahead, during: waiting(span)},
		{name: "forward an hour while waiting", modes: pushes, early: time.Hour + time.Second, blocked: "missed", during: waiting(3600)},
		{name: "back 4 s while waiting", modes: pushes, during: waiting(-4)},
		{name: "forward past a claim while sending", modes: pushes, before: sending(4)},
		// With the pauses of a drill this is past the time for which an unanswered publication is looked for.
		{name: "forward 20 s while sending", modes: pushes, spare: true, before: sending(span)},
		{name: "back 4 s while sending", modes: pushes, before: sending(-4)},
		{name: "back 4 s, and the worker killed, while sending", modes: pushes, before: func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), func(p *drill.Process) bool { all(c, -4); return kill(p) })
		}},
		{name: "one worker 20 s ahead", early: ahead, before: func(c *cell) { c.w.StepClock("worker-1", span); c.happened.Store(true) }},
		{name: "one worker 20 s behind", before: func(c *cell) { c.w.StepClock("worker-1", -span); c.happened.Store(true) }},
	}
	for i := range list {
		list[i].group, list[i].clocks = "clock stepped", true
	}
	return list
}

// outageRows take everything away at once, or one after the other.
func outageRows() []row {
	cut := func(c *cell) {
		c.happened.Store(true)
		for _, p := range c.w.Processes() {
			p.Kill()
		}
	}
	restart := func(c *cell) {
		for _, p := range c.w.Processes() {
			for deadline := time.Now().Add(15 * time.Second); p.Running() && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			c.w.Restart(p)
		}
	}
	list := []row{
		{name: "all processes killed while preparing, and restarted", during: restart, before: func(c *cell) {
			c.on(drill.Call("/draft/add", drill.Answered, 1), func(*drill.Process) bool { cut(c); return false })
		}},
		{name: "all processes killed while sending, and restarted", modes: pushes, during: restart, before: func(c *cell) {
			c.on(drill.Call(c.send(), drill.Answered, 1), func(*drill.Process) bool { cut(c); return false })
		}},
		{name: "one worker after the other killed", modes: pushes, before: func(c *cell) {
			c.on(drill.Call("/draft/add", drill.Answered, 1), kill)
			c.on(drill.Call(c.send(), drill.Answered, 1), kill)
		}, during: func(c *cell) {
			for i := range 2 {
				c.until("without its worker", func(press.Delivery) bool { return c.gone() > i })
				c.w.Start(drill.Worker)
			}
		}},
	}
	for i := range list {
		list[i].group = "power cut"
	}
	return list
}

// gone is how many processes were killed.
func (c *cell) gone() (n int) {
	for _, p := range c.w.Processes() {
		if !p.Running() {
			n++
		}
	}
	return n
}
