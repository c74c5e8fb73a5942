package wordpress_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

func (b *bench) prepare(p press.Page) {
	b.t.Helper()
	if err := b.Prepare(b.t.Context(), p); err != nil {
		b.t.Fatalf("%+v", err)
	}
}

// bare is an article without photos and column, which take most of the time.
func (b *bench) bare() press.Page {
	b.t.Helper()
	p := b.page()
	p.Content.Body, p.Content.Cover, p.Content.Column = press.Body{Blocks: []press.Block{press.Divider{}}}, press.Cover{}, nil
	return p
}

func (b *bench) remove(p press.Page) {
	b.t.Helper()
	if err := b.Remove(b.t.Context(), p.Content.Column, p.ID); err != nil {
		b.t.Fatalf("%+v", err)
	}
}

// hanging returns what hangs on a post.
func (b *bench) hanging(id int64) (out []hung) {
	b.t.Helper()
	b.asks("GET", "media", url.Values{"parent": {strconv.FormatInt(id, 10)}, "context": {"edit"}, "orderby": {"id"}, "order": {"asc"}}, nil, &out)
	return out
}

type hung struct {
	ID    int64  `json:"id"`
	Slug  string `json:"slug"`
	URL   string `json:"source_url"`
	Title text   `json:"title"`
}

// TestPreparedUnseen: what was brought ahead is there for nobody who is not signed in, and one call publishes it.
func TestPreparedUnseen(t *testing.T) {
	t.Parallel()
	writes := 0
	b := open(t, func(c *wordpress.Config) {
		c.HTTP = &http.Client{Transport: counting(func(r *http.Request) {
			if r.Method == http.MethodPost {
				writes++
			}
		})}
	})
	warm := b.page()
	warm.Content.Body, warm.Content.Cover = press.Body{}, press.Cover{}
	b.publish(warm) // the category is there
	p := b.page()
	b.attach(&p, "2026年 招生简章.pdf", "%PDF-1.4\n%brought ahead\n")
	b.prepare(p)
	b.prepare(p)
	draft := b.only(p.ID)
	hangs := b.hanging(draft.ID)
	if draft.Status != "draft" || draft.Content.Raw != "" || len(hangs) != 1 {
		t.Fatalf("%+v with %+v", draft, hangs)
	}
	for _, m := range hangs {
		id := strconv.FormatInt(m.ID, 10)
		for _, path := range []string{
			"/wp-json/wp/v2/media/" + id, "/wp-json/wp/v2/media?include=" + id, "/?attachment_id=" + id, "/" + m.Slug + "/", "/?p=" + id, "/feed/",
			"/wp-json/wp/v2/search?search=" + url.QueryEscape(m.Title.Raw), "/wp-sitemap-posts-post-1.xml", "/wp-json/wp/v2/posts/" + strconv.FormatInt(draft.ID, 10),
			"/?name=" + draft.Slug, "/?s=" + url.QueryEscape("领导"), "/wp-json/oembed/1.0/embed?url=" + url.QueryEscape(b.wp.URL+"/?attachment_id="+id),
		} {
			if seen := b.reads(path); strings.Contains(seen, m.URL[strings.LastIndex(m.URL, "/")+1:]) || strings.Contains(seen, `"id":`+id+",") || strings.Contains(seen, draft.Slug+"/") {
				t.Errorf("%s shows it: %.400s", path, seen)
			}
		}
	}
	writes = 0
	address := b.publish(p)
	if writes != 2 { // the attachment, which keeps its name and could be guessed, and the post
		t.Errorf("%d calls were left that write", writes)
	}
	got := b.only(p.ID)
	b.checkPost(p, got)
	b.checkReaders(p, got, address, "")
	if got.ID != draft.ID || len(b.hanging(got.ID)) != 2 {
		t.Errorf("%+v", b.hanging(got.ID))
	}
	b.prepare(p) // a correction brings nothing ahead: beside a public post it would be seen
	b.photoInto(&p, 200)
	b.prepare(p)
	if n := len(b.hanging(got.ID)); n != 2 {
		t.Errorf("%d hang on a public post", n)
	}
}

// reads is what somebody gets who is not signed in, with where it leads to.
func (b *bench) reads(path string) string {
	b.t.Helper()
	req, _ := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.wp.URL+path, nil)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.Header.Get("Location") + strings.ReplaceAll(string(body), b.wp.URL+path, "")
}

type counting func(*http.Request)

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c(r)
	return http.DefaultTransport.RoundTrip(r)
}

// photoInto adds a photo to an article.
func (b *bench) photoInto(p *press.Page, shade uint8) {
	p.Content.Body.Blocks = append(p.Content.Body.Blocks, press.Picture{Photo: b.photo(p, shade)})
}

// attach adds an attachment to an article.
func (b *bench) attach(p *press.Page, name, data string) {
	a := press.Attachment{File: press.DigestOf([]byte(data)), Name: name, Size: int64(len(data))}
	b.blob[a.File] = []byte(data)
	p.Content.Attachments = append(p.Content.Attachments, a)
}

// TestPreparedAndKilled: whatever step is the last, repeating leaves one post with one copy of each thing, and what is called off
// leaves nothing.
func TestPreparedAndKilled(t *testing.T) {
	t.Parallel()
	k := &killer{}
	b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{kill: k}} })
	b.save = k.save
	for n := 1; ; n++ {
		p := b.page()
		p.Content.Column = nil
		p.ID += press.ArticleID("k" + strconv.Itoa(n))
		photo := b.photo(&p, uint8(n))
		p.Content.Cover.Photo, p.Content.Body.Blocks = photo, []press.Block{press.Picture{Photo: photo}}
		b.attach(&p, "附件.txt", "附件 "+string(p.ID))
		cut := func() (whole bool) {
			k.kill(n)
			err := b.Prepare(t.Context(), p)
			whole = err == nil && !k.dead
			k.kill(0)
			return whole
		}
		cut()
		b.remove(p)
		if posts := b.posts(p.ID); len(posts) > 0 || len(b.media(p, photo)) > 0 {
			t.Errorf("called off at step %d, it leaves %+v and %v", n, posts, b.media(p, photo))
		}
		whole := cut()
		b.publish(p)
		if got := b.only(p.ID); got.Status != "publish" || len(b.hanging(got.ID)) != 2 || !strings.Contains(got.Content.Raw, "photo-") {
			t.Errorf("step %d: %+v with %+v", n, got, b.hanging(got.ID))
		}
		if whole {
			break
		}
		if n > 20 {
			t.Fatal("it never ends")
		}
	}
}

// TestCalledOff: what nobody published goes without a trace, in whichever order; what another article shows stays.
func TestCalledOff(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	p := b.page()
	p.Content.Column = nil
	b.prepare(p)
	other := p
	other.ID += "b"
	b.publish(other)
	b.remove(p)
	b.remove(p)
	if left := b.posts(p.ID); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
	photo := p.Content.Cover.Photo
	if media := b.media(p, photo); len(media) != 1 || !strings.Contains(b.only(other.ID).Content.Raw, media[0]["source_url"].(string)) {
		t.Errorf("the other article's photo: %v", media)
	}
	b.prepare(p) // and again after all
	b.publish(p)
	b.only(p.ID)
}

// TestCorrectedBetween: what was brought ahead and the article has dropped by its time never becomes public, also where bringing it
// was cut off, and where nothing of its kind is left.
func TestCorrectedBetween(t *testing.T) {
	t.Parallel()
	k := &killer{}
	b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{kill: k}} })
	b.save = k.save
	p := b.bare()
	b.attach(&p, "含个人信息.txt", "an attachment that is dropped")
	b.photoInto(&p, 1)
	b.prepare(p)
	draft := b.only(p.ID)
	if n := len(b.hanging(draft.ID)); n != 1 {
		t.Fatalf("%d were brought ahead", n)
	}
	p.Content.Attachments = nil
	p.Content.Body.Blocks = p.Content.Body.Blocks[:len(p.Content.Body.Blocks)-1]
	b.publish(p)
	if left := b.hanging(draft.ID); len(left) > 0 || b.only(p.ID).ID != draft.ID {
		t.Errorf("public with the page: %+v", left)
	}
	bare := p.Content
	b.attach(&p, "更正.txt", "an attachment of a correction that is given up")
	for n := 1; len(b.hanging(draft.ID)) == 0; n++ {
		if n > 20 {
			t.Fatal("it was never brought")
		}
		k.kill(n)
		_, _ = b.Publish(t.Context(), p)
		k.kill(0)
	}
	if strings.Contains(b.only(p.ID).Content.Raw, "更正.txt") {
		t.Fatal("it was not cut off in time")
	}
	p.Content = bare
	p.Content.Title += "，更正"
	b.publish(p)
	if left := b.hanging(draft.ID); len(left) > 0 {
		t.Errorf("on a public post: %+v", left)
	}
}

// TestMoreThanIsListed: what hangs on a post is found though WordPress lists only some of it at once.
func TestMoreThanIsListed(t *testing.T) {
	t.Parallel()
	b := open(t, func(c *wordpress.Config) {
		c.HTTP = &http.Client{Transport: counting(func(r *http.Request) {
			if q := r.URL.Query(); q.Has("parent") {
				q.Set("per_page", "1")
				r.URL.RawQuery = q.Encode()
			}
		})}
	})
	p := b.bare()
	b.attach(&p, "一.txt", "the first of three")
	b.attach(&p, "二.txt", "the second of three")
	b.attach(&p, "三.txt", "the third of three")
	b.publish(p)
	p.Content.Title += "，更正"
	b.publish(p)
	there := b.only(p.ID)
	if hangs := b.hanging(there.ID); len(hangs) != 3 {
		t.Errorf("brought twice: %+v", hangs)
	}
	b.remove(p)
	if left := b.hanging(there.ID); len(left) > 0 {
		t.Errorf("taken down, it leaves %+v", left)
	}
}

// TestDraftTouched: whoever writes into the draft is asked about it, whoever tidies it away is not.
func TestDraftTouched(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	page := func() (press.Page, string) {
		p := b.bare()
		b.prepare(p)
		return p, "posts/" + strconv.FormatInt(b.only(p.ID).ID, 10)
	}
	p, path := page()
	b.asks("POST", path, nil, map[string]any{"content": "自己写的"}, nil)
	for _, try := range []func() error{
		func() error { return b.Prepare(t.Context(), p) }, func() error { _, err := b.Publish(t.Context(), p); return err },
	} {
		if f := faultOf(t, try()); f.Code != press.CodePageEdited {
			t.Errorf("%+v", f)
		}
	}
	for _, forGood := range []string{"false", "true"} {
		p, path = page()
		b.asks("DELETE", path, url.Values{"force": {forGood}}, nil, nil)
		b.prepare(p)
		b.publish(p)
		if got := b.only(p.ID); got.Status != "publish" || got.Slug != "news-"+string(p.ID) {
			t.Errorf("%+v", got)
		}
	}
}

// TestLateDraft: a draft whose making was given up comes after all, when the article is out already.
func TestLateDraft(t *testing.T) {
	t.Parallel()
	var late func() (*http.Response, error)
	calls := 0
	b := open(t, func(c *wordpress.Config) {
		c.HTTP = &http.Client{Transport: road{cut: func(send func() (*http.Response, error)) (*http.Response, error) {
			if calls++; calls == 3 { // after the API and the post, which is not there
				late = send
				return nil, errKilled
			}
			return send()
		}}}
	})
	p := b.bare()
	if err := b.Prepare(t.Context(), p); err == nil {
		t.Fatal("nothing was given up")
	}
	b.prepare(p)
	b.publish(p)
	if res, err := late(); err != nil || res.StatusCode != http.StatusCreated || len(b.posts(p.ID)) != 2 {
		t.Fatal(err)
	}
	p.Content.Title = "更正"
	b.publish(p)
	if got := b.only(p.ID); got.Title.Raw != "更正" || got.Status != "publish" {
		t.Errorf("%+v", got)
	}
}

// TestAttachments hang on their post under their own names, each once, and go when the article drops them or is retracted.
func TestAttachments(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	p := b.bare()
	b.attach(&p, "2026年 招生简章 & 附表.pdf", "%PDF-1.4\n%one\n")
	b.attach(&p, "名单.csv", "姓名,学号\n示例,1\n")
	b.publish(p)
	got := b.only(p.ID)
	first := b.hanging(got.ID)
	if len(first) != 2 || !strings.Contains(got.Content.Raw, `,"showDownloadButton":false} -->`) || !strings.Contains(got.Content.Raw, "2026年 招生简章 &amp; 附表.pdf（14 B）</a>") {
		t.Fatalf("%+v\n%s", first, got.Content.Raw)
	}
	res, err := http.Get(first[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if name, _ := url.PathUnescape(first[0].URL); string(data) != "%PDF-1.4\n%one\n" || !strings.HasSuffix(name, "招生简章-附表.pdf") {
		t.Errorf("%s: %q", name, data)
	}
	p.Content.Attachments[1].Name = "新名单.csv"
	b.publish(p)
	renamed := b.hanging(got.ID)
	if len(renamed) != 2 || renamed[0].ID != first[0].ID || renamed[1].Title.Raw != "新名单.csv" {
		t.Errorf("renamed: %+v", renamed)
	}
	p.Content.Attachments = p.Content.Attachments[1:]
	b.publish(p)
	if kept := b.hanging(got.ID); len(kept) != 1 || kept[0].Title.Raw != "新名单.csv" {
		t.Errorf("dropped: %+v", kept)
	}
	b.remove(p)
	if left := b.hanging(got.ID); len(left) != 0 {
		t.Errorf("retracted: %+v", left)
	}
	b.publish(p)
	if now := b.only(p.ID); now.Status != "publish" || len(b.hanging(now.ID)) != 1 {
		t.Errorf("back: %+v", now)
	}
	p.Content.Attachments[0].Name = "方案.et"
	_, err = b.Publish(t.Context(), p)
	if f := faultOf(t, err); f.Code != "wordpress.file_type" || !strings.Contains(f.Text.ZH, "方案.et") {
		t.Errorf("%+v", f)
	}
}
