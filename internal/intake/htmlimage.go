package intake

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// image places the photo that an <img> shows. Between the words of a paragraph it waits until the paragraph has ended;
// at a line of its own it stands there.
func (w *walker) image(n *html.Node) {
	picture, ok := w.picture(n)
	if !ok {
		return
	}
	p := piece{block: picture, line: w.line}
	s := w.sink
	if len(s.runs) > 0 && strings.HasSuffix(s.runs[len(s.runs)-1].Text, "\n") {
		w.flush()
	}
	if len(s.runs) > 0 {
		s.after = append(s.after, p)
		return
	}
	s.pieces = append(s.pieces, p)
}

// picture finds the photo behind an <img>: what it was before a web editor put it off (data-src), or its source.
func (w *walker) picture(n *html.Node) (press.Picture, bool) {
	source := ""
	for _, key := range []string{"data-src", "data-original", "src"} {
		if source = strings.TrimSpace(attr(n, key)); source != "" {
			break
		}
	}
	if source == "" {
		return press.Picture{}, false
	}
	digest, ok := w.source(source, n)
	if !ok {
		return press.Picture{}, false
	}
	name := w.d.shelf.nameOf(digest)
	picture := press.Picture{Photo: digest, Alt: caption(n, "alt", name), Caption: caption(n, "title", name)}
	if w.markdown && picture.Caption == "" {
		picture.Caption = picture.Alt // Markdown writes captions where HTML has its alternative text
		if w.d.own {
			picture.Alt = ""
		}
	}
	return picture, true
}

// caption reads a sentence about a picture. The numbered name of a file, which Word and cameras put there, says nothing.
func caption(n *html.Node, key, file string) string {
	text := strings.Join(strings.Fields(clean(attr(n, key))), " ")
	stem := foldedStem(text)
	numbered := strings.ContainsFunc(stem, isDigit) && (stem == foldedStem(file) || stem == foldedStem(attr(n, "src")))
	if isPhoto(text) || numbered {
		return ""
	}
	return text
}

func (w *walker) source(source string, n *html.Node) (press.Digest, bool) {
	switch {
	case hasScheme(source, "data"):
		return w.inside(source)
	case remote(source):
		w.d.noteRemote(source, w.line)
		return "", false
	}
	return w.local(source, n)
}

// local matches an address inside the parcel. A picture pasted from Word has a made-up address, and its real name, if
// any, beside it.
func (w *walker) local(source string, n *html.Node) (press.Digest, bool) {
	found := w.d.shelf.find(source)
	if path, _, cut := strings.Cut(source, "?"); cut && len(found) == 0 {
		found = w.d.shelf.find(path)
	}
	for _, key := range []string{"alt", "o:title", "title"} {
		if name := strings.TrimSpace(attr(n, key)); len(found) == 0 && name != "" {
			if found = w.d.shelf.find(name); len(found) == 0 {
				found = w.d.shelf.findStem(name)
			}
		}
	}
	return w.d.settle(found, source, w.line)
}

// remote reports whether an address is on another machine.
func remote(source string) bool {
	return strings.HasPrefix(source, "//") || hasScheme(source, "http") || hasScheme(source, "https") || hasScheme(source, "ftp")
}

func hasScheme(s, scheme string) bool {
	return len(s) > len(scheme) && s[len(scheme)] == ':' && strings.EqualFold(s[:len(scheme)], scheme)
}

func (d *draft) noteRemote(source string, line int) {
	d.made++
	where := at(line)
	d.notes.add("photo.remote", line, source, press.Text{
		EN: fmt.Sprintf("%s shows a picture from the web (%s), which is not fetched; open the page in a browser, save the picture and hand it in with the document or put it in by the editor.", where.EN, shown(source)),
		ZH: fmt.Sprintf("%s引用了网络图片（%s），不会自动下载。请在浏览器中打开原网页，把图片另存后随稿提交，或在编辑器中插入。", where.ZH, shown(source)),
	})
}

// inside takes a picture that the document carries as a data: address.
func (w *walker) inside(source string) (press.Digest, bool) {
	data, format := decodeData(source)
	if format == "" || len(w.d.shelf.files) >= w.d.shelf.most {
		where := at(w.line)
		w.d.notes.add("photo.embedded", w.line, "", press.Text{
			EN: fmt.Sprintf("%s carries a picture that cannot be taken along; hand it in as a PNG or JPEG file beside the document.", where.EN),
			ZH: fmt.Sprintf("%s内嵌的图片无法收入，请另存为 PNG 或 JPEG 文件随稿提交。", where.ZH),
		})
		return "", false
	}
	w.embedded++
	i := w.d.shelf.put(embedded(fmt.Sprintf("embedded-%d.%s", w.embedded, format), data))
	return w.d.shelf.place(i), true
}

// decodeData decodes a data: address and says by its first bytes which kind of picture it is; "" for any other.
func decodeData(source string) ([]byte, string) {
	head, body, ok := strings.Cut(source[len("data:"):], ",")
	if !ok {
		return nil, ""
	}
	body = unescape(body)
	data := []byte(body)
	if strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), "base64") {
		compact := strings.TrimRight(strings.Join(strings.Fields(body), ""), "=")
		decoded, err := base64.RawStdEncoding.DecodeString(compact)
		if err != nil {
			return nil, ""
		}
		data = decoded
	}
	return data, sniff(data)
}

func sniff(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "jpg"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return "gif"
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return "webp"
	}
	return ""
}

// figure gives its caption to the picture before it.
func (w *walker) figure(n *html.Node, ctx context) {
	w.flush()
	first := len(w.sink.pieces)
	caption := ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Figcaption && !dropped(c) {
			caption = strings.Join(strings.Fields(clean(visibleText(c))), " ")
			continue
		}
		w.node(c, ctx)
	}
	w.flush()
	for i := len(w.sink.pieces) - 1; i >= first && caption != ""; i-- {
		if picture, ok := w.sink.pieces[i].block.(press.Picture); ok {
			picture.Caption = caption
			w.sink.pieces[i].block = picture
			return
		}
	}
	if caption != "" {
		w.text(caption, ctx)
		w.flush()
	}
}

// visibleText is the text in an element without what is dropped.
func visibleText(n *html.Node) string {
	var out strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			out.WriteString(c.Data)
		case c.Type == html.ElementNode && !dropped(c):
			out.WriteString(visibleText(c))
		}
	}
	return out.String()
}
