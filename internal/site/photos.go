package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"newsdesk/internal/press"
)

// maxPhotoBytes bounds one rendition; those of the recipes are far below.
const maxPhotoBytes = 32 << 20

// usable returns the renditions that a page offers of an original to every program: those made for websites, one of each width,
// smallest first.
func usable(renditions []Photo) []Photo { return among(press.SiteRecipes(), renditions) }

// webp returns those that a page offers beside them to browsers that read WebP.
func webp(renditions []Photo) []Photo { return among(press.SiteWebPRecipes(), renditions) }

// shown returns the picture that other programs show of a page whose cover has these renditions: the one made for it, or else the
// largest there is.
func shown(renditions []Photo) (Photo, bool) {
	all := append(usable(renditions), crop(renditions)...)
	if len(all) == 0 {
		return Photo{}, false
	}
	return all[len(all)-1], true
}

// crop returns the one that was made for it, if it was.
func crop(renditions []Photo) []Photo { return among([]press.Recipe{press.SiteShare}, renditions) }

func among(recipes []press.Recipe, renditions []Photo) []Photo {
	widest := map[int]Photo{} // of the same width, which a small photo has in several recipes, the one of the widest recipe
	rank := func(p Photo) int { return slices.Index(recipes, p.Recipe) }
	for _, p := range renditions {
		other, there := widest[p.Width]
		if rank(p) >= 0 && PhotoFile(p.Rendition) != "" && p.Width > 0 && p.Height > 0 && (!there || rank(p) > rank(other)) {
			widest[p.Width] = p
		}
	}
	return slices.SortedFunc(maps.Values(widest), func(a, b Photo) int { return a.Width - b.Width })
}

// content is a file of an article that is named by its bytes: a rendition of a photo, or an attachment.
type content struct {
	name        string
	digest      press.Digest
	bytes, most int64
	en, zh      string // what it is
	open        func(context.Context) (io.ReadCloser, error)
}

// putContent writes the article's photos and attachments that are not there yet. The article takes hold of each; see shared.go.
func (s *Site) putContent(w *writer, a Article, was record) error {
	held, err := s.heldPhotos(w, a.ID, was)
	if err != nil {
		return err
	}
	var missing []content
	for _, c := range append(photoFiles(a), s.attachmentsOf(a)...) {
		switch {
		case w.size(c.name) != c.bytes:
			missing = append(missing, c)
		case !held[c.name]:
			err = hold(w, c.name, a.ID)
		}
		if err != nil {
			return err
		}
	}
	return s.bringContent(w, a, missing, held)
}

// photoFiles are the files of the photos that an article's page and lists offer, each once.
func photoFiles(a Article) (out []content) {
	inBody := a.Content.Body.Photos()
	seen := map[string]bool{}
	for _, original := range a.Content.Photos() {
		files := usable(a.Photos[original])
		if original == a.Content.Cover.Photo {
			files = append(files, crop(a.Photos[original])...)
		}
		if slices.Contains(inBody, original) {
			files = append(files, webp(a.Photos[original])...)
		}
		for _, p := range files {
			if name := PhotoFile(p.Rendition); !seen[name] {
				seen[name] = true
				out = append(out, content{
					name: name, digest: p.Digest, bytes: p.Bytes, most: maxPhotoBytes, open: p.Open,
					en: "A photo", zh: "图片",
				})
			}
		}
	}
	return out
}

// bringContent writes files that are not there. What the article has not held so far is written down first: if this is cut off
// before there is a page, a repeat knows them for its own.
func (s *Site) bringContent(w *writer, a Article, missing []content, held map[string]bool) error {
	var first []string
	for _, c := range missing {
		switch {
		case held[c.name]:
		case w.size(sharedFile(c.name)) < 0:
			first = append(first, c.name)
		default: // somebody took it out of the folder
			if err := hold(w, c.name, a.ID); err != nil {
				return err
			}
		}
	}
	if len(first) > 0 {
		all, err := readBefore(w, a.ID)
		if err != nil {
			return err
		}
		is := record{Column: a.Content.Column, PublishedAt: a.PublishedAt, Photos: first}
		if err := writeBefore(w, a.ID, append(all, is)); err != nil {
			return err
		}
	}
	for _, c := range missing {
		if err := w.write(c.name, func(f io.Writer) error { return c.copyTo(w.ctx, f) }); err != nil {
			return err
		}
	}
	return nil
}

// copyTo writes a file and makes sure that it is the one that was asked for.
func (c content) copyTo(ctx context.Context, f io.Writer) error {
	if c.bytes > c.most {
		return c.bad(fmt.Errorf("%d bytes", c.bytes))
	}
	r, err := c.open(ctx)
	if err != nil {
		return c.lost(ctx, err)
	}
	defer r.Close()
	sum := sha256.New()
	out := &tee{file: f, sum: sum}
	n, err := io.Copy(out, io.LimitReader(r, c.most+1))
	if out.err != nil {
		return out.err
	}
	if err != nil {
		return c.lost(ctx, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != string(c.digest) || n != c.bytes {
		return c.bad(fmt.Errorf("%d bytes with digest %s", n, got))
	}
	return nil
}

// tee keeps the file's own error apart from the reader's, because they have different remedies.
type tee struct {
	file, sum io.Writer
	err       error
}

func (t *tee) Write(b []byte) (int, error) {
	if _, t.err = t.file.Write(b); t.err != nil {
		return 0, t.err
	}
	return t.sum.Write(b)
}

func (c content) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said *press.Error
	if errors.As(err, &said) {
		return err
	}
	return press.Fail(press.Unavailable, "site.photo", press.Say(
		"%[1]s for the website (%[3]s) cannot be read from storage; the page is not published without it.",
		"网站%[2]s（%[3]s）无法从存储中读取，页面暂不发布。", c.en, c.zh, c.digest.Short())).Because(err)
}

func (c content) bad(err error) error {
	return press.Fail(press.Internal, "site.photo", press.Say(
		"%[1]s for the website (%[3]s) is not what was stored under its digest; the page is not published with it.",
		"网站%[2]s（%[3]s）与其摘要不符，页面不会发布。", c.en, c.zh, c.digest.Short())).Because(err)
}

// eachFile calls f for every file below a folder, which need not be there.
func eachFile(w *writer, dir string, f func(name string) error) error {
	if err := w.listing(dir); err != nil {
		return err
	}
	return fs.WalkDir(w.root.FS(), dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return w.explain(name, err)
		case d.IsDir():
			return nil
		}
		return f(name)
	})
}
