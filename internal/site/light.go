package site

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// leadWidth bounds what the front page offers of its large picture, in pixels: twice its room on a phone.
const leadWidth = " 1600w"

// lightLead gives a lead its picture in WebP, where the article's own page offers it: whoever opens the front page waits for
// that picture longest. The archive does not know of it, because it is made after the article went live; the page does.
func (s *Site) lightLead(w *writer, lead *entryView) error {
	if lead == nil || lead.Thumb == "" {
		return nil
	}
	page, err := w.read(s.nameOf(lead.URL))
	if err != nil || page == nil {
		return err
	}
	lead.Light = webpBeside(page, lead.Thumb)
	return nil
}

// webpBeside returns the sources in WebP that a page offers for the same picture as a JPEG file, but the largest; "" for none.
func webpBeside(page []byte, jpeg string) string {
	sources := ""
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		switch t := z.Token(); t.DataAtom {
		case atom.Picture:
			sources = ""
		case atom.Source:
			sources = attr(t, "srcset")
		case atom.Img:
			if strings.Contains(attr(t, "srcset"), jpeg+" ") {
				list := slices.DeleteFunc(strings.Split(sources, ", "), func(one string) bool { return strings.HasSuffix(one, leadWidth) })
				return strings.Join(list, ", ")
			}
			sources = ""
		}
	}
}
