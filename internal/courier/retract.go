package courier

import (
	"context"
	"errors"

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
func (c *Courier) Retract(ctx context.Context, by press.Actor, id press.DeliveryID) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "courier.Retract(%s)", id)
	d, err := c.Store.Delivery(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State == press.Retracted {
		return d, nil
	}
	if d, err = c.Store.ChangeDelivery(ctx, by, id, press.RetractAsked()); err != nil {
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
	t := c.try(d, press.StepRetract)
	if c.Website == nil || c.Website.Name() != d.Target {
		return d, press.Fail(press.Conflict, "retract.site", press.Say(
			"There is no website %q here any more.", "这里已没有网站 %q。", d.Target))
	}
	rev, err := c.Store.Revision(ctx, d.Article, d.Revision)
	if err != nil {
		return d, err
	}
	address := c.Website.Address(d.Article)
	if d, err = c.Store.Retract(ctx, by, d.ID, press.TakenDown(), *t.ok(c, address)); err != nil {
		return d, err
	}
	cause := c.Website.Remove(ctx, rev.Content.Column, d.Article)
	if cause == nil {
		return d, nil
	}
	c.Logger.Error("a page could not be taken off the website", "delivery", d.ID, "error", cause)
	d, err = c.Store.Retract(ctx, press.System(), d.ID, press.StillUp(),
		*t.ended(c, press.OutcomeFailed, press.CodeOf(cause), press.TextOf(cause), ""))
	if err != nil {
		return d, err
	}
	said := press.TextOf(cause)
	return d, press.Fail(press.Unavailable, "retract.site_write", press.Text{
		EN: "The page was not taken off the website: " + said.EN + " Mend that and retract again.",
		ZH: "网站页面未能撤下：" + said.ZH + "请排除问题后再次撤回。",
	}).Because(cause)
}

// retractPush has WeChat delete every article of a push.
func (c *Courier) retractPush(ctx context.Context, by press.Actor, d press.Delivery) (press.Delivery, error) {
	account, _, err := c.Office.Account(ctx, d.Target)
	if err != nil {
		return d, press.Fail(press.Conflict, "retract.account", reasonAccount(d.Target, err).Text).Because(err)
	}
	t := c.try(d, press.StepRetract)
	raw, err := c.deletePush(ctx, d, account)
	if err == nil {
		return c.Store.Retract(ctx, by, d.ID, press.TakenDown(), *t.ok(c, raw))
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
func (c *Courier) deletePush(ctx context.Context, d press.Delivery, account Account) (raw string, err error) {
	if d.Mode == press.ModeMass {
		if err := c.count(ctx, account, callMassDelete, c.now()); err != nil {
			return "", err
		}
		raw, err = account.RetractMass(ctx, d.PushID)
		return c.orGone(ctx, d, account, raw, err)
	}
	name, gone, err := c.publicationName(ctx, d, account)
	if err != nil || gone != "" {
		return gone, err
	}
	if err := c.count(ctx, account, callPublishDelete, c.now()); err != nil {
		return "", err
	}
	raw, err = account.RetractPublication(ctx, name)
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
	if err != nil {
		return "", "", err
	}
	if found == nil {
		return "", "", &press.Refusal{
			Call: callPublishList, Class: press.ClassConfig, Message: "not listed",
			Text: press.Say("The publication is not among the account's latest.", "在公众号最近的发布记录中没有找到它。"),
			Fix:  press.Say("Delete it under 发表记录 in WeChat's console.", "请到微信后台“发表记录”中手动删除。"),
		}
	}
	return found.ArticleID, "", nil
}
