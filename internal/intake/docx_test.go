package intake

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/servicetest"
)

// TestWordDocuments reads what others wrote with Word, WPS's kin and python-docx, and compares the whole draft.
func TestWordDocuments(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob(filepath.Join(servicetest.Data(t, "docs"), "*.docx"))
	if err != nil || len(documents) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, document := range documents {
		name := filepath.Base(document)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPath(t, "docs/"+name)
			checkParcel(t, p)
			got := goldenForm(t, p)
			golden := filepath.Join("testdata", "docx-"+strings.TrimSuffix(name, ".docx")+".json")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s became\n%s\nwant\n%s", name, got, want)
			}
		})
	}
}
