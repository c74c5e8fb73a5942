package markup

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

var look = flag.String("look", "", "write pages to look at in a browser to this folder")

// weChatPage imitates what is around an article on a phone; its script changes inline colours for the dark page by the
// rules that WeChat publishes: grey grounds are inverted, other bright ones dimmed, and ink is kept apart from its ground.
const weChatPage = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>*{margin:0;padding:0}body{background:%s;color:%s;font:17px/1.6 system-ui,"Noto Sans CJK SC",sans-serif}
#c{max-width:677px;margin:auto;padding:16px;text-align:justify;overflow:hidden}
#c *{max-width:100%%!important;box-sizing:border-box!important;overflow-wrap:break-word!important}
#c p{clear:both;min-height:1em}#c img{height:auto!important}h1,h2,h3,h4{font-weight:400;font-size:16px}a{color:#576b95;text-decoration:none}
blockquote{padding-left:10px;border-left:3px solid #dbdbdb}</style><div id="c">%s</div>
<script>if(%t){const rgb=c=>c.match(/[\d.]+/g).slice(0,3).map(Number),lum=c=>(c[0]*299+c[1]*587+c[2]*114)/1000,
hsl=c=>(Math.max(...c)+Math.min(...c))/5.1,to=(c,l)=>c.map(v=>Math.min(255,v*l/Math.max(1,lum(c)))),css=c=>"rgb("+c.map(Math.round)+")",
flip=c=>{const d=(90-2*hsl(c))*2.55;return c.map(v=>Math.max(0,Math.min(255,v+d)))};
const ground=c=>{const g=c[0]==c[1]&&c[1]==c[2],l=hsl(c);if(g&&l>40||lum(c)>250)return Array(3).fill((109.8-l)*2.55);return lum(c)>190?to(c,190):c};
const ink=(c,bg,again)=>{const d=Math.abs(lum(bg)-lum(c));if(lum(c)>=250)return c;if(d>138&&lum(bg)<=27)return to(c,138+lum(bg));if(d>=65)return c;
if(lum(bg)>=100)return hsl(c)>50&&!again?ink(flip(c),bg,1):to(c,Math.min(138,lum(bg)-65));return hsl(c)<=40&&!again?ink(flip(c),bg,1):to(c,Math.min(138,lum(bg)+65))};
const walk=(e,bg)=>{const s=e.style;if(s.backgroundColor){bg=ground(rgb(s.backgroundColor));s.backgroundColor=css(bg)}
for(const k of ["borderTopColor","borderLeftColor","borderRightColor","borderBottomColor","color"])if(/rgb/.test(s[k]))s[k]=css(ink(rgb(s[k]),bg));
for(const k of e.children)walk(k,bg)};walk(document.getElementById("c"),[25,25,25])}</script>`

const sitePage = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
body{font:17px/1.8 system-ui,"Noto Sans CJK SC",sans-serif;color:#222;margin:0}.prose{max-width:720px;margin:auto;padding:16px}
.indent>p:not([class]):not([lang]){text-indent:2em}.center{text-align:center}.right{text-align:right}figure{margin:1.5em 0}
img{display:block;max-width:100%%;height:auto;margin:auto}figcaption{text-align:center;color:#666;font-size:14px;margin-top:6px}
.gallery{display:grid;grid-template-columns:1fr 1fr;gap:8px;align-items:start}.gallery figure{margin:0}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%%}td,th{border:1px solid #ccc;padding:6px 10px}th{background:#f3f3f3}
blockquote{margin:1.5em 0;padding:2px 16px;border-left:4px solid #b3262b;background:#f7f7f7}.c-red{color:#c33}.c-orange{color:#b85c00}
.c-green{color:#2e8540}.c-blue{color:#2b74c4}.c-purple{color:#8e5bc0}.c-gray{color:#767676}</style>%s`

// TestLook writes the same article in both languages, both themes, light and dark, and as a website page.
func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("only with -look FOLDER")
	}
	pictures, site := drawn(t, *look)
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		c := everything(lang)
		for _, name := range Themes().Names() {
			html, err := WeChat(c, theme(t, name), pictures, WeChatOptions{})
			if err != nil {
				t.Fatal(err)
			}
			write(t, fmt.Sprintf("%s-%s-light.html", lang, name), fmt.Sprintf(weChatPage, "#fff", "rgba(0,0,0,.9)", html, false))
			write(t, fmt.Sprintf("%s-%s-dark.html", lang, name), fmt.Sprintf(weChatPage, "#191919", "#a3a3a3", html, true))
		}
		html, err := Site(c.Body, site, SiteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		write(t, string(lang)+"-site.html", fmt.Sprintf(sitePage, html))
	}
}

func write(t *testing.T, name, data string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(*look, name), []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// drawn makes three pictures and the maps that name them.
func drawn(t *testing.T, dir string) (map[press.Digest]Image, map[press.Digest]SitePicture) {
	t.Helper()
	pictures, site := map[press.Digest]Image{}, map[press.Digest]SitePicture{}
	for d, size := range map[press.Digest]image.Point{wide: {1080, 720}, tall: {1080, 1440}, small: {240, 160}} {
		img := image.NewRGBA(image.Rectangle{Max: size})
		for y := range size.Y {
			for x := range size.X {
				img.Set(x, y, color.RGBA{uint8(60 + 150*x/size.X), uint8(110 + 100*y/size.Y), uint8(180 - 80*x/size.X), 255})
			}
		}
		file := d.Short() + ".png"
		f, err := os.Create(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
		pictures[d] = Image{file, size.X, size.Y}
		site[d] = SitePicture{Width: size.X, Height: size.Y, Sources: []Source{{file, size.X}}}
	}
	return pictures, site
}

// everything is an article with every block, long enough to judge.
func everything(lang press.Lang) press.Content {
	long := "市委组织部领导一行在董强书记的陪同下，实地察看了学校创业创新中心，详细了解学校建设和双创中心推进情况，对取得的成果给予充分肯定，并就如何进一步推进产教深度融合提出了宝贵意见。"
	title, caption, quote, item := "调研指导", "领导一行察看创业创新中心", "坚持立德树人，培养更多高素质技能人才、能工巧匠、大国工匠。", "加强组织领导，压实工作责任，确保各项任务按时间节点高质量完成"
	head, labels := []string{"时间", "内容", "人数"}, []string{"上午", "实地察看学校创业创新中心", "12", "下午", "座谈", "8"}
	if lang == press.English {
		long = "The leaders visited the school's entrepreneurship and innovation center, heard how its construction is going, praised the results, and offered suggestions on how to bring education and industry closer together."
		title, caption, quote, item = "Research and guidance", "Visitors at the innovation center", "Train more skilled people, craftsmen and masters.", "Strengthen leadership and make sure that every task is finished on time and well"
		head, labels = []string{"Time", "What", "People"}, []string{"Morning", "Visit to the innovation center", "12", "Afternoon", "Discussion", "8"}
	}
	row := func(words []string) []press.Cell {
		return []press.Cell{{Text: say(words[0])}, {Text: say(words[1])}, {Text: say(words[2]), Align: press.AlignRight}}
	}
	blocks := []press.Block{
		para(long), para(long),
		press.Picture{Photo: wide, Caption: caption},
		para(long),
		press.Heading{Level: 2, Text: say(title)},
		press.Paragraph{Text: append(append(looks(), press.Run{Text: strings.Repeat(title+" ", 3)}),
			press.Run{Text: "example.edu", Link: "https://www.example.edu/a"}, press.Run{Text: "; "}, press.Run{Text: "WeChat", Link: "https://mp.weixin.qq.com/s/x"})},
		para(long),
		press.Heading{Level: 3, Text: say(title)},
		para(long),
		press.List{Items: []press.ListItem{{Text: say(item)}, {Text: say(title), List: &press.List{Items: []press.ListItem{{Text: say(item)}, {Text: say(title)}}}}, {Text: say(title)}}},
		para(long),
		press.List{Ordered: true, Start: 9, Items: []press.ListItem{{Text: say(item)}, {Text: say(title)}}},
		press.Quote{Paragraphs: []press.Paragraph{para(quote), {Align: press.AlignRight, Text: say("— " + title)}}},
		press.Heading{Level: 4, Text: say(title)},
		para(long),
		press.Gallery{Photos: []press.Picture{{Photo: wide, Caption: caption}, {Photo: tall, Caption: title}, {Photo: wide}}},
		press.Gallery{Photos: []press.Picture{{Photo: tall}, {Photo: wide}, {Photo: tall}}},
		press.Table{Header: true, Rows: [][]press.Cell{row(head), row(labels[:3]), row(labels[3:])}},
		wideGrid(),
		press.Divider{},
		press.Picture{Photo: small, Caption: caption},
		press.Paragraph{Align: press.AlignRight, Text: say(title + "\n2024")},
	}
	return press.Content{
		Title: title, Body: press.Body{Blocks: blocks},
		Credits: press.Credits{Text: title, Photos: "Li Si", Editor: "Wang Wu", Reviewer: "Zhao Liu", Source: title},
	}
}
