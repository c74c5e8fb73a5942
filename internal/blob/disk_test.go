package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func newDisk(t *testing.T, dir string) *Disk {
	t.Helper()
	d, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDisk(t *testing.T) {
	t.Parallel()
	testStore(t, func(t *testing.T) Store { return newDisk(t, t.TempDir()+"/new/./blobs/") })
}

func staged(t *testing.T, d *Disk) int {
	t.Helper()
	entries, err := os.ReadDir(d.incoming)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestNothingStaysStaged(t *testing.T) {
	t.Parallel()
	d := newDisk(t, t.TempDir())
	put(t, d, random(1, 1000))
	put(t, d, random(1, 1000))
	if _, _, err := d.Put(t.Context(), bytes.NewReader(random(2, 1000)), 10); err == nil {
		t.Error("too much was taken")
	}
	if _, _, err := d.Put(t.Context(), failing{os.ErrClosed}, 10); err == nil {
		t.Error("a failing reader was taken")
	}
	if n := staged(t, d); n != 0 {
		t.Errorf("%d staged files are left", n)
	}
}

// A crash leaves a staged file; a start removes it, but not one that another process is writing.
func TestSweepAtStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDisk(t, dir)
	for name, age := range map[string]time.Duration{"put-old": 2 * staleAfter, "put-busy": 0} {
		path := filepath.Join(d.incoming, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	newDisk(t, dir)
	if _, err := os.Stat(filepath.Join(d.incoming, "put-busy")); err != nil || staged(t, d) != 1 {
		t.Errorf("%d staged files, %v", staged(t, d), err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	d := newDisk(t, t.TempDir())
	data := random(5, 5000)
	digest := put(t, d, data)
	spoiled := append([]byte{data[0] ^ 1}, data[1:]...)
	for name, bytes := range map[string][]byte{"a changed bit": spoiled, "cut": data[:4000]} {
		if err := os.WriteFile(d.path(digest), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadAll(t.Context(), d, digest, mb); press.CodeOf(err) != "blob.damaged" || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	put(t, d, data) // the last damage was a cut, which putting again mends
	if _, err := ReadAll(t.Context(), d, digest, mb); err != nil {
		t.Errorf("not mended: %v", err)
	}
}

func TestListPassesStrangersOver(t *testing.T) {
	t.Parallel()
	d := newDisk(t, t.TempDir())
	put(t, d, []byte("a"))
	for _, name := range []string{"README", string(press.DigestOf([]byte("b")))} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte("b"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d blobs, want 1", n)
	}
}
