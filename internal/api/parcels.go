package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// parcels adds the upload. It is written by hand because a parcel of photos is read as it comes, file by file and within
// limits, and never held in memory.
func (s *server) parcels(mux *http.ServeMux) {
	text := &huma.Schema{Type: huma.TypeString}
	op := &huma.Operation{
		OperationID: "hand-in", Method: http.MethodPost, Path: Prefix + "/parcels", Tags: []string{"articles"},
		Summary:     "Hand in a parcel: a document and its photos",
		Description: "multipart/form-data. Each file is a part named file, with its name (a path is kept as written). A field article makes the parcel the next revision of an article; a field column overrides the document's column (News › Group).",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"},
			Properties: map[string]*huma.Schema{
				"file":    {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
				"article": text, "column": text,
			},
		}}}},
		Responses: map[string]*huma.Response{"201": {Description: "Created", Content: map[string]*huma.MediaType{
			"application/json": {Schema: huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, typeOf[HandedIn]())},
		}}, "default": {Description: "Problem", Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, typeOf[Problem]())},
		}}},
	}
	s.api.OpenAPI().AddOperation(op)
	mux.HandleFunc("POST "+Prefix+"/parcels", func(w http.ResponseWriter, r *http.Request) {
		handed, err := s.handIn(w, r)
		if err != nil {
			writeProblem(w, r.Context(), err, s.Logger)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(handed)
	})
}

func (s *server) handIn(w http.ResponseWriter, r *http.Request) (HandedIn, error) {
	by := actorOf(r.Context())
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return HandedIn{}, err // before the upload is read
	}
	if r.ContentLength > s.MaxParcel {
		return HandedIn{}, tooLarge(s.MaxParcel)
	}
	// A parcel of originals over a slow line takes its time; the connection is cut when nothing comes, not when it is long.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(30 * time.Minute))
	dir, err := os.MkdirTemp(s.SpoolDir, "parcel-*")
	if err != nil {
		return HandedIn{}, spoolFailed(err)
	}
	defer os.RemoveAll(dir)
	r.Body = http.MaxBytesReader(w, r.Body, s.MaxParcel)
	spool := spool{dir: dir, limits: s.Desk.Limits}
	if err := spool.read(r); err != nil {
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return HandedIn{}, tooLarge(s.MaxParcel)
		}
		return HandedIn{}, err
	}
	handed, err := s.Desk.HandIn(r.Context(), by, desk.HandIn{
		Files: spool.files, Article: press.ArticleID(spool.fields["article"]), Column: press.ParseColumn(spool.fields["column"]),
	})
	return HandedIn{
		Article: handed.Article, Revision: viewRevision(handed.Revision),
		Photos: orEmpty(handed.Photos), Renditions: orEmpty(handed.Renditions),
	}, err
}

func tooLarge(limit int64) error {
	return press.Fail(press.TooLarge, "parcel.bytes", press.Say(
		"The parcel is larger than %d MB; hand in fewer or smaller photos.", "稿件包超过 %d MB，请减少或压缩图片。", limit/1e6))
}

func spoolFailed(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return press.Fail(press.Unavailable, "disk.full", press.Say(
			"The server's disk is full; the parcel was not taken. Make room and hand it in again.", "服务器磁盘已满，稿件包未接收，请清理后重新提交。")).Because(err)
	}
	return press.Fail(press.Unavailable, "parcel.spool", press.Say(
		"The parcel could not be stored on the server; hand it in again.", "稿件包无法保存到服务器，请重新提交。")).Because(err)
}

// spool writes an upload's files to a folder of its own, one after another.
type spool struct {
	dir    string
	limits intake.Limits
	files  []intake.File
	fields map[string]string
}

func (s *spool) read(r *http.Request) error {
	s.fields = map[string]string{}
	parts, err := r.MultipartReader()
	if err != nil {
		return press.Fail(press.Unsupported, "parcel.form", press.Say(
			"A parcel is sent as multipart/form-data with parts named file.", "稿件包应以 multipart/form-data 提交，文件字段名为 file。")).Because(err)
	}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
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

func (s *spool) part(part *multipart.Part) error {
	switch name := part.FormName(); name {
	case "article", "column":
		value, err := io.ReadAll(io.LimitReader(part, 1000))
		if err != nil {
			return brokenOff(err)
		}
		s.fields[name] = string(value)
		return nil
	case "file":
		return s.file(part)
	default:
		return press.Fail(press.Invalid, "parcel.field", press.Say(
			"The upload has a field %.60q; only file, article and column are taken.", "上传包含未知字段 %.60q，只接受 file、article、column。", name))
	}
}

func (s *spool) file(part *multipart.Part) error {
	if len(s.files) >= s.limits.Files {
		return press.Fail(press.TooLarge, "parcel.files", press.Say(
			"The parcel has more than %d files; hand in fewer.", "稿件包超过 %d 个文件，请减少。", s.limits.Files))
	}
	file, err := os.CreateTemp(s.dir, "file-*")
	if err != nil {
		return spoolFailed(err)
	}
	defer file.Close()
	size, err := io.Copy(file, part)
	if err != nil {
		var pathError *os.PathError
		if errors.As(err, &pathError) {
			return spoolFailed(err)
		}
		return brokenOff(err)
	}
	path := file.Name()
	s.files = append(s.files, intake.File{Name: rawFileName(part), Size: size, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	return nil
}

// rawFileName is the name with its path, which the library's FileName cuts off.
func rawFileName(part *multipart.Part) string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return part.FileName()
	}
	return params["filename"]
}

func brokenOff(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return err
	}
	return press.Fail(press.Invalid, "parcel.broken", press.Say(
		"The upload broke off before its end; hand it in again.", "上传中断，请重新提交。")).Because(err)
}
