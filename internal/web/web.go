// Package web is what people open in a browser. For now that is the door: where the website, the sandbox and the API are.
package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"newsdesk/internal/press"
)

// Config says what the pages name.
type Config struct {
	Version   string
	SiteTitle press.Text
	Site      string // address of the website; empty: there is none
	Sandbox   string // address of the sandbox; empty: real accounts
}

//go:embed door.html
var doorHTML string

var door = template.Must(template.New("door").Parse(doorHTML))

// Handler returns the pages.
func Handler(cfg Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { showDoor(w, r, cfg) })
	return mux
}

type doorPage struct {
	Config
	Lang press.Lang
}

// T picks the reader's language.
func (p doorPage) T(en, zh string) string { return press.Text{EN: en, ZH: zh}.In(p.Lang) }

func showDoor(w http.ResponseWriter, r *http.Request, cfg Config) {
	lang := press.Chinese
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en") {
		lang = press.English
	}
	var page bytes.Buffer
	if err := door.Execute(&page, doorPage{cfg, lang}); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
	h.Set("Vary", "Accept-Language")
	_, _ = w.Write(page.Bytes())
}
