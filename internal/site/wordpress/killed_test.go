package wordpress_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

var errKilled = errors.New("killed")

// killer ends everything with the n-th step, a call or a note: the step is taken, and nobody hears of it any more. Ending before
// it would leave the same behind as ending with the one before it.
type killer struct {
	mu    sync.Mutex
	at    int // 0: never
	count int
	dead  bool
}

// step reports whether everything was over before this step, and whether it is afterwards.
func (k *killer) step() (before, after bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before = k.dead
	k.count++
	k.dead = k.dead || k.count == k.at
	return before, k.dead
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

// pass lets a call through that only reads, unless everything is over: ending with it would leave nothing else behind than ending
// with the step before.
func (k *killer) pass(send func() (*http.Response, error)) (*http.Response, error) {
	k.mu.Lock()
	dead := k.dead
	k.mu.Unlock()
	if dead {
		return nil, errKilled
	}
	return send()
}

func (k *killer) save() error {
	if before, _ := k.step(); before {
		return errKilled
	}
	return nil
}

func (k *killer) kill(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.count, k.dead = n, 0, false
}

// TestKilledAnywhere: whatever step is the last, repeating leaves one post and one copy of the photo, and asks nobody. What
// the post says is changed in between, as when a correction is signed while the first delivery waits.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	k := &killer{}
	b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{kill: k}} })
	b.save = k.save
	warm := b.page()
	warm.Content.Column = nil
	b.publish(warm)              // so that only steps of the article itself are left
	shorter := map[string]bool{} // what has fewer steps than the last round had
	for n := 1; len(shorter) < 3; n++ {
		if b.killedAt(k, n, warm, shorter); n > 20 {
			t.Fatal("it never ends")
		}
	}
}

// killedAt delivers an article, corrects and retracts it, each cut off at its n-th step and then repeated, and notes what is
// shorter than that.
func (b *bench) killedAt(k *killer, n int, like press.Page, shorter map[string]bool) {
	b.t.Helper()
	p := like
	p.ID += press.ArticleID(fmt.Sprintf("n%d", n))
	p.Renditions = map[press.Digest][]press.Rendition{}
	photo := b.photo(&p, uint8(n))
	p.Content.Cover.Photo = photo
	p.Content.Body.Blocks = []press.Block{press.Picture{Photo: photo}}
	p.Content.Column = press.Column{"栏目" + string(p.ID)}
	twice := func(what string, f func() error) {
		k.kill(n)
		err := f()
		killed := k.dead
		k.kill(0)
		if err == nil && !killed {
			shorter[what] = true
			return
		}
		if err := f(); err != nil {
			b.t.Errorf("%s, killed at step %d: %v", what, n, err)
		}
	}
	publish := func() error { _, err := b.Publish(b.t.Context(), p); return err }
	twice("published", publish)
	p.Content.Title = "更正后的标题"
	if !shorter["corrected"] {
		twice("corrected", publish)
	}
	got := b.only(p.ID)
	if !shorter["corrected"] && got.Title.Raw != p.Content.Title || got.Status != "publish" {
		b.t.Errorf("step %d: %+v", n, got)
	}
	var categories []any
	b.asks("GET", "categories", url.Values{"search": {p.Content.Column[0]}}, nil, &categories)
	if copies := len(b.media(p, photo)); copies != 1 || len(categories) != 1 {
		b.t.Errorf("step %d: %d copies of the photo, %d categories", n, copies, len(categories))
	}
	if shorter["retracted"] {
		return
	}
	twice("retracted", func() error { return b.Remove(b.t.Context(), nil, p.ID) })
	if got := b.only(p.ID); got.Status != "trash" {
		b.t.Errorf("step %d: %s after it was retracted", n, got.Status)
	}
}

// TestLostTwice: the answer to one correction is lost, and the next one never leaves.
func TestLostTwice(t *testing.T) {
	t.Parallel()
	k := &killer{}
	b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{cut: k.cut}} })
	b.save = k.save
	p := b.page()
	p.Content.Body, p.Content.Cover, p.Content.Column = press.Body{Blocks: []press.Block{press.Divider{}}}, press.Cover{}, nil
	b.publish(p)
	for _, steps := range []int{3, 2} { // the post, the note, the call
		p.Content.Title += "更正"
		k.kill(steps)
		if _, err := b.Publish(t.Context(), p); err == nil {
			t.Fatal("nothing was lost")
		}
	}
	k.kill(0)
	b.publish(p)
	// What is retracted and then put back and edited there is somebody else's work again.
	if err := b.Remove(t.Context(), nil, p.ID); err != nil {
		t.Fatal(err)
	}
	b.asks("POST", "posts/"+strconv.FormatInt(b.only(p.ID).ID, 10), nil, map[string]any{"status": "publish", "content": "自己写的"}, nil)
	if _, err := b.Publish(t.Context(), p); faultOf(t, err).Code != press.CodePageEdited {
		t.Error(err)
	}
}

// TestCallsCarriedOutAfterAll: a call that was given up may reach WordPress when its repetition is at work, or long after it.
func TestCallsCarriedOutAfterAll(t *testing.T) {
	t.Parallel()
	t.Run("meanwhile", func(t *testing.T) {
		t.Parallel()
		other := open(t, nil)
		p := other.page()
		p.Content.Column = nil
		calls, twice := 0, open(t, nil) // notes of its own, so that it must look for itself
		twice.blob = other.blob
		b := open(t, func(c *wordpress.Config) {
			c.HTTP = &http.Client{Transport: road{cut: func(send func() (*http.Response, error)) (*http.Response, error) {
				if calls++; calls == 5 { // after the API, the post, the editor, the photo, which are not there: uploading it
					twice.publish(p)
				}
				return send()
			}}}
		})
		b.blob = other.blob
		if _, err := b.Publish(t.Context(), p); err != nil || calls < 8 {
			t.Fatal(calls, err)
		}
		if b.only(p.ID); len(b.media(p, p.Content.Cover.Photo)) != 1 {
			t.Error("a second copy of the photo")
		}
	})
	for _, what := range []string{"corrected", "retracted"} {
		t.Run("later, then "+what, func(t *testing.T) {
			t.Parallel()
			var late func() (*http.Response, error)
			calls := 0
			b := open(t, func(c *wordpress.Config) {
				c.HTTP = &http.Client{Transport: road{cut: func(send func() (*http.Response, error)) (*http.Response, error) {
					if calls++; calls == 4 { // after the API, the post and the editor: creating it
						late = send
						return nil, errKilled
					}
					return send()
				}}}
			})
			p := b.page()
			p.Content.Body, p.Content.Cover, p.Content.Column = press.Body{Blocks: []press.Block{press.Divider{}}}, press.Cover{}, nil
			if _, err := b.Publish(t.Context(), p); err == nil {
				t.Fatal("nothing was given up")
			}
			b.publish(p)
			if res, err := late(); err != nil || res.StatusCode != http.StatusCreated || len(b.posts(p.ID)) != 2 {
				t.Fatal(err)
			}
			public := 1
			if what == "corrected" {
				p.Content.Title = "更正"
				b.publish(p)
			} else if err := b.Remove(t.Context(), nil, p.ID); err != nil {
				t.Fatal(err)
			} else {
				public = 0
			}
			for _, now := range b.posts(p.ID) {
				if now.Status == "publish" {
					public--
				}
			}
			if public != 0 {
				t.Errorf("%+v", b.posts(p.ID))
			}
		})
	}
}
