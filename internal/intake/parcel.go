package intake

import (
	stdcontext "context"
	"io"
	"path"
	"strings"

	"newsdesk/internal/press"
)

// Office makes a .docx of documents that are not read here: .doc, .wps, .odt, .rtf.
type Office interface {
	// Convert returns the document as .docx. What it refuses it says by a *press.Error.
	Convert(ctx stdcontext.Context, name string, document io.Reader) ([]byte, error)
}

// Reader reads parcels.
type Reader struct {
	Limits  Limits
	Office  Office // nil: such documents are refused with a sentence that says what to do
	Scratch string // folder for what must be laid down while a parcel is read; the caller takes it away when the photos are read, too. Empty: none
}

// Read understands a parcel. It refuses, with one *press.Error, only what cannot become an article at all: no document
// or several, a document that is too large or unreadable, an empty title or body, a bound of press passed.
func (r Reader) Read(ctx stdcontext.Context, files []File) (Parcel, error) {
	notes := &notes{}
	u := unpacker{Reader: r, notes: notes, left: r.Limits.TotalBytes}
	if err := u.unpack(files, 0); err != nil {
		return Parcel{}, err
	}
	found, err := sortFiles(u.out, r.Limits, u.locked, notes)
	if err != nil {
		return Parcel{}, err
	}
	name := found.document.Name
	if err := checkDocument(found.document); err != nil {
		return Parcel{}, err
	}
	if found.document, err = r.convert(ctx, found.document, notes); err != nil {
		return Parcel{}, err
	}
	d := &draft{name: name, kind: found.document.kind, shelf: r.shelf(found.photos, notes), notes: notes}
	d.readCaptionFiles(found.captions, r.Limits)
	content, err := d.understand(found.document.File, r.Limits)
	if err != nil {
		return Parcel{}, err
	}
	return Parcel{Content: content, Photos: d.photos(), Attachments: found.attached, Notes: notes.list, Document: d.name}, nil
}

// Read understands a parcel as a Reader without LibreOffice does.
func Read(files []File, limits Limits) (Parcel, error) {
	return Reader{Limits: limits}.Read(stdcontext.Background(), files)
}

// convert makes a .docx of a document that only LibreOffice reads.
func (r Reader) convert(ctx stdcontext.Context, d document, notes *notes) (document, error) {
	if d.kind != officeDocument {
		return d, nil
	}
	if r.Office == nil {
		return d, press.Fail(press.Unsupported, "document.office", press.Say(
			"%q can be read only where LibreOffice is installed. Open it in Word or WPS, save it as .docx and hand that in.",
			"本服务器未安装 LibreOffice，无法读取“%s”。请用 Word 或 WPS 打开，另存为 .docx 后再提交。", shown(d.Name)))
	}
	if d.Size > r.Limits.WordBytes {
		return d, press.Fail(press.TooLarge, "document.too_large", press.Say(
			"The document %q is larger than %s. Hand in its photos as files beside it.",
			"文档“%s”超过 %s，请将图片作为单独的文件提交。", shown(d.Name), megabytes(r.Limits.WordBytes)))
	}
	in, err := d.Open()
	if err != nil {
		return d, press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The document %q cannot be read; hand it in again.", "文档“%s”无法读取，请重新提交。", shown(d.Name))).Because(err)
	}
	defer in.Close()
	data, err := r.Office.Convert(ctx, d.Name, io.LimitReader(in, r.Limits.WordBytes))
	if err != nil {
		return d, err
	}
	notes.add("document.converted", 0, d.Name, press.Say(
		"LibreOffice converted %q to .docx before it was read; look over its layout.",
		"“%s”由 LibreOffice 转换为 .docx 后读取，请核对版式。", shown(d.Name)))
	base := baseName(slashed(d.Name))
	return document{embedded(strings.TrimSuffix(base, path.Ext(base))+".docx", data), wordDocument}, nil
}

// shelf holds each photo once, under every name that it came with.
func (r Reader) shelf(photos []File, notes *notes) *shelf {
	s := newShelf(nil, r.Limits.Photos)
	var came []int // by the photo on the shelf, its place among those that came
	sums := sums{most: r.Limits.PhotoBytes}
	bySize := map[int64][]int{}
	for n, f := range photos {
		twin := -1
		for _, i := range bySize[f.Size] {
			if sums.same(came[i], n, photos) {
				twin = i
				break
			}
		}
		if twin >= 0 {
			s.alias(twin, f.Name)
			notes.add("photo.twice", 0, f.Name, press.Say("%q and %q are the same photo, which is kept once.",
				"“%s”与“%s”是同一张图片，只保留一份。", shown(s.files[twin].Name), shown(f.Name)))
			continue
		}
		bySize[f.Size] = append(bySize[f.Size], s.put(f))
		came = append(came, n)
	}
	s.handed = len(s.files)
	return s
}
