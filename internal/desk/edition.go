package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// NewEdition is what an editor asks for.
type NewEdition struct {
	Account     string // empty: the only account there is
	Mode        press.Mode
	At          time.Time
	Articles    []press.ArticleID // in order, 1 to 8
	SitePolicy  press.SitePolicy  // default required
	MaxLateness time.Duration     // default the configured one
	Theme       string            // default the account's
}

// Compose puts approved articles into an edition. It plans one delivery to the WeChat account, and one to each website that
// takes an article's column and has not got it yet; their preparation begins at once.
func (d *Desk) Compose(ctx context.Context, by press.Actor, n NewEdition) (_ press.Edition, _ []press.Delivery, err error) {
	defer press.Wrap(&err, "desk.Compose")
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, nil, err
	}
	edition, err := d.newEdition(ctx, by, n, "")
	if err != nil {
		return edition, nil, err
	}
	room, err := d.room(ctx, edition.Account, edition.Mode, edition.At, "")
	if err != nil {
		return edition, nil, err
	}
	plan, err := d.planDeliveries(ctx, edition)
	if err != nil {
		return edition, nil, err
	}
	deliveries, err := d.Store.CreateEdition(ctx, by, edition, plan, room...)
	if err != nil {
		return edition, nil, err
	}
	d.nudge(ctx, deliveries...)
	d.changed(topicsOf(edition, deliveries)...)
	return edition, deliveries, nil
}

// newEdition makes an edition of what was asked for, in the place of another one or of none.
func (d *Desk) newEdition(ctx context.Context, by press.Actor, n NewEdition, instead press.EditionID) (press.Edition, error) {
	now := d.Now().UTC()
	account, err := d.account(ctx, n.Account)
	if err != nil {
		return press.Edition{}, err
	}
	e := press.Edition{
		ID: press.EditionID(press.NewID(now)), Account: account.Name, Mode: n.Mode, At: n.At.UTC(),
		SitePolicy: n.SitePolicy, MaxLateness: n.MaxLateness, Theme: n.Theme, CreatedBy: by.ID, CreatedAt: now,
	}
	if e.SitePolicy == "" {
		e.SitePolicy = press.SiteRequired
	}
	if e.MaxLateness <= 0 {
		e.MaxLateness = d.MaxLateness
	}
	if e.Theme == "" {
		e.Theme = account.Theme
	}
	if err := checkEdition(e, n.Articles, now); err != nil {
		return e, err
	}
	if err := d.checkTheme(ctx, n.Theme); err != nil {
		return e, err
	}
	if err := d.CheckSlot(ctx, e.Account, e.Mode, e.At, instead); err != nil {
		return e, err
	}
	for _, id := range n.Articles {
		item, err := d.item(ctx, id)
		if err != nil {
			return e, err
		}
		e.Items = append(e.Items, item)
	}
	return e, nil
}

func checkEdition(e press.Edition, articles []press.ArticleID, now time.Time) error {
	switch {
	case !slices.Contains(press.Modes(), e.Mode):
		return press.Fail(press.Invalid, "edition.mode", press.Say(
			"The mode is %q; it must be draft, publish or mass.", "方式 %q 无效，应为 draft、publish 或 mass。", string(e.Mode)))
	case e.SitePolicy != press.SiteRequired && e.SitePolicy != press.SiteOptional:
		return press.Fail(press.Invalid, "edition.site_policy", press.Say(
			"The site policy is %q; it must be required or optional.", "网站策略 %q 无效，应为 required 或 optional。", string(e.SitePolicy)))
	case len(articles) == 0 || len(articles) > press.MaxEditionArticles:
		return press.Fail(press.Invalid, "edition.size", press.Say(
			"An edition holds 1 to %d articles; this one has %d.", "一次推送包含 1 至 %d 篇稿件，当前为 %d 篇。", press.MaxEditionArticles, len(articles)))
	}
	if err := checkTime(e.At, now); err != nil {
		return err
	}
	for i, id := range articles {
		if slices.Contains(articles[:i], id) {
			return press.Fail(press.Invalid, "edition.twice", press.Say(
				"The article %s stands in the edition twice.", "稿件 %s 在推送中重复。", id))
		}
	}
	return nil
}

// item names the revision that is approved now, and refuses an article that is not, or that WeChat would not take.
func (d *Desk) item(ctx context.Context, id press.ArticleID) (press.EditionItem, error) {
	r, err := d.Read(ctx, id, 0)
	if err != nil {
		return press.EditionItem{}, err
	}
	if r.Article.State != press.ArticleApproved {
		missing := press.Say("", "")
		if r.Next != nil {
			missing = press.Text{EN: "; " + r.Next.Name.EN + " is not signed yet", ZH: "，" + r.Next.Name.ZH + "尚未签字"}
		}
		return press.EditionItem{}, press.Fail(press.Conflict, "edition.unsigned", press.Text{
			EN: "“" + r.Article.Title + "” is not approved" + missing.EN + ".",
			ZH: "“" + r.Article.Title + "”尚未通过审核" + missing.ZH + "。",
		})
	}
	if err := d.mustLook(ctx, id, r.Revision.Content); err != nil {
		return press.EditionItem{}, err
	}
	return press.EditionItem{Article: id, Revision: r.Revision.Number, Hash: r.Revision.Hash, Title: r.Revision.Content.Title}, nil
}

func (d *Desk) account(ctx context.Context, name string) (press.Account, error) {
	accounts := d.Accounts(ctx)
	if name == "" && len(accounts) == 1 {
		return accounts[0], nil
	}
	for _, a := range accounts {
		if a.Name == name {
			return a, nil
		}
	}
	var names []string
	for _, a := range accounts {
		names = append(names, a.Name)
	}
	return press.Account{}, press.Fail(press.Invalid, "edition.account", press.Say(
		"There is no account %q; choose one of: %s.", "没有名为 %q 的公众号，可选：%s。", name, strings.Join(names, ", ")))
}

// checkTheme refuses a theme that an edition names and that does not exist, so that no other is taken silently.
func (d *Desk) checkTheme(ctx context.Context, name string) error {
	themes := d.Office.Themes(ctx)
	if _, ok := themes.Get(name); name == "" || ok {
		return nil
	}
	return press.Fail(press.Invalid, "edition.theme", press.Say(
		"There is no theme %q; choose one of: %s.", "没有名为 %q 的主题，可选：%s。", name, strings.Join(themes.Names(), ", ")))
}

func (d *Desk) planDeliveries(ctx context.Context, e press.Edition) ([]press.Delivery, error) {
	now := e.CreatedAt
	out := []press.Delivery{{
		ID: press.DeliveryID(press.NewID(now)), Kind: press.TargetWeChat, Target: e.Account, Edition: e.ID, Mode: e.Mode,
		State: press.Planned, DueAt: e.At, NextAt: now, SitePolicy: e.SitePolicy, MaxLateness: e.MaxLateness,
		CreatedAt: now, UpdatedAt: now,
	}}
	targets, err := d.SiteTargets(ctx)
	if err != nil {
		return nil, err
	}
	for _, item := range e.Items {
		a, err := d.Store.Article(ctx, item.Article)
		if err != nil {
			return nil, err
		}
		for _, place := range press.Places(targets, a.Column) {
			page := planPage(item, place.Name, e.At.Add(-d.SiteLead), e.MaxLateness, now)
			page.Edition = e.ID
			if place.Kind != press.SiteStatic { // it may not be ready, which is better known now
				page.NextAt = now
			}
			out = append(out, page)
		}
	}
	return out, nil
}

// planPage plans that a website gets an approved revision at some time.
func planPage(item press.EditionItem, target string, at time.Time, lateness time.Duration, now time.Time) press.Delivery {
	return press.Delivery{
		ID: press.DeliveryID(press.NewID(now)), Kind: press.TargetSite, Target: target,
		Article: item.Article, Revision: item.Revision, Hash: item.Hash,
		State: press.Planned, DueAt: at, NextAt: at, MaxLateness: lateness, CreatedAt: now, UpdatedAt: now,
	}
}

// CancelEdition takes an edition back before it goes out.
func (d *Desk) CancelEdition(ctx context.Context, by press.Actor, id press.EditionID) (_ press.Edition, err error) {
	defer press.Wrap(&err, "desk.CancelEdition(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, err
	}
	edition, deliveries, err := d.Store.CancelEdition(ctx, by, id)
	if err != nil {
		return edition, err
	}
	d.changed(topicsOf(edition, deliveries)...)
	return edition, nil
}

// Reschedule gives an edition another time, as long as it has not been fired.
func (d *Desk) Reschedule(ctx context.Context, by press.Actor, id press.EditionID, at time.Time) (_ press.Edition, err error) {
	defer press.Wrap(&err, "desk.Reschedule(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Edition{}, err
	}
	edition, err := d.Store.Edition(ctx, id)
	if err != nil {
		return edition, err
	}
	now := d.Now()
	edition.At = at.UTC()
	articles := make([]press.ArticleID, len(edition.Items))
	for i, item := range edition.Items {
		articles[i] = item.Article
	}
	if err := checkEdition(edition, articles, now); err != nil {
		return edition, err
	}
	if err := d.CheckSlot(ctx, edition.Account, edition.Mode, edition.At, id); err != nil {
		return edition, err
	}
	room, err := d.room(ctx, edition.Account, edition.Mode, edition.At, id)
	if err != nil {
		return edition, err
	}
	edition, deliveries, err := d.Store.RescheduleEdition(ctx, by, id, at.UTC(), func(delivery press.Delivery) press.Change {
		return d.rescheduled(delivery, at.UTC(), now)
	}, room...)
	if err != nil {
		return edition, err
	}
	d.nudge(ctx, deliveries...)
	d.changed(topicsOf(edition, deliveries)...)
	return edition, nil
}

func (d *Desk) rescheduled(delivery press.Delivery, at, now time.Time) press.Change {
	switch {
	case delivery.Kind == press.TargetSite:
		return press.Reschedule(at.Add(-d.SiteLead), at.Add(-d.SiteLead))
	case delivery.State == press.Planned:
		return press.Reschedule(at, now)
	}
	return press.Reschedule(at, at.Add(-d.WakeEarly))
}

// Retry makes a delivery that waits for its next try go on at once.
func (d *Desk) Retry(ctx context.Context, by press.Actor, id press.DeliveryID) (press.Delivery, error) {
	return d.decide(ctx, by, id, press.RetryNow(d.Now().UTC()))
}

func (d *Desk) decide(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "desk: %s %s", change.Action, id)
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	delivery, err := d.Store.ChangeDelivery(ctx, by, id, change)
	if err != nil {
		return delivery, err
	}
	d.nudge(ctx, delivery)
	topics := []string{"delivery:" + string(id), "edition:" + string(delivery.Edition)}
	if delivery.Article != "" {
		topics = append(topics, "article:"+string(delivery.Article))
	}
	d.changed(topics...)
	return delivery, nil
}
