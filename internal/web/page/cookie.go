package page

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"newsdesk/internal/press"
)

const (
	sessionCookie = "session"
	langCookie    = "lang"
	flashCookie   = "flash"
)

// cookieName is a cookie's whole name. Over https a browser takes a __Host- cookie only from this very host, securely.
func (r *Request) cookieName(name string) string {
	if r.kit.Secure {
		return "__Host-newsdesk-" + name
	}
	return "newsdesk-" + name
}

func (r *Request) setCookie(name, value string, until time.Time) {
	http.SetCookie(r.W, &http.Cookie{ //nolint:gosec // Secure wherever people come by https
		Name: r.cookieName(name), Value: value, Path: "/", Expires: until, HttpOnly: true, Secure: r.kit.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (r *Request) clearCookie(name string) {
	http.SetCookie(r.W, &http.Cookie{ //nolint:gosec // Secure wherever people come by https
		Name: r.cookieName(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: r.kit.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// StartSession gives the browser the secret of a session that has just begun.
func (r *Request) StartSession(secret string, s press.Session) {
	r.setCookie(sessionCookie, secret, s.EndsAt)
}

// EndSession takes it back.
func (r *Request) EndSession() { r.clearCookie(sessionCookie) }

// SetLanguage remembers the language in this browser.
func (r *Request) SetLanguage(lang press.Lang) {
	r.setCookie(langCookie, string(lang), r.kit.Now().AddDate(1, 0, 0))
}

// flash is a message that the next page shows once.
type flash struct {
	Kind string `json:"k"` // done or refused
	Text string `json:"t"`
}

func (r *Request) setFlash(f flash) {
	data, err := json.Marshal(f)
	if err != nil || len(data) > 2500 {
		return
	}
	r.setCookie(flashCookie, base64.RawURLEncoding.EncodeToString(data), r.kit.Now().Add(time.Minute))
}

// takeFlash returns the message that waits for this page, if there is one. It is shown as text, whoever wrote it.
func (r *Request) takeFlash() *flash {
	c, err := r.Cookie(r.cookieName(flashCookie))
	if err != nil {
		return nil
	}
	r.clearCookie(flashCookie)
	var f flash
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(data, &f) != nil || f.Text == "" {
		return nil
	}
	return &f
}
