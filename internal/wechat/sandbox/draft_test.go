package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

func TestArticleRefusals(t *testing.T) {
	r := newRig(t, nil)
	thumb := r.thumb()
	long := strings.Repeat("字", 33)
	cases := []struct {
		name   string
		fields answer
		code   int
	}{
		{"32 characters of title", answer{"title": long[:96]}, 0},
		{"33 characters of title", answer{"title": long}, 45003},
		{"no title", answer{"title": ""}, 40227},
		{"17 characters of author", answer{"author": long[:51]}, 45110},
		{"121 characters of digest", answer{"digest": strings.Repeat("d", 121)}, 45004},
		{"19,999 characters of body", answer{"content": strings.Repeat("字", 19_999)}, 0},
		{"20,000 characters of body", answer{"content": strings.Repeat("字", 20_000)}, 45002},
		{"no body", answer{"content": " "}, 44004},
		{"no cover", answer{"thumb_media_id": ""}, 40007},
		{"source without scheme", answer{"content_source_url": "example.org/x"}, 41039},
		{"source over 1 KB", answer{"content_source_url": "https://example.org/" + strings.Repeat("x", 1024)}, 45005},
		{"crop outside", answer{"pic_crop_235_1": "0_0_1.2_1"}, 53402},
		{"crop", answer{"pic_crop_235_1": "0.1945_0_1_0.5236", "pic_crop_1_1": "0_0_0.5_1"}, 0},
		{"numbers for switches as text", answer{"need_open_comment": "1", "show_cover_pic": true, "unknown_field": 1}, 0},
		{"article_type", answer{"article_type": "video"}, 40035},
		{"newspic without pictures", answer{"article_type": "newspic"}, 40215},
		{"newspic", answer{"article_type": "newspic", "image_info": answer{"image_list": []answer{{"image_media_id": thumb}}}}, 0},
	}
	for _, c := range cases {
		if _, given := c.fields["thumb_media_id"]; !given {
			c.fields["thumb_media_id"] = thumb
		}
		if a := r.post("/cgi-bin/draft/add", answer{"articles": r.articles(c.fields)}); a.code() != c.code {
			t.Errorf("%s: %v, want %d", c.name, a, c.code)
		}
	}
}

// TestEscapesCountAsSix: 6 escapes are 36 characters, too many for a title, though they are 6 on the page.
func TestEscapesCountAsSix(t *testing.T) {
	r := newRig(t, nil)
	body := `{"articles":[{"title":"%s","content":"x","thumb_media_id":"` + r.thumb() + `"}]}`
	r.expect(r.post("/cgi-bin/draft/add", fmt.Sprintf(body, strings.Repeat(`\u4e2d`, 6))), 45003)
	r.expect(r.post("/cgi-bin/draft/add", fmt.Sprintf(body, strings.Repeat(`\u4e2d`, 5)+`\"\n`)), 0)
	r.expect(r.post("/cgi-bin/draft/add", fmt.Sprintf(body, strings.Repeat(`中`, 32))), 0)
}

func TestLenientLimits(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits = LenientLimits() })
	r.draft(answer{"title": strings.Repeat("字", 64), "content": strings.Repeat("字", 49_999)})
}

func TestDraftCount(t *testing.T) {
	r := newRig(t, nil)
	thumb := answer{"thumb_media_id": r.thumb()}
	nine := make([]answer, 9)
	for i := range nine {
		nine[i] = thumb
	}
	r.expect(r.post("/cgi-bin/draft/add", answer{"articles": r.articles(nine...)}), 45008)
	r.expect(r.post("/cgi-bin/draft/add", answer{"articles": []answer{}}), 44003)
	id := r.draft(nine[:8]...)
	got := r.post("/cgi-bin/draft/get", answer{"media_id": id})["news_item"].([]any)
	if first := got[0].(map[string]any); len(got) != 8 || first["digest"] != "" {
		t.Fatalf("an edition of eight has no digests: %v", first)
	}
}

func TestDefaultDigest(t *testing.T) {
	r := newRig(t, nil)
	id := r.draft(answer{"content": "<section>" + strings.Repeat("一二三四五六七八九十", 6) + "</section>"})
	art := r.post("/cgi-bin/draft/get", answer{"media_id": id})["news_item"].([]any)[0].(map[string]any)
	if want := strings.Repeat("一二三四五六七八九十", 5) + "一二三四"; art["digest"] != want {
		t.Fatalf("digest %q", art["digest"])
	}
}

func TestDraftUpdate(t *testing.T) {
	r := newRig(t, nil)
	id := r.draft(answer{}, answer{"title": "次条"})
	thumb := r.thumb()
	update := func(index any, articles any) answer {
		return r.post("/cgi-bin/draft/update", answer{"media_id": id, "index": index, "articles": articles})
	}
	art := answer{"title": "改", "content": "<p>新</p>", "thumb_media_id": thumb}
	r.expect(update(0, []answer{art}), 44003)
	r.expect(update(2, art), 40114)
	r.expect(update(1, answer{"title": "改", "content": "x"}), 40007) // the thumb, not the draft
	r.expect(update("1", art), 0)
	got := r.post("/cgi-bin/draft/get", answer{"media_id": id})["news_item"].([]any)
	if len(got) != 2 || got[1].(map[string]any)["title"] != "改" || got[0].(map[string]any)["title"] != "标题" {
		t.Fatal(got)
	}
	r.expect(r.post("/cgi-bin/draft/delete", answer{"media_id": id}), 0)
	r.expect(update(0, art), 40007)
}

func TestForeignThumb(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Accounts = append(c.Accounts, Account{AppID: "wx-other", Secret: "s"})
	})
	other := r.thumb()
	_, data := r.raw("GET", "/cgi-bin/token?grant_type=client_credential&appid=wx-other&secret=s", "", nil)
	r.token = r.parse(data).str("access_token")
	r.expect(r.post("/cgi-bin/draft/add", answer{"articles": r.articles(answer{"thumb_media_id": other})}), 40007)
}

func TestDraftList(t *testing.T) {
	r := newRig(t, nil)
	thumb := r.thumb()
	for i := range 25 {
		r.draft(answer{"title": fmt.Sprint("第", i), "thumb_media_id": thumb, "content_source_url": fmt.Sprint("https://example.org/", i)})
	}
	for _, noContent := range []any{true, 1, "1", false, 0} {
		a := r.post("/cgi-bin/draft/batchget", answer{"offset": 20, "count": 20, "no_content": noContent})
		items := a["item"].([]any)
		art := items[0].(map[string]any)["content"].(map[string]any)["news_item"].([]any)[0].(map[string]any)
		with := noContent == false || noContent == 0
		if a["total_count"] != 25.0 || a["item_count"] != 5.0 || art["title"] != "第4" || (art["content"] != "") != with || art["content_source_url"] != "https://example.org/4" {
			t.Fatalf("no_content %v: %v", noContent, a)
		}
	}
	r.expect(r.post("/cgi-bin/draft/batchget", `{"offset":0,"count":21}`), 40035)
	if n := r.get("/cgi-bin/draft/count"); n["total_count"] != 25.0 {
		t.Fatal(n)
	}
}
