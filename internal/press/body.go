package press

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// BodyVersion is the version of the body's JSON form that this program writes.
const BodyVersion = 1

// Body is an article's text and pictures: an ordered list of typed blocks, and the only form in which content is kept.
//
// Its JSON form is {"version":1,"blocks":[{"type":"paragraph",…},…]} and round-trips byte for byte: fields have a fixed
// order, empty ones are left out, characters are not escaped beyond what JSON asks.
type Body struct {
	Blocks []Block
}

// Block is one of Paragraph, Heading, Picture, Gallery, List, Quote, Table, Divider.
type Block interface{ block() string }

// Align is where a paragraph's lines stand.
type Align string

// The alignments. The empty one is what the theme does with a paragraph.
const (
	AlignStart  Align = ""
	AlignCenter Align = "center"
	AlignRight  Align = "right"
)

// Run is a stretch of text with one look. A line feed in Text is a hard line break; nothing else controls layout.
type Run struct {
	Text      string `json:"text"`
	Bold      bool   `json:"bold,omitempty"`
	Italic    bool   `json:"italic,omitempty"`
	Underline bool   `json:"underline,omitempty"`
	Strike    bool   `json:"strike,omitempty"`
	Color     Color  `json:"color,omitempty"`
	Link      string `json:"link,omitempty"` // http, https or mailto
}

// Color is a name from the fixed palette; each theme gives it a value that can be read on light and on dark.
type Color string

// The palette.
const (
	Red    Color = "red"
	Orange Color = "orange"
	Green  Color = "green"
	Blue   Color = "blue"
	Purple Color = "purple"
	Gray   Color = "gray"
)

// Palette lists the colours that text may have.
func Palette() []Color { return []Color{Red, Orange, Green, Blue, Purple, Gray} }

// Paragraph is running text.
type Paragraph struct {
	Align Align `json:"align,omitempty"`
	Text  []Run `json:"text"`
}

// Heading is a heading inside the body; the title is level 1 and is not part of the body.
type Heading struct {
	Level int   `json:"level"` // 2, 3 or 4
	Align Align `json:"align,omitempty"`
	Text  []Run `json:"text"`
}

// Picture places one photo.
type Picture struct {
	Photo   Digest `json:"photo"`
	Caption string `json:"caption,omitempty"` // shown under the photo
	Alt     string `json:"alt,omitempty"`     // read aloud instead of it
}

// Gallery shows two or more photos together.
type Gallery struct {
	Photos []Picture `json:"photos"`
}

// List is a list of items, each of which may hold a further list.
type List struct {
	Ordered bool       `json:"ordered,omitempty"`
	Start   int        `json:"start,omitempty"` // first number of an ordered list; 0 means 1
	Items   []ListItem `json:"items"`
}

// ListItem is one item of a list.
type ListItem struct {
	Text []Run `json:"text"`
	List *List `json:"list,omitempty"`
}

// Quote is words of somebody else, in paragraphs.
type Quote struct {
	Paragraphs []Paragraph `json:"paragraphs"`
}

// Table is a grid of cells; rows list only the cells that begin in them.
type Table struct {
	Header bool     `json:"header,omitempty"` // the first row is a header
	Rows   [][]Cell `json:"rows"`
}

// Cell is a cell of a table. Spans of 0 mean 1.
type Cell struct {
	Align   Align `json:"align,omitempty"`
	ColSpan int   `json:"colspan,omitempty"`
	RowSpan int   `json:"rowspan,omitempty"`
	Text    []Run `json:"text"`
}

// Divider is a line between parts.
type Divider struct{}

func (Paragraph) block() string { return "paragraph" }
func (Heading) block() string   { return "heading" }
func (Picture) block() string   { return "photo" }
func (Gallery) block() string   { return "gallery" }
func (List) block() string      { return "list" }
func (Quote) block() string     { return "quote" }
func (Table) block() string     { return "table" }
func (Divider) block() string   { return "divider" }

// BlockType returns a block's name in JSON.
func BlockType(b Block) string { return b.block() }

// MarshalJSON writes the versioned form.
func (b Body) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"version":%d,"blocks":[`, BodyVersion)
	for i, block := range b.Blocks {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeBlock(&out, block); err != nil {
			return nil, err
		}
	}
	out.WriteString("]}")
	return out.Bytes(), nil
}

func writeBlock(out *bytes.Buffer, block Block) error {
	fields, err := EncodeJSON(block)
	if err != nil {
		return fmt.Errorf("press: encode %s: %w", block.block(), err)
	}
	fmt.Fprintf(out, `{"type":%q`, block.block())
	if inner := fields[1 : len(fields)-1]; len(inner) > 0 {
		out.WriteByte(',')
		out.Write(inner)
	}
	out.WriteByte('}')
	return nil
}

// EncodeJSON writes v compactly and leaves <, > and & as they are.
func EncodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads the versioned form and refuses what it does not know: a newer version, an unknown block or field.
func (b *Body) UnmarshalJSON(data []byte) error {
	var raw struct {
		Version int               `json:"version"`
		Blocks  []json.RawMessage `json:"blocks"`
	}
	if err := decodeStrict(data, &raw); err != nil {
		return badBody("", err)
	}
	if raw.Version != BodyVersion {
		return Fail(Invalid, "body.version", Say(
			"The body has version %d; this Newsdesk reads version %d.", "正文版本为 %d，本程序只读取版本 %d。", raw.Version, BodyVersion))
	}
	blocks := make([]Block, 0, len(raw.Blocks))
	for i, item := range raw.Blocks {
		block, err := readBlock(item)
		if err != nil {
			return badBody(fmt.Sprintf("blocks[%d]", i), err)
		}
		blocks = append(blocks, block)
	}
	b.Blocks = blocks
	return nil
}

func readBlock(data []byte) (Block, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, err
	}
	switch head.Type {
	case "paragraph":
		return readAs[Paragraph](data)
	case "heading":
		return readAs[Heading](data)
	case "photo":
		return readAs[Picture](data)
	case "gallery":
		return readAs[Gallery](data)
	case "list":
		return readAs[List](data)
	case "quote":
		return readAs[Quote](data)
	case "table":
		return readAs[Table](data)
	case "divider":
		return readAs[Divider](data)
	}
	return nil, fmt.Errorf("unknown block type %q", clip(head.Type, 40))
}

// readAs reads a block's own fields strictly; the type has been looked at already.
func readAs[T Block](data []byte) (Block, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	delete(fields, "type")
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	var block T
	if err := decodeStrict(rest, &block); err != nil {
		return nil, err
	}
	return block, nil
}

func decodeStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

func badBody(where string, err error) error {
	return Fail(Invalid, "body.form", Say(
		"The body cannot be read at %[1]q: it is not in the form Newsdesk writes.",
		"正文在 %[1]q 处无法读取：不是 Newsdesk 的正文格式。", where)).Because(err)
}
