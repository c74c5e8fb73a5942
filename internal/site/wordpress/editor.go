package wordpress

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"newsdesk/internal/markup"
)

// blockType is what a WordPress says of a block that its editor has.
type blockType struct {
	Name     string `json:"name"`
	Provides any    `json:"provides_context"`
	Supports struct {
		ClassName any `json:"className"`
		Spacing   any `json:"spacing"`
	} `json:"supports"`
	Attributes struct {
		Fixed struct {
			Default bool `json:"default"`
		} `json:"hasFixedLayout"`
		Body struct {
			Query struct {
				Cells struct {
					Query map[string]any `json:"query"`
				} `json:"cells"`
			} `json:"query"`
		} `json:"body"`
	} `json:"attributes"`
}

// editorOf asks how the editor of this WordPress writes its blocks. The version is told to nobody, and plugins bring newer
// editors to old ones, so the blocks themselves are looked at. An editor that cannot be asked gets what every one understands.
func (c *Client) editorOf(ctx context.Context) (markup.WordPressEditor, error) {
	c.mu.Lock()
	known := c.editor
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var list []json.RawMessage
	a, err := c.do(ctx, request{path: "wp/v2/block-types/core", query: url.Values{
		"_fields": {"name,provides_context,supports.className,supports.spacing,attributes.hasFixedLayout,attributes.body"},
	}}, &list)
	if err != nil && (a == nil || a.status != http.StatusForbidden && a.status != http.StatusNotFound) {
		return markup.WordPressEditor{}, err
	}
	editor := editorFrom(list)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.editor = &editor
	return editor, nil
}

func editorFrom(list []json.RawMessage) markup.WordPressEditor {
	var e markup.WordPressEditor
	items, spaced := false, false
	for _, data := range list {
		var b blockType
		if json.Unmarshal(data, &b) != nil {
			continue // a form that is none of the blocks we write
		}
		switch b.Name {
		case "core/list-item":
			items = true
		case "core/list":
			spaced = b.Supports.Spacing != nil // 6.0 has list items behind a switch, and no spacing yet
		case "core/gallery":
			provided, _ := b.Provides.(map[string]any)
			e.Galleries = len(provided) > 0
		case "core/heading":
			e.HeadingClass = b.Supports.ClassName == true
		case "core/table":
			e.TableSpans = b.Attributes.Body.Query.Cells.Query["rowspan"] != nil
			e.FixedTables = b.Attributes.Fixed.Default
		}
	}
	e.Nested = items && spaced
	return e
}
