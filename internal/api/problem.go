package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/press"
)

// Problem is an error as RFC 9457 has it, with a stable kind and code and the sentence in both languages.
type Problem struct {
	Type   string     `json:"type" doc:"urn:newsdesk:problem: and the code"`
	Title  string     `json:"title" doc:"the kind in words"`
	Status int        `json:"status"`
	Detail string     `json:"detail" doc:"what is wrong, where, and what to do, in the language of the request"`
	Kind   press.Kind `json:"kind" enum:"invalid,too_large,unsupported,not_found,conflict,unauthenticated,forbidden,quota,unavailable,internal"`
	Code   string     `json:"code" doc:"stable, e.g. photo.truncated"`
	Text   press.Text `json:"text"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem details.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses maps every kind to its HTTP status, here and nowhere else.
var statuses = map[press.Kind]int{
	press.Invalid: http.StatusUnprocessableEntity, press.TooLarge: http.StatusRequestEntityTooLarge,
	press.Unsupported: http.StatusUnsupportedMediaType, press.NotFound: http.StatusNotFound, press.Conflict: http.StatusConflict,
	press.Unauthenticated: http.StatusUnauthorized, press.Forbidden: http.StatusForbidden, press.Quota: http.StatusTooManyRequests,
	press.Unavailable: http.StatusServiceUnavailable, press.Internal: http.StatusInternalServerError,
}

// newProblem shows what may be shown of an error, and logs the rest of those that somebody must act on.
func newProblem(ctx context.Context, err error, logger *slog.Logger) *Problem {
	kind := press.KindOf(err)
	if kind == press.Internal || kind == press.Unavailable {
		logger.Error("request failed", "kind", kind, "error", err)
	}
	return problemOf(ctx, kind, press.CodeOf(err), press.TextOf(err))
}

func problemOf(ctx context.Context, kind press.Kind, code string, text press.Text) *Problem {
	lang, ok := ctx.Value(langKey).(press.Lang)
	if !ok {
		lang = press.English
	}
	status := statuses[kind]
	return &Problem{
		Type: "urn:newsdesk:problem:" + code, Title: strings.ReplaceAll(string(kind), "_", " "), Status: status,
		Detail: text.In(lang), Kind: kind, Code: code, Text: text,
	}
}

// Bounds of what a refusal repeats of a request: whoever sends a megabyte of nonsense does not get it back.
const (
	maxProblemParts = 10
	maxProblemPart  = 200 // characters
)

// briefly is an error of the library as it is shown. A body as a whole is not repeated, and a long value is cut.
func briefly(err error) string {
	var detail *huma.ErrorDetail
	text := err.Error()
	if errors.As(err, &detail) && detail.Location == "body" {
		text = detail.Message
	}
	if runes := []rune(text); len(runes) > maxProblemPart {
		return string(runes[:maxProblemPart]) + "…"
	}
	return text
}

// libraryProblem puts the HTTP library's own refusals (a field missing, a number out of range) into our form.
func libraryProblem(ctx context.Context, status int, msg string, errs []error) *Problem {
	var parts []string
	for _, err := range errs {
		if err != nil && len(parts) < maxProblemParts {
			parts = append(parts, briefly(err))
		}
	}
	if len(parts) > 0 {
		msg += ": " + strings.Join(parts, "; ")
	}
	kind := press.Invalid
	switch {
	case status == http.StatusRequestEntityTooLarge:
		kind = press.TooLarge
	case status == http.StatusUnsupportedMediaType || status == http.StatusNotAcceptable:
		kind = press.Unsupported
	case status >= 500:
		kind, msg = press.Internal, "Something went wrong inside Newsdesk; it has been logged."
	}
	p := problemOf(ctx, kind, "request", press.Say("The request is not valid: %[1]s", "请求无效：%[1]s", msg))
	p.Status = status
	return p
}

func writeProblem(ctx context.Context, w http.ResponseWriter, err error, logger *slog.Logger) {
	newProblem(ctx, err, logger).write(w)
}

func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader is gone if this fails
}
