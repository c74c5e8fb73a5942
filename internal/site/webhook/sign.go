package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The headers of a request.
const (
	HeaderSignature = "Newsdesk-Signature"
	HeaderEvent     = "Newsdesk-Event"
	HeaderKey       = "Idempotency-Key"
)

// Window is how far a request's time may be from the receiver's clock. Outside of it a request is somebody's repetition.
const Window = 5 * time.Minute

// Sign returns the value of the header Newsdesk-Signature for a body at a time.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + mac(secret, t+".", body)
}

// ErrSignature is for a request that is not Newsdesk's, or not of now.
var ErrSignature = errors.New("webhook: the signature does not fit")

// Verify checks the value of the header Newsdesk-Signature, as a receiver does.
func Verify(secret, header string, body []byte, now time.Time) error {
	var at, sum string
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			sum = value
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > Window || !hmac.Equal([]byte(sum), []byte(mac(secret, at+".", body))) {
		return ErrSignature
	}
	return nil
}

func mac(secret, before string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(before))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
