package courier

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// Config is what a Courier is made of. Zero durations and counts have defaults.
type Config struct {
	Store   Store
	Queue   Queue
	Gallery Gallery
	Office  Office
	Sites   Sites // nil: there is none

	Worker    string        // this process's name in claims
	WakeEarly time.Duration // how long before its time a prepared delivery is taken up, default 5 s
	// Claim is how long a claim lasts without renewal, default 15 s. It is renewed after two fifths of that, and looked for by every
	// worker each SweepEvery. So a delivery whose worker was killed waits between three fifths of Claim and all of it, and a
	// sweep more: 9 to 17 s by default, within the 20 s promised (BenchmarkRecovery in internal/drill). A shorter claim
	// recovers sooner, and takes work from a worker that is alive and stood still for that long, such as behind a slow disk: no
	// push goes out twice of it, but one may end in front of a person; and each delivery in work costs a write that much more often.
	Claim       time.Duration
	SweepEvery  time.Duration // default 2 s
	Concurrency int           // drafts prepared at once, and as many deliveries fired, looked at or written, default 64
	// Uploads is how many pictures of one account are on their way to WeChat at once, and four times as many of all accounts,
	// default 6. A call waits some 150 ms for WeChat however small the picture is: five of 100 KB keep a line of 20 Mbit/s busy
	// all the same, and more of them would only take longer each. WeChat states no limit (it counts calls a minute, 45011).
	Uploads    int
	Pauses     Pauses
	Limits     map[string]int64 // daily limits by call, see DefaultLimits; 0 or missing: none
	QuotaEvery time.Duration    // how often WeChat is asked for its own counts while something is planned; 0: never by itself
	Now        func() time.Time
	Zone       *time.Location // of the office, default UTC: quiet hours are hours there
	Logger     *slog.Logger
	Notify     func(press.Delivery, *press.Attempt) // after every committed change; may be nil
}

// Store is what the courier keeps; see internal/store for the guards behind each method.
type Store interface {
	ClaimDelivery(ctx context.Context, id press.DeliveryID, worker string, until time.Time) (press.Delivery, error)
	RenewClaim(ctx context.Context, d press.Delivery, until time.Time) error
	ReleaseClaim(ctx context.Context, d press.Delivery) error
	Advance(ctx context.Context, d press.Delivery, change press.Change, attempt *press.Attempt) (press.Delivery, error)
	DueDeliveries(ctx context.Context, before time.Time, limit int) ([]press.Delivery, error)
	Delivery(ctx context.Context, id press.DeliveryID) (press.Delivery, error)
	SiteDeliveries(ctx context.Context, id press.EditionID) ([]press.Delivery, error)
	SupersedeSite(ctx context.Context, live press.Delivery) ([]press.Delivery, error)
	Edition(ctx context.Context, id press.EditionID) (press.Edition, error)
	Revision(ctx context.Context, id press.ArticleID, number int) (press.Revision, error)

	Media(ctx context.Context, account, kind string, digest press.Digest) (mediaID, url string, err error)
	SaveMedia(ctx context.Context, account, kind string, digest press.Digest, mediaID, url string) error
	ForgetMedia(ctx context.Context, account, mediaID string) error
	LedgerStore
	SaveEvent(ctx context.Context, e press.PushEvent) (fresh bool, woken []press.DeliveryID, err error)
	Event(ctx context.Context, account string, mass bool, id string) (press.PushEvent, error)
	Stops(context.Context) ([]press.Stop, error)
	Settings(context.Context) (press.Settings, error)
	PageKept(ctx context.Context, page press.Delivery) (bool, error)
	TakeLooks(ctx context.Context, after []time.Duration, limit int) ([]press.Delivery, error)
	FirstLive(ctx context.Context, target string, id press.ArticleID) (time.Time, error)

	ChangeDelivery(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change) (press.Delivery, error)
	Retract(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (press.Delivery, error)
	RetractPage(ctx context.Context, by press.Actor, id press.DeliveryID) (press.Delivery, error)
	PageRemoved(ctx context.Context, by press.Actor, id press.DeliveryID, attempt press.Attempt) (press.Delivery, error)
	PageAhead(ctx context.Context, d press.Delivery) (bool, error)
	Removals(ctx context.Context, before time.Time, limit int) ([]press.Delivery, error)
	ItemDown(ctx context.Context, by press.Actor, id press.DeliveryID, position int, title string, attempt press.Attempt) (press.Delivery, error)
	ItemsGone(ctx context.Context, id press.DeliveryID) ([]int, error)
	Presences(ctx context.Context, id press.ArticleID) ([]press.Presence, error)
	Corrections(ctx context.Context, id press.ArticleID, upTo int) ([]press.Correction, error)
	ColumnRules(ctx context.Context) ([]press.RuledColumn, error)
	RecordAttempt(ctx context.Context, attempt press.Attempt) error
	Attempts(ctx context.Context, id press.DeliveryID) ([]press.Attempt, error)
	Note(ctx context.Context, by press.Actor, action, subject, detail string) error
}

// Queue carries nudges between processes.
type Queue interface {
	Nudge(context.Context, press.Delivery) error
	Start(handle func(context.Context, press.DeliveryID)) error
	Close()
}

// Gallery has the renditions.
type Gallery interface {
	Renditions(ctx context.Context, digest press.Digest, jobs []photo.Job) ([]press.Rendition, error)
	// Body is the job for a photo in the body of a column's article.
	Body(ctx context.Context, column press.Column) (photo.Job, error)
	ForSite(ctx context.Context, content press.Content) (map[press.Digest][]press.Rendition, error)
	Read(ctx context.Context, r press.Rendition) ([]byte, error)
}

// Office is the WeChat accounts and themes as they are now: an administrator may change them at any moment.
type Office interface {
	// Account returns an account's client and the author of articles that name none. NotFound says that there is no such
	// account, another refusal why it cannot be used.
	Account(ctx context.Context, name string) (client Account, author string, err error)
	Themes(ctx context.Context) *markup.ThemeSet
	// Accounts returns what people may know of every account.
	Accounts(ctx context.Context) []press.Account
}

// Account is one WeChat account. Every error is a *press.Refusal or the context's.
type Account interface {
	Name() string
	Ledger() press.Ledger
	Quota(ctx context.Context, path string) (press.QuotaTold, error)
	UploadImage(ctx context.Context, name string, data []byte) (url string, err error)
	AddImage(ctx context.Context, name string, data []byte) (mediaID, url string, err error)
	AddDraft(ctx context.Context, articles []press.PushArticle) (mediaID string, err error)
	Draft(ctx context.Context, mediaID string) (press.PushDraft, error)
	Drafts(ctx context.Context, offset, count int, withContent bool) ([]press.PushDraft, int, error)
	DeleteDraft(ctx context.Context, mediaID string) error
	Publish(ctx context.Context, mediaID string) (press.PushResult, error)
	PublishStatus(ctx context.Context, publishID string) (press.PushStatus, error)
	Publications(ctx context.Context, offset, count int) ([]press.Publication, int, error)
	SendAll(ctx context.Context, mediaID, clientMsgID string) (press.PushResult, error)
	MassStatus(ctx context.Context, msgID string) (press.PushStatus, error)
	RetractPublication(ctx context.Context, articleID string, index int) (raw string, err error) // index from 1; 0: all
	RetractMass(ctx context.Context, msgID string, index int) (raw string, err error)
	Preview(ctx context.Context, mediaID, reader string) (raw string, err error)
}

// Sites are the targets that pages go to, as they are now: an administrator may change them at any moment.
type Sites interface {
	// Targets returns every target by name, also those that are switched off.
	Targets(ctx context.Context) ([]press.Target, error)
	// Website returns a target by its name. NotFound says that there is none, another error why it cannot be used.
	Website(ctx context.Context, name string) (Website, error)
}

// Website is a target that mirrors articles, one page each. Everything at it may be repeated without harm. What a person can
// mend is told by a *press.PageFault.
type Website interface {
	// Address is where readers find an article's page, known before the page is there.
	Address(press.ArticleID) string
	// Publish brings the page and its photos, and returns where readers find it.
	Publish(ctx context.Context, page press.Page) (address string, err error)
	// Refresh brings the lists in step that name an article.
	Refresh(ctx context.Context, column press.Column, id press.ArticleID) error
	// Remove takes the page down, and out of the lists.
	Remove(ctx context.Context, column press.Column, id press.ArticleID) error
}

// Courier takes deliveries from state to state. It is safe for concurrent use and may run in many processes.
type Courier struct {
	Config
	uploads *uploads
	slow    chan struct{} // places for preparing: minutes where WeChat is slow, and hours ahead
	swift   chan struct{} // places for everything else, which must not stand behind that

	mu      sync.Mutex
	driving map[press.DeliveryID]*run
	stopped bool
	work    sync.WaitGroup
	stop    context.CancelFunc
	alive   context.Context
}

// New makes a courier. Nothing moves before Start.
func New(cfg Config) *Courier {
	setDefault(&cfg.WakeEarly, 5*time.Second)
	setDefault(&cfg.Claim, 15*time.Second)
	setDefault(&cfg.SweepEvery, 2*time.Second)
	if cfg.Concurrency <= 0 {
		cfg.Concurrency = 64
	}
	if cfg.Uploads <= 0 {
		cfg.Uploads = 6
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Pauses = cfg.Pauses.filled()
	c := &Courier{
		Config: cfg, slow: make(chan struct{}, cfg.Concurrency), swift: make(chan struct{}, cfg.Concurrency),
		driving: map[press.DeliveryID]*run{}, uploads: newUploads(cfg.Uploads),
	}
	c.alive, c.stop = context.WithCancel(context.Background())
	return c
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// now is the wall clock in UTC.
func (c *Courier) now() time.Time { return c.Now().UTC() }
