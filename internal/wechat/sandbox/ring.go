package sandbox

// ring keeps the newest records, numbered from 1 without gaps.
type ring[T any] struct {
	items []T
	next  uint64
}

func newRing[T any](size int) *ring[T] {
	return &ring[T]{items: make([]T, 0, size), next: 1}
}

// add stores v and returns its number and what it pushed out, if anything.
func (r *ring[T]) add(v T) (seq uint64, old *T) {
	seq = r.next
	r.next++
	if len(r.items) < cap(r.items) {
		r.items = append(r.items, v)
		return seq, nil
	}
	i := int((seq - 1) % uint64(cap(r.items)))
	gone := r.items[i]
	r.items[i] = v
	return seq, &gone
}

func (r *ring[T]) get(seq uint64) (T, bool) {
	var zero T
	if seq == 0 || seq >= r.next || r.next-seq > uint64(len(r.items)) {
		return zero, false
	}
	return r.items[(seq-1)%uint64(cap(r.items))], true
}

// newest returns up to n records that keep accepts, newest first; n < 0 means all.
func (r *ring[T]) newest(n int, keep func(T) bool) []T {
	out := []T{}
	for seq := r.next - 1; seq > 0 && (n < 0 || len(out) < n); seq-- {
		v, found := r.get(seq)
		if !found {
			break
		}
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}
