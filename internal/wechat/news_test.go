package wechat

import (
	"encoding/json"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestNewsAsItIsSent(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(toNews([]press.PushArticle{{
		Title: "标题", HTML: "<p>a</p>", SourceURL: "https://a.example/?x=1&d=2", ThumbMedia: "m", Comments: true,
		CropWide: &press.Rect{X1: 0.1945, Y1: 0, X2: 1, Y2: 0.5236}, CropSquare: &press.Rect{X1: 1.0 / 3, X2: 2.0 / 3, Y2: 1},
	}, {Title: "二", HTML: "b", ThumbMedia: "m", CropWide: &press.Rect{X1: 1, X2: 0}}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"article_type":"news"`, `"need_open_comment":1`, `"only_fans_can_comment":0`,
		`"pic_crop_235_1":"0.1945_0_1_0.5236"`, `"pic_crop_1_1":"0.333333_0_0.666667_1"`,
		`{"ratio":"2.35_1","x1":"0.1945","y1":"0","x2":"1","y2":"0.5236"}`, `{"ratio":"1_1","x1":"0.333333","y1":"0","x2":"0.666667","y2":"1"}`,
		`{"article_type":"news","title":"二","content":"b","thumb_media_id":"m","need_open_comment":0,"only_fans_can_comment":0}]`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
}

func TestNewsAsItIsRead(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"old crops":    `{"pic_crop_235_1":"0.1945_0_1_0.5236","need_open_comment":"1"}`,
		"new crops":    `{"cover_info":{"crop_percent_list":[{"ratio":"16_9","x1":"0","y1":"0","x2":"1","y2":"1"},{"ratio":"2.35_1","x1":"0.1945","y1":0,"x2":"1","y2":"0.5236"}]},"need_open_comment":1}`,
		"bool comment": `{"pic_crop_235_1":"0.1945_0_1_0.5236","need_open_comment":true}`,
	} {
		var n newsIn
		if err := json.Unmarshal([]byte(in), &n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a := n.article()
		if a.CropWide == nil || *a.CropWide != (press.Rect{X1: 0.1945, X2: 1, Y2: 0.5236}) || a.CropSquare != nil || !a.Comments {
			t.Errorf("%s: %+v", name, a)
		}
	}
	for _, bad := range []string{"", "0_0_1", "a_b_c_d", "0_0_2_1", "1_1_0_0", "NaN_0_1_1"} {
		if r := rect(strings.Split(bad, "_")...); r != nil {
			t.Errorf("%q is read as %+v", bad, r)
		}
	}
}
