package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/words"
)

//go:embed *.html
var own embed.FS

// templateFS is a room's embedded folder.
type templateFS = fs.FS

// view is what every template sees.
type view struct {
	Page *Frame
	Data any
}

// room is a room's parsed pages, by language and file name.
type room struct {
	name  string
	pages map[press.Lang]map[string]*template.Template
}

// parse reads a room's templates once for each language, so that what is said is settled before anybody asks.
func (k *Kit) parse(r Room) (*room, error) {
	out := &room{name: r.Name, pages: map[press.Lang]map[string]*template.Template{}}
	if r.Templates == nil {
		return out, nil
	}
	for _, lang := range words.Languages() {
		base, err := template.New("layout").Funcs(k.funcs(lang)).ParseFS(own, "layout.html", "partials.html")
		if err != nil {
			return nil, err
		}
		pages, shared, err := fileNames(r.Templates)
		if err != nil {
			return nil, err
		}
		if len(shared) > 0 {
			if base, err = base.ParseFS(r.Templates, shared...); err != nil {
				return nil, err
			}
		}
		out.pages[lang] = map[string]*template.Template{}
		for _, name := range pages {
			set, err := base.Clone()
			if err == nil {
				set, err = set.ParseFS(r.Templates, name)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			out.pages[lang][name] = set
		}
	}
	return out, nil
}

// fileNames splits a room's files into pages and what they share.
func fileNames(fsys fs.FS) (pages, shared []string, err error) {
	names, err := fs.Glob(fsys, "*.html")
	for _, name := range names {
		switch {
		case name == "layout.html", name == "partials.html":
		case strings.HasPrefix(path.Base(name), "_"):
			shared = append(shared, name)
		default:
			pages = append(pages, name)
		}
	}
	return pages, shared, err
}

func (r *room) execute(w io.Writer, lang press.Lang, file, name string, v view) error {
	set := r.pages[lang][file]
	if set == nil {
		return fmt.Errorf("web: room %s has no page %s", r.name, file)
	}
	if err := set.ExecuteTemplate(w, name, v); err != nil {
		return fmt.Errorf("web: %s/%s: %w", r.name, file, err)
	}
	return nil
}

func (k *Kit) funcs(lang press.Lang) template.FuncMap {
	w := k.Words.In(lang)
	f := Formats{Lang: lang, Zone: k.Zone, Words: w, Now: k.Now}
	return template.FuncMap{
		"t":       w.T,
		"say":     func(t press.Text) string { return t.In(lang) },
		"date":    f.Date,
		"clock":   f.Clock,
		"moment":  f.Moment,
		"day":     f.Day,
		"number":  f.Number,
		"size":    f.Size,
		"percent": percent,
		"icon":    k.icon,
		"asset":   k.assets.address,
		"script":  k.assets.script,
		"dict":    dict,
		"query":   query,
		"json":    toJSON,
		"words":   func() (template.JS, error) { return toJSON(w.ForScripts()) },
		"add":     func(a, b int) int { return a + b },
		"join":    strings.Join,
		"column":  func(c press.Column) string { return c.String() },
		"where":   whereID,
		"initial": initial,
	}
}

// toJSON is for <script type="application/json">, where only </ and <!-- could end what is written early.
func toJSON(v any) (template.JS, error) {
	data, err := json.Marshal(v) // escapes <, > and &
	return template.JS(data), err
}

func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return min(100, 100*part/whole)
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes names and values in turn")
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}

// query returns an address with parameters changed; an empty value takes the parameter away.
func query(u *url.URL, pairs ...any) string {
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		if value == "" {
			q.Del(name)
		} else {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return u.Path
	}
	return u.Path + "?" + q.Encode()
}

// whereID turns a place such as body.blocks[3] into an element's id.
func whereID(where string) string {
	return "at-" + strings.NewReplacer("[", "-", "]", "", ".", "-", " ", "-").Replace(where)
}

// initial stands for a person in a small circle: the first character of the name.
func initial(name string) string {
	for _, c := range name {
		return string(c)
	}
	return ""
}

func (k *Kit) icon(name string) (template.HTML, error) {
	if !k.assets.icons[name] {
		return "", fmt.Errorf("there is no icon %q in style/icons.svg", name)
	}
	return Markup(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + k.assets.address("icons.svg") + `#` + name + `"></use></svg>`), nil
}
