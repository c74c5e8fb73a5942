// Package spool takes a parcel in as it is uploaded: file by file onto the disk, within limits, and never held in memory.
package spool

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// Config says what an upload may hold, and where it lies until it is read.
type Config struct {
	Dir       string        // of the folder made for one upload; empty: the system's own for such things
	MaxBytes  int64         // of the whole upload
	Limits    intake.Limits // of its files
	FileField string        // the name of parts that are files
	PathField string        // the name of parts that say, one for each file in their order, which folder it lay in; empty: none do
	Fields    []string      // the names of the other parts that are taken
}

// Bounds of an upload beside those of its files.
const (
	maxFields     = 10   // parts that are no files
	maxFieldBytes = 1000 // of one of them
	maxNameBytes  = 1000 // of a file's name with its path
)

// Parcel is an upload that has come in whole. Close it when it has been read.
type Parcel struct {
	Files  []intake.File
	Fields map[string]string
	dir    string
}

// Close takes the files off the disk.
func (p *Parcel) Close() error { return os.RemoveAll(p.dir) }

// Scratch is a folder for what is laid down while the parcel is read. Close takes it away.
func (p *Parcel) Scratch() string { return p.dir }

// Receive reads an upload in multipart/form-data. What is refused, or breaks off, leaves nothing on the disk.
func Receive(w http.ResponseWriter, r *http.Request, cfg Config) (*Parcel, error) {
	if r.ContentLength > cfg.MaxBytes {
		return nil, tooLarge(cfg.MaxBytes)
	}
	dir, err := os.MkdirTemp(cfg.Dir, "parcel-*")
	if err != nil {
		return nil, failed(err)
	}
	in := incoming{Config: cfg, parcel: &Parcel{Fields: map[string]string{}, dir: dir}}
	body := &movingBody{ReadCloser: http.MaxBytesReader(w, r.Body, cfg.MaxBytes), connection: http.NewResponseController(w)}
	defer body.settle()
	r.Body = body
	if err := in.read(r); err != nil {
		_ = in.parcel.Close() // why it was refused matters
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return nil, tooLarge(cfg.MaxBytes)
		}
		return nil, err
	}
	in.restorePaths()
	return in.parcel, nil
}

func tooLarge(limit int64) error {
	return press.Fail(press.TooLarge, "parcel.bytes", press.Say(
		"The parcel is larger than %d MB; hand in fewer or smaller photos.", "稿件包超过 %d MB，请减少或压缩图片。", limit/1e6))
}

// incoming is an upload on its way. What a file is called says nothing about where it lies.
type incoming struct {
	Config
	parcel *Parcel
	paths  []string
	others int
}

func (s *incoming) read(r *http.Request) error {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // MultipartReader says what is wrong with it
	ending := &ending{ReadCloser: r.Body}
	r.Body = ending
	parts, err := r.MultipartReader()
	if err != nil {
		return press.Fail(press.Unsupported, "parcel.form", press.Say(
			"A parcel is sent as multipart/form-data with a boundary and parts named %[1]s.",
			"稿件包应以带 boundary 的 multipart/form-data 提交，文件字段名为 %[1]s。", s.FileField)).Because(err)
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

func (s *incoming) part(part *multipart.Part) error {
	switch name := part.FormName(); {
	case name == s.FileField:
		return s.file(part)
	case name == s.PathField && name != "":
		return s.path(part)
	default:
		return s.field(part, name)
	}
}

func (s *incoming) field(part *multipart.Part, name string) error {
	if s.others++; s.others > maxFields || !slices.Contains(s.Fields, name) {
		return press.Fail(press.Invalid, "parcel.field", press.Say(
			"The upload has a field %.60[1]q; only %[2]s are taken.", "上传包含字段 %.60[1]q，只接受 %[2]s。",
			name, strings.Join(append([]string{s.FileField}, s.Fields...), ", ")))
	}
	value, err := io.ReadAll(io.LimitReader(part, maxFieldBytes+1))
	switch {
	case err != nil:
		return brokenOff(err)
	case len(value) > maxFieldBytes:
		return press.Fail(press.TooLarge, "parcel.field", press.Say(
			"The field %s is longer than %d bytes.", "字段 %s 超过 %d 字节。", name, maxFieldBytes))
	}
	s.parcel.Fields[name] = strings.TrimSpace(string(value))
	return nil
}

func (s *incoming) path(part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, maxNameBytes+1))
	switch {
	case err != nil:
		return brokenOff(err)
	case len(s.paths) >= s.Limits.Files:
		return s.tooMany()
	case len(value) > maxNameBytes:
		return longName(len(s.paths) + 1)
	}
	s.paths = append(s.paths, legible(string(value)))
	return nil
}

// restorePaths gives files the folders they lay in. A browser sends the names alone, and the folders beside them; if the
// two do not belong together the names are left as they are.
func (s *incoming) restorePaths() {
	if len(s.paths) != len(s.parcel.Files) {
		return
	}
	for i, p := range s.paths {
		if f := &s.parcel.Files[i]; path.Base(p) == path.Base(f.Name) {
			f.Name = p
		}
	}
}

func (s *incoming) tooMany() error {
	return press.Fail(press.TooLarge, "parcel.files", press.Say(
		"The parcel has more than %d files; hand in fewer.", "稿件包超过 %d 个文件，请减少。", s.Limits.Files))
}

func longName(number int) error {
	return press.Fail(press.Invalid, "parcel.name", press.Say(
		"The name of file %d is longer than %d bytes; rename it.", "第 %d 个文件的名称超过 %d 字节，请重命名。", number, maxNameBytes))
}

func (s *incoming) file(part *multipart.Part) error {
	number := len(s.parcel.Files) + 1
	name := fileName(part)
	switch {
	case number > s.Limits.Files:
		return s.tooMany()
	case len(name) > maxNameBytes:
		return longName(number)
	}
	file, err := os.CreateTemp(s.parcel.dir, "file-*")
	if err != nil {
		return failed(err)
	}
	size, err := io.Copy(file, part)
	if err = errors.Join(err, file.Close()); err != nil {
		var ofDisk *os.PathError
		if errors.As(err, &ofDisk) {
			return failed(err)
		}
		return brokenOff(err)
	}
	if name == "" && size == 0 {
		return nil // what a browser sends for a field in which nothing was chosen
	}
	at := file.Name()
	s.parcel.Files = append(s.parcel.Files, intake.File{Name: name, Size: size, Open: func() (io.ReadCloser, error) { return os.Open(at) }})
	return nil
}

// fileName is the name with its path, which the library's FileName cuts off.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	if _, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition")); err == nil {
		name = params["filename"]
	}
	return legible(name)
}

// legible is a name as valid text without control characters.
func legible(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
}

func failed(err error) error {
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
