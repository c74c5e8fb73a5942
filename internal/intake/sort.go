package intake

import (
	"bytes"
	"crypto/sha256"
	"io"
	"path"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// document is a document of a parcel, and what it is.
type document struct {
	File
	kind docKind
}

type sorted struct {
	document document
	captions []document // that hold captions and nothing else
	photos   []File
	attached []File // what readers of a website may fetch
}

// sorter finds the one document and the photos among a parcel's files.
type sorter struct {
	limits     Limits
	notes      *notes
	documents  []document
	photos     []File
	packed     []File // in a packing that cannot be opened
	unreadable []File // with an article in them, perhaps
	attached   []File
}

func sortFiles(files []File, limits Limits, locked int, notes *notes) (sorted, error) {
	if err := checkTotals(files, limits); err != nil {
		return sorted{}, err
	}
	s := sorter{limits: limits, notes: notes}
	for _, f := range files {
		if isJunk(f.Name) {
			notes.passOver(f.Name)
			continue
		}
		s.sort(f)
	}
	s.leaveCompanions()
	s.attach()
	if err := s.check(locked); err != nil {
		return sorted{}, err
	}
	if len(s.photos) > limits.Photos {
		return sorted{}, press.Fail(press.TooLarge, "parcel.photos", press.Say(
			"The parcel holds %d photos; at most %d are taken. Choose the ones the article needs.",
			"稿件包含 %d 张图片，最多 %d 张，请只保留稿件需要的图片。", len(s.photos), limits.Photos))
	}
	return s.choose()
}

func (s *sorter) sort(f File) {
	if isPhoto(f.Name) {
		s.photo(f)
		return
	}
	data := beginning(f)
	kind := kindOf(f, data)
	switch {
	case kind != noDocument:
		s.documents = append(s.documents, document{f, kind})
	case isPacked(f.Name) || packing(data) != "":
		s.packed = append(s.packed, f)
	case isUnreadable(f.Name) || bytes.HasPrefix(data, []byte("%PDF-")):
		s.unreadable = append(s.unreadable, f)
	case isRaw(f.Name):
		s.notes.add("photo.raw", 0, f.Name, press.Say(
			"%q is what the camera's sensor saw, not a finished photo, and was not taken; export it as JPEG.",
			"“%s”是相机 RAW 原始文件，未收入；请导出为 JPEG。", shown(f.Name)))
	case isPhotoData(data):
		s.photo(f)
	case press.CodeOf(press.CheckAttachmentKind(f.Name)) == "attachment.macros":
		s.notes.add("attachment.macros", 0, f.Name, press.TextOf(press.AttachmentMacros(f.Name)))
	default:
		s.notes.add("file.left", 0, f.Name, press.Say("The file %q is not a document or a photo, cannot be attached either, and was not taken.",
			"文件“%s”不是文档或图片，也不能作为附件，未收入。", shown(f.Name)))
	}
}

func (s *sorter) photo(f File) {
	if f.Size > s.limits.PhotoBytes {
		notePhotoTooLarge(f, s.limits, s.notes)
		return
	}
	s.photos = append(s.photos, f)
}

// kindOf tells what a document is: by its bytes, where they say it, otherwise by its name.
func kindOf(f File, data []byte) docKind {
	named := documentKind(f.Name)
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case isZip(data):
		if list, err := listZip(f); err == nil {
			if kind := zipKind(f, list); kind != noDocument {
				return kind
			}
		}
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")): // a compound file, as Word wrote until 2003
		if named != noDocument || ending(f.Name) == "" {
			return officeDocument
		}
	case bytes.HasPrefix(data, []byte(`{\rtf`)):
		return officeDocument
	case named != officeDocument && named != wordDocument:
	case bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<!doctype html")):
		return htmlDocument // what many an office system calls .doc
	case bytes.HasPrefix(data, []byte("%PDF-")), bytes.HasPrefix(text, []byte("mime-version:")):
		return noDocument
	}
	return named
}

func isPacked(name string) bool {
	switch ending(name) {
	case ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".z01", ".001", ".cab", ".iso", ".dmg":
		return true
	}
	return false
}

// isUnreadable names what may well be the article, or part of it, and cannot be read.
func isUnreadable(name string) bool {
	switch ending(name) {
	case ".pdf", ".pages", ".mht", ".mhtml", ".ofd", ".caj", ".epub", ".xps", ".key", ".numbers", ".one",
		".xls", ".xlsx", ".et", ".csv", ".ppt", ".pptx", ".dps", ".eml", ".msg":
		return true
	}
	return false
}

// isRaw names what cameras keep beside a photo.
func isRaw(name string) bool {
	switch ending(name) {
	case ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".rw2", ".orf", ".pef", ".srw", ".raw":
		return true
	}
	return false
}

// isPhotoData recognises a photo by its first bytes, for those whose name says nothing.
func isPhotoData(data []byte) bool {
	for _, start := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF87a", "GIF89a", "II*\x00", "MM\x00*"} {
		if bytes.HasPrefix(data, []byte(start)) {
			return true
		}
	}
	if len(data) < 26 {
		return false
	}
	switch {
	case string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return true
	case string(data[:2]) == "BM" && data[14] >= 12 && data[15] == 0 && data[16] == 0:
		return true
	case string(data[4:8]) == "ftyp":
		return slices.Contains([]string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"}, string(data[8:12]))
	}
	return false
}

// leaveCompanions leaves out what a browser or Word saves in a folder of its own beside a page: frames, styles, lists of
// files. The photos there are the page's photos and stay.
func (s *sorter) leaveCompanions() {
	pages := map[string]bool{}
	for _, d := range s.documents {
		if d.kind == htmlDocument {
			pages[strings.TrimSuffix(slashed(d.Name), path.Ext(d.Name))] = true
		}
	}
	s.documents = slices.DeleteFunc(s.documents, func(d document) bool {
		folder := path.Dir(slashed(d.Name))
		for _, end := range []string{".files", "_files", ".fld"} {
			if page, ok := strings.CutSuffix(folder, end); ok && pages[page] {
				return true
			}
		}
		return false
	})
}

// check refuses a parcel that holds what cannot be opened, or no document.
func (s *sorter) check(locked int) error {
	if len(s.packed) > 0 {
		return press.Fail(press.Unsupported, "parcel.packed", press.Say(
			"%q is packed in a way that cannot be opened. Unpack it and hand in the folder, or pack it as a .zip.",
			"无法打开压缩包“%s”。请解压后提交文件夹，或改用 .zip 格式打包。", shown(s.packed[0].Name)))
	}
	if len(s.documents) > 0 {
		for _, f := range s.unreadable {
			s.notes.add("file.unreadable", 0, f.Name, press.Say(
				"%q cannot be read and was not taken; if the article needs what it says, put that into the document.",
				"无法读取“%s”，未收入；如稿件需要其中的内容，请写入文档。", shown(f.Name)))
		}
		return nil
	}
	return s.noDocument(locked)
}

// choose finds the article among the documents: captions of photos are no article, and the same article in several formats
// is one.
func (s *sorter) choose() (sorted, error) {
	out := sorted{photos: s.photos, attached: s.attached}
	if len(s.documents) > 1 {
		out.captions = s.takeCaptionFiles()
		s.leaveCopies()
		s.preferFormats()
	}
	if len(s.documents) > 1 {
		return out, press.Fail(press.Invalid, "parcel.documents", press.Say(
			"The parcel holds %[1]d documents (%[2]s); hand in one document with its photos. If the others are attachments, let their names begin with 附件.",
			"稿件包含 %[1]d 个文档（%[3]s），请每次只交一个文档及其图片；其他文档如果是附件，文件名请以“附件”开头。", len(s.documents), nameList(filesOf(s.documents), ", "), nameList(filesOf(s.documents), "、")))
	}
	out.document = s.documents[0]
	return out, nil
}

func filesOf(documents []document) []File {
	out := make([]File, len(documents))
	for i, d := range documents {
		out[i] = d.File
	}
	return out
}

// leaveCopies leaves out documents that are byte for byte another one.
func (s *sorter) leaveCopies() {
	var kept []int
	sums, files := sums{most: s.limits.WordBytes}, filesOf(s.documents)
	for n, d := range s.documents {
		if i := slices.IndexFunc(kept, func(k int) bool { return sums.same(k, n, files) }); i >= 0 {
			s.notes.add("document.twice", 0, d.Name, press.Say("%q and %q are the same document, which was read once.",
				"“%s”与“%s”是同一份文档，只读取一份。", shown(files[kept[i]].Name), shown(d.Name)))
			continue
		}
		kept = append(kept, n)
	}
	documents := make([]document, len(kept))
	for i, n := range kept {
		documents[i] = s.documents[n]
	}
	s.documents = documents
}

// preferFormats keeps, of one article in several formats, the format that says most: .docx has the pictures in their place.
func (s *sorter) preferFormats() {
	name := func(d document) string {
		return fold(strings.TrimSuffix(slashed(d.Name), path.Ext(slashed(d.Name))))
	}
	rank := func(d document) int {
		return slices.Index([]docKind{wordDocument, officeDocument, markdownDocument, htmlDocument, textDocument}, d.kind)
	}
	first := s.documents[0]
	if len(s.documents) == 1 {
		return
	}
	for _, d := range s.documents[1:] {
		if name(d) != name(first) || d.kind == first.kind {
			return
		}
	}
	slices.SortStableFunc(s.documents, func(a, b document) int { return rank(a) - rank(b) })
	s.notes.add("document.formats", 0, s.documents[0].Name, press.Say(
		"The article came in several formats; %[1]q was read, %[2]s not.", "同一稿件有多种格式，已读取“%[1]s”，未读取 %[3]s。",
		shown(s.documents[0].Name), nameList(filesOf(s.documents[1:]), ", "), nameList(filesOf(s.documents[1:]), "、")))
	s.documents = s.documents[:1]
}

// sums compares the bytes of files of one list, and reads each file at most once.
type sums struct {
	most  int64 // what is larger is not looked at
	known map[int]fileSum
}

type fileSum struct {
	sum [sha256.Size]byte
	ok  bool
}

// same reports whether two of the files have the same bytes.
func (s *sums) same(a, b int, files []File) bool {
	if size := files[a].Size; size != files[b].Size || size == 0 || size > s.most {
		return false
	}
	x, y := s.of(a, files), s.of(b, files)
	return x.ok && y.ok && x.sum == y.sum
}

func (s *sums) of(i int, files []File) fileSum {
	known, ok := s.known[i]
	if !ok {
		known.sum, known.ok = sumOf(files[i])
		if s.known == nil {
			s.known = map[int]fileSum{}
		}
		s.known[i] = known
	}
	return known
}

func sumOf(f File) (sum [sha256.Size]byte, ok bool) {
	if f.Open == nil {
		return sum, false
	}
	r, err := f.Open()
	if err != nil {
		return sum, false
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(r, f.Size+1))
	return [sha256.Size]byte(h.Sum(nil)), err == nil && n == f.Size
}
