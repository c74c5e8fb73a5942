//go:build unix

package drill

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Main runs a package's tests and removes what the drills share: the programs and the services.
func Main(m *testing.M) int {
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	for i := len(shared.closers) - 1; i >= 0; i-- {
		shared.closers[i]()
	}
	return code
}

// shared is what all worlds of a test program stand on.
var shared struct {
	mu      sync.Mutex
	closers []func()
}

func atTheEnd(f func()) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.closers = append(shared.closers, f)
}

// programs builds the real programs once, with the tag drill, which adds a clock that can be stepped and nothing else.
var programs = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "newsdesk-drill-"); err != nil {
		return "", err
	}
	atTheEnd(func() { _ = os.RemoveAll(dir) })
	cmd := exec.Command("go", "build", "-tags", "drill", "-o", dir+string(filepath.Separator), "newsdesk/cmd/newsdesk", "newsdesk/cmd/wechat-sandbox") //nolint:gosec,noctx // our own programs; it ends by itself
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err = tied(cmd); err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, said.String())
	}
	return dir, nil
})

func program(t testing.TB, name string) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}
