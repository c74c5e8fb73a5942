package press

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The plain text checks (用词检查 and what goes with it) read every word of an article that readers will see: title,
// subtitle, digest, credits, captions, alternative texts and the body with its lists and tables. Looks do not matter, so a
// word is found across a stretch that is bold in its middle. They find
//
//	words.must, words.check       what stands in the office's list, see AvoidWord
//	text.identity, .card, .phone  personal numbers, in tables too
//	text.doubled, .halfwidth, .unpaired, .space, .fullwidth, .ellipsis, .dash   marks, in Chinese text only
//
// A personal number is never said: findings show it masked, also in the words around something else.

// Bounds of what is said about one article.
const (
	maxSameFindings = 20  // of one code
	maxTextFindings = 200 // altogether
	quoteRunes      = 10  // on each side
)

// TextCheck is the office's list, made ready to be looked for. It is never changed; several may use it at once.
type TextCheck struct{ words wordTree }

// NewTextCheck makes a list ready; a nil list finds only marks and numbers.
func NewTextCheck(list []AvoidWord) *TextCheck { return &TextCheck{words: newWordTree(list)} }

// TextFindings is what the checks found in one content.
type TextFindings struct {
	list []textFinding
	keys map[string]bool // of what blocks
}

// Meant is what an editor has said to stand in a revision on purpose: the personal numbers in it, which are not written
// down a second time, and these words of the list.
type Meant struct {
	Article  ArticleID `json:"article"`
	Revision int       `json:"revision"`
	Words    []string  `json:"words,omitempty"`
	By       UserID    `json:"by"`
	ByName   string    `json:"by_name"`
	At       time.Time `json:"at"`
}

// MayBeMeant reports whether an editor can say of a finding of this code that it is meant.
func MayBeMeant(code string) bool {
	return code == codeMust || code == codeIdentity || code == codeCard
}

// The codes of what blocks.
const (
	codeMust     = "words.must"
	codeIdentity = "text.identity"
	codeCard     = "text.card"
	codePhone    = "text.phone"
)

type textFinding struct {
	Finding
	key   string // what is found: the same again is meant again
	times int
	say   func(quote string) Text
}

// Read looks through a content. The places of the findings are those of the content as it is given.
func (t *TextCheck) Read(c Content) TextFindings {
	r := reader{check: t, at: map[string]int{}, same: map[string]int{}, keys: map[string]bool{}}
	for _, p := range pieces(c) {
		r.numbers(p)
		r.words(p)
		if p.han {
			r.marks(p)
		}
	}
	return TextFindings{list: r.list, keys: r.keys}
}

// Blocks reports whether anything was found that blocks unless it is meant.
func (f TextFindings) Blocks() bool { return len(f.keys) > 0 }

// Words returns the words of the list that block, as Meant names them.
func (f TextFindings) Words() []string {
	var out []string
	for key := range f.keys {
		if word, ok := strings.CutPrefix(key, codeMust+":"); ok {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return out
}

// Without returns the findings as preflight says them. What was found as well when an editor said that it is meant does not
// block any more: before is what is found in the contents of those revisions.
func (f TextFindings) Without(meant []Meant, before []TextFindings) []Finding {
	known := map[string]bool{}
	for _, m := range meant {
		for _, word := range m.Words {
			known[codeMust+":"+word] = true
		}
	}
	for _, b := range before {
		for key := range b.keys {
			if !strings.HasPrefix(key, codeMust+":") { // the list may have grown since
				known[key] = true
			}
		}
	}
	var out []Finding
	for _, found := range f.list {
		one := found.Finding
		one.Text = found.say(one.Quote)
		if found.times > 1 {
			one.Text = Text{
				EN: fmt.Sprintf("%s (%d times here)", one.Text.EN, found.times),
				ZH: fmt.Sprintf("%s（此处共 %d 次）", one.Text.ZH, found.times),
			}
		}
		if one.Blocks && known[found.key] {
			one.Blocks, one.Meant = false, true
			one.Text = Text{EN: one.Text.EN + " An editor has said that it is meant.", ZH: one.Text.ZH + "（编辑已确认保留）"}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func rank(f Finding) int {
	if f.Blocks {
		return 0
	}
	return 1
}

// reader gathers findings.
type reader struct {
	check *TextCheck
	list  []textFinding
	at    map[string]int // code, place and key: where in the list
	same  map[string]int // how many findings of a code
	keys  map[string]bool
}

// add notes what stands from a piece's rune from to before its rune to. Say makes the sentence from the words around.
func (r *reader) add(p *piece, code, key string, blocks bool, from, to int, say func(quote string) Text) {
	if blocks {
		r.keys[key] = true
	}
	id := code + "\x00" + p.where + "\x00" + p.in.EN + "\x00" + key
	if i, ok := r.at[id]; ok {
		r.list[i].times++
		return
	}
	// What blocks is said whatever else there is.
	if !blocks && (r.same[code] == maxSameFindings || len(r.list) >= maxTextFindings) {
		return
	}
	r.same[code]++
	in := p.in
	r.at[id] = len(r.list)
	r.list = append(r.list, textFinding{
		Finding: Finding{Blocks: blocks, Code: code, Where: p.where, Quote: p.around(from, to)}, key: key, times: 1,
		say: func(quote string) Text {
			t := say(quote)
			if in.IsZero() {
				return t
			}
			return Text{EN: in.EN + ": " + t.EN, ZH: in.ZH + "：" + t.ZH}
		},
	})
}

// piece is a stretch of text that is read as one: a field, a paragraph, an item of a list, a cell, a caption.
type piece struct {
	where  string
	in     Text   // which part of the place, where that has several
	prose  bool   // running text, not a title, a name or a caption
	head   string // of the table's column that the cell is in
	runes  []rune // as it stands, without what nobody sees
	narrow []rune // the same in half width and lower case
	shown  []rune // the same with numbers masked
	link   []bool // of each rune: it belongs to a link
	url    []bool // of each rune: it belongs to an address or a file's name
	han    bool   // there is Chinese in it
	stops  bool   // there is a mark in it that sentences have
	next   *piece // the paragraph behind it
	spans  []span // personal numbers
}

type span struct {
	from, to int
	code     string
	key      string
	blocks   bool
}

func newPiece(where string, runs ...Run) *piece {
	p := &piece{where: where}
	for _, run := range runs {
		for _, c := range run.Text {
			if unseen(c) {
				continue
			}
			p.runes = append(p.runes, c)
			p.link = append(p.link, run.Link != "")
			p.han = p.han || isHan(c)
			p.stops = p.stops || c == '，' || c == '。' || c == '？' || c == '！' || c == '；'
		}
	}
	p.narrow = make([]rune, len(p.runes))
	for i, c := range p.runes {
		p.narrow[i] = narrowed(c)
	}
	p.url = addresses(p.runes)
	return p
}

// unseen reports whether a character takes no room: people paste such between the letters of a word.
func unseen(c rune) bool { return c >= 0xad && (c < '一' || c > '鿿') && unicode.Is(unicode.Cf, c) }

// narrowed is a character in half width and lower case.
func narrowed(c rune) rune {
	switch {
	case c >= '！' && c <= '～':
		c -= '！' - '!'
	case c == '　' || c == '\u00a0' || c == '\t' || c == '\u2002' || c == '\u2003' || c == '\u2009' || c == '\u202f':
		return ' '
	}
	if c < 0x80 {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}
	if c >= '一' && c <= '鿿' {
		return c
	}
	return unicode.ToLower(c)
}

// around is what stands at a place, with some of the words before and behind it.
func (p *piece) around(from, to int) string {
	begin, end := max(0, from-quoteRunes), min(len(p.shown), to+quoteRunes)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(p.shown[begin:end]), "\n", " ")), " ")
	if begin > 0 {
		text = "…" + text
	}
	if end < len(p.shown) {
		text += "…"
	}
	return text
}

func (p *piece) at(i int) rune {
	if i < 0 || i >= len(p.runes) {
		return 0
	}
	return p.runes[i]
}

func (p *piece) narrowAt(i int) rune {
	if i < 0 || i >= len(p.narrow) {
		return 0
	}
	return p.narrow[i]
}

// pieces are all the words of a content, in reading order.
func pieces(c Content) []*piece {
	var out []*piece
	field := func(where string, in Text, text string) {
		if text != "" {
			p := newPiece(where, Run{Text: text})
			p.in = in
			out = append(out, p)
		}
	}
	field("title", Text{}, c.Title)
	if c.PushTitle != c.Title {
		field("push_title", Text{}, c.PushTitle)
	}
	field("subtitle", Text{}, c.Subtitle)
	field("digest", Text{}, c.Digest)
	for _, credit := range AllCredits() {
		field("credits", credit.Name(), credit.Of(c.Credits))
	}
	field("correction", Text{}, c.Correction)
	for i, block := range c.Body.Blocks {
		out = append(out, blockPieces(block, fmt.Sprintf("body.blocks[%d]", i))...)
	}
	var last *piece
	for _, p := range out {
		p.find()
		if p.prose {
			if last != nil {
				last.next = p
			}
			last = p
		}
	}
	return out
}

func blockPieces(block Block, where string) (out []*piece) {
	prose := func(runs []Run) {
		p := newPiece(where, runs...)
		p.prose = true
		out = append(out, p)
	}
	switch block := block.(type) {
	case Paragraph:
		prose(block.Text)
	case Heading:
		out = append(out, newPiece(where, block.Text...))
	case List:
		eachItemRuns(block, prose)
	case Quote:
		for _, para := range block.Paragraphs {
			prose(para.Text)
		}
	case Picture:
		out = captionPieces(block, where)
	case Gallery:
		for i, photo := range block.Photos {
			out = append(out, captionPieces(photo, fmt.Sprintf("%s.photos[%d]", where, i))...)
		}
	case Table:
		out = cellPieces(block, where)
	}
	return slices.DeleteFunc(out, func(p *piece) bool { return len(p.runes) == 0 })
}

func captionPieces(photo Picture, where string) (out []*piece) {
	if photo.Caption != "" {
		p := newPiece(where, Run{Text: photo.Caption})
		p.in = Say("Caption", "图注")
		out = append(out, p)
	}
	if photo.Alt != "" && photo.Alt != photo.Caption {
		p := newPiece(where, Run{Text: photo.Alt})
		p.in = Say("Alternative text", "替代文字")
		out = append(out, p)
	}
	return out
}

// cellPieces are a table's cells, each with its row and column as they are written, and with what stands above its column.
func cellPieces(t Table, where string) (out []*piece) {
	heads := headings(t)
	for y, row := range t.Rows {
		x := 0
		for _, cell := range row {
			p := newPiece(where, cell.Text...)
			p.in = Say("Table, row %d, cell %d", "表格第 %d 行第 %d 格", y+1, x+1)
			if y > 0 && x < len(heads) {
				p.head = heads[x]
			}
			out = append(out, p)
			x += max(1, cell.ColSpan)
		}
	}
	return out
}

// headings are the words above each column of a table; none where cells reach over rows, since columns are not counted
// there. Office tables seldom say that their first row is a header, so it is taken for one.
func headings(t Table) []string {
	for _, row := range t.Rows {
		for _, cell := range row {
			if cell.RowSpan > 1 {
				return nil
			}
		}
	}
	var out []string
	if len(t.Rows) > 1 {
		for _, cell := range t.Rows[0] {
			head := string(newPiece("", cell.Text...).narrow)
			for range max(1, min(cell.ColSpan, MaxTableCells-len(out))) {
				out = append(out, head)
			}
		}
	}
	return out
}

// addresses says which characters belong to web addresses, mail addresses and names of files.
func addresses(runes []rune) []bool {
	out := make([]bool, len(runes))
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && partOfAddress(runes[j]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		if isAddress(string(runes[i:j])) {
			for ; i < j; i++ {
				out[i] = true
			}
		}
		i = j
	}
	return out
}

func partOfAddress(c rune) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune(`,;"'()<>[]{}!`, c)
}

// isAddress reports whether a stretch of ASCII is an address or a name with a dot and letters behind it: https://…, a@b.cn,
// www.example.cn/x, report.docx, v2.final.pdf; not 3.14 and not 12:30.
func isAddress(s string) bool {
	if strings.Contains(s, "://") || strings.HasPrefix(strings.ToLower(s), "www.") {
		return true
	}
	if at := strings.IndexByte(s, '@'); at > 0 && at < len(s)-1 {
		return true
	}
	host := s
	if i := strings.IndexAny(s, "/:?#"); i > 0 {
		host = s[:i]
	}
	host = strings.TrimRight(host, ".")
	dot := strings.LastIndexByte(host, '.')
	return dot > 0 && dot < len(host)-1 && strings.IndexFunc(host[dot+1:], isASCIILetter) == 0
}

func isASCIILetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isASCIIWord(c rune) bool { return isASCIILetter(c) || isDigit(c) || c == '_' }
