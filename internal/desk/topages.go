package desk

import (
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// PublishToSites brings an approved article to websites without a push at WeChat: to those that are named, or else to all
// that take its column, at a time, or else at once. A website that is to get the revision already keeps its delivery,
// brought forward if this is earlier, and planned again if it was cancelled or retracted.
func (d *Desk) PublishToSites(ctx context.Context, by press.Actor, id press.ArticleID, names []string, at time.Time) (_ []press.Delivery, err error) {
	defer press.Wrap(&err, "desk.PublishToSites(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return nil, err
	}
	now := d.Now().UTC()
	if at = at.UTC(); at.IsZero() {
		at = now
	}
	if err := checkTime(at, now); err != nil {
		return nil, err
	}
	item, err := d.item(ctx, id)
	if err != nil {
		return nil, err
	}
	places, err := d.chosenPlaces(ctx, id, names)
	if err != nil {
		return nil, err
	}
	var plan []press.Delivery
	for _, name := range places {
		page := planPage(item, name, at, d.MaxLateness, now)
		page.NextAt = now // whether the website is ready is better known now
		plan = append(plan, page)
	}
	deliveries, err := d.Store.PlanPages(ctx, by, item, plan)
	if err != nil {
		return nil, err
	}
	d.nudge(ctx, deliveries...)
	topics := []string{"article:" + string(id)}
	for _, page := range deliveries {
		topics = append(topics, "delivery:"+string(page.ID))
	}
	d.changed(topics...)
	return deliveries, nil
}

// chosenPlaces returns the names of the websites that an article is to go to.
func (d *Desk) chosenPlaces(ctx context.Context, id press.ArticleID, names []string) (out []string, err error) {
	a, err := d.Store.Article(ctx, id)
	if err != nil {
		return nil, err
	}
	targets, err := d.SiteTargets(ctx)
	if err != nil {
		return nil, err
	}
	if len(names) > press.MaxTargets {
		return nil, press.Fail(press.TooLarge, "target.many", press.Say("Choose at most %d websites.", "最多选择 %d 个网站渠道。", press.MaxTargets))
	}
	for _, t := range press.Places(targets, a.Column) {
		if len(names) == 0 || slices.Contains(names, t.Name) {
			out = append(out, t.Name)
		}
	}
	for _, name := range names {
		if slices.Contains(out, name) {
			continue
		}
		i := slices.IndexFunc(targets, func(t press.Target) bool { return t.Name == name })
		switch {
		case i < 0:
			return nil, press.Fail(press.NotFound, "target.missing", press.Say("There is no website “%s”.", "没有代号为“%s”的网站渠道。", name))
		case !targets[i].On:
			return nil, press.Fail(press.Conflict, "target.off", press.Say("The website “%s” is switched off.", "网站渠道“%s”已停用。", name))
		}
		return nil, press.Fail(press.Conflict, "target.column", press.Say("The website “%s” does not take articles of %s.", "网站渠道“%s”不接收栏目“%s”的稿件。", name, a.Column))
	}
	if len(out) == 0 {
		return nil, press.Fail(press.Conflict, "target.none", press.Say("No website takes articles of %s.", "没有网站渠道接收栏目“%s”的稿件。", a.Column))
	}
	return out, nil
}
