package page

import (
	"encoding/json"
	"errors"
	"net/http"

	"newsdesk/internal/press"
)

// Refusal is an error as a page shows it.
type Refusal struct {
	Kind press.Kind `json:"kind"`
	Code string     `json:"code"`
	Text string     `json:"text"`
}

func (r *Request) told(err error) *Refusal {
	return &Refusal{Kind: press.KindOf(err), Code: press.CodeOf(err), Text: r.Say(press.TextOf(err))}
}

func asRefusal(err error, target **press.Error) bool { return errors.As(err, target) }

// refuse answers with what went wrong: a page for people, data for scripts, a message for htmx, which leaves the page as it
// is.
func (r *Request) refuse(err error) {
	err = plainly(err)
	r.kit.logRefusal(r.Context(), r.URL.Path, err)
	if r.answered {
		return
	}
	told, code := r.told(err), status(press.KindOf(err))
	switch {
	case r.WantsJSON():
		data, _ := json.Marshal(told) //nolint:errchkjson // three strings
		r.send(code, "application/problem+json", data)
	case r.htmx():
		event, _ := json.Marshal(map[string]any{"newsdesk:refused": told}) //nolint:errchkjson // the same
		h := r.W.Header()
		h.Set("HX-Reswap", "none")
		h.Set("HX-Trigger", ascii(event))
		r.send(code, "text/plain; charset=utf-8", []byte(told.Text))
	default:
		r.refusal = told
		r.room = r.kit.rooms["page"]
		if err := r.render(code, "error.html", told); err != nil {
			r.kit.Logger.ErrorContext(r.Context(), "the page for errors failed", "error", err)
			http.Error(r.W, told.Text, code)
		}
	}
}

// ascii writes JSON without characters that a header cannot carry.
func ascii(data []byte) string {
	var out []byte
	for _, c := range string(data) {
		switch {
		case c < 0x80:
			out = append(out, byte(c))
		case c < 0x10000:
			out = appendEscape(out, c)
		default: // a pair of surrogates, as JSON wants it
			c -= 0x10000
			out = appendEscape(appendEscape(out, 0xD800+c>>10), 0xDC00+c&0x3FF)
		}
	}
	return string(out)
}

func appendEscape(out []byte, c rune) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[c>>12&15], hex[c>>8&15], hex[c>>4&15], hex[c&15])
}
