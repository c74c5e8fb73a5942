package webhook

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Event says what a request is about.
type Event string

// The events.
const (
	Publish Event = "publish" // readers shall see the article
	Correct Event = "correct" // they shall see it as it is now
	Retract Event = "retract" // they shall not see it any more
	Try     Event = "test"    // nothing: somebody tries the connection
)

// Message is the JSON of a request. Fields may be added; none is renamed or taken away within a version.
type Message struct {
	Version   int       `json:"version"`
	Event     Event     `json:"event"`
	ID        string    `json:"id"`       // the idempotency key
	Sequence  int       `json:"sequence"` // of the article's messages to this target, rising
	Target    string    `json:"target"`
	SentAt    time.Time `json:"sent_at"`
	Overwrite string    `json:"overwrite,omitempty"` // what was answered as seen, and a person has agreed to replace
	Article   *Article  `json:"article,omitempty"`   // of retract with its id alone; none of test
}

// Article is an article in a message.
type Article struct {
	ID          press.ArticleID   `json:"id"`
	Revision    int               `json:"revision,omitempty"`
	Hash        press.ContentHash `json:"hash,omitempty"`
	Language    press.Lang        `json:"language,omitempty"`
	Title       string            `json:"title,omitempty"`
	ShortTitle  string            `json:"short_title,omitempty"`
	Subtitle    string            `json:"subtitle,omitempty"`
	Digest      string            `json:"digest,omitempty"`
	Column      press.Column      `json:"column,omitempty"`
	Credits     *press.Credits    `json:"credits,omitempty"`
	PublishedAt time.Time         `json:"published_at,omitzero"`
	UpdatedAt   time.Time         `json:"updated_at,omitzero"`
	Correction  string            `json:"correction,omitempty"`
	Canonical   string            `json:"canonical,omitempty"` // the page to name as the original, where there is one
	HTML        string            `json:"html,omitempty"`      // of the body; clean, as it may stand in a page
	Markdown    string            `json:"markdown,omitempty"`
	Text        string            `json:"text,omitempty"`
	Cover       press.Digest      `json:"cover,omitempty"` // one of photos
	Photos      []Photo           `json:"photos,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
}

// Photo is a photo in a message.
type Photo struct {
	Number      int          `json:"number,omitempty"` // in the body, from 1; none of a cover that the body does not show
	Digest      press.Digest `json:"digest"`           // of the original
	ContentType string       `json:"content_type"`
	Width       int          `json:"width"`
	Height      int          `json:"height"`
	Bytes       int64        `json:"bytes"`
	Alt         string       `json:"alt,omitempty"`
	Caption     string       `json:"caption,omitempty"`
	URL         string       `json:"url,omitempty"`
	Expires     time.Time    `json:"expires_at,omitzero"` // of the url
	Data        string       `json:"data,omitempty"`      // base64, instead of the url
}

// digestRunes is how much of the body stands in for a digest that nobody wrote.
const digestRunes = 120

func (t *Target) article(ctx context.Context, p press.Page) (*Article, error) {
	c := p.Content
	a := &Article{
		ID: p.ID, Revision: p.Revision, Hash: c.Hash(), Language: markup.Language(c), Title: c.Title, ShortTitle: c.PushTitle, Subtitle: c.Subtitle, Digest: c.Summary(digestRunes),
		Column: c.Column, Credits: &c.Credits, PublishedAt: p.PublishedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(), Correction: c.Correction,
		Text: markup.Text(c.Body), Cover: c.Cover.Photo,
	}
	if t.Canonical != nil {
		a.Canonical = t.Canonical(p.ID)
	}
	var err error
	if a.Photos, err = t.photos(ctx, p); err != nil {
		return nil, err
	}
	var inline int64
	for _, photo := range a.Photos {
		inline += photo.Bytes
	}
	if a.Attachments, err = t.attachments(ctx, c, inline); err != nil {
		return nil, err
	}
	address := func(n int, _ press.Picture) string {
		i := slices.IndexFunc(a.Photos, func(photo Photo) bool { return photo.Number == n })
		if i < 0 {
			return ""
		}
		if a.Photos[i].URL != "" {
			return a.Photos[i].URL
		}
		return "photo:" + strconv.Itoa(n)
	}
	a.HTML = markup.Clean(c.Body, markup.CleanOptions{Address: address, Captions: p.Captions})
	a.Markdown = markup.MarkdownBody(c.Body, address)
	return a, nil
}

// photos lists the photos of the body in order, and a cover of its own.
func (t *Target) photos(ctx context.Context, p press.Page) ([]Photo, error) {
	var out []Photo
	var inline int64
	numbers := markup.PhotoNumbers(p.Content.Body)
	for _, digest := range p.Content.Photos() {
		r, ok := t.rendition(p.Renditions[digest])
		if !ok {
			continue // an article is not kept from its readers for a picture that was lost; preflight has said so
		}
		photo := Photo{Number: numbers[digest], Digest: digest, ContentType: r.ContentType, Width: r.Width, Height: r.Height, Bytes: r.Bytes}
		for _, picture := range p.Content.Body.Pictures() {
			if picture.Photo == digest && photo.Caption == "" && photo.Alt == "" {
				photo.Caption, photo.Alt = picture.Caption, picture.Alt
			}
		}
		if !t.Inline {
			photo.URL, photo.Expires = t.photoURL(r)
			out = append(out, photo)
			continue
		}
		if inline += r.Bytes; inline > maxInline {
			return nil, tooLarge()
		}
		data, err := t.Read(ctx, r)
		if err != nil {
			return nil, err
		}
		photo.Data = base64.StdEncoding.EncodeToString(data)
		out = append(out, photo)
	}
	return out, nil
}

// inlineWidth is how wide photos are that go inside a request, and maxInline how many bytes they are together at most.
const (
	inlineWidth = 960
	maxInline   = 6 << 20
)

// rendition chooses the largest JPEG or PNG that there is; of those that go inside a request, a moderate one.
func (t *Target) rendition(list []press.Rendition) (best press.Rendition, ok bool) {
	for _, r := range list {
		if strings.HasSuffix(r.ContentType, "webp") || ok && (r.Width <= best.Width || t.Inline && r.Width > inlineWidth) {
			continue
		}
		best, ok = r, true
	}
	return best, ok
}

func tooLarge() *press.PageFault {
	return &press.PageFault{
		Code: "webhook.too_large", Class: press.ClassContent,
		Text: press.Say("The photos and attachments are over %d MB together, which is too much for one request.", "图片与附件合计超过 %d MB，无法放入一次请求。", maxInline>>20),
		Fix:  press.Say("Let the receiver fetch them by their addresses (option photos=links), or take some out.", "请改为由接收方按链接获取（选项 photos=links），或减少图片与附件。"),
	}
}
