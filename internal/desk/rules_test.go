package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// asking is an office whose group news ask for something.
func asking(t *testing.T, rules press.ColumnRules) *office {
	t.Helper()
	o := open(t)
	o.ok(o.AddColumn(t.Context(), o.admin, press.ParseColumn("News information > Group news")))
	_, err := o.SaveColumnRules(t.Context(), o.admin, press.RuledColumn{Column: press.Column{"News information"}, Rules: rules})
	o.ok(err)
	return o
}

func ruleCodes[T any](list []T, code func(T) string) (out []string) {
	for _, one := range list {
		if press.IsRule(code(one)) {
			out = append(out, code(one))
		}
	}
	return out
}

func noteCode(n press.Note) string       { return n.Code }
func findingCode(f press.Finding) string { return f.Code }

// A parcel that does not keep to what its column asks is a draft with a note for each rule, and nothing of it is lost.
func TestRulesAtTheDoor(t *testing.T) {
	t.Parallel()
	o := asking(t, press.ColumnRules{PhotosLeast: 2, PhotoWidth: 600, WordsLeast: 10, Credits: []press.Credit{press.CreditText}})
	text := position + "A visit\nFour words and more.\nlake.jpg\n"
	got := o.handIn(text, file("lake.jpg", jpg(t, 1, 300, 200)))
	if got.Article.State != press.ArticleDraft || len(got.Photos) != 1 {
		t.Fatalf("handed in as %s with %d photos", got.Article.State, len(got.Photos))
	}
	want := []string{"rules.held", "rules.photos_few", "rules.photo_small", "rules.words_few", "rules.credits"}
	if codes := ruleCodes(got.Revision.Notes, noteCode); !slices.Equal(codes, want) {
		t.Errorf("noted %v, want %v", codes, want)
	}
	for _, n := range got.Revision.Notes {
		o.plain(n.Text)
	}
	findings, err := o.Preflight(t.Context(), got.Article.ID, "")
	o.ok(err)
	if codes := ruleCodes(findings, findingCode); !slices.Equal(codes, want[1:]) {
		t.Errorf("found %v, want %v", codes, want[1:])
	}

	// Its author cannot hand it in; an editor can, and reviewers read what it lacks.
	_, err = o.Submit(t.Context(), o.writer, got.Article.ID, 1)
	o.refused(err, press.Invalid, "rules.photos_few")
	if n := strings.Count(press.TextOf(err).ZH, "栏目“"); n != 4 {
		t.Errorf("%d sentences: %s", n, press.TextOf(err).ZH)
	}
	saved, err := o.Submit(t.Context(), o.editor, got.Article.ID, 1)
	o.ok(err)
	if codes := ruleCodes(saved.Notes, noteCode); saved.Article.State != press.ArticleReview || !slices.Equal(codes, want[1:]) {
		t.Errorf("the editor's is %s with %v", saved.Article.State, codes)
	}
	findings, err = o.Preflight(t.Context(), got.Article.ID, "")
	o.ok(err)
	for _, f := range findings {
		if press.IsRule(f.Code) && f.Blocks {
			t.Errorf("in review, %s blocks", f.Code)
		}
	}

	// A later parcel that breaks a rule does not wait in review.
	again, err := o.HandIn(t.Context(), o.writer, desk.HandIn{Article: got.Article.ID, Files: []intake.File{file("article.txt", []byte(text))}})
	o.ok(err)
	if again.Article.State != press.ArticleDraft || again.Article.Revision != saved.Article.Revision+1 {
		t.Errorf("the next parcel is %s, revision %d", again.Article.State, again.Article.Revision)
	}

	// One that keeps to everything goes on, and so does one that nobody asks anything of.
	good := o.handIn(position+"A visit\n供稿：示例\nOne two three four five six seven eight nine ten.\na.jpg\nb.jpg\n", file("a.jpg", jpg(t, 1, 700, 400)), file("b.jpg", jpg(t, 2, 700, 400)))
	if codes := ruleCodes(good.Revision.Notes, noteCode); good.Article.State != press.ArticleReview || len(codes) > 0 {
		t.Errorf("it is %s, credits %+v, %v", good.Article.State, good.Revision.Content.Credits, codes)
	}
	if free := o.handIn("A visit\nShort.\n"); free.Article.State != press.ArticleReview {
		t.Errorf("without a column it is %s", free.Article.State)
	}
	draft, err := o.HandIn(t.Context(), o.writer, desk.HandIn{Draft: true, Files: []intake.File{file("article.txt", []byte(text))}})
	o.ok(err)
	if codes := ruleCodes(draft.Revision.Notes, noteCode); len(codes) > 0 {
		t.Errorf("a draft is noted as %v", codes)
	}
	c := draft.Revision.Content
	_, err = o.SaveRevision(t.Context(), o.writer, draft.Article.ID, 1, c, true)
	o.refused(err, press.Invalid, "rules.photos_few")
	_, err = o.SaveRevision(t.Context(), o.writer, draft.Article.ID, 1, c, false)
	o.ok(err)

	_, err = o.SaveColumnRules(t.Context(), o.editor, press.RuledColumn{Column: press.Column{"News information"}})
	o.refused(err, press.Forbidden, "role")
	_, err = o.SaveColumnRules(t.Context(), o.admin, press.RuledColumn{Rules: press.ColumnRules{Digest: true}})
	o.refused(err, press.NotFound, "column.missing")
	_, err = o.SaveColumnRules(t.Context(), o.admin, press.RuledColumn{Column: press.Column{"News information"}, Rules: press.ColumnRules{PhotosLeast: -1}})
	o.refused(err, press.Invalid, "rules.range")
	own, holds, err := o.RulesOf(t.Context(), press.ParseColumn("News information > Group news"))
	o.ok(err)
	if own.Rules.Stated() || own.Version != 0 || holds.PhotosLeast != 2 {
		t.Errorf("own %+v, holds %+v", own, holds)
	}
}

// An article with an identity number is not signed before an editor has said that it is meant, and the number is said
// nowhere.
func TestPersonalNumbersStop(t *testing.T) {
	t.Parallel()
	o := open(t)
	const id = "11010519491231002X" // the example of GB 11643-1999
	got := o.handIn(position + "A list\n身份证号：" + id + "。\n电话 13800138000。\n")
	if got.Article.State != press.ArticleReview {
		t.Fatalf("it is %s", got.Article.State)
	}
	findings, err := o.Preflight(t.Context(), got.Article.ID, "")
	o.ok(err)
	var found []string
	for _, f := range findings {
		if strings.HasPrefix(f.Code, "text.") {
			found = append(found, f.Code)
			o.plain(f.Text)
		}
		if said := f.Text.ZH + f.Text.EN + f.Quote; strings.Contains(said, id) || strings.Contains(said, "13800138000") {
			t.Errorf("it is said: %+v", f)
		}
	}
	if !slices.Equal(found, []string{"text.identity", "text.phone"}) {
		t.Errorf("found %v", found)
	}
	sign := func(stage int) error {
		_, _, err := o.Sign(t.Context(), o.reviewers[stage], got.Article.ID, got.Article.Revision, got.Article.Hash)
		if err != nil && strings.Contains(err.Error()+press.TextOf(err).ZH, id) {
			t.Errorf("it is said: %v", err)
		}
		return err
	}
	o.refused(sign(0), press.Invalid, "text.identity")
	o.refused(o.SayMeant(t.Context(), o.writer, got.Article.ID, 1), press.Forbidden, "role")
	o.refused(o.SayMeant(t.Context(), o.reviewers[0], got.Article.ID, 1), press.Forbidden, "role")
	o.ok(o.SayMeant(t.Context(), o.editor, got.Article.ID, 1))
	o.refused(o.SayMeant(t.Context(), o.editor, got.Article.ID, 1), press.Conflict, "text.clear")
	o.ok(sign(0))

	// It is meant in the next revision, too; another number is not.
	change := func(add string) (err error) {
		rev, err := o.rows.Revision(t.Context(), got.Article.ID, 0)
		o.ok(err)
		rev.Content.Body.Blocks = append(rev.Content.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: add}}})
		_, err = o.SaveRevision(t.Context(), o.editor, got.Article.ID, rev.Number, rev.Content, true)
		o.ok(err)
		got.Article, err = o.rows.Article(t.Context(), got.Article.ID)
		o.ok(err)
		return sign(0)
	}
	o.ok(change("A sentence more."))
	o.refused(change("卡号"+"622202120800012345"+card("622202120800012345")), press.Invalid, "text.card")
	o.ok(o.SayMeant(t.Context(), o.editor, got.Article.ID, got.Article.Revision))
	for stage := range o.reviewers {
		o.ok(sign(stage))
	}

	// A word that the list forbids keeps what is signed from being composed; an editor may mean it.
	_, err = o.PutWords(t.Context(), o.admin, []press.AvoidWord{{Phrase: "a list", Severity: press.SeverityMust}, {Phrase: "sentence"}})
	o.ok(err)
	compose := func() error {
		_, _, err := o.Compose(t.Context(), o.editor, desk.NewEdition{Mode: press.ModeDraft, At: o.now.Add(time.Hour), Articles: []press.ArticleID{got.Article.ID}})
		return err
	}
	o.refused(compose(), press.Invalid, "words.must")
	o.ok(o.SayMeant(t.Context(), o.editor, got.Article.ID, got.Article.Revision))
	o.ok(compose())
	if n := len(slices.DeleteFunc(o.audited(string(got.Article.ID)), func(a string) bool { return a != "article.meant" })); n != 3 {
		t.Errorf("%d entries say that it is meant", n)
	}
}

// card is the digit that makes a number one of a bank card.
func card(front string) string {
	sum := 0
	for i := range len(front) {
		d := int(front[len(front)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string(rune('0' + (10-sum%10)%10))
}

func TestWordsOfTheOffice(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.refused(func() error { _, err := o.PutWords(t.Context(), o.editor, press.SampleWords()); return err }(), press.Forbidden, "role")
	done, err := o.PutWords(t.Context(), o.admin, press.SampleWords())
	o.ok(err)
	if n := len(press.SampleWords()); done != (desk.WordsChanged{Added: n, Total: n, Version: 1}) {
		t.Errorf("put %+v", done)
	}
	done, err = o.PutWords(t.Context(), o.admin, []press.AvoidWord{{Phrase: "帐号", Instead: "账户"}, {Phrase: "新词"}})
	o.ok(err)
	if done.Added != 1 || done.Changed != 1 || done.Removed != 0 {
		t.Errorf("put %+v", done)
	}
	_, err = o.ReplaceWords(t.Context(), o.admin, 1, nil)
	o.refused(err, press.Conflict, "settings.stale")
	_, err = o.RemoveWords(t.Context(), o.admin, []string{"没有"})
	o.refused(err, press.NotFound, "words.missing")
	_, err = o.RemoveWords(t.Context(), o.admin, []string{"新词"})
	o.ok(err)
	list, version, err := o.AvoidWords(t.Context(), o.writer)
	o.ok(err)
	if len(list) != len(press.SampleWords()) || version != 3 {
		t.Errorf("%d entries, version %d", len(list), version)
	}
	a, err := o.NewArticle(t.Context(), o.writer)
	o.ok(err)
	c := press.Content{Title: "截止目前", Body: press.Body{Blocks: []press.Block{press.Divider{}, press.Paragraph{Text: []press.Run{{Text: "最"}, {Text: "佳", Bold: true}, {Text: "成绩，，好"}}}}}}
	findings, err := o.PreflightContent(t.Context(), a.ID, c, "")
	o.ok(err)
	var got []string
	for _, f := range findings {
		if strings.HasPrefix(f.Code, "words.") || strings.HasPrefix(f.Code, "text.") {
			got = append(got, f.Code+" "+f.Where+" "+f.Quote)
		}
	}
	if want := []string{"words.must title 截止目前", "words.check body.blocks[1] 最佳成绩，，好", "text.doubled body.blocks[1] 最佳成绩，，好"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	_, err = o.ReplaceWords(t.Context(), o.admin, -1, nil)
	o.ok(err)
	findings, err = o.PreflightContent(t.Context(), a.ID, c, "")
	o.ok(err)
	if slices.ContainsFunc(findings, func(f press.Finding) bool { return strings.HasPrefix(f.Code, "words.") }) {
		t.Errorf("the list is empty, and found %+v", findings)
	}
}
