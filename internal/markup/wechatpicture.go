package markup

import (
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// columnWidth is how wide WeChat's text column is on a computer, in pixels. A phone's is narrower.
const columnWidth = 677

func (w *wechat) picture(p press.Picture) {
	image := w.image(p)
	w.raw("<section", w.css.picture, ">")
	attr := w.css.photo
	if image.Width > 0 && image.Width < columnWidth {
		attr = w.theme.photoOf(image.Width)
	}
	w.photo(p, image, attr)
	w.caption(p, w.css.caption, w.css.captionLeft)
	w.raw("</section>")
}

// image looks up a photo. In a preview one that is not there has no address.
func (w *wechat) image(p press.Picture) Image {
	image := w.pictures[p.Photo]
	if image.URL == "" && !w.preview {
		w.fail(missingPhoto(p))
	}
	return image
}

func missingPhoto(p press.Picture) error {
	return press.Fail(press.Internal, "render.photo", press.Say(
		"The photo %[1]s (%[2]q) has no address at the target yet, so the article cannot be rendered.",
		"图片 %[1]s（%[2]q）在目标渠道还没有地址，无法排版。", p.Photo.Short(), p.Caption))
}

func (w *wechat) photo(p press.Picture, image Image, attr string) {
	if image.URL == "" {
		w.raw(`<section style="padding:25% 0;background:#eee;color:#767676;text-align:center">`)
		w.line(press.Say("photo", "图片").In(w.lang) + " " + p.Photo.Short())
		w.raw("</section>")
		return
	}
	w.raw("<img")
	w.attr("src", image.URL)
	if p.Alt != "" {
		w.attr("alt", p.Alt)
	}
	w.raw(attr, ">")
}

func (w *wechat) caption(p press.Picture, attr, left string) {
	if p.Caption == "" {
		return
	}
	if w.captions == press.CaptionLeft {
		attr = left
	}
	w.raw("<section", attr, ">")
	w.line(captionText(p, w.captions))
	w.raw("</section>")
}

// captionText is what stands under a picture. A caption that has its mark already does not get another.
func captionText(p press.Picture, style press.CaptionStyle) string {
	if style == press.CaptionMarked && !strings.HasPrefix(p.Caption, strings.TrimSpace(press.CaptionMark)) {
		return press.CaptionMark + p.Caption
	}
	return p.Caption
}

// gallery shows photos in rows. Cells share a row's width by the shapes of their photos, so all in a row are equally
// high without being cropped.
func (w *wechat) gallery(g press.Gallery) {
	w.raw("<section", w.css.picture, ">")
	for _, row := range galleryRows(g.Photos, w.shape) {
		w.raw("<section", w.css.gallery, ">")
		for i, p := range row {
			w.cellOfGallery(p, i > 0)
		}
		w.raw("</section>")
	}
	w.raw("</section>")
}

func (w *wechat) cellOfGallery(p press.Picture, apart bool) {
	left := ""
	if apart {
		left = "margin-left:" + w.theme.Picture.Gap.css()
	}
	share := strconv.FormatFloat(w.shape(p), 'f', 2, 64)
	w.raw("<section", style("flex:"+share, "min-width:0", left), ">")
	w.photo(p, w.image(p), w.css.photo)
	w.caption(p, w.css.captions, w.css.captionsLeft)
	w.raw("</section>")
}

// shape is a photo's width over its height, kept between a tall and a wide strip.
func (w *wechat) shape(p press.Picture) float64 {
	image := w.pictures[p.Photo]
	return shapeOf(image.Width, image.Height)
}

func shapeOf(width, height int) float64 {
	if width <= 0 || height <= 0 {
		return 1.5
	}
	return min(max(float64(width)/float64(height), 0.4), 3)
}

// galleryRows puts photos in rows of two. The last of an odd number has a row for itself if it is wide; a tall one would
// fill the screen and joins the two before it.
func galleryRows(photos []press.Picture, shape func(press.Picture) float64) [][]press.Picture {
	var rows [][]press.Picture
	for len(photos) > 0 {
		n := min(2, len(photos))
		if len(photos) == 3 && shape(photos[2]) < 1 {
			n = 3
		}
		rows = append(rows, photos[:n])
		photos = photos[n:]
	}
	return rows
}
