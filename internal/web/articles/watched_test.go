package articles_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// step is a line of the answer, as a script reads it.
type step struct {
	Reading    bool
	Understood *struct {
		Document, Title string
		Photos          []string
	}
	Begins *int
	Done   *struct {
		Photo  int
		Digest press.Digest
		Text   string
	}
	Location string
	Refused  *struct{ Code, Text string }
}

// watch hands a parcel in as the page's script does, and returns what it is told.
func (o *office) watch(files ...file) (out []step) {
	o.Helper()
	contentType, body := parcelOf(nil, files...)
	req := o.request(http.MethodPost, "/hand-in", body)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json, application/x-ndjson")
	a := o.send("writer", req)
	o.shows(a, http.StatusOK)
	for line := range strings.Lines(a.text) {
		var s step
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			o.Fatalf("the line %q: %v", line, err)
		}
		out = append(out, s)
	}
	return out
}

// TestWatched: a script is told of the document, of each photo as its turn comes and as it is done, and of the end.
func TestWatched(t *testing.T) {
	t.Parallel()
	o := newOffice(t, false)
	torn := file{name: "extra.jpg", path: "稿件/extra.jpg", data: o.sample()[1].data[:2000]}
	steps := o.watch(append(o.sample(), torn)...)
	if len(steps) < 4 || !steps[0].Reading || steps[1].Understood == nil {
		t.Fatalf("began with %+v", steps[:min(len(steps), 2)])
	}
	photos := steps[1].Understood.Photos
	if steps[1].Understood.Title == "" || steps[1].Understood.Document == "" || !slices.Contains(photos, "稿件/extra.jpg") || len(steps) != 3+2*len(photos) {
		t.Errorf("understood %+v, %d steps", steps[1].Understood, len(steps))
	}
	begun := map[int]bool{}
	for _, s := range steps[2 : len(steps)-1] {
		switch {
		case s.Begins != nil:
			begun[*s.Begins] = true
		case s.Done == nil || !begun[s.Done.Photo]:
			t.Errorf("the step %+v is out of its turn", s)
		case photos[s.Done.Photo] == torn.path:
			if s.Done.Digest != "" || !strings.Contains(s.Done.Text, "extra.jpg") {
				t.Errorf("the torn photo: %+v", s.Done)
			}
		default:
			if a := o.get("writer", "/photos/"+string(s.Done.Digest)+"/site-480"); a.code != http.StatusOK {
				t.Errorf("the photo %s is not seen: %d", photos[s.Done.Photo], a.code)
			}
		}
	}
	last := steps[len(steps)-1]
	o.shows(o.get("writer", last.Location), http.StatusOK, "识别结果", steps[1].Understood.Title)

	none := o.watch(file{name: "a.jpg", data: o.sample()[1].data})
	if last := none[len(none)-1]; last.Location != "" || last.Refused == nil || last.Refused.Code != "parcel.no_document" || last.Refused.Text == "" {
		t.Errorf("a parcel without a document ends with %+v", last)
	}
}
