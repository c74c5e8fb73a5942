// Package words is the catalogue of everything the newsroom's pages say: one file an area and language, area.zh.yaml beside
// area.en.yaml, in go-i18n's message format. Sentences that the domain says (refusals, reasons, names of states) are
// press.Text and come from where they arise; everything that a template or a script writes by itself is here.
//
//	articles.title: Articles
//	articles.found: {one: "{{.n}} article", other: "{{.n}} articles"}
//
// A message with forms is chosen by the argument n. Keys that begin with "script." are handed to the browser.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"newsdesk/internal/press"
)

//go:embed *.yaml
var files embed.FS

// Catalogue is every message in every language. It is safe for concurrent use.
type Catalogue struct {
	langs map[press.Lang]*Words
}

// Words is the catalogue in one language.
type Words struct {
	plain     map[string]string // messages without places to fill in
	messages  map[string]*i18n.Message
	localizer *i18n.Localizer
}

// Languages lists the languages that the pages are in, the first one being what is shown to a browser that wants neither.
func Languages() []press.Lang { return []press.Lang{press.Chinese, press.English} }

// Load reads the embedded files. It refuses a message that cannot be filled in.
func Load() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.Chinese)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	c := &Catalogue{langs: map[press.Lang]*Words{}}
	for _, lang := range Languages() {
		c.langs[lang] = &Words{
			plain: map[string]string{}, messages: map[string]*i18n.Message{}, localizer: i18n.NewLocalizer(bundle, string(lang)),
		}
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	for _, name := range names {
		if err := c.read(bundle, name); err != nil {
			return nil, fmt.Errorf("words: %s: %w", name, err)
		}
	}
	return c, nil
}

func (c *Catalogue) read(bundle *i18n.Bundle, name string) error {
	parts := strings.Split(name, ".")
	if len(parts) != 3 || c.langs[press.Lang(parts[1])] == nil {
		return fmt.Errorf("the name must be area.language.yaml")
	}
	data, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(data)) == "" {
		return nil
	}
	file, err := bundle.ParseMessageFileBytes(data, name)
	if err != nil {
		return err
	}
	w := c.langs[press.Lang(parts[1])]
	for _, m := range file.Messages {
		if w.messages[m.ID] != nil {
			return fmt.Errorf("%s is said twice", m.ID)
		}
		for _, form := range []string{m.One, m.Other} {
			if _, err := template.New("").Parse(form); err != nil {
				return fmt.Errorf("%s: %w", m.ID, err)
			}
		}
		w.messages[m.ID] = m
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			w.plain[m.ID] = m.Other
		}
	}
	return nil
}

// In returns the words of a language.
func (c *Catalogue) In(lang press.Lang) *Words {
	if w := c.langs[lang]; w != nil {
		return w
	}
	return c.langs[Languages()[0]]
}

// T says a message. Arguments are names and values in turn; n, if it is there, also chooses the form. A key that is not in
// the catalogue is shown as itself in brackets, which a test over all templates makes sure never happens.
func (w *Words) T(key string, args ...any) string {
	if s, ok := w.plain[key]; ok {
		return s
	}
	if w.messages[key] == nil {
		return "⟦" + key + "⟧"
	}
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if w.messages[key].One != "" { // or n is a number that is only shown, perhaps with its digits grouped
		config.PluralCount = count(data["n"])
	}
	s, err := w.localizer.Localize(config)
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// count is n as a plural rule takes it. Numbers come from pages, where they may be of any integer type.
func count(n any) any {
	switch n := n.(type) {
	case nil:
		return nil
	case int64:
		return int(n)
	}
	return n
}

// Keys lists every key, in order.
func (w *Words) Keys() []string { return slices.Sorted(maps.Keys(w.messages)) }

// Forms returns the forms of a message: one and other. The first is empty where there is no difference.
func (w *Words) Forms(key string) (one, other string) {
	m := w.messages[key]
	if m == nil {
		return "", ""
	}
	return m.One, m.Other
}

// ForScripts returns what the browser's scripts say: text, or {one, other} where the number matters.
func (w *Words) ForScripts() map[string]any {
	out := map[string]any{}
	for key, m := range w.messages {
		switch {
		case !strings.HasPrefix(key, "script."):
		case m.One != "":
			out[key] = map[string]string{"one": m.One, "other": m.Other}
		default:
			out[key] = m.Other
		}
	}
	return out
}
