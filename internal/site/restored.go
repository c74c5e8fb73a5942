package site

import (
	"context"
	"errors"
)

// Outdate has the next Outdated say yes: what the articles are was replaced as a whole, by a backup.
func (s *Site) Outdate(ctx context.Context) error {
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	return errors.Join(w.remove(markFile), w.put(lookFile, []byte("outdated\n")), w.settle())
}
