package export

import (
	"path/filepath"
	"testing"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestDocumentsComeBack takes what others wrote with Word, WPS and LibreOffice, writes it as a Word document of ours, and
// reads that: the same blocks again.
func TestDocumentsComeBack(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob(filepath.Join(servicetest.Data(t, "docs"), "*.docx"))
	if err != nil || len(documents) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	blocks := 0
	for _, document := range documents {
		files, err := intake.FromPaths([]string{document})
		if err != nil {
			t.Fatal(err)
		}
		p, err := intake.Read(files, intake.DefaultLimits())
		if err != nil {
			continue // nothing that could be exported
		}
		s, digests := newShelf(), map[string]press.Digest{}
		for _, photo := range p.Photos {
			digests[photo.Key] = s.original(photo.Key, 200)
		}
		c := p.Resolve(digests)
		_, parts := unpacked(t, written(t, s, c, "480"))
		got := readBack(t, s, map[string][]byte{"article.docx": parts["article.docx"]})
		if got.Title != c.Title || got.Credits != c.Credits {
			t.Errorf("%s: %q by %+v came back as %q by %+v", filepath.Base(document), c.Title, c.Credits, got.Title, got.Credits)
		}
		for i, block := range c.Body.Blocks {
			blocks++
			if i >= len(got.Body.Blocks) {
				t.Errorf("%s: block %d is missing: %.200s", filepath.Base(document), i, shown(block))
			} else if a, b := shown(got.Body.Blocks[i]), shown(block); a != b {
				t.Errorf("%s: block %d\ngot  %.300s\nwant %.300s", filepath.Base(document), i, a, b)
			}
		}
	}
	t.Logf("%d documents, %d blocks", len(documents), blocks)
}
