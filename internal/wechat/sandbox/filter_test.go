package sandbox

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFilterGolden keeps the filter's verdict on a page of everything, and shows it in a diff when it changes.
func TestFilterGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kept", "changed", "removed", "svg"} {
		in, err := os.ReadFile(filepath.Join("testdata", name+".in.html"))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := filter(strings.TrimSpace(string(in)))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden.html")
		if *update {
			if err := os.WriteFile(golden, []byte(got+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got+"\n" != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestFilterRules(t *testing.T) {
	t.Parallel()
	const img = "mmbiz.qpic.cn/mmbiz_jpg/abc/"
	cases := []struct{ name, in, want string }{
		{"script", `<p>a<script>alert(1)</script>b</p>`, `<p>ab</p>`},
		{"handlers and id", `<p id="x" onclick="y()" class="c">a</p>`, `<p class="c">a</p>`},
		{"outside link", `<p><a href="https://example.org">text</a></p>`, `<p>text</p>`},
		{"article link", `<a href="https://mp.weixin.qq.com/s/x" id="y">t</a>`, `<a href="https://mp.weixin.qq.com/s/x">t</a>`},
		{"look-alike link", `<a href="https://mp.weixin.qq.com.example.org/s/x">t</a>`, `t`},
		{"script link", `<a href="javascript:alert(1)">t</a>`, `t`},
		{"outside picture", `<p><img src="https://example.org/a.jpg">x</p>`, `<p>x</p>`},
		{"picture", `<img src="http://` + img + `0" alt="图">`, `<img data-src="https://` + img + `640" alt="图"/>`},
		{"picture with a query", `<img src="http://` + img + `0?wx_fmt=jpeg">`, `<img data-src="https://` + img + `640?wx_fmt=jpeg"/>`},
		{"read back", `<img data-src="https://` + img + `640">`, `<img data-src="https://` + img + `640"/>`},
		{"position", `<p style="position:absolute;color:red">a</p>`, `<p style="color: red;">a</p>`},
		{"outside background", `<p style="background:url(https://example.org/a.png);margin:0">a</p>`, `<p style="margin: 0;">a</p>`},
		{"own background", `<p style="background:url('https://` + img + `0')">a</p>`, `<p style="background: url(&#39;https://` + img + `0&#39;);">a</p>`},
		{"bare quote in style", `<p style="font-family:'Arial'">a</p>`, `<p style="font-family: &#39;Arial&#39;;">a</p>`},
		{"entity quote in style", `<p style="font-family:&#39;Arial&#39;;color:red">a</p>`, `<p style="">a</p>`},
		{"entity quote in text", `<p>it&#39;s</p>`, `<p>it&#39;s</p>`},
		{"div of text", `<div style="text-align:center;padding:10px">a<b>b</b></div>`, `<p style="text-align: center;">a<b>b</b></p>`},
		{"div of blocks", `<div style="color:red">a<p>b</p>c</div>`, `<p>a</p><p>b</p><p>c</p>`},
		{"nested div", `<div><div>a</div> <div>b</div></div>`, `<p>a</p><p>b</p>`},
		{"span of a space", `<p>a<span> </span>b</p>`, `<p>ab</p>`},
		{"span of a no-break space", `<p>a<span>&nbsp;</span>b</p>`, "<p>a<span>\u00a0</span>b</p>"},
		{"form", `<form><label>a</label><input value="x"></form>`, `a`},
		{"frames", `<iframe src="x">a</iframe><video src="y"></video>z`, `z`},
		{"comment", `a<!-- b -->c`, `ac`},
	}
	for _, c := range cases {
		got, _, err := filter(c.in)
		if err != nil || got != c.want {
			t.Errorf("%s:\n in   %s\n got  %s %v\n want %s", c.name, c.in, got, err, c.want)
		}
	}
}

// TestFilterIsStable: reading a draft and writing it again, with quotes decoded, changes nothing more.
func TestFilterIsStable(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kept", "changed", "svg"} {
		in, err := os.ReadFile(filepath.Join("testdata", name+".in.html"))
		if err != nil {
			t.Fatal(err)
		}
		once, _, err := filter(strings.TrimSpace(string(in)))
		if err != nil {
			t.Fatal(err)
		}
		twice, _, err := filter(strings.ReplaceAll(once, "&#39;", "'"))
		if err != nil || twice != once {
			t.Errorf("%s:\n once  %s\n twice %s %v", name, once, twice, err)
		}
	}
}

// TestFilterBounded: bodies made to be slow or to grow, as long as the platform lets them be.
func TestFilterBounded(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"<section>", "<b><p>", "<a><div>", "<table><b>", "<font><i><p></i>", "<div>a<p>", "<svg><g>", "<li><ul>"} {
		in := strings.Repeat(piece, 50_000/len(piece))
		began := time.Now()
		out, _, err := filter(in)
		if took := time.Since(began); took > 15*time.Second || err == nil && len(out) > 100<<20 {
			t.Errorf("%s: %v, %d bytes, %v", piece, took, len(out), err)
		} else {
			t.Logf("%s: %v, %d bytes, %v", piece, took, len(out), err)
		}
	}
}

// FuzzFilter parses what comes out as a browser would and demands that nothing in it runs or loads.
func FuzzFilter(f *testing.F) {
	f.Add(`<div style="position:fixed">a<svg><a href="x"><script>1</script></a></svg></div>`)
	f.Add(`<table><tr><td><p>x</table><img src=//mmbiz.qpic.cn/a/b/0>`)
	f.Add(`<svg <sCript0>`)
	f.Add(`<math><mi><svg><foreignObject><style><a title="</style><img src=x onerror=1>">`)
	f.Fuzz(func(t *testing.T, in string) {
		out, _, err := filter(in)
		if err != nil {
			return
		}
		nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
		if err != nil {
			t.Skip("nests too deeply to be read again")
		}
		for _, n := range nodes {
			harmless(t, in, n)
		}
		localise(out)
		addLeaves(out)
	})
}

func harmless(t *testing.T, in string, n *html.Node) {
	nodes := []*html.Node{n}
	for d := range n.Descendants() {
		nodes = append(nodes, d)
	}
	for _, d := range nodes {
		if d.Type == html.ElementNode && dropped(d.Data) {
			t.Fatalf("%q let <%s> through", in, d.Data)
		}
		for _, a := range d.Attr {
			outside := a.Key == "href" && !isArticleLink(a.Val) && !strings.HasPrefix(a.Val, "https://mm")
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "id" || outside {
				t.Fatalf("%q let %s=%q through", in, a.Key, a.Val)
			}
		}
	}
}
