package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// problem reads a refusal and checks what all of them have in common.
func problem(t *testing.T, res *http.Response) api.Problem {
	t.Helper()
	var p api.Problem
	if kind := res.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%s with the type %q", res.Status, kind)
	}
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.Status != res.StatusCode || p.Type != "urn:newsdesk:problem:"+p.Code || p.Title == "" || p.Text.EN == "" || p.Text.ZH == "" {
		t.Errorf("%s: incomplete problem %+v", res.Status, p)
	}
	return p
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	article := d.handIn(t, "In review").Article
	nobody := press.NewID(time.Now())
	const asJSON = "application/json"
	long := `{"revision":1,"reason":"` + strings.Repeat("x", 2<<20) + `"}`
	edition := `{"mode":"mass","at":"` + time.Now().Add(time.Hour).Format(time.RFC3339) + `","articles":["` + string(article.ID) + `"]}`
	for _, c := range []struct {
		name, method, path, as, body, kindOfBody string
		status                                   int
		kind                                     press.Kind
		code                                     string
	}{
		{"no token", "GET", "/articles", "", "", "", 401, press.Unauthenticated, "token.missing"},
		{"foreign token", "GET", "/articles", "nd_0000", "", "", 401, press.Unauthenticated, "token.invalid"},
		{"no token of ours", "GET", "/articles", "Zm9vOmJhcg==", "", "", 401, press.Unauthenticated, "token.invalid"},
		{"endless token", "GET", "/articles", "nd_" + strings.Repeat("a", 5000), "", "", 401, press.Unauthenticated, "token.invalid"},
		{"contributor signs", "POST", "/articles/" + string(article.ID) + "/sign", "writer", `{"revision":1,"hash":"` + string(article.Hash) + `"}`, asJSON, 403, press.Forbidden, "role"},
		{"reviewer schedules", "POST", "/editions", "one", edition, asJSON, 403, press.Forbidden, "role"},
		{"reviewer hands in", "POST", "/parcels", "one", "", "multipart/form-data; boundary=x", 403, press.Forbidden, "role"},
		{"no such article", "GET", "/articles/" + nobody, "one", "", "", 404, press.NotFound, "article.missing"},
		{"no such revision", "GET", "/articles/" + string(article.ID) + "?revision=9", "one", "", "", 404, press.NotFound, "revision.missing"},
		{"no such edition", "GET", "/editions/" + nobody, "one", "", "", 404, press.NotFound, "edition.missing"},
		{"no such delivery", "POST", "/deliveries/" + nobody + "/retry", "editor", "", "", 404, press.NotFound, "delivery.missing"},
		{"no such address", "GET", "/nothing/here", "one", "", "", 404, press.NotFound, "address"},
		{"wrong method", "DELETE", "/articles/" + nobody, "one", "", "", 405, press.Unsupported, "method"},
		{"signed something else", "POST", "/articles/" + string(article.ID) + "/sign", "one", `{"revision":1,"hash":"` + strings.Repeat("0", 64) + `"}`, asJSON, 409, press.Conflict, "review.stale"},
		{"not approved", "POST", "/editions", "editor", edition, asJSON, 409, press.Conflict, "edition.unsigned"},
		{"long body", "POST", "/articles/" + string(article.ID) + "/return", "one", long, asJSON, 413, press.TooLarge, "request"},
		{"no form", "POST", "/parcels", "writer", "{}", asJSON, 415, press.Unsupported, "parcel.form"},
		{"other language", "POST", "/editions", "editor", "mode: mass", "application/yaml", 415, press.Unsupported, "request"},
		{"broken JSON", "POST", "/editions", "editor", `{"mode":`, asJSON, 400, press.Invalid, "request"},
		{"unknown mode", "POST", "/editions", "editor", strings.Replace(edition, "mass", "shout", 1), asJSON, 422, press.Invalid, "request"},
		{"unknown field", "POST", "/editions", "editor", strings.Replace(edition, "mode", "mood", 1), asJSON, 422, press.Invalid, "request"},
		{"short hash", "POST", "/articles/" + string(article.ID) + "/sign", "one", `{"revision":1,"hash":"abc"}`, asJSON, 422, press.Invalid, "request"},
		{"no reason", "POST", "/articles/" + string(article.ID) + "/return", "one", `{"revision":1,"reason":" "}`, asJSON, 422, press.Invalid, "return.reason"},
		{"unknown query", "GET", "/articles?colour=red", "one", "", "", 422, press.Invalid, "request"},
		{"too many at once", "GET", "/articles?limit=100000", "one", "", "", 422, press.Invalid, "request"},
		{"unknown target", "GET", "/articles/" + string(article.ID) + "/render?for=paper", "one", "", "", 422, press.Invalid, "request"},
		{"unknown theme", "GET", "/articles/" + string(article.ID) + "/render?for=wechat&theme=none", "one", "", "", 404, press.NotFound, "theme.unknown"},
		{"lateness in words", "POST", "/editions", "editor", strings.Replace(edition, "{", `{"max_lateness":"soon",`, 1), asJSON, 422, press.Invalid, "edition.lateness"},
		{"past", "POST", "/editions", "editor", strings.Replace(edition, time.Now().Format("2006"), "1999", 1), asJSON, 422, press.Invalid, "edition.past"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			token := c.as
			if secret, ok := d.tokens[c.as]; ok {
				token = secret
			}
			var header []string
			if c.kindOfBody != "" {
				header = []string{"Content-Type", c.kindOfBody}
			}
			p := problem(t, d.raw(t, c.method, "/api/v1"+c.path, token, strings.NewReader(c.body), header...))
			if p.Status != c.status || p.Kind != c.kind || p.Code != c.code {
				t.Errorf("got %d %s %s (%s), want %d %s %s", p.Status, p.Kind, p.Code, p.Detail, c.status, c.kind, c.code)
			}
			if len(token) > 10 && strings.Contains(p.Detail, token) {
				t.Error("the token is in the answer")
			}
		})
	}
}

func TestRefusalsDoNotRepeatTheRequest(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	const much = 500_000
	for name, body := range map[string]string{
		"deep":   `{"account":` + strings.Repeat("[", much) + strings.Repeat("]", much) + `}`,
		"long":   `{"mode":"` + strings.Repeat("密", much/3) + `"}`,
		"broken": `{"account":"` + strings.Repeat("secret", much/6),
		"many fields": `{"x":0` + func() (s string) {
			for i := range 2000 {
				s += `,"x` + strconv.Itoa(i) + `":0`
			}
			return s
		}() + `}`,
		"not a number": `{"articles":[` + strings.Repeat("1,", much/2) + `1]}`,
	} {
		res := d.raw(t, http.MethodPost, "/api/v1/editions", d.tokens["editor"], strings.NewReader(body), "Content-Type", "application/json")
		p := problem(t, res)
		if p.Status/100 != 4 || len(p.Detail) > 5000 || strings.Contains(p.Detail, "secretsecret") {
			t.Errorf("%s: %d with %d bytes: %.300s", name, p.Status, len(p.Detail), p.Detail)
		}
	}
}

func TestLanguageOfProblems(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for _, path := range []string{"/api/v1/articles/" + press.NewID(time.Now()), "/api/v1/articles?limit=0", "/api/v1/nothing"} {
		for header, want := range map[string]press.Lang{
			"": press.Chinese, "zh-CN,zh;q=0.9,en;q=0.8": press.Chinese, "en-GB,en;q=0.9": press.English, "EN": press.English, "fr": press.Chinese,
		} {
			p := problem(t, d.raw(t, http.MethodGet, path, d.tokens["one"], nil, "Accept-Language", header))
			if p.Detail != p.Text.In(want) || p.Text.EN == p.Text.ZH {
				t.Errorf("%s in %q: %q, want %s of %+v", path, header, p.Detail, want, p.Text)
			}
		}
	}
}

func TestRevokedTokenAndDisabledPerson(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	must[api.ArticleList](t)(d.as("one").Articles(ctx, api.ArticleQuery{}))
	list, err := d.Store.Tokens(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range list {
		if token.UserName == "one" {
			if err := d.Desk.RevokeToken(ctx, press.System(), token.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err = d.as("one").Articles(ctx, api.ArticleQuery{})
	refused(t, err, press.Unauthenticated, "token.invalid")

	must[api.ArticleList](t)(d.as("two").Articles(ctx, api.ArticleQuery{}))
	if err := d.Desk.DisableUser(ctx, press.System(), "two", true); err != nil {
		t.Fatal(err)
	}
	_, err = d.as("two").Articles(ctx, api.ArticleQuery{})
	refused(t, err, press.Unauthenticated, "token.invalid")
}
