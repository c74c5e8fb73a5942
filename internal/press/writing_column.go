package press

import "slices"

// MaxColumns bounds the office's tree of columns.
const MaxColumns = 500

// ColumnTree is the office's columns in the order in which they are shown, each parent before its children.
type ColumnTree []Column

// ColumnNode is a column with what is in it.
type ColumnNode struct {
	Path     Column       `json:"path"`
	Listed   bool         `json:"listed"`   // false: only articles name it, the office's tree does not
	Articles int          `json:"articles"` // in exactly this column
	Below    int          `json:"below"`    // in the columns below it
	Children []ColumnNode `json:"children,omitempty"`
}

// Name is the innermost name.
func (c Column) Name() string {
	if len(c) == 0 {
		return ""
	}
	return c[len(c)-1]
}

// Within reports whether a column is another one or lies below it.
func (c Column) Within(outer Column) bool {
	return len(c) >= len(outer) && slices.Equal(c[:len(outer)], outer)
}

func (t ColumnTree) index(c Column) int {
	return slices.IndexFunc(t, func(o Column) bool { return slices.Equal(o, c) })
}

// Has reports whether a column is in the tree.
func (t ColumnTree) Has(c Column) bool { return t.index(c) >= 0 }

// Add puts a column after its siblings, and first its parents where they are missing. It is a Conflict,
// "column.exists", if it is there.
func (t ColumnTree) Add(c Column) (ColumnTree, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if len(c) == 0 {
		return nil, Fail(Invalid, "column.empty", Say("Give the column a name.", "请填写栏目名。"))
	}
	if t.Has(c) {
		return nil, columnExists(c)
	}
	out := slices.Clone(t)
	for depth := 1; depth <= len(c); depth++ {
		if part := c[:depth:depth]; !out.Has(part) {
			out = slices.Insert(out, out.end(part[:depth-1]), part)
		}
	}
	if len(out) > MaxColumns {
		return nil, Fail(TooLarge, "column.many", Say(
			"There are %d columns; more are not kept. Remove some first.", "栏目最多 %d 个，请先删除不用的栏目。", MaxColumns))
	}
	return out, nil
}

func columnExists(c Column) error {
	return Fail(Conflict, "column.exists", Say("There is a column “%s” already.", "已有栏目“%s”。", c.String()))
}

// end is the index behind the last column within parent; of the outermost level, the end.
func (t ColumnTree) end(parent Column) int {
	end := len(t)
	for end > 0 && !t[end-1].Within(parent) {
		end--
	}
	return end
}

// Rename gives a column another name, with all that is below it. Articles keep the old path: what was signed is not
// changed behind the signatures.
func (t ColumnTree) Rename(c Column, name string) (ColumnTree, Column, error) {
	if len(c) == 0 {
		return nil, nil, NoColumn(c)
	}
	to := append(slices.Clone(c[:len(c)-1]), name)
	out, err := t.move(c, to)
	return out, to, err
}

// Place moves a column, with all that is below it, under a parent (nil: the outermost level), as its child number index
// from 0; a larger index means the end.
func (t ColumnTree) Place(c, parent Column, index int) (ColumnTree, Column, error) {
	if len(c) == 0 {
		return nil, nil, NoColumn(c)
	}
	if parent.Within(c) {
		return nil, nil, Fail(Invalid, "column.within", Say(
			"A column cannot be moved into itself.", "栏目不能移动到自己之下。"))
	}
	if len(parent) > 0 && !t.Has(parent) {
		return nil, nil, NoColumn(parent)
	}
	to := append(slices.Clone(parent), c.Name())
	moved, err := t.move(c, to)
	if err != nil {
		return nil, nil, err
	}
	branch, rest := moved.cut(to)
	return slices.Insert(rest, rest.childAt(parent, max(index, 0)), branch...), to, nil
}

// childAt is the index at which a new child number n of parent goes.
func (t ColumnTree) childAt(parent Column, n int) int {
	for i, c := range t {
		if len(c) != len(parent)+1 || !c.Within(parent) {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return t.end(parent)
}

// move gives a branch another path and leaves it where it stands in the list.
func (t ColumnTree) move(from, to Column) (ColumnTree, error) {
	if !t.Has(from) {
		return nil, NoColumn(from)
	}
	if !slices.Equal(from, to) && t.Has(to) {
		return nil, columnExists(to)
	}
	out := slices.Clone(t)
	for i, c := range out {
		if !c.Within(from) {
			continue
		}
		out[i] = append(slices.Clone(to), c[len(from):]...)
		if err := out[i].Check(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// cut takes a branch out.
func (t ColumnTree) cut(c Column) (branch, rest ColumnTree) {
	for _, o := range t {
		if o.Within(c) {
			branch = append(branch, o)
		} else {
			rest = append(rest, o)
		}
	}
	return branch, rest
}

// Remove takes a column out, with all that is below it.
func (t ColumnTree) Remove(c Column) (ColumnTree, error) {
	if len(c) == 0 || !t.Has(c) {
		return nil, NoColumn(c)
	}
	_, rest := t.cut(c)
	return rest, nil
}

// NoColumn is the refusal of a column that the office does not have.
func NoColumn(c Column) error {
	return Fail(NotFound, "column.missing", Say("There is no column “%s”.", "没有栏目“%s”。", c.String()))
}

// ColumnCount says how many articles are in exactly one column.
type ColumnCount struct {
	Column   Column
	Articles int
}

// Nodes builds the tree with its counts. Columns that only articles name come behind their listed siblings.
func (t ColumnTree) Nodes(counts []ColumnCount) []ColumnNode {
	all := slices.Clone(t)
	for _, n := range counts {
		for depth := 1; depth <= len(n.Column); depth++ {
			if part := n.Column[:depth:depth]; !all.Has(part) {
				all = slices.Insert(all, all.end(part[:depth-1]), part)
			}
		}
	}
	return all.nodes(nil, t, counts)
}

func (t ColumnTree) nodes(parent Column, listed ColumnTree, counts []ColumnCount) []ColumnNode {
	var out []ColumnNode
	for _, c := range t {
		if len(c) != len(parent)+1 || !c.Within(parent) {
			continue
		}
		node := ColumnNode{Path: c, Listed: listed.Has(c), Children: t.nodes(c, listed, counts)}
		for _, n := range counts {
			switch {
			case slices.Equal(n.Column, c):
				node.Articles = n.Articles
			case n.Column.Within(c):
				node.Below += n.Articles
			}
		}
		out = append(out, node)
	}
	return out
}
