package desk

import (
	"context"
	"slices"

	"newsdesk/internal/press"
)

// reached reports of each website whether Newsdesk brings pages there now. One that was removed is not among them.
func (d *Desk) reached(ctx context.Context) (map[string]bool, error) {
	list, err := d.sealedTargets(ctx)
	out := make(map[string]bool, len(list))
	for _, t := range list {
		out[t.Name] = t.On || t.Kind == press.SiteStatic // its folder is here, on or off
	}
	return out, err
}

// outOfReach marks the pages that stand where Newsdesk brings nothing any more.
func (d *Desk) outOfReach(ctx context.Context, list []press.Presence) error {
	if !slices.ContainsFunc(list, standing) {
		return nil
	}
	reached, err := d.reached(ctx)
	for i, p := range list {
		list[i].OutOfReach = err == nil && standing(p) && !reached[p.Delivery.Target]
	}
	return err
}

func standing(p press.Presence) bool { return p.Delivery.Kind == press.TargetSite && p.Visible() }

// TakenDown is a person's word that a website's page, which stands where Newsdesk brings nothing any more, was taken down
// there by hand. Nothing is called. The note says what is worth knowing, such as who did it; it may be empty. A Conflict,
// "retract.reachable", where Newsdesk can take it down itself.
func (d *Desk) TakenDown(ctx context.Context, by press.Actor, id press.DeliveryID, note string) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "desk.TakenDown(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	was, err := d.Store.Delivery(ctx, id)
	if err != nil {
		return was, err
	}
	if note, err = press.HandNote(note); err != nil {
		return was, err
	}
	reached, err := d.reached(ctx)
	if err != nil {
		return was, err
	}
	if was.Kind == press.TargetSite && reached[was.Target] {
		return was, press.Reachable()
	}
	out, err := d.Store.TakenDown(ctx, by, id, press.TakenDownByHand(note), press.HandAttempt(by, note, d.Now().UTC()))
	if err != nil {
		return out, err
	}
	d.changed("delivery:"+string(id), "article:"+string(out.Article))
	return out, nil
}
