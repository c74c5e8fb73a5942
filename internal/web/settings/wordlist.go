package settings

import (
	"net/http"
	"slices"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// wordsPage is the office's list of words to avoid.
type wordsPage struct {
	Words      []press.AvoidWord // of this page
	Total      int
	Found      int
	Query      string
	Page       int
	Pages      int
	Version    int64
	Entry      press.AvoidWord // in the form: typed and refused, or chosen to be changed
	Severities []press.Severity
	Pasted     string
	Replace    bool
	Sample     []press.AvoidWord // shown while the list is empty
}

const (
	wordsPath     = "/settings/words"
	wordsShown    = 50
	wordsListForm = 3*press.MaxAvoidListBytes + small // escaped, a Chinese character is up to three times as long
)

func (h handlers) words(r *page.Request) error {
	p, err := h.wordsPage(r)
	if err != nil {
		return err
	}
	return r.Render("words.html", p)
}

func (h handlers) wordsPage(r *page.Request) (p wordsPage, err error) {
	list, version, err := h.Desk.AvoidWords(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p = wordsPage{
		Total: len(list), Version: version, Query: strings.TrimSpace(r.URL.Query().Get("q")), Severities: press.Severities(),
		Entry: press.AvoidWord{Severity: press.SeverityCheck},
	}
	if p.Total == 0 {
		p.Sample = press.SampleWords()
	}
	change := r.URL.Query().Get("change")
	var found []press.AvoidWord
	for _, w := range press.SortWords(list) {
		if change != "" && w.Phrase == change {
			p.Entry = w
		}
		if p.Query == "" || strings.Contains(strings.ToLower(w.Phrase+"\n"+w.Instead+"\n"+w.Reason), strings.ToLower(p.Query)) {
			found = append(found, w)
		}
	}
	p.Found = len(found)
	p.Pages = max(1, (p.Found+wordsShown-1)/wordsShown)
	p.Page = min(max(1, r.Number("page", 1)), p.Pages)
	from := (p.Page - 1) * wordsShown
	p.Words = found[from:min(from+wordsShown, len(found))]
	return p, nil
}

// putWord adds an entry, or changes the one of its phrase.
func (h handlers) putWord(r *page.Request) error {
	w := press.AvoidWord{
		Phrase: r.PostFormValue("phrase"), Instead: r.PostFormValue("instead"), Severity: press.Severity(r.PostFormValue("severity")), Reason: r.PostFormValue("reason"),
	}
	done, err := h.Desk.PutWords(r.Context(), r.Actor, []press.AvoidWord{w})
	if err == nil {
		return h.wordsDone(r, done)
	}
	p, readErr := h.wordsPage(r)
	if readErr != nil {
		return readErr
	}
	p.Entry = w
	return r.Refuse(err, "words.html", p)
}

func (h handlers) wordsDone(r *page.Request, done desk.WordsChanged) error {
	return r.See(wordsPath, "checks.done", "added", done.Added, "changed", done.Changed, "removed", done.Removed, "total", done.Total)
}

// pasteWords takes a list as it was pasted, into the list or in its place.
func (h handlers) pasteWords(r *page.Request) error {
	text, replace := r.PostFormValue("list"), r.PostFormValue("replace") != ""
	words, err := press.ParseWords(text)
	if err == nil && len(words) == 0 {
		err = press.Fail(press.Invalid, "words.empty", press.Say("No word is in the list. Paste one a line.", "没有找到用词，请每行粘贴一条。"))
	}
	var done desk.WordsChanged
	switch {
	case err != nil:
	case replace:
		done, err = h.Desk.ReplaceWords(r.Context(), r.Actor, int64(r.Number("version", 0)), words)
	default:
		done, err = h.Desk.PutWords(r.Context(), r.Actor, words)
	}
	if err == nil {
		return h.wordsDone(r, done)
	}
	p, readErr := h.wordsPage(r)
	if readErr != nil {
		return readErr
	}
	p.Pasted, p.Replace = text, replace
	return r.Refuse(err, "words.html", p)
}

// sampleWords puts the sample into the list.
func (h handlers) sampleWords(r *page.Request) error {
	done, err := h.Desk.PutWords(r.Context(), r.Actor, press.SampleWords())
	if err != nil {
		return r.SeeRefusal(wordsPath, err)
	}
	return h.wordsDone(r, done)
}

func (h handlers) removeWord(r *page.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	done, err := h.Desk.RemoveWords(r.Context(), r.Actor, slices.Clone(r.PostForm["phrase"]))
	if err != nil {
		return r.SeeRefusal(wordsPath, err)
	}
	return h.wordsDone(r, done)
}

// exportWords answers with the list as a file that a spreadsheet opens.
func (h handlers) exportWords(r *page.Request) error {
	list, _, err := h.Desk.AvoidWords(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	header := r.W.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="words.csv"`)
	header.Set("Cache-Control", "no-store")
	r.W.WriteHeader(http.StatusOK)
	_, _ = r.W.Write([]byte(press.FormatWords(press.SortWords(list), r.Lang))) // the reader may have gone
	return nil
}
