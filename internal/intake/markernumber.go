package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// counting is the rule by which a marker's number means a photo.
type counting int

const (
	byOrder  counting = iota // the n-th in natural order of names
	byNumber                 // the one whose name has the number
)

var (
	// 图1, 照片 03, photo-2, 图三, 1, 007
	plainNumber = regexp.MustCompile(`^(?:第|` + markerNoun + `[-.#(（\[【]*)?0*([1-9][0-9]{0,2}|[一二三四五六七八九十]{1,3})[)）\]】张]*$`)
	// 图1会场, 图片2-合影
	nounNumber = regexp.MustCompile(`^` + markerNoun + `[-.#(（\[【]*0*([1-9][0-9]{0,2}|[一二三四五六七八九十]{1,3})(?:[)）\]】:：、.-]|$|\p{Han})`)
	// 01-会场, 2.合影, 3会场, (4)会场
	leadingNumber = regexp.MustCompile(`^[(（\[【]?0*([1-9][0-9]{0,2})(?:[)）\]】:：、.,，-]|\p{Han})`)
	// 校庆3, 校庆（12）
	trailingNumber = regexp.MustCompile(`^(.*?[^0-9])0*([1-9][0-9]{0,2})[)）\]】]?$`)
)

// numbering finds out, once, what numbers the photos' names carry. Names are judged together: one number at a name's
// beginning may mean anything, 1 to 12 at the beginnings of twelve names do not.
func (s *shelf) numbering() map[int][]int {
	if s.numbers != nil {
		return s.numbers
	}
	sure, likely, series := map[int][]int{}, map[int][]int{}, map[int][]int{}
	written := false // somebody wrote 图1, which no camera does
	prefixes := map[string]int{}
	add := func(to map[int][]int, text string, i int) {
		if n := number(text); n > 0 && !slices.Contains(to[n], i) {
			to[n] = append(to[n], i)
		}
	}
	for _, named := range s.names {
		stem, i := named.stem, named.photo
		if m := plainNumber.FindStringSubmatch(stem); m != nil {
			add(sure, m[1], i)
			written = written || strings.ContainsAny(stem, "图照相插配附第")
		} else if m := nounNumber.FindStringSubmatch(stem); m != nil {
			add(sure, m[1], i)
			written = written || strings.ContainsAny(stem[:min(3, len(stem))], "图照相插配附")
		} else if m := leadingNumber.FindStringSubmatch(stem); m != nil {
			add(likely, m[1], i)
		}
		if m := trailingNumber.FindStringSubmatch(stem); m != nil {
			prefixes[m[1]]++
			add(series, m[2], i)
		}
	}
	for n, photos := range likely {
		if sure[n] == nil {
			sure[n] = photos
		}
	}
	switch {
	case written, sure[1] != nil && len(sure)*2 >= s.handed:
		s.numbers = sure
	case len(prefixes) == 1 && len(series) == s.handed && series[1] != nil:
		s.numbers = series
	default:
		s.numbers = map[int][]int{}
	}
	return s.numbers
}

func (s *shelf) rule() counting {
	if len(s.numbering()) > 0 {
		return byNumber
	}
	return byOrder
}

// nth returns the photos that number n of a marker can mean.
func (s *shelf) nth(n int) []int {
	if s.rule() == byNumber {
		return s.numbering()[n]
	}
	if order := s.inOrder(); n > 0 && n <= len(order) && !s.loose {
		return order[n-1 : n]
	}
	return nil
}

// next returns the first photo in natural order of names that is not placed yet.
func (s *shelf) next() (int, bool) {
	for _, i := range s.inOrder() {
		if _, placed := s.placed[i]; !placed && !s.loose {
			return i, true
		}
	}
	return 0, false
}

// inOrder returns the photos that came beside the document in natural order of names, without the one for the cover.
func (s *shelf) inOrder() []int {
	if s.ordered != nil {
		return s.ordered
	}
	for i := range s.handed {
		if !isCoverName(s.files[i].Name) {
			s.ordered = append(s.ordered, i)
		}
	}
	slices.SortStableFunc(s.ordered, func(a, b int) int {
		switch {
		case naturalLess(s.files[a].Name, s.files[b].Name):
			return -1
		case naturalLess(s.files[b].Name, s.files[a].Name):
			return 1
		}
		return 0
	})
	return s.ordered
}

// isCoverName reports whether a photo's name says that it is the cover.
func isCoverName(name string) bool {
	stem := strings.TrimRightFunc(foldedStem(name), func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("-()（）", r) })
	return oneOf(stem, "封面", "封面图", "封面图片", "头图", "题图", "首图", "cover", "coverphoto", "coverimage")
}
