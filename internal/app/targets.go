package app

import (
	"context"
	"slices"
	"sync"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
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

// open makes the client of a target.
func (t *targets) open(s press.SealedTarget) (courier.Website, error) {
	return nil, press.Fail(press.Unsupported, "site.kind", press.Say("This version cannot reach a website of the kind %q.", "本版本不支持类型为 %q 的网站渠道。", string(s.Kind)))
}
