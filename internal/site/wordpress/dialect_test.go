package wordpress

import (
	"encoding/json"
	"net/http"
	"testing"
	"unicode/utf8"

	"newsdesk/internal/markup"
)

// TestEditorsAreTold: PHP writes what is empty as a list, and so the same field is a list here and an object there.
func TestEditorsAreTold(t *testing.T) {
	t.Parallel()
	for version, c := range map[string]struct {
		answer string
		want   markup.WordPressEditor
	}{
		"5.6": {`[{"name":"core/heading","supports":{"className":false},"attributes":[],"provides_context":[]},{"name":"core/list","supports":{"className":false}}]`, markup.WordPressEditor{}},
		"6.0": {`[{"name":"core/list-item","supports":{"className":false}},{"name":"core/list","supports":{"className":false}},
			{"name":"core/gallery","provides_context":{"allowResize":"allowResize","imageCrop":"imageCrop"}}]`, markup.WordPressEditor{Galleries: true}},
		"6.1": {
			`[{"name":"core/list-item","supports":{"className":false}},{"name":"core/list","supports":{"className":false,"spacing":{"margin":true}}},
			{"name":"core/gallery","provides_context":{"imageCrop":"imageCrop"}},{"name":"core/heading","supports":{"className":false}},
			{"name":"core/table","attributes":{"hasFixedLayout":{"type":"boolean","default":false},"body":{"query":{"cells":{"query":{"content":{},"align":{}}}}}}}]`,
			markup.WordPressEditor{Galleries: true, Nested: true},
		},
		"6.6": {
			`[{"name":"core/list-item"},{"name":"core/list","supports":{"spacing":{"margin":true}}},
			{"name":"core/gallery","provides_context":{"imageCrop":"imageCrop"}},{"name":"core/heading","supports":{"className":true}},
			{"name":"core/file","attributes":{"fileId":{"type":"string"}}},
			{"name":"core/table","attributes":{"hasFixedLayout":{"type":"boolean","default":true},"body":{"query":{"cells":{"query":{"content":{},"rowspan":{"type":"string"}}}}}}}]`,
			markup.WordPressEditor{Galleries: true, Nested: true, HeadingClass: true, TableSpans: true, FixedTables: true, ListClass: true, FileIDs: true},
		},
	} {
		var list []map[string]any
		if err := json.Unmarshal([]byte(c.answer), &list); err != nil {
			t.Fatal(err)
		}
		if got := editorFrom(list); got != c.want {
			t.Errorf("%s: %+v", version, got)
		}
	}
}

// FuzzAnswers: whatever a server says is read within bounds, and none of its markup reaches people.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"code":"rest_forbidden","message":"<b>no</b>","data":{"status":401}}`, "<br />\n<b>Warning</b>: {x} [y]\n{\"id\":1}", "<html><script>{</script>&lt;b&gt;",
		"[[[[[[", "\xff<", `{"code":"term_exists","data":{"term_id":"7"}}`, "\ufeff[]",
	} {
		f.Add(200, []byte(s))
	}
	c, err := New(Config{Name: "wp", Address: "https://news.example.edu.cn/", User: "editor", Password: "abcd efgh ijkl mnop"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &answer{status: status, header: http.Header{"Location": {string(body)}}, body: body}
		fault := c.explain(a, &root{}, request{path: "wp/v2/posts"})
		if fault == nil || fault.Text.IsZero() || fault.Fix.IsZero() || utf8.RuneCountInString(fault.Answer) > maxWords+1 || !utf8.ValidString(fault.Answer) {
			t.Errorf("%+v", fault)
		}
		existingTerm(a)
		_ = (&answer{body: body}).decode(new([]post))
	})
}
