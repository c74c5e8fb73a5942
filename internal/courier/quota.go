package courier

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// The calls that WeChat counts by the day.
const (
	callUploadImage = "/cgi-bin/media/uploadimg"
	callAddMaterial = "/cgi-bin/material/add_material"
	callDraftAdd    = "/cgi-bin/draft/add"
	callDraftGet    = "/cgi-bin/draft/get"
	callDraftList   = "/cgi-bin/draft/batchget"
	callPublish     = "/cgi-bin/freepublish/submit"
	callPublishGet  = "/cgi-bin/freepublish/get"
	callPublishList = "/cgi-bin/freepublish/batchget"
	callMass        = "/cgi-bin/message/mass/sendall"
	callMassGet     = "/cgi-bin/message/mass/get"

	callPublishDelete = "/cgi-bin/freepublish/delete"
	callMassDelete    = "/cgi-bin/message/mass/delete"
	callPreview       = "/cgi-bin/message/mass/preview"
)

// DefaultLimits are an account's daily limits of those calls as WeChat states them for a new account; 0 is none stated. They
// grow with the number of followers.
func DefaultLimits() map[string]int64 {
	return map[string]int64{
		callUploadImage: 0, callAddMaterial: 0, callDraftAdd: 1000, callDraftGet: 500, callDraftList: 1000,
		callPublish: 100, callPublishGet: 100, callPublishList: 100, callMass: 100, callMassGet: 0,
		callPublishDelete: 10, callMassDelete: 0, callPreview: 100,
	}
}

// china is where WeChat's day begins.
var china = time.FixedZone("UTC+8", 8*60*60)

// count enters a call in the ledger of the day on which it will be made. A limit that is reached is a refusal like WeChat's
// own, without asking WeChat.
func (c *Courier) count(ctx context.Context, account Account, call string, at time.Time) error {
	limit := c.Limits[call]
	used, err := c.Store.CountCall(ctx, account.Name(), call, at.In(china).Format(time.DateOnly), limit)
	if press.KindOf(err) != press.Quota || err == nil {
		return err
	}
	return &press.Refusal{
		Call: call, Class: press.ClassQuota, Wait: untilMidnight(at), Message: "daily limit reached by our own count", Err: err,
		Text: press.Say("Today's %d calls of %s are used up.", "今日 %[2]s 的 %[1]d 次调用已用完。", max(used, limit), call),
		Fix:  press.Say("Release after midnight (China time), or raise the limit if WeChat grants the account more.", "请在零点（北京时间）后放行；如微信已提高额度，请调整配置。"),
	}
}

func untilMidnight(now time.Time) time.Duration {
	local := now.In(china)
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 5, 0, china).Sub(local)
}
