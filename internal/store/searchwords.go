package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"newsdesk/internal/press"
)

// How a text becomes the words of the index. Chinese has no spaces, so that each pair of neighbouring characters is a
// word, and each character too; “运动会” is 运 运动 动 动会 会. What is written in letters and digits is taken as it
// stands. Everything is folded first, so that capitals and full-width forms are found as well.
//
// Words for filtering begin with a mark that no text can bring in, as it is no letter.
const (
	markState  = "\uE000s"
	markAuthor = "\uE000a"
	markColumn = "\uE000c"
)

// Bounds of the index. A text that is longer is found by its beginning.
const (
	maxIndexedRunes = 200_000
	maxIndexedWords = 20_000
	maxWordRunes    = 60
	maxQueryRunes   = 100
	maxQueryWords   = 40
)

// wordSet collects words, each once, in the order in which they come.
type wordSet struct {
	seen map[string]bool
	list []string
	max  int
}

func newWordSet(limit int) *wordSet { return &wordSet{seen: map[string]bool{}, max: limit} }

func (s *wordSet) add(word string) {
	if word == "" || s.seen[word] || len(s.list) >= s.max {
		return
	}
	s.seen[word] = true
	s.list = append(s.list, word)
}

// stretch is a part of a text without a break in it: characters that are written without spaces, or one word.
type stretch struct {
	runes []rune
	dense bool
}

// dense reports whether a script is written without spaces between words.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// stretches cuts a text, of which at most limit characters are looked at.
func stretches(s string, limit int) []stretch {
	var out []stretch
	open := false
	for _, r := range clipRunes(folded(clipRunes(s, limit)), limit) {
		if !wordRune(r) {
			open = false
			continue
		}
		d := dense(r)
		if n := len(out); !open || out[n-1].dense != d {
			out = append(out, stretch{dense: d})
			open = true
		}
		last := &out[len(out)-1]
		last.runes = append(last.runes, r)
	}
	return out
}

func clipRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func (s stretch) word() string { return string(s.runes[:min(len(s.runes), maxWordRunes)]) }

// addText adds the words by which a text is found.
func (s *wordSet) addText(text string) {
	for _, part := range stretches(text, maxIndexedRunes) {
		if !part.dense {
			s.add(part.word())
			continue
		}
		for i, r := range part.runes {
			s.add(string(r))
			if i > 0 {
				s.add(string(part.runes[i-1 : i+1]))
			}
		}
	}
}

// addContent adds everything of a content that a person may remember it by. The short fields come first, in case that the
// body is too long.
func (s *wordSet) addContent(c press.Content) {
	for _, text := range []string{
		c.Title, c.PushTitle, c.Subtitle, c.Digest, strings.Join(c.Column, "\n"),
		c.Credits.Text, c.Credits.Photos, c.Credits.Editor, c.Credits.Reviewer, c.Credits.Source, c.Body.Text(),
	} {
		s.addText(text)
	}
	for _, p := range c.Body.Pictures() {
		s.addText(p.Caption)
	}
}

// addFilters adds what lists are filtered by, so that a search within a filter never walks through what the filter
// leaves out.
func (s *wordSet) addFilters(a press.Article) error {
	s.add(stateWord(a.State))
	if a.Author != "" {
		s.add(authorWord(a.Author))
	}
	for depth := range a.Column {
		word, err := columnWord(a.Column[:depth+1])
		if err != nil {
			return err
		}
		s.add(word)
	}
	return nil
}

func stateWord(state press.ArticleState) string { return markState + string(state) }

// authorWord and columnWord are hashed: what people write must not reach the words as it is.
func authorWord(id press.UserID) string { return markAuthor + shortHash(string(id)) }

func columnWord(c press.Column) (string, error) {
	key, err := columnKey(c)
	return markColumn + shortHash(key), err
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// term is one condition of a search: one of the words must be there; of the last word that somebody types, the beginning.
type term struct {
	words  []string
	prefix bool
}

// queryTerms are the conditions that a person's query makes. None: there is nothing in it that could be found.
func queryTerms(query string) []term {
	words := newWordSet(maxQueryWords)
	parts := stretches(query, maxQueryRunes)
	for i, part := range parts {
		switch n := len(part.runes); {
		case !part.dense && i == len(parts)-1 && n > 1:
			continue
		case !part.dense:
			words.add(part.word())
		case n == 1:
			words.add(string(part.runes))
		default:
			for at := range n - 1 {
				words.add(string(part.runes[at : at+2]))
			}
		}
	}
	var out []term
	for _, w := range words.list {
		out = append(out, term{words: []string{w}})
	}
	if n := len(parts); n > 0 && !parts[n-1].dense && len(parts[n-1].runes) > 1 {
		out = append(out, term{words: []string{parts[n-1].word()}, prefix: true})
	}
	return out
}
