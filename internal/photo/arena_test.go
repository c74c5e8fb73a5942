package photo

import (
	"bytes"
	"sync"
	"testing"

	"newsdesk/internal/press"
)

func TestClassesOfMemory(t *testing.T) {
	t.Parallel()
	for n := leastLent; n < mostLent; n += n/97 + 1 {
		class, size := classOf(n)
		if size < n || size > n+n/8+1 || class < 0 || class >= len(returned) {
			t.Fatalf("%d bytes are of class %d, with %d bytes", n, class, size)
		}
		if again, same := classOf(size); again != class || same != size {
			t.Fatalf("%d bytes of class %d come back in class %d", size, class, again)
		}
	}
	giveBack(make([]byte, 10_000)) // of no class's size
	for range 10 {
		if b := borrow(9_999); len(b) != 9_999 || cap(b) < 9_999 {
			t.Fatalf("%d of %d bytes", len(b), cap(b))
		}
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
