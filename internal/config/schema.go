package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// role is what may stand at a place of the configuration.
type role int

const (
	section    role = iota // keys with values of their own
	list                   // numbered sections
	value                  // one text, or several for a []string
	secretFile             // the name of a file that holds the secret of the same name without _file
)

// node is a place of the configuration, made from a field of Config.
type node struct {
	name     string
	path     string // dotted, with * for the number of a list's entry
	role     role
	index    int // of the struct's field
	typ      reflect.Type
	tag      reflect.StructTag
	children []*node
}

const fileSuffix = "_file"

// schema returns the tree of everything that can be configured.
func schema() *node {
	root := &node{role: section, typ: reflect.TypeFor[Config]()}
	root.grow()
	return root
}

func (n *node) grow() {
	for i := range n.typ.NumField() {
		f := n.typ.Field(i)
		name, ok := f.Tag.Lookup("key")
		if !ok {
			continue
		}
		child := &node{name: name, path: join(n.path, name), role: value, index: i, typ: f.Type, tag: f.Tag}
		n.children = append(n.children, child)
		switch {
		case f.Type == reflect.TypeFor[Secret]():
			n.children = append(n.children, &node{name: name + fileSuffix, path: child.path + fileSuffix, role: secretFile})
		case f.Type.Kind() == reflect.Struct:
			child.role = section
			child.grow()
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			child.role = list
			entry := &node{path: join(child.path, "*"), role: section, typ: f.Type.Elem()}
			entry.grow()
			child.children = []*node{entry}
		}
	}
}

// entry is what each of a list's sections looks like.
func (n *node) entry() *node { return n.children[0] }

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) names() []string {
	out := make([]string, 0, len(n.children))
	for _, c := range n.children {
		out = append(out, c.name)
	}
	return out
}

// leaves returns every place that holds a value, the secrets' files included.
func (n *node) leaves() []*node {
	if n.role == value || n.role == secretFile {
		return []*node{n}
	}
	var out []*node
	for _, c := range n.children {
		out = append(out, c.leaves()...)
	}
	return out
}

// at finds the node of a dotted path, in which lists have numbers or *.
func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(path, ".") {
		switch {
		case n == nil:
			return nil
		case n.role == list:
			if _, err := entryNumber(name); err != nil && name != "*" {
				return nil
			}
			n = n.entry()
		default:
			n = n.child(name)
		}
	}
	return n
}

// maxEntries bounds every list of sections.
const maxEntries = 100

func entryNumber(s string) (int, error) {
	i, err := strconv.ParseUint(s, 10, 16)
	if err == nil && i >= maxEntries {
		err = strconv.ErrRange
	}
	return int(i), err
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	zoneType     = reflect.TypeFor[*time.Location]()
	secretType   = reflect.TypeFor[Secret]()
)
