package intake

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// Bounds of the container of a Word document, far above what word processors write.
const (
	maxWordEntries   = 5000     // files inside; a document with 200 pictures has some 220
	maxWordDirectory = 2 << 20  // bytes read to find them
	maxWordXML       = 32 << 20 // bytes of one part that is text, unpacked
	maxWordRatio     = 200      // how much smaller packing may have made a large part
	largePart        = 4 << 20  // from here on the ratio is looked at
	wordMain         = "word/document.xml"
)

// wordFile is the container of a Word document: a zip of parts.
type wordFile struct {
	source File
	data   io.ReaderAt
	size   int64
	close  func() error
	parts  map[string]*zip.File // by their names in lower case, with forward slashes
}

// heldFile is bytes in memory that can be read anywhere, as a file on a disk can.
type heldFile struct{ *bytes.Reader }

func (heldFile) Close() error { return nil }

// opened is a file that can be read anywhere, and how to open it again. What lies on a disk stays there; anything else is
// read into memory.
func opened(f File, limit int64) (again File, data io.ReaderAt, done func() error, err error) {
	if f.Open == nil {
		return f, nil, nil, fmt.Errorf("intake: %q has no content", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return f, nil, nil, fmt.Errorf("intake: open: %w", err)
	}
	if disk, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		if f.Size, err = disk.Seek(0, io.SeekEnd); err != nil {
			return f, nil, nil, errors.Join(fmt.Errorf("intake: size: %w", err), r.Close())
		}
		return f, disk, r.Close, nil
	}
	whole, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return f, nil, nil, fmt.Errorf("intake: read: %w", err)
	}
	f.Size = int64(len(whole))
	f.Open = func() (io.ReadCloser, error) { return heldFile{bytes.NewReader(whole)}, nil }
	return f, bytes.NewReader(whole), func() error { return nil }, nil
}

// openWord opens the container and checks it: its size, how many parts it has, and that no two share their bytes.
func openWord(f File, limit int64) (*wordFile, error) {
	w := &wordFile{source: f, parts: map[string]*zip.File{}}
	var err error
	if w.source, w.data, w.close, err = opened(f, limit); err != nil {
		return nil, press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The document %q cannot be read; hand it in again.", "文档“%s”无法读取，请重新提交。", shown(f.Name))).Because(err)
	}
	w.size = w.source.Size
	if err := w.directory(f, limit); err != nil {
		_ = w.close() // why it was refused matters
		return nil, err
	}
	return w, nil
}

func (w *wordFile) directory(f File, limit int64) error {
	if f.Size > limit || w.size > limit {
		return press.Fail(press.TooLarge, "document.too_large", press.Say(
			"The document %q is larger than %s. Take its photos out and hand them in as files beside it.",
			"文档“%s”超过 %s，请将其中的图片取出，作为单独的文件随稿提交。", shown(f.Name), megabytes(limit)))
	}
	if err := w.notZipped(); err != nil {
		return err
	}
	bounded := &boundedAt{at: w.data, left: maxWordDirectory}
	reader, err := zip.NewReader(bounded, w.size)
	switch {
	case errors.Is(err, errDirectory) || err == nil && len(reader.File) > maxWordEntries:
		return w.bomb(err)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return w.damaged(err)
	}
	bounded.left = math.MaxInt64
	for _, part := range reader.File {
		name := partName(part.Name)
		if part.Flags&1 != 0 {
			return w.locked()
		}
		if _, ok := w.parts[name]; !ok && !strings.HasSuffix(name, "/") {
			w.parts[name] = part
		}
	}
	return w.apart()
}

// partName is a part's name as it is looked for: names in a container do not differ by case.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// isWordMain reports whether a part is one that only Word documents have; Word on the web calls it document2.xml.
func isWordMain(name string) bool {
	name = partName(name)
	return path.Dir(name) == "word" && strings.HasPrefix(name, "word/document") && path.Ext(name) == ".xml"
}

// apart checks that no two parts share bytes, by which a small file could unpack to a huge one.
func (w *wordFile) apart() error {
	type stretch struct{ from, to int64 }
	var used []stretch
	for _, part := range w.parts {
		from, err := part.DataOffset()
		if err != nil || part.CompressedSize64 > uint64(w.size) {
			return w.damaged(err)
		}
		used = append(used, stretch{from, from + int64(part.CompressedSize64)})
	}
	slices.SortFunc(used, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(used); i++ {
		if used[i].from < used[i-1].to {
			return w.bomb(nil)
		}
	}
	return nil
}

// text reads a part that is XML; nil: there is none.
func (w *wordFile) text(name string) ([]byte, error) {
	part, ok := w.parts[partName(name)]
	if !ok {
		return nil, nil
	}
	size := part.UncompressedSize64
	if size > maxWordXML || size > largePart && size/maxWordRatio > part.CompressedSize64 {
		return nil, w.bomb(nil)
	}
	r, err := part.Open()
	if err != nil {
		return nil, w.damaged(err)
	}
	defer r.Close()
	data := make([]byte, 0, size+bytes.MinRead)
	out := bytes.NewBuffer(data)
	if _, err := out.ReadFrom(io.LimitReader(r, int64(size)+1)); err != nil {
		return nil, w.damaged(err)
	}
	return out.Bytes(), nil
}

// notZipped says of what is called a Word document and is none what it is.
func (w *wordFile) notZipped() error {
	head := make([]byte, 8)
	if n, err := w.data.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return w.damaged(err)
	} else if bytes.HasPrefix(head[:n], []byte("PK")) {
		return nil
	} else if !bytes.HasPrefix(head[:n], []byte("\xd0\xcf\x11\xe0")) {
		return w.damaged(nil)
	}
	if w.contains("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00") {
		return w.locked()
	}
	return press.Fail(press.Unsupported, "document.old_word", press.Say(
		"The document %q is an old Word file (.doc) under a new name; open it in Word or WPS, save it as .docx and hand it in again.",
		"文档“%s”实为旧版 Word 文件（.doc），请用 Word 或 WPS 打开并另存为 .docx 后重新提交。", shown(w.source.Name)))
}

// contains looks for bytes in the whole file, a stretch at a time.
func (w *wordFile) contains(sought string) bool {
	const step = 1 << 20
	buf := make([]byte, step+len(sought))
	for at := int64(0); at < w.size; at += step {
		n, _ := w.data.ReadAt(buf, at)
		if bytes.Contains(buf[:n], []byte(sought)) {
			return true
		}
	}
	return false
}

func (w *wordFile) locked() error {
	return press.Fail(press.Unsupported, "document.locked", press.Say(
		"The document %q is protected by a password; take the password off in Word or WPS, save it and hand it in again.",
		"文档“%s”设有打开密码，请在 Word 或 WPS 中取消密码、保存后重新提交。", shown(w.source.Name)))
}

func (w *wordFile) damaged(cause error) error {
	return press.Fail(press.Invalid, "document.damaged", press.Say(
		"The document %q is damaged or not a Word document; open it in Word or WPS, save it as .docx and hand it in again.",
		"文档“%s”已损坏或不是 Word 文档，请用 Word 或 WPS 打开并另存为 .docx 后重新提交。", shown(w.source.Name))).Because(cause)
}

func (w *wordFile) bomb(cause error) error {
	return press.Fail(press.TooLarge, "document.unpacked", press.Say(
		"The document %q unpacks to far more than an article holds and was not read; copy the article into a new document and hand that in.",
		"文档“%s”解压后的内容远超一篇稿件，未予读取；请将正文复制到新文档后提交。", shown(w.source.Name))).Because(cause)
}

// entry is a part as a file of its own.
func (w *wordFile) entry(part *zip.File, name string) (File, error) {
	offset, err := part.DataOffset()
	if err != nil {
		return File{}, fmt.Errorf("intake: part: %w", err)
	}
	return entryFile(w.source, packedEntry{part, offset}, name)
}
