package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func (o *office) reviewed(by press.Actor, id press.ArticleID, number int) desk.Review {
	o.Helper()
	r, err := o.Review(o.Context(), by, id, number, 0)
	o.ok(err)
	return r
}

// TestReviewPage: what a reviewer is shown: what they compare with, who has signed, whether they may, and why not.
func TestReviewPage(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.inReview("To be signed")

	first := o.reviewed(o.reviewers[0], a.ID, 0)
	if !first.MaySign || !first.MayReturn || first.Before != nil || len(first.Signers) != 3 || !first.Stages[0].Next || first.Author != o.writer.Name {
		t.Errorf("before anybody signs: %+v", first)
	}
	_, _, err := o.Sign(ctx, o.reviewers[0], a.ID, 1, a.Hash)
	o.ok(err)
	again := o.reviewed(o.reviewers[0], a.ID, 0)
	if again.MaySign || !strings.Contains(again.Why.ZH, "其他环节") || len(again.Signers) != 2 || again.Stages[0].SignOff == nil || !again.Stages[1].Next {
		t.Errorf("after signing: %+v", again)
	}
	o.plain(again.Why)

	// the next two revisions are compared with the one that was signed, not with each other
	for _, words := range []string{"Another text.", "A third text."} {
		c := o.reviewed(o.writer, a.ID, 0).Revision
		c.Content.Body.Blocks = []press.Block{press.Paragraph{Text: []press.Run{{Text: words}}}}
		_, err := o.SaveRevision(ctx, o.writer, a.ID, c.Number, c.Content, true)
		o.ok(err)
	}
	third := o.reviewed(o.reviewers[1], a.ID, 0)
	if third.Before == nil || third.Before.Number != 1 || !third.Signed || len(third.Revisions) != 3 || !third.MaySign {
		t.Errorf("the third revision: %+v", third)
	}
	asked, err := o.Review(ctx, o.reviewers[1], a.ID, 0, 2)
	o.ok(err)
	if asked.Before == nil || asked.Before.Number != 2 || asked.Signed {
		t.Errorf("compared with the second one: %+v", asked.Before)
	}
	old := o.reviewed(o.reviewers[1], a.ID, 1)
	if old.MaySign || old.MayReturn || old.Current || old.Why.IsZero() {
		t.Errorf("an old revision: %+v", old)
	}
	o.plain(old.Why)

	_, err = o.Return(ctx, o.reviewers[1], a.ID, 3, "The date is wrong.")
	o.ok(err)
	back := o.reviewed(o.writer, a.ID, 0)
	if back.MaySign || back.MayReturn || back.Returned == nil || back.Returned.Detail != "The date is wrong." || back.Returned.ActorName != o.reviewers[1].Name {
		t.Errorf("returned: %+v", back)
	}
	_, err = o.Review(ctx, o.other, a.ID, 0, 0)
	o.refused(err, press.NotFound, "article.missing")
	if last, err := o.LastSigned(ctx, o.editor, a.ID, 0); err != nil || last == nil || last.Number != 1 {
		t.Errorf("last signed: %+v, %v", last, err)
	}
}

// TestHistoryIsTold: each is told of what they may see, and nobody of more.
func TestHistoryIsTold(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.approved("Ours")
	_, _, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{a.ID}})
	o.ok(err)

	did := func(by press.Actor, f press.HistoryFilter) (out []string) {
		list, _, err := o.History(ctx, by, f)
		o.ok(err)
		for _, e := range list {
			out = append(out, e.Action)
			o.plain(press.ActionName(e.Action))
		}
		return out
	}
	guards := func(list []string) bool {
		return slices.ContainsFunc(list, func(a string) bool { return press.GroupOf(a).Guards })
	}
	if list := did(o.admin, press.HistoryFilter{}); !slices.Contains(list, "user.create") || !slices.Contains(list, "article.sign") {
		t.Errorf("an administrator is told of everything: %v", list)
	}
	for _, who := range []press.Actor{o.editor, o.reviewers[0]} {
		if list := did(who, press.HistoryFilter{Actions: []string{"user", "article"}}); guards(list) || !slices.Contains(list, "article.sign") {
			t.Errorf("%s is told of %v", who.Name, list)
		}
	}
	if list := did(o.writer, press.HistoryFilter{}); !slices.Contains(list, "edition.create") || !slices.Contains(list, "article.approve") || guards(list) {
		t.Errorf("the author is told of %v", list)
	}
	if list := did(o.other, press.HistoryFilter{}); len(list) != 0 {
		t.Errorf("another contributor is told of %v", list)
	}
	// what the caller asks for does not widen what they may be told
	if list := did(o.other, press.HistoryFilter{Own: o.writer.ID, Person: o.writer.ID}); len(list) != 0 {
		t.Errorf("another contributor, asking for the author's, is told of %v", list)
	}
	_, _, err = o.History(ctx, o.other, press.HistoryFilter{Article: a.ID})
	o.refused(err, press.NotFound, "article.missing")
	_, err = o.ExportHistory(ctx, o.other, press.HistoryFilter{Article: a.ID})
	o.refused(err, press.NotFound, "article.missing")
	disabled := o.other
	disabled.Disabled = true
	_, _, err = o.History(ctx, disabled, press.HistoryFilter{})
	o.refused(err, press.Forbidden, "role")
}

func TestHistoryDetails(t *testing.T) {
	t.Parallel()
	settings := press.Settings{Stages: press.DefaultStages()}
	zone := time.FixedZone("CST", 8*3600)
	for _, tc := range []struct{ action, detail, en, zh string }{
		{"article.sign", "revision 2: final", "revision 2, Final review", "第 2 版，终审"},
		{"article.revise", "revision 3: review", "revision 3, in review", "第 3 版，审核中"},
		{"article.approve", "revision 2: " + strings.Repeat("ab", 32), "revision 2, content abababababab", "第 2 版，内容指纹 abababababab"},
		{"article.return", "revision: 日期有误", "revision: 日期有误", "revision: 日期有误"},
		{"comment.add", "body.blocks[3].photos[0]: 换一张", "body, part 4, photo 1: 换一张", "正文第 4 处第 1 张图片：换一张"},
		{"edition.create", "office 2026-11-03T23:30:00Z", "office 2026-11-04 07:30", "office 2026-11-04 07:30"},
		{"user.roles", "contributor, editor", "Contributor, Editor", "投稿人、编辑"},
		{"user.stages", "", "every stage", "全部环节"},
	} {
		e := press.HistoryEntry{AuditEntry: press.AuditEntry{Action: tc.action, Detail: tc.detail}}
		if got := e.Details(settings, zone); got.EN != tc.en || got.ZH != tc.zh {
			t.Errorf("%s %q: %+v", tc.action, tc.detail, got)
		}
	}
}
