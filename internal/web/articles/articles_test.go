package articles_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestToday: everybody is told of what waits for them, and of nothing else.
func TestToday(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	writer := o.get("writer", "/")
	o.shows(writer, http.StatusOK, "待完成", "150 名校友返校", "示例复审退回", "请核对", "有自动保存的修改", "今明两天的推送", `data-drop-url="/hand-in"`)
	o.hides(writer, "待签字")
	first := o.get("first", "/")
	o.shows(first, http.StatusOK, "待签字", "秋季运动会", "公众号余量")
	o.hides(first, "待完成", "志愿者周末", `data-drop-url`) // signed by this person already
	editor := o.get("editor", "/")
	o.shows(editor, http.StatusOK, "受阻的投放", "去处理", "新建推送", "待安排推送", "合唱团湖畔音乐会")
	part := o.get("editor", "/today/part")
	o.shows(part, http.StatusOK, `data-live="today"`)
	o.hides(part, "<html")
	o.shows(o.get("admin", "/"), http.StatusOK, "手头没有待办")
}

func TestList(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	all := o.get("editor", "/articles")
	o.shows(all, http.StatusOK, "共 12 篇", "已签 1/3", "示例投稿人", "data-select-bar")
	found := o.get("editor", "/articles?q="+url.QueryEscape("合唱"))
	o.shows(found, http.StatusOK, "共 1 篇", "合唱团湖畔音乐会", `value="合唱"`)
	o.shows(o.get("first", "/articles?state=review&column="+url.QueryEscape("校园生活")), http.StatusOK, "共 1 篇", "志愿者周末")
	o.hides(o.get("first", "/articles"), "data-select-item") // who does not write does not move
	o.shows(o.get("editor", "/articles?q=zz&state=draft"), http.StatusOK, "没有符合条件的稿件")
	o.shows(o.get("editor", "/articles?page=7"), http.StatusOK, "这一页没有稿件")
	o.shows(o.get("editor", "/articles?page=-3&state=nonsense&author=%27"), http.StatusOK)
	none := newOffice(t, false)
	none.shows(none.get("writer", "/articles"), http.StatusOK, "还没有稿件", "写一篇新稿")
	none.shows(none.get("first", "/articles"), http.StatusOK, "投稿人交稿后")
}

// TestOthersArticles: who only hands in sees their own articles, and cannot tell that there are others.
func TestOthersArticles(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	_, err := o.Desk.AddUser(t.Context(), press.System(), "另一位示例投稿人", []press.Role{press.Contributor}, nil)
	o.ok(err)
	other, err := o.Store.UserByName(t.Context(), "另一位示例投稿人")
	o.ok(err)
	draft := o.titled("口述史")
	o.shows(o.get("writer", "/articles/"+string(draft.ID)), http.StatusOK, "口述史讲座")
	// The same person's browser, of whom only the right to see is asked.
	actor := press.Actor{User: other}
	if actor.CanRead(draft) || press.KindOf(actor.RequireReading(draft)) != press.NotFound {
		t.Error("a contributor reads another's article")
	}
	o.shows(o.get("writer", "/articles/nothing"), http.StatusNotFound)
	secret, _, err := o.App.Desk.ResetPassword(t.Context(), o.people.Person("admin"), other.ID)
	o.ok(err)
	user, err := o.Store.User(t.Context(), other.ID)
	o.ok(err)
	o.ok(o.Desk.ChangePassword(t.Context(), press.Actor{User: user}, secret, "newsdesk-sample", press.Session{}))
	o.signIn("other", "另一位示例投稿人")
	for _, path := range []string{"/articles/" + string(draft.ID), "/articles/" + string(draft.ID) + "/file", "/hand-in/" + string(draft.ID)} {
		a := o.get("other", path)
		o.shows(a, http.StatusNotFound)
		o.hides(a, "口述史")
	}
	list := o.get("other", "/articles?author="+string(draft.Author))
	o.hides(list, "口述史", "示例投稿人</option>")
	for _, action := range []string{"submit", "withdraw", "restore"} {
		o.post("other", "/articles/"+string(draft.ID)+"/"+action, url.Values{"revision": {"1"}})
	}
	if got := o.titled("口述史"); got.State != draft.State || got.Revision != draft.Revision {
		t.Errorf("somebody else changed it to %s, revision %d", got.State, got.Revision)
	}
}

// TestLife: submit, withdraw, restore, and who may not.
func TestLife(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	draft := o.titled("口述史")
	path := "/articles/" + string(draft.ID)
	for _, action := range []string{"/submit", "/withdraw", "/restore"} {
		o.shows(o.post("first", path+action, nil), http.StatusForbidden, "角色")
	}
	done := o.post("writer", path+"/submit", url.Values{"revision": {"2"}})
	o.shows(done, http.StatusOK, "已提交审核", "等待签字")
	if done.path != path {
		t.Errorf("ends on %s", done.path)
	}
	o.shows(o.post("writer", path+"/withdraw", url.Values{"reason": {"改期"}}), http.StatusOK, "已撤稿", "恢复为草稿")
	o.shows(o.post("writer", path+"/restore", nil), http.StatusOK, "已恢复为草稿")
	scheduled := o.titled("桥梁模型")
	o.shows(o.post("editor", "/articles/"+string(scheduled.ID)+"/withdraw", nil), http.StatusOK, `role="alert"`) // still to go out
	if got := o.titled("桥梁模型"); got.State != press.ArticleApproved {
		t.Errorf("a scheduled article is %s", got.State)
	}
	o.exports(t, scheduled, draft)
	old := o.get("editor", path+"?revision=1")
	o.shows(old, http.StatusOK, "正在查看第 1 版")
	o.shows(o.get("editor", path+"?revision=99"), http.StatusNotFound)
	signed := o.get("second", "/articles/"+string(o.titled("志愿者周末").ID))
	o.shows(signed, http.StatusOK, "已审核过本版本的其他环节")
	begun := o.post("writer", "/articles", nil)
	if !strings.HasSuffix(begun.path, "/edit") {
		t.Errorf("a new article opens %s", begun.path)
	}
}

// TestMove asks a second question, says who loses signatures, and names what stays.
func TestMove(t *testing.T) {
	t.Parallel()
	o := newOffice(t, true)
	signed, draft, scheduled := o.titled("志愿者周末"), o.titled("口述史"), o.titled("桥梁模型")
	form := ids(signed, draft, scheduled)
	form.Set("back", "/articles?state=review")
	o.shows(o.post("editor", "/articles/move", form), http.StatusOK, "请选择要移入的栏目")
	form.Set("column", "通知公告")
	asked := o.post("editor", "/articles/move", form)
	o.shows(asked, http.StatusOK, "将 2 篇稿件移到“通知公告”", "1 篇已有签字", "仍然移动", "不会移动")
	if got := o.titled("口述史"); got.Column.String() == "通知公告" {
		t.Fatal("moved before the second question was answered")
	}
	form.Set("sure", "1")
	o.shows(o.post("editor", "/articles/move", form), http.StatusOK, "已将 2 篇稿件移到", "1 篇没有移动", "桥梁模型")
	if got := o.titled("志愿者周末"); got.Column.String() != "通知公告" || got.Revision != signed.Revision+1 {
		t.Errorf("moved to %s, revision %d", got.Column, got.Revision)
	}
	o.shows(o.post("editor", "/articles/move", url.Values{"column": {"通知公告"}, "back": {"//elsewhere.example/x"}}), http.StatusOK, "没有选择稿件")
	o.shows(o.post("first", "/articles/move", form), http.StatusForbidden)
}

// TestHandIn: a parcel is understood, handed in by a form and by a script, and what is refused says why.
func TestHandIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, false)
	o.shows(o.get("writer", "/hand-in"), http.StatusOK, `data-drop-url="/hand-in"`, "直接提交审核", "不超过 8 MB")
	o.shows(o.get("first", "/hand-in"), http.StatusForbidden)

	files := append(o.sample(), file{name: "extra.jpg", path: "稿件/extra.jpg", data: o.sample()[1].data[:2000]})
	understood := o.handIn("writer", false, nil, files...)
	o.shows(understood, http.StatusOK, "识别结果", "草稿", "在编辑器中打开", "提交审核", "封面", "extra.jpg")
	if !strings.HasPrefix(understood.path, "/hand-in/") {
		t.Fatalf("ends on %s", understood.path)
	}
	id := strings.TrimPrefix(understood.path, "/hand-in/")

	location := decoded[struct{ Location string }](o, o.handIn("writer", true, map[string]string{"article": id, "submit": "1"}, o.sample()...))
	if location.Location != understood.path {
		t.Fatalf("the script is sent to %q", location.Location)
	}
	o.shows(o.get("writer", location.Location), http.StatusOK, "第 2 版", "审核中")

	second := o.handIn("writer", false, map[string]string{"column": "通知公告"}, file{name: "稿.txt", data: []byte("另一篇示例稿\n\n图片是上一篇用过的。\n\n换了名字.jpg\n")},
		file{name: "换了名字.jpg", data: o.sample()[1].data})
	o.shows(second, http.StatusOK, "另一篇示例稿", "通知公告", "改为已有稿件的新版本", `<span class="muted parcel-name">换了名字.jpg</span>`)
	merged := o.post("writer", second.path+"/into", url.Values{"article": {id}})
	o.shows(merged, http.StatusOK, "已存为新版本", "另一篇示例稿", "第 3 版")
	if gone := o.get("writer", second.path); !strings.Contains(gone.text, "已撤稿") {
		t.Error("the article that went into another is still there")
	}
}

func TestHandInRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t, false)
	refusal := func(a answer, code int, want string) {
		t.Helper()
		o.shows(a, code)
		got := decoded[struct{ Kind, Code, Text string }](o, a)
		if got.Code != want || got.Text == "" {
			t.Errorf("refused with %+v, want %s", got, want)
		}
	}
	refusal(o.handIn("first", true, nil, o.sample()...), http.StatusForbidden, "role")
	refusal(o.handIn("writer", true, nil), http.StatusUnprocessableEntity, "parcel.empty")
	refusal(o.handIn("writer", true, map[string]string{"owner": "me"}, o.sample()...), http.StatusUnprocessableEntity, "parcel.field")
	refusal(o.handIn("writer", true, nil, file{name: "big.jpg", data: bytes.Repeat([]byte("x"), 9_000_000)}), http.StatusRequestEntityTooLarge, "parcel.bytes")
	refusal(o.handIn("writer", true, map[string]string{"article": "nothing"}, o.sample()...), http.StatusNotFound, "article.missing")

	page := o.handIn("writer", false, nil)
	o.shows(page, http.StatusUnprocessableEntity, "没有选择文件", "把文档、图片和附件拖到这里")
	contentType, body := parcelOf(nil, o.sample()...)
	req := o.request(http.MethodPost, "/hand-in", bytes.NewReader(body.Bytes()[:body.Len()/2]))
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	refusal(o.send("writer", req), http.StatusUnprocessableEntity, "parcel.broken")
	foreign := o.request(http.MethodPost, "/hand-in", bytes.NewReader(body.Bytes()))
	foreign.Header.Set("Content-Type", contentType)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	o.shows(o.send("writer", foreign), http.StatusForbidden)
	if all := o.get("editor", "/articles"); !strings.Contains(all.text, "还没有稿件") {
		t.Error("a refused parcel became an article")
	}
}
