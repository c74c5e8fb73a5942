package wechat

import (
	"context"
	"regexp"

	"newsdesk/internal/press"
)

var preview = call{name: "message/mass/preview", effect: again}

// openID is the form of a follower's identifier; anything else that names a follower is a WeChat ID (微信号).
var openID = regexp.MustCompile(`^o[0-9A-Za-z_-]{27}$`)

// Preview sends a draft to one follower only, named by WeChat ID or openid, and returns WeChat's answer. By WeChat ID an
// account may do so 100 times a day. The draft stays. The SDK's preview is not used: it marks an object for ever, and
// without a reader it sends to all.
func (a *Account) Preview(ctx context.Context, mediaID, reader string) (raw string, err error) {
	if mediaID == "" || reader == "" {
		return "", here(preview, press.ClassConfig, press.Say(
			"A preview needs a draft and one reader.", "预览需要草稿和一个接收者。"), fixReader)
	}
	request := map[string]any{"mpnews": mediaRequest{mediaID}, "msgtype": "mpnews"}
	if openID.MatchString(reader) {
		request["touser"] = reader
	} else {
		request["towxname"] = reader
	}
	return a.told(ctx, preview, request)
}
