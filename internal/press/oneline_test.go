package press_test

import (
	"testing"

	"newsdesk/internal/press"
)

func TestOneLine(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		" a\r\n\tb  c ": "a b c", "\x1b[31mred\x00": "[31mred", "a\u202eb\u2066c": "abc", "\xb4\xed 错误": "\uFFFD 错误", "": "",
	} {
		if got := press.OneLine(said); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}
