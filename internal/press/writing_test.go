package press

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestTypedKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 300)
	c := Content{Title: long + " ", Body: Body{Blocks: []Block{
		Paragraph{Text: []Run{}},
		Paragraph{Text: []Run{{Text: "  a\x0bb\x00 ", Link: "javascript:alert(1)", Color: "chartreuse"}, {Text: "c", Link: "https://example.org/"}}},
		List{Items: []ListItem{{Text: []Run{}, List: &List{Items: []ListItem{{Text: []Run{{Text: "x\x01"}}}}}}}},
		Quote{Paragraphs: []Paragraph{{Text: []Run{{Text: "\u0085q"}}}}},
		Table{Rows: [][]Cell{{{Text: []Run{{Text: "t\x7f"}}}}, {}}},
		Picture{Photo: DigestOf(nil), Caption: "cap\x02 "},
	}}}
	got, err := c.Typed()
	if err != nil {
		t.Fatal(err)
	}
	want := Content{Title: long + " ", Body: Body{Blocks: []Block{
		Paragraph{Text: []Run{}},
		Paragraph{Text: []Run{{Text: "  ab "}, {Text: "c", Link: "https://example.org/"}}},
		List{Items: []ListItem{{Text: []Run{}, List: &List{Items: []ListItem{{Text: []Run{{Text: "x"}}}}}}}},
		Quote{Paragraphs: []Paragraph{{Text: []Run{{Text: "q"}}}}},
		Table{Rows: [][]Cell{{{Text: []Run{{Text: "t"}}}}, {}}},
		Picture{Photo: DigestOf(nil), Caption: "cap "},
	}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if c.Body.Blocks[1].(Paragraph).Text[0].Link == "" {
		t.Error("the caller's content was changed")
	}
	for name, bad := range map[string]Content{
		"too long a field": {Title: strings.Repeat("长", 6000)},
		"too long a body":  {Body: Body{Blocks: []Block{Paragraph{Text: []Run{{Text: strings.Repeat("长", MaxBodyRunes+1)}}}}}},
		"a level":          {Body: Body{Blocks: []Block{Heading{Level: 9, Text: []Run{}}}}},
		"a digest":         {Body: Body{Blocks: []Block{Picture{Photo: "../../etc"}}}},
		"a crop":           {Cover: Cover{Wide: &Rect{X1: 2, X2: 3, Y2: 1}}},
		"nesting":          {Body: Body{Blocks: []Block{nested(200)}}},
	} {
		if _, err := bad.Typed(); KindOf(err) != Invalid && KindOf(err) != TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func nested(depth int) List {
	l := List{Items: []ListItem{{Text: []Run{{Text: "x"}}}}}
	for range depth {
		inner := l
		l = List{Items: []ListItem{{Text: []Run{}, List: &inner}}}
	}
	return l
}

// TestWorkingForm: what the editor sends comes back as it was sent.
func TestWorkingForm(t *testing.T) {
	t.Parallel()
	sent := `{"title":"","credits":{},"cover":{"focus":{"x":0,"y":0}},"body":{"version":1,"blocks":[{"type":"paragraph","text":[]},{"type":"paragraph","text":[{"text":" a "}]}]}}`
	var c Content
	if err := json.Unmarshal([]byte(sent), &c); err != nil {
		t.Fatal(err)
	}
	c, err := c.Typed()
	if err != nil {
		t.Fatal(err)
	}
	if back, _ := EncodeJSON(c); string(back) != sent {
		t.Errorf("got  %s\nwant %s", back, sent)
	}
}

func TestAnchor(t *testing.T) {
	t.Parallel()
	p := func(s string) Block { return Paragraph{Text: []Run{{Text: s}}} }
	photo, other := DigestOf([]byte("a")), DigestOf([]byte("b"))
	before := Content{Title: "运动会", Body: Body{Blocks: []Block{
		p("开幕式上，三千名职工入场。"), p("同一句"),
		Picture{Photo: photo, Caption: "入场"},
		Divider{},
		Gallery{Photos: []Picture{{Photo: other}, {Photo: photo}}},
	}}}
	after := Content{Title: "运动会", Body: Body{Blocks: []Block{
		p("新的开头"), p("同一句"), p("改过：开幕式上，三千名职工入场。还有"), p("同一句"),
		Gallery{Photos: []Picture{{Photo: photo, Caption: "改了"}}},
	}}}
	for where, want := range map[string]string{
		"title": "title", "credits": "credits",
		"body.blocks[0]":           "body.blocks[2]",
		"body.blocks[1]":           "body.blocks[1]", // the nearest of two
		"body.blocks[2]":           "body.blocks[4].photos[0]",
		"body.blocks[3]":           "body.blocks[3]",
		"body.blocks[4].photos[0]": "gone",
	} {
		if err := CheckPlace(where, before); err != nil {
			t.Fatal(err)
		}
		comment := Comment{Where: where}
		comment.Quote, comment.Photo = QuoteAt(before, where, "")
		got := Anchor(comment, after)
		if got.Gone {
			got.Now = "gone"
		}
		if got.Now != want {
			t.Errorf("%s is at %s, want %s", where, got.Now, want)
		}
		if same := Anchor(comment, before); same.Now != where || same.Gone {
			t.Errorf("%s is not where it is: %+v", where, same)
		}
	}
	for _, bad := range []string{"", "Title", "body.blocks[5]", "body.blocks[-1]", "body.blocks[4].photos[2]", "body.blocks[0].photos[0]", "body.blocks[99999]"} {
		if CheckPlace(bad, before) == nil {
			t.Errorf("%q is a place", bad)
		}
	}
}

func TestColumnTree(t *testing.T) {
	t.Parallel()
	must := func(tree ColumnTree, err error) ColumnTree {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	check := func(tree ColumnTree, want string) {
		t.Helper()
		var got []string
		for _, c := range tree {
			got = append(got, strings.Join(c, "/"))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("got %s, want %s", s, want)
		}
	}
	tree := must(ColumnTree(nil).Add(Column{"新闻", "集团"}))
	tree = must(tree.Add(Column{"通知"}))
	tree = must(tree.Add(Column{"新闻", "基层"}))
	check(tree, "新闻 新闻/集团 新闻/基层 通知")
	renamed, to, err := tree.Rename(Column{"新闻"}, "要闻")
	check(must(renamed, err), "要闻 要闻/集团 要闻/基层 通知")
	if to.String() != "要闻" {
		t.Error(to)
	}
	placed, _, err := tree.Place(Column{"通知"}, nil, 0)
	check(must(placed, err), "通知 新闻 新闻/集团 新闻/基层")
	placed, _, err = tree.Place(Column{"新闻", "基层"}, Column{"新闻"}, 0)
	check(must(placed, err), "新闻 新闻/基层 新闻/集团 通知")
	placed, _, err = tree.Place(Column{"新闻"}, Column{"通知"}, 99)
	check(must(placed, err), "通知 通知/新闻 通知/新闻/集团 通知/新闻/基层")
	placed, _, err = placed.Place(Column{"通知", "新闻", "集团"}, nil, 1)
	check(must(placed, err), "通知 通知/新闻 通知/新闻/基层 集团")
	check(must(tree.Remove(Column{"新闻"})), "通知")

	_, _, into := tree.Place(Column{"新闻"}, Column{"新闻", "集团"}, 0)
	_, _, missing := tree.Place(Column{"新闻"}, Column{"无"}, 0)
	_, _, taken := tree.Rename(Column{"新闻", "集团"}, "基层")
	_, _, slash := tree.Rename(Column{"新闻", "集团"}, "a/b")
	_, none := tree.Remove(nil)
	_, twice := tree.Add(Column{"通知"})
	deep := must(tree.Add(Column{"a", "b", "c", "d"}))
	_, _, tooDeep := deep.Place(Column{"a"}, Column{"通知"}, 0)
	for code, err := range map[string]error{
		"column.within": into, "column.missing": missing, "column.exists": taken, "column.name": slash, "column.depth": tooDeep,
	} {
		if CodeOf(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	if CodeOf(none) != "column.missing" || CodeOf(twice) != "column.exists" {
		t.Error(none, twice)
	}

	nodes := tree.Nodes([]ColumnCount{{Column{"新闻", "集团"}, 3}, {Column{"新闻"}, 1}, {Column{"旧", "栏"}, 2}})
	if len(nodes) != 3 || nodes[0].Articles != 1 || nodes[0].Below != 3 || nodes[2].Listed || nodes[2].Below != 2 ||
		nodes[2].Children[0].Articles != 2 || !nodes[0].Children[1].Listed {
		t.Errorf("%+v", nodes)
	}
}
