package wechat

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

var (
	draftAdd    = call{name: "draft/add", effect: once}
	draftGet    = call{name: "draft/get", effect: reads}
	draftList   = call{name: "draft/batchget", effect: reads}
	draftDelete = call{name: "draft/delete", effect: again}
	draftCount  = call{name: "draft/count", effect: reads}
)

// maxArticles is how many articles a draft may hold.
const maxArticles = 8

// maxPage is how many entries a list gives at once.
const maxPage = 20

// AddDraft puts articles into the draft box and returns the draft's media_id. Each call makes another draft.
func (a *Account) AddDraft(ctx context.Context, articles []press.PushArticle) (string, error) {
	if err := checkArticles(articles); err != nil {
		return "", err
	}
	request := struct {
		Articles []newsOut `json:"articles"`
	}{toNews(articles)}
	var answer struct {
		MediaID string `json:"media_id"`
	}
	if _, err := a.post(ctx, draftAdd, request, &answer); err != nil {
		return "", err
	}
	if answer.MediaID == "" {
		return "", a.unclear(draftAdd, incomplete, nil)
	}
	return answer.MediaID, nil
}

func checkArticles(articles []press.PushArticle) error {
	if len(articles) == 0 || len(articles) > maxArticles {
		return here(draftAdd, press.ClassContent, press.Say(
			"A WeChat draft holds 1 to %[1]d articles, not %[2]d.", "微信草稿应有 1 至 %[1]d 篇文章，而不是 %[2]d 篇。",
			maxArticles, len(articles)), fixArticle)
	}
	for i, article := range articles {
		if article.Title == "" || article.HTML == "" || article.ThumbMedia == "" {
			return here(draftAdd, press.ClassContent, press.Say(
				"Article %d lacks its title, its text or its cover.", "第 %d 篇缺少标题、正文或封面。", i+1), fixArticle)
		}
	}
	return nil
}

// Draft returns a draft as the account has it. One that is not there, because it was deleted or published, is a
// *press.Refusal with code 40007.
func (a *Account) Draft(ctx context.Context, mediaID string) (press.PushDraft, error) {
	var answer news
	if _, err := a.post(ctx, draftGet, mediaRequest{mediaID}, &answer); err != nil {
		return press.PushDraft{}, err
	}
	return answer.draft(mediaID), nil
}

// Drafts returns up to 20 drafts from offset on, as the account orders them, and how many there are.
func (a *Account) Drafts(ctx context.Context, offset, count int, withContent bool) ([]press.PushDraft, int, error) {
	request := map[string]int{"offset": max(offset, 0), "count": page(count), "no_content": 1}
	if withContent {
		request["no_content"] = 0
	}
	var answer struct {
		Total int `json:"total_count"`
		Item  []struct {
			MediaID    string `json:"media_id"`
			Content    news   `json:"content"`
			UpdateTime int64  `json:"update_time"`
		} `json:"item"`
	}
	if _, err := a.post(ctx, draftList, request, &answer); err != nil {
		return nil, 0, err
	}
	drafts := make([]press.PushDraft, len(answer.Item))
	for i, item := range answer.Item {
		drafts[i] = item.Content.draft(item.MediaID)
		drafts[i].UpdatedAt = unix(item.UpdateTime)
	}
	return drafts, answer.Total, nil
}

// DeleteDraft removes a draft for good. Code 40007 says that it is gone already.
func (a *Account) DeleteDraft(ctx context.Context, mediaID string) error {
	_, err := a.do(ctx, draftDelete, func(x *exchange) error {
		return a.official(x).GetDraft().DeleteDraft(mediaID)
	})
	return err
}

type mediaRequest struct {
	MediaID string `json:"media_id"`
}

func page(count int) int { return min(max(count, 1), maxPage) }

func unix(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
