package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"newsdesk/internal/press"
)

// Handler serves the folder at the path of BaseURL, as any web server would: index.html for a folder, 404.html for what
// is not there, 410.html for an article that was taken down, never a listing and never a file whose name begins with a dot.
// Pages are asked about again each time and answered with 304 if they are the same; photos and assets are named by their
// content and kept for good. Text goes out compressed to those who take it.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		root, err := os.OpenRoot(s.cfg.Dir)
		if err != nil {
			s.unavailable(w, r, err)
			return
		}
		defer root.Close()
		s.serve(w, r, root)
	})
}

func header(h http.Header) {
	// Scripts are files of the site, the search reads the site's own index, and its box is a form that leads to the site.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "+
		"base-uri 'none'; form-action 'self'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request, root *os.Root) {
	name, ok := s.requested(r.URL.Path)
	if !ok {
		s.missing(w, r, root)
		return
	}
	info, err := root.Stat(name)
	switch {
	case err == nil && info.IsDir() && !strings.HasSuffix(r.URL.Path, "/"):
		s.toFolder(w, r, root, name)
	case err == nil && info.IsDir():
		s.file(w, r, root, path.Join(name, "index.html"))
	case strings.HasSuffix(r.URL.Path, "/"):
		s.missing(w, r, root)
	default:
		s.file(w, r, root, name)
	}
}

// requested returns the file or folder that a path asks for; false if it is none that a reader may have.
func (s *Site) requested(p string) (string, bool) {
	p = "/" + strings.TrimPrefix(p, "/")
	if rest, ok := strings.CutPrefix(p, s.base.Path); ok {
		p = "/" + rest
	}
	name := strings.TrimSuffix(strings.TrimPrefix(p, "/"), "/")
	if strings.HasSuffix(name, goneMark) {
		return "", false
	}
	if name == "" {
		return ".", p == "/"
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || len(name) > 2000 {
		return "", false
	}
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") || len(part) > 255 {
			return "", false
		}
	}
	return name, true
}

// toFolder sends a reader who left out the last slash to the folder, if there is something to see.
func (s *Site) toFolder(w http.ResponseWriter, r *http.Request, root *os.Root, name string) {
	if _, err := root.Stat(path.Join(name, "index.html")); err != nil {
		s.missing(w, r, root)
		return
	}
	http.Redirect(w, r, s.link(name+"/"), http.StatusMovedPermanently)
}

func (s *Site) file(w http.ResponseWriter, r *http.Request, root *os.Root, name string) {
	f, err := root.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			s.unavailable(w, r, err)
			return
		}
		if wasTakenDown(root, name) {
			s.instead(w, r, root, http.StatusGone, "410.html")
			return
		}
		if s.toNearest(w, r, root, name) {
			return
		}
		s.missing(w, r, root)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		s.missing(w, r, root)
		return
	}
	h := w.Header()
	h.Set("Content-Type", typeOf(name))
	h.Set("Cache-Control", caching(name))
	if d := disposition(name); d != "" {
		h.Set("Content-Disposition", d)
	}
	// A file is never changed in place and one with the same bytes is never replaced, so time and size say which it is.
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	w, done := squeezed(w, r, info.Size())
	http.ServeContent(w, r, "", info.ModTime(), f)
	done()
}

func caching(name string) string {
	if isContent(name) || strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

func typeOf(name string) string {
	if attachmentName.MatchString(name) {
		mime, _ := press.AttachmentType(name)
		return cmp.Or(mime, "application/octet-stream")
	}
	switch path.Base(name) {
	case "feed.xml":
		return contentTypeAtom + "; charset=utf-8"
	case jsonFeedName:
		return "application/feed+json; charset=utf-8"
	case openSearchFile:
		return "application/opensearchdescription+xml; charset=utf-8"
	}
	return contentType(path.Ext(name))
}

// contentType does not ask the system, whose tables differ from machine to machine.
func contentType(ext string) string {
	switch strings.ToLower(ext) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".xml":
		return "application/xml; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".ico":
		return "image/x-icon"
	}
	return "application/octet-stream"
}

func (s *Site) missing(w http.ResponseWriter, r *http.Request, root *os.Root) {
	s.instead(w, r, root, http.StatusNotFound, "404.html")
}

// instead answers with the site's own page for a status.
func (s *Site) instead(w http.ResponseWriter, r *http.Request, root *os.Root, status int, name string) {
	page, err := root.ReadFile(name)
	if err != nil {
		page = fmt.Appendf(nil, "<!doctype html><title>%[1]d</title><p>%[1]d\n", status)
	}
	s.refuse(w, r, status, page)
}

func (s *Site) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	s.cfg.Logger.WarnContext(r.Context(), "website cannot be read", "err", err)
	s.refuse(w, r, http.StatusServiceUnavailable, []byte("<!doctype html><title>503</title><p>503\n"))
}

func (s *Site) refuse(w http.ResponseWriter, r *http.Request, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w, done := squeezed(w, r, int64(len(page)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page)
	}
	done()
}
