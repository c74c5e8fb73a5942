package app

import "time"

// clock is the wall clock of this process. Only programs that are built for drills, with the tag drill, put another in its
// place: see clock_drill.go.
var clock = time.Now
