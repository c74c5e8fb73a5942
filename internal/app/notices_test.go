package app_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// TestNobodyWaitsForAHangingServer: a mail server that says nothing, and a webhook that does not answer, hold no delivery:
// the push goes live meanwhile, and a channel that works is told of it.
func TestNobodyWaitsForAHangingServer(t *testing.T) {
	t.Parallel()
	r := enter(t, map[string]any{"notices.private": true})
	ctx, boss := t.Context(), r.boss()
	silent, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's
	r.ok(err)
	t.Cleanup(func() { _ = silent.Close() }) // connections wait in its backlog, and nobody speaks to them
	told := make(chan string, 8)
	works := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		data, _ := io.ReadAll(req.Body)
		told <- string(data)
	}))
	t.Cleanup(works.Close)
	kinds := []press.NoticeKind{press.NoticeLive}
	mail, err := r.Desk.SaveNoticeChannel(ctx, boss, desk.NoticeChange{
		Name: "hangs", Road: press.RoadMail, Lang: press.Chinese, Kinds: kinds,
		Mail: press.Mail{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: press.MailPlain, From: "a@example.edu.cn", To: []string{"b@example.edu.cn"}}, //nolint:forcetypeassert // it is one
	})
	r.ok(err)
	_, err = r.Desk.SaveNoticeChannel(ctx, boss, desk.NoticeChange{
		Name: "works", Road: press.RoadWebhook, Lang: press.English, Kinds: kinds, Address: works.URL + "/hook", Secret: "a-key-to-sign-with",
	})
	r.ok(err)
	for _, title := range []string{"The first", "The second of them"} { // the second while the first hangs
		push := r.await(r.pushTo("sandbox", title), press.Live)
		var got struct {
			Notices []struct{ Delivery, Headline, State, URL string }
		}
		r.ok(json.Unmarshal([]byte(<-told), &got))
		if len(got.Notices) != 1 || got.Notices[0].Delivery != string(push.ID) || got.Notices[0].Headline != title || got.Notices[0].State != "live" ||
			got.Notices[0].URL != r.Config.PublicURL+"/deliveries/"+string(push.ID) {
			t.Errorf("told of %+v", got)
		}
	}
	c, list, err := r.Desk.NoticeChannel(ctx, boss, mail.ID)
	r.ok(err)
	if c.Waiting != 2 || len(list) != 2 || !c.SentAt.IsZero() {
		t.Errorf("the hanging channel is %+v with %+v", c, list)
	}
}

// TestNoticeChannelByProgram: a channel is added, tried, paused and removed through the API by an administrator and by nobody
// else; what is refused says what to do; and no answer and no log holds a key.
func TestNoticeChannelByProgram(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	answer := `{"errcode":310000,"errmsg":"keywords not in content"}`
	robot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(robot.Close)
	r := enterAs(t, map[string]any{"notices.private": true, "notices.robots": []string{robot.URL}}, func(o *app.Options) { o.Work = false })
	ctx := t.Context()
	r.boss()
	token, _, err := r.Desk.CreateToken(ctx, press.System(), "boss", "test")
	r.ok(err)
	boss := api.NewClient(r.Config.PublicURL, token, nil)
	const key = "k-0123456789abcdef"
	body := api.NoticeChannelBody{
		Name: "值班群", Road: "dingtalk", Language: "zh", Kinds: []string{"blocked"}, Address: robot.URL + "/robot/send?access_token=" + key, Secret: "SEC-not-to-be-seen",
	}
	_, err = r.as("editor").AddNoticeChannel(ctx, body)
	r.refused(err, press.Forbidden, "role")
	_, err = r.as("editor").NoticeChannels(ctx)
	r.refused(err, press.Forbidden, "role")
	elsewhere := body
	elsewhere.Address = "https://example.com/robot/send?access_token=" + key
	_, err = boss.AddNoticeChannel(ctx, elsewhere)
	r.refused(err, press.Invalid, "notice.robot")
	added, err := boss.AddNoticeChannel(ctx, body)
	r.ok(err)
	if c := added.Channel; !c.HasSecret || c.Host == "" || c.Version != 1 {
		t.Errorf("added %+v", c)
	}
	test, err := boss.TestNoticeChannel(ctx, added.Channel.ID)
	r.ok(err)
	if test.Works || !strings.Contains(test.Fix.ZH, "关键词“Newsdesk”") || !strings.Contains(test.Answer, "310000") {
		t.Errorf("the test says %+v", test)
	}
	mu.Lock()
	answer = `{"errcode":0,"errmsg":"ok"}`
	mu.Unlock()
	test, err = boss.TestNoticeChannel(ctx, added.Channel.ID)
	r.ok(err)
	if !test.Works || test.Answer != "0 ok" {
		t.Errorf("the test says %+v", test)
	}
	body.Version, body.Paused, body.Address, body.Secret = 1, true, "", "" // what is left out stays
	changed, err := boss.ChangeNoticeChannel(ctx, added.Channel.ID, body)
	r.ok(err)
	if c := changed.Channel; !c.Paused || !c.HasSecret || c.Host == "" {
		t.Errorf("changed to %+v", c)
	}
	all, err := json.Marshal([]any{added, changed, test})
	r.ok(err)
	if text := string(all) + r.log.String(); strings.Contains(text, key) || strings.Contains(text, "SEC-not") {
		t.Error("an answer or the log holds a key")
	}
	left, err := boss.RemoveNoticeChannel(ctx, added.Channel.ID, 2)
	r.ok(err)
	if len(left.Channels) != 0 {
		t.Errorf("left: %+v", left)
	}
	mail := api.NoticeChannelBody{Name: "mail", Road: "mail", Language: "en", Kinds: []string{"live"}, Secret: "password-1", Mail: &api.NoticeMail{
		Host: "smtp.example.edu.cn", Port: 587, Security: "starttls", Username: "u", From: "u@example.edu.cn", To: []string{"v@example.edu.cn"},
	}}
	added, err = boss.AddNoticeChannel(ctx, mail)
	r.ok(err)
	mail.Version, mail.Secret, mail.Mail.Host = 1, "", "smtp.example.com" // a password goes to no other server
	_, err = boss.ChangeNoticeChannel(ctx, added.Channel.ID, mail)
	r.refused(err, press.Invalid, "notice.password")
}
