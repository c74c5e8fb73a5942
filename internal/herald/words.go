package herald

import (
	"context"
	"fmt"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// message puts a batch into words.
func (h *Herald) message(ctx context.Context, b press.NoticeBatch) (press.NoticeMessage, error) {
	lang := b.Channel.Lang
	m := press.NoticeMessage{ID: b.Message, At: h.Now(), Lang: lang, URL: h.Public + "/", Office: h.Office.In(lang)}
	for _, n := range b.Notices {
		item, err := h.item(ctx, n, lang, len(b.Notices) > 1)
		if err != nil {
			return m, err
		}
		m.Items = append(m.Items, item)
	}
	m.Title = title(m.Items, lang)
	return m, nil
}

// title is the one sentence of one cause; of several, how many of which kind, and the first.
func title(items []press.NoticeItem, lang press.Lang) string {
	if len(items) == 1 {
		return items[0].Text
	}
	count := map[press.NoticeKind]int{}
	for _, i := range items {
		count[i.Kind]++
	}
	var parts []string
	for _, kind := range press.NoticeKinds() {
		if n := count[kind]; n > 0 {
			parts = append(parts, press.Text{EN: fmt.Sprintf("%d %s", n, strings.ToLower(kind.Name().EN)), ZH: fmt.Sprintf("%d 项%s", n, kind.Name().ZH)}.In(lang))
		}
	}
	return press.Text{
		EN: fmt.Sprintf("%d notices (%s); the first: %s", len(items), strings.Join(parts, ", "), items[0].Text),
		ZH: fmt.Sprintf("%d 条通知（%s），第一条：%s", len(items), strings.Join(parts, "、"), items[0].Text),
	}.In(lang)
}

// item puts one cause into words. Among several it says less.
func (h *Herald) item(ctx context.Context, n press.Notice, lang press.Lang, several bool) (press.NoticeItem, error) {
	item := press.NoticeItem{Notice: n}
	if n.Kind == press.NoticeStopped {
		h.stopItem(&item, lang)
		return item, nil
	}
	d, err := h.Store.Delivery(ctx, n.Delivery)
	if err != nil {
		return item, err
	}
	if err := h.identify(ctx, &item, d); err != nil {
		return item, err
	}
	item.URL = h.Public + "/deliveries/" + string(d.ID)
	place := press.Text{EN: d.Target, ZH: d.Target}
	if d.Kind == press.TargetSite {
		place = h.place(ctx, d.Target)
	}
	what := happened(n, d, place)
	item.Text = press.Text{EN: what.EN + ": “" + item.Title + "”", ZH: what.ZH + "：《" + item.Title + "》"}.In(lang)
	fact := func(name press.Text, value string) {
		if value != "" {
			item.Facts = append(item.Facts, press.NoticeFact{Name: name.In(lang), Value: value})
		}
	}
	if d.Kind == press.TargetWeChat {
		fact(press.Say("Account", "公众号"), d.Target)
	} else {
		fact(press.Say("Website", "网站渠道"), place.In(lang))
	}
	if n.Reason != nil {
		fact(press.Say("Why", "原因"), n.Reason.Text.In(lang))
	}
	fact(press.Say("When", "时间"), h.clock(n.At))
	if several {
		return item, nil
	}
	if !d.DueAt.IsZero() && n.Kind != press.NoticeRetracted {
		fact(press.Say("Planned for", "计划时间"), h.clock(d.DueAt))
	}
	fact(press.Say("By", "操作人"), n.Who)
	if n.Kind == press.NoticeLive && len(d.URLs) > 0 {
		fact(press.Say("Address", "文章地址"), d.URLs[0])
	}
	item.Next = next(n).In(lang)
	return item, nil
}

// place is what people call a website. A notice goes out also where the names cannot be read.
func (h *Herald) place(ctx context.Context, target string) press.Text {
	if h.Places != nil {
		names, err := h.Places(ctx)
		if err != nil {
			h.Log.WarnContext(ctx, "a notice calls a website by its short name", "error", err)
		}
		if name, ok := names[target]; ok {
			return name
		}
	}
	return press.Text{EN: target, ZH: target}
}

// identify finds out what the delivery brings where.
func (h *Herald) identify(ctx context.Context, item *press.NoticeItem, d press.Delivery) error {
	if d.Kind == press.TargetSite {
		r, err := h.Store.Revision(ctx, d.Article, d.Revision)
		item.Title = r.Content.Title
		return err
	}
	item.Account, item.Mode, item.Edition = d.Target, d.Mode, d.Edition
	e, err := h.Store.Edition(ctx, d.Edition)
	if err != nil {
		return err
	}
	if len(e.Items) > 0 {
		item.Title = e.Items[0].Title
	}
	return nil
}

// happened says what happened, in the words that stand before the headline.
func happened(n press.Notice, d press.Delivery, place press.Text) press.Text {
	if d.Kind == press.TargetSite {
		return happenedAt(n, place)
	}
	switch n.Kind {
	case press.NoticeMissed:
		return press.Say("A push missed its time and was not sent", "推送错过时间，没有发出")
	case press.NoticeRetracted:
		return press.Say("Retracted from WeChat", "已从微信撤回")
	case press.NoticeLive:
		return live(d.Mode, n.State)
	case press.NoticeFailed:
		switch {
		case n.Reason == nil:
			return press.Say("WeChat could not be brought to retract", "从微信撤回失败")
		case n.Reason.Code == "push."+string(press.PushBanned), n.Reason.Code == "push."+string(press.PushDeleted):
			return press.Say("What was published has been taken down in WeChat", "已发布的稿件在微信中被下架")
		}
		return press.Say("A push failed in WeChat", "推送在微信执行失败")
	}
	return press.Say("A push is blocked and waits for a person", "推送受阻，须人工处理")
}

// happenedAt is happened for a page of a website.
func happenedAt(n press.Notice, place press.Text) press.Text {
	var en, zh string
	switch {
	case n.Kind == press.NoticeRetracted:
		en, zh = "Retracted from “%s”", "已从“%s”撤回"
	case n.Kind == press.NoticeLive:
		en, zh = "Published at “%s”", "已在“%s”上线"
	case n.Kind == press.NoticeFailed && n.Reason == nil:
		en, zh = "“%s” could not be brought to retract", "从“%s”撤回失败"
	default: // it is blocked, however it came to that
		en, zh = "The delivery to “%s” is blocked and waits for a person", "投放到“%s”受阻，须人工处理"
	}
	return press.Text{EN: fmt.Sprintf(en, place.EN), ZH: fmt.Sprintf(zh, place.ZH)}
}

func live(mode press.Mode, state press.State) press.Text {
	switch {
	case state == press.Ready:
		return press.Say("In the draft box", "已存入草稿箱")
	case mode == press.ModeMass:
		return press.Say("Sent to the followers", "已群发")
	}
	return press.Say("Published", "已发布")
}

// next is what a person does about it.
func next(n press.Notice) press.Text {
	switch {
	case n.Reason != nil:
		return n.Reason.Fix
	case n.Kind == press.NoticeFailed:
		return press.Say("Open the delivery: it says why, and offers to try again.", "请打开该投放查看原因，并再次撤回。")
	case n.State == press.Ready:
		return press.Say("Send it from WeChat's console.", "请登录公众平台，从草稿箱发出。")
	}
	return press.Text{}
}

// stopItem words an emergency stop that was put on or lifted.
func (h *Herald) stopItem(item *press.NoticeItem, lang press.Lang) {
	n := &item.Notice
	account := strings.TrimPrefix(n.Subject, "stop:")
	what := press.Say("all accounts", "全部公众号")
	if account != "" {
		what = press.Say("the account %s", "公众号“%s”", account)
	}
	item.Account = account
	if press.PutsStopOn(n.Action) {
		item.Text = press.Text{EN: "Emergency stop of " + what.EN, ZH: "已紧急停发" + what.ZH}.In(lang)
		item.Next = press.Say("Nothing goes out until it is lifted; then release what it held, one by one.", "解除停发前不会发出任何推送；解除后请逐一放行被停发的推送。").In(lang)
	} else {
		item.Text = press.Text{EN: "The emergency stop of " + what.EN + " is lifted", ZH: "已解除对" + what.ZH + "的紧急停发"}.In(lang)
		item.Next = press.Say("Release or cancel what it held.", "请放行或取消此前被停发的推送。").In(lang)
	}
	for _, f := range []struct {
		name  press.Text
		value string
	}{{press.Say("Why", "原因"), n.Detail}, {press.Say("By", "操作人"), n.Who}, {press.Say("When", "时间"), h.clock(n.At)}} {
		if f.value != "" {
			item.Facts = append(item.Facts, press.NoticeFact{Name: f.name.In(lang), Value: f.value})
		}
	}
	item.URL = h.Public + "/"
}

// clock is a moment as the office's clocks show it.
func (h *Herald) clock(at time.Time) string { return at.In(h.Zone).Format("2006-01-02 15:04") }

// testMessage is a message by which a channel is tried.
func (h *Herald) testMessage(c press.SealedNoticeChannel) press.NoticeMessage {
	text := press.Say("This is a test of the notice channel “%s”", "这是通知渠道“%s”的测试", c.Name).In(c.Lang)
	kinds := make([]string, len(c.Kinds))
	for i, kind := range c.Kinds {
		kinds[i] = kind.Name().In(c.Lang)
	}
	id := press.NewID(h.Now())
	return press.NoticeMessage{
		ID: id, At: h.Now(), Lang: c.Lang, Test: true, Title: text, Office: h.Office.In(c.Lang),
		Items: []press.NoticeItem{{
			Notice: press.Notice{Cause: "test/" + id, Kind: "test", At: h.Now()}, Text: text, URL: h.Public + "/",
			Facts: []press.NoticeFact{{Name: press.Say("Tells of", "通知内容").In(c.Lang), Value: strings.Join(kinds, press.Say(", ", "、").In(c.Lang))}},
			Next:  press.Say("Nothing: it works.", "无须处理，渠道可用。").In(c.Lang),
		}},
	}
}
