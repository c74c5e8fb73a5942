package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// Bounds of what is remembered of an attachment while it passes by.
const (
	attachmentHead      = 512     // bytes at its beginning, which say what it is
	attachmentDirectory = 1 << 20 // at its end, where the directory of a zip lies; that of a long document has 50 KB
)

// CheckAttachment returns a reader that gives what r gives and looks at it on the way. Where it would end it fails instead, with
// a *press.Error, if the bytes are not what the name's ending promises, hold macros, or are none or too many: whoever keeps only
// what was read to its end keeps nothing then. Nothing is unpacked, and at most 2 MB are remembered.
func CheckAttachment(name string, r io.Reader) io.Reader {
	return &attachmentReader{name: name, ending: strings.ToLower(path.Ext(name)), r: r}
}

type attachmentReader struct {
	name, ending string
	r            io.Reader
	n            int64
	head, tail   []byte
	macros       bool // in a container of before 2007
	zeros        bool
}

func (a *attachmentReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	a.look(p[:n])
	switch {
	case a.n > press.MaxAttachmentBytes:
		return 0, press.CheckAttachmentSize(a.name, a.n)
	case errors.Is(err, io.EOF):
		if refusal := a.verdict(); refusal != nil {
			return 0, refusal
		}
	}
	return n, err //nolint:wrapcheck // a reader's own error, or io.EOF
}

func (a *attachmentReader) look(p []byte) {
	a.n += int64(len(p))
	if room := attachmentHead - len(a.head); room > 0 {
		a.head = append(a.head, p[:min(room, len(p))]...)
	}
	before := a.tail[max(0, len(a.tail)-macroSpan):]
	a.macros = a.macros || compoundMacros(p) || compoundMacros(append(bytes.Clone(before), p[:min(len(p), macroSpan)]...))
	a.zeros = a.zeros || bytes.IndexByte(p, 0) >= 0
	if len(a.tail)+len(p) > 2*attachmentDirectory {
		a.tail = append(a.tail[:0], a.tail[max(0, len(a.tail)-attachmentDirectory):]...)
	}
	a.tail = append(a.tail, p[max(0, len(p)-attachmentDirectory):]...)
}

// verdict says what is wrong with a whole file; nil: nothing.
func (a *attachmentReader) verdict() error {
	if err := press.CheckAttachmentSize(a.name, a.n); err != nil {
		return err
	}
	switch a.ending {
	case ".pdf":
		return a.unless(bytes.HasPrefix(bytes.TrimLeft(a.head, "\xef\xbb\xbf \t\r\n"), []byte("%PDF-")))
	case ".doc", ".xls", ".ppt", ".wps", ".et":
		if err := a.unless(bytes.HasPrefix(a.head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))); err != nil {
			return err
		}
		return a.macroless(!a.macros)
	case ".docx":
		return a.packed("word/", "[content_types].xml")
	case ".xlsx":
		return a.packed("xl/", "[content_types].xml")
	case ".pptx":
		return a.packed("ppt/", "[content_types].xml")
	case ".odt", ".ods", ".odp":
		mime, _ := press.AttachmentType(a.name)
		if err := a.unless(len(a.head) > 38+len(mime) && string(a.head[30:38]) == "mimetype" && string(a.head[38:38+len(mime)]) == mime); err != nil {
			return err
		}
		return a.packed("", "meta-inf/manifest.xml")
	case ".txt", ".csv":
		return a.unless(a.isText())
	}
	return press.CheckAttachmentKind(a.name)
}

// packed looks through the directory of a zip for a part that must be there, one in the folder that says what kind of document
// it is, and none that holds macros.
func (a *attachmentReader) packed(folder, part string) error {
	if !bytes.HasPrefix(a.head, []byte("PK\x03\x04")) {
		return a.disguised()
	}
	directory, err := zip.NewReader(endOf{a.tail, a.n}, a.n)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return a.disguised()
	}
	var inFolder, there bool
	for _, f := range directory.File {
		name := partName(f.Name)
		if holdsMacros(name) {
			return a.macroless(false)
		}
		inFolder = inFolder || strings.HasPrefix(name, folder)
		there = there || name == part
	}
	return a.unless(inFolder && there)
}

// holdsMacros reports whether a part is where Office (vbaProject.bin, Excel 4 macro sheets) or LibreOffice (Basic, Scripts) puts
// macros.
func holdsMacros(part string) bool {
	return strings.HasPrefix(path.Base(part), "vbaproject") || strings.Contains(part, "/macrosheets/") ||
		strings.HasPrefix(part, "basic/") || strings.HasPrefix(part, "scripts/")
}

// isText reports whether the bytes can be text: in UTF-16, with its mark, or without zeros and not what other kinds begin with.
func (a *attachmentReader) isText() bool {
	if bytes.HasPrefix(a.head, []byte("\xff\xfe")) || bytes.HasPrefix(a.head, []byte("\xfe\xff")) {
		return true
	}
	for _, other := range []string{"%PDF-", "PK\x03\x04", "{\\rtf", "Rar!", "7z\xbc\xaf", "\xff\xd8\xff", "\x89PNG", "GIF8", "MZ\x90"} {
		if bytes.HasPrefix(a.head, []byte(other)) {
			return false
		}
	}
	return !a.zeros
}

// endOf is a file of which only the end was kept.
type endOf struct {
	end  []byte
	size int64
}

var errForgotten = errors.New("intake: not among what was kept")

func (e endOf) ReadAt(p []byte, off int64) (int, error) {
	from := off - (e.size - int64(len(e.end)))
	switch {
	case from < 0:
		return 0, errForgotten
	case from >= int64(len(e.end)):
		return 0, io.EOF
	}
	n := copy(p, e.end[from:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (a *attachmentReader) unless(right bool) error {
	if right {
		return nil
	}
	return a.disguised()
}

func (a *attachmentReader) disguised() error {
	return press.Fail(press.Invalid, "attachment.disguised", press.Say(
		"%q is not what its ending says, or is damaged or protected by a password. Open it, save it anew in that format and upload it again.",
		"“%s”的内容与文件后缀不符，或已损坏、设有密码。请打开后重新另存为该格式再上传。", press.AttachmentName(a.name)))
}

func (a *attachmentReader) macroless(right bool) error {
	if right {
		return nil
	}
	return press.AttachmentMacros(a.name)
}

// namedAttachment is how people call the files of a parcel that are not its article, and the folders they put them into.
var namedAttachment = regexp.MustCompile(`(?i)^[\s【\[（(0-9.、_-]*(附\s*件|附表|附录|attachment|annex|appendix)`)

// isNamedAttachment reports whether a file, or a folder around it, is called an attachment.
func isNamedAttachment(name string) bool {
	return slices.ContainsFunc(strings.Split(slashed(name), "/"), namedAttachment.MatchString)
}

// attach finds, beside an article, what its readers are to fetch: documents that are called attachments, and what cannot be read
// as an article. A copy of the article in another format is none.
func (s *sorter) attach() {
	var articles []document
	var candidates, rest []File
	for _, d := range s.documents {
		if isNamedAttachment(d.Name) {
			candidates = append(candidates, d.File)
		} else {
			articles = append(articles, d)
		}
	}
	if len(articles) == 0 { // whatever it is called, it is the article
		articles, candidates = s.documents, nil
	}
	if len(articles) == 0 {
		return
	}
	for _, f := range s.unreadable {
		if _, ok := press.AttachmentType(f.Name); ok {
			candidates = append(candidates, f)
		} else {
			rest = append(rest, f)
		}
	}
	s.documents, s.unreadable = articles, rest
	slices.SortStableFunc(candidates, byAttachmentNumber)
	for _, f := range candidates {
		s.attachOne(f)
	}
}

// byAttachmentNumber orders 附件1 before 附件2, those without a number after them, and otherwise as people order names.
func byAttachmentNumber(a, b File) int {
	x, y := press.NumberOfAttachment(baseName(a.Name)), press.NumberOfAttachment(baseName(b.Name))
	switch {
	case x != y && x > 0 && y > 0:
		return x - y
	case x != y:
		return y - x
	case naturalLess(a.Name, b.Name):
		return -1
	case naturalLess(b.Name, a.Name):
		return 1
	}
	return 0
}

func (s *sorter) attachOne(f File) {
	stem := func(name string) string {
		return fold(strings.TrimSuffix(baseName(slashed(name)), path.Ext(slashed(name))))
	}
	refusal := press.CheckAttachmentKind(f.Name)
	if refusal == nil {
		refusal = press.CheckAttachmentSize(baseName(f.Name), f.Size)
	}
	if refusal == nil {
		refusal = press.CheckAttachmentCount(len(s.attached) + 1)
	}
	switch {
	case refusal != nil:
		s.notes.add(press.CodeOf(refusal), 0, f.Name, press.Text{
			EN: fmt.Sprintf("%q was not taken. ", shown(f.Name)) + press.TextOf(refusal).EN,
			ZH: fmt.Sprintf("“%s”未收入。", shown(f.Name)) + press.TextOf(refusal).ZH,
		})
	case slices.ContainsFunc(s.documents, func(d document) bool { return stem(d.Name) == stem(f.Name) }):
		s.notes.add("attachment.copy", 0, f.Name, press.Say(
			"%q is called as the article is and was taken for a copy of it, not for an attachment; upload it in the editor if readers are to have it.",
			"“%s”与稿件文档同名，视为同一稿件，未作为附件；如需提供下载，请在编辑器中上传。", shown(f.Name)))
	default:
		s.attached = append(s.attached, f)
	}
}
