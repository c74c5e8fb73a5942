package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"syscall"
	"unicode"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// Bounds of an upload beside those of its files.
const (
	maxFields     = 10   // parts that are no files
	maxFieldBytes = 1000 // of one of them
	maxNameBytes  = 1000 // of a file's name with its path
)

// spool writes an upload's files to a folder of its own, one after another. What a file is called says nothing about
// where it lies.
type spool struct {
	dir    string
	limits intake.Limits
	files  []intake.File
	fields map[string]string
	others int
}

func (s *spool) read(r *http.Request) error {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // MultipartReader says what is wrong with it
	ending := &ending{ReadCloser: r.Body}
	r.Body = ending
	parts, err := r.MultipartReader()
	if err != nil {
		return press.Fail(press.Unsupported, "parcel.form", press.Say(
			"A parcel is sent as multipart/form-data with a boundary and parts named file.",
			"稿件包应以带 boundary 的 multipart/form-data 提交，文件字段名为 file。")).Because(err)
	}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) && ending.has("--"+params["boundary"]+"--") {
			return nil
		}
		if err != nil {
			return brokenOff(err)
		}
		if err := s.part(part); err != nil {
			return err
		}
	}
}

// ending remembers the last bytes that were read. The library takes a form that stops between two parts for a whole one;
// only the closing boundary tells that nothing is missing.
type ending struct {
	io.ReadCloser
	last []byte
}

const endingBytes = 16 << 10 // more than the library reads ahead

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	e.last = append(e.last, p[:n]...)
	if len(e.last) > 2*endingBytes {
		e.last = append(e.last[:0], e.last[len(e.last)-endingBytes:]...)
	}
	return n, err
}

func (e *ending) has(mark string) bool { return bytes.Contains(e.last, []byte(mark)) }

func (s *spool) part(part *multipart.Part) error {
	name := part.FormName()
	if name == "file" {
		return s.file(part)
	}
	if s.others++; s.others > maxFields || name != "article" && name != "column" {
		return press.Fail(press.Invalid, "parcel.field", press.Say(
			"The upload has a field %.60q; only files, article and column are taken.", "上传包含字段 %.60q，只接受 file、article、column。", name))
	}
	value, err := io.ReadAll(io.LimitReader(part, maxFieldBytes+1))
	switch {
	case err != nil:
		return brokenOff(err)
	case len(value) > maxFieldBytes:
		return press.Fail(press.TooLarge, "parcel.field", press.Say(
			"The field %s is longer than %d bytes.", "字段 %s 超过 %d 字节。", name, maxFieldBytes))
	}
	s.fields[name] = strings.TrimSpace(string(value))
	return nil
}

func (s *spool) file(part *multipart.Part) error {
	if len(s.files) >= s.limits.Files {
		return press.Fail(press.TooLarge, "parcel.files", press.Say(
			"The parcel has more than %d files; hand in fewer.", "稿件包超过 %d 个文件，请减少。", s.limits.Files))
	}
	name := fileName(part)
	if len(name) > maxNameBytes {
		return press.Fail(press.Invalid, "parcel.name", press.Say(
			"The name of file %d is longer than %d bytes; rename it.", "第 %d 个文件的名称超过 %d 字节，请重命名。", len(s.files)+1, maxNameBytes))
	}
	file, err := os.CreateTemp(s.dir, "file-*")
	if err != nil {
		return spoolFailed(err)
	}
	size, err := io.Copy(file, part)
	err = errors.Join(err, file.Close())
	if err != nil {
		var ofDisk *os.PathError
		if errors.As(err, &ofDisk) {
			return spoolFailed(err)
		}
		return brokenOff(err)
	}
	path := file.Name()
	s.files = append(s.files, intake.File{Name: name, Size: size, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	return nil
}

// fileName is the name with its path, which the library's FileName cuts off, as valid text without control characters.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	if _, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition")); err == nil {
		name = params["filename"]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
}

func spoolFailed(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return press.Fail(press.Unavailable, "disk.full", press.Say(
			"The server's disk is full; the parcel was not taken. Make room and hand it in again.", "服务器磁盘已满，稿件包未接收，请清理后重新提交。")).Because(err)
	}
	return press.Fail(press.Unavailable, "parcel.spool", press.Say(
		"The parcel could not be stored on the server; hand it in again.", "稿件包无法保存到服务器，请重新提交。")).Because(err)
}

func brokenOff(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return err
	}
	return press.Fail(press.Invalid, "parcel.broken", press.Say(
		"The upload broke off before its end; hand it in again.", "上传中断，请重新提交。")).Because(err)
}
