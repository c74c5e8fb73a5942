package press

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Details says the details of an entry in words; the zone is the office's. Reasons and comments are what a person wrote
// and are said as they stand.
func (e HistoryEntry) Details(s Settings, zone *time.Location) Text {
	switch e.Action {
	case "article.create", "edition.cancel", "user.create", "user.setup", "user.enable", "user.disable":
		return Text{} // what it would say is the entry's title or person
	case "article.revise", "article.move", "article.submit", "article.approve", "article.sign", "article.restore", "article.meant", "article.export", "article.correct":
		return revisionWords(e.Detail, s)
	case "edition.resend", "edition.resent": // another edition's identifier
		return Text{}
	case "comment.add", "comment.resolve", "comment.reopen":
		return commentWords(e.Detail)
	case "edition.create", "edition.reschedule":
		return timesIn(e.Detail, zone)
	case "delivery.plan":
		if e.Target == "site" {
			return Say("to the website", "投往网站")
		}
		return Say("to %s", "投往“%s”", e.Target)
	case "target.add", "target.save":
		return targetVocabulary().changed(e.Detail)
	case "account.add", "account.save":
		return accountVocabulary().changed(e.Detail)
	case "notice.add", "notice.save":
		return channelWords(e.Detail)
	case "stop.put", "stop.lift":
		return stopWords(e)
	case "column.rules":
		return ruleWords(e.Detail)
	case "words.save":
		return listWords(e.Detail)
	case "delivery.sent":
		return Say("WeChat's number %s", "微信任务编号 %s", e.Detail)
	case "delivery.blocked":
		return Say("reason %s", "原因代码 %s", e.Detail)
	case "user.roles":
		return roleWords(e.Detail)
	case "user.stages":
		return stageWords(e.Detail, s)
	case "user.language":
		return Text{EN: languageName(e.Detail), ZH: languageName(e.Detail)}
	}
	return Text{EN: e.Detail, ZH: e.Detail}
}

var revisionForm = regexp.MustCompile(`^revision (\d+): (.*)$`)

// revisionWords reads “revision 3: review”, where a state, a stage or a hash follows the number.
func revisionWords(detail string, s Settings) Text {
	m := revisionForm.FindStringSubmatch(detail)
	if m == nil {
		return Text{EN: detail, ZH: detail}
	}
	more := Text{EN: m[2], ZH: m[2]}
	if stage, ok := s.Stage(m[2]); ok {
		more = stage.Name
	} else if state := ArticleState(m[2]).Name(); state.ZH != m[2] {
		more = state
	} else if len(m[2]) == 64 {
		more = Say("content %s", "内容指纹 %s", ContentHash(m[2]).Short())
	}
	return Text{EN: "revision " + m[1] + ", " + more.EN, ZH: "第 " + m[1] + " 版，" + more.ZH}
}

// ruleWords says rules as they were stored; none is said too.
func ruleWords(detail string) Text {
	if r, err := DecodeColumnRules(detail); err == nil && r.Stated() {
		return r.Summary()
	}
	return Say("no rules of its own", "不作要求")
}

// listWords reads “3 1 2”: entries added, changed and removed.
func listWords(detail string) Text {
	var added, changed, removed int
	if _, err := fmt.Sscanf(detail, "%d %d %d", &added, &changed, &removed); err != nil {
		return Text{EN: detail, ZH: detail}
	}
	return Say("%d added, %d changed, %d removed", "新增 %d 条，修改 %d 条，删除 %d 条", added, changed, removed)
}

func commentWords(detail string) Text {
	where, said, ok := strings.Cut(detail, ": ")
	if !ok {
		return Text{EN: detail, ZH: detail}
	}
	at := PlaceName(where)
	return Text{EN: at.EN + ": " + said, ZH: at.ZH + "：" + said}
}

// PlaceName is a place in a content in words; see CheckPlace.
func PlaceName(where string) Text {
	switch where {
	case "title":
		return Say("title", "标题")
	case "push_title":
		return Say("WeChat title", "微信标题")
	case "subtitle":
		return Say("subtitle", "副标题")
	case "digest":
		return Say("digest", "摘要")
	case "correction":
		return Say("correction note", "更正说明")
	case "credits":
		return Say("credits", "署名")
	case "column":
		return Say("column", "栏目")
	case "cover":
		return Say("cover", "封面")
	case "attachments":
		return Say("attachments", "附件")
	}
	m := place.FindStringSubmatch(where)
	if m == nil || m[2] == "" {
		return Say("body", "正文")
	}
	block, _ := strconv.Atoi(m[2])
	if m[4] == "" {
		return Say("body, part %d", "正文第 %d 处", block+1)
	}
	photo, _ := strconv.Atoi(m[4])
	return Say("body, part %d, photo %d", "正文第 %d 处第 %d 张图片", block+1, photo+1)
}

var instantForm = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// timesIn writes the instants of a detail as people of the office read them.
func timesIn(detail string, zone *time.Location) Text {
	out := instantForm.ReplaceAllStringFunc(detail, func(s string) string {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return s
		}
		return at.In(zone).Format("2006-01-02 15:04")
	})
	return Text{EN: out, ZH: out}
}

func roleWords(detail string) Text {
	var en, zh []string
	for _, r := range strings.Split(detail, ", ") {
		name := Role(r).Name()
		en, zh = append(en, name.EN), append(zh, name.ZH)
	}
	return Text{EN: strings.Join(en, ", "), ZH: strings.Join(zh, "、")}
}

func stageWords(detail string, s Settings) Text {
	if detail == "" {
		return Say("every stage", "全部环节")
	}
	var en, zh []string
	for _, key := range strings.Split(detail, ", ") {
		name := Text{EN: key, ZH: key}
		if stage, ok := s.Stage(key); ok {
			name = stage.Name
		}
		en, zh = append(en, name.EN), append(zh, name.ZH)
	}
	return Text{EN: strings.Join(en, ", "), ZH: strings.Join(zh, "、")}
}

func languageName(lang string) string {
	switch Lang(lang) {
	case Chinese:
		return "中文"
	case English:
		return "English"
	}
	return lang
}

// Guards lists the groups of actions that only administrators are shown.
func Guards() []string {
	var out []string
	for _, g := range ActionGroups() {
		if g.Guards {
			out = append(out, g.Key)
		}
	}
	return out
}

// KnownAction reports whether a group or an action is one of the log's.
func KnownAction(name string) bool {
	return slices.Contains(KnownActions(), name) ||
		slices.ContainsFunc(ActionGroups(), func(g ActionGroup) bool { return g.Key == name })
}

// stopWords names what was stopped or is free again, and why.
func stopWords(e HistoryEntry) Text {
	s := Stop{Account: StopAccount(e.Subject)}
	what := s.What()
	if e.Detail == "" {
		return what
	}
	return Text{EN: what.EN + ": " + e.Detail, ZH: what.ZH + "：" + e.Detail}
}
