package courier_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// TestWatermarkAtWeChat: what WeChat gets of a column with a watermark and a style of captions has both. The mark is in its
// corner of the picture, and nowhere else.
func TestWatermarkAtWeChat(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{idle: true})
	admin, err := o.desk.AddUser(o.Context(), press.System(), "Watermarks", []press.Role{press.Administrator}, nil)
	o.ok(err)
	boss := press.Actor{User: admin}
	column := press.Column{"校园"}
	o.ok(o.desk.AddColumn(o.Context(), boss, column))
	red, green := color.NRGBA{R: 220, A: 255}, color.NRGBA{R: 40, G: 160, B: 60, A: 255}
	var seal, shown bytes.Buffer
	o.ok(png.Encode(&seal, filled(100, 100, red)))
	o.ok(jpeg.Encode(&shown, filled(1200, 800, green), nil))
	mark, err := o.desk.TakeWatermark(o.Context(), boss, "seal.png", seal.Bytes())
	o.ok(err)
	_, err = o.desk.SaveColumnRules(o.Context(), boss, press.RuledColumn{Column: column, Rules: press.ColumnRules{
		Caption: press.CaptionMarked, Watermark: &press.Watermark{Photo: mark, Corner: press.TopLeft, Width: 20, Opacity: 100},
	}})
	o.ok(err)
	handed, err := o.desk.HandIn(o.Context(), press.System(), desk.HandIn{Column: column, Files: []intake.File{
		file("a.jpg", shown.Bytes()), file("news.md", []byte("# 水印\n\n现场。\n\n![主会场](a.jpg)\n")),
	}})
	o.ok(err)
	for _, stage := range o.desk.Stages {
		user, err := o.desk.AddUser(o.Context(), press.System(), "Watermarks "+stage.Name.EN, []press.Role{press.Reviewer}, nil)
		o.ok(err)
		_, _, err = o.desk.Sign(o.Context(), press.Actor{User: user}, handed.Article.ID, handed.Article.Revision, handed.Article.Hash)
		o.ok(err)
	}
	o.article = handed.Article
	o.start(o.newCourier("worker"))
	d := o.compose(press.ModeDraft, 0)
	o.untilState(d.ID, press.Ready)
	draft, err := o.accounts[0].Draft(o.Context(), o.load(d.ID).MediaID)
	o.ok(err)
	html := draft.Articles[0].HTML
	address := regexp.MustCompile(`/mmbiz_[a-z]+/[^/"]+/\d+`).FindString(html)
	if !strings.Contains(html, press.CaptionMark+"主会场") || address == "" {
		t.Fatalf("the draft is %s", html)
	}
	answer := httptest.NewRecorder()
	o.box.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(o.Context(), http.MethodGet, address, nil))
	got, _, err := image.Decode(answer.Body)
	o.ok(err)
	w, h := got.Bounds().Dx(), got.Bounds().Dy()
	for at, want := range map[image.Point]color.NRGBA{
		{w/40 + w/10, w/40 + w/10}: red, {w - w/8, w / 8}: green, {w / 2, h / 2}: green, {w - w/8, h - w/8}: green,
	} {
		c := color.NRGBAModel.Convert(got.At(at.X, at.Y)).(color.NRGBA)
		if apart(c.R, want.R) > 8 || apart(c.G, want.G) > 8 || apart(c.B, want.B) > 8 {
			t.Errorf("WeChat's picture has %v at %v, want about %v", c, at, want)
		}
	}
}

func filled(w, h int, c color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
