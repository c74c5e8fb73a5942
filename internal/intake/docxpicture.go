package intake

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// English Metric Units, in which Word measures: 914,400 are an inch, which has 96 pixels.
const (
	emuPixel   = 914400 / 96
	smallPhoto = 40 * emuPixel  // what is smaller both ways is a sign or a logo
	thinPhoto  = 6 * emuPixel   // what is thinner is a line
	textWidth  = 620 * emuPixel // of a page with narrow margins; pictures that fit into it stand side by side
)

// drawing is what one drawing shows: pictures, alone or grouped, and text boxes.
type drawing struct {
	pictures []shownPicture
	boxes    []piece
}

type shownPicture struct {
	press.Picture
	width int // in EMU; 0: not known
}

// frameOf is what a drawing says about the picture in it.
type frameOf struct {
	alt, file     string
	width, height int
	grouped       bool
}

// drawn reads a picture, a group, a text box or an object, and puts what it shows where it stands: at a line of its own
// there, between words after their paragraph.
func (w *word) drawn(n *node, r wordRun) {
	if w.dropping() {
		return
	}
	if r.look.toggles[toggleHidden] == on {
		w.dropped[lostHidden]++
		return
	}
	w.d.made++ // an empty one, too, so that a paragraph of nothing else ends
	var found drawing
	w.look(n, frameOf{}, &found)
	s := w.sink
	if len(s.runs) > 0 && strings.HasSuffix(s.runs[len(s.runs)-1].Text, "\n") && !s.carried {
		para := s.para
		w.flush()
		s.para = para
		s.para.number = nil
	}
	out := &s.pieces
	if slices.ContainsFunc(s.runs, func(r press.Run) bool { return !isBlank(r.Text) }) {
		out = &s.after
	}
	if len(found.pictures) > 1 {
		gallery := press.Gallery{}
		for _, p := range found.pictures {
			gallery.Photos = append(gallery.Photos, p.Picture)
		}
		*out = append(*out, piece{block: gallery, width: textWidth})
	}
	if len(found.pictures) == 1 {
		w.beside(out, found.pictures[0])
	}
	*out = append(*out, found.boxes...)
}

// beside adds a picture; those of one paragraph that fit on one line are a gallery.
func (w *word) beside(out *[]piece, p shownPicture) {
	s := w.sink
	last := len(*out) - 1
	if last >= 0 && p.width > 0 && s.row != nil && s.row.out == out && s.row.at == last && (*out)[last].width > 0 && (*out)[last].width+p.width <= textWidth {
		before := &(*out)[last]
		gallery := press.Gallery{Photos: append(picturesOf(*before), p.Picture)}
		before.block, before.width = gallery, before.width+p.width
		return
	}
	*out = append(*out, piece{block: p.Picture, width: p.width})
	s.row = &pictureRow{out: out, at: last + 1}
}

// pictureRow is where the last picture of the running paragraph went.
type pictureRow struct {
	out *[]piece
	at  int
}

// look goes through a drawing.
func (w *word) look(n *node, frame frameOf, found *drawing) {
	for _, k := range n.kids {
		if w.d.overfull() {
			return
		}
		switch k.name {
		case "wp:inline", "wp:anchor":
			if onOff(&node{attrs: []attribute{{"w:val", k.child("wp:docPr").attr("hidden")}}}) == on && k.child("wp:docPr").attr("hidden") != "" {
				continue
			}
			w.look(k, frameOf{alt: altText(k.child("wp:docPr")), file: fileIn(k.child("wp:docPr").attr("descr")), width: emu(k.child("wp:extent").attr("cx")), height: emu(k.child("wp:extent").attr("cy"))}, found)
		case "wpg:wgp", "wpg:grpSp", "wpc:wpc", "v:group":
			inside := frame
			inside.grouped = true
			w.look(k, inside, found)
		case "pic:pic":
			w.drawingPicture(k, frame, found)
		case "wps:wsp":
			w.shape(k, frame, found)
		case "v:shape", "v:rect", "v:roundrect", "v:oval", "v:line", "v:polyline":
			w.vectorShape(k, frame, found)
		case "v:imagedata":
			w.vectorPicture(k, frame, found)
		case "w:txbxContent":
			found.boxes = append(found.boxes, w.collect(func() { w.blocks(k) })...)
		case "mc:AlternateContent":
			if version := chosen(k); version != nil {
				w.look(version, frame, found)
			}
		case "c:chart", "dgm:relIds", "?chart", "w:control", "w:movie":
			w.dropped[lostObjects]++
		default:
			w.look(k, frame, found)
		}
	}
}

// fileIn returns what is a file's name; it may be a path.
func fileIn(s string) string {
	name := strings.TrimSpace(clean(baseName(slashed(s))))
	if ext := path.Ext(name); len(ext) < 4 || len(ext) > 5 || len(name) > 200 || strings.ContainsAny(ext, " 。，") {
		return ""
	}
	return name
}

func emu(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

// drawingPicture reads <pic:pic>.
func (w *word) drawingPicture(n *node, frame frameOf, found *drawing) {
	about := n.at("pic:nvPicPr", "pic:cNvPr")
	alt := frame.alt
	if own := altText(about); own != "" && (alt == "" || frame.grouped) {
		alt = own
	}
	transform := n.at("pic:spPr", "a:xfrm")
	if frame.grouped || frame.width == 0 {
		frame.width, frame.height = emu(transform.at("a:ext").attr("cx")), emu(transform.at("a:ext").attr("cy"))
	}
	fill := n.child("pic:blipFill")
	name := cmp.Or(fileIn(about.attr("name")), fileIn(about.attr("descr")), frame.file)
	w.filled(fill, frame, picture{name: name, alt: alt, turn: turned(transform.attr("rot"))}, found)
}

// filled reads what a picture or shape is filled with.
func (w *word) filled(fill *node, frame frameOf, p picture, found *drawing) {
	blip := fill.child("a:blip")
	if blip == nil {
		return
	}
	p.crop = cropOf(fill.child("a:srcRect"))
	p.width, p.height = frame.width, frame.height
	p.id, p.link = blip.attr("r:embed"), blip.attr("r:link")
	w.show(p, found)
}

// shape reads a drawn shape: one filled with a picture, one with text in it, or one that is only drawn.
func (w *word) shape(n *node, frame frameOf, found *drawing) {
	pictures, boxes := len(found.pictures), len(found.boxes)
	properties := n.child("wps:spPr")
	if fill := properties.child("a:blipFill"); fill != nil {
		w.filled(fill, frame, picture{alt: frame.alt, turn: turned(properties.child("a:xfrm").attr("rot"))}, found)
	}
	w.look(n, frame, found)
	kind := properties.child("a:prstGeom").attr("prst")
	if len(found.pictures) == pictures && len(found.boxes) == boxes && n.child("wps:txbx") == nil &&
		kind != "line" && !strings.Contains(kind, "onnector") && frame.height >= thinPhoto && frame.width >= thinPhoto {
		w.dropped[lostShapes]++
	}
}

// vectorShape reads a shape of VML, the drawing language of older Word.
func (w *word) vectorShape(n *node, frame frameOf, found *drawing) {
	if n.attr("o:hr") != "" && onOff(&node{attrs: []attribute{{"w:val", strings.Trim(n.attr("o:hr"), "t")}}}) == on {
		found.boxes = append(found.boxes, piece{block: press.Divider{}})
		return
	}
	if text := n.child("v:textpath").attr("string"); text != "" {
		runs := []press.Run{{Text: clean(text)}}
		found.boxes = append(found.boxes, w.d.split(runs, 0, false, func(runs []press.Run) piece { return piece{block: press.Paragraph{Text: runs}} })...)
	}
	frame.alt = altText(&node{attrs: []attribute{{"descr", n.attr("alt")}}})
	if !frame.grouped {
		frame.width, frame.height = cssLength(n.attr("style"), "width"), cssLength(n.attr("style"), "height")
	}
	if fill := n.child("v:fill"); fill.attr("type") == "frame" && fill.attr("r:id") != "" {
		w.show(picture{id: fill.attr("r:id"), name: fill.attr("o:title"), alt: frame.alt, width: frame.width, height: frame.height}, found)
	}
	w.look(n, frame, found)
}

func (w *word) vectorPicture(n *node, frame frameOf, found *drawing) {
	p := picture{id: n.attr("r:id"), link: n.attr("r:href"), name: n.attr("o:title"), alt: frame.alt, width: frame.width, height: frame.height}
	p.crop = vectorCrop(n)
	w.show(p, found)
}

// cssLength reads a length of a style attribute, in EMU.
func cssLength(style, name string) int {
	for part := range strings.SplitSeq(style, ";") {
		key, value, _ := strings.Cut(part, ":")
		if strings.TrimSpace(key) != name {
			continue
		}
		value = strings.TrimSpace(value)
		for unit, size := range map[string]float64{"pt": 12700, "px": emuPixel, "in": 914400, "cm": 360000, "mm": 36000} {
			if figures, ok := strings.CutSuffix(value, unit); ok {
				if f, err := strconv.ParseFloat(figures, 64); err == nil && f > 0 && f < 1e6 {
					return int(f * size)
				}
			}
		}
	}
	return 0
}

// picture is what a document says about one picture that it shows.
type picture struct {
	id, link      string
	name, alt     string
	crop          press.Rect
	turn          int // quarter turns clockwise; -1: some other angle
	width, height int
}

var whole = press.Rect{X2: 1, Y2: 1}

// cropOf reads how much of each side is cut off, in thousandths of a percent; what is negative would only add a border.
func cropOf(n *node) press.Rect {
	side := func(name string) float64 {
		value, percent := strings.CutSuffix(n.attr(name), "%")
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(f) {
			return 0
		}
		if !percent {
			f /= 1000
		}
		return min(max(f/100, 0), 1)
	}
	return cropped(side("l"), side("t"), side("r"), side("b"))
}

// vectorCrop reads the same of VML: as a fraction, or in 65,536ths with an f behind.
func vectorCrop(n *node) press.Rect {
	side := func(name string) float64 {
		value, fixed := strings.CutSuffix(n.attr(name), "f")
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(f) {
			return 0
		}
		if fixed {
			f /= 65536
		}
		return min(max(f, 0), 1)
	}
	return cropped(side("cropleft"), side("croptop"), side("cropright"), side("cropbottom"))
}

// cropped makes a rectangle of what is cut off. Less than a two-hundredth of each side, or all of it, is no cropping.
func cropped(left, top, right, bottom float64) press.Rect {
	const least = 0.005
	r := press.Rect{X1: left, Y1: top, X2: 1 - right, Y2: 1 - bottom}
	if !r.Valid() || r.X2-r.X1 < 0.02 || r.Y2-r.Y1 < 0.02 || left < least && top < least && right < least && bottom < least {
		return whole
	}
	return r
}

// turned reads a turn in 60,000ths of a degree.
func turned(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	n = (n%21_600_000 + 21_600_000) % 21_600_000
	const quarter, near = 5_400_000, 60_000
	if rest := n % quarter; rest < near || rest > quarter-near {
		return (n + near) / quarter % 4
	}
	return -1
}

// show puts a picture on the shelf and adds it to what a drawing shows.
func (w *word) show(p picture, found *drawing) {
	w.d.made++
	if p.width > 0 && p.height > 0 && (max(p.width, p.height) < smallPhoto || min(p.width, p.height) < thinPhoto) {
		w.dropped[lostSmall]++
		return
	}
	rel, ok := w.rels[p.id]
	if !ok || rel.external {
		w.linked(p, rel)
		return
	}
	stored, ok := w.stored[rel.target]
	if !ok {
		stored = w.storedPicture(rel.target)
		w.stored[rel.target] = stored
	}
	if !w.showable(p, stored) {
		return
	}
	crop := w.upright(p, stored)
	key := fmt.Sprintf("%08x %d %v", stored.part.CRC32, stored.part.UncompressedSize64, crop)
	i, ok := w.photos[key]
	if !ok && crop == whole {
		if i, ok = w.original(p, *stored); ok {
			w.dropped[lostToOriginals]++
			w.photos[key] = i
		}
	}
	if !ok {
		if len(w.d.shelf.files) >= w.d.shelf.most {
			w.dropped[lostMany]++
			return
		}
		w.made++
		entry := stored.entry
		entry.Name = w.photoName(p.name, stored.kind)
		i = w.d.shelf.put(entry)
		w.photos[key] = i
		if crop != whole {
			w.d.crop(i, crop)
		}
	}
	found.pictures = append(found.pictures, shownPicture{press.Picture{Photo: w.d.shelf.place(i), Alt: p.alt}, p.width})
}

// showable reports whether a picture can be shown, and notes once why not.
func (w *word) showable(p picture, stored *storedPicture) bool {
	switch {
	case stored.part == nil:
		w.dropped[lostAbsent]++
	case stored.noted:
	case stored.entry.Size > w.limits.PhotoBytes:
		notePhotoTooLarge(stored.entry, w.limits, w.d.notes)
		stored.noted = true
	case stored.kind == "":
		w.noteDrawing(p, *stored)
		stored.noted = true
	default:
		return true
	}
	return false
}

// storedPicture is a picture as the document stores it; it may be shown more than once.
type storedPicture struct {
	part        *zip.File // nil: there is none
	entry       File
	head        []byte
	kind        string // the ending that photos of its format have; empty: it is no photo
	orientation int    // how the camera was held, 1 to 8; 0: nobody asked yet
	noted       bool   // why it cannot be shown
}

func (w *word) storedPicture(target string) *storedPicture {
	part := w.file.parts[partName(target)]
	if part == nil {
		return &storedPicture{}
	}
	entry, err := w.file.entry(part, path.Base(target))
	if err != nil {
		return &storedPicture{}
	}
	head, _ := readSome(entry, 512) // what cannot be read is refused when it is read whole
	s := &storedPicture{part: part, entry: entry, head: head}
	s.kind = formatOf(s.head)
	return s
}

// linked notes a picture that lies outside the document.
func (w *word) linked(p picture, rel relation) {
	if !rel.external {
		rel = w.rels[p.link]
	}
	switch {
	case rel.external && remote(rel.target):
		w.d.noteRemote(rel.target, 0)
	case rel.external:
		name := baseName(slashed(unescape(rel.target)))
		w.d.notes.add("photo.linked", 0, name, press.Say(
			"The document only points at the picture %q on the author's machine; hand it in as a file, or insert it into the document.",
			"文档中的图片“%s”只是指向作者电脑上的文件，请将图片插入文档或随稿提交。", shown(name)))
	default:
		w.dropped[lostAbsent]++
	}
}

// formatOf says by the first bytes of a picture which ending it has; "" is no photo.
func formatOf(head []byte) string {
	switch kind := sniff(head); {
	case kind != "":
		return kind
	case bytes.HasPrefix(head, []byte("BM")):
		return "bmp"
	case bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return "tif"
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		if strings.HasPrefix(string(head[8:12]), "avi") {
			return "avif"
		}
		return "heic"
	}
	return ""
}

// noteDrawing notes a picture that is no photo: Windows' own drawings, or something unknown. Formulas of older Word are
// such drawings, so that there may be many; a few are named, the others counted.
func (w *word) noteDrawing(p picture, stored storedPicture) {
	const named = 5
	if w.drawings++; w.drawings > named {
		w.dropped[lostDrawings]++
		return
	}
	where := press.Say("The picture %q", "图片“%s”", shown(cmp.Or(fileIn(p.name), stored.entry.Name)))
	if before := w.wordsBefore(); before != "" {
		where = press.Text{EN: where.EN + fmt.Sprintf(", after “%s”,", before), ZH: where.ZH + fmt.Sprintf("（在“%s”之后）", before)}
	}
	if stored.drawing() {
		w.d.notes.add("photo.drawing", 0, stored.entry.Name, press.Text{
			EN: where.EN + " is a drawing in Windows' own format and was left out; paste it into the document as a picture (PNG).",
			ZH: where.ZH + "是 Windows 图元文件（EMF/WMF），未收入；请在文档中将其粘贴为图片（PNG）。",
		})
		return
	}
	w.d.notes.add("photo.unknown", 0, stored.entry.Name, press.Text{
		EN: where.EN + " is in a format that cannot be read and was left out; insert it as JPEG or PNG.",
		ZH: where.ZH + "格式无法识别，未收入；请改用 JPEG 或 PNG 插入。",
	})
}

// drawing reports whether a picture is made of Windows' drawing commands.
func (s storedPicture) drawing() bool {
	switch strings.ToLower(path.Ext(s.entry.Name)) {
	case ".emf", ".wmf", ".emz", ".wmz":
		return true
	}
	return bytes.HasPrefix(s.head, []byte("\xd7\xcd\xc6\x9a")) || len(s.head) > 44 && string(s.head[40:44]) == " EMF"
}

// wordsBefore are the last words before what is being read, by which a person finds the place.
func (w *word) wordsBefore() string {
	const most = 24 // in columns; a Chinese character has two
	text := press.PlainText(w.sink.runs)
	for i := len(w.sink.pieces) - 1; i >= 0 && isBlank(text); i-- {
		text, _ = w.sink.pieces[i].text()
	}
	const tail = 200 // bytes, of which few are shown
	words := []rune(quoted(strings.ToValidUTF8(text[max(0, len(text)-tail):], "")))
	from := len(words)
	for columns := 0; from > 0 && columns < most; from-- {
		columns++
		if wide(words[from-1]) {
			columns++
		}
	}
	if from > 0 {
		return "…" + string(words[from:])
	}
	return string(words)
}

// photoName names a picture of a document: as the author's file was called, where the document kept that, or else like
// the document with a number.
func (w *word) photoName(kept, kind string) string {
	if kept = fileIn(kept); isPhoto(kept) && !machineName.MatchString(kept) {
		return strings.TrimSuffix(kept, path.Ext(kept)) + "." + kind
	}
	stem := []rune(w.stem())
	return fmt.Sprintf("%s-%d.%s", string(stem[:min(len(stem), 60)]), w.made, kind)
}

var machineName = regexp.MustCompile(`(?i)^(?:image|picture|图片|图像|pic|w)?\s*\d*\.\w+$`)

var (
	automaticAlt = regexp.MustCompile(`(?i)^(?:(?:图片|图像|图形|图表|图示|形状|文本框|组合|对象|画布|picture|image|graphic|graphics?|grafik|bild|obraz|imagen|immagine|рисунок|図|그림|shape|group|object|img|chart|diagram|text ?box|inline image|descript|未命名)\s*[-_]?\s*\d*|\d+|[0-9a-f]{16,}|[0-9a-f-]{32,}|wps\d*|说明|iscreen shoter.*|qq图片\d*|微信图片_?\d*|mmexport\d*|img_\d+|tim图片\d*|截屏.*|屏幕截图.*|screenshot.*|logo\d*|upload.*|timg.*|u=\d.*|src=http.*|[a-z]:[\\/].*|file:.*|https?:.*)$`)
	machineAlt   = regexp.MustCompile(`(?i)automatically generated|AI[ -]generated|描述已自动生成|自动生成的说明|AI ?生成|自動的に生成|automatisch generiert|généré automatiquement`)
)

// altText is what is read aloud instead of a picture, where a person wrote it. Word and other programs put their own
// words there, or the file's name.
func altText(n *node) string {
	text := strings.Join(strings.Fields(clean(n.attr("descr"))), " ")
	if text == "" || isPhoto(text) || machineAlt.MatchString(text) || automaticAlt.MatchString(text) || strings.ContainsAny(text, `\`) || len(text) > 1500 {
		return ""
	}
	return text
}

// upright returns the part of the upright photo that is shown. Word keeps what is cut off of the pixels as they are
// stored, and turns a photo that its camera held sideways by itself, as readers of a photo's orientation do, too; any
// other turn is the author's and is noted.
func (w *word) upright(p picture, stored *storedPicture) press.Rect {
	if p.crop == (press.Rect{}) {
		p.crop = whole
	}
	if p.turn == 0 && p.crop == whole {
		return whole
	}
	if stored.orientation == 0 {
		data, _ := readSome(stored.entry, exifBytes) // what says nothing was held upright
		stored.orientation = jpegOrientation(data)
	}
	byCamera := map[int]int{3: 2, 6: 1, 8: 3}[stored.orientation]
	if p.turn != 0 && p.turn != byCamera {
		w.d.notes.add("photo.turned", 0, stored.entry.Name, press.Say(
			"The picture %q is turned in the document; here it stands as its file has it. Turn the file itself and hand it in again.",
			"图片“%s”在文档中旋转过，此处按原图显示；如需旋转，请先处理原图再提交。", shown(w.nameFor(p, stored.kind))))
	}
	return orientedRect(p.crop, stored.orientation)
}

func (w *word) nameFor(p picture, kind string) string {
	w.made++
	defer func() { w.made-- }()
	return w.photoName(p.name, kind)
}

// orientedRect turns a part of the stored pixels into the same part of the upright photo (EXIF 2.3, orientation).
func orientedRect(r press.Rect, orientation int) press.Rect {
	switch orientation {
	case 2:
		return press.Rect{X1: 1 - r.X2, Y1: r.Y1, X2: 1 - r.X1, Y2: r.Y2}
	case 3:
		return press.Rect{X1: 1 - r.X2, Y1: 1 - r.Y2, X2: 1 - r.X1, Y2: 1 - r.Y1}
	case 4:
		return press.Rect{X1: r.X1, Y1: 1 - r.Y2, X2: r.X2, Y2: 1 - r.Y1}
	case 5:
		return press.Rect{X1: r.Y1, Y1: r.X1, X2: r.Y2, Y2: r.X2}
	case 6:
		return press.Rect{X1: 1 - r.Y2, Y1: r.X1, X2: 1 - r.Y1, Y2: r.X2}
	case 7:
		return press.Rect{X1: 1 - r.Y2, Y1: 1 - r.X2, X2: 1 - r.Y1, Y2: 1 - r.X1}
	case 8:
		return press.Rect{X1: r.Y1, Y1: 1 - r.X2, X2: r.Y2, Y2: 1 - r.X1}
	}
	return r
}

// readSome returns the beginning of a file.
func readSome(f File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("intake: open: %w", err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return data, fmt.Errorf("intake: read: %w", err)
	}
	return data, nil
}

// exifBytes is how much of a photo is read to know its size and how it was held.
const exifBytes = 256 << 10

// jpegOrientation reads which way a JPEG was held: 1 to 8, 1 if it does not say.
func jpegOrientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 {
			break
		}
		segment := data[min(at+4, len(data)):min(at+2+size, len(data))]
		if marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return exifOrientation(segment[6:])
		}
		at += 2 + size
	}
	return 1
}

func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(tiff) < 10 {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if value := int(order.Uint16(entries[8:])); value >= 1 && value <= 8 {
				return value
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
