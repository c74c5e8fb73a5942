package site

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A page is compressed each time it is read, which takes a fifth of a millisecond or so: a second file beside each would double
// the files of an archive and the writes of a correction.
const (
	squeezeLevel = 5
	squeezeFrom  = 600 // bytes; less fits a packet either way
)

var squeezers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, squeezeLevel) // the level is one that there is
	return z
}}

// squeezed returns a writer whose body goes out with gzip, where that saves something and the reader takes it, and what is to
// be called when the body is complete. The answer's Content-Type must be set; an ETag gets a name of its own, because other
// bytes are sent under it. A part of a file is a part of what is on disk and sent as it is.
func squeezed(w http.ResponseWriter, r *http.Request, size int64) (http.ResponseWriter, func()) {
	h := w.Header()
	if !isText(h.Get("Content-Type")) {
		return w, func() {}
	}
	h.Add("Vary", "Accept-Encoding")
	if size < squeezeFrom || r.Header.Get("Range") != "" || !takesGzip(r.Header) {
		return w, func() {}
	}
	h.Set("Content-Encoding", "gzip")
	if tag := h.Get("ETag"); tag != "" {
		h.Set("ETag", strings.TrimSuffix(tag, `"`)+`-gz"`)
	}
	z := &squeezer{ResponseWriter: w}
	return z, z.done
}

func isText(contentType string) bool {
	return strings.Contains(contentType, "charset=") || contentType == "image/svg+xml"
}

// takesGzip reads Accept-Encoding as far as browsers use it: names with a weight, of which 0 means no.
func takesGzip(h http.Header) bool {
	for _, line := range h.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			weight, given := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			q, err := strconv.ParseFloat(weight, 64)
			return !given || err == nil && q > 0
		}
	}
	return false
}

// squeezer begins to compress with the first byte, so that an answer without a body has none.
type squeezer struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (s *squeezer) Write(p []byte) (int, error) {
	if s.z == nil {
		s.z = squeezers.Get().(*gzip.Writer)
		s.z.Reset(s.ResponseWriter)
	}
	return s.z.Write(p)
}

func (s *squeezer) done() {
	if s.z == nil {
		return
	}
	_ = s.z.Close() // a reader who left is no error of ours
	squeezers.Put(s.z)
	s.z = nil
}
