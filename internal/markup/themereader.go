package markup

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"newsdesk/internal/press"
)

// themeReader walks a theme file along the fields of Theme. It keeps the first error, with the line it is in; that is why
// it reads nodes and does not let the YAML package fill the struct.
type themeReader struct {
	file string
	like bool // the theme starts from another one: nothing is missing
	err  error
}

// themeHead is what a file says about itself besides its looks.
type themeHead struct {
	Name  identifier `key:"name"`
	Like  identifier `key:"like"`
	Title titleHead  `key:"title"`
}

type titleHead struct {
	EN name `key:"en"`
	ZH name `key:"zh"`
}

// themeFile is a whole file, in the order a person would write it.
type themeFile struct {
	themeHead
	Text    TextLook    `key:"text"`
	Palette PaletteLook `key:"palette"`
	H2      HeadingLook `key:"h2"`
	H3      HeadingLook `key:"h3"`
	H4      HeadingLook `key:"h4"`
	Picture PictureLook `key:"picture"`
	List    ListLook    `key:"list"`
	Quote   QuoteLook   `key:"quote"`
	Table   TableLook   `key:"table"`
	Divider DividerLook `key:"divider"`
	Links   SmallPrint  `key:"links"`
	Credits SmallPrint  `key:"credits"`
}

func (r *themeReader) fail(line int, en, zh string, args ...any) {
	if r.err == nil {
		r.err = badTheme(r.file, line, press.Say(en, zh, args...))
	}
}

// start returns the theme that the file starts from: an empty one, or the one after like.
func (r *themeReader) start(root *yaml.Node, base *ThemeSet) Theme {
	if root.Kind != yaml.MappingNode {
		return Theme{}
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "like" {
			continue
		}
		from := root.Content[i+1]
		if base != nil {
			if theme, ok := base.Get(from.Value); ok {
				r.like = true
				return theme
			}
		}
		r.fail(from.Line, "The key like names %q, which is no theme of the program.", "键 like 指定的 %q 不是内置主题。", from.Value)
	}
	return Theme{}
}

func (r *themeReader) theme(root *yaml.Node, t *Theme) {
	f := themeFile{
		Text: t.Text, Palette: t.Palette, H2: t.H2, H3: t.H3, H4: t.H4, Picture: t.Picture, List: t.List, Quote: t.Quote,
		Table: t.Table, Divider: t.Divider, Links: t.Links, Credits: t.Credits,
	}
	f.Title = titleHead{EN: name(t.Title.EN), ZH: name(t.Title.ZH)}
	r.mapping(root, reflect.ValueOf(&f).Elem(), "")
	if r.err == nil && f.Name == "" {
		r.fail(root.Line, "The key name is missing.", "缺少键 name。")
	}
	*t = Theme{
		Name: string(f.Name), Title: press.Text{EN: string(f.Title.EN), ZH: string(f.Title.ZH)},
		Text: f.Text, Palette: f.Palette, H2: f.H2, H3: f.H3, H4: f.H4, Picture: f.Picture, List: f.List, Quote: f.Quote,
		Table: f.Table, Divider: f.Divider, Links: f.Links, Credits: f.Credits,
	}
}

// mapping reads a node into the fields of a struct. The prefix is the node's own key, with a dot.
func (r *themeReader) mapping(node *yaml.Node, into reflect.Value, prefix string) {
	if node.Kind != yaml.MappingNode {
		r.fail(node.Line, "%q must have keys of its own.", "%q 下应有子键。", prefix)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content) && r.err == nil; i += 2 {
		key, at := node.Content[i].Value, node.Content[i]
		field := fieldOf(into, key)
		switch {
		case !field.IsValid():
			r.fail(at.Line, "The key %q is not known. Known here: %v.", "未知的键 %q，此处可用：%v。", prefix+key, keysOf(into.Type()))
		case seen[key]:
			r.fail(at.Line, "The key %q is there twice.", "键 %q 重复。", prefix+key)
		default:
			r.value(node.Content[i+1], field, prefix+key)
		}
		seen[key] = true
	}
	r.missing(node, into, prefix, seen)
}

func (r *themeReader) value(node *yaml.Node, field reflect.Value, key string) {
	leaf, ok := field.Addr().Interface().(value)
	if !ok {
		r.mapping(node, field, key+".")
		return
	}
	if node.Kind != yaml.ScalarNode {
		r.fail(node.Line, "The key %q takes one value.", "键 %q 只接受一个值。", key)
		return
	}
	if want := leaf.set(node.Value); want != nil {
		r.fail(node.Line, "The key %[1]q has the value %[2]q; allowed is %[3]s.", "键 %[1]q 的值是 %[2]q，应为%[4]s。",
			key, node.Value, want.EN, want.ZH)
	}
}

func (r *themeReader) missing(node *yaml.Node, into reflect.Value, prefix string, seen map[string]bool) {
	if r.like || r.err != nil {
		return
	}
	for _, key := range keysOf(into.Type()) {
		if !seen[key] && key != "like" {
			r.fail(node.Line, "The key %q is missing.", "缺少键 %q。", prefix+key)
			return
		}
	}
}

// fieldOf finds the field of a key, in embedded structs too.
func fieldOf(into reflect.Value, key string) reflect.Value {
	for _, f := range reflect.VisibleFields(into.Type()) {
		if f.Tag.Get("key") == key {
			return into.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if key := f.Tag.Get("key"); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
