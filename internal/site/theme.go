package site

import (
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

// styleParts are the pieces of the one style sheet after the tokens, in order. %s is the theme's own.
var styleParts = []string{"assets/base.css", "assets/article.css", "assets/search.css", "theme.css", "assets/print.css"}

// sources are the files that a look is made of, by their bare names: templates, tokens.css, theme.css, icon.svg.
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

// stylesheet puts the pieces together: the theme's tokens, a school's over them, the style, and a school's additions.
func (src sources) stylesheet(own sources) ([]byte, error) {
	css := slices.Concat(src["tokens.css"], own["tokens.css"])
	for _, part := range styleParts {
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

// squeeze leaves out comments and the white space that only people need. What stands in quotation marks stays as it is.
func squeeze(css []byte) []byte {
	out := make([]byte, 0, len(css))
	for i := 0; i < len(css); {
		switch c := css[i]; {
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			end := strings.Index(string(css[i+2:]), "*/")
			if end < 0 {
				return out
			}
			i += 2 + end + 2
		case c == '"' || c == '\'':
			end := quoted(css, i)
			out = append(out, css[i:end]...)
			i = end
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if n := len(out); n > 0 && !strings.ContainsRune(" {}:;,\n", rune(out[n-1])) {
				out = append(out, ' ')
			}
			i++
		case (c == '{' || c == '}') && len(out) > 0 && out[len(out)-1] == ' ':
			out[len(out)-1] = c
			i++
		default:
			out = append(out, c)
			i++
		}
	}
	return append(out, '\n')
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
