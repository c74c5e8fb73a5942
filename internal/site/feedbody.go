package site

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// feedBody returns the body of an article's page as feed readers show it: every address whole, one size of each picture, and
// nothing that only the site's own style and script mean something to, and the files of its attachments. "" if there is no such
// page.
func (s *Site) feedBody(w *writer, id press.ArticleID) (string, []string, error) {
	if known, ok := w.bodies[id]; ok {
		return known.body, known.files, nil
	}
	page, err := w.read(s.Path(id))
	if err != nil {
		return "", nil, err
	}
	is := feedPart{s.portable(bodyIn(page)), s.attached(page)}
	w.bodies[id] = is
	return is.body, is.files, nil
}

// feedPart is what feeds have of an article's page.
type feedPart struct {
	body  string
	files []string
}

// portableAttributes are those that mean the same everywhere.
var portableAttributes = map[string]bool{
	"href": true, "src": true, "alt": true, "width": true, "height": true, "lang": true, "colspan": true, "rowspan": true, "start": true,
	"datetime": true, "title": true, "scope": true,
}

func (s *Site) portable(body []byte) string {
	var out strings.Builder
	for z := html.NewTokenizer(bytes.NewReader(body)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return strings.TrimSpace(out.String())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Picture, atom.Source, atom.Button, atom.Svg, 0:
				continue
			}
			kept := t.Attr[:0]
			for _, a := range t.Attr {
				if !portableAttributes[a.Key] {
					continue
				}
				if (a.Key == "src" || a.Key == "href") && strings.HasPrefix(a.Val, "/") {
					a.Val = s.base.Scheme + "://" + s.base.Host + a.Val
				}
				kept = append(kept, a)
			}
			t.Attr = kept
			out.WriteString(t.String())
		case html.TextToken:
			out.Write(z.Raw())
		default: // comments
		}
	}
}
