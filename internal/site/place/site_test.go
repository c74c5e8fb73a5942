package place

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// archive is what the sample site's lists are made from.
type archive struct {
	entries []site.Entry
	gone    []press.ArticleID
	since   map[press.ArticleID]time.Time
}

func (a *archive) Entries(_ context.Context, s site.Stretch) (out []site.Entry, err error) {
	for _, e := range a.entries {
		if !e.PublishedAt.Before(s.From) && (s.Until.IsZero() || e.PublishedAt.Before(s.Until)) &&
			(!e.PublishedAt.Equal(s.From) || e.Article > s.After) {
			out = append(out, e)
		}
	}
	if s.Newest {
		return out[max(0, len(out)-s.Limit):], nil
	}
	return out[:min(len(out), s.Limit)], nil
}

func (a *archive) Dates(ctx context.Context, s site.Stretch) ([]site.Entry, error) {
	return a.Entries(ctx, s)
}

func (a *archive) Times(ctx context.Context, s site.Stretch) (out []time.Time, err error) {
	list, err := a.Entries(ctx, s)
	for _, e := range list {
		out = append(out, e.PublishedAt)
	}
	return out, err
}

func (a *archive) Since(_ context.Context, id press.ArticleID) (time.Time, error) {
	return a.since[id], nil
}

func (a *archive) Columns(context.Context) ([]press.Column, error) {
	if len(a.entries) == 0 {
		return nil, nil
	}
	return []press.Column{{"通知公告"}}, nil
}
func (a *archive) Gone(context.Context) ([]press.ArticleID, error) { return a.gone, nil }
func (a *archive) Neighbours(_ context.Context, id press.ArticleID) (prev, next *site.Entry, err error) {
	at := slices.IndexFunc(a.entries, func(e site.Entry) bool { return e.Article == id })
	if at > 0 {
		prev = &a.entries[at-1]
	}
	if at >= 0 && at+1 < len(a.entries) {
		next = &a.entries[at+1]
	}
	return prev, next, nil
}

// sample is the n-th article, with a photo of its own.
func sample(n int) site.Article {
	at := time.Date(2026, 9, 1+n, 1, 0, 0, 0, time.UTC)
	picture := bytes.Repeat([]byte(fmt.Sprintf("示例图片 %d ", n)), 2000)
	digest := press.DigestOf(picture)
	rendition := press.Rendition{RenditionKey: press.RenditionKey{Photo: digest, Recipe: press.Site480}, Digest: digest, ContentType: "image/jpeg", Width: 480, Height: 320, Bytes: int64(len(picture))}
	return site.Article{
		ID: press.ArticleID(press.NewID(at)), PublishedAt: at, UpdatedAt: at,
		Content: press.Content{
			Title: fmt.Sprintf("示例稿件 %d", n), Column: press.Column{"通知公告"},
			Attachments: []press.Attachment{{File: digest, Name: fmt.Sprintf("附件1：示例名单 (第 %d 批)+表.pdf", n), Size: int64(len(picture))}},
			Body: press.Body{Blocks: []press.Block{
				press.Paragraph{Text: []press.Run{{Text: "示例正文。"}}}, press.Picture{Photo: digest, Caption: "示例图注"},
			}},
		}.Normalize(),
		Attached: func(context.Context, press.Attachment) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(picture)), nil
		},
		Photos: map[press.Digest][]site.Photo{digest: {{
			Rendition: rendition,
			Open:      func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(picture)), nil },
		}}},
	}
}

func photoOf(a site.Article) string {
	for _, list := range a.Photos {
		return site.PhotoFile(list[0].Rendition)
	}
	return ""
}

// office is a site with a place, and the articles that went there.
type office struct {
	t    *testing.T
	dir  string
	site *site.Site
	archive
	articles []site.Article
}

func open(t *testing.T, p site.Place) *office {
	t.Helper()
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "www"), archive: archive{since: map[press.ArticleID]time.Time{}}}
	var err error
	o.site, err = site.New(site.Config{Dir: o.dir, BaseURL: "https://news.example.edu.cn/", Archive: &o.archive, Place: p})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		o.articles = append(o.articles, sample(n))
	}
	return o
}

func (o *office) publish(n int) error {
	a := o.articles[n]
	if _, err := o.site.Publish(o.t.Context(), a); err != nil {
		return err
	}
	if !slices.ContainsFunc(o.entries, func(e site.Entry) bool { return e.Article == a.ID }) {
		o.since[a.ID] = a.PublishedAt
		o.entries = append(o.entries, site.Entry{Article: a.ID, Title: a.Content.Title, Column: a.Content.Column, PublishedAt: a.PublishedAt})
	}
	return o.site.Refresh(o.t.Context(), a.Content.Column, a.ID)
}

func (o *office) remove(n int) error {
	a := o.articles[n]
	o.entries = slices.DeleteFunc(o.entries, func(e site.Entry) bool { return e.Article == a.ID })
	return o.site.Remove(o.t.Context(), a.ID, a.Content.Column)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// files reads what readers can get of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func diff(want, got map[string]string) (out []string) {
	for name := range want {
		if there, ok := got[name]; !ok {
			out = append(out, "- "+name)
		} else if there != want[name] {
			out = append(out, "≠ "+name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			out = append(out, "+ "+name)
		}
	}
	slices.Sort(out)
	return out
}

// whole complains of a page whose photos or styles are not there, and of a file that ends in the middle.
func whole(t *testing.T, there map[string]string) {
	t.Helper()
	for name, text := range there {
		if filepath.Ext(name) != ".html" {
			continue
		}
		if !strings.HasSuffix(strings.TrimSpace(text), "</html>") {
			t.Errorf("%s ends in the middle: %d bytes", name, len(text))
		}
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`"' ,`, r) }) {
			target, ok := strings.CutPrefix(strings.TrimPrefix(part, "https://news.example.edu.cn"), "/")
			if !ok || !strings.HasPrefix(target, "p/") && !strings.HasPrefix(target, "assets/") {
				continue
			}
			named, err := url.PathUnescape(target)
			if err != nil {
				t.Error(err)
			}
			if _, ok := there[named]; !ok {
				t.Errorf("%s names %s, which is not there", name, target)
			}
		}
	}
}

// mustFault looks for a fault, in both languages and without secrets.
func mustFault(t *testing.T, err error, code string, class press.Class, secrets ...string) {
	t.Helper()
	var fault *press.PageFault
	if !errors.As(err, &fault) {
		t.Errorf("%s: got %v", code, err)
		return
	}
	if fault.Code != code || fault.Class != class || press.CodeOf(err) != code {
		t.Errorf("want %s (%s), got %s (%s): %v", code, class, fault.Code, fault.Class, err)
	}
	if fault.Text.EN == "" || fault.Text.ZH == "" || fault.Fix.EN == "" || fault.Fix.ZH == "" || fault.Whose != press.Administrator {
		t.Errorf("%s is not said in full: %+v", code, fault)
	}
	for _, secret := range secrets {
		if strings.Contains(fmt.Sprintf("%v %+v", err, fault), secret) {
			t.Errorf("%s tells a secret: %v", code, err)
		}
	}
	t.Logf("%s %s: %s %s [%s]", code, class, fault.Text.ZH, fault.Fix.ZH, fault.Answer)
}
