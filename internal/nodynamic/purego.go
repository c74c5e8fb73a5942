// Package purego stands in for the module of this name, by a replace line of Newsdesk's go.mod. The real one loads shared
// libraries into a program that was built without C, which makes the program need the system's dynamic linker. Newsdesk is
// one static file and loads nothing: libraries that ask for a shared library are told that there is none, and use what they
// have built in.
package purego

import "errors"

// The modes of Dlopen.
const (
	RTLD_NOW    = 0x2   //nolint:revive // the name that callers know
	RTLD_GLOBAL = 0x100 //nolint:revive // the same
)

var errNothing = errors.New("this program loads no shared libraries")

// Dlopen finds nothing.
func Dlopen(string, int) (uintptr, error) { return 0, errNothing }

// RegisterLibFunc is never reached, since Dlopen finds nothing.
func RegisterLibFunc(any, uintptr, string) { panic(errNothing) }

// NewCallback gives no address: nothing is there that could call it.
func NewCallback(any) uintptr { return 0 }
