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

// putPhotos writes the article's photos that are not there yet. The article takes hold of each; see shared.go.
func (s *Site) putPhotos(w *writer, a Article, was record) error {
	held, err := s.heldPhotos(w, a.ID, was)
	if err != nil {
		return err
	}
	var missing []Photo
	for _, p := range filesOf(a) {
		name := PhotoFile(p.Rendition)
		switch {
		case w.size(name) != p.Bytes:
			missing = append(missing, p)
		case !held[name]:
			err = hold(w, name, a.ID)
		}
		if err != nil {
			return err
		}
	}
	return s.bringPhotos(w, a, missing, held)
}

// filesOf are the files of the photos that an article's page and lists offer, each once.
func filesOf(a Article) (out []Photo) {
	inBody := a.Content.Body.Photos()
	seen := map[string]bool{}
	for _, original := range a.Content.Photos() {
		files := usable(a.Photos[original])
		if slices.Contains(inBody, original) {
			files = append(files, webp(a.Photos[original])...)
		}
		for _, p := range files {
			if name := PhotoFile(p.Rendition); !seen[name] {
				seen[name] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// bringPhotos writes photos that are not there. What the article has not held so far is written down first: if this is cut off
// before there is a page, a repeat knows them for its own.
func (s *Site) bringPhotos(w *writer, a Article, missing []Photo, held map[string]bool) error {
	var first []string
	for _, p := range missing {
		name := PhotoFile(p.Rendition)
		switch {
		case held[name]:
		case w.size(sharedFile(name)) < 0:
			first = append(first, name)
		default: // somebody took it out of the folder
			if err := hold(w, name, a.ID); err != nil {
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
	for _, p := range missing {
		if err := w.write(PhotoFile(p.Rendition), func(f io.Writer) error { return copyPhoto(w.ctx, f, p) }); err != nil {
			return err
		}
	}
	return nil
}

// copyPhoto writes a rendition and makes sure that it is the one that was asked for.
func copyPhoto(ctx context.Context, f io.Writer, p Photo) error {
	if p.Bytes > maxPhotoBytes {
		return badPhoto(p, fmt.Errorf("%d bytes", p.Bytes))
	}
	r, err := p.Open(ctx)
	if err != nil {
		return lostPhoto(ctx, p, err)
	}
	defer r.Close()
	sum := sha256.New()
	out := &tee{file: f, sum: sum}
	n, err := io.Copy(out, io.LimitReader(r, maxPhotoBytes+1))
	if out.err != nil {
		return out.err
	}
	if err != nil {
		return lostPhoto(ctx, p, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != string(p.Digest) || n != p.Bytes {
		return badPhoto(p, fmt.Errorf("%d bytes with digest %s", n, got))
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

func lostPhoto(ctx context.Context, p Photo, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said *press.Error
	if errors.As(err, &said) {
		return err
	}
	return press.Fail(press.Unavailable, "site.photo", press.Say(
		"A photo for the website (%s) cannot be read from storage; the page is not published without it.",
		"网站图片（%s）无法从存储中读取，页面暂不发布。", p.Digest.Short())).Because(err)
}

func badPhoto(p Photo, err error) error {
	return press.Fail(press.Internal, "site.photo", press.Say(
		"A photo for the website (%s) is not what was stored under its digest; the page is not published with it.",
		"网站图片（%s）与其摘要不符，页面不会发布。", p.Digest.Short())).Because(err)
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
