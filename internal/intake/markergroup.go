package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// groupMarker asks for photos side by side: 【组图】, 【图集1-4】, （组图：图1、图3）. Without numbers it means the photos that
// stand nowhere else.
var groupMarker = regexp.MustCompile(`(?i)^\s*` + markerOpen + `\s*` + markerHere + `(?:组图|图组|图集|gallery)\s*[:：]?\s*` +
	`(?:` + markerNoun + `?\s*(` + markerOne + `(?:` + markerJoin + markerNoun + `?\s*` + markerOne + `)*)\s*张?)?` + markerClose + `\s*$`)

// groupAt returns the gallery that a line asks for.
func (d *draft) groupAt(text string, line int) (piece, bool) {
	m := groupMarker.FindStringSubmatch(text)
	if m == nil {
		return piece{}, false
	}
	p := piece{block: press.Gallery{}, line: line}
	if m[1] == "" {
		p.rest = true
		return p, true
	}
	placed := d.photosAt(mark{numbers: numbersOf(m[1])}, line)
	p.block = galleryOf(placed)
	return p, true
}

// galleryOf shows pictures side by side.
func galleryOf(pieces []piece) press.Gallery {
	var g press.Gallery
	for _, p := range pieces {
		g.Photos = append(g.Photos, picturesOf(p)...)
	}
	return g
}

// fillGroups gives the first gallery that means the remaining photos what nothing else has placed. Galleries of one photo
// are pictures, and those of none are gone.
func (d *draft) fillGroups() {
	out := d.pieces[:0:0]
	for _, p := range d.pieces {
		gallery, ok := p.block.(press.Gallery)
		if ok && p.rest {
			for i, found := d.shelf.next(); found; i, found = d.shelf.next() {
				gallery.Photos = append(gallery.Photos, press.Picture{Photo: d.shelf.place(i)})
			}
			d.shelf.asked++
			if len(gallery.Photos) == 0 {
				d.noteNoPhoto("组图", p.line)
			} else if d.shelf.rule() == byOrder {
				d.noteOrder()
			}
			p.block, p.rest = gallery, false
		}
		switch {
		case !ok || len(gallery.Photos) > 1:
			out = append(out, p)
		case len(gallery.Photos) == 1:
			p.block = gallery.Photos[0]
			out = append(out, p)
		}
	}
	d.pieces = out
}

// tableMarkers places the photos of markers in a table. Cells hold text alone, so the photos follow the table, which a note
// says; a table of nothing but photos and their captions becomes the photos.
func (d *draft) tableMarkers(p piece, table press.Table) []piece {
	marks := make([][][]mark, len(table.Rows))
	marked := false
	for i, row := range table.Rows {
		marks[i] = make([][]mark, len(row))
		for j, cell := range row {
			marks[i][j] = cellMarks(press.PlainText(cell.Text))
			marked = marked || len(marks[i][j]) > 0
		}
	}
	if !marked {
		return []piece{p}
	}
	if pictures, ok := d.photoTable(table, marks, p.line); ok {
		return pictures
	}
	var photos []piece
	var names []string
	for i, row := range table.Rows {
		row = slices.Clone(row)
		for j, cell := range row {
			text := press.PlainText(cell.Text)
			for n := len(marks[i][j]) - 1; n >= 0; n-- { // from the end, so that the places before it stay
				m := marks[i][j][n]
				cell.Text = append(cutRuns(cell.Text, 0, m.from), cutRuns(cell.Text, m.to, len(text))...)
			}
			for _, m := range marks[i][j] {
				photos = append(photos, d.photosAt(m, p.line)...)
				names = append(names, strings.TrimSpace(text[m.from:m.to]))
			}
			cell.Text = trimBreaks(cell.Text)
			row[j] = cell
		}
		table.Rows[i] = row
	}
	p.block = table
	if len(photos) > 0 {
		d.notes.add("photo.cell", p.line, "", press.Say(
			"A table marks places for photos (%[1]s). Cells hold text alone, so the photos stand below the table; check them.",
			"表格中标有图片位置（%[2]s）。表格内只能放文字，图片已放在表格下方，请核对。", listed(names, ", "), listed(names, "、")))
	}
	return append([]piece{p}, photos...)
}

// cellMarks finds the markers of a cell. Without brackets 图片 3 is a number of photos as likely as the third one.
func cellMarks(text string) []mark {
	if strings.ContainsAny(text, "\n") || groupMarker.MatchString(text) {
		return nil
	}
	return slices.DeleteFunc(marksOf(text), func(m mark) bool {
		first, _ := utf8.DecodeRuneInString(strings.TrimSpace(text[m.from:]))
		return !strings.ContainsRune(markerOpen, first)
	})
}

// photoTable makes pictures of a table that holds markers and captions and nothing else: rows of markers, each with a row
// of captions below it or not.
func (d *draft) photoTable(table press.Table, marks [][][]mark, line int) ([]piece, bool) {
	captions := make([][]string, len(table.Rows)) // by the row of markers that they are below
	above := -1
	for i, row := range table.Rows {
		switch texts, kind := rowOf(row, marks[i]); {
		case kind == markerRow:
			above = i
		case kind == captionRow && above >= 0 && captions[above] == nil && len(row) == len(table.Rows[above]):
			captions[above] = texts
		case kind != emptyRow:
			return nil, false
		}
	}
	if !d.allThere(marks) {
		return nil, false
	}
	var out []piece
	for i, row := range marks {
		var pictures []press.Picture
		for j, cell := range row {
			for _, m := range cell {
				found := galleryOf(d.photosAt(m, line)).Photos
				if n := len(found); n > 0 && found[n-1].Caption == "" && captions[i] != nil {
					found[n-1].Caption = captionText(captions[i][j])
				}
				pictures = append(pictures, found...)
			}
		}
		if len(pictures) > 0 {
			out = append(out, piece{block: press.Gallery{Photos: pictures}, line: line})
		}
	}
	return joinGalleries(out), true
}

// allThere reports whether each of the markers means one photo that came, so that nothing of their captions is lost.
func (d *draft) allThere(marks [][][]mark) bool {
	next := 0
	for _, m := range slices.Concat(slices.Concat(marks...)...) {
		for _, n := range m.numbers {
			if len(d.shelf.nth(n)) != 1 {
				return false
			}
		}
		if len(m.numbers) == 0 {
			next++
		}
	}
	return next == 0 || !d.shelf.loose && next <= len(d.shelf.inOrder())-len(d.shelf.placed)
}

type rowKind int

const (
	otherRow rowKind = iota
	emptyRow
	markerRow  // one marker in each cell that is not empty
	captionRow // a few words in each
)

func rowOf(row []press.Cell, marks [][]mark) (texts []string, kind rowKind) {
	marked, words := 0, 0
	for j, cell := range row {
		text := strings.TrimSpace(press.PlainText(cell.Text))
		texts = append(texts, text)
		switch m := marks[j]; {
		case text == "":
		case len(m) == 1 && strings.TrimSpace(press.PlainText(cell.Text)[:m[0].from]) == "" && m[0].to == len(press.PlainText(cell.Text)):
			marked++
		case len(m) == 0 && utf8.RuneCountInString(text) <= maxCaptionRunes:
			words++
		default:
			return nil, otherRow
		}
	}
	switch {
	case marked == 0 && words == 0:
		return texts, emptyRow
	case words == 0:
		return texts, markerRow
	case marked == 0:
		return texts, captionRow
	}
	return texts, otherRow
}

// photoNumbers says numbers of photos with their runs joined: 图4, 图6至图30.
func photoNumbers(numbers []int, between, to string) string {
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		switch {
		case j-i >= 2:
			out = append(out, fmt.Sprintf("图%d%s图%d", numbers[i], to, numbers[j]))
		default:
			for _, n := range numbers[i : j+1] {
				out = append(out, fmt.Sprintf("图%d", n))
			}
		}
		i = j + 1
	}
	return strings.Join(out, between)
}

// sharedLead begins a line that speaks of several photos above it.
var sharedLead = regexp.MustCompile(`(?i)^[(（\[【]?\s*(?:(?:以上|上述|上面)(?:的)?(?:` + markerOne + `|[两几])?\s*(?:张|幅|组)?(?:图片|照片|组图|各图|图均?为|图)|组图(?:为|[:：])|(?:图片|照片)均为|photos above\b|(?:the )?above photos\b)`)

// shareCaption takes a line that speaks of all the photos before it. A caption belongs to one photo, so the last one has it,
// and a note says so.
func (d *draft) shareCaption(out []piece, p piece) bool {
	text, isText := p.paragraphText()
	n := len(out)
	if !isText || n == 0 || len(picturesOf(out[n-1])) == 0 {
		return false
	}
	text = strings.TrimSpace(clean(text))
	if length := utf8.RuneCountInString(text); length == 0 || length > captionRunes || strings.Contains(text, "\n") {
		return false
	}
	gallery, isGallery := out[n-1].block.(press.Gallery)
	together := 0
	for i := n - 1; i >= 0 && len(picturesOf(out[i])) > 0; i-- {
		together += len(picturesOf(out[i]))
	}
	caption, says := captionLine(text)
	switch {
	case sharedLead.MatchString(text):
		caption, _ = unbracket(text)
	case !isGallery || !says:
		return false
	}
	if isGallery {
		last := &gallery.Photos[len(gallery.Photos)-1]
		if last.Caption != "" {
			return false
		}
		gallery.Photos = slices.Clone(gallery.Photos)
		gallery.Photos[len(gallery.Photos)-1].Caption = caption
		out[n-1].block = gallery
	} else {
		picture, _ := out[n-1].block.(press.Picture)
		if picture.Caption != "" {
			return false
		}
		picture.Caption = caption
		out[n-1].block = picture
	}
	if together > 1 {
		d.notes.add("caption.shared", p.line, "", press.Say(
			"%[1]q is about several photos; each photo has a caption of its own, so the last of them has this one. Check it.",
			"“%[1]s”说的是多张图片；图注要逐张填写，已放在最后一张图片下方，请核对。", quoted(text)))
	}
	return true
}
