package desk

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Preflight checks everything that can be checked before the hour: what WeChat would refuse, and what readers would miss.
func (d *Desk) Preflight(ctx context.Context, id press.ArticleID, theme string) (_ []press.Finding, err error) {
	defer press.Wrap(&err, "desk.Preflight(%s)", id)
	rev, err := d.Store.Revision(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	article, err := d.Store.Article(ctx, id)
	if err != nil {
		return nil, err
	}
	findings, err := d.preflight(ctx, rev.Content, theme)
	if err != nil {
		return nil, err
	}
	written := article.State == press.ArticleDraft || article.State == press.ArticleReturned
	checks, err := d.findChecks(ctx, id, rev.Content, written)
	return slices.Concat(findings, d.findNote(ctx, id, rev.Content), checks), err
}

// checkLength renders the body as it would be sent. Where photos are missing it cannot be, and they are found already.
func (d *Desk) checkLength(ctx context.Context, c press.Content, theme string, found []press.Finding) ([]press.Finding, error) {
	if slices.ContainsFunc(found, func(f press.Finding) bool { return f.Code == "photo.missing" }) {
		return nil, nil
	}
	if theme == "" {
		theme = d.firstTheme(ctx)
	}
	html, err := d.Pages.WeChat(ctx, c, theme, false)
	if press.KindOf(err) == press.NotFound && press.CodeOf(err) == "photo.lost" {
		return []press.Finding{{Blocks: true, Code: "photo.missing", Where: "body", Text: press.TextOf(err)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return CheckPushHTML(html), nil
}

// firstTheme is how an article is shown where neither an account nor a theme was chosen.
func (d *Desk) firstTheme(ctx context.Context) string {
	if accounts := d.Accounts(ctx); len(accounts) > 0 {
		return accounts[0].Theme
	}
	return ""
}

// Render returns the current revision as a target shows it, in one file.
func (d *Desk) Render(ctx context.Context, id press.ArticleID, target press.TargetKind, theme string) (_ string, err error) {
	defer press.Wrap(&err, "desk.Render(%s)", id)
	rev, err := d.Store.Revision(ctx, id, 0)
	if err != nil {
		return "", err
	}
	if target == press.TargetSite {
		return d.Pages.Site(ctx, id, rev.Content)
	}
	if theme == "" {
		theme = d.firstTheme(ctx)
	}
	return d.Pages.WeChat(ctx, rev.Content, theme, true)
}

// CheckContent returns what is missing or too long in an article's short fields and photos.
func CheckContent(c press.Content) []press.Finding {
	var out []press.Finding
	add := func(blocks bool, code, where string, text press.Text) {
		out = append(out, press.Finding{Blocks: blocks, Code: code, Where: where, Text: text})
	}
	if c.Title == "" {
		add(true, "title.empty", "title", press.Say("The title is empty.", "标题为空。"))
	}
	if n := utf8.RuneCountInString(c.TitleInPush()); n > press.PushTitleRunes {
		add(true, "title.long", "title", press.Say(
			"The title has %d characters; WeChat takes %d. Shorten it or give a WeChat title.", "标题 %d 个字，微信最多 %d 个字，请缩短或另设微信标题。", n, press.PushTitleRunes))
	} else if c.PushTitle != "" && c.PushTitle != c.Title {
		add(false, "title.short", "push_title", press.Say("In WeChat the title reads “%s”.", "微信中标题显示为“%s”。", c.PushTitle))
	}
	if n := utf8.RuneCountInString(c.Digest); n > press.PushDigestRunes {
		add(false, "digest.long", "digest", press.Say("The digest has %d characters; WeChat shows %d.", "摘要 %d 个字，微信最多显示 %d 个字。", n, press.PushDigestRunes))
	}
	if len(c.Body.Blocks) == 0 {
		add(true, "body.empty", "body", press.Say("The body is empty.", "正文为空。"))
	}
	if len(c.Column) == 0 {
		add(false, "column.empty", "column", press.Say("No column is chosen; the website lists it on the front page only.", "未选择栏目，网站仅在首页显示。"))
	}
	if c.Cover.Photo == "" {
		add(true, "cover.empty", "cover", press.Say("There is no cover; WeChat needs one.", "没有封面，微信要求必须有封面。"))
	}
	for i, block := range c.Body.Blocks {
		if p, ok := block.(press.Picture); ok && p.Alt == "" && p.Caption == "" {
			add(false, "photo.alt", fmt.Sprintf("body.blocks[%d]", i), press.Say(
				"The photo has neither caption nor alternative text; a blind reader gets nothing.", "图片没有说明和替代文字，视障读者无法了解图片内容。"))
		}
	}
	return out
}

// CheckPushHTML returns a finding when the body's markup is longer than WeChat takes.
func CheckPushHTML(html string) []press.Finding {
	characters, bytes := markup.Measure(html)
	if characters < press.PushHTMLRunes && bytes < press.PushHTMLBytes {
		return nil
	}
	return []press.Finding{{Blocks: true, Code: "body.long", Where: "body", Text: press.Say(
		"The body has %d characters with its markup; WeChat takes fewer than %d. Shorten it or split the article in two.",
		"正文含格式共 %d 个字符，微信要求少于 %d，请精简或拆分为两篇。", characters, press.PushHTMLRunes)}}
}

func checkPhotos(c press.Content, photos map[press.Digest]press.Photo) []press.Finding {
	var out []press.Finding
	inBody := len(c.Body.Photos())
	for i, digest := range c.Photos() {
		p, ok := photos[digest]
		where := placeOf(digest, c.Body)
		switch {
		case !ok && i >= inBody:
			out = append(out, press.Finding{Blocks: true, Code: "photo.missing", Where: "cover", Text: press.Say(
				"The cover's photo is not in the gallery any more; choose another.", "封面图片已不存在，请重新选择。")})
		case !ok:
			out = append(out, press.Finding{Blocks: true, Code: "photo.missing", Where: where, Text: press.Say(
				"Photo %d is not in the gallery any more; place it again.", "第 %d 张图片已不存在，请重新插入。", i+1)})
		case p.Width < 640 && i < inBody:
			out = append(out, press.Finding{Code: "photo.small", Where: where, Text: press.Say(
				"The photo %s is only %d pixels wide and looks coarse on phones.", "图片 %s 宽度仅 %d 像素，手机上会模糊。", p.Name, p.Width)})
		}
	}
	return out
}

// placeOf is where a photo stands first.
func placeOf(photo press.Digest, b press.Body) string {
	for i, block := range b.Blocks {
		switch block := block.(type) {
		case press.Picture:
			if block.Photo == photo {
				return fmt.Sprintf("body.blocks[%d]", i)
			}
		case press.Gallery:
			for j, p := range block.Photos {
				if p.Photo == photo {
					return fmt.Sprintf("body.blocks[%d].photos[%d]", i, j)
				}
			}
		}
	}
	return "cover"
}
