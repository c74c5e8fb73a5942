//go:build unix

package drill_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
)

// TestLostMachine: a backup is made in the middle of a day, while everything runs. The machine goes on for a while and is
// then lost, with a kill and all its files. An empty machine with the other kind of database gets the backup, and publishes the
// rest of the day: nothing goes out twice, nothing is lost, and what cannot be known asks a person.
func TestLostMachine(t *testing.T) {
	t.Parallel()
	for _, way := range [][2]string{{drill.SQLite, drill.Postgres}, {drill.Postgres, drill.SQLite}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			t.Parallel()
			day := &lostDay{World: drill.New(t, drill.Options{Database: way[0], Accounts: 5, Articles: 13}), t: t}
			day.morning()
			if way[0] == drill.SQLite {
				day.prepared() // otherwise drafts are being made while the backup is
			}
			file := day.backup()
			day.untilLost()
			day.Move(way[1])
			day.restore(file)
			day.rest()
		})
	}
}

// lostDay is thirteen editions by what becomes of them.
type lostDay struct {
	*drill.World
	t             *testing.T
	count, masses int

	before                  []press.Delivery // gone out before the backup
	after, afterMass        press.Delivery   // gone out after the backup, before the machine was lost
	brought, broughtMass    press.Delivery   // due in the evening, sent at once after the backup
	between, betweenMass    press.Delivery   // due while there was no machine
	evening                 []press.Delivery // due after the restore
	noMachine, eveningBegan time.Time
}

func (l *lostDay) ok(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lostDay) plan(mode press.Mode, in time.Duration) press.Delivery {
	account := 0
	if mode == press.ModeMass { // an account has one in a day
		account = l.masses
		l.masses++
	}
	l.count++
	return l.Schedule(mode, in, account, l.count-1)
}

func (l *lostDay) morning() {
	l.Start(drill.Serve("--no-workers"), drill.Worker)
	for _, mode := range press.Modes() {
		l.before = append(l.before, l.plan(mode, 200*time.Millisecond))
	}
	for _, d := range l.before {
		l.Await(d.ID, 20*time.Second)
	}
	const soon, between, evening = 5 * time.Second, 8 * time.Second, 18 * time.Second
	l.noMachine, l.eveningBegan = time.Now().Add(between), time.Now().Add(evening)
	l.after, l.afterMass = l.plan(press.ModePublish, soon), l.plan(press.ModeMass, soon)
	l.between, l.betweenMass = l.plan(press.ModePublish, between), l.plan(press.ModeMass, between)
	l.brought, l.broughtMass = l.plan(press.ModePublish, evening), l.plan(press.ModeMass, evening)
	for _, mode := range []press.Mode{press.ModePublish, press.ModeMass, press.ModeDraft, press.ModePublish} {
		l.evening = append(l.evening, l.plan(mode, evening))
	}
}

// prepared waits until every draft is in the box.
func (l *lostDay) prepared() {
	for _, d := range append([]press.Delivery{l.after, l.afterMass, l.between, l.betweenMass, l.brought, l.broughtMass}, l.evening...) {
		l.Until(d.ID, 4*time.Second, func(d press.Delivery) bool { return d.State == press.Ready })
	}
}

func (l *lostDay) backup() string {
	l.t.Helper()
	file := filepath.Join(l.t.TempDir(), "day.tar")
	out, err := l.Run("backup", file)
	l.ok(err)
	info, err := os.Stat(file)
	l.ok(err)
	if info.Mode().Perm() != 0o600 || !strings.Contains(out, "13 articles, 13 deliveries") {
		l.t.Errorf("%s: %s", info.Mode(), out)
	}
	if _, err := l.Run("backup", file); err == nil || !strings.Contains(err.Error(), "[backup.exists]") {
		l.t.Errorf("written over: %v", err)
	}
	return file
}

// untilLost is what the old machine still does and no backup knows.
func (l *lostDay) untilLost() {
	l.t.Helper()
	l.brought, l.broughtMass = l.Reschedule(l.brought, 2*time.Second), l.Reschedule(l.broughtMass, 2*time.Second)
	for _, d := range []press.Delivery{l.after, l.afterMass, l.brought, l.broughtMass} {
		if d, ok := l.Await(d.ID, time.Until(l.noMachine)); !ok || d.State != press.Live {
			l.t.Fatalf("%s is %s before the machine is lost\n%s", d.ID, d.State, l.Story())
		}
	}
}

func (l *lostDay) restore(file string) {
	l.t.Helper()
	time.Sleep(time.Until(l.noMachine)) // nobody is there at that time
	half := filepath.Join(l.t.TempDir(), "half.tar")
	data, err := os.ReadFile(file)
	l.ok(err)
	l.ok(os.WriteFile(half, data[:len(data)/2], 0o600))
	if _, err := l.Run("restore", half); err == nil || !strings.Contains(err.Error(), "[backup.cut]") {
		l.t.Errorf("half a backup: %v", err)
	}
	out, err := l.Run("restore", file)
	l.ok(err)
	if !strings.Contains(out, "THE OLD MACHINE MUST NOT RUN ANY MORE") {
		l.t.Errorf("it says: %s", out)
	}
	if _, err := l.Run("restore", file); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		l.t.Errorf("restored over: %v", err)
	}
	l.Open()
	l.Start(drill.Serve("--no-workers"), drill.Worker)
	if !time.Now().Before(l.eveningBegan) {
		l.t.Fatal("this machine is too slow: the evening began before the restore was done")
	}
}

// rest is the evening, and a person who decides.
func (l *lostDay) rest() {
	l.t.Helper()
	report := l.Settle(time.Until(l.eveningBegan) + 20*time.Second)
	report.Must(l.t, l.World)
	sent := map[press.DeliveryID]int{}
	for _, v := range report.Verdicts {
		sent[v.Delivery.ID] = v.Effects
	}
	want := func(what string, d press.Delivery, state press.State, effects int) {
		l.t.Helper()
		now, err := l.Delivery(d.ID)
		l.ok(err)
		if now.State != state || sent[d.ID] != effects || state == press.Blocked && now.Reason.Code != press.RestoredCode {
			l.t.Errorf("%s (%s): %s, sent %d times, %v; want %s, %d", what, d.Mode, now.State, sent[d.ID], now.Reason, state, effects)
		}
	}
	want("sent before the backup", l.before[1], press.Live, 1)
	want("sent before the backup", l.before[2], press.Live, 1)
	want("sent after the backup", l.after, press.Live, 1)
	want("sent after the backup", l.afterMass, press.Blocked, 1)
	want("brought forward after the backup", l.brought, press.Live, 1)
	want("brought forward after the backup", l.broughtMass, press.Live, 1)
	want("due without a machine", l.between, press.Blocked, 0)
	want("due without a machine", l.betweenMass, press.Blocked, 0)
	for _, d := range l.evening {
		if d.Mode == press.ModeDraft {
			want("later", d, press.Ready, 0)
		} else {
			want("later", d, press.Live, 1)
		}
	}
	// A person releases what was not sent, and by mistake what was: WeChat's own number holds that one.
	for _, d := range []press.Delivery{l.between, l.betweenMass, l.afterMass} {
		_, err := l.Desk.Release(l.t.Context(), press.System(), d.ID)
		l.ok(err)
	}
	report = l.Settle(20 * time.Second)
	report.Must(l.t, l.World)
	if report.Live != 11 || report.Box != 2 || report.Once != 11 {
		l.t.Errorf("%d live, %d in the box, %d sent once", report.Live, report.Box, report.Once)
	}
	if l.t.Failed() {
		l.t.Log(l.Story())
	}
}
