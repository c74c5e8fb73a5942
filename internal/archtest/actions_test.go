package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestEveryActionHasAName: whatever is written into the audit log is called something in both languages, in a group that
// can be chosen, and nothing is named that no code writes.
func TestEveryActionHasAName(t *testing.T) {
	t.Parallel()
	written := actions(t)
	if len(written) < 30 {
		t.Fatalf("only %d actions were found in the code: %v", len(written), written)
	}
	named := press.KnownActions()
	for action, where := range written {
		if !slices.Contains(named, action) {
			t.Errorf("%s writes %q, which has no name in press/actionname.go", where, action)
		}
	}
	for _, action := range named {
		if written[action] == "" {
			t.Errorf("%q has a name, but no code writes it", action)
		}
		name, group := press.ActionName(action), press.GroupOf(action)
		if name.EN == "" || name.ZH == "" || name.EN == name.ZH || group.Name.EN == group.Key {
			t.Errorf("%q is not said in both languages: %+v in %+v", action, name, group.Name)
		}
	}
}

var actionForm = regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)

// actions finds the audit log's actions in the code, with the file that writes each: what is handed to audit, changing and
// any function with a parameter called action, and what is put into a variable or field of that name.
func actions(t *testing.T) map[string]string {
	t.Helper()
	files, set := sourceFiles(t), token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	finder := actionFinder{set: set, params: map[string]int{}, fields: map[string]int{}, found: map[string]string{}}
	for _, visit := range []func(ast.Node) bool{finder.declared, finder.used} {
		for _, file := range parsed {
			ast.Inspect(file, visit)
		}
	}
	return finder.found
}

func sourceFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, room := range []string{"press", "store", "desk", "gallery", "courier", "api", "cli", "app", "web"} {
		err := filepath.WalkDir("../"+room, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

type actionFinder struct {
	set    *token.FileSet
	params map[string]int // of functions, by name: which parameter is the action
	fields map[string]int // of struct types, by name: which field is
	found  map[string]string
}

func (f *actionFinder) declared(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if i := place(n.Type.Params); i >= 0 {
			f.params[n.Name.Name] = i
		}
	case *ast.TypeSpec:
		if s, ok := n.Type.(*ast.StructType); ok {
			if i := place(s.Fields); i >= 0 {
				f.fields[n.Name.Name] = i
			}
		}
	}
	return true
}

func place(list *ast.FieldList) int {
	i := 0
	for _, field := range list.List {
		for _, name := range field.Names {
			if strings.EqualFold(name.Name, "action") {
				return i
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	return -1
}

func (f *actionFinder) used(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if i, ok := f.params[called(n.Fun)]; ok && i < len(n.Args) {
			f.note(n.Args[i])
		}
	case *ast.CompositeLit:
		f.literal(n)
	case *ast.KeyValueExpr:
		if strings.EqualFold(nameOf(n.Key), "action") {
			f.note(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if strings.EqualFold(nameOf(left), "action") && len(n.Lhs) == len(n.Rhs) {
				f.note(n.Rhs[i])
			}
		}
	}
	return true
}

// literal looks at struct{action, …} values written without names, alone or in a list.
func (f *actionFinder) literal(n *ast.CompositeLit) {
	of := nameOf(n.Type)
	if list, ok := n.Type.(*ast.ArrayType); ok {
		if i, ok := f.fields[nameOf(list.Elt)]; ok {
			for _, e := range n.Elts {
				if inner, ok := e.(*ast.CompositeLit); ok && i < len(inner.Elts) {
					f.note(inner.Elts[i])
				}
			}
		}
		return
	}
	if i, ok := f.fields[of]; ok && i < len(n.Elts) {
		f.note(n.Elts[i])
	}
}

func called(fun ast.Expr) string {
	if s, ok := fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return nameOf(fun)
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func (f *actionFinder) note(e ast.Expr) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	at := f.set.Position(lit.Pos())
	if filepath.Base(at.Filename) == "actionname.go" {
		return
	}
	if text, err := strconv.Unquote(lit.Value); err == nil && actionForm.MatchString(text) {
		f.found[text] = at.Filename
	}
}
