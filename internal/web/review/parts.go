package review

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/compare"
	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// part is one block of the body as the page shows it, with what was remarked about it.
type part struct {
	Where    string // names it to comments
	N        int    // from 1; 0: it is not in this revision
	HTML     template.HTML
	Photos   int // of a gallery
	Comments []press.PlacedComment
	Resolved []press.PlacedComment
	Said     string // what was typed and refused
	Open     bool   // its form
	Block    compare.Block
	Kind     string
	Making   []making // of the photos in it
	Quiet    int      // of a run of unchanged blocks: how many, said at the first; -1 at the others
}

// Differs reports whether there is something to show in the view of changes.
func (p part) Differs() bool { return p.Block.Op != compare.Same || p.Block.Moved }

// Numbers count a gallery's photos, from 0.
func (p part) Numbers() []int {
	out := make([]int, p.Photos)
	for i := range out {
		out[i] = i
	}
	return out
}

// quietFrom is how many unchanged blocks in a row are folded in the view of changes.
const quietFrom = 3

// parts renders the body block by block.
func (h handlers) parts(r *page.Request, d *reading) error {
	content := d.Revision.Content
	shown := content.Photos()
	if d.Before != nil {
		shown = append(shown, d.Before.Content.Photos()...)
	}
	photos, err := h.Store.Photos(r.Context(), shown)
	if err != nil {
		return err
	}
	w := blockWriter{pictures: map[press.Digest]markup.SitePicture{}, lang: press.Lang(d.Lang)}
	for _, digest := range shown {
		w.pictures[digest] = pictureOf(photos[digest], digest)
	}
	var blocks []compare.Block
	if d.View == viewChanges {
		blocks = d.Diff.Blocks
	} else {
		for i, b := range content.Body.Blocks {
			blocks = append(blocks, compare.Block{Op: compare.Same, From: i, To: i, Before: b, After: b})
		}
	}
	for _, b := range blocks {
		p, err := w.part(b)
		if err != nil {
			return err
		}
		if p.N > 0 && b.After != nil {
			p.Making = makingOf(r, digestsOf(b.After), photos)
		}
		p.add(d)
		d.Parts = append(d.Parts, p)
	}
	if cover := content.Cover.Photo; cover != "" && !slices.Contains(content.Body.Photos(), cover) {
		d.CoverMaking = makingOf(r, []press.Digest{cover}, photos)
	}
	if d.View == viewChanges {
		fold(d.Parts)
	}
	return nil
}

// pictureOf offers the sizes that a page of ours asks for. A photo that is not there keeps its place by its words.
func pictureOf(original press.Photo, digest press.Digest) markup.SitePicture {
	var out markup.SitePicture
	for _, recipe := range []press.Recipe{press.Site480, press.Site960} {
		w, h := photo.SizeOf(recipe, max(original.Width, 1), max(original.Height, 1))
		if n := len(out.Sources); n > 0 && out.Sources[n-1].Width == w {
			continue
		}
		out.Sources = append(out.Sources, markup.Source{URL: photoAddress(digest, recipe), Width: w})
		out.Width, out.Height = w, h
	}
	if original.Width == 0 {
		out.Width, out.Height = 0, 0
	}
	return out
}

func photoAddress(digest press.Digest, recipe press.Recipe) string {
	return "/photos/" + string(digest) + "/" + string(recipe)
}

// Wide is the address of a cover as the headline shows it; empty where there is none.
func (d *reading) Wide(c press.Cover) string {
	if c.Photo == "" {
		return ""
	}
	return photoAddress(c.Photo, press.CoverWide) + "?frame=" + url.QueryEscape(c.Frame(press.CoverWide).String())
}

type blockWriter struct {
	pictures map[press.Digest]markup.SitePicture
	lang     press.Lang
	n        int // blocks so far
	shown    int // pictures so far
}

func (w *blockWriter) part(b compare.Block) (part, error) {
	block := b.After
	if block == nil {
		block = b.Before
	}
	p := part{Block: b, Kind: press.BlockType(block), Where: b.Where(), N: b.To + 1}
	if g, ok := block.(press.Gallery); ok {
		p.Photos = len(g.Photos)
	}
	html, err := w.html(block)
	p.HTML = html
	return p, err
}

// html renders one block as the website will. Each is a text of its own to the renderer, so what must be told apart on one
// page, and what must not load before it is seen, is settled here; the renderer escapes both marks in all text.
func (w *blockWriter) html(block press.Block) (template.HTML, error) {
	html, err := markup.Site(press.Body{Blocks: []press.Block{block}}, w.pictures, markup.SiteOptions{
		Lang: w.lang, Sizes: "(max-width: 46rem) 92vw, 42rem",
	})
	if err != nil {
		return "", err
	}
	w.n++
	for _, tag := range []string{"h2", "h3", "h4"} {
		html = strings.Replace(html, "<"+tag+` id="h-`, fmt.Sprintf(`<%s id="b%d-`, tag, w.n), 1)
	}
	if w.shown > 0 {
		html = strings.Replace(html, ` decoding="async">`, ` loading="lazy" decoding="async">`, 1)
	}
	w.shown += len(press.Body{Blocks: []press.Block{block}}.Pictures())
	return page.Markup(html), nil
}

// add puts the remarks about the block beside it, and the form that is to be open.
func (p *part) add(d *reading) {
	if p.N == 0 {
		return
	}
	of := func(where string) bool { return where == p.Where || strings.HasPrefix(where, p.Where+".") }
	for _, c := range d.Comments {
		switch {
		case c.Gone || !of(c.Now):
		case c.Resolved():
			p.Resolved = append(p.Resolved, c)
		default:
			p.Comments = append(p.Comments, c)
		}
	}
	if d.Typed.Where != "" && of(d.Typed.Where) {
		p.Open, p.Said = true, d.Typed.Comment
	}
}

// fold marks the runs of unchanged blocks that nobody has remarked on.
func fold(parts []part) {
	begin := 0
	for i := 0; i <= len(parts); i++ {
		if i < len(parts) && !parts[i].Differs() && len(parts[i].Comments) == 0 && !parts[i].Open {
			continue
		}
		if i-begin >= quietFrom {
			parts[begin].Quiet = i - begin
			for k := begin + 1; k < i; k++ {
				parts[k].Quiet = -1
			}
		}
		begin = i + 1
	}
}

// Runs are the parts in groups: those that are folded together, and each other one by itself.
func (d *reading) Runs() [][]part {
	var out [][]part
	for i := 0; i < len(d.Parts); i++ {
		n := max(d.Parts[i].Quiet, 1)
		out = append(out, d.Parts[i:i+n])
		i += n - 1
	}
	return out
}

// About are the remarks about a short field, the cover or the body as a whole.
func (d *reading) About(where string) []press.PlacedComment {
	var out []press.PlacedComment
	for _, c := range d.Comments {
		if !c.Gone && c.Now == where {
			out = append(out, c)
		}
	}
	return out
}

// PhotoOf is which photo of a gallery a remark is about, from 1; 0 where it is about the whole part.
func (d *reading) PhotoOf(c press.PlacedComment) int {
	_, photo, ok := strings.Cut(c.Now, ".photos[")
	n, err := strconv.Atoi(strings.TrimSuffix(photo, "]"))
	if !ok || err != nil {
		return 0
	}
	return n + 1
}

// May reports whether a person may settle a remark.
func (d *reading) May(by press.Actor, c press.PlacedComment) bool {
	return press.CanSettle(by, d.Article, c.Comment) == nil
}

// Heads are the short fields that the reader's view shows above the body, those that say something.
func (d *reading) Heads() []field {
	c := d.Revision.Content
	var out []field
	for _, f := range []field{
		{"correction", "review.correction", c.Correction},
		{"push_title", "review.push_title", c.PushTitle},
		{"digest", "review.digest", c.Digest},
		{"column", "review.column", c.Column.String()},
		{"credits", "review.credits", creditLine(c, press.Lang(d.Lang))},
	} {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

type field struct{ Where, Key, Text string }

func creditLine(c press.Content, lang press.Lang) string {
	var out []string
	for _, credit := range markup.Credits(c.Credits, lang) {
		out = append(out, credit.Label+" "+credit.Name)
	}
	return strings.Join(out, " · ")
}
