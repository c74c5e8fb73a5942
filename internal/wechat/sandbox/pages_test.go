package sandbox

import (
	"net/url"
	"strings"
	"testing"
)

func (r *rig) page(path string) (int, string) {
	r.t.Helper()
	res, data := r.raw("GET", path, "", nil)
	if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") {
		r.t.Errorf("%s has the policy %q", path, p)
	}
	return res.StatusCode, string(data)
}

func contains(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(page, p) {
			t.Errorf("%q is not on the page:\n%s", p, page)
		}
	}
}

func TestPages(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PublishDelay = -1 })
	body := r.upload("/cgi-bin/media/uploadimg", "", "a.jpg", jpegBytes(9, 9)).str("url")
	media := r.draft(answer{
		"title": "头条<b>", "content": `<p style="color:#333">正文<img src="` + body + `"></p><ul><li>a</li> <li>b</li></ul>`,
		"content_source_url": "https://example.org/原文", "pic_crop_235_1": "0_0.25_1_0.75",
	}, answer{"title": "次条"})
	account := "/a/" + testAppID

	_, drafts := r.page(account + "/drafts?lang=zh")
	contains(t, drafts, "头条&lt;b&gt;", "草稿箱", "在后台编辑", "/s?tempkey=")
	r.expect(r.post(sendall, massBody(media, "a")), 0)
	_, chat := r.page("/a/" + url.PathEscape("厦小集") + "/chat?lang=zh&dark=1")
	contains(t, chat, `class="dark"`, "头条&lt;b&gt;", "次条", `class="lead"`, "height:200.000%;left:-0.000%;top:-50.000%", "沙箱：这里的内容不会发到微信", "Sandbox: nothing here reaches WeChat")

	m := r.s.State(-1).Accounts[0].Masses[0]
	local := strings.TrimPrefix(r.s.LocalURL(m.URLs[0]), r.url)
	_, article := r.page(local + "?lang=en")
	contains(t, article, "头条&lt;b&gt;", `src="`+strings.TrimSuffix(strings.TrimPrefix(body, "http://mmbiz.qpic.cn"), "0")+`640"`,
		"light-dark(#333, #a3a3a3)", "<li>a</li><li></li><li>b</li>", "Read more", `href="https://example.org/%e5%8e%9f%e6%96%87"`)

	r.expect(r.post("/cgi-bin/message/mass/delete", answer{"msg_id": m.MsgID, "article_idx": 1}), 0)
	_, gone := r.page(local + "?lang=zh")
	contains(t, gone, "该内容已被发布者删除")
	if strings.Contains(gone, "正文") {
		t.Error("a deleted article still shows its body")
	}
	_, sent := r.page(account + "/publications?lang=en")
	contains(t, sent, "Mass sends", "Sent", jobKey(m.MsgID))
	_, calls := r.page(account + "/calls")
	contains(t, calls, "message/mass/sendall", "clientmsgid a")
	_, index := r.page("/")
	contains(t, index, testAppID, r.url+"/cgi-bin/")
	for _, missing := range []string{"/nothing", "/s/nothing", "/s", "/a/nobody/chat", account + "/drafts/x/0"} {
		if status, _ := r.page(missing); status != 404 {
			t.Errorf("%s: %d", missing, status)
		}
	}
}

// TestConsoleEdit: a colleague changes the title on the web site; the body comes back as the web editor writes it.
func TestConsoleEdit(t *testing.T) {
	r := newRig(t, nil)
	media := r.draft(answer{"content": `<p style="font-family:'Arial'">正文</p>`})
	edit := "/a/" + testAppID + "/drafts/" + media + "/0"
	_, form := r.page(edit)
	contains(t, form, "&lt;p style=&#34;font-family: &#39;Arial&#39;;&#34;&gt;") // a bare quote once the browser has read it
	values := url.Values{"title": {"后台改过"}, "content": {`<p style="font-family:'Arial'">正文</p>`}, "digest": {"摘"}}
	res, _ := r.raw("POST", edit, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	if res.Request.URL.Path != "/a/"+testAppID+"/drafts" {
		t.Fatal(res.Request.URL)
	}
	art := r.post("/cgi-bin/draft/get", answer{"media_id": media})["news_item"].([]any)[0].(map[string]any)
	if art["title"] != "后台改过" || art["content"] != `<p style="font-family: &#39;Arial&#39;;"><span leaf="">正文</span></p>` {
		t.Fatal(art)
	}
	values.Set("title", "")
	if res, data := r.raw("POST", edit, "application/x-www-form-urlencoded", strings.NewReader(values.Encode())); res.StatusCode != 422 || !strings.Contains(string(data), "40227") {
		t.Fatal(res.Status)
	}
	title := "又改"
	if err := r.s.EditDraft(testAppID, media, 0, Edit{Title: &title}); err != nil {
		t.Fatal(err)
	}
	r.raw("POST", "/a/"+testAppID+"/drafts/"+media+"/delete", "", nil)
	r.expect(r.post("/cgi-bin/draft/get", answer{"media_id": media}), 40007)
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{"": "zh", "en-GB,zh;q=0.5": "en", "zh-CN,en": "zh", "fr, en": "en", "fr": "zh"} {
		if got := acceptedLanguage(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestLocalURL(t *testing.T) {
	r := newRig(t, nil)
	for in, want := range map[string]string{
		"http://mp.weixin.qq.com/s/abc":                   r.url + "/s/abc",
		"https://mmbiz.qpic.cn/mmbiz_jpg/x/0?wx_fmt=jpeg": r.url + "/mmbiz_jpg/x/0?wx_fmt=jpeg",
		"https://example.org/s/abc":                       "https://example.org/s/abc",
	} {
		if got := r.s.LocalURL(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func TestNightColours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ style, want string }{
		{"color: #333;", "color: light-dark(#333, #a3a3a3);"},
		{"color: #fff;", "color: light-dark(#fff, #ffffff);"},
		{"background-color: #fff; color: #000;", "background-color: light-dark(#fff, #161616); color: light-dark(#000, #a3a3a3);"},
		{"background: linear-gradient(#fff, #000);", "background: linear-gradient(#fff, #000);"},
		{"color: rgba(0, 0, 0, 0.9); margin: 0;", "color: light-dark(rgba(0, 0, 0, 0.9), #a3a3a3); margin: 0;"},
	} {
		if got, _ := repaint(c.style, nightGround); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.style, got, c.want)
		}
	}
}
