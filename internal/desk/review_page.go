package desk

import (
	"context"
	"slices"

	"newsdesk/internal/press"
)

// Review is one revision as whoever is to sign it needs it: what it says, what it is compared with, what was remarked, and
// whether this person may sign, and why not.
type Review struct {
	Reading
	Author    string // who wrote the article; empty: nobody, it came from a program
	Current   bool   // it is the article's current revision
	Stages    []StageState
	MaySign   bool
	Why       press.Text // why this person may not sign
	MayReturn bool
	Signers   []string // who may sign the next stage, by name; at most maxSigners
	Before    *press.Revision
	Signed    bool // Before was signed; otherwise it is only the one before, or the one that was asked for
	Revisions []press.RevisionHead
	Comments  []press.PlacedComment
	Findings  []press.Finding // of the current revision
	Returned  *press.HistoryEntry
}

// StageState is one stage of review and who has signed it.
type StageState struct {
	press.Stage
	SignOff *press.SignOff // nil: not signed
	Next    bool           // it waits for a signature now
}

// maxSigners bounds how many people are named who may sign.
const maxSigners = 12

// Review returns a revision of an article for review; number 0 is the current one. It is compared with revision since; 0
// is the last one that was signed, or else the one before.
func (d *Desk) Review(ctx context.Context, by press.Actor, id press.ArticleID, number, since int) (r Review, err error) {
	defer press.Wrap(&err, "desk.Review(%s, %d)", id, number)
	if _, err := d.readable(ctx, by, id); err != nil {
		return r, err
	}
	if r.Reading, err = d.Read(ctx, id, number); err != nil {
		return r, err
	}
	r.Current = r.Revision.Number == r.Article.Revision
	settings, err := d.Settings(ctx)
	if err != nil {
		return r, err
	}
	r.Stages = stageStates(settings, r.Reading)
	for _, step := range []func() error{
		func() error { return d.earlier(ctx, since, &r) },
		func() error { return d.rights(ctx, by, settings, &r) },
		func() error { return d.remarks(ctx, by, &r) },
	} {
		if err := step(); err != nil {
			return r, err
		}
	}
	return r, nil
}

// stageStates lists the present stages, and those of the past that were signed or that the article waits for.
func stageStates(settings press.Settings, r Reading) []StageState {
	var out []StageState
	for _, stage := range slices.Concat(settings.Stages, settings.Retired) {
		st := StageState{Stage: stage, Next: r.Next != nil && r.Next.Key == stage.Key && r.Revision.Number == r.Article.Revision}
		if i := slices.IndexFunc(r.SignOffs, func(o press.SignOff) bool { return o.Stage == stage.Key }); i >= 0 {
			st.SignOff = &r.SignOffs[i]
		}
		_, present := press.Settings{Stages: settings.Stages}.Stage(stage.Key)
		if present || st.SignOff != nil || st.Next {
			out = append(out, st)
		}
	}
	return out
}

// rights says whether the person may sign, and if not, why, and who may.
func (d *Desk) rights(ctx context.Context, by press.Actor, settings press.Settings, r *Review) error {
	people, err := d.Store.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range people {
		if u.ID == r.Article.Author {
			r.Author = u.Name
		}
	}
	stage, waits := settings.Next(r.SignOffs)
	switch {
	case !r.Current:
		r.Why = press.Say("This is revision %d; the article is at revision %d by now. Only the current revision can be signed.",
			"这是第 %d 版，稿件现为第 %d 版，只能对当前版本签字。", r.Revision.Number, r.Article.Revision)
		return nil
	case r.Article.State == press.ArticleApproved:
		r.Why = press.Say("Every stage is signed.", "各审核环节均已签字。")
	case r.Article.State != press.ArticleReview:
		r.Why = press.Text{
			EN: "The article is not in review: " + r.Article.State.Name().EN + ".",
			ZH: "稿件不在审核中，当前状态：" + r.Article.State.Name().ZH + "。",
		}
	case waits:
		r.decide(by, stage, people)
	}
	back := []press.ArticleState{press.ArticleReview, press.ArticleApproved}
	r.MayReturn = slices.Contains(back, r.Article.State) && by.Require(press.Reviewer, press.Editor) == nil
	return nil
}

func (r *Review) decide(by press.Actor, stage press.Stage, people []press.User) {
	var writers []press.UserID
	for _, h := range r.Revisions {
		writers = append(writers, h.Author)
	}
	err := press.CanSign(by, r.Article, writers, stage, r.SignOffs)
	r.MaySign = err == nil && !by.IsSystem()
	switch {
	case !by.Has(press.Reviewer):
		r.Why = press.Text{EN: "The article waits for: " + stage.Name.EN + ".", ZH: "稿件等待" + stage.Name.ZH + "签字。"}
	case err != nil:
		r.Why = press.TextOf(err)
	}
	for _, u := range people {
		if len(r.Signers) < maxSigners && press.CanSign(press.Actor{User: u}, r.Article, writers, stage, r.SignOffs) == nil {
			r.Signers = append(r.Signers, u.Name)
		}
	}
}

// earlier finds the revision to compare with.
func (d *Desk) earlier(ctx context.Context, since int, r *Review) (err error) {
	if r.Revisions, err = d.Store.Revisions(ctx, r.Article.ID); err != nil {
		return err
	}
	number := since
	if since <= 0 || since >= r.Revision.Number {
		if number, err = d.Store.LastSigned(ctx, r.Article.ID, r.Revision.Number); err != nil {
			return err
		}
		if number == 0 {
			number = r.Revision.Number - 1
		}
	}
	if number < 1 {
		return nil
	}
	before, err := d.Store.Revision(ctx, r.Article.ID, number)
	if err != nil {
		return err
	}
	if number != since && before.Content.Hash() == (press.Content{}).Normalize().Hash() {
		return nil // an article that was begun and said nothing yet
	}
	r.Before = &before
	r.Signed = slices.ContainsFunc(r.Revisions, func(h press.RevisionHead) bool { return h.Number == number && len(h.SignOffs) > 0 })
	return nil
}

// remarks adds what people and preflight have to say about the revision.
func (d *Desk) remarks(ctx context.Context, by press.Actor, r *Review) (err error) {
	if r.Comments, err = d.Comments(ctx, by, r.Article.ID, r.Revision.Number); err != nil {
		return err
	}
	if r.Article.State == press.ArticleReturned {
		list, _, err := d.Store.History(ctx, press.HistoryFilter{Article: r.Article.ID, Actions: []string{"article.return"}, Limit: 1})
		if err != nil {
			return err
		}
		if len(list) > 0 {
			r.Returned = &list[0]
		}
	}
	if r.Current {
		r.Findings, err = d.Preflight(ctx, r.Article.ID, "")
	}
	return err
}
