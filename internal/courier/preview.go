package courier

import (
	"context"
	"errors"
	"fmt"

	"newsdesk/internal/press"
)

// Preview sends the draft of a delivery, as it lies in the box, to one follower only. It changes nothing; that it was sent,
// and to whom, is in the audit log.
func (c *Courier) Preview(ctx context.Context, by press.Actor, id press.DeliveryID, reader string) (err error) {
	defer press.Wrap(&err, "courier.Preview(%s)", id)
	d, err := c.Store.Delivery(ctx, id)
	if err != nil {
		return err
	}
	if d.Kind != press.TargetWeChat || d.State != press.Ready || d.MediaID == "" {
		return press.Fail(press.Conflict, "preview.no_draft", press.Text{
			EN: "There is no draft in WeChat's draft box to preview; the delivery is " + d.State.Name().EN + ". A draft is there between “ready” and its time.",
			ZH: "微信草稿箱里没有可供预览的草稿：投放当前状态为“" + d.State.Name().ZH + "”。草稿就绪之后、发出之前可以预览。",
		})
	}
	account, _, err := c.Office.Account(ctx, d.Target)
	if err != nil {
		return press.Fail(press.Conflict, "preview.account", reasonAccount(d.Target, err).Text).Because(err)
	}
	err = c.count(ctx, account, callPreview, c.now())
	if err == nil {
		_, err = c.listen(account).Preview(ctx, d.MediaID, reader)
	}
	var refusal *press.Refusal
	if errors.As(err, &refusal) {
		return notPreviewed(refusal)
	}
	if err != nil {
		return err
	}
	return c.Store.Note(ctx, by, "edition.preview", string(d.Edition), reader)
}

func notPreviewed(r *press.Refusal) error {
	kind := press.Conflict
	switch r.Class {
	case press.ClassQuota:
		kind = press.Quota
	case press.ClassBackoff:
		kind = press.Unavailable
	}
	return press.Fail(kind, "preview.refused", press.Text{
		EN: fmt.Sprintf("No preview was sent: %s %s", r.Text.EN, r.Fix.EN),
		ZH: fmt.Sprintf("预览未发出：%s%s", r.Text.ZH, r.Fix.ZH),
	}).Because(r)
}
