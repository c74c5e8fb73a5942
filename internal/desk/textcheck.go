package desk

import (
	"context"
	"fmt"
	"slices"

	"newsdesk/internal/press"
)

// TextCheckStore keeps the office's list of words to avoid, and what editors have said to be meant.
type TextCheckStore interface {
	AvoidWords(ctx context.Context, have int64) ([]press.AvoidWord, int64, error)
	ChangeWords(ctx context.Context, by press.Actor, seen int64,
		change func([]press.AvoidWord) (list []press.AvoidWord, detail string, err error)) ([]press.AvoidWord, int64, error)
	Meant(context.Context, press.ArticleID) ([]press.Meant, error)
	SayMeant(context.Context, press.Actor, press.Meant) error
}

// wordList is the list of one version, ready to be looked for.
type wordList struct {
	list    []press.AvoidWord
	version int64
	check   *press.TextCheck
}

// wordsNow returns the list as it is now. It is made ready once for each version.
func (d *Desk) wordsNow(ctx context.Context) (*wordList, error) {
	have := int64(-1)
	known := d.words.Load()
	if known != nil {
		have = known.version
	}
	list, version, err := d.Store.AvoidWords(ctx, have)
	if err != nil || version == have {
		return known, err
	}
	known = &wordList{list: list, version: version, check: press.NewTextCheck(list)}
	d.words.Store(known)
	return known, nil
}

// AvoidWords returns the office's list of words to avoid, and its version.
func (d *Desk) AvoidWords(ctx context.Context, by press.Actor) (_ []press.AvoidWord, version int64, err error) {
	defer press.Wrap(&err, "desk.AvoidWords")
	if err := by.Require(press.Contributor, press.Reviewer, press.Editor, press.Administrator); err != nil {
		return nil, 0, err
	}
	now, err := d.wordsNow(ctx)
	if err != nil {
		return nil, 0, err
	}
	return slices.Clone(now.list), now.version, nil
}

// WordsChanged is what became of the list.
type WordsChanged struct {
	Added   int   `json:"added"`
	Changed int   `json:"changed"`
	Removed int   `json:"removed"`
	Total   int   `json:"total"`
	Version int64 `json:"version"`
}

// PutWords adds entries to the list, each in the place of the one of the same phrase if there is one.
func (d *Desk) PutWords(ctx context.Context, by press.Actor, words []press.AvoidWord) (_ WordsChanged, err error) {
	defer press.Wrap(&err, "desk.PutWords")
	return d.changeWords(ctx, by, -1, func(list []press.AvoidWord) ([]press.AvoidWord, error) {
		out, _, err := press.PutWords(list, words)
		return out, err
	})
}

// ReplaceWords puts a list in the place of the one of the version that the administrator has seen; -1: whichever it is.
func (d *Desk) ReplaceWords(ctx context.Context, by press.Actor, seen int64, words []press.AvoidWord) (_ WordsChanged, err error) {
	defer press.Wrap(&err, "desk.ReplaceWords")
	return d.changeWords(ctx, by, seen, func([]press.AvoidWord) ([]press.AvoidWord, error) {
		out, _, err := press.PutWords(nil, words)
		return out, err
	})
}

// RemoveWords takes entries out of the list, by their phrases. It is NotFound, "words.missing", if there is none of them.
func (d *Desk) RemoveWords(ctx context.Context, by press.Actor, phrases []string) (_ WordsChanged, err error) {
	defer press.Wrap(&err, "desk.RemoveWords")
	return d.changeWords(ctx, by, -1, func(list []press.AvoidWord) ([]press.AvoidWord, error) {
		out, n := press.DropWords(list, phrases)
		if n == 0 {
			return nil, press.Fail(press.NotFound, "words.missing", press.Say(
				"None of these words is in the list; somebody may have removed them.", "词表中没有这些用词，可能已被删除。"))
		}
		return out, nil
	})
}

func (d *Desk) changeWords(ctx context.Context, by press.Actor, seen int64, change func([]press.AvoidWord) ([]press.AvoidWord, error)) (out WordsChanged, err error) {
	if err := by.Require(press.Administrator); err != nil {
		return out, err
	}
	list, version, err := d.Store.ChangeWords(ctx, by, seen, func(before []press.AvoidWord) ([]press.AvoidWord, string, error) {
		after, err := change(before)
		out = wordsChanged(before, after)
		return after, fmt.Sprintf("%d %d %d", out.Added, out.Changed, out.Removed), err
	})
	out.Total, out.Version = len(list), version
	return out, err
}

func wordsChanged(before, after []press.AvoidWord) (out WordsChanged) {
	was := make(map[string]press.AvoidWord, len(before))
	for _, w := range before {
		was[w.Phrase] = w
	}
	for _, w := range after {
		switch old, ok := was[w.Phrase]; {
		case !ok:
			out.Added++
		case old != w:
			out.Changed++
		}
		delete(was, w.Phrase)
	}
	out.Removed = len(was)
	return out
}

// maxMeant is how many revisions are looked into for what was said to be meant, the latest first.
const maxMeant = 10

// readText looks through a content, and gathers what editors have said to be meant in the article.
func (d *Desk) readText(ctx context.Context, id press.ArticleID, c press.Content) (press.TextFindings, []press.Finding, error) {
	words, err := d.wordsNow(ctx)
	if err != nil {
		return press.TextFindings{}, nil, err
	}
	found := words.check.Read(c)
	if !found.Blocks() {
		return found, found.Without(nil, nil), nil
	}
	meant, err := d.Store.Meant(ctx, id)
	if err != nil {
		return found, nil, err
	}
	meant = meant[max(0, len(meant)-maxMeant):]
	var before []press.TextFindings
	for _, m := range meant {
		rev, err := d.Store.Revision(ctx, id, m.Revision)
		if err != nil {
			return found, nil, err
		}
		before = append(before, words.check.Read(rev.Content))
	}
	return found, found.Without(meant, before), nil
}

// findChecks is what the column asks and what the text checks find; written says that the article is still to be handed in.
func (d *Desk) findChecks(ctx context.Context, id press.ArticleID, c press.Content, written bool) ([]press.Finding, error) {
	rules, err := d.findRules(ctx, c, written)
	if err != nil {
		return nil, err
	}
	_, text, err := d.readText(ctx, id, c)
	return append(rules, text...), err
}

// mustLook refuses to let a content go on to readers while something in it must be mended, or said to be meant: personal
// numbers, and words of the list that must change.
func (d *Desk) mustLook(ctx context.Context, id press.ArticleID, c press.Content) error {
	_, list, err := d.readText(ctx, id, c)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(f press.Finding) bool { return !f.Blocks })
	if len(list) == 0 {
		return nil
	}
	first, at := list[0], press.PlaceName(list[0].Where)
	text := press.Text{
		EN: fmt.Sprintf("“%s”, %s: %s", c.Title, at.EN, first.Text.EN),
		ZH: fmt.Sprintf("《%s》%s：%s", c.Title, at.ZH, first.Text.ZH),
	}
	text = press.Text{EN: press.MaskNumbers(text.EN), ZH: press.MaskNumbers(text.ZH)} // the title
	if n := len(list) - 1; n > 0 {
		text = press.Text{EN: fmt.Sprintf("%s There is more like it: %d.", text.EN, n), ZH: fmt.Sprintf("%s另有 %d 处类似。", text.ZH, n)}
	}
	return press.Fail(press.Invalid, first.Code, text)
}

// mustLookRevision is mustLook of a revision.
func (d *Desk) mustLookRevision(ctx context.Context, id press.ArticleID, revision int) error {
	rev, err := d.Store.Revision(ctx, id, revision)
	switch {
	case press.KindOf(err) == press.NotFound:
		return nil // the signature itself is refused
	case err != nil:
		return err
	}
	return d.mustLook(ctx, id, rev.Content)
}

// SayMeant notes that an editor has looked at what the text checks found in an article's current revision, and that it is
// meant: it does not keep this revision from readers, nor a later one that has nothing more of the kind.
func (d *Desk) SayMeant(ctx context.Context, by press.Actor, id press.ArticleID, revision int) (err error) {
	defer press.Wrap(&err, "desk.SayMeant(%s, %d)", id, revision)
	if err := by.Require(press.Editor); err != nil {
		return err
	}
	rev, err := d.Store.Revision(ctx, id, revision)
	if err != nil {
		return err
	}
	found, list, err := d.readText(ctx, id, rev.Content)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(f press.Finding) bool { return f.Blocks }) {
		return press.Fail(press.Conflict, "text.clear", press.Say(
			"Nothing in this revision has to be confirmed.", "该版本没有需要确认的内容。"))
	}
	if err := d.Store.SayMeant(ctx, by, press.Meant{Article: id, Revision: revision, Words: found.Words()}); err != nil {
		return err
	}
	d.changed("article:" + string(id))
	return nil
}
