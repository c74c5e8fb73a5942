package search

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Bounds of what is indexed.
const (
	PieceArticles = 64   // in one piece, unless more were published within a second
	GroupArticles = 1024 // in one group, likewise
	TextRunes     = 8000 // of an article's text; what comes after cannot be found
	titleRunes    = 300
)

// Article is a live article as it is searched for.
type Article struct {
	ID          press.ArticleID
	Path        string // of its page within the site
	Title       string
	Column      string // as readers see it
	PublishedAt time.Time
	Day         string // of that time, as readers see it
	Text        string
}

// clean bounds and cleans what people wrote. Done to what it gave, it gives the same.
func clean(s string, runes int) string { return strings.TrimSpace(cut(Clean(s), runes)) }

// row is an article in a piece: path, title, day, column, text. In a list of titles the text is left out.
type row struct {
	Path, Title, Day, Column, Text string
}

func (r row) fields() []any { return []any{r.Path, r.Title, r.Day, r.Column} }

// UnmarshalJSON reads the array that rows are written as.
func (r *row) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&r.Path, &r.Title, &r.Day, &r.Column, &r.Text})
}

// encodePiece writes articles, the newest first, one on a line.
func encodePiece(articles []Article) []byte {
	return lines(articles, func(a Article) any {
		return append(row{a.Path, a.Title, a.Day, a.Column, ""}.fields(), a.Text)
	})
}

// decodePiece returns the articles in a piece; false if it is none. Their identifiers are in their paths.
func decodePiece(data []byte) ([]Article, bool) {
	var rows []row
	if data == nil || json.Unmarshal(data, &rows) != nil {
		return nil, false
	}
	out := make([]Article, len(rows))
	for i, r := range rows {
		id := r.Path[strings.LastIndexByte(r.Path, '/')+1:]
		id, _, _ = strings.Cut(id, ".")
		out[i] = Article{ID: press.ArticleID(id), Path: r.Path, Title: r.Title, Day: r.Day, Column: r.Column, Text: r.Text}
	}
	return out, true
}

// lines writes a JSON array with one element on a line, which differs from its next version where that differs.
func lines[T any](all []T, of func(T) any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for i, one := range all {
		out.WriteString([]string{"[", ","}[min(i, 1)])
		_ = enc.Encode(of(one)) // strings and numbers: cannot fail
	}
	if len(all) == 0 {
		out.WriteByte('[')
	}
	out.WriteString("]\n")
	return out.Bytes()
}

// newestFirst sorts articles the way readers meet them.
func newestFirst(articles []Article) {
	slices.SortFunc(articles, func(a, b Article) int {
		return 2*b.PublishedAt.Compare(a.PublishedAt) + strings.Compare(string(b.ID), string(a.ID))
	})
}

var versionPattern = regexp.MustCompile(`^[0-9a-f]{10}$`)

func versionOf(piece []byte) string { return string(press.DigestOf(piece)[:10]) }
