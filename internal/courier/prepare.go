package courier

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// codeMediaInvalid is WeChat's 40007: this media_id is not known, of a cover or of a draft.
const codeMediaInvalid = 40007

// prepare brings a planned delivery's draft into the account's draft box. Every part of it may be repeated: uploads are
// remembered by account and digest, and a draft that may have been added already is looked for by its marker.
func (c *Courier) prepare(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepPrepare)
	if !d.PreparedAt.IsZero() { // again, after a person let it go on: it may be out by somebody's hand since
		if d, out, err := c.outAlready(ctx, d, account, t); out || err != nil {
			return d, err
		}
	}
	edition, err := c.Store.Edition(ctx, d.Edition)
	if err != nil {
		return d, err
	}
	articles, err := c.compose(ctx, d, edition, account)
	if err != nil {
		return d, err
	}
	mediaID, err := c.findDraft(ctx, d, account, draftMark(press.PushDraft{Articles: articles}))
	if err != nil {
		return d, err
	}
	if mediaID == "" {
		intended := c.now()
		if d, err = c.advance(ctx, d, press.DraftIntended(intended), nil); err != nil {
			return d, err
		}
		if mediaID, err = c.addDraft(ctx, account, articles, intended); err != nil {
			return d, err
		}
	}
	draft, err := c.draft(ctx, account, mediaID)
	if err != nil {
		return d, err
	}
	return c.advance(ctx, d, press.Prepared(mediaID, draftMark(draft), c.now(), d.DueAt.Add(-c.WakeEarly)), t.ok(c, mediaID))
}

// compose renders the edition's articles as WeChat will get them, with every picture uploaded.
func (c *Courier) compose(ctx context.Context, d press.Delivery, e press.Edition, account Account) ([]press.PushArticle, error) {
	themes := c.Office.Themes(ctx)
	theme, ok := themes.Get(e.Theme)
	if !ok {
		theme = themes.Default()
	}
	articles := make([]press.PushArticle, len(e.Items))
	for i, item := range e.Items {
		rev, err := c.approved(ctx, item)
		if err != nil {
			return nil, err
		}
		notes, err := c.notes(ctx, item, rev)
		if err != nil {
			return nil, err
		}
		if articles[i], err = c.composeArticle(ctx, d, account, rev.Content, theme, notes, i == 0); err != nil {
			return nil, fmt.Errorf("courier: compose %s: %w", item.Article, err)
		}
		if articles[i].SourceURL, err = c.marker(ctx, d.ID, item.Article, rev.Content.Column); err != nil {
			return nil, err
		}
		if len(e.Items) > 1 {
			articles[i].Digest = "" // WeChat takes a digest with single articles only
		}
	}
	return articles, nil
}

// approved returns the revision that was signed, and nothing else.
func (c *Courier) approved(ctx context.Context, item press.EditionItem) (press.Revision, error) {
	rev, err := c.Store.Revision(ctx, item.Article, item.Revision)
	if err != nil {
		return press.Revision{}, err
	}
	if rev.Hash != item.Hash || rev.Content.Hash() != item.Hash {
		return press.Revision{}, press.Fail(press.Internal, "content.hash", press.Say(
			"The stored revision is not the one that was signed; nothing was sent.", "存储的版本与签字版本不一致，未发送任何内容。"))
	}
	return rev, nil
}

func (c *Courier) composeArticle(ctx context.Context, d press.Delivery, account Account, content press.Content, theme markup.Theme,
	opt markup.WeChatOptions, headline bool,
) (press.PushArticle, error) {
	images, thumb, err := c.uploadPhotos(ctx, account, content, headline)
	if err != nil {
		return press.PushArticle{}, err
	}
	html, err := markup.WeChat(content, theme, images, opt)
	if err != nil {
		return press.PushArticle{}, err
	}
	if characters, bytes := markup.Measure(html); characters >= press.PushHTMLRunes || bytes >= press.PushHTMLBytes {
		return press.PushArticle{}, press.Fail(press.TooLarge, "body.long", press.Say(
			"The body has %d characters with its markup; WeChat takes fewer than %d. Shorten the article or split it.",
			"正文含格式共 %d 个字符，微信要求少于 %d，请精简或拆分。", characters, press.PushHTMLRunes))
	}
	author := content.Credits.Text
	if n := len([]rune(author)); n == 0 || n > press.PushAuthorRunes {
		if _, author, err = c.Office.Account(ctx, d.Target); err != nil {
			return press.PushArticle{}, err
		}
	}
	return press.PushArticle{
		Title: content.TitleInPush(), Author: author, Digest: content.Summary(press.PushDigestRunes), HTML: html, ThumbMedia: thumb,
	}, nil
}

// addDraft puts the articles into the box. A worker that stood still since it stored its intent, so long that its claim may
// have gone to another, does not: both drafts would stay in the box.
func (c *Courier) addDraft(ctx context.Context, account Account, articles []press.PushArticle, intended time.Time) (string, error) {
	if err := c.count(ctx, account, callDraftAdd, c.now()); err != nil {
		return "", err
	}
	if c.now().Sub(intended) > c.Claim/2 {
		return "", press.Fail(press.Unavailable, "worker.slow", press.Say(
			"The worker stood still before the draft was added; it is looked for and added again.", "执行进程在新建草稿前停顿过久，将重新核对并新建。"))
	}
	mediaID, err := account.AddDraft(ctx, articles)
	var refusal *press.Refusal
	if errors.As(err, &refusal) && refusal.Code == codeMediaInvalid {
		// Somebody deleted the covers from the library. Forgotten, they are uploaded again at the next try.
		for _, a := range articles {
			if forget := c.Store.ForgetMedia(ctx, account.Ledger().Key, a.ThumbMedia); forget != nil {
				return "", forget
			}
		}
		refusal.Class = press.ClassBackoff
	}
	return mediaID, err
}

// marker is the address behind 阅读原文, which carries the delivery's id: the article's page at the first of its targets.
func (c *Courier) marker(ctx context.Context, id press.DeliveryID, article press.ArticleID, column press.Column) (string, error) {
	base := "https://newsdesk.invalid/" + string(article)
	targets, err := c.targets(ctx)
	if err != nil {
		return "", err
	}
	if first, ok := press.FirstPlace(targets, column); ok {
		site, err := c.site(ctx, first.Name)
		if err != nil {
			return "", err
		}
		base = site.Address(article)
	}
	u, err := url.Parse(base)
	if err != nil {
		return base, nil //nolint:nilerr // an address that cannot carry the mark is better than none
	}
	q := u.Query()
	q.Set("d", string(id))
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// marked reports whether an address is a marker of the delivery.
func marked(address string, id press.DeliveryID) bool {
	return strings.Contains(address, "d="+string(id))
}

// findDraft looks for a draft that an earlier try may have added: one with the delivery's marker that says what was approved.
// A draft that somebody edited is left alone and not used. Where several are found, the newest stays and the others are
// deleted.
func (c *Courier) findDraft(ctx context.Context, d press.Delivery, account Account, mark string) (string, error) {
	if d.DraftIntentAt.IsZero() {
		return "", nil
	}
	candidates, err := c.markedDrafts(ctx, d, account)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(candidates, func(a, b press.PushDraft) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	found := ""
	for _, candidate := range candidates {
		draft, err := c.draft(ctx, account, candidate.MediaID)
		switch {
		case err != nil:
			return "", err
		case draftMark(draft) != mark:
			continue
		case found == "":
			found = draft.MediaID
			continue
		}
		if err := account.DeleteDraft(ctx, draft.MediaID); err != nil {
			c.Logger.Warn("a spare draft could not be deleted", "account", account.Name(), "error", err)
		}
	}
	return found, nil
}

// markedDrafts lists the drafts in the box that carry the delivery's marker, as far back as its first try.
func (c *Courier) markedDrafts(ctx context.Context, d press.Delivery, account Account) (found []press.PushDraft, err error) {
	const page = 20
	for offset := 0; offset < 10*page; offset += page {
		if err := c.count(ctx, account, callDraftList, c.now()); err != nil {
			return nil, err
		}
		list, total, err := account.Drafts(ctx, offset, page, false)
		if err != nil {
			return nil, err
		}
		older := 0
		for _, draft := range list {
			if len(draft.Articles) > 0 && marked(draft.Articles[0].SourceURL, d.ID) {
				found = append(found, draft)
			}
			if draft.UpdatedAt.Before(d.DraftIntentAt.Add(-time.Hour)) {
				older++
			}
		}
		if offset+page >= total || older == page {
			break
		}
	}
	return found, nil
}

func (c *Courier) draft(ctx context.Context, account Account, mediaID string) (press.PushDraft, error) {
	if err := c.count(ctx, account, callDraftGet, c.now()); err != nil {
		return press.PushDraft{}, err
	}
	return account.Draft(ctx, mediaID)
}
