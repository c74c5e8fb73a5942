package api_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// A real disk that fills while a parcel comes in: a small file system in memory, which only root may mount.
func TestDiskFullWhileUploading(t *testing.T) {
	dir := t.TempDir()
	spool := filepath.Join(dir, "tmp")
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", spool, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(spool, 0); err != nil {
			t.Error(err)
		}
	})
	d := open(t, map[string]any{"data": dir})
	big := file("rest.bin", make([]byte, 1<<20))
	_, err := d.as("writer").HandIn(t.Context(), api.Parcel{Files: append(parcel(t, "Full"), big)})
	refused(t, err, press.Unavailable, "disk.full")
	if n := spooled(t, d); n != 0 {
		t.Errorf("%d folders are left on the full disk", n)
	}
	d.handIn(t, "Room again")
}
