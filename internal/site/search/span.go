package search

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// rootShift is the size of the stretches that no group reaches beyond: 2^25 seconds, 388 days.
const rootShift = 25

// span is a stretch of time: the index-th of 2^shift seconds since 1970.
type span struct {
	shift uint
	index int64
}

func rootOf(t time.Time) span { return span{rootShift, t.Unix() >> rootShift} }

func (s span) from() time.Time { return time.Unix(s.index<<s.shift, 0) }
func (s span) to() time.Time   { return time.Unix((s.index+1)<<s.shift, 0) }
func (s span) name() string    { return fmt.Sprintf("%d-%d", s.shift, s.index) }
func (s span) root() span      { return s.above(rootShift) }
func (s span) dir() string     { return Dir + "/" + strconv.FormatInt(s.root().index, 10) }
func (s span) file() string    { return s.dir() + "/" + s.name() }

// above returns the stretch of a size that a smaller one lies in.
func (s span) above(shift uint) span { return span{shift, s.index >> (shift - s.shift)} }

// in reports whether a stretch lies within another, or is it.
func (s span) in(o span) bool { return s.shift <= o.shift && s.index>>(o.shift-s.shift) == o.index }

func (s span) overlaps(o span) bool { return s.in(o) || o.in(s) }

// halves returns the later half first.
func (s span) halves() [2]span {
	return [2]span{{s.shift - 1, s.index*2 + 1}, {s.shift - 1, s.index * 2}}
}

// towards returns the half that a stretch within lies in.
func (s span) towards(t time.Time) span { return span{s.shift - 1, t.Unix() >> (s.shift - 1)} }

var spanName = regexp.MustCompile(`^(\d{1,2})-(\d{1,12})$`)

// parseSpan reads the name of a piece or group, parseStretch that of any stretch up to a size.
func parseSpan(name string) (span, bool) { return parseStretch(name, rootShift) }

func parseStretch(name string, most uint) (span, bool) {
	m := spanName.FindStringSubmatch(name)
	if m == nil {
		return span{}, false
	}
	shift, _ := strconv.ParseUint(m[1], 10, 8)
	index, _ := strconv.ParseInt(m[2], 10, 64)
	s := span{uint(shift), index}
	return s, s.shift <= most && s.name() == name
}
