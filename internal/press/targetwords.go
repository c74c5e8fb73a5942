package press

import "strings"

// targetWords reads “title: a → b; secret ±; option retract”, as the changes of a website are stored.
func targetWords(detail string) Text {
	var en, zh []string
	for _, part := range strings.Split(detail, "; ") {
		said := Text{EN: part, ZH: part}
		if key, change, ok := strings.Cut(part, ": "); ok {
			said = changeWords(termOf(targetFields(), key), change)
		} else if words := strings.Fields(strings.TrimPrefix(part, "option ")); len(words) > 0 {
			name, how := termOf(targetFields(), words[0]), Say("changed", "已修改")
			if len(words) > 1 {
				how = termOf(hiddenChanges(), words[1])
			}
			said = Text{EN: name.EN + " " + how.EN, ZH: name.ZH + how.ZH}
		}
		en, zh = append(en, said.EN), append(zh, said.ZH)
	}
	return Text{EN: strings.Join(en, "; "), ZH: strings.Join(zh, "；")}
}

// changeWords reads “a → b”; what was empty before is left out.
func changeWords(name Text, change string) Text {
	from, to, moved := strings.Cut(change, "→")
	if !moved {
		return Text{EN: name.EN + ": " + change, ZH: name.ZH + "：" + change}
	}
	now := termOf(targetValues(), strings.TrimSpace(to))
	if from = strings.TrimSpace(from); from == "" {
		return Text{EN: name.EN + ": " + now.EN, ZH: name.ZH + "：" + now.ZH}
	}
	was := termOf(targetValues(), from)
	return Text{EN: name.EN + ": " + was.EN + " → " + now.EN, ZH: name.ZH + "：" + was.ZH + " → " + now.ZH}
}

func termOf(words map[string]Text, key string) Text {
	if t, ok := words[key]; ok {
		return t
	}
	return Text{EN: key, ZH: key}
}

func targetFields() map[string]Text {
	return map[string]Text{
		"title": Say("name", "名称"), "address": Say("address", "地址"), "on": Say("in use", "启用"), "policy": Say("WeChat", "微信"),
		"first": Say("阅读原文 points here", "“阅读原文”指向这里"), "columns": Say("columns", "栏目"), "user": Say("user", "用户名"),
		"secret": Say("password or key", "密码或密钥"), OptionRetract: Say("when retracted", "撤回方式"),
		OptionCategories: Say("categories", "分类对应"), OptionAuthors: Say("authors", "作者对应"),
	}
}

func targetValues() map[string]Text {
	return map[string]Text{
		"": Say("none", "无"), "true": Say("yes", "是"), "false": Say("no", "否"),
		string(SiteRequired): Say("waits for it", "等它上线"), string(SiteOptional): Say("does not wait", "不等它"),
	}
}

func hiddenChanges() map[string]Text {
	return map[string]Text{"+": Say("set", "已设置"), "±": Say("replaced", "已更换"), "−": Say("taken away", "已清除")}
}
