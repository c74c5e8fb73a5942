package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// Bounds of a zip beside those of Limits. What honest parcels hold is far below each.
const (
	zipDirectoryBytes = 4 << 20  // of the list of entries, which is held in memory
	zipEntries        = 20_000   // in one zip, and in all the zips of a parcel together
	zipDepth          = 2        // a zip, and the zips in it
	zipRatio          = 200      // of an entry above a megabyte; photos shrink by next to nothing, text by ten
	zipHeld           = 32 << 20 // of the packed zips in a zip that are held in memory, most of it where there is no folder for them
)

// unpacker replaces the zips of a parcel by the files that are in them. Entries stay packed where they are until they are
// opened, and no name in a zip is ever that of a file on a disk.
type unpacker struct {
	Reader
	notes  *notes
	out    []File
	left   int64 // bytes that zips in zips may still unpack to
	held   int64 // bytes of zips in zips that are in memory
	listed int   // entries of all zips
	locked int   // entries with a password
}

// unpack adds the files to u.out, and what is in the zips among them in their place.
func (u *unpacker) unpack(files []File, depth int) error {
	for _, f := range files {
		if isJunk(f.Name) {
			u.notes.passOver(f.Name)
			continue
		}
		list, err := u.zipOf(f)
		switch {
		case err != nil && depth > 0:
			u.notes.add(press.CodeOf(err), 0, f.Name, press.TextOf(err)) // the rest of the parcel goes on
		case err != nil:
			return err
		case list == nil:
			u.out = append(u.out, f)
		case depth == zipDepth:
			u.notes.add("zip.deep", 0, f.Name, press.Say(
				"%q is a zip in a zip in a zip and was not opened; unpack it and hand in what is in it.",
				"“%s”是压缩包中的第三层压缩包，未打开；请解压后提交其中的文件。", shown(f.Name)))
		default:
			if u.listed += len(list); u.listed > zipEntries {
				return tooManyEntries(f)
			}
			inside := u.entries(f, list, folderFor(f, files, depth))
			if !slices.ContainsFunc(list, func(e packedEntry) bool { return !isFolder(e.Name) }) {
				u.notes.add("zip.empty", 0, f.Name, press.Say("The zip %q is empty; pack it again with the files in it.",
					"压缩包“%s”是空的，请重新打包后提交。", shown(f.Name)))
			}
			if err := u.unpack(inside, depth+1); err != nil {
				return err
			}
		}
		if len(u.out) > maxEntries {
			return tooManyFiles(len(u.out), u.Limits)
		}
	}
	return nil
}

// folderFor is the folder that the files of a zip are shown in: none if it is all there is, so that names stay as they
// were packed, otherwise the zip's own name.
func folderFor(f File, files []File, depth int) string {
	if len(files) == 1 && depth == 0 {
		return ""
	}
	name := slashed(f.Name)
	return strings.TrimSuffix(name, path.Ext(name)) + "/"
}

// zipOf returns the entries of a file that is a zip to be opened, and nil for any other file, documents that are zips
// inside among them.
func (u *unpacker) zipOf(f File) ([]packedEntry, error) {
	if isPhoto(f.Name) || f.Size < 22 && ending(f.Name) != ".zip" {
		return nil, nil
	}
	if !isZip(beginning(f)) {
		if ending(f.Name) != ".zip" || packing(beginning(f)) != "" {
			return nil, nil
		}
		return nil, brokenZip(f, errors.New("it does not begin as a zip does"))
	}
	list, err := listZip(f)
	if err != nil {
		if ending(f.Name) != ".zip" {
			return nil, nil // whoever reads the document says what is wrong with it
		}
		return nil, err
	}
	if zipKind(f, list) != noDocument || officeData(list) {
		return nil, nil
	}
	return list, nil
}

func brokenZip(f File, err error) error {
	return press.Fail(press.Invalid, "zip.broken", press.Say(
		"The zip %q is damaged or not complete; pack it again and hand it in again.",
		"压缩包“%s”已损坏或不完整，请重新打包后再提交。", shown(f.Name))).Because(err)
}

func tooManyEntries(f File) error {
	return press.Fail(press.TooLarge, "zip.entries", press.Say(
		"The zip %q holds too many files for a parcel; pack only the document and its photos.",
		"压缩包“%s”中的文件过多，请只打包文档及其图片。", shown(f.Name)))
}

// listZip reads a zip's list of entries, and only that.
func listZip(f File) ([]packedEntry, error) {
	at, closer, err := openAt(f)
	if err != nil {
		return nil, brokenZip(f, err)
	}
	defer closer.Close()
	r, err := zip.NewReader(&boundedAt{at: at, left: zipDirectoryBytes}, f.Size)
	if errors.Is(err, errDirectory) || err == nil && len(r.File) > zipEntries {
		return nil, tooManyEntries(f)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, brokenZip(f, err)
	}
	var packed uint64
	list := make([]packedEntry, 0, len(r.File))
	for _, e := range r.File {
		packed += e.CompressedSize64
		if e.CompressedSize64 > uint64(f.Size) || packed > uint64(f.Size) {
			return nil, brokenZip(f, errors.New("its entries lie over one another"))
		}
		offset, err := e.DataOffset()
		if err != nil {
			offset = -1 // the others may be whole
		}
		list = append(list, packedEntry{e, offset})
	}
	return list, nil
}

var errDirectory = errors.New("the list of entries is too long")

// boundedAt bounds how much is read, and so how many entries a list can have.
type boundedAt struct {
	at   io.ReaderAt
	left int64
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errDirectory
	}
	return b.at.ReadAt(p, off)
}

// zipKind tells the documents that are zips inside from zips, whatever they are called.
func zipKind(f File, list []packedEntry) docKind {
	for i, e := range list {
		switch {
		case isWordMain(e.Name):
			return wordDocument
		case i == 0 && e.Name == "mimetype" && e.UncompressedSize64 < 100:
			if strings.HasPrefix(firstBytes(f, e), "application/vnd.oasis.opendocument.text") {
				return officeDocument
			}
		}
	}
	return noDocument
}

// firstBytes returns the bytes of a small entry.
func firstBytes(f File, e packedEntry) string {
	entry, err := entryFile(f, e, e.Name)
	if err != nil {
		return ""
	}
	data, _ := readFile(entry, 100) // what cannot be read is no document
	return string(data)
}

// officeData reports whether a zip is really a table, slides, a drawing or a program, none of which holds a parcel.
func officeData(list []packedEntry) bool {
	for i, e := range list {
		switch {
		case e.Name == "xl/workbook.xml", e.Name == "ppt/presentation.xml", e.Name == "visio/document.xml", e.Name == "META-INF/MANIFEST.MF",
			e.Name == "AndroidManifest.xml", e.Name == "Index/Document.iwa", i == 0 && e.Name == "mimetype":
			return true
		}
	}
	return false
}

// entries makes files of a zip's entries, and notes those that cannot be opened.
func (u *unpacker) entries(f File, list []packedEntry, folder string) []File {
	names := entryNames(list)
	var out []File
	for i, e := range list {
		name := cleanPath(names[i])
		switch {
		case isJunk(name):
			u.notes.passOver(name)
		case name == "" || isFolder(e.Name) || e.Mode().Type()&fs.ModeSymlink != 0:
		case !u.opens(e, name):
		default:
			file, err := entryFile(f, e, folder+name)
			if err != nil {
				u.noteEntry("zip.entry", name, press.Say("damaged", "已损坏"))
				continue
			}
			if file, err = u.random(file, e); err != nil {
				u.noteEntry("zip.nested", name, press.Say("a zip in a zip that is too large", "压缩包中的压缩包过大"))
				continue
			}
			out = append(out, file)
		}
	}
	return out
}

func isFolder(name string) bool { return strings.HasSuffix(name, "/") || strings.HasSuffix(name, `\`) }

// opens reports whether an entry can be opened, and notes why not.
func (u *unpacker) opens(e packedEntry, name string) bool {
	switch {
	case e.Flags&1 != 0:
		u.locked++
		u.noteEntry("zip.locked", name, press.Say("protected by a password", "有密码保护"))
	case e.Method != zip.Store && e.Method != zip.Deflate:
		u.noteEntry("zip.method", name, press.Say("packed in a way that cannot be read (method %d)", "采用了无法读取的压缩方式（%d）", e.Method))
	case e.UncompressedSize64 > 1<<40:
		u.noteEntry("zip.entry", name, press.Say("damaged", "已损坏"))
	case e.UncompressedSize64 > 1<<20 && e.UncompressedSize64/zipRatio > e.CompressedSize64:
		u.noteEntry("zip.ratio", name, press.Say("packed %d times smaller than it says it is", "声称的大小是压缩后的 %d 倍", e.UncompressedSize64/max(e.CompressedSize64, 1)))
	default:
		return true
	}
	return false
}

func (u *unpacker) noteEntry(code, name string, why press.Text) {
	u.notes.add(code, 0, name, press.Text{
		EN: fmt.Sprintf("%q in the zip is %s and was not taken; hand it in by itself if the article needs it.", shown(name), why.EN),
		ZH: fmt.Sprintf("压缩包中的“%s”%s，未收入；如稿件需要，请单独提交。", shown(name), why.ZH),
	})
}

// random makes an entry that is a packed zip one that can be read anywhere, in memory or, if it is large, in the reader's
// folder. A zip that is only stored is read where it lies.
func (u *unpacker) random(f File, e packedEntry) (File, error) {
	if ending(f.Name) != ".zip" || e.Method == zip.Store {
		return f, nil
	}
	if u.left -= f.Size; u.left < 0 {
		return f, errors.New("intake: the zips are too large")
	}
	if room := zipHeld - u.held; f.Size <= min(room, zipHeld/4) || u.Scratch == "" && f.Size <= room {
		u.held += f.Size
		data, err := readFile(f, f.Size)
		return embedded(f.Name, data), err
	}
	if u.Scratch == "" {
		return f, errors.New("intake: no folder for a zip in a zip")
	}
	return laid(f, u.Scratch)
}

// laid copies a file into a folder, under a name of the system's.
func laid(f File, folder string) (File, error) {
	r, err := f.Open()
	if err != nil {
		return f, err
	}
	defer r.Close()
	out, err := os.CreateTemp(folder, "zip-*")
	if err != nil {
		return f, fmt.Errorf("intake: lay a zip: %w", err)
	}
	_, err = io.Copy(out, r) // no more than the entry says it has
	at := out.Name()
	f.Open = func() (io.ReadCloser, error) { return os.Open(at) }
	return f, errors.Join(err, out.Close())
}

// openAt opens a file for reading anywhere.
func openAt(f File) (io.ReaderAt, io.Closer, error) {
	if f.Open == nil {
		return nil, nil, fmt.Errorf("intake: %q has no content", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("intake: open: %w", err)
	}
	if at, ok := r.(io.ReaderAt); ok {
		return at, r, nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, min(f.Size, zipHeld)+1))
	if err != nil {
		return nil, nil, fmt.Errorf("intake: read: %w", err)
	}
	return bytes.NewReader(data), io.NopCloser(nil), nil
}

// beginning returns the first bytes of a file: enough to tell what it is, whatever it is called.
func beginning(f File) []byte {
	if f.Open == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	data, _ := io.ReadAll(io.LimitReader(r, 512)) // what cannot be read is nothing that is known
	return data
}

func isZip(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06"))
}

// packing names the packing of a file that cannot be opened.
func packing(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("Rar!\x1a\x07")):
		return "RAR"
	case bytes.HasPrefix(data, []byte("7z\xbc\xaf\x27\x1c")):
		return "7z"
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(data, []byte("BZh")), bytes.HasPrefix(data, []byte("\xfd7zXZ\x00")), bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")):
		return "tar"
	case len(data) > 262 && string(data[257:262]) == "ustar":
		return "tar"
	}
	return ""
}
