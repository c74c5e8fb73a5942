package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestWorkIsBounded reads what made the parsers, or this package, take seconds or gigabytes before there were bounds.
// The limit is far above what they take now, so that a busy machine does not fail it.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	var bold strings.Builder
	for i := range 400 {
		fmt.Fprintf(&bold, "<b id=%d>", i)
	}
	repeat := strings.Repeat
	for name, c := range map[string]struct{ document, text string }{
		"links that do not end":   {"a.md", "# t\n\n" + repeat(repeat("[a](", 15_000)+"\n\n", 16)},
		"emphasis in emphasis":    {"a.md", "# t\n\n" + repeat(repeat("*", 30_000)+"a"+repeat("*", 30_000)+"\n\n", 16)},
		"quotes in quotes":        {"a.md", "# t\n\n" + repeat("> ", 400_000)},
		"bold that stays open":    {"a.html", "<h1>t</h1><p>" + bold.String() + "</p>" + repeat("<p>a", 1_000_000)},
		"lists in lists":          {"a.html", "<h1>t</h1>" + repeat("<ul><li>", 200) + repeat("<li>a", 900_000)},
		"raised in raised":        {"a.html", "<h1>t</h1>" + repeat("<sup>", 450) + repeat("1 ", 2_000_000)},
		"line breaks":             {"a.html", "<h1>t</h1>" + repeat("a<br>", 1_000_000)},
		"quotes in quotes, HTML":  {"a.html", "<h1>t</h1>" + repeat("<blockquote>", 480) + repeat("<p>a", 1_000_000)},
		"lines":                   {"a.txt", "t\n" + repeat("a\n", 2_500_000)},
		"lines of broken English": {"a.txt", "t\n" + repeat(repeat("word ", 14)+"word\n", 60_000)},
		"names of photos":         {"a.txt", "t\n" + repeat("a.jpg\n", 800_000)},
	} {
		start := time.Now()
		if _, err := Read(parcelOf(c.document, c.text), DefaultLimits()); err == nil {
			t.Errorf("%s: taken, want a refusal", name)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
