package intake

import "testing"

func TestPlaceholdersDiffer(t *testing.T) {
	t.Parallel()
	if a, b := PlaceholderDigest(0), PlaceholderDigest(1); a == b || !a.Valid() || !b.Valid() {
		t.Errorf("placeholders %s and %s: want two valid digests", a, b)
	}
}
