package markup

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestCorrectionsAreDated: readers at WeChat see what was corrected and on which day, the latest first; where no day is known,
// as while somebody writes, the note alone.
func TestCorrectionsAreDated(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+8", 8*3600)
	text := func(s string) press.Content {
		return press.Content{Correction: s, Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: s}}}}}}
	}
	for _, c := range []struct {
		content press.Content
		opt     WeChatOptions
		want    []string
	}{
		{text("日期有误。"), WeChatOptions{
			Earlier:   []press.Correction{{Note: "地点有误。", At: time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC).In(zone)}},
			Corrected: time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC).In(zone),
		}, []string{"<strong>2026年3月9日更正：</strong>日期有误。", "<strong>2026年3月2日更正：</strong>地点有误。"}},
		{text("The date was wrong."), WeChatOptions{Corrected: time.Date(2026, 3, 9, 1, 0, 0, 0, zone)}, []string{
			"<strong>Corrected on 9 March 2026: </strong>The date was wrong.",
		}},
		{text("日期有误。"), WeChatOptions{}, []string{"<strong>更正：</strong>日期有误。"}},
	} {
		out, err := WeChat(c.content, Themes().Default(), nil, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			_, after, ok := strings.Cut(out, want)
			if !ok {
				t.Errorf("%q is missing, or out of order, in %s", want, out)
			}
			out = after
		}
	}
}
