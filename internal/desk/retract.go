package desk

import (
	"context"
	"regexp"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Courier is what is done at a target while a person waits for it.
type Courier interface {
	// Retract takes down what a delivery brought to readers. A refusal says that it is up still, or may be, and what to do.
	Retract(ctx context.Context, by press.Actor, id press.DeliveryID, reason string) (press.Delivery, error)
	// RetractItem takes down one article of a push, by its place from 1.
	RetractItem(ctx context.Context, by press.Actor, id press.DeliveryID, position int) (press.Delivery, error)
	QuotaCourier
	// Preview sends the draft of a delivery to one follower only.
	Preview(ctx context.Context, by press.Actor, id press.DeliveryID, reader string) error
}

// Retract takes down what is live. In WeChat that cannot be undone: the article's page says from then on that it was
// deleted, and the card of a mass push stays in its readers' chats.
func (d *Desk) Retract(ctx context.Context, by press.Actor, id press.DeliveryID) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "desk.Retract(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	return d.Courier.Retract(ctx, by, id, "")
}

// reader is a WeChat ID (微信号) or a follower's openid.
var reader = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{4,63}$`)

// PreviewTo sends an edition, as its draft lies in the account's draft box, to one follower of the account, who is named by
// WeChat ID or openid. WeChat allows an account 100 such previews a day.
func (d *Desk) PreviewTo(ctx context.Context, by press.Actor, id press.EditionID, follower string) (err error) {
	defer press.Wrap(&err, "desk.PreviewTo(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return err
	}
	if follower = strings.TrimSpace(follower); !reader.MatchString(follower) {
		return press.Fail(press.Invalid, "preview.reader", press.Say(
			"Name the follower by WeChat ID or openid: a letter, then letters, digits, - or _. A telephone number or nickname is neither.",
			"请填写关注者的微信号或 openid（字母开头，由字母、数字、- 或 _ 组成），不是手机号或昵称。"))
	}
	push, err := d.push(ctx, id)
	if err != nil {
		return err
	}
	return d.Courier.Preview(ctx, by, push.ID, follower)
}

// push returns the WeChat delivery of an edition.
func (d *Desk) push(ctx context.Context, id press.EditionID) (press.Delivery, error) {
	if _, err := d.Store.Edition(ctx, id); err != nil {
		return press.Delivery{}, err
	}
	return d.Store.Push(ctx, id)
}

// FireNow brings an edition's time forward to now. The website's pages go first, as far ahead as they always do, unless all
// of them are live. In quiet hours it is refused as any other time in them: they are the administrator's rule, and an editor
// who chooses “now” chooses a time. (Releasing is another matter: there the time was chosen outside them, and missed.)
func (d *Desk) FireNow(ctx context.Context, by press.Actor, id press.EditionID) (_ press.Edition, err error) {
	defer press.Wrap(&err, "desk.FireNow(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, err
	}
	push, err := d.push(ctx, id)
	if err != nil {
		return press.Edition{}, err
	}
	if push.Mode == press.ModeDraft {
		return press.Edition{}, press.Fail(press.Conflict, "edition.draft_mode", press.Say(
			"This edition ends in the draft box; somebody sends it in WeChat's console.", "本次推送只存入草稿箱，需到微信后台手动发出。"))
	}
	at := d.Now()
	pages, err := d.Store.SiteDeliveries(ctx, id)
	if err != nil {
		return press.Edition{}, err
	}
	for _, page := range pages {
		if page.State.Moving() {
			at = d.Now().Add(d.SiteLead)
		}
	}
	return d.Reschedule(ctx, by, id, at.Truncate(time.Second))
}

// ChangeEdition gives an edition that has not been fired other articles, or another order, mode, account, time or look. The
// edition is cancelled and composed anew, both or neither: what was prepared for the old one is not sent. A draft that lies
// in WeChat's draft box already stays there, and is nobody's.
func (d *Desk) ChangeEdition(ctx context.Context, by press.Actor, id press.EditionID, n NewEdition) (_ press.Edition, _ []press.Delivery, err error) {
	defer press.Wrap(&err, "desk.ChangeEdition(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, nil, err
	}
	edition, err := d.newEdition(ctx, by, n, id)
	if err != nil {
		return edition, nil, err
	}
	room, err := d.room(ctx, edition.Account, edition.Mode, edition.At, id)
	if err != nil {
		return edition, nil, err
	}
	plan, err := d.planDeliveries(ctx, edition)
	if err != nil {
		return edition, nil, err
	}
	cancelled, deliveries, err := d.Store.ReplaceEdition(ctx, by, id, edition, plan, room...)
	if err != nil {
		return edition, nil, err
	}
	d.nudge(ctx, append(cancelled, deliveries...)...)
	d.changed(append(topicsOf(edition, deliveries), "edition:"+string(id))...)
	return edition, deliveries, nil
}

// changed tells open pages.
func (d *Desk) changed(topics ...string) {
	if d.Changed != nil {
		d.Changed(append(topics, "today")...)
	}
}

// topicsOf names what an edition is about.
func topicsOf(e press.Edition, deliveries []press.Delivery) []string {
	topics := []string{"edition:" + string(e.ID)}
	for _, item := range e.Items {
		topics = append(topics, "article:"+string(item.Article))
	}
	for _, delivery := range deliveries {
		topics = append(topics, "delivery:"+string(delivery.ID))
	}
	return topics
}
