package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"newsdesk/internal/press"
)

// micros is a time as it is stored; nil for the zero time.
func micros(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMicro()
}

// stamp reads a stored time.
func stamp(dst *time.Time) *storedTime { return &storedTime{dst} }

type storedTime struct{ dst *time.Time }

func (s *storedTime) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.dst = time.Time{}
	case int64:
		*s.dst = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("store: a time stored as %T", v)
	}
	return nil
}

// orNull is a reference as it is stored: NULL where there is none, because an empty text refers to nothing.
func orNull[S ~string](id S) any {
	if id == "" {
		return nil
	}
	return string(id)
}

// text reads a stored text of any of the domain's types; empty for NULL.
func text[S ~string](dst *S) *storedText[S] { return &storedText[S]{dst} }

type storedText[S ~string] struct{ dst *S }

func (s *storedText[S]) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.dst = ""
	case string:
		*s.dst = S(v)
	case []byte:
		*s.dst = S(v)
	default:
		return fmt.Errorf("store: a text stored as %T", v)
	}
	return nil
}

// toJSON is a small list or structure as it is stored; "" for an empty list, so that reading it brings nil again.
func toJSON[T any](v []T) (string, error) {
	if len(v) == 0 {
		return "", nil
	}
	data, err := press.EncodeJSON(v)
	return string(data), err
}

// fromJSON reads what was stored as JSON into dst; NULL and "" leave it as it is.
func fromJSON(dst any) *storedJSON { return &storedJSON{dst} }

type storedJSON struct{ dst any }

func (s *storedJSON) Scan(v any) error {
	var data string
	if err := text(&data).Scan(v); err != nil || data == "" {
		return err
	}
	return json.Unmarshal([]byte(data), s.dst)
}

// columnEnd ends each name in a column's key. The key range of a column and all below it is [key, key with U+0020 in
// the last place); both databases compare keys byte by byte.
const columnEnd = "\x1f"

func columnKey(c press.Column) (string, error) {
	if len(c) == 0 {
		return "", nil
	}
	for _, name := range c {
		if strings.Contains(name, columnEnd) {
			return "", press.Fail(press.Invalid, "column.name", press.Say(
				"The column name %q holds a control character.", "栏目名 %q 含有控制字符。", name))
		}
	}
	return strings.Join(c, columnEnd) + columnEnd, nil
}

func columnRange(c press.Column) (from, until string, err error) {
	key, err := columnKey(c)
	return key, strings.TrimSuffix(key, columnEnd) + " ", err
}

func columnOf(key string) press.Column {
	if key == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(key, columnEnd), columnEnd)
}

type storedColumn struct{ dst *press.Column }

func (s *storedColumn) Scan(v any) error {
	var key string
	err := text(&key).Scan(v)
	*s.dst = columnOf(key)
	return err
}

// folded is a text as it is searched: capitals, and the wide and narrow forms of a letter, are all the same.
func folded(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// clip cuts a text to at most n bytes, at a character, and leaves out what no database keeps.
func clip(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
