package app

import (
	"context"
	"fmt"
	"html"
	"strings"
	"sync"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// previews renders contents while they are being written. Nothing is stored, and no rendition is made: pictures have
// addresses at which they are made when a browser asks for them.
type previews struct {
	pages

	once sync.Once
	site *site.Site
	err  error
}

func (p *previews) WeChat(ctx context.Context, c press.Content, theme string) (string, error) {
	chosen, err := p.theme(ctx, theme)
	if err != nil {
		return "", err
	}
	photos, err := p.app.Store.Photos(ctx, c.Body.Photos())
	if err != nil {
		return "", err
	}
	look, err := p.look(ctx, c.Column)
	if err != nil {
		return "", err
	}
	images := map[press.Digest]markup.Image{}
	for digest, original := range photos {
		w, h := photo.SizeOf(press.WeChatBody, original.Width, original.Height)
		images[digest] = markup.Image{URL: photoPath(digest, press.WeChatBody, look.Watermark), Width: w, Height: h}
	}
	body, err := markup.WeChat(c, chosen, images, markup.WeChatOptions{Preview: true, Captions: look.Caption})
	if err != nil {
		return "", err
	}
	return p.weChatHead(c) + `<div id="js_content">` + markup.Night(body) + "</div>", nil
}

// weChatHead is what WeChat's page puts above an article: title, author, account and date.
func (p *previews) weChatHead(c press.Content) string {
	account := press.Text{EN: p.app.Config.Site.TitleEn, ZH: p.app.Config.Site.TitleZh}.In(markup.Language(c))
	now := time.Now().In(p.app.Config.Zone)
	date := now.Format("2006年1月2日 15:04")
	if markup.Language(c) == press.English {
		date = now.Format("2 January 2006, 15:04")
	}
	author := c.Credits.Text
	if n := len([]rune(author)); n > press.PushAuthorRunes {
		author = ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<h1>%s</h1><p class="by">`, html.EscapeString(c.TitleInPush()))
	if author != "" {
		fmt.Fprintf(&out, `<span>%s</span>`, html.EscapeString(author))
	}
	fmt.Fprintf(&out, `<span class="account">%s</span><span>%s</span></p>`, html.EscapeString(account), date)
	return out.String()
}

// photoPath is the address of a photo with a column's watermark; nil: without.
func photoPath(digest press.Digest, recipe press.Recipe, mark *press.Watermark) string {
	path := "/photos/" + string(digest) + "/" + string(recipe)
	if mark = mark.Shown(); mark != nil {
		path += "?mark=" + mark.Key()
	}
	return path
}

func (p *previews) Site(ctx context.Context, c press.Content) (string, error) {
	s, err := p.website()
	if err != nil {
		return "", err
	}
	photos, err := p.app.Store.Photos(ctx, c.Body.Photos())
	if err != nil {
		return "", err
	}
	look, err := p.look(ctx, c.Column)
	if err != nil {
		return "", err
	}
	pictures := map[press.Digest]markup.SitePicture{}
	for _, digest := range c.Body.Photos() {
		pictures[digest] = sitePicture(photos[digest], digest, look.Watermark)
	}
	return s.Preview(c, time.Now(), pictures, look.Caption)
}

// sitePicture offers the widths that the website will. A photo that is not there keeps its place by its words.
func sitePicture(original press.Photo, digest press.Digest, mark *press.Watermark) markup.SitePicture {
	var out markup.SitePicture
	for _, recipe := range press.SiteRecipes() {
		w, h := photo.SizeOf(recipe, max(original.Width, 1), max(original.Height, 1))
		if n := len(out.Sources); n > 0 && out.Sources[n-1].Width == w {
			continue // never enlarged: the next would be the same
		}
		out.Sources = append(out.Sources, markup.Source{URL: photoPath(digest, recipe, mark), Width: w})
		out.Width, out.Height = w, h
	}
	if original.Width == 0 {
		out.Width, out.Height = 0, 0
	}
	return out
}

// website is the site whose templates and style the preview uses; an office without a website sees what it would be.
func (p *previews) website() (*site.Site, error) {
	if p.app.Site != nil {
		return p.app.Site, nil
	}
	p.once.Do(func() {
		c := p.app.Config.Site
		p.site, p.err = site.New(dressed(p.app.Config, site.Config{
			Dir: p.app.Config.Data, BaseURL: "http://localhost/site/", Title: press.Text{EN: c.TitleEn, ZH: c.TitleZh}, Lang: c.Language,
			Zone: p.app.Config.Zone, Archive: emptyArchive{}, Logger: p.app.opts.Logger,
		}))
	})
	return p.site, p.err
}

const night = "@media (prefers-color-scheme: dark)"

func (p *previews) Frame(target press.TargetKind, dark bool) []byte {
	scheme, media := "light", "@media not all"
	if dark {
		scheme, media = "dark", "@media all"
	}
	style, class := strings.ReplaceAll(weChatFrame, night, media), "wechat"
	if target == press.TargetSite {
		class = "page-article"
		if s, err := p.website(); err == nil {
			style = strings.ReplaceAll(s.Stylesheet(), night, media) + siteFrame
		}
	}
	return fmt.Appendf(nil, `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">`+
		`<meta name="viewport" content="width=device-width, initial-scale=1"><base target="_blank"><title>…</title>`+
		`<style>%s:root{color-scheme:%s}</style></head><body class="%s"></body></html>`, style, scheme, class)
}

// siteFrame: the frame shows the page's middle part only, and its links lead nowhere.
const siteFrame = "body{min-height:0;padding-block:8px 40px}a{pointer-events:none}"

// weChatFrame is in outline what is around an article in WeChat on a phone.
const weChatFrame = `html{background:#fff}` +
	`body{margin:0 auto;max-width:677px;box-sizing:border-box;padding:20px 16px 48px;font:17px/1.6 -apple-system,"PingFang SC",` +
	`"Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:rgba(0,0,0,.9);word-break:break-word;overflow-wrap:break-word;letter-spacing:.034em}` +
	`h1{font-size:22px;line-height:1.4;margin:0 0 14px;font-weight:500}` +
	`.by{display:flex;flex-wrap:wrap;gap:0 10px;font-size:15px;color:rgba(0,0,0,.45);margin:0 0 22px}.account{color:#576b95}` +
	`p,h2,h3,h4,figure,blockquote,ul,ol,section{margin:0}p{clear:both;min-height:1em}img{max-width:100%;vertical-align:middle}` +
	`table{border-collapse:collapse}ul,ol{padding-left:1.2em}#js_content a{pointer-events:none}` +
	night + `{html{background:#191919}body{color:#a3a3a3}.by{color:rgba(255,255,255,.5)}.account{color:#7d90a9}}`
