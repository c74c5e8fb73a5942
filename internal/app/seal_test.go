package app

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
)

func TestSealer(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Data: t.TempDir()}
	s := newSealer(cfg)
	if _, err := s.open("a", "v1.AAAA"); press.CodeOf(err) != "secrets.key" {
		t.Errorf("with no key at all: %v", err)
	}
	sealed, err := s.seal("account/office/secret", "hunter2")
	if err != nil || strings.Contains(sealed, "hunter2") {
		t.Fatalf("sealed %q, %v", sealed, err)
	}
	if again, _ := s.seal("account/office/secret", "hunter2"); again == sealed {
		t.Error("the same secret is sealed to the same text twice")
	}
	info, err := os.Stat(filepath.Join(cfg.Data, "secret.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info, err)
	}
	other := newSealer(cfg) // a restart
	if plain, err := other.open("account/office/secret", sealed); err != nil || plain != "hunter2" {
		t.Errorf("opened %q, %v", plain, err)
	}
	changed := []byte(sealed)
	if at := len(changed) / 2; changed[at] == 'A' { // whatever stood there
		changed[at] = 'B'
	} else {
		changed[at] = 'A'
	}
	for name, text := range map[string]string{
		"changed": string(changed), "no form": "hunter2", "short": "v1.AA", "not base64": "v1.***",
	} {
		if _, err := other.open("account/office/secret", text); press.CodeOf(err) != "secrets.key" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := other.open("account/campus/secret", sealed); press.CodeOf(err) != "secrets.key" {
		t.Errorf("what was sealed for another account: %v", err)
	}
	cfg.Secrets.Key = config.Secret(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if _, err := newSealer(cfg).open("account/office/secret", sealed); press.CodeOf(err) != "secrets.key" || strings.Contains(err.Error(), cfg.Secrets.Key.Reveal()) {
		t.Errorf("with another key: %v", err)
	}
}

// TestSealersAgreeOnAKey: processes that make the key file at the same moment all use one key.
func TestSealersAgreeOnAKey(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Data: t.TempDir()}
	var wg sync.WaitGroup
	sealed := make([]string, 8)
	for i := range sealed {
		wg.Go(func() { sealed[i], _ = newSealer(cfg).seal("p", "x") })
	}
	wg.Wait()
	for _, text := range sealed {
		if plain, err := newSealer(cfg).open("p", text); err != nil || plain != "x" {
			t.Errorf("opened %q, %v", plain, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cfg.Data, ".secret-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}
