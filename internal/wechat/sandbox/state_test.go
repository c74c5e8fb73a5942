package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestStateFile: a sandbox that is closed and opened again goes on where it was, jobs under way included.
func TestStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	clock := newClock()
	config := func(c *Config) { c.StateFile, c.Now = file, clock.Now }
	r := newRig(t, config)
	token := r.auth()
	thumb := r.thumb()
	kept := r.draft(answer{"thumb_media_id": thumb, "title": "留下"})
	job := r.submit(r.draft(answer{"thumb_media_id": thumb}))
	sent := r.post(sendall, massBody(r.draft(answer{"thumb_media_id": thumb}), "d1"))
	if err := r.s.Close(); err != nil {
		t.Fatal(err)
	}

	again := newRig(t, config)
	again.token = strings.TrimPrefix(token, "access_token=")
	clock.add(2 * time.Minute)
	if st := again.status(job["publish_id"]); st["publish_status"] != 0.0 {
		t.Fatalf("the job that was under way: %v", st)
	}
	again.expect(again.post("/cgi-bin/draft/get", answer{"media_id": kept}), 0)
	repeat := again.post(sendall, massBody(kept, "d1"))
	if again.expect(repeat, 45065); repeat["msg_id"] != sent["msg_id"] {
		t.Fatal(repeat)
	}
	res, got := again.raw("POST", "/cgi-bin/material/get_material?"+again.auth(), "", strings.NewReader(`{"media_id":"`+thumb+`"}`))
	if !bytes.Equal(got, jpegBytes(90, 38)) {
		t.Fatal(res.Status)
	}
	m := again.s.State(-1).Accounts[0].Masses[0]
	if res, _ := again.raw("GET", strings.TrimPrefix(again.s.LocalURL(m.URLs[0]), again.url), "", nil); res.StatusCode != 200 {
		t.Fatal("the article's page is lost:", res.Status)
	}
}

func TestDamagedStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	for _, content := range []string{"{", `{"version":99}`} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Config{Accounts: []Account{{AppID: "a", Secret: "s"}}, StateFile: file}); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestConfigRefusals(t *testing.T) {
	good := Account{AppID: "a", Secret: "s"}
	for name, change := range map[string]func(*Config){
		"no account":       func(c *Config) { c.Accounts = nil },
		"two of one":       func(c *Config) { c.Accounts = append(c.Accounts, good) },
		"no appid":         func(c *Config) { c.Accounts[0].AppID = "" },
		"no secret":        func(c *Config) { c.Accounts[0].Secret = "" },
		"kind":             func(c *Config) { c.Accounts[0].Kind = "x" },
		"whitelist":        func(c *Config) { c.Accounts[0].Whitelist = []string{"10.0.0.*"} },
		"key":              func(c *Config) { c.Accounts[0].EncodingAESKey = "short" },
		"mode":             func(c *Config) { c.Accounts[0].CallbackMode = "x" },
		"safe with no key": func(c *Config) { c.Accounts[0].CallbackMode = Safe },
	} {
		cfg := Config{Accounts: []Account{good}}
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestAdminIsLocal(t *testing.T) {
	r := newRig(t, nil)
	for name, c := range map[string]struct {
		addr, host, header, value string
		want                      int
	}{
		"this machine":        {"127.0.0.1:5", "127.0.0.1:8090", "", "", 200},
		"by its name":         {"127.0.0.1:5", "localhost:8090", "", "", 200},
		"version 6":           {"[::1]:5", "[::1]:8090", "", "", 200},
		"no port":             {"127.0.0.1:5", "localhost", "", "", 200},
		"the address it has":  {"127.0.0.1:5", strings.TrimPrefix(r.url, "http://"), "", "", 200},
		"another machine":     {"192.0.2.7:5", "127.0.0.1:8090", "", "", 403},
		"through a proxy":     {"127.0.0.1:5", "127.0.0.1:8090", "X-Forwarded-For", "192.0.2.7", 403},
		"a name made to fit":  {"127.0.0.1:5", "evil.example:8090", "Sec-Fetch-Site", "same-origin", 403},
		"a name like our own": {"127.0.0.1:5", "localhost.evil.example", "", "", 403},
	} {
		req := httptest.NewRequest("GET", "/sandbox/state", nil)
		req.RemoteAddr, req.Host = c.addr, c.host
		if c.header != "" {
			req.Header.Set(c.header, c.value)
		}
		w := httptest.NewRecorder()
		r.s.Handler().ServeHTTP(w, req)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
	req := httptest.NewRequest("POST", "/sandbox/faults", strings.NewReader(`{"path":"*"}`))
	req.RemoteAddr, req.Host = "127.0.0.1:5", "localhost"
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	r.s.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusForbidden {
		t.Errorf("a page of another site: %d", w.Code)
	}
}

func TestAccountEndpoint(t *testing.T) {
	r := newRig(t, nil)
	post := func(body string) int {
		res, _ := r.raw("POST", "/sandbox/accounts/"+testAppID, "", strings.NewReader(body))
		return res.StatusCode
	}
	if post(`{"kind":"personal"}`) != 204 || post(`{"kind":"x"}`) != 400 || post(`{"appid":"y"}`) != 400 {
		t.Fatal("refusals")
	}
	r.expect(r.submit("x"), 48001)
}

// TestNoSecretsShown: neither the secret nor a token appears in the log of calls, in the state or on a page.
func TestNoSecretsShown(t *testing.T) {
	r := newRig(t, nil)
	r.submit(r.draft())
	r.post("/cgi-bin/draft/get", `{"media_id":"nothing"}`)
	r.raw("GET", "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret=wrong-one", "", nil)
	for _, path := range []string{"/sandbox/calls", "/sandbox/state", "/sandbox/callbacks", "/a/" + testAppID + "/calls", "/"} {
		_, data := r.raw("GET", path, "", nil)
		for _, secret := range []string{testSecret, r.token, "wrong-one", "callback-token"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
}

func TestCallLogIsBounded(t *testing.T) {
	ring := newRing[int](3)
	for i := 1; i <= 7; i++ {
		ring.add(i)
	}
	if got := ring.newest(-1, func(int) bool { return true }); len(got) != 3 || got[0] != 7 || got[2] != 5 {
		t.Fatal(got)
	}
	if _, found := ring.get(4); found {
		t.Fatal("4 should be gone")
	}
}

// TestManyAtOnce is for the race detector: every part at the same time.
func TestManyAtOnce(t *testing.T) {
	hook := newReceiver(t, nil)
	file := filepath.Join(t.TempDir(), "state.json")
	r := newRig(t, func(c *Config) {
		c.Now, c.PublishDelay, c.StateFile = nil, time.Millisecond, file
		c.Accounts[0].CallbackURL, c.Accounts[0].Kind = hook.URL, Service
		c.Limits.Daily = map[string]int{"/cgi-bin/freepublish/get": -1}
	})
	thumb := r.thumb()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				id := r.submit(r.draft(answer{"thumb_media_id": thumb}))["publish_id"]
				r.status(id)
				r.raw("GET", "/a/"+testAppID+"/drafts", "", nil)
				r.raw("GET", "/sandbox/state", "", nil)
				_ = r.s.SetCallback(testAppID, hook.URL)
			}
		})
	}
	for range 40 {
		hook.next(t)
	}
	wg.Wait()
}
