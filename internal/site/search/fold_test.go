package search

import (
	"strings"
	"testing"
)

var variants = func() Variants {
	v, err := ParseVariants("國學發髮劉體臺\n国学发发刘体台\n")
	if err != nil {
		panic(err)
	}
	return v
}()

func TestVariants(t *testing.T) {
	t.Parallel()
	if got := variants.Fold("國際學術、頭髮 ＡＢ學"); got != "国際学術、頭发 ab学" {
		t.Errorf("folded %q", got)
	}
	if none, err := ParseVariants(""); err != nil || none.Fold("國學") != "國學" {
		t.Errorf("without any: %v", err)
	}
	for _, bad := range []string{"國\n", "國學\n国", "國", "a\nb", "國国\n国囯", "𠮷\n吉", strings.Repeat("國", 3) + "\nabc"} {
		if _, err := ParseVariants(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
