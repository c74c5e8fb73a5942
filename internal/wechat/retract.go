package wechat

import (
	"context"

	"newsdesk/internal/press"
)

// Taking down what is taken down already does no harm, so a lost answer may be asked for again.
var (
	retractPublication = call{name: publishDelete.name, effect: again}
	retractMass        = call{name: massDelete.name, effect: again}
)

// RetractPublication takes one article of a publication, by its place from 1, or with 0 every one of them, off for good and
// returns WeChat's answer. Whoever opens their addresses reads that they were deleted. An account may do so 10 times a day.
func (a *Account) RetractPublication(ctx context.Context, articleID string, index int) (raw string, err error) {
	if articleID == "" {
		return "", here(retractPublication, press.ClassConfig, noName, fixReport)
	}
	return a.told(ctx, retractPublication, map[string]any{"article_id": articleID, "index": index})
}

// RetractMass takes one article of a mass push, by its place from 1, or with 0 every one of them, off for good and returns
// WeChat's answer. The card stays in the followers'
// chats, and its pages say that the articles were deleted.
func (a *Account) RetractMass(ctx context.Context, msgID string, index int) (raw string, err error) {
	if msgID == "" {
		return "", here(retractMass, press.ClassConfig, noName, fixReport)
	}
	return a.told(ctx, retractMass, map[string]any{"msg_id": number(msgID), "article_idx": index})
}

var noName = press.Say("Newsdesk does not know by what name WeChat keeps it.", "缺少微信方的编号，无法删除。")

// told makes a call whose answer holds nothing but its words, and returns those.
func (a *Account) told(ctx context.Context, c call, request map[string]any) (string, error) {
	var answer struct{}
	x, err := a.post(ctx, c, request, &answer)
	if err != nil {
		return "", err
	}
	return a.scrub(string(x.body)), nil
}
