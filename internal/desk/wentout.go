package desk

import (
	"context"

	"newsdesk/internal/press"
)

// WentOut is a person's word, after a look at WeChat's console, that a push whose outcome Newsdesk could not find out did go
// out. It is live from then on, and nothing is sent. links are the addresses of its articles, one a line in the order of the
// push; they may be left out. Refused, "delivery.not_out", where it cannot have gone out.
func (d *Desk) WentOut(ctx context.Context, by press.Actor, id press.DeliveryID, links string) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "desk.WentOut(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	was, err := d.Store.Delivery(ctx, id)
	if err != nil {
		return was, err
	}
	var e press.Edition
	if was.Kind == press.TargetWeChat {
		if e, err = d.Store.Edition(ctx, was.Edition); err != nil {
			return was, err
		}
	}
	list, err := press.ArticleLinks(links, len(e.Items))
	if err != nil {
		return was, err
	}
	now := d.Now().UTC()
	out, err := d.Store.WentOut(ctx, by, id, press.WentOut(list, now), press.WentOutAttempt(by, was.Reason, list, now))
	if err != nil {
		return out, err
	}
	d.changed(topicsOf(e, []press.Delivery{out})...)
	return out, nil
}
