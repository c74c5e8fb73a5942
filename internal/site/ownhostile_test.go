//go:build unix

package site

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestOwnFolderOfStrangeThings: whatever lies in a school's folder, the start ends, with a message that names the file.
func TestOwnFolderOfStrangeThings(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(file string) error{
		"pipe":    func(file string) error { return syscall.Mkfifo(file, 0o600) },
		"way out": func(file string) error { return os.Symlink("/etc/passwd", file) },
		"round":   func(file string) error { return os.Symlink(filepath.Base(file), file) },
		"folder":  func(file string) error { return os.Mkdir(file, 0o700) },
		"endless": func(file string) error { return os.Symlink("/dev/zero", file) },
		"large":   func(file string) error { return errors.Join(os.WriteFile(file, nil, 0o600), os.Truncate(file, 1<<40)) },
		"calls itself": func(file string) error {
			return os.WriteFile(file, []byte(`{{define "footer"}}{{template "footer" .}}{{end}}`), 0o600)
		},
		"two round": func(file string) error {
			return os.WriteFile(file, []byte(`{{define "footer"}}{{template "crumbs" .}}{{end}}{{define "crumbs"}}{{template "footer" .}}{{end}}`), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := lay(filepath.Join(dir, "frame.html")); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() {
				_, err := siteWith(t, "campus", dir)
				ended <- err
			}()
			select {
			case err := <-ended:
				if press.CodeOf(err) != "site.look" || !strings.Contains(press.TextOf(err).EN, "frame.html") {
					t.Errorf("%.300v", err)
				}
			case <-time.After(20 * time.Second):
				t.Error("the start did not end")
			}
		})
	}
}
