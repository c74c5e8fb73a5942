package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// folder writes files into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func namesOf(files []File) string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func TestFolder(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{
		"a.txt": "T\none\nx.jpg", "x.jpg": "1", "photos/y.png": "22", ".hidden.jpg": "", ".git/z.jpg": "",
		"__MACOSX/x.jpg": "", "Thumbs.db": "", "notes.pdf.part": "",
	})
	if err := os.Symlink(filepath.Join(root, "x.jpg"), filepath.Join(root, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	files, err := FromPaths([]string{root})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(files); got != "a.txt notes.pdf.part photos/y.png x.jpg" {
		t.Errorf("files %s", got)
	}
	p, err := Read(files, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Photos) != 2 || !p.Photos[0].Placed || p.Photos[1].Placed || p.Photos[1].File.Size != 2 {
		t.Errorf("photos %+v, want x.jpg placed and y.png kept", p.Photos)
	}
}

func TestOneDocumentBringsWhatItNames(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{
		"secret.jpg":           "",
		"news/a.md":            "---\ncover: c.jpg\n---\n# T\n\none\n\n![](images/x%20y.jpg)\n\n![](../secret.jpg)\n\n![](/etc/passwd)\n\n![](data:image/png;base64,iVBORw0KGgoAAAA)",
		"news/images/x y.jpg":  "",
		"news/images/z.jpg":    "",
		"news/c.JPG":           "",
		"news/other.txt":       "U\ntwo",
		"news/embedded-1.png":  "",
		"news/deep/secret.jpg": "",
	})
	files, err := FromPaths([]string{filepath.Join(root, "news", "a.md")})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(files); got != "a.md images/x y.jpg deep/secret.jpg c.JPG" {
		t.Errorf("files %s: want the named ones, all from the document's folder", got)
	}
}

func TestDocumentPlusPhotos(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"a.txt": "T\none\nx.jpg", "p/x.jpg": "", "y.jpg": ""})
	files, err := FromPaths([]string{filepath.Join(root, "a.txt"), filepath.Join(root, "p", "x.jpg")})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(files); got != "a.txt x.jpg" {
		t.Errorf("files %s", got)
	}
}

func TestBrokenDocumentStillComesAlone(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"a.txt": "", "x.jpg": ""})
	files, err := FromPaths([]string{filepath.Join(root, "a.txt")})
	if err != nil || namesOf(files) != "a.txt" {
		t.Fatalf("FromPaths = %s, %v", namesOf(files), err)
	}
	if _, err := Read(files, DefaultLimits()); press.CodeOf(err) != "document.empty" {
		t.Errorf("Read = %v", err)
	}
}

func TestMissingPath(t *testing.T) {
	t.Parallel()
	_, err := FromPaths([]string{filepath.Join(t.TempDir(), "gone.txt")})
	if press.KindOf(err) != press.NotFound || !strings.Contains(press.TextOf(err).EN, "gone.txt") {
		t.Errorf("FromPaths = %v, want one sentence that names the file", err)
	}
}
