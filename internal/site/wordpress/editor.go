package wordpress

import (
	"context"
	"net/http"
	"net/url"

	"newsdesk/internal/markup"
)

// editorOf asks how the editor of this WordPress writes its blocks. The version is told to nobody, and plugins bring newer
// editors to old ones, so the blocks themselves are looked at. An editor that cannot be asked gets what every one understands.
func (c *Client) editorOf(ctx context.Context) (markup.WordPressEditor, error) {
	c.mu.Lock()
	known := c.editor
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var list []map[string]any
	a, err := c.do(ctx, request{path: "wp/v2/block-types/core", query: url.Values{
		"_fields": {"name,provides_context,supports.className,supports.spacing,attributes.hasFixedLayout,attributes.body,attributes.fileId"},
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

func editorFrom(list []map[string]any) markup.WordPressEditor {
	var e markup.WordPressEditor
	items, spaced := false, false
	for _, b := range list {
		switch b["name"] {
		case "core/list-item":
			items = true
		case "core/list":
			spaced = dig(b, "supports", "spacing") != nil                  // 6.0 has list items behind a switch, and no spacing yet
			e.ListClass = spaced && dig(b, "supports", "className") == nil // 6.5 says false, and 6.6 nothing
		case "core/gallery":
			e.Galleries = dig(b, "provides_context", "imageCrop") != nil
		case "core/heading":
			e.HeadingClass = dig(b, "supports", "className") == true
		case "core/file":
			e.FileIDs = dig(b, "attributes", "fileId") != nil
		case "core/table":
			e.TableSpans = dig(b, "attributes", "body", "query", "cells", "query", "rowspan") != nil
			e.FixedTables = dig(b, "attributes", "hasFixedLayout", "default") == true
		}
	}
	e.Nested = items && spaced
	return e
}

// dig follows names into objects. PHP writes an object without fields as a list, in which nothing is found.
func dig(v any, path ...string) any {
	for _, name := range path {
		fields, _ := v.(map[string]any)
		v = fields[name]
	}
	return v
}
