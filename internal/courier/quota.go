package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// The calls that WeChat counts by the day.
const (
	callUploadImage = press.CallUploadImage
	callAddMaterial = press.CallAddMaterial
	callDraftAdd    = press.CallDraftAdd
	callDraftGet    = press.CallDraftGet
	callDraftList   = press.CallDraftList
	callPublish     = press.CallPublish
	callPublishGet  = press.CallPublishGet
	callPublishList = press.CallPublishList
	callMass        = press.CallMass
	callMassGet     = press.CallMassGet

	callPublishDelete = press.CallPublishDelete
	callMassDelete    = press.CallMassDelete
	callPreview       = press.CallPreview
)

// DefaultLimits are the documented daily limits of those calls; what WeChat states for an account goes before them.
func DefaultLimits() map[string]int64 { return press.CallLimits() }

// asked are the calls whose count WeChat is asked for: what every delivery makes, and what is scarce.
func asked() []string {
	return []string{
		callPublish, callPublishGet, callPublishList, callPublishDelete, callMass, callMassDelete, callPreview,
		callDraftAdd, callDraftGet, callDraftList, callUploadImage, callAddMaterial,
	}
}

// Codes by which WeChat speaks of its counts.
const (
	codeDaily      = 45009 // the day's calls of an interface are used up
	codeNoMassLeft = 45028 // no mass push is left, whoever sent the others
	codeNoPath     = 76021 // quota/get does not know the interface
	codeNotYours   = 76022
	codeNoRight    = 48001
)

// LedgerStore keeps the counts, and what planning the polls needs to know.
type LedgerStore interface {
	CountCall(ctx context.Context, ledger, call, span string, limit int64) (int64, error)
	CountPaced(ctx context.Context, ledger, call, span string, limit int64, pause time.Duration) (int64, error)
	Tallies(ctx context.Context, ledger, span string) (map[string]press.Tally, error)
	TellQuota(ctx context.Context, ledger, call, span string, told press.QuotaTold, counted int64) error
	QuotaRefused(ctx context.Context, ledger, call, span string, limit int64) error
	PushUse(context.Context, press.PushQuery) (press.PushUse, error)
	Awaits(ctx context.Context, account string) (bool, error)
	PollBook(ctx context.Context, ledger, account string, day press.Span) (press.PollBook, error)
	OpenPublications(ctx context.Context, account string) ([]press.DeliveryID, error)
	SaveSightings(context.Context, []press.Sighting) ([]press.DeliveryID, error)
	Sighting(context.Context, press.DeliveryID) (press.Sighting, error)
}

// count enters a call in the ledger of the day on which it will be made. A limit that is reached is a refusal like WeChat's
// own, without asking WeChat.
func (c *Courier) count(ctx context.Context, account Account, call string, at time.Time) error {
	used, err := c.Store.CountCall(ctx, account.Ledger().Key, call, press.DayOf(at).Name, c.Limits[call])
	return usedUp(call, used, at, err)
}

// usedUp turns the ledger's refusal into one like WeChat's.
func usedUp(call string, used int64, at time.Time, err error) error {
	if press.KindOf(err) != press.Quota || err == nil {
		return err
	}
	name := press.CallName(call)
	return &press.Refusal{
		Call: call, Class: press.ClassQuota, Wait: untilMidnight(at), Message: "daily limit reached by our own count", Err: err,
		Text: press.Say("%[1]s: all %[3]d of today are used up.", "今日的%[2]s（%[3]d 次）已用完。", name.EN, name.ZH, used),
		Fix:  tryTomorrow(call),
	}
}

// tryTomorrow is what a person does about a call that is used up.
func tryTomorrow(call string) press.Text {
	switch call {
	case callPublishDelete, callMassDelete:
		return press.Say("Retract again after midnight (China time), or delete it now under 发表记录 in WeChat's console.",
			"请在零点（北京时间）后再次撤回；如需立即删除，请到微信后台“发表记录”中操作。")
	case callPreview:
		return press.Say("Preview again after midnight (China time).", "请在零点（北京时间）后再预览。")
	}
	return press.Say("Release after midnight (China time).", "请在零点（北京时间）后放行。")
}

func untilMidnight(now time.Time) time.Duration {
	return press.DayOf(now).Until.Sub(now) + 5*time.Second
}

// massLeft refuses a mass push without a call where it is known that WeChat would refuse it: it said so in this span, or our
// own pushes have taken all there is. A person who releases it all the same has WeChat asked.
func (c *Courier) massLeft(ctx context.Context, d press.Delivery, account Account, at time.Time) error {
	if d.Mode != press.ModeMass || d.LateAllowed {
		return nil
	}
	ledger := account.Ledger()
	span, limit := ledger.MassSpan(at)
	use, err := c.Store.PushUse(ctx, press.PushQuery{Ledger: ledger.Key, Account: d.Target, Mode: d.Mode, Span: span, Except: d.Edition})
	if err != nil || max(use.Made, int(use.Used)) < limit {
		return err
	}
	why := press.Say("The mass pushes that WeChat allows in %[1]s are sent (%[2]d of %[2]d).", "%[1]s 的群发次数（%[2]d 次）已用完。", span.Name, limit)
	if use.Refused {
		why = press.Say("WeChat has said at %[2]s that no mass push is left in %[1]s; one may have been sent in its own console.",
			"微信已于 %[2]s 表示 %[1]s 没有剩余的群发次数（可能有人在微信后台群发过）。", span.Name, use.ToldAt.In(press.China).Format("15:04"))
	}
	return &press.Refusal{
		Call: callMass, Class: press.ClassQuota, Wait: span.Until.Sub(at), Message: "no mass push left by our own count", Text: why,
		Err: press.Fail(press.Quota, press.CodeMassUsed, why),
		Fix: press.Say("Cancel and compose it for another day, or publish without notifying. Releasing asks WeChat all the same.",
			"请取消后改期重新编排，或改用“发布”。放行则仍会向微信提交一次。"),
	}
}

// listener is an account whose refusals are noted in the ledger: they tell of calls that others made.
type listener struct {
	Account
	c *Courier
}

func (c *Courier) listen(a Account) Account { return listener{a, c} }

// aroundMidnight is until when after midnight a refusal is not learned from: WeChat may have counted the call, or its clock
// may count it, on the day before, and a month's mass pushes would be taken for used up.
const aroundMidnight = time.Minute

// heard notes what a refusal says of WeChat's own count, and returns it.
func (l listener) heard(ctx context.Context, err error) error {
	var r *press.Refusal
	if !errors.As(err, &r) || r.Code != codeDaily && r.Code != codeNoMassLeft {
		return err
	}
	c, ledger, call, now := l.c, l.Ledger(), "/cgi-bin/"+r.Call, l.c.now()
	if press.DayOf(now.Add(-aroundMidnight)).Name != press.DayOf(now).Name { // it may be of the day or month before
		return err
	}
	span, limit := press.DayOf(now), c.Limits[call]
	if r.Code == codeNoMassLeft {
		var n int
		call = press.MassAllowance
		span, n = ledger.MassSpan(now)
		limit = int64(n)
	}
	if noted := c.Store.QuotaRefused(context.WithoutCancel(ctx), ledger.Key, call, span.Name, limit); noted != nil {
		c.Logger.Warn("a used up allowance could not be noted", "account", l.Name(), "call", call, "error", noted)
	}
	if r.Code == codeDaily {
		c.askSoon(l.Account, call)
	}
	return err
}

func (l listener) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	address, err := l.Account.UploadImage(ctx, name, data)
	return address, l.heard(ctx, err)
}

func (l listener) AddImage(ctx context.Context, name string, data []byte) (mediaID, address string, err error) {
	mediaID, address, err = l.Account.AddImage(ctx, name, data)
	return mediaID, address, l.heard(ctx, err)
}

func (l listener) AddDraft(ctx context.Context, articles []press.PushArticle) (string, error) {
	mediaID, err := l.Account.AddDraft(ctx, articles)
	return mediaID, l.heard(ctx, err)
}

func (l listener) Draft(ctx context.Context, mediaID string) (press.PushDraft, error) {
	draft, err := l.Account.Draft(ctx, mediaID)
	return draft, l.heard(ctx, err)
}

func (l listener) Drafts(ctx context.Context, offset, count int, withContent bool) ([]press.PushDraft, int, error) {
	list, total, err := l.Account.Drafts(ctx, offset, count, withContent)
	return list, total, l.heard(ctx, err)
}

func (l listener) Publish(ctx context.Context, mediaID string) (press.PushResult, error) {
	result, err := l.Account.Publish(ctx, mediaID)
	return result, l.heard(ctx, err)
}

func (l listener) PublishStatus(ctx context.Context, publishID string) (press.PushStatus, error) {
	status, err := l.Account.PublishStatus(ctx, publishID)
	return status, l.heard(ctx, err)
}

func (l listener) Publications(ctx context.Context, offset, count int) ([]press.Publication, int, error) {
	list, total, err := l.Account.Publications(ctx, offset, count)
	return list, total, l.heard(ctx, err)
}

func (l listener) SendAll(ctx context.Context, mediaID, clientMsgID string) (press.PushResult, error) {
	result, err := l.Account.SendAll(ctx, mediaID, clientMsgID)
	return result, l.heard(ctx, err)
}

func (l listener) MassStatus(ctx context.Context, msgID string) (press.PushStatus, error) {
	status, err := l.Account.MassStatus(ctx, msgID)
	return status, l.heard(ctx, err)
}

func (l listener) RetractPublication(ctx context.Context, articleID string, index int) (string, error) {
	raw, err := l.Account.RetractPublication(ctx, articleID, index)
	return raw, l.heard(ctx, err)
}

func (l listener) RetractMass(ctx context.Context, msgID string, index int) (string, error) {
	raw, err := l.Account.RetractMass(ctx, msgID, index)
	return raw, l.heard(ctx, err)
}

func (l listener) Preview(ctx context.Context, mediaID, reader string) (string, error) {
	raw, err := l.Account.Preview(ctx, mediaID, reader)
	return raw, l.heard(ctx, err)
}
