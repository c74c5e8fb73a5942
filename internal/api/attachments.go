package api

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/export"
	"newsdesk/internal/intake/spool"
	"newsdesk/internal/press"
)

// attachmentTime is how long an attachment may take to arrive.
const attachmentTime = 10 * time.Minute

// Attached names a file that was uploaded, in its place among an article's attachments.
type Attached struct {
	File string `json:"file" minLength:"64" maxLength:"64" doc:"as the upload answered"`
	Name string `json:"name,omitempty" maxLength:"400" doc:"what readers see, with the ending that the file came with; default: the name that it came with"`
}

// NewAttachments are all attachments that an article is to have.
type NewAttachments struct {
	Revision    int        `json:"revision" minimum:"1" doc:"the revision that was read; another one now is a conflict, article.stale"`
	Attachments []Attached `json:"attachments" maxItems:"10"`
}

func (s *server) attachments(mux *http.ServeMux) {
	tag := []string{"articles"}
	register(s, huma.Operation{
		OperationID: "set-attachments", Method: http.MethodPut, Path: "/articles/{id}/attachments", Tags: tag,
		Summary:     "Save the next revision with these attachments, in this order",
		Description: "Files are uploaded first, see attach-file. Everything else stays as it is in the revision that is named. The new revision has nobody's signature.",
		Errors:      []int{http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType},
	}, s.setAttachments)
	register(s, huma.Operation{
		OperationID: "read-attachment", Method: http.MethodGet, Path: "/articles/{id}/attachments/{file}", Tags: tag,
		Summary: "Fetch an attachment",
		Responses: map[string]*huma.Response{"200": {
			Description: "The file, named by Content-Disposition",
			Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, s.readAttachment)
	s.attachFile(mux)
}

// attachFile adds the upload. It is written by hand because a file is kept as it comes and never held in memory.
func (s *server) attachFile(mux *http.ServeMux) {
	text := func(most int) *huma.Schema { return &huma.Schema{Type: huma.TypeString, MaxLength: &most} }
	content := func(schema *huma.Schema, kind string) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{kind: {Schema: schema}}
	}
	schemas := s.api.OpenAPI().Components.Schemas
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "attach-file", Method: http.MethodPost, Path: Prefix + "/articles/{id}/attachments", Tags: []string{"articles"},
		Summary: "Upload a file to be attached to an article",
		Description: "The body is the file, at most " + strconv.Itoa(press.MaxAttachmentBytes>>20) + " MB: PDF, Word, Excel, PowerPoint, WPS, OpenDocument, text or CSV, without macros. " +
			"It is kept and not yet placed: name it in set-attachments.",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: text(26), Description: "the article's identifier"},
			{Name: "name", In: "query", Required: true, Schema: text(400), Description: "the file's name with its ending"},
		},
		RequestBody: &huma.RequestBody{Required: true, Content: content(&huma.Schema{Type: huma.TypeString, Format: "binary"}, "application/octet-stream")},
		Responses: map[string]*huma.Response{
			"201":     {Description: "Created", Content: content(huma.SchemaFromType(schemas, typeOf[press.Attachment]()), "application/json")},
			"default": {Description: "Problem", Content: content(huma.SchemaFromType(schemas, typeOf[Problem]()), "application/problem+json")},
		},
	})
	mux.HandleFunc("POST "+Prefix+"/articles/{id}/attachments", func(w http.ResponseWriter, r *http.Request) {
		kept, err := s.keepAttachment(w, r)
		if err != nil {
			spool.AnswerEarly(w, r, func() { writeProblem(r.Context(), w, err, s.Logger) })
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(kept)
	})
}

func (s *server) keepAttachment(w http.ResponseWriter, r *http.Request) (press.Attachment, error) {
	by := actorOf(r.Context())
	leave, err := s.Uploads.Enter(r.Context(), by.ID)
	if err != nil {
		return press.Attachment{}, err
	}
	defer leave()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(attachmentTime)) // a connection without deadlines is one that a test made
	body := http.MaxBytesReader(w, r.Body, press.MaxAttachmentBytes+1)                // one more, so that the desk says which file is too large
	return s.Desk.KeepAttachment(r.Context(), by, press.ArticleID(r.PathValue("id")), r.URL.Query().Get("name"), body)
}

func (s *server) setAttachments(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body NewAttachments
},
) (*answer[ArticleReading], error) {
	list := make([]press.Attachment, len(in.Body.Attachments))
	for i, a := range in.Body.Attachments {
		list[i] = press.Attachment{File: press.Digest(a.File), Name: a.Name}
	}
	id := press.ArticleID(in.ID)
	if _, err := s.Desk.SetAttachments(ctx, by, id, in.Body.Revision, list); err != nil {
		return nil, err
	}
	r, err := s.Desk.Read(ctx, id, 0)
	return &answer[ArticleReading]{readingOf(r)}, err
}

func (s *server) readAttachment(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	File string `path:"file" maxLength:"64" doc:"as the article's content names it"`
},
) (*huma.StreamResponse, error) {
	a, file, err := s.Desk.OpenAttachment(ctx, by, press.ArticleID(in.ID), press.Digest(in.File))
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer file.Close()
		out.SetHeader("Content-Type", "application/octet-stream")
		out.SetHeader("Content-Length", strconv.FormatInt(a.Size, 10))
		out.SetHeader("Content-Disposition", export.Disposition(a.Name))
		out.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
		if _, err := io.Copy(out.BodyWriter(), file); err != nil {
			s.Logger.Warn("an attachment broke off", "article", in.ID, "error", err)
			panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
		}
	}}, nil
}

// Attach uploads a file to be attached to an article. It is read as it is sent. The revision that has it is made by
// SetAttachments. ctx alone bounds how long it may take.
func (c *Client) Attach(ctx context.Context, id press.ArticleID, name string, size int64, file io.Reader) (press.Attachment, error) {
	var out press.Attachment
	req, err := c.request(ctx, http.MethodPost, Prefix+pathOf("articles", id)+"/attachments", url.Values{"name": {name}}, io.NopCloser(file))
	if err != nil {
		return out, err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Expect", "100-continue") // a refusal comes before the file is sent
	err = c.send(req, &out)
	return out, err
}

// SetAttachments saves an article's next revision with these attachments, in this order. A Conflict, "article.stale", says that
// revision is not the current one.
func (c *Client) SetAttachments(ctx context.Context, id press.ArticleID, revision int, list []press.Attachment) (ArticleReading, error) {
	body := NewAttachments{Revision: revision, Attachments: []Attached{}}
	for _, a := range list {
		body.Attachments = append(body.Attachments, Attached{File: string(a.File), Name: a.Name})
	}
	return ask[ArticleReading](ctx, c, call{method: http.MethodPut, path: pathOf("articles", id) + "/attachments", body: body})
}

// ReadAttachment writes an attachment to w as it comes, and returns what it is called.
func (c *Client) ReadAttachment(ctx context.Context, id press.ArticleID, file press.Digest, w io.Writer) (name string, err error) {
	header, err := c.fetch(ctx, Prefix+pathOf("articles", id)+"/attachments/"+url.PathEscape(string(file)), nil, w)
	if err != nil {
		return "", err
	}
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil {
		return press.AttachmentName(""), nil //nolint:nilerr // the file is there, only its name is not
	}
	return press.AttachmentName(parameters["filename"]), nil
}
