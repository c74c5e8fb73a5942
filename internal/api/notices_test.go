package api_test

import (
	"testing"

	"newsdesk/internal/api"
	newsroom "newsdesk/internal/desk"
)

// documentedNotices calls what there is of notice channels. The test message goes to a port of this machine, which is not
// allowed here, and is told so.
func documentedNotices(t *testing.T, as func(string) *api.Client) {
	t.Helper()
	ctx := t.Context()
	body := api.NoticeChannelBody{
		Name: "示例", Road: "webhook", Language: "zh", Kinds: []string{"blocked"}, Address: "https://127.0.0.1:9/hook", Secret: "a-key-to-sign-with",
	}
	added := must[api.NoticeChannelReading](t)(as("boss").AddNoticeChannel(ctx, body))
	id := added.Channel.ID
	if test := must[newsroom.NoticeTest](t)(as("boss").TestNoticeChannel(ctx, id)); test.Works || test.Fix.EN == "" {
		t.Errorf("the test says %+v", test)
	}
	body.Version, body.Paused = 1, true
	must[api.NoticeChannelReading](t)(as("boss").ChangeNoticeChannel(ctx, id, body))
	must[api.NoticeChannelReading](t)(as("boss").NoticeChannel(ctx, id))
	if list := must[api.NoticeChannelList](t)(as("boss").NoticeChannels(ctx)); len(list.Channels) != 1 {
		t.Errorf("%d channels", len(list.Channels))
	}
	must[api.NoticeChannelList](t)(as("boss").RemoveNoticeChannel(ctx, id, 2))
}
