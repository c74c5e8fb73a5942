package wechat

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"newsdesk/internal/press"
)

// Limits of a callback. WeChat cuts the connection after five seconds and comes again, three times in all.
const (
	callbackBody    = 256 << 10
	callbackTime    = 4 * time.Second
	callbackTooOld  = 10 * time.Minute
	callbackTooSoon = 5 * time.Minute
	echoLimit       = 1 << 10
)

// Callback answers WeChat at the address that is set in its console: the check of the address (GET) and events (POST),
// plain, compatible or encrypted. An event that ends a publication or a mass push goes to handle, which must only put it by
// and be quick; if handle fails, WeChat is told to come again. Other events and messages are acknowledged.
//
// A request must be signed with the account's token, at most ten minutes old and not seen before; once an EncodingAESKey
// is set it must be encrypted too, since the plain signature does not cover the body.
func (a *Account) Callback(w http.ResponseWriter, r *http.Request, handle func(context.Context, press.PushEvent) error) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		a.deny(w, r, http.StatusMethodNotAllowed, "method not allowed")
		return
	}
	query := r.URL.Query()
	if err := a.checkSigned(query); err != nil {
		a.deny(w, r, http.StatusForbidden, err.Error())
		return
	}
	if r.Method == http.MethodGet {
		a.echo(w, r, query.Get("echostr"))
		return
	}
	a.receive(w, r, query, handle)
}

func (a *Account) deny(w http.ResponseWriter, r *http.Request, status int, why string) {
	a.log.WarnContext(r.Context(), "wechat callback refused", "status", status, "why", why)
	http.Error(w, why, status)
}

func (a *Account) echo(w http.ResponseWriter, r *http.Request, echo string) {
	if echo == "" || len(echo) > echoLimit {
		a.deny(w, r, http.StatusBadRequest, "echostr is missing or too long")
		return
	}
	_, _ = io.WriteString(w, echo)
}

var (
	errSignature = errors.New("the signature does not match")
	errStale     = errors.New("the timestamp is too old or in the future")
	errReplay    = errors.New("this request was received before")
	errPlain     = errors.New("the message is not encrypted")
	errNoKey     = errors.New("the message is encrypted, but the account has no EncodingAESKey")
	errCipher    = errors.New("the message cannot be decrypted for this account")
)

// checkSigned checks who signed the address and when.
func (a *Account) checkSigned(q url.Values) error {
	stamp, nonce := q.Get("timestamp"), q.Get("nonce")
	if a.cfg.CallbackToken == "" || nonce == "" || !equal(q.Get("signature"), util.Signature(a.cfg.CallbackToken, stamp, nonce)) {
		return errSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errStale
	}
	age := a.now().Sub(time.Unix(seconds, 0))
	if age > callbackTooOld || age < -callbackTooSoon {
		return errStale
	}
	return nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (a *Account) receive(w http.ResponseWriter, r *http.Request, q url.Values, handle func(context.Context, press.PushEvent) error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, callbackBody))
	if err != nil {
		a.deny(w, r, http.StatusRequestEntityTooLarge, "the body is too large or broke off")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), callbackTime)
	defer cancel()
	message, err := a.open(q, body)
	address := q.Get("timestamp") + ":" + q.Get("nonce")
	if err == nil && !a.seen.first(ctx, address) {
		err = errReplay
	}
	if err != nil {
		a.deny(w, r, http.StatusForbidden, err.Error())
		return
	}
	event, ok, err := a.parseEvent(message)
	if err != nil {
		a.deny(w, r, http.StatusBadRequest, "the message is not readable XML")
		return
	}
	if ok {
		if err := handle(ctx, event); err != nil {
			a.log.ErrorContext(ctx, "wechat callback not handled", "id", event.ID, "error", a.scrub(err.Error()))
			a.seen.forget(ctx, address) // WeChat may come again with the very same address
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
	}
	_, _ = io.WriteString(w, "success")
}

// open returns the message of a body, decrypted where it is encrypted.
func (a *Account) open(q url.Values, body []byte) ([]byte, error) {
	if a.cfg.EncodingAESKey == "" {
		if q.Get("encrypt_type") == "aes" {
			return nil, errNoKey
		}
		return body, nil
	}
	var sealed struct {
		Encrypt string `xml:"Encrypt"`
	}
	if err := xml.Unmarshal(body, &sealed); err != nil || sealed.Encrypt == "" {
		return nil, errPlain
	}
	want := util.Signature(a.cfg.CallbackToken, q.Get("timestamp"), q.Get("nonce"), sealed.Encrypt)
	if !equal(q.Get("msg_signature"), want) {
		return nil, errSignature
	}
	for _, key := range []string{a.cfg.EncodingAESKey, a.cfg.OldEncodingAESKey} {
		if key == "" {
			continue
		}
		if _, message, err := util.DecryptMsg(a.cfg.AppID, sealed.Encrypt, key); err == nil {
			return bytes.Clone(message), nil
		}
	}
	return nil, errCipher
}
