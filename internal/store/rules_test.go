package store

import (
	"errors"
	"fmt"

	"newsdesk/internal/press"
)

func testColumnRules(f *fixture) {
	ctx, admin := f.Context(), f.person("Admin", press.Administrator)
	change := func(about press.Column, do func(press.ColumnTree) (press.ColumnTree, error), check func(int) error) error {
		_, _, err := f.ChangeColumns(ctx, admin, "column.place", "", about, do, check)
		return err
	}
	always := func(int) error { return nil }
	deep := press.Column{"新闻", "集团", "内"}
	f.ok(change(deep, func(t press.ColumnTree) (press.ColumnTree, error) { return t.Add(deep) }, always))
	save := func(by press.Actor, path string, version int64, rules press.ColumnRules) (press.RuledColumn, error) {
		return f.SaveColumnRules(ctx, by, press.RuledColumn{Column: press.ParseColumn(path), Version: version, Rules: rules})
	}
	said := func() (out []string) {
		list, err := f.ColumnRules(ctx)
		f.ok(err)
		for _, c := range list {
			out = append(out, fmt.Sprintf("%s %d: %s", c.Column, c.Version, c.Rules.Summary().ZH))
		}
		return out
	}
	_, err := save(f.editor, "新闻", 0, press.ColumnRules{PhotosLeast: 1})
	f.refused(err, press.Forbidden, "role")
	_, err = save(admin, "没有", 0, press.ColumnRules{PhotosLeast: 1})
	f.refused(err, press.NotFound, "column.missing")
	outer, err := save(admin, "新闻", 0, press.ColumnRules{PhotosLeast: 1})
	f.ok(err)
	f.same(outer.Version, int64(1))
	_, err = save(admin, "新闻", 0, press.ColumnRules{})
	f.refused(err, press.Conflict, "settings.stale")
	_, err = save(admin, "新闻", 1, press.ColumnRules{PhotosLeast: 1, PhotosMost: 9, Credits: []press.Credit{press.CreditText}})
	f.ok(err)
	_, err = save(admin, "新闻›集团›内", 0, press.ColumnRules{WordsMost: 300})
	f.ok(err)
	f.same(said(), []string{"新闻 2: 图片 1 至 9 张；署名：供稿", "新闻 › 集团 › 内 1: 正文不超过 300 字"})

	// Renamed, moved, refused and removed: the rules go with the column.
	f.ok(change(press.Column{"新闻"}, func(t press.ColumnTree) (press.ColumnTree, error) {
		out, _, err := t.Rename(press.Column{"新闻"}, "要闻")
		return out, err
	}, always))
	f.same(said(), []string{"要闻 3: 图片 1 至 9 张；署名：供稿", "要闻 › 集团 › 内 2: 正文不超过 300 字"})
	f.ok(change(press.Column{"要闻", "集团"}, func(t press.ColumnTree) (press.ColumnTree, error) {
		out, _, err := t.Place(press.Column{"要闻", "集团"}, nil, 0)
		return out, err
	}, always))
	f.same(said(), []string{"要闻 3: 图片 1 至 9 张；署名：供稿", "集团 › 内 3: 正文不超过 300 字"})
	remove := func(t press.ColumnTree) (press.ColumnTree, error) { return t.Remove(press.Column{"集团"}) }
	no := errors.New("no")
	if err := change(press.Column{"集团"}, remove, func(int) error { return no }); !errors.Is(err, no) {
		f.Errorf("got %v", err)
	}
	f.same(len(said()), 2)
	f.ok(change(press.Column{"集团"}, remove, always))
	f.same(said(), []string{"要闻 3: 图片 1 至 9 张；署名：供稿"})
	_, err = save(admin, "要闻", 3, press.ColumnRules{})
	f.ok(err)
	f.same(len(said()), 0)
	f.same(f.actions("要闻"), []string{"column.rules"})
}

func testAvoidWords(f *fixture) {
	ctx, admin := f.Context(), f.person("Admin", press.Administrator)
	put := func(by press.Actor, seen int64, words ...press.AvoidWord) (int64, error) {
		_, version, err := f.ChangeWords(ctx, by, seen, func(list []press.AvoidWord) ([]press.AvoidWord, string, error) {
			out, added, err := press.PutWords(list, words)
			return out, fmt.Sprintf("%d 0 0", added), err
		})
		return version, err
	}
	list, version, err := f.AvoidWords(ctx, -1)
	f.ok(err)
	f.same([]any{len(list), version}, []any{0, int64(0)})
	_, err = put(f.editor, -1, press.AvoidWord{Phrase: "截止目前"})
	f.refused(err, press.Forbidden, "role")
	version, err = put(admin, 0, press.AvoidWord{Phrase: "截止目前", Instead: "截至目前"})
	f.ok(err)
	f.same(version, int64(1))
	_, err = put(admin, 0, press.AvoidWord{Phrase: "x"})
	f.refused(err, press.Conflict, "settings.stale")
	_, err = put(admin, -1, press.AvoidWord{})
	f.refused(err, press.Invalid, "words.phrase")
	version, err = put(admin, -1, press.AvoidWord{Phrase: "x"})
	f.ok(err)
	list, at, err := f.AvoidWords(ctx, 1)
	f.ok(err)
	f.same([]any{at, version, list[0]}, []any{int64(2), int64(2), press.AvoidWord{Phrase: "截止目前", Instead: "截至目前", Severity: press.SeverityCheck}})
	list, _, err = f.AvoidWords(ctx, 2)
	f.ok(err)
	f.same(len(list), 0) // known already
	f.same(f.actions("words"), []string{"words.save", "words.save"})

	a := f.article(content("a"), press.ArticleReview)
	m := press.Meant{Article: a.ID, Revision: 1, Words: []string{"截止目前"}}
	f.refused(f.SayMeant(ctx, f.author, m), press.Forbidden, "role")
	f.refused(f.SayMeant(ctx, f.editor, press.Meant{Article: a.ID, Revision: 2}), press.Conflict, "article.stale")
	f.ok(f.SayMeant(ctx, f.editor, press.Meant{Article: a.ID, Revision: 1}))
	f.ok(f.SayMeant(ctx, f.editor, m))
	meant, err := f.Meant(ctx, a.ID)
	f.ok(err)
	m.By, m.ByName, m.At = f.editor.ID, f.editor.Name, f.clock.Now()
	f.same(meant, []press.Meant{m})
}
