//go:build unix

package drill

import (
	"strings"
	"sync"
)

// Phase is a moment of a call or a commit at which a hook holds it.
type Phase int

// The phases of a call, and of a commit.
const (
	Asked     Phase = iota // it has left the process and not arrived
	Answered               // it had its effect; the answer is on its way
	Delivered              // the answer was handed to the process
)

// String names the phase.
func (p Phase) String() string {
	return [...]string{"before", "during", "after"}[p]
}

// Moment is one phase of one call or commit of one process.
type Moment struct {
	Process *Process
	Commit  string // what a transaction did: its statements and their values, as the Wire saw them
	Path    string // of a call: /cgi-bin/draft/add; /wechat/callback/… of an event on its way to serve
	Phase   Phase
}

// When says which moments a hook is for. It is called under a lock, once for every moment, so it may count.
type When func(Moment) bool

// Call is the nth call of a path, from 1; n 0 is every one.
func Call(path string, phase Phase, n int) When {
	return nth(n, func(m Moment) bool { return m.Path != "" && strings.Contains(m.Path, path) && m.Phase == phase })
}

// Commit is the nth commit of a transaction in which every one of these texts occurs: parts of statements, or values.
func Commit(phase Phase, n int, texts ...string) When {
	return nth(n, func(m Moment) bool {
		if m.Commit == "" || m.Phase != phase {
			return false
		}
		for _, text := range texts {
			if !strings.Contains(m.Commit, text) {
				return false
			}
		}
		return true
	})
}

// Of narrows moments to those of one process, or of one kind of process: worker-1, worker, serve.
func (w When) Of(name string) When {
	return func(m Moment) bool { return strings.HasPrefix(m.Process.Name+"-", name+"-") && w(m) }
}

func nth(n int, match When) When {
	seen := 0
	return func(m Moment) bool {
		if !match(m) {
			return false
		}
		seen++
		return n == 0 || seen == n
	}
}

// hooks are what a world does at moments.
type hooks struct {
	mu   sync.Mutex
	list []*hook
}

type hook struct {
	when When
	do   func(*Process) bool
	hits int
}

// at runs the hooks for a moment and reports whether the message goes on.
func (h *hooks) at(m Moment) bool {
	h.mu.Lock()
	var due []*hook
	for _, one := range h.list {
		if one.when(m) {
			one.hits++
			due = append(due, one)
		}
	}
	h.mu.Unlock()
	pass := true
	for _, one := range due {
		pass = one.do(m.Process) && pass
	}
	return pass
}

// Hook does something at moments. The message waits until do returns, and is dropped if that is false.
func (w *World) Hook(when When, do func(*Process) bool) {
	w.hooks.mu.Lock()
	defer w.hooks.mu.Unlock()
	w.hooks.list = append(w.hooks.list, &hook{when: when, do: do})
}

// Hits is how often the hooks of this world came to their moment, the one that came least often counting. A drill whose
// moment never came has shown nothing.
func (w *World) Hits() int {
	w.hooks.mu.Lock()
	defer w.hooks.mu.Unlock()
	least := -1
	for _, h := range w.hooks.list {
		if least < 0 || h.hits < least {
			least = h.hits
		}
	}
	return max(0, least)
}
