package wechat

import (
	"context"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/freepublish"

	"newsdesk/internal/press"
)

var (
	submit          = call{name: "freepublish/submit", effect: once}
	publishGet      = call{name: "freepublish/get", effect: reads}
	publicationList = call{name: "freepublish/batchget", effect: reads}
	publishDelete   = call{name: "freepublish/delete", effect: once}
)

// Publish queues a draft for publication (发布): a page is made, nobody is notified, and the draft is used up. A second
// call may publish a second time: after anything but a clear answer, look.
func (a *Account) Publish(ctx context.Context, mediaID string) (press.PushResult, error) {
	var answer struct {
		ID     text `json:"publish_id"`
		DataID text `json:"msg_data_id"`
	}
	x, err := a.post(ctx, submit, mediaRequest{mediaID}, &answer)
	if err != nil {
		return press.PushResult{}, err
	}
	if answer.ID == "" {
		return press.PushResult{}, a.unclear(submit, incomplete, nil)
	}
	return press.PushResult{ID: string(answer.ID), DataID: string(answer.DataID), Raw: a.scrub(string(x.body))}, nil
}

// PublishStatus asks how a publication is going. An account may ask 100 times a day in all.
func (a *Account) PublishStatus(ctx context.Context, publishID string) (press.PushStatus, error) {
	var answer publishStatus
	x, err := a.post(ctx, publishGet, map[string]any{"publish_id": number(publishID)}, &answer)
	if err != nil {
		return press.PushStatus{}, err
	}
	status, ok := answer.status()
	if !ok {
		return press.PushStatus{}, a.unclear(publishGet, oddState, nil)
	}
	status.Raw = a.scrub(string(x.body))
	return status, nil
}

// Publications returns up to 20 publications from offset on, without those that were mass pushed, and how many there are.
func (a *Account) Publications(ctx context.Context, offset, count int) ([]press.Publication, int, error) {
	var answer freepublish.ArticleList
	_, err := a.do(ctx, publicationList, func(x *exchange) (err error) {
		answer, err = a.official(x).GetFreePublish().Paginate(int64(max(offset, 0)), int64(page(count)), false)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	list := make([]press.Publication, len(answer.Item))
	for i, item := range answer.Item {
		list[i] = publication(item)
	}
	return list, int(answer.TotalCount), nil
}

func publication(item freepublish.ArticleListItem) press.Publication {
	list := item.Content.NewsItem
	p := press.Publication{ArticleID: noSpace(item.ArticleID), UpdatedAt: unix(item.UpdateTime), Deleted: len(list) > 0}
	for _, article := range list {
		p.Deleted = p.Deleted && article.IsDeleted
		p.SourceURLs = append(p.SourceURLs, article.ContentSourceURL)
		p.URLs = append(p.URLs, httpsOnly(article.URL))
	}
	return p
}

// DeletePublication takes one article of a publication off for good; the first has index 1. Index 0, with which WeChat
// would delete them all, is refused.
func (a *Account) DeletePublication(ctx context.Context, articleID string, index int) error {
	if index < 1 || articleID == "" {
		return here(publishDelete, press.ClassConfig, noIndex, fixReport)
	}
	_, err := a.do(ctx, publishDelete, func(x *exchange) error {
		return a.official(x).GetFreePublish().Delete(articleID, uint(index))
	})
	return err
}

var noIndex = press.Say("To delete, name the article and its number, from 1; without them WeChat would delete all.",
	"删除时必须指明文章及其序号（从 1 开始），否则微信会删除全部文章。")

// noSpace takes white space out of an article_id: the platform's own sample has a line break in it.
func noSpace(s string) string { return strings.Join(strings.Fields(s), "") }
