package manual_test

import (
	"maps"
	"slices"
	"testing"

	"newsdesk/internal/manual"
	"newsdesk/internal/press"
)

// TestBothLanguagesSayTheSame: the same sections and rows, which end the same and have the same next steps.
func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	en, err := manual.Faults(press.English)
	if err != nil {
		t.Fatal(err)
	}
	zh, err := manual.Faults(press.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	if len(en.Sections) != len(zh.Sections) || len(en.Intro) != len(zh.Intro) {
		t.Fatalf("%d sections, %d paragraphs; %d, %d", len(en.Sections), len(en.Intro), len(zh.Sections), len(zh.Intro))
	}
	seen := map[string]bool{}
	for i, s := range en.Sections {
		other := zh.Sections[i]
		if s.ID != other.ID || len(s.Rows) != len(other.Rows) || len(s.Notes) != len(other.Notes) || len(s.Head) != 6 || len(other.Head) != 6 {
			t.Fatalf("section %s differs from %s", s.ID, other.ID)
		}
		for j, r := range s.Rows {
			o := other.Rows[j]
			if r.ID != o.ID || !maps.Equal(r.Outcomes, o.Outcomes) || !slices.Equal(r.Steps, o.Steps) {
				t.Errorf("%+v\n%+v", r, o)
			}
			if seen[r.ID] {
				t.Errorf("%s is there twice", r.ID)
			}
			seen[r.ID] = true
			for mode, out := range r.Outcomes {
				if !slices.Contains(press.States(), out.State) || (out.State == press.Blocked) != (out.Code != "") {
					t.Errorf("%s, %s: %+v", r.ID, mode, out)
				}
				if out.State == press.Blocked && len(r.Steps) == 0 {
					t.Errorf("%s is blocked and names no button", r.ID)
				}
			}
		}
	}
}

func TestRowOf(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"draft.published": "draft.published", "wechat.40164": "address.unlisted", "wechat.99999": "refused.other", "nobody.knows": "",
	} {
		if got := manual.RowOf(code, press.ModePublish); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
