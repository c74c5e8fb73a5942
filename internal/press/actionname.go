package press

import (
	"slices"
	"strings"
)

// actionNames is what people call every action that the audit log knows, in the order in which they are offered to
// choose from. A test compares the list with the actions that the program writes.
func actionNames() []actionName {
	return []actionName{
		{"article.create", Say("began the article", "新建稿件")},
		{"article.revise", Say("saved a revision", "保存新版本")},
		{"article.move", Say("moved to another column", "调整栏目")},
		{"article.attach", Say("uploaded an attachment", "上传附件")},
		{"article.submit", Say("handed in for review", "提交审核")},
		{"article.sign", Say("signed", "审核签字")},
		{"article.approve", Say("approved: every stage is signed", "审核通过")},
		{"article.meant", Say("said that what the text checks found is meant", "确认保留预检提示的内容")},
		{"article.return", Say("returned", "退回稿件")},
		{"article.withdraw", Say("withdrew the article", "撤稿")},
		{"article.restore", Say("restored the article", "恢复稿件")},
		{"article.correct", Say("began a correction", "开始更正")},
		{"article.retract", Say("took the article down everywhere", "从所有渠道撤回")},
		{"article.export", Say("exported the article", "导出稿件")},

		{"comment.add", Say("commented", "添加批注")},
		{"comment.resolve", Say("resolved a comment", "解决批注")},
		{"comment.reopen", Say("reopened a comment", "重新打开批注")},

		{"edition.create", Say("composed the edition", "编排推送")},
		{"article.to_sites", Say("sent it to websites", "安排到网站发布")},
		{"edition.reschedule", Say("changed the edition's time", "调整推送时间")},
		{"edition.change", Say("changed the edition", "修改推送")},
		{"edition.cancel", Say("cancelled the edition", "取消推送")},
		{"edition.preview", Say("sent a preview", "发送预览")},
		{"edition.resend", Say("composed it to send the corrected articles again", "编排更正后的重发")},
		{"edition.resent", Say("sent its corrected articles again", "已另行重发更正后的稿件")},

		{"delivery.plan", Say("planned the delivery", "计划投放")},
		{"delivery.ready", Say("prepared the delivery", "投放准备就绪")},
		{"delivery.sending", Say("began to send", "开始发送")},
		{"delivery.refire", Say("asked WeChat again for the same push", "以同一编号再次请求微信")},
		{"delivery.sent", Say("sent: accepted by WeChat", "已发出，微信已受理")},
		{"delivery.unknown", Say("got no clear answer", "未收到明确答复")},
		{"delivery.not_sent", Say("found that nothing was sent", "确认未发出")},
		{"delivery.live", Say("went live", "已上线")},
		{"delivery.blocked", Say("stopped: a person must decide", "受阻，待人处理")},
		{"delivery.replaced", Say("replaced by a newer revision", "被新版本替换")},
		{"delivery.release", Say("released the delivery", "放行投放")},
		{"delivery.retry", Say("retried at once", "立即重试")},
		{"delivery.went_out", Say("said that it did go out", "确认已经发出")},
		{"delivery.cancel", Say("cancelled the delivery", "取消投放")},
		{"delivery.reschedule", Say("changed the delivery's time", "调整投放时间")},
		{"delivery.retract_asked", Say("asked to retract", "请求撤回")},
		{"delivery.retracted", Say("retracted", "已撤回")},
		{"delivery.taken_down_by_hand", Say("said that it was taken down there by hand", "确认已在对方网站手动撤下")},
		{"delivery.retract_failed", Say("could not retract", "撤回失败")},
		{"delivery.article_deleted", Say("took one article of the push down", "撤下其中一篇稿件")},
		{"delivery.resend_asked", Say("asked to delete and send again", "请求删除并重发")},

		{"stop.put", Say("put the emergency stop on", "紧急停发")},
		{"stop.lift", Say("lifted the emergency stop", "解除紧急停发")},

		{"delivery.restored", Say("came back from a backup", "由备份恢复")},
		{"backup.made", Say("made a backup", "制作备份")},
		{"backup.restored", Say("restored a backup", "恢复备份")},

		{"column.add", Say("added a column", "新增栏目")},
		{"column.rename", Say("renamed a column", "重命名栏目")},
		{"column.place", Say("moved a column", "移动栏目")},
		{"column.remove", Say("removed a column", "删除栏目")},
		{"column.rules", Say("changed what a column asks", "修改栏目要求")},
		{"words.save", Say("changed the words to avoid", "修改用词检查")},

		{"settings.save", Say("changed the newsroom's settings", "修改编辑部设置")},
		{"notice.add", Say("added a notice channel", "新增通知渠道")},
		{"notice.save", Say("changed a notice channel", "修改通知渠道")},
		{"notice.remove", Say("removed a notice channel", "移除通知渠道")},
		{"account.add", Say("added a WeChat account", "新增公众号")},
		{"account.save", Say("changed a WeChat account", "修改公众号")},
		{"account.remove", Say("removed a WeChat account", "删除公众号")},
		{"target.add", Say("added a website", "新增网站渠道")},
		{"target.save", Say("changed a website", "修改网站渠道")},
		{"target.remove", Say("removed a website", "移除网站渠道")},
		{"theme.add", Say("added a theme", "新增主题")},
		{"theme.save", Say("changed a theme", "修改主题")},
		{"theme.remove", Say("removed a theme", "删除主题")},

		{"user.setup", Say("set Newsdesk up as its first administrator", "初始化并成为首位管理员")},
		{"user.create", Say("added a person", "新增人员")},
		{"user.rename", Say("renamed a person", "修改姓名")},
		{"user.roles", Say("changed a person's roles", "修改角色")},
		{"user.stages", Say("changed which stages a person signs", "修改负责的审核环节")},
		{"user.disable", Say("disabled a person", "停用人员")},
		{"user.enable", Say("enabled a person", "启用人员")},
		{"user.language", Say("changed the language", "切换语言")},
		{"user.password", Say("changed the password", "修改密码")},
		{"user.password_reset", Say("set a new password", "重置密码")},
		{"user.locked", Say("locked after failed sign-ins", "多次登录失败，已锁定")},
		{"address.locked", Say("address locked after failed sign-ins", "登录失败过多，已锁定该地址")},
		{"user.unlock", Say("unlocked", "解除锁定")},
		{"session.start", Say("signed in", "登录")},
		{"session.end", Say("ended a session", "结束会话")},
		{"session.end_all", Say("ended all sessions", "结束全部会话")},
		{"token.create", Say("created a token", "新建令牌")},
		{"token.revoke", Say("revoked a token", "吊销令牌")},
	}
}

type actionName struct {
	action string
	name   Text
}

// ActionName is an action of the audit log in words, as what its actor did.
func ActionName(action string) Text {
	for _, a := range actionNames() {
		if a.action == action {
			return a.name
		}
	}
	return Text{EN: action, ZH: action}
}

// ActionGroup is a part of the audit log's actions: those whose names begin alike.
type ActionGroup struct {
	Key    string // e.g. "article"; actions are "article.sign" and the like
	Name   Text
	Guards bool // what concerns access to Newsdesk itself; shown to administrators only
}

// ActionGroups lists the groups.
func ActionGroups() []ActionGroup {
	return []ActionGroup{
		{Key: "article", Name: Say("Articles and review", "稿件与审核")},
		{Key: "comment", Name: Say("Comments", "批注")},
		{Key: "edition", Name: Say("Editions", "推送")},
		{Key: "delivery", Name: Say("Deliveries", "投放")},
		{Key: "stop", Name: Say("Emergency stop", "紧急停发")},
		{Key: "column", Name: Say("Columns", "栏目")},
		{Key: "words", Name: Say("Words to avoid", "用词检查")},
		{Key: "settings", Name: Say("Settings", "设置"), Guards: true},
		{Key: "notice", Name: Say("Notice channels", "通知渠道"), Guards: true},
		{Key: "account", Name: Say("WeChat accounts", "公众号"), Guards: true},
		{Key: "target", Name: Say("Websites", "网站渠道"), Guards: true},
		{Key: "theme", Name: Say("Themes", "主题"), Guards: true},
		{Key: "backup", Name: Say("Backups", "备份"), Guards: true},
		{Key: "user", Name: Say("People", "人员"), Guards: true},
		{Key: "address", Name: Say("Addresses", "来源地址"), Guards: true},
		{Key: "session", Name: Say("Sessions", "登录会话"), Guards: true},
		{Key: "token", Name: Say("Tokens", "令牌"), Guards: true},
	}
}

// GroupOf returns the group of an action; an action of no known group belongs to administrators.
func GroupOf(action string) ActionGroup {
	key, _, _ := strings.Cut(action, ".")
	groups := ActionGroups()
	if i := slices.IndexFunc(groups, func(g ActionGroup) bool { return g.Key == key }); i >= 0 {
		return groups[i]
	}
	return ActionGroup{Key: key, Name: Text{EN: key, ZH: key}, Guards: true}
}

// KnownActions lists every action that has a name.
func KnownActions() []string {
	names := actionNames()
	out := make([]string, len(names))
	for i, a := range names {
		out[i] = a.action
	}
	return out
}
