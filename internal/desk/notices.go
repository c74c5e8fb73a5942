package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// NoticeStore keeps the channels that people are told by.
type NoticeStore interface {
	NoticeChannels(context.Context) ([]press.SealedNoticeChannel, error)
	SaveNoticeChannel(ctx context.Context, by press.Actor, c press.SealedNoticeChannel, detail string) error
	RemoveNoticeChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID, version int64) error
	Notices(ctx context.Context, id press.NoticeChannelID, limit int) ([]press.Notice, error)
	HurryNotices(ctx context.Context, id press.NoticeChannelID) error
}

// Herald sends notices.
type Herald interface {
	// Fit refuses a route by which nothing can be sent, or may be.
	Fit(press.NoticeRoute) error
	// Test sends a message that says it is a test. Every error is a *press.NoticeFault.
	Test(context.Context, press.SealedNoticeChannel) (answer string, err error)
}

// NoticeChannels returns the channels and how they fare, for administrators. There is no secret in them.
func (d *Desk) NoticeChannels(ctx context.Context, by press.Actor) (_ []press.NoticeChannel, err error) {
	defer press.Wrap(&err, "desk.NoticeChannels")
	if err := by.Require(press.Administrator); err != nil {
		return nil, err
	}
	list, err := d.Store.NoticeChannels(ctx)
	out := make([]press.NoticeChannel, len(list))
	for i, c := range list {
		out[i] = c.NoticeChannel
	}
	return out, err
}

// NoticeChannel returns one channel, and what it was told lately, the newest first.
func (d *Desk) NoticeChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID) (_ press.NoticeChannel, _ []press.Notice, err error) {
	defer press.Wrap(&err, "desk.NoticeChannel(%s)", id)
	c, err := d.sealedChannel(ctx, by, id)
	if err != nil {
		return c.NoticeChannel, nil, err
	}
	list, err := d.Store.Notices(ctx, id, noticesShown)
	return c.NoticeChannel, list, err
}

// noticesShown is how many notices a channel's page lists.
const noticesShown = 20

func (d *Desk) sealedChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID) (press.SealedNoticeChannel, error) {
	if err := by.Require(press.Administrator); err != nil {
		return press.SealedNoticeChannel{}, err
	}
	list, err := d.Store.NoticeChannels(ctx)
	if err != nil {
		return press.SealedNoticeChannel{}, err
	}
	i := slices.IndexFunc(list, func(c press.SealedNoticeChannel) bool { return c.ID == id })
	if i < 0 {
		return press.SealedNoticeChannel{}, press.Fail(press.NotFound, "notice.missing", press.Say("There is no such notice channel.", "没有该通知渠道。"))
	}
	return list[i], nil
}

// NoticeChange is what an administrator asks of a channel.
type NoticeChange struct {
	ID      press.NoticeChannelID // empty: a new one
	Version int64                 // of the channel as it was seen
	Name    string
	Road    press.NoticeRoad // of a new one; afterwards it stays
	Lang    press.Lang
	Kinds   []press.NoticeKind
	Paused  bool
	Mail    press.Mail

	// A secret that is empty stays as it is.
	Address  string
	Secret   string
	NoSecret bool // takes it away
}

// String keeps the secrets out of what prints a change.
func (c NoticeChange) String() string { return "change of notice channel " + c.Name }

// GoString is String.
func (c NoticeChange) GoString() string { return c.String() }

// LogValue is String for log/slog.
func (c NoticeChange) LogValue() slog.Value { return slog.StringValue(c.String()) }

// SaveNoticeChannel adds a channel, or changes one. Secrets go in and never come out. A password that is kept goes only to
// the server that it was entered for: with another one it is asked for again.
func (d *Desk) SaveNoticeChannel(ctx context.Context, by press.Actor, change NoticeChange) (_ press.NoticeChannel, err error) {
	defer press.Wrap(&err, "desk.SaveNoticeChannel(%q)", change.Name)
	if err := by.Require(press.Administrator); err != nil {
		return press.NoticeChannel{}, err
	}
	old := press.SealedNoticeChannel{NoticeChannel: press.NoticeChannel{ID: change.ID, Road: change.Road}}
	if change.ID == "" {
		old.ID = press.NoticeChannelID(press.NewID(d.Now()))
	} else if old, err = d.sealedChannel(ctx, by, change.ID); err != nil {
		return old.NoticeChannel, err
	}
	next := old
	next.Version = change.Version
	next.Name, next.Lang, next.Kinds, next.Paused = strings.TrimSpace(change.Name), change.Lang, slices.Clone(change.Kinds), change.Paused
	next.Mail = press.Mail{}
	if next.Road == press.RoadMail {
		next.Mail = trimmedMail(change.Mail)
	}
	if err := checkChannel(next.NoticeChannel); err != nil {
		return next.NoticeChannel, err
	}
	if err := d.sealChannel(&next, old, change); err != nil {
		return next.NoticeChannel, err
	}
	if err := d.Store.SaveNoticeChannel(ctx, by, next, channelChanges(old, next)); err != nil {
		return next.NoticeChannel, err
	}
	return next.NoticeChannel, nil
}

func trimmedMail(m press.Mail) press.Mail {
	m.Host, m.Username, m.From = strings.TrimSpace(m.Host), strings.TrimSpace(m.Username), strings.TrimSpace(m.From)
	var to []string
	for _, address := range m.To {
		if address = strings.TrimSpace(address); address != "" {
			to = append(to, address)
		}
	}
	m.To = to
	return m
}

func checkChannel(c press.NoticeChannel) error {
	n := utf8.RuneCountInString(c.Name)
	known := press.NoticeKinds()
	switch {
	case n == 0 || n > press.MaxNoticeNameRunes || strings.ContainsFunc(c.Name, unicode.IsControl):
		return press.Fail(press.Invalid, "notice.name", press.Say("A channel needs a name of 1 to %d characters.", "通知渠道须有名称，1 至 %d 个字。", press.MaxNoticeNameRunes))
	case !slices.Contains(press.NoticeRoads(), c.Road):
		return press.Fail(press.Invalid, "notice.road", press.Say("Choose where the notices go.", "请选择通知方式。"))
	case c.Lang != press.Chinese && c.Lang != press.English:
		return press.Fail(press.Invalid, "notice.language", press.Say("Choose the language of the notices.", "请选择通知的语言。"))
	case len(c.Kinds) == 0 || len(c.Kinds) > len(known) || slices.ContainsFunc(c.Kinds, func(k press.NoticeKind) bool { return !slices.Contains(known, k) }):
		return press.Fail(press.Invalid, "notice.kinds", press.Say("Choose at least one kind of notice; to be left in peace, pause the channel.", "请至少选择一种通知内容；不需要通知时可暂停该渠道。"))
	}
	return nil
}

// sealChannel puts what was entered into the channel, sealed, and refuses what nothing can be sent by.
func (d *Desk) sealChannel(next *press.SealedNoticeChannel, old press.SealedNoticeChannel, change NoticeChange) error {
	address, secret := strings.TrimSpace(change.Address), strings.TrimSpace(change.Secret)
	moved := next.Mail.Host != old.Mail.Host || next.Mail.Port != old.Mail.Port || next.Mail.Security != old.Mail.Security || next.Mail.Username != old.Mail.Username
	if next.Road == press.RoadMail && old.Secret != "" && secret == "" && !change.NoSecret && moved {
		return press.Fail(press.Invalid, "notice.password", press.Say(
			"The password was entered for another server or user: enter it again.", "密码是为原来的服务器和用户名填写的，请重新填写密码。"))
	}
	if change.NoSecret {
		next.Secret = ""
	}
	route := press.NoticeRoute{Road: next.Road, Mail: next.Mail, Address: address, Secret: secret}
	for _, s := range []struct {
		part  string
		given *string
		at    *string
	}{{press.NoticeAddressPart, &route.Address, &next.Address}, {press.NoticeSecretPart, &route.Secret, &next.Secret}} {
		var err error
		if *s.given != "" {
			if len(*s.given) > maxNoticeSecret {
				return press.Fail(press.TooLarge, "notice.long", press.Say("An address or key has at most %d characters.", "地址或密钥最多 %d 个字符。", maxNoticeSecret))
			}
			*s.at, err = d.Office.Seal(next.ID.Purpose(s.part), *s.given)
		} else {
			*s.given, err = d.Office.Unseal(next.ID.Purpose(s.part), *s.at)
		}
		if err != nil {
			return err
		}
	}
	next.Host, next.HasSecret = route.Host(), next.Secret != ""
	return d.Herald.Fit(route)
}

// maxNoticeSecret bounds an address or a secret, in bytes.
const maxNoticeSecret = 1000

// channelChanges says for the audit log what is different. Of secrets it says only that there is another one.
func channelChanges(old, next press.SealedNoticeChannel) string {
	var out []string
	for _, f := range []struct {
		name     string
		from, to any
	}{
		{"name", old.Name, next.Name},
		{"language", old.Lang, next.Lang},
		{"kinds", old.Kinds, next.Kinds},
		{"paused", old.Paused, next.Paused},
		{"server", fmt.Sprintf("%s:%d %s", old.Mail.Host, old.Mail.Port, old.Mail.Security), fmt.Sprintf("%s:%d %s", next.Mail.Host, next.Mail.Port, next.Mail.Security)},
		{"from", old.Mail.From, next.Mail.From},
		{"to", strings.Join(old.Mail.To, " "), strings.Join(next.Mail.To, " ")},
	} {
		if !reflect.DeepEqual(f.from, f.to) {
			out = append(out, fmt.Sprintf("%s: %v → %v", f.name, f.from, f.to))
		}
	}
	for _, f := range []struct{ name, from, to string }{{"address", old.Address, next.Address}, {"secret", old.Secret, next.Secret}} {
		out = append(out, hiddenChange(f.name, f.from, f.to)...)
	}
	return strings.Join(out, "; ")
}

// RemoveNoticeChannel takes a channel away, with its secrets and whatever waits for it.
func (d *Desk) RemoveNoticeChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID, version int64) (err error) {
	defer press.Wrap(&err, "desk.RemoveNoticeChannel(%s)", id)
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	return d.Store.RemoveNoticeChannel(ctx, by, id, version)
}

// NoticeTest is what came of a test message.
type NoticeTest struct {
	Works  bool       `json:"works"`
	Text   press.Text `json:"text"`             // what it means
	Fix    press.Text `json:"fix,omitzero"`     // what to do; zero where it works
	Answer string     `json:"answer,omitempty"` // the other side's own words
}

// noticeTestTimeout is how long the other side may take for a test.
const noticeTestTimeout = 25 * time.Second

// TestNoticeChannel sends a message that says it is a test, and returns what the other side answered. Once it works, what
// waits for the channel goes out at once.
func (d *Desk) TestNoticeChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID) (out NoticeTest, err error) {
	defer press.Wrap(&err, "desk.TestNoticeChannel(%s)", id)
	c, err := d.sealedChannel(ctx, by, id)
	if err != nil {
		return out, err
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTestTimeout)
	defer cancel()
	answer, err := d.Herald.Test(ctx, c)
	var fault *press.NoticeFault
	switch {
	case errors.As(err, &fault):
		return NoticeTest{Text: fault.Text, Fix: fault.Fix, Answer: fault.Answer}, nil
	case err != nil:
		return out, err
	}
	if err := d.Store.HurryNotices(ctx, id); err != nil {
		return out, err
	}
	return NoticeTest{Works: true, Answer: answer, Text: press.Say(
		"The test message was taken. Look whether it is there.", "测试通知已被接收，请查看是否收到。")}, nil
}
