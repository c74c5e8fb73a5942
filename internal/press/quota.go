package press

import (
	"net/url"
	"strings"
	"time"
)

// China is where WeChat's days and months begin, wherever the office is. That they begin at midnight there is not
// documented, and assumed by everybody.
var China = time.FixedZone("UTC+8", 8*60*60)

// The calls that WeChat counts, by the names that its openapi/quota/get takes.
const (
	CallUploadImage   = "/cgi-bin/media/uploadimg"
	CallAddMaterial   = "/cgi-bin/material/add_material"
	CallDraftAdd      = "/cgi-bin/draft/add"
	CallDraftGet      = "/cgi-bin/draft/get"
	CallDraftList     = "/cgi-bin/draft/batchget"
	CallPublish       = "/cgi-bin/freepublish/submit"
	CallPublishGet    = "/cgi-bin/freepublish/get"
	CallPublishList   = "/cgi-bin/freepublish/batchget"
	CallPublishDelete = "/cgi-bin/freepublish/delete"
	CallMass          = "/cgi-bin/message/mass/sendall"
	CallMassGet       = "/cgi-bin/message/mass/get"
	CallMassDelete    = "/cgi-bin/message/mass/delete"
	CallPreview       = "/cgi-bin/message/mass/preview"
	CallQuota         = "/cgi-bin/openapi/quota/get"

	// MassAllowance is no call: it is what followers may be sent, one push a day or four a month, however it is called.
	MassAllowance = "mass"
)

// CallLimits are an account's daily limits of those calls as WeChat documents them for a new account; 0 is none documented.
// They grow with the number of followers: what WeChat says of the account itself (QuotaTold) goes before them. That
// openapi/quota/get has a limit is not documented; ours keeps a mistake from asking for ever.
func CallLimits() map[string]int64 {
	return map[string]int64{
		CallUploadImage: 0, CallAddMaterial: 0, CallDraftAdd: 1000, CallDraftGet: 500, CallDraftList: 1000,
		CallPublish: 100, CallPublishGet: 100, CallPublishList: 100, CallMass: 100, CallMassGet: 0,
		CallPublishDelete: 10, CallMassDelete: 0, CallPreview: 100, CallQuota: 1000,
	}
}

// Ledger is whose calls are counted together: one account at one place that answers for WeChat. The sandbox's count is not
// that of the real account of the same AppID, and two names of one account have one count.
type Ledger struct {
	Key  string
	Kind AccountKind // mass pushes are counted by the month where it is AccountService, by the day otherwise
}

// LedgerOf names the ledger of an account by its AppID and the address of its API; "" is WeChat's own.
func LedgerOf(appID, baseURL string, kind AccountKind) Ledger {
	place := "weixin"
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" && !strings.HasSuffix(u.Hostname(), "api.weixin.qq.com") &&
		u.Hostname() != "api2.weixin.qq.com" {
		place = u.Hostname()
	}
	return Ledger{Key: appID + "@" + place, Kind: kind}
}

// Span is one of WeChat's days or months.
type Span struct {
	Name        string // "2026-11-22" or "2026-11"
	From, Until time.Time
}

// DayOf is WeChat's day that a moment falls into.
func DayOf(at time.Time) Span {
	local := at.In(China)
	from := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, China)
	return Span{Name: from.Format(time.DateOnly), From: from, Until: from.AddDate(0, 0, 1)}
}

// MonthOf is WeChat's month that a moment falls into.
func MonthOf(at time.Time) Span {
	local := at.In(China)
	from := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, China)
	return Span{Name: from.Format("2006-01"), From: from, Until: from.AddDate(0, 1, 0)}
}

// The followers' allowance of mass pushes, by WeChat's documentation of 2026.
const (
	MassPerDay   = 1
	MassPerMonth = 4 // service accounts
)

// MassSpan is the span in which the ledger's account may send so many mass pushes.
func (l Ledger) MassSpan(at time.Time) (Span, int) {
	if l.Kind == AccountService {
		return MonthOf(at), MassPerMonth
	}
	return DayOf(at), MassPerDay
}

// Tally is the count of one call in one span.
type Tally struct {
	Call    string
	Used    int64     // as far as is known: our own count, corrected by what WeChat said
	Counted int64     // by ourselves
	Limit   int64     // that WeChat stated for the account; 0: none
	Stated  bool      // WeChat stated the limit, also that there is none
	ToldAt  time.Time // when WeChat last said how many are used; zero: it has not
	Refused bool      // and said so by refusing a call
	LastAt  time.Time // when the last call was counted
}

// QuotaTold is WeChat's own count of a call on the present day.
type QuotaTold struct {
	Limit int64 // a day; NoLimit: none; 0: it did not say
	Used  int64
}

// NoLimit is a limit that WeChat stated not to be there.
const NoLimit = -1

// PushQuery asks what an account's pushes in one mode take of a span. An edition may be left out.
type PushQuery struct {
	Ledger  string // by which pushes made elsewhere under the account's name are told apart
	Account string
	Mode    Mode
	Span
	Except EditionID
}

// PushUse is what an account's pushes in one mode take of a span's allowance.
type PushUse struct {
	Made    int // went out, or may have
	Planned int // are still to go out
	Tally       // of freepublish/submit, which counts what WeChat refused too; or of MassAllowance, as learned from refusals
}

// SlotCheck judges, inside the transaction that plans a push, whether there is room for it.
type SlotCheck struct {
	PushQuery
	Judge func(PushUse) error
}

// PollBook is what planning the polls of an account needs to know of a day.
type PollBook struct {
	Gets, Lists Tally     // of freepublish/get and freepublish/batchget
	Open        int       // publications that were sent, or may have been, and whose result is not known
	OldestOpen  time.Time // when the first of them was sent
	Scheduled   int       // publications still to come that day
	LastDue     time.Time // the last of them
	Fired       int       // publications sent that day
}

// Sighting is a publication that was seen in WeChat's list of publications, by its marker.
type Sighting struct {
	Delivery  DeliveryID
	ArticleID string
	URLs      []string
	Deleted   bool // every article of it; such a sighting is not kept
}

// CodeMassUsed is the code of the reason of a mass push that was not asked for, because none is left by what is known.
const CodeMassUsed = "quota.mass"

// Fired notes with the intent of an irrevocable call whose ledger it counts in.
func (c Change) Fired(ledger string) Change {
	inner := c.apply
	c.apply = func(d *Delivery) {
		inner(d)
		d.Ledger = ledger
	}
	return c
}

// CallName is what people call one of the calls above.
func CallName(call string) Text {
	switch call {
	case MassAllowance:
		return Say("Mass pushes", "群发")
	case CallPublish:
		return Say("Publications", "发布")
	case CallPublishGet:
		return Say("Results of publications", "查询发布结果")
	case CallPublishList:
		return Say("Lists of publications", "查询发布列表")
	case CallPublishDelete:
		return Say("Deletions of publications", "删除发布")
	case CallMass:
		return Say("Calls to mass push", "群发接口调用")
	case CallMassGet:
		return Say("Results of mass pushes", "查询群发结果")
	case CallMassDelete:
		return Say("Deletions of mass pushes", "删除群发")
	case CallPreview:
		return Say("Previews on a phone", "手机预览")
	case CallDraftAdd:
		return Say("New drafts", "新建草稿")
	case CallDraftGet:
		return Say("Readings of a draft", "读取草稿")
	case CallDraftList:
		return Say("Lists of drafts", "查询草稿列表")
	case CallUploadImage:
		return Say("Uploads of a body's photos", "上传正文图片")
	case CallAddMaterial:
		return Say("Uploads of covers", "上传封面素材")
	case CallQuota:
		return Say("Questions about allowances", "查询额度")
	}
	return Text{EN: call, ZH: call}
}
