package site

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// A theme is the look of the whole site: templates of its own for what it lays out differently, over those that all
// themes share, a style sheet and the tokens that it is made with.
//
//go:embed templates assets themes
var builtIn embed.FS

// theme names what a look is put together from; later files win over earlier ones.
type theme struct {
	folders []string // within themes, of which each may hold templates, tokens.css, theme.css and icon.svg
}

// DefaultTheme is the look of a site that names none.
const DefaultTheme = "institutional"

var themes = map[string]theme{
	"institutional":      {[]string{"institutional"}},
	"institutional-blue": {[]string{"institutional", "institutional-blue"}},
	"campus":             {[]string{"campus"}},
}

// Themes returns the names of the themes there are.
func Themes() []string { return sortedKeys(themes) }

// The two style sheets after their tokens, piece by piece: of an article, which most readers come for alone and on a phone, and
// of all other pages. Pieces without a folder are the theme's own.
var (
	articleParts = []string{"assets/base.css", "assets/article.css", "theme.css", "assets/print.css"}
	listParts    = []string{"assets/base.css", "assets/lists.css", "assets/search.css", "theme.css", "theme-lists.css", "assets/print.css"}
)

// sources are the files that a look is made of, by their bare names: templates, tokens.css, theme.css, theme-lists.css,
// icon.svg.
type sources map[string][]byte

// builtInSources returns what a theme is made of, before a school's own files.
func builtInSources(name string) (sources, error) {
	t, ok := themes[name]
	if !ok {
		return nil, badConfig("theme", name+" is none of "+strings.Join(Themes(), ", "), "没有主题 "+name+"，可选："+strings.Join(Themes(), "、"))
	}
	out := sources{}
	for _, dir := range append([]string{"templates"}, t.dirs()...) {
		files, err := fs.ReadDir(builtIn, dir)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if out[f.Name()], err = builtIn.ReadFile(path.Join(dir, f.Name())); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (t theme) dirs() []string {
	out := slices.Clone(t.folders)
	for i, dir := range out {
		out[i] = "themes/" + dir
	}
	return out
}

// stylesheets puts the pieces together: the theme's tokens, a school's over them, the style, and a school's additions. A school's
// own templates may use on one page what another has, so that with them both sheets are the same and have everything.
func (src sources) stylesheets(own sources) (article, list []byte, err error) {
	if len(templatesIn(own)) > 0 {
		all := slices.Insert(slices.Clone(listParts), 1, "assets/article.css")
		article, err = src.stylesheet(own, all)
		return article, article, err
	}
	article, err = src.stylesheet(own, articleParts)
	if err == nil {
		list, err = src.stylesheet(own, listParts)
	}
	return article, list, err
}

func (src sources) stylesheet(own sources, parts []string) ([]byte, error) {
	css := slices.Concat(src["tokens.css"], own["tokens.css"])
	for _, part := range parts {
		if piece, ok := src[part]; ok {
			css = append(css, piece...)
			continue
		}
		piece, err := builtIn.ReadFile(part)
		if err != nil {
			return nil, err
		}
		css = append(css, piece...)
	}
	return squeeze(append(css, own["style.css"]...)), nil
}

// squeeze leaves out what only people need: comments, most white space, the last semicolon of a block. What stands in quotation
// marks stays as it is, and so does the space around signs that mean something else without it, as + within calc.
func squeeze(css []byte) []byte {
	out := make([]byte, 0, len(css))
	last := func() byte {
		if len(out) == 0 {
			return '\n'
		}
		return out[len(out)-1]
	}
	for i := 0; i < len(css); {
		switch c := css[i]; {
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			end := bytes.Index(css[i+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			i += 2 + end + 2
		case c == '"' || c == '\'':
			end := quoted(css, i)
			out = append(out, css[i:end]...)
			i = end
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if !strings.ContainsRune(" {}:;,>\n", rune(last())) {
				out = append(out, ' ')
			}
			i++
		case c == '0' && strings.ContainsRune(" :,(-", rune(last())) && i+2 < len(css) && css[i+1] == '.' && css[i+2] >= '0' && css[i+2] <= '9':
			i++ // 0.5 is .5
		default:
			for strings.ContainsRune("{}>", rune(c)) && last() == ' ' || c == '}' && last() == ';' {
				out = out[:len(out)-1]
			}
			out = append(out, c)
			i++
		}
	}
	return append(out, '\n')
}

// squeezeScript leaves out the comments that have a line of their own, and indentation. No text of ours spans lines.
func squeezeScript(js []byte) []byte {
	out := make([]byte, 0, len(js))
	for line := range bytes.Lines(js) {
		if line = bytes.TrimLeft(line, " \t\n"); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			out = append(out, line...)
		}
	}
	return out
}

// quoted returns where a string that begins at i ends.
func quoted(css []byte, i int) int {
	for j := i + 1; j < len(css); j++ {
		switch css[j] {
		case '\\':
			j++
		case css[i]:
			return j + 1
		}
	}
	return len(css)
}

// digest identifies the look: everything it was made of.
func (src sources) digest(own sources) string {
	var all []byte
	for _, s := range []sources{src, own} {
		for _, name := range sortedKeys(s) {
			all = append(all, name+"\x00"+string(press.DigestOf(s[name]))+"\x00"...)
		}
	}
	return string(press.DigestOf(all))
}
