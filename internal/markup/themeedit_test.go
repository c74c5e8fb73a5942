package markup

import (
	"reflect"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestThemesRoundTrip: a theme that is written out and read again is the same theme, so a copy looks like its model.
func TestThemesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, theme := range Themes().themes {
		again, err := ParseTheme(theme.Name, []byte(theme.YAML()))
		if err != nil {
			t.Fatalf("%s: %v\n%s", theme.Name, err, theme.YAML())
		}
		if !reflect.DeepEqual(again, theme) {
			t.Errorf("%s came back as another theme:\n%+v\n%+v", theme.Name, again, theme)
		}
	}
}

// TestThemeYAMLHoldsWhatIsTyped: whatever is typed into a field stays one value, and is judged where it stands.
func TestThemeYAMLHoldsWhatIsTyped(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"16px", `"`, "\n", "red: {", "#fff; background:url(x)", "", "- a", "&a", "!!python", "\u0085", "16 # no"} {
		fields := Themes().Default().Fields()
		for _, key := range []string{"text.size", "text.color", "h2.ornament"} {
			changed := append([]Field{}, fields...)
			for i := range changed {
				if changed[i].Key == key {
					changed[i].Value = typed
				}
			}
			_, err := ParseTheme("mine", []byte(ThemeYAML("mine", press.Say("Mine", "我的"), changed)))
			if press.CodeOf(err) != "theme.file" || !strings.Contains(press.TextOf(err).EN, key) {
				t.Errorf("%s with %q: %v, want a refusal that names the key", key, typed, err)
			}
		}
	}
}

func TestThemeSetWith(t *testing.T) {
	t.Parallel()
	mine, err := ParseTheme("mine", []byte("name: mine\nlike: campus\n"))
	if err != nil {
		t.Fatal(err)
	}
	before := len(Themes().Names())
	set := Themes().With(mine)
	if _, ok := set.Get("mine"); !ok || len(set.Names()) != before+1 || set.Default().Name != defaultTheme {
		t.Errorf("themes %v", set.Names())
	}
	if len(Themes().Names()) != before {
		t.Error("the themes of the program have changed")
	}
}
