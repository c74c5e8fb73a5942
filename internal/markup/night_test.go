package markup

import (
	"regexp"
	"strings"
	"testing"
)

func TestNight(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<p>a<br>b</p>`:                          `<p>a<br>b</p>`,
		`<p style="text-align:center">a</p>`:     `<p style="text-align:center">a</p>`,
		`<b style="color:#000">a</b>`:            `<b style="color:light-dark(#000,#a3a3a3)">a</b>`,
		`<b style="color:#c00">a</b>`:            `<b style="color:light-dark(#c00,#d42626)">a</b>`,
		`<b style="color:#ffd54f">a</b>`:         `<b style="color:light-dark(#ffd54f,#ffd54f)">a</b>`,
		`<p style="background:#fff">a</p>`:       `<p style="background:light-dark(#fff,#161616)">a</p>`,
		`<p style="border:1px solid #eee">a</p>`: `<p style="border:1px solid light-dark(#eee,#161616)">a</p>`,
		// white words on a red ground stay; outside it the page's ground counts again
		`<p style="background:#a01c1c;color:#fff">a<br></p><i style="color:#333">b</i>`: `<p style="background:light-dark(#a01c1c,#a01c1c);color:light-dark(#fff,#ffffff)">a<br></p><i style="color:light-dark(#333,#a3a3a3)">b</i>`,
		`a &lt;p style=&quot;color:#000&quot;&gt; <`:                                    `a &lt;p style=&quot;color:#000&quot;&gt; <`,
	} {
		if got := Night(in); got != want {
			t.Errorf("Night(%s)\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// TestNightChangesColoursOnly: in every theme the colours become pairs, and everything else stays.
func TestNightChangesColoursOnly(t *testing.T) {
	t.Parallel()
	pair := regexp.MustCompile(`light-dark\((#[0-9a-f]+|rgba?\([^)]*\)|white|black),(#[0-9a-f]{6}|rgba\([^)]*\))\)`)
	for _, name := range Themes().Names() {
		theme, _ := Themes().Get(name)
		repainted := 0
		for _, sample := range samples() {
			html, err := WeChat(sample.content, theme, images(), WeChatOptions{})
			if err != nil {
				t.Fatal(err)
			}
			night := Night(html)
			if back := pair.ReplaceAllString(night, "$1"); back != html {
				t.Errorf("%s, %s: more than colours changed:\n%s", name, sample.name, back)
			}
			repainted += strings.Count(night, "light-dark(")
		}
		if repainted < 20 {
			t.Errorf("%s has %d colours", name, repainted)
		}
	}
}
