package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// maxEntries bounds how many entries of a folder are looked at, and maxFolders how deep.
const (
	maxEntries = 20_000
	maxFolders = 8
)

// FromPaths returns the files that paths on this machine mean: a folder with all that is in it, a document with its
// photos, or one document, which brings along those image files of its own folder that it names.
// Hidden files, symbolic links inside folders and what systems leave behind are passed over.
func FromPaths(paths []string) ([]File, error) {
	var files []File
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		if !info.IsDir() {
			files = append(files, diskFile(path, filepath.Base(path), info))
			continue
		}
		inside, err := walkFolder(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		files = append(files, inside...)
	}
	if len(paths) == 1 && len(files) == 1 && documentKind(files[0].Name) != noDocument {
		return withNamed(files[0], paths[0])
	}
	return files, nil
}

func unreadable(path string, err error) error {
	name := shown(filepath.Base(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return press.Fail(press.NotFound, "path.missing", press.Say("There is no file or folder %q.", "文件或文件夹“%s”不存在。", name)).Because(err)
	case errors.Is(err, errTooMany):
		return press.Fail(press.TooLarge, "path.too_many", press.Say(
			"The folder %q holds too many files for a parcel; hand in one that holds a document and its photos.",
			"文件夹“%s”中的文件过多，请提交只含一个文档及其图片的文件夹。", name)).Because(err)
	}
	return press.Fail(press.Invalid, "path.unreadable", press.Say("%q cannot be read.", "无法读取“%s”。", name)).Because(err)
}

var errTooMany = errors.New("too many entries")

func diskFile(path, name string, info fs.FileInfo) File {
	return File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// walkFolder returns the regular files in a folder; their names are paths relative to it.
func walkFolder(folder string) ([]File, error) {
	var files []File
	entries := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("intake: walk: %w", err)
		}
		if entries++; entries > maxEntries {
			return errTooMany
		}
		rel, err := filepath.Rel(folder, path)
		if err != nil || rel == "." {
			return err
		}
		name := filepath.ToSlash(rel)
		switch {
		case entry.IsDir() && (isJunk(name) || strings.Count(name, "/") >= maxFolders):
			return fs.SkipDir
		case isJunk(name) || !entry.Type().IsRegular():
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return fmt.Errorf("intake: walk: %w", err)
		}
		files = append(files, diskFile(path, name, info))
		return nil
	})
	return files, err
}

// withNamed adds the image files that a document names, found by the same rules as a parcel's photos. They lie in the
// document's folder or below it; nothing outside is looked at, whatever the document says.
func withNamed(document File, path string) ([]File, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return []File{document}, nil
	}
	beside, err := walkFolder(filepath.Dir(path))
	if err != nil {
		return []File{document}, nil // the document alone is still a parcel; what it lacks will be noted
	}
	beside = slices.DeleteFunc(beside, func(f File) bool { return !isPhoto(f.Name) })
	d := &draft{name: document.Name, kind: documentKind(document.Name), shelf: newShelf(beside, maxEntries), notes: &notes{}}
	d.shelf.loose = true
	_, _ = d.understand(document, DefaultLimits()) // what is wrong with the document the caller's Read will say
	files := []File{document}
	for _, i := range d.shelf.order {
		if i < len(beside) { // the others the document carries inside
			files = append(files, beside[i])
		}
	}
	return files, nil
}
