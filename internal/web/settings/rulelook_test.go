package settings_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// sendForm posts a form with a file in it, as a browser does, and returns the page that it leads to.
func (v *visitor) sendForm(path string, file []byte, pairs ...string) (int, string) {
	v.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	ok := func(err error) {
		if err != nil {
			v.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("mark_file", map[bool]string{true: "seal.png"}[file != nil])
	ok(err)
	_, err = part.Write(file)
	ok(err)
	for i := 0; i+1 < len(pairs); i += 2 {
		ok(w.WriteField(pairs[i], pairs[i+1]))
	}
	ok(w.Close())
	req, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.Config.PublicURL+path, &body)
	ok(err)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := v.Do(req)
	ok(err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	ok(err)
	return res.StatusCode, string(page)
}

func sealFile(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 200, 80))
	draw.Draw(img, image.Rect(40, 20, 160, 60), image.NewUniform(color.NRGBA{R: 200, A: 255}), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestLookOfColumnPage gives a column a watermark and a style of captions, on a page without scripts. What is refused keeps
// what was typed and the picture that came with it, and an inner column can do without.
func TestLookOfColumnPage(t *testing.T) {
	t.Parallel()
	office := open(t)
	admin := as(t, office, "admin")
	admin.done("/settings/columns", "name", "News")
	admin.done("/settings/columns", "name", "Group", "parent", "News")
	news, inner := press.Column{"News"}, press.Column{"News", "Group"}
	const path = "/settings/columns/rules"
	at := func(c press.Column) string { return path + "?column=" + url.QueryEscape(c.String()) }
	states := func(c press.Column) press.ColumnRules {
		own, _, err := office.App.Desk.RulesOf(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return own.Rules
	}
	if body := admin.get(at(news)); strings.Contains(body, `value="own" checked`) || strings.Contains(body, `name="mark"`) || strings.Contains(body, `value="off"`) {
		t.Error("a column has a watermark, or may be without an outer one's, before anybody said so")
	}

	numbers := []string{"column", "News", "version", "0", "photos_least", "3", "caption", "marked", "mark_corner", "top-left", "mark_opacity", "60"}
	code, body := admin.sendForm(path, sealFile(t), append(numbers, "watermark", "", "mark_width", "most")...)
	kept := regexp.MustCompile(`name="mark" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if code != http.StatusUnprocessableEntity || kept == nil {
		t.Fatalf("a width that is none is answered with %d: %s", code, shown(body))
	}
	for _, part := range []string{`name="mark_width" class="input number" value="most"`, `value="marked" checked`, `value="own" checked`, `value="top-left" selected`, `value="3"`} {
		if !strings.Contains(body, part) {
			t.Errorf("what was typed is lost: %s", part)
		}
	}
	for _, bad := range [][]byte{make([]byte, press.MaxWatermarkBytes+1), []byte("no picture")} {
		if code, body := admin.sendForm(path, bad, append(numbers, "mark_width", "20")...); code < 400 || code >= 500 || !strings.Contains(body, `value="top-left" selected`) {
			t.Errorf("%d bytes that are no watermark are answered with %d", len(bad), code)
		}
	}
	code, body = admin.sendForm(path, nil, append(numbers, "watermark", "own", "mark", kept[1], "mark_width", "20")...)
	admin.shows(body, "What “News” asks is saved.", "photos at least 3; watermark: top left; captions: ▲ in front")
	want := press.Watermark{Photo: press.Digest(kept[1]), Corner: press.TopLeft, Width: 20, Opacity: 60}
	if got := states(news); code != http.StatusOK || got.Watermark == nil || *got.Watermark != want || got.Caption != press.CaptionMarked {
		t.Fatalf("saved with %d: %+v", code, got)
	}

	body = admin.get(at(inner))
	admin.shows(body, "as the outer column (top left)", "as the outer column (▲ in front)", "not the outer column’s either")
	sample := regexp.MustCompile(`/photos/[0-9a-f]{64}/site-960\?mark=[0-9a-f]{16}`).FindString(body)
	code, marked := admin.do(http.MethodGet, sample, nil)
	plain, _, _ := strings.Cut(sample, "?")
	if _, without := admin.do(http.MethodGet, plain, nil); code != http.StatusOK || marked == without {
		t.Errorf("the sample %q is answered with %d, and as without a watermark: %t", sample, code, marked == without)
	}
	if code, _ := admin.do(http.MethodGet, plain+"?mark=0123456789abcdef", nil); code != http.StatusNotFound {
		t.Errorf("a watermark that no column has is answered with %d", code)
	}
	admin.sendForm(path, nil, "column", inner.String(), "version", "0", "watermark", "off", "caption", "theme")
	if got := states(inner); got.Watermark == nil || !got.Watermark.Off || got.Caption != press.CaptionTheme {
		t.Errorf("the inner column states %+v", got)
	}
	if body := admin.get(at(inner)); strings.Contains(body, "?mark=") {
		t.Error("a column without a watermark shows one")
	}
	admin.sendForm(path, nil, "column", "News", "version", "1", "watermark", "", "mark", kept[1])
	if states(news).Watermark != nil {
		t.Error("the watermark was not taken away")
	}
	stranger := press.DigestOf([]byte("of no photo"))
	if code, _ := admin.sendForm(path, nil, "column", inner.String(), "version", "1", "watermark", "own", "mark", string(stranger)); code != http.StatusUnprocessableEntity {
		t.Errorf("a watermark whose picture is not there is answered with %d", code)
	}
}
