package markup

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// FieldKind is what a value of a theme is, and so what it is edited with.
type FieldKind string

// The kinds of field.
const (
	FieldLength FieldKind = "length" // pixels
	FieldFactor FieldKind = "factor" // a line height
	FieldColour FieldKind = "colour" // #rrggbb, or none
	FieldChoice FieldKind = "choice"
)

// Field is one value of a theme, as a person edits it.
type Field struct {
	Key     string // as in a theme file: text.size
	Kind    FieldKind
	Value   string
	Choices []string // of a choice
	Min     float64  // of a length or factor
	Max     float64
}

// Group returns the part of the key before the dot: the block that the value belongs to.
func (f Field) Group() string {
	group, _, _ := strings.Cut(f.Key, ".")
	return group
}

// Fields returns every value of the theme in the order of a theme file.
func (t Theme) Fields() []Field {
	var out []Field
	file := reflect.ValueOf(t)
	for i := range file.NumField() {
		group := file.Type().Field(i)
		block := file.Field(i)
		if !group.IsExported() || block.Kind() != reflect.Struct || group.Name == "Title" {
			continue
		}
		for j := range block.NumField() {
			key := strings.ToLower(group.Name) + "." + block.Type().Field(j).Tag.Get("key")
			out = append(out, field(key, block.Field(j).Interface()))
		}
	}
	return out
}

func field(key string, v any) Field {
	switch v := v.(type) {
	case Px:
		return Field{Key: key, Kind: FieldLength, Value: strconv.FormatFloat(float64(v), 'f', -1, 64), Max: maxPx}
	case Factor:
		return Field{Key: key, Kind: FieldFactor, Value: strconv.FormatFloat(float64(v), 'f', -1, 64), Min: minFactor, Max: maxFactor}
	case Colour:
		return Field{Key: key, Kind: FieldColour, Value: longest(string(v))}
	case Ornament:
		return choice(key, v, ornaments)
	case Shape:
		return choice(key, v, shapes)
	case Side:
		return choice(key, v, textSides)
	}
	panic(fmt.Sprintf("markup: a theme's value of type %T", v)) // the tests read every field
}

func choice[T ~string](key string, v T, from []T) Field {
	f := Field{Key: key, Kind: FieldChoice, Value: string(v)}
	for _, c := range from {
		f.Choices = append(f.Choices, string(c))
	}
	return f
}

// longest writes #abc as #aabbcc, the form that colour pickers know; no colour is none.
func longest(c string) string {
	switch len(c) {
	case 0:
		return "none"
	case 4:
		return string([]byte{'#', c[1], c[1], c[2], c[2], c[3], c[3]})
	}
	return c
}

// ThemeYAML writes a theme file with these values, which may be anything that a person typed: ParseTheme judges them.
// Fields that are not known are left out.
func ThemeYAML(name string, title press.Text, values []Field) string {
	var out strings.Builder
	fmt.Fprintf(&out, "name: %s\ntitle: {zh: %s, en: %s}\n", scalar(FieldChoice, name), quoted(title.ZH), quoted(title.EN))
	known := builtin().themes[0].Fields()
	for i, f := range known {
		at := slices.IndexFunc(values, func(v Field) bool { return v.Key == f.Key })
		if at < 0 {
			continue
		}
		group, key, _ := strings.Cut(f.Key, ".")
		if i == 0 || known[i-1].Group() != group {
			fmt.Fprintf(&out, "%s:\n", group)
		}
		fmt.Fprintf(&out, "  %s: %s\n", key, scalar(f.Kind, values[at].Value))
	}
	return out.String()
}

// scalar leaves numbers and words bare, as a person would write them.
func scalar(kind FieldKind, value string) string {
	_, err := strconv.ParseFloat(value, 64)
	if value == "none" || kind != FieldColour && (err == nil || identifierForm.MatchString(value)) {
		return value
	}
	return quoted(value)
}

// quoted writes a text as YAML reads it in double quotes, which is as JSON writes it.
func quoted(s string) string {
	data, err := press.EncodeJSON(s)
	if err != nil {
		return `""`
	}
	return string(data)
}

// YAML returns the theme as a whole file.
func (t Theme) YAML() string { return ThemeYAML(t.Name, t.Title, t.Fields()) }

// ParseTheme reads one theme file. With like: NAME it starts from a theme of the program. What is wrong is said with the
// line and the key; called is what the file is called there.
func ParseTheme(called string, data []byte) (Theme, error) {
	if len(data) > maxThemeBytes {
		return Theme{}, press.Fail(press.TooLarge, "theme.size", press.Say("The theme %s is over %d bytes.",
			"主题 %s 超过 %d 字节。", called, maxThemeBytes))
	}
	return parseTheme(called, data, builtin())
}

// With returns a set with further themes, each in the place of one of its name.
func (s *ThemeSet) With(themes ...Theme) *ThemeSet {
	out := &ThemeSet{themes: slices.Clone(s.themes)}
	for _, t := range themes {
		out.put(t)
	}
	out.sort()
	return out
}
