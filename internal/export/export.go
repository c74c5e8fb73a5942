package export

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Gallery gives an article's photos.
type Gallery interface {
	// InSizes returns every photo that a content shows by each recipe, in the recipes' order, made now if need be.
	InSizes(ctx context.Context, content press.Content, recipes []press.Recipe) (map[press.Digest][]press.Rendition, error)
	Rendition(ctx context.Context, digest press.Digest, recipe press.Recipe, frame press.Frame) (press.Rendition, error)
	// Read returns the bytes of a rendition, verified.
	Read(ctx context.Context, r press.Rendition) ([]byte, error)
}

// Files gives the bytes of attachments.
type Files interface {
	Open(ctx context.Context, file press.Digest) (io.ReadCloser, int64, error)
}

// Exporter makes exports. It is safe for concurrent use.
type Exporter struct {
	Gallery Gallery
	Files   Files
	Zone    *time.Location // of the office, for dates
}

// New makes an exporter; zone may be nil for UTC.
func New(gallery Gallery, files Files, zone *time.Location) *Exporter {
	if zone == nil {
		zone = time.UTC
	}
	return &Exporter{Gallery: gallery, Files: files, Zone: zone}
}

// Size is a width in which photos are exported; narrower photos are never enlarged.
type Size struct {
	Width  int // in pixels, at most
	Recipe press.Recipe
}

// Sizes lists the sizes there are, the largest first.
func Sizes() []Size {
	return []Size{{1600, press.Site1600}, {1080, press.WeChatBody}, {960, press.Site960}, {480, press.Site480}}
}

// pageSize is what page.html shows and the Word document carries: sharp on a page, and forty photos of it still go by mail.
func pageSize() Size { return Size{960, press.Site960} }

// ParseSizes reads widths like "1600,960"; an empty text means 1600 and 960. Invalid, "export.size", names what there is not.
func ParseSizes(s string) ([]Size, error) {
	if strings.TrimSpace(s) == "" {
		return []Size{Sizes()[0], pageSize()}, nil
	}
	var out []Size
	for word := range strings.SplitSeq(s, ",") {
		i := slices.IndexFunc(Sizes(), func(size Size) bool { return strconv.Itoa(size.Width) == strings.TrimSpace(word) })
		if i < 0 {
			return nil, press.Fail(press.Invalid, "export.size", press.Say(
				"Photos are not exported %.20q wide; choose among 1600, 1080, 960 and 480, with commas between.",
				"图片没有 %.20q 这种宽度，可选 1600、1080、960、480，用逗号分隔。", word))
		}
		if !slices.Contains(out, Sizes()[i]) {
			out = append(out, Sizes()[i])
		}
	}
	return out, nil
}

// Package is an export that is ready to be written.
type Package struct {
	press.Exported
	Name   string
	Sizes  []Size
	Lang   press.Lang // of what is said about the article; the article's own words stay as they are
	x      *Exporter
	stems  map[press.Digest]string
	photos map[press.Digest][]press.Rendition // in the order of Sizes
	page   map[press.Digest]press.Rendition   // for page.html and the Word document
	covers []press.Rendition
}

// Prepare makes what is missing of the photos' sizes and looks for the attachments. Errors are the gallery's, and
// "attachment.missing".
func (x *Exporter) Prepare(ctx context.Context, e press.Exported, sizes []Size, lang press.Lang) (*Package, error) {
	p := &Package{Exported: e, Name: x.Name(e), Sizes: sizes, Lang: lang, x: x, page: map[press.Digest]press.Rendition{}}
	content := e.Revision.Content
	if err := p.findAttachments(ctx); err != nil {
		return nil, err
	}
	p.stems = stems(content.Body)
	recipes := make([]press.Recipe, len(sizes), len(sizes)+1)
	for i, size := range sizes {
		recipes[i] = size.Recipe
	}
	onPage := slices.Index(recipes, pageSize().Recipe)
	if onPage < 0 {
		onPage, recipes = len(recipes), append(recipes, pageSize().Recipe)
	}
	made, err := x.Gallery.InSizes(ctx, content, recipes)
	if err != nil {
		return nil, err
	}
	p.photos = map[press.Digest][]press.Rendition{}
	for digest, list := range made {
		p.photos[digest], p.page[digest] = list[:len(sizes)], list[onPage]
	}
	if cover := content.Cover; cover.Photo != "" {
		for _, recipe := range []press.Recipe{press.CoverWide, press.CoverSquare} {
			r, err := x.Gallery.Rendition(ctx, cover.Photo, recipe, cover.Frame(recipe))
			if err != nil {
				return nil, err
			}
			p.covers = append(p.covers, r)
		}
	}
	return p, nil
}

// Photo is a photo as a page offers it beside its caption.
type Photo struct {
	press.Picture
	Number int
	Stem   string // the file's name without its ending
	Files  []File
}

// File is one size of a photo.
type File struct {
	Name string // to save it under
	Size Size
	press.Rendition
}

// Photos lists the photos of the body in order, each with the caption that stands first.
func (p *Package) Photos() []Photo {
	var out []Photo
	numbers := markup.PhotoNumbers(p.Revision.Content.Body)
	for _, picture := range p.Revision.Content.Body.Pictures() {
		n := numbers[picture.Photo]
		if n <= len(out) {
			if out[n-1].Caption == "" {
				out[n-1].Caption = picture.Caption
			}
			continue
		}
		photo := Photo{Picture: picture, Number: n, Stem: p.stems[picture.Photo]}
		for i, r := range p.photos[picture.Photo] {
			photo.Files = append(photo.Files, File{Name: photo.Stem + extension(r.ContentType), Size: p.Sizes[i], Rendition: r})
		}
		out = append(out, photo)
	}
	return out
}

// Write writes the zip.
func (p *Package) Write(ctx context.Context, w io.Writer) (err error) {
	defer press.Wrap(&err, "export %s, revision %d", p.Article.ID, p.Revision.Number)
	z := zip.NewWriter(w)
	texts := []struct{ name, text string }{
		{"fields.txt", p.fieldsFile()},
		{"paste.html", p.pastePage()},
		{"page.html", p.wholePage()},
		{"article.md", markup.MarkdownFile(p.Revision.Content, p.relative) + p.attachmentList()},
	}
	for _, t := range texts {
		if err := p.put(z, t.name, zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, t.text); return err }); err != nil {
			return err
		}
	}
	if err := p.put(z, "article.docx", zip.Store, func(w io.Writer) error { return p.WriteWord(ctx, w) }); err != nil {
		return err
	}
	for i, size := range p.Sizes {
		for _, digest := range p.Revision.Content.Body.Photos() {
			r := p.photos[digest][i]
			if err := p.putPhoto(ctx, z, photoPath(size, p.stems[digest], r), r); err != nil {
				return err
			}
		}
	}
	for _, r := range p.covers {
		if err := p.putPhoto(ctx, z, fmt.Sprintf("cover/%dx%d%s", r.Width, r.Height, extension(r.ContentType)), r); err != nil {
			return err
		}
	}
	if err := p.putAttachments(ctx, z); err != nil {
		return err
	}
	return z.Close()
}

func (p *Package) put(z *zip.Writer, name string, method uint16, write func(io.Writer) error) error {
	// Whole seconds in UTC: the time is kept in more than one form, and all of them then mean the same.
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: p.At().UTC().Truncate(2 * time.Second)})
	if err != nil {
		return err
	}
	return write(w)
}

func (p *Package) putPhoto(ctx context.Context, z *zip.Writer, name string, r press.Rendition) error {
	data, err := p.x.Gallery.Read(ctx, r)
	if err != nil {
		return err
	}
	return p.put(z, name, zip.Store, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// relative is the address of a photo from beside it in the zip.
func (p *Package) relative(_ int, picture press.Picture) string {
	list := p.photos[picture.Photo]
	best := -1
	for i, size := range p.Sizes { // the one made for pages, or else the smallest
		if i < len(list) && (best < 0 || size.Width == pageSize().Width || p.Sizes[best].Width != pageSize().Width && size.Width < p.Sizes[best].Width) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return photoPath(p.Sizes[best], p.stems[picture.Photo], list[best])
}
