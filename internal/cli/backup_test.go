package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBackupAndRestore is an operator's way, with the key and the website: an office with an article on its website is backed
// up while it serves, brought to an empty folder, and serves there.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	data := strings.TrimPrefix(i.environ[0], "NEWSDESK_DATA=")
	i.run("backup", filepath.Join(t.TempDir(), "none.tar")).refused(3, "backup.nothing")
	server := i.serve()
	i = i.with("NEWSDESK_SERVER=" + server)
	editor := i.with("NEWSDESK_TOKEN=" + i.token("writer", "contributor,editor"))
	id := editor.field(`"id":`, "submit", parcel(t, englishText), "--json")
	for _, name := range []string{"one", "two", "three"} {
		i.with("NEWSDESK_TOKEN="+i.token(name, "reviewer")).ok("article", "sign", id, "--yes")
	}
	editor.ok("edition", "create", "--mode", "publish", "--at", "now", id)
	page := filepath.Join(data, "site", "a")
	pages := func(folder string) int {
		list, _ := filepath.Glob(filepath.Join(folder, "*", "*", "*.html"))
		return len(list)
	}
	for end := time.Now().Add(30 * time.Second); pages(page) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the page did not go live: " + editor.ok("delivery", "list"))
		}
	}
	key := filepath.Join(data, "secret.key")
	write(t, key, "a2V5\n")

	file := filepath.Join(t.TempDir(), "office.tar")
	if out := i.ok("backup", file, "--with-key"); !strings.Contains(out, "1 articles") || !strings.Contains(out, "guard the file") {
		t.Errorf("backup says: %s", out)
	}
	streamed := i.run("backup", "-", "--without-renditions")
	if streamed.code != 0 || !strings.HasPrefix(streamed.out, "newsdesk-backup.json\x00") || !strings.Contains(streamed.errOut, "keep "+key) {
		t.Errorf("to standard output: %d, %.40q, %s", streamed.code, streamed.out, streamed.errOut)
	}
	i.ok("restore", "--check", file)
	i.run("restore", file).refused(4, "restore.not_empty")
	i.run("restore", filepath.Join(data, "nothing.tar")).refused(3, "path.missing")
	i.run("restore", key).refused(2, "backup.foreign")

	empty := newInstallation(t)
	folder := strings.TrimPrefix(empty.environ[0], "NEWSDESK_DATA=")
	if err := os.MkdirAll(filepath.Join(folder, "site", "c"), 0o750); err != nil {
		t.Fatal(err)
	}
	empty.run("restore", file).refused(4, "restore.in_use")
	out := empty.ok("restore", file, "--keep")
	if !strings.Contains(out, "THE OLD MACHINE MUST NOT RUN ANY MORE") || strings.Contains(out, "The key is not here") {
		t.Errorf("restore says: %s", out)
	}
	if chinese := empty.run("restore", "--check", file, "--lang", "zh"); !strings.Contains(chinese.out, "1 篇稿件") {
		t.Errorf("in Chinese: %s%s", chinese.out, chinese.errOut)
	}
	have, err := os.ReadFile(filepath.Join(folder, "secret.key"))
	info, statErr := os.Stat(filepath.Join(folder, "secret.key"))
	if err != nil || statErr != nil || !bytes.Equal(have, []byte("a2V5\n")) || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %q, %v, %v", have, err, statErr)
	}
	empty.serve()
	for end := time.Now().Add(30 * time.Second); pages(filepath.Join(folder, "site", "a")) != 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the website was not written anew")
		}
	}
}

// field runs a command and returns what stands behind a name in what it printed.
func (i *installation) field(name string, args ...string) string {
	i.Helper()
	out := i.ok(args...)
	_, rest, ok := strings.Cut(out, name)
	if !ok {
		i.Fatalf("no %s in %s", name, out)
	}
	return strings.Trim(strings.SplitN(rest, ",", 2)[0], "\" \n")
}
