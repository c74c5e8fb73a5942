package review

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"newsdesk/internal/compare"
	"newsdesk/internal/desk"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

// The ways in which a revision is read.
const (
	viewClean   = "clean"   // as readers will
	viewChanges = "changes" // with what is different
	viewWeChat  = "wechat"  // as WeChat shows it
)

// reading is the review page.
type reading struct {
	desk.Review
	View   string
	Dark   bool
	Diff   *compare.Result // nil: there is nothing to compare with
	Count  compare.Count
	Parts  []part
	Lang   string // of the article
	Length length
	Gone   []press.PlacedComment // remarks whose place is no longer in the article
	Open   int                   // remarks that nobody has resolved
	Blocks int                   // findings that stop a push
	Queue  queue
	Typed  typed // what was refused, to be typed on
	Old    string
	Reader press.UserID

	CoverMaking []making // where the body does not show the cover's photo
}

// typed is what a person wrote into a form that was refused.
type typed struct{ Reason, Comment, Where, Sheet, View string }

// queue is what else waits for this person's signature.
type queue struct {
	N    int
	More bool
	Next *store.Waiting
}

// length is how much there is to read. Words are counted as the rules of columns count them.
type length struct{ Words, Minutes, Photos int }

func (h handlers) read(r *page.Request) error {
	data, err := h.reading(r, r.Number("revision", 0), r.Number("since", 0), typed{Where: r.FormValue("comment")})
	if err != nil {
		return err
	}
	return r.Render("read.html", data)
}

// reading gathers the page. Since chooses the revision that it is compared with; 0 is the last one signed.
func (h handlers) reading(r *page.Request, number, since int, t typed) (*reading, error) {
	rv, err := h.Desk.Review(r.Context(), r.Actor, r.Article(), number, since)
	if err != nil {
		return nil, err
	}
	d := &reading{Review: rv, Typed: t, Reader: r.Actor.ID, View: cmp.Or(t.View, r.FormValue("view")), Dark: r.FormValue("dark") == "1"}
	content := rv.Revision.Content
	d.Lang, d.Length = string(markup.Language(content)), lengthOf(content)
	if rv.Before != nil {
		diff := compare.Contents(rv.Before.Content, content)
		d.Diff, d.Count = &diff, diff.Count()
	}
	if d.View != viewWeChat && (d.View != viewChanges || d.Diff == nil) {
		d.View = viewClean
	}
	if err := h.parts(r, d); err != nil {
		return nil, err
	}
	d.gather(r.Actor)
	d.Queue, err = h.queue(r, rv.Article.ID)
	return d, err
}

// gather counts what is open, and keeps apart what has lost its place.
func (d *reading) gather(by press.Actor) {
	for _, c := range d.Comments {
		if !c.Resolved() {
			d.Open++
		}
		if c.Gone {
			d.Gone = append(d.Gone, c)
		}
	}
	for _, f := range d.Findings {
		if f.Blocks {
			d.Blocks++
		}
	}
	if !d.Current {
		d.Old = strconv.Itoa(d.Revision.Number)
	}
}

// Here is the address of this page with another view.
func (d *reading) Here(view string) string {
	q := url.Values{}
	if view != viewClean {
		q.Set("view", view)
	}
	if !d.Current {
		q.Set("revision", strconv.Itoa(d.Revision.Number))
	}
	return path(d.Article.ID, "/review", q)
}

func path(id press.ArticleID, below string, q url.Values) string {
	out := "/articles/" + url.PathEscape(string(id)) + below
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return out
}

// Stage is the stage that this person would sign.
func (d *reading) Stage() press.Stage {
	if d.Next == nil {
		return press.Stage{}
	}
	return *d.Next
}

// Changed is how many things differ: fields, the cover and blocks.
func (d *reading) Changed() int {
	if d.Diff == nil {
		return 0
	}
	n := len(d.Diff.Fields)
	if d.Diff.Cover != nil {
		n++
	}
	if d.Diff.Attachments != nil {
		n++
	}
	for _, b := range d.Diff.Blocks {
		if b.Op != compare.Same || b.Moved {
			n++
		}
	}
	return n
}

// Fingerprint is the content hash in groups that can be read aloud.
func (d *reading) Fingerprint() string {
	return grouped(string(d.Revision.Hash[:min(12, len(d.Revision.Hash))]))
}

func grouped(hash string) string {
	var out strings.Builder
	for i, c := range hash {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(c)
	}
	return out.String()
}

// Speeds of reading silently: characters of Chinese, words of a language with spaces, in a minute.
const (
	hanPerMinute   = 400
	wordsPerMinute = 220
)

func lengthOf(c press.Content) length {
	out := length{Words: press.CountWords(c.Body.Text()), Photos: len(c.Body.Pictures())}
	han, words, inWord := 0, 0, false
	for _, char := range c.Body.Text() {
		letter := unicode.IsLetter(char) || unicode.IsDigit(char)
		switch {
		case unicode.Is(unicode.Han, char):
			han++
			inWord = false
		case letter && !inWord:
			words++
			inWord = true
		case !letter:
			inWord = false
		}
	}
	minutes := float64(han)/hanPerMinute + float64(words)/wordsPerMinute
	out.Minutes = max(1, int(minutes+0.5))
	return out
}

// queue looks for what else the person may sign.
func (h handlers) queue(r *page.Request, but press.ArticleID) (q queue, err error) {
	if !r.Actor.Has(press.Reviewer) {
		return q, nil
	}
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return q, err
	}
	now := h.Now()
	today, err := h.Store.Today(r.Context(), store.TodayQuery{Person: r.Actor, Settings: settings, From: now, Until: now})
	if err != nil {
		return q, err
	}
	q.More = today.ToSignMore
	for i, w := range today.ToSign {
		if w.ID == but {
			continue
		}
		if q.N++; q.Next == nil {
			q.Next = &today.ToSign[i]
		}
	}
	return q, nil
}

// wechat is the revision in WeChat's looks, for a frame on the page.
func (h handlers) wechat(r *page.Request) error {
	rv, err := h.Desk.Review(r.Context(), r.Actor, r.Article(), r.Number("revision", 0), 0)
	if err != nil {
		return err
	}
	body, err := h.Preview.WeChat(r.Context(), rv.Revision.Content, "")
	if err != nil {
		return err
	}
	frame := h.Preview.Frame(press.TargetWeChat, r.FormValue("dark") == "1")
	return r.HTML(page.FramePolicy, bytes.Replace(frame, []byte("</body>"), []byte(body+"</body>"), 1))
}

// whereOf is a place that a form names, or the body.
func whereOf(r *page.Request) string {
	where := r.FormValue("where")
	if photo := r.FormValue("photo"); photo != "" && !strings.Contains(where, ".photos[") {
		if n, err := strconv.Atoi(photo); err == nil && n >= 0 {
			return fmt.Sprintf("%s.photos[%d]", where, n)
		}
	}
	return where
}
