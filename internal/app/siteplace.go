package app

import (
	"context"
	"path/filepath"
	"time"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
	"newsdesk/internal/site/place"
)

// sitePlace returns where readers find a copy of the website's folder; nil: the folder is what they read.
func sitePlace(c config.Config) (site.Place, error) {
	switch p := c.Site.Place; p.Kind {
	case "s3":
		return place.NewS3(place.S3Config{
			Endpoint: p.S3.Endpoint, Insecure: !p.S3.TLS, Region: p.S3.Region, Bucket: p.S3.Bucket, Prefix: p.S3.Prefix,
			AccessKey: p.S3.AccessKey, SecretKey: p.S3.SecretKey.Reveal(), PathStyle: p.S3.PathStyle,
		})
	case "rsync":
		r, err := place.NewRsync(place.RsyncConfig{
			Host: p.Rsync.Host, Port: p.Rsync.Port, User: p.Rsync.User, Path: p.Rsync.Path,
			Identity: p.Rsync.Identity, KnownHosts: p.Rsync.KnownHosts,
		})
		if err != nil {
			return nil, err
		}
		return r, r.Installed() // said at the start, before the first page waits for it
	}
	return nil, nil //nolint:nilnil // most have none, and that is no error
}

// SitePlace is the website's folder and its place, for commands that only bring the one to the other.
type SitePlace struct {
	site  *site.Site
	place site.Place
}

// OpenSitePlace opens them without the database. NotFound, "place.none": there is no such place.
func OpenSitePlace(c config.Config) (*SitePlace, error) {
	p, err := sitePlace(c)
	if err != nil {
		return nil, err
	}
	if p == nil || !c.Site.Enabled {
		return nil, press.Fail(press.NotFound, "place.none", press.Say(
			"The website has no place besides its folder %s: set site.place.kind to s3 or rsync.",
			"网站只在目录 %s 中，没有其他存放位置：请将 site.place.kind 设为 s3 或 rsync。", filepath.Clean(c.Site.Dir)))
	}
	s, err := site.New(site.Config{Dir: c.Site.Dir, BaseURL: c.Site.BaseURL + "/", Lang: c.Site.Language, Archive: emptyArchive{}, Place: p})
	return &SitePlace{s, p}, err
}

// Check tries whether files can be brought there, and returns how many wait; all: everything is to be compared first.
func (p *SitePlace) Check(ctx context.Context) (waiting int, all bool, err error) {
	if err := p.place.Check(ctx); err != nil {
		return 0, false, err
	}
	return p.site.Waiting(ctx)
}

// Push brings there what waits; all compares everything first.
func (p *SitePlace) Push(ctx context.Context, all bool) (site.Pushed, error) {
	if all {
		return p.site.PushAll(ctx)
	}
	return p.site.Push(ctx)
}

// How often what waits is brought to the website's place, and how rarely while that fails.
const (
	pushEvery   = 20 * time.Second
	pushSeldom  = 10 * time.Minute
	pushReminds = 6 * time.Hour
)

// keepSitePlace brings to the website's place whatever could not be brought there when it was made, until the returned
// function is called.
func (a *App) keepSitePlace() func() error {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait, told := time.Second, time.Time{} // at once after a start
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			wait, told = a.pushSite(ctx, wait, told)
		}
	}()
	return func() error { cancel(); <-done; return nil }
}

// pushSite pushes once and says how long to wait before the next time, and when somebody was last told of trouble.
func (a *App) pushSite(ctx context.Context, waited time.Duration, told time.Time) (time.Duration, time.Time) {
	pushed, err := a.Site.Push(ctx)
	switch {
	case ctx.Err() != nil:
		return waited, told
	case err != nil:
		if time.Since(told) > pushReminds {
			told = time.Now()
			a.opts.Logger.Error("the website's place does not have everything; it is tried again", "reason", press.CodeOf(err), "error", err)
		}
		return min(max(2*waited, pushEvery), pushSeldom), told
	case !told.IsZero():
		a.opts.Logger.Info("the website's place has everything again", "files", pushed.Files, "removed", pushed.Removed)
	}
	return pushEvery, time.Time{}
}
