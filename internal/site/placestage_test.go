package site

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// meanwhile is a context that has something done, once, when the first file was put aside for the place.
type meanwhile struct {
	context.Context
	dir  string
	do   func()
	done *bool
}

func (m meanwhile) Err() error {
	if left, _ := os.ReadDir(m.dir); len(left) > 0 && !*m.done {
		*m.done = true
		m.do()
	}
	return m.Context.Err()
}

// TestPublishingWhileAPlaceBegins: while the whole site is put aside for a new place, articles come, change and go, and what is
// brought is the site at one moment.
func TestPublishingWhileAPlaceBegins(t *testing.T) {
	t.Parallel()
	s, archive, e := mirrored(t, true)
	s.few = 20
	later := PushLater(t.Context())
	write := func(ctx context.Context, a Article) error {
		if _, err := s.Publish(ctx, a); err != nil {
			return err
		}
		archive.set(entryOf(a))
		return s.Refresh(ctx, a.Content.Column, a.ID)
	}
	for n := range 6 {
		if err := write(later, sample(t, n)); err != nil {
			t.Fatal(err)
		}
	}
	done := false
	ctx := meanwhile{t.Context(), filepath.Join(s.cfg.Dir, stageDir), func() {
		ctx, stop := context.WithTimeout(later, 20*time.Second)
		defer stop()
		corrected := sample(t, 3)
		corrected.Content.Title = "更正：标题改了"
		gone := sample(t, 1)
		archive.delete(gone.ID)
		for i, err := range []error{write(ctx, sample(t, 7)), write(ctx, corrected), s.Remove(ctx, gone.ID, gone.Content.Column)} {
			if err != nil {
				t.Error(fmt.Errorf("change %d while files were put aside: %w", i, err))
			}
		}
	}, &done}
	pushed, err := s.Push(ctx)
	if err != nil || !done {
		t.Fatal(err, done)
	}
	if differ := diff(e.expected(), readTree(t, e.dir)); len(differ) > 0 {
		t.Errorf("after %d files the place differs: %v", pushed.Files, differ)
	}
	if _, err := s.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.mustAgree("after one push more")
}
