package wordpress_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

// hostile is what calls itself a WordPress; say may answer a call in its own way.
func hostile(t *testing.T, say func(r *http.Request) string) (*wordpress.Client, *memory) {
	t.Helper()
	server := fakeServer(t, say)
	mem := newMemory()
	c, err := wordpress.New(wordpress.Config{Name: "wp", Address: server.URL, User: "u", Password: "pppp", Memory: mem, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	return c, mem
}

func fakeServer(t *testing.T, say func(r *http.Request) string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said := say(r)
		switch {
		case said != "":
		case r.URL.Path == "/wp-json/":
			said = `{"name":"x","namespaces":["wp/v2"],"authentication":[]}`
		case strings.HasSuffix(r.URL.Path, "/categories"):
			said = `[{"id":3,"name":"新闻","parent":0}]`
		default:
			said = "[]"
		}
		_, _ = io.WriteString(w, said)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestMovedWhileUnderWay: a note of the WordPress before, saved when another address was entered already, leads to nobody's post.
func TestMovedWhileUnderWay(t *testing.T) {
	t.Parallel()
	const ours = `"slug":"news-01m8200000000000000000abcd","status":"publish","link":"https://x.example/","date_gmt":"2026-11-22T01:02:03","modified_gmt":"2026-11-22T01:02:03"`
	before, mem := hostile(t, func(r *http.Request) string {
		if r.Method == http.MethodPost {
			return `{"id":7,` + ours + `}`
		}
		return ""
	})
	p := hostilePage()
	if _, err := before.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var calls []string
	server := fakeServer(t, func(r *http.Request) string {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodPost:
			calls = append(calls, r.URL.Path)
			return `{"id":12,` + ours + `}`
		case strings.HasSuffix(r.URL.Path, "/posts/7"):
			return `{"id":7,"slug":"somebodys","status":"publish","link":"https://x.example/7","title":{"raw":"Somebody's"}}`
		}
		return ""
	})
	after, err := wordpress.New(wordpress.Config{Name: "wp", Address: server.URL, User: "u", Password: "pppp", Memory: mem, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = after.Publish(t.Context(), p)
	mu.Lock()
	defer mu.Unlock()
	if err != nil || len(calls) != 1 || calls[0] != "/wp-json/wp/v2/posts" {
		t.Errorf("%v after %v", err, calls)
	}
}

func hostilePage() press.Page {
	at := time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC)
	return press.Page{ID: "01m8200000000000000000abcd", Revision: 1, PublishedAt: at, UpdatedAt: at, Content: press.Content{
		Title: "标题", Column: press.Column{"新闻"}, Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "正文"}}}}},
	}.Normalize()}
}

// TestHostileWords: what a WordPress says of a post becomes a link in front of staff and of WeChat's readers, stands in messages,
// and is kept in the database: it is an address or nothing, and short.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 100_000)
	for _, link := range []string{"javascript:alert(document.domain)", `https://x.example/\u0000`, "https://x.example/" + long, "data:text/html,x", "//x.example/", "", `https://u:p@x.example/`} {
		c, mem := hostile(t, func(r *http.Request) string {
			if r.Method != http.MethodPost {
				return ""
			}
			return `{"id":7,"slug":"news-01m8200000000000000000abcd","status":"publish","link":"` + link + `","modified_gmt":"` + long + `"}`
		})
		p := hostilePage()
		address, err := c.Publish(t.Context(), p)
		if err != nil || address != c.Address(p.ID) {
			t.Errorf("%.40s: the page is at %.60q, %v", link, address, err)
		}
		place := mem.pages[p.ID]
		if place.Address != address || len(place.Mark) > press.MaxPlaceMark {
			t.Errorf("%.40s: kept are %d bytes of mark and %.60q", link, len(place.Mark), place.Address)
		}
	}
	c, _ := hostile(t, func(r *http.Request) string {
		if r.Method != http.MethodPost {
			return ""
		}
		return `{"id":7,"slug":"news-01m8200000000000000000abcd","status":"` + long + `<b>\u0000","link":"https://x.example/"}`
	})
	_, err := c.Publish(t.Context(), hostilePage())
	if f := faultOf(t, err); len(f.Text.EN)+len(f.Text.ZH) > 2000 || strings.Contains(f.Text.EN, "\x00") {
		t.Errorf("the fault has %d bytes", len(f.Text.EN))
	}
}

// TestHostileLists: an answer of a few megabytes can be a list of millions of nothings, each of which takes room here.
func TestHostileLists(t *testing.T) {
	for _, item := range []string{"{},", "[],", "null,", "0,"} {
		list := "[" + strings.Repeat(item, (2<<20)/len(item)) + item[:len(item)-1] + "]"
		c, _ := hostile(t, func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/posts") {
				return list
			}
			return ""
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.Publish(t.Context(), hostilePage())
		runtime.ReadMemStats(&after)
		if faultOf(t, err).Class != press.ClassConfig {
			t.Errorf("%q: %v", item, err)
		}
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 60 {
			t.Errorf("%q: %d MB for an answer of 2", item, n)
		}
	}
}
