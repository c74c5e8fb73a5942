package desk_test

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

func onlyText(text string) []intake.File { return []intake.File{file("a.txt", []byte(text))} }

func found(findings []press.Finding) []string {
	out := []string{}
	for _, f := range findings {
		code := f.Code
		if f.Blocks {
			code += "!"
		}
		out = append(out, code)
	}
	return out
}

func TestCheckContent(t *testing.T) {
	t.Parallel()
	o := open(t)
	paragraph := press.Paragraph{Text: []press.Run{{Text: "Text."}}}
	picture := press.Picture{Photo: press.DigestOf([]byte("x")), Caption: "The lake."}
	good := press.Content{
		Title: "Title", Digest: "What it is about.", Column: press.Column{"News"}, Cover: press.Cover{Photo: picture.Photo},
		Body: press.Body{Blocks: []press.Block{paragraph, picture}},
	}
	for name, tc := range map[string]struct {
		change func(*press.Content)
		want   []string
		where  string
	}{
		"nothing wrong":     {func(*press.Content) {}, []string{}, ""},
		"no title":          {func(c *press.Content) { c.Title = "" }, []string{"title.empty!"}, "title"},
		"32 characters":     {func(c *press.Content) { c.Title = strings.Repeat("题", 32) }, []string{}, ""},
		"33 characters":     {func(c *press.Content) { c.Title = strings.Repeat("题", 33) }, []string{"title.long!"}, "title"},
		"a short form":      {func(c *press.Content) { c.Title, c.PushTitle = strings.Repeat("题", 33), "题" }, []string{"title.short"}, "push_title"},
		"a long short form": {func(c *press.Content) { c.PushTitle = strings.Repeat("题", 33) }, []string{"title.long!"}, "title"},
		"the same twice":    {func(c *press.Content) { c.PushTitle = "Title" }, []string{}, ""},
		"a long digest":     {func(c *press.Content) { c.Digest = strings.Repeat("摘", 121) }, []string{"digest.long"}, "digest"},
		"no body":           {func(c *press.Content) { c.Body = press.Body{} }, []string{"body.empty!"}, "body"},
		"no column":         {func(c *press.Content) { c.Column = nil }, []string{"column.empty"}, "column"},
		"no cover":          {func(c *press.Content) { c.Cover = press.Cover{} }, []string{"cover.empty!"}, "cover"},
		"a photo untold":    {func(c *press.Content) { c.Body.Blocks = []press.Block{paragraph, press.Picture{Photo: picture.Photo}} }, []string{"photo.alt"}, "body.blocks[1]"},
	} {
		c := good
		tc.change(&c)
		findings := desk.CheckContent(c)
		if got := found(findings); !slices.Equal(got, tc.want) {
			t.Errorf("%s: found %v, want %v", name, got, tc.want)
			continue
		}
		for _, f := range findings {
			o.plain(f.Text)
			if f.Where != tc.where {
				t.Errorf("%s: found in %q, want %q", name, f.Where, tc.where)
			}
		}
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	o := open(t)
	small := jpg(t, 1, 80, 60)
	a := o.handIn(position+"Title\nText.\nsmall.jpg\n", file("small.jpg", small)).Article
	findings, err := o.Preflight(t.Context(), a.ID, "")
	o.ok(err)
	if got := found(findings); !slices.Equal(got, []string{"photo.alt", "credits.empty", "photo.small"}) {
		t.Errorf("found %v", got)
	}
	for _, f := range findings {
		o.plain(f.Text)
	}
	_, err = o.Preflight(t.Context(), a.ID, "neon")
	o.refused(err, press.NotFound, "theme.unknown")
	_, err = o.Preflight(t.Context(), nine()[0], "")
	o.refused(err, press.NotFound, "article.missing")

	long := o.handIn(position + "Title\n" + strings.Repeat(strings.Repeat("长", 200)+"\n", 100)).Article
	findings, err = o.Preflight(t.Context(), long.ID, "")
	o.ok(err)
	if got := found(findings); !slices.Contains(got, "body.long!") {
		t.Errorf("20,000 characters: found %v", got)
	}
	for _, f := range findings {
		o.plain(f.Text)
	}
}

// TestPreflightWithoutPhotos: what is no longer there is a finding, and not a failure to look.
func TestPreflightWithoutPhotos(t *testing.T) {
	t.Parallel()
	gone := photosGone{}
	o := open(t, func(c *desk.Config) { gone.Store = c.Store; c.Store = gone })
	a := o.handIn(position+"Title\nText.\nsmall.jpg\n", file("small.jpg", jpg(t, 1, 80, 60))).Article
	findings, err := o.Preflight(t.Context(), a.ID, "")
	o.ok(err)
	if got := found(findings); !slices.Equal(got, []string{"photo.alt", "credits.empty", "photo.missing!"}) {
		t.Errorf("found %v", got)
	}
	plain := o.inReview("Without photos")
	findings, err = o.Preflight(t.Context(), plain.ID, "")
	o.ok(err)
	if got := found(findings); !slices.Equal(got, []string{"credits.empty", "photo.missing!"}) || findings[1].Where != "cover" {
		t.Errorf("without its cover: %+v", findings)
	}
	for _, f := range findings {
		o.plain(f.Text)
	}
}

func TestCheckPushHTML(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		html string
		want int
	}{{strings.Repeat("a", 19_999), 0}, {strings.Repeat("字", 19_999), 0}, {strings.Repeat("a", 20_000), 1}} {
		if got := desk.CheckPushHTML(tc.html); len(got) != tc.want || tc.want == 1 && !got[0].Blocks {
			t.Errorf("%d bytes: %+v", len(tc.html), got)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.handIn(position+"Title\nText.\nsmall.jpg\n", file("small.jpg", jpg(t, 1, 80, 60))).Article
	html, err := o.Render(t.Context(), a.ID, press.TargetWeChat, "")
	if err != nil || !strings.Contains(html, "Text.") || !strings.Contains(html, "data:image/jpeg") {
		t.Errorf("for WeChat: %v\n%s", err, html)
	}
	other, err := o.Render(t.Context(), a.ID, press.TargetWeChat, o.Office.Themes(t.Context()).Names()[1])
	if err != nil || other == html {
		t.Errorf("another theme changes nothing: %v", err)
	}
	if html, err = o.Render(t.Context(), a.ID, press.TargetSite, ""); err != nil || html != "site "+string(a.ID)+" Title" {
		t.Errorf("for the website: %q, %v", html, err)
	}
	_, err = o.Render(t.Context(), a.ID, press.TargetWeChat, "neon")
	o.refused(err, press.NotFound, "theme.unknown")
	_, err = o.Render(t.Context(), nine()[0], press.TargetSite, "")
	o.refused(err, press.NotFound, "article.missing")
}

func TestPreflightContent(t *testing.T) {
	t.Parallel()
	o := open(t)
	heading := func(level int) press.Block { return press.Heading{Level: level, Text: []press.Run{{Text: "Heading"}}} }
	link := func(to string) press.Block {
		return press.Paragraph{Text: []press.Run{{Text: "a", Link: to}, {Text: "b", Bold: true, Link: to}}}
	}
	gone := press.DigestOf([]byte("gone"))
	c := press.Content{Title: "Title", Credits: press.Credits{Source: "Office"}, Column: press.Column{"News"}, Body: press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{}},
		heading(2), heading(4), heading(2), heading(3),
		link("https://mp.weixin.qq.com/s/x"), link("https://example.org/"), link("https://example.org/2"),
		press.Gallery{Photos: []press.Picture{{Photo: gone, Caption: "x"}, {Photo: gone}}},
	}}}
	findings, err := o.PreflightContent(t.Context(), "", c, "")
	o.ok(err)
	var got []string
	for _, f := range findings {
		o.plain(f.Text)
		got = append(got, f.Code+" "+f.Where)
	}
	want := []string{
		"heading.skip body.blocks[2]", "photo.alt body.blocks[8].photos[1]", "link.note body.blocks[6]",
		"photo.missing body.blocks[8].photos[0]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !strings.Contains(findings[2].Text.EN, "2 of the links") {
		t.Error(findings[2].Text.EN)
	}
	c.Body = press.Body{Blocks: []press.Block{heading(2)}}
	findings, err = o.PreflightContent(t.Context(), "", c, "")
	o.ok(err)
	if len(findings) != 1 || findings[0].Code != "cover.empty" || findings[0].Blocks {
		t.Errorf("without photos: %+v", findings)
	}
}
