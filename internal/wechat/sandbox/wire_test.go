package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTokenRefusals(t *testing.T) {
	r := newRig(t, nil)
	cases := []struct {
		name, query string
		code        int
	}{
		{"grant type", "grant_type=password&appid=" + testAppID + "&secret=" + testSecret, 40002},
		{"no appid", "grant_type=client_credential&secret=x", 41002},
		{"no secret", "grant_type=client_credential&appid=" + testAppID, 41004},
		{"unknown appid", "grant_type=client_credential&appid=wx0&secret=x", 40013},
		{"wrong secret", "grant_type=client_credential&appid=" + testAppID + "&secret=x", 40001},
	}
	for _, c := range cases {
		_, data := r.raw("GET", "/cgi-bin/token?"+c.query, "", nil)
		if a := r.parse(data); a.code() != c.code {
			t.Errorf("%s: %v, want %d", c.name, a, c.code)
		}
	}
	_, data := r.raw("POST", "/cgi-bin/token", "", nil)
	r.expect(r.parse(data), 43001)
	_, data = r.raw("GET", "/cgi-bin/stable_token", "", nil)
	r.expect(r.parse(data), 43002)
}

func TestErrorShape(t *testing.T) {
	r := newRig(t, nil)
	res, data := r.raw("POST", "/cgi-bin/draft/get?"+r.auth(), "application/json", strings.NewReader(`{"media_id":"x"}`))
	a := r.parse(data)
	if res.StatusCode != 200 || a.code() != 40007 || !regexp.MustCompile(`^invalid media_id rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`).MatchString(a.str("errmsg")) {
		t.Fatalf("%d %s", res.StatusCode, data)
	}
	rid := a.str("errmsg")[len("invalid media_id rid: "):]
	info := r.post("/cgi-bin/openapi/rid/get", answer{"rid": rid})
	if req, _ := info["request"].(map[string]any); req["request_url"] != "/cgi-bin/draft/get" || strings.Contains(req["response_body"].(string), r.token) {
		t.Fatalf("rid/get: %v", info)
	}
	r.expect(r.post("/cgi-bin/openapi/rid/get", answer{"rid": "1-2-3"}), 76001)
}

func TestRequestRefusals(t *testing.T) {
	r := newRig(t, nil)
	cases := []struct {
		name, method, target, body string
		code                       int
	}{
		{"no token", "GET", "/cgi-bin/draft/count", "", 41001},
		{"malformed token", "GET", "/cgi-bin/draft/count?access_token=abc", "", 40014},
		{"foreign token", "GET", "/cgi-bin/draft/count?access_token=" + newToken(), "", 40001},
		{"unknown path", "GET", "/cgi-bin/no/such?" + r.auth(), "", 40066},
		{"GET for POST", "GET", "/cgi-bin/draft/add?" + r.auth(), "", 43002},
		{"POST for GET", "POST", "/cgi-bin/draft/count?" + r.auth(), "{}", 43001},
		{"empty body", "POST", "/cgi-bin/draft/get?" + r.auth(), "", 44002},
		{"form instead of JSON", "POST", "/cgi-bin/draft/get?" + r.auth(), "media_id=x", 47001},
		{"not UTF-8", "POST", "/cgi-bin/draft/get?" + r.auth(), "{\"media_id\":\"\xb0\xa1\"}", 47001},
		{"body of 3 MB", "POST", "/cgi-bin/draft/get?" + r.auth(), strings.Repeat(" ", 3<<20), 45001},
		{"withdrawn call", "POST", "/cgi-bin/material/add_news?" + r.auth(), "{}", 45103},
	}
	for _, c := range cases {
		_, data := r.raw(c.method, c.target, "", strings.NewReader(c.body))
		if a := r.parse(data); a.code() != c.code {
			t.Errorf("%s: %v, want %d", c.name, a, c.code)
		}
	}
}

func TestSuccessHasNoErrcode(t *testing.T) {
	r := newRig(t, nil)
	_, data := r.raw("GET", "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, "", nil)
	add := r.post("/cgi-bin/draft/add", answer{"articles": r.articles(answer{})})
	for name, a := range map[string]answer{"token": r.parse(data), "draft/add": add, "batchget": r.post("/cgi-bin/draft/batchget", `{"offset":0,"count":1}`)} {
		if _, has := a["errcode"]; has {
			t.Errorf("%s has errcode: %v", name, a)
		}
	}
	res, _ := r.raw("POST", "/cgi-bin/draft/get?"+r.auth(), "", strings.NewReader(`{"media_id":"`+add.str("media_id")+`"}`))
	if got := res.Header.Get("Content-Type"); got != "text/plain" {
		t.Errorf("draft/get is sent as %q", got)
	}
}

// TestClassicToken: each call makes a new one; the one before lives for five minutes more.
func TestClassicToken(t *testing.T) {
	r := newRig(t, nil)
	classic := func() string {
		_, data := r.raw("GET", "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, "", nil)
		return r.parse(data).str("access_token")
	}
	try := func(token string) int {
		_, data := r.raw("GET", "/cgi-bin/draft/count?access_token="+token, "", nil)
		return r.parse(data).code()
	}
	first := classic()
	second := classic()
	if first == second || try(first) != 0 || try(second) != 0 {
		t.Fatal("both tokens should work")
	}
	r.clock.add(5*time.Minute + time.Second)
	if try(first) != 42001 || try(second) != 0 {
		t.Fatalf("after the overlap: %d %d", try(first), try(second))
	}
	r.clock.add(2 * time.Hour)
	if try(second) != 42001 {
		t.Fatal("a token lives two hours")
	}
}

// TestStableToken: the same token until its last five minutes; force kills at once, but not twice within 30 seconds.
func TestStableToken(t *testing.T) {
	r := newRig(t, nil)
	first := r.stable(false)
	r.clock.add(time.Hour)
	if again := r.stable(false); again.str("access_token") != first.str("access_token") || again["expires_in"] != 3600.0 {
		t.Fatalf("an hour later: %v", again)
	}
	r.clock.add(55 * time.Minute)
	next := r.stable(false)
	if next.str("access_token") == first.str("access_token") || next["expires_in"] != 7200.0 {
		t.Fatalf("in the last minutes: %v", next)
	}
	r.token = first.str("access_token")
	r.expect(r.get("/cgi-bin/draft/count"), 0)
	forced := r.stable(true)
	if forced.str("access_token") == next.str("access_token") {
		t.Fatal("force should make a new one")
	}
	r.token = next.str("access_token")
	r.expect(r.get("/cgi-bin/draft/count"), 42001)
	if soon := r.stable(true); soon.str("access_token") != forced.str("access_token") {
		t.Fatal("a second force within 30 s should change nothing")
	}
}

func TestWhitelist(t *testing.T) {
	r := newRig(t, nil)
	r.auth()
	if err := r.s.Configure(testAppID, func(a *Account) { a.Whitelist = []string{"10.1.2.3/8"} }); err != nil {
		t.Fatal(err)
	}
	a := r.get("/cgi-bin/draft/count")
	r.expect(a, 40164)
	if !strings.HasPrefix(a.str("errmsg"), "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ") {
		t.Fatal(a)
	}
	r.expect(r.stable(false), 40164)
	if err := r.s.Configure(testAppID, func(a *Account) { a.Whitelist = []string{"10.1.2.3", "127.0.0.1"} }); err != nil {
		t.Fatal(err)
	}
	r.expect(r.get("/cgi-bin/draft/count"), 0)
}

func TestUploads(t *testing.T) {
	r := newRig(t, nil)
	bmp := append([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00"), make([]byte, 60)...)
	padded := func(n int) []byte { return append(jpegBytes(4, 4), make([]byte, n-len(jpegBytes(4, 4)))...) }
	const img, add, temp = "/cgi-bin/media/uploadimg", "/cgi-bin/material/add_material", "/cgi-bin/media/upload"
	cases := []struct {
		name, path, query, file string
		data                    []byte
		code                    int
	}{
		{"png under a jpg name", img, "", "x.jpg", pngBytes(4, 4), 0},
		{"gif in a body", img, "", "x.gif", gifBytes(), 40005},
		{"exactly 1 MiB", img, "", "x.jpg", padded(1 << 20), 40009},
		{"one byte under 1 MiB", img, "", "x.jpg", padded(1<<20 - 1), 0},
		{"text called jpg", img, "", "x.jpg", []byte("hello"), 40113},
		{"cut header", img, "", "x.png", pngBytes(4, 4)[:12], 40137},
		{"empty", img, "", "x.jpg", nil, 44001},
		{"bmp material", add, "&type=image", "x.bmp", bmp, 0},
		{"gif material", add, "&type=image", "x.gif", gifBytes(), 0},
		{"image over 10 MB", add, "&type=image", "x.jpg", padded(10<<20 + 1), 40009},
		{"thumb over 64 KB", add, "&type=thumb", "x.jpg", padded(64<<10 + 1), 40012},
		{"png thumb", add, "&type=thumb", "x.png", pngBytes(4, 4), 40005},
		{"voice", add, "&type=voice", "x.mp3", []byte("ID3abc"), 0},
		{"video without description", add, "&type=video", "x.mp4", []byte("\x00\x00\x00\x18ftypmp42....."), 47001},
		{"unknown kind", add, "&type=news", "x.jpg", jpegBytes(4, 4), 40004},
		{"temporary bmp", temp, "&type=image", "x.bmp", bmp, 40005},
		{"body over 12 MB", add, "&type=image", "x.jpg", make([]byte, 13<<20), 45001},
	}
	for _, c := range cases {
		if a := r.upload(c.path, c.query, c.file, c.data); a.code() != c.code {
			t.Errorf("%s: %v, want %d", c.name, a, c.code)
		}
	}
	_, data := r.raw("POST", img+"?"+r.auth(), "application/json", strings.NewReader("{}"))
	r.expect(r.parse(data), 41005)
}

func TestMaterialReads(t *testing.T) {
	r := newRig(t, nil)
	data := jpegBytes(12, 8)
	a := r.upload("/cgi-bin/material/add_material", "&type=image", "照片.jpg", data)
	b := r.upload("/cgi-bin/material/add_material", "&type=image", "照片.jpg", data)
	if a.str("media_id") == b.str("media_id") || !strings.HasPrefix(a.str("url"), "http://mmbiz.qpic.cn/mmbiz_jpg/") {
		t.Fatalf("equal bytes make another material: %v %v", a, b)
	}
	body, _ := json.Marshal(answer{"media_id": a.str("media_id")})
	res, got := r.raw("POST", "/cgi-bin/material/get_material?"+r.auth(), "", bytes.NewReader(body))
	if !bytes.Equal(got, data) || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment; filename=") {
		t.Fatalf("get_material: %d bytes, %v", len(got), res.Header)
	}
	if _, shown := r.raw("GET", strings.TrimPrefix(r.s.LocalURL(a.str("url")), r.url), "", nil); !bytes.Equal(shown, data) {
		t.Fatal("the picture's page shows other bytes")
	}
	r.upload("/cgi-bin/material/add_material", "&type=video", "a.mp4", []byte("\x00\x00\x00\x18ftypmp42....."), "description", `{"title":"片","introduction":"介"}`)
	list := r.post("/cgi-bin/material/batchget_material", `{"type":"video","offset":"0","count":"20"}`)
	item := list["item"].([]any)[0].(map[string]any)
	if list["total_count"] != 1.0 || item["name"] != "a.mp4" {
		t.Fatalf("batchget: %v", list)
	}
	if v := r.post("/cgi-bin/material/get_material", answer{"media_id": item["media_id"]}); v.str("title") != "片" || v.str("down_url") == "" {
		t.Fatalf("video: %v", v)
	}
	r.expect(r.post("/cgi-bin/material/batchget_material", `{"type":"image","offset":0,"count":21}`), 40035)
}

func TestTemporaryMedia(t *testing.T) {
	r := newRig(t, nil)
	id := r.upload("/cgi-bin/media/upload", "&type=image", "x.png", pngBytes(4, 4)).str("media_id")
	get := func() *http.Response {
		res, _ := r.raw("GET", "/cgi-bin/media/get?"+r.auth()+"&media_id="+id, "", nil)
		return res
	}
	if res := get(); res.Header.Get("Content-Type") != "image/png" {
		t.Fatal(res.Header)
	}
	// A temporary id is not good enough for a cover.
	r.expect(r.post("/cgi-bin/draft/add", answer{"articles": r.articles(answer{"thumb_media_id": id})}), 40007)
	r.clock.add(72*time.Hour + time.Second)
	r.token = ""
	if res := get(); res.Header.Get("Content-Type") != typeJSON {
		t.Fatal("temporary media lives three days")
	}
}

func TestCallbackCheck(t *testing.T) {
	r := newRig(t, nil)
	r.expect(r.post("/cgi-bin/callback/check", `{"action":"all","check_operator":"DEFAULT"}`), 40201)
	if err := r.s.SetCallback(testAppID, "http://127.0.0.1:1/x"); err != nil {
		t.Fatal(err)
	}
	if a := r.post("/cgi-bin/callback/check", `{"action":"all","check_operator":"UNICOM"}`); a["dns"] == nil || a["ping"] == nil {
		t.Fatal(a)
	}
	r.expect(r.post("/cgi-bin/callback/check", `{"action":"x","check_operator":"UNICOM"}`), 40202)
	r.expect(r.post("/cgi-bin/callback/check", `{"action":"all","check_operator":"x"}`), 40203)
}
