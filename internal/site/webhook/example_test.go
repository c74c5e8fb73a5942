package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/site/webhook"
)

// A receiver needs nothing of Newsdesk: it checks the signature over the raw body, and the time, before it reads the JSON.
func Example_receiver() {
	const key = "the key that Newsdesk showed once"
	genuine := func(header string, body []byte) bool {
		t, sum, _ := strings.Cut(strings.TrimPrefix(header, "t="), ",v1=")
		seconds, err := strconv.ParseInt(t, 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
			return false
		}
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(t + "."))
		h.Write(body)
		return hmac.Equal([]byte(sum), []byte(hex.EncodeToString(h.Sum(nil))))
	}
	receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
		if err != nil || !genuine(r.Header.Get("Newsdesk-Signature"), body) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Println(r.Header.Get("Newsdesk-Event"), string(body)) // parse, and put the article in its place
	})

	body := []byte(`{"version":1,"event":"test"}`)
	for _, secret := range []string{key, "another key"} {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
		req.Header.Set("Newsdesk-Event", "test")
		req.Header.Set("Newsdesk-Signature", webhook.Sign(secret, time.Now(), body))
		answer := httptest.NewRecorder()
		receiver.ServeHTTP(answer, req)
		fmt.Println(answer.Code)
	}
	// Output:
	// test {"version":1,"event":"test"}
	// 200
	// 401
}
