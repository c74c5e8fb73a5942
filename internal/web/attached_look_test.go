package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
)

// attached makes an article in review with as many attachments as there may be, some with names as long as they may be, which
// differ from those of the revision before in every way.
func attached(t testing.TB, a *app.App) []sight {
	t.Helper()
	ctx := t.Context()
	people, err := a.Store.Users(ctx)
	if err != nil {
		t.Fatal(err)
	}
	by := press.Actor{User: people[slices.IndexFunc(people, func(u press.User) bool { return slices.Contains(u.Roles, press.Editor) })]}
	article, err := a.Desk.NewArticle(ctx, by)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(name, data string) press.Attachment {
		kept, err := a.Desk.KeepAttachment(ctx, by, article.ID, name, strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	var list []press.Attachment
	for i, name := range []string{
		"附件 1：报名表.csv", "附件 2：关于举办示例学院第十二届职工技能竞赛暨产教融合成果展示活动的通知及各参赛代表队报名须知、日程安排与评分细则（含补充说明、附表一至附表六，以正式文件为准）.pdf",
		"日程.pdf", "timetable-of-the-anniversary-week-with-all-rooms-and-buses_final_v3_revised.pdf", "交通路线.txt",
	} {
		begin := map[bool]string{true: "%PDF-1.7\n"}[strings.HasSuffix(name, ".pdf")]
		list = append(list, keep(name, fmt.Sprint(begin, i, strings.Repeat("x", i*i*90_000))))
	}
	content := press.Content{
		Title: "示例：关于报名的通知", Column: press.Column{"新闻资讯", "通知公告"}, Credits: press.Credits{Text: "示例宣传处"}, Attachments: list,
		Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "报名工作即将开始，请各单位于规定时间内填写报名表，具体安排见附件。"}}}}},
	}
	save := func(base int, submit bool) {
		if _, err := a.Desk.SaveRevision(ctx, by, article.ID, base, content, submit); err != nil {
			t.Fatal(err)
		}
	}
	save(1, false)
	next := []press.Attachment{list[4], list[1], list[0]}
	next[2].Name = "附件 1：报名表（11 月 20 日更新，请以此为准）.csv"
	again := keep("交通路线图.txt", "另一份")
	again.Name = list[2].Name[:len("日程")] + ".txt"
	for i := range 6 {
		next = append(next, keep(fmt.Sprintf("附表%d.csv", i+1), fmt.Sprint("附表", i)))
	}
	content.Attachments = append(next, again)
	save(2, true)
	at := "/articles/" + string(article.ID)
	return []sight{
		{"attached-article", at, "editor"},
		{"attached-editor", at + "/edit", "editor"},
		{"attached-review", at + "/review?view=changes&since=2", "first"},
		{"attached-sheet", at + "/sheet", "editor"},
	}
}
