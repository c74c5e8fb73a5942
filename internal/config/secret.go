package config

import (
	"fmt"
	"log/slog"
)

const mask = "********"

// Secret is a text that is never written out: printed, logged or encoded it is a row of stars. Reveal gives it to the
// code that needs it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Set reports whether there is one.
func (s Secret) Set() bool { return s != "" }

// String returns stars, or nothing for no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString is what %#v writes.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format keeps every verb of fmt from the secret, %x and %d among them.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		fmt.Fprintf(f, "%q", s.String())
		return
	}
	_, _ = f.Write([]byte(s.String())) // fmt.State has nowhere to report to
}

// MarshalText is what JSON, YAML and XML encoders write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
