package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// PreflightContent is Preflight of a content while it is being written. Places are those of the content as it is given.
func (d *Desk) PreflightContent(ctx context.Context, id press.ArticleID, c press.Content, theme string) (_ []press.Finding, err error) {
	defer press.Wrap(&err, "desk.PreflightContent(%s)", id)
	normal := c.Normalize()
	note := d.findNote(ctx, id, normal)
	normal.Body = c.Body
	findings, err := d.preflight(ctx, normal, theme)
	if err != nil {
		return findings, err
	}
	checks, err := d.findChecks(ctx, id, normal, true)
	findings = slices.Concat(findings, note, checks)
	for i, f := range findings {
		if f.Code == "cover.empty" { // see complete: handing in fills it
			findings[i].Blocks, findings[i].Text = false, press.Say(
				"There is no photo yet, and WeChat needs a cover; a plain one is used when the article is handed in.",
				"还没有图片，而微信要求有封面：提交审核时将使用纯色封面。")
		}
	}
	return findings, err
}

func (d *Desk) preflight(ctx context.Context, c press.Content, theme string) ([]press.Finding, error) {
	findings := append(CheckContent(c), CheckReading(c)...)
	photos, err := d.Store.Photos(ctx, c.Photos())
	if err != nil {
		return nil, err
	}
	findings = append(findings, checkPhotos(c, photos)...)
	attached, err := d.findAttachments(ctx, c)
	if err != nil {
		return nil, err
	}
	findings = append(findings, attached...)
	long, err := d.checkLength(ctx, c, theme, findings)
	return append(findings, long...), err
}

// CheckReading returns what readers would stumble over: headings that skip a level, links that WeChat does not keep, photos
// of a gallery that nothing is said about, an article that names nobody.
func CheckReading(c press.Content) []press.Finding {
	var out []press.Finding
	if c.Credits == (press.Credits{}) && len(c.Body.Blocks) > 0 {
		out = append(out, press.Finding{Code: "credits.empty", Where: "credits", Text: press.Say(
			"Nobody is named as author, photographer or source.", "未填写供稿、摄影、来源等署名。")})
	}
	level := 1
	for i, block := range c.Body.Blocks {
		where := fmt.Sprintf("body.blocks[%d]", i)
		switch block := block.(type) {
		case press.Heading:
			if block.Level > level+1 {
				out = append(out, press.Finding{Code: "heading.skip", Where: where, Text: press.Say(
					"The heading “%[1]s” skips a level; readers who listen lose the thread.",
					"标题“%[1]s”跳过了一级，读屏软件用户会难以理解结构。", short(press.PlainText(block.Text)))})
			}
			level = block.Level
		case press.Gallery:
			out = append(out, silentPhotos(block, where)...)
		}
	}
	return append(out, lostLinks(c.Body)...)
}

func short(s string) string {
	if runes := []rune(s); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return s
}

func silentPhotos(g press.Gallery, where string) []press.Finding {
	var out []press.Finding
	for i, p := range g.Photos {
		if strings.TrimSpace(p.Alt+p.Caption) == "" {
			out = append(out, press.Finding{Code: "photo.alt", Where: fmt.Sprintf("%s.photos[%d]", where, i), Text: press.Say(
				"Photo %d of the gallery has neither caption nor alternative text; a blind reader gets nothing.",
				"图集第 %d 张图片没有说明和替代文字，视障读者无法了解图片内容。", i+1)})
		}
	}
	return out
}

// lostLinks is one finding, at the first of them: an article may hold many, and all become notes alike.
func lostLinks(b press.Body) []press.Finding {
	first, n := 0, 0
	for i, block := range b.Blocks {
		press.Body{Blocks: []press.Block{block}}.EachRuns(func(runs []press.Run) {
			last := ""
			for _, r := range runs {
				if r.Link != "" && r.Link != last && !markup.KeptByWeChat(r.Link) {
					if n == 0 {
						first = i
					}
					n++
				}
				last = r.Link
			}
		})
	}
	if n == 0 {
		return nil
	}
	return []press.Finding{{Code: "link.note", Where: fmt.Sprintf("body.blocks[%d]", first), Text: press.Say(
		"WeChat drops %d of the links; there they become numbered notes at the end.", "微信不保留站外链接，其中 %d 个将显示为文末注释。", n)}}
}
