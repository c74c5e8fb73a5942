package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"slices"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
)

// lookSeal is a watermark: a white ring in a red disc, and nothing around it.
func lookSeal(t testing.TB) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 240, 240))
	for y := range 240 {
		for x := range 240 {
			switch d := (x-120)*(x-120) + (y-120)*(y-120); {
			case d < 70*70, d > 90*90 && d < 115*115:
				img.SetNRGBA(x, y, color.NRGBA{R: 190, G: 30, B: 40, A: 255})
			case d <= 90*90:
				img.SetNRGBA(x, y, color.NRGBA{R: 255, G: 255, B: 255, A: 255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ruled has the first column ask for something, with a watermark, and puts words into the list, so that both can be looked at; and an article
// in which preflight finds what an editor is to confirm.
func ruled(t testing.TB, a *app.App) []sight {
	t.Helper()
	ctx := t.Context()
	people, err := a.Store.Users(ctx)
	if err != nil {
		t.Fatal(err)
	}
	by := func(role press.Role) press.Actor {
		i := slices.IndexFunc(people, func(u press.User) bool { return slices.Contains(u.Roles, role) && !u.Disabled })
		return press.Actor{User: people[i]}
	}
	columns, err := a.Desk.ColumnChoices(ctx)
	if err != nil || len(columns) == 0 {
		t.Fatalf("no column: %v", err)
	}
	outer := columns[0]
	inner := columns[slices.IndexFunc(columns, func(c press.Column) bool { return len(c) > 1 })]
	mark, err := a.Gallery.TakeMark(ctx, "seal.png", lookSeal(t))
	if err != nil {
		t.Fatal(err)
	}
	rules := press.ColumnRules{Watermark: &press.Watermark{Photo: mark}, Caption: press.CaptionMarked, PhotosLeast: 3, PhotosMost: 12, PhotoLonger: 1600, WordsLeast: 300, WordsMost: 1500, Credits: []press.Credit{press.CreditText, press.CreditPhotos}}
	if _, err := a.Desk.SaveColumnRules(ctx, by(press.Administrator), press.RuledColumn{Column: outer, Rules: rules}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Desk.PutWords(ctx, by(press.Administrator), press.SampleWords()); err != nil {
		t.Fatal(err)
	}
	article, err := a.Desk.NewArticle(ctx, by(press.Editor))
	if err != nil {
		t.Fatal(err)
	}
	cell := func(text string) press.Cell { return press.Cell{Text: []press.Run{{Text: text}}} }
	content := press.Content{Title: "示例：培训班报名名单", Column: outer, Body: press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{{Text: "截止目前,共有２人报名，，名单如下。联系电话 13800138000。"}}},
		press.Table{Header: true, Rows: [][]press.Cell{{cell("姓名"), cell("证件号码")}, {cell("示例"), cell("11010519491231002X")}}},
	}}}
	if _, err := a.Desk.SaveRevision(ctx, by(press.Editor), article.ID, 1, content, true); err != nil {
		t.Fatal(err)
	}
	return []sight{
		{"column-rules", "/settings/columns/rules?column=" + url.QueryEscape(outer.String()), "admin"},
		{"column-rules-inner", "/settings/columns/rules?column=" + url.QueryEscape(inner.String()), "admin"},
		{"review-checks", "/articles/" + string(article.ID) + "/review", "editor"},
	}
}
