package press

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Column is a path of names from the outermost column inwards, such as {"News information", "Group news"}.
type Column []string

// Bounds of a column path.
const (
	MaxColumnDepth = 4
	MaxColumnRunes = 40
)

// ParseColumn reads a path written with > or › or / between the names.
func ParseColumn(s string) Column {
	var out Column
	for _, name := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(">›»/＞", r) }) {
		if name = strings.Trim(name, blank); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// String writes the path with › between the names.
func (c Column) String() string { return strings.Join(c, " › ") }

// Check returns what is wrong with a path: too deep, or a name that is empty, too long or holds a separator.
func (c Column) Check() error {
	if len(c) > MaxColumnDepth {
		return Fail(Invalid, "column.depth", Say("The column %q is %d levels deep; at most %d are kept.",
			"栏目“%s”有 %d 层，最多 %d 层。", c.String(), len(c), MaxColumnDepth))
	}
	for _, name := range c {
		if name == "" || utf8.RuneCountInString(name) > MaxColumnRunes || strings.ContainsAny(name, ">›»/＞\\\x00\n") {
			return Fail(Invalid, "column.name", Say(
				"The column name %q cannot be used: 1 to %d characters, none of > › / \\.",
				"栏目名“%s”不可用：1 至 %d 个字，不含 > › / \\。", clip(name, 60), MaxColumnRunes))
		}
	}
	return nil
}

// Credits names who made an article.
type Credits struct {
	Text     string `json:"text,omitempty"`     // 供稿
	Photos   string `json:"photos,omitempty"`   // 摄影
	Editor   string `json:"editor,omitempty"`   // 编辑
	Reviewer string `json:"reviewer,omitempty"` // 审核
	Source   string `json:"source,omitempty"`   // 来源
}

// Cover is the photo that stands for an article, and which parts of it the two cover shapes show.
type Cover struct {
	Photo  Digest `json:"photo,omitempty"`
	Focus  Point  `json:"focus"`
	Wide   *Rect  `json:"wide,omitempty"`   // 2.35:1, explicit
	Square *Rect  `json:"square,omitempty"` // 1:1, explicit
}

// Frame returns the part of the cover photo that a recipe keeps.
func (c Cover) Frame(recipe Recipe) Frame {
	f := Frame{Focus: c.Focus}
	switch recipe {
	case CoverWide:
		f.Crop = c.Wide
	case CoverSquare:
		f.Crop = c.Square
	case SiteShare: // less wide than what was chosen for WeChat, which therefore lies in its middle
		if c.Wide != nil && c.Wide.Valid() {
			f.Focus = Point{X: (c.Wide.X1 + c.Wide.X2) / 2, Y: (c.Wide.Y1 + c.Wide.Y2) / 2}
		}
	}
	return f
}

// Content is everything of an article that a reader sees. The content hash is over all of it.
type Content struct {
	Title     string  `json:"title"`
	PushTitle string  `json:"push_title,omitempty"` // the title in WeChat, where Title is too long for it
	Subtitle  string  `json:"subtitle,omitempty"`
	Digest    string  `json:"digest,omitempty"` // 摘要; empty: cut from the body when needed, see Summary
	Column    Column  `json:"column,omitempty"`
	Credits   Credits `json:"credits"`
	Cover     Cover   `json:"cover"`
	Body      Body    `json:"body"`

	// Correction tells readers what was corrected, in an article that they could read before; see LacksNote. Without one
	// the stored form, and with it the hash, is what it was before there were corrections.
	Correction string `json:"correction,omitempty"`

	// Attachments are what readers of a website can fetch, in this order. Without any the hash is what it was before there were any.
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Bounds of the short fields. Targets have narrower ones, which preflight checks; these only keep storage bounded.
const (
	MaxTitleRunes  = 200
	MaxDigestRunes = 500
	MaxCreditRunes = 100
)

// ContentHash identifies a content: SHA-256 in 64 lower-case hexadecimal characters.
type ContentHash string

// Hash returns the content hash. Equal hashes mean that readers see the same.
func (c Content) Hash() ContentHash {
	data, err := EncodeJSON(c)
	if err != nil {
		panic("press: a content that cannot be written: " + err.Error()) // only a foreign Block type could do that
	}
	sum := sha256.Sum256(data)
	return ContentHash(hex.EncodeToString(sum[:]))
}

// Normalize returns the content in its canonical form. What is stored and hashed is always normalized.
func (c Content) Normalize() Content {
	c.Title = oneLine(c.Title)
	c.PushTitle = oneLine(c.PushTitle)
	c.Subtitle = oneLine(c.Subtitle)
	c.Digest = oneLine(c.Digest)
	c.Correction = oneLine(c.Correction)
	for _, f := range []*string{&c.Credits.Text, &c.Credits.Photos, &c.Credits.Editor, &c.Credits.Reviewer, &c.Credits.Source} {
		*f = oneLine(*f)
	}
	c.Body = c.Body.Normalize()
	c.Attachments = normalizeAttachments(c.Attachments)
	if c.Cover.Photo == "" {
		if photos := c.Body.Photos(); len(photos) > 0 {
			c.Cover = Cover{Photo: photos[0]}
		}
	}
	if c.Cover.Focus == (Point{}) {
		c.Cover.Focus = Centre().Focus
	}
	return c
}

func oneLine(s string) string { return strings.Trim(strings.Join(strings.Fields(s), " "), blank) }

// Check returns what makes a content unfit to be kept. An empty title or body is kept (work in progress); submitting
// for review refuses it.
func (c Content) Check() error {
	fields := []struct {
		name, zh, value string
		limit           int
	}{
		{"title", "标题", c.Title, MaxTitleRunes},
		{"WeChat title", "微信标题", c.PushTitle, MaxTitleRunes},
		{"subtitle", "副标题", c.Subtitle, MaxTitleRunes},
		{"digest", "摘要", c.Digest, MaxDigestRunes},
		{"correction note", "更正说明", c.Correction, MaxCorrectionRunes},
		{"credit (text)", "供稿", c.Credits.Text, MaxCreditRunes},
		{"credit (photos)", "摄影", c.Credits.Photos, MaxCreditRunes},
		{"credit (editor)", "编辑", c.Credits.Editor, MaxCreditRunes},
		{"credit (reviewer)", "审核", c.Credits.Reviewer, MaxCreditRunes},
		{"credit (source)", "来源", c.Credits.Source, MaxCreditRunes},
	}
	for _, f := range fields {
		if n := utf8.RuneCountInString(f.value); n > f.limit || !utf8.ValidString(f.value) {
			return Fail(TooLarge, "content.long", Say(
				"The %[1]s has %[3]d characters; at most %[4]d are kept. Shorten it.",
				"%[2]s有 %[3]d 个字，最多 %[4]d 个，请缩短。", f.name, f.zh, n, f.limit))
		}
	}
	for _, f := range fields {
		if strings.ContainsFunc(f.value, unwritable) {
			return Fail(Invalid, "content.control", Say(
				"The %[1]s contains a control character; write it anew.", "%[2]s含有控制字符，请重新输入。", f.name, f.zh))
		}
	}
	if f := c.Cover.Focus; !(f.X >= 0 && f.X <= 1 && f.Y >= 0 && f.Y <= 1) {
		return Fail(Invalid, "content.focus", Say("The cover's focal point lies outside the photo.", "封面焦点超出图片范围。"))
	}
	if c.Cover.Photo != "" && !c.Cover.Photo.Valid() {
		return Fail(Invalid, "content.cover", Say("The cover is not a photo's digest.", "封面不是有效的图片摘要。"))
	}
	for _, r := range []*Rect{c.Cover.Wide, c.Cover.Square} {
		if r != nil && !r.Valid() {
			return Fail(Invalid, "content.crop", Say("A cover crop lies outside the photo.", "封面裁剪区域超出图片范围。"))
		}
	}
	if err := c.Column.Check(); err != nil {
		return err
	}
	if err := checkAttachments(c.Attachments); err != nil {
		return err
	}
	return c.Body.Check()
}

// Photos returns every photo that the content shows, the cover included, each once.
func (c Content) Photos() []Digest {
	out := c.Body.Photos()
	if c.Cover.Photo == "" {
		return out
	}
	for _, d := range out {
		if d == c.Cover.Photo {
			return out
		}
	}
	return append(out, c.Cover.Photo)
}

// Summary returns the digest, or else the beginning of the body, cut to at most limit characters.
func (c Content) Summary(limit int) string {
	s := c.Digest
	if s == "" {
		s = oneLine(c.Body.Text())
	}
	return clip(s, limit)
}

// ArticleState is how far an article is on its way to being approved.
type ArticleState string

// The states of an article.
const (
	ArticleDraft     ArticleState = "draft"     // being written
	ArticleReview    ArticleState = "review"    // handed in; stages are being signed
	ArticleReturned  ArticleState = "returned"  // sent back to its author with a reason
	ArticleApproved  ArticleState = "approved"  // every stage of the current revision is signed
	ArticleWithdrawn ArticleState = "withdrawn" // not to be published
)

// Article is one news item; what it says is in its revisions.
type Article struct {
	ID        ArticleID    `json:"id"`
	State     ArticleState `json:"state"`
	Revision  int          `json:"revision"` // the current one
	Hash      ContentHash  `json:"hash"`     // of the current revision
	Title     string       `json:"title"`    // of the current revision
	Column    Column       `json:"column,omitempty"`
	Author    UserID       `json:"author"` // who handed it in
	CreatedAt time.Time    `json:"created_at"`
	UpdatedAt time.Time    `json:"updated_at"`
}

// Revision is one saved state of an article, never changed afterwards.
type Revision struct {
	Article   ArticleID   `json:"article"`
	Number    int         `json:"number"` // from 1
	Hash      ContentHash `json:"hash"`
	Content   Content     `json:"content"`
	Author    UserID      `json:"author"`             // who saved it
	Unplaced  []Digest    `json:"unplaced,omitempty"` // photos handed in with it that the content does not show
	Notes     []Note      `json:"notes,omitempty"`    // what intake had to say
	CreatedAt time.Time   `json:"created_at"`
}

// Note is something that a person should know about a parcel that was nevertheless taken.
type Note struct {
	Code string `json:"code"`
	Line int    `json:"line,omitempty"` // in the document, from 1
	File string `json:"file,omitempty"`
	Text Text   `json:"text"`

	Photo Digest `json:"photo,omitempty"` // that it is about, where the photo was kept
}

// DecodeContent reads a content from its stored form and checks that it still has the hash it was stored with.
func DecodeContent(data []byte, want ContentHash) (Content, error) {
	var c Content
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("press: decode content: %w", err)
	}
	if got := c.Hash(); want != "" && got != want {
		return c, Fail(Internal, "content.hash", Say(
			"A stored revision no longer has the content that was approved; nothing is published from it.",
			"存储的版本与审核时的内容不一致，已停止发布。")).Because(fmt.Errorf("have %s, want %s", got, want))
	}
	return c, nil
}
