package manual_test

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

	"newsdesk/internal/manual"
	"newsdesk/internal/press"
)

// code is the form of a fault's code; it stands whole in the source, except where webhooks put theirs together.
var code = regexp.MustCompile(`^(wordpress|webhook|place|site|page|unknown)\.[a-z_]+$`)

// raised reads the codes that stand in the source of packages.
func raised(t *testing.T, packages ...string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, name := range packages {
		dir := filepath.Join("..", filepath.FromSlash(name))
		files, err := fs.Glob(os.DirFS(dir), "*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && code.MatchString(text) {
						out[text] = true
					}
				case *ast.CallExpr: // fault("redirect", …)
					f, ok := n.Fun.(*ast.Ident)
					if !ok || f.Name != "fault" || !strings.HasSuffix(name, "webhook") {
						break
					}
					if lit, ok := n.Args[0].(*ast.BasicLit); ok {
						out["webhook."+strings.Trim(lit.Value, `"`)] = true
					}
				}
				return true
			})
		}
	}
	return out
}

// TestSites: both languages have the same rows, each code that the adapters raise has one, and each row is raised somewhere.
func TestSites(t *testing.T) {
	t.Parallel()
	en, err1 := manual.Sites(press.English)
	zh, err2 := manual.Sites(press.Chinese)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	rows := map[string]bool{}
	for i, s := range en.Sections {
		other := zh.Sections[i]
		if s.ID != other.ID || len(s.Rows) != len(other.Rows) || len(s.Notes) != len(other.Notes) || len(s.Head) != 5 || len(other.Head) != 5 {
			t.Fatalf("section %s differs from %s", s.ID, other.ID)
		}
		for j, r := range s.Rows {
			if r.ID != other.Rows[j].ID || rows[r.ID] {
				t.Errorf("%s stands beside %s, or there twice", r.ID, other.Rows[j].ID)
			}
			rows[r.ID] = true
			if manual.RowOf(r.ID, "") != r.ID {
				t.Errorf("a delivery that stops for %s finds no row", r.ID)
			}
			for _, cell := range slices.Concat(r.Cells, other.Rows[j].Cells) {
				if cell.String() == "" {
					t.Errorf("%s has an empty cell", r.ID)
				}
			}
		}
	}
	adapters := raised(t, "site/wordpress", "site/webhook", "site/place")
	for c := range adapters {
		if !rows[c] {
			t.Errorf("%s is raised, and the manual has no row about it", c)
		}
	}
	everywhere := raised(t, "site/wordpress", "site/webhook", "site/place", "site", "courier", "app", "press")
	for c := range rows {
		if !everywhere[c] && !strings.HasPrefix(c, "unknown.") { // those are put together; the courier's tests of stops raise them
			t.Errorf("the manual has a row about %s, which nothing raises", c)
		}
	}
}
