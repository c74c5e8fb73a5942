package site

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
)

// pages are the parsed templates, one for each kind of page.
type pages struct {
	set    *template.Template
	digest string
}

// pageKinds is what the templates must define; parsing checks it, so that no page fails for the first time when an
// article is due.
var pageKinds = []string{"article", "around", "front", "list", "missing", "tree"}

// parsePages reads the templates of a theme, and those of a school over them.
func parsePages(src, own sources) (*pages, error) {
	set := template.New("site")
	for _, from := range []sources{src, own} {
		for _, name := range sortedKeys(from) {
			if path.Ext(name) != ".html" {
				continue
			}
			if _, err := set.New(name).Parse(string(from[name])); err != nil {
				return nil, err
			}
		}
	}
	for _, kind := range pageKinds {
		if set.Lookup(kind) == nil {
			return nil, fmt.Errorf("no template %q", kind)
		}
	}
	return &pages{set: set, digest: src.digest(own)}, nil
}

// render makes a whole page in memory, so that a failure half-way leaves nothing behind.
func (p *pages) render(kind string, view any) ([]byte, error) {
	var out bytes.Buffer
	if err := p.set.ExecuteTemplate(&out, kind, view); err != nil {
		return nil, fmt.Errorf("site: render %s: %w", kind, err)
	}
	return out.Bytes(), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
