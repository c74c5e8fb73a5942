package photo

import (
	"bytes"
	"sync"
	"testing"

	"newsdesk/internal/press"
)

func TestSpareMemoryIsBounded(t *testing.T) {
	t.Parallel()
	for n := 1000; n < mostSpare; n += n / 3 {
		giveBack(make([]byte, n))
		if b := borrow(n - 7); len(b) != n-7 {
			t.Fatalf("%d bytes, want %d", len(b), n-7)
		}
		giveBack(make([]byte, n))
	}
	lendable.Lock()
	defer lendable.Unlock()
	held := 0
	for _, b := range lendable.memory {
		held += cap(b)
	}
	if held != lendable.bytes || held > mostSpare {
		t.Errorf("%d bytes are kept, %d are counted, %d allowed", held, lendable.bytes, mostSpare)
	}
}

// Photos that are made at the same time and after one another, of other sizes and the other way round, do not see each other's
// samples.
func TestMemoryIsUsedAgain(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	p := New(Config{Workers: 4})
	crop := Job{Recipe: press.CoverWide, Frame: press.Frame{Crop: &press.Rect{X1: 0.4, Y1: 0.4, X2: 0.6, Y2: 0.5}}}
	jobs := []Job{{Recipe: press.Site1600}, {Recipe: press.CoverSquare}, crop, {Recipe: press.Thumb}}
	files := [][]byte{
		jpegFile(t, scene(2400, 1601)),
		jpegFile(t, noise(1600, 1067), exifSegment(6)),
		jpegFile(t, drawing(1599, 999), exifSegment(3), iccSegment(iccProfile("Display P3", p3ToXYZ))),
	}
	want := make([][]Output, len(files))
	for i, file := range files {
		want[i] = mustMake(t, New(Config{}), file, jobs...)
	}
	var group sync.WaitGroup
	for k := range 4 {
		group.Go(func() {
			for i := range 2 * len(files) {
				at := (i + k) % len(files)
				got, _, err := p.Make(t.Context(), "", files[at], jobs)
				if err != nil {
					t.Error(err)
					return
				}
				for j := range got {
					if !bytes.Equal(got[j].Data, want[at][j].Data) {
						t.Errorf("photo %d, %s: other bytes", at, jobs[j].Recipe)
					}
				}
			}
		})
	}
	group.Wait()
}
