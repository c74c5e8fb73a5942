package servicetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Data returns a path among the shared test data (real photos, documents and hostile HTML), and skips the test where there
// is none. The data lies in the folder that NEWSDESK_TESTDATA names, or in shared/testdata beside the repository; it is
// not part of it.
func Data(t testing.TB, path ...string) string {
	t.Helper()
	full := filepath.Join(append([]string{dataRoot()}, path...)...)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("no shared test data here: %s", filepath.Join(path...))
	}
	return full
}

func dataRoot() string {
	if root := os.Getenv("NEWSDESK_TESTDATA"); root != "" {
		return root
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "..", "shared", "testdata")
}
