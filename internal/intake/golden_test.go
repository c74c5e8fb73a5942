package intake

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"newsdesk/internal/press"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	photos := map[string][]string{
		"report.txt": {"img_0012.jpg", "合影.png", "spare 10.jpg", "spare 9.jpg"},
		"notice.md":  {"photos/gate.jpg", "photos/Robot Arm.jpg"},
		"paste.html": {"Robot_arm.png", "gate.jpg"},
	}
	for name, names := range photos {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			got := goldenForm(t, mustRead(t, name, string(text), names...))
			golden := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s became\n%s\nwant\n%s", name, got, want)
			}
		})
	}
}

func goldenForm(t *testing.T, p Parcel) []byte {
	t.Helper()
	type photo struct {
		Key, Name string
		Placed    bool
		Crop      *press.Rect `json:",omitempty"`
	}
	form := struct {
		Content press.Content
		Photos  []photo
		Notes   []press.Note
	}{Content: p.Content, Notes: p.Notes}
	for _, ph := range p.Photos {
		form.Photos = append(form.Photos, photo{ph.Key, ph.File.Name, ph.Placed, ph.Crop})
	}
	data, err := press.EncodeJSON(form)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", " "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}
