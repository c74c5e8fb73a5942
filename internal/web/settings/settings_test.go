package settings_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
)

const appSecret = "0123456789abcdef0123456789abcdef"

// visitor is a browser without scripts, in which somebody is signed in. It follows where it is led.
type visitor struct {
	*testing.T
	http.Client
	*app.App
	accept string
}

// open starts a Newsdesk with the sample office's people.
func open(t *testing.T) *app.Office {
	t.Helper()
	a := apptest.Open(t, nil, func(o *app.Options) { o.Work = false })
	office := &app.Office{App: a, Lang: press.English}
	if err := office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	return office
}

// as signs one of the sample office's people in.
func as(t *testing.T, office *app.Office, key string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{T: t, App: office.App, Client: http.Client{Jar: jar}}
	v.post("/sign-in", "name", office.Person(key).Name, "password", app.SamplePassword)
	return v
}

func (v *visitor) do(method, path string, form url.Values) (int, string) {
	v.Helper()
	req, err := http.NewRequestWithContext(v.Context(), method, v.Config.PublicURL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	req.Header.Set("Accept-Language", "en")
	if v.accept != "" {
		req.Header.Set("Accept", v.accept)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.Do(req)
	if err != nil {
		v.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// get returns a page, which must be one.
func (v *visitor) get(path string) string {
	v.Helper()
	code, body := v.do(http.MethodGet, path, nil)
	if code != http.StatusOK {
		v.Fatalf("%s answers %d", path, code)
	}
	return body
}

// post sends a form of names and values in turn and returns the page that it leads to.
func (v *visitor) post(path string, pairs ...string) (int, string) {
	v.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

// done is post where nothing may be refused.
func (v *visitor) done(path string, pairs ...string) string {
	v.Helper()
	code, body := v.post(path, pairs...)
	if code != http.StatusOK || strings.Contains(body, `class="alert bad"`) {
		v.Fatalf("%s answers %d: %s", path, code, shown(body))
	}
	return body
}

var (
	tags = regexp.MustCompile(`(?s)<(script|style|nav|header).*?</(script|style|nav|header)>|<[^>]*>`)
	gaps = regexp.MustCompile(`\s+`)
)

func shown(body string) string {
	text := gaps.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")
	return text[:min(len(text), 600)]
}

func (v *visitor) shows(body string, texts ...string) {
	v.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			v.Errorf("the page does not show %q: %s", text, shown(body))
		}
	}
}

// TestOnlyAdministrators: no other role sees or changes anything here, by whatever request.
func TestOnlyAdministrators(t *testing.T) {
	t.Parallel()
	office := open(t)
	for _, who := range []string{"writer", "editor", "first"} {
		v := as(t, office, who)
		for _, path := range []string{
			"/settings", "/settings/columns", "/settings/accounts", "/settings/accounts/new", "/settings/accounts/sandbox", "/settings/themes",
			"/settings/themes/new", "/settings/themes/campus", "/settings/themes/campus/sample", "/settings/stages",
		} {
			if code, _ := v.do(http.MethodGet, path, nil); code != http.StatusForbidden {
				t.Errorf("%s: GET %s answers %d", who, path, code)
			}
		}
		for _, path := range []string{
			"/settings/columns", "/settings/columns/rename", "/settings/columns/place", "/settings/columns/remove", "/settings/accounts",
			"/settings/accounts/sandbox", "/settings/accounts/sandbox/remove", "/settings/accounts/sandbox/test", "/settings/themes",
			"/settings/themes/sample", "/settings/themes/campus", "/settings/themes/campus/remove", "/settings/stages", "/settings/stages/quiet",
		} {
			if code, _ := v.post(path, "name", "x"); code != http.StatusForbidden {
				t.Errorf("%s: POST %s answers %d", who, path, code)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	v := as(t, open(t), "admin")
	v.done("/settings/columns", "name", "News")
	v.done("/settings/columns", "name", "Campus")
	v.done("/settings/columns", "name", "Sports", "parent", "News")
	v.done("/settings/columns/rename", "column", "News › Sports", "name", "Teams")
	v.done("/settings/columns/place", "id", "Campus", "parent", "", "index", "0")
	v.shows(v.get("/settings/columns"), `data-sort-id="News › Teams"`)
	tree := func() string {
		list, err := v.Desk.ColumnChoices(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range list {
			names = append(names, c.String())
		}
		return strings.Join(names, ", ")
	}
	if got := tree(); got != "Campus, News, News › Teams" {
		t.Errorf("columns: %s", got)
	}
	code, body := v.post("/settings/columns", "name", "a>b", "parent", "News")
	if code != http.StatusBadRequest && code != http.StatusUnprocessableEntity {
		t.Errorf("a name that would be a path: %d", code)
	}
	v.shows(body, `value="a&gt;b"`, `value="News" selected`) // what was typed is still there
	v.accept = "application/json"
	if code, body := v.post("/settings/columns/place", "id", "News › Teams", "parent", "Campus", "index", "0"); code != http.StatusOK || !strings.Contains(body, "Campus › Teams") {
		t.Errorf("dropped elsewhere: %d %s", code, body)
	}
	if code, body := v.post("/settings/columns/place", "id", "Campus", "parent", "Campus › Teams", "index", "0"); code == http.StatusOK || !strings.Contains(body, "column.within") {
		t.Errorf("dropped into itself: %d %s", code, body)
	}
	v.accept = ""
	v.done("/settings/columns/remove", "column", "Campus")
	if got := tree(); got != "News" {
		t.Errorf("columns: %s", got)
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	v := as(t, open(t), "admin")
	form := []string{
		"app_id", "wxc0ffee0123456789", "kind", "service", "theme", "campus", "author", "Sample", "secret", appSecret, "callback_token", "campusToken",
	}
	if code, body := v.post("/settings/accounts", append([]string{"name", "Not A Name"}, form...)...); code < 400 || !strings.Contains(body, `value="Not A Name"`) || strings.Contains(body, appSecret) {
		t.Errorf("a bad name: %d, what was typed must be there, and no secret: %s", code, shown(body))
	}
	page := v.done("/settings/accounts", append([]string{"name", "campus"}, form...)...)
	v.shows(page, v.Config.PublicURL+"/wechat/callback/campus", `name="version" value="1"`)
	for _, path := range []string{"/settings/accounts", "/settings/accounts/campus", "/history"} {
		if body := v.get(path); strings.Contains(body, appSecret) || strings.Contains(body, "campusToken") {
			t.Errorf("%s shows a secret", path)
		}
	}
	v.shows(v.get("/settings/accounts"), "wxc0ffee0123456789", "Mass pushes this month")
	v.shows(v.done("/settings/accounts/campus/test"), "WeChat answers")
	// Other fields are changed and the secret, left empty, stays.
	v.done("/settings/accounts/campus", "version", "1", "app_id", "wxc0ffee0123456789", "kind", "subscription", "theme", "institutional")
	v.shows(v.done("/settings/accounts/campus/test"), "WeChat answers")
	for _, version := range []string{"1", "0", ""} {
		if code, _ := v.post("/settings/accounts/campus", "version", version, "app_id", "wxc0ffee0123456789", "kind", "test", "theme", "campus"); code != http.StatusConflict {
			t.Errorf("a form of version %q: %d", version, code)
		}
	}
	v.shows(v.get("/settings/accounts/sandbox"), "not changed here")
	if code, _ := v.post("/settings/accounts/sandbox", "version", "1", "app_id", "wxother", "kind", "test", "theme", "campus"); code != http.StatusConflict {
		t.Errorf("an account of the configuration is changed: %d", code)
	}
	v.done("/settings/accounts/campus/remove", "version", "2")
	if code, _ := v.do(http.MethodGet, "/settings/accounts/campus", nil); code != http.StatusNotFound {
		t.Errorf("a removed account: %d", code)
	}
}

func TestThemes(t *testing.T) {
	t.Parallel()
	v := as(t, open(t), "admin")
	page := v.done("/settings/themes", "like", "campus", "name", "mine", "zh", "我的", "en", "Mine")
	v.shows(page, `name="h2.mark"`, `value="#158467"`)
	fields := map[string]string{"name": "mine", "version": "1", "zh": "我的", "en": "Mine"}
	theme, err := v.Desk.Theme(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range theme.Fields() {
		fields[f.Key] = f.Value
	}
	send := func(path string) (int, string) {
		t.Helper()
		var pairs []string
		for name, value := range fields {
			pairs = append(pairs, name, value)
		}
		return v.post(path, pairs...)
	}
	fields["h2.mark"] = "#a1b2c3"
	if code, body := send("/settings/themes/sample"); code != http.StatusOK || !strings.Contains(body, "#a1b2c3") {
		t.Errorf("the sample does not show what is typed: %d %s", code, shown(body))
	}
	fields["h2.mark"] = "red;}"
	code, body := send("/settings/themes/mine")
	if code < 400 || !strings.Contains(body, `value="red;}"`) || !strings.Contains(body, "h2.mark") {
		t.Errorf("a colour that is none: %d %s", code, shown(body))
	}
	fields["h2.mark"] = "#a1b2c3"
	if code, body = send("/settings/themes/mine"); code != http.StatusOK {
		t.Errorf("saved: %d %s", code, shown(body))
	}
	v.shows(v.get("/settings/themes/mine/sample"), "#a1b2c3")
	if code, body = v.post("/settings/themes/mine", "as", "yaml", "version", "2", "yaml", "name: mine\nlike: campus\nh2: {size: big}\n"); code < 400 {
		t.Errorf("bad YAML: %d", code)
	}
	v.shows(body, "h2: {size: big}", "line 3")
	v.done("/settings/themes/mine", "as", "yaml", "version", "2", "yaml", "name: mine\nlike: campus\nh2: {size: 21}\n")
	if code, _ := send("/settings/themes/mine"); code != http.StatusConflict { // of version 1
		t.Errorf("a form of an older version: %d", code)
	}
	if code, _ := v.post("/settings/themes/campus", "as", "yaml", "version", "1", "yaml", "name: campus\nlike: campus\n"); code != http.StatusConflict {
		t.Errorf("a theme of the program is changed: %d", code)
	}
	v.shows(v.get("/settings/themes"), "Built in", "/settings/themes/mine/sample?dark=1")
	v.done("/settings/themes/mine/remove", "version", "3")
}

// TestStages: rows are added, moved and removed on the server, without scripts, and count when they are saved.
func TestStages(t *testing.T) {
	t.Parallel()
	v := as(t, open(t), "admin")
	rows := []string{"version", "0", "key", "first", "zh", "初审", "en", "First", "key", "second", "zh", "复审", "en", "Second"}
	v.shows(v.get("/settings/stages"), "Final review", "Sample Reviewer Three")
	moved := v.done("/settings/stages", append(rows, "down.0", "1")...)
	if strings.Index(moved, `value="second"`) > strings.Index(moved, `value="first"`) || !strings.Contains(moved, "Not saved yet") {
		t.Errorf("the rows were not moved: %s", shown(moved))
	}
	stages := func() (keys []string) {
		t.Helper()
		s, err := v.Desk.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, stage := range s.Stages {
			keys = append(keys, stage.Key)
		}
		return keys
	}
	if got := stages(); len(got) != 3 {
		t.Fatalf("moving a row has saved %v", got)
	}
	v.done("/settings/stages", append(rows, "key", "", "zh", "校对", "en", "Proofreading", "save", "1")...)
	if got := stages(); !slices.Equal(got, []string{"first", "second", "stage-1"}) {
		t.Errorf("stages %v", got)
	}
	if code, body := v.post("/settings/stages", append(rows, "save", "1")...); code != http.StatusConflict || !strings.Contains(body, `value="Second"`) {
		t.Errorf("a form of an older version: %d", code)
	}
	if code, _ := v.post("/settings/stages", "version", "1", "save", "1"); code < 400 {
		t.Errorf("no stage at all: %d", code)
	}

	quiet := []string{"version", "1", "name", "Night", "from", "22:00", "until", "00:00", "days-0", "1", "days-0", "5"}
	v.done("/settings/stages/quiet", append(quiet, "save", "1")...)
	s, err := v.Desk.Settings(t.Context())
	if err != nil || len(s.Quiet) != 1 || s.Quiet[0].Until != 24*60 || len(s.Quiet[0].Days) != 2 || len(s.Stages) != 3 {
		t.Errorf("saved %+v, %v", s, err)
	}
	for name, row := range map[string][]string{
		"no time": {"version", "2", "name", "Night", "from", "", "until", "07:00", "days-0", "1", "save", "1"},
		"no day":  {"version", "2", "name", "Night", "from", "22:00", "until", "07:00", "save", "1"},
		"no name": {"version", "2", "name", " ", "from", "22:00", "until", "07:00", "days-0", "1", "save", "1"},
	} {
		if code, _ := v.post("/settings/stages/quiet", row...); code < 400 {
			t.Errorf("%s: %d", name, code)
		}
	}
}

// TestSampleFrame: the frame allows styles and pictures, and nothing else.
func TestSampleFrame(t *testing.T) {
	t.Parallel()
	v := as(t, open(t), "admin")
	res, err := v.Get(v.Config.PublicURL + "/settings/themes/campus/sample?dark=1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script") {
		t.Errorf("policy %q", policy)
	}
	if body, _ := io.ReadAll(res.Body); !strings.Contains(string(body), "color-scheme:dark") || !strings.Contains(string(body), `id="js_content"`) {
		t.Errorf("the frame: %.300s", body)
	}
}
