package markup

import (
	"strconv"

	"newsdesk/internal/press"
)

// SitePicture is a photo as a website has it.
type SitePicture struct {
	Width, Height int      // of the largest source, in pixels
	Sources       []Source // smallest first
	WebP          []Source // the same in fewer bytes, for browsers that read WebP; smallest first, may be empty
}

// Source is one size of a picture.
type Source struct {
	URL   string
	Width int // in pixels
}

// fallbackWidth is about the size for a browser that does not choose between sources.
const fallbackWidth = 960

// fallback returns the largest source that is not over fallbackWidth, or else the smallest.
func (p SitePicture) fallback() string {
	best := p.Sources[0].URL
	for _, s := range p.Sources {
		if s.Width <= fallbackWidth {
			best = s.URL
		}
	}
	return best
}

func (w *site) figure(p press.Picture, sizes string) {
	w.raw("<figure>")
	w.img(p, sizes)
	if p.Caption != "" {
		w.raw("<figcaption>")
		w.line(captionText(p, w.captions))
		w.raw("</figcaption>")
	}
	w.raw("</figure>")
}

// img writes a picture. It always has alt, if only an empty one, because without it a screen reader reads the address. The
// first picture of a body is likely on the first screen, so only the later ones wait until they are scrolled to.
func (w *site) img(p press.Picture, sizes string) {
	picture := w.pictures[p.Photo]
	if len(picture.Sources) == 0 || picture.Sources[0].URL == "" {
		w.fail(missingPhoto(p))
		return
	}
	if len(picture.WebP) > 0 {
		w.raw(`<picture><source type="image/webp"`)
		w.attr("srcset", srcset(picture.WebP))
		w.attr("sizes", sizes)
		w.raw(">")
		defer w.raw("</picture>")
	}
	w.raw("<img")
	w.attr("src", picture.fallback())
	if len(picture.Sources) > 1 {
		w.attr("srcset", srcset(picture.Sources))
		w.attr("sizes", sizes)
	}
	if picture.Width > 0 && picture.Height > 0 {
		w.raw(` width="`, strconv.Itoa(picture.Width), `" height="`, strconv.Itoa(picture.Height), `"`)
	}
	w.attr("alt", p.Alt)
	if w.shown++; w.shown > 1 {
		w.raw(` loading="lazy"`)
	}
	w.raw(` decoding="async">`)
}

func srcset(sources []Source) string {
	out := ""
	for i, s := range sources {
		if i > 0 {
			out += ", "
		}
		out += s.URL + " " + strconv.Itoa(s.Width) + "w"
	}
	return out
}

// gallery writes figures side by side; the style sheet decides how many to a row.
func (w *site) gallery(g press.Gallery) {
	w.raw(`<div class="gallery">`)
	for _, p := range g.Photos {
		w.figure(p, gallerySizes)
	}
	w.raw("</div>")
}

// gallerySizes says that a picture of a gallery is half the text column wide.
const gallerySizes = "(max-width: 752px) 50vw, 360px"
