package app

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/export"
	"newsdesk/internal/press"
	"newsdesk/internal/site/webhook"
	"newsdesk/internal/web"
)

// openWeb puts every route into one table.
func (a *App) openWeb(context.Context) error {
	if !a.opts.Serve {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", alive)                  // a supervisor: is the process there
	mux.HandleFunc("GET /readyz", a.ready)                 // a load balancer: can it work
	mux.Handle("GET /metrics", a.metrics.handler())        // Prometheus
	mux.HandleFunc(callbackPath+"{account}", a.callback)   // WeChat: address check and events
	mux.Handle(api.Prefix+"/", api.Handler(a.apiConfig())) // programs, by token
	if a.Site != nil {
		mux.Handle("GET /site/", http.StripPrefix("/site", a.Site.Handler())) // readers
	}
	mux.Handle("GET "+webhook.FilePath, webhook.Attachments{Key: a.targets.photoKey, Open: a.Gallery.Blobs.Open, Now: clock})
	mux.Handle("GET "+webhook.PhotoPath, webhook.Photos{Key: a.targets.photoKey, Open: a.Gallery.Open, Now: clock}) // receivers of webhooks
	newsroom, err := web.New(a.webConfig())
	if err != nil {
		return err
	}
	a.servers[0].RegisterOnShutdown(newsroom.Close)
	mux.Handle("/", newsroom) // people
	// Counting is outermost, so that refusals by any layer below are counted too.
	a.servers[0].Handler = a.metrics.counted(secured(mux))
	return nil
}

func (a *App) apiConfig() api.Config {
	return api.Config{
		Desk: a.Desk, Records: records{a.Store}, Version: a.opts.Version, SpoolDir: filepath.Join(a.Config.Data, "tmp"),
		MaxParcel: a.Config.Limits.ParcelBytes, Logger: a.opts.Logger,
		Exports: export.New(a.Gallery, a.Gallery.Blobs, a.Config.Zone), Uploads: a.Gallery.Uploads,
	}
}

func (a *App) webConfig() web.Config {
	c := web.Config{
		Desk: a.Desk, Store: a.Store, Gallery: a.Gallery, Courier: a.Courier, Live: a.Live, Zone: a.Config.Zone,
		Version: a.opts.Version, Office: press.Text{EN: a.Config.Site.TitleEn, ZH: a.Config.Site.TitleZh},
		Public: a.Config.PublicURL, Secure: strings.HasPrefix(a.Config.PublicURL, "https://"), Proxies: a.Config.BehindProxy,
		SpoolDir: filepath.Join(a.Config.Data, "tmp"), MaxParcel: a.Config.Limits.ParcelBytes, MaxPhoto: a.Config.Limits.PhotoBytes,
		Preview: &previews{pages: pages{a}}, Logger: a.opts.Logger,
	}
	if a.opts.Samples != "" {
		for _, p := range SamplePeople() {
			c.Samples = append(c.Samples, web.Sample{Name: p.Name.In(a.opts.Samples), Password: SamplePassword, Role: p.Role})
		}
	}
	if a.Site != nil {
		c.Site = strings.TrimSuffix(a.Config.Site.BaseURL, "/") + "/"
	}
	if a.Sandbox != nil {
		c.Sandbox = "http://" + a.Config.Sandbox.Listen + "/"
	}
	return c
}

// secured sets what every answer carries, unless a handler knows better.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readiness says which of the things below a server are there.
type readiness struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"`
}

// ready answers 200 while SQL can be reached. Redis away is said but is no reason to take the server out.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	out := readiness{Ready: true, Parts: map[string]string{"sql": "ok", "redis": "ok"}}
	if err := a.Store.Ping(ctx); err != nil {
		out.Ready, out.Parts["sql"] = false, press.TextOf(err).EN
	}
	if err := a.Redis.Ready(ctx); err != nil {
		out.Parts["redis"] = press.TextOf(err).EN
	}
	w.Header().Set("Content-Type", "application/json")
	if !out.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(out)
}
