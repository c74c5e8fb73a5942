package intake

import (
	"encoding/base64"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestPastedFromEditors pastes what Excel, WPS, 135, 秀米 and WeChat's own editor put on the clipboard, in the forms they write.
func TestPastedFromEditors(t *testing.T) {
	t.Parallel()
	png := "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\nrest"))
	for _, c := range []struct{ name, text, body, notes string }{
		{
			"Excel: looks in the sheet, empty cells around",
			`<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet><style><!--table {mso-displayed-decimal-separator:"\.";}
			.xl65 {font-weight:700; text-align:center; mso-number-format:"\@";} td.xl66 {text-align:right;} --></style></head><body><h1>T</h1>
			<table border=0 style='border-collapse:collapse'><!--StartFragment--><col width=72><tr height=20><td class=xl65>项目</td><td class=xl65>人数</td><td></td></tr>
			<tr><td>合唱</td><td class=xl66 align=right x:num>42</td><td>&nbsp;</td></tr><tr><td></td><td></td><td></td></tr><!--EndFragment--></table></body></html>`,
			"table:/<项目><人数>/<合唱><42>", "",
		},
		{
			"WPS: numbers and pictures of its own folder",
			`<h1>T</h1><p class=MsoNormal style="mso-list:l0 level1 lfo1;"><![if !supportLists]><span style="mso-list:Ignore;">1.&nbsp;</span><![endif]><span style="mso-spacerun:'yes';font-family:宋体;">第一项</span></p>` +
				`<p class=MsoNormal style="mso-list:l0 level1 lfo1;"><![if !supportLists]><span style="mso-list:Ignore;">2.&nbsp;</span><![endif]><span>第二项</span></p>` +
				`<p class=MsoNormal><img width="553" height="300" src="file:///C:\Users\me\AppData\Local\Temp\ksohtml1234\wps1.jpg"></p>`,
			"ol(<第一项><第二项>)", "photo.missing",
		},
		{
			"135: boxes with a number, a heading in a frame, a picture as background",
			`<h1>T</h1><section class="_135editor" data-tools="135编辑器" data-id="86296"><section style="margin:10px auto;text-align:center;"><section style="display:inline-block;"><section class="assistant" style="width:10px;height:10px;background:#c00;"></section>` +
				`<section data-brushtype="text" style="padding:4px 8px;"><strong>活动现场</strong></section></section></section><section class="135brush" data-autoskip="1" style="padding:1em;"><p style="text-indent:2em;">同学们积极参加。</p>` +
				`<section style="width:100%;padding-bottom:60%;background-image:url(&quot;` + png + `&quot;);"><br></section></section></section>`,
			"p:活动现场 | p:同学们积极参加。 | photo:embedded-1.png", "",
		},
		{
			"秀米: rows of inline boxes, a drawing as picture",
			`<h1>T</h1><section style="box-sizing:border-box;" powered-by="xiumi.us"><section style="display:flex;flex-flow:row nowrap;"><section style="display:inline-block;width:50%;vertical-align:top;"><p style="white-space:normal;">左边的话</p></section>` +
				`<section style="display:inline-block;width:50%;"><p style="white-space:normal;">右边的话</p></section></section><svg viewBox="0 0 1 1" style="background-image:url(` + png + `);background-size:cover;width:100%"></svg></section>`,
			"p:左边的话 | p:右边的话 | photo:embedded-1.png", "",
		},
		{
			"WeChat: leaves, pictures put off, a film and a card",
			`<h1>T</h1><div class="rich_media_content js_underline_content" id="js_content" style="visibility:hidden;"><section><span leaf="">正文一段。</span></section><section nodeleaf=""><img class="rich_pages wxw-img" data-src="https://mmbiz.qpic.cn/x/640?wx_fmt=jpeg" data-ratio="0.66"></section>` +
				`<iframe class="video_iframe rich_pages" data-src="https://v.qq.com/x"></iframe><mp-common-profile data-id="x"></mp-common-profile><mpvoice name="x"></mpvoice></div>`,
			"p:正文一段。", "photo.remote media.left",
		},
		{
			"Word on a Mac: runs named by classes",
			`<style type="text/css">p.p1 {margin:0; text-align: center; font: 12px 'PingFang SC'} span.s1 {font-weight: bold; color: #ff0000}</style><h1>T</h1><p class="p1">甲<span class="s1">乙</span></p>`,
			"p:甲乙", "",
		},
		{
			"a background behind words is decoration",
			`<h1>T</h1><section style="background-image:url(https://x.example/deco.png)"><p>词</p></section>`, "p:词", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, "a.html", c.text)
			if outline(p) != c.body || noteCodes(p) != c.notes {
				t.Errorf("became\n%s, notes %q; want\n%s, notes %q", outline(p), noteCodes(p), c.body, c.notes)
			}
		})
	}
}

func TestSheetLooksReachTheRuns(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.html", `<style>.s1{FONT-WEIGHT:700;color:#c00} .s2{display:none} p > .s3{font-weight:700}</style><h1>T</h1><p><b class=s1>甲</b><span class=s2>乙</span><span class="s1" style="font-weight:normal">丙</span>`)
	if table := mustRead(t, "b.html", `<style><!-- .x{font-weight:700;text-align:center} td.y{text-align:right} --></style><h1>T</h1><table><tr><td class=x>a<td class=x>b<tr><td>c<td class=y>d</table>`).
		Content.Body.Blocks[0].(press.Table); !table.Header || table.Rows[0][0].Align != press.AlignCenter || table.Rows[1][1].Align != press.AlignRight {
		t.Errorf("table %+v: want a header in the middle, and d on the right", table)
	}
	runs := p.Content.Body.Blocks[0].(press.Paragraph).Text
	want := []press.Run{{Text: "甲", Bold: true, Color: press.Red}, {Text: "乙"}, {Text: "丙", Color: press.Red}}
	if len(runs) != len(want) || runs[0] != want[0] || runs[1] != want[1] || runs[2] != want[2] {
		t.Errorf("runs %+v, want %+v", runs, want)
	}
}

// TestHostileSheets gives sheets made to cost: many rules, many classes, rules that grow.
func TestHostileSheets(t *testing.T) {
	t.Parallel()
	var sheet strings.Builder
	for range 20_000 {
		sheet.WriteString(".a,.b,.c,.d{color:#c00;font-weight:700}")
	}
	text := "<style>" + sheet.String() + strings.Repeat("{", 1000) + "</style><h1>T</h1>" + strings.Repeat(`<p class="a b c d a b c d a b">x</p>`, 1000)
	if p := mustRead(t, "a.html", text); len(p.Content.Body.Blocks) != 1000 {
		t.Errorf("%d blocks, want 1000", len(p.Content.Body.Blocks))
	}
}
