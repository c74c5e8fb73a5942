package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// checkParcel is what holds for every parcel that is taken, whatever it was made of.
func checkParcel(t *testing.T, p Parcel) {
	t.Helper()
	if err := p.Content.Check(); err != nil {
		t.Fatalf("content does not pass its check: %v", err)
	}
	p.Content.Body.EachRuns(func(runs []press.Run) {
		for _, r := range runs {
			if r.Link != "" && !press.SafeLink(r.Link) {
				t.Fatalf("unsafe link %q", r.Link)
			}
			if strings.ContainsAny(r.Text, "\x00\v\x1b\r\u202e") {
				t.Fatalf("control characters in %q", r.Text)
			}
		}
	})
	photos := map[press.Digest]bool{}
	for _, photo := range p.Photos {
		photos[press.Digest(photo.Key)] = photo.Placed
	}
	for _, digest := range p.Content.Photos() {
		if !photos[digest] {
			t.Fatalf("content shows %s, which is not a placed photo of the parcel", digest)
		}
	}
	first, err := press.EncodeJSON(p.Content)
	if err != nil {
		t.Fatal(err)
	}
	var again press.Content
	if err := json.Unmarshal(first, &again); err != nil {
		t.Fatalf("content cannot be read back: %v\n%s", err, first)
	}
	if second, err := press.EncodeJSON(again); err != nil || !bytes.Equal(first, second) {
		t.Fatalf("content changes on its way through JSON:\n%s\n%s", first, second)
	}
	if third, _ := press.EncodeJSON(again.Normalize()); !bytes.Equal(first, third) {
		t.Fatalf("content is not normalized:\n%s\n%s", first, third)
	}
}

// payloads returns the published attacks: what they look like, and nothing a reader may ever run.
func payloads(t testing.TB, name string) map[string]string {
	t.Helper()
	file, err := os.Open(servicetest.Data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string]string{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct{ ID, Payload string }
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			t.Fatal(err)
		}
		out[entry.ID] = entry.Payload
	}
	if len(out) == 0 {
		t.Fatalf("%s holds no payloads", name)
	}
	return out
}

func TestPublishedAttacks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"html/xss-dompurify-slice.jsonl", "html/xss-html5lib.jsonl"} {
		for id, payload := range payloads(t, name) {
			for _, document := range []string{"a.html", "a.md"} {
				p := mustRead(t, document, "<h1>Title</h1>\n\n<p>before</p>\n\n"+payload)
				checkParcel(t, p)
				if !strings.HasPrefix(p.Content.Body.Text(), "before") {
					t.Errorf("%s as %s: the text before it is gone: %s", id, document, outline(p))
				}
			}
		}
	}
}

func TestDraftWithAttacks(t *testing.T) {
	t.Parallel()
	p := readPath(t, "html/draft-with-attacks.html")
	checkParcel(t, p)
	if p.Content.Title != "学院举行秋季运动会" {
		t.Errorf("title %q", p.Content.Title)
	}
	text := p.Content.Body.Text()
	for _, gone := range []string{"alert", "evil", "script", "登录", "import", "onerror", "display"} {
		if strings.Contains(text, gone) {
			t.Errorf("the text still has %q:\n%s", gone, text)
		}
	}
	for _, stays := range []string{"第二十届秋季运动会在田径场开幕", "来自六个系部的八百余名运动员参加了十六个项目的比赛", "11秒32", "闭幕式上，校领导为获奖集体颁奖。"} {
		if !strings.Contains(text, stays) {
			t.Errorf("the text lost %q:\n%s", stays, text)
		}
	}
	if want := (press.Credits{Text: "宣传处", Photos: "宣传处"}); p.Content.Credits != want {
		t.Errorf("credits %+v, want %+v", p.Content.Credits, want)
	}
}

func TestLinksAndImages(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(servicetest.Data(t, "html/links-and-images.html"))
	if err != nil {
		t.Fatal(err)
	}
	p := mustRead(t, "a.html", "<h1>Title</h1>"+string(data), "微信图片_20240816103911.jpg", "微信图片_20240816103916.jpg", "微信图片_20240816103919.jpg")
	checkParcel(t, p)
	var links []string
	p.Content.Body.EachRuns(func(runs []press.Run) {
		for _, r := range runs {
			if r.Link != "" {
				links = append(links, r.Text)
			}
		}
	})
	if got := strings.Join(links, " "); got != "https http protocol-relative mail IDN" {
		t.Errorf("links kept: %s", got)
	}
	if got := len(p.Content.Body.Pictures()); got != 4 {
		t.Errorf("%d pictures, want the three of the parcel and the PNG inside", got)
	}
	if got := strings.Count(noteCodes(p), "photo.remote"); got != 3 {
		t.Errorf("%d notes about pictures from the web, want 3: %v", got, p.Notes)
	}
}
