package press

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Kind is what a program can do about an error. The list is closed; API clients branch on it.
type Kind string

// The kinds of error.
const (
	Invalid         Kind = "invalid"         // the input is wrong: change it and try again
	TooLarge        Kind = "too_large"       // the input is over a stated limit
	Unsupported     Kind = "unsupported"     // a kind of input that Newsdesk does not take
	NotFound        Kind = "not_found"       // no such thing, or not for this person
	Conflict        Kind = "conflict"        // somebody or something was faster, or the state does not allow it
	Unauthenticated Kind = "unauthenticated" // who is it? no token, or one that is not valid
	Forbidden       Kind = "forbidden"       // known, but not allowed
	Quota           Kind = "quota"           // an allowance is used up: wait
	Unavailable     Kind = "unavailable"     // a service or the disk does not answer: the same may work later
	Internal        Kind = "internal"        // a fault of Newsdesk
)

// Error is a refusal: a kind for programs, a stable code for messages and documentation, one sentence that a person
// may read, and the cause, which is logged and never shown.
type Error struct {
	Kind Kind
	Code string // e.g. "photo.truncated"; stable
	Text Text
	Err  error // cause; may be nil
}

// Fail makes a refusal without a cause.
func Fail(kind Kind, code string, text Text) *Error {
	return &Error{Kind: kind, Code: code, Text: text}
}

// Because returns a copy of the refusal that carries its cause.
func (e *Error) Because(err error) *Error {
	out := *e
	out.Err = err
	return &out
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text.EN + ": " + e.Err.Error()
	}
	return e.Text.EN
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first refusal in err's chain; Unavailable for a cut-off context, Internal otherwise.
func KindOf(err error) Kind {
	var e *Error
	var f *PageFault
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.As(err, &f):
		return f.kind()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Unavailable
	}
	return Internal
}

// CodeOf returns the code of the first refusal in err's chain, or the kind where there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != "" {
		return e.Code
	}
	var f *PageFault
	if errors.As(err, &f) {
		return f.Code
	}
	return string(KindOf(err))
}

// TextOf returns what may be shown of an error. Of an error nobody foresaw that is only that it happened.
func TextOf(err error) Text {
	var e *Error
	if errors.As(err, &e) {
		return e.Text
	}
	var f *PageFault
	if errors.As(err, &f) {
		return f.Text
	}
	if KindOf(err) == Unavailable {
		return Say("This took too long and was stopped; try again.", "操作超时已停止，请重试。")
	}
	return Say("Something went wrong inside Newsdesk; it has been logged.", "Newsdesk 内部出错，已记录日志。")
}

// Recover turns a panic into an error of kind Internal; for use in a defer of every goroutine that handles what came from
// outside, because a panic that nobody recovers ends the process.
func Recover(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}

// Wrap adds the operation to *err, if there is an error; for use in a defer at a function's boundary.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
