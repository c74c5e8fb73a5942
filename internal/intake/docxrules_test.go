package intake

import (
	"strings"
	"testing"
)

// TestWordRules reads small documents, each for one thing that word processors write.
func TestWordRules(t *testing.T) {
	t.Parallel()
	title := wps("a3", "标题")
	txbx := `<w:txbxContent>` + wp("框内文字") + `</w:txbxContent>`
	shape := `<w:drawing><wp:anchor><wp:extent cx="3000000" cy="900000"/><wp:docPr id="7" name="文本框 7"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>` + txbx + `</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>`
	for _, c := range []struct{ name, body, want string }{
		{
			"styles", title + wps("a4", "副题") + wps("1", "一级") + wps("own", "二级") + wps("wps", "三级") + wps("outline", "章") + wps("round", "绕圈") + wps("nowhere", "正文"),
			"标题 / 副题\nh2 一级\nh3 二级\nh4 三级\nh3 章\np 绕圈\np 正文",
		},
		{
			"a paragraph in the style of a heading, and a heading without one", title + wps("1", strings.Repeat("很长的段落。", 30)) + `<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>` + wr("", "大纲一级") + `</w:p><w:p><w:pPr><w:pStyle w:val="1"/><w:outlineLvl w:val="9"/></w:pPr>` + wr("", "只是文字") + `</w:p>`,
			"标题\np *" + strings.Repeat("很长的段落。", 30) + "*\nh2 大纲一级\np {blue *只是文字*}",
		},
		{
			"looks", title + `<w:p>` + wr("<w:b/>", "粗") + wr("<w:i/>", "斜") + wr(`<w:u w:val="single"/>`, "线") + wr("<w:strike/>", "删") + wr(`<w:color w:val="C00000"/>`, "红") + wr(`<w:color w:val="404040"/>`, "灰") + wr(`<w:b w:val="0"/><w:u w:val="none"/>`, "平") + wr("<w:caps/>", "abc") + wr(`<w:vertAlign w:val="superscript"/>`, "2") + wr(`<w:vertAlign w:val="superscript"/>`, "注") + `</w:p>`,
			"标题\np *粗*_斜_+线+~删~{red 红}灰平ABC²注",
		},
		{
			"toggles", title + `<w:p><w:pPr><w:pStyle w:val="bold"/></w:pPr>` + wr("", "粗") + wr(`<w:rStyle w:val="strong"/>`, "反") + wr(`<w:rStyle w:val="strong"/><w:b/>`, "直") + `</w:p>` + `<w:p>` + wr(`<w:rStyle w:val="strong"/>`, "样式粗") + `</w:p>`,
			"标题\np *粗*反*直*\np *样式粗*",
		},
		{
			"alignment", title + wcentred("", "中") + `<w:p><w:pPr><w:jc w:val="end"/></w:pPr>` + wr("", "右") + `</w:p><w:p><w:pPr><w:jc w:val="both"/></w:pPr>` + wr("", "两端") + `</w:p>`,
			"标题\npcenter 中\npright 右\np 两端",
		},
		{
			"links", title + `<w:p><w:hyperlink r:id="web" w:anchor="x">` + wr(`<w:rStyle w:val="link"/>`, "网") + `</w:hyperlink><w:hyperlink w:anchor="here">` + wr(`<w:rStyle w:val="link"/>`, "内") + `</w:hyperlink><w:hyperlink r:id="bad">` + wr("", "坏") + `</w:hyperlink>` + wfield(` HYPERLINK "https://www.example.org/f" \o "t" `, wr("<w:u/>", "域")) + `<w:fldSimple w:instr=" HYPERLINK mailto:a@example.org ">` + wr("", "信") + `</w:fldSimple></w:p>`,
			"标题\np [网](https://www.example.org/a?b=c#x)内坏[域](https://www.example.org/f)[信](mailto:a@example.org)\nnotes link.dropped",
		},
		{
			"breaks, tabs and signs", title + `<w:p><w:r><w:tab/><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:br w:type="page"/><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t><w:softHyphen/><w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Webdings" w:char="F0FF"/></w:r></w:p>`,
			"标题\np 甲　乙⏎丙⏎well-known✓α□\nnotes word.signs",
		},
		{"spaces", title + `<w:p><w:r><w:t>  a </w:t></w:r><w:r><w:t xml:space="preserve"> b&#10;c</w:t></w:r></w:p>`, "标题\np a b c"},
		{"ruby", title + `<w:p><w:r><w:ruby><w:rt><w:r><w:t>chóng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>重</w:t></w:r></w:rubyBase></w:ruby></w:r>` + wr("", "庆") + wfield(`EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(píng),平)`, "") + `</w:p>`, "标题\np 重庆"},
		{"fields without result", title + `<w:p>` + strings.ReplaceAll(wfield(`EQ \o\ac(○,3)`, "")+wfield(`EQ \o\ad(\s\up 9(ping),平)`, "")+wfield(`SYMBOL 252 \f "Wingdings"`, ""), `<w:r><w:fldChar w:fldCharType="separate"/></w:r>`, "") + wr("", "完") + `</w:p>`, "标题\np ③平✓完"},
		{
			"quotes and a line", title + wps("q", "其一") + wps("q", "其二") + `<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6"/></w:pBdr></w:pPr></w:p>` + wp("后") + wp("————————") + wp("末"),
			"标题\nquote 其一 ¶ 其二\ndivider\np 后\ndivider\np 末",
		},
		{
			"lists", title + wi("1", 0, "甲") + wi("1", 1, "甲一") + wi("1", 2, "甲一一") + wi("1", 1, "甲二") + wp("中间") + wi("1", 0, "乙") + wi("1", 1, "乙一") + wi("6", 0, "重来") + wi("2", 0, "点") + wi("2", 1, "圈") + wps("item", "按样式"),
			"标题\n<1. 甲 <1. 甲一 <1. 甲一一>><2. 甲二>>\np 中间\n<2. 乙 <1. 乙一>>\n<1. 重来>\n<• 点 <• 圈>>\n<2. 按样式>",
		},
		{
			"numbers that a list cannot show", title + wi("3", 0, "总则") + wi("3", 1, "目的") + wi("3", 2, "其一") + wi("3", 2, "其二") + wi("3", 1, "依据") + wi("3", 2, "新一") + wi("3", 0, "附则") + wi("4", 0, "圈一") + wi("4", 0, "圈二") + wi("8", 0, "第十"),
			"标题\np 一、总则\np （一）目的\n<1. 其一><2. 其二>\np （二）依据\n<1. 新一>\np 二、附则\np ① 圈一\np ② 圈二\np 十、第十",
		},
		{
			"numbered headings", title + `<w:p><w:pPr><w:pStyle w:val="1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr></w:pPr>` + wr("", "总则") + `</w:p><w:p><w:pPr><w:pStyle w:val="2"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="5"/></w:numPr></w:pPr>` + wr("", "目的") + `</w:p><w:p><w:pPr><w:pStyle w:val="item"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>` + wr("", "不编号") + `</w:p>`,
			"标题\nh2 第一章　总则\nh3 1.1 目的\np 不编号",
		},
		{"further paragraphs of an item, as pandoc writes them", title + wi("1", 0, "甲") + wi("7", 0, "甲续") + wi("1", 0, "乙"), "标题\n<1. 甲⏎甲续><2. 乙>"},
		{
			"footnotes", title + `<w:p>` + wr("", "文") + `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>` + wr("", "尾") + `<w:r><w:endnoteReference w:id="2"/></w:r></w:p>`,
			"标题\np 文[1]尾[2]\ndivider\n<1. 脚注甲。><2. 尾注乙。>",
		},
		{
			"tracked changes", title + `<w:p>` + wr("", "留") + `<w:ins w:id="1">` + wr("", "加") + `</w:ins><w:del w:id="2"><w:r><w:delText>减</w:delText></w:r></w:del><w:moveFrom w:id="3">` + wr("", "走") + `</w:moveFrom></w:p><w:p><w:pPr><w:rPr><w:del w:id="4"/></w:rPr></w:pPr>` + wr("", "前") + `</w:p><w:p>` + wr("", "后") + `<w:moveTo w:id="5">` + wr("", "来") + `</w:moveTo></w:p>` + wtable([]string{`<w:trPr><w:del w:id="6"/></w:trPr>`, wc("", wp("删行"))}, []string{wc("", wp("行")), wc("", wp("行二"))}),
			"标题\np 留加\np 前后来\ntable /<行><行二>\nnotes word.changes",
		},
		{"comments and hidden text", title + `<w:p><w:commentRangeStart w:id="1"/>` + wr("", "文") + `<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>` + wr("<w:vanish/>", "藏") + `</w:p>`, "标题\np 文\nnotes word.comments word.hidden"},
		{
			"contents", title + `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + wp("目录") + `</w:sdtContent></w:sdt><w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \o "1-3" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + wr("", "第一章 3") + `</w:p>` + wp("第二章 4") + `<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` + wps("TOC1", "第三章 5") + `<w:p>` + wr("", "第") + wfield("PAGE", wr("", "9")) + wr("", "页") + `</w:p>`,
			"标题\np 第页\nnotes word.contents",
		},
		{
			"containers", title + `<w:sdt><w:sdtPr/><w:sdtContent>` + wp("控件") + `</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>` + wp("单击此处输入文字") + `</w:sdtContent></w:sdt><w:customXml><w:p><w:smartTag>` + wr("", "标签") + `</w:smartTag></w:p></w:customXml><w:p><mc:AlternateContent><mc:Choice Requires="wps">` + wr("", "新") + `</mc:Choice><mc:Fallback>` + wr("", "旧") + `</mc:Fallback></mc:AlternateContent></w:p>`,
			"标题\np 控件\np 标签\np 新",
		},
		{
			"formulas", title + `<w:p>` + wr("", "设") + `<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup><m:r><m:t>=</m:t></m:r><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f></m:oMath></w:p>`,
			"标题\np 设x²=(a+b)/c\nnotes word.formulas",
		},
		{
			"text box, once", title + `<w:p>` + wr("", "前") + `<w:r><mc:AlternateContent><mc:Choice Requires="wps">` + shape + `</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>` + txbx + `</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>` + wr("", "后") + `</w:p>`,
			"标题\np 前后\np 框内文字",
		},
		{"old text box and line", title + `<w:p><w:r><w:pict><v:shape><v:textbox>` + txbx + `</v:textbox></v:shape></w:pict></w:r></w:p>` + wp("中") + `<w:p><w:r><w:pict><v:rect style="width:0;height:1.5pt" o:hralign="center" o:hr="t"/></w:pict></w:r></w:p>` + wp("末"), "标题\np 框内文字\np 中\ndivider\np 末"},
		{"big first letter", title + `<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>` + wr("", "春") + `</w:p>` + wp("天来了"), "标题\np 春天来了"},
		{
			"pictures", title + wphoto("p1") + `<w:p>` + wr("", "前") + wpic("p2", 500, 300, `descr="老师在讲解"`, "", "") + wr("", "后") + `</w:p>` + wphoto("p1"),
			"标题\nphoto 稿-1.png\np 前后\nphoto 稿-2.png alt=老师在讲解\nphoto 稿-1.png",
		},
		{"words that nobody wrote about a picture", title + `<w:p>` + wpic("p1", 500, 300, `descr="C:\Users\x\a.jpg"`, "", "") + `</w:p><w:p>` + wpic("p2", 500, 300, `descr="图片包含 人员&#10;&#10;描述已自动生成"`, "", "") + `</w:p>` + wp("文"), "标题\nphoto a.png\nphoto 稿-2.png\np 文"},
		{
			"cropping and turning", title + `<w:p>` + wpic("p1", 500, 300, "", `<a:srcRect l="10000" t="20000" r="30000"/>`, "") + `</w:p><w:p>` + wpic("p1", 500, 300, "", `<a:srcRect/>`, "") + `</w:p><w:p>` + wpic("p3", 500, 300, "", `<a:srcRect l="50000"/>`, `rot="5400000"`) + `</w:p><w:p>` + wpic("p2", 500, 300, "", "", `rot="10800000"`) + `</w:p>` + wp("文"),
			"标题\nphoto 稿-1.png {0.10 0.20 0.70 1.00}\nphoto 稿-2.png\nphoto 稿-3.jpg {0.00 0.50 1.00 1.00}\nphoto 稿-4.png\np 文\nnotes photo.turned",
		},
		{
			"old pictures", title + `<w:p><w:r><w:pict><v:shape style="width:300pt;height:200pt"><v:imagedata r:id="p1" o:title="会场" croptop="6554f" cropbottom=".25"/></v:shape></w:pict></w:r></w:p><w:p><w:r><w:object><v:shape style="width:300pt;height:200pt"><v:imagedata r:id="p2"/></v:shape><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r></w:p>` + wp("文"),
			"标题\nphoto 稿-1.png {0.00 0.10 1.00 0.75}\nphoto 稿-2.png\np 文",
		},
		{
			"pictures that are none", title + wphoto("emf") + wphoto("gone") + wphoto("far") + `<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:link="disk"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p><w:p>` + wpic("p1", 20, 20, "", "", "") + `</w:p>` + wp("文"),
			"标题\np 文\nnotes photo.drawing photo.remote photo.linked photo.small photo.absent",
		},
		{
			"group", title + `<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="组合 1"/><a:graphic><a:graphicData><wpg:wgp>` + strings.Repeat(`<pic:pic><pic:nvPicPr><pic:cNvPr id="2" name="x" descr="左"/></pic:nvPicPr><pic:blipFill><a:blip r:embed="p1"/></pic:blipFill></pic:pic>`, 1) + `<pic:pic><pic:blipFill><a:blip r:embed="p2"/></pic:blipFill></pic:pic><wps:wsp><wps:txbx>` + txbx + `</wps:txbx></wps:wsp></wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
			"标题\ngallery(photo 稿-1.png alt=左, photo 稿-2.png)\np 框内文字",
		},
		{
			"side by side", title + `<w:p>` + wpic("p1", 250, 200, "", "", "") + wpic("p2", 250, 200, "", "", "") + `</w:p>` + wcentred("", "左图说明　　右图说明") + `<w:p>` + wpic("p1", 500, 400, "", "", "") + wpic("p2", 500, 400, "", "", "") + `</w:p>` + wp("文"),
			"标题\ngallery(photo 稿-1.png “左图说明”, photo 稿-2.png “右图说明”)\nphoto 稿-1.png\nphoto 稿-2.png\np 文",
		},
		{
			"captions", title + wphoto("p1") + wps("a5", "会场全景") + wp("一") + wphoto("p2") + `<w:p>` + wr("", "图 ") + `<w:fldSimple w:instr=" SEQ 图 \* ARABIC ">` + wr("", "1") + `</w:fldSimple>` + wr("", " 合影") + `</w:p>` + wp("二") + wphoto("p1") + wcentred(`<w:sz w:val="18"/>`, "图为签约现场。") + wp("三") + wphoto("p2") + wp("▲ 参会人员") + wp("四") + wphoto("p1") + wp("这是紧跟在图片之后的正文。") + wps("a5", "图题在上") + wphoto("p2") + wp("五"),
			"标题\nphoto 稿-1.png “会场全景”\np 一\nphoto 稿-2.png “合影”\np 二\nphoto 稿-1.png “图为签约现场。”\np 三\nphoto 稿-2.png “参会人员”\np 四\nphoto 稿-1.png\np 这是紧跟在图片之后的正文。\nphoto 稿-2.png “图题在上”\np 五",
		},
		{
			"table", title + `<w:tbl><w:tblPr><w:tblStyle w:val="grid"/><w:tblLook w:val="04A0"/></w:tblPr><w:tr>` + wc(`<w:gridSpan w:val="2"/>`, wp("合并")) + wc("", wcentred("", "三")) + `</w:tr><w:tr>` + wc(`<w:vMerge w:val="restart"/>`, wp("纵")) + wc("", wp("b")) + wc("", wp("c")+wp("c2")) + `</w:tr><w:tr>` + wc(`<w:vMerge/>`, `<w:p/>`) + wc("", wp("d")) + wc("", wi("1", 0, "e")) + `</w:tr></w:tbl>`,
			"标题\ntable header /<合并 2×1><三> /<纵 1×2><b><c⏎c2> /<d><1. e>",
		},
		{
			"layout and nested tables", title + wtable([]string{wc("", wp("单格")+wp("两段"))}) + wtable([]string{wc("", wp("外")), wc("", wtable([]string{wc("", wp("内一")), wc("", wp("内二"))})+`<w:p/>`)}),
			"标题\np 单格\np 两段\ntable /<外><内一 | 内二>\nnotes table.nested",
		},
		{
			"tables of photos", title + wtable([]string{wc("", wphoto("p1"))}, []string{wc("", wp("上图"))}, []string{wc("", wphoto("p2"))}, []string{wc("", wp("下图"))}) + wp("中") + wtable([]string{wc("", wphoto("p1")), wc("", wphoto("p2"))}, []string{wc("", wp("左")), wc("", wp("右"))}, []string{wc("", wphoto("p2")+wp("三")), wc("", wphoto("p1")+wp("四"))}) + wp("末") + wtable([]string{wc("", wphoto("p1")), wc("", wphoto("p2"))}, []string{wc(`<w:gridSpan w:val="2"/>`, wp("活动现场"))}),
			"标题\nphoto 稿-1.png “上图”\nphoto 稿-2.png “下图”\np 中\ngallery(photo 稿-1.png “左”, photo 稿-2.png “右”, photo 稿-2.png “三”, photo 稿-1.png “四”)\np 末\ngallery(photo 稿-1.png, photo 稿-2.png)\npcenter 活动现场",
		},
		{"a table with a photo in it", title + wtable([]string{wc("", wp("姓名")), wc("", wp("单位")), wc("", wp("照片"))}, []string{wc("", wp("张三")), wc("", wp("机电系")), wc("", wphoto("p1"))}), "标题\ntable /<姓名><单位><照片> /<张三><机电系><>\nphoto 稿-1.png\nnotes table.photos"},
		{
			"title and credits by their looks", wcentred(`<w:sz w:val="44"/>`, "学院召开工作会议") + wcentred(`<w:sz w:val="44"/>`, "部署新学期工作") + wcentred("", "——记开学第一周") + wcentred("", "来源：宣传处　作者：李四") + wp("正文一段文字在这里。") + wphoto("p1") + wp("（供稿：宣传处 摄影：王五 编辑：赵六 审核：孙七）"),
			"学院召开工作会议部署新学期工作 / ——记开学第一周 {李四、宣传处 王五 赵六 孙七 宣传处}\np 正文一段文字在这里。\nphoto 稿-1.png",
		},
		{"position line", wp("当前位置：首页 > 新闻资讯 > 集团新闻") + wcentred("<w:b/>", "标题") + wp("正文。"), "标题\np 正文。"},
		{"the title once more, and titles further down", title + wps("1", "标题") + wp("文") + wps("a3", "又一标题") + wp("末"), "标题\np 文\nh2 又一标题\np 末"},
		{
			"as pandoc writes it", `<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>` + wr("", "标题") + `</w:p><w:p><w:pPr><w:pStyle w:val="Author"/></w:pPr>` + wr("", "李四") + `</w:p><w:p><w:pPr><w:pStyle w:val="Date"/></w:pPr>` + wr("", "2024-09-12") + `</w:p><w:p><w:pPr><w:pStyle w:val="FirstParagraph"/></w:pPr>` + wr("", "文") + `</w:p><w:p><w:pPr><w:pStyle w:val="BlockText"/></w:pPr>` + wr("", "引") + `</w:p><w:p><w:pPr><w:pStyle w:val="CaptionedFigure"/></w:pPr>` + wpic("p1", 500, 300, `descr="图题"`, "", "") + `</w:p><w:p><w:pPr><w:pStyle w:val="ImageCaption"/></w:pPr>` + wr("", "图题") + `</w:p>`,
			"标题 {李四    }\np 文\nquote 引\nphoto 稿-1.png “图题”",
		},
		{
			"as LibreOffice writes it", title + `<w:p>` + wr("", "10") + wr(`<w:position w:val="8"/><w:sz w:val="19"/>`, "2") + `</w:p><w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:extent cx="4000000" cy="3000000"/><wp:docPr id="1" name="Frame1"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx><w:txbxContent><w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr>` + wpic("p1", 400, 300, "", "", "") + wr("", "插图 ") + `<w:fldSimple w:instr=" SEQ 插图 \* ARABIC ">` + wr("", "1") + `</w:fldSimple>` + wr("", "：会场") + `</w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r></w:p>` + wp("末"),
			"标题\np 10²\nphoto 稿-1.png “会场”\np 末",
		},
		{"no title", wp(strings.Repeat("一段很长的正文没有标题，", 10) + "。"), "稿\np " + strings.Repeat("一段很长的正文没有标题，", 10) + "。\nnotes title.guessed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := wordOutline(readWordBody(t, wordBody(c.body))); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
