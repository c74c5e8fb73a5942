package api_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// documentedRules has a column ask for something, hands in what breaks it, and keeps a list of words.
func documentedRules(t *testing.T, d *desk, as func(string) *api.Client) {
	t.Helper()
	ctx, boss := t.Context(), as("boss")
	person, err := d.Store.UserByName(ctx, "boss")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Desk.AddColumn(ctx, press.Actor{User: person}, press.ParseColumn("News information › Group news")); err != nil {
		t.Fatal(err)
	}
	body := api.ColumnRulesBody{Column: "News information", Rules: press.ColumnRules{PhotosLeast: 9, Credits: []press.Credit{press.CreditSource}}}
	_, err = as("editor").SetColumnRules(ctx, body)
	refused(t, err, press.Forbidden, "role")
	set := must[api.ColumnReading](t)(boss.SetColumnRules(ctx, body))
	_, err = boss.SetColumnRules(ctx, body)
	refused(t, err, press.Conflict, "settings.stale")
	list := must[api.ColumnList](t)(as("writer").Columns(ctx))
	if n := len(list.Columns); n != 2 || list.Columns[0].Rules.PhotosLeast != 9 || list.Columns[1].Holds.PhotosLeast != 9 || list.Columns[1].Version != 0 {
		t.Errorf("columns %+v", list)
	}
	handed := must[api.HandedIn](t)(as("writer").HandIn(ctx, api.Parcel{Files: parcel(t, "Too few photos")}))
	var codes []string
	for _, n := range handed.Revision.Notes {
		if press.IsRule(n.Code) {
			codes = append(codes, n.Code)
		}
	}
	if handed.Article.State != press.ArticleDraft || len(codes) != 3 {
		t.Errorf("handed in as %s with %v", handed.Article.State, codes)
	}
	var seal bytes.Buffer
	if err := png.Encode(&seal, image.NewNRGBA(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	look := api.ColumnRulesBody{Column: "News information", Version: set.Version, WatermarkPicture: seal.Bytes(), Rules: press.ColumnRules{Caption: press.CaptionLeft, Watermark: &press.Watermark{Width: 30}}}
	_, err = as("editor").SetColumnRules(ctx, look)
	refused(t, err, press.Forbidden, "role")
	set = must[api.ColumnReading](t)(boss.SetColumnRules(ctx, look))
	if w := set.Holds.Watermark; w == nil || w.Photo != press.DigestOf(seal.Bytes()) || w.Width != 30 || set.Holds.Caption != press.CaptionLeft {
		t.Errorf("looks as %+v", set.Holds)
	}
	must[api.ColumnReading](t)(boss.SetColumnRules(ctx, api.ColumnRulesBody{Column: "News information", Version: set.Version}))

	words := api.AvoidWordsBody{Words: []api.AvoidWordBody{{Phrase: "the second one", Severity: "must"}, {Phrase: "x", Instead: "y"}}}
	_, err = as("editor").PutAvoidWords(ctx, words)
	refused(t, err, press.Forbidden, "role")
	if done, err := boss.PutAvoidWords(ctx, words); err != nil || done.Added != 2 {
		t.Errorf("put %+v, %v", done, err)
	}
	if done, err := boss.RemoveAvoidWords(ctx, []string{"x"}); err != nil || done.Removed != 1 || done.Total != 1 {
		t.Errorf("removed %+v, %v", done, err)
	}
	old := int64(1)
	_, err = boss.PutAvoidWords(ctx, api.AvoidWordsBody{Words: words.Words[:1], Replace: true, Version: &old})
	refused(t, err, press.Conflict, "settings.stale")
	if list := must[api.AvoidWordList](t)(as("writer").AvoidWords(ctx)); len(list.Words) != 1 || list.Version != 2 || list.Words[0].Severity != press.SeverityMust {
		t.Errorf("words %+v", list)
	}
	blocks := func(list []press.Finding) (blocks, meant int) {
		for _, f := range list {
			if f.Code == "words.must" && f.Blocks {
				blocks++
			}
			if f.Meant {
				meant++
			}
		}
		return blocks, meant
	}
	if n, _ := blocks(must[[]press.Finding](t)(as("writer").Preflight(ctx, handed.Article.ID, ""))); n != 1 {
		t.Errorf("%d words block", n)
	}
	_, err = as("writer").SayMeant(ctx, handed.Article.ID, 1)
	refused(t, err, press.Forbidden, "role")
	if n, meant := blocks(must[[]press.Finding](t)(as("editor").SayMeant(ctx, handed.Article.ID, 1))); n != 0 || meant != 1 {
		t.Errorf("%d words block, %d are meant", n, meant)
	}
	if done, err := boss.PutAvoidWords(ctx, api.AvoidWordsBody{Words: []api.AvoidWordBody{}, Replace: true}); err != nil || done.Total != 0 {
		t.Errorf("replaced %+v, %v", done, err)
	}
}
