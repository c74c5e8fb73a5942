package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// NoticeChannelBody is what an administrator asks of a notice channel. Secrets go in and never come out.
type NoticeChannelBody struct {
	Version  int64       `json:"version,omitempty" doc:"of the channel as it was seen; for a change only"`
	Name     string      `json:"name" maxLength:"160"`
	Road     string      `json:"road,omitempty" enum:"mail,wecom,dingtalk,feishu,webhook" doc:"of a new one; afterwards it stays"`
	Language string      `json:"language" enum:"zh,en"`
	Kinds    []string    `json:"kinds" minItems:"1" maxItems:"6" doc:"blocked, missed, failed, stopped, live, retracted"`
	Paused   bool        `json:"paused,omitempty"`
	Mail     *NoticeMail `json:"mail,omitempty"`
	Address  string      `json:"address,omitempty" maxLength:"1000" doc:"a robot's or webhook's whole address; left out, it stays as it is"`
	Secret   string      `json:"secret,omitempty" maxLength:"1000" doc:"a password or signing key; left out, it stays as it is"`
	NoSecret bool        `json:"no_secret,omitempty" doc:"takes the password or signing key away"`
}

// NoticeMail is where and as whom a channel sends e-mail.
type NoticeMail struct {
	Host     string   `json:"host" maxLength:"253"`
	Port     int      `json:"port" minimum:"1" maximum:"65535"`
	Security string   `json:"security" enum:"starttls,tls,none"`
	Username string   `json:"username,omitempty" maxLength:"254"`
	From     string   `json:"from" maxLength:"254"`
	To       []string `json:"to" minItems:"1" maxItems:"20"`
}

// NoticeChannelList is every channel.
type NoticeChannelList struct {
	Channels []press.NoticeChannel `json:"channels"`
}

// NoticeChannelReading is a channel and what it was told lately.
type NoticeChannelReading struct {
	Channel press.NoticeChannel `json:"channel"`
	Notices []press.Notice      `json:"notices"`
}

// NoticePath names a notice channel.
type NoticePath struct {
	ID string `path:"id" maxLength:"26"`
}

func (s *server) notices() {
	tag := []string{"notices"}
	const one = "/notice-channels/{id}"
	register(s, huma.Operation{OperationID: "list-notice-channels", Method: http.MethodGet, Path: "/notice-channels", Summary: "List the channels that people are told by", Tags: tag}, s.listNotices)
	register(s, huma.Operation{OperationID: "add-notice-channel", Method: http.MethodPost, Path: "/notice-channels", Summary: "Add a notice channel", Tags: tag, DefaultStatus: http.StatusCreated}, s.addNotice)
	register(s, huma.Operation{OperationID: "read-notice-channel", Method: http.MethodGet, Path: one, Summary: "Read a notice channel and its latest notices", Tags: tag}, s.readNotice)
	register(s, huma.Operation{OperationID: "change-notice-channel", Method: http.MethodPost, Path: one, Summary: "Change a notice channel", Tags: tag}, s.changeNotice)
	register(s, huma.Operation{OperationID: "remove-notice-channel", Method: http.MethodPost, Path: one + "/remove", Summary: "Remove a notice channel, its secrets and what waits for it", Tags: tag}, s.removeNotice)
	register(s, huma.Operation{OperationID: "test-notice-channel", Method: http.MethodPost, Path: one + "/test", Summary: "Send a test notice and say what the other side answered", Tags: tag}, s.testNotice)
}

func (s *server) listNotices(ctx context.Context, by press.Actor, _ *struct{}) (*answer[NoticeChannelList], error) {
	list, err := s.Desk.NoticeChannels(ctx, by)
	return &answer[NoticeChannelList]{NoticeChannelList{orEmpty(list)}}, err
}

func noticeChange(id string, b NoticeChannelBody) desk.NoticeChange {
	c := desk.NoticeChange{
		ID: press.NoticeChannelID(id), Version: b.Version, Name: b.Name, Road: press.NoticeRoad(b.Road), Lang: press.Lang(b.Language), Paused: b.Paused,
		Address: b.Address, Secret: b.Secret, NoSecret: b.NoSecret,
	}
	for _, kind := range b.Kinds {
		c.Kinds = append(c.Kinds, press.NoticeKind(kind))
	}
	if m := b.Mail; m != nil {
		c.Mail = press.Mail{Host: m.Host, Port: m.Port, Security: press.MailSecurity(m.Security), Username: m.Username, From: m.From, To: m.To}
	}
	return c
}

func (s *server) addNotice(ctx context.Context, by press.Actor, in *struct{ Body NoticeChannelBody }) (*answer[NoticeChannelReading], error) {
	in.Body.Version = 0
	saved, err := s.Desk.SaveNoticeChannel(ctx, by, noticeChange("", in.Body))
	if err != nil {
		return nil, err
	}
	return s.noticeReading(ctx, by, saved.ID)
}

func (s *server) noticeReading(ctx context.Context, by press.Actor, id press.NoticeChannelID) (*answer[NoticeChannelReading], error) {
	c, list, err := s.Desk.NoticeChannel(ctx, by, id)
	return &answer[NoticeChannelReading]{NoticeChannelReading{c, orEmpty(list)}}, err
}

func (s *server) readNotice(ctx context.Context, by press.Actor, in *NoticePath) (*answer[NoticeChannelReading], error) {
	return s.noticeReading(ctx, by, press.NoticeChannelID(in.ID))
}

func (s *server) changeNotice(ctx context.Context, by press.Actor, in *struct {
	NoticePath
	Body NoticeChannelBody
},
) (*answer[NoticeChannelReading], error) {
	if in.Body.Version == 0 { // or it would be taken for a new one
		in.Body.Version = -1
	}
	saved, err := s.Desk.SaveNoticeChannel(ctx, by, noticeChange(in.ID, in.Body))
	if err != nil {
		return nil, err
	}
	return s.noticeReading(ctx, by, saved.ID)
}

func (s *server) removeNotice(ctx context.Context, by press.Actor, in *struct {
	NoticePath
	Body struct {
		Version int64 `json:"version"`
	}
},
) (*answer[NoticeChannelList], error) {
	if err := s.Desk.RemoveNoticeChannel(ctx, by, press.NoticeChannelID(in.ID), in.Body.Version); err != nil {
		return nil, err
	}
	return s.listNotices(ctx, by, nil)
}

func (s *server) testNotice(ctx context.Context, by press.Actor, in *NoticePath) (*answer[desk.NoticeTest], error) {
	test, err := s.Desk.TestNoticeChannel(ctx, by, press.NoticeChannelID(in.ID))
	return &answer[desk.NoticeTest]{test}, err
}

// NoticeChannels lists the notice channels.
func (c *Client) NoticeChannels(ctx context.Context) (NoticeChannelList, error) {
	return ask[NoticeChannelList](ctx, c, call{method: http.MethodGet, path: "/notice-channels"})
}

// NoticeChannel reads one, with its latest notices.
func (c *Client) NoticeChannel(ctx context.Context, id press.NoticeChannelID) (NoticeChannelReading, error) {
	return ask[NoticeChannelReading](ctx, c, call{method: http.MethodGet, path: pathOf("notice-channels", id)})
}

// AddNoticeChannel adds one.
func (c *Client) AddNoticeChannel(ctx context.Context, body NoticeChannelBody) (NoticeChannelReading, error) {
	return ask[NoticeChannelReading](ctx, c, call{method: http.MethodPost, path: "/notice-channels", body: body})
}

// ChangeNoticeChannel puts it in the place of the version that the body names.
func (c *Client) ChangeNoticeChannel(ctx context.Context, id press.NoticeChannelID, body NoticeChannelBody) (NoticeChannelReading, error) {
	return ask[NoticeChannelReading](ctx, c, call{method: http.MethodPost, path: pathOf("notice-channels", id), body: body})
}

// RemoveNoticeChannel takes one away.
func (c *Client) RemoveNoticeChannel(ctx context.Context, id press.NoticeChannelID, version int64) (NoticeChannelList, error) {
	return ask[NoticeChannelList](ctx, c, call{method: http.MethodPost, path: pathOf("notice-channels", id) + "/remove", body: map[string]int64{"version": version}})
}

// TestNoticeChannel sends a test notice and says what the other side answered.
func (c *Client) TestNoticeChannel(ctx context.Context, id press.NoticeChannelID) (desk.NoticeTest, error) {
	return ask[desk.NoticeTest](ctx, c, call{method: http.MethodPost, path: pathOf("notice-channels", id) + "/test"})
}
