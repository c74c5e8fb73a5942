package intake

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"newsdesk/internal/press"
)

type docKind int

const (
	noDocument docKind = iota
	textDocument
	markdownDocument
	htmlDocument
	wordDocument   // .docx, which is read here
	officeDocument // what LibreOffice makes a .docx of
)

// documentKind tells what a document is by its name's ending.
func documentKind(name string) docKind {
	switch ending(name) {
	case ".txt", ".text":
		return textDocument
	case ".md", ".markdown":
		return markdownDocument
	case ".html", ".htm":
		return htmlDocument
	case ".docx", ".docm", ".dotx":
		return wordDocument
	case ".doc", ".wps", ".odt", ".rtf", ".dot", ".wpt", ".fodt":
		return officeDocument
	}
	return noDocument
}

func isPhoto(name string) bool {
	switch ending(name) {
	case ".jpg", ".png", ".gif", ".webp", ".bmp", ".tif", ".heic", ".avif":
		return true
	}
	return false
}

// ending returns a name's ending in lower case, with the several spellings of one format made one.
func ending(name string) string {
	switch ext := strings.ToLower(path.Ext(narrow(baseName(name)))); ext {
	case ".jpeg", ".jpe", ".jfif":
		return ".jpg"
	case ".tiff":
		return ".tif"
	case ".heif", ".hif", ".heics":
		return ".heic"
	case ".avifs":
		return ".avif"
	case ".dib":
		return ".bmp"
	default:
		return ext
	}
}

// baseName returns the last part of a path of either kind of slash.
func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// isJunk reports whether a file is what systems leave beside the ones people mean.
func isJunk(name string) bool {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if strings.EqualFold(part, "__MACOSX") || strings.HasPrefix(part, "~$") ||
			strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	switch strings.ToLower(baseName(name)) {
	case "thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r", "$recycle.bin":
		return true
	}
	return ending(name) == ".aae" || ending(name) == ".lnk" // what an iPhone edited, and a shortcut
}

func notePhotoTooLarge(f File, limits Limits, notes *notes) {
	notes.add("photo.too_large", 0, f.Name, press.Say(
		"The photo %q has %s; at most %s are taken, so it was left out. Hand in a smaller copy.",
		"图片“%s”有 %s，最多 %s，未收入；请改用较小的副本。", shown(f.Name), megabytes(f.Size), megabytes(limits.PhotoBytes)))
}

func checkTotals(files []File, limits Limits) error {
	if len(files) > limits.Files {
		return tooManyFiles(len(files), limits)
	}
	left := limits.TotalBytes
	for _, f := range files {
		if f.Size < 0 || f.Size > left {
			return press.Fail(press.TooLarge, "parcel.bytes", press.Say(
				"The parcel is larger than %s. Hand in fewer or smaller photos.",
				"稿件包超过 %s，请减少图片数量或缩小图片。", megabytes(limits.TotalBytes)))
		}
		left -= f.Size
	}
	return nil
}

func tooManyFiles(n int, limits Limits) error {
	return press.Fail(press.TooLarge, "parcel.files", press.Say(
		"The parcel holds %d files; at most %d are taken. Hand in one document with its photos.",
		"稿件包含 %d 个文件，最多 %d 个，请只交一个文档及其图片。", n, limits.Files))
}

func nameList(files []File, between string) string {
	const most = 5
	var names []string
	for i, f := range files {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, shown(f.Name))
	}
	return strings.Join(names, between)
}

func megabytes(n int64) string { return fmt.Sprintf("%.4g MB", float64(n)/(1<<20)) }

// readDocument reads a document whole and makes it text.
func readDocument(f File, kind docKind, limit int64) (string, error) {
	data, err := readFile(f, limit)
	if err != nil {
		return "", press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The document %q cannot be read; hand it in again.", "文档“%s”无法读取，请重新提交。", shown(f.Name))).Because(err)
	}
	if f.Size > limit || int64(len(data)) > limit {
		return "", press.Fail(press.TooLarge, "document.too_large", press.Say(
			"The document %q is larger than %s; an article's text is far below that. Hand in its photos as files beside it.",
			"文档“%s”超过 %s，正文不应如此之大；请将图片作为单独的文件提交。", shown(f.Name), megabytes(limit)))
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("%PDF-")) || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return "", press.Fail(press.Unsupported, "document.disguised", press.Say(
			"The document %q is not text inside but another kind of file; save it as text, Markdown or HTML.",
			"文档“%s”的内容并非文本，请另存为文本、Markdown 或 HTML。", shown(f.Name)))
	}
	return decode(data, shown(f.Name), kind == htmlDocument)
}

// readFile reads at most one byte more than limit, so that the caller sees that there was more.
func readFile(f File, limit int64) ([]byte, error) {
	if f.Open == nil {
		return nil, fmt.Errorf("intake: %q has no content", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("intake: open: %w", err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("intake: read: %w", err)
	}
	return data, nil
}

// embedded makes a file of bytes that a document carried inside.
func embedded(name string, data []byte) File {
	return File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return inMemory{bytes.NewReader(data)}, nil
	}}
}

// inMemory is an open file of bytes, which can be read anywhere.
type inMemory struct{ *bytes.Reader }

// Close does nothing.
func (inMemory) Close() error { return nil }
