package page

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/words"
)

func TestOwnPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/articles?q=%E4%B8%AD#x":       "/articles?q=%E4%B8%AD#x",
		"":                              "/",
		"articles":                      "/",
		"//elsewhere.example":           "/",
		"/\\elsewhere.example":          "/",
		"https://elsewhere":             "/",
		"/a\r\nSet-Cookie: x":           "/",
		"/" + strings.Repeat("a", 3000): "/",
	} {
		if got := OwnPath(path); got != want {
			t.Errorf("OwnPath(%.40q) = %q, want %q", path, got, want)
		}
	}
}

// Proxies add what they know at the end, some in a header of their own behind the one that the sender made up.
func TestAddress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		proxies   bool
		forwarded []string
		address   string
		near      bool
	}{
		"nobody between":              {true, nil, "127.0.0.1", true},
		"no proxy to be believed":     {false, []string{"192.0.2.1"}, "127.0.0.1", false},
		"what the sender made up":     {true, []string{"203.0.113.9, 192.0.2.1"}, "192.0.2.1", false},
		"made up, in its own header":  {true, []string{"203.0.113.9", "192.0.2.1"}, "192.0.2.1", false},
		"empty, and a proxy's behind": {true, []string{"", "192.0.2.1"}, "192.0.2.1", false},
	} {
		r := &Request{Request: httptest.NewRequest(http.MethodGet, "/", nil), kit: &Kit{Config: Config{Proxies: tc.proxies}}}
		r.RemoteAddr = "127.0.0.1:5"
		r.Header["X-Forwarded-For"] = tc.forwarded
		if got := r.Address(); got != tc.address || r.Near() != tc.near {
			t.Errorf("%s: from %s, near %t; want %s, %t", name, got, r.Near(), tc.address, tc.near)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	u, err := url.Parse("/articles?state=draft&q=%E8%BF%90%E5%8A%A8&page=3")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		pairs []any
		want  string
	}{
		{[]any{"page", 4}, "/articles?page=4&q=%E8%BF%90%E5%8A%A8&state=draft"},
		{[]any{"page", "", "state", ""}, "/articles?q=%E8%BF%90%E5%8A%A8"},
		{[]any{"page", "", "state", "", "q", ""}, "/articles"},
	} {
		if got := query(u, tc.pairs...); got != tc.want {
			t.Errorf("query(%v) = %s, want %s", tc.pairs, got, tc.want)
		}
	}
	if u.Query().Get("page") != "3" {
		t.Error("query changed the address it was given")
	}
}

// TestDataCannotEndItsScript: what stands in <script type="application/json"> reads back, whatever it says.
func TestDataCannotEndItsScript(t *testing.T) {
	t.Parallel()
	const evil = `</script><script>alert(1)</script><!-- 第一 & "`
	out, err := toJSON(map[string]string{"a": evil})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(out), "<>") {
		t.Errorf("toJSON = %s", out)
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(out), &back); err != nil || back["a"] != evil {
		t.Errorf("read back %q, %v", back["a"], err)
	}
}

// TestHeaderJSON: a refusal in a header is ASCII and means the same.
func TestHeaderJSON(t *testing.T) {
	t.Parallel()
	const text = "该时段已满 “x” 🎉"
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	out := ascii(data)
	for _, c := range []byte(out) {
		if c >= 0x80 || c < 0x20 {
			t.Fatalf("%q holds the byte %x", out, c)
		}
	}
	var back string
	if err := json.Unmarshal([]byte(out), &back); err != nil || back != text {
		t.Errorf("read back %q, %v", back, err)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	c, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("UTC+8", 8*3600)
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, zone)
	in := func(lang press.Lang) Formats {
		return Formats{Lang: lang, Zone: zone, Words: c.In(lang), Now: func() time.Time { return now }}
	}
	for _, tc := range []struct {
		at     time.Time
		zh, en string
	}{
		{now, "今天 23:30", "today 23:30"},
		{time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC), "明天 07:00", "tomorrow 07:00"},
		{time.Date(2026, 11, 21, 0, 5, 0, 0, zone), "昨天 00:05", "yesterday 00:05"},
		{time.Date(2026, 3, 2, 7, 0, 0, 0, zone), "3月2日 07:00", "2 Mar 07:00"},
		{time.Date(2025, 3, 2, 7, 0, 0, 0, zone), "2025年3月2日 07:00", "2 Mar 2025 07:00"},
		{time.Time{}, "—", "—"},
	} {
		if got := in(press.Chinese).MomentText(tc.at); got != tc.zh {
			t.Errorf("%v in Chinese = %q, want %q", tc.at, got, tc.zh)
		}
		if got := in(press.English).MomentText(tc.at); got != tc.en {
			t.Errorf("%v in English = %q, want %q", tc.at, got, tc.en)
		}
	}
	if got := in(press.English).Number(1234567); got != "1,234,567" {
		t.Errorf("Number = %q", got)
	}
}
