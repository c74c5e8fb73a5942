package wechat

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// publishStatus is what freepublish/get says.
type publishStatus struct {
	Status    text   `json:"publish_status"`
	ArticleID string `json:"article_id"`
	Detail    struct {
		Item []struct {
			Index int    `json:"idx"`
			URL   string `json:"article_url"`
		} `json:"item"`
	} `json:"article_detail"`
	FailIdx []int `json:"fail_idx"`
}

func (p publishStatus) status() (press.PushStatus, bool) {
	state, detail, ok := publishState(string(p.Status))
	s := press.PushStatus{State: state, ArticleID: noSpace(p.ArticleID), FailedIdx: p.FailIdx, Detail: detail}
	for _, item := range p.Detail.Item {
		s.URLs = place(s.URLs, item.Index, item.URL)
	}
	return s, ok
}

// publishStates are the values of publish_status by number.
var publishStates = []struct {
	state  press.PublishState
	detail string
}{
	{press.PushDone, "成功 (published)"},
	{press.PushRunning, "发布中 (in progress)"},
	{press.PushOriginal, "原创失败 (refused by the originality check)"},
	{press.PushFailed, "常规失败 (ordinary failure)"},
	{press.PushCensored, "平台审核不通过 (refused by platform review)"},
	{press.PushDeleted, "成功后用户删除所有文章 (published, then all articles deleted)"},
	{press.PushBanned, "成功后系统封禁所有文章 (published, then all articles banned)"},
}

func publishState(code string) (press.PublishState, string, bool) {
	n, err := strconv.Atoi(code)
	if err != nil || n < 0 || n >= len(publishStates) {
		return "", "", false
	}
	s := publishStates[n]
	return s.state, fmt.Sprintf("publish_status %d: %s", n, s.detail), true
}

// massState reads msg_status of mass/get.
func massState(status string) (press.PublishState, bool) {
	switch status {
	case "SEND_SUCCESS":
		return press.PushDone, true
	case "SENDING":
		return press.PushRunning, true
	case "SEND_FAIL":
		return press.PushFailed, true
	case "DELETE":
		return press.PushDeleted, true
	}
	return "", false
}

var errNumber = regexp.MustCompile(`^err\((\d{1,9})\)$`)

// massEventState reads Status of a MASSSENDJOBFINISH event; detail is WeChat's word and what it means.
func massEventState(status string) (state press.PublishState, detail string) {
	word := strings.ToLower(noSpace(status))
	switch word {
	case "sendsuccess":
		return press.PushDone, status + ": 发送成功 (sent)"
	case "sendfail":
		return press.PushFailed, status + ": 发送失败 (not sent)"
	}
	m := errNumber.FindStringSubmatch(word)
	if m == nil {
		return press.PushFailed, status
	}
	n, _ := strconv.Atoi(m[1]) // at most nine digits
	state, means := massError(n)
	return state, fmt.Sprintf("err(%d): %s", n, means)
}

// massError reads the n of err(n).
func massError(n int) (press.PublishState, string) {
	if e, ok := massErrors[n]; ok {
		return e.state, e.means
	}
	if n == 10001 || n >= 20000 && n < 30000 {
		return press.PushCensored, "平台审核不通过 (refused by platform review)"
	}
	return press.PushFailed, "未知原因 (reason not known)"
}

var massErrors = map[int]struct {
	state press.PublishState
	means string
}{
	10001: {press.PushCensored, "涉嫌广告 (advertising)"},
	20001: {press.PushCensored, "涉嫌政治 (politics)"},
	20002: {press.PushCensored, "涉嫌色情 (pornography)"},
	20004: {press.PushCensored, "涉嫌社会 (social order)"},
	20006: {press.PushCensored, "涉嫌违法犯罪 (illegal)"},
	20008: {press.PushCensored, "涉嫌欺诈 (fraud)"},
	20013: {press.PushCensored, "涉嫌版权 (copyright)"},
	21000: {press.PushCensored, "涉嫌其他 (other)"},
	22000: {press.PushCensored, "涉嫌互推 (mutual promotion)"},
	30001: {press.PushFailed, "原创校验出现系统错误 (system error in the originality check)"},
	30002: {press.PushOriginal, "原创校验被判定为不能群发 (judged not sendable by the originality check)"},
	30003: {press.PushOriginal, "原创校验被判定为转载文 (judged a reprint by the originality check)"},
	40001: {press.PushFailed, "管理员拒绝 (the administrator refused)"},
	40002: {press.PushFailed, "管理员 30 分钟内未确认 (the administrator did not answer within 30 minutes)"},
}

// place puts an article's address at its number, from 1. Gaps are articles without an address.
func place(urls []string, index int, url string) []string {
	url = httpsOnly(strings.TrimSpace(url))
	if index < 1 || index > 2*maxArticles {
		return append(urls, url)
	}
	for len(urls) < index {
		urls = append(urls, "")
	}
	urls[index-1] = url
	return urls
}
