package press

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CommentID names a comment.
type CommentID string

// Bounds of comments.
const (
	MaxCommentRunes = 2000
	MaxComments     = 500 // on one article
	maxQuoteRunes   = 120
)

// Comment is a remark of a person about a place in an article.
type Comment struct {
	ID             CommentID `json:"id"`
	Article        ArticleID `json:"article"`
	Revision       int       `json:"revision"` // the one it was made on
	Where          string    `json:"where"`    // the place in that revision, such as "title" or "body.blocks[3]"; see CheckPlace
	Quote          string    `json:"quote"`    // what stood there
	Photo          Digest    `json:"photo,omitempty"`
	Text           string    `json:"text"`
	Author         UserID    `json:"author"`
	AuthorName     string    `json:"author_name"`
	At             time.Time `json:"at"`
	ResolvedBy     UserID    `json:"resolved_by,omitempty"`
	ResolvedByName string    `json:"resolved_by_name,omitempty"`
	ResolvedAt     time.Time `json:"resolved_at,omitzero"`
}

// Resolved reports whether somebody has said that the comment is dealt with.
func (c Comment) Resolved() bool { return !c.ResolvedAt.IsZero() }

// PlacedComment is a comment together with where its place is in a later revision.
type PlacedComment struct {
	Comment
	Now  string `json:"now"`  // the place there; "body" when it is gone
	Gone bool   `json:"gone"` // what was commented on is no longer in the article
}

var place = regexp.MustCompile(`^(title|push_title|subtitle|digest|correction|credits|column|cover|body|body\.blocks\[(\d{1,4})\](\.photos\[(\d{1,3})\])?)$`)

// CheckPlace refuses what is no place in a content. Places are title, push_title, subtitle, digest, correction, credits, column, cover,
// body, body.blocks[N] and, in a gallery, body.blocks[N].photos[M], counted from 0.
func CheckPlace(where string, c Content) error {
	m := place.FindStringSubmatch(where)
	if m == nil {
		return badPlace(where)
	}
	if m[2] == "" {
		return nil
	}
	n, _ := strconv.Atoi(m[2])
	if n >= len(c.Body.Blocks) {
		return badPlace(where)
	}
	if m[4] == "" {
		return nil
	}
	gallery, ok := c.Body.Blocks[n].(Gallery)
	if i, _ := strconv.Atoi(m[4]); !ok || i >= len(gallery.Photos) {
		return badPlace(where)
	}
	return nil
}

func badPlace(where string) error {
	return Fail(Invalid, "comment.where", Say(
		"There is no place %q in this revision. Load the article again and choose the place anew.",
		"该版本中没有“%s”这个位置，请重新载入稿件后再选。", clip(where, 60)))
}

// CheckComment refuses a remark that is empty or too long.
func CheckComment(text string) error {
	if n := utf8.RuneCountInString(text); strings.TrimSpace(text) == "" || n > MaxCommentRunes || strings.ContainsFunc(text, unwritable) {
		return Fail(Invalid, "comment.text", Say(
			"A comment has 1 to %d characters; this one has %d.", "批注为 1 至 %d 个字，当前为 %d 个字。", MaxCommentRunes, n))
	}
	return nil
}

// CanSettle returns why a person may not resolve or reopen a comment: they are neither its author, nor the article's, nor
// an editor.
func CanSettle(who Actor, a Article, c Comment) error {
	if who.Has(Editor) || !who.Disabled && (who.ID == a.Author || who.ID == c.Author) {
		return nil
	}
	return Fail(Forbidden, "comment.other", Say(
		"Only the article's author, the comment's author or an editor may settle a comment.",
		"只有稿件作者、批注人或编辑可以处理批注。"))
}

// QuoteAt returns what is quoted of a place: the selected words if they stand there, otherwise the beginning of what does;
// and the photo there if there is one.
func QuoteAt(c Content, where, selected string) (quote string, photo Digest) {
	quote, photo = textAt(c, where)
	quote, selected = oneLine(quote), oneLine(selected)
	if selected != "" && strings.Contains(quote, selected) {
		quote = selected
	}
	return clip(quote, maxQuoteRunes), photo
}

func textAt(c Content, where string) (quote string, photo Digest) {
	switch where {
	case "title":
		quote = c.Title
	case "push_title":
		quote = c.PushTitle
	case "subtitle":
		quote = c.Subtitle
	case "digest":
		quote = c.Digest
	case "column":
		quote = c.Column.String()
	case "cover":
		photo = c.Cover.Photo
	default:
		quote, photo = blockAt(c.Body, where)
	}
	return quote, photo
}

func blockAt(b Body, where string) (string, Digest) {
	m := place.FindStringSubmatch(where)
	if m == nil || m[2] == "" {
		return "", ""
	}
	n, _ := strconv.Atoi(m[2])
	if n >= len(b.Blocks) {
		return "", ""
	}
	block := b.Blocks[n]
	if gallery, ok := block.(Gallery); ok && m[4] != "" {
		i, _ := strconv.Atoi(m[4])
		if i >= len(gallery.Photos) {
			return "", ""
		}
		block = gallery.Photos[i]
	}
	if p, ok := block.(Picture); ok {
		return BlockText(p), p.Photo
	}
	return BlockText(block), ""
}

// BlockText returns the words of a block; of a photo its caption, or else its alternative text.
func BlockText(block Block) string {
	switch block := block.(type) {
	case Picture:
		if block.Caption != "" {
			return block.Caption
		}
		return block.Alt
	case Gallery:
		var captions []string
		for _, p := range block.Photos {
			if text := BlockText(p); text != "" {
				captions = append(captions, text)
			}
		}
		return strings.Join(captions, "\n")
	}
	return Body{Blocks: []Block{block}}.Text()
}

// Anchor finds a comment's place in another revision: the block that holds the quoted words, or the photo, nearest to
// where it was. Comments on anything but a block stay where they are.
func Anchor(comment Comment, c Content) PlacedComment {
	out := PlacedComment{Comment: comment, Now: comment.Where}
	m := place.FindStringSubmatch(comment.Where)
	if m == nil {
		out.Now, out.Gone = "body", true
		return out
	}
	if m[2] == "" {
		return out
	}
	old, _ := strconv.Atoi(m[2])
	if comment.Quote == "" && comment.Photo == "" { // a divider: there is nothing to find it by
		out.Gone = CheckPlace(comment.Where, c) != nil
	} else {
		out.Now, out.Gone = nearest(comment, c.Body, old)
	}
	if out.Gone {
		out.Now = "body"
	}
	return out
}

func nearest(comment Comment, b Body, old int) (where string, gone bool) {
	best := -1
	for i, block := range b.Blocks {
		if at, ok := holds(block, comment); ok && (best < 0 || abs(i-old) < abs(best-old)) {
			best, where = i, fmt.Sprintf("body.blocks[%d]%s", i, at)
		}
	}
	return where, best < 0
}

func abs(n int) int { return max(n, -n) }

// holds reports whether a block is what was commented on, and where in it that is. A photo is known by its digest: its
// caption may be what the comment wants changed.
func holds(block Block, comment Comment) (at string, ok bool) {
	if comment.Photo == "" {
		return "", strings.Contains(oneLine(BlockText(block)), comment.Quote)
	}
	switch block := block.(type) {
	case Picture:
		return "", block.Photo == comment.Photo
	case Gallery:
		for i, p := range block.Photos {
			if p.Photo == comment.Photo {
				return fmt.Sprintf(".photos[%d]", i), true
			}
		}
	}
	return "", false
}
