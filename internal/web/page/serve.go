package page

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/text/language"

	"newsdesk/internal/press"
)

const (
	defaultBody = 1 << 20
	// bodyTime is how long a body may take that is not a parcel: nobody holds a connection open by sending a byte a minute.
	bodyTime = 60 * time.Second
)

// serve turns a route into a handler: it finds out who asks and whether they may, bounds the body, and shows what goes wrong.
func (k *Kit) serve(room *room, route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &Request{Request: hr, W: w, kit: k, room: room}
		r.Lang = r.asked()
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
				k.Logger.Error("a page failed", "path", hr.URL.Path, "panic", v, "stack", string(debug.Stack()))
				r.refuse(fmt.Errorf("panic: %v", v))
			}
		}()
		if err := r.enter(route); err != nil {
			r.refuse(err)
			return
		}
		if r.answered {
			return
		}
		if err := route.Handle(r); err != nil {
			r.refuse(err)
		}
	})
}

// enter finds the person, sends them to where they must go first, and asks whether they may take this route.
func (r *Request) enter(route Route) error {
	if route.MaxBytes >= 0 && r.Body != nil {
		limit := route.MaxBytes
		if limit == 0 {
			limit = defaultBody
		}
		r.Body = http.MaxBytesReader(r.W, r.Body, limit)
		_ = http.NewResponseController(r.W).SetReadDeadline(time.Now().Add(bodyTime)) // not every writer can; the size bound stays
	}
	r.watching = route.Watching
	if err := r.findPerson(); err != nil {
		return err
	}
	switch {
	case route.Open:
		return nil
	case r.Actor.IsSystem():
		return r.toSignIn()
	case r.Actor.MustChange && r.URL.Path != "/me/password":
		r.answered = true
		http.Redirect(r.W, r.Request, "/me/password", http.StatusSeeOther)
		return nil
	case len(route.Roles) > 0:
		return r.Actor.Require(route.Roles...)
	}
	return nil
}

func (r *Request) findPerson() error {
	cookie, err := r.Cookie(r.cookieName(sessionCookie))
	if err != nil {
		return nil // nobody: no cookie
	}
	find := r.kit.Desk.SessionActor
	if r.watching {
		find = r.kit.Desk.WatchingActor
	}
	actor, session, err := find(r.Context(), cookie.Value)
	switch {
	case press.KindOf(err) == press.Unauthenticated && err != nil:
		r.clearCookie(sessionCookie)
		return nil
	case err != nil:
		return err
	}
	r.Actor, r.Session = actor, session
	if actor.Lang != "" {
		r.Lang = actor.Lang
	}
	return nil
}

// toSignIn sends a reader to the door and remembers where they wanted to go; a script gets a refusal.
func (r *Request) toSignIn() error {
	setup, err := r.kit.Desk.NeedsSetup(r.Context())
	if err != nil {
		return err
	}
	if r.WantsJSON() || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return press.Fail(press.Unauthenticated, "session.none", press.Say(
			"You are not signed in, or were signed out after a while. Sign in again, then repeat this; what was typed is still here.",
			"尚未登录，或登录已过期。请重新登录后再试，填写的内容仍在。"))
	}
	to := "/sign-in"
	switch {
	case setup:
		to = "/setup"
	case r.URL.Path != "/":
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	r.answered = true
	r.W.Header().Set("Cache-Control", "no-store")
	if r.htmx() {
		r.W.Header().Set("HX-Redirect", to)
		return nil
	}
	http.Redirect(r.W, r.Request, to, http.StatusSeeOther)
	return nil
}

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// asked is the language that was chosen in this browser, or else that the browser prefers.
func (r *Request) asked() press.Lang {
	if c, err := r.Cookie(r.cookieName(langCookie)); err == nil {
		switch press.Lang(c.Value) {
		case press.Chinese, press.English:
			return press.Lang(c.Value)
		}
	}
	tags, _, err := language.ParseAcceptLanguage(clip(r.Header.Get("Accept-Language"), 200))
	if err != nil {
		return press.Chinese
	}
	if _, i, confidence := matcher.Match(tags...); i == 1 && confidence > language.No {
		return press.English
	}
	return press.Chinese
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// Address is where the person is, for the list of their sessions and for counting failures: the connection's, or what a
// proxy says that is to be believed.
func (r *Request) Address() string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !r.kit.Proxies {
		return host
	}
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last := strings.TrimSpace(list[len(list)-1]); net.ParseIP(last) != nil {
		return last
	}
	return host
}

// Near reports whether the request comes from this machine itself and passed no proxy on the way.
func (r *Request) Near() bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via"} {
		if len(r.Header.Values(name)) > 0 { // an empty one hides those behind it
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

// status is how a kind of refusal is said in HTTP.
func status(kind press.Kind) int {
	switch kind {
	case press.Invalid:
		return http.StatusUnprocessableEntity
	case press.TooLarge:
		return http.StatusRequestEntityTooLarge
	case press.Unsupported:
		return http.StatusUnsupportedMediaType
	case press.NotFound:
		return http.StatusNotFound
	case press.Conflict:
		return http.StatusConflict
	case press.Unauthenticated:
		return http.StatusUnauthorized
	case press.Forbidden:
		return http.StatusForbidden
	case press.Quota:
		return http.StatusTooManyRequests
	case press.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// plainly gives foreseeable faults of the transport their words.
func plainly(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return press.Fail(press.TooLarge, "page.body", press.Say(
			"What was sent is larger than %d KB, which is the limit here.", "发送的内容超过 %d KB 的上限。", large.Limit/1024)).Because(err)
	}
	return err
}

// logRefusal notes only what somebody who runs Newsdesk can act on.
func (k *Kit) logRefusal(ctx context.Context, path string, err error) {
	switch kind := press.KindOf(err); {
	case errors.Is(err, context.Canceled):
	case kind == press.Internal, kind == press.Unavailable:
		k.Logger.ErrorContext(ctx, "a page failed", "path", path, "kind", kind, "error", err)
	}
}
