package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func TestNoticesSQLite(t *testing.T) {
	t.Parallel()
	testAllNotices(t, openTestSQLite)
}

func TestNoticesPostgres(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	testAllNotices(t, openTestPostgres)
}

// testAllNotices is what a database must do so that people are told once.
func testAllNotices(t *testing.T, open opener) {
	for name, test := range map[string]func(*fixture){
		"channels": testNoticeChannels, "causes": testNoticeCauses, "sending": testNoticeSending, "lost answer": testNoticeLostAnswer,
		"race": testNoticeRace, "given up": testNoticeGivenUp, "nothing without its cause": testNoticeAtomic,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, open))
		})
	}
}

// channel adds a notice channel of every kind, or of those given.
func (f *fixture) channel(name string, kinds ...press.NoticeKind) press.NoticeChannelID {
	f.Helper()
	if len(kinds) == 0 {
		kinds = press.NoticeKinds()
	}
	id := press.NoticeChannelID(f.id())
	f.ok(f.SaveNoticeChannel(f.Context(), f.boss(), press.SealedNoticeChannel{
		NoticeChannel: press.NoticeChannel{ID: id, Name: name, Road: press.RoadWeCom, Lang: press.Chinese, Kinds: kinds, Host: "qyapi.weixin.qq.com"},
		Address:       "v1.address",
	}, ""))
	return id
}

// told lists what a channel was told, the oldest first.
func (f *fixture) told(id press.NoticeChannelID) (out []string) {
	f.Helper()
	list, err := f.Notices(f.Context(), id, 100)
	f.ok(err)
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, fmt.Sprintf("%s %s", list[i].Kind, list[i].Progress))
	}
	return out
}

func testNoticeChannels(f *fixture) {
	ctx := f.Context()
	c := press.SealedNoticeChannel{NoticeChannel: press.NoticeChannel{
		ID: press.NoticeChannelID(f.id()), Name: "值班邮箱", Road: press.RoadMail, Lang: press.Chinese,
		Kinds: []press.NoticeKind{press.NoticeBlocked, press.NoticeMissed},
		Mail:  press.Mail{Host: "mail.example.edu.cn", Port: 587, Security: press.MailSTARTTLS, From: "a@example.edu.cn", To: []string{"b@example.edu.cn"}},
	}, Secret: "v1.sealed"}
	f.ok(f.SaveNoticeChannel(ctx, f.boss(), c, "new"))
	other := c
	other.ID = "another"
	f.refused(f.SaveNoticeChannel(ctx, f.boss(), other, ""), press.Conflict, "notice.name")
	list, err := f.NoticeChannels(ctx)
	f.ok(err)
	c.Version, c.UpdatedAt, c.HasSecret = 1, f.clock.Now(), true
	f.same(list, []press.SealedNoticeChannel{c})

	c.Paused = true
	f.ok(f.SaveNoticeChannel(ctx, f.boss(), c, "paused"))
	f.refused(f.SaveNoticeChannel(ctx, f.boss(), c, ""), press.Conflict, "settings.stale")
	f.refused(f.RemoveNoticeChannel(ctx, f.boss(), c.ID, 1), press.Conflict, "settings.stale")
	f.ok(f.RemoveNoticeChannel(ctx, f.boss(), c.ID, 2))
	f.same(f.actions(string(c.ID)), []string{"notice.add", "notice.save", "notice.remove"})
	f.refused(f.SaveNoticeChannel(ctx, f.boss(), c, ""), press.Conflict, "settings.stale")

	pretender := f.editor
	pretender.Roles = press.Roles()
	f.refused(f.SaveNoticeChannel(ctx, pretender, other, ""), press.Forbidden, "role")
	f.refused(f.RemoveNoticeChannel(ctx, pretender, other.ID, 1), press.Forbidden, "role")
	for i := range press.MaxNoticeChannels {
		f.channel(fmt.Sprint("channel ", i))
	}
	f.refused(f.SaveNoticeChannel(ctx, f.boss(), other, ""), press.Conflict, "notice.many")
}

// push plans an edition and returns its delivery to WeChat, claimed.
func (f *fixture) push(title string) press.Delivery {
	f.Helper()
	_, list := f.compose(f.clock.Now().Add(time.Hour), f.approved(title))
	for _, d := range list {
		if d.Kind == press.TargetWeChat {
			return f.claim(d, "w1")
		}
	}
	f.Fatal("no push")
	return press.Delivery{}
}

// testNoticeCauses: each cause is one row for each channel that wants its kind, and the same cause is never another.
func testNoticeCauses(f *fixture) {
	ctx, now := f.Context(), f.clock.Now()
	everything, troubles, paused := f.channel("everything"), f.channel("troubles", press.NoticeBlocked, press.NoticeFailed), f.channel("paused")
	list, err := f.NoticeChannels(ctx)
	f.ok(err)
	for _, c := range list {
		if c.ID == paused {
			c.Paused = true
			f.ok(f.SaveNoticeChannel(ctx, f.boss(), c, ""))
		}
	}
	reason := func(code string) press.Reason {
		return press.Reason{Code: code, Text: press.Say("why", "原因"), Fix: press.Say("do", "处理"), Back: press.Planned, Whose: press.Editor, At: now}
	}
	d := f.push("the first")
	d = f.advance(d, press.Blocking(reason("draft.edited")))
	_, err = f.Advance(ctx, d, press.Blocking(reason("draft.edited")), nil)
	if err == nil {
		f.Fatal("blocked twice")
	}
	f.clock.pass(time.Second)
	d, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.Release(now))
	f.ok(err)
	d = f.advance(f.claim(d, "w2"), press.Blocking(reason("missed")))
	f.clock.pass(time.Second)
	d, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.Release(now))
	f.ok(err)
	d = f.advance(f.claim(d, "w3"), press.Prepared("m", "mark", now, now), press.Firing(now), press.Accepted(press.PushResult{ID: "p"}, now),
		press.WentLive([]string{"https://mp.weixin.qq.com/s/1"}, now))
	f.clock.pass(time.Second)
	d, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.TakenDown())
	f.ok(err)
	f.clock.pass(time.Second)
	_, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.StillUp())
	f.ok(err)
	f.clock.pass(time.Second)
	f.advance(f.push("the second"), press.Blocking(reason("push.censored")))

	f.same(f.told(everything), []string{
		"blocked waiting", "missed waiting", "live waiting", "retracted waiting", "failed waiting", "failed waiting",
	})
	f.same(f.told(troubles), []string{"blocked waiting", "failed waiting", "failed waiting"})
	f.same(f.told(paused), []string(nil))
	all, err := f.Notices(ctx, everything, 100)
	f.ok(err)
	if first := all[len(all)-1]; first.Delivery != d.ID || first.Reason == nil || first.Reason.Text.ZH != "原因" || first.State != press.Blocked {
		f.Errorf("the notice says %+v", first)
	}
	if by := all[2].Who; by != f.editor.Name {
		f.Errorf("retracted by %q", by)
	}
}

// testNoticeSending: one message after the other, in the order of the causes, not before its time.
func testNoticeSending(f *fixture) {
	ctx := f.Context()
	id := f.channel("group")
	until := f.clock.Now().Add(time.Minute)
	b, err := f.ClaimNotices(ctx, id, until, "m0")
	f.ok(err)
	if len(b.Notices) != 0 {
		f.Fatalf("claimed %+v", b)
	}
	for i := range 3 {
		f.clock.pass(time.Second)
		f.advance(f.push(fmt.Sprint("number ", i)), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	}
	due, err := f.DueNoticeChannels(ctx)
	f.ok(err)
	f.same(due, []press.NoticeChannelID{id})
	b, err = f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m1")
	f.ok(err)
	if len(b.Notices) != 3 || b.Message != "m1" || b.Channel.Address != "v1.address" || b.Tries != 0 {
		f.Fatalf("claimed %+v", b)
	}
	again, err := f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m2")
	f.ok(err)
	if len(again.Notices) != 0 {
		f.Error("two workers have one channel")
	}

	// A clear refusal: nothing arrived, so what has come in since goes along.
	f.ok(f.NoticesRefused(ctx, b, press.NoticeFault{Text: press.Say("no", "否")}, f.clock.Now().Add(30*time.Second)))
	due, err = f.DueNoticeChannels(ctx)
	f.ok(err)
	f.same(len(due), 0)
	list, err := f.NoticeChannels(ctx)
	f.ok(err)
	if c := list[0]; c.Waiting != 3 || !c.FailingSince.Equal(f.clock.Now()) || c.Fault == nil || c.Fault.Text.ZH != "否" {
		f.Errorf("the channel says %+v", c)
	}
	f.advance(f.push("one more"), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	f.clock.pass(31 * time.Second)
	b2, err := f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m3")
	f.ok(err)
	if len(b2.Notices) != 4 || b2.Message != "m3" || b2.Tries != 1 {
		f.Fatalf("after a refusal: %+v", b2)
	}
	f.refused(f.NoticesArrived(ctx, b, f.clock.Now()), press.Conflict, "notice.fenced") // whose claim it was before
	f.ok(f.NoticesArrived(ctx, b2, f.clock.Now().Add(4*time.Second)))
	f.same(f.told(id), []string{"blocked sent", "blocked sent", "blocked sent", "blocked sent"})
	list, err = f.NoticeChannels(ctx)
	f.ok(err)
	if c := list[0]; c.Waiting != 0 || !c.FailingSince.IsZero() || c.Fault != nil || !c.SentAt.Equal(f.clock.Now()) {
		f.Errorf("the channel says %+v", c)
	}
}

// testNoticeLostAnswer: a worker that died in the middle leaves a message whose name stays, whoever sends it again.
func testNoticeLostAnswer(f *fixture) {
	ctx := f.Context()
	id := f.channel("group")
	block := func(title string) {
		f.advance(f.push(title), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	}
	block("the first")
	gone, err := f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m1")
	f.ok(err)
	block("meanwhile")
	f.clock.pass(time.Minute)
	b, err := f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m2")
	f.ok(err)
	if b.Message != "m1" || len(b.Notices) != 1 || b.Fence <= gone.Fence {
		f.Fatalf("after a death: %+v", b)
	}
	f.ok(f.NoticesRefused(ctx, b, press.NoticeFault{Unclear: true}, f.clock.Now()))
	b, err = f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m3")
	f.ok(err)
	if b.Message != "m1" || len(b.Notices) != 1 {
		f.Fatalf("after a lost answer: %+v", b)
	}
	f.ok(f.NoticesArrived(ctx, b, f.clock.Now()))
	b, err = f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m4")
	f.ok(err)
	if b.Message != "m4" || len(b.Notices) != 1 {
		f.Fatalf("then: %+v", b)
	}
}

// testNoticeRace: of many workers one gets the channel.
func testNoticeRace(f *fixture) {
	id := f.channel("group")
	f.advance(f.push("the one"), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	var mu sync.Mutex
	var work sync.WaitGroup
	got := 0
	for i := range 8 {
		work.Go(func() {
			b, err := f.ClaimNotices(f.Context(), id, f.clock.Now().Add(time.Minute), fmt.Sprint("m", i))
			if err != nil {
				f.Error(err)
			}
			mu.Lock()
			got += len(b.Notices)
			mu.Unlock()
		})
	}
	work.Wait()
	if got != 1 {
		f.Errorf("%d workers have the notice", got)
	}
}

func testNoticeGivenUp(f *fixture) {
	ctx := f.Context()
	id := f.channel("group")
	f.advance(f.push("too old"), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	f.clock.pass(press.NoticeAge)
	b, err := f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m1")
	f.ok(err)
	if len(b.Notices) != 0 {
		f.Errorf("claimed %+v", b)
	}
	f.same(f.told(id), []string{"blocked given_up"})
	f.clock.pass(press.NoticeKept)
	f.advance(f.push("fresh"), press.Blocking(press.Reason{Code: "x", Back: press.Planned}))
	b, err = f.ClaimNotices(ctx, id, f.clock.Now().Add(time.Minute), "m2") // nobody has it: an empty batch is no claim
	f.ok(err)
	f.same(len(b.Notices), 1)
	f.same(f.told(id), []string{"blocked waiting"})
	list, err := f.NoticeChannels(ctx)
	f.ok(err)
	f.ok(f.RemoveNoticeChannel(ctx, f.boss(), id, list[0].Version))
	f.same(f.told(id), []string(nil))
}

// testNoticeAtomic: a change that is not committed tells nobody.
func testNoticeAtomic(f *fixture) {
	id := f.channel("group")
	d := f.push("not written")
	f.breakAudit()
	if _, err := f.Advance(f.Context(), d, press.Blocking(press.Reason{Code: "x", Back: press.Planned}), nil); err == nil {
		f.Fatal("the change went through without its audit entry")
	}
	f.same(f.told(id), []string(nil))
}
