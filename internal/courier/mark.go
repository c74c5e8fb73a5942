package courier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

// draftMark sums up what a draft says to a reader. WeChat does not give back what it was given (addresses, styles and
// quotes change), so only the visible words, the number of pictures and the short fields are compared.
func draftMark(d press.PushDraft) string {
	sum := sha256.New()
	for _, a := range d.Articles {
		text, pictures := visible(a.HTML)
		fmt.Fprintf(sum, "%q %q %q %q %d\n", a.Title, a.Author, a.SourceURL, text, pictures)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// visible returns a fragment's words, without white space, and counts its pictures.
func visible(fragment string) (text string, pictures int) {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String(), pictures
		case html.TextToken:
			out.WriteString(strings.Join(strings.Fields(string(z.Text())), ""))
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "img" {
				pictures++
			}
		}
	}
}
