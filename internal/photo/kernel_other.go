//go:build !amd64 || purego

package photo

// Machines without loops of their own filter words.
const vectorise = false

type vectors struct{}

func newVectors(_, _ *filter, _ int) *vectors { return nil }

func newVectorRing(_ *vectors, _ plane, _ int) flow { return nil }

func newColourVectors(c *conversion) *conversion { return c }
