//go:build !amd64 || purego

package photo

// Machines without loops of their own filter words.
const vectorise = false

type vectors struct{}

func newVectors(_, _ *filter, _ int) *vectors { return nil }

func (*vectors) resample(_, _ plane) {}

func newColourVectors(c *conversion) *conversion { return c }
