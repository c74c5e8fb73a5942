package courier_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/blob"
	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/gallery"
	"newsdesk/internal/intake"
	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest/storetest"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

// office is a whole publicity office: the real parts, put together around the courier, before the sandbox.
type office struct {
	testing.TB
	setup    setup
	store    *store.Store
	gallery  *gallery.Gallery
	themes   *markup.ThemeSet
	box      *sandbox.Sandbox
	accounts []*wechat.Account
	redis    *queue.Redis
	desk     *desk.Desk
	site     *website // nil: there is none
	article  press.Article

	mu      sync.Mutex
	current *courier.Courier // gets the events
	news    chan struct{}    // closed when a delivery changed
}

// setup is what a test has otherwise than most.
type setup struct {
	accounts int // default 1
	site     bool
	redis    *queue.RedisConfig // default embedded
	box      func(*sandbox.Config)
	courier  func(*courier.Config)
	wake     time.Duration    // how early a delivery is taken up, default 200 ms
	idle     bool             // no courier works yet
	now      func() time.Time // default the real time
}

const title = "食堂新菜单今日上线"

func newOffice(t testing.TB, s setup) *office {
	t.Helper()
	s.accounts = max(1, s.accounts)
	if s.wake == 0 {
		s.wake = 200 * time.Millisecond
	}
	o := &office{TB: t, setup: s, news: make(chan struct{})}
	dir := t.TempDir()
	o.ok(os.CopyFS(dir, os.DirFS(desks.folder(t))))
	o.open(dir)
	o.article = o.find(title)
	if !s.idle {
		o.start(o.newCourier("worker"))
	}
	return o
}

// open puts the parts together on a data folder.
func (o *office) open(dir string) {
	o.Helper()
	o.openStore(dir)
	o.openBox()
	o.openGallery(dir)
	if o.setup.site {
		o.site = &website{}
	}
	o.openDesk()
}

// template is a data folder with one approved article, of which each test gets a copy.
type template struct {
	once sync.Once
	dir  string
	err  error
}

var desks template

func (f *template) folder(t testing.TB) string {
	t.Helper()
	f.once.Do(func() {
		if f.dir, f.err = os.MkdirTemp("", "newsdesk-courier-"); f.err != nil {
			return
		}
		o := &office{TB: t, setup: setup{accounts: 1}, news: make(chan struct{})}
		o.open(f.dir)
		o.approvedArticle(title)
		o.ok(o.store.Close())
	})
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f.dir
}

func (o *office) find(title string) press.Article {
	o.Helper()
	list, _, err := o.store.Articles(o.Context(), store.ArticleFilter{Query: title})
	o.ok(err)
	if len(list) != 1 {
		o.Fatalf("%d articles are called %s, want one", len(list), title)
	}
	return list[0]
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) openStore(dir string) {
	path := filepath.Join(dir, "newsdesk.db")
	storetest.Fresh(o, path)
	var err error
	o.store, err = store.Open(o.Context(), store.Config{Driver: store.DriverSQLite, DSN: path, Now: o.setup.now})
	o.ok(err)
	o.Cleanup(func() { _ = o.store.Close() })
	where := queue.RedisConfig{Mode: queue.Embedded}
	if o.setup.redis != nil {
		where = *o.setup.redis
	}
	o.redis, err = queue.Connect(where)
	o.ok(err)
	o.Cleanup(func() { _ = o.redis.Close() })
}

func appID(i int) string { return fmt.Sprintf("wx%016d", i) }

// openBox starts the sandbox, and the accounts before it with their callback addresses.
func (o *office) openBox() {
	const token = "callback-token"
	callbacks := http.NewServeMux()
	inward := httptest.NewServer(callbacks)
	o.Cleanup(inward.Close)
	cfg := sandbox.Config{
		PublishDelay: 30 * time.Millisecond,
		Clocks:       sandbox.Clocks{ClientMsgIDBusy: 60 * time.Millisecond, CallbackPause: 20 * time.Millisecond},
	}
	for i := range o.setup.accounts {
		cfg.Accounts = append(cfg.Accounts, sandbox.Account{
			AppID: appID(i), Secret: "secret", CallbackToken: token, CallbackURL: fmt.Sprintf("%s/%d", inward.URL, i),
		})
	}
	if o.setup.box != nil {
		o.setup.box(&cfg)
	}
	var err error
	o.box, err = sandbox.New(cfg)
	o.ok(err)
	outward := httptest.NewServer(o.box.Handler())
	o.Cleanup(func() {
		outward.CloseClientConnections()
		_ = o.box.Close()
		outward.Close()
	})
	for i := range o.setup.accounts {
		account, err := wechat.New(wechat.Config{
			Name: fmt.Sprintf("account-%d", i), AppID: appID(i), Secret: "secret", CallbackToken: token, BaseURL: outward.URL,
			Timeout: stretch * 1500 * time.Millisecond, UploadTimeout: stretch * 10 * time.Second, Redis: o.redis,
			Now: o.setup.now,
		})
		o.ok(err)
		o.accounts = append(o.accounts, account)
		callbacks.HandleFunc(fmt.Sprintf("/%d", i), func(w http.ResponseWriter, r *http.Request) { account.Callback(w, r, o.event) })
	}
}

func (o *office) event(ctx context.Context, e press.PushEvent) error {
	o.mu.Lock()
	current := o.current
	o.mu.Unlock()
	if current == nil {
		return nil
	}
	return current.Event(ctx, e)
}

func (o *office) openGallery(dir string) {
	blobs, err := blob.NewDisk(filepath.Join(dir, "blobs"))
	o.ok(err)
	o.gallery = gallery.New(gallery.Config{Store: o.store, Blobs: blobs, Pipeline: photo.New(photo.Config{Workers: 1})})
	o.themes, err = markup.LoadThemes("")
	o.ok(err)
}

func (o *office) openDesk() {
	cfg := desk.Config{
		Office: o.staff(),
		Store:  o.store, Gallery: o.gallery, Queue: o.queue(), WakeEarly: o.setup.wake, Limits: intake.DefaultLimits(),
		Now: o.setup.now,
	}
	if o.site != nil {
		cfg.SiteTarget = press.SiteTarget
	}
	o.desk = desk.New(cfg)
}

func (o *office) queue() *queue.Queue { return queue.New(queue.Config{Redis: o.redis}) }

// pauses are the protocol's, shortened.
func pauses() courier.Pauses {
	const ms = time.Millisecond
	return courier.Pauses{
		Retry: 20 * ms, RetryMax: 100 * ms, Poll: []time.Duration{100 * ms, 150 * ms, 300 * ms}, Mass: 150 * ms,
		Undecided: 500 * ms, Site: 100 * ms, Quota: 200 * ms,
	}
}

// staff is an installation's accounts, by name, and themes. Nobody changes them while these tests run.
type staff struct {
	desk.Office
	accounts map[string]courier.Account
	themes   *markup.ThemeSet
}

func (o *office) staff() staff {
	s := staff{accounts: map[string]courier.Account{}, themes: o.themes}
	for _, a := range o.accounts {
		s.accounts[a.Name()] = a
	}
	return s
}

// Account returns the client of an account.
func (s staff) Account(_ context.Context, name string) (courier.Account, string, error) {
	account, ok := s.accounts[name]
	if !ok {
		return nil, "", press.Fail(press.NotFound, "account.unknown", press.Say("There is no account.", "没有此公众号。"))
	}
	return account, "", nil
}

// Accounts returns what the desk knows of the accounts.
func (s staff) Accounts(context.Context) []press.Account {
	var out []press.Account
	for _, name := range slices.Sorted(maps.Keys(s.accounts)) {
		out = append(out, press.Account{Name: name, Counts: s.accounts[name].Ledger().Key})
	}
	return out
}

// Themes returns the themes of the program.
func (s staff) Themes(context.Context) *markup.ThemeSet { return s.themes }

func (o *office) newCourier(worker string) *courier.Courier {
	cfg := courier.Config{
		Store: courierStore{o.store}, Queue: o.queue(), Gallery: o.gallery, Office: o.staff(), Worker: worker,
		WakeEarly: o.setup.wake, SweepEvery: 200 * time.Millisecond, Pauses: pauses(), Limits: courier.DefaultLimits(),
		Notify: func(press.Delivery, *press.Attempt) { o.changed() },
	}
	if o.site != nil {
		cfg.Sites = o.site
	}
	if o.setup.courier != nil {
		o.setup.courier(&cfg)
	}
	return courier.New(cfg)
}

func (o *office) start(c *courier.Courier) {
	o.Helper()
	o.mu.Lock()
	o.current = c
	o.mu.Unlock()
	o.ok(c.Start())
	o.Cleanup(c.Close)
}

func (o *office) changed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.news)
	o.news = make(chan struct{})
}

// courierStore gives the store's rows in the courier's terms.
type courierStore struct{ *store.Store }

func (s courierStore) Media(ctx context.Context, account, kind string, digest press.Digest) (mediaID, url string, err error) {
	m, err := s.Store.Media(ctx, account, kind, digest)
	return m.MediaID, m.URL, err
}

func (s courierStore) SaveMedia(ctx context.Context, account, kind string, digest press.Digest, mediaID, url string) error {
	return s.Store.SaveMedia(ctx, store.Media{Account: account, Kind: kind, Digest: digest, MediaID: mediaID, URL: url})
}

func (courierStore) FirstLive(context.Context, string, press.ArticleID) (time.Time, error) {
	return time.Time{}, press.Fail(press.NotFound, "site.never", press.Say("never", "从未"))
}

// signAll has every stage of an article signed, each by somebody else.
func (o *office) signAll(a press.Article, title string) {
	o.Helper()
	for i, stage := range o.desk.Stages {
		user, err := o.desk.AddUser(o.Context(), press.System(), fmt.Sprintf("%s %s %d", title, stage.Name.ZH, i), []press.Role{press.Reviewer}, nil)
		o.ok(err)
		_, _, err = o.desk.Sign(o.Context(), press.Actor{User: user}, a.ID, a.Revision, a.Hash)
		o.ok(err)
	}
}

// approvedArticle hands a parcel in and has it signed three times.
func (o *office) approvedArticle(title string) press.Article {
	o.Helper()
	text := "# " + title + "\n\n今日中午，第一食堂推出新菜单，共有十二道菜品，师生普遍反映良好。\n\n" +
		"![新菜品](canteen.jpg)\n\n后勤处表示，菜单每周更新，欢迎大家提出意见。\n"
	handed, err := o.desk.HandIn(o.Context(), press.System(), desk.HandIn{Files: []intake.File{
		file("news.md", []byte(text)), file("canteen.jpg", drawn()),
	}})
	o.ok(err)
	a := handed.Article
	o.signAll(a, title)
	a, err = o.store.Article(o.Context(), a.ID)
	o.ok(err)
	return a
}

func file(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// drawn is a plate on a table.
var drawn = sync.OnceValue(func() []byte {
	const width, height = 480, 320
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 150, G: uint8(90 + x%24), B: 60, A: 255}
			if dx, dy := x-width/2, y-height/2; dx*dx+dy*dy < 120*120 {
				c = color.RGBA{R: 240, G: 240, B: uint8(200 + dy/4), A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		panic(err)
	}
	return out.Bytes()
})
