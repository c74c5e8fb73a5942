package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"newsdesk/internal/press"
)

// maxFile bounds the configuration file.
const maxFile = 1_000_000

// fileReader walks a parsed file beside the schema.
type fileReader struct {
	name string
	root *node
	out  layer
	*collector
}

// readFile returns what the file says. A file that cannot be read at all is the only error; the rest goes to c.
func readFile(name string, root *node, c *collector) (layer, error) {
	data, err := readBounded(name, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, press.Fail(press.Invalid, "config.file", press.Say("There is no configuration file %s.", "配置文件 %s 不存在。", name))
	case errors.Is(err, fs.ErrPermission):
		return nil, press.Fail(press.Invalid, "config.file", press.Say("The configuration file %s may not be read by this user.",
			"当前用户无权读取配置文件 %s。", name))
	case err != nil:
		return nil, press.Fail(press.Invalid, "config.file", press.Say("The configuration file %s cannot be read: %v.",
			"无法读取配置文件 %s：%v。", name, err))
	}
	r := fileReader{name: filepath.Base(name), root: root, out: layer{}, collector: c}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return r.out, nil // nothing but comments
	case err != nil:
		return nil, notYAML(name, err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, notYAML(name, errors.New("only one document is read; remove the line ---"))
	}
	r.section(root, "", doc.Content[0])
	return r.out, nil
}

func notYAML(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return press.Fail(press.Invalid, "config.yaml", press.Say("The configuration file %s is not YAML: %s.",
		"配置文件 %s 不是有效的 YAML：%s。", name, text))
}

func (r *fileReader) where(y *yaml.Node) string { return fmt.Sprintf("%s:%d", r.name, y.Line) }

func (r *fileReader) section(n *node, path string, y *yaml.Node) {
	if y = resolve(y); isNull(y) {
		return
	}
	if y.Kind != yaml.MappingNode {
		r.add("shape", path, r.where(y), press.Say("%[1]s holds keys of its own (%[2]s), not one value.",
			"%[1]s 应包含下级配置项（%[2]s），不能是单个值。", orFile(path), strings.Join(n.names(), ", ")))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, val := y.Content[i], y.Content[i+1]
		name := strings.ToLower(key.Value)
		at := join(path, name)
		child := n.child(name)
		switch {
		case child == nil:
			r.unknownKey(n, path, key)
		case seen[name]:
			r.add("twice", at, r.where(key), press.Say("%s is given twice; keep one.", "%s 重复给出，请只保留一个。", at))
		default:
			seen[name] = true
			r.place(child, at, val)
		}
	}
}

func orFile(path string) string {
	if path == "" {
		return "The file"
	}
	return path
}

func (r *fileReader) unknownKey(n *node, path string, key *yaml.Node) {
	suggestion := nearest(key.Value, n.names())
	if suggestion != "" {
		suggestion = join(path, suggestion)
	} else {
		suggestion = elsewhere(strings.ToLower(key.Value), r.root)
	}
	r.unknown(join(path, clean(key.Value)), r.where(key), suggestion, n.names())
}

// clean keeps a name that is no key from filling a message.
func clean(name string) string {
	if s := shown(name); len(s) != len(name)+2 {
		return s
	}
	return name
}

func (r *fileReader) place(n *node, path string, y *yaml.Node) {
	y = resolve(y)
	switch {
	case n.role == section:
		r.section(n, path, y)
	case isNull(y):
	case n.role == list:
		r.list(n, path, y)
	case y.Kind == yaml.ScalarNode:
		r.out[path] = entry{text: y.Value, where: r.where(y)}
	case y.Kind == yaml.SequenceNode:
		r.texts(path, y)
	default:
		r.add("shape", path, r.where(y), press.Say("%s is one value and holds no keys.", "%s 是单个值，不能包含下级配置项。", path))
	}
}

func (r *fileReader) list(n *node, path string, y *yaml.Node) {
	if y.Kind != yaml.SequenceNode || len(y.Content) > maxEntries {
		r.add("shape", path, r.where(y), press.Say("%s is a list of at most %d entries, each beginning with a dash.",
			"%s 是列表，最多 %d 项，每项以短横线开头。", path, maxEntries))
		return
	}
	for i, item := range y.Content {
		r.section(n.entry(), join(path, strconv.Itoa(i)), item)
	}
}

func (r *fileReader) texts(path string, y *yaml.Node) {
	e := entry{many: []string{}, where: r.where(y)}
	for _, item := range y.Content {
		if item = resolve(item); item.Kind != yaml.ScalarNode {
			r.add("shape", path, r.where(item), press.Say("%s is a list of plain texts.", "%s 是文本列表。", path))
			return
		}
		e.many = append(e.many, item.Value)
	}
	r.out[path] = e
}

func resolve(y *yaml.Node) *yaml.Node {
	if y.Kind == yaml.AliasNode {
		return y.Alias
	}
	return y
}

func isNull(y *yaml.Node) bool { return y.Kind == yaml.ScalarNode && y.Tag == "!!null" }

const envPrefix = "NEWSDESK_"

// notOurs are variables that other parts of the program and other programs read: the client's server and token, what
// tests need, and the links that Kubernetes and Docker make for a service called newsdesk.
func notOurs(name string) bool {
	for _, known := range []string{"CONFIG", "SERVER", "TOKEN", "TOKEN_FILE", "TESTDATA", "PORT"} {
		if name == known {
			return true
		}
	}
	for _, prefix := range []string{"TEST_", "SERVICE_", "PORT_", "ENV_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// envName is the variable of a dotted path.
func envName(path string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// readEnv returns what the environment says. An empty variable counts as not set, as in compose files.
func readEnv(environ []string, root *node, c *collector) layer {
	out := layer{}
	environ = slices.Clone(environ)
	sort.Strings(environ)
	for _, pair := range environ {
		full, text, _ := strings.Cut(pair, "=")
		name, ours := strings.CutPrefix(full, envPrefix)
		if !ours || text == "" || notOurs(name) {
			continue
		}
		path, ok := root.byEnv(name)
		if !ok {
			suggestion := nearest(full, root.envNames())
			c.unknown(clean(full), "environment", suggestion, nil)
			continue
		}
		out[path] = entry{text: text, where: full}
	}
	return out
}

// byEnv finds the path of a variable, whose underscores may part sections or belong to a key.
func (n *node) byEnv(name string) (string, bool) {
	for _, child := range n.children {
		key := strings.ToUpper(child.name)
		rest, inside := strings.CutPrefix(name, key+"_")
		switch {
		case child.role == section && inside:
			if path, ok := child.byEnv(rest); ok {
				return join(child.name, path), true
			}
		case child.role == list && inside:
			number, rest, _ := strings.Cut(rest, "_")
			path, ok := child.entry().byEnv(rest)
			if i, err := entryNumber(number); ok && err == nil {
				return join(join(child.name, strconv.Itoa(i)), path), true
			}
		case name == key && child.role != section && child.role != list:
			return child.name, true
		}
	}
	return "", false
}

func (n *node) envNames() []string {
	var out []string
	for _, leaf := range n.leaves() {
		out = append(out, envName(strings.ReplaceAll(leaf.path, "*", "0")))
	}
	return out
}

// readFlags returns what the command line says: dotted keys with texts, numbers, booleans, spans of time or []string.
func readFlags(flags map[string]any, root *node, c *collector) layer {
	out := layer{}
	for path, val := range flags {
		n := root.at(path)
		if n == nil || n.role == section || n.role == list {
			c.unknown(path, "command line", "", nil)
			continue
		}
		e := entry{text: fmt.Sprint(val), where: "command line"}
		switch val := val.(type) {
		case []string:
			e.many = append([]string{}, val...)
		case Secret:
			e.text = val.Reveal()
		}
		out[path] = e
	}
	return out
}
