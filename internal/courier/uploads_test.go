package courier_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

// album hands in and approves an article with so many photos.
func (o *office) album(title string, photos int) press.Article {
	o.Helper()
	text := "# " + title + "\n\n活动现场。\n"
	var files []intake.File
	for i := range photos {
		img := image.NewRGBA(image.Rect(0, 0, 64, 48))
		draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{R: uint8(9 * i), G: 120, B: 90, A: 255}), image.Point{}, draw.Src)
		var data bytes.Buffer
		o.ok(jpeg.Encode(&data, img, nil))
		name := fmt.Sprintf("photo-%02d.jpg", i)
		files = append(files, file(name, data.Bytes()))
		text += fmt.Sprintf("\n![第 %d 张](%s)\n", i+1, name)
	}
	handed, err := o.desk.HandIn(o.Context(), press.System(), desk.HandIn{Files: append(files, file("news.md", []byte(text)))})
	o.ok(err)
	o.signAll(handed.Article, title)
	return handed.Article
}

// slowGallery makes the last photo's rendition only when the first has arrived at WeChat.
type slowGallery struct {
	courier.Gallery
	last    press.Digest
	arrived func() bool
}

func (g slowGallery) Renditions(ctx context.Context, digest press.Digest, jobs []photo.Job) ([]press.Rendition, error) {
	for digest == g.last && jobs[0].Recipe == press.WeChatBody && !g.arrived() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return g.Gallery.Renditions(ctx, digest, jobs)
}

// TestUploadsWhileMaking: pictures are on their way while later ones are still being made; they stand in the draft in the order
// of the article; and one that fails makes none of the others go twice.
func TestUploadsWhileMaking(t *testing.T) {
	t.Parallel()
	const photos = 20
	gallery := &slowGallery{}
	o := newOffice(t, setup{idle: true, courier: func(c *courier.Config) {
		gallery.Gallery = c.Gallery
		c.Gallery = gallery
	}})
	o.article = o.album("运动会开幕", photos)
	rev, err := o.store.Revision(o.Context(), o.article.ID, o.article.Revision)
	o.ok(err)
	gallery.last = rev.Content.Body.Photos()[photos-1]
	uploadsSeen := func() []sandbox.Call { return o.box.Calls(sandbox.CallFilter{Path: "media/uploadimg"}) }
	gallery.arrived = func() bool { return len(uploadsSeen()) > photos/2 }
	o.fault(sandbox.Fault{Path: "media/uploadimg", HTTPStatus: 502, Times: 1, Skip: 5})
	o.start(o.newCourier("worker"))
	d := o.compose(press.ModeDraft, 0)
	o.untilState(d.ID, press.Ready)

	fresh := 0
	for _, c := range uploadsSeen() {
		if c.Effect {
			fresh++
		}
	}
	if calls := len(uploadsSeen()); fresh != photos || calls != photos+1 {
		t.Errorf("%d uploads with effect in %d calls; want each of %d once, and the one that failed again", fresh, calls, photos)
	}
	draft, err := o.accounts[0].Draft(o.Context(), o.load(d.ID).MediaID)
	o.ok(err)
	at := -1
	for _, digest := range rev.Content.Body.Photos() {
		list, err := o.gallery.Renditions(o.Context(), digest, []photo.Job{{Recipe: press.WeChatBody}})
		o.ok(err)
		_, address, err := courierStore{o.store}.Media(o.Context(), o.accounts[0].Ledger().Key, "body", list[0].Digest)
		o.ok(err)
		next := strings.Index(draft.Articles[0].HTML, path.Base(path.Dir(address))) // WeChat writes another scheme and size
		if next <= at {
			t.Fatalf("the picture %s stands at %d, the one before it at %d", address, next, at)
		}
		at = next
	}
}

// TestUploadsAtOnce counts the pictures that are under way together: as many as an account may have, and no more.
func TestUploadsAtOnce(t *testing.T) {
	t.Parallel()
	const photos, atOnce = 9, 3
	o := newOffice(t, setup{idle: true})
	o.article = o.album("运动会闭幕", photos)
	wire := &counting{}
	o.setup.courier = func(c *courier.Config) {
		c.Uploads = atOnce
		people := o.staff()
		for name, account := range people.accounts {
			people.accounts[name] = countedAccount{account, wire}
		}
		c.Office = people
	}
	o.start(o.newCourier("worker"))
	first, second := o.compose(press.ModeDraft, 0), o.compose(press.ModeDraft, 0)
	o.untilState(first.ID, press.Ready)
	o.untilState(second.ID, press.Ready)
	if wire.most != atOnce || wire.all != photos+1 {
		t.Errorf("%d pictures went to WeChat, up to %d at once; want %d, %d at once", wire.all, wire.most, photos+1, atOnce)
	}
}

type counting struct {
	mu             sync.Mutex
	now, most, all int
}

// enter counts a call until it is over.
func (c *counting) enter() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now++
	c.all++
	c.most = max(c.most, c.now)
	return func() { c.mu.Lock(); c.now--; c.mu.Unlock() }
}

type countedAccount struct {
	courier.Account
	wire *counting
}

func (a countedAccount) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	defer a.wire.enter()()
	<-time.After(30 * time.Millisecond) // so that all that may come together do
	return a.Account.UploadImage(ctx, name, data)
}

func (a countedAccount) AddImage(ctx context.Context, name string, data []byte) (mediaID, url string, err error) {
	defer a.wire.enter()()
	return a.Account.AddImage(ctx, name, data)
}
