package markup

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"newsdesk/internal/press"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file, or writes the file with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update if that is meant)\n got %s\nwant %s", file, got, want)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range Themes().Names() {
				golden(t, "wechat/"+name+"/"+s.name+".html", weChat(t, s.content, theme(t, name)))
			}
			html, err := Site(s.content.Body, sitePictures(), SiteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "site/"+s.name+".html", html)
			golden(t, "text/"+s.name+".txt", Text(s.content.Body))
		})
	}
}

func theme(t testing.TB, name string) Theme {
	t.Helper()
	theme, ok := Themes().Get(name)
	if !ok {
		t.Fatalf("no theme %q", name)
	}
	return theme
}

func weChat(t testing.TB, c press.Content, theme Theme) string {
	t.Helper()
	html, err := WeChat(c, theme, images(), WeChatOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return html
}
