package page

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/gallery"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/words"
)

// Config is what the newsroom is made of.
type Config struct {
	Desk    *desk.Desk
	Store   *store.Store
	Gallery *gallery.Gallery
	Courier *courier.Courier
	Live    Live
	Preview Preview

	Zone      *time.Location // of the office; times are shown and asked for in it
	Version   string
	Office    press.Text // whose desk this is
	Site      string     // address of the website; empty: there is none
	Sandbox   string     // address of the sandbox; empty: real accounts
	Public    string     // address that people and WeChat reach Newsdesk at
	Secure    bool       // people come by https: cookies are sent over nothing else
	Proxies   bool       // a proxy in front sets X-Forwarded-For, and may be believed
	Samples   []Sample   // people of a demo, whom anybody may sign in as
	SpoolDir  string     // for parcels while they come in
	MaxParcel int64      // bytes
	MaxPhoto  int64      // bytes
	Now       func() time.Time
	Logger    *slog.Logger
}

// Sample is a sample person of a demo. Their password is no secret.
type Sample struct {
	Name, Password string
	Role           press.Role
}

// Live says when something has changed; see queue.Live.
type Live interface {
	Subscribe(topics ...string) (changes <-chan string, cancel func())
}

// Kit is shared by all rooms. It is safe for concurrent use.
type Kit struct {
	Config
	Words *words.Catalogue

	rooms   map[string]*room
	assets  assets
	streams sync.Map // by person: how many live connections
	closing context.Context
	close   context.CancelFunc
}

// Room is one part of the newsroom.
type Room struct {
	Name      string
	Templates templateFS
	Routes    []Route
}

// Route is one address and what answers there.
type Route struct {
	Pattern  string               // method and path, as http.ServeMux takes them
	Roles    []press.Role         // who may; none: anybody signed in
	Open     bool                 // also for people who are not signed in
	Watching bool                 // asked by an open page itself: does not keep its person signed in
	MaxBytes int64                // of the body; default 1 MB; -1: the handler bounds it
	Handle   func(*Request) error // what it returns is shown as a refusal
}

// New makes the kit. Rooms are added by Handler.
func New(cfg Config) (*Kit, error) {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	k := &Kit{Config: cfg, rooms: map[string]*room{}}
	k.closing, k.close = context.WithCancel(context.Background())
	var err error
	if k.Words, err = words.Load(); err != nil {
		return nil, err
	}
	if err := k.assets.load(); err != nil {
		return nil, err
	}
	return k, nil
}

// Close ends the live connections, which would otherwise outlast everything.
func (k *Kit) Close() { k.close() }

// Handler parses the templates of all rooms and returns what answers their routes. A template that cannot be parsed and an
// address that is taken twice are errors now, and not when somebody comes by.
func (k *Kit) Handler(rooms ...Room) (http.Handler, error) {
	mux := http.NewServeMux()
	rooms = append(rooms, Room{Name: "page", Templates: own, Routes: k.ownRoutes()})
	for _, r := range rooms {
		parsed, err := k.parse(r)
		if err != nil {
			return nil, fmt.Errorf("web: room %s: %w", r.Name, err)
		}
		k.rooms[r.Name] = parsed
	}
	for _, r := range rooms {
		for _, route := range r.Routes {
			mux.Handle(route.Pattern, k.serve(k.rooms[r.Name], route))
		}
	}
	mux.Handle("GET /assets/", k.assets.handler())
	mux.Handle("/", k.serve(k.rooms["page"], Route{Open: true, Handle: missing}))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(k.serve(k.rooms["page"], Route{Open: true, Handle: foreign}))
	return policed(guard.Handler(mux)), nil
}

// policed sets the policy of every page; a handler that needs another sets it over this.
func policed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		next.ServeHTTP(w, r)
	})
}

// FilePolicy is the content security policy of a file that people uploaded: nothing in it acts, should a browser ever show it.
const FilePolicy = "sandbox; default-src 'none'"

// Policy is the content security policy of the newsroom's pages.
const Policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

func missing(*Request) error {
	return press.Fail(press.NotFound, "page.missing", press.Say(
		"There is no such page. It may have moved, or the address is mistyped.", "没有这个页面，可能已被移动，或者地址有误。"))
}

func foreign(*Request) error {
	return press.Fail(press.Forbidden, "page.origin", press.Say(
		"The request came from another website and was refused. Start again from a page of Newsdesk.",
		"请求来自其他网站，已拒绝。请从 Newsdesk 的页面重新操作。"))
}

// Markup marks HTML that a renderer of ours wrote, all text in it escaped.
func Markup(s string) template.HTML { return template.HTML(s) }
