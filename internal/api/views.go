package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// Content is a revision's content in its stored JSON form.
type Content struct{ press.Content }

// MarshalJSON writes the stored form.
func (c Content) MarshalJSON() ([]byte, error) { return press.EncodeJSON(c.Content) }

// UnmarshalJSON reads it.
func (c *Content) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &c.Content) }

// Schema describes the form where Go's types cannot: blocks are told apart by their type.
func (Content) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Schema{
		Type: huma.TypeObject,
		Properties: map[string]*huma.Schema{
			"title": text, "push_title": {Type: huma.TypeString, Description: "the title in WeChat, where it differs"},
			"subtitle": text, "digest": text,
			"correction": {Type: huma.TypeString, Description: "what readers are told was corrected"},
			"column":     {Type: huma.TypeArray, Items: text},
			"credits":    {Type: huma.TypeObject, Description: "text, photos, editor, reviewer, source"},
			"cover":      {Type: huma.TypeObject, Description: "photo (digest), focus, wide, square"},
			"attachments": {
				Type: huma.TypeArray, Description: "files that readers of a website can fetch: file (digest), name, size in bytes",
				Items: &huma.Schema{Type: huma.TypeObject},
			},
			"body": {
				Type: huma.TypeObject, Description: "version and blocks; a block's type is paragraph, heading, photo, gallery, list, quote, table or divider",
				Properties: map[string]*huma.Schema{
					"version": {Type: huma.TypeInteger},
					"blocks":  {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject}},
				},
			},
		},
	}
}

// Revision is one saved state of an article.
type Revision struct {
	Number   int               `json:"number"`
	Hash     press.ContentHash `json:"hash"`
	Author   press.UserID      `json:"author"`
	Content  Content           `json:"content"`
	Unplaced []press.Digest    `json:"unplaced" doc:"photos that came with it and are not placed"`
	Notes    []press.Note      `json:"notes" doc:"what intake had to say"`
	SavedAt  string            `json:"saved_at" format:"date-time"`
}

func viewRevision(r press.Revision) Revision {
	return Revision{
		Number: r.Number, Hash: r.Hash, Author: r.Author, Content: Content{r.Content},
		Unplaced: orEmpty(r.Unplaced), Notes: orEmpty(r.Notes), SavedAt: r.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"),
	}
}

// orEmpty makes lists [] and never null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ArticleReading is an article with its current revision, its sign-offs and the stage that waits.
type ArticleReading struct {
	Article  press.Article   `json:"article"`
	Revision Revision        `json:"revision"`
	SignOffs []press.SignOff `json:"sign_offs"`
	Next     *press.Stage    `json:"next,omitempty"`
}

func readingOf(r desk.Reading) ArticleReading {
	return ArticleReading{Article: r.Article, Revision: viewRevision(r.Revision), SignOffs: orEmpty(r.SignOffs), Next: r.Next}
}

// ArticleList is a page of articles.
type ArticleList struct {
	Total    int             `json:"total"`
	Articles []press.Article `json:"articles"`
}

// Findings are the results of preflight.
type Findings struct {
	Findings []press.Finding `json:"findings"`
}

// HandedIn is what became of a parcel.
type HandedIn struct {
	Article    press.Article     `json:"article"`
	Revision   Revision          `json:"revision"`
	Photos     []press.Photo     `json:"photos"`
	Renditions []press.Rendition `json:"renditions"`
}

// Signed is a sign-off and where the article stands after it.
type Signed struct {
	Article press.Article `json:"article"`
	SignOff press.SignOff `json:"sign_off"`
}

// EditionList is a page of editions.
type EditionList struct {
	Total    int             `json:"total"`
	Editions []press.Edition `json:"editions"`
}

// EditionReading is an edition with its deliveries: to the account, and of its articles to the website.
type EditionReading struct {
	Edition    press.Edition    `json:"edition"`
	Deliveries []press.Delivery `json:"deliveries"`
	Stop       *press.Stop      `json:"stop,omitempty" doc:"the emergency stop that holds the account now; while it is on, the push does not go out"`
}

// DeliveryList is a page of deliveries.
type DeliveryList struct {
	Total      int              `json:"total"`
	Deliveries []press.Delivery `json:"deliveries"`
}

// DeliveryReading is a delivery with every try of every step.
type DeliveryReading struct {
	Delivery press.Delivery  `json:"delivery"`
	Attempts []press.Attempt `json:"attempts"`
}

// AuditList is a part of the audit log, newest first.
type AuditList struct {
	Entries []press.AuditEntry `json:"entries"`
}

type answer[T any] struct{ Body T }
