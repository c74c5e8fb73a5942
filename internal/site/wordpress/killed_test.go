package wordpress_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

var errKilled = errors.New("killed")

// killer ends everything at the n-th step, a call or a note: before it is taken, or after, when nobody hears of it any more.
type killer struct {
	mu    sync.Mutex
	at    int // 0: never
	after bool
	count int
	dead  bool
}

func (k *killer) step() (before, after bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.count++
	if k.count == k.at {
		k.dead = true
		return !k.after, k.after
	}
	return k.dead, k.dead
}

func (k *killer) cut(send func() (*http.Response, error)) (*http.Response, error) {
	before, after := k.step()
	if before {
		return nil, errKilled
	}
	res, err := send()
	if after && err == nil {
		_ = res.Body.Close()
		return nil, errKilled
	}
	return res, err
}

func (k *killer) save() error {
	if before, _ := k.step(); before {
		return errKilled
	}
	return nil
}

func (k *killer) kill(n int, after bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.after, k.count, k.dead = n, after, 0, false
}

// TestKilledAnywhere: whatever step is the last, repeating leaves one post and one copy of the photo, and asks nobody. What
// the post says is changed in between, as when a correction is signed while the first delivery waits.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%v", after), func(t *testing.T) {
			t.Parallel()
			k := &killer{}
			b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{cut: k.cut}} })
			b.save = k.save
			warm := b.page()
			warm.Content.Column = nil
			b.publish(warm) // so that only steps of the article itself are left
			for n, done := 1, false; !done; n++ {
				done = b.killedAt(k, n, after, warm)
				if n > 40 {
					t.Fatal("it never ends")
				}
			}
		})
	}
}

// killedAt delivers an article, corrects and retracts it, each cut off at its n-th step and then repeated. It reports whether
// nothing has that many steps.
func (b *bench) killedAt(k *killer, n int, after bool, like press.Page) (done bool) {
	b.t.Helper()
	p := like
	p.ID += press.ArticleID(fmt.Sprintf("n%d", n))
	p.Renditions = map[press.Digest][]press.Rendition{}
	photo := b.photo(&p, uint8(n))
	p.Content.Cover.Photo = photo
	p.Content.Body.Blocks = []press.Block{press.Picture{Photo: photo}}
	done = true
	twice := func(what string, f func() error) {
		k.kill(n, after)
		err := f()
		killed := k.dead
		k.kill(0, false)
		if killed {
			done = false
		}
		if err == nil && !killed {
			return
		}
		if err := f(); err != nil {
			b.t.Errorf("%s, killed at step %d, after=%v: %v", what, n, after, err)
		}
	}
	publish := func() error { _, err := b.Publish(b.t.Context(), p); return err }
	twice("published", publish)
	p.Content.Title = "更正后的标题"
	twice("corrected", publish)
	got := b.only(p.ID)
	if got.Title.Raw != p.Content.Title || got.Status != "publish" {
		b.t.Errorf("step %d, after=%v: %+v", n, after, got)
	}
	if copies := len(b.media(p, photo)); copies != 1 {
		b.t.Errorf("step %d, after=%v: %d copies of the photo", n, after, copies)
	}
	twice("retracted", func() error { return b.Remove(b.t.Context(), nil, p.ID) })
	if got := b.only(p.ID); got.Status != "trash" {
		b.t.Errorf("step %d, after=%v: %s after it was retracted", n, after, got.Status)
	}
	return done
}

// TestCallsCarriedOutAfterAll: a call that was given up may reach WordPress when its repetition has already made the post.
func TestCallsCarriedOutAfterAll(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	p := b.page()
	p.Content.Body, p.Content.Cover, p.Content.Column = press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "正文"}}}}}, press.Cover{}, nil
	calls, made := 0, false
	c := open(t, func(c *wordpress.Config) {
		c.HTTP = &http.Client{Transport: road{cut: func(send func() (*http.Response, error)) (*http.Response, error) {
			if calls++; calls == 4 { // after the API, the post, which is not there, and the editor: creating it
				open(t, nil).publish(p)
				made = true
			}
			return send()
		}}}
	})
	c.publish(p)
	if !made {
		t.Fatal("nobody was faster")
	}
	b.only(p.ID)
}
