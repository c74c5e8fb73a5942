package app_test

import (
	"bytes"
	"html"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// room is a whole running Newsdesk with people and their tokens in it.
type room struct {
	testing.TB
	*app.App
	log    *said
	people map[string]press.Actor
	tokens map[string]string
}

// people are who works in a room.
func roles() map[string]press.Role {
	return map[string]press.Role{
		"writer": press.Contributor, "editor": press.Editor, "one": press.Reviewer, "two": press.Reviewer, "three": press.Reviewer,
	}
}

func settings(t testing.TB, flags map[string]any) config.Config {
	t.Helper()
	return apptest.Settings(t, apptest.Quick(flags))
}

// enter opens a Newsdesk that workers work in, and puts people into it.
func enter(t testing.TB, flags map[string]any) *room {
	t.Helper()
	return enterAs(t, flags, func(*app.Options) {})
}

// enterAs is enter for a process that runs other parts.
func enterAs(t testing.TB, flags map[string]any, change func(*app.Options)) *room {
	t.Helper()
	r := &room{TB: t, log: &said{}, people: map[string]press.Actor{}, tokens: map[string]string{}}
	a := apptest.Open(t, apptest.Quick(flags), func(o *app.Options) {
		o.Logger = slog.New(slog.NewTextHandler(r.log, nil))
		o.Sandbox = func(c *sandbox.Config) { c.PublishDelay = 50 * time.Millisecond }
		change(o)
	})
	r.App = a
	for name, role := range roles() {
		user, err := a.Desk.AddUser(t.Context(), press.System(), name, []press.Role{role}, nil)
		r.ok(err)
		r.people[name] = press.Actor{User: user}
		r.tokens[name], _, err = a.Desk.CreateToken(t.Context(), press.System(), name, "test")
		r.ok(err)
	}
	return r
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("unexpected error: %v", err)
	}
}

// as is a program that speaks to the API as one of the people.
func (r *room) as(name string) *api.Client {
	return api.NewClient(r.Config.PublicURL, r.tokens[name], nil)
}

// jargon is what no sentence for people holds.
var jargon = regexp.MustCompile(`%!|\bnil\b|panic|goroutine|\bEOF\b|errno|context (deadline|canceled)|map\[|sql:|no such file|\b0x[0-9a-f]{3}|dial tcp`)

// refused checks that an error is one clear refusal of a kind, and of a code unless that is empty.
func (r *room) refused(err error, kind press.Kind, code string) {
	r.Helper()
	if err == nil || press.KindOf(err) != kind || code != "" && press.CodeOf(err) != code {
		r.Fatalf("got %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), kind, code)
	}
	text := press.TextOf(err)
	if text.EN == "" || text.ZH == "" || text.EN == text.ZH || jargon.MatchString(text.EN+text.ZH) {
		r.Errorf("%s is not said clearly in both languages: %+v", press.CodeOf(err), text)
	}
}

// handIn hands a parcel in over the API.
func (r *room) handIn(files ...intake.File) (api.HandedIn, error) {
	return r.as("writer").HandIn(r.Context(), api.Parcel{Files: files})
}

func (r *room) sign(a press.Article) press.Article {
	r.Helper()
	for _, name := range []string{"one", "two", "three"} {
		var err error
		a, _, err = r.Desk.Sign(r.Context(), r.people[name], a.ID, a.Revision, a.Hash)
		r.ok(err)
	}
	return a
}

// compose puts articles into an edition, which begins to be prepared at once.
func (r *room) compose(mode press.Mode, at time.Time, articles ...press.ArticleID) press.EditionID {
	r.Helper()
	e, _, err := r.Desk.Compose(r.Context(), r.people["editor"], desk.NewEdition{Mode: mode, At: at, Articles: articles})
	r.ok(err)
	return e.ID
}

// deliveries returns an edition's push, and the pages of its articles.
func (r *room) deliveries(id press.EditionID) (push press.Delivery, pages []press.Delivery) {
	r.Helper()
	list, _, err := r.Store.Deliveries(r.Context(), store.DeliveryFilter{Edition: id, Kind: press.TargetWeChat})
	r.ok(err)
	if len(list) != 1 {
		r.Fatalf("%d pushes of one edition", len(list))
	}
	pages, err = r.Store.SiteDeliveries(r.Context(), id)
	r.ok(err)
	return list[0], pages
}

// await waits until an edition's push is in a state and its pages are live.
func (r *room) await(id press.EditionID, want press.State) press.Delivery {
	r.Helper()
	push, pages := r.deliveries(id)
	r.until(30*time.Second, func() bool {
		push, pages = r.deliveries(id)
		for _, page := range pages {
			if page.State != press.Live {
				return push.State == press.Blocked && push.State != want
			}
		}
		return push.State == want || push.State == press.Blocked
	})
	if push.State != want {
		r.Fatalf("the push is %s: %+v; want %s", push.State, push.Reason, want)
	}
	return push
}

// fetch opens a page as a reader does.
func (r *room) fetch(address string) string {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, address, nil)
	r.ok(err)
	res, err := http.DefaultClient.Do(req)
	r.ok(err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	r.ok(err)
	if res.StatusCode != http.StatusOK {
		r.Fatalf("%s: %s", address, res.Status)
	}
	return string(data)
}

// contains checks that a page shows a text.
func (r *room) contains(page, text string) {
	r.Helper()
	if !strings.Contains(page, html.EscapeString(text)) && !strings.Contains(page, text) {
		r.Errorf("the page does not show %q", text)
	}
}

// until waits for something that happens in the background.
func (r *room) until(patience time.Duration, done func() bool) {
	r.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(end) {
			r.Fatalf("nothing within %s; the log: %s", patience, r.log)
		}
	}
}

// said keeps what a Newsdesk logs.
type said struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// file is a file of a parcel made of bytes.
func file(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// drawn is a small photo that differs from those with another seed.
func drawn(t testing.TB, seed, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x * 200 / width), G: uint8(seed), B: uint8(y * 200 / height), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
