package office

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// rich writes text as RTF does: what is beyond ASCII as numbers of 16 bits with a sign.
func rich(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < 0x80 {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\u%d?`, int16(r)) //nolint:gosec // the sign is how RTF writes it
		}
	}
	return out.String()
}

// TestArticleOfAnotherFormat reads a document as a parcel's article, which is what all of this is for.
func TestArticleOfAnotherFormat(t *testing.T) {
	t.Parallel()
	c := converter(t, Config{})
	img := image.NewGray(image.Rect(0, 0, 80, 60))
	img.Set(3, 3, color.White)
	var photo bytes.Buffer
	if err := png.Encode(&photo, img); err != nil {
		t.Fatal(err)
	}
	source := `{\rtf1\ansi\deff0{\fonttbl{\f0 SimSun;}}` +
		`\pard\qc\b\fs44 ` + rich("示例学院举行开学典礼") + `\b0\fs24\par` +
		`\pard ` + rich("九月一日上午，示例学院举行开学典礼，全体师生参加。") + `\par` +
		`\pard\qc {\pict\pngblip\picw80\pich60\picwgoal2400\pichgoal1800 ` + hex.EncodeToString(photo.Bytes()) + `}\par` +
		`\pard\qc ` + rich("▲ 典礼现场") + `\par` +
		`\pard ` + rich("（撰稿：示例宣传处　摄影：示例记者团）") + `\par}`
	file := intake.File{Name: "稿件.rtf", Size: int64(len(source)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(source)), nil }}
	p, err := intake.Reader{Limits: intake.DefaultLimits(), Office: c}.Read(t.Context(), []intake.File{file})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Content; got.Title != "示例学院举行开学典礼" || got.Credits != (press.Credits{Text: "示例宣传处", Photos: "示例记者团"}) {
		t.Errorf("title %q, credits %+v", got.Title, got.Credits)
	}
	if pictures := p.Content.Body.Pictures(); len(p.Photos) != 1 || len(pictures) != 1 || pictures[0].Caption != "典礼现场" {
		t.Errorf("%d photos, pictures %+v", len(p.Photos), pictures)
	}
	if text := p.Content.Body.Text(); !strings.Contains(text, "全体师生参加。") {
		t.Errorf("body %q", text)
	}
}
