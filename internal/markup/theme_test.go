package markup

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestThemes(t *testing.T) {
	t.Parallel()
	if names := Themes().Names(); !slices.Equal(names, []string{"institutional", "campus"}) {
		t.Errorf("themes %v", names)
	}
	if d := Themes().Default(); d.Name != "institutional" || d.Title.ZH == "" || d.Title.EN == "" {
		t.Errorf("default is %+v", d)
	}
	if _, ok := Themes().Get("none"); ok {
		t.Error("a theme that is not there")
	}
}

func embeddedFile(t *testing.T, name string) string {
	t.Helper()
	data, err := embedded.ReadFile("themes/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// themeDir makes a folder with files in it, given as name, content, name, content…
func themeDir(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadThemes(t *testing.T) {
	t.Parallel()
	third := strings.Replace(embeddedFile(t, "campus"), "name: campus", "name: autumn", 1)
	dir := themeDir(t, "autumn.yaml", third, "ours.yaml", "name: institutional\nlike: institutional\ntext: {size: 17}\n", "notes.txt", "no theme")
	set, err := LoadThemes(dir)
	if err != nil {
		t.Fatal(err)
	}
	if names := set.Names(); !slices.Equal(names, []string{"institutional", "autumn", "campus"}) {
		t.Errorf("themes %v", names)
	}
	ours, stock := set.Default(), Themes().Default()
	if ours.Text.Size != 17 || ours.Text.Line != stock.Text.Line || ours.H2 != stock.H2 || ours.Title != stock.Title || stock.Text.Size != 16 {
		t.Errorf("ours is %+v", ours)
	}
	if out := weChat(t, press.Content{}, ours); !strings.Contains(out, "font-size:17px") {
		t.Errorf("the change is not seen: %s", out)
	}
	if none, err := LoadThemes(""); err != nil || !reflect.DeepEqual(none.Names(), Themes().Names()) {
		t.Errorf("no folder: %v", err)
	}
}

func TestBadThemes(t *testing.T) {
	t.Parallel()
	campus := embeddedFile(t, "campus")
	swap := func(old, new string) string {
		if !strings.Contains(campus, old) {
			t.Fatalf("the theme has no %q", old)
		}
		return strings.Replace(campus, old, new, 1)
	}
	tests := map[string]struct{ file, line, words string }{
		"unknown key":         {swap("size: 16", "sise: 16"), "line 4", `"text.sise" is not known. Known here: [size line spacing color bold]`},
		"unknown block":       {campus + "footer: {size: 3}\n", "line 16", `"footer" is not known`},
		"missing key":         {swap("size: 16, ", ""), "line 4", `"text.size" is missing`},
		"missing block":       {swap("list: {above: 24, indent: 26, gap: 8}\n", ""), "line 2", `"list" is missing`},
		"not a number":        {swap("size: 16", "size: big"), "line 4", `"text.size" has the value "big"; allowed is a number of pixels from 0 to 120`},
		"too large":           {swap("size: 16", "size: 1e3"), "line 4", `"text.size"`},
		"not finite":          {swap("line: 1.9", "line: .nan"), "line 4", `"text.line"`},
		"comment as colour":   {swap(`green: "#158467"`, `green: "red;position:fixed"`), "line 5", `"palette.green"`},
		"unknown ornament":    {swap("ornament: pill", "ornament: cloud"), "line 6", "[none bar underline pill]"},
		"list for a value":    {swap("size: 16", "size: [16]"), "line 4", `"text.size" takes one value`},
		"value for a block":   {swap("list: {above: 24, indent: 26, gap: 8}", "list: 3"), "line 10", "keys of its own"},
		"mark without colour": {swap(`ornament: pill, mark: "#158467"`, "ornament: pill, mark: none"), "", `"h2.mark" must be a colour`},
		"ground alone":        {swap(`head_color: "#ffffff"`, "head_color: none"), "", `"table.head_color" must be a colour`},
		"twice":               {swap("size: 16", "size: 16, size: 17"), "line 4", `"text.size" is there twice`},
		"name with a path":    {swap("name: campus", "name: ../campus"), "line 2", `"name"`},
		"unknown base":        {"name: x\nlike: winter\n", "line 2", `"winter"`},
		"no name":             {"like: campus\n", "line 1", "name is missing"},
		"no YAML":             {"name: [\n", "", "not YAML"},
		"empty":               {"", "", "empty"},
		"only a comment":      {"# nothing\n", "", ""},
		"a list":              {"- name\n", "line 1", "keys of its own"},
		"too long":            {strings.Repeat("#", maxThemeBytes+1), "", "over 65536 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadThemes(themeDir(t, "third.yaml", tt.file))
			if err == nil {
				t.Fatal("taken")
			}
			text := press.TextOf(err)
			for _, part := range []string{"third.yaml", tt.line, tt.words} {
				if !strings.Contains(text.EN, part) {
					t.Errorf("%q does not say %q", text.EN, part)
				}
			}
			if strings.Contains(text.EN+text.ZH, "%!") || !strings.Contains(text.ZH, "third.yaml") {
				t.Errorf("%q", text.ZH)
			}
		})
	}
	twice := themeDir(t, "a.yaml", "name: a\nlike: campus\n", "b.yaml", "name: a\nlike: campus\n")
	if _, err := LoadThemes(twice); press.CodeOf(err) != "theme.twice" {
		t.Errorf("two files with one name: %v", err)
	}
	if _, err := LoadThemes(filepath.Join(twice, "none")); err == nil {
		t.Error("a folder that is not there")
	}
}

// Words must be readable on a white page and on the dark one; grounds must be of a kind that the dark page turns dark or
// leaves alone. The brightness is the one that WeChat's conversion uses.
func TestColoursOnBothPages(t *testing.T) {
	t.Parallel()
	for _, name := range Themes().Names() {
		look := theme(t, name)
		for _, c := range []Colour{
			look.Palette.Red, look.Palette.Orange, look.Palette.Green, look.Palette.Blue, look.Palette.Purple, look.Palette.Gray,
			look.Picture.Color, look.Links.Color, look.Credits.Color,
		} {
			if contrast(c, "#fff") < 4.5 || contrast(c, "#191919") < 3.5 {
				t.Errorf("%s: %s has %.2f on white, %.2f on dark", name, c, contrast(c, "#fff"), contrast(c, "#191919"))
			}
		}
		for _, pair := range [][2]Colour{{look.Quote.Color, look.Quote.Background}, {look.Table.HeadColor, look.Table.HeadGround}} {
			if contrast(pair[0], pair[1]) < 4.5 {
				t.Errorf("%s: %s on %s has %.2f", name, pair[0], pair[1], contrast(pair[0], pair[1]))
			}
			r, g, b := channels(pair[1])
			if bright := (r*299 + g*587 + b*114) / 1000; bright > 190 && (r != g || g != b) {
				t.Errorf("%s: the ground %s is a pale tint", name, pair[1])
			}
		}
	}
}

func channels(c Colour) (r, g, b float64) {
	hex := string(c[1:])
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		panic(err)
	}
	return float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)
}

// contrast is the ratio that WCAG defines.
func contrast(a, b Colour) float64 {
	light := func(c Colour) float64 {
		r, g, b := channels(c)
		linear := func(v float64) float64 {
			if v /= 255; v > 0.04045 {
				return math.Pow((v+0.055)/1.055, 2.4)
			}
			return v / 12.92
		}
		return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
