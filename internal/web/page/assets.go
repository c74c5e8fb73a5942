package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/web/script"
	"newsdesk/internal/web/style"
)

// assets are the style sheet, the icons and the scripts, under addresses that hold a part of their hash and are therefore
// good for ever.
type assets struct {
	files     map[string]file   // by address
	addresses map[string]string // by name
	icons     map[string]bool
}

type file struct {
	contentType string
	data        []byte
	gzip        []byte
	brotli      []byte
}

const assetPath = "/assets/"

func (a *assets) load() error {
	a.files, a.addresses, a.icons = map[string]file{}, map[string]string{}, map[string]bool{}
	sheet, err := joined(style.Files)
	if err != nil {
		return err
	}
	icons, err := fs.ReadFile(style.Files, "icons.svg")
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	for _, m := range regexp.MustCompile(`<symbol id="([a-z-]+)"`).FindAllSubmatch(icons, -1) {
		a.icons[string(m[1])] = true
	}
	a.add("app.css", sheet, nil)
	a.add("icons.svg", icons, nil)
	for _, name := range []string{"app.js", "editor.js"} {
		data, err := fs.ReadFile(script.Built, "dist/"+name)
		if err != nil {
			continue // built without npm: the pages do without
		}
		brotli, _ := fs.ReadFile(script.Built, "dist/"+name+".br") // absent: gzip serves
		a.add(name, data, brotli)
	}
	return nil
}

// joined is the style sheet: tokens first, print last, the others between in the order of their names.
func joined(files fs.FS) ([]byte, error) {
	names, err := fs.Glob(files, "*.css")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	rank := map[string]int{"tokens.css": -3, "base.css": -2, "components.css": -1, "print.css": 1}
	slices.SortStableFunc(names, func(a, b string) int { return rank[a] - rank[b] })
	var out bytes.Buffer
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		out.Write(data)
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

func (a *assets) add(name string, data, brotli []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	address := assetPath + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	a.addresses[name] = address
	a.files[address] = file{contentType: types[ext], data: data, gzip: squeezed(data), brotli: brotli}
}

func squeezed(data []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(data); err != nil || w.Close() != nil {
		return nil
	}
	return out.Bytes()
}

func (a *assets) address(name string) string { return a.addresses[name] }

// script is a script's address; empty where it was not built.
func (a *assets) script(name string) string { return a.addresses[name] }

func (a *assets) built() bool { return a.addresses["app.js"] != "" }

func (a *assets) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := a.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.contentType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		data := f.data
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case f.brotli != nil && strings.Contains(accepted, "br"):
			h.Set("Content-Encoding", "br")
			data = f.brotli
		case f.gzip != nil && strings.Contains(accepted, "gzip"):
			h.Set("Content-Encoding", "gzip")
			data = f.gzip
		}
		h.Set("Content-Length", strconv.Itoa(len(data)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(data) // the reader may have gone
		}
	})
}
