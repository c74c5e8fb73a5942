package site

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

var keepSample = flag.String("sample", "", "write the sample site into this folder, to be looked at")

var (
	groupNews = press.Column{"新闻资讯", "集团新闻"}
	campus    = press.Column{"新闻资讯", "校园动态"}
	notices   = press.Column{"通知公告"}
	english   = press.Column{"International", "Campus life"}
	start     = time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC)
)

func say(text string) []press.Run { return []press.Run{{Text: text}} }

func para(text string) press.Paragraph { return press.Paragraph{Text: say(text)} }

// sample is the n-th article of the sample site, from 0, with photos a tenth as large as real ones.
func sample(tb testing.TB, n int) Article {
	tb.Helper()
	return sampleScaled(tb, n, 10)
}

func sampleScaled(tb testing.TB, n, scale int) Article {
	tb.Helper()
	a := Article{PublishedAt: start.Add(time.Duration(n) * 53 * time.Hour), Photos: map[press.Digest][]Photo{}}
	a.UpdatedAt = a.PublishedAt
	a.ID = idAt(a.PublishedAt.Add(-time.Hour), n)
	a.Content = sampleContent(n)
	for i := range samplePhotos(n) {
		height := []int{1000, 1067, 900, 2100}[(n+i)%4]
		digest, renditions := drawn(tb, n+7*i+1, height/scale, 480/scale, 960/scale, 1600/scale)
		a.Photos[digest] = renditions
		a.Content.Body.Blocks = append(a.Content.Body.Blocks,
			press.Picture{Photo: digest, Caption: fmt.Sprintf("图 %d：师生在实训中心交流（供图：宣传部）", i+1), Alt: "远山与天空"})
		a.Content.Body.Blocks = append(a.Content.Body.Blocks, para(sentences[(n+i)%len(sentences)]))
	}
	a.Content = a.Content.Normalize()
	if n == 30 {
		a = attach(a, sampleFiles...)
	}
	return a
}

// sampleFiles are the names of attachments.
var sampleFiles = []string{"附件1：2026年秋季学期教学工作安排表.pdf", "附件2：各学院分专业课程、教师、教室与实训设备配置情况汇总表（征求意见稿，请于9月10日前反馈教务处）.xlsx", "反馈意见表.docx"}

func samplePhotos(n int) int {
	switch {
	case n%5 == 3:
		return 0
	case n%7 == 0:
		return 3
	}
	return 1
}

var sentences = []string{
	"8月14日上午，市委组织部一行莅临我校开展实地调研。校党委书记全程陪同，并就学校建设、产教融合、双创中心建设等情况作了详细汇报。",
	"调研组充分肯定了学校建设取得的成绩，并就进一步深化产教融合、服务地方经济社会发展提出了宝贵意见和建议。",
	"学校将以此次调研为契机，坚持产教融合的核心理念，着力培养高素质技术技能人才，为地方经济高质量发展提供强有力的支撑。",
	"与会人员围绕人才培养方案、实训基地共建、师资互聘（含“双师型”教师）等议题展开了深入交流，现场气氛热烈。",
}

var headlines = []string{
	"市委组织部领导来校调研指导工作", "我校举行2026级新生开学典礼暨军训动员大会", "智能制造学院师生在全国职业技能大赛中斩获一等奖",
	"关于做好国庆、中秋假期值班与安全工作的通知", "校企合作签约：共建新能源汽车产业学院", "图书馆新馆正式启用，三千席位向师生开放",
	"示例讲坛第三十二期：人工智能与职业教育的未来", "学校召开三季度安全生产工作会议",
}

func sampleContent(n int) press.Content {
	c := press.Content{
		Title: headlines[n%len(headlines)], Column: []press.Column{groupNews, campus, groupNews, notices}[n%4],
		Credits: press.Credits{Text: "党委宣传部 示例作者", Photos: "示例摄影", Editor: "示例编辑", Reviewer: "示例审核", Source: "集团融媒体中心"},
		Body:    press.Body{Blocks: []press.Block{para(sentences[n%4]), para(sentences[(n+1)%4])}},
	}
	switch n {
	case 5, 12, 27:
		englishContent(&c)
	case 29:
		c.Title = "热烈欢迎市委组织部、县委县政府各级领导莅临示例技师学院就学校建设、双创中心推广与产教深度融合工作进行实地调研并指导全面深化改革各项重点任务落实情况"
		c.Subtitle = "——坚持产教融合核心理念，着力培养高素质技术技能人才，谱写协同发展新篇章"
	case 30:
		everyBlock(&c)
	}
	return c
}

func englishContent(c *press.Content) {
	c.Title = "City leaders visit the college to see how teaching and industry work together"
	c.Column = english
	c.Credits = press.Credits{Text: "Sample Writer", Source: "Publicity Office"}
	c.Body.Blocks = []press.Block{
		para("On the morning of August 14, leaders of the city visited the school for field research, accompanied by the secretary of the party committee."),
		para("City leaders evaluated the achievements of the school and put forward suggestions on how to promote the deep integration of education and industry."),
	}
}

func everyBlock(c *press.Content) {
	c.Title = "2026年秋季学期教学工作安排一览"
	cell := func(s string) press.Cell { return press.Cell{Text: say(s)} }
	row := func(words string) (out []press.Cell) {
		for _, w := range strings.Fields(words) {
			out = append(out, cell(w))
		}
		return out
	}
	c.Body.Blocks = append(c.Body.Blocks,
		press.Heading{Level: 2, Text: say("一、总体安排")},
		press.Paragraph{Text: []press.Run{
			{Text: "各学院须于"},
			{Text: "9月10日前", Bold: true, Color: press.Red},
			{Text: "完成教学计划备案，详见"},
			{Text: "教务系统", Link: "https://example.edu.cn/jw?a=1&b=2"},
			{Text: "。"},
		}},
		press.Table{Header: true, Rows: [][]press.Cell{
			row("时间 内容 责任部门 人数 地点"), row("9月1日 新生报到 学生处 3200 体育馆"), row("9月10日 开学典礼 宣传部 3500 东操场"),
			{{Text: say("合计"), ColSpan: 3, Align: press.AlignCenter}, cell("6700"), cell("——")},
		}},
		press.Heading{Level: 3, Text: say("（一）具体要求")},
		press.List{Items: []press.ListItem{{Text: say("加强组织领导，压实工作责任")}, {Text: say("做好宣传引导"), List: &press.List{Ordered: true, Items: []press.ListItem{
			{Text: say("公众号推送")}, {Text: say("官网专题")},
		}}}}},
		press.Quote{Paragraphs: []press.Paragraph{para("产教融合是职业教育的生命线。"), {Align: press.AlignRight, Text: say("——校长")}}},
		press.Divider{},
		press.Paragraph{Align: press.AlignRight, Text: say("教务处\n2026年8月30日")},
	)
}

// newSite is a site in a fresh folder.
func newSite(tb testing.TB, change func(*Config)) (*Site, *memory) {
	tb.Helper()
	archive := &memory{}
	cfg := Config{Now: func() time.Time { return start }, Dir: tb.TempDir() + "/www", BaseURL: "https://news.example.edu.cn/", Title: press.Say("Sample College News", "示例学院新闻网"), Archive: archive}
	if change != nil {
		change(&cfg)
	}
	return newUnsynced(tb, cfg), archive
}

// newUnsynced is a site that does not wait for the disk, of whose power no test can take care.
func newUnsynced(tb testing.TB, cfg Config) *Site {
	tb.Helper()
	s, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	s.sync = func(*os.File) error { return nil }
	return s
}

// live publishes an article the way a courier does: page first, then the archive, then the lists.
func live(tb testing.TB, s *Site, archive *memory, a Article) {
	tb.Helper()
	if _, err := s.Publish(tb.Context(), a); err != nil {
		tb.Fatal(err)
	}
	archive.set(entryOf(a))
	if err := s.Refresh(tb.Context(), a.Content.Column, a.ID); err != nil {
		tb.Fatal(err)
	}
}

// TestSampleSite makes the site to look at: go test -run TestSampleSite -sample DIR.
func TestSampleSite(t *testing.T) {
	if *keepSample == "" {
		t.Skip("no -sample folder named")
	}
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		s, archive := newSite(t, func(c *Config) {
			c.Dir, c.BaseURL, c.Lang, c.PageSize = *keepSample+"/"+string(lang), "http://127.0.0.1:8099/"+string(lang)+"/", lang, 8
		})
		for n := range 32 {
			live(t, s, archive, sampleScaled(t, n, 1))
		}
		empty, _ := newSite(t, func(c *Config) {
			c.Dir, c.BaseURL, c.Lang = *keepSample+"/empty-"+string(lang), "http://127.0.0.1:8099/empty-"+string(lang)+"/", lang
		})
		if err := empty.Refresh(t.Context(), nil, ""); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{27, 29, 30, 31} {
			t.Logf("%d %s", n, s.Address(sample(t, n).ID))
		}
	}
}
