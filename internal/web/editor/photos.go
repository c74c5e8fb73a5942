package editor

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/gallery"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// uploadTime is how long a photo may take to arrive, over a phone's connection.
const uploadTime = 10 * time.Minute

// upload takes one photo. It arrives in a file first; only then does it take memory, of which all uploads share a bound.
func (h handlers) upload(r *page.Request) error {
	leave, err := h.Gallery.Uploads.Enter(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	defer leave()
	r.Patience(uploadTime)
	r.Body = http.MaxBytesReader(r.W, r.Body, h.MaxPhoto+64<<10)
	file, name, size, err := h.receive(r)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close(); _ = os.Remove(file.Name()) }()
	if err := r.Again(writers...); err != nil {
		return err
	}
	room, err := h.Gallery.Uploads.Room(r.Context(), size)
	if err != nil {
		return err
	}
	defer room()
	open := func() (io.ReadCloser, error) { return io.NopCloser(file), nil }
	p, _, err := h.Gallery.Take(r.Context(), name, open, gallery.BodyRecipes())
	if err != nil {
		return err
	}
	return r.JSON(described(p))
}

// receive writes the field “photo” to a file, read from its beginning.
func (h handlers) receive(r *page.Request) (file *os.File, name string, size int64, err error) {
	part, err := photoPart(r)
	if err != nil {
		return nil, "", 0, err
	}
	if file, err = os.CreateTemp(h.SpoolDir, "photo-*"); err != nil {
		return nil, "", 0, err
	}
	if size, err = io.Copy(file, io.LimitReader(part, h.MaxPhoto+1)); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, "", 0, brokenOff(err)
	}
	return file, photoName(part.FileName()), size, nil
}

func photoPart(r *page.Request) (*multipart.Part, error) {
	noPhoto := press.Fail(press.Invalid, "photo.form", press.Say(
		"No photo was sent; choose one and try again.", "没有收到图片，请重新选择。"))
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, noPhoto.Because(err)
	}
	for range 10 {
		part, err := parts.NextPart()
		if err != nil {
			return nil, noPhoto.Because(err)
		}
		if part.FormName() == "photo" && part.FileName() != "" {
			return part, nil
		}
	}
	return nil, noPhoto
}

// brokenOff is the sender's connection, unless it is our bound.
func brokenOff(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return press.Fail(press.Invalid, "photo.read", press.Say(
		"The photo broke off on its way; send it again.", "图片上传中断，请重试。")).Because(err)
}

// photoName is a file's own name, of a length for a sentence.
func photoName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, lastPart(strings.ToValidUTF8(name, "")))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:60]) + "…" + string(runes[len(runes)-59:])
	}
	return name
}

type describedPhoto struct {
	Digest press.Digest `json:"digest"`
	photoInfo
	Notes []string `json:"notes"`
}

func described(p press.Photo) describedPhoto {
	return describedPhoto{p.Digest, infoOf(p), []string{}}
}

// rotate makes a turned photo of one that is there.
func (h handlers) rotate(r *page.Request) error {
	var in struct {
		Turns int `json:"turns"`
	}
	if err := r.DecodeJSON(&in, 1<<10); err != nil {
		return err
	}
	digest, err := press.ParseDigest(r.PathValue("digest"))
	if err != nil {
		return err
	}
	leave, err := h.Gallery.Uploads.Enter(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	defer leave()
	original, err := h.Store.Photo(r.Context(), digest)
	if err != nil {
		return err
	}
	room, err := h.Gallery.Uploads.Room(r.Context(), 3*original.Bytes) // read, turned, taken
	if err != nil {
		return err
	}
	defer room()
	p, err := h.Gallery.Rotate(r.Context(), digest, in.Turns)
	if err != nil {
		return err
	}
	return r.JSON(described(p))
}

// year is how long a browser keeps what never changes.
const year = 365 * 24 * time.Hour

// photo sends a rendition, made now if need be, to people who are signed in; to others there is none. frame, as press.Frame.String() writes it, chooses the part of a cover;
// mark, the key of a watermark that a column has, lays it over.
func (h handlers) photo(r *page.Request) error {
	missing := press.Fail(press.NotFound, "photo.missing", press.Say("There is no such photo.", "没有这张图片。"))
	digest, recipe := press.Digest(r.PathValue("digest")), press.Recipe(r.PathValue("recipe"))
	if _, known := photo.Lookup(recipe); !known || !digest.Valid() || !r.SignedIn() || r.Actor.MustChange {
		return missing
	}
	frame, ok := press.ParseFrame(r.URL.Query().Get("frame"))
	if !ok {
		return missing
	}
	if _, err := h.Store.Photo(r.Context(), digest); err != nil {
		return err
	}
	job := photo.Job{Recipe: recipe, Frame: frame}
	if key := r.URL.Query().Get("mark"); key != "" {
		mark, err := h.Gallery.Mark(r.Context(), key)
		if err != nil {
			return err
		}
		job.Mark = mark
	}
	list, err := h.Gallery.Renditions(r.Context(), digest, []photo.Job{job})
	if err != nil {
		return err
	}
	made := list[0]
	tag := `"` + string(made.Digest) + `"`
	h.private(r, year)
	r.W.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		r.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	data, err := h.Gallery.Read(r.Context(), made)
	if err != nil {
		r.W.Header().Del("ETag")
		r.W.Header().Set("Cache-Control", "no-store")
		return err
	}
	header := r.W.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Type", made.ContentType)
	header.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = r.W.Write(data) // the reader may have gone
	return nil
}
