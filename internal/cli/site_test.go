package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSiteTemplates: what is written out can be used as it is, nothing is overwritten, and a mistake is found by the check.
func TestSiteTemplates(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	dir := filepath.Join(t.TempDir(), "ours")
	use := []string{"config", "check", "--set", "site.theme=campus", "--set", "site.templates=" + dir}
	if out := i.ok("site", "templates", dir, "--theme", "campus"); !strings.Contains(out, filepath.Join(dir, "masthead.html")) {
		t.Errorf("written: %s", out)
	}
	if out := i.ok(use...); !strings.Contains(out, "good") || strings.Contains(out, "Advice: The website") {
		t.Errorf("the templates as they are: %s", out)
	}
	i.run("site", "templates", dir).refused(4, "site.taken")
	i.run("site", "templates", dir+"2", "--theme", "baroque").refused(2, "usage")
	broken := filepath.Join(dir, "masthead.html")
	if err := os.WriteFile(broken, []byte("{{define \"masthead\"}}\n{{.Nam}}{{end}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := i.run(use...)
	r.refused(2, "site.look")
	if !strings.Contains(r.errOut, broken+", line 2: there is no Nam here; perhaps Name is meant") {
		t.Errorf("a broken template: %s", r.errOut)
	}
}
