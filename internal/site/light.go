package site

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// leadWidth bounds what the front page offers of its large picture, in pixels: twice its room on a phone.
const leadWidth = " 1600w"

// lightLead gives the front page what the page of its lead has: its picture in WebP, because whoever opens the front page waits
// for that longest, and what is shown where it is passed on. The archive knows of neither, because both are made after the
// article went live; the page does.
func (s *Site) lightLead(w *writer, lead *entryView, passed *share) error {
	if lead == nil || lead.Thumb == "" {
		return nil
	}
	page, err := w.read(s.nameOf(lead.URL))
	if err != nil || page == nil {
		return err
	}
	lead.Light = webpBeside(page, lead.Thumb)
	shownOf(page, passed)
	return nil
}

// shownOf takes over the picture that an article's page names for where it is passed on.
func shownOf(page []byte, to *share) {
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		if z.Next() == html.ErrorToken {
			return
		}
		t := z.Token()
		if t.DataAtom == atom.Body {
			return
		}
		switch is := attr(t, "content"); attr(t, "property") {
		case "og:image":
			to.Image = is
		case "og:image:width":
			to.ImageWidth, _ = strconv.Atoi(is) // ours; 0 says that it is not known
		case "og:image:height":
			to.ImageHeight, _ = strconv.Atoi(is)
		case "og:image:alt":
			to.ImageAlt = is
		}
	}
}

// webpBeside returns the sources in WebP that a page offers for the same picture as a JPEG file, but the largest; "" for none.
func webpBeside(page []byte, jpeg string) string {
	var sources []string
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
			sources = nil
		case atom.Source: // for phones, and for wider windows
			for one := range strings.SplitSeq(attr(t, "srcset"), ", ") {
				if one != "" && !strings.HasSuffix(one, leadWidth) && !slices.Contains(sources, one) {
					sources = append(sources, one)
				}
			}
		case atom.Img:
			if strings.Contains(attr(t, "srcset"), jpeg+" ") {
				return strings.Join(sources, ", ")
			}
			sources = nil
		}
	}
}
