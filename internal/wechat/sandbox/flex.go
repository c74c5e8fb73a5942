package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Clients write ids as numbers or as text, and switches as booleans, numbers or text. These types take them all.

// text is a JSON string that also remembers how long the platform believes it is: a \uXXXX escape counts as six
// characters.
type text struct {
	value string
	count int
}

func (t *text) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		if bytes.Equal(raw, []byte("null")) {
			return nil
		}
		if raw[0] == '{' || raw[0] == '[' {
			return &json.UnmarshalTypeError{Value: "object", Offset: 0}
		}
		t.value, t.count = string(raw), len(raw)
		return nil
	}
	if err := json.Unmarshal(raw, &t.value); err != nil {
		return err
	}
	t.count = countRaw(raw[1 : len(raw)-1])
	return nil
}

func countRaw(raw []byte) int {
	n := 0
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			_, size := utf8.DecodeRune(raw[i:])
			i, n = i+size, n+1
			continue
		}
		if i+1 < len(raw) && raw[i+1] == 'u' {
			i, n = i+6, n+6
			continue
		}
		i, n = i+2, n+1
	}
	return n
}

// number is an integer written as number, text or boolean.
type number int64

func (n *number) UnmarshalJSON(raw []byte) error {
	s := string(bytes.Trim(raw, `"`))
	switch s {
	case "null", "", "false":
		*n = 0
		return nil
	case "true":
		*n = 1
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "number " + s, Offset: 0}
	}
	*n = number(v)
	return nil
}

func (n number) on() bool { return n != 0 }
