package press

import "strings"

// accountVocabulary are the words of what is changed of a WeChat account.
func accountVocabulary() vocabulary {
	values := map[string]Text{"": Say("none", "无")}
	for _, k := range []AccountKind{AccountSubscription, AccountService, AccountPersonal, AccountTest} {
		values[string(k)] = k.Name()
	}
	return vocabulary{values: values, fields: map[string]Text{
		"kind": Say("kind of account", "账号类型"), "author": Say("author", "作者"), "theme": Say("theme", "主题"),
		"base_url": Say("interface’s address", "接口地址"), "Token": Say("Token", "令牌（Token）"),
	}}
}

// channelVocabulary are the words of what is changed of a notice channel.
func channelVocabulary() vocabulary {
	values := map[string]Text{
		"": Say("none", "无"), "true": Say("yes", "是"), "false": Say("no", "否"),
		string(Chinese): Say("Chinese", "中文"), string(English): Say("English", "英文"),
	}
	for _, k := range NoticeKinds() {
		values[string(k)] = k.Name()
	}
	return vocabulary{values: values, fields: map[string]Text{
		"name": Say("name", "名称"), "language": Say("language", "语言"), "kinds": Say("told of", "通知内容"), "paused": Say("paused", "暂停"),
		"server": Say("mail server", "邮件服务器"), "from": Say("sender", "发件人"), "to": Say("recipients", "收件人"),
		"address": Say("address", "地址"), "secret": Say("password or key", "密码或密钥"),
	}}
}

// channelWords reads “name: changes”. That a new channel’s server is “:0 ” before says nothing.
func channelWords(detail string) Text {
	name, changes, _ := strings.Cut(detail, ": ")
	if changes == "" {
		return Text{EN: name, ZH: name}
	}
	said := channelVocabulary().changed(strings.ReplaceAll(changes, "server: :0  → ", "server:  → "))
	return Text{EN: name + ": " + said.EN, ZH: name + "：" + said.ZH}
}
