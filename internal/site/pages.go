package site

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"slices"

	"newsdesk/internal/press"
)

//go:embed templates
var templateFiles embed.FS

// pages are the parsed templates, one for each kind of page.
type pages struct {
	set    *template.Template
	digest string
}

// pageKinds is what the templates must define; parsing checks it, so that no page fails for the first time when an
// article is due.
var pageKinds = []string{"article", "around", "front", "list", "missing", "tree"}

func loadPages() (*pages, error) {
	set, err := template.New("site").ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("site: templates: %w", err)
	}
	for _, kind := range pageKinds {
		if set.Lookup(kind) == nil {
			return nil, fmt.Errorf("site: templates: no %q", kind)
		}
	}
	var all []byte
	names, _ := fs.Glob(templateFiles, "templates/*.html")
	for _, name := range names {
		data, err := templateFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("site: templates: %w", err)
		}
		all = append(all, data...)
	}
	return &pages{set: set, digest: string(press.DigestOf(all))}, nil
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
