package spool

import (
	"io"
	"net/http"
	"time"
)

// stall is how long an upload may stand still.
const stall = time.Minute

// movingBody lets an upload take as long as it needs while something comes: originals over a slow line take hours.
type movingBody struct {
	io.ReadCloser
	connection *http.ResponseController
	extended   time.Time
}

func (b *movingBody) Read(buf []byte) (int, error) {
	if now := time.Now(); now.Sub(b.extended) > stall/10 {
		b.extended = now
		_ = b.connection.SetReadDeadline(now.Add(stall)) // a connection without deadlines is one that a test made
	}
	return b.ReadCloser.Read(buf)
}

// settle takes the deadline away: it would cut the connection while the photos are worked on.
func (b *movingBody) settle() { _ = b.connection.SetReadDeadline(time.Time{}) }

// AnswerEarly writes an answer while the upload may still be coming, and takes some more of the upload in: a connection
// that is closed on unread bytes is reset, and the sender never sees why.
func AnswerEarly(w http.ResponseWriter, r *http.Request, write func()) {
	connection := http.NewResponseController(w)
	if err := connection.EnableFullDuplex(); err != nil {
		write()
		return
	}
	w.Header().Set("Connection", "close")
	write()
	_ = connection.Flush()
	_ = connection.SetReadDeadline(time.Now().Add(3 * time.Second))
	_, _ = io.CopyN(io.Discard, r.Body, 64<<20)
}
