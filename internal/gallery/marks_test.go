package gallery_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"testing"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// TestWatermark: the photos of a column with a watermark have it for readers of WeChat and of the website, those of others do
// not, and a column within it has it too unless it wants
// none. People are shown photos with the marks that columns have, and with no others.
func TestWatermark(t *testing.T) {
	t.Parallel()
	r := open(t)
	var drawn bytes.Buffer
	seal := image.NewNRGBA(image.Rect(0, 0, 200, 80))
	draw.Draw(seal, image.Rect(40, 20, 160, 60), image.NewUniform(color.NRGBA{R: 200, A: 180}), image.Point{}, draw.Src)
	r.ok(png.Encode(&drawn, seal))
	mark, err := r.TakeMark(r.Context(), "seal.png", drawn.Bytes())
	r.ok(err)
	if _, err := r.TakeMark(r.Context(), "big.png", make([]byte, press.MaxWatermarkBytes+1)); press.CodeOf(err) != "watermark.bytes" {
		t.Errorf("a huge mark: %v", err)
	}
	shown, _, err := r.Take(r.Context(), "a.jpg", opener(quarters(t, 1600, 1000)), nil)
	r.ok(err)
	news, inner := press.Column{"新闻"}, press.Column{"新闻", "通知"}
	_, _, err = r.rows.ChangeColumns(r.Context(), press.System(), "column.add", "", news,
		func(press.ColumnTree) (press.ColumnTree, error) { return press.ColumnTree{news, inner}, nil }, func(int) error { return nil })
	r.ok(err)
	state := func(c press.Column, w press.Watermark) {
		_, err := r.rows.SaveColumnRules(r.Context(), press.System(), press.RuledColumn{Column: c, Rules: press.ColumnRules{Watermark: &w}})
		r.ok(err)
	}
	wanted := press.Watermark{Photo: mark}
	state(news, wanted)
	state(inner, press.Watermark{Off: true})
	seen := map[press.Digest]string{}
	for _, column := range []press.Column{nil, news, {"新闻", "校园"}, {"通知"}, inner} {
		job, err := r.Body(r.Context(), column)
		r.ok(err)
		made, err := r.Renditions(r.Context(), shown.Digest, []photo.Job{job})
		r.ok(err)
		onSite, err := r.ForSite(r.Context(), press.Content{Column: column, Body: press.Body{Blocks: []press.Block{press.Picture{Photo: shown.Digest}}}})
		r.ok(err)
		seen[made[0].Digest] += column.String() + ";"
		seen[onSite[shown.Digest][0].Digest] += column.String() + ";"
	}
	groups := map[string]int{}
	for _, columns := range seen {
		groups[columns]++
	}
	if groups[";通知;新闻 › 通知;"] != 2 || groups["新闻;新闻 › 校园;"] != 2 || len(seen) != 4 {
		t.Errorf("photos are the same in %v, want one kind with the mark and one without, for WeChat and the website", groups)
	}
	if shown, err := r.Mark(r.Context(), wanted.Key()); err != nil || shown.Watermark != wanted {
		t.Errorf("the mark by its key: %v, %v", shown, err)
	}
	other := press.Watermark{Photo: mark, Width: 19}
	if _, err := r.Mark(r.Context(), other.Key()); press.CodeOf(err) != "watermark.missing" {
		t.Errorf("a mark that no column has: %v", err)
	}
}

// TestMarkSize: a mark is kept as large as it is sharp, and one that would lose its transparency so is kept smaller.
func TestMarkSize(t *testing.T) {
	t.Parallel()
	r := open(t)
	columns := press.ColumnTree{{"seal"}, {"speckles"}}
	_, _, err := r.rows.ChangeColumns(r.Context(), press.System(), "column.add", "", columns[0],
		func(press.ColumnTree) (press.ColumnTree, error) { return columns, nil }, func(int) error { return nil })
	r.ok(err)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		name  string
		noise bool
		width int
	}{{"seal", false, 960}, {"speckles", true, 480}} {
		drawn := image.NewNRGBA(image.Rect(0, 0, 1200, 300))
		for i := range drawn.Pix {
			if drawn.Pix[i] = byte(i / 1200); tt.noise {
				drawn.Pix[i] = byte(rng.Uint32())
			}
		}
		var file bytes.Buffer
		r.ok(png.Encode(&file, drawn))
		digest, err := r.TakeMark(r.Context(), tt.name+".png", file.Bytes())
		r.ok(err)
		wanted := press.Watermark{Photo: digest}
		_, err = r.rows.SaveColumnRules(r.Context(), press.System(), press.RuledColumn{Column: press.Column{tt.name}, Rules: press.ColumnRules{Watermark: &wanted}})
		r.ok(err)
		mark, err := r.Mark(r.Context(), wanted.Key())
		r.ok(err)
		_, _, _, alpha := mark.Picture.At(5, 5).RGBA()
		if w := mark.Picture.Bounds().Dx(); w != tt.width || alpha == 0xffff {
			t.Errorf("%s: %d wide and %04x opaque, want %d and see-through", tt.name, w, alpha, tt.width)
		}
	}
}
