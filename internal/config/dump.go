package config

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Dump writes the configuration in effect as YAML that newsdesk.yaml would take, secrets as stars, and behind each value
// that is not a default where it was given.
func (c Config) Dump(w io.Writer) error {
	doc := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{c.dumpSection(schema(), "", reflect.ValueOf(c))}}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("config: dump: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (c Config) dumpSection(n *node, path string, v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, child := range n.children {
		if child.role == secretFile {
			continue
		}
		at, field := join(path, child.name), v.Field(child.index)
		var val *yaml.Node
		switch child.role {
		case section:
			val = c.dumpSection(child, at, field)
		case list:
			val = c.dumpList(child, at, field)
		default:
			val = dumpValue(child, field)
			val.LineComment = c.Origin(at)
		}
		out.Content = append(out.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: child.name}, val)
	}
	return out
}

func (c Config) dumpList(n *node, path string, v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Len() == 0 {
		out.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		out.Content = append(out.Content, c.dumpSection(n.entry(), join(path, strconv.Itoa(i)), v.Index(i)))
	}
	return out
}

func dumpValue(n *node, v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.ScalarNode}
	switch val := v.Interface().(type) {
	case *time.Location:
		out.Value = val.String()
	case time.Duration:
		out.Value = formatDuration(val)
	case Secret:
		out.SetString(masked(n, val))
	case []string:
		out.Kind, out.Style = yaml.SequenceNode, yaml.FlowStyle
		for _, text := range val {
			item := &yaml.Node{}
			item.SetString(text)
			out.Content = append(out.Content, item)
		}
	case int64:
		out.Value = strconv.FormatInt(val, 10)
		if n.tag.Get("unit") == "bytes" {
			out.Value = FormatSize(val)
		}
	case int, bool:
		out.Value = fmt.Sprint(val)
	default:
		out.SetString(v.String())
	}
	return out
}

// masked leaves of a database's address what helps to see whether it is the right one: a file's path, or an address
// without its password. Whatever cannot be told apart with certainty is stars.
func masked(n *node, s Secret) string {
	dsn := s.Reveal()
	if n.path != "sql.dsn" || strings.ContainsAny(dsn, "?= ") {
		return s.String()
	}
	if !strings.ContainsAny(dsn, ":@") {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil || u.User == nil || u.Host == "" || u.Fragment != "" {
		return s.String()
	}
	name := url.PathEscape(u.User.Username())
	u.User = nil
	return strings.Replace(u.String(), "://", "://"+name+":"+mask+"@", 1)
}
