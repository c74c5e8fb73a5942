package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	openapi "github.com/silenceper/wechat/v2/domain/openapi"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/broadcast"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	sdkdraft "github.com/silenceper/wechat/v2/officialaccount/draft"
	"github.com/silenceper/wechat/v2/officialaccount/freepublish"
	sdkmaterial "github.com/silenceper/wechat/v2/officialaccount/material"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

// hostTable sends requests for api.weixin.qq.com to the sandbox of the appid that is asking. The client library has one
// HTTP client for the whole process, so the tests of one process share this table.
type hostTable struct{ target string }

func (h hostTable) RoundTrip(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(h.target)
	if err != nil {
		return nil, err
	}
	if r.URL.Host == "api.weixin.qq.com" {
		r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// sdkMu: the library's HTTP client is a variable of the process.
var sdkMu sync.Mutex

// ownCache is the smallest cache that is safe from several goroutines; the library's own reads without its lock.
type ownCache struct{ m sync.Map }

func (c *ownCache) Get(key string) any { v, _ := c.m.Load(key); return v }
func (c *ownCache) Set(key string, v any, _ time.Duration) error {
	c.m.Store(key, v)
	return nil
}
func (c *ownCache) IsExist(key string) bool { _, found := c.m.Load(key); return found }
func (c *ownCache) Delete(key string) error { c.m.Delete(key); return nil }

var _ cache.Cache = (*ownCache)(nil)

func sdk(t *testing.T, r *rig, stable bool) *officialaccount.OfficialAccount {
	t.Helper()
	sdkMu.Lock()
	before := util.DefaultHTTPClient
	util.DefaultHTTPClient = &http.Client{Transport: hostTable{r.url}, Timeout: 10 * time.Second}
	t.Cleanup(func() {
		util.DefaultHTTPClient = before
		sdkMu.Unlock()
	})
	return officialaccount.NewOfficialAccount(&config.Config{
		AppID: testAppID, AppSecret: testSecret, Token: "callback-token", EncodingAESKey: testKey, Cache: &ownCache{}, UseStableAK: stable,
	})
}

// TestSDKPublish walks the whole way of a publication with a published client that knows nothing of the sandbox.
func TestSDKPublish(t *testing.T) {
	for _, stable := range []bool{false, true} {
		t.Run(fmt.Sprintf("stable=%v", stable), func(t *testing.T) { publishWithSDK(t, stable) })
	}
}

func publishWithSDK(t *testing.T, stable bool) {
	r := newRig(t, func(c *Config) { c.PublishDelay = 2 * time.Second })
	oa := sdk(t, r, stable)
	m := oa.GetMaterial()
	thumb, address, err := m.AddMaterialFromReader(sdkmaterial.MediaTypeImage, "/some/where/cover.png", strings.NewReader(string(pngBytes(90, 38))))
	if err != nil || !strings.HasPrefix(address, "http://mmbiz.qpic.cn/mmbiz_png/") {
		t.Fatalf("AddMaterial: %q %v", address, err)
	}
	file := filepath.Join(t.TempDir(), "body.jpg")
	if err := os.WriteFile(file, jpegBytes(20, 20), 0o600); err != nil {
		t.Fatal(err)
	}
	picture, err := m.ImageUpload(file)
	if err != nil || !strings.HasPrefix(picture, "http://mmbiz.qpic.cn/mmbiz_jpg/") || !strings.HasSuffix(picture, "/0") {
		t.Fatalf("ImageUpload: %q %v", picture, err)
	}
	box := oa.GetDraft()
	id, err := box.AddDraft([]*sdkdraft.Article{{Title: "秋季运动会", Content: `<section>第一段<img src="` + picture + `"></section>`, ThumbMediaID: thumb}})
	if err != nil {
		t.Fatal(err)
	}
	if err := box.UpdateDraft(&sdkdraft.Article{Title: "秋季运动会开幕", Content: "<p>改过</p>", ThumbMediaID: thumb}, id, 0); err != nil {
		t.Fatal(err)
	}
	articles, err := box.GetDraft(id)
	if err != nil || len(articles) != 1 || articles[0].Title != "秋季运动会开幕" || articles[0].Digest != "改过" {
		t.Fatalf("GetDraft: %+v %v", articles, err)
	}
	list, err := box.PaginateDraft(0, 20, true)
	if err != nil || list.TotalCount != 1 || list.Item[0].MediaID != id || list.Item[0].Content.NewsItem[0].Content != "" {
		t.Fatalf("PaginateDraft: %+v %v", list, err)
	}
	pub := oa.GetFreePublish()
	job, err := pub.Publish(id)
	if err != nil || job < 2247483648 {
		t.Fatalf("Publish: %d %v", job, err)
	}
	if st, err := pub.SelectStatus(job); err != nil || st.PublishStatus != freepublish.PublishStatusPublishing {
		t.Fatalf("SelectStatus: %+v %v", st, err)
	}
	r.clock.add(3 * time.Second)
	st, err := pub.SelectStatus(job)
	if err != nil || st.PublishStatus != freepublish.PublishStatusSuccess || st.ArticleDetail.Count != 1 {
		t.Fatalf("SelectStatus: %+v %v", st, err)
	}
	if got := st.ArticleDetail.Items[0].ArticleURL; len(got) != len("http://mp.weixin.qq.com/s/")+22 {
		t.Fatalf("article address %q", got)
	}
	var refused *util.CommonError
	if _, err := box.GetDraft(id); !errors.As(err, &refused) || refused.ErrCode != 40007 {
		t.Fatalf("the draft should be consumed: %v", err)
	}
	if n, err := box.CountDraft(); err != nil || n != 0 {
		t.Fatalf("CountDraft: %d %v", n, err)
	}
	page, err := pub.Paginate(0, 20, false)
	if err != nil || page.TotalCount != 1 || page.Item[0].ArticleID != st.ArticleID {
		t.Fatalf("Paginate: %+v %v", page, err)
	}
	if err := pub.Delete(st.ArticleID, 1); err != nil {
		t.Fatal(err)
	}
	if arts, err := pub.First(st.ArticleID); err != nil || !arts[0].IsDeleted {
		t.Fatalf("First: %+v %v", arts, err)
	}
	if ips, err := oa.GetBasic().GetAPIDomainIP(); err != nil || len(ips) == 0 {
		t.Fatalf("GetAPIDomainIP: %v %v", ips, err)
	}
	quota, err := oa.GetOpenAPI().GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: "/cgi-bin/freepublish/get"})
	if err != nil || quota.Quota.DailyLimit != 100 || quota.Quota.Used != 2 || quota.Quota.Remain != 98 {
		t.Fatalf("GetAPIQuota: %+v %v", quota, err)
	}
	if err := oa.GetBasic().ClearQuota(); err != nil {
		t.Fatal(err)
	}
}

func TestSDKMass(t *testing.T) {
	r := newRig(t, nil)
	oa := sdk(t, r, true)
	thumb, _, err := oa.GetMaterial().AddMaterialFromReader(sdkmaterial.MediaTypeImage, "cover.jpg", strings.NewReader(string(jpegBytes(9, 9))))
	if err != nil {
		t.Fatal(err)
	}
	id, err := oa.GetDraft().AddDraft([]*sdkdraft.Article{{Title: "群发", Content: "<p>正文</p>", ThumbMediaID: thumb}})
	if err != nil {
		t.Fatal(err)
	}
	b := oa.GetBroadcast()
	res, err := b.SendNews(nil, id, true)
	if err != nil || res.MsgID == 0 || res.MsgDataID == 0 {
		t.Fatalf("SendNews: %+v %v", res, err)
	}
	// The same content to the same audience again: the identifier that the platform derives is known.
	again, err := b.SendNews(nil, id, true)
	var refused *util.CommonError
	if !errors.As(err, &refused) || refused.ErrCode != 45066 {
		t.Fatalf("repeat: %+v %v", again, err)
	}
	r.clock.add(2 * time.Second)
	if st, err := b.GetMassStatus(jobKey(res.MsgID)); err != nil || st.MsgStatus != "SEND_SUCCESS" {
		t.Fatalf("GetMassStatus: %+v %v", st, err)
	}
	if _, err := b.SendText(&broadcast.User{TagID: 2}, "second of the day"); !errors.As(err, &refused) || refused.ErrCode != 45028 {
		t.Fatalf("second send: %v", err)
	}
	if err := b.Delete(res.MsgID, 1); err != nil {
		t.Fatal(err)
	}
	if speed, err := b.GetSpeed(); err != nil || speed.RealSpeed != 80 {
		t.Fatalf("GetSpeed: %+v %v", speed, err)
	}
	if _, err := b.SetSpeed(3); err != nil {
		t.Fatal(err)
	}
}

func TestSDKMaterial(t *testing.T) {
	r := newRig(t, nil)
	m := sdk(t, r, true).GetMaterial()
	video := "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
	if _, _, err := m.AddVideoFromReader("/a/clip.mp4", "开幕式", "简介", strings.NewReader(video)); err != nil {
		t.Fatal(err)
	}
	media, err := m.MediaUploadFromReader(sdkmaterial.MediaTypeImage, "x.png", strings.NewReader(string(pngBytes(8, 8))))
	if err != nil || media.MediaID == "" || media.CreatedAt != r.clock.Now().Unix() {
		t.Fatalf("MediaUpload: %+v %v", media, err)
	}
	id, _, err := m.AddMaterialFromReader(sdkmaterial.MediaTypeImage, "a.jpg", strings.NewReader(string(jpegBytes(8, 8))))
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.GetMaterialCount()
	if err != nil || n.ImageCount != 1 || n.VideoCount != 1 {
		t.Fatalf("GetMaterialCount: %+v %v", n, err)
	}
	list, err := m.BatchGetMaterial(sdkmaterial.PermanentMaterialTypeImage, 0, 20)
	if err != nil || list.TotalCount != 1 || list.Item[0].MediaID != id || list.Item[0].Name != "a.jpg" {
		t.Fatalf("BatchGetMaterial: %+v %v", list, err)
	}
	if err := m.DeleteMaterial(id); err != nil {
		t.Fatal(err)
	}
	if err := m.DeleteMaterial(id); err == nil {
		t.Fatal("deleting twice should be refused")
	}
}

// TestSDKCallback lets the library's own server read what the sandbox posts, in each mode.
func TestSDKCallback(t *testing.T) {
	for _, mode := range []CallbackMode{Plain, Compat, Safe} {
		t.Run(string(mode), func(t *testing.T) {
			got := make(chan *message.MixMessage, 1)
			cfg := &config.Config{AppID: testAppID, Token: "callback-token", EncodingAESKey: testKey, Cache: &ownCache{}}
			oa := officialaccount.NewOfficialAccount(cfg)
			hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				srv := oa.GetServer(r, w)
				srv.SetMessageHandler(func(m *message.MixMessage) *message.Reply { got <- m; return nil })
				if err := srv.Serve(); err != nil {
					t.Error(err)
				}
			}))
			defer hook.Close()
			r := newRig(t, func(c *Config) {
				c.Accounts[0].CallbackURL, c.Accounts[0].EncodingAESKey, c.Accounts[0].CallbackMode = hook.URL+"/wechat?x=1", testKey, mode
				c.PublishDelay = -1
			})
			if err := r.s.VerifyCallback(t.Context(), testAppID); err != nil {
				t.Fatal(err)
			}
			a := r.post("/cgi-bin/freepublish/submit", answer{"media_id": r.draft()})
			r.expect(a, 0)
			select {
			case m := <-got:
				info := m.PublishEventInfo
				if m.Event != message.EventPublishJobFinish || float64(info.PublishID) != a["publish_id"] || info.ArticleDetail.Count != 1 {
					t.Fatalf("event: %+v", m)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("no event came")
			}
		})
	}
}
