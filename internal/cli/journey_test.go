package cli_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// The operator's whole path: people, a parcel, three signatures, two editions, both pages.
func TestOperatorsPath(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve()
	people := map[string]*installation{}
	for name, role := range map[string]string{"writer": "contributor", "editor": "editor", "one": "reviewer", "two": "reviewer", "three": "reviewer"} {
		people[name] = i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token(name, role))
	}
	i.with("NEWSDESK_SERVER=" + server).ok("health")

	handed := decode[api.HandedIn](t, people["writer"].ok("submit", parcel(t, englishText), "--json"))
	id := string(handed.Article.ID)
	if handed.Article.Title != "A bridge over the river" || len(handed.Photos) != 2 {
		t.Fatalf("handed in %+v with %d photos", handed.Article, len(handed.Photos))
	}
	people["writer"].run("article", "sign", id, "--yes").refused(5, "role")
	people["editor"].run("edition", "create", "--mode", "mass", "--at", "+1m", id).refused(4, "edition.unsigned")

	if show := people["one"].ok("article", "show", id); !strings.Contains(show, "Everybody walked across.") || !strings.Contains(show, "Waits for  First review") {
		t.Errorf("article show:\n%s", show)
	}
	people["one"].ok("article", "preflight", id)
	people["one"].run("article", "sign", id).refused(2, "usage") // nobody is there to ask
	people["one"].run("article", "sign", id, "--hash", strings.Repeat("0", 64)).refused(4, "review.stale")
	people["one"].ok("article", "sign", id, "--yes")
	people["one"].run("article", "sign", id, "--yes").refused(5, "review.twice")
	people["two"].ok("article", "sign", id, "--revision", "1", "--hash", string(handed.Article.Hash))
	if out := people["three"].ok("article", "sign", id, "--yes"); !strings.Contains(out, "is approved") {
		t.Errorf("the last signature says %q", out)
	}

	for _, mode := range []string{"publish", "mass"} {
		made := decode[api.EditionReading](t, people["editor"].ok("edition", "create", "--mode", mode, "--at", "now", "--json", id))
		live(t, people["editor"], string(made.Edition.ID))
	}
	list := people["editor"].ok("delivery", "list")
	if n := strings.Count(list, " live "); n != 3 {
		t.Errorf("delivery list shows %d live ones, want 3:\n%s", n, list)
	}
	site := decode[api.DeliveryList](t, people["editor"].ok("delivery", "list", "--kind", "site", "--json"))
	body := fetch(t, site.Deliveries[0].URLs[0])
	if !strings.Contains(body, "Everybody walked across.") {
		t.Errorf("the website's page lacks its text:\n%.500s", body)
	}
	push := decode[api.DeliveryList](t, people["editor"].ok("delivery", "list", "--kind", "wechat", "--json"))
	if out := people["editor"].ok("delivery", "show", string(push.Deliveries[0].ID)); !strings.Contains(out, "fire") {
		t.Errorf("delivery show has no try of the push:\n%s", out)
	}
	if html := people["one"].ok("render", id, "--for", "wechat"); !strings.Contains(html, "Everybody walked across.") {
		t.Error("render for WeChat lacks the text")
	}
	dir := t.TempDir()
	zipped := filepath.Join(dir, "a.zip")
	if out := people["writer"].ok("export", id, "--sizes", "480", "--out", zipped); out != zipped+"\n" {
		t.Errorf("export says %q", out)
	}
	people["writer"].run("export", id, "--sizes", "500", "--out", zipped).refused(2, "export.size")
	people["writer"].run("export", id, "--out", filepath.Join(dir, "none", "a.zip")).refused(6, "output.write")
	data, err := os.ReadFile(zipped)
	left, _ := os.ReadDir(dir)
	if err != nil || len(left) != 1 || !strings.HasPrefix(string(data), "PK") || !strings.Contains(string(data), "photos/480/01") || people["writer"].ok("export", id, "--sizes", "480", "-o", "-") != string(data) {
		t.Errorf("the export has %d bytes, beside %d files, %v", len(data), len(left), err)
	}
}

// live waits until every delivery of an edition is live.
func live(t *testing.T, editor *installation, id string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		reading := decode[api.EditionReading](t, editor.ok("edition", "show", id, "--json"))
		waiting := 0
		for _, d := range reading.Deliveries {
			switch {
			case d.State == press.Blocked:
				t.Fatalf("delivery %s is blocked: %+v", d.Target, d.Reason)
			case d.State != press.Live:
				waiting++
			}
		}
		if waiting == 0 && len(reading.Deliveries) > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still not live: %s", editor.ok("edition", "show", id))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, res.Status, err)
	}
	return string(data)
}
