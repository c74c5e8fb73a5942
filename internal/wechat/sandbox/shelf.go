package sandbox

import "container/list"

// shelf keeps records by key, newest first, as the platform lists them.
type shelf[T any] struct {
	order *list.List
	at    map[string]*list.Element
}

type shelved[T any] struct {
	key   string
	value T
}

func newShelf[T any]() *shelf[T] {
	return &shelf[T]{order: list.New(), at: map[string]*list.Element{}}
}

// put adds a record at the front, or replaces it and moves it there.
func (s *shelf[T]) put(key string, v T) {
	s.remove(key)
	s.at[key] = s.order.PushFront(shelved[T]{key, v})
}

func (s *shelf[T]) get(key string) (T, bool) {
	e, found := s.at[key]
	if !found {
		var zero T
		return zero, false
	}
	return e.Value.(shelved[T]).value, true
}

func (s *shelf[T]) remove(key string) bool {
	e, found := s.at[key]
	if found {
		s.order.Remove(e)
		delete(s.at, key)
	}
	return found
}

func (s *shelf[T]) len() int { return len(s.at) }

// page returns at most count records from offset; a negative count means all.
func (s *shelf[T]) page(offset, count int) []T {
	out := []T{}
	i := 0
	for e := s.order.Front(); e != nil && (count < 0 || len(out) < count); e = e.Next() {
		if i >= offset {
			out = append(out, e.Value.(shelved[T]).value)
		}
		i++
	}
	return out
}

// oldestFirst returns every record in the order in which put must be repeated.
func (s *shelf[T]) oldestFirst() []T {
	out := make([]T, 0, len(s.at))
	for e := s.order.Back(); e != nil; e = e.Prev() {
		out = append(out, e.Value.(shelved[T]).value)
	}
	return out
}

// swap replaces a record where it stands.
func (s *shelf[T]) swap(key string, v T) {
	if e, found := s.at[key]; found {
		e.Value = shelved[T]{key, v}
	}
}
