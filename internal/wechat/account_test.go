package wechat_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

func TestNewRefusesBadSettings(t *testing.T) {
	t.Parallel()
	good := wechat.Config{AppID: appID, Secret: secret}
	for name, change := range map[string]func(*wechat.Config){
		"no appid":        func(c *wechat.Config) { c.AppID = "" },
		"no secret":       func(c *wechat.Config) { c.Secret = "" },
		"short key":       func(c *wechat.Config) { c.EncodingAESKey = "abc" },
		"bad old key":     func(c *wechat.Config) { c.OldEncodingAESKey = strings.Repeat("!", 43) },
		"no scheme":       func(c *wechat.Config) { c.BaseURL = "api.weixin.qq.com" },
		"foreign scheme":  func(c *wechat.Config) { c.BaseURL = "ftp://api.weixin.qq.com" },
		"query":           func(c *wechat.Config) { c.BaseURL = "https://api.weixin.qq.com/?a=b" },
		"in the clear":    func(c *wechat.Config) { c.BaseURL = "http://api.weixin.qq.com" },
		"password in url": func(c *wechat.Config) { c.BaseURL = "https://u:p@api.weixin.qq.com" },
	} {
		cfg := good
		change(&cfg)
		if _, err := wechat.New(cfg); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	a, err := wechat.New(good)
	if err != nil || a.Name() != appID {
		t.Errorf("good settings: %v", err)
	}
}

func TestPrintedSettingsHoldNoSecret(t *testing.T) {
	t.Parallel()
	cfg := wechat.Config{Name: "office", AppID: appID, Secret: secret, CallbackToken: callbackToken, EncodingAESKey: aesKey}
	a, err := wechat.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var logs buffer
	slog.New(slog.NewJSONHandler(&logs, nil)).Info("settings", "config", cfg, "account", a)
	for _, said := range []string{fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg), fmt.Sprintf("%v %+v %#v %s", a, a, a, a), logs.String()} {
		if strings.Contains(said, secret) || strings.Contains(said, callbackToken) || strings.Contains(said, aesKey) {
			t.Errorf("secrets are printed: %s", said)
		}
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	url, err := r.UploadImage(ctx, "/home/someone/照片 1.jpeg", picture(t, 60, 40))
	r.must(err)
	if !strings.HasPrefix(url, "https://mmbiz.qpic.cn/") {
		t.Errorf("the picture's address is %q, want https", url)
	}
	id, url, err := r.AddImage(ctx, "封面.png", picture(t, 900, 383))
	r.must(err)
	if id == "" || !strings.HasPrefix(url, "https://") {
		t.Errorf("material: %q at %q", id, url)
	}
	if n := r.calls("/cgi-bin/stable_token"); n != 1 {
		t.Errorf("%d token calls, want 1", n)
	}
}

func TestUploadsRefuseBeforeSending(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	large := append(picture(t, 10, 10), make([]byte, 1<<20)...)
	for name, data := range map[string][]byte{"empty": nil, "gif": []byte("GIF89a...."), "1 MiB": large[:1<<20]} {
		_, err := r.UploadImage(ctx, "a.png", data)
		if got := r.refusal(err); got.Class != press.ClassContent {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, data := range map[string][]byte{"empty": nil, "webp": []byte("RIFF....WEBP"), "11 MB": append(picture(t, 9, 9), make([]byte, 11<<20)...)} {
		if _, _, err := r.AddImage(ctx, "a.png", data); r.refusal(err).Class != press.ClassContent {
			t.Errorf("%s material: %v", name, err)
		}
	}
	if n := r.calls(""); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	first, second := r.article("第一条 <标题> & “引号”"), r.article("第二条")
	first.Comments = true
	first.CropWide = &press.Rect{X1: 0.1945, Y1: 0, X2: 1, Y2: 0.5236}
	first.CropSquare = &press.Rect{X1: 0.25, Y1: 0, X2: 0.75, Y2: 1}
	first.Digest, second.Digest = "", ""
	id, err := r.AddDraft(ctx, []press.PushArticle{first, second})
	r.must(err)
	got, err := r.Draft(ctx, id)
	r.must(err)
	if got.MediaID != id || len(got.Articles) != 2 || len(got.URLs) != 2 || got.URLs[0] == "" {
		t.Fatalf("got %+v", got)
	}
	a := got.Articles[0]
	if a.Title != first.Title || a.Author != first.Author || a.SourceURL != first.SourceURL || a.ThumbMedia != first.ThumbMedia || !a.Comments {
		t.Errorf("got %+v, want %+v", a, first)
	}
	if !strings.Contains(a.HTML, "正文") || got.Articles[1].Comments {
		t.Errorf("got %+v", got)
	}
	if a.CropWide != nil && *a.CropWide != *first.CropWide || a.CropSquare != nil && *a.CropSquare != *first.CropSquare {
		t.Errorf("crops came back as %v, %v", a.CropWide, a.CropSquare)
	}
}

func TestDraftListAndDelete(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	one, two := r.draft("一"), r.draft("二")
	list, total, err := r.Drafts(ctx, 0, 20, true)
	r.must(err)
	ids := []string{list[0].MediaID, list[len(list)-1].MediaID}
	if total != 2 || len(list) != 2 || !slices.Contains(ids, one) || !slices.Contains(ids, two) || list[0].UpdatedAt.IsZero() {
		t.Fatalf("got %d: %+v", total, list)
	}
	if list[0].Articles[0].HTML == "" || list[0].Articles[0].SourceURL == "" {
		t.Errorf("the list has no content: %+v", list[0])
	}
	list, _, err = r.Drafts(ctx, 0, 1, false)
	r.must(err)
	if len(list) != 1 || len(list[0].Articles) > 0 && list[0].Articles[0].HTML != "" {
		t.Errorf("content came unasked: %+v", list)
	}
	r.must(r.DeleteDraft(ctx, one))
	_, err = r.Draft(ctx, one)
	if got := r.refusal(err); got.Code != 40007 || got.Class != press.ClassDone {
		t.Errorf("a deleted draft: %+v", got)
	}
	if got := r.refusal(r.DeleteDraft(ctx, one)); got.Code != 40007 {
		t.Errorf("deleting it again: %+v", got)
	}
}

func TestAddDraftRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	good := r.article("标题")
	noCover, noText := good, good
	noCover.ThumbMedia, noText.HTML = "", ""
	for name, list := range map[string][]press.PushArticle{
		"none": nil, "nine": slices.Repeat([]press.PushArticle{good}, 9), "no cover": {noCover}, "no text": {good, noText},
	} {
		if _, err := r.AddDraft(ctx, list); r.refusal(err).Class != press.ClassContent {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := r.calls("/cgi-bin/draft/add"); n != 0 {
		t.Errorf("%d calls were made", n)
	}
	foreign := good
	foreign.ThumbMedia = "not-of-this-account"
	_, err := r.AddDraft(ctx, []press.PushArticle{foreign})
	if got := r.refusal(err); got.Code != 40007 || got.Class != press.ClassContent || got.RID == "" {
		t.Errorf("a foreign cover: %+v", got)
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	for _, quoted := range []bool{false, true} {
		r, ctx := newRig(t, setup{}), context.Background()
		r.fault(sandbox.Fault{Path: "freepublish/*", QuotedIDs: quoted})
		draft := r.draft("头条", "次条")
		result, err := r.Publish(ctx, draft)
		r.must(err)
		if result.ID == "" || strings.ContainsAny(result.ID, `"e.`) || !strings.Contains(result.Raw, result.ID) {
			t.Fatalf("quoted %v: %+v", quoted, result)
		}
		r.box.Settle()
		status, err := r.PublishStatus(ctx, result.ID)
		r.must(err)
		if status.State != press.PushDone || status.ArticleID == "" || len(status.URLs) != 2 || !strings.HasPrefix(status.URLs[1], "https://mp.weixin.qq.com/s/") {
			t.Errorf("quoted %v: %+v", quoted, status)
		}
		list, total, err := r.Publications(ctx, 0, 20)
		r.must(err)
		if total != 1 || list[0].ArticleID != status.ArticleID || list[0].SourceURLs[0] != "https://news.example.org/a/1?d=01J" || !slices.Equal(list[0].URLs, status.URLs) {
			t.Errorf("quoted %v: %+v", quoted, list)
		}
		if _, err := r.Draft(ctx, draft); r.refusal(err).Code != 40007 {
			t.Errorf("the draft is still there: %v", err)
		}
	}
}

func TestPublishEndings(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]press.PublishState{2: press.PushOriginal, 3: press.PushFailed, 4: press.PushCensored} {
		r, ctx := newRig(t, setup{}), context.Background()
		r.fault(sandbox.Fault{Path: "freepublish/submit", PublishStatus: code, FailIdx: []int{2}})
		result, err := r.Publish(ctx, r.draft("头条", "次条"))
		r.must(err)
		r.box.Settle()
		status, err := r.PublishStatus(ctx, result.ID)
		r.must(err)
		if status.State != want || status.Detail == "" || code != 3 && !slices.Equal(status.FailedIdx, []int{2}) {
			t.Errorf("status %d: %+v", code, status)
		}
	}
}

func TestDeletePublication(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	result, err := r.Publish(ctx, r.draft("头条", "次条"))
	r.must(err)
	r.box.Settle()
	status, err := r.PublishStatus(ctx, result.ID)
	r.must(err)
	for _, index := range []int{0, -1} {
		if got := r.refusal(r.DeletePublication(ctx, status.ArticleID, index)); got.Class != press.ClassConfig {
			t.Errorf("index %d: %+v", index, got)
		}
	}
	if n := r.calls("/cgi-bin/freepublish/delete"); n != 0 {
		t.Fatalf("%d calls were made that delete everything", n)
	}
	r.must(r.DeletePublication(ctx, status.ArticleID, 1))
	if got := r.refusal(r.DeletePublication(ctx, "nosuch", 1)); got.Code != 53600 {
		t.Errorf("an unknown article: %+v", got)
	}
}

func TestMass(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	draft := r.draft("头条")
	result, err := r.SendAll(ctx, draft, "01JABCDEFGHJKMNPQRSTVWXYZ0")
	r.must(err)
	if result.ID == "" || result.DataID == "" {
		t.Fatalf("got %+v", result)
	}
	r.box.Settle()
	status, err := r.MassStatus(ctx, result.ID)
	r.must(err)
	if status.State != press.PushDone {
		t.Errorf("got %+v", status)
	}
	_, err = r.SendAll(ctx, draft, "01JABCDEFGHJKMNPQRSTVWXYZ0")
	if got := r.refusal(err); got.Code != 45066 || got.Class != press.ClassBackoff || got.Wait < time.Minute {
		t.Errorf("repeated at once: %+v", got)
	}
	r.must(r.DeleteMass(ctx, result.ID, 1))
	for _, index := range []int{0, -3} {
		if r.refusal(r.DeleteMass(ctx, result.ID, index)).Code != 0 {
			t.Errorf("index %d went out", index)
		}
	}
	_, err = r.SendAll(ctx, r.draft("又一条"), "01JABCDEFGHJKMNPQRSTVWXYZ1")
	if got := r.refusal(err); got.Code != 45028 || got.Class != press.ClassQuota || got.Wait <= 0 || got.Wait > 24*time.Hour {
		t.Errorf("the second push of the day: %+v", got)
	}
}

func TestMassRepeatNamesTheJob(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{box: func(c *sandbox.Config) { c.Clocks.ClientMsgIDBusy = time.Nanosecond }})
	ctx, draft := context.Background(), r.draft("头条")
	result, err := r.SendAll(ctx, draft, "id-1")
	r.must(err)
	_, err = r.SendAll(ctx, draft, "id-1")
	got := r.refusal(err)
	if got.Code != 45065 || got.Class != press.ClassDone || got.MsgID != result.ID {
		t.Errorf("got %+v, want the job %s", got, result.ID)
	}
	for _, id := range []string{"", strings.Repeat("x", 33)} {
		if _, err := r.SendAll(ctx, draft, id); r.refusal(err).Class != press.ClassConfig {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func TestPreviewGoesToOneReader(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	draft := r.draft("头条")
	for _, reader := range []string{"oABCDEFGHIJKLMNOPQRSTUVWXYZ0", "xuanchuanbu_01"} {
		raw, err := r.Preview(ctx, draft, reader)
		r.must(err)
		if !strings.Contains(raw, "preview success") {
			t.Errorf("%s: the answer is %s", reader, raw)
		}
	}
	if r.calls("/cgi-bin/message/mass/preview") != 2 || r.calls("/cgi-bin/message/mass/sendall") != 0 {
		t.Error("the preview did not go to mass/preview alone")
	}
	_, err := r.Preview(ctx, draft, "")
	if got := r.refusal(err); got.Class != press.ClassConfig {
		t.Errorf("without a reader: %+v", got)
	}
	if _, err := r.Draft(ctx, draft); err != nil {
		t.Errorf("the draft after its preview: %v", err)
	}
}

func TestQuotaAndCheck(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	r.must(r.Check(ctx))
	r.draft("头条")
	limit, used, remain, err := r.QuotaLeft(ctx, "/cgi-bin/draft/add")
	r.must(err)
	if limit != 1000 || used != 1 || remain != 999 {
		t.Errorf("got %d, %d, %d", limit, used, remain)
	}
	if _, _, _, err := r.QuotaLeft(ctx, "/cgi-bin/nosuch"); r.refusal(err).Code != 76021 {
		t.Errorf("an unknown path: %v", err)
	}
}

// A secret that was changed must be found although a token of the old one is still cached.
func TestCheckFindsAWrongSecret(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	r.must(r.Check(ctx))
	r.must(r.box.Configure(appID, func(a *sandbox.Account) { a.Secret = "another" }))
	got := r.refusal(r.Check(ctx))
	if got.Code != 40001 || got.Class != press.ClassConfig || got.Call != "stable_token" {
		t.Errorf("got %+v", got)
	}
}
