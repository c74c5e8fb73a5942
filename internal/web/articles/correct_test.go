package articles_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// reads is what a reader of the website gets at an address.
func (o *office) reads(address string) (int, string) {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), http.MethodGet, address, nil)
	o.ok(err)
	res, err := http.DefaultClient.Do(req)
	o.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	o.ok(err)
	return res.StatusCode, string(body)
}

// TestFromCorrectionToRetraction: a live article is corrected with a note, which readers find dated on the website once it is
// signed and not before; WeChat is told of and left alone; taken down everywhere, its address answers 410.
func TestFromCorrectionToRetraction(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	ctx := t.Context()
	approved, _, err := o.Store.Articles(ctx, store.ArticleFilter{States: []press.ArticleState{press.ArticleApproved}, Limit: 1})
	o.ok(err)
	edition, planned, err := o.Desk.Compose(ctx, press.System(), desk.NewEdition{
		Account: o.Config.Accounts[0].Name, Mode: press.ModePublish, At: time.Now(), Articles: []press.ArticleID{approved[0].ID},
	})
	o.ok(err)
	push := planned[0]
	for deadline := time.Now().Add(time.Minute); push.State != press.Live; {
		if time.Now().After(deadline) {
			t.Fatalf("the push is %s", push.State)
		}
		time.Sleep(100 * time.Millisecond) // until the workers have sent it
		push, err = o.Store.Delivery(ctx, push.ID)
		o.ok(err)
	}
	o.takenDown(approved[0])
	id := edition.Items[0].Article
	path, address := "/articles/"+string(id), o.Site.Address(id)
	o.shows(o.get("editor", path), http.StatusOK, "更正已发布的内容", "从所有渠道撤回")
	o.shows(o.post("editor", path+"/correct", url.Values{"note": {" "}}), http.StatusUnprocessableEntity, "一句话")
	const note = "文中的日期有误，现已改正。"
	begun := o.post("editor", path+"/correct", url.Values{"note": {note}})
	o.shows(begun, http.StatusOK, "读者看到的仍是原来的版本", note)
	if begun.path != path+"/edit" {
		t.Errorf("the correction opens at %s", begun.path)
	}
	a, err := o.Store.Article(ctx, id)
	o.ok(err)
	o.post("editor", path+"/submit", url.Values{"revision": {fmt.Sprint(a.Revision)}})
	o.shows(o.get("editor", path), http.StatusOK, "正在更正")
	if _, page := o.reads(address); strings.Contains(page, note) {
		t.Error("readers are told before it is signed")
	}
	settings, err := o.Desk.Settings(ctx)
	o.ok(err)
	for _, stage := range settings.Stages {
		user, err := o.Desk.AddUser(ctx, press.System(), "示例更正"+stage.Name.ZH, []press.Role{press.Reviewer}, nil)
		o.ok(err)
		a, err = o.Store.Article(ctx, id)
		o.ok(err)
		_, _, err = o.Desk.Sign(ctx, press.Actor{User: user}, id, a.Revision, a.Hash)
		o.ok(err)
	}
	told := "</time>更正：" + note
	for deadline := time.Now().Add(20 * time.Second); ; {
		if _, page := o.reads(address); strings.Contains(page, told) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the page is not replaced")
		}
		time.Sleep(50 * time.Millisecond) // until the workers have written it
	}
	o.shows(o.get("editor", path), http.StatusOK, fmt.Sprintf("显示的仍是第 %d 版", edition.Items[0].Revision))
	at := "/deliveries/" + string(push.ID)
	o.shows(o.get("editor", at), http.StatusOK, "微信显示的不是最新版本")
	o.shows(o.get("editor", at+"/resend"), http.StatusOK, "无法恢复", "阅读数、点赞和留言全部丢失", "不处理，返回")
	unsure := o.post("editor", at+"/resend", url.Values{"mode": {"publish"}, "when": {"later"}, "day": {"2026-12-24"}, "clock": {"09:30"}})
	o.shows(unsure, http.StatusUnprocessableEntity, "还没有删除任何内容", `value="2026-12-24"`, `value="09:30"`)

	o.shows(o.post("editor", path+"/retract", url.Values{"reason": {""}}), http.StatusUnprocessableEntity, "撤回原因")
	down := o.post("editor", path+"/retract", url.Values{"reason": {"示例：涉及的活动已取消"}})
	o.shows(down, http.StatusOK, "示例：涉及的活动已取消", "已撤下")
	if down.path != path+"/where" {
		t.Errorf("what came of it is at %s", down.path)
	}
	if code, page := o.reads(address); code != http.StatusGone || !strings.Contains(page, "这篇文章已撤下") {
		t.Errorf("readers get %d", code)
	}
	for _, file := range []string{"", "feed.xml", "all/"} {
		if _, page := o.reads(strings.TrimSuffix(address, o.Site.Path(id)) + file); strings.Contains(page, string(id)) {
			t.Errorf("/%s still names it", file)
		}
	}
	if gone, err := o.Store.Delivery(ctx, push.ID); err != nil || gone.State != press.Retracted {
		t.Errorf("in WeChat it is %s (%v)", gone.State, err)
	}
}
