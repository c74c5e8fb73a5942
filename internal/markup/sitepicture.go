package markup

import (
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// SitePicture is a photo as a website has it.
type SitePicture struct {
	Width, Height int      // of the largest source, in pixels
	Sources       []Source // smallest first
	WebP          []Source // the same in fewer bytes, for browsers that read WebP; smallest first, may be empty
	Large         string   // where the photo leads to, to be looked at in its full size; empty: nowhere
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

// tallRatio is from which height, as a part of the width, a photo is shown narrower, or it would not fit a window.
const tallRatio = 1.1

func (p SitePicture) tall() bool { return float64(p.Height) > tallRatio*float64(p.Width) }

// tallSizes says how wide the style sheet shows such a photo.
const tallSizes = "(max-width: 600px) 100vw, 520px"

func (w *site) figure(p press.Picture) {
	if w.pictures[p.Photo].tall() {
		w.framed(p, `<figure class="tall">`, tallSizes)
		return
	}
	w.framed(p, "<figure>", w.sizes)
}

func (w *site) framed(p press.Picture, tag, sizes string) {
	w.raw(tag)
	if w.pictures[p.Photo].Large != "" {
		w.raw(`<a class="zoom"`)
		w.attr("href", w.pictures[p.Photo].Large)
		w.attr("aria-label", w.zoomLabel(p))
		w.raw(">")
		w.img(p, sizes)
		w.raw("</a>")
	} else {
		w.img(p, sizes)
	}
	if p.Caption != "" {
		w.raw("<figcaption>")
		w.line(captionText(p, w.captions))
		w.raw("</figcaption>")
	}
	w.raw("</figure>")
}

// zoomLabel names the way to the large photo, also for a photo that nobody has described.
func (w *site) zoomLabel(p press.Picture) string {
	open := press.Say("Enlarge photo %d", "查看大图 %d", w.shown+1).In(w.lang)
	if p.Alt == "" {
		return open
	}
	return open + press.Say(": ", "：").In(w.lang) + p.Alt
}

// img writes a picture. It always has alt, if only an empty one, because without it a screen reader reads the address. The
// first picture of a body is likely on the first screen and what a reader waits for, so that it is fetched before others and
// only the later ones wait until they are scrolled to.
func (w *site) img(p press.Picture, sizes string) {
	picture := w.pictures[p.Photo]
	if len(picture.Sources) == 0 || picture.Sources[0].URL == "" {
		w.fail(missingPhoto(p))
		return
	}
	if len(picture.WebP) > 0 {
		w.raw("<picture>")
		w.webp(picture.WebP, sizes)
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
		w.raw(` loading="lazy" decoding="async">`)
		return
	}
	w.raw(` fetchpriority="high">`)
}

// On a phone, where a picture is as wide as the screen, it is shown with at most about two pixels to a point. More of them cannot
// be told apart there, and one with three would fetch four times the bytes.
const (
	phoneMedia = "(max-width: 600px)"
	phoneWidth = 800 // pixels
)

// webp writes the sources in WebP: for phones the small ones, for wider windows the largest of those and all above.
func (w *site) webp(sources []Source, sizes string) {
	wide, phones := strings.CutPrefix(sizes, phoneMedia+" 100vw, ")
	small := 0
	for small < len(sources) && sources[small].Width <= phoneWidth {
		small++
	}
	if phones && small > 0 && small < len(sources) {
		w.source(phoneMedia, sources[:small], "100vw")
		sources, sizes = sources[small-1:], wide
	}
	w.source("", sources, sizes)
}

func (w *site) source(media string, sources []Source, sizes string) {
	w.raw(`<source type="image/webp"`)
	if media != "" {
		w.attr("media", media)
	}
	w.attr("srcset", srcset(sources))
	w.attr("sizes", sizes)
	w.raw(">")
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

// gallery writes figures two to a row, below a first one across both where their number is odd; on a phone one below the other.
func (w *site) gallery(g press.Gallery) {
	w.raw(`<div class="gallery">`)
	for i, p := range g.Photos {
		sizes := gallerySizes
		if i == 0 && len(g.Photos)%2 == 1 {
			sizes = w.sizes
		}
		w.framed(p, "<figure>", sizes)
	}
	w.raw("</div>")
}

// gallerySizes says that a picture of a gallery is half the text column wide.
const gallerySizes = "(max-width: 600px) 100vw, (max-width: 800px) 46vw, 365px"
