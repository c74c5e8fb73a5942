// Package api is the JSON door to the desk, and its Go client. The OpenAPI document at /api/v1/openapi.yaml is made from
// the Go types of the handlers, so it cannot say anything else than what they do.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"newsdesk/internal/desk"
	"newsdesk/internal/export"
	"newsdesk/internal/gallery"
	"newsdesk/internal/press"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Config is what the API is made of.
type Config struct {
	Desk      *desk.Desk
	Records   Records
	Exports   *export.Exporter
	Uploads   *gallery.Uploads // what people bring at once, here and elsewhere; nil: here
	Version   string
	SpoolDir  string // where uploads wait while they are read; "" is the system's
	MaxParcel int64  // bytes of one upload, default 2 GB
	Logger    *slog.Logger
}

// Records are the lists that the API reads. Who may see what of them is settled here, but for articles, of which a page
// must be full: those are asked for as their reader may see them.
type Records interface {
	Articles(ctx context.Context, readBy press.Actor, q ArticleQuery) ([]press.Article, int, error)
	Editions(context.Context, EditionQuery) ([]press.Edition, int, error)
	Edition(context.Context, press.EditionID) (press.Edition, error)
	Deliveries(context.Context, DeliveryQuery) ([]press.Delivery, int, error)
	Delivery(context.Context, press.DeliveryID) (press.Delivery, error)
	SiteDeliveries(context.Context, press.EditionID) ([]press.Delivery, error)
	Attempts(context.Context, press.DeliveryID) ([]press.Attempt, error)
	Audit(ctx context.Context, subject string, before int64, limit int) ([]press.AuditEntry, error)
}

// Page is a part of a list.
type Page struct {
	Limit  int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Offset int `query:"offset" minimum:"0" default:"0"`
}

// ArticleQuery selects articles.
type ArticleQuery struct {
	Page
	State  string `query:"state" enum:"draft,review,returned,approved,withdrawn" doc:"only articles in this state"`
	Column string `query:"column" maxLength:"200" doc:"only this column and those inside it, e.g. News › Group"`
	Search string `query:"q" maxLength:"100" doc:"words, all of which occur in the title, the credits, the column or the body; of the last one the beginning is enough"`
}

// EditionQuery selects editions.
type EditionQuery struct {
	Page
	Account string    `query:"account" maxLength:"60"`
	Article string    `query:"article" maxLength:"26"`
	From    time.Time `query:"from" doc:"only editions due at this moment or later"`
	Until   time.Time `query:"until" doc:"only editions due before this moment"`
}

// DeliveryQuery selects deliveries.
type DeliveryQuery struct {
	Page
	State   string `query:"state" enum:"planned,ready,sending,sent,unknown,live,blocked,cancelled,replaced,retracted"`
	Kind    string `query:"kind" enum:"wechat,site"`
	Edition string `query:"edition" maxLength:"26"`
	Article string `query:"article" maxLength:"26"`
}

type server struct {
	Config
	api huma.API
}

// Handler returns the API. Every operation but the document itself asks for a bearer token.
func Handler(cfg Config) http.Handler {
	if cfg.MaxParcel <= 0 {
		cfg.MaxParcel = 2e9
	}
	if cfg.Uploads == nil {
		cfg.Uploads = gallery.NewUploads()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	speakProblems()
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Newsdesk", cfg.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = Prefix+"/openapi", "", ""
	config.CreateHooks = nil // no $schema fields in answers
	config.RejectUnknownQueryParameters = true
	config.Info.Description = "Hand in, review, schedule and watch. Errors are problem details (RFC 9457) with a stable kind and code, and the sentence in English and Chinese."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	s := &server{Config: cfg, api: humago.New(mux, config)}
	s.articles()
	s.editions()
	s.deliveries()
	s.corrections()
	s.stops()
	s.quota()
	s.notices()
	s.targets()
	s.rules()
	s.exports()
	s.parcels(mux)
	s.attachments(mux)
	return s.guarded(s.authenticated(s.routed(mux)))
}

type contextKey int

const (
	actorKey contextKey = iota
	langKey
)

// guarded notes the reader's language and turns a panic into a problem instead of a connection cut off.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), langKey, languageOf(r))
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				writeProblem(ctx, w, fmt.Errorf("api: panic: %v\n%s", v, debug.Stack()), s.Logger)
			}
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// routed answers an address or a method that there is not with a problem, where the mux would answer in plain text.
func (s *server) routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "" {
				w.Header().Set("Allow", method)
				p := problemOf(r.Context(), press.Unsupported, "method", press.Say(
					"%.20s is not taken here; use %s.", "此地址不接受 %.20s，请使用 %s。", r.Method, method))
				p.Status = http.StatusMethodNotAllowed
				p.write(w)
				return
			}
		}
		writeProblem(r.Context(), w, press.Fail(press.NotFound, "address", press.Say(
			"There is nothing at %.200q; %s/openapi.yaml lists what there is.", "没有 %.200q 这个地址，全部地址见 %s/openapi.yaml。", r.URL.Path, Prefix)), s.Logger)
	})
}

// authenticated finds out who asks before anything else is looked at.
func (s *server) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if strings.HasPrefix(r.URL.Path, Prefix+"/openapi") {
			next.ServeHTTP(w, r)
			return
		}
		actor, err := s.authenticate(r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeProblem(ctx, w, err, s.Logger)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, actorKey, actor)))
	})
}

func (s *server) authenticate(r *http.Request) (press.Actor, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return press.Actor{}, press.Fail(press.Unauthenticated, "token.missing", press.Say(
			"Send a token: Authorization: Bearer nd_…", "请在请求头中提供令牌：Authorization: Bearer nd_…"))
	}
	return s.Desk.Authenticate(r.Context(), strings.TrimSpace(secret))
}

func actorOf(ctx context.Context) press.Actor {
	actor, ok := ctx.Value(actorKey).(press.Actor)
	if !ok {
		panic("api: a handler without authentication")
	}
	return actor
}

// languageOf takes the reader's first language where it is Chinese or English; Chinese otherwise.
func languageOf(r *http.Request) press.Lang {
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(first)), "en") {
		return press.English
	}
	return press.Chinese
}

// register adds an operation whose errors are the desk's.
func register[I, O any](s *server, op huma.Operation, handle func(context.Context, press.Actor, *I) (*O, error)) {
	op.Errors = append(op.Errors, errorsOf(op)...)
	op.Path = Prefix + op.Path
	op.BodyReadTimeout = 30 * time.Second
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 1 << 20
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, actorOf(ctx), in)
		if err != nil {
			return nil, newProblem(ctx, err, s.Logger)
		}
		return out, nil
	})
}

// errorsOf lists the statuses of an operation's refusals for its documentation.
func errorsOf(op huma.Operation) []int {
	out := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if strings.Contains(op.Path, "{id}") {
		out = append(out, http.StatusNotFound)
	}
	if op.Method == http.MethodPost {
		out = append(out, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return out
}

// speakProblems makes the library speak our problem details; its hooks are process-wide.
var speakProblems = sync.OnceFunc(func() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return libraryProblem(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return libraryProblem(ctx.Context(), status, msg, errs)
	}
})
