package desk

import (
	"context"

	"newsdesk/internal/press"
)

// Columns returns the office's columns with the articles in them, and behind them those that only articles name.
func (d *Desk) Columns(ctx context.Context) ([]press.ColumnNode, error) {
	tree, err := d.Store.ColumnTree(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := d.Store.ColumnCounts(ctx)
	if err != nil {
		return nil, err
	}
	return tree.Nodes(counts), nil
}

// ColumnChoices returns the office's columns in order, for a person to choose from.
func (d *Desk) ColumnChoices(ctx context.Context) ([]press.Column, error) {
	tree, err := d.Store.ColumnTree(ctx)
	return tree, err
}

// AddColumn adds a column behind its siblings, and its parents where they are missing.
func (d *Desk) AddColumn(ctx context.Context, by press.Actor, c press.Column) (err error) {
	defer press.Wrap(&err, "desk.AddColumn(%s)", c)
	_, err = d.changeColumns(ctx, by, "column.add", "", c, func(t press.ColumnTree) (press.ColumnTree, error) { return t.Add(c) })
	return err
}

// RenameColumn gives a column another name, with all that is below it. Articles that are in it stay under the old path,
// because their column is part of what was signed; left says how many, so that they can be moved (MoveColumn).
func (d *Desk) RenameColumn(ctx context.Context, by press.Actor, c press.Column, name string) (to press.Column, left int, err error) {
	defer press.Wrap(&err, "desk.RenameColumn(%s)", c)
	left, err = d.changeColumns(ctx, by, "column.rename", name, c, func(t press.ColumnTree) (out press.ColumnTree, err error) {
		out, to, err = t.Rename(c, name)
		return out, err
	})
	return to, left, err
}

// PlaceColumn moves a column under another parent (nil: the outermost level), as its child number index from 0. Articles
// stay under the old path if the parent is another one; left says how many.
func (d *Desk) PlaceColumn(ctx context.Context, by press.Actor, c, parent press.Column, index int) (to press.Column, left int, err error) {
	defer press.Wrap(&err, "desk.PlaceColumn(%s)", c)
	left, err = d.changeColumns(ctx, by, "column.place", parent.String(), c, func(t press.ColumnTree) (out press.ColumnTree, err error) {
		out, to, err = t.Place(c, parent, index)
		return out, err
	})
	if to.String() == c.String() {
		left = 0
	}
	return to, left, err
}

// RemoveColumn takes a column out, with all that is below it. It is a Conflict, "column.used", if articles are in it.
func (d *Desk) RemoveColumn(ctx context.Context, by press.Actor, c press.Column) (err error) {
	defer press.Wrap(&err, "desk.RemoveColumn(%s)", c)
	remove := func(t press.ColumnTree) (press.ColumnTree, error) { return t.Remove(c) }
	_, _, err = d.Store.ChangeColumns(ctx, by, "column.remove", "", c, remove, func(articles int) error {
		if articles == 0 {
			return nil
		}
		return press.Fail(press.Conflict, "column.used", press.Say(
			"%[2]d articles are in “%[1]s” or below it. Move them to another column first.",
			"“%[1]s”及其下级栏目中有 %[2]d 篇稿件，请先将稿件移到其他栏目。", c.String(), articles))
	})
	return err
}

func (d *Desk) changeColumns(ctx context.Context, by press.Actor, action, detail string, about press.Column,
	change func(press.ColumnTree) (press.ColumnTree, error),
) (articles int, err error) {
	_, articles, err = d.Store.ChangeColumns(ctx, by, action, detail, about, change, func(int) error { return nil })
	return articles, err
}

// MaxMoved is how many articles can be given another column at once.
const MaxMoved = 500

// Moved is what became of articles that were given another column.
type Moved struct {
	Moved    []press.Article
	Unsigned int // of those: had signatures, and nobody's now
	There    int // were in the column already
	Refused  []RefusedMove
}

// RefusedMove is an article that stayed where it is, and why.
type RefusedMove struct {
	Article press.Article // only its identifier if it cannot be read
	Reason  press.Text
}

// MoveColumn gives articles another column, each in a new revision of its own; approved ones go back to review. Those that
// wait to go out, that are withdrawn or that the person may not change stay where they are and are named.
func (d *Desk) MoveColumn(ctx context.Context, by press.Actor, ids []press.ArticleID, column press.Column) (out Moved, err error) {
	defer press.Wrap(&err, "desk.MoveColumn")
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return out, err
	}
	if len(ids) == 0 || len(ids) > MaxMoved {
		return out, press.Fail(press.Invalid, "move.count", press.Say(
			"Choose 1 to %d articles; %d are chosen.", "请选择 1 至 %d 篇稿件，当前选择了 %d 篇。", MaxMoved, len(ids)))
	}
	if err := column.Check(); err != nil {
		return out, err
	}
	for _, id := range ids {
		if err := d.moveOne(ctx, by, id, column, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// moveOne moves one article; only a fault of Newsdesk stops the others.
func (d *Desk) moveOne(ctx context.Context, by press.Actor, id press.ArticleID, column press.Column, out *Moved) error {
	a, err := d.readable(ctx, by, id)
	if err != nil {
		a = press.Article{ID: id}
	}
	moved, unsigned := false, false
	if err == nil {
		var now press.Article
		if now, moved, unsigned, err = d.Store.MoveToColumn(ctx, by, id, column); err == nil {
			a = now
		}
	}
	switch kind := press.KindOf(err); {
	case err != nil && (kind == press.Internal || kind == press.Unavailable):
		return err
	case err != nil:
		out.Refused = append(out.Refused, RefusedMove{Article: a, Reason: press.TextOf(err)})
	case !moved:
		out.There++
	default:
		out.Moved = append(out.Moved, a)
	}
	if unsigned {
		out.Unsigned++
	}
	return nil
}
