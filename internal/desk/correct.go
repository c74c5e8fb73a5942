package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// CorrectionStore keeps what readers were told was corrected, where an article is, and decisions to send it again.
type CorrectionStore interface {
	Seen(context.Context, press.ArticleID) (press.Revision, error)
	Correct(ctx context.Context, by press.Actor, id press.ArticleID, note string) (press.Article, error)
	Corrections(ctx context.Context, id press.ArticleID, upTo int) ([]press.Correction, error)
	Replacing(context.Context, press.Article) ([]press.Delivery, error)
	Presences(context.Context, press.ArticleID) ([]press.Presence, error)
	RetractArticle(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (press.Article, []press.Delivery, error)
	ItemsGone(context.Context, press.DeliveryID) ([]int, error)
	AskResend(context.Context, press.Actor, press.Resending) (press.Resending, error)
	Resendings(context.Context, press.DeliveryID) ([]press.Resending, error)
	Resend(ctx context.Context, by press.Actor, v press.Resending, e press.Edition, deliveries []press.Delivery, room ...press.SlotCheck) ([]press.Delivery, error)
}

// Correct begins a correction of an article that readers have seen: its next revision, which has the note that tells them
// what is corrected. What they see stays until every stage of the correction is signed; then the website's page is replaced
// by itself. In WeChat nothing happens by itself: see Resend.
func (d *Desk) Correct(ctx context.Context, by press.Actor, id press.ArticleID, note string) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.Correct(%s)", id)
	article, err := d.readable(ctx, by, id)
	if err != nil {
		return article, err
	}
	if err := press.CanWrite(by, article); err != nil {
		return article, err
	}
	seen, err := d.Store.Revision(ctx, id, article.Revision)
	if err != nil {
		return article, err
	}
	next := seen.Content
	next.Correction = note
	next = next.Normalize()
	if next.Correction == "" {
		return article, press.NoteMissing(next)
	}
	if err := next.Check(); err != nil {
		return article, err
	}
	if article, err = d.Store.Correct(ctx, by, id, next.Correction); err == nil {
		d.changed("article:" + string(id))
	}
	return article, err
}

// nudgeCorrected tells the workers of the pages that take the place of older ones now.
func (d *Desk) nudgeCorrected(ctx context.Context, a press.Article) {
	if a.State != press.ArticleApproved {
		return
	}
	pages, err := d.Store.Replacing(ctx, a)
	if err != nil {
		d.Logger.Warn("corrected pages are left to the sweep", "article", a.ID, "error", err)
	}
	d.nudge(ctx, pages...)
}

// checkNote refuses a correction that does not say what it corrects, and a note on what nobody has read.
func (d *Desk) checkNote(ctx context.Context, id press.ArticleID, c press.Content) error {
	seen, err := d.Store.Seen(ctx, id)
	switch {
	case press.CodeOf(err) == "article.unseen" && c.Correction != "":
		return press.Fail(press.Invalid, "correction.early", press.Say(
			"“%s” has not been published yet, so there is nothing to correct. Empty the correction note.",
			"《%s》还没有发布过，不需要更正说明，请清空。", c.Title))
	case press.CodeOf(err) == "article.unseen":
		return nil
	case err != nil:
		return err
	case press.LacksNote(c, seen.Content):
		return press.NoteMissing(c)
	}
	return nil
}

// findNote is checkNote as a finding.
func (d *Desk) findNote(ctx context.Context, id press.ArticleID, c press.Content) []press.Finding {
	err := d.checkNote(ctx, id, c)
	if err == nil {
		return nil
	}
	if press.KindOf(err) != press.Invalid {
		d.Logger.WarnContext(ctx, "whether a correction note is needed was not found out", "article", id, "error", err)
		return nil
	}
	return []press.Finding{{Blocks: true, Code: press.CodeOf(err), Where: "correction", Text: press.TextOf(err)}}
}

// keepNote gives a parcel that corrects what readers have seen the note of the correction that is under way. Where there is
// none it is kept as a draft, and says so: a document does not tell readers what was corrected in it.
func (d *Desk) keepNote(ctx context.Context, a press.Article, rev *press.Revision, draft bool) (bool, error) {
	current, err := d.Store.Revision(ctx, a.ID, a.Revision)
	if err != nil {
		return draft, err
	}
	rev.Content.Correction = current.Content.Correction
	rev.Hash = rev.Content.Hash()
	err = d.checkNote(ctx, a.ID, rev.Content)
	if err == nil || press.KindOf(err) != press.Invalid {
		return draft, err
	}
	rev.Notes = append(rev.Notes, press.Note{Code: press.CodeOf(err), Text: press.Say(
		"Readers have seen this article already, so it is kept as a draft: write the correction note, then hand it in.",
		"本稿已经发布过，已先存为草稿：请填写“更正说明”，再提交审核。")})
	return true, nil
}

// WhereIs returns where an article is, was or will be.
func (d *Desk) WhereIs(ctx context.Context, by press.Actor, id press.ArticleID) (_ []press.Presence, err error) {
	defer press.Wrap(&err, "desk.WhereIs(%s)", id)
	if _, err := d.readable(ctx, by, id); err != nil {
		return nil, err
	}
	return d.places(ctx, id)
}

// places leaves out pages in whose place a newer revision stands: readers of the website meet that one.
func (d *Desk) places(ctx context.Context, id press.ArticleID) ([]press.Presence, error) {
	list, err := d.Store.Presences(ctx, id)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(p press.Presence) bool { return p.Delivery.State == press.Replaced })
	return list, d.outOfReach(ctx, list)
}

// RetractEverywhere takes an article down at every target, and stops what of it has not gone out. The article is withdrawn
// first, so that nothing brings it back. A target that refuses does not keep the others from being asked; what came of each
// is in the presences that are returned. It may be repeated.
func (d *Desk) RetractEverywhere(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (_ []press.Presence, err error) {
	defer press.Wrap(&err, "desk.RetractEverywhere(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxReasonRunes {
		return nil, press.Fail(press.Invalid, "retract.reason", press.Say(
			"Say in 1 to 1,000 characters why the article is taken down. It is kept in the history.", "请填写撤回原因（1 至 1000 字），将记入操作记录。"))
	}
	if _, err := d.readable(ctx, by, id); err != nil {
		return nil, err
	}
	article, stopped, err := d.Store.RetractArticle(ctx, by, id, reason)
	if err != nil {
		return nil, err
	}
	for _, delivery := range stopped {
		d.changed("delivery:"+string(delivery.ID), "edition:"+string(delivery.Edition))
	}
	ctx = context.WithoutCancel(ctx) // decided: a browser that goes away changes nothing
	list, err := d.Store.Presences(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if !p.Visible() {
			continue
		}
		if err := d.takeDown(ctx, by, p, reason); err != nil {
			d.Logger.WarnContext(ctx, "an article is still up somewhere", "article", article.ID, "delivery", p.Delivery.ID, "error", err)
		}
	}
	d.changed("article:" + string(id))
	return d.places(ctx, id)
}

// takeDown takes an article down at one target; of a push that brings others too, only it.
func (d *Desk) takeDown(ctx context.Context, by press.Actor, p press.Presence, reason string) error {
	var err error
	if p.Of > 1 {
		_, err = d.Courier.RetractItem(ctx, by, p.Delivery.ID, p.Position)
	} else {
		_, err = d.Courier.Retract(ctx, by, p.Delivery.ID, reason)
	}
	return err
}

// RetractFrom takes one article down at the target of one delivery, and leaves the push's other articles alone.
func (d *Desk) RetractFrom(ctx context.Context, by press.Actor, article press.ArticleID, id press.DeliveryID) (err error) {
	defer press.Wrap(&err, "desk.RetractFrom(%s, %s)", article, id)
	if err := by.Require(press.Editor); err != nil {
		return err
	}
	list, err := d.Store.Presences(ctx, article)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Delivery.ID == id {
			return d.takeDown(ctx, by, p, "")
		}
	}
	return press.Fail(press.NotFound, "delivery.missing", press.Say("There is no delivery %s.", "没有投放 %s。", id))
}
