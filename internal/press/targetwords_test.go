package press

import (
	"testing"
	"time"
)

// TestTargetHistory: the changes of a website read as sentences, without the program's own names and without its secret.
func TestTargetHistory(t *testing.T) {
	t.Parallel()
	for detail, want := range map[string]string{
		"title:  → 门户; address:  → https://portal.example.edu.cn/in; on: false → true; policy:  → optional; secret +": "名称：门户；地址：https://portal.example.edu.cn/in；启用：否 → 是；微信：不等它；密码或密钥已设置",
		"columns: 新闻资讯 → ; option retract; secret ±":                                                                  "栏目：新闻资讯 → 无；撤回方式已修改；密码或密钥已更换",
		"": "",
	} {
		got := HistoryEntry{AuditEntry: AuditEntry{Action: "target.save", Detail: detail}}.Details(Settings{}, time.UTC)
		if got.ZH != want {
			t.Errorf("%q is told as %q, want %q", detail, got.ZH, want)
		}
	}
}

// TestSettingHistory: so do the changes of accounts and of notice channels.
func TestSettingHistory(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ action, detail, zh, en string }{
		{
			"account.save", "kind: subscription → service; author:  → 示例编辑部; theme: campus → ; base_url:  → https://proxy.example; AppSecret ±; Token +",
			"账号类型：" + AccountSubscription.Name().ZH + " → " + AccountService.Name().ZH + "；作者：示例编辑部；主题：campus → 无；接口地址：https://proxy.example；AppSecret已更换；令牌（Token）已设置",
			"kind of account: " + AccountSubscription.Name().EN + " → " + AccountService.Name().EN + "; author: 示例编辑部; theme: campus → none; interface’s address: https://proxy.example; AppSecret replaced; Token set",
		},
		{
			"notice.add", "示例值班群: name:  → 示例值班群; language:  → zh; kinds: [] → [failed live]; server: :0  → mail.example:465 tls; secret +",
			"示例值班群：名称：示例值班群；语言：中文；通知内容：无 → " + NoticeFailed.Name().ZH + "、" + NoticeLive.Name().ZH + "；邮件服务器：mail.example:465 tls；密码或密钥已设置",
			"示例值班群: name: 示例值班群; language: Chinese; told of: none → " + NoticeFailed.Name().EN + ", " + NoticeLive.Name().EN + "; mail server: mail.example:465 tls; password or key set",
		},
	} {
		got := HistoryEntry{AuditEntry: AuditEntry{Action: c.action, Detail: c.detail}}.Details(Settings{}, time.UTC)
		if got.ZH != c.zh || got.EN != c.en {
			t.Errorf("%s is told as\n%s\n%s\nwant\n%s\n%s", c.action, got.ZH, got.EN, c.zh, c.en)
		}
	}
}

// TestAwaited: a push waits for the page that 阅读原文 points at and for required websites that are on, and for no other.
func TestAwaited(t *testing.T) {
	t.Parallel()
	targets := []Target{
		{Name: "first", Kind: SiteWordPress, On: true, First: true, Policy: SiteOptional},
		{Name: "must", Kind: SiteWebhook, On: true, Policy: SiteRequired},
		{Name: "may", Kind: SiteWordPress, On: true, Policy: SiteOptional},
		{Name: "off", Kind: SiteWordPress, Policy: SiteRequired},
	}
	for name, want := range map[string]bool{"first": true, "must": true, "may": false, "off": false, "removed": false} {
		if got := Awaited(targets, Column{"新闻资讯"}, name); got != want {
			t.Errorf("the push waits for %s: %v", name, got)
		}
	}
}
