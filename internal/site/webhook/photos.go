package webhook

import (
	"context"
	"crypto/hmac"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// PhotoLifetime is how long the address of a photo holds. It is longer than deliveries are tried again by themselves.
const PhotoLifetime = 7 * 24 * time.Hour

// PhotoPath is where Newsdesk serves photos to receivers.
const PhotoPath = "/hooks/photo/"

// photoURL is the address of a rendition for whoever has it.
func (t *Target) photoURL(r press.Rendition) (string, time.Time) {
	until := t.Now().UTC().Add(PhotoLifetime).Truncate(time.Hour)
	name := string(r.Digest) + ".jpg"
	if r.ContentType == "image/png" {
		name = string(r.Digest) + ".png"
	}
	expires := strconv.FormatInt(until.Unix(), 10)
	return strings.TrimSuffix(t.Public, "/") + PhotoPath + t.Config.Name + "/" + name + "?expires=" + expires + "&v1=" + photoSum(t.PhotoKey, t.Config.Name, r.Digest, expires), until
}

// PhotoKey is what signs the addresses of a webhook's photos, made of its secret and of how that lies sealed. The secret alone
// would not do: the receiver has it, and could then ask for every file whose digest it knows, such as the originals of the
// photos with the places where they were taken. Nor does what lies in the database. Another secret makes another key.
func PhotoKey(secret, sealed string) string {
	if secret == "" || sealed == "" {
		return ""
	}
	return mac(secret, "photo key\n"+sealed, nil)
}

// photoSum is what an address is known by.
func photoSum(key, target string, digest press.Digest, expires string) string {
	return mac(key, "photo\n"+target+"\n"+string(digest)+"\n"+expires, nil)
}

// Photos serves the photos of messages, under PhotoPath.
type Photos struct {
	Key  func(ctx context.Context, target string) (string, error) // PhotoKey of a webhook; an error where there is none
	Open func(ctx context.Context, rendition press.Digest) (io.ReadCloser, int64, error)
	Now  func() time.Time // nil: time.Now
}

// ServeHTTP answers 404 to whatever was not signed, whether there is such a photo or not, and 410 when the time is over.
func (p Photos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, PhotoPath), "/")
	name, ending, _ := strings.Cut(file, ".")
	digest, kind := press.Digest(name), map[string]string{"jpg": "image/jpeg", "png": "image/png"}[ending]
	if !digest.Valid() || kind == "" {
		http.NotFound(w, r)
		return
	}
	p.serve(w, r, target, digest, kind, func(key, expires string) string { return photoSum(key, target, digest, expires) }, nil)
}

// serve answers with a file whose address was signed; sum is what it must be known by.
func (p Photos) serve(w http.ResponseWriter, r *http.Request, target string, file press.Digest, kind string, sum func(key, expires string) string, more http.Header) {
	expires := r.URL.Query().Get("expires")
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	key, err := p.Key(r.Context(), target)
	if err != nil || key == "" || !hmac.Equal([]byte(r.URL.Query().Get("v1")), []byte(sum(key, expires))) {
		http.NotFound(w, r)
		return
	}
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	if now().Unix() > until {
		http.Error(w, "this address has expired", http.StatusGone)
		return
	}
	bytes, size, err := p.Open(r.Context(), file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer bytes.Close()
	h := w.Header()
	maps.Copy(h, more)
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, bytes) // the reader may have gone
	}
}
