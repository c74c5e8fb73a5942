package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// vault keeps the bytes of media by their SHA-256: in memory, or as files beside the state file.
type vault struct {
	dir string
	mu  sync.RWMutex
	mem map[string][]byte
}

func openVault(stateFile string) (*vault, error) {
	v := &vault{mem: map[string][]byte{}}
	if stateFile == "" {
		return v, nil
	}
	v.dir = stateFile + ".media"
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: make the media folder: %w", err)
	}
	return v, nil
}

func (v *vault) put(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if v.dir == "" {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.mem[digest] = data
		return digest, nil
	}
	name := filepath.Join(v.dir, digest)
	if _, err := os.Stat(name); err == nil {
		return digest, nil
	}
	return digest, writeFile(name, data)
}

func (v *vault) get(digest string) ([]byte, error) {
	if v.dir != "" {
		return os.ReadFile(filepath.Join(v.dir, digest))
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	data, found := v.mem[digest]
	if !found {
		return nil, os.ErrNotExist
	}
	return data, nil
}

// writeFile writes beside the target and renames, so that a reader finds the whole file or none.
func writeFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return fmt.Errorf("sandbox: write %s: %w", filepath.Base(name), err)
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("sandbox: write %s: %w", filepath.Base(name), err)
	}
	return nil
}
