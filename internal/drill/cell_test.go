//go:build unix

package drill_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
)

const (
	// lead is how long after it was composed a cell's delivery is due: long enough to be prepared on a busy machine.
	lead = 1200 * time.Millisecond
	// stated is the time within which every delivery is live, blocked or in the box, from its hour on. Claims are 3 s here.
	stated = 30 * time.Second
	// frozen is how long a worker stands still: past its claim.
	frozen = drill.Claim + 1500*time.Millisecond
)

// row is one way of hurting a delivery.
type row struct {
	name, group string
	modes       []press.Mode // nil: all
	databases   []string     // nil: both
	kinds       []drill.Kind // nil: a server without workers, and two workers
	options     func(*drill.Options)
	before      func(*cell)   // the processes run; nothing is planned yet
	during      func(*cell)   // the delivery is planned
	lead        time.Duration // default the constant
	early       time.Duration // how much too early it may go out, where clocks are wrong
	small       bool          // the data folder is on a disk that is soon full
	clocks      bool          // times that processes wrote down cannot be compared
	spare       bool          // a request that arrives long after its worker was given up may leave a draft behind
	blocked     string        // it must end blocked, with this reason
}

// cell is a row in one column.
type cell struct {
	*testing.T
	row
	w        *drill.World
	mode     press.Mode
	database string
	d        press.Delivery
	random   *rand.Rand
	happened atomic.Bool
	last     atomic.Pointer[drill.Process] // the process whose moment came last
}

func (c *cell) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// run goes through a cell and returns what the judge says.
func (r row) run(t *testing.T, database string, mode press.Mode) drill.Report {
	seed := fnv.New64()
	fmt.Fprint(seed, r.name, database, mode)
	c := &cell{T: t, row: r, mode: mode, database: database, random: rand.New(rand.NewPCG(seed.Sum64(), 0))}
	o := drill.Options{Database: database}
	if r.options != nil {
		r.options(&o)
	}
	if r.small {
		o.Folder = smallDisk(t)
	}
	c.w = drill.New(t, o)
	kinds := r.kinds
	if kinds == nil {
		kinds = []drill.Kind{drill.Serve("--no-workers"), drill.Worker, drill.Worker}
	}
	c.w.Start(kinds...)
	if r.before != nil {
		r.before(c)
	}
	wait := lead
	if r.lead > 0 {
		wait = r.lead
	}
	c.d = c.w.Schedule(mode, wait, 0)
	if r.during != nil {
		r.during(c)
	}
	c.w.Await(c.d.ID, wait+stated)
	report, err := c.w.Judge(r.early)
	c.ok(err)
	if !c.came() && wait < longest {
		// On a machine so busy that preparing takes until the hour, some moments do not come, such as the wait between the two.
		r.lead = longest
		return r.run(t, database, mode)
	}
	c.check(report)
	return report
}

// longest is the lead of a cell that is tried again because nothing was hurt.
const longest = 5 * lead

// came reports whether the cell's moment has come; a claim may be given back after the end.
func (c *cell) came() bool {
	for deadline := time.Now().Add(3 * time.Second); !c.happened.Load() && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	return c.happened.Load()
}

func (c *cell) check(report drill.Report) {
	c.Helper()
	faults := report.Faults()
	if c.clocks && report.Shared > 0 {
		faults = nil
		for _, f := range report.Faults() {
			if !strings.Contains(f, "at the same time") {
				faults = append(faults, f)
			}
		}
	}
	if report.Spare > 0 && !c.spare {
		faults = append(faults, fmt.Sprintf("%d drafts were left behind in the box", report.Spare))
	}
	if !c.came() {
		faults = append(faults, "the moment never came: nothing was hurt")
	}
	d := report.Verdicts[0].Delivery
	if c.blocked != "" && c.mode != press.ModeDraft && (d.Reason == nil || d.Reason.Code != c.blocked) {
		faults = append(faults, fmt.Sprintf("it is %s, not blocked as %s", d.State, c.blocked))
	}
	for _, f := range faults {
		c.Error(f)
	}
	if len(faults) > 0 {
		c.Log(c.w.Story())
	}
}

// on does something at a moment.
func (c *cell) on(when drill.When, do func(*drill.Process) bool) {
	c.w.Hook(when, func(p *drill.Process) bool {
		c.happened.Store(true)
		c.last.Store(p)
		return do(p)
	})
}

// note remembers whose moment it was.
func (c *cell) note(when drill.When) {
	c.w.Hook(when, func(p *drill.Process) bool { c.last.Store(p); return true })
}

func kill(p *drill.Process) bool { p.Kill(); return false }

// hold freezes a process past its claim and keeps its message on the way for as long.
func hold(p *drill.Process) bool {
	p.Freeze()
	time.Sleep(frozen)
	p.Wake()
	return true
}

// freeze stops a process past its claim; its message goes on.
func freeze(p *drill.Process) bool { p.FreezeFor(frozen); return true }

// until waits for a state of the delivery, or fails.
func (c *cell) until(what string, is func(press.Delivery) bool) press.Delivery {
	c.Helper()
	d, ok := c.w.Until(c.d.ID, 20*time.Second, is)
	if !ok {
		c.Log(c.w.Story())
		c.Fatalf("the delivery never was %s; it is %s", what, d.State)
	}
	return d
}

// prepared waits until the draft is in the box.
func (c *cell) prepared() {
	c.Helper()
	c.until("ready", func(d press.Delivery) bool { return d.State != press.Planned })
}

// beforeHour waits until shortly before the delivery is due. In mode draft, which has no hour, it returns at once.
func (c *cell) beforeHour(by time.Duration) {
	if c.mode != press.ModeDraft {
		time.Sleep(time.Until(c.d.DueAt.Add(-by)))
	}
}

// holder is the process that holds the delivery now; nil: nobody.
func (c *cell) holder() *drill.Process {
	d, err := c.w.Delivery(c.d.ID)
	c.ok(err)
	_, pid, _ := strings.Cut(d.ClaimedBy, "/")
	n, err := strconv.Atoi(pid)
	if err != nil {
		return nil
	}
	for _, p := range c.w.Processes() {
		if p.PID() == n {
			return p
		}
	}
	return nil
}

// held waits until a process holds the delivery.
func (c *cell) held() *drill.Process {
	c.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if p := c.holder(); p != nil {
			c.happened.Store(true)
			return p
		}
	}
	c.Fatal("nobody took the delivery")
	return nil
}

// send is the path of the cell's irrevocable call, and look that of asking what became of it.
func (c *cell) send() string { return sends[c.mode] }
func (c *cell) look() string { return looks[c.mode] }

var (
	sends = map[press.Mode]string{press.ModePublish: "/freepublish/submit", press.ModeMass: "/mass/sendall", press.ModeDraft: "/draft/add"}
	looks = map[press.Mode]string{press.ModePublish: "/freepublish/get", press.ModeMass: "/mass/get", press.ModeDraft: "/draft/get"}
)

// lock takes SQLite's lock of writers and gives it back when the cell is over at the latest.
func (c *cell) lock() (unlock func()) {
	unlock, err := c.w.LockSQLite()
	if err != nil {
		c.Error(err)
		return func() {}
	}
	c.Cleanup(unlock)
	return unlock
}

// smallDisk mounts a small disk for the data folder, where this may be done, and skips the cell where not.
func smallDisk(t testing.TB) string {
	dir := t.TempDir()
	if err := syscall.Mount("newsdesk-drill", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		for range 50 { // a process that was just killed may still have a file open
			if syscall.Unmount(dir, 0) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error("the small disk could not be taken away")
	})
	return dir
}

// fill takes all that is left of a disk and returns what gives it back.
func (c *cell) fill() (free func()) {
	name := c.w.Data + "/filler"
	f, err := os.Create(name)
	if err != nil {
		c.Error(err)
		return func() {}
	}
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	_ = f.Close()
	return func() { _ = os.Remove(name) }
}
