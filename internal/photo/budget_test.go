package photo

import (
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// watched is a codec that notes what is decoded at the same time, in the bytes that its headers say it takes.
type watched struct {
	fastJPEG
	mu         sync.Mutex
	now, most  int64
	open, peak int
}

func (w *watched) stream(data []byte, h *header, shrink int, begin func(*picture) (sink, error)) error {
	w.note(h.memory(), 1)
	time.Sleep(2 * time.Millisecond) // so that others would come in, if they could
	defer w.note(-h.memory(), -1)
	return w.fastJPEG.stream(data, h, shrink, begin)
}

func (w *watched) note(bytes int64, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.open = w.now+bytes, w.open+n
	w.most, w.peak = max(w.most, w.now), max(w.peak, w.open)
}

// TestBudgetHolds has eight people bring four photos each, of two sizes, to a pipeline with many workers and memory for a few:
// never more is being decoded than the budget allows, and never fewer photos than fit.
func TestBudgetHolds(t *testing.T) {
	t.Parallel()
	small, large := jpegFile(t, scene(400, 300)), jpegFile(t, scene(900, 700))
	h, err := readHeader(large)
	if err != nil {
		t.Fatal(err)
	}
	budget := 5 * h.memory() / 2
	p := New(Config{Workers: 32, MemoryBudget: budget})
	codec := &watched{}
	p.codec = codec
	var group sync.WaitGroup
	for person := range 8 {
		group.Go(func() {
			var own sync.WaitGroup
			for n := range 4 {
				own.Go(func() {
					data := small
					if (person+n)%2 == 0 {
						data = large
					}
					if _, _, err := p.Make(t.Context(), "a.jpg", data, []Job{{Recipe: press.Site480}}); err != nil {
						t.Error(err)
					}
				})
			}
			own.Wait()
		})
	}
	group.Wait()
	if codec.most > budget || codec.now != 0 {
		t.Errorf("%d bytes were decoded at once with a budget of %d, %d are left", codec.most, budget, codec.now)
	}
	if codec.peak < 2 {
		t.Errorf("never two at once, where two and more fit")
	}
}
