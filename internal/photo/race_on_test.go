//go:build race

package photo

// raceDetector is on: every pixel costs ten times as much, so the large shared photos are left to the run without it.
const raceDetector = true
