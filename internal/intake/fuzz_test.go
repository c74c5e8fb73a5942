package intake

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"当前位置：新闻资讯 > 集团新闻\n\n标题\n\n　　正文。\nx.jpg\n（撰稿：甲　摄影：乙）",
		"Title\r\nOne.\r\n【X 1.JPEG】\r\nC:\\a\\合影.png", "\ufeffT\nb", "\xff\xfeT\x00\n\x00b\x00", "\xb1\xea\xcc\xe2\n\xd5\xfd\xce\xc4",
		"t\n\x00\x1b\u202e\v\n" + strings.Repeat("a", 300), "t\n图/文：甲 审核：乙\nhttps://e.org/x.jpg",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOne(t, "a.txt", data) })
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: T\ncover: x.jpg\ncolumn: [a, b]\ncredits: {photos: x}\n---\n# T\n\none **two** *three* ~~four~~ [l](https://e.org)\n",
		"# T\n\n- a\n  1. b\n     ![c](x.jpg)\n\n> q\n> x.jpg\n\n|a|b|\n|-|:-:|\n|c|d|\n", "# T\n\na[^1]\n\n[^1]: n\n\n[^2]: m",
		"T\n=\n\n<div align=center><img src=x.jpg></div>\n\n<script>\nalert(1)\n</script>\n\n```\ncode\n```\n",
		"# T\n\na  \nb\\\nc\n中文\n换行\n\n![](data:image/png;base64,iVBORw0KGgo=)\n\n---\n",
		"# T\n\n|【图1】|[图 2]甲|\n|-|-|\n|乙|（图3）|\n\n|【图】|【图1-3】|\n|-|-|\n|丙|丁|\n\n【组图】\n",
		strings.Repeat("> ", 30) + "- 1. a", "# T\n\n" + strings.Repeat("*a **b ", 20) + strings.Repeat("[", 30),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOne(t, "a.md", data) })
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<title>S</title><h1>T</h1><p style='text-align:center;color:#c00'>a<b>b</b><br><br>c <a href='https://e.org'>l</a><img src=x.jpg>",
		"<p class=MsoTitle>T<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>a<p style='mso-list:l0 level3 lfo1'><span style='mso-list:Ignore'>·</span>b",
		"<h1>T</h1><ul><li>a<ol><li>b</ol><ul><li>c</ul><blockquote>d<table><tr><th colspan=3>e<td rowspan=9>f</table></blockquote></ul>",
		"<h1>T</h1><svg><script>x</script><p>y</svg><math><mtext><table><mglyph><style><!--</style><img title='--><img src=1>'>",
		"<meta charset=gbk><h1>T</h1><pre>a\n b</pre><figure><img src='data:image/gif;base64,R0lGODlhAQ=='><figcaption>c</figcaption></figure>",
		"<h1>T</h1><table><caption>c</caption><tr><td><table><tr><td>x<td>y</table></table><sup id=fnref1><a>1</a></sup><sub>2</sub><q>z</q>",
		"<p><b id=1><i><font color=red><p>a<p>b</i><center>c</center><!--[if mso]>x<![endif]--><![if !vml]>y<![endif]>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOne(t, "a.html", data) })
}

// fuzzOne reads a document twice: what is taken holds together, both readings agree, and neither takes long.
func fuzzOne(t *testing.T, document string, data []byte) {
	start := time.Now()
	files := parcelOf(document, string(data), "x.jpg", "X 1.jpg", "合影.png")
	first, err := Read(files, DefaultLimits())
	second, again := Read(files, DefaultLimits())
	if took := time.Since(start); took > 10*time.Second {
		t.Fatalf("%d bytes took %v", len(data), took)
	}
	if err != nil {
		if press.CodeOf(err) != press.CodeOf(again) || press.KindOf(err) == press.Internal {
			t.Fatalf("refused with %v, then with %v", err, again)
		}
		return
	}
	checkParcel(t, first)
	if first.Content.Hash() != second.Content.Hash() || len(first.Notes) != len(second.Notes) || len(first.Photos) != len(second.Photos) {
		t.Fatalf("two readings differ: %s and %s", outline(first), outline(second))
	}
}
