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
