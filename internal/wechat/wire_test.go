package wechat

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTextTakesNumbersAndStrings(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"id":2247483949}`:   "2247483949",
		`{"id":"2247483949"}`: "2247483949",
		`{"id":null}`:         "",
		`{}`:                  "",
		`{"id":-1}`:           "-1",
	} {
		var v struct {
			ID text `json:"id"`
		}
		if err := json.Unmarshal([]byte(in), &v); err != nil || string(v.ID) != want {
			t.Errorf("%s: got %q, %v; want %q", in, v.ID, err, want)
		}
	}
	var v struct {
		ID text `json:"id"`
	}
	if err := json.Unmarshal([]byte(`{"id":[1]}`), &v); err == nil {
		t.Error("a list was taken for an id")
	}
}

func TestNumberKeepsWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2247483949": `2247483949`, "0123": `"0123"`, "": `""`, "12a": `"12a"`, "99999999999999999999": `"99999999999999999999"`,
	} {
		if got, _ := json.Marshal(number(in)); string(got) != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestHTTPSOnlyForTencent(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"http://mmbiz.qpic.cn/mmbiz_png/x/0?wx_fmt=png": "https://mmbiz.qpic.cn/mmbiz_png/x/0?wx_fmt=png",
		"http://mp.weixin.qq.com/s/abc":                 "https://mp.weixin.qq.com/s/abc",
		"https://mmbiz.qpic.cn/x":                       "https://mmbiz.qpic.cn/x",
		"http://127.0.0.1:8090/s/abc":                   "http://127.0.0.1:8090/s/abc",
		"":                                              "",
		"http://evilqpic.cn/x":                          "http://evilqpic.cn/x",
	} {
		if got := httpsOnly(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// WeChat counts \u2028 as six characters or refuses it with 47002; encoding/json always writes these as escapes.
func TestPlainLeavesNothingToEscape(t *testing.T) {
	t.Parallel()
	in := "中文\u2028行\u2029<p>&amp;\x01\x00\xff</p>\n\t\r\"\\"
	encoded, err := json.Marshal(struct {
		S string `json:"s"`
	}{plain(in)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := plain(in), "中文 行 <p>&amp;</p>\n\t\r\"\\"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if strings.Contains(string(encoded), `\u2028`) {
		t.Errorf("an escape is left: %s", encoded)
	}
}

func TestFractionHasSixDecimalsAtMost(t *testing.T) {
	t.Parallel()
	for in, want := range map[float64]string{0: "0", 1: "1", 0.1945: "0.1945", 1.0 / 3: "0.333333", 0.9999999: "1"} {
		if got := fraction(in); string(got) != want {
			t.Errorf("%v: got %s, want %s", in, got, want)
		}
	}
}
