package courier

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// Kinds of upload. A body picture has an address and no media_id; a cover is permanent material.
const (
	mediaBody  = "body"
	mediaCover = "cover"
)

// accountsAtOnce is how many accounts may use all their places for uploads at the same time. They share the office's line, so
// more would only make each of them slower.
const accountsAtOnce = 4

// uploads are the pictures on their way to WeChat: each once, whoever waits for it, and not too many at a time.
type uploads struct {
	under singleflight.Group // by account, kind and digest
	all   chan struct{}
	each  int

	mu       sync.Mutex
	accounts map[string]chan struct{} // by ledger
}

func newUploads(each int) *uploads {
	return &uploads{all: make(chan struct{}, accountsAtOnce*each), each: each, accounts: map[string]chan struct{}{}}
}

// place waits until one more picture of an account may go.
func (u *uploads) place(ctx context.Context, ledger string) (leave func(), err error) {
	u.mu.Lock()
	own := u.accounts[ledger]
	if own == nil {
		own = make(chan struct{}, u.each)
		u.accounts[ledger] = own
	}
	u.mu.Unlock()
	for _, places := range []chan struct{}{own, u.all} { // its own first: who waits for that keeps nobody else out
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			if places == u.all {
				<-own
			}
			return nil, ctx.Err()
		}
	}
	return func() { <-u.all; <-own }, nil
}

// uploadPhotos uploads what the account does not have yet: the body's pictures and the cover, the wide one for the first
// article and the square one for the others. While pictures are on their way, the next ones are made where they are missing:
// making is bounded by the gallery, sending by the places for uploads, and how far one runs ahead of the other here. After a
// failure nothing more is begun, and what is on its way arrives and is remembered.
func (c *Courier) uploadPhotos(ctx context.Context, account Account, content press.Content, headline bool) (map[press.Digest]markup.Image, string, error) {
	body, err := c.Gallery.Body(ctx, content.Column)
	if err != nil {
		return nil, "", err
	}
	photos := content.Body.Photos()
	images := make([]markup.Image, len(photos))
	var thumb string
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(2 * c.Uploads)
	send := func(kind string, digest press.Digest, job photo.Job, use func(press.Rendition, uploaded)) {
		group.Go(func() (err error) {
			defer press.Recover(&err)
			if err := groupCtx.Err(); err != nil {
				return err
			}
			list, err := c.Gallery.Renditions(groupCtx, digest, []photo.Job{job})
			if err != nil {
				return err
			}
			got, err := c.upload(groupCtx, account, kind, list[0])
			if err == nil {
				use(list[0], got)
			}
			return err
		})
	}
	recipe := press.CoverSquare
	if headline {
		recipe = press.CoverWide
	}
	send(mediaCover, content.Cover.Photo, photo.Job{Recipe: recipe, Frame: content.Cover.Frame(recipe)},
		func(_ press.Rendition, got uploaded) { thumb = got.mediaID })
	for i, digest := range photos {
		send(mediaBody, digest, body, func(r press.Rendition, got uploaded) {
			images[i] = markup.Image{URL: got.address, Width: r.Width, Height: r.Height}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	out := make(map[press.Digest]markup.Image, len(photos))
	for i, digest := range photos {
		out[digest] = images[i]
	}
	return out, thumb, nil
}

// uploaded is where the account has a rendition.
type uploaded struct{ mediaID, address string }

// upload brings a rendition to the account, once for each content: deliveries that are prepared at the same moment share it.
// It goes on when one of those that wait gives up, since another may need it, and ends with the courier.
func (c *Courier) upload(ctx context.Context, account Account, kind string, r press.Rendition) (uploaded, error) {
	key := strings.Join([]string{account.Ledger().Key, kind, string(r.Digest)}, " ")
	c.work.Add(1) // from work that Close waits for anyway
	done := c.uploads.under.DoChan(key, func() (_ any, err error) {
		defer press.Recover(&err)
		return c.uploadOnce(c.alive, account, kind, r)
	})
	select {
	case got := <-done:
		c.work.Done()
		where, _ := got.Val.(uploaded)
		return where, got.Err
	case <-ctx.Done():
		go func() { <-done; c.work.Done() }()
		return uploaded{}, ctx.Err()
	}
}

func (c *Courier) uploadOnce(ctx context.Context, account Account, kind string, r press.Rendition) (where uploaded, err error) {
	ledger := account.Ledger().Key
	where.mediaID, where.address, err = c.Store.Media(ctx, ledger, kind, r.Digest)
	if err == nil || press.KindOf(err) != press.NotFound {
		return where, err
	}
	leave, err := c.uploads.place(ctx, ledger)
	if err != nil {
		return where, err
	}
	defer leave()
	data, err := c.Gallery.Read(ctx, r)
	if err != nil {
		return where, err
	}
	name := r.Digest.Short() + extension(r.ContentType)
	if kind == mediaBody {
		if err := c.count(ctx, account, callUploadImage, c.now()); err != nil {
			return where, err
		}
		where.address, err = account.UploadImage(ctx, name, data)
	} else {
		if err := c.count(ctx, account, callAddMaterial, c.now()); err != nil {
			return where, err
		}
		where.mediaID, where.address, err = account.AddImage(ctx, name, data)
	}
	if err != nil {
		return where, err
	}
	return where, c.Store.SaveMedia(ctx, ledger, kind, r.Digest, where.mediaID, where.address)
}

func extension(contentType string) string {
	if contentType == "image/png" {
		return ".png"
	}
	return ".jpg"
}
