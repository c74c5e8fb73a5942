package people_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
)

const password = "三审三校，一稿不漏。"

// open starts a Newsdesk in which nobody is yet.
func open(t *testing.T, flags map[string]any) *app.App {
	t.Helper()
	return apptest.Open(t, flags, func(o *app.Options) { o.Work = false })
}

// visitor is a browser without scripts: it keeps cookies, and shows where it is sent instead of going there.
type visitor struct {
	*testing.T
	http.Client
	base   string
	header http.Header
}

func visit(t *testing.T, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{T: t, base: base, header: http.Header{"Accept-Language": {"en"}}}
	v.Client = http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return v
}

// page is an answer.
type page struct {
	status int
	to     string // where it leads
	body   string
	header http.Header
}

func (v *visitor) do(method, path string, form url.Values) page {
	v.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.Context(), method, v.base+path, body)
	if err != nil {
		v.Fatal(err)
	}
	for name, values := range v.header {
		req.Header[name] = values
	}
	if host := v.header.Get("Host"); host != "" {
		req.Host = host
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.Do(req)
	if err != nil {
		v.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		v.Fatal(err)
	}
	return page{res.StatusCode, res.Header.Get("Location"), string(data), res.Header}
}

func (v *visitor) get(path string) page { v.Helper(); return v.do(http.MethodGet, path, nil) }

// post sends a form of names and values in turn.
func (v *visitor) post(path string, pairs ...string) page {
	v.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

// want checks an answer's status, and where it leads if that is given.
func (v *visitor) want(p page, status int, to string) page {
	v.Helper()
	if p.status != status || p.to != to {
		v.Fatalf("got %d to %q, want %d to %q\n%s", p.status, p.to, status, to, alerts(p.body))
	}
	return p
}

// alerts are what a page says on top.
func alerts(body string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(body))
	for depth := 0; ; {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken:
			name, _ := z.TagName()
			if string(name) == "p" {
				depth++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == "p" {
				depth--
			}
		case html.TextToken:
			if depth > 0 {
				out.Write(z.Text())
				out.WriteByte('\n')
			}
		}
	}
}

func (v *visitor) signIn(name, password string) page {
	v.Helper()
	return v.post("/sign-in", "name", name, "password", password)
}

// begin sets a Newsdesk up and returns its administrator's browser.
func begin(t *testing.T, a *app.App) *visitor {
	t.Helper()
	v := visit(t, a.Config.PublicURL)
	v.want(v.post("/setup", "name", "Admin", "password", password, "again", password), http.StatusSeeOther, "/")
	return v
}

var shownOnce = regexp.MustCompile(`id="secret"[^>]* value="([^"]+)"`)

// add adds a person and returns the one-time password and the address of their page.
func (v *visitor) add(name string, roles ...string) (once, path string) {
	v.Helper()
	pairs := []string{"name", name}
	for _, role := range roles {
		pairs = append(pairs, "role", role)
	}
	once = v.secret(v.want(v.post("/people", pairs...), http.StatusOK, ""))
	link := regexp.MustCompile(`href="(/people/[0-9a-z]{26})"><span class="avatar"[^>]*>[^<]*</span><span>` + regexp.QuoteMeta(name) + `</span>`)
	m := link.FindStringSubmatch(v.get("/people").body)
	if m == nil {
		v.Fatalf("%s is not on the list", name)
	}
	return once, m[1]
}

func (v *visitor) secret(p page) string {
	v.Helper()
	m := shownOnce.FindStringSubmatch(p.body)
	if m == nil {
		v.Fatalf("nothing is shown once:\n%s", p.body)
	}
	if p.header.Get("Cache-Control") != "no-store" {
		v.Errorf("a page with a secret may be kept: %v", p.header)
	}
	return m[1]
}

func TestSetUpAndSignIn(t *testing.T) {
	t.Parallel()
	a := open(t, nil)
	v := visit(t, a.Config.PublicURL)
	v.want(v.get("/"), http.StatusSeeOther, "/setup")
	v.want(v.get("/sign-in"), http.StatusSeeOther, "/setup")
	if p := v.want(v.get("/setup"), http.StatusOK, ""); strings.Contains(p.body, `name="code"`) {
		t.Error("a code is asked for on the server's own machine")
	}
	p := v.want(v.post("/setup", "name", "首位", "password", password, "again", "another one"), http.StatusUnprocessableEntity, "")
	if !strings.Contains(p.body, "首位") || strings.Contains(p.body, password) {
		t.Error("what was typed is lost, or the password is shown")
	}
	v.want(v.post("/setup", "name", "首位", "password", "short", "again", "short"), http.StatusUnprocessableEntity, "")
	v.want(v.post("/setup", "name", "首位", "password", password, "again", password), http.StatusSeeOther, "/")
	v.want(v.get("/people"), http.StatusOK, "")
	v.want(v.get("/setup"), http.StatusSeeOther, "/")
	other := visit(t, a.Config.PublicURL)
	other.want(other.post("/setup", "name", "次位", "password", password, "again", password), http.StatusSeeOther, "/sign-in")
	if p := other.want(other.get("/sign-in"), http.StatusOK, ""); !strings.Contains(p.body, "has been made already") {
		t.Error("who came second is not told so")
	}
	other.want(other.get("/people?x=1"), http.StatusSeeOther, "/sign-in?next=%2Fpeople%3Fx%3D1")
	p = other.want(other.signIn("首位", "not the password"), http.StatusUnprocessableEntity, "")
	if !strings.Contains(p.body, `value="首位"`) || strings.Contains(p.body, "not the password") {
		t.Error("the name is lost, or the password is shown")
	}
	if nobody := other.signIn("Nobody", "not the password"); alerts(nobody.body) != alerts(p.body) {
		t.Errorf("a name that nobody has is told apart:\n%s\n%s", alerts(nobody.body), alerts(p.body))
	}
	for next, want := range map[string]string{
		"/people?x=1": "/people?x=1", "//elsewhere.example/": "/", "https://elsewhere.example/": "/", "/\\elsewhere.example": "/",
		"/sign-out": "/", "/sign-in?next=/people": "/", "": "/",
	} {
		w := visit(t, a.Config.PublicURL)
		w.want(w.post("/sign-in", "name", "首位", "password", password, "next", next), http.StatusSeeOther, want)
	}
	v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in")
	v.want(v.get("/people"), http.StatusSeeOther, "/sign-in?next=%2Fpeople")
	v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in")
}

// Whoever does not sit at the server needs the code: by a name of the server, through a proxy, from an office that comes by
// another address.
func TestSetUpFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"a proxy":           {"X-Forwarded-For": {"192.0.2.1"}},
		"a proxy that tags": {"Via": {"1.1 proxy"}},
		"another name":      {"Host": {"newsdesk.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needsCode(t, open(t, nil), header)
		})
	}
	t.Run("a public address", func(t *testing.T) {
		t.Parallel()
		a := open(t, map[string]any{"public_url": "https://news.example.org"})
		a.Config.PublicURL = "http://" + a.Config.Listen
		needsCode(t, a, nil)
	})
}

func needsCode(t *testing.T, a *app.App, header http.Header) {
	t.Helper()
	v := visit(t, a.Config.PublicURL)
	for name, values := range header {
		v.header[name] = values
	}
	if p := v.want(v.get("/setup"), http.StatusOK, ""); !strings.Contains(p.body, `name="code"`) || !strings.Contains(p.body, "setup-code") {
		t.Fatal("no code is asked for, or not where it is")
	}
	v.want(v.post("/setup", "name", "X", "password", password, "again", password), http.StatusForbidden, "")
	code, err := os.ReadFile(filepath.Join(a.Config.Data, "setup-code"))
	if err != nil {
		t.Fatal(err)
	}
	v.want(v.post("/setup", "name", "X", "password", password, "again", password, "code", strings.TrimSpace(string(code))), http.StatusSeeOther, "/")
}

// A one-time password opens the page where another is chosen, and no other; then it is worth nothing.
func TestOneTimePassword(t *testing.T) {
	t.Parallel()
	a := open(t, nil)
	admin := begin(t, a)
	once, path := admin.add("Wang Min", "contributor", "reviewer")
	v := visit(t, a.Config.PublicURL)
	v.want(v.signIn("Wang Min", once), http.StatusSeeOther, "/")
	for _, closed := range []string{"/", "/articles", "/people"} {
		v.want(v.get(closed), http.StatusSeeOther, "/me/password")
	}
	v.want(v.get("/me/password"), http.StatusOK, "")
	v.want(v.post("/me/password", "old", once, "new", "a good sentence", "again", "another sentence"), http.StatusUnprocessableEntity, "")
	v.want(v.post("/me/password", "old", "wrong", "new", "a good sentence", "again", "a good sentence"), http.StatusUnprocessableEntity, "")
	v.want(v.post("/me/password", "old", once, "new", once, "again", once), http.StatusUnprocessableEntity, "")
	v.want(v.post("/me/password", "old", once, "new", "a good sentence", "again", "a good sentence"), http.StatusSeeOther, "/")
	v.want(v.get("/articles"), http.StatusOK, "")
	w := visit(t, a.Config.PublicURL)
	w.want(w.signIn("Wang Min", once), http.StatusUnprocessableEntity, "")
	w.want(w.signIn("Wang Min", "a good sentence"), http.StatusSeeOther, "/")

	again := admin.secret(admin.want(admin.post(path+"/password"), http.StatusOK, ""))
	v.want(v.get("/articles"), http.StatusSeeOther, "/sign-in?next=%2Farticles") // signed out by it
	w.want(w.signIn("Wang Min", again), http.StatusSeeOther, "/")
	for _, p := range []string{"/people", path} {
		if strings.Contains(admin.get(p).body, again) {
			t.Errorf("%s shows the one-time password again", p)
		}
	}
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	a := open(t, nil)
	admin := begin(t, a)
	once, _ := admin.add("Wang Min", "contributor")
	v, phone := visit(t, a.Config.PublicURL), visit(t, a.Config.PublicURL)
	phone.header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) <b>MicroMessenger</b>/8.0")
	v.want(v.signIn("Wang Min", once), http.StatusSeeOther, "/")
	v.want(v.post("/me/password", "old", once, "new", "a good sentence", "again", "a good sentence"), http.StatusSeeOther, "/")
	phone.want(phone.signIn("Wang Min", "a good sentence"), http.StatusSeeOther, "/")
	p := v.want(v.get("/me"), http.StatusOK, "")
	ends := regexp.MustCompile(`/me/sessions/([0-9a-z]{26})/end`).FindAllStringSubmatch(p.body, -1)
	if len(ends) != 2 || !strings.Contains(p.body, "WeChat · iPhone") || strings.Count(p.body, "This device") != 1 {
		t.Fatalf("two devices are not listed:\n%s", p.body)
	}
	// Nobody ends another's by their own page, and not even an administrator by theirs.
	admin.want(admin.post(ends[0][0]), http.StatusSeeOther, "/me")
	phone.want(phone.get("/me"), http.StatusOK, "")
	v.want(v.post("/me/sessions/end"), http.StatusSeeOther, "/me")
	phone.want(phone.get("/me"), http.StatusSeeOther, "/sign-in?next=%2Fme")
	here := regexp.MustCompile(`/me/sessions/[0-9a-z]{26}/end`).FindString(v.get("/me").body)
	v.want(v.post(here), http.StatusSeeOther, "/sign-in")
	v.want(v.get("/me"), http.StatusSeeOther, "/sign-in?next=%2Fme")

	v.want(v.signIn("Wang Min", "a good sentence"), http.StatusSeeOther, "/")
	v.want(v.post("/me/language", "lang", "zh"), http.StatusSeeOther, "/me")
	if p := v.get("/me"); !strings.Contains(p.body, `lang="zh-CN"`) || !strings.Contains(p.body, "我的角色") {
		t.Error("the language did not change")
	}
	v.want(v.post("/me/language", "lang", "fr"), http.StatusSeeOther, "/me")
	v.want(v.post("/me/language", "lang", ""), http.StatusSeeOther, "/me")
	if p := v.get("/me"); !strings.Contains(p.body, "My roles") {
		t.Error("the browser's language does not count again")
	}
}

func TestStaff(t *testing.T) {
	t.Parallel()
	a := open(t, nil)
	admin := begin(t, a)
	p := admin.want(admin.post("/people", "name", "Li <Hua>"), http.StatusUnprocessableEntity, "")
	if !strings.Contains(p.body, `value="Li &lt;Hua&gt;"`) {
		t.Error("the name is lost")
	}
	once, path := admin.add("Li Hua", "contributor")
	v := visit(t, a.Config.PublicURL)
	v.want(v.signIn("Li Hua", once), http.StatusSeeOther, "/")
	v.want(v.post("/me/password", "old", once, "new", "a good sentence", "again", "a good sentence"), http.StatusSeeOther, "/")

	admin.want(admin.post(path, "name", "Li Hua", "role", "reviewer", "stage", "final"), http.StatusSeeOther, path)
	v.want(v.get("/hand-in"), http.StatusForbidden, "") // at once
	p = admin.want(admin.post(path, "name", "Admin", "role", "editor"), http.StatusConflict, "")
	if !strings.Contains(p.body, `value="editor" checked`) {
		t.Error("what was chosen is lost")
	}
	u, err := a.Store.UserByName(t.Context(), "Li Hua")
	if err != nil || !u.Has(press.Reviewer) || u.Has(press.Contributor) || len(u.Stages) != 1 {
		t.Fatalf("kept %+v: %v", u, err)
	}
	for range 6 {
		visit(t, a.Config.PublicURL).signIn("Li Hua", "wrong")
	}
	v.want(v.get("/me"), http.StatusOK, "") // the lock is for who comes, not for who is there
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(admin.get(path).body)
	if key == nil || strings.Contains(key[1], "Li") {
		t.Fatalf("no lock is shown: %v", key)
	}
	w := visit(t, a.Config.PublicURL)
	w.want(w.signIn("Li Hua", "a good sentence"), http.StatusTooManyRequests, "")
	admin.want(admin.post("/people/unlock", "key", key[1]), http.StatusSeeOther, "/people")
	w.want(w.signIn("Li Hua", "a good sentence"), http.StatusSeeOther, "/")

	admin.want(admin.post(path+"/sessions/end"), http.StatusSeeOther, path)
	v.want(v.get("/me"), http.StatusSeeOther, "/sign-in?next=%2Fme")
	w.want(w.signIn("Li Hua", "a good sentence"), http.StatusSeeOther, "/")
	admin.want(admin.post(path+"/disable"), http.StatusSeeOther, path)
	w.want(w.get("/me"), http.StatusSeeOther, "/sign-in?next=%2Fme")
	w.want(w.signIn("Li Hua", "a good sentence"), http.StatusForbidden, "")
	admin.want(admin.post(path+"/enable"), http.StatusSeeOther, path)
	w.want(w.signIn("Li Hua", "a good sentence"), http.StatusSeeOther, "/")

	self := "/people/" + userID(t, a, "Admin")
	admin.want(admin.post(self+"/disable"), http.StatusSeeOther, self)
	if p := admin.get(self); !strings.Contains(p.body, "last active administrator") {
		t.Error("the last administrator is not told why")
	}
	admin.want(admin.post(self, "name", "Admin", "role", "editor"), http.StatusConflict, "")
	admin.want(admin.get("/people/01m82h7pmeh9f707aaewht893a"), http.StatusNotFound, "")
}

func userID(t *testing.T, a *app.App, name string) string {
	t.Helper()
	u, err := a.Store.UserByName(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(u.ID)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	a := open(t, nil)
	admin := begin(t, a)
	if p := admin.want(admin.get("/tokens"), http.StatusOK, ""); !strings.Contains(p.body, "No API tokens yet") {
		t.Error("nothing is said of there being none")
	}
	token := admin.secret(admin.want(admin.post("/tokens", "user", "Admin", "label", "importer"), http.StatusOK, ""))
	admin.want(admin.post("/tokens", "user", "Nobody", "label", "kept"), http.StatusNotFound, "")
	p := admin.get("/tokens")
	if strings.Contains(p.body, token) || !strings.Contains(p.body, "importer") {
		t.Error("the list shows a secret, or not the token")
	}
	program := visit(t, a.Config.PublicURL)
	program.header.Set("Authorization", "Bearer "+token)
	program.want(program.get("/api/v1/articles"), http.StatusOK, "")
	program.want(program.get("/people"), http.StatusSeeOther, "/sign-in?next=%2Fpeople") // a token is for the API
	revoke := regexp.MustCompile(`/tokens/[0-9a-z]{26}/revoke`).FindString(p.body)
	admin.want(admin.post(revoke), http.StatusSeeOther, "/tokens")
	program.want(program.get("/api/v1/articles"), http.StatusUnauthorized, "")
	if p := admin.get("/tokens"); !strings.Contains(p.body, "1 token revoked lately") {
		t.Error("the revoked token is not listed")
	}
}
