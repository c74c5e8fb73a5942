package site

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
	syntax "text/template/parse"
)

// pages are the parsed templates, one for each kind of page.
type pages struct {
	set    *template.Template
	digest string
}

// pageKinds is what the templates must define, and what each is given. Every kind is made once of sample values before
// anything is published (see tryPages), so that no page fails for the first time when an article is due.
var pageKinds = map[string]func() view{
	"archive":     func() view { return &listView{} },
	"article":     func() view { return &articleView{} },
	"around":      func() view { return &aroundView{} },
	"attachments": func() view { return &attachmentsView{} },
	"front":       func() view { return &frontView{} },
	"list":        func() view { return &listView{} },
	"missing":     func() view { return &missingView{} },
	"search":      func() view { return &searchView{} },
	"tree":        func() view { return &treeView{} },
	"turn":        func() view { return &turnView{} },
}

// view is what a template is given; wear gives it what all pages share, and structured data to those that have any.
type view interface {
	wear(c *chrome, data any)
}

func (b *basis) wear(c *chrome, data any)   { b.chrome, b.Style, b.Data = c, c.Style, data }
func (v *aroundView) wear(c *chrome, _ any) { v.chrome = c }
func (v *turnView) wear(c *chrome, _ any)   { v.chrome = c }

// parsePages reads the templates of a theme, and those of a school over them.
func parsePages(src sources, o own) (*pages, error) {
	set := template.New("site")
	for _, name := range templatesIn(src) {
		if _, err := set.New(name).Parse(string(src[name])); err != nil {
			return nil, fmt.Errorf("site: templates: %w", err)
		}
	}
	for kind := range pageKinds {
		if set.Lookup(kind) == nil {
			return nil, fmt.Errorf("site: templates: no %q", kind)
		}
	}
	if err := o.parse(set); err != nil {
		return nil, err
	}
	return &pages{set: set, digest: src.digest(o.files)}, nil
}

func templatesIn(files sources) []string {
	return slices.DeleteFunc(sortedKeys(files), func(name string) bool { return path.Ext(name) != ".html" })
}

// parse lays a school's templates over those of the theme. One that nothing uses was misspelt.
func (o own) parse(set *template.Template) error {
	usual := namesIn(set)
	for _, name := range templatesIn(o.files) {
		defined, err := definedIn(name, o.files[name])
		if err == nil {
			_, err = set.New(name).Parse(string(o.files[name]))
		}
		if err != nil {
			return o.explain(name, err)
		}
		for _, d := range sortedKeys(defined) {
			if line := defined[d].count; line > 0 {
				return o.bad(name, line, "a range counts to a number, which no page needs; let it go through a list", "range 不能对数字循环，请改为遍历列表")
			}
			if !defined[d].empty {
				continue
			}
			// One with nothing in it would leave the theme's in place; whoever wrote it wants nothing there.
			if _, err := set.New(d).Parse(`{{""}}`); err != nil {
				return o.explain(name, err)
			}
		}
	}
	if err := o.circles(set); err != nil {
		return err
	}
	return o.unused(set, usual)
}

// definition is a template within a file.
type definition struct {
	line  int
	count int // the line of a range that counts; see counting
	empty bool
}

// definedIn returns what a file defines. It does not know the functions that there are; parsing for good does.
func definedIn(name string, text []byte) (map[string]definition, error) {
	tree := syntax.New(name)
	tree.Mode = syntax.SkipFuncCheck
	set := map[string]*syntax.Tree{}
	if _, err := tree.Parse(string(text), "", "", set); err != nil {
		return nil, err
	}
	out := map[string]definition{}
	for n, t := range set {
		d := definition{empty: syntax.IsEmptyTree(t.Root), line: 1 + bytes.Count(text[:min(int(t.Root.Pos), len(text))], []byte("\n"))}
		d.count = counting(text, t.Root)
		if n != name {
			out[n] = d
		}
	}
	return out, nil
}

// unused refuses a template that the theme does not know and nothing calls.
func (o own) unused(set *template.Template, usual []string) error {
	called := map[string]bool{}
	for _, calls := range callsIn(set) {
		for _, name := range calls {
			called[name] = true
		}
	}
	for _, name := range templatesIn(o.files) {
		defined, err := definedIn(name, o.files[name])
		if err != nil {
			return o.explain(name, err)
		}
		for _, d := range sortedKeys(defined) {
			if called[d] || slices.Contains(usual, d) {
				continue
			}
			en, zh := "", ""
			if near := nearest(d, usual); near != "" {
				en, zh = "; perhaps "+near+" is meant", "，是否应为 "+near
			}
			return o.bad(name, defined[d].line, "no page uses the template \""+d+"\""+en, "没有页面使用模板“"+d+"”"+zh)
		}
	}
	return nil
}

func namesIn(set *template.Template) []string {
	var out []string
	for _, t := range set.Templates() {
		if path.Ext(t.Name()) == "" {
			out = append(out, t.Name())
		}
	}
	slices.Sort(out)
	return out
}

// walk calls f for a node and everything in it.
func walk(node syntax.Node, f func(syntax.Node)) {
	branch := func(b *syntax.BranchNode) {
		walk(b.List, f)
		if b.ElseList != nil {
			walk(b.ElseList, f)
		}
	}
	f(node)
	switch n := node.(type) {
	case *syntax.ListNode:
		if n != nil {
			for _, inner := range n.Nodes {
				walk(inner, f)
			}
		}
	case *syntax.IfNode:
		branch(&n.BranchNode)
	case *syntax.RangeNode:
		branch(&n.BranchNode)
	case *syntax.WithNode:
		branch(&n.BranchNode)
	}
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
