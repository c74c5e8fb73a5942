package intake

import (
	"encoding/base64"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, title, body, notes string }{
		{"title h1", "<title>Site</title><p>a<h1>T</h1><p>b", "T", "p:a | p:b", ""},
		{"title MsoTitle in two lines", "<h1>x</h1><p class=MsoTitle>上行</p><p class=MsoTitle>下行</p><p>b", "上行下行", "h2:x | p:b", ""},
		{"title bold and centred", "<p>当前位置：新闻</p><div style='text-align: center'><p><span style='font-weight:bold'>T</span></p></div><p>b", "T", "p:b", ""},
		{"title first heading", "<h3>T</h3><p>b<h4>c</h4>", "T", "p:b | h4:c", ""},
		{"title of the page, repeated", "<title>T</title><p>T<p>" + strings.Repeat("b", 70), "T", "p:" + strings.Repeat("b", 70), ""},
		{"title of the page only", "<title>T</title><p>a long first paragraph。<p>b", "T", "p:a long first paragraph。 | p:b", ""},
		{"title guessed", "<p>T<p>b", "T", "p:b", "title.guessed"},
		{"white space", "<h1> T\n t </h1><p>  a\n\tb&nbsp;&nbsp;c <b> d </b> e</p>", "T t", "p:a b c d e", ""},
		{"white space between Chinese", "<h1>T</h1><p>中文\n换行 空格</p>", "T", "p:中文换行 空格", ""},
		{"breaks", "<h1>T</h1>a<br>b<br/><br>c<br>", "T", "p:a\nb | p:c", ""},
		{"sections", "<h1>T</h1><section><section><section><p>a</p></section>b<section>c</section></section></section>", "T", "p:a | p:b | p:c", ""},
		{"hidden", "<h1>T</h1><p>a<p style='display : none'>x<p hidden>y<p style='visibility:hidden!important'>z<span style='mso-hide:all'>w</span>", "T", "p:a", ""},
		{"WeChat's own hiding", "<h1>T</h1><div id=js_content style='visibility: hidden; opacity: 0'><p>a</div>", "T", "p:a", ""},
		{"what runs or frames", "<h1>T</h1><p>a<script>x</script><style>x</style><svg><text>x</text></svg><math><mi>x</mi></math><iframe>x</iframe><object>x</object><noscript>x</noscript><textarea>x</textarea><template>x</template><select><option>x</select><button>x</button><xmp>x</xmp><noembed>x</noembed><video>x</video><canvas>x</canvas>", "T", "p:a", "media.left"},
		{"comments", "<h1>T</h1><!--[if gte mso 9]><p>x</p><![endif]--><![if !vml]><p>a</p><![endif]>", "T", "p:a", ""},
		{"lists", "<h1>T</h1><ul><li>a<ol><li>b<li>c</ol><li><p>d<p>e</ul>", "T", "ul(<a ol(<b><c>)><d\ne>)", ""},
		{"list in a list", "<h1>T</h1><ul><li>a</li><ul><li>b</li></ul></ul>", "T", "ul(<a ul(<b>)>)", ""},
		{"picture in a list follows it", "<h1>T</h1><ul><li>a<img src=x.jpg><li>b</ul>", "T", "ul(<a><b>) | photo:x.jpg", ""},
		{"quote", "<h1>T</h1><blockquote>a<p>b<h2>c</h2><ol><li>d</ol><blockquote>e</blockquote><img src=x.jpg></blockquote>", "T", "quote:<a><b><c><1. d><e> | photo:x.jpg", ""},
		{"table of pictures", "<h1>T</h1><table><tr><td><img src=x.jpg><td><img src=x.jpg></table>", "T", "photo:x.jpg | photo:x.jpg", ""},
		{"table that is one cell", "<h1>T</h1><table><tr><td><p>a<ul><li>b</ul></table>", "T", "p:a | ul(<b>)", ""},
		{"table inside a table", "<h1>T</h1><table><tr><td>a<td><table><tr><td>b<td>c</table></table>", "T", "p:a | table:/<b><c>", ""},
		{"caption of a table", "<h1>T</h1><table><caption>n</caption><tr><td>a<td>b</table>", "T", "p:n | table:/<a><b>", ""},
		{"figure", "<h1>T</h1><figure><img src=x.jpg><figcaption>c <b>d</b></figcaption></figure>", "T", "photo:x.jpg", ""},
		{"raised figures", "<h1>T</h1>H<sub>2</sub>O, m<sup>2</sup>, a<sup>th</sup>", "T", "p:H₂O, m², ath", ""},
		{"preformatted", "<h1>T</h1><pre>a\n\n b</pre>", "T", "p:a | p:b", ""},
		{"photo line", "<h1>T</h1><p>a<p>x.jpg<p>b", "T", "p:a | photo:x.jpg | p:b", ""},
		{"picture put off", "<h1>T</h1><p>a<img data-src='x.jpg' src='data:image/gif;base64,R0lGODlh'>", "T", "p:a | photo:x.jpg", ""},
		{"picture with a query", "<h1>T</h1><img src='/files/x.jpg?v=3'>", "T", "photo:x.jpg", ""},
		{"picture from the web", "<h1>T</h1><p>a<img src='//example.org/x.jpg'>", "T", "p:a", "photo.remote photo.unplaced"},
		{"picture of Word", "<h1>T</h1><img src='file:///C:/clip_image001.png' alt='x'>", "T", "photo:x.jpg", ""},
		{"picture of Word by its title", "<h1>T</h1><img src='file:///C:/clip_image001.png' o:title='X'>", "T", "photo:x.jpg", ""},
		{"picture out of the folder", "<h1>T</h1><p>a<img src='../../../etc/passwd'>", "T", "p:a", "photo.missing photo.unplaced"},
		{"drawing inside", "<h1>T</h1><p>a<img src='data:image/svg+xml,<svg/>'>", "T", "p:a", "photo.embedded photo.unplaced"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var photos []string
			if strings.Contains(strings.ToLower(c.text), "x.jpg") || strings.Contains(c.notes, "unplaced") || strings.Contains(c.name, "Word") {
				photos = []string{"x.jpg"}
			}
			p := mustRead(t, "a.html", c.text, photos...)
			if p.Content.Title != c.title || outline(p) != c.body || noteCodes(p) != c.notes {
				t.Errorf("%q became\n%q, %s, notes %q; want\n%q, %s, notes %q", c.text, p.Content.Title, outline(p), noteCodes(p), c.title, c.body, c.notes)
			}
		})
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		html string
		want press.Run
	}{
		{"<b>x</b>", press.Run{Bold: true}},
		{"<span style='FONT-WEIGHT: 700'>x</span>", press.Run{Bold: true}},
		{"<b><span style='font-weight:normal'>x</span></b>", press.Run{}},
		{"<em>x</em>", press.Run{Italic: true}},
		{"<span style='font-style:oblique 10deg'>x</span>", press.Run{Italic: true}},
		{"<ins>x</ins>", press.Run{Underline: true}},
		{"<span style='text-decoration:underline line-through'>x</span>", press.Run{Underline: true, Strike: true}},
		{"<del>x</del>", press.Run{Strike: true}},
		{"<font color=#c00>x</font>", press.Run{Color: press.Red}},
		{"<span style='color:rgb(30,107,184)'>x</span>", press.Run{Color: press.Blue}},
		{"<span style='color:rgba(0 128 0 / 50%)'>x</span>", press.Run{Color: press.Green}},
		{"<span style='color:#FF8C00 !important'>x</span>", press.Run{Color: press.Orange}},
		{"<span style='color:purple'>x</span>", press.Run{Color: press.Purple}},
		{"<span style='color:#3f3f3f'>x</span>", press.Run{}},
		{"<span style='color:#888'>x</span>", press.Run{}},
		{"<span style='color:windowtext'>x</span>", press.Run{}},
		{"<span style='color:expression(alert(1))'>x</span>", press.Run{}},
		{"<span style='color:#c00'><span style='color:black'>x</span></span>", press.Run{}},
		{"<a href='https://e.org/'><span style='color:red'>x</span></a>", press.Run{Link: "https://e.org/"}},
		{"<a href='//e.org/'>x</a>", press.Run{Link: "https://e.org/"}},
		{"<a href='mailto:a@e.org'>x</a>", press.Run{Link: "mailto:a@e.org"}},
		{"<a href='javascript:alert(1)'>x</a>", press.Run{}},
		{"<a href='/news'>x</a>", press.Run{}},
	} {
		p := mustRead(t, "a.html", "<h1>T</h1><p>"+c.html)
		c.want.Text = "x"
		got := p.Content.Body.Blocks[0].(press.Paragraph).Text
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s became %+v, want %+v", c.html, got, c.want)
		}
	}
}

func TestAlignment(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]press.Align{
		"<p>x": "", "<p align=center>x": "center", "<p style='text-align:right'>x": "right", "<center>x</center>": "center",
		"<div align=right><p>x</div>": "right", "<div align=right><p style='text-align:justify'>x</div>": "",
	} {
		p := mustRead(t, "a.html", "<h1>T</h1>"+html)
		if got := p.Content.Body.Blocks[0].(press.Paragraph).Align; got != want {
			t.Errorf("%s is aligned %q, want %q", html, got, want)
		}
	}
}

func TestTableSpans(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.html", "<h1>T</h1><table><tr><th colspan=2>a<th rowspan=99999>b<tr><td>c<td colspan=x rowspan=-1 align=right>d</table>")
	table := p.Content.Body.Blocks[0].(press.Table)
	first := table.Rows[0]
	if !table.Header || first[0].ColSpan != 2 || first[1].RowSpan != 2 || table.Rows[1][1].ColSpan != 0 || table.Rows[1][1].Align != press.AlignRight {
		t.Errorf("table %+v, want spans 2 and 2, no others, and d on the right", table)
	}
}

func TestDeepListsAreFlattened(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.html", "<h1>T</h1>"+strings.Repeat("<ul><li>a", 20))
	list := p.Content.Body.Blocks[0].(press.List)
	if got := depthOf(list); got != press.MaxListDepth {
		t.Errorf("depth %d, want %d", got, press.MaxListDepth)
	}
	if got := strings.Count(p.Content.Body.Text(), "a"); got != 20 {
		t.Errorf("%d items, want all 20", got)
	}
}

func TestEmbeddedPictures(t *testing.T) {
	t.Parallel()
	data := func(head, kind string) string {
		return "<img src='data:" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(head+"rest of it")) + "'>"
	}
	p := mustRead(t, "a.html", "<h1>T</h1>"+data("\x89PNG\r\n\x1a\n", "image/png")+data("\xff\xd8\xff", "text/html")+
		data("GIF89a", "image/gif")+data("RIFF....WEBP", "image/webp")+data("<svg>", "image/png"))
	var names []string
	for _, photo := range p.Photos {
		names = append(names, photo.File.Name)
	}
	if got := strings.Join(names, " "); got != "embedded-1.png embedded-2.jpg embedded-3.gif embedded-4.webp" {
		t.Errorf("photos %s: want the four whose bytes are pictures", got)
	}
	if noteCodes(p) != "photo.embedded" || len(p.Content.Body.Pictures()) != 4 {
		t.Errorf("notes %q, pictures %v", noteCodes(p), p.Content.Body.Pictures())
	}
	if got, err := readFile(p.Photos[0].File, 100); err != nil || string(got) != "\x89PNG\r\n\x1a\nrest of it" {
		t.Errorf("first photo %q, %v", got, err)
	}
}
