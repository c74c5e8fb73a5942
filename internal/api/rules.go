package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// ColumnReading is a column of the office and what it asks of its articles.
type ColumnReading struct {
	Column  string            `json:"column" doc:"e.g. News › Group"`
	Rules   press.ColumnRules `json:"rules" doc:"what the column states itself"`
	Version int64             `json:"version" doc:"of these rules; 0: it states none"`
	Holds   press.ColumnRules `json:"holds" doc:"what holds in it, together with the columns around it"`
}

// ColumnList is the office's columns in their order.
type ColumnList struct {
	Columns []ColumnReading `json:"columns"`
}

// ColumnRulesBody gives a column other rules.
type ColumnRulesBody struct {
	Column  string            `json:"column" minLength:"1" maxLength:"200" doc:"e.g. News › Group"`
	Version int64             `json:"version" minimum:"0" doc:"of the rules as they were seen; 0: there were none"`
	Rules   press.ColumnRules `json:"rules" doc:"numbers that are 0 or left out state nothing"`
	// The picture of the watermark; that of the rules may be left out then.
	WatermarkPicture []byte `json:"watermark_picture,omitempty" maxLength:"2800000" doc:"a picture in base64, at most 2 MB, best a PNG that is see-through; it becomes rules.watermark.photo"`
}

// AvoidWordList is the office's list of words to avoid.
type AvoidWordList struct {
	Words   []press.AvoidWord `json:"words"`
	Version int64             `json:"version"`
}

// AvoidWordsBody adds entries to the list, or puts them in its place.
type AvoidWordsBody struct {
	Words   []AvoidWordBody `json:"words" maxItems:"5000"`
	Replace bool            `json:"replace,omitempty" doc:"the list is these and nothing else"`
	Version *int64          `json:"version,omitempty" minimum:"0" doc:"with replace: of the list as it was seen; left out, whichever it is"`
}

// AvoidWordBody is one entry.
type AvoidWordBody struct {
	Phrase   string `json:"phrase" minLength:"1" maxLength:"160"`
	Instead  string `json:"instead,omitempty" maxLength:"320"`
	Severity string `json:"severity,omitempty" enum:"must,check,allow" doc:"left out: check"`
	Reason   string `json:"reason,omitempty" maxLength:"800"`
}

// AvoidWordsRemoval names entries to take out, by their phrases.
type AvoidWordsRemoval struct {
	Phrases []string `json:"phrases" minItems:"1" maxItems:"5000"`
}

func (s *server) rules() {
	tag := []string{"columns"}
	register(s, huma.Operation{OperationID: "list-columns", Method: http.MethodGet, Path: "/columns", Summary: "List the columns and what they ask of their articles", Tags: tag}, s.listColumns)
	register(s, huma.Operation{OperationID: "change-column-rules", Method: http.MethodPost, Path: "/columns/rules", Summary: "Say what a column asks of its articles", Tags: tag, MaxBodyBytes: 4 << 20}, s.changeColumnRules)
	tag = []string{"text checks"}
	register(s, huma.Operation{OperationID: "list-avoid-words", Method: http.MethodGet, Path: "/avoid-words", Summary: "List the words to avoid", Tags: tag}, s.listWords)
	register(s, huma.Operation{
		OperationID: "put-avoid-words", Method: http.MethodPost, Path: "/avoid-words", Summary: "Add words to avoid, or replace the list", Tags: tag,
		MaxBodyBytes: 2 * press.MaxAvoidListBytes,
	}, s.putWords)
	register(s, huma.Operation{OperationID: "remove-avoid-words", Method: http.MethodPost, Path: "/avoid-words/remove", Summary: "Remove words to avoid", Tags: tag}, s.removeWords)
	register(s, huma.Operation{
		OperationID: "confirm-article", Method: http.MethodPost, Path: "/articles/{id}/meant", Summary: "Say that what the text checks found is meant", Tags: tag,
		Description: "For editors. Personal numbers and words that must change keep an article from being signed and composed until then.",
	}, s.sayMeant)
}

func (s *server) listColumns(ctx context.Context, _ press.Actor, _ *struct{}) (*answer[ColumnList], error) {
	tree, err := s.Desk.ColumnChoices(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Desk.ColumnRules(ctx)
	if err != nil {
		return nil, err
	}
	out := ColumnList{Columns: []ColumnReading{}}
	for _, c := range tree {
		one := ColumnReading{Column: c.String(), Holds: press.RulesFor(c, all)}
		for _, r := range all {
			if r.Column.String() == one.Column {
				one.Rules, one.Version = r.Rules, r.Version
			}
		}
		out.Columns = append(out.Columns, one)
	}
	return &answer[ColumnList]{out}, nil
}

func (s *server) changeColumnRules(ctx context.Context, by press.Actor, in *struct{ Body ColumnRulesBody }) (*answer[ColumnReading], error) {
	column, rules := press.ParseColumn(in.Body.Column), in.Body.Rules
	if len(in.Body.WatermarkPicture) > 0 {
		mark, err := s.Desk.TakeWatermark(ctx, by, "watermark", in.Body.WatermarkPicture)
		if err != nil {
			return nil, err
		}
		if rules.Watermark == nil {
			rules.Watermark = &press.Watermark{}
		}
		rules.Watermark.Photo = mark
	}
	_, err := s.Desk.SaveColumnRules(ctx, by, press.RuledColumn{Column: column, Rules: rules, Version: in.Body.Version})
	if err != nil {
		return nil, err
	}
	own, holds, err := s.Desk.RulesOf(ctx, column)
	return &answer[ColumnReading]{ColumnReading{Column: column.String(), Rules: own.Rules, Version: own.Version, Holds: holds}}, err
}

func (s *server) listWords(ctx context.Context, by press.Actor, _ *struct{}) (*answer[AvoidWordList], error) {
	list, version, err := s.Desk.AvoidWords(ctx, by)
	return &answer[AvoidWordList]{AvoidWordList{orEmpty(list), version}}, err
}

func (s *server) putWords(ctx context.Context, by press.Actor, in *struct{ Body AvoidWordsBody }) (*answer[desk.WordsChanged], error) {
	var words []press.AvoidWord
	for _, w := range in.Body.Words {
		words = append(words, press.AvoidWord{Phrase: w.Phrase, Instead: w.Instead, Severity: press.Severity(w.Severity), Reason: w.Reason})
	}
	if !in.Body.Replace {
		done, err := s.Desk.PutWords(ctx, by, words)
		return &answer[desk.WordsChanged]{done}, err
	}
	seen := int64(-1)
	if in.Body.Version != nil {
		seen = *in.Body.Version
	}
	done, err := s.Desk.ReplaceWords(ctx, by, seen, words)
	return &answer[desk.WordsChanged]{done}, err
}

func (s *server) removeWords(ctx context.Context, by press.Actor, in *struct{ Body AvoidWordsRemoval }) (*answer[desk.WordsChanged], error) {
	done, err := s.Desk.RemoveWords(ctx, by, in.Body.Phrases)
	return &answer[desk.WordsChanged]{done}, err
}

func (s *server) sayMeant(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body struct {
		Revision int `json:"revision" minimum:"1" doc:"that was read"`
	}
},
) (*answer[Findings], error) {
	id := press.ArticleID(in.ID)
	if err := s.mayRead(ctx, by, id); err != nil {
		return nil, err
	}
	if err := s.Desk.SayMeant(ctx, by, id, in.Body.Revision); err != nil {
		return nil, err
	}
	findings, err := s.Desk.Preflight(ctx, id, "")
	return &answer[Findings]{Findings{orEmpty(findings)}}, err
}

// Columns lists the columns and what they ask of their articles.
func (c *Client) Columns(ctx context.Context) (ColumnList, error) {
	return ask[ColumnList](ctx, c, call{method: http.MethodGet, path: "/columns"})
}

// SetColumnRules says what a column asks of its articles.
func (c *Client) SetColumnRules(ctx context.Context, rules ColumnRulesBody) (ColumnReading, error) {
	return ask[ColumnReading](ctx, c, call{method: http.MethodPost, path: "/columns/rules", body: rules})
}

// AvoidWords lists the words to avoid.
func (c *Client) AvoidWords(ctx context.Context) (AvoidWordList, error) {
	return ask[AvoidWordList](ctx, c, call{method: http.MethodGet, path: "/avoid-words"})
}

// PutAvoidWords adds words to avoid, or replaces the list.
func (c *Client) PutAvoidWords(ctx context.Context, words AvoidWordsBody) (desk.WordsChanged, error) {
	return ask[desk.WordsChanged](ctx, c, call{method: http.MethodPost, path: "/avoid-words", body: words})
}

// RemoveAvoidWords takes words out of the list.
func (c *Client) RemoveAvoidWords(ctx context.Context, phrases []string) (desk.WordsChanged, error) {
	return ask[desk.WordsChanged](ctx, c, call{method: http.MethodPost, path: "/avoid-words/remove", body: AvoidWordsRemoval{phrases}})
}

// SayMeant says that what the text checks found in an article's current revision is meant, and returns what preflight says
// then.
func (c *Client) SayMeant(ctx context.Context, id press.ArticleID, revision int) ([]press.Finding, error) {
	out, err := ask[Findings](ctx, c, call{
		method: http.MethodPost, path: pathOf("articles", id) + "/meant", body: map[string]int{"revision": revision},
	})
	return out.Findings, err
}
