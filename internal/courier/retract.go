package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// Codes by which WeChat says that what is to be deleted is not there.
const (
	codeNoMass        = 40059
	codeNoArticle     = 40060
	codeNoIndex       = 40114
	codeNoPublication = 53600
)

// Retract takes down what a delivery brought to readers. The person's decision is stored before anything is called, and the
// target's own answer with what came of it. Taking down what is down already is no error; a refusal or a lost answer leaves
// the delivery live, and is returned as a refusal that says what to do.
func (c *Courier) Retract(ctx context.Context, by press.Actor, id press.DeliveryID, reason string) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "courier.Retract(%s)", id)
	d, err := c.Store.Delivery(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State == press.Retracted {
		return d, nil
	}
	if d, err = c.Store.ChangeDelivery(ctx, by, id, press.RetractAskedFor(reason)); err != nil {
		return d, err
	}
	ctx = context.WithoutCancel(ctx) // decided: a browser that goes away changes nothing
	if d.Kind == press.TargetSite {
		d, err = c.retractPage(ctx, by, d)
	} else {
		d, err = c.retractPush(ctx, by, d)
	}
	if c.Notify != nil {
		c.Notify(d, nil)
	}
	return d, err
}

// retractPage takes a page off the website. Its lists name what is live, so the row goes first and comes back where the
// website's folder cannot be written.
func (c *Courier) retractPage(ctx context.Context, by press.Actor, d press.Delivery) (press.Delivery, error) {
	site, err := c.site(ctx, d.Target)
	if press.KindOf(err) == press.NotFound && err != nil {
		err = press.Fail(press.Conflict, "retract.site", press.Say("The website “%s” was removed here. Take the page down at the website itself, then note that on the article’s page “Where it is”.", "代号为“%s”的网站渠道已移除，请登录对方网站撤下，再到稿件的“各渠道情况”登记。", d.Target))
	}
	if err != nil {
		return d, c.cannotAsk(ctx, d, err)
	}
	d, err = c.Store.RetractPage(ctx, by, d.ID)
	if err != nil {
		return d, err
	}
	d, cause, err := c.removePage(ctx, d, site)
	if cause == nil || err != nil {
		return d, err
	}
	said := press.TextOf(cause)
	return d, press.Fail(press.Unavailable, "retract.site_write", press.Text{
		EN: "The page was not taken off the website: " + said.EN + " Mend that and retract again.",
		ZH: "网站页面未能撤下：" + said.ZH + "请排除问题后再次撤回。",
	}).Because(cause)
}

// cannotAsk notes why a target could not even be asked.
func (c *Courier) cannotAsk(ctx context.Context, d press.Delivery, why error) error {
	t := c.try(d, press.StepRetract)
	if err := c.Store.RecordAttempt(ctx, *t.ended(c, press.OutcomeFailed, press.CodeOf(why), press.TextOf(why), "")); err != nil {
		c.Logger.Error("why a retraction failed could not be stored", "delivery", d.ID, "error", err)
	}
	return why
}

// removePage removes the files of a page that is listed no more, and notes how that ended; cause is why it failed.
func (c *Courier) removePage(ctx context.Context, d press.Delivery, site Website) (out press.Delivery, cause, err error) {
	t := c.try(d, press.StepRetract)
	rev, err := c.Store.Revision(ctx, d.Article, d.Revision)
	if err != nil {
		return d, nil, err
	}
	ended := t.ok(c, site.Address(d.Article))
	if cause = site.Remove(ctx, rev.Content.Column, d.Article); cause != nil {
		c.Logger.Error("a page could not be taken off the website", "delivery", d.ID, "error", cause)
		ended = t.ended(c, press.OutcomeFailed, press.CodeOf(cause), press.TextOf(cause), "")
	}
	out, err = c.Store.PageRemoved(ctx, press.System(), d.ID, *ended)
	return out, cause, err
}

// removalsAfter is how long a removal is left to whoever began it before somebody else finishes it.
const removalsAfter = time.Minute

// finishRemovals removes the files of pages whose retraction was cut off after it had been stored.
func (c *Courier) finishRemovals(ctx context.Context) {
	if c.Sites == nil {
		return
	}
	list, err := c.Store.Removals(ctx, c.now().Add(-removalsAfter), 20)
	if err != nil {
		c.Logger.Warn("removals that were cut off could not be looked up", "error", err)
		return
	}
	for _, d := range list {
		site, err := c.site(ctx, d.Target)
		if err != nil { // another worker may know it
			continue
		}
		if d, _, err = c.removePage(ctx, d, site); err != nil {
			c.Logger.Warn("a removal that was cut off could not be finished", "delivery", d.ID, "error", err)
		} else if c.Notify != nil {
			c.Notify(d, nil)
		}
	}
}

// RetractItem has WeChat delete one article of a push, by its place from 1, and leave the others. Otherwise it is as Retract;
// the last article that is left takes the whole push with it.
func (c *Courier) RetractItem(ctx context.Context, by press.Actor, id press.DeliveryID, position int) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "courier.RetractItem(%s, %d)", id, position)
	d, err := c.Store.Delivery(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State == press.Retracted {
		return d, nil
	}
	e, err := c.Store.Edition(ctx, d.Edition)
	if err != nil {
		return d, err
	}
	if position < 1 || position > len(e.Items) {
		return d, press.Fail(press.NotFound, "retract.item", press.Say(
			"The push has no article %d; it has %d.", "推送没有第 %d 篇，共 %d 篇。", position, len(e.Items)))
	}
	gone, err := c.Store.ItemsGone(ctx, id)
	switch {
	case err != nil:
		return d, err
	case slices.Contains(gone, position):
		return d, nil
	case len(gone)+1 >= len(e.Items):
		return c.Retract(ctx, by, id, "")
	}
	title := e.Items[position-1].Title
	if d, err = c.Store.ChangeDelivery(ctx, by, id, press.RetractAskedFor(title)); err != nil {
		return d, err
	}
	d, err = c.deleteItem(context.WithoutCancel(ctx), by, d, position, title)
	if c.Notify != nil {
		c.Notify(d, nil)
	}
	return d, err
}

func (c *Courier) deleteItem(ctx context.Context, by press.Actor, d press.Delivery, position int, title string) (press.Delivery, error) {
	return c.retracting(ctx, d, position, func(attempt press.Attempt) (press.Delivery, error) {
		return c.Store.ItemDown(ctx, by, d.ID, position, title, attempt)
	})
}

// retractPush has WeChat delete every article of a push.
func (c *Courier) retractPush(ctx context.Context, by press.Actor, d press.Delivery) (press.Delivery, error) {
	return c.retracting(ctx, d, 0, func(attempt press.Attempt) (press.Delivery, error) {
		return c.Store.Retract(ctx, by, d.ID, press.TakenDown(), attempt)
	})
}

// retracting asks WeChat to delete an article of a push, or with 0 all, and stores what came of it: down where it did.
func (c *Courier) retracting(ctx context.Context, d press.Delivery, position int, down func(press.Attempt) (press.Delivery, error)) (press.Delivery, error) {
	account, _, err := c.Office.Account(ctx, d.Target)
	if err != nil {
		return d, c.cannotAsk(ctx, d, press.Fail(press.Conflict, "retract.account", reasonAccount(d.Target, err).Text).Because(err))
	}
	t := c.try(d, press.StepRetract)
	raw, err := c.deletePush(ctx, d, c.listen(account), position)
	if err == nil {
		return down(*t.ok(c, raw))
	}
	var refusal *press.Refusal
	if !errors.As(err, &refusal) {
		return d, err
	}
	outcome := press.OutcomeFailed
	if refusal.Code == 0 && refusal.Class == press.ClassBackoff {
		outcome = press.OutcomeUnknown
	}
	reason := reasonRefused(refusal, press.Live)
	if noted := c.Store.RecordAttempt(ctx, *t.ended(c, outcome, reason.Code, reason.Text, refusal.Error())); noted != nil {
		c.Logger.Error("WeChat's refusal of a retraction could not be stored", "delivery", d.ID, "error", noted)
	}
	return d, notRetracted(refusal, outcome)
}

// notRetracted tells the person what WeChat said and what to do.
func notRetracted(r *press.Refusal, outcome press.Outcome) error {
	if outcome == press.OutcomeUnknown {
		return press.Fail(press.Unavailable, "retract.unclear", press.Text{
			EN: r.Text.EN + " It may be deleted or not. Open the article to see, and retract again: doing so twice does no harm.",
			ZH: r.Text.ZH + "文章可能已删除，也可能没有。请打开文章链接查看，并可再次撤回，重复操作没有影响。",
		}).Because(r)
	}
	kind := press.Conflict
	if r.Class == press.ClassQuota {
		kind = press.Quota
	}
	said := press.Say("It was not deleted: ", "未能删除：")
	if r.Code != 0 {
		said = press.Say("WeChat did not delete it (%d): ", "微信未予删除（%d）：", r.Code)
	}
	return press.Fail(kind, "retract.refused", press.Text{
		EN: said.EN + r.Text.EN + " " + r.Fix.EN, ZH: said.ZH + r.Text.ZH + r.Fix.ZH,
	}).Because(r)
}

// deletePush asks for the deletion, and where WeChat knows nothing to delete, whether that is because it is done.
func (c *Courier) deletePush(ctx context.Context, d press.Delivery, account Account, position int) (raw string, err error) {
	if d.Mode == press.ModeMass && d.PushID != "" {
		if err := c.count(ctx, account, callMassDelete, c.now()); err != nil {
			return "", err
		}
		raw, err = account.RetractMass(ctx, d.PushID, position)
		return c.orGone(ctx, d, account, raw, err)
	}
	name, gone, err := c.publicationName(ctx, d, account)
	if err != nil || gone != "" {
		return gone, err
	}
	if err := c.count(ctx, account, callPublishDelete, c.now()); err != nil {
		return "", err
	}
	raw, err = account.RetractPublication(ctx, name, position)
	return c.orGone(ctx, d, account, raw, err)
}

func (c *Courier) orGone(ctx context.Context, d press.Delivery, account Account, raw string, err error) (string, error) {
	var refusal *press.Refusal
	if !errors.As(err, &refusal) || d.PushID == "" {
		return raw, err
	}
	switch refusal.Code {
	case codeNoMass, codeNoArticle, codeNoIndex, codeNoPublication:
	default:
		return raw, err
	}
	status, lookErr := c.status(ctx, d, account)
	if lookErr == nil && down(status.State) {
		return status.Raw, nil
	}
	return raw, err
}

// down reports whether readers see nothing any more.
func down(s press.PublishState) bool { return s == press.PushDeleted || s == press.PushBanned }

// publicationName returns what WeChat calls a publication: as it was noted when it went live, or as its event, its status or
// the list of publications says. gone is WeChat's answer where it says that everything was deleted already.
func (c *Courier) publicationName(ctx context.Context, d press.Delivery, account Account) (name, gone string, err error) {
	if d.Publication != "" {
		return d.Publication, "", nil
	}
	if d.PushID != "" {
		if e, err := c.Store.Event(ctx, d.Target, false, d.PushID); err == nil && e.Status.ArticleID != "" {
			return e.Status.ArticleID, "", nil
		}
		status, err := c.status(ctx, d, account)
		switch {
		case err != nil:
			return "", "", err
		case down(status.State):
			return "", status.Raw, nil
		case status.ArticleID != "":
			return status.ArticleID, "", nil
		}
	}
	found, err := c.findPublication(ctx, d, account)
	switch {
	case err != nil:
		return "", "", err
	case found == nil:
		return "", "", unlisted(d)
	case found.Deleted:
		return "", sighted(press.Sighting{Deleted: true}).Raw, nil
	}
	return found.ArticleID, "", nil
}

// unlisted is for what went out without Newsdesk learning its number, and is in no list: it can be deleted by hand only.
func unlisted(d press.Delivery) *press.Refusal {
	r := &press.Refusal{
		Call: callPublishList, Class: press.ClassConfig, Message: "not listed",
		Text: press.Say("The publication is not among the account's latest.", "在公众号最近的发布记录中没有找到它。"),
		Fix:  press.Say("Delete it under 发表记录 in WeChat's console.", "请到微信后台“发表记录”中手动删除。"),
	}
	if d.Mode == press.ModeMass {
		r.Text = press.Say("WeChat never told the number of this mass push, and no list names it.", "微信没有给出这次群发的编号，也没有可查询的列表。")
	}
	return r
}
