package gallery_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"newsdesk/internal/gallery"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

func TestRotate(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := t.Context()
	p, _, err := r.Take(ctx, "a.jpg", opener(quarters(t, 400, 300)), nil)
	r.ok(err)
	turned, err := r.Rotate(ctx, p.Digest, 1)
	r.ok(err)
	if turned.Digest == p.Digest || turned.Width != 300 || turned.Height != 400 || turned.Name != "a.jpg" {
		t.Errorf("turned %+v", turned)
	}
	var jobs []photo.Job
	for _, recipe := range gallery.BodyRecipes() {
		jobs = append(jobs, photo.Job{Recipe: recipe})
	}
	_, err = r.blind().Renditions(ctx, turned.Digest, jobs) // they were made at once
	r.ok(err)
	kept, err := r.rows.Photo(ctx, p.Digest)
	r.ok(err)
	if kept.Width != 400 {
		t.Errorf("the first one became %+v", kept)
	}
	_, err = r.Rotate(ctx, p.Digest, 4)
	r.refused(err, press.Invalid, "photo.turns", "")
	_, err = r.Rotate(ctx, press.DigestOf([]byte("none")), 1)
	r.refused(err, press.NotFound, "photo.missing", "")
}

// TestUploadsAreBounded: three of one person at a time, whatever others do, and no more than anybody waits for.
func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	u := gallery.NewUploads()
	ctx := t.Context()
	var leaves []func()
	for range 3 {
		leave, err := u.Enter(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := u.Enter(over, "a"); press.CodeOf(err) != "photo.queue" {
		t.Errorf("a fourth: %v", err)
	}
	other, err := u.Enter(ctx, "b")
	if err != nil {
		t.Error(err)
	}
	other()

	var wg sync.WaitGroup
	entered := make(chan error, 100)
	waiting, stop := context.WithCancel(ctx)
	for range 70 { // 57 may wait beside the three
		wg.Go(func() {
			leave, err := u.Enter(waiting, "a")
			if err == nil {
				leave()
			}
			entered <- err
		})
	}
	refused := 0
	for refused < 13 {
		if err := <-entered; press.KindOf(err) != press.Quota {
			t.Errorf("got %v", err)
		}
		refused++
	}
	for _, leave := range leaves {
		leave()
	}
	for range 57 {
		if err := <-entered; err != nil {
			t.Error(err)
		}
	}
	stop()
	wg.Wait()

	full, err := u.Room(ctx, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Room(over, 1); !errors.Is(err, context.Canceled) {
		t.Error(fmt.Sprint("there was room: ", err))
	}
	full()
}
