package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"newsdesk/internal/blob"
	"newsdesk/internal/config"
	"newsdesk/internal/gallery"
	"newsdesk/internal/intake"
	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// pages renders articles for people who want to see them before they go out.
type pages struct{ app *App }

// WeChat returns the body as it would be sent. Inline puts the pictures into the HTML itself; otherwise they have
// addresses as long as WeChat's own, so that the length is the true one.
func (p pages) WeChat(ctx context.Context, c press.Content, theme string, inline bool) (string, error) {
	chosen, err := p.theme(ctx, theme)
	if err != nil {
		return "", err
	}
	look, err := p.look(ctx, c.Column)
	if err != nil {
		return "", err
	}
	job, err := p.app.Gallery.Body(ctx, c.Column)
	if err != nil {
		return "", err
	}
	images := map[press.Digest]markup.Image{}
	for _, digest := range c.Body.Photos() {
		list, err := p.app.Gallery.Renditions(ctx, digest, []photo.Job{job})
		if err != nil {
			return "", err
		}
		image := markup.Image{URL: "https://mmbiz.qpic.cn/mmbiz_jpg/" + string(digest) + "/0", Width: list[0].Width, Height: list[0].Height}
		if inline {
			if image.URL, err = dataURI(ctx, p.app.Gallery, list[0]); err != nil {
				return "", err
			}
		}
		images[digest] = image
	}
	return markup.WeChat(c, chosen, images, markup.WeChatOptions{Captions: look.Caption})
}

// look is what a column says of how its photos and captions look. The gallery knows it without a database too.
func (p pages) look(ctx context.Context, column press.Column) (press.ColumnRules, error) {
	all, err := p.app.Gallery.Store.ColumnRules(ctx)
	return press.RulesFor(column, all), err
}

// theme returns a theme by its name; the usual one for an empty name.
func (p pages) theme(ctx context.Context, name string) (markup.Theme, error) {
	themes := p.app.roster.Themes(ctx)
	if name == "" {
		return themes.Default(), nil
	}
	chosen, ok := themes.Get(name)
	if !ok {
		return chosen, press.Fail(press.NotFound, "theme.unknown", press.Say(
			"There is no theme %q; choose one of %v.", "没有名为 %q 的主题，可选：%v。", name, themes.Names()))
	}
	return chosen, nil
}

// Site returns the whole website page as one file: pictures and style are inside it.
func (p pages) Site(ctx context.Context, id press.ArticleID, c press.Content) (string, error) {
	dir, err := os.MkdirTemp(filepath.Join(p.app.Config.Data, "tmp"), "page-*")
	if err != nil {
		return "", fmt.Errorf("app: room for a page: %w", err)
	}
	defer os.RemoveAll(dir)
	cfg := p.app.Config.Site
	if cfg.BaseURL == "" {
		cfg.BaseURL = "http://localhost" // no port is known yet
	}
	s, err := site.New(dressed(p.app.Config, site.Config{
		Dir: dir, BaseURL: cfg.BaseURL + "/", Title: press.Text{EN: cfg.TitleEn, ZH: cfg.TitleZh}, Lang: cfg.Language,
		Zone: p.app.Config.Zone, Archive: emptyArchive{}, Logger: p.app.opts.Logger, Alone: true,
	}))
	if err != nil {
		return "", err
	}
	renditions, err := p.app.Gallery.ForSite(ctx, c)
	if err != nil {
		return "", err
	}
	look, err := p.look(ctx, c.Column)
	if err != nil {
		return "", err
	}
	now := time.Now().UTC()
	page := press.Page{Captions: look.Caption, ID: id, Content: c, PublishedAt: now, UpdatedAt: now, Renditions: renditions}
	if _, err := s.Publish(ctx, website{s, p.app.Gallery}.article(page)); err != nil {
		return "", err
	}
	return p.selfContained(ctx, dir, s.Path(id), cfg.BaseURL+"/", renditions)
}

var stylesheet = regexp.MustCompile(`<link rel="stylesheet"[^>]*href="[^"]*?(assets/[^"]+\.css)"[^>]*>`)

// stateSheet is the link to what a whole site may be in, such as grey; a page alone is not.
var stateSheet = regexp.MustCompile(`<link rel="stylesheet"[^>]*site-state\.css"[^>]*>\n?`)

func (p pages) selfContained(ctx context.Context, dir, file, base string, renditions map[press.Digest][]press.Rendition) (string, error) {
	page, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		return "", fmt.Errorf("app: read rendered page: %w", err)
	}
	html := string(page)
	html = stateSheet.ReplaceAllString(html, "")
	if m := stylesheet.FindStringSubmatch(html); m != nil {
		css, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m[1])))
		if err != nil {
			return "", fmt.Errorf("app: read stylesheet: %w", err)
		}
		html = strings.Replace(html, m[0], "<style>"+string(css)+"</style>", 1)
	}
	for _, list := range renditions {
		for _, r := range list {
			data, err := dataURI(ctx, p.app.Gallery, r)
			if err != nil {
				return "", err
			}
			name := site.PhotoFile(r)
			for _, address := range []string{base + name, pathOf(base) + name} {
				html = strings.ReplaceAll(html, template.HTMLEscapeString(address), data)
			}
		}
	}
	return html, nil
}

// pathOf cuts scheme and host off an address.
func pathOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

func dataURI(ctx context.Context, g *gallery.Gallery, r press.Rendition) (string, error) {
	data, err := g.Read(ctx, r)
	if err != nil {
		return "", err
	}
	return "data:" + r.ContentType + ";base64," + base64.StdEncoding.EncodeToString(data), nil
}

type emptyArchive struct{}

func (emptyArchive) Times(context.Context, site.Stretch) ([]time.Time, error) { return nil, nil }

func (emptyArchive) Dates(context.Context, site.Stretch) ([]site.Entry, error) { return nil, nil }

func (emptyArchive) Entries(context.Context, site.Stretch) ([]site.Entry, error) { return nil, nil }

func (emptyArchive) Since(context.Context, press.ArticleID) (t time.Time, err error) { return t, nil }

func (emptyArchive) Columns(context.Context) ([]press.Column, error) { return nil, nil }

func (emptyArchive) Gone(context.Context) ([]press.ArticleID, error) { return nil, nil }

func (emptyArchive) Neighbours(context.Context, press.ArticleID) (prev, next *site.Entry, err error) {
	return nil, nil, nil
}

// Preview renders a parcel with no server and no database: what it would look like in WeChat or on the website.
func Preview(ctx context.Context, cfg config.Config, files []intake.File, target press.TargetKind, theme string) (html string, notes []press.Note, err error) {
	dir, err := os.MkdirTemp("", "newsdesk-preview-*")
	if err != nil {
		return "", nil, fmt.Errorf("app: room for a preview: %w", err)
	}
	defer os.RemoveAll(dir)
	a, err := previewer(cfg, dir)
	if err != nil {
		return "", nil, err
	}
	parcel, err := intake.Reader{Limits: intakeLimits(cfg.Limits), Office: converter(dir), Scratch: dir}.Read(ctx, files)
	if err != nil {
		return "", nil, err
	}
	notes = parcel.Notes
	digests := map[string]press.Digest{}
	for _, p := range parcel.Photos {
		// The renditions are made now, so that a photo that cannot be decoded is left out here and not later.
		taken, _, err := a.Gallery.Take(ctx, p.File.Name, p.File.Open, previewRecipes(target))
		if err != nil {
			notes = append(notes, press.Note{Code: press.CodeOf(err), File: p.File.Name, Text: press.TextOf(err)})
			continue
		}
		digests[p.Key] = taken.Digest
	}
	content := parcel.Resolve(digests)
	attached, left := previewAttachments(ctx, parcel.Attachments)
	notes, content.Attachments = append(notes, left...), attached
	content.Attachments = content.NameAttachments()
	content = content.Normalize()
	if target == press.TargetSite {
		html, err = pages{a}.Site(ctx, press.ArticleID(press.NewID(time.Now())), content)
	} else if html, err = (pages{a}).WeChat(ctx, content, theme, true); err == nil {
		html = PhonePage(content, html)
	}
	return html, notes, err
}

func previewRecipes(target press.TargetKind) []press.Recipe {
	if target == press.TargetSite {
		return press.SiteRecipes()
	}
	return []press.Recipe{press.WeChatBody}
}

// previewer has only the parts that render.
func previewer(cfg config.Config, dir string) (*App, error) {
	cfg.Data = dir
	if cfg.Site.BaseURL == "" { // nothing listens, and everything is inside the page anyway
		cfg.Site.BaseURL = "http://localhost/site"
	}
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("app: room for a preview: %w", err)
	}
	blobs, err := blob.NewDisk(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, err
	}
	themes, err := markup.LoadThemes(cfg.Themes.Dir)
	if err != nil {
		return nil, err
	}
	fixed := &roster{}
	fixed.current.Store(&staff{themes: themes})
	return &App{Config: cfg, roster: fixed, Gallery: gallery.New(gallery.Config{
		Store: &memory{}, Blobs: blobs, Pipeline: newPipeline(cfg), MaxBytes: cfg.Limits.PhotoBytes,
	})}, nil
}

var phonePage = template.Must(template.New("phone").Parse(`<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{{.Title}}</title>
<style>
body{margin:0 auto;max-width:677px;padding:20px 16px 40px;font:17px/1.6 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:rgba(0,0,0,.9);word-break:break-word}
h1{font-size:22px;line-height:1.4;margin:0 0 14px;font-weight:500}.by{font-size:15px;color:rgba(0,0,0,.35);margin:0 0 22px}
p,h2,h3,h4,figure,blockquote,ul,ol{margin:0}img{max-width:100%}
@media(prefers-color-scheme:dark){body{background:#191919;color:#a3a3a3}.by{color:rgba(255,255,255,.35)}}
</style></head><body><h1>{{.Title}}</h1><p class="by">{{.By}}</p>{{.Body}}</body></html>
`))

// PhonePage puts a WeChat body into a page like the one it appears in on a phone.
func PhonePage(c press.Content, body string) string {
	var out bytes.Buffer
	data := struct {
		Title, By string
		Body      template.HTML
	}{c.TitleInPush(), c.Credits.Text, template.HTML(body)} //nolint:gosec // written by our own renderer, which escapes
	if err := phonePage.Execute(&out, data); err != nil {
		return body
	}
	return out.String()
}
