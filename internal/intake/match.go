package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"newsdesk/internal/press"
)

// PlaceholderDigest stands for a parcel's photo number i, counted from 0, while its bytes have not been read.
func PlaceholderDigest(i int) press.Digest {
	sum := sha256.Sum256(fmt.Appendf(nil, "newsdesk placeholder %d", i))
	return press.Digest(hex.EncodeToString(sum[:]))
}

// shelf holds a parcel's photos, finds them by the names that documents use, and remembers which were placed.
type shelf struct {
	files    []File
	levels   [4]map[string][]int // by exact path, by name, by decoded name, by folded name
	stems    map[string][]int    // by folded name without its ending
	order    []int               // indices of files in the order of placing
	placed   map[int]press.Digest
	most     int
	handed   int            // how many came beside the document; those after them it carried inside
	asked    int            // how often the document spoke of a photo
	said     bool           // that markers are counted off
	captions map[int]string // from documents of captions, by photo
	names    []stemmed
	numbers  map[int][]int // what numbering found
	ordered  []int         // what inOrder found
	loose    bool          // the photos are whatever lies beside the document: only those that it names are meant
}

// stemmed is a name of a photo, folded and without its ending.
type stemmed struct {
	stem  string
	photo int
}

func newShelf(files []File, most int) *shelf {
	s := &shelf{stems: map[string][]int{}, placed: map[int]press.Digest{}, most: most}
	for i := range s.levels {
		s.levels[i] = map[string][]int{}
	}
	for _, f := range files {
		s.put(f)
	}
	s.handed = len(files)
	return s
}

func (s *shelf) put(f File) int {
	i := len(s.files)
	s.files = append(s.files, f)
	s.alias(i, f.Name)
	return i
}

// alias lets photo i be found by a name.
func (s *shelf) alias(i int, name string) {
	for level, key := range nameKeys(name) {
		s.levels[level][key] = append(s.levels[level][key], i)
	}
	stem := foldedStem(name)
	s.stems[stem] = append(s.stems[stem], i)
	s.names = append(s.names, stemmed{stem, i})
}

// nameKeys are the forms in which a name is looked for, the strictest first.
func nameKeys(name string) [4]string {
	whole := slashed(name)
	base := baseName(whole)
	plain := norm.NFC.String(baseName(slashed(unescape(base))))
	return [4]string{whole, base, plain, foldedStem(plain) + ending(plain)}
}

func foldedStem(name string) string {
	base := narrow(baseName(slashed(unescape(name))))
	if isPhoto(base) {
		base = base[:strings.LastIndexByte(base, '.')]
	}
	return fold(base)
}

// slashed writes a path with forward slashes and without a leading "./".
func slashed(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	return name
}

// unescape undoes percent-encoding; a name that merely contains percent signs stays as it is.
func unescape(name string) string {
	if plain, err := url.PathUnescape(name); err == nil && utf8.ValidString(plain) {
		return plain
	}
	return name
}

// find returns the photos that a name can mean: one, none, or several that fit equally well. Exact beats loose.
func (s *shelf) find(ref string) []int {
	for level, key := range nameKeys(ref) {
		if found := s.levels[level][key]; len(found) > 0 {
			return s.nearest(found, ref)
		}
	}
	return nil
}

// findStem looks for a name that was written without its ending.
func (s *shelf) findStem(ref string) []int {
	stem := foldedStem(ref)
	if stem == "" {
		return nil
	}
	return s.nearest(s.stems[stem], ref)
}

// nearest keeps, of photos with one name in several folders, those whose folders agree best with the reference.
func (s *shelf) nearest(found []int, ref string) []int {
	if len(found) < 2 {
		return found
	}
	best, out := -1, []int(nil)
	for _, i := range found {
		switch n := commonFolders(s.files[i].Name, ref); {
		case n > best:
			best, out = n, []int{i}
		case n == best:
			out = append(out, i)
		}
	}
	return out
}

// commonFolders counts the folders that two paths share, from the file upwards.
func commonFolders(a, b string) int {
	x, y := strings.Split(slashed(unescape(a)), "/"), strings.Split(slashed(unescape(b)), "/")
	n := 0
	for n+1 < len(x) && n+1 < len(y) && fold(x[len(x)-2-n]) == fold(y[len(y)-2-n]) {
		n++
	}
	return n
}

// place gives a photo its placeholder; placing it again gives the same one.
func (s *shelf) place(i int) press.Digest {
	if digest, ok := s.placed[i]; ok {
		return digest
	}
	digest := PlaceholderDigest(len(s.order))
	s.order = append(s.order, i)
	s.placed[i] = digest
	return digest
}

// nameOf returns the name of the file that a placeholder stands for.
func (s *shelf) nameOf(placeholder press.Digest) string {
	for n, i := range s.order {
		if PlaceholderDigest(n) == placeholder {
			return s.files[i].Name
		}
	}
	return ""
}

// list returns every photo, placed ones first, and notes the others.
func (s *shelf) list(notes *notes) []Photo {
	out := make([]Photo, 0, len(s.files))
	for n, i := range s.order {
		out = append(out, Photo{Key: string(PlaceholderDigest(n)), File: s.files[i], Placed: true})
	}
	var rest []File
	for i, f := range s.files {
		if _, ok := s.placed[i]; !ok {
			rest = append(rest, f)
		}
	}
	slices.SortStableFunc(rest, func(a, b File) int {
		switch {
		case naturalLess(a.Name, b.Name):
			return -1
		case naturalLess(b.Name, a.Name):
			return 1
		}
		return 0
	})
	for _, f := range rest {
		out = append(out, Photo{Key: string(PlaceholderDigest(len(out))), File: f})
		notes.add("photo.unplaced", 0, f.Name, press.Say(
			"The photo %q is named nowhere in the document; it is kept with the article, not shown in it.",
			"图片“%s”未在文档中出现，已随稿件保留，但不会显示在正文中。", shown(f.Name)))
	}
	return out
}

// named places the photo that a document names in so many words, and notes one that is missing or cannot be told from
// another.
func (d *draft) named(ref string, line int) (press.Digest, bool) {
	return d.settle(d.shelf.find(ref), ref, line)
}

func (d *draft) settle(found []int, ref string, line int) (press.Digest, bool) {
	d.made++ // so that a document of nothing but names ends too
	d.shelf.asked++
	where := at(line)
	switch len(found) {
	case 1:
		return d.shelf.place(found[0]), true
	case 0:
		d.notes.add("photo.missing", line, baseName(slashed(unescape(ref))), press.Text{
			EN: fmt.Sprintf("%s names the photo %q, which was not handed in; add it or take the name out.", where.EN, shown(unescape(ref))),
			ZH: fmt.Sprintf("%s写到的图片“%s”没有随稿提交，请补交图片或删去该名称。", where.ZH, shown(unescape(ref))),
		})
	default:
		names := make([]File, len(found))
		for n, i := range found {
			names[n] = d.shelf.files[i]
		}
		d.notes.add("photo.ambiguous", line, baseName(slashed(unescape(ref))), press.Text{
			EN: fmt.Sprintf("%s names the photo %q, which fits several files (%s); none was placed. Give them different names.", where.EN, shown(unescape(ref)), nameList(names, ", ")),
			ZH: fmt.Sprintf("%s写到的图片“%s”与多个文件相符（%s），未放置，请改用不同的文件名。", where.ZH, shown(unescape(ref)), nameList(names, "、")),
		})
	}
	return "", false
}
