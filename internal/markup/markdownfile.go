package markup

import (
	"strings"

	"newsdesk/internal/press"
)

// MarkdownFile writes a content as a Markdown document for other systems: front matter with the short fields, then the body
// in GFM. Photos link to what address answers for the n-th of the body, counted from 1; where it is nil or answers "", the
// photo's place is marked as in Clean. Tables with spans, which GFM has no form for, are HTML. It is read back by intake as
// the same article, but for colours and alignment, and galleries become single photos.
func MarkdownFile(c press.Content, address func(n int, p press.Picture) string) string {
	return frontMatter(c) + MarkdownBody(c.Body, address) + "\n"
}

// MarkdownBody is the body of MarkdownFile alone.
func MarkdownBody(b press.Body, address func(n int, p press.Picture) string) string {
	numbers, lang := PhotoNumbers(b), languageOf(b.Text())
	picture := func(p press.Picture) string {
		n := numbers[p.Photo]
		if address != nil {
			if to := address(n, p); to != "" {
				return linkedPicture(p, to)
			}
		}
		return escapeMarkdown(PhotoMark(n, p.Caption, lang), true)
	}
	return Markdown(b, func(i int) string {
		switch block := b.Blocks[i].(type) {
		case press.Picture:
			return picture(block)
		case press.Gallery:
			var photos []string
			for _, p := range block.Photos {
				photos = append(photos, picture(p))
			}
			return strings.Join(photos, "\n\n")
		case press.Table:
			if !plainTable(block) {
				w := clean{lang: lang}
				w.table(block)
				return strings.ReplaceAll(w.String(), "{", "&#123;")
			}
		}
		return ""
	})
}

// MarkdownLink is words that lead to an address.
func MarkdownLink(words, to string) string {
	return "[" + escapeMarkdown(strings.Join(strings.Fields(words), " "), false) + "](" + destination(to) + ")"
}

// linkedPicture is a picture that lies at an address.
func linkedPicture(p press.Picture, to string) string {
	return pictureAt(p, destination(to))
}

// plainTable reports whether a table is a grid of single cells under a header, which is all that GFM knows.
func plainTable(t press.Table) bool {
	for i, row := range t.Rows {
		if len(row) != len(t.Rows[0]) {
			return false
		}
		for j, cell := range row {
			if cell.ColSpan > 1 || cell.RowSpan > 1 || cell.Align != t.Rows[0][j].Align && i > 0 {
				return false
			}
		}
	}
	return t.Header && len(t.Rows) > 0 && len(t.Rows[0]) > 0
}

// frontMatter is YAML with every value in double quotes, in which JSON's escapes mean the same.
func frontMatter(c press.Content) string {
	var out strings.Builder
	out.WriteString("---\n")
	line := func(name, value string) {
		if value == "" {
			return
		}
		quoted, err := press.EncodeJSON(value)
		if err != nil {
			return // a string can always be written
		}
		out.WriteString(name + ": " + string(quoted) + "\n")
	}
	line("title", c.Title)
	line("push_title", c.PushTitle)
	line("subtitle", c.Subtitle)
	line("digest", c.Digest)
	if len(c.Column) > 0 {
		line("column", c.Column.String())
	}
	line("text", c.Credits.Text)
	line("photos", c.Credits.Photos)
	line("editor", c.Credits.Editor)
	line("reviewer", c.Credits.Reviewer)
	line("source", c.Credits.Source)
	out.WriteString("---\n\n")
	return out.String()
}
