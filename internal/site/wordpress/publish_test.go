package wordpress_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

func TestArticlesComeAndGo(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]string{"permalinks": "", "none": "plain"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{words: words}} })
			p := b.page()
			address := b.publish(p)
			first := b.only(p.ID)
			b.checkPost(p, first)
			b.checkReaders(p, first, address, words)

			p.Content.Title, p.Content.Correction = "领导调研", "标题"
			p.Corrections = []press.Correction{{Revision: 2, Note: "标题有误", At: p.PublishedAt.Add(time.Hour)}}
			if again := b.publish(p); again != address {
				t.Errorf("moved from %s to %s", address, again)
			}
			second := b.only(p.ID)
			if second.ID != first.ID || second.Title.Raw != "领导调研" || !strings.Contains(second.Content.Raw, "本文于2024年8月16日更正：标题有误") || second.Date != first.Date {
				t.Errorf("%+v", second)
			}

			for range 2 {
				if err := b.Remove(t.Context(), p.Content.Column, p.ID); err != nil {
					t.Fatal(err)
				}
				if gone := b.only(p.ID); gone.Status != "trash" {
					t.Errorf("%s after it was removed", gone.Status)
				}
			}
			if back := b.publish(p); back != address { // we took it down, so nobody is asked
				t.Errorf("came back as %s", back)
			}
			if n := len(b.media(p, p.Content.Cover.Photo)); n != 1 {
				t.Errorf("%d copies of the photo", n)
			}
		})
	}
}

// TestLongColumns: columns whose names begin alike have categories of their own, also where their slugs do not fit into WordPress.
func TestLongColumns(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	ids := map[int64]bool{}
	for _, column := range []press.Column{{"长栏目", "关于进一步加强校园安全工作的通知与公告专栏之一二三"}, {"长栏目", "关于进一步加强校园安全工作的通知与公告专栏之一二四"}, {"另一长栏目", "关于进一步加强校园安全工作的通知与公告专栏之一二三"}, {"长栏目", "关于进一步加强校园安全工作的通知与公告专栏之一二四"}} {
		p := b.bare()
		p.Content.Column = column
		b.publish(p)
		ids[b.only(p.ID).Categories[0]] = true
	}
	if len(ids) != 3 {
		t.Errorf("of three columns, one twice, the articles have the categories %v", ids)
	}
}

// only returns the article's post and fails where there is not exactly one.
func (b *bench) only(id press.ArticleID) found {
	b.t.Helper()
	list := b.posts(id)
	if len(list) != 1 {
		b.t.Fatalf("%d posts: %+v", len(list), list)
	}
	return list[0]
}

func (b *bench) checkPost(p press.Page, got found) {
	b.t.Helper()
	if got.Slug != "news-"+string(p.ID) || got.Status != "publish" || got.Date != "2024-08-16T09:30:00" || got.Excerpt.Raw != "摘要：一句话" ||
		got.Title.Raw != "领导 &lt;调研&gt; &amp; 座谈" {
		b.t.Errorf("%+v", got)
	}
	media := b.media(p, p.Content.Cover.Photo)
	if len(media) != 1 || got.Photo != int64(media[0]["id"].(float64)) || media[0]["alt_text"] != "几个人站在展板前" ||
		media[0]["caption"].(map[string]any)["raw"] != "调研现场 & “合影”" {
		b.t.Fatalf("the photo: %v", media)
	}
	size := media[0]["media_details"].(map[string]any)["width"]
	if size != 160.0 || !strings.Contains(got.Content.Raw, media[0]["source_url"].(string)) {
		b.t.Errorf("%v wide: %s", size, got.Content.Raw)
	}
	var leaf, top map[string]any
	b.asks("GET", "categories/"+strconv.FormatInt(got.Categories[0], 10), nil, nil, &leaf)
	b.asks("GET", "categories/"+strconv.FormatInt(int64(leaf["parent"].(float64)), 10), nil, nil, &top)
	if leaf["name"] != "集团新闻" || top["name"] != "新闻资讯" || top["parent"] != 0.0 || len(got.Categories) != 1 {
		b.t.Errorf("in %v below %v", leaf, top)
	}
}

// checkReaders opens the address that was known before, as 阅读原文 of a push does.
func (b *bench) checkReaders(p press.Page, got found, address, words string) {
	b.t.Helper()
	if words == "" && address != got.Link {
		b.t.Errorf("%s is said to be %s", got.Link, address)
	}
	client := http.Client{Transport: road{words: words}}
	res, err := client.Get(b.Address(p.ID) + "&d=01delivery")
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, _ := io.ReadAll(res.Body)
	html := string(page)
	if res.StatusCode != 200 || !strings.Contains(html, "调研现场") || !strings.Contains(html, "来源：宣传部　供稿：张三") || !strings.Contains(html, "编辑：王五") {
		b.t.Errorf("%s: %d %.2000s", res.Request.URL, res.StatusCode, html)
	}
	if at := res.Request.URL.String(); words == "" && !strings.HasPrefix(at, address) {
		b.t.Errorf("readers are led to %s, not %s", at, address)
	}
}
