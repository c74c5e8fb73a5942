package api_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// documentedExport takes an approved article along, twice the same, and what is not approved not at all.
func documentedExport(t *testing.T, d *desk, as func(string) *api.Client, id press.ArticleID) {
	t.Helper()
	ctx := t.Context()
	var first, second bytes.Buffer
	name, err := as("writer").Export(ctx, id, 0, "480", &first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := as("one").Export(ctx, id, 2, "480", &second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("an export made twice differs, %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil || !strings.HasSuffix(name, ".zip") || len(name) < len("2024-08-16-x.zip") {
		t.Fatalf("%s: %v", name, err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if list := strings.Join(names, " "); !strings.HasPrefix(list, "fields.txt paste.html page.html article.md article.docx photos/480/01") {
		t.Errorf("%s holds %s", name, list)
	}
	if log := must[[]press.AuditEntry](t)(as("editor").Audit(ctx, string(id), 0, 1)); len(log) != 1 || log[0].Action != "article.export" || log[0].Detail != "revision 2: zip 480" {
		t.Errorf("the log says %+v", log)
	}
	_, err = as("editor").Export(ctx, d.handIn(t, "Nobody has signed").Article.ID, 0, "", &first)
	refused(t, err, press.Conflict, "export.unapproved")
	_, err = as("editor").Export(ctx, id, 0, "700", &first)
	refused(t, err, press.Invalid, "export.size")
	full := press.Fail(press.Unavailable, "disk", press.Say("full", "满"))
	_, err = as("editor").Export(ctx, id, 0, "480", broken{full})
	refused(t, err, press.Unavailable, "disk")
	if !errors.Is(err, full) {
		t.Errorf("what it is written to says %v", err)
	}
}

// broken is a disk that takes nothing.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }
