// Package desk is what people do: hand in, review, compose, schedule, release, cancel. Each operation checks who acts,
// asks the domain whether it may be, commits one transaction with its audit entry, and then nudges the workers.
package desk

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// Config is what a Desk is made of.
type Config struct {
	Store       Store
	Gallery     Gallery
	Queue       Queue
	Files       Files // of attachments
	Pages       Pages
	Courier     Courier
	Changed     func(topics ...string) // tells open pages, after every commit; nil: there are none
	Zone        *time.Location         // of the office, default UTC: quiet hours are hours there
	Stages      []press.Stage          // of the configuration, default press.DefaultStages(); see Desk.Settings
	Office      Office
	Herald      Herald
	Sites       Sites  // tries websites
	SiteTarget  string // the website's name as a target; empty: there is none
	SiteLead    time.Duration
	WakeEarly   time.Duration
	MaxLateness time.Duration
	Limits      intake.Limits
	Converter   intake.Office // of documents that are not read here; nil: none is installed
	Workers     int           // photos handled at once for one parcel, default 4
	SetupFile   string        // where the code of the first set-up is written; see PrepareSetup
	Now         func() time.Time
	Logger      *slog.Logger
}

// Queue tells workers to look at a delivery. Failing is no harm: the sweep finds it.
type Queue interface {
	Nudge(context.Context, press.Delivery) error
}

// Pages renders an article as its targets will show it.
type Pages interface {
	// WeChat returns the body's HTML as it would be sent; inline puts the pictures into it, so that a browser here shows
	// them.
	WeChat(ctx context.Context, c press.Content, theme string, inline bool) (string, error)
	// Site returns the whole website page.
	Site(ctx context.Context, id press.ArticleID, c press.Content) (string, error)
}

// Gallery keeps photos and their renditions.
type Gallery interface {
	// Take keeps an original and makes the renditions asked for. It refuses what is not a photo it can read.
	Take(ctx context.Context, name string, open func() (io.ReadCloser, error), recipes []press.Recipe) (press.Photo, []press.Rendition, error)
	// TakeCropped does the same with a part of it, which becomes an original of its own.
	TakeCropped(ctx context.Context, name string, open func() (io.ReadCloser, error), part press.Rect, recipes []press.Recipe) (press.Photo, []press.Rendition, error)
	// PlainCover returns the photo that stands for an article without photos.
	PlainCover(ctx context.Context) (press.Photo, error)
	// TakeMark keeps the picture of a watermark. It refuses what is too large or no picture.
	TakeMark(ctx context.Context, name string, data []byte) (press.Digest, error)
}

// Store keeps everything. One method is one transaction; what it changes is audited in the same transaction.
type Store interface {
	SignInStore

	CreateUser(context.Context, press.Actor, press.User) error
	Users(context.Context) ([]press.User, error)
	UserByName(context.Context, string) (press.User, error)
	SetUserDisabled(ctx context.Context, by press.Actor, name string, disabled bool) error
	CreateToken(context.Context, press.Actor, press.Token) error
	Tokens(context.Context) ([]press.Token, error)
	RevokeToken(context.Context, press.Actor, press.TokenID) error
	Authenticate(ctx context.Context, tokenHash string) (press.User, error)

	CreateArticle(context.Context, press.Actor, press.Article, press.Revision) error
	AddRevision(ctx context.Context, by press.Actor, id press.ArticleID, base int, rev press.Revision, state press.ArticleState) (press.Article, error)
	SetArticleState(ctx context.Context, by press.Actor, id press.ArticleID, revision int, from []press.ArticleState, to press.ArticleState, action, detail string) (press.Article, error)
	Article(context.Context, press.ArticleID) (press.Article, error)
	Revision(ctx context.Context, id press.ArticleID, number int) (press.Revision, error)
	GoingOut(ctx context.Context, id press.ArticleID) (press.Delivery, error)
	SignOffs(ctx context.Context, id press.ArticleID, number int) ([]press.SignOff, error)
	Sign(ctx context.Context, by press.Actor, stages []press.Stage, id press.ArticleID, number int, hash press.ContentHash) (press.Article, press.SignOff, error)
	Photos(context.Context, []press.Digest) (map[press.Digest]press.Photo, error)

	Settings(context.Context) (press.Settings, error)
	SaveSettings(ctx context.Context, by press.Actor, next press.Settings, changed string) (press.Settings, error)

	WritingStore
	AccountStore
	NoticeStore
	TargetStore
	ReviewStore
	CorrectionStore
	StopStore
	RulesStore
	TextCheckStore
	ExportStore
	AttachmentStore

	CreateEdition(ctx context.Context, by press.Actor, e press.Edition, deliveries []press.Delivery, room ...press.SlotCheck) ([]press.Delivery, error)
	Edition(context.Context, press.EditionID) (press.Edition, error)
	CancelEdition(context.Context, press.Actor, press.EditionID) (press.Edition, []press.Delivery, error)
	RescheduleEdition(ctx context.Context, by press.Actor, id press.EditionID, at time.Time, change func(press.Delivery) press.Change, room ...press.SlotCheck) (press.Edition, []press.Delivery, error)
	Delivery(context.Context, press.DeliveryID) (press.Delivery, error)
	ChangeDelivery(context.Context, press.Actor, press.DeliveryID, press.Change) (press.Delivery, error)
	WentOut(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (press.Delivery, error)
	TakenDown(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (press.Delivery, error)
	ReplaceEdition(ctx context.Context, by press.Actor, id press.EditionID, e press.Edition, deliveries []press.Delivery, room ...press.SlotCheck) (cancelled, planned []press.Delivery, err error)
	Push(context.Context, press.EditionID) (press.Delivery, error)
	SiteDeliveries(context.Context, press.EditionID) ([]press.Delivery, error)
	PlanPages(ctx context.Context, by press.Actor, item press.EditionItem, plan []press.Delivery) ([]press.Delivery, error)
	PushUse(context.Context, press.PushQuery) (press.PushUse, error)
	Tallies(ctx context.Context, ledger, span string) (map[string]press.Tally, error)
}

// Desk is the use cases.
type Desk struct {
	Config
	passwords *passwords
	settled   atomic.Bool // there is an administrator with a password
	words     atomic.Pointer[wordList]
}

// New makes a Desk.
func New(cfg Config) *Desk {
	if len(cfg.Stages) == 0 {
		cfg.Stages = press.DefaultStages()
	}
	if cfg.MaxLateness <= 0 {
		cfg.MaxLateness = press.DefaultMaxLateness
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 4
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
	return &Desk{Config: cfg, passwords: newPasswords()}
}

// nudge tells the workers; a nudge that is lost is made up for by the sweep.
func (d *Desk) nudge(ctx context.Context, deliveries ...press.Delivery) {
	for _, delivery := range deliveries {
		if err := d.Queue.Nudge(ctx, delivery); err != nil {
			d.Logger.Warn("nudge not sent; the sweep will find the delivery", "delivery", delivery.ID, "error", err)
		}
	}
}
