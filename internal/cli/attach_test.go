package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/api"
)

// TestAttachCommands: a file under an article, seen, fetched and taken out again from the command line.
func TestAttachCommands(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve()
	i = i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("writer", "contributor"))
	dir := parcel(t, englishText)
	id := string(decode[api.HandedIn](t, i.ok("submit", dir, "--json")).Article.ID)
	table, form := filepath.Join(dir, "timetable.pdf"), filepath.Join(dir, "form.csv")
	write(t, table, "%PDF-1.4\nsample\n")
	write(t, form, "name,school\n")
	if out := i.ok("attach", id, table, form); !strings.Contains(out, "revision 2 with 2 attachments") {
		t.Errorf("attach says %q", out)
	}
	if out := i.ok("attach", id, form, "--name", "Entry form.csv"); !strings.Contains(out, "2 attachments") { // the same file is there already
		t.Errorf("attach again says %q", out)
	}
	if out := i.ok("article", "show", id); !strings.Contains(out, "attachment 1: timetable.pdf, 16 B") {
		t.Errorf("show says %q", out)
	}
	fetched := filepath.Join(dir, "fetched.pdf")
	i.ok("article", "attachment", id, "1", "--out", fetched)
	if data, err := os.ReadFile(fetched); err != nil || string(data) != "%PDF-1.4\nsample\n" {
		t.Errorf("fetched %q, %v", data, err)
	}
	i.run("attach", id, filepath.Join(dir, "river.jpg")).refused(2, "attachment.kind")
	i.run("detach", id, "other.pdf").refused(3, "attachment.missing")
	i.ok("detach", id, "timetable.pdf")
	if list := decode[api.ArticleReading](t, i.ok("article", "show", id, "--json")).Revision.Content.Attachments; len(list) != 1 {
		t.Errorf("left are %+v", list)
	}
}
