package courier

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"

	"newsdesk/internal/press"
)

// outAlready reports whether a delivery that is about to be published is among the publications: by an earlier call whose
// effect came late, or by somebody's hand at WeChat's console. Then it is live, and nothing more is sent. Mass pushes are in
// no list.
func (c *Courier) outAlready(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, bool, error) {
	if d.Mode != press.ModePublish {
		return d, false, nil
	}
	seen, err := c.seenOrListed(ctx, d, account, false)
	if err != nil || seen == nil || seen.Deleted { // what was deleted since a person has seen, and lets go out again
		return d, false, err
	}
	d, err = c.settle(ctx, d, sighted(*seen), t)
	return d, true, err
}

// vanished is what becomes of a delivery whose draft is not in the box, as its check or the call itself has found. called
// says whether an earlier call may have used the draft up. A draft that is gone is never made anew without a person.
func (c *Courier) vanished(ctx context.Context, d press.Delivery, account Account, t *try, called bool) (press.Change, *press.Attempt, error) {
	seen, err := c.seenOrListed(ctx, d, account, false)
	var refusal *press.Refusal
	if d.Mode == press.ModeMass && errors.As(err, &refusal) { // it would only have been worth knowing
		err = nil
	}
	if err != nil {
		return press.Change{}, nil, err
	}
	reason := reasonGone(d)
	switch {
	case seen != nil && d.Mode == press.ModePublish && !seen.Deleted:
		return press.Published(seen.ArticleID, seen.URLs, c.now()), t.ok(c, sighted(*seen).Raw), nil
	case seen != nil && d.Mode == press.ModePublish:
		reason = reasonPush(d, sighted(*seen))
	case seen != nil && !seen.Deleted:
		reason = reasonByHand()
	case called:
		reason = reasonConsumed(d)
	}
	return c.blocking(d, &reason), t.ended(c, press.OutcomeBlocked, reason.Code, reason.Text, ""), nil
}

// clientMsgID is the name under which WeChat knows a mass push for 24 hours: the delivery's id. A job that WeChat has
// reported as failed keeps its name, so what is sent after it, by a person's decision, has the failed job in its own. It
// stays the same until WeChat accepts another job, and has 32 characters at most.
func clientMsgID(d press.Delivery) string {
	if d.PushID == "" {
		return string(d.ID)
	}
	sum := sha256.Sum256([]byte(d.PushID))
	return string(d.ID) + "-" + base32.StdEncoding.EncodeToString(sum[:])[:5]
}
