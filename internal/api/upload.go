package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// Parcel is an upload.
type Parcel struct {
	Files    []intake.File         // their sizes must be right
	Article  press.ArticleID       // of an article that exists: the parcel becomes its next revision
	Column   press.Column          // overrides what the document says
	Progress func(sent, all int64) // bytes, called from one goroutine at a time as they leave; may be nil
}

// HandIn uploads a parcel. Its files are read as they are sent and never held; nothing is sent before the server has
// agreed to take it. ctx alone bounds how long it may take.
func (c *Client) HandIn(ctx context.Context, p Parcel) (HandedIn, error) {
	var out HandedIn
	form, err := newForm(p)
	if err != nil {
		return out, err
	}
	req, err := c.request(ctx, http.MethodPost, Prefix+"/parcels", nil, form.open())
	if err != nil {
		return out, err
	}
	req.ContentLength = form.size
	req.GetBody = func() (io.ReadCloser, error) { return form.open(), nil }
	req.Header.Set("Content-Type", form.contentType)
	req.Header.Set("Expect", "100-continue") // a refusal by size or token comes before gigabytes are sent
	err = c.send(req, &out)
	return out, err
}

// form is a multipart body as a list of pieces, so that its length is known and it can be read again from its start.
type form struct {
	pieces      []piece
	size        int64
	contentType string
	progress    func(sent, all int64)
}

type piece struct {
	name string
	size int64
	open func() (io.ReadCloser, error)
}

func newForm(p Parcel) (*form, error) {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	f := &form{contentType: w.FormDataContentType(), progress: p.Progress}
	for _, field := range []struct{ name, value string }{{"article", string(p.Article)}, {"column", p.Column.String()}} {
		if field.value == "" {
			continue
		}
		if err := w.WriteField(field.name, field.value); err != nil {
			return nil, err
		}
	}
	for _, file := range p.Files {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition("file", file.Name))
		header.Set("Content-Type", "application/octet-stream")
		if _, err := w.CreatePart(header); err != nil {
			return nil, err
		}
		f.text(&head)
		f.add(piece{name: file.Name, size: file.Size, open: file.Open})
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	f.text(&head)
	return f, nil
}

// text takes what the multipart writer has written since the last piece.
func (f *form) text(head *bytes.Buffer) {
	data := bytes.Clone(head.Bytes())
	head.Reset()
	f.add(piece{size: int64(len(data)), open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
}

func (f *form) add(p piece) {
	f.pieces = append(f.pieces, p)
	f.size += p.size
}

func (f *form) open() io.ReadCloser { return &formReader{form: f} }

// formReader reads a form's pieces one after another, each opened when its turn comes.
type formReader struct {
	form *form
	next int
	now  io.ReadCloser
	left int64
	sent int64
}

func (r *formReader) Read(buf []byte) (int, error) {
	for r.now == nil {
		if r.next == len(r.form.pieces) {
			return 0, io.EOF
		}
		file, err := r.form.pieces[r.next].open()
		if err != nil {
			return 0, r.failed(err)
		}
		r.now, r.left = file, r.form.pieces[r.next].size
		r.next++
	}
	n, err := r.now.Read(buf)
	r.left -= int64(n)
	switch {
	case r.left < 0 || errors.Is(err, io.EOF) && r.left > 0:
		r.next-- // the piece that is to be named
		return 0, r.failed(errors.New("its size has changed"))
	case errors.Is(err, io.EOF):
		err = r.Close()
	case err != nil:
		r.next--
		return 0, r.failed(err)
	}
	r.sent += int64(n)
	if r.form.progress != nil && n > 0 {
		r.form.progress(r.sent, r.form.size)
	}
	return n, err
}

func (r *formReader) failed(err error) error {
	name := r.form.pieces[min(r.next, len(r.form.pieces)-1)].name
	return press.Fail(press.Invalid, "parcel.file", press.Say(
		"The file %.200q cannot be read to its end; check it and hand in again.", "文件 %.200q 无法完整读取，请检查后重新提交。", name)).Because(err)
}

// Close ends the piece that is open.
func (r *formReader) Close() error {
	if r.now == nil {
		return nil
	}
	err := r.now.Close()
	r.now = nil
	return err
}
