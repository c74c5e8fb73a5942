package intake

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

var (
	captionArrow = regexp.MustCompile(`^\s*[▲△▴↑⬆▵]+\s*(.+)$`)
	captionAbove = regexp.MustCompile(`^\s*[▼▽▾↓⬇▿]+\s*(.+)$`)
	captionWord  = regexp.MustCompile(`(?i)^\s*(?:图片说明|照片说明|图片注释|图注|图说|图解|caption)\s*[:：]\s*(.+)$`)
	captionLead  = regexp.MustCompile(`(?i)^(?:图为|图片为|照片为|图中|图示|上图|下图|左图|右图|本图|图片?[一二三四五六七八九十0-9]{1,3}[为是]|pictured[:：,]|above[:：])`)
	// 张三 摄, （李四/摄影）, 王五供图, photo by Li Lei: whoever took the photo, at the end of a line about it.
	captionBy = regexp.MustCompile(`(?i)(?:[\p{Han}A-Za-z·]{2,24}[\s\x{3000}/／]*(?:摄影|摄|供图|图)|(?:摄影|摄|供图|图片来源|图源)[:：/／]?[\s\x{3000}]*[\p{Han}A-Za-z·、\s]{2,24}|photos?(?: by|[:：])\s*[\p{L} .]{2,40})\s*[)）】\]]?\s*$`)
)

// Bounds of a line that is taken for a caption.
const (
	captionRunes      = 200 // that says it is one
	shortCaptionRunes = 80  // that only looks like one
)

// captionLine reads a line under a photo as its caption: "▲ 会场", "图注：会场", "图1 会场", "图为会场", "会场 张三 摄".
func captionLine(text string) (string, bool) {
	text = strings.TrimSpace(clean(text))
	n := utf8.RuneCountInString(text)
	if n == 0 || n > captionRunes || strings.ContainsAny(text, "\n") {
		return "", false
	}
	for _, start := range []*regexp.Regexp{captionArrow, captionWord} {
		if m := start.FindStringSubmatch(text); m != nil {
			return withoutNumber(m[1]), true
		}
	}
	if _, credits := parseCredits(text); credits {
		return "", false
	}
	inner, bracketed := unbracket(text)
	if captionLead.MatchString(inner) {
		if bracketed {
			return inner, true
		}
		return text, true
	}
	if n > shortCaptionRunes {
		return "", false
	}
	if marks := marksOf(text); len(marks) == 1 && marks[0].from == 0 && marks[0].to == len(text) && marks[0].caption != "" {
		return strings.TrimSpace(marks[0].caption), true
	}
	if captionBy.MatchString(text) && !strings.ContainsAny(strings.TrimRight(text, "。"), "。！？") {
		return text, true
	}
	return "", false
}

// withoutNumber takes 图1 off the beginning of a caption.
func withoutNumber(text string) string {
	if marks := marksOf(text); len(marks) == 1 && marks[0].from == 0 && marks[0].caption != "" {
		return strings.TrimSpace(marks[0].caption)
	}
	return strings.TrimSpace(text)
}

// takeCaptions makes the line under a photo its caption, or, where it points downwards, the line above.
func (d *draft) takeCaptions() {
	out := d.pieces[:0:0]
	for _, p := range d.pieces {
		if d.shareCaption(out, p) {
			continue
		}
		text, isText := p.paragraphText()
		if n := len(out); n > 0 {
			if picture, ok := out[n-1].block.(press.Picture); ok && isText && picture.Caption == "" {
				if caption, ok := captionLine(text); ok {
					picture.Caption = caption
					out[n-1].block = picture
					continue
				}
			}
			if picture, ok := p.block.(press.Picture); ok && picture.Caption == "" {
				if above, ok := out[n-1].paragraphText(); ok {
					if m := captionAbove.FindStringSubmatch(above); m != nil && utf8.RuneCountInString(above) <= captionRunes {
						picture.Caption = withoutNumber(m[1])
						p.block = picture
						out = out[:n-1]
					}
				}
			}
		}
		d.noteOrphan(p, text, isText)
		out = append(out, p)
	}
	d.pieces = out
}

// noteOrphan says of a line that is set like a caption that no photo stands above it: what came of the page was its words alone.
func (d *draft) noteOrphan(p piece, text string, isText bool) {
	if !isText || d.own || utf8.RuneCountInString(text) > captionRunes || !captionArrow.MatchString(text) {
		return
	}
	d.notes.add("caption.orphan", p.line, "", press.Say(
		"%[1]q looks like a caption, but no photo stands above it; it stays in the text. Put the photo in, or take the line out.",
		"“%[1]s”像是图注，但上方没有图片，已作为正文保留。请补上图片，或删去这一行。", quoted(text)))
}

// captionTheRest gives photos without a caption what a document of captions says of them, or their own name.
func (d *draft) captionTheRest() {
	if d.own {
		return
	}
	photos := d.shelf.byPlaceholder()
	var named []string
	for n, p := range d.pieces {
		picture, ok := p.block.(press.Picture)
		i, known := photos[picture.Photo]
		if !ok || !known || picture.Caption != "" {
			continue
		}
		if caption := d.shelf.captions[i]; caption != "" {
			picture.Caption = caption
		} else if caption, ok := d.captionInName(i); ok && picture.Alt == "" {
			picture.Caption = caption
			named = append(named, caption)
		}
		d.pieces[n].block = picture
	}
	if len(named) > 0 {
		d.notes.add("caption.name", 0, "", press.Say("%[1]d captions are the names of the photos’ files (%[2]s); check them.",
			"%[1]d 条图注取自图片的文件名（%[3]s），请核对。", len(named), listed(named, ", "), listed(named, "、")))
	}
}

func listed(words []string, between string) string {
	const most = 3
	var out []string
	for i, w := range words {
		if i == most {
			out = append(out, "…")
			break
		}
		out = append(out, "“"+shown(w)+"”")
	}
	return strings.Join(out, between)
}

// byPlaceholder returns the photos that are placed, by what stands for them.
func (s *shelf) byPlaceholder() map[press.Digest]int {
	out := make(map[press.Digest]int, len(s.placed))
	for i, digest := range s.placed {
		out[digest] = i
	}
	return out
}

var (
	nameNumber = regexp.MustCompile(`(?i)^[\s(（\[【]*(?:第?` + markerNoun + `?[\s_-]*` + markerOne + `[)）\]】张]*[\s_.、,，:：-]+|` + markerNoun + `\s*` + markerOne + `|[0-9０-９]{1,3}(?:\p{Han})?)`)
	nameTail   = regexp.MustCompile(`[\s_-]*(?:[(（][0-9]{1,3}[)）]|[0-9]{1,3}|副本|_?copy|[-_](?:原图|大图|小图|压缩))+$`)
	// Names that machines give.
	nameOfMachine = regexp.MustCompile(`(?i)微信|wechat|weixin|mmexport|截图|截屏|屏幕|screenshot|snipaste|未命名|无标题|untitled|新建|扫描|^(?:img|dsc|dscn|dscf|pic|pxl|photo|image|mvimg|vid|p)[ _-]?\d|美图|qq图片|qq截图|下载|副本$|图片\d|^\d+$|[0-9a-f]{16}|素材|原图|封面|cover|抓拍|航拍\d`)
	nameDate      = regexp.MustCompile(`^(?:19|20)\d{2}[-._年/]?\d{1,2}[-._月/]?\d{1,2}日?[\s_-]*`)
)

// captionInName reads a photo's file name as its caption, where somebody wrote a sentence into it. A name that several
// photos share but for a number is that of a series.
func (d *draft) captionInName(i int) (string, bool) {
	if i >= d.shelf.handed {
		return "", false // the document named it
	}
	caption, ok := sentenceInName(d.shelf.files[i].Name)
	if !ok {
		return "", false
	}
	for j := range d.shelf.handed {
		if other, ok := sentenceInName(d.shelf.files[j].Name); j != i && ok && other == caption {
			return "", false
		}
	}
	return caption, true
}

func sentenceInName(name string) (string, bool) {
	base := baseName(slashed(unescape(name)))
	if isPhoto(base) {
		base = strings.TrimSuffix(base, path.Ext(base))
	}
	if nameOfMachine.MatchString(base) {
		return "", false
	}
	text := nameDate.ReplaceAllString(strings.TrimSpace(base), "")
	if m := nameNumber.FindString(text); m != "" {
		rest := text[len(m):]
		if last, _ := utf8.DecodeLastRuneInString(m); unicode.Is(unicode.Han, last) && !strings.ContainsRune("一二三四五六七八九十张图", last) {
			rest = string(last) + rest // 3会场: the character after the number belongs to the words
		}
		text = rest
	}
	text = strings.TrimSpace(strings.ReplaceAll(nameTail.ReplaceAllString(text, ""), "_", " "))
	han, words := 0, 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	for _, w := range strings.Fields(text) {
		if first, _ := utf8.DecodeRuneInString(w); unicode.IsLetter(first) {
			words++
		}
	}
	if han >= 6 || han == 0 && words >= 4 {
		return strings.Join(strings.Fields(clean(text)), " "), true
	}
	return "", false
}

// captionFileName is what people call a document that holds only captions.
var captionFileName = regexp.MustCompile(`(?i)图片?说明|照片说明|图注|图说|图片注释|图片文字|captions?$`)

// takeCaptionFiles takes the documents that hold only captions from among several.
func (s *sorter) takeCaptionFiles() []document {
	var articles, captions []document
	for _, d := range s.documents {
		if captionFileName.MatchString(foldedStem(strings.TrimSuffix(d.Name, path.Ext(d.Name)))) || s.holdsCaptions(d) {
			captions = append(captions, d)
		} else {
			articles = append(articles, d)
		}
	}
	if len(articles) == 0 || len(s.photos) == 0 {
		return nil // captions of what?
	}
	s.documents = articles
	return captions
}

// holdsCaptions reports whether a text is a list of photos with words.
func (s *sorter) holdsCaptions(d document) bool {
	if d.kind != textDocument || d.Size > 64<<10 {
		return false
	}
	source, err := readDocument(d.File, d.kind, 64<<10)
	if err != nil {
		return false
	}
	shelf := newShelf(s.photos, press.MaxPhotos)
	lines, found := 0, 0
	for line := range strings.Lines(source) {
		if isBlank(line) {
			continue
		}
		lines++
		if _, caption, ok := shelf.captionOf(line); ok && caption != "" {
			found++
		}
	}
	return found > 0 && found*5 >= lines*4
}

// readCaptionFiles keeps what documents of captions say of photos, and notes what fits none.
func (d *draft) readCaptionFiles(files []document, limits Limits) {
	d.shelf.captions = map[int]string{}
	for _, f := range files {
		lines, err := d.captionLines(f, limits)
		if err != nil {
			d.notes.add("caption.file", 0, f.Name, press.Say("The captions in %q could not be read.", "无法读取“%s”中的图注。", shown(f.Name)))
			continue
		}
		taken := 0
		waiting := []int(nil) // a line that only names photos: the next one is about them
		for n, line := range lines {
			photos, caption, ok := d.shelf.captionOf(line)
			switch {
			case isBlank(line):
				continue
			case ok && caption == "":
				waiting = photos
				continue
			case !ok && waiting != nil:
				photos, caption, ok = waiting, strings.TrimSpace(clean(line)), true
			}
			waiting = nil
			if !ok {
				d.notes.add("caption.line", n+1, f.Name, press.Text{
					EN: fmt.Sprintf("Line %d of %q fits no photo: %q.", n+1, shown(f.Name), shown(line)),
					ZH: fmt.Sprintf("“%s”第 %d 行没有对应的图片：“%s”。", shown(f.Name), n+1, shown(line)),
				})
				continue
			}
			for _, i := range photos {
				d.shelf.captions[i] = d.clip(caption, 2*captionRunes, "caption.long", n+1)
				taken++
			}
		}
		if taken > 0 {
			d.notes.add("caption.taken", 0, f.Name, press.Say("Captions taken from %[1]q: %[2]d.", "已从“%[1]s”取得 %[2]d 条图注。", shown(f.Name), taken))
		}
	}
}

// captionLines returns the lines of a document of captions.
func (d *draft) captionLines(f document, limits Limits) ([]string, error) {
	if f.kind == textDocument {
		source, err := readDocument(f.File, f.kind, limits.DocumentBytes)
		return strings.Split(source, "\n"), err
	}
	inner := &draft{name: f.Name, kind: f.kind, shelf: newShelf(nil, 0), notes: &notes{}, content: press.Content{Title: shown(f.Name)}}
	read := inner.understandText
	if f.kind == wordDocument {
		read = inner.readWord
	}
	if f.kind == officeDocument {
		return nil, fmt.Errorf("intake: captions in %q", f.Name)
	}
	if err := read(f.File, limits); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range inner.pieces {
		if text, ok := p.text(); ok {
			out = append(out, strings.Split(text, "\n")...)
		}
	}
	return out, nil
}

var (
	captionNamed  = regexp.MustCompile(`(?i)^\s*([^:：]{1,200}?\.(?:jpe?g|jfif|png|gif|webp|bmp|tiff?|hei[cf]|avif))\s*[:：—\-–.、,，]*\s*(.*)$`)
	captionStem   = regexp.MustCompile(`^\s*([^:：\s]{1,120})\s*[:：\s]\s*(.+)$`)
	captionNumber = regexp.MustCompile(`^\s*[(（\[【]?\s*(` + markerOne + `)\s*[)）\]】]?\s*[.．、:：,，\s-]\s*(.+)$`)
)

// captionOf reads a line such as "1.jpg 张三在发言", "图1：会场", "IMG_2034 会场" or "2、会场": which photos it is about, and
// what it says, nothing if it only names them.
func (s *shelf) captionOf(line string) (photos []int, caption string, ok bool) {
	line = strings.TrimSpace(clean(line))
	if line == "" || utf8.RuneCountInString(line) > 3*captionRunes {
		return nil, "", false
	}
	if m := captionNamed.FindStringSubmatch(line); m != nil {
		if found := s.find(strings.TrimSpace(m[1])); len(found) == 1 {
			return found, m[2], true
		}
	}
	if found := s.find(line); len(found) == 1 && isPhoto(line) {
		return found, "", true
	}
	if marks := marksOf(line); len(marks) == 1 && marks[0].from == 0 && len(marks[0].numbers) > 0 {
		words := strings.TrimSpace(strings.TrimLeft(marks[0].caption+line[marks[0].to:], ":：、.．,， "))
		for _, n := range marks[0].numbers {
			photos = append(photos, s.nth(n)...)
		}
		return photos, words, len(photos) == len(marks[0].numbers)
	}
	if m := captionStem.FindStringSubmatch(line); m != nil {
		if found := s.findStem(m[1]); len(found) == 1 {
			return found, m[2], true
		}
	}
	if m := captionNumber.FindStringSubmatch(line); m != nil {
		if found := s.nth(number(m[1])); len(found) == 1 {
			return found, m[2], true
		}
	}
	if found := s.findStem(line); len(found) == 1 {
		return found, "", true
	}
	return nil, "", false
}

// endPhotos is how many photos a document that names none still shows.
const endPhotos = 9

// placeRest shows the photos of a document that speaks of none of them: at its end, in order, if they are few.
func (d *draft) placeRest() {
	photos := d.shelf.inOrder()
	if d.own || d.shelf.loose || d.shelf.asked > 0 || len(d.shelf.order) > 0 || len(photos) == 0 || d.notes.has("photo.remote", "photo.embedded") {
		return
	}
	if len(photos) > endPhotos {
		d.notes.add("photo.nowhere", 0, "", press.Say(
			"The document does not say where its %d photos belong; place them in the editor, or write 【图1】, 【图2】 where they should stand.",
			"文档没有标明 %d 张图片的位置；请在编辑器中插入，或在文中写上【图1】【图2】后重新提交。", len(photos)))
		return
	}
	if slices.ContainsFunc(d.pieces, func(p piece) bool { return hasPicture(p.block) }) {
		return
	}
	for _, i := range photos {
		d.pieces = append(d.pieces, piece{block: press.Picture{Photo: d.shelf.place(i)}})
	}
	d.notes.add("photo.at_end", 0, "", press.Say(
		"The document does not say where its %d photos belong, so they stand at its end in the order of names; move them where they should be.",
		"文档没有标明图片的位置，%d 张图片已按文件名顺序放在文末，请在编辑器中调整。", len(photos)))
}

func (n *notes) has(codes ...string) bool {
	return slices.ContainsFunc(n.list, func(n press.Note) bool { return slices.Contains(codes, n.Code) })
}

func hasPicture(b press.Block) bool {
	switch b.(type) {
	case press.Picture, press.Gallery:
		return true
	}
	return false
}

// takeCover takes a photo that is called 封面 for the cover, unless the document names another.
func (d *draft) takeCover() {
	if d.own || d.coverRef != "" || d.shelf.loose {
		return
	}
	for i := range d.shelf.handed {
		if isCoverName(d.shelf.files[i].Name) {
			d.content.Cover.Photo = d.shelf.place(i)
			d.notes.add("photo.cover", 0, d.shelf.files[i].Name, press.Say("%q is the cover, as its name says.", "按文件名，“%s”已设为封面。", shown(d.shelf.files[i].Name)))
			return
		}
	}
}
