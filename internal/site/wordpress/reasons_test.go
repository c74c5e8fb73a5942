package wordpress_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

// TestReasonsOfARealOne: what a real WordPress says when it is set up in another way, or its plugins are.
func TestReasonsOfARealOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words, user, password string
		code                  string
		class                 press.Class
		said                  string // in the fault's text or answer
	}{
		{words: "rejects", code: "wordpress.refused", class: press.ClassContent, said: "Please choose a department before publishing."},
		{words: "closed", code: "wordpress.closed", class: press.ClassConfig, said: "The REST API is disabled"},
		{words: "closed401", code: "wordpress.closed", class: press.ClassConfig, said: "Only trusted users"},
		{words: "xmlrpc", code: "wordpress.only_xmlrpc", class: press.ClassConfig, said: "rest_route"},
		{words: "full", code: "wordpress.upload", class: press.ClassConfig, said: "磁盘已满"},
		{words: "fulldb", code: "wordpress.database", class: press.ClassBackoff, said: "数据库"},
		{words: "nopasswords", code: "wordpress.passwords", class: press.ClassConfig, said: "5.6"},
		{words: "strips", code: "wordpress.login", class: press.ClassConfig, said: "CGIPassAuth"},
		{words: "maintenance", code: "wordpress.maintenance", class: press.ClassBackoff, said: "scheduled maintenance"},
		{password: "aaaa bbbb cccc dddd", code: "wordpress.login", class: press.ClassConfig, said: "已撤销或过期"},
		{user: "nobody", code: "wordpress.login", class: press.ClassConfig, said: "应用程序密码"},
		{user: "subscriber", code: "wordpress.rights", class: press.ClassConfig, said: "编辑"},
	} {
		t.Run(c.code+" "+c.words+c.user, func(t *testing.T) {
			t.Parallel()
			wp := real(t)
			b := open(t, func(cfg *wordpress.Config) {
				cfg.HTTP = &http.Client{Transport: road{words: c.words}}
				if c.user != "" {
					cfg.User, cfg.Password = c.user, wp.Users[c.user]
				}
				if c.password != "" || cfg.Password == "" {
					cfg.Password = "aaaa bbbb cccc dddd"
				}
			})
			p := b.page()
			_, err := b.Publish(t.Context(), p)
			f := faultOf(t, err)
			all := f.Text.EN + f.Text.ZH + f.Fix.EN + f.Fix.ZH + f.Answer
			if f.Code != c.code || f.Class != c.class || !strings.Contains(all, c.said) || strings.Contains(all, "<b>") {
				t.Errorf("%+v", f)
			}
			if n := len(b.posts(p.ID)); n != 0 {
				t.Errorf("%d posts", n)
			}
		})
	}
	for name, words := range map[string]string{"warnings": "warns", "members": "members"} { // before every answer, or to others: neither does harm
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, func(cfg *wordpress.Config) { cfg.HTTP = &http.Client{Transport: road{words: words}} })
			p := b.page()
			b.publish(p)
			b.only(p.ID)
		})
	}
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		b := open(t, nil)
		p := b.page()
		list := p.Renditions[p.Content.Cover.Photo]
		r := &list[len(list)-1]
		for _, more := range []int{1 << 20, 2 << 20} { // over upload_max_filesize, and over post_max_size, where nothing arrives
			data := append(b.blob[r.Digest], make([]byte, more)...)
			r.Digest = press.DigestOf(data)
			b.blob[r.Digest] = data
			_, err := b.Publish(t.Context(), p)
			if f := faultOf(t, err); f.Code != "wordpress.too_large" {
				t.Errorf("%d: %+v", len(data), f)
			}
		}
	})
	t.Run("out of memory", func(t *testing.T) { // over a photo, which is there all the same
		t.Parallel()
		b := open(t, func(cfg *wordpress.Config) { cfg.HTTP = &http.Client{Transport: road{words: "exhausts"}} })
		p := b.page()
		b.publish(p)
		if media := b.media(p, p.Content.Cover.Photo); len(media) != 1 || b.only(p.ID).Photo == 0 {
			t.Errorf("%v", media)
		}
	})
	t.Run("held back", func(t *testing.T) {
		t.Parallel()
		holds := &road{words: "holds"}
		b := open(t, func(cfg *wordpress.Config) { cfg.HTTP = &http.Client{Transport: holds} })
		p := b.page()
		p.Content.Body, p.Content.Cover = press.Body{}, press.Cover{}
		for range 2 {
			_, err := b.Publish(t.Context(), p)
			if f := faultOf(t, err); f.Code != "wordpress.held" || f.Class != press.ClassContent || !strings.Contains(f.Text.ZH, "pending") {
				t.Errorf("%+v", f)
			}
		}
		b.asks("POST", "posts/"+strconv.FormatInt(b.only(p.ID).ID, 10), nil, map[string]any{"status": "publish"}, nil)
		holds.words = ""
		b.publish(p) // somebody consented there, which is no edit
	})
	t.Run("clock behind", func(t *testing.T) {
		t.Parallel()
		b := open(t, nil)
		p := b.page()
		p.Content.Body, p.Content.Cover = press.Body{}, press.Cover{}
		p.PublishedAt = time.Now().Add(time.Hour)
		b.publish(p)
		if got := b.only(p.ID); got.Status != "publish" {
			t.Errorf("%+v", got)
		}
		b.publish(p)
	})
	t.Run("no trash", func(t *testing.T) {
		t.Parallel()
		b := open(t, func(cfg *wordpress.Config) { cfg.HTTP = &http.Client{Transport: road{words: "notrash"}} })
		p := b.page()
		p.Content.Body, p.Content.Cover = press.Body{}, press.Cover{}
		b.publish(p)
		if err := b.Remove(t.Context(), nil, p.ID); err != nil || b.only(p.ID).Status != "draft" {
			t.Error(err)
		}
	})
}

// TestReasonsOfWhatStandsBefore: what stands between Newsdesk and a WordPress, or is none.
func TestReasonsOfWhatStandsBefore(t *testing.T) {
	t.Parallel()
	const secret = "abcd efgh ijkl mnop"
	stolen := make(chan string, 100)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen <- r.Header.Get("Authorization") }))
	t.Cleanup(thief.Close)
	page := func(status int, html string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, html)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
		class  press.Class
		said   string
	}{
		"firewall": {page(403, "<html><title>已拦截</title><script>x</script>您的请求存在风险"), "wordpress.firewall", press.ClassConfig, "已拦截 您的请求存在风险"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, thief.URL+"/wp-json/", http.StatusMovedPermanently)
		}, "wordpress.redirect", press.ClassConfig, thief.URL + "/"},
		"https": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusMovedPermanently)
		}, "wordpress.redirect", press.ClassConfig, "请把该渠道的地址改为 https://127.0.0.1"},
		"www": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://www."+r.Host+"/wp-json/", http.StatusFound)
		}, "wordpress.redirect", press.ClassConfig, "Enter http://www.127.0.0.1"},
		"restoring": {page(503, "<!DOCTYPE html><title>Maintenance</title>Briefly unavailable for scheduled maintenance."), "wordpress.maintenance", press.ClassBackoff, ".maintenance"},
		"login page": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/wp-login.php?redirect_to=x", http.StatusFound)
		}, "wordpress.login_page", press.ClassConfig, "/wp-json/"},
		"members":    {page(200, `<html><form id="loginform" action="/wp-login.php">`), "wordpress.login_page", press.ClassConfig, ""},
		"a page":     {page(200, "<html><title>建设中</title>{即将上线}"), "wordpress.not_json", press.ClassConfig, "建设中"},
		"other JSON": {page(200, `{"status":"ok"}`), "wordpress.no_api", press.ClassConfig, ""},
		"nothing":    {page(404, "<html>Not Found"), "wordpress.no_api", press.ClassConfig, "首页地址"},
		"password":   {page(401, "<html>Authorization Required"), "wordpress.login", press.ClassConfig, "另设了一道密码"},
		"busy": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(429)
		}, "wordpress.busy", press.ClassBackoff, ""},
		"broken": {page(500, "<html>There has been a critical error on this website."), "wordpress.broken", press.ClassBackoff, "critical error"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			chunk := strings.Repeat("x", 1<<20)
			for range 9 {
				_, _ = io.WriteString(w, chunk)
			}
		}, "wordpress.long", press.ClassConfig, ""},
		"slow": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "wordpress.unreachable", press.ClassBackoff, "时限"},
		"repeats": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(403)
			fmt.Fprintf(w, "<html>blocked: %s %s abcdefghijklmnop %s", r.Header.Get("Authorization"), secret, strings.Repeat("长", 1000))
		}, "wordpress.firewall", press.ClassConfig, "blocked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.answer)
			t.Cleanup(server.Close)
			client, err := wordpress.New(wordpress.Config{
				Name: "wp", Address: server.URL, User: "editor", Password: secret, Memory: newMemory(), Private: true, Timeout: 300 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Publish(t.Context(), press.Page{ID: "01a"})
			f := faultOf(t, err)
			all := f.Text.EN + f.Text.ZH + f.Fix.EN + f.Fix.ZH + f.Answer
			if f.Code != c.code || f.Class != c.class || !strings.Contains(all, c.said) {
				t.Errorf("%+v", f)
			}
			if name == "busy" && f.Wait != 2*time.Minute {
				t.Errorf("waits %s", f.Wait)
			}
			if strings.Contains(err.Error()+all, "efgh") || strings.Contains(all, "ZWRpdG9y") || len([]rune(f.Answer)) > 310 {
				t.Errorf("says too much: %v %s", err, all)
			}
			report, err := client.Test(t.Context())
			if err != nil || report.Works || report.Text.ZH == "" || len(report.Checks) != 1 || report.Checks[0].OK {
				t.Errorf("%v: %+v", err, report)
			}
		})
	}
	t.Cleanup(func() {
		if len(stolen) > 0 {
			t.Error("a redirect was followed with the password")
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://news.example.edu.cn":                        "https://news.example.edu.cn/?name=news-01a",
		"https://example.edu.cn/blog/":                       "https://example.edu.cn/blog/?name=news-01a",
		" https://example.edu.cn/blog/wp-admin/index.php ":   "https://example.edu.cn/blog/?name=news-01a",
		"https://example.edu.cn/wp-login.php?redirect_to=%2": "https://example.edu.cn/?name=news-01a",
		"http://127.0.0.1:80/":                               "http://127.0.0.1:80/?name=news-01a",
		"http://news.example.edu.cn/":                        "wordpress.plain",
		"https://user:pass@news.example.edu.cn/":             "wordpress.address",
		"news.example.edu.cn":                                "wordpress.address",
	} {
		c, err := wordpress.New(wordpress.Config{Name: "wp", Address: address, User: "u", Password: "p"})
		if err != nil {
			if press.CodeOf(err) != want {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		if got := c.Address("01a"); got != want {
			t.Errorf("%s: %s, not %s", address, got, want)
		}
	}
	private, err := wordpress.New(wordpress.Config{Name: "wp", Address: "http://127.0.0.1:9/", User: "u", Password: "p", Memory: newMemory()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = private.Publish(t.Context(), press.Page{ID: "01a"})
	if f := faultOf(t, err); f.Class != press.ClassConfig || !strings.Contains(f.Text.ZH, "内网") {
		t.Errorf("%+v", f)
	}
}

// TestConnectionTest says of each step how it went, and leaves nothing behind.
func TestConnectionTest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, user, words string
		options           map[string]string
		works             bool
		checks            int
		said              string
	}{
		{name: "all well", user: "editor", works: true, checks: 6, said: "测试图片已删除"},
		{name: "an author", user: "author", works: true, checks: 6, said: "不能新建分类"},
		{name: "a subscriber", user: "subscriber", checks: 3, said: "upload_files"},
		{name: "no permalinks", user: "editor", words: "plain", works: true, checks: 6},
		{name: "warnings", user: "editor", words: "warns", works: true, checks: 6, said: "display_errors"},
		{name: "a plugin", user: "editor", words: "rejects", checks: 6, said: "choose a department"},
		{name: "options", user: "editor", options: map[string]string{press.OptionCategories: "新闻 = 1", press.OptionAuthors: "张三 = author"}, works: true, checks: 6},
		{name: "wrong category", user: "editor", options: map[string]string{press.OptionCategories: "新闻 = 987654"}, checks: 6, said: "987654"},
		{name: "wrong author", user: "editor", options: map[string]string{press.OptionAuthors: "张三 = zhangsan"}, checks: 6, said: "zhangsan"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, func(cfg *wordpress.Config) {
				cfg.HTTP = &http.Client{Transport: road{words: c.words}}
				cfg.User, cfg.Password, cfg.Options = c.user, real(t).Users[c.user], c.options
			})
			got, err := b.Test(t.Context())
			if err != nil || got.Works != c.works || len(got.Checks) != c.checks || got.Text.ZH == "" || !c.works && got.Fix.ZH == "" {
				t.Errorf("%v: %+v", err, got)
			}
			if all := fmt.Sprintf("%+v", got); !strings.Contains(all, c.said) {
				t.Errorf("%s", all)
			}
		})
	}
	t.Cleanup(func() {
		b := open(t, nil)
		left, err := b.wp.PHP(context.Background(), `echo count(get_posts(['post_type' => ['post', 'attachment'], 'post_status' => 'any', 'title' => 'Newsdesk', 'numberposts' => -1])), ' ', count(glob(WP_CONTENT_DIR . '/uploads/*/*/newsdesk-test*'));`)
		if err != nil || left != "0 0" {
			t.Errorf("left behind: %s %v", left, err)
		}
	})
}

// TestReady: one call tells, long before an article is due, whether its post could be published.
func TestReady(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ user, password, code string }{
		{user: "editor"}, {user: "author"}, {user: "subscriber", code: "wordpress.rights"}, {user: "editor", password: "not it at all", code: "wordpress.login"},
	} {
		b := open(t, func(cfg *wordpress.Config) {
			cfg.User, cfg.Password = c.user, real(t).Users[c.user]
			if c.password != "" {
				cfg.Password = c.password
			}
		})
		if err := b.Ready(t.Context()); err == nil && c.code != "" || err != nil && press.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", c.user, err, c.code)
		}
	}
}
