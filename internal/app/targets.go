package app

import (
	"context"
	"io"
	"slices"
	"sync"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
	"newsdesk/internal/site/webhook"
	"newsdesk/internal/site/wordpress"
)

// targets is the websites that articles are delivered to, as they are now: the static one, and those that administrators add,
// change and take away in a browser of any process. The client of one that did not change lives on.
type targets struct {
	app *App

	mu      sync.Mutex
	clients map[string]client
}

// client is how one target is reached, or why it cannot be.
type client struct {
	version int64
	site    courier.Website
	err     error
}

func newTargets(a *App) *targets { return &targets{app: a, clients: map[string]client{}} }

// Targets returns every target by name.
func (t *targets) Targets(ctx context.Context) ([]press.Target, error) {
	return t.app.Desk.SiteTargets(ctx)
}

// Website returns a target by its name.
func (t *targets) Website(ctx context.Context, name string) (courier.Website, error) {
	if name == SiteTarget {
		if t.app.Site == nil {
			return nil, noTarget(name)
		}
		return website{t.app.Site, t.app.Gallery}, nil
	}
	list, err := t.app.Store.Targets(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(s press.SealedTarget) bool { return s.Name == name })
	if i < 0 {
		return nil, noTarget(name)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known, ok := t.clients[name]
	if !ok || known.version != list[i].Version || known.err != nil {
		known = client{version: list[i].Version}
		known.site, known.err = t.open(list[i])
		t.clients[name] = known
	}
	return known.site, known.err
}

func noTarget(name string) error {
	return press.Fail(press.NotFound, "site.unknown", press.Say("There is no website %q.", "没有名为 %q 的网站渠道。", name))
}

// reached is a target that is not the static one.
type reached interface {
	courier.Website
	Test(context.Context) (press.TargetReport, error)
}

// open makes the client of a target.
func (t *targets) open(s press.SealedTarget) (reached, error) {
	secret, err := t.app.roster.Unseal(s.SecretPurpose(), s.Secret)
	if err != nil {
		return nil, err
	}
	a := t.app
	switch s.Kind {
	case press.SiteWordPress:
		return wordpress.New(wordpress.Config{
			Name: s.Name, Address: s.Address, User: s.User, Password: secret, Options: s.Options, Memory: a.Store,
			Open: t.photo, Zone: a.Config.Zone, Log: a.opts.Logger, Private: a.Config.Targets.Private, Plain: a.Config.Targets.Plain,
		})
	case press.SiteWebhook:
		cfg := webhook.Config{
			Name: s.Name, Address: s.Address, Secret: secret, PhotoKey: webhook.PhotoKey(secret, s.Secret), Private: a.Config.Targets.Private, Memory: a.Store, Public: a.Config.PublicURL,
			Inline: s.Options[webhook.OptionPhotos] == webhook.PhotosInline, Read: a.Gallery.Read, File: a.Gallery.Blobs.Open, Version: a.opts.Version, Now: clock,
		}
		if a.Site != nil {
			cfg.Canonical = a.Site.Address
		}
		return webhook.New(cfg), nil
	}
	return nil, press.Fail(press.Unsupported, "site.kind", press.Say("This version cannot reach a website of the kind %q.", "本版本不支持类型为 %q 的网站渠道。", string(s.Kind)))
}

// photo opens the bytes of a rendition.
func (t *targets) photo(ctx context.Context, rendition press.Digest) (io.ReadCloser, error) {
	file, _, err := t.app.Gallery.Open(ctx, rendition)
	return file, err
}

// Test tries the connection to a target. The static website is a folder of this machine, and what it is brought to.
func (t *targets) Test(ctx context.Context, s press.SealedTarget) (press.TargetReport, error) {
	if s.Kind == press.SiteStatic {
		return t.testStatic(ctx)
	}
	site, err := t.open(s)
	if err != nil {
		return press.TargetReport{Text: press.TextOf(err)}, nil //nolint:nilerr // what is wrong is what the report says
	}
	return site.Test(ctx)
}

// photoKey is what the addresses of a webhook's photos are signed with; for webhook.Photos.
func (t *targets) photoKey(ctx context.Context, name string) (string, error) {
	list, err := t.app.Store.Targets(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(s press.SealedTarget) bool { return s.Name == name && s.Kind == press.SiteWebhook && s.On })
	if i < 0 {
		return "", noTarget(name)
	}
	secret, err := t.app.roster.Unseal(list[i].SecretPurpose(), list[i].Secret)
	return webhook.PhotoKey(secret, list[i].Secret), err
}

// testStatic looks at the folder of the static website.
func (t *targets) testStatic(ctx context.Context) (press.TargetReport, error) {
	if t.app.Site == nil {
		return press.TargetReport{}, noTarget(SiteTarget)
	}
	return t.app.Site.Test(ctx), nil
}
