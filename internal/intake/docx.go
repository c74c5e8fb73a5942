package intake

import (
	"newsdesk/internal/press"
)

// readWord reads a Word document (.docx), whoever wrote it: Word, WPS, LibreOffice, pandoc.
func (d *draft) readWord(document File, limits Limits) error {
	file, err := openWord(document, limits.WordBytes)
	if err != nil {
		return err
	}
	defer file.close()
	data, err := file.text(wordMain)
	if err != nil {
		return err
	}
	err = newXMLReader(data).each(func(n *node) error {
		var runs []press.Run
		n.find("w:t", func(t *node) bool { runs = append(runs, press.Run{Text: clean(t.text)}); return false })
		d.pieces = append(d.pieces, d.split(runs, 0, false, context{}.piece)...)
		return nil
	}, "w:document", "w:body")
	if err != nil {
		return file.damaged(err)
	}
	return d.takeTitle(d.boldCentred, d.guessedTitle, d.firstLine)
}
