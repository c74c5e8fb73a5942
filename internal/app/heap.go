package app

import (
	"os"
	"runtime/debug"

	"newsdesk/internal/config"
)

// heapBesides is what everything but photos needs while photos are worked on.
const heapBesides = 20 << 20

// BoundHeap has the program collect garbage earlier as its memory comes near to what photos may take, and no sooner. Go lets a
// heap grow to twice what is alive, and decoded photos are most of what is: forty photos of 24 megapixels took 257 MB in all
// without it. It is a goal and no limit: one photo that needs more gets it. GOMEMLIMIT, where it is set, goes before.
func BoundHeap(c config.Config) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(c.Photos.Memory + heapBesides)
	}
}
