package photo

import (
	"math"

	"newsdesk/internal/press"
)

// masterWidth is the width of the picture that all renditions but deep crops are made from: that of the widest recipe.
const masterWidth = 1600

// Recipe is a way of making renditions. A recipe that changes what it makes must raise its Version.
type Recipe struct {
	Name    press.Recipe
	Version int
	// Width is the greatest width; narrower pictures are never enlarged. Of a recipe that crops, Width and Height are
	// exact: WeChat fails to crop covers that are small or oddly shaped, so small photos are enlarged to its size.
	Width, Height int
	Crop          bool
	Quality       int // JPEG quality to begin with; lowered until MaxBytes is met
	MaxBytes      int // 0 is unlimited; of a photo in WebP an aim, see webpSoftest
	// KeepPNG leaves drawings and transparent pictures in PNG while they are small; otherwise they become JPEG on white.
	KeepPNG bool
	WebP    bool // written in WebP, whatever the photo is; Quality is of its own scale
}

// The quality at which JPEG artefacts are hard to find on a phone, and the lowest before making a picture smaller is better.
const (
	usualQuality  = 82
	lowestQuality = 46
	maxPNG        = 512 << 10
)

// What programs that show a page's picture ask for, 1.91:1 (developers.facebook.com/docs/sharing/webmasters/images), and a size
// that all of them take; some leave larger files out.
const (
	ShareWidth  = 1200
	ShareHeight = 630
	maxShare    = 300_000
)

// Limits of WeChat: a picture within an article is refused from 1 MB on, a thumb above 64 KB. Both are taken in the smaller
// reading, of a thousand bytes to a KB, which satisfies the larger one too.
const (
	maxBody  = 1_000_000 - 1
	maxThumb = 64_000
)

// Lookup finds a recipe by its name.
func Lookup(name press.Recipe) (Recipe, bool) {
	for _, r := range Recipes() {
		if r.Name == name {
			return r, true
		}
	}
	return Recipe{}, false
}

// Recipes lists all recipes, widest first.
func Recipes() []Recipe {
	return []Recipe{
		{Name: press.Site1600, Version: 2, Width: 1600, Quality: usualQuality, KeepPNG: true},
		{Name: press.Site1600WebP, Version: 1, Width: 1600, Quality: webpQuality, WebP: true},
		{Name: press.SiteShare, Version: 1, Width: ShareWidth, Height: ShareHeight, Crop: true, Quality: usualQuality, MaxBytes: maxShare},
		{Name: press.WeChatBody, Version: 2, Width: 1080, Quality: usualQuality, MaxBytes: maxBody, KeepPNG: true},
		{Name: press.Site960, Version: 2, Width: 960, Quality: usualQuality, KeepPNG: true},
		{Name: press.Site960WebP, Version: 1, Width: 960, Quality: webpQuality, WebP: true},
		{Name: press.CoverWide, Version: 2, Width: 900, Height: 383, Crop: true, Quality: usualQuality, MaxBytes: maxBody},
		{Name: press.CoverSquare, Version: 2, Width: 500, Height: 500, Crop: true, Quality: usualQuality, MaxBytes: maxBody},
		{Name: press.Site768WebP, Version: 2, Width: 768, Quality: webpColumnQuality, MaxBytes: webpPhoneBytes, WebP: true},
		{Name: press.Site480, Version: 2, Width: 480, Quality: usualQuality, KeepPNG: true},
		{Name: press.Site480WebP, Version: 2, Width: 480, Quality: webpQuality, MaxBytes: webpPhoneBytes, WebP: true},
		{Name: press.Thumb, Version: 2, Width: 360, Quality: usualQuality, MaxBytes: maxThumb},
	}
}

// Key says exactly which rendition a recipe makes of a photo in a frame, before it is made.
func (r Recipe) Key(photo press.Digest, frame press.Frame) press.RenditionKey {
	key := press.RenditionKey{Photo: photo, Recipe: r.Name, Version: r.Version}
	if r.Crop {
		key.Frame = normalFrame(frame).String()
	}
	return key
}

// normalFrame gives a frame about which nothing is said its meaning, the centre.
func normalFrame(f press.Frame) press.Frame {
	if f.Focus == (press.Point{}) {
		f.Focus = press.Centre().Focus
	}
	return f
}

// checkFrame refuses frames that lie outside the picture, and those that are no numbers.
func checkFrame(name string, f press.Frame) error {
	inside := f.Focus.X >= 0 && f.Focus.X <= 1 && f.Focus.Y >= 0 && f.Focus.Y <= 1
	if inside && (f.Crop == nil || f.Crop.Valid()) {
		return nil
	}
	return press.Fail(press.Invalid, "photo.frame", press.Say(
		"The crop chosen for %q lies outside the picture: choose it again.", "为“%s”选择的裁切超出了图片，请重新选择。", name))
}

// size returns a rendition's dimensions, from those of the picture as displayed.
func (r Recipe) size(w, h int) (int, int) {
	if r.Crop {
		return r.Width, r.Height
	}
	if w <= r.Width {
		return w, h
	}
	return r.Width, scaled(h, r.Width, w)
}

// scaled is n·to/from, rounded, and at least one pixel.
func scaled(n, to, from int) int {
	return max(1, (n*to+from/2)/from)
}

// part returns what the recipe keeps of a picture of w × h pixels, in fractions of it.
func (r Recipe) part(f press.Frame, w, h int) region {
	if !r.Crop {
		return whole
	}
	f = normalFrame(f)
	within, focusX, focusY := whole, f.Focus.X, f.Focus.Y
	if f.Crop != nil {
		within = region{f.Crop.X1, f.Crop.Y1, f.Crop.X2, f.Crop.Y2}
		focusX, focusY = (within.x0+within.x1)/2, (within.y0+within.y1)/2
	}
	// the largest part of the right proportions; in fractions, so the picture's own proportions come in
	ratio := float64(r.Width) / float64(r.Height) * float64(h) / float64(w)
	pw := math.Min(within.width(), within.height()*ratio)
	ph := pw / ratio
	x := min(max(focusX-pw/2, within.x0), within.x1-pw)
	y := min(max(focusY-ph/2, within.y0), within.y1-ph)
	return region{x, y, x + pw, y + ph}
}
