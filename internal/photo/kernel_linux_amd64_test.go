//go:build amd64 && !purego

package photo

import (
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// fenced returns n bytes with a page behind them that nobody may touch, or one before them.
func fenced(t *testing.T, n int, behind bool) []byte {
	t.Helper()
	page := syscall.Getpagesize()
	size := (n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(all) })
	for _, fence := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	inside := all[page : page+size]
	if behind {
		return inside[size-n:]
	}
	return inside[:n:n]
}

// A loop that reads or writes one byte too many ends the process here.
func TestVectorsStayWithin(t *testing.T) {
	needVectors(t)
	rng := rand.New(rand.NewPCG(9, 10))
	for i := range 200 {
		c := anyKernelCase(rng)
		src := c.fill(fenced(t, c.bytes(), i%2 == 0), rng)
		s := newScaler(src, c.part, c.toW, c.toH)
		if s.same || s.vectors == nil {
			continue
		}
		dst := plane{pix: fenced(t, c.toW*c.toH, i%2 == 0), w: c.toW, h: c.toH, step: c.toW}
		pour(s.flow(dst), src)
	}
	c := newConversion(readProfile(iccProfile("Display P3", p3ToXYZ)))
	for i := range 60 {
		p := anyPicture(rng, 1+rng.IntN(100), 1+rng.IntN(30))
		for _, pl := range []*plane{&p.y, &p.cb, &p.cr} {
			pix := fenced(t, len(pl.pix), i%2 == 0)
			copy(pix, pl.pix)
			pl.pix = pix
		}
		c.picture(p)
	}
}

// threadTime is what this thread has had of the processor, which a busy machine does not stretch.
func threadTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(1, &u); err != nil { // RUSAGE_THREAD
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkKernels makes each step of a photo's way with vectors and with words, by turns, and says how many times faster
// the vectors are.
func BenchmarkKernels(b *testing.B) {
	needVectors(b)
	rng := rand.New(rand.NewPCG(11, 12))
	stored := anyPicture(rng, 2016, 1512)
	stored.width, stored.height = 2016, 1512
	master := resample(pictureOf(scene(1600, 1200)), region{0, 0, 1600, 1200}, 1600, 1200, 1)
	c := newConversion(readProfile(iccProfile("Display P3", p3ToXYZ)))
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"master", func() { resample(stored, region{0, 0, 2016, 1512}, 1600, 1200, 1) }},
		{"body", func() { cutUpright(master, whole, 1080, 810) }},
		{"thumb", func() { cutUpright(master, whole, 480, 360) }},
		{"enlarged", func() { cutUpright(master, region{0.4, 0.4, 0.6, 0.5}, 900, 383) }},
		{"colour", func() { c.picture(master.clone()) }},
	} {
		b.Run(step.name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var vectors, words time.Duration
			for b.Loop() {
				start := threadTime(b)
				step.do()
				middle := threadTime(b)
				inWords(step.do)
				vectors += middle - start
				words += threadTime(b) - middle
			}
			b.ReportMetric(float64(words)/float64(vectors), "x-words")
			b.ReportMetric(vectors.Seconds()*1000/float64(b.N), "ms-vectors")
			b.ReportMetric(words.Seconds()*1000/float64(b.N), "ms-words")
			b.ReportMetric(0, "ns/op")
		})
	}
}
