package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake/spool"
	"newsdesk/internal/press"
)

// parcels adds the upload. It is written by hand because a parcel of photos is read as it comes, file by file and within
// limits, and never held in memory.
func (s *server) parcels(mux *http.ServeMux) {
	text := &huma.Schema{Type: huma.TypeString}
	op := &huma.Operation{
		OperationID: "hand-in", Method: http.MethodPost, Path: Prefix + "/parcels", Tags: []string{"articles"},
		Summary:     "Hand in a parcel: a document and its photos",
		Description: "multipart/form-data. Each file is a part named file, with its name (a path is kept as written): a document (.docx, .txt, .md, .html; .doc, .wps, .odt, .rtf where LibreOffice is installed) and its photos, or a .zip of them. A field article makes the parcel the next revision of an article; a field column overrides the document's column (News › Group). " + s.statedLimits(),
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
			spool.AnswerEarly(w, r, func() { writeProblem(r.Context(), w, err, s.Logger) })
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
	return fmt.Sprintf("Limits: %d MB in all, %d files, a text of %d MB or a Word document of %d MB, %d photos of %d MB each.",
		s.MaxParcel/1e6, l.Files, l.DocumentBytes/1e6, l.WordBytes/1e6, l.Photos, l.PhotoBytes/1e6)
}

func (s *server) handIn(w http.ResponseWriter, r *http.Request) (HandedIn, error) {
	by := actorOf(r.Context())
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return HandedIn{}, err // before the upload is read
	}
	parcel, err := spool.Receive(w, r, spool.Config{
		Dir: s.SpoolDir, MaxBytes: s.MaxParcel, Limits: s.Desk.Limits, FileField: "file", Fields: []string{"article", "column"},
	})
	if err != nil {
		return HandedIn{}, err
	}
	defer parcel.Close()
	if by, err = s.authenticate(r); err != nil {
		return HandedIn{}, err // an upload may take hours, and the token may be revoked by now
	}
	handed, err := s.Desk.HandIn(r.Context(), by, desk.HandIn{
		Files: parcel.Files, Scratch: parcel.Scratch(), Article: press.ArticleID(parcel.Fields["article"]), Column: press.ParseColumn(parcel.Fields["column"]),
	})
	return HandedIn{
		Article: handed.Article, Revision: viewRevision(handed.Revision),
		Photos: orEmpty(handed.Photos), Renditions: orEmpty(handed.Renditions),
	}, err
}
