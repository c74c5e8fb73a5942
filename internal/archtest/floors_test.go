package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "newsdesk"

// room is a package, or a package with those below it in the tree, and what it may import.
type room struct {
	path  string
	floor int
	also  []string // rooms on this floor or above that it may import, each with its reason below
	not   []string // rooms below that it may not import
}

// adapters are the rooms that use cases reach only through interfaces of their own.
var adapters = []string{"internal/store", "internal/queue", "internal/wechat", "internal/wechat/sandbox", "internal/site", "internal/site/place", "internal/site/wordpress", "internal/notice"}

func house() []room {
	noConfig := []string{"internal/config"} // only those who assemble know where settings come from
	useCase := append(slices.Clone(adapters), noConfig...)
	return []room{
		{path: "internal/press", floor: 0},
		{path: "internal/markup", floor: 1},
		{path: "internal/intake", floor: 1},
		{path: "internal/compare", floor: 1},
		{path: "internal/photo", floor: 1},
		{path: "internal/blob", floor: 1},
		{path: "internal/config", floor: 1},
		{path: "internal/manual", floor: 1},
		{path: "internal/office", floor: 1},
		{path: "internal/reach", floor: 1},
		{path: "internal/store", floor: 2, not: noConfig},
		{path: "internal/queue", floor: 2, not: noConfig},
		{path: "internal/wechat", floor: 2, not: noConfig},
		{path: "internal/wechat/sandbox", floor: 2, not: noConfig},
		{path: "internal/site", floor: 2, not: noConfig},
		{path: "internal/site/place", floor: 2, also: []string{"internal/site"}, not: noConfig}, // it is one of the site's ends
		{path: "internal/site/wordpress", floor: 2, not: noConfig},
		{path: "internal/notice", floor: 2, not: noConfig},
		{path: "internal/desk", floor: 3, not: useCase},
		{path: "internal/gallery", floor: 3, not: useCase},
		{path: "internal/courier", floor: 3, not: useCase},
		{path: "internal/backup", floor: 3, not: useCase},
		{path: "internal/export", floor: 3, not: useCase},
		{path: "internal/herald", floor: 3, not: useCase},
		{path: "internal/web", floor: 4, not: noConfig},
		{path: "internal/api", floor: 4, not: noConfig},
		// The commands speak to a running server through the API's Go client, and start the assembled program.
		{path: "internal/cli", floor: 4, also: []string{"internal/api", "internal/app"}},
		{path: "internal/app", floor: 5, not: []string{"internal/cli"}},
		{path: "internal/archtest", floor: 6},
		{path: "internal/servicetest", floor: 6}, // for tests alone, so that nothing shipped may import it
		{path: "cmd", floor: 6},
		{path: "internal/drill", floor: 7}, // likewise; it stands on servicetest
	}
}

// libraries that belong to one room, so that replacing one touches one place.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/alexedwards/argon2id":   {"internal/desk"},
		"github.com/spf13/viper":            {"internal/config"},
		"github.com/spf13/cobra":            {"internal/cli", "cmd"},
		"github.com/silenceper/wechat":      {"internal/wechat"},
		"github.com/hibiken/asynq":          {"internal/queue"},
		"github.com/alicebob/miniredis":     {"internal/queue"},
		"github.com/minio/minio-go":         {"internal/blob", "internal/site/place"},
		"github.com/jackc/pgx":              {"internal/store"},
		"modernc.org/sqlite":                {"internal/store"},
		"github.com/pressly/goose":          {"internal/store"},
		"github.com/gen2brain/jpegn":        {"internal/photo"},
		"github.com/disintegration/imaging": {"internal/photo"},
		"github.com/yuin/goldmark":          {"internal/intake"},
		"github.com/wneessen/go-mail":       {"internal/notice"},
		"github.com/sergi/go-diff":          {"internal/compare"},
	}
}

// listed is what is read of `go list -json`.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

// packages returns everything the module is built from, by import path.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	all := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// roomOf returns the room that a package stands in: the one with the longest path.
func roomOf(importPath string) (room, bool) {
	var found room
	for _, r := range house() {
		if within(importPath, module+"/"+r.path) && len(r.path) > len(found.path) {
			found = r
		}
	}
	return found, found.path != ""
}

func within(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// fault says why a package may not import another one of the module, or nothing.
func fault(from, to string) string {
	a, known := roomOf(from)
	b, target := roomOf(to)
	switch {
	case !known:
		return "stands in no room; give it a floor here and in .golangci.yaml"
	case !target:
		return "imports " + to + ", which stands in no room"
	case a.path == b.path || slices.Contains(a.also, b.path):
		return ""
	case slices.Contains(a.not, b.path):
		return fmt.Sprintf("imports %s, which it must not know", to)
	case b.floor >= a.floor:
		return fmt.Sprintf("(floor %d) imports %s (floor %d); imports point down", a.floor, to, b.floor)
	}
	return ""
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !within(p.ImportPath, module) {
			continue
		}
		if _, ok := roomOf(p.ImportPath); !ok {
			t.Errorf("%s stands in no room; give it a floor here and in .golangci.yaml", p.ImportPath)
		}
		for _, to := range p.Imports {
			if within(to, module) {
				if why := fault(p.ImportPath, to); why != "" {
					t.Errorf("%s %s", p.ImportPath, why)
				}
			}
		}
	}
}

// TestTheDomainStandsAlone looks at the whole closure: nothing that press is built from comes from outside Go itself.
func TestTheDomainStandsAlone(t *testing.T) {
	t.Parallel()
	all := packages(t)
	domain, ok := all[module+"/internal/press"]
	if !ok {
		t.Fatal("there is no internal/press")
	}
	for _, dep := range domain.Deps {
		if !all[dep].Standard {
			t.Errorf("press is built from %s", dep)
		}
	}
}

// TestTheSandboxIsItsOwn: an understudy that shared code with the client would share its mistakes.
func TestTheSandboxIsItsOwn(t *testing.T) {
	t.Parallel()
	p, ok := packages(t)[module+"/internal/wechat/sandbox"]
	if !ok {
		t.Fatal("there is no internal/wechat/sandbox")
	}
	for _, dep := range p.Deps {
		if dep == module+"/internal/wechat" || within(dep, "github.com/silenceper/wechat") {
			t.Errorf("the sandbox is built from %s", dep)
		}
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		r, ok := roomOf(p.ImportPath)
		if !ok || r.path == "internal/archtest" {
			continue
		}
		for _, imported := range p.Imports {
			for library, rooms := range owners() {
				if within(imported, library) && !slices.Contains(rooms, r.path) {
					t.Errorf("%s imports %s, which belongs to %s", p.ImportPath, imported, strings.Join(rooms, " and "))
				}
			}
			if within(imported, "testing") && r.path != "internal/servicetest" && r.path != "internal/drill" {
				t.Errorf("%s imports %s; test helpers live in files that end in _test.go", p.ImportPath, imported)
			}
		}
	}
}

// TestTheRulesBite tries the rules on imports that must be refused, and on some that must not.
func TestTheRulesBite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/press", "internal/markup", false},
		{"internal/markup", "internal/press", true},
		{"internal/markup", "internal/intake", false},
		{"internal/store", "internal/queue", false},
		{"internal/wechat/sandbox", "internal/wechat", false},
		{"internal/wechat", "internal/wechat/sandbox", false},
		{"internal/site/wordpress", "internal/site", false},
		{"internal/site/place", "internal/site", true},
		{"internal/site", "internal/site/place", false},
		{"internal/site", "internal/markup", true},
		{"internal/courier", "internal/store", false},
		{"internal/courier", "internal/photo", true},
		{"internal/desk", "internal/gallery", false},
		{"internal/web", "internal/config", false},
		{"internal/cli", "internal/config", true},
		{"internal/cli", "internal/api", true},
		{"internal/app", "internal/cli", false},
		{"internal/app", "internal/config", true},
		{"cmd/newsdesk", "internal/cli", true},
		{"internal/helpers", "internal/press", false},
	} {
		if why := fault(module+"/"+tc.from, module+"/"+tc.to); (why == "") != tc.ok {
			t.Errorf("%s imports %s: %q", tc.from, tc.to, why)
		}
	}
}
