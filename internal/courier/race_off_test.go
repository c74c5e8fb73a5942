//go:build !race

package courier_test

const (
	stretch   = 1
	atOnce    = "12"
	raceCount = 50
	dayScale  = 1
)
