package editor

import (
	"testing"

	"newsdesk/internal/press"
)

// TestPlainCover: the form without scripts keeps what was set by hand until somebody says otherwise.
func TestPlainCover(t *testing.T) {
	t.Parallel()
	a, b := press.DigestOf([]byte("a")), press.DigestOf([]byte("b"))
	set := press.Cover{Photo: a, Focus: press.Point{X: 0.333, Y: 0.25}, Wide: &press.Rect{X2: 1, Y2: 0.4}}
	for name, tc := range map[string]struct {
		form plainCover
		want press.Cover
		code string
	}{
		"as it was":            {plainCover{a, 33, 25}, set, ""},
		"no field":             {plainCover{"", -1, -1}, set, ""},
		"another point":        {plainCover{a, 33, 80}, press.Cover{Photo: a, Focus: press.Point{X: 0.33, Y: 0.8}}, ""},
		"another photo":        {plainCover{b, 33, 25}, press.Cover{Photo: b}, ""},
		"both":                 {plainCover{b, 0, 100}, press.Cover{Photo: b, Focus: press.Point{X: 0.0001, Y: 1}}, ""},
		"beside the photo":     {plainCover{a, 101, 3}, set, "cover.point"},
		"no number":            {plainCover{a, -1, 3}, set, "cover.point"},
		"a photo that is none": {plainCover{"../x", 1, 3}, set, "cover.point"},
	} {
		got, err := tc.form.over(set)
		if got != tc.want || (err != nil || tc.code != "") && press.CodeOf(err) != tc.code {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
