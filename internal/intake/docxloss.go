package intake

import "newsdesk/internal/press"

// loss is a kind of thing in a Word document that an article cannot hold.
type loss int

const (
	lostInsertions loss = iota
	lostDeletions
	lostComments
	lostHidden
	lostContents
	lostFormulas
	lostSigns
	lostObjects
	lostShapes
	lostChunks
	lostSmall
	lostDrawings
	lostMany
	lostAbsent
	lostLayout
	lostNested
	lostInTable
	lostToOriginals // nothing is: the file beside the document has more
)

// tell notes what was left out or changed, each kind once with how often.
func (w *word) tell() {
	if in, out := w.dropped[lostInsertions], w.dropped[lostDeletions]; in+out > 0 {
		w.d.notes.add("word.changes", 0, "", press.Say(
			"The document holds tracked changes and was read as if all were accepted (%d insertions, %d deletions); check the text.",
			"文档带有修订痕迹，已按全部接受修订读取（插入 %d 处，删除 %d 处），请核对。", in, out))
	}
	for _, kind := range []struct {
		loss   loss
		code   string
		en, zh string
	}{
		{lostComments, "word.comments", "Comments in the document were left out: %d.", "文档中的 %d 条批注未收入。"},
		{lostHidden, "word.hidden", "Hidden text in the document was left out, in %d places.", "文档中的隐藏文字未收入，共 %d 处。"},
		{lostContents, "word.contents", "The table of contents was left out.", "文档目录未收入。"},
		{lostFormulas, "word.formulas", "Formulas became plain text, %d of them; check them, or hand them in as pictures.", "%d 处公式已转为普通文字，请核对，或改用图片。"},
		{lostSigns, "word.signs", "Signs of a font that readers do not have became □, %d of them; write them anew.", "%d 个特殊字体符号无法识别，已用 □ 代替，请重新输入。"},
		{lostObjects, "word.objects", "Charts and embedded files cannot be taken, %d of them; paste them into the document as pictures.", "%d 个图表或嵌入对象无法收入，请在文档中改为图片。"},
		{lostShapes, "word.shapes", "Drawn shapes were left out, %d of them; where they matter, hand them in as pictures.", "%d 个绘制的图形未收入，如有需要请改用图片。"},
		{lostChunks, "word.chunks", "Other documents embedded in this one were not read, %d of them; copy their text into it.", "文档中嵌入的 %d 份其他文档未读取，请将其文字复制进来。"},
		{lostDrawings, "photo.drawings", "So were %d more pictures in such formats left out; formulas of older Word are among them.", "另有 %d 张此类格式的图片（含旧版 Word 公式）未收入。"},
		{lostSmall, "photo.small", "Pictures too small to be photos (lines, bullets, logos) were left out: %d.", "%d 张过小的图片（线条、符号、徽标）未收入。"},
		{lostMany, "photo.many", "The document holds more pictures than an article may; %d were left out.", "文档中的图片超过一篇稿件的上限，%d 张未收入。"},
		{lostAbsent, "photo.absent", "The document shows pictures that it does not contain, %d of them; insert them again, or hand them in as files.", "文档中有 %d 张图片已丢失，请重新插入或作为文件提交。"},
		{lostLayout, "table.layout", "Tables that only arrange text and pictures were taken apart, %d of them; check the order.", "%d 个仅用于排版的表格已拆开，请核对内容顺序。"},
		{lostNested, "table.nested", "Tables inside tables became lines of text, %d of them; check them.", "%d 个嵌套在表格中的表格已转为文字，请核对。"},
		{lostToOriginals, "photo.original", "Pictures of the document were taken from the larger files handed in beside it: %d.", "%d 张图片已换用随稿提交的原图。"},
		{lostInTable, "table.photos", "Pictures in the cells of a table now follow it, %d of them; check their places.", "表格单元格中的 %d 张图片已移到表格之后，请核对位置。"},
	} {
		if n := w.dropped[kind.loss]; n > 0 {
			text := press.Text{EN: kind.en, ZH: kind.zh}
			if kind.loss != lostContents {
				text = press.Say(kind.en, kind.zh, n)
			}
			w.d.notes.add(kind.code, 0, "", text)
		}
	}
}
