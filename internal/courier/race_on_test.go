//go:build race

package courier_test

// The race detector makes SQLite, which is Go here, many times slower: tests leave more time, and run fewer at once.
const (
	stretch   = 5
	atOnce    = "10"
	raceCount = 8
	dayScale  = 5 // a simulated day has so many times fewer publications and polls
)
