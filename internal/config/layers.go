package config

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/viper"

	"newsdesk/internal/press"
)

// entry is one value as somebody wrote it, and where. Every source is read as texts, so that a secret of digits stays
// the text it is and never becomes a number first.
type entry struct {
	text  string
	many  []string // instead of text, for a list
	where string
}

func (e entry) list() []string {
	items := e.many
	if items == nil {
		items = strings.Split(e.text, ",")
	}
	var out []string
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// layer is what one source says, by dotted path; the entries of lists have numbers in it.
type layer map[string]entry

// secrets replaces each key that names a file by the secret that stands in it.
func (l layer) secrets(root *node, c *collector) {
	for path, e := range l {
		n := root.at(path)
		if n == nil || n.role != secretFile {
			continue
		}
		delete(l, path)
		if e.text == "" {
			continue
		}
		of := strings.TrimSuffix(path, fileSuffix)
		if there, both := l[of]; both && there.text != "" {
			c.add("twice", path, e.where, press.Say("%[1]s and %[2]s are both given; keep one of them.",
				"%[1]s 与 %[2]s 同时给出，请只保留一个。", of, path))
			continue
		}
		secret, err := readSecret(e.text)
		if err != nil {
			c.add("secret_file", path, e.where, press.Say("%s names the file %s, which cannot be used: %v.",
				"%s 指定的文件 %s 无法使用：%v。", path, shown(e.text), err))
			continue
		}
		l[of] = entry{text: secret, where: e.where + " → " + e.text}
	}
}

// readSecret returns the first line of a file of at most 64 KB; editors put a line feed after it.
func readSecret(name string) (string, error) {
	data, err := readBounded(name, 64*KB)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(data))
	switch {
	case secret == "":
		return "", fmt.Errorf("it is empty")
	case strings.ContainsAny(secret, "\r\n"):
		return "", fmt.Errorf("it has more than one line")
	}
	return secret, nil
}

func readBounded(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("it is a folder")
	case info.Size() > limit:
		return nil, fmt.Errorf("it is larger than %s", FormatSize(limit))
	}
	return os.ReadFile(name)
}

// tree nests the paths, which is the form viper merges.
func (l layer) tree() map[string]any {
	root := map[string]any{}
	for path, e := range l {
		at := root
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			next, ok := at[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[name] = next
			}
			at = next
		}
		at[names[len(names)-1]] = e
	}
	return root
}

// merge lays the layers over each other, the last on top.
func merge(layers ...layer) (*viper.Viper, error) {
	v := viper.New()
	for _, l := range layers {
		if err := v.MergeConfigMap(l.tree()); err != nil {
			return nil, fmt.Errorf("config: merge: %w", err)
		}
	}
	return v, nil
}

// fill writes what was given into target, and what cannot be into the collector.
type filler struct {
	v    *viper.Viper
	from map[string]string
	*collector
}

func (f *filler) section(n *node, path string, target reflect.Value) {
	for _, child := range n.children {
		if child.role == secretFile {
			continue
		}
		at, field := join(path, child.name), target.Field(child.index)
		switch child.role {
		case section:
			f.section(child, at, field)
		case list:
			f.list(child, at, field)
		default:
			f.value(child, at, field)
		}
	}
}

func (f *filler) list(n *node, path string, target reflect.Value) {
	given := f.v.GetStringMap(path)
	if len(given) == 0 {
		return
	}
	out := reflect.MakeSlice(n.typ, len(given), len(given))
	for i := range len(given) {
		at := join(path, strconv.Itoa(i))
		if _, ok := given[strconv.Itoa(i)]; !ok {
			f.add("gap", at, "", press.Say("%s has no entry %d, though later ones are given; entries count from 0 without a gap.",
				"%s 缺少第 %d 项，编号须从 0 开始连续。", path, i))
			return
		}
		f.section(n.entry(), at, out.Index(i))
	}
	target.Set(out)
}

func (f *filler) value(n *node, path string, target reflect.Value) {
	given, ok := f.v.Get(path).(entry)
	if !ok {
		return
	}
	parsed, err := n.parse(given)
	if err != nil {
		f.bad(n, path, given, allowedBy(err))
		return
	}
	target.Set(parsed)
	if given.text != "" || len(given.many) > 0 {
		f.from[path] = given.where // an empty text asks for the default
	}
}

func (f *filler) bad(n *node, path string, given entry, allowed press.Text) {
	written := shown(given.text)
	if given.many != nil {
		written = shown(strings.Join(given.many, ", "))
	}
	if n.typ == secretType {
		written = mask
	}
	f.add("value", path, given.where, press.Text{
		EN: fmt.Sprintf("%s is %s; allowed: %s.", path, written, allowed.EN),
		ZH: fmt.Sprintf("%s 的值为 %s，允许的值：%s。", path, written, allowed.ZH),
	})
}

// inOrder sorts problems as the sections stand in the file, and those of one section by key.
func inOrder(problems []Problem, root *node) {
	place := func(p Problem) int {
		for i, n := range root.children {
			if name, _, _ := strings.Cut(p.Key, "."); name == n.name {
				return i
			}
		}
		return len(root.children)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Where, b.Where))
	})
}
