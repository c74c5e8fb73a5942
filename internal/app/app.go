// Package app assembles Newsdesk: the same code with everything embedded in one process, or spread over SQL, Redis,
// storage and as many processes as wanted; only the constructors here differ.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"newsdesk/internal/blob"
	"newsdesk/internal/config"
	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/gallery"
	"newsdesk/internal/herald"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/site"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// Options say which parts of Newsdesk a process runs.
type Options struct {
	Config  config.Config
	Version string
	Serve   bool       // web, API, website, and the sandbox where it is on
	Work    bool       // workers and the sweep
	Migrate bool       // bring the schema up to date first; otherwise an older one is refused
	Samples press.Lang // of the sample people that the door offers, with their password, in a demo; empty: none
	Logger  *slog.Logger
	Notify  func(press.Delivery, *press.Attempt) // after every change of a delivery that this process makes
	Sandbox func(*sandbox.Config)                // changes the sandbox's settings before it is made; may be nil
}

// App is an assembled Newsdesk.
type App struct {
	Config  config.Config
	Store   *store.Store
	Gallery *gallery.Gallery
	Desk    *desk.Desk
	Courier *courier.Courier
	Site    *site.Site // nil where there is none
	Sandbox *sandbox.Sandbox
	Redis   *queue.Redis
	Live    *queue.Live

	opts    Options
	metrics *metrics
	teller  *teller
	targets *targets
	lighter *lighter // nil where there is no website, or it has no WebP
	roster  *roster
	herald  *herald.Herald
	servers []*server
	closers []func() error
}

// quotaEvery is how often WeChat is asked for its own counts of calls while something is planned. More often finds sooner what
// others called, for a dozen more calls each time.
const quotaEvery = time.Hour

// SiteTarget is the name of the static website among the targets.
const SiteTarget = press.SiteTarget

// Open assembles the parts, listens first so that a taken port is an error now, and starts nothing yet.
func Open(ctx context.Context, opts Options) (_ *App, err error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &App{Config: opts.Config, opts: opts, metrics: newMetrics()}
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
	steps := []func(context.Context) error{a.listen, a.openData, a.openStore, a.openRedis, a.openGallery, a.openAccounts, a.openSite, a.openDesk, a.openWeb}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *App) later(f func() error) { a.closers = append(a.closers, f) }

func (a *App) listen(ctx context.Context) error {
	if !a.opts.Serve {
		return nil
	}
	web, err := listen(ctx, a.Config.Listen, "listen", a.opts.Logger)
	if err != nil {
		return err
	}
	a.servers = append(a.servers, web)
	a.Config = a.Config.ListeningOn(web.listener.Addr())
	if !a.Config.SandboxOn() {
		return nil
	}
	box, err := listen(ctx, a.Config.Sandbox.Listen, "sandbox.listen", a.opts.Logger)
	if err != nil {
		return err
	}
	a.servers = append(a.servers, box)
	a.Config.Sandbox.Listen = box.listener.Addr().String()
	return nil
}

func (a *App) openData(context.Context) error {
	if err := os.MkdirAll(filepath.Join(a.Config.Data, "tmp"), 0o750); err != nil {
		return press.Fail(press.Unavailable, "data.folder", press.Say(
			"The data folder %s cannot be made; choose another with the key data.", "无法创建数据目录 %s，请通过配置项 data 另选目录。", a.Config.Data)).Because(err)
	}
	return nil
}

func (a *App) openStore(ctx context.Context) error {
	s, err := store.Open(ctx, store.Config{Driver: a.Config.SQL.Driver, DSN: a.Config.SQL.DSN.Reveal(), Logger: a.opts.Logger, Now: clock})
	if err != nil {
		return err
	}
	a.Store = s
	a.later(s.Close)
	if a.opts.Migrate {
		if _, _, err := s.Migrate(ctx); err != nil {
			return err
		}
	}
	return s.CheckSchema(ctx)
}

func (a *App) openRedis(ctx context.Context) error {
	c := a.Config.Redis
	r, err := queue.Connect(queue.RedisConfig{
		Mode: queue.Mode(c.Mode), Addresses: c.Addresses, Username: c.Username, Password: c.Password.Reveal(),
		DB: c.DB, Master: c.Master, TLS: c.TLS,
	})
	if err != nil {
		return err
	}
	a.Redis = r
	a.later(r.Close)
	a.Live = queue.NewLive(r, queueName(c.Prefix), a.opts.Logger)
	a.later(a.Live.Close)
	if err := r.Ready(ctx); err != nil {
		a.opts.Logger.Warn("starting without Redis", "error", err)
	}
	return nil
}

func (a *App) openGallery(ctx context.Context) error {
	blobs, err := openBlobs(ctx, a.Config)
	if err != nil {
		return err
	}
	a.Gallery = gallery.New(gallery.Config{
		Store: a.Store, Blobs: blobs, MaxBytes: a.Config.Limits.PhotoBytes, Pipeline: newPipeline(a.Config),
	})
	return nil
}

func newPipeline(c config.Config) *photo.Pipeline {
	return photo.New(photo.Config{
		Workers: c.Photos.Workers, MemoryBudget: c.Photos.Memory, Decoder: decoder(),
		Limits: photo.Limits{MaxBytes: c.Limits.PhotoBytes, MaxPixels: c.Photos.MaxPixels},
	})
}

func openBlobs(ctx context.Context, c config.Config) (blob.Store, error) {
	if s3 := c.Blobs.S3; c.Blobs.Driver == "s3" {
		return blob.NewS3(ctx, blob.S3Config{
			Endpoint: s3.Endpoint, Region: s3.Region, Bucket: s3.Bucket, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey.Reveal(),
			Insecure: !s3.TLS, PathStyle: !strings.HasSuffix(s3.Endpoint, "amazonaws.com"), TempDir: filepath.Join(c.Data, "tmp"),
		})
	}
	return blob.NewDisk(c.Blobs.Dir)
}

func (a *App) openSite(context.Context) error {
	c := a.Config.Site
	if !c.Enabled {
		return nil
	}
	at, err := sitePlace(a.Config)
	if err != nil {
		return err
	}
	s, err := site.New(dressed(a.Config, site.Config{
		Dir: c.Dir, Place: at, BaseURL: c.BaseURL + "/", Title: press.Text{EN: c.TitleEn, ZH: c.TitleZh}, Lang: c.Language,
		Zone: a.Config.Zone, PageSize: c.PageSize, Archive: archive{a.Store, &thumbs{}, c.Dir}, Logger: a.opts.Logger,
	}))
	a.Site = s
	return err
}

func (a *App) openDesk(context.Context) error {
	delivery := a.Config.Delivery
	q := queue.New(queue.Config{Redis: a.Redis, Name: queueName(a.Config.Redis.Prefix), Concurrency: delivery.Concurrency, Logger: a.opts.Logger})
	courierConfig := courier.Config{
		Store: courierStore{a.Store}, Queue: q, Gallery: a.Gallery, Office: a.roster,
		Worker: workerName(), WakeEarly: delivery.WakeEarly, Claim: delivery.Claim, SweepEvery: delivery.Sweep,
		Concurrency: delivery.Concurrency, Uploads: delivery.Uploads, Limits: courier.DefaultLimits(), QuotaEvery: quotaEvery, Logger: a.opts.Logger, Notify: a.changed,
		Zone:   a.Config.Zone,
		Pauses: courier.Pauses{}.Faster(delivery.Haste), Now: clock,
	}
	deskConfig := desk.Config{
		Store: a.Store, Gallery: a.Gallery, Files: a.Gallery.Blobs, Queue: q, Pages: pages{a}, Stages: a.Config.ReviewStages(),
		Office: a.roster, SiteLead: a.Config.Site.Lead, WakeEarly: delivery.WakeEarly, MaxLateness: delivery.MaxLateness,
		Limits: intakeLimits(a.Config.Limits), Converter: converter(filepath.Join(a.Config.Data, "tmp")), Logger: a.opts.Logger, Now: clock,
	}
	a.targets = newTargets(a)
	courierConfig.Sites, deskConfig.Sites = a.targets, a.targets
	if a.Site != nil {
		deskConfig.SiteTarget = SiteTarget
	}
	a.teller = newTeller(a.Store, a.Live)
	a.later(a.teller.close)
	if a.Site != nil && a.Config.Site.WebP {
		a.lighter = newLighter(a)
		a.later(a.lighter.close)
	}
	a.Courier = courier.New(courierConfig)
	deskConfig.Courier, deskConfig.Zone = a.Courier, a.Config.Zone
	deskConfig.Changed = func(topics ...string) {
		a.Live.Publish(context.Background(), topics...)
		a.lighter.changed(topics...)
	}
	deskConfig.SetupFile = a.setupFile()
	deskConfig.Herald = a.openHerald()
	a.Desk = desk.New(deskConfig)
	return nil
}

func queueName(prefix string) string {
	if prefix == "" {
		return "newsdesk"
	}
	return prefix
}

func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// changed counts a delivery's change and passes it on.
func (a *App) changed(d press.Delivery, attempt *press.Attempt) {
	a.metrics.delivery(d)
	a.teller.tell(d)
	a.lighter.delivered(d)
	if a.opts.Notify != nil {
		a.opts.Notify(d, attempt)
	}
}

// Start starts what the options say and returns.
func (a *App) Start(ctx context.Context) error {
	a.watchRoster(ctx)
	for _, s := range a.servers {
		s.start()
	}
	if a.opts.Serve && a.Site != nil {
		if err := a.mendSite(ctx); err != nil {
			a.opts.Logger.Error("the website could not be brought up to date", "error", err)
		}
		a.later(a.keepSiteState())
	}
	if a.Site != nil && (a.opts.Serve || a.opts.Work) && a.Config.Site.Place.Kind != "folder" {
		a.later(a.keepSitePlace())
	}
	if a.opts.Serve {
		a.prepareSetup(ctx)
		a.indexArticles()
	}
	if a.opts.Work {
		a.herald.Start()
		return a.Courier.Start()
	}
	return nil
}

// Run starts the parts, waits for the context to end or a part to fail, and closes in order.
func (a *App) Run(ctx context.Context) error {
	err := a.Start(ctx)
	if err == nil {
		err = a.wait(ctx)
	}
	return errors.Join(err, a.Close())
}

func (a *App) wait(ctx context.Context) error {
	failed := make(chan error, len(a.servers)+1)
	for _, s := range a.servers {
		go func() { failed <- <-s.failed }()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// Close stops in order: no new requests, then the workers, then what both stand on. It may be called twice.
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var errs []error
	if len(a.servers) > 0 { // the web; the sandbox must answer until the workers are done
		errs = append(errs, a.servers[0].close(ctx))
	}
	if a.Courier != nil {
		a.Courier.Close()
	}
	for _, s := range a.servers[min(1, len(a.servers)):] {
		errs = append(errs, s.close(ctx))
	}
	a.servers = nil
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// server is a listener with a handler and one life.
type server struct {
	*http.Server
	listener net.Listener
	failed   chan error
	started  bool
}

func listen(ctx context.Context, address, key string, logger *slog.Logger) (*server, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, press.Fail(press.Unavailable, "listen", press.Say(
			"Newsdesk cannot listen on %s (key %s): another program may use the port. Choose another, or 127.0.0.1:0 for any free one.",
			"无法监听 %s（配置项 %s）：端口可能被占用。请改用其他端口，或用 127.0.0.1:0 自动选择。", address, key)).Because(err)
	}
	return &server{
		listener: l, failed: make(chan error, 1),
		Server: &http.Server{
			ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
		},
	}, nil
}

func (s *server) start() {
	s.started = true
	go func() {
		if err := s.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
}

func (s *server) close(ctx context.Context) error {
	if !s.started {
		return s.listener.Close()
	}
	if err := s.Shutdown(ctx); err != nil {
		return s.Server.Close()
	}
	return nil
}
