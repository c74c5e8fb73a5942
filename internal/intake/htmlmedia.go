package intake

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// isMedia reports whether an element plays something, or stands for what only WeChat's own pages can show: sound, a film, a
// card of an account or of a small program.
func isMedia(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Video, atom.Audio, atom.Embed:
		return true
	case atom.Iframe:
		return strings.Contains(attr(n, "class"), "video") || strings.Contains(attr(n, "data-src")+attr(n, "src"), "video")
	case 0:
		return strings.HasPrefix(n.Data, "mp-") || n.Data == "mpvoice" || n.Data == "qqmusic"
	}
	return false
}

// noteMedia says once how much of that a document had.
func (d *draft) noteMedia() {
	if d.media == 0 {
		return
	}
	d.notes.add("media.left", 0, "", press.Say(
		"The document shows %d videos, sounds or cards, which cannot be taken along; insert them in WeChat's editor afterwards, or leave the text that mentions them out.",
		"文档中有 %d 处视频、音频或卡片无法带入，请发布前在公众号后台插入，或删去相关文字。", d.media))
	d.media = 0
}

func isDrawing(n *html.Node) bool { return n.DataAtom == atom.Svg || n.Data == "svg" }

// Web editors (135, 秀米) show some pictures as the background of an empty box or of an empty drawing.
var backgroundURL = regexp.MustCompile(`(?i)background(?:-image)?\s*:[^;]{0,200}?url\(\s*["']?(data:image/[^"')]+|(?:https?:)?//[^"')\s]+)`)

// background places the picture that an element without words shows as its background. Behind words it is only decoration.
func (w *walker) background(n *html.Node) {
	style := attr(n, "style")
	if len(style) > maxBackground || !strings.Contains(style, "url(") {
		return
	}
	found := backgroundURL.FindStringSubmatch(style)
	if found == nil || hidden(n) || showsMore(n) {
		return
	}
	digest, ok := w.source(found[1], n)
	if ok {
		w.flush()
		w.sink.pieces = append(w.sink.pieces, piece{block: press.Picture{Photo: digest}, line: w.line})
	}
}

// maxBackground bounds a style attribute that may carry a whole picture.
const maxBackground = 40 << 20

// showsMore reports whether words or pictures are inside an element.
func showsMore(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img || c.Type == html.TextNode && !isBlank(c.Data) {
			return true
		}
	}
	return false
}
