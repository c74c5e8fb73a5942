package press

import "strings"

// vocabulary is what the names and values are called that stand in the stored changes of a setting.
type vocabulary struct{ fields, values map[string]Text }

func targetVocabulary() vocabulary { return vocabulary{targetFields(), targetValues()} }

// changed reads “title: a → b; secret ±; option retract”, as changes of a setting are stored.
func (v vocabulary) changed(detail string) Text {
	var en, zh []string
	for _, part := range strings.Split(detail, "; ") {
		said := Text{EN: part, ZH: part}
		if key, change, ok := strings.Cut(part, ": "); ok {
			said = v.change(termOf(v.fields, key), change)
		} else if words := strings.Fields(strings.TrimPrefix(part, "option ")); len(words) > 0 {
			name, how := termOf(v.fields, words[0]), Say("changed", "已修改")
			if len(words) > 1 {
				how = termOf(hiddenChanges(), words[1])
			}
			said = Text{EN: name.EN + " " + how.EN, ZH: name.ZH + how.ZH}
		}
		en, zh = append(en, said.EN), append(zh, said.ZH)
	}
	return Text{EN: strings.Join(en, "; "), ZH: strings.Join(zh, "；")}
}

// change reads “a → b”; what was empty before is left out.
func (v vocabulary) change(name Text, change string) Text {
	from, to, moved := strings.Cut(change, "→")
	if !moved {
		return Text{EN: name.EN + ": " + change, ZH: name.ZH + "：" + change}
	}
	now := v.value(strings.TrimSpace(to))
	if from = strings.TrimSpace(from); from == "" {
		return Text{EN: name.EN + ": " + now.EN, ZH: name.ZH + "：" + now.ZH}
	}
	was := v.value(from)
	return Text{EN: name.EN + ": " + was.EN + " → " + now.EN, ZH: name.ZH + "：" + was.ZH + " → " + now.ZH}
}

// value is a value in words; of a list, “[failed live]”, each of its members is.
func (v vocabulary) value(s string) Text {
	list, ok := strings.CutPrefix(s, "[")
	if !ok || !strings.HasSuffix(list, "]") {
		return termOf(v.values, s)
	}
	var en, zh []string
	for _, one := range strings.Fields(strings.TrimSuffix(list, "]")) {
		said := termOf(v.values, one)
		en, zh = append(en, said.EN), append(zh, said.ZH)
	}
	if len(en) == 0 {
		return Say("none", "无")
	}
	return Text{EN: strings.Join(en, ", "), ZH: strings.Join(zh, "、")}
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
