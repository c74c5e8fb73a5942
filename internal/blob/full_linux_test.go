package blob

import (
	"bytes"
	"syscall"
	"testing"

	"newsdesk/internal/press"
)

// A real disk that fills: a small file system in memory, which only root may mount.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	d := newDisk(t, dir)
	kept := random(1, 100_000)
	put(t, d, kept)
	_, _, err := d.Put(t.Context(), bytes.NewReader(random(2, mb)), 2*mb)
	if press.KindOf(err) != press.Unavailable || press.CodeOf(err) != "blob.full" {
		t.Fatalf("got %v", err)
	}
	if n := staged(t, d); n != 0 {
		t.Errorf("%d staged files are left", n)
	}
	if got, err := ReadAll(t.Context(), d, press.DigestOf(kept), mb); err != nil || !bytes.Equal(got, kept) {
		t.Errorf("what was kept before: %v", err)
	}
	put(t, d, random(3, 300_000)) // the room of the failed file is free again
}
