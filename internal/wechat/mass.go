package wechat

import (
	"context"
	"strconv"

	"newsdesk/internal/press"
)

var (
	sendAll    = call{name: "message/mass/sendall", effect: once}
	massGet    = call{name: "message/mass/get", effect: reads}
	massDelete = call{name: "message/mass/delete", effect: once}
)

// maxClientMsgID is the shorter of the two lengths the platform has documented, in bytes.
const maxClientMsgID = 32

// SendAll queues a draft for a push to all followers (群发), who are notified. clientMsgID makes the platform refuse a
// second push under the same id within 24 hours: that refusal has code 45065 and the MsgID of the job that exists.
func (a *Account) SendAll(ctx context.Context, mediaID, clientMsgID string) (press.PushResult, error) {
	if mediaID == "" || clientMsgID == "" || len(clientMsgID) > maxClientMsgID {
		return press.PushResult{}, here(sendAll, press.ClassConfig, press.Say(
			"A mass push needs a draft and an id of its own of at most 32 characters.", "群发需要草稿和不超过 32 个字符的唯一编号。"), fixReport)
	}
	request := map[string]any{
		"filter":              map[string]any{"is_to_all": true},
		"mpnews":              mediaRequest{mediaID},
		"msgtype":             "mpnews",
		"send_ignore_reprint": 0,
		"clientmsgid":         clientMsgID,
	}
	var answer struct {
		ID     text `json:"msg_id"`
		DataID text `json:"msg_data_id"`
	}
	x, err := a.post(ctx, sendAll, request, &answer)
	if err != nil {
		return press.PushResult{}, err
	}
	if answer.ID == "" {
		return press.PushResult{}, a.unclear(sendAll, incomplete, nil)
	}
	return press.PushResult{ID: string(answer.ID), DataID: string(answer.DataID), Raw: a.scrub(string(x.body))}, nil
}

// MassStatus asks how a mass push is going. It does not say where the articles are; only the event does.
func (a *Account) MassStatus(ctx context.Context, msgID string) (press.PushStatus, error) {
	var answer struct {
		Status string `json:"msg_status"`
	}
	x, err := a.post(ctx, massGet, map[string]string{"msg_id": msgID}, &answer)
	if err != nil {
		return press.PushStatus{}, err
	}
	state, ok := massState(answer.Status)
	if !ok {
		return press.PushStatus{}, a.unclear(massGet, oddState, nil)
	}
	return press.PushStatus{State: state, Detail: answer.Status, Raw: a.scrub(string(x.body))}, nil
}

// DeleteMass takes one article of a mass push off; the first has index 1. The card stays in the followers' chats, and its
// page says that the article was deleted.
func (a *Account) DeleteMass(ctx context.Context, msgID string, index int) error {
	id, err := strconv.ParseInt(msgID, 10, 64)
	if err != nil || id <= 0 || index < 1 {
		return here(massDelete, press.ClassConfig, noIndex, fixReport)
	}
	_, err = a.do(ctx, massDelete, func(x *exchange) error {
		return a.official(x).GetBroadcast().Delete(id, int64(index))
	})
	return err
}
