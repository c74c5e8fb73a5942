package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known in an image that holds nothing but the binary

	"newsdesk/internal/press"
)

// Sizes in bytes. Offices count in decimal megabytes; MiB can be written out.
const (
	KB int64 = 1000
	MB       = 1000 * KB
	GB       = 1000 * MB
	TB       = 1000 * GB
)

// badValue is why a text is not a value of its key: what is allowed, in both languages.
type badValue struct{ allowed press.Text }

func (e *badValue) Error() string { return e.allowed.EN }

func allow(en, zh string, args ...any) error { return &badValue{press.Say(en, zh, args...)} }

func allowedBy(err error) press.Text {
	var bad *badValue
	if errors.As(err, &bad) {
		return bad.allowed
	}
	return press.Text{EN: err.Error(), ZH: err.Error()}
}

// parse turns a text into a value of a node's type.
func (n *node) parse(in entry) (reflect.Value, error) {
	out := reflect.New(n.typ).Elem()
	if n.typ.Kind() == reflect.Slice {
		out.Set(reflect.ValueOf(in.list()))
		return out, nil
	}
	if in.many != nil {
		return out, allow("one value, not a list", "单个值，不能是列表")
	}
	text := strings.TrimSpace(in.text)
	switch {
	case n.typ == zoneType:
		zone, err := parseZone(text)
		out.Set(reflect.ValueOf(zone))
		return out, err
	case n.typ == durationType:
		d, err := parseDuration(text)
		out.SetInt(int64(d))
		return out, errors.Join(err, n.within(int64(d), err))
	case n.typ.Kind() == reflect.String:
		out.SetString(text)
		return out, n.oneOf(text)
	case n.typ.Kind() == reflect.Bool:
		b, err := parseBool(text)
		out.SetBool(b)
		return out, err
	}
	i, err := n.parseInteger(text)
	out.SetInt(i)
	return out, errors.Join(err, n.within(i, err))
}

func (n *node) parseInteger(text string) (int64, error) {
	if n.tag.Get("unit") == "bytes" {
		return ParseSize(text)
	}
	i, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		return 0, allow("a whole number", "整数")
	}
	return i, nil
}

func parseZone(text string) (*time.Location, error) {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" || text == "Local" {
		return time.UTC, allow("the IANA name of a time zone, such as Asia/Shanghai", "IANA 时区名，如 Asia/Shanghai")
	}
	return zone, nil
}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("config: the built-in zone data lacks " + name)
	}
	return zone
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, allow("a span of time such as 500ms, 30s, 10m or 2h", "时长，如 500ms、30s、10m、2h")
	}
	return d, nil
}

// parseBool takes what YAML users write; strconv's 1, t and T are taken too because environments use them.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1", "t":
		return true, nil
	case "false", "no", "off", "0", "f":
		return false, nil
	}
	return false, allow("true or false", "true 或 false")
}

// ParseSize reads a number of bytes: 512, "64KB", "1.5 GB" (decimal) or "64KiB" (powers of 1024).
func ParseSize(text string) (int64, error) {
	bad := allow(`a size such as 500KB, 5MB, 2GB or 64MiB`, "大小，如 500KB、5MB、2GB、64MiB")
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, ok := map[string]float64{
		"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
	}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	number, err := strconv.ParseFloat(strings.ReplaceAll(digits, "_", ""), 64)
	if !ok || err != nil || number < 0 || number*unit >= math.MaxInt64 {
		return 0, bad
	}
	return int64(math.Round(number * unit)), nil
}

// FormatSize writes a size so that ParseSize reads the same number again.
func FormatSize(n int64) string {
	units := []struct {
		name string
		size int64
	}{{"TB", TB}, {"GB", GB}, {"MB", MB}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KB", KB}, {"KiB", 1 << 10}}
	for _, u := range units {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d%s", n/u.size, u.name)
		}
	}
	return strconv.FormatInt(n, 10)
}

// formatDuration drops the zero parts that time.Duration writes: 30m, not 30m0s.
func formatDuration(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// oneOf holds a text to the allowed tag.
func (n *node) oneOf(text string) error {
	tag := n.tag.Get("allowed")
	if tag == "" {
		return nil
	}
	names := strings.Split(tag, ",")
	for _, name := range names {
		if name == text {
			return nil
		}
	}
	en, zh := strings.Join(names, ", "), strings.Join(names, "、")
	if near := nearest(text, names); near != "" {
		en, zh = fmt.Sprintf("%s (did you mean %s?)", en, near), fmt.Sprintf("%s（是否应为 %s？）", zh, near)
	}
	return &badValue{press.Text{EN: en, ZH: zh}}
}

// within holds a number to the range tag, unless it could not be read at all.
func (n *node) within(i int64, unread error) error {
	tag := n.tag.Get("range")
	if tag == "" || unread != nil {
		return nil
	}
	from, to, _ := strings.Cut(tag, "..")
	if i >= n.bound(from) && i <= n.bound(to) {
		return nil
	}
	return allow("%s to %s", "%s 至 %s", from, to)
}

func (n *node) bound(text string) int64 {
	if n.typ == durationType {
		d, _ := parseDuration(text)
		return int64(d)
	}
	i, _ := n.parseInteger(text)
	return i
}
