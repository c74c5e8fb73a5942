package wechat

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"newsdesk/internal/press"
)

// classes are the platform's codes as its documentation groups them for a client.
var classes = map[press.Class][]int{
	press.ClassToken: {40001, 40014, 42001},
	press.ClassQuota: {45009, 48006, 45028},
	press.ClassBackoff: {
		42010, 45011, 45061, 45102, 45501, 45066, 45101, 53501, 61503,
	},
	press.ClassDone: {40007, 45065, 53502, 53600, 89504, 89505},
	press.ClassContent: {
		40004, 40005, 40006, 40113, 40137, 40009, 40010, 40011, 40012, 40066, 40155, 40213, 40214, 45086, 40192, 40215, 41040,
		40227, 41039, 45001, 45002, 45003, 45004, 45005, 45006, 45007, 45008, 45021, 45034, 45052, 45110, 45113, 45166, 48013,
		48014, 48021, 48022, 53402, 53404, 53405, 53503, 53504, 53505, 44001, 44004, 47003, 40204,
	},
	press.ClassConfig: {
		40002, 40008, 40003, 49003, 40013, 40125, 40243, 40031, 40032, 40130, 45162, 40033, 40035, 40114, 40118, 40121, 40059,
		40060, 40065, 40164, 61004, 45035, 40152, 40200, 40201, 40202, 40203, 41001, 41002, 41003, 41004, 41005, 41006, 43001,
		43002, 43003, 42007, 43004, 43019, 43101, 44002, 44003, 46001, 45015, 45047, 45103, 48009, 48012, 45062, 45060, 48005,
		45074, 45067, 45083, 45084, 47001, 47002, 48001, 48002, 48003, 48004, 48008, 48015, 50001, 50002, 50004, 50005, 50007,
		53406, 53500, 61451, 61500, 61501, 70000, 76001, 76002, 76003, 76004, 76021, 76022, 88000, 89503, 89506, 89507,
	},
}

func TestEveryCodeHasItsClass(t *testing.T) {
	t.Parallel()
	for class, codes := range classes {
		for _, code := range codes {
			if m, ok := meanings[code]; !ok || m.class != class {
				t.Errorf("%d: class %q (known %v), want %q", code, m.class, ok, class)
			}
		}
	}
	for code := 88000; code <= 88010; code++ {
		if _, ok := meanings[code]; !ok {
			t.Errorf("%d is not known", code)
		}
	}
}

func TestEveryCodeIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	for code, m := range meanings {
		for _, s := range []press.Text{m.text, m.fix} {
			if !strings.HasSuffix(s.EN, ".") || !strings.HasSuffix(s.ZH, "。") || strings.Contains(s.EN, "%!") {
				t.Errorf("%d: not two sentences: %+v", code, s)
			}
			if strings.IndexFunc(s.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
				t.Errorf("%d: no Chinese in %q", code, s.ZH)
			}
		}
	}
}

func TestMeaningDependsOnTheCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		call call
		code int
		want press.Class
	}{
		{call{name: tokenCall}, 40001, press.ClassConfig},
		{draftGet, 40001, press.ClassToken},
		{draftAdd, 40007, press.ClassContent},
		{draftGet, 40007, press.ClassDone},
		{submit, 40007, press.ClassDone},
		{draftGet, -1, press.ClassNow},
		{draftDelete, -1, press.ClassBackoff},
		{draftAdd, -1, press.ClassDone},
		{sendAll, 268488001, press.ClassDone},
		{massGet, 268488001, press.ClassBackoff},
		{sendAll, 99999, press.ClassDone},
		{draftAdd, 99999, press.ClassConfig},
		{massGet, 99999, press.ClassConfig},
	} {
		if got := meaningOf(c.call, c.code); got.class != c.want || got.text.IsZero() || got.fix.IsZero() {
			t.Errorf("%s %d: %+v, want %s", c.call.name, c.code, got, c.want)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"invalid ip 8.149.0.1, not in whitelist rid: 61725984-6126f6f9-040f19c4": {"invalid ip 8.149.0.1, not in whitelist", "61725984-6126f6f9-040f19c4"},
		"请勿频繁请求 hint: [LKjm.A069824-0] rid: 61725984-6126f6f9-040f19c4":          {"请勿频繁请求", "61725984-6126f6f9-040f19c4"},
		"ok":      {"ok", ""},
		"rid: zz": {"rid: zz", ""},
	} {
		if rest, rid := splitRID(in); rest != want[0] || rid != want[1] {
			t.Errorf("%q: got %q, %q", in, rest, rid)
		}
	}
	if rest, _ := splitRID(strings.Repeat("长", 1000)); len(rest) > 700 {
		t.Errorf("an errmsg of %d bytes is kept", len(rest))
	}
}

func TestMassEventStates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]press.PublishState{
		"send success": press.PushDone, "sendsuccess": press.PushDone, "SEND SUCCESS": press.PushDone, "send fail": press.PushFailed,
		"sendfail": press.PushFailed, "err(10001)": press.PushCensored, "err(20013)": press.PushCensored, "err(20431)": press.PushCensored,
		"err(21000)": press.PushCensored, "err(22000)": press.PushCensored, "err(30001)": press.PushFailed, "err(30002)": press.PushOriginal,
		"err(30003)": press.PushOriginal, "err(40001)": press.PushFailed, "err(40002)": press.PushFailed, "err(5)": press.PushFailed,
		"err(99999999999999)": press.PushFailed, "": press.PushFailed, "whatever": press.PushFailed,
	} {
		state, detail := massEventState(in)
		if state != want || !strings.Contains(detail, in) && !strings.HasPrefix(in, "SEND") {
			t.Errorf("%q: %s %q, want %s", in, state, detail, want)
		}
	}
	if _, detail := massEventState("err(40002)"); !strings.Contains(detail, "30 分钟") {
		t.Errorf("err(40002) is told as %q", detail)
	}
}

func TestPublishStates(t *testing.T) {
	t.Parallel()
	want := []press.PublishState{
		press.PushDone, press.PushRunning, press.PushOriginal, press.PushFailed, press.PushCensored, press.PushDeleted, press.PushBanned,
	}
	for n, state := range want {
		if got, detail, ok := publishState(string(rune('0' + n))); !ok || got != state || detail == "" {
			t.Errorf("%d: %s %q %v, want %s", n, got, detail, ok, state)
		}
	}
	for _, bad := range []string{"", "7", "-1", "x"} {
		if _, _, ok := publishState(bad); ok {
			t.Errorf("%q is taken for a status", bad)
		}
	}
}

func TestPlaceByNumber(t *testing.T) {
	t.Parallel()
	var urls []string
	for _, a := range []struct {
		index int
		url   string
	}{{3, "c"}, {1, "a"}, {0, "x"}, {1 << 30, "y"}} {
		urls = place(urls, a.index, a.url)
	}
	if got := strings.Join(urls, ","); got != "a,,c,x,y" {
		t.Errorf("got %q", got)
	}
}

func TestUntilMonthCrossesTheYear(t *testing.T) {
	t.Parallel()
	a := &Account{now: func() time.Time { return time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC) }}
	if got := a.wait(48006); got != time.Minute {
		t.Errorf("got %v, want a minute to midnight in China", got)
	}
}

func TestFileNameIsFitForAHeader(t *testing.T) {
	t.Parallel()
	png, jpg := []byte("\x89PNG\r\n\x1a\n"), []byte("\xff\xd8\xff\xe0")
	for in, want := range map[string]string{
		"照片 1.jpeg": "照片 1.png", `C:\fakepath\a"b.png`: "ab.png", "../../etc/passwd": "passwd.png", "": "image.png", "...": "image.png",
		"a\r\nX-Evil: 1.png": "aX-Evil 1.png", strings.Repeat("长", 90) + ".png": strings.Repeat("长", 60) + ".png",
	} {
		if got := fileName(in, png); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := fileName("a.png", jpg); got != "a.jpg" {
		t.Errorf("a JPEG called .png goes as %q", got)
	}
}
