package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func TestRulesAndWordsCommands(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve()
	boss := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("boss", "administrator"))
	writer := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("writer", "contributor"))
	if out := writer.ok("column", "list"); !strings.Contains(out, "no column") {
		t.Errorf("no columns: %q", out)
	}
	boss.run("column", "rules", "News", "--digest").refused(3, "column.missing")

	list := filepath.Join(t.TempDir(), "words.csv")
	write(t, list, boss.ok("words", "list", "--sample", "--csv"))
	writer.run("words", "import", list).refused(5, "role")
	done := decode[desk.WordsChanged](t, boss.ok("words", "import", list, "--json"))
	if n := len(press.SampleWords()); done.Added != n || done.Total != n {
		t.Errorf("imported %+v", done)
	}
	if out := boss.ok("words", "remove", "截止目前", "帐号"); !strings.Contains(out, "2 removed") {
		t.Errorf("removed: %q", out)
	}
	if out := writer.ok("words", "list"); strings.Contains(out, "帐号") || !strings.Contains(out, "凯旋归来") {
		t.Errorf("listed: %q", out)
	}
	write(t, list, "x,y,none of them\n")
	boss.run("words", "import", list).refused(2, "words.severity")
	write(t, list, "the second paragraph,,must\n")
	if out := boss.ok("words", "import", list, "--replace"); !strings.Contains(out, "1 in the list") {
		t.Errorf("replaced: %q", out)
	}
	parcel := filepath.Join(t.TempDir(), "a.txt")
	write(t, parcel, "A title\nThe first paragraph.\nThe second paragraph.\n")
	handed := decode[api.HandedIn](t, writer.ok("submit", parcel, "--json"))
	writer.run("article", "preflight", string(handed.Article.ID)).refused(4, "preflight.blocks")
	writer.run("article", "meant", string(handed.Article.ID)).refused(5, "role")
	editor := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("editor", "editor"))
	if out := editor.ok("article", "meant", string(handed.Article.ID)); !strings.Contains(out, "revision 1") {
		t.Errorf("meant: %q", out)
	}
	writer.ok("article", "preflight", string(handed.Article.ID))
}
