package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLanguagesSayTheSame: every message is there in every language, with the same places to fill in.
func TestLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	c := load(t)
	zh, en := c.In(press.Chinese), c.In(press.English)
	if len(zh.Keys()) < 50 {
		t.Fatalf("the catalogue has %d messages", len(zh.Keys()))
	}
	for _, key := range en.Keys() {
		if !slices.Contains(zh.Keys(), key) {
			t.Errorf("%s is not said in Chinese", key)
		}
	}
	for _, key := range zh.Keys() {
		if !slices.Contains(en.Keys(), key) {
			t.Errorf("%s is not said in English", key)
			continue
		}
		zhOne, zhOther := zh.Forms(key)
		enOne, enOther := en.Forms(key)
		if zhOther == "" || enOther == "" {
			t.Errorf("%s is empty", key)
		}
		if zhOne != "" {
			t.Errorf("%s has a singular in Chinese, which knows none", key)
		}
		if a, b := places(zhOther), places(enOther); !slices.Equal(a, b) {
			t.Errorf("%s fills in %v in Chinese and %v in English", key, a, b)
		}
		for _, p := range places(enOne) {
			if !slices.Contains(places(enOther), p) {
				t.Errorf("%s: the singular fills in %s, which the plural does not", key, p)
			}
		}
	}
}

var place = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

func places(message string) []string {
	var out []string
	for _, m := range place.FindAllStringSubmatch(message, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

func TestFillIn(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, tc := range []struct {
		lang press.Lang
		key  string
		args []any
		want string
	}{
		{press.English, "page.page_of", []any{"page", 2, "pages", int64(7)}, "Page 2 of 7"},
		{press.Chinese, "page.page_of", []any{"page", 2, "pages", 7}, "第 2 页，共 7 页"},
		{press.English, "page.save", nil, "Save"},
		{press.English, "page.bytes_kb", []any{"n", 1}, "1 KB"},
		{press.English, "page.bytes_mb", []any{"n", "1"}, "1 MB"},
		{press.English, "articles.found_more", []any{"n", "1,000"}, "more than 1,000 articles"},
		{press.English, "nobody.says.this", nil, "⟦nobody.says.this⟧"},
		{"fr", "page.save", nil, "保存"},
	} {
		if got := c.In(tc.lang).T(tc.key, tc.args...); got != tc.want {
			t.Errorf("%s in %s = %q, want %q", tc.key, tc.lang, got, tc.want)
		}
	}
}

// sources are the files in which the newsroom's pages and scripts are written.
func sources(t *testing.T, ext string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "testdata" || d.Name() == "test"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ext || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".test.ts"):
			return nil
		}
		data, err := os.ReadFile(path)
		out[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	goKey       = regexp.MustCompile(`\b(?:T|See)\((?:[^"()]|\([^()]*\))*"([a-z_]+(?:\.[a-z0-9_]+)+)"`)
	templateKey = regexp.MustCompile(`\{\{[^}]*?\bt "([a-z0-9_.]+)"|\(t "([a-z0-9_.]+)"`)
	anyKey      = regexp.MustCompile("[\"'`]([a-z_]+(?:\\.[a-z0-9_]+)+)\\.?[\"'`]")
	anyPrefix   = regexp.MustCompile("[\"'`]([a-z_]+(?:\\.[a-z0-9_]+)*\\.)(?:%s|\\$\\{|[\"'`])")
)

// TestEveryKeyIsSaidAndUsed: what a page asks for is in the catalogue, and nothing is in it that no page asks for.
func TestEveryKeyIsSaidAndUsed(t *testing.T) {
	t.Parallel()
	words := load(t).In(press.Chinese)
	used, prefixes := map[string]bool{}, []string{}
	for _, ext := range []string{".go", ".html", ".ts"} {
		for path, text := range sources(t, ext) {
			asked := goKey
			if ext != ".go" {
				asked = templateKey
			}
			for _, m := range asked.FindAllStringSubmatch(text, -1) {
				key := strings.Join(m[1:], "")
				if words.T(key) == "⟦"+key+"⟧" {
					t.Errorf("%s says %q, which is not in the catalogue", path, key)
				}
			}
			for _, m := range anyKey.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
			for _, m := range anyPrefix.FindAllStringSubmatch(text, -1) {
				prefixes = append(prefixes, m[1])
			}
		}
	}
	for _, key := range words.Keys() {
		if !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("%s is in the catalogue and no page says it", key)
		}
	}
}

// unsaid are the few words that are the same in every language.
var unsaid = []string{"编", "Newsdesk", "WeChat", "AppID", "AppSecret", "YAML", "CSV", "API", "SHA-256", "Markdown", "IP", "Token", "EncodingAESKey"}

var (
	action   = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	noscript = regexp.MustCompile(`</?noscript>`) // the tokenizer takes what is between them for text
)

// TestTemplatesSayNothingThemselves: no page holds a word of its own, in its text or in what is read aloud of it.
func TestTemplatesSayNothingThemselves(t *testing.T) {
	t.Parallel()
	for path, text := range sources(t, ".html") {
		for _, a := range action.FindAllString(text, -1) {
			if strings.HasPrefix(strings.TrimLeft(a, "{- "), "/*") {
				continue
			}
			if strings.ContainsFunc(a, han) {
				t.Errorf("%s: %s", path, a)
			}
		}
		tokens := html.NewTokenizer(strings.NewReader(noscript.ReplaceAllString(action.ReplaceAllString(text, " "), " ")))
		for skip := ""; ; {
			kind := tokens.Next()
			if kind == html.ErrorToken {
				break
			}
			token := tokens.Token()
			switch kind {
			case html.StartTagToken, html.SelfClosingTagToken:
				if token.Data == "script" || token.Data == "style" {
					skip = token.Data
				}
				for _, a := range token.Attr {
					if spokenAttribute(token.Data, a.Key) && words(a.Val) {
						t.Errorf("%s: <%s %s=%q>", path, token.Data, a.Key, a.Val)
					}
				}
			case html.EndTagToken:
				if token.Data == skip {
					skip = ""
				}
			case html.TextToken:
				if skip == "" && words(token.Data) {
					t.Errorf("%s: %q", path, strings.TrimSpace(token.Data))
				}
			}
		}
	}
}

func spokenAttribute(tag, name string) bool {
	switch name {
	case "title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label", "summary", "data-label", "data-confirm", "data-title":
		return true
	case "value":
		return tag == "button"
	}
	return false
}

// words reports whether a text holds letters that are not among the few names.
func words(s string) bool {
	for _, name := range unsaid {
		s = strings.ReplaceAll(s, name, "")
	}
	return strings.ContainsFunc(s, unicode.IsLetter)
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

var sentence = regexp.MustCompile(`^[A-Z][a-z]+ [a-z]+ [a-z]+`)

// TestHandlersSayNothingThemselves: a handler's sentences are the catalogue's, or the domain's in both languages.
func TestHandlersSayNothingThemselves(t *testing.T) {
	t.Parallel()
	for path, text := range sources(t, ".go") {
		if strings.HasSuffix(path, "page/format.go") { // the forms of dates
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if name := called(n.Fun); name == "Say" || name == "Errorf" {
					return false
				}
			case *ast.CompositeLit:
				if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Text" {
					return false
				}
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				if s, err := strconv.Unquote(n.Value); err == nil && (strings.ContainsFunc(s, han) || sentence.MatchString(s)) {
					t.Errorf("%s says %q by itself", path, s)
				}
			}
			return true
		})
	}
}

func called(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

var scriptText = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`")

// TestScriptsSayNothingThemselves: the same for what runs in the browser.
func TestScriptsSayNothingThemselves(t *testing.T) {
	t.Parallel()
	comments := regexp.MustCompile(`(?s)/\*.*?\*/|(?m)^\s*//.*$|\s//\s.*$`)
	for path, text := range sources(t, ".ts") {
		for _, s := range scriptText.FindAllString(comments.ReplaceAllString(text, ""), -1) {
			s = s[1 : len(s)-1]
			if strings.ContainsFunc(s, han) && !strings.Contains(s, `\u`) && !wordPattern(s) || sentence.MatchString(s) {
				t.Errorf("%s says %q by itself", path, s)
			}
		}
	}
}

// wordPattern recognises what is looked for in pasted documents, and is never shown.
func wordPattern(s string) bool { return strings.ContainsAny(s, `[]|^$*`) }
