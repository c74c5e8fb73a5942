package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"newsdesk/internal/press"
)

const mb = 1 << 20

func random(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

// testStore is the suite of every kind of store. open gives an empty one.
func testStore(t *testing.T, open func(t *testing.T) Store) {
	tests := map[string]func(*testing.T, Store){
		"round trip": testRoundTrip, "too large": testTooLarge, "reader fails": testReaderFails, "not there": testNotThere,
		"list": testList, "many writers": testManyWriters, "cancelled": testCancelled, "bad digest": testBadDigest,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, s Store, data []byte) press.Digest {
	t.Helper()
	d, n, err := s.Put(t.Context(), bytes.NewReader(data), 64*mb)
	if err != nil || n != int64(len(data)) || d != press.DigestOf(data) {
		t.Fatalf("put gave %s, %d, %v", d, n, err)
	}
	return d
}

func count(t *testing.T, s Store) (blobs int) {
	t.Helper()
	if err := s.List(t.Context(), func(press.Digest, int64) error { blobs++; return nil }); err != nil {
		t.Fatal(err)
	}
	return blobs
}

func testRoundTrip(t *testing.T, s Store) {
	for seed, size := range []int{0, 1, 100, 300_000, 18 * mb} {
		data := random(uint64(seed), size)
		d := put(t, s, data)
		if again := put(t, s, data); again != d {
			t.Errorf("the same bytes came back as %s and %s", d, again)
		}
		got, err := ReadAll(t.Context(), s, d, int64(size))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: got %d, %v", size, len(got), err)
		}
		if has, err := s.Has(t.Context(), d); !has || err != nil {
			t.Errorf("has: %v, %v", has, err)
		}
	}
	if n := count(t, s); n != 5 {
		t.Errorf("%d blobs, want 5", n)
	}
}

func testTooLarge(t *testing.T, s Store) {
	data := random(9, 1000)
	if _, _, err := s.Put(t.Context(), bytes.NewReader(data), 1000); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	_, _, err := s.Put(t.Context(), bytes.NewReader(append(data, 1)), 1000)
	if press.CodeOf(err) != "blob.too_large" || press.KindOf(err) != press.TooLarge {
		t.Errorf("one more: %v", err)
	}
	if n := count(t, s); n != 1 {
		t.Errorf("%d blobs, want 1", n)
	}
	if _, err := ReadAll(t.Context(), s, press.DigestOf(data), 999); press.CodeOf(err) != "blob.too_large" {
		t.Errorf("read over the limit: %v", err)
	}
}

func testReaderFails(t *testing.T, s Store) {
	lost := errors.New("connection lost")
	r := io.MultiReader(bytes.NewReader(random(1, 200_000)), failing{lost})
	if _, _, err := s.Put(t.Context(), r, mb); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	if n := count(t, s); n != 0 {
		t.Errorf("%d blobs were left", n)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func testNotThere(t *testing.T, s Store) {
	d := put(t, s, random(2, 10))
	if err := s.Delete(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), d); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
	if _, _, err := s.Open(t.Context(), d); press.CodeOf(err) != "blob.not_found" || press.KindOf(err) != press.NotFound {
		t.Errorf("open: %v", err)
	}
	if has, err := s.Has(t.Context(), d); has || err != nil {
		t.Errorf("has: %v, %v", has, err)
	}
}

func testList(t *testing.T, s Store) {
	want := map[press.Digest]int64{}
	for i := range 7 {
		data := random(uint64(i), 10+i)
		want[put(t, s, data)] = int64(len(data))
	}
	got := map[press.Digest]int64{}
	err := s.List(t.Context(), func(d press.Digest, n int64) error { got[d] = n; return nil })
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d of %d, %v", len(got), len(want), err)
	}
	for d, n := range want {
		if got[d] != n {
			t.Errorf("%s has %d bytes, want %d", d, got[d], n)
		}
	}
	enough := errors.New("enough")
	if err := s.List(t.Context(), func(press.Digest, int64) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a stop became %v", err)
	}
}

// The same bytes from many sides at once: one blob, whole at every moment it can be seen.
func testManyWriters(t *testing.T, s Store) {
	data := random(3, 400_000)
	d := press.DigestOf(data)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got, _, err := s.Put(t.Context(), bytes.NewReader(data), mb); got != d || err != nil {
				t.Errorf("put gave %s, %v", got, err)
			}
		})
		group.Go(func() {
			got, err := ReadAll(t.Context(), s, d, mb)
			if err != nil && press.CodeOf(err) != "blob.not_found" {
				t.Errorf("a reader saw %v", err)
			}
			if err == nil && !bytes.Equal(got, data) {
				t.Error("a reader saw other bytes")
			}
		})
	}
	group.Wait()
	if n := count(t, s); n != 1 {
		t.Errorf("%d blobs, want 1", n)
	}
}

func testCancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, bytes.NewReader(random(4, 100)), mb); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if n := count(t, s); n != 0 {
		t.Errorf("%d blobs were left", n)
	}
}

func testBadDigest(t *testing.T, s Store) {
	for _, d := range []press.Digest{"", "ab", "../../../../etc/passwd", press.Digest(bytes.Repeat([]byte("G"), 64))} {
		if _, _, err := s.Open(t.Context(), d); press.KindOf(err) != press.Invalid {
			t.Errorf("open %q: %v", d, err)
		}
		if _, err := s.Has(t.Context(), d); press.KindOf(err) != press.Invalid {
			t.Errorf("has %q: %v", d, err)
		}
		if err := s.Delete(t.Context(), d); press.KindOf(err) != press.Invalid {
			t.Errorf("delete %q: %v", d, err)
		}
	}
}
