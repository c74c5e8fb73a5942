package webhook

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// FilePath is where Newsdesk serves attachments to receivers.
const FilePath = "/hooks/file/"

// Attachment is a file that readers can fetch under an article.
type Attachment struct {
	Name        string       `json:"name"`   // as readers see it, with its ending
	Digest      press.Digest `json:"digest"` // SHA-256 of its bytes
	ContentType string       `json:"content_type"`
	Bytes       int64        `json:"bytes"`
	URL         string       `json:"url,omitempty"`
	Expires     time.Time    `json:"expires_at,omitzero"` // of the url
	Data        string       `json:"data,omitempty"`      // base64, instead of the url
}

// attachments lists those of an article in order. Inside a request they share the room with the photos, of which so much is taken.
func (t *Target) attachments(ctx context.Context, c press.Content, inline int64) ([]Attachment, error) {
	var out []Attachment
	for _, a := range c.Attachments {
		kind, _ := press.AttachmentType(a.Name)
		file := Attachment{Name: a.Name, Digest: a.File, ContentType: kind, Bytes: a.Size}
		if !t.Inline {
			file.URL, file.Expires = t.fileURL(a)
			out = append(out, file)
			continue
		}
		if inline += a.Size; inline > maxInline {
			return nil, tooLarge()
		}
		data, err := t.readFile(ctx, a)
		if err != nil {
			return nil, err
		}
		file.Data = base64.StdEncoding.EncodeToString(data)
		out = append(out, file)
	}
	return out, nil
}

func (t *Target) readFile(ctx context.Context, a press.Attachment) ([]byte, error) {
	r, _, err := t.File(ctx, a.File)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, a.Size+1))
	if err == nil && press.DigestOf(data) != a.File {
		err = fmt.Errorf("webhook: the attachment %s is not what was kept", a.File.Short())
	}
	return data, err
}

// fileURL is the address of an attachment for whoever has it.
func (t *Target) fileURL(a press.Attachment) (string, time.Time) {
	until := t.Now().UTC().Add(PhotoLifetime).Truncate(time.Hour)
	expires := strconv.FormatInt(until.Unix(), 10)
	return strings.TrimSuffix(t.Public, "/") + FilePath + t.Config.Name + "/" + string(a.File) + "/" + url.PathEscape(a.Name) +
		"?expires=" + expires + "&v1=" + fileSum(t.PhotoKey, t.Config.Name, a.File, a.Name, expires), until
}

// fileSum is what an address is known by. The name is part of it: it says as what the file is served.
func fileSum(key, target string, file press.Digest, name, expires string) string {
	return mac(key, "file\n"+target+"\n"+string(file)+"\n"+name+"\n"+expires, nil)
}

// Attachments serves the attachments of messages, under FilePath, as Photos serves photos.
type Attachments Photos

// ServeHTTP answers as that of Photos does.
func (f Attachments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, FilePath), "/", 3)
	if len(parts) != 3 {
		http.NotFound(w, r)
		return
	}
	target, file, name := parts[0], press.Digest(parts[1]), parts[2]
	kind, ok := press.AttachmentType(name)
	if !ok || !file.Valid() {
		http.NotFound(w, r)
		return
	}
	Photos(f).serve(w, r, target, file, kind, func(key, expires string) string { return fileSum(key, target, file, name, expires) },
		http.Header{"Content-Disposition": {"attachment; filename*=UTF-8''" + url.PathEscape(name)}})
}
