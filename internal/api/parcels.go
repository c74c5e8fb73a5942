package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// parcels adds the upload. It is written by hand because a parcel of photos is read as it comes, file by file and within
// limits, and never held in memory.
func (s *server) parcels(mux *http.ServeMux) {
	text := &huma.Schema{Type: huma.TypeString}
	op := &huma.Operation{
		OperationID: "hand-in", Method: http.MethodPost, Path: Prefix + "/parcels", Tags: []string{"articles"},
		Summary:     "Hand in a parcel: a document and its photos",
		Description: "multipart/form-data. Each file is a part named file, with its name (a path is kept as written). A field article makes the parcel the next revision of an article; a field column overrides the document's column (News › Group). " + s.statedLimits(),
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
			answerEarly(w, r, func() { writeProblem(r.Context(), w, err, s.Logger) })
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(handed)
	})
}

// statedLimits says in the document what a parcel may hold.
func (s *server) statedLimits() string {
	l := s.Desk.Limits
	return fmt.Sprintf("Limits: %d MB in all, %d files, a document of %d MB, %d photos of %d MB each.",
		s.MaxParcel/1e6, l.Files, l.DocumentBytes/1e6, l.Photos, l.PhotoBytes/1e6)
}

// answerEarly writes an answer while the upload may still be coming, and takes some more of the upload in: a connection
// that is closed on unread bytes is reset, and the sender never sees why.
func answerEarly(w http.ResponseWriter, r *http.Request, write func()) {
	connection := http.NewResponseController(w)
	if err := connection.EnableFullDuplex(); err != nil {
		write()
		return
	}
	w.Header().Set("Connection", "close")
	write()
	_ = connection.Flush()
	_ = connection.SetReadDeadline(time.Now().Add(3 * time.Second))
	_, _ = io.CopyN(io.Discard, r.Body, 64<<20)
}

func (s *server) handIn(w http.ResponseWriter, r *http.Request) (HandedIn, error) {
	by := actorOf(r.Context())
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return HandedIn{}, err // before the upload is read
	}
	if r.ContentLength > s.MaxParcel {
		return HandedIn{}, tooLarge(s.MaxParcel)
	}
	dir, err := os.MkdirTemp(s.SpoolDir, "parcel-*")
	if err != nil {
		return HandedIn{}, spoolFailed(err)
	}
	defer os.RemoveAll(dir)
	spool := spool{dir: dir, limits: s.Desk.Limits, fields: map[string]string{}}
	if err := s.receive(w, r, &spool); err != nil {
		return HandedIn{}, err
	}
	if by, err = s.authenticate(r); err != nil {
		return HandedIn{}, err // an upload may take hours, and the token may be revoked by now
	}
	handed, err := s.Desk.HandIn(r.Context(), by, desk.HandIn{
		Files: spool.files, Article: press.ArticleID(spool.fields["article"]), Column: press.ParseColumn(spool.fields["column"]),
	})
	return HandedIn{
		Article: handed.Article, Revision: viewRevision(handed.Revision),
		Photos: orEmpty(handed.Photos), Renditions: orEmpty(handed.Renditions),
	}, err
}

// receive reads the upload as it comes.
func (s *server) receive(w http.ResponseWriter, r *http.Request, to *spool) error {
	body := &movingBody{ReadCloser: http.MaxBytesReader(w, r.Body, s.MaxParcel), connection: http.NewResponseController(w)}
	defer body.settle()
	r.Body = body
	err := to.read(r)
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(s.MaxParcel)
	}
	return err
}

// stall is how long an upload may stand still.
const stall = time.Minute

// movingBody lets an upload take as long as it needs while something comes: originals over a slow line take hours.
type movingBody struct {
	io.ReadCloser
	connection *http.ResponseController
	extended   time.Time
}

func (b *movingBody) Read(buf []byte) (int, error) {
	if now := time.Now(); now.Sub(b.extended) > stall/10 {
		b.extended = now
		_ = b.connection.SetReadDeadline(now.Add(stall)) // a connection without deadlines is one that a test made
	}
	return b.ReadCloser.Read(buf)
}

// settle takes the deadline away: it would cut the connection while the photos are worked on.
func (b *movingBody) settle() { _ = b.connection.SetReadDeadline(time.Time{}) }

func tooLarge(limit int64) error {
	return press.Fail(press.TooLarge, "parcel.bytes", press.Say(
		"The parcel is larger than %d MB; hand in fewer or smaller photos.", "稿件包超过 %d MB，请减少或压缩图片。", limit/1e6))
}
