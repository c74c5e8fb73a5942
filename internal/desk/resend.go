package desk

import (
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// ResendItem is one article of a push that might be sent again.
type ResendItem struct {
	Position int // from 1
	Article  press.ArticleID
	Title    string
	Shown    int  // the revision that WeChat shows
	Newest   int  // the article's newest approved revision; 0: its newest one is not approved
	Gone     bool // WeChat deleted it by itself already
	Resent   bool // it was sent again already
}

// Behind reports whether WeChat shows an older revision than the newest approved one.
func (i ResendItem) Behind() bool { return i.newer() && !i.Gone && !i.Resent }

func (i ResendItem) newer() bool { return i.Newest > i.Shown }

// ResendPlan is what deleting a push and sending it again would mean.
type ResendPlan struct {
	Delivery  press.Delivery
	Edition   press.Edition
	Items     []ResendItem
	Allowance map[press.Mode]Allowance // what the account has left now, by mode, where WeChat counts
	Begun     []press.Resending
}

// Behind reports whether there is anything newer to send.
func (p ResendPlan) Behind() bool { return slices.ContainsFunc(p.Items, ResendItem.Behind) }

// Open is a resending that was asked for and not carried out: position 0 is the whole push.
func (p ResendPlan) Open() []press.Resending {
	var out []press.Resending
	for _, v := range p.Begun {
		if v.Edition == "" {
			out = append(out, v)
		}
	}
	return out
}

// Deleted reports whether WeChat has confirmed that an article, or with 0 the whole push, is deleted.
func (p ResendPlan) Deleted(position int) bool {
	if p.Delivery.State == press.Retracted {
		return true
	}
	return position > 0 && position <= len(p.Items) && p.Items[position-1].Gone
}

// PlanResend returns what sending a push again would mean; nothing is changed.
func (d *Desk) PlanResend(ctx context.Context, id press.DeliveryID) (p ResendPlan, err error) {
	defer press.Wrap(&err, "desk.PlanResend(%s)", id)
	if p.Delivery, err = d.Store.Delivery(ctx, id); err != nil {
		return p, err
	}
	if p.Delivery.Kind != press.TargetWeChat {
		return p, press.Fail(press.Conflict, "resend.site", press.Say(
			"A website's page is replaced by itself when its correction is signed.", "网站页面会在更正审核通过后自动替换，无需重发。"))
	}
	if p.Edition, err = d.Store.Edition(ctx, p.Delivery.Edition); err != nil {
		return p, err
	}
	gone, err := d.Store.ItemsGone(ctx, id)
	if err != nil {
		return p, err
	}
	if p.Begun, err = d.Store.Resendings(ctx, id); err != nil {
		return p, err
	}
	for i, item := range p.Edition.Items {
		article, err := d.Store.Article(ctx, item.Article)
		if err != nil {
			return p, err
		}
		line := ResendItem{Position: i + 1, Article: item.Article, Title: item.Title, Shown: item.Revision, Gone: slices.Contains(gone, i+1)}
		line.Resent = press.Resent(p.Begun, line.Position, line.Gone)
		if article.State == press.ArticleApproved {
			line.Newest = article.Revision
		}
		p.Items = append(p.Items, line)
	}
	p.Allowance = map[press.Mode]Allowance{}
	for _, mode := range []press.Mode{press.ModePublish, press.ModeMass} {
		left, counted, err := d.Allowance(ctx, p.Delivery.Target, mode, d.Now(), "")
		if err != nil && press.CodeOf(err) != "edition.account" {
			return p, err
		}
		if counted {
			p.Allowance[mode] = left
		}
	}
	return p, nil
}

// Costs says what deleting takes from readers, before anybody decides. WeChat's interface has no way of changing what was
// published, so there is no cheaper one.
func (p ResendPlan) Costs() []press.Text {
	out := []press.Text{press.Say("WeChat deletes it for good. This cannot be undone, not even by WeChat.", "微信会永久删除原文，无法恢复。")}
	if p.Delivery.Mode == press.ModeMass {
		out = append(out, press.Say(
			"The card stays in the chats of everyone who got it, and from then on leads to “deleted by its author”.",
			"群发的卡片仍留在所有粉丝的聊天记录里，点开显示“已被发布者删除”。"))
	} else {
		out = append(out, press.Say(
			"Its address dies: whoever was sent the link, or shared it, reads “deleted by its author”. The new one gets another address.",
			"原链接失效：已转发的链接点开显示“已被发布者删除”，重发后是新的链接。"))
	}
	return append(out, press.Say(
		"Its reads, likes and comments are lost; the new one begins at nothing.", "阅读数、点赞和留言全部丢失，新文章从零开始。"))
}

// ModeCost says what sending again in a mode costs beside that.
func (p ResendPlan) ModeCost(mode press.Mode) press.Text {
	left := press.Text{}
	if a, ok := p.Allowance[mode]; ok {
		left = press.Say(" It takes one of the %d that WeChat still allows today.", "占用今天剩余 %d 次中的 1 次。", a.Left())
		if a.Monthly {
			left = press.Say(" It takes one of the %d that WeChat still allows this month.", "占用本月剩余 %d 次中的 1 次。", a.Left())
		}
		if a.Left() == 0 {
			left = press.Say(" Nothing is left of what WeChat allows today.", "今天的次数已用完。")
			if a.Monthly {
				left = press.Say(" Nothing is left of what WeChat allows this month.", "本月的次数已用完。")
			}
		}
	}
	text := press.Say("A draft is put into the box; somebody sends it in WeChat's console.", "只放进草稿箱，由人到微信后台发出。")
	switch mode {
	case press.ModePublish:
		text = press.Say("A new link; nobody is notified.", "生成新链接，不通知粉丝。")
	case press.ModeMass:
		text = press.Say("Followers are notified.", "粉丝会收到通知。")
		if p.Delivery.Mode == press.ModeMass {
			text = press.Say("Followers are notified a second time.", "粉丝会再次收到通知。")
		}
	}
	return press.Text{EN: text.EN + left.EN, ZH: text.ZH + left.ZH}
}

// ResendAsk is what a person decides.
type ResendAsk struct {
	Position int        // the one article, from 1; 0: the whole push
	Mode     press.Mode // empty: as it was sent
	At       time.Time  // zero: at once
}

// Resend has WeChat delete a push, or one article of it, and once WeChat has confirmed that, makes an edition of the newest
// approved revisions. The decision is stored first. Where the deletion is refused or its answer lost nothing is sent again;
// where it was cut off after the deletion, nothing is sent by itself. Either way calling it once more goes on from there.
func (d *Desk) Resend(ctx context.Context, by press.Actor, id press.DeliveryID, ask ResendAsk) (_ press.Edition, err error) {
	defer press.Wrap(&err, "desk.Resend(%s, %d)", id, ask.Position)
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, err
	}
	plan, err := d.PlanResend(ctx, id)
	if err != nil {
		return press.Edition{}, err
	}
	want, err := plan.wants(ask)
	if err != nil {
		return press.Edition{}, err
	}
	// Everything that could refuse the new edition is asked before anything is deleted.
	if _, err := d.newEdition(ctx, by, plan.edition(want, d.Now()), ""); err != nil {
		return press.Edition{}, err
	}
	if want, err = d.Store.AskResend(ctx, by, want); err != nil {
		return press.Edition{}, err
	}
	ctx = context.WithoutCancel(ctx) // decided: a browser that goes away changes nothing
	if !plan.Deleted(want.Position) {
		if want.Position > 0 {
			_, err = d.Courier.RetractItem(ctx, by, id, want.Position)
		} else {
			_, err = d.Courier.Retract(ctx, by, id, "")
		}
		if err != nil {
			return press.Edition{}, notResent(err)
		}
	}
	return d.sendAgain(ctx, by, plan, want)
}

// notResent adds to a refusal that nothing was sent.
func notResent(err error) error {
	said := press.TextOf(err)
	return press.Fail(press.KindOf(err), press.CodeOf(err), press.Text{
		EN: said.EN + " Nothing was sent again.", ZH: said.ZH + "没有重发任何内容。",
	}).Because(err)
}

func (d *Desk) sendAgain(ctx context.Context, by press.Actor, plan ResendPlan, want press.Resending) (press.Edition, error) {
	edition, err := d.newEdition(ctx, by, plan.edition(want, d.Now()), "")
	if err != nil {
		return edition, err
	}
	room, err := d.room(ctx, edition.Account, edition.Mode, edition.At, "")
	if err != nil {
		return edition, err
	}
	planned, err := d.planDeliveries(ctx, edition)
	if err != nil {
		return edition, err
	}
	deliveries, err := d.Store.Resend(ctx, by, want, edition, planned, room...)
	if err != nil {
		return edition, err
	}
	d.nudge(ctx, deliveries...)
	d.changed(append(topicsOf(edition, deliveries), "delivery:"+string(want.Delivery), "edition:"+string(plan.Edition.ID))...)
	return edition, nil
}

// wants turns what was asked for into what is stored.
func (p ResendPlan) wants(ask ResendAsk) (v press.Resending, err error) {
	v = press.Resending{Delivery: p.Delivery.ID, Position: ask.Position, Mode: ask.Mode, At: ask.At.UTC()}
	if v.Mode == "" {
		v.Mode = p.Delivery.Mode
	}
	if v.Position == 1 && len(p.Items) == 1 {
		v.Position = 0
	}
	if v.Position < 0 || v.Position > len(p.Items) {
		return v, press.Fail(press.Invalid, "resend.item", press.Say(
			"The push has no article %d; it has %d.", "推送没有第 %d 篇，共 %d 篇。", ask.Position, len(p.Items)))
	}
	items := slices.Clone(p.Items)
	if v.Position > 0 {
		items = items[v.Position-1 : v.Position]
	}
	if items = slices.DeleteFunc(items, func(i ResendItem) bool { return i.Resent }); len(items) == 0 {
		return v, press.Fail(press.Conflict, "resend.done", press.Say("It was sent again already.", "已经重发过了。"))
	}
	if !slices.ContainsFunc(items, ResendItem.newer) {
		return v, press.Fail(press.Conflict, "resend.nothing", press.Say(
			"WeChat shows the newest approved revision already. Have the correction signed first.",
			"微信显示的已是最新的已通过版本。请先完成更正的审核。"))
	}
	return v, nil
}

// edition is what is to be sent again, whole or the one article. Of a whole push, what WeChat deleted by itself before is
// left out, and what was sent again by itself.
func (p ResendPlan) edition(v press.Resending, now time.Time) NewEdition {
	n := NewEdition{
		Account: p.Delivery.Target, Mode: v.Mode, At: v.At, SitePolicy: p.Edition.SitePolicy, MaxLateness: p.Edition.MaxLateness,
		Theme: p.Edition.Theme,
	}
	if n.At.IsZero() || n.At.Before(now) {
		n.At = now.UTC().Truncate(time.Second)
	}
	for _, item := range p.Items {
		if v.Position == item.Position || v.Position == 0 && !item.Gone && !item.Resent {
			n.Articles = append(n.Articles, item.Article)
		}
	}
	return n
}
