package desk

import (
	"context"

	"newsdesk/internal/press"
)

// RulesStore keeps what columns ask of their articles.
type RulesStore interface {
	ColumnRules(context.Context) ([]press.RuledColumn, error)
	SaveColumnRules(context.Context, press.Actor, press.RuledColumn) (press.RuledColumn, error)
}

// ColumnRules returns the rules of every column that states some.
func (d *Desk) ColumnRules(ctx context.Context) ([]press.RuledColumn, error) {
	return d.Store.ColumnRules(ctx)
}

// RulesOf returns what a column states itself, and what holds in it together with the columns around it.
func (d *Desk) RulesOf(ctx context.Context, c press.Column) (own press.RuledColumn, holds press.ColumnRules, err error) {
	defer press.Wrap(&err, "desk.RulesOf(%s)", c)
	all, err := d.Store.ColumnRules(ctx)
	if err != nil {
		return own, holds, err
	}
	own = press.RuledColumn{Column: c, Rules: press.ColumnRules{Version: press.ColumnRulesVersion}}
	for _, r := range all {
		if r.Column.String() == c.String() {
			own = r
		}
	}
	return own, press.RulesFor(c, all), nil
}

// SaveColumnRules gives a column of the office its rules; rules that state nothing take them away. The version is that of
// the rules which the administrator has seen.
func (d *Desk) SaveColumnRules(ctx context.Context, by press.Actor, c press.RuledColumn) (_ press.RuledColumn, err error) {
	defer press.Wrap(&err, "desk.SaveColumnRules(%s)", c.Column)
	if err := by.Require(press.Administrator); err != nil {
		return c, err
	}
	if len(c.Column) == 0 {
		return c, press.NoColumn(c.Column)
	}
	if err := c.Rules.Check(); err != nil {
		return c, err
	}
	if err := d.checkWatermark(ctx, c.Rules.Watermark.Shown()); err != nil {
		return c, err
	}
	return d.Store.SaveColumnRules(ctx, by, c)
}

// TakeWatermark keeps a picture that is to be a column's watermark, and returns its digest for the column's rules.
func (d *Desk) TakeWatermark(ctx context.Context, by press.Actor, name string, data []byte) (_ press.Digest, err error) {
	defer press.Wrap(&err, "desk.TakeWatermark(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return "", err
	}
	return d.Gallery.TakeMark(ctx, name, data)
}

// checkWatermark: with a picture that is not there, nothing of the column could be published.
func (d *Desk) checkWatermark(ctx context.Context, w *press.Watermark) error {
	if w == nil {
		return nil
	}
	there, err := d.Store.Photos(ctx, []press.Digest{w.Photo})
	if err != nil {
		return err
	}
	if _, ok := there[w.Photo]; !ok {
		return press.Fail(press.Invalid, "watermark.photo", press.Say(
			"The watermark's picture is not there: send it again.", "水印图片不存在，请重新上传。"))
	}
	return nil
}

// broken returns the rules of its column that a content breaks.
func (d *Desk) broken(ctx context.Context, c press.Content) ([]press.Finding, error) {
	if len(c.Column) == 0 {
		return nil, nil
	}
	_, rules, err := d.RulesOf(ctx, c.Column)
	if err != nil {
		return nil, err
	}
	photos, err := d.Store.Photos(ctx, c.Photos())
	if err != nil {
		return nil, err
	}
	return rules.Broken(c, photos), nil
}

// keepRules keeps a parcel that was to be handed in for review as a draft where it breaks its column's rules, with a note
// for each: nothing of it is lost, and its author sees what to mend. Whoever is an editor may hand it in all the same.
func (d *Desk) keepRules(ctx context.Context, h *HandIn, rev *press.Revision) error {
	if h.Draft {
		return nil // preflight says it
	}
	broken, err := d.broken(ctx, rev.Content)
	if err != nil || len(broken) == 0 {
		return err
	}
	h.Draft, h.held = true, true
	rev.Notes = append(rev.Notes, press.Note{Code: "rules.held", Text: press.Say(
		"The article is kept as a draft and is not handed in for review, because it does not keep to what its column asks (%d rules). Mend it, then hand it in.",
		"稿件有 %d 项不符合栏目要求，已存为草稿，尚未提交审核。请修改后再提交。", len(broken))})
	rev.Notes = append(rev.Notes, rulesNotes(broken)...)
	return nil
}

func rulesNotes(broken []press.Finding) []press.Note {
	out := make([]press.Note, len(broken))
	for i, f := range broken {
		out[i] = press.Note{Code: f.Code, Text: f.Text}
	}
	return out
}

// stateOfParcel is the state that an article has once a parcel is its next revision. One that waits for review does not
// wait with a parcel that was held.
func stateOfParcel(now press.ArticleState, h HandIn) press.ArticleState {
	if h.held && now == press.ArticleReview {
		return press.ArticleDraft
	}
	return press.StateAfterSaving(now, !h.Draft)
}

// checkRules refuses to hand in a content that breaks its column's rules, a sentence for each. An editor goes on with it:
// preflight has said so before, and the notes of the revision say it to whoever reviews it.
func (d *Desk) checkRules(ctx context.Context, by press.Actor, rev *press.Revision) error {
	broken, err := d.broken(ctx, rev.Content)
	if err != nil || len(broken) == 0 {
		return err
	}
	if by.Require(press.Editor) != nil {
		return press.RulesRefusal(broken)
	}
	rev.Notes = append(rev.Notes, rulesNotes(broken)...)
	return nil
}

// findRules is checkRules as findings. They block as long as the article is to be handed in; in review they are advice,
// because an editor has let it go on, or the rules came later.
func (d *Desk) findRules(ctx context.Context, c press.Content, written bool) ([]press.Finding, error) {
	broken, err := d.broken(ctx, c)
	for i := range broken {
		broken[i].Blocks = written
	}
	return broken, err
}
