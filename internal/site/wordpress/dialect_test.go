package wordpress

import (
	"encoding/json"
	"testing"

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
			`[{"name":"core/list-item","supports":{"className":false}},{"name":"core/list","supports":{"spacing":{"margin":true}}},
			{"name":"core/gallery","provides_context":{"imageCrop":"imageCrop"}},{"name":"core/heading","supports":{"className":false}},
			{"name":"core/table","attributes":{"hasFixedLayout":{"type":"boolean","default":false},"body":{"query":{"cells":{"query":{"content":{},"align":{}}}}}}}]`,
			markup.WordPressEditor{Galleries: true, Nested: true},
		},
		"6.6": {
			`[{"name":"core/list-item"},{"name":"core/list","supports":{"spacing":{"margin":true}}},
			{"name":"core/gallery","provides_context":{"imageCrop":"imageCrop"}},{"name":"core/heading","supports":{"className":true}},
			{"name":"core/table","attributes":{"hasFixedLayout":{"type":"boolean","default":true},"body":{"query":{"cells":{"query":{"content":{},"rowspan":{"type":"string"}}}}}}}]`,
			markup.WordPressEditor{Galleries: true, Nested: true, HeadingClass: true, TableSpans: true, FixedTables: true},
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
