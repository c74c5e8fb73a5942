package wordpress

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Bounds of photos: the bytes of one, the width that is uploaded (WordPress makes its own sizes from it), and how many are
// asked about at once.
const (
	maxPhoto   = 32 << 20
	photoWidth = 1600
	atOnce     = 100 // the most that WordPress lists

	maxPhotoURL = 2000
)

// medium is a photo as the REST API gives it.
type medium struct {
	ID   int64  `json:"id"`
	URL  string `json:"source_url"`
	Slug string `json:"slug"`
	Post int64  `json:"post"` // on which it hangs; 0: on none

	Title raw `json:"title"` // only with hangingFields
}

const (
	mediumFields  = "id,slug,source_url,post"
	hangingFields = mediumFields + ",title.raw"
)

// form is the body of an upload.
type form struct {
	contentType string
	body        []byte
}

// wantedPhoto is a photo of an article, and what WordPress has of it.
type wantedPhoto struct {
	press.Rendition
	originals []press.Digest
	title     string
	alt       string
	caption   string
	there     medium
}

// photos sees to it that every photo of an article is in the media library, those that are not there yet on a post where there
// is one, and returns them.
func (c *Client) photos(ctx context.Context, page press.Page, postID int64) ([]*wantedPhoto, error) {
	list, err := wantedPhotos(page)
	if err != nil {
		return nil, err
	}
	if err := c.recall(ctx, list); err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.there.ID == 0 {
			if err := c.bring(ctx, p, postID); err != nil {
				return nil, err
			}
		}
		if len(p.there.URL) > maxPhotoURL || strings.ContainsFunc(p.there.URL, unicode.IsControl) {
			return nil, uploadFault("", "")
		}
	}
	return list, nil
}

// pictures are photos by their originals, as a text names them.
func pictures(list []*wantedPhoto) map[press.Digest]markup.WordPressPicture {
	out := map[press.Digest]markup.WordPressPicture{}
	for _, p := range list {
		for _, original := range p.originals {
			out[original] = markup.WordPressPicture{ID: p.there.ID, URL: p.there.URL}
		}
	}
	return out
}

// wantedPhotos lists the photos of an article, each once, with what is said of them where they first stand.
func wantedPhotos(page press.Page) ([]*wantedPhoto, error) {
	said := map[press.Digest]press.Picture{}
	for _, b := range page.Content.Body.Blocks {
		var pictures []press.Picture
		switch b := b.(type) {
		case press.Picture:
			pictures = []press.Picture{b}
		case press.Gallery:
			pictures = b.Photos
		}
		for _, p := range pictures {
			if _, told := said[p.Photo]; !told {
				said[p.Photo] = p
			}
		}
	}
	var out []*wantedPhoto
	for _, original := range page.Content.Photos() {
		r, ok := bestOf(page.Renditions[original])
		if !ok {
			return nil, press.Fail(press.Unavailable, "wordpress.rendition", press.Say(
				"A photo (%s) has no size for websites yet.", "图片（%s）还没有网站尺寸版本。", original.Short()))
		}
		if i := slices.IndexFunc(out, func(p *wantedPhoto) bool { return p.Digest == r.Digest }); i >= 0 {
			out[i].originals = append(out[i].originals, original)
			continue
		}
		p := said[original]
		w := &wantedPhoto{Rendition: r, originals: []press.Digest{original}, alt: p.Alt, caption: p.Caption, title: page.Content.Title}
		if p.Caption != "" {
			w.title = p.Caption
		}
		out = append(out, w)
	}
	return out, nil
}

// bestOf is the size that is uploaded: the largest up to photoWidth, of a kind that every WordPress takes.
func bestOf(list []press.Rendition) (best press.Rendition, ok bool) {
	for _, r := range list {
		known := slices.Contains(press.SiteRecipes(), r.Recipe) && (r.ContentType == "image/jpeg" || r.ContentType == "image/png")
		if known && r.Width <= photoWidth && r.Width > best.Width {
			best, ok = r, true
		}
	}
	return best, ok
}

// recall finds the photos that are noted and still there. A note of one that somebody deleted is dropped.
func (c *Client) recall(ctx context.Context, list []*wantedPhoto) error {
	noted, addresses := map[int64]*wantedPhoto{}, map[int64]string{}
	for _, p := range list {
		place, err := c.cfg.Memory.PhotoPlace(ctx, c.cfg.Name, p.Digest)
		if err != nil && press.KindOf(err) != press.NotFound {
			return err
		}
		if id, _ := strconv.ParseInt(place.Remote, 10, 64); err == nil && id > 0 {
			noted[id], addresses[id] = p, place.Address
		}
	}
	ids := make([]string, 0, len(noted))
	for id := range noted {
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	for part := range slices.Chunk(ids, atOnce) {
		var there []medium
		if _, err := c.do(ctx, request{path: "wp/v2/media", query: url.Values{
			"include": {strings.Join(part, ",")}, "per_page": {strconv.Itoa(atOnce)}, "_fields": {mediumFields},
		}}, &there); err != nil {
			return err
		}
		for _, m := range there {
			// A number alone may be another picture's, where the website was moved to another address meanwhile.
			p := noted[m.ID]
			if p != nil && m.URL != "" && (m.URL == addresses[m.ID] || strings.HasPrefix(m.Slug, photoSlug(p.Digest))) {
				p.there = m
			}
		}
	}
	for _, p := range noted {
		if p.there.ID == 0 {
			c.cfg.Log.Info("a photo was deleted from a WordPress; it is brought again", "target", c.cfg.Name, "photo", p.Digest)
			if err := c.cfg.Memory.ForgetPhotoPlace(ctx, c.cfg.Name, p.Digest); err != nil {
				return err
			}
		}
	}
	return nil
}

// photoSlug is by which a photo is found whose note was lost.
func photoSlug(d press.Digest) string { return ownSlugs + "photo-" + string(d[:24]) }

// bring uploads a photo, unless it is there already, and notes where.
func (c *Client) bring(ctx context.Context, p *wantedPhoto, postID int64) error {
	first, err := c.photoBySlug(ctx, p.Digest)
	if err != nil {
		return err
	}
	if first != nil {
		p.there = *first
	} else if err := c.upload(ctx, p, postID); err != nil {
		return err
	}
	if p.there.Slug != photoSlug(p.Digest) { // somebody was faster: another article of ours that shows it
		if first, err = c.photoBySlug(ctx, p.Digest); err != nil {
			return err
		}
		if first != nil {
			if err := c.erase(ctx, "wp/v2/media/", p.there.ID); err != nil {
				return err
			}
			p.there = *first
		}
	}
	return c.cfg.Memory.SavePhotoPlace(context.WithoutCancel(ctx), press.PhotoPlace{
		Target: c.cfg.Name, Digest: p.Digest, Remote: strconv.FormatInt(p.there.ID, 10), Address: p.there.URL,
	})
}

func (c *Client) photoBySlug(ctx context.Context, d press.Digest) (*medium, error) {
	var list []medium
	_, err := c.do(ctx, request{path: "wp/v2/media", query: url.Values{
		"slug": {photoSlug(d)}, "_fields": {mediumFields}, "orderby": {"id"}, "order": {"asc"},
	}}, &list)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// erase deletes for good what we made ourselves a moment ago.
func (c *Client) erase(ctx context.Context, path string, id int64) error {
	_, err := c.do(ctx, request{
		path: path + strconv.FormatInt(id, 10), query: url.Values{"force": {"true"}, "_fields": {"deleted"}}, method: http.MethodDelete,
	}, nil)
	return err
}

func (c *Client) upload(ctx context.Context, p *wantedPhoto, postID int64) error {
	data, err := c.bytesOf(ctx, p.Digest, maxPhoto)
	if err != nil {
		return err
	}
	name := "photo-" + p.Digest.Short() + ".jpg"
	if p.ContentType == "image/png" {
		name = "photo-" + p.Digest.Short() + ".png"
	}
	f, err := uploadForm(name, p.ContentType, data, fieldsOf(postID, map[string]string{
		"slug": photoSlug(p.Digest), "title": p.title, "alt_text": p.alt, "caption": p.caption,
	}))
	if err != nil {
		return err
	}
	a, err := c.do(ctx, request{path: "wp/v2/media", query: url.Values{"_fields": {mediumFields}}, method: http.MethodPost, form: f}, &p.there)
	if err == nil {
		return nil
	}
	// WordPress has the photo, and failed while making its own sizes of it, which it lets be tried again.
	if a == nil || a.status < 500 || a.header.Get("X-WP-Upload-Attachment-ID") == "" {
		return err
	}
	id, numbered := strconv.ParseInt(a.header.Get("X-WP-Upload-Attachment-ID"), 10, 64)
	if numbered != nil {
		return err
	}
	_, err = c.do(ctx, request{
		path: fmt.Sprintf("wp/v2/media/%d/post-process", id), query: url.Values{"_fields": {mediumFields}}, method: http.MethodPost,
		body: map[string]string{"action": "create-image-subsizes"},
	}, &p.there)
	return err
}

// fieldsOf adds to the fields of an upload on which post it is to hang; 0: on none.
func fieldsOf(postID int64, fields map[string]string) map[string]string {
	if postID != 0 {
		fields["post"] = strconv.FormatInt(postID, 10)
	}
	return fields
}

// uploadForm writes a file and the fields beside it. A field that is empty is left out: WordPress would take the file's.
func uploadForm(name, contentType string, data []byte, fields map[string]string) (*form, error) {
	var body bytes.Buffer
	body.Grow(len(data) + 4<<10)
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		if value == "" {
			continue
		}
		if err := w.WriteField(key, value); err != nil {
			return nil, err
		}
	}
	part, err := w.CreatePart(map[string][]string{
		"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {contentType},
	})
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{w.FormDataContentType(), body.Bytes()}, nil
}

// bytesOf reads a rendition or an attachment of at most so many bytes, and makes sure that it is the one that was asked for.
func (c *Client) bytesOf(ctx context.Context, d press.Digest, most int64) ([]byte, error) {
	file, err := c.cfg.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, press.Fail(press.Unavailable, "wordpress.photo", press.Say(
			"A photo or attachment for the website (%s) cannot be read from storage.", "网站图片或附件（%s）无法从存储中读取。", d.Short())).Because(err)
	}
	if int64(len(data)) > most || press.DigestOf(data) != d {
		return nil, press.Fail(press.Internal, "wordpress.photo", press.Say(
			"A photo or attachment for the website (%s) is not what was stored under its digest.", "网站图片或附件（%s）与其摘要不符。", d.Short()))
	}
	return data, nil
}
