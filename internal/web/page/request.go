package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/words"
)

// Request is one request with its person and language, and the ways to answer it.
type Request struct {
	*http.Request
	W       http.ResponseWriter
	Actor   press.Actor   // System (nobody) on open routes for people who are not signed in
	Session press.Session // of the person; zero for nobody
	Lang    press.Lang

	kit      *Kit
	room     *room
	watching bool
	answered bool
	refusal  *Refusal
}

// SignedIn reports whether a person asks.
func (r *Request) SignedIn() bool { return !r.Actor.IsSystem() }

// Words is the catalogue in the reader's language.
func (r *Request) Words() *words.Words { return r.kit.Words.In(r.Lang) }

// T says a message of the catalogue.
func (r *Request) T(key string, args ...any) string { return r.Words().T(key, args...) }

// Say says a sentence of the domain in the reader's language.
func (r *Request) Say(t press.Text) string { return t.In(r.Lang) }

// WantsJSON reports whether a script asks, which takes refusals as data.
func (r *Request) WantsJSON() bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(accept, "application/json") || strings.HasPrefix(accept, "text/event-stream") ||
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

func (r *Request) htmx() bool { return r.Header.Get("HX-Request") == "true" }

// Partial reports whether only a part of the page is wanted, to be swapped into it.
func (r *Request) Partial() bool { return r.htmx() && r.Header.Get("HX-Boosted") != "true" }

// Number reads a whole number from the address or the form; other where there is none.
func (r *Request) Number(name string, other int) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil {
		return other
	}
	return n
}

// Article is the article that the path names.
func (r *Request) Article() press.ArticleID { return press.ArticleID(r.PathValue("id")) }

// maxJSON is the largest body DecodeJSON takes where nothing else is said.
const maxJSON = 4 << 20

// DecodeJSON reads the body into v: one value, no unknown fields, at most limit bytes (0: 4 MB).
func (r *Request) DecodeJSON(v any, limit int64) error {
	if limit <= 0 {
		limit = maxJSON
	}
	body := http.MaxBytesReader(r.W, r.Body, limit)
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF { //nolint:errorlint // the decoder returns it bare
			err = fmt.Errorf("more than one value")
		}
	}
	if err == nil {
		return nil
	}
	var refusal *press.Error
	if asRefusal(err, &refusal) {
		return refusal
	}
	if plain := plainly(err); plain != err { //nolint:errorlint // whether it was given words
		return plain
	}
	return press.Fail(press.Invalid, "page.json", press.Say(
		"The request cannot be read: it is not in the form this page sends. Load the page again.",
		"请求格式有误，请刷新页面后重试。")).Because(err)
}

// JSON answers with data.
func (r *Request) JSON(v any) error {
	data, err := press.EncodeJSON(v)
	if err != nil {
		return err
	}
	r.send(http.StatusOK, "application/json", data)
	return nil
}

// send writes a whole answer. Pages of people are never kept by anything between them and us.
func (r *Request) send(code int, contentType string, data []byte) {
	r.answered = true
	h := r.W.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	r.W.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = r.W.Write(data) // the reader may have gone
	}
}

// HTML answers with markup that the handler made itself, under a policy of its own.
func (r *Request) HTML(policy string, data []byte) error {
	r.W.Header().Set("Content-Security-Policy", policy)
	r.send(http.StatusOK, "text/html; charset=utf-8", data)
	return nil
}

// Render answers with a page of the room.
func (r *Request) Render(file string, data any) error { return r.render(http.StatusOK, file, data) }

// Fragment answers with one definition of a page file, for a place in a page that is open already.
func (r *Request) Fragment(file, name string, data any) error {
	var out bytes.Buffer
	if err := r.room.execute(&out, r.Lang, file, name, view{Page: r.frame(), Data: data}); err != nil {
		return err
	}
	r.send(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// Refuse shows a page again with what was wrong on top of it, so that nothing that was typed is lost. The status says the
// kind. Faults of Newsdesk and requests by scripts go the usual way instead.
func (r *Request) Refuse(err error, file string, data any) error {
	err = plainly(err)
	switch kind := press.KindOf(err); {
	case r.WantsJSON(), kind == press.Internal, kind == press.Unauthenticated:
		return err
	default:
		r.kit.logRefusal(r.Context(), r.URL.Path, err)
		r.refusal = r.told(err)
		return r.render(status(kind), file, data)
	}
}

func (r *Request) render(code int, file string, data any) error {
	var out bytes.Buffer
	if err := r.room.execute(&out, r.Lang, file, "layout", view{Page: r.frame(), Data: data}); err != nil {
		return err
	}
	r.send(code, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// See sends the reader to another page of ours, where a message of the catalogue is shown once. An empty key says nothing.
func (r *Request) See(path, key string, args ...any) error {
	if key != "" {
		r.setFlash(flash{Kind: "done", Text: r.T(key, args...)})
	}
	return r.goTo(path)
}

// SeeText is See with a sentence of the domain.
func (r *Request) SeeText(path string, text press.Text) error {
	r.setFlash(flash{Kind: "done", Text: r.Say(text)})
	return r.goTo(path)
}

// SeeRefusal sends the reader to a page that shows what was wrong: for buttons on pages that hold nothing typed.
func (r *Request) SeeRefusal(path string, err error) error {
	err = plainly(err)
	if kind := press.KindOf(err); r.WantsJSON() || kind == press.Internal || kind == press.Unauthenticated {
		return err
	}
	r.setFlash(flash{Kind: "refused", Text: r.Say(press.TextOf(err))})
	return r.goTo(path)
}

func (r *Request) goTo(path string) error {
	r.answered = true
	path = OwnPath(path)
	r.W.Header().Set("Cache-Control", "no-store")
	if r.WantsJSON() {
		return r.JSON(map[string]string{"location": path})
	}
	if r.htmx() {
		r.W.Header().Set("HX-Redirect", path)
		r.W.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(r.W, r.Request, path, http.StatusSeeOther)
	return nil
}

// OwnPath returns the path if it is one of this server's own, and the first page if it leads anywhere else.
func OwnPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 2000 {
		return "/"
	}
	return path
}

// Patience lengthens how long this request may take to come in: for parcels and photos.
func (r *Request) Patience(d time.Duration) {
	_ = http.NewResponseController(r.W).SetReadDeadline(time.Now().Add(d)) // not every writer can; the size bound stays
}
