package photo

// bounds are what a process may take; zero is no bound.
type bounds struct {
	memory  int64 // bytes
	written int64 // bytes of one file
	seconds int64 // of processor time
}
