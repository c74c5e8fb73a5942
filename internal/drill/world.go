//go:build unix

package drill

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// The timing of the processes: the shortest claim that the configuration takes, and pauses divided by Haste.
const (
	Claim     = 3 * time.Second
	Haste     = 100
	wakeEarly = time.Second
	sweep     = 200 * time.Millisecond
)

// Options say what a world is like. The zero value is one account and one article on SQLite.
type Options struct {
	Database string            // SQLite or Postgres
	Accounts int               // default 1
	Articles int               // signed ones, default 1
	Settings map[string]string // further variables of every Newsdesk process, such as NEWSDESK_DELIVERY_SWEEP
	Folder   string            // for data, default a temporary one; a drill of a full disk brings its own
	Restarts bool              // the test restarts PostgreSQL: the world has one for itself, and waits for it
}

// World is one office: its database, its services, its processes and its sandbox.
type World struct {
	Data        string             // the data folder that all processes share
	Store       *store.Store       // of the test itself, past every Wire
	Desk        *desk.Desk         // composes as an editor would
	Redis       *servicetest.Redis // the server itself
	Postgres    *servicetest.Postgres
	RedisLink   *Link // what the processes reach it through
	SandboxURL  string
	AccountName []string
	Articles    []press.ArticleID

	t       testing.TB
	options Options
	hooks   hooks
	sql     string // the DSN without a Wire
	pg      string // where PostgreSQL listens; empty with SQLite
	events  []*Gate

	mu        sync.Mutex
	processes []*Process
	counts    map[string]int
	serving   *Process
	planned   []planned
}

// planned is a delivery that was asked for, and what its judge needs to know.
type planned struct {
	press.Delivery
	account int
	at      time.Time
}

const (
	appIDStart = 0x0000
	appIDForm  = "wx5a3db0c5ad8b%04x"
	secret     = "sandbox-secret"
	token      = "sandboxtoken"
)

// AppID is the id of an account of every world, from 0.
func AppID(account int) string { return fmt.Sprintf(appIDForm, appIDStart+account) }

// New makes a world and starts its Redis and its sandbox. Newsdesk itself is started by Start.
func New(t testing.TB, o Options) *World {
	t.Helper()
	if o.Database == "" {
		o.Database = SQLite
	}
	o.Accounts, o.Articles = max(1, o.Accounts), max(1, o.Articles)
	w := &World{t: t, options: o, Data: o.Folder, counts: map[string]int{}}
	if w.Data == "" {
		w.Data = t.TempDir()
	}
	program(t, "newsdesk") // built before anything runs, or a clock would tick meanwhile
	w.openData()
	w.openRedis()
	w.openSandbox()
	w.configure()
	w.openDesk()
	return w
}

func (w *World) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// alone is held by the world that may restart its PostgreSQL.
var alone sync.Mutex

// openData copies the prepared database and photos.
func (w *World) openData() {
	w.t.Helper()
	o := w.options
	if o.Restarts = o.Restarts && o.Database == Postgres; o.Restarts {
		alone.Lock()
		w.t.Cleanup(alone.Unlock)
	}
	s := seeded(w.t, seedKey{o.Database, o.Articles, o.Restarts})
	w.Articles = s.articles
	w.ok(os.CopyFS(w.Data, os.DirFS(s.folder)))
	w.sql = filepath.Join(w.Data, "newsdesk.db")
	if o.Database == Postgres {
		c, err := cluster(o.Restarts)
		w.ok(err)
		w.Postgres = c.Postgres
		name, err := c.fresh(s.template)
		w.ok(err)
		w.sql = c.database(name)
		w.pg, err = c.socket()
		w.ok(err)
	}
	var err error
	w.Store, err = store.Open(context.Background(), store.Config{Driver: o.Database, DSN: w.sql})
	w.ok(err)
	w.t.Cleanup(func() { _ = w.Store.Close() })
}

func (w *World) openRedis() {
	w.t.Helper()
	w.Redis = servicetest.StartRedis(w.t)
	w.RedisLink = newLink(w.t, w.Redis.Address)
}

// FlushRedis wipes Redis.
func (w *World) FlushRedis() {
	w.t.Helper()
	conn, err := net.Dial("unix", w.Redis.Address) //nolint:noctx // a socket of this machine
	w.ok(err)
	defer conn.Close()
	_, err = conn.Write([]byte("FLUSHALL\r\n"))
	w.ok(err)
	answer := make([]byte, 5)
	_, err = io.ReadFull(conn, answer)
	w.ok(err)
}

// openSandbox starts the sandbox as a process, and a gate for the events of each account, which outlives every serve.
func (w *World) openSandbox() {
	w.t.Helper()
	p := launch(w.t, "sandbox", program(w.t, "wechat-sandbox"), []string{
		"-addr", "127.0.0.1:0", "-accounts", fmt.Sprint(w.options.Accounts), "-appid", AppID(0), "-secret", secret,
		"-callback-token", token, "-publish-delay", "100ms", "-haste", fmt.Sprint(Haste), "-sends", "-1", "-kind", "subscription",
	}, w.Data, os.Environ())
	address, err := p.await(regexp.MustCompile(`pages\s+(http://[0-9.:]+)/`), 10*time.Second)
	w.ok(err)
	w.SandboxURL = address
	for i := range w.options.Accounts {
		g := newGate(w.t, w, w.Serving)
		w.events = append(w.events, g)
		w.AccountName = append(w.AccountName, fmt.Sprintf("account-%d", i))
		w.admin("POST", "/sandbox/accounts/"+AppID(i), map[string]any{"callback_url": g.URL + "/wechat/callback/" + w.AccountName[i]}, nil)
	}
}

// admin calls the sandbox's own endpoints.
func (w *World) admin(method, path string, in, out any) {
	w.t.Helper()
	w.ok(w.ask(method, path, in, out))
}

func (w *World) ask(method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, w.SandboxURL+path, body)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxMessage))
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, data)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}

// Fault orders trouble from the sandbox; see sandbox.Fault.
func (w *World) Fault(f sandbox.Fault) {
	w.t.Helper()
	w.admin("POST", "/sandbox/faults", f, nil)
}

// ClearFaults takes all trouble back.
func (w *World) ClearFaults() {
	w.t.Helper()
	w.admin("DELETE", "/sandbox/faults", nil, nil)
}

// configure writes down what all Newsdesk processes have in common. Each has its own addresses of the sandbox and of SQL.
func (w *World) configure() {
	var out strings.Builder
	fmt.Fprintf(&out, "data: %s\nlisten: 127.0.0.1:0\nlanguage: en\nsite: {enabled: false}\n", w.Data)
	fmt.Fprintf(&out, "secrets: {key: %s}\n", base64.StdEncoding.EncodeToString(make([]byte, 32)))
	fmt.Fprintf(&out, "sql: {driver: %s}\nredis: {mode: single, addresses: ['%s']}\n", w.options.Database, w.RedisLink.Address)
	fmt.Fprintf(&out, "photos: {workers: 1}\n")
	fmt.Fprintf(&out, "delivery: {claim: %s, wake_early: %s, sweep: %s, haste: %d}\naccounts:\n", Claim, wakeEarly, sweep, Haste)
	for i, name := range w.AccountName {
		fmt.Fprintf(&out, "  - {name: %s, app_id: %s, secret: %s, callback_token: %s, author: 示例编辑部, base_url: '%s'}\n",
			name, AppID(i), secret, token, w.SandboxURL)
	}
	w.ok(os.WriteFile(filepath.Join(w.Data, "newsdesk.yaml"), []byte(out.String()), 0o600))
}

func (w *World) openDesk() {
	w.t.Helper()
	redis, err := queue.Connect(queue.RedisConfig{Mode: queue.Single, Addresses: []string{w.Redis.Address}})
	w.ok(err)
	w.t.Cleanup(func() { _ = redis.Close() })
	var accounts []press.Account
	for _, name := range w.AccountName {
		accounts = append(accounts, press.Account{Name: name})
	}
	w.Desk, err = openDesk(w.Store, w.Data, queue.New(queue.Config{Redis: redis, Name: "newsdesk:"}), accounts)
	w.ok(err)
}

// Kind is a process to start.
type Kind struct {
	name string
	args []string
}

// Worker works on deliveries and nothing else.
var Worker = Kind{"worker", []string{"worker"}}

// Serve is the server; with no more arguments it works on deliveries too.
func Serve(args ...string) Kind { return Kind{"serve", append([]string{"serve"}, args...)} }

var started = regexp.MustCompile(`(?m)^Newsdesk .*(http://127\.0\.0\.1:\d+)|(Working on deliveries)`)

// Start starts processes and waits until they work. They are called serve-1, worker-1, worker-2 and so on.
func (w *World) Start(kinds ...Kind) []*Process {
	w.t.Helper()
	out := make([]*Process, len(kinds))
	for i, kind := range kinds {
		out[i] = w.launch(kind)
	}
	for i, kind := range kinds {
		address, err := out[i].await(started, 30*time.Second)
		w.ok(err)
		if kind.name == "serve" {
			w.serve(out[i], address)
		}
	}
	return out
}

// Restart starts another process like one that is gone, and waits until it works.
func (w *World) Restart(p *Process) *Process {
	w.t.Helper()
	kind := Worker
	if args := p.cmd.Args[1:]; args[0] == "serve" {
		kind = Serve(args[1:]...)
	}
	return w.Start(kind)[0]
}

func (w *World) launch(kind Kind) *Process {
	w.t.Helper()
	w.mu.Lock()
	w.counts[kind.name]++
	name := fmt.Sprintf("%s-%d", kind.name, w.counts[kind.name])
	w.mu.Unlock()
	var p *Process // what comes through its gates before it is known comes from nobody
	var known sync.Mutex
	self := func() *Process { known.Lock(); defer known.Unlock(); return p }
	gate := newGate(w.t, w, self)
	gate.lead(w.SandboxURL)
	env := append(surroundings(), "GOMAXPROCS=2", "NEWSDESK_SQL_DSN="+w.sql, "DRILL_CLOCK="+w.clockFile(name))
	for i := range w.AccountName {
		env = append(env, fmt.Sprintf("NEWSDESK_ACCOUNTS_%d_BASE_URL=%s", i, gate.URL))
	}
	var wire *Wire
	if w.pg != "" {
		wire = newWire(w.t, w, w.pg, self)
		host, port, _ := net.SplitHostPort(wire.Address)
		database := w.sql[strings.LastIndex(w.sql[:strings.Index(w.sql, "?")], "/")+1 : strings.Index(w.sql, "?")]
		env = append(env, fmt.Sprintf("NEWSDESK_SQL_DSN=postgres://newsdesk@%s:%s/%s?sslmode=disable", host, port, database))
	}
	for _, key := range slices.Sorted(maps.Keys(w.options.Settings)) {
		env = append(env, key+"="+w.options.Settings[key])
	}
	known.Lock()
	p = launch(w.t, name, program(w.t, "newsdesk"), kind.args, w.Data, env)
	p.world, p.gate, p.wire = w, gate, wire
	known.Unlock()
	w.mu.Lock()
	w.processes = append(w.processes, p)
	w.mu.Unlock()
	return p
}

// surroundings is the environment without what configures Newsdesk, which a drill says itself.
func surroundings() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NEWSDESK_") })
}

func (w *World) serve(p *Process, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serving = p
	for _, g := range w.events {
		g.lead(address)
	}
}

// Serving is the server that gets the events.
func (w *World) Serving() *Process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.serving
}

// Processes are all that were started, the dead ones too.
func (w *World) Processes() []*Process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.processes)
}

func (w *World) clockFile(process string) string { return filepath.Join(w.Data, "clock-"+process) }

// StepClock puts the wall clock of a process wrong by whole seconds, from one moment to the next. It counts from the true
// time: 0 puts it right again.
func (w *World) StepClock(process string, seconds int) {
	w.t.Helper()
	name := w.clockFile(process)
	w.ok(os.WriteFile(name+".new", []byte(fmt.Sprint(seconds)), 0o600))
	w.ok(os.Rename(name+".new", name))
}

// LockSQLite takes SQLite's one lock for writers and returns what gives it back. Every transaction of the processes waits
// meanwhile, at its beginning. A process of our own holds it, as another program on the machine would.
func (w *World) LockSQLite() (unlock func(), err error) {
	db, err := sql.Open("sqlite", "file:"+w.sql+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(context.Background())
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return sync.OnceFunc(func() {
		_, _ = conn.ExecContext(context.Background(), "ROLLBACK")
		_ = conn.Close()
		_ = db.Close()
	}), nil
}

// Schedule composes an edition of one or more articles, by their places in Articles, for an account, and returns its
// delivery. With no article named it takes the first.
func (w *World) Schedule(mode press.Mode, in time.Duration, account int, articles ...int) press.Delivery {
	w.t.Helper()
	if len(articles) == 0 {
		articles = []int{0}
	}
	n := desk.NewEdition{Mode: mode, At: time.Now().Add(in), Account: w.AccountName[account], SitePolicy: press.SiteOptional}
	for _, i := range articles {
		n.Articles = append(n.Articles, w.Articles[i])
	}
	_, deliveries, err := w.Desk.Compose(context.Background(), press.System(), n)
	w.ok(err)
	d := deliveries[0]
	w.mu.Lock()
	w.planned = append(w.planned, planned{d, account, n.At})
	w.mu.Unlock()
	return d
}

// Delivery reads a delivery.
func (w *World) Delivery(id press.DeliveryID) (press.Delivery, error) {
	return w.Store.Delivery(context.Background(), id)
}

// Until waits until a delivery is as wanted, and reports whether it came to that in time.
func (w *World) Until(id press.DeliveryID, within time.Duration, is func(press.Delivery) bool) (press.Delivery, bool) {
	deadline := time.Now().Add(within)
	for {
		d, err := w.Delivery(id)
		if err == nil && is(d) {
			return d, true
		}
		if time.Now().After(deadline) {
			return d, false
		}
		time.Sleep(15 * time.Millisecond)
	}
}

// Ended reports whether a delivery is live, blocked, taken back, or in the box and meant to stay there.
func Ended(d press.Delivery) bool {
	return !d.State.Moving() || d.State == press.Ready && d.Mode == press.ModeDraft
}

// Await waits until a delivery has ended and nobody holds it.
func (w *World) Await(id press.DeliveryID, within time.Duration) (press.Delivery, bool) {
	return w.Until(id, within, Ended)
}

// Settle waits until every delivery has ended, at most so long, and judges.
func (w *World) Settle(within time.Duration) Report {
	w.t.Helper()
	w.mu.Lock()
	all := slices.Clone(w.planned)
	w.mu.Unlock()
	deadline := time.Now().Add(within)
	for _, plan := range all {
		w.Await(plan.ID, time.Until(deadline))
	}
	report, err := w.Judge(0)
	w.ok(err)
	return report
}
