package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
)

// plainWindow is the window of somebody without scripts.
type plainWindow struct {
	testing.TB
	*http.Client
	base string
}

func plain(t testing.TB, a *app.App, office *app.Office, key string) plainWindow {
	t.Helper()
	secret, _, err := a.Desk.SignIn(t.Context(), office.Person(key).Name, app.SamplePassword, "test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(a.Config.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(base, []*http.Cookie{{Name: "newsdesk-session", Value: secret}, {Name: "newsdesk-lang", Value: "zh"}})
	return plainWindow{t, &http.Client{Jar: jar}, a.Config.PublicURL}
}

// send sends a form, or asks for a page where there is none, and returns what the window shows then.
func (w plainWindow) send(path string, form url.Values) (int, string) {
	w.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// shows checks what a page says, and what it does not.
func (w plainWindow) shows(path string, form url.Values, code int, says, hides []string) {
	w.Helper()
	got, text := w.send(path, form)
	if got != code {
		w.Fatalf("%s answers %d, want %d: %.800s", path, got, code, text)
	}
	for _, s := range says {
		if !strings.Contains(text, s) {
			w.Errorf("%s does not say %q", path, s)
		}
	}
	for _, s := range hides {
		if strings.Contains(text, s) {
			w.Errorf("%s says %q", path, s)
		}
	}
}

// TestStopsPage: a stop is put on and lifted without a script, everybody sees it, what it held waits for an editor on one
// list, and leaves it one by one. Nothing goes out by being looked at.
func TestStopsPage(t *testing.T) {
	t.Parallel()
	a, office := furnished(t, press.Chinese)
	editor, admin, writer := plain(t, a, office, "editor"), plain(t, a, office, "admin"), plain(t, a, office, "writer")
	const reason = "示例：人名有误"
	editor.shows("/stops", url.Values{"account": {""}, "reason": {" "}}, 422, []string{"请写明停发原因"}, nil)
	editor.shows("/stops", url.Values{"account": {""}, "reason": {reason}}, 200, []string{"已紧急停发", "停发中：全部公众号", reason, "解除停发"}, nil)

	stop, err := a.Desk.StopOf(t.Context(), "sandbox")
	if err != nil || stop == nil {
		t.Fatalf("no stop is on: %v", err)
	}
	push := blocked(t, a, press.Reason{Code: press.CodeStopped, Back: press.Ready, Text: stop.Text(a.Desk.Zone), Whose: press.Editor})
	release, cancel := "/deliveries/"+string(push)+"/release", "/deliveries/"+string(push)+"/cancel"
	writer.shows("/", nil, 200, []string{"停发中：全部公众号", reason}, []string{`href="/stops"`})
	writer.shows("/stops/note", nil, 200, []string{reason}, []string{`href="/stops"`})
	writer.shows("/stops", nil, 403, nil, []string{cancel})
	editor.shows("/stops", nil, 200, []string{cancel, "解除停发后可放行"}, []string{release})
	editor.shows("/editions/new", nil, 200, []string{"全部公众号停发中"}, nil)
	editor.shows("/deliveries/"+string(push), nil, 200, []string{"先去解除停发", cancel}, []string{release})
	editor.shows(release, url.Values{}, 200, []string{"紧急停发中"}, nil)
	editor.shows("/", nil, 200, []string{"被拦下的推送", "逐条处理"}, nil)

	admin.shows("/stops/lift", url.Values{"account": {""}}, 200, []string{"已解除停发", "被拦下的推送"}, []string{"停发中：", release})
	writer.shows("/", nil, 200, nil, []string{"停发中："})
	editor.shows("/stops", nil, 200, []string{release, cancel}, nil)
	if d, err := a.Store.Delivery(t.Context(), push); err != nil || !d.HeldByStop() {
		t.Fatalf("the lifted stop left the push %s: %v", d.State, err)
	}
	editor.shows("/deliveries/"+string(push), nil, 200, []string{release}, []string{"先去解除停发"})
	editor.shows(release, url.Values{}, 200, []string{"已放行"}, nil)
	editor.shows("/stops", nil, 200, []string{"没有被拦下的推送"}, []string{release})
}
