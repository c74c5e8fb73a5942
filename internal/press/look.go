package press

import (
	"fmt"
	"slices"
)

// Watermark is the office's mark on the photos of a column's articles, laid over what readers see of them; WeChat's
// covers stay as they are.
type Watermark struct {
	Off     bool   `json:"off,omitempty"`     // none, also where an outer column has one; the rest is empty then
	Photo   Digest `json:"photo,omitempty"`   // the mark itself, a picture that was handed in; best a PNG that is see-through
	Corner  Corner `json:"corner,omitempty"`  // empty: at the bottom on the right
	Width   int    `json:"width,omitempty"`   // percent of the photo's width; 0: WatermarkWidth
	Opacity int    `json:"opacity,omitempty"` // percent; 0: WatermarkOpacity
}

// What a watermark is where it says nothing, and its bounds: larger or fainter, it is no mark.
const (
	WatermarkWidth   = 18
	WatermarkOpacity = 70

	minWatermarkWidth, maxWatermarkWidth = 5, 50
	minWatermarkOpacity                  = 10
)

// MaxWatermarkBytes is the largest file that is taken as a watermark: drawings and lettering are far smaller.
const MaxWatermarkBytes = 2_000_000

// Corner is where a watermark stands in a photo.
type Corner string

// The corners; the middle is one of them for offices that want it.
const (
	BottomRight Corner = "bottom-right"
	BottomLeft  Corner = "bottom-left"
	TopRight    Corner = "top-right"
	TopLeft     Corner = "top-left"
	Middle      Corner = "middle"
)

// Corners lists the corners, the usual one first.
func Corners() []Corner { return []Corner{BottomRight, BottomLeft, TopRight, TopLeft, Middle} }

// Name is the corner in words.
func (c Corner) Name() Text {
	switch c {
	case "", BottomRight:
		return Say("bottom right", "右下角")
	case BottomLeft:
		return Say("bottom left", "左下角")
	case TopRight:
		return Say("top right", "右上角")
	case TopLeft:
		return Say("top left", "左上角")
	case Middle:
		return Say("in the middle", "居中")
	}
	return Text{EN: string(c), ZH: string(c)}
}

// Full returns the watermark with what it leaves open filled in.
func (w Watermark) Full() Watermark {
	if w.Corner == "" {
		w.Corner = BottomRight
	}
	if w.Width == 0 {
		w.Width = WatermarkWidth
	}
	if w.Opacity == 0 {
		w.Opacity = WatermarkOpacity
	}
	return w
}

// Shown returns the watermark that photos carry; nil where there is none or it is off.
func (w *Watermark) Shown() *Watermark {
	if w == nil || w.Off {
		return nil
	}
	return w
}

// summary is the watermark in a few words.
func (w Watermark) summary() Text {
	if w.Off {
		return Say("no watermark", "不加水印")
	}
	return Text{EN: "watermark: " + w.Corner.Name().EN, ZH: "水印：" + w.Corner.Name().ZH}
}

// Key tells watermarks apart: equal marks have equal keys.
func (w Watermark) Key() string {
	w = w.Full()
	return string(DigestOf(fmt.Appendf(nil, "%s %s %d %d", w.Photo, w.Corner, w.Width, w.Opacity)))[:16]
}

func (w Watermark) check() error {
	full := w.Full()
	switch {
	case w.Off && w != Watermark{Off: true}:
		return Fail(Invalid, "watermark.off", Say("The watermark is off and is described all the same: leave out one of the two.",
			"水印已设为不加，却仍填写了水印内容，请去掉其中一项。"))
	case w.Off:
		return nil
	case !w.Photo.Valid():
		return Fail(Invalid, "watermark.photo", Say("The watermark has no picture: choose one.", "请选择水印图片。"))
	case !slices.Contains(Corners(), full.Corner):
		return Fail(Invalid, "watermark.corner", Say("The watermark cannot stand at %q: choose one of the places offered.",
			"水印位置“%s”无效，请从列表中选择。", clip(string(w.Corner), 40)))
	case full.Width < minWatermarkWidth || full.Width > maxWatermarkWidth:
		return Fail(Invalid, "watermark.width", Say("The watermark is %d%% of a photo's width; it may be %d%% to %d%%.",
			"水印宽度为图片宽度的 %d%%，应为 %d%% 至 %d%%。", w.Width, minWatermarkWidth, maxWatermarkWidth))
	case full.Opacity < minWatermarkOpacity || full.Opacity > 100:
		return Fail(Invalid, "watermark.opacity", Say("The watermark's opacity is %d%%; it may be %d%% to 100%%.",
			"水印不透明度为 %d%%，应为 %d%% 至 100%%。", w.Opacity, minWatermarkOpacity))
	}
	return nil
}

// CaptionStyle is how the captions of a column's articles are set. The empty one states nothing: an outer column's holds, or
// else the theme's.
type CaptionStyle string

// The styles of captions.
const (
	CaptionTheme  CaptionStyle = "theme"  // as the theme has them
	CaptionMarked CaptionStyle = "marked" // ▲ in front
	CaptionLeft   CaptionStyle = "left"   // at the left edge
)

// CaptionStyles lists the styles, the theme's own first.
func CaptionStyles() []CaptionStyle {
	return []CaptionStyle{CaptionTheme, CaptionMarked, CaptionLeft}
}

// CaptionMark stands in front of a caption that is marked.
const CaptionMark = "▲ "

// Name is the style in words.
func (s CaptionStyle) Name() Text {
	switch s {
	case "", CaptionTheme:
		return Say("as in the theme", "按主题样式")
	case CaptionMarked:
		return Say("▲ in front", "前加 ▲")
	case CaptionLeft:
		return Say("left-aligned", "左对齐")
	}
	return Text{EN: string(s), ZH: string(s)}
}

func (s CaptionStyle) check() error {
	if s != "" && !slices.Contains(CaptionStyles(), s) {
		return Fail(Invalid, "caption.style", Say("There is no caption style %q: choose one of those offered.",
			"图注样式“%s”无效，请从列表中选择。", clip(string(s), 40)))
	}
	return nil
}
