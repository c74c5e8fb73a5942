package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// refusal is an error as the platform words it: a number that means something and English text that may change.
type refusal struct {
	code  int
	text  string
	extra map[string]any
}

func (e *refusal) Error() string { return strconv.Itoa(e.code) + " " + e.text }

func refuse(code int, text string) *refusal { return &refusal{code: code, text: text} }

// with adds a field to the reply, such as the msg_id that comes with 45065.
func (e *refusal) with(key string, value any) *refusal {
	extra := map[string]any{key: value}
	maps.Copy(extra, e.extra)
	return &refusal{e.code, e.text, extra}
}

func (e *refusal) reply(rid string) reply {
	fields := map[string]any{"errcode": e.code, "errmsg": e.text + " rid: " + rid}
	maps.Copy(fields, e.extra)
	return jsonReply(fields)
}

// newRID makes a request id: seconds in hexadecimal, then two random words.
func newRID(at time.Time) string {
	return fmt.Sprintf("%08x-%08x-%08x", at.Unix(), rand.Uint32(), rand.Uint32())
}

// reply is what goes back over the wire.
type reply struct {
	status      int
	contentType string
	filename    string // non-empty: sent as an attachment
	body        []byte
}

const (
	typeJSON = "application/json; encoding=utf-8"
	typeText = "text/plain" // draft and material reads say so, without a charset, though JSON follows
)

func jsonReply(v any) reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		b.Reset()
		b.WriteString(`{"errcode":-1,"errmsg":"system error"}`)
	}
	return reply{status: http.StatusOK, contentType: typeJSON, body: bytes.TrimRight(b.Bytes(), "\n")}
}

func (p reply) asText() reply {
	p.contentType = typeText
	return p
}

func (p reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.contentType)
	if p.filename != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", p.filename))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body)
}

// verdict is the reply of calls that only succeed.
type verdict struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

func ok() reply { return jsonReply(verdict{0, "ok"}) }
