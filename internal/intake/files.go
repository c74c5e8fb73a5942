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
)

func documentKind(name string) docKind {
	switch ending(name) {
	case ".txt":
		return textDocument
	case ".md", ".markdown":
		return markdownDocument
	case ".html", ".htm":
		return htmlDocument
	}
	return noDocument
}

// laterKind names the containers and documents that carry an article but cannot be read.
func laterKind(name string) bool {
	switch ending(name) {
	case ".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf", ".mht", ".mhtml":
		return true
	}
	return false
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
	case ".heif":
		return ".heic"
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
	case "thumbs.db", "desktop.ini", "ehthumbs.db":
		return true
	}
	return false
}

type sorted struct {
	document File
	photos   []File
}

// sortFiles finds the one document and the photos.
func sortFiles(files []File, limits Limits, notes *notes) (sorted, error) {
	var out sorted
	var documents, later []File
	if err := checkTotals(files, limits); err != nil {
		return out, err
	}
	for _, f := range files {
		switch {
		case isJunk(f.Name):
		case documentKind(f.Name) != noDocument:
			documents = append(documents, f)
		case laterKind(f.Name):
			later = append(later, f)
		case isPhoto(f.Name) && f.Size > limits.PhotoBytes:
			notePhotoTooLarge(f, limits, notes)
		case isPhoto(f.Name):
			out.photos = append(out.photos, f)
		default:
			notes.add("file.left", 0, f.Name, press.Say("The file %q is neither a document nor a photo and was not taken.",
				"文件“%s”既不是文档也不是图片，未收入。", shown(f.Name)))
		}
	}
	if err := checkDocuments(documents, later, len(out.photos)); err != nil {
		return out, err
	}
	if len(out.photos) > limits.Photos {
		return out, press.Fail(press.TooLarge, "parcel.photos", press.Say(
			"The parcel holds %d photos; at most %d are taken. Choose the ones the article needs.",
			"稿件包含 %d 张图片，最多 %d 张，请只保留稿件需要的图片。", len(out.photos), limits.Photos))
	}
	out.document = documents[0]
	return out, nil
}

func notePhotoTooLarge(f File, limits Limits, notes *notes) {
	notes.add("photo.too_large", 0, f.Name, press.Say(
		"The photo %q has %s; at most %s are taken, so it was left out. Hand in a smaller copy.",
		"图片“%s”有 %s，最多 %s，未收入；请改用较小的副本。", shown(f.Name), megabytes(f.Size), megabytes(limits.PhotoBytes)))
}

func checkTotals(files []File, limits Limits) error {
	if len(files) > limits.Files {
		return press.Fail(press.TooLarge, "parcel.files", press.Say(
			"The parcel holds %d files; at most %d are taken. Hand in one document with its photos.",
			"稿件包含 %d 个文件，最多 %d 个，请只交一个文档及其图片。", len(files), limits.Files))
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

func checkDocuments(documents, later []File, photos int) error {
	switch {
	case len(later) > 0:
		return press.Fail(press.Unsupported, "parcel.unsupported", press.Say(
			"%q cannot be read. Hand in the article as a .txt, .md or .html file with its photos beside it; text from Word can be pasted into a new article.",
			"暂不支持“%s”。请把稿件存为 .txt、.md 或 .html，与图片一起提交；Word 稿件也可以新建稿件后粘贴进去。", shown(later[0].Name)))
	case len(documents) > 1:
		return press.Fail(press.Invalid, "parcel.documents", press.Say(
			"The parcel holds %[1]d documents (%[2]s); hand in one document with its photos.",
			"稿件包含 %[1]d 个文档（%[2]s），请每次只交一个文档及其图片。", len(documents), nameList(documents)))
	case len(documents) == 0 && photos > 0:
		return press.Fail(press.Invalid, "parcel.no_document", press.Say(
			"The parcel holds %d photos and no document; add the article as a .txt, .md or .html file.",
			"稿件包只有 %d 张图片而没有文档，请附上 .txt、.md 或 .html 格式的稿件。", photos))
	case len(documents) == 0:
		return press.Fail(press.Invalid, "parcel.no_document", press.Say(
			"The parcel holds no document; hand in the article as a .txt, .md or .html file.",
			"稿件包中没有文档，请提交 .txt、.md 或 .html 格式的稿件。"))
	}
	return nil
}

func nameList(files []File) string {
	const most = 5
	var names []string
	for i, f := range files {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, shown(f.Name))
	}
	return strings.Join(names, ", ")
}

func megabytes(n int64) string { return fmt.Sprintf("%.4g MB", float64(n)/(1<<20)) }

// readDocument reads a document whole and makes it text.
func readDocument(f File, limit int64) (string, error) {
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
	return decode(data, shown(f.Name), documentKind(f.Name) == htmlDocument)
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
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}
