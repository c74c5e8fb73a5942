package settings

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type noticesPage struct {
	Channels []press.NoticeChannel
	Roads    []press.NoticeRoad
}

func (h handlers) notices(r *page.Request) error {
	list, err := h.Desk.NoticeChannels(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Render("notices.html", noticesPage{list, press.NoticeRoads()})
}

// noticePage is one channel's form, or that of a new one. It never holds a secret.
type noticePage struct {
	New     bool
	Channel press.NoticeChannel
	Kinds   []noticeChoice
	To      string // the receivers, one a line, as they were typed
	Port    string
	Notices []press.Notice
	Test    *desk.NoticeTest
}

type noticeChoice struct {
	press.NoticeKind
	Checked bool
}

// Mail reports whether the channel is one for e-mail.
func (p noticePage) Mail() bool { return p.Channel.Road == press.RoadMail }

// Path is the channel's own address.
func (p noticePage) Path() string { return noticesPath + "/" + url.PathEscape(string(p.Channel.ID)) }

const noticesPath = "/settings/notices"

func noticeForm(c press.NoticeChannel) noticePage {
	p := noticePage{New: c.ID == "", Channel: c, To: strings.Join(c.Mail.To, "\n")}
	if c.Mail.Port != 0 {
		p.Port = strconv.Itoa(c.Mail.Port)
	}
	for _, kind := range press.NoticeKinds() {
		p.Kinds = append(p.Kinds, noticeChoice{kind, c.Wants(kind)})
	}
	return p
}

// newNotice is the form for a road; what people should not miss is ticked.
func (h handlers) newNotice(r *page.Request) error {
	road := press.NoticeRoad(r.FormValue("road"))
	if !slices.Contains(press.NoticeRoads(), road) {
		return press.Fail(press.NotFound, "notice.road", press.Say("Choose where the notices go.", "请选择通知方式。"))
	}
	return r.Render("notice.html", noticeForm(press.NoticeChannel{
		Road: road, Lang: r.Lang, Kinds: []press.NoticeKind{press.NoticeBlocked, press.NoticeMissed, press.NoticeFailed, press.NoticeStopped},
		Mail: press.Mail{Port: 587, Security: press.MailSTARTTLS},
	}))
}

func (h handlers) noticePage(r *page.Request) (noticePage, error) {
	c, list, err := h.Desk.NoticeChannel(r.Context(), r.Actor, press.NoticeChannelID(r.PathValue("channel")))
	p := noticeForm(c)
	p.Notices = list
	return p, err
}

func (h handlers) notice(r *page.Request) error {
	p, err := h.noticePage(r)
	if err != nil {
		return err
	}
	return r.Render("notice.html", p)
}

// typedNotice is the change that a form describes.
func typedNotice(r *page.Request) (desk.NoticeChange, error) {
	if err := r.ParseForm(); err != nil {
		return desk.NoticeChange{}, err
	}
	c := desk.NoticeChange{
		Name: r.PostFormValue("name"), Road: press.NoticeRoad(r.PostFormValue("road")), Lang: press.Lang(r.PostFormValue("lang")),
		Paused: r.PostFormValue("paused") != "", Address: r.PostFormValue("address"), Secret: r.PostFormValue("secret"),
		NoSecret: r.PostFormValue("no_secret") != "",
		Mail: press.Mail{
			Host: r.PostFormValue("host"), Port: r.Number("port", 0), Security: press.MailSecurity(r.PostFormValue("security")),
			Username: r.PostFormValue("username"), From: r.PostFormValue("from"), To: strings.FieldsFunc(r.PostFormValue("to"), between),
		},
	}
	for _, kind := range press.NoticeKinds() {
		if slices.Contains(r.PostForm["kinds"], string(kind)) {
			c.Kinds = append(c.Kinds, kind)
		}
	}
	return c, nil
}

// between reports whether a sign may stand between two receivers: people paste lists of every kind.
func between(r rune) bool { return strings.ContainsRune("\r\n,;，；、 \t", r) }

func (h handlers) addNotice(r *page.Request) error {
	change, err := typedNotice(r)
	if err != nil {
		return err
	}
	if !slices.Contains(press.NoticeRoads(), change.Road) {
		return press.Fail(press.Invalid, "notice.road", press.Say("Choose where the notices go.", "请选择通知方式。"))
	}
	return h.changeNotice(r, noticePage{New: true, Channel: press.NoticeChannel{Road: change.Road}}, change)
}

func (h handlers) saveNotice(r *page.Request) error {
	p, err := h.noticePage(r)
	if err != nil {
		return err
	}
	change, err := typedNotice(r)
	if err != nil {
		return err
	}
	change.ID, change.Version = p.Channel.ID, int64(r.Number("version", 0))
	if change.Version == 0 { // or it would be taken for a new one
		change.Version = -1
	}
	return h.changeNotice(r, p, change)
}

// changeNotice saves, or shows the form again with everything but the secrets in it.
func (h handlers) changeNotice(r *page.Request, p noticePage, change desk.NoticeChange) error {
	saved, err := h.Desk.SaveNoticeChannel(r.Context(), r.Actor, change)
	if err == nil {
		key := "notices.saved"
		if p.New {
			key = "notices.added"
		}
		return r.See(noticesPath+"/"+string(saved.ID), key, "name", saved.Name)
	}
	c := p.Channel
	c.Name, c.Lang, c.Kinds, c.Paused, c.Mail = change.Name, change.Lang, change.Kinds, change.Paused, change.Mail
	again := noticeForm(c)
	again.New, again.Notices, again.To, again.Port = p.New, p.Notices, r.PostFormValue("to"), r.PostFormValue("port")
	return r.Refuse(err, "notice.html", again)
}

func (h handlers) removeNotice(r *page.Request) error {
	p, err := h.noticePage(r)
	if err != nil {
		return err
	}
	if err := h.Desk.RemoveNoticeChannel(r.Context(), r.Actor, p.Channel.ID, int64(r.Number("version", 0))); err != nil {
		return r.SeeRefusal(p.Path(), err)
	}
	return r.See(noticesPath, "notices.removed", "name", p.Channel.Name)
}

// testNotice sends a test and shows the answer, in the place of the button or on the whole page.
func (h handlers) testNotice(r *page.Request) error {
	p, err := h.noticePage(r)
	if err != nil {
		return err
	}
	test, err := h.Desk.TestNoticeChannel(r.Context(), r.Actor, p.Channel.ID)
	if err != nil {
		return err
	}
	p.Test = &test
	if r.Partial() {
		return r.Fragment("notice.html", "tested", p)
	}
	return r.Render("notice.html", p)
}
