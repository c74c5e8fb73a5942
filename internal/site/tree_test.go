package site

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tree reads every file that a web server would serve.
func tree(tb testing.TB, s *Site) map[string]string {
	tb.Helper()
	out := map[string]string{}
	fsys := os.DirFS(s.cfg.Dir)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if name == privateDir {
				return fs.SkipDir
			}
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		out[name] = string(data)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// diff names the files in which two trees differ.
func diff(a, b map[string]string) []string {
	var out []string
	for _, name := range sortedKeys(a) {
		if other, ok := b[name]; !ok {
			out = append(out, "- "+name)
		} else if other != a[name] {
			out = append(out, "≠ "+name)
		}
	}
	for _, name := range sortedKeys(b) {
		if _, ok := a[name]; !ok {
			out = append(out, "+ "+name)
		}
	}
	return out
}

// deadLinks returns the addresses within the site that a reader can come upon and that no file answers. Readers begin at
// the front page, at the feed, at the sitemap or at any article.
func deadLinks(tb testing.TB, s *Site, files map[string]string) []string {
	tb.Helper()
	var out []string
	todo := []string{"index.html", "404.html", "feed.xml", "sitemap.xml"}
	for name := range files {
		if articleIn(name) != "" {
			todo = append(todo, name)
		}
	}
	seen := map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, address := range addresses(tb, s, name, files[name]) {
			target, ok := targetOf(s, address)
			if _, there := files[target]; ok && !there {
				out = append(out, name+" → "+target)
			} else if ok {
				todo = append(todo, target)
			}
		}
	}
	return out
}

// targetOf returns the file that a web server answers an address with; false for an address elsewhere.
func targetOf(s *Site, address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" && u.Host != s.base.Host {
		return address, err != nil
	}
	target := strings.TrimPrefix(u.Path, s.base.Path)
	if target == "" || strings.HasSuffix(target, "/") {
		target = path.Join(target, "index.html")
	}
	return target, true
}

// known remembers the addresses in a file's text, because tests look at the same pages again and again.
var known sync.Map

func addresses(tb testing.TB, s *Site, name, text string) []string {
	tb.Helper()
	if out, ok := known.Load(name + text); ok {
		return out.([]string)
	}
	out := readAddresses(tb, s, name, text)
	known.Store(name+text, out)
	return out
}

func readAddresses(tb testing.TB, s *Site, name, text string) []string {
	tb.Helper()
	var out []string
	switch path.Ext(name) {
	case ".html":
		for _, n := range find(parse(tb, text), "a", "link", "img", "source") {
			eachSource(html.Token{Attr: n.Attr}, func(src string) { out = append(out, src) })
			if href := attrOf(n, "href"); !strings.HasPrefix(href, "#") {
				out = append(out, href)
			}
		}
		if r, ok := s.readRecord([]byte(text)); ok {
			for _, photo := range r.Photos {
				out = append(out, s.absolute(photo))
			}
		}
	case ".xml":
		for _, part := range strings.Split(text, "<loc>")[1:] {
			out = append(out, part[:strings.Index(part, "</loc>")])
		}
		for _, part := range strings.Split(text, `href="`)[1:] {
			out = append(out, part[:strings.Index(part, `"`)])
		}
	}
	return out
}

func parse(tb testing.TB, page string) *html.Node {
	tb.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// find returns the elements that match one of the selectors: a tag, .class, tag.class or tag[attribute=value].
func find(n *html.Node, selectors ...string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		for _, selector := range selectors {
			if d.Type == html.ElementNode && matches(d, selector) {
				out = append(out, d)
				break
			}
		}
	}
	return out
}

func matches(n *html.Node, selector string) bool {
	if tag, condition, ok := strings.Cut(strings.TrimSuffix(selector, "]"), "["); ok {
		key, value, _ := strings.Cut(condition, "=")
		return matches(n, tag) && attrOf(n, key) == value
	}
	tag, class, _ := strings.Cut(selector, ".")
	if tag != "" && n.DataAtom != atom.Lookup([]byte(tag)) {
		return false
	}
	return class == "" || strings.Contains(" "+attrOf(n, "class")+" ", " "+class+" ")
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textOf returns the words in an element with white space made single.
func textOf(n *html.Node) string {
	var out bytes.Buffer
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// one returns the single element that a selector finds.
func one(tb testing.TB, n *html.Node, selector string) *html.Node {
	tb.Helper()
	all := find(n, selector)
	if len(all) != 1 {
		tb.Fatalf("%d elements match %s, want 1", len(all), selector)
	}
	return all[0]
}
