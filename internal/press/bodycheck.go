package press

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a body. They are far above any news item and keep rendering and storage bounded.
const (
	MaxBlocks     = 2000
	MaxBodyRunes  = 200_000
	MaxListDepth  = 6
	MaxTableCells = 5000
	MaxPhotos     = 200
)

// Photos returns the digests of the photos in the body, in reading order, each once.
func (b Body) Photos() []Digest {
	var out []Digest
	seen := map[Digest]bool{}
	for _, p := range b.Pictures() {
		if !seen[p.Photo] {
			seen[p.Photo] = true
			out = append(out, p.Photo)
		}
	}
	return out
}

// Pictures returns every placed photo in reading order, those of galleries included.
func (b Body) Pictures() []Picture {
	var out []Picture
	for _, block := range b.Blocks {
		switch block := block.(type) {
		case Picture:
			out = append(out, block)
		case Gallery:
			out = append(out, block.Photos...)
		}
	}
	return out
}

// EachRuns calls f for every stretch of runs in the body, in reading order.
func (b Body) EachRuns(f func([]Run)) {
	for _, block := range b.Blocks {
		switch block := block.(type) {
		case Paragraph:
			f(block.Text)
		case Heading:
			f(block.Text)
		case List:
			eachItemRuns(block, f)
		case Quote:
			for _, p := range block.Paragraphs {
				f(p.Text)
			}
		case Table:
			for _, row := range block.Rows {
				for _, cell := range row {
					f(cell.Text)
				}
			}
		}
	}
}

func eachItemRuns(list List, f func([]Run)) {
	for _, item := range list.Items {
		f(item.Text)
		if item.List != nil {
			eachItemRuns(*item.List, f)
		}
	}
}

// PlainText returns the words of the runs without their looks.
func PlainText(runs []Run) string {
	var out strings.Builder
	for _, r := range runs {
		out.WriteString(r.Text)
	}
	return out.String()
}

// Text returns the body's words, a line for each stretch of text; captions are not part of it.
func (b Body) Text() string {
	var out strings.Builder
	b.EachRuns(func(runs []Run) {
		if text := PlainText(runs); text != "" {
			out.WriteString(text)
			out.WriteByte('\n')
		}
	})
	return strings.TrimSuffix(out.String(), "\n")
}

// SafeLink reports whether an address may stand behind words: an absolute http or https address with a host and no user
// information, or a mailto address; printable, and at most 1,000 bytes long.
func SafeLink(link string) bool {
	if link == "" || len(link) > 1000 || !utf8.ValidString(link) || strings.ContainsFunc(link, unprintable) {
		return false
	}
	u, err := url.Parse(link)
	if err != nil || u.User != nil {
		return false
	}
	lower := strings.ToLower(link)
	if strings.Contains(lower, "%0d") || strings.Contains(lower, "%0a") {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != "" && u.Hostname() != ""
	case "mailto":
		return strings.Contains(u.Opaque, "@")
	}
	return false
}

func unprintable(r rune) bool {
	return r < ' ' || r == 0x7f || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r)
}

// unwritable reports whether a character may not be kept: PostgreSQL refuses NUL in text, XML (the Atom feed) refuses
// nearly all control characters, and no reader sees any. Line feeds and tabs may.
func unwritable(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r <= 0x9f) }

// Check returns what is wrong with the body's form: a bound passed, a level, digest, colour or link that cannot be.
// A body that passes can be rendered.
func (b Body) Check() error {
	c := bodyCheck{}
	if len(b.Blocks) > MaxBlocks {
		return tooLong("blocks", len(b.Blocks), MaxBlocks)
	}
	for i, block := range b.Blocks {
		c.where = fmt.Sprintf("blocks[%d]", i)
		c.block(block)
	}
	if c.err == nil && c.runes > MaxBodyRunes {
		return tooLong("characters", c.runes, MaxBodyRunes)
	}
	if n := len(b.Pictures()); c.err == nil && n > MaxPhotos {
		return tooLong("photos", n, MaxPhotos)
	}
	return c.err
}

func tooLong(what string, n, limit int) error {
	return Fail(TooLarge, "body.too_long", Say(
		"The body has %[2]d %[1]s; at most %[3]d are taken. Split it into several articles.",
		"正文包含 %[2]d 个 %[1]s，最多 %[3]d 个，请拆分为多篇稿件。", what, n, limit))
}

type bodyCheck struct {
	where string
	runes int
	cells int
	err   error
}

func (c *bodyCheck) fail(en, zh string) {
	if c.err == nil {
		c.err = Fail(Invalid, "body.block", Text{EN: "The body is wrong at " + c.where + ": " + en + ".", ZH: "正文 " + c.where + " 处有误：" + zh + "。"})
	}
}

func (c *bodyCheck) block(block Block) {
	switch block := block.(type) {
	case Paragraph:
		c.align(block.Align)
		c.text(block.Text)
	case Heading:
		if block.Level < 2 || block.Level > 4 {
			c.fail("a heading has level 2, 3 or 4", "标题级别只能是 2、3、4")
		}
		c.align(block.Align)
		c.text(block.Text)
	case Picture:
		c.picture(block)
	case Gallery:
		for _, p := range block.Photos {
			c.picture(p)
		}
	case List:
		c.list(block, 1)
	case Quote:
		for _, p := range block.Paragraphs {
			c.align(p.Align)
			c.text(p.Text)
		}
	case Table:
		c.table(block)
	case Divider:
	default:
		c.fail("an unknown kind of block", "未知的内容块")
	}
}

func (c *bodyCheck) picture(p Picture) {
	if !p.Photo.Valid() {
		c.fail("a photo without a digest", "图片缺少摘要")
	}
	if !utf8.ValidString(p.Caption + p.Alt) {
		c.fail("a caption that is not UTF-8", "图片说明不是 UTF-8")
	}
	if strings.ContainsFunc(p.Caption+p.Alt, unwritable) {
		c.fail("a caption with a control character", "图片说明含有控制字符")
	}
	c.runes += utf8.RuneCountInString(p.Caption) + utf8.RuneCountInString(p.Alt)
}

func (c *bodyCheck) list(list List, depth int) {
	if depth > MaxListDepth {
		c.fail(fmt.Sprintf("a list nested more than %d deep", MaxListDepth), fmt.Sprintf("列表嵌套超过 %d 层", MaxListDepth))
		return
	}
	for _, item := range list.Items {
		c.text(item.Text)
		if item.List != nil {
			c.list(*item.List, depth+1)
		}
	}
}

func (c *bodyCheck) table(t Table) {
	for _, row := range t.Rows {
		if len(row) == 0 { // it is drawn all the same
			c.cells++
		}
		for _, cell := range row {
			wide, high := max(1, cell.ColSpan), max(1, cell.RowSpan)
			if wide <= MaxTableCells && high <= MaxTableCells { // or their product may be too large to be a number
				c.cells += wide * high
			}
			if cell.ColSpan < 0 || cell.RowSpan < 0 || max(wide, high, c.cells) > MaxTableCells {
				c.tooManyCells()
				return
			}
			c.align(cell.Align)
			c.text(cell.Text)
		}
	}
	if c.cells > MaxTableCells {
		c.tooManyCells()
	}
}

func (c *bodyCheck) tooManyCells() {
	c.fail(fmt.Sprintf("a table of more than %d cells", MaxTableCells), fmt.Sprintf("表格超过 %d 个单元格", MaxTableCells))
}

func (c *bodyCheck) align(a Align) {
	if a != AlignStart && a != AlignCenter && a != AlignRight {
		c.fail("an alignment that is not center or right", "对齐方式只能是 center 或 right")
	}
}

func (c *bodyCheck) text(runs []Run) {
	for _, r := range runs {
		c.runes += utf8.RuneCountInString(r.Text)
		if !utf8.ValidString(r.Text) {
			c.fail("text that is not UTF-8", "文字不是 UTF-8")
		}
		if strings.ContainsFunc(r.Text, unwritable) {
			c.fail("text with a control character", "文字含有控制字符")
		}
		if r.Link != "" && !SafeLink(r.Link) {
			c.fail("a link that is not http, https or mailto", "链接只能是 http、https 或 mailto")
		}
		if r.Color != "" && !inPalette(r.Color) {
			c.fail("a colour that is not in the palette", "颜色不在调色板中")
		}
	}
}

func inPalette(color Color) bool {
	for _, p := range Palette() {
		if p == color {
			return true
		}
	}
	return false
}
