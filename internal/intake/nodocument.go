package intake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"newsdesk/internal/press"
)

// taken names the documents that can be read.
var taken = press.Say(".docx, .txt, .md or .html", ".docx、.txt、.md 或 .html")

// maxPassed bounds how many names of passed over files are kept.
const maxPassed = 50

// passOver remembers what systems leave beside the files that people mean: it may be all there is.
func (n *notes) passOver(name string) {
	if len(n.passed) < maxPassed {
		n.passed = append(n.passed, baseName(name))
	}
}

// left returns the first note that has one of some codes.
func (n *notes) left(codes ...string) (press.Note, bool) {
	i := slices.IndexFunc(n.list, func(n press.Note) bool { return slices.Contains(codes, n.Code) })
	if i < 0 {
		return press.Note{}, false
	}
	return n.list[i], true
}

// noDocument refuses a parcel without a document, with what was most likely meant to be one.
func (s *sorter) noDocument(locked int) error {
	if err := s.mistaken(locked); err != nil {
		return err
	}
	if n, ok := s.notes.left("zip.deep", "zip.empty"); ok {
		return press.Fail(press.Invalid, n.Code, n.Text)
	}
	if len(s.photos) > 0 {
		return noneOf(press.Invalid, "parcel.no_document",
			"The parcel holds %d photos and no document; add the article as a TAKEN file, or start a new article and put the photos into it.",
			"稿件包只有 %d 张图片而没有文档，请附上 TAKEN 格式的稿件，或先新建稿件再插入图片。", len(s.photos))
	}
	if n, ok := s.notes.left("file.left"); ok {
		return noneOf(press.Invalid, "parcel.no_document",
			"The parcel holds no document; %q is none. Hand in the article as a TAKEN file.",
			"稿件包中没有文档，“%s”不是文档。请提交 TAKEN 格式的稿件。", n.File)
	}
	if len(s.notes.passed) > 0 {
		return noneOf(press.Invalid, "parcel.no_document",
			"The parcel holds only what systems leave behind (%q), and no document; hand in the article as a TAKEN file.",
			"稿件包中只有系统自动生成的文件（%s），没有文档。请提交 TAKEN 格式的稿件。", shown(s.notes.passed[0]))
	}
	return noneOf(press.Invalid, "parcel.no_document",
		"The parcel holds no document; hand in the article as a TAKEN file.",
		"稿件包中没有文档，请提交 TAKEN 格式的稿件。")
}

// mistaken refuses what a person takes for the article and is not.
func (s *sorter) mistaken(locked int) error {
	if len(s.unreadable) > 0 {
		return noneOf(press.Unsupported, "parcel.unsupported",
			"%q cannot be read as an article. Save the article as TAKEN and hand it in with its photos.",
			"无法从“%s”读出稿件。请把稿件另存为 TAKEN，再与图片一起提交。", shown(s.unreadable[0].Name))
	}
	if locked > 0 {
		return press.Fail(press.Unsupported, "zip.locked", press.Say(
			"The zip is protected by a password, so no document could be opened. Pack it without one, or hand in the files themselves.",
			"压缩包设有密码，无法打开其中的文档。请去掉密码重新打包，或直接提交其中的文件。"))
	}
	for _, name := range s.notes.passed {
		switch {
		case strings.HasPrefix(name, "~$") && documentKind(name) != noDocument:
			return press.Fail(press.Invalid, "document.temporary", press.Say(
				"%q is what Word keeps while a document is open, and holds nothing of it. Close Word and hand in the document itself.",
				"“%s”是 Word 打开文档时的临时文件，没有稿件内容。请关闭 Word，提交文档本身。", shown(name)))
		case ending(name) == ".lnk":
			return press.Fail(press.Invalid, "document.shortcut", press.Say(
				"%q is a shortcut, which holds nothing of the document that it leads to. Hand in that document.",
				"“%s”是快捷方式，没有稿件内容。请找到原文件后提交。", shown(name)))
		}
	}
	if n, ok := s.notes.left("file.left"); ok && isHalf(n.File) {
		return press.Fail(press.Invalid, "document.half", press.Say(
			"%q has not been downloaded to its end. Wait until it is, then hand it in.", "“%s”还没有下载完，请等下载完成后再提交。", n.File))
	}
	return nil
}

func noneOf(kind press.Kind, code, en, zh string, values ...any) error {
	say := press.Say(en, zh, values...)
	return press.Fail(kind, code, press.Text{
		EN: strings.ReplaceAll(say.EN, "TAKEN", taken.EN), ZH: strings.ReplaceAll(say.ZH, "TAKEN", taken.ZH),
	})
}

// isHalf names what browsers and drives call a file while it comes.
func isHalf(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".crdownload", ".downloading", ".part", ".partial", ".download", ".xltd", ".td":
		return true
	}
	return false
}

// checkDocument refuses a document that nothing can be read of, whoever reads it.
func checkDocument(d document) error {
	if isEmpty(d.File) {
		return press.Fail(press.Invalid, "document.empty", press.Say(
			"The document %q is empty: it has 0 bytes. If it comes from a network drive or a chat, wait until it has been downloaded, then hand it in.",
			"文档“%s”是空文件（0 字节）。如果来自网盘或聊天记录，请等下载完成后再提交。", shown(d.Name)))
	}
	if d.kind == officeDocument && lockedDocument(d.File) {
		return press.Fail(press.Unsupported, "document.locked", press.Say(
			"The document %q is protected by a password. Open it in Word or WPS, take the password off, save it and hand it in again.",
			"文档“%s”设有打开密码，无法读取。请用 Word 或 WPS 打开，取消密码并保存后再提交。", shown(d.Name)))
	}
	return nil
}

// isEmpty reports whether a file can be read and holds nothing.
func isEmpty(f File) bool {
	if f.Size > 0 || f.Open == nil {
		return false
	}
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	_, err = r.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

// Compound files ([MS-CFB]): a header that says where the directory begins, and entries of 128 bytes in it. A document that
// Office encrypts is an entry EncryptedPackage ([MS-OFFCRYPTO] 2.3.2); a .doc says so in its first bytes, FibBase.fEncrypted
// ([MS-DOC] 2.5.2).
const (
	cfbHeader    = 512
	cfbEntry     = 128
	cfbDirectory = 16 << 10 // that is looked at
)

// lockedDocument reports whether a compound file is a document with a password.
func lockedDocument(f File) bool {
	at, closer, err := openAt(f)
	if err != nil {
		return false
	}
	defer closer.Close()
	header := make([]byte, cfbHeader)
	if _, err := at.ReadAt(header, 0); err != nil || !bytes.HasPrefix(header, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return false
	}
	shift := binary.LittleEndian.Uint16(header[30:])
	if shift != 9 && shift != 12 {
		return false
	}
	sector := func(n uint32) int64 { return (int64(n) + 1) << shift }
	directory, err := io.ReadAll(io.NewSectionReader(at, sector(binary.LittleEndian.Uint32(header[48:])), cfbDirectory))
	if err != nil {
		return false
	}
	for ; len(directory) >= cfbEntry; directory = directory[cfbEntry:] {
		switch entry := directory[:cfbEntry]; cfbName(entry) {
		case "EncryptedPackage":
			return true
		case "WordDocument":
			fib := make([]byte, 12)
			_, err := at.ReadAt(fib, sector(binary.LittleEndian.Uint32(entry[116:])))
			return err == nil && binary.LittleEndian.Uint16(fib) == 0xA5EC && fib[11]&1 != 0
		}
	}
	return false
}

// cfbName is an entry's name: 64 bytes of UTF-16 and their length with the closing zero.
func cfbName(entry []byte) string {
	length := binary.LittleEndian.Uint16(entry[64:])
	if length < 2 || length > 64 {
		return ""
	}
	units := make([]uint16, length/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	return string(utf16.Decode(units))
}
