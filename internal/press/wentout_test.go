package press_test

import (
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestMayHaveGoneOut: every reason there is, by where its release goes on. A person may say that a push did go out where its
// call, or somebody at the console, may have sent it; nowhere else.
func TestMayHaveGoneOut(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]bool{
		"unknown.draft_left ready": true, "unknown.consumed unknown": true, "unknown.missed unknown": true, "unknown.quiet unknown": true,
		"push.no_result sent": true, "restored ready": true, "restored planned": true, "restored unknown": true,
		"draft.gone planned": true, "draft.published planned": true,
		"wechat.40164 unknown": true, "wechat.40164 sent": true, "account.unknown sent": true, "internal unknown": true,

		"stopped ready": false, "missed ready": false, "quiet ready": false, "site.not_live ready": false, "site.unknown planned": false,
		"account.unknown planned": false, "account.unknown ready": false, "draft.edited planned": false, "quota.used ready": false,
		"wechat.unclear ready": false, "wechat.40164 ready": false, "wechat.45028 ready": false, "wechat.45166 planned": false,
		"wechat.48001 ready": false, "wechat.53503 ready": false, "internal planned": false, "internal ready": false,
		"push.originality planned": false, "push.failed planned": false, "push.censored planned": false,
		"push.deleted sent ends": false, "push.banned unknown ends": false, "article.retracted ready": false,
	} {
		words := strings.Fields(reason)
		d := press.Delivery{
			Kind: press.TargetWeChat, Mode: press.ModeMass, State: press.Blocked, PushID: "5",
			Reason: &press.Reason{Code: words[0], Back: press.State(words[1])},
		}
		if len(words) > 2 {
			d.Reason.Ends = press.Retracted
		}
		if d.MayHaveGoneOut() != want {
			t.Errorf("%s: %v, want %v", reason, !want, want)
		}
		after, err := press.WentOut(nil, noon).Apply(d, noon)
		switch {
		case !want && (press.CodeOf(err) != "delivery.not_out" || after.State != press.Blocked):
			t.Errorf("%s: said that it went out: %v, %s", reason, err, after.State)
		case want && (err != nil || after.State != press.Live || after.Reason != nil || !after.LiveAt.Equal(noon) || (after.PushID != "") != (words[1] == "sent")):
			t.Errorf("%s: %v, %+v", reason, err, after)
		}
		for name, other := range map[string]func(*press.Delivery){
			"of the website": func(d *press.Delivery) { d.Kind = press.TargetSite },
			"in mode draft":  func(d *press.Delivery) { d.Mode = press.ModeDraft },
			"not blocked":    func(d *press.Delivery) { d.State = press.Unknown },
		} {
			changed := d
			if other(&changed); changed.MayHaveGoneOut() {
				t.Errorf("%s, %s: may have gone out", reason, name)
			}
		}
	}
	held := press.Delivery{Kind: press.TargetWeChat, Mode: press.ModeMass, State: press.Blocked, FiredAt: noon, Reason: &press.Reason{Code: press.CodeRetracted, Back: press.Ready}}
	if !held.MayHaveGoneOut() {
		t.Error("a push whose call was made, and which was held since, may have gone out")
	}
}

func TestArticleLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, " \r\n\n": 0, "https://mp.weixin.qq.com/s/abc": 1,
		"https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1&sn=x#rd\r\n\n https://mp.weixin.qq.com/s/b ": 2,

		"http://mp.weixin.qq.com/s/a": -1, "https://mp.weixin.qq.com.example.org/s/a": -1, "https://a@mp.weixin.qq.com/s/a": -1,
		"https://mp.weixin.qq.com:444/s/a": -1, "https://mp.weixin.qq.com/cgi-bin/home": -1, "javascript:alert(1)": -1, "看过了": -1,
		"https://mp.weixin.qq.com/s/a https://mp.weixin.qq.com/s/b":                                -1,
		"https://mp.weixin.qq.com/s/a\nhttps://mp.weixin.qq.com/s/a":                               -1,
		"https://mp.weixin.qq.com/s/a\nhttps://mp.weixin.qq.com/s/b\nhttps://mp.weixin.qq.com/s/c": -1,
		"https://mp.weixin.qq.com/s/" + strings.Repeat("a", press.MaxLinkBytes):                    -1,
		strings.Repeat("\n", 1<<20): -1,
	} {
		links, err := press.ArticleLinks(text, 2)
		if (err != nil) != (want < 0) || want >= 0 && len(links) != want {
			t.Errorf("%.80q: %q, %v; want %d", text, links, err, want)
		}
		if err != nil && (press.KindOf(err) != press.Invalid || press.TextOf(err).ZH == press.TextOf(err).EN) {
			t.Errorf("%.80q: %v", text, err)
		}
	}
}
