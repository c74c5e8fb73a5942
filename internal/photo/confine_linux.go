package photo

import "golang.org/x/sys/unix"

// confine bounds a process that has just been started, and with pid 0 this one. A bound that cannot be set is left out: the
// context still ends the process, and its output is measured anyway.
func confine(pid int, b bounds) {
	set := func(resource int, n int64) {
		if n > 0 {
			_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: uint64(n), Max: uint64(n)}, nil)
		}
	}
	if pid == 0 {
		set(unix.RLIMIT_DATA, b.memory) // Go reserves far more address space than it uses
	} else {
		set(unix.RLIMIT_AS, b.memory)
	}
	set(unix.RLIMIT_FSIZE, b.written)
	set(unix.RLIMIT_CPU, b.seconds)
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
}
