package wordpress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// States of a post in WordPress.
const (
	statusPublish = "publish"
	statusFuture  = "future"
	statusDraft   = "draft"
	statusTrash   = "trash"
)

// postFields are what is read of a post, so that its rendered text does not travel along.
const postFields = "id,slug,status,link,date_gmt,modified_gmt,title.raw,content.raw,excerpt.raw"

// maxExcerpt bounds an excerpt where the article has no digest of its own, in characters.
const maxExcerpt = 160

// post is a post as the REST API gives it to those who may edit it.
type post struct {
	ID       int64  `json:"id"`
	Slug     string `json:"slug"`
	Status   string `json:"status"`
	Link     string `json:"link"`
	Date     string `json:"date_gmt"`
	Modified string `json:"modified_gmt"`
	Title    raw    `json:"title"`
	Content  raw    `json:"content"`
	Excerpt  raw    `json:"excerpt"`
}

type raw struct {
	Raw string `json:"raw"`
}

// UnmarshalJSON reads a post. What is kept of it and shown to people is short, and its address is one that may stand behind
// words: no more than this is believed of somebody else's server.
func (p *post) UnmarshalJSON(data []byte) error {
	type fields post
	if err := json.Unmarshal(data, (*fields)(p)); err != nil {
		return err
	}
	p.Status, p.Modified = word(p.Status), word(p.Modified)
	if !strings.HasPrefix(p.Link, "http") || !press.SafeLink(p.Link) {
		p.Link = ""
	}
	return nil
}

// word is a status or a time as WordPress writes them; what is none of them is told by its digest.
func word(s string) string {
	if len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return string(press.DigestOf([]byte(s)))[:16]
	}
	return s
}

func (p post) digest() string { return digestOf(p.Title.Raw, p.Content.Raw, p.Excerpt.Raw) }

// digestOf is what tells an edited post from one that is as it was left.
func digestOf(title, content, excerpt string) string {
	content = strings.ReplaceAll(content, " />", "/>") // as WordPress writes it where it cleans
	sum := sha256.Sum256([]byte(title + "\x00" + content + "\x00" + excerpt))
	return hex.EncodeToString(sum[:16])
}

// mark is what is remembered of a post: press.PagePlace.Mark in JSON.
type mark struct {
	Digest   string `json:"digest,omitempty"` // of what WordPress said it held after our last call
	Status   string `json:"status,omitempty"`
	Modified string `json:"modified,omitempty"` // then, by WordPress's clock
	Sent     string `json:"sent,omitempty"`     // digest of what a call brings that has no answer yet
	Removed  bool   `json:"removed,omitempty"`  // we took it down
	Category int64  `json:"category,omitempty"` // what we last said of it; a change made there stays until we say another
	Photo    int64  `json:"photo,omitempty"`
	Author   int64  `json:"author,omitempty"`
	Files    int    `json:"files,omitempty"` // attachments that may hang on it
	Ahead    string `json:"ahead,omitempty"` // digest of the draft that Prepare made of it
	Base     string `json:"base,omitempty"`  // digest of where the WordPress was, without http or https
}

func readMark(p press.PagePlace) (m mark) {
	if json.Unmarshal([]byte(p.Mark), &m) != nil {
		return mark{}
	}
	return m
}

// baseMark tells this WordPress from another one that went by the same name.
func (c *Client) baseMark() string {
	return string(press.DigestOf([]byte(strings.ToLower(c.base.Host) + c.base.Path)))[:16]
}

func (c *Client) note(ctx context.Context, p press.PagePlace, m mark) error {
	m.Base = c.baseMark()
	data, err := press.EncodeJSON(m)
	if err != nil {
		return err
	}
	p.Mark = string(data)
	return c.cfg.Memory.SavePagePlace(ctx, p)
}

// Publish brings an article to WordPress, or what was corrected in it, and returns its address. What somebody changed there is
// not overwritten unless the page says that a person agreed to that very state: press.CodePageEdited.
func (c *Client) Publish(ctx context.Context, page press.Page) (address string, err error) {
	defer press.Wrap(&err, "wordpress.Publish(%s)", page.ID)
	defer press.Recover(&err)
	place, err := c.remembered(ctx, page.ID)
	if err != nil {
		return "", err
	}
	was := readMark(place)
	there, err := c.find(ctx, page, &place, was)
	if err != nil {
		return "", err
	}
	if there == nil && len(page.Content.Attachments) > 0 { // they need something to hang on
		if there, was, err = c.makeDraft(ctx, page, place); err != nil {
			return "", err
		}
		place.Remote = strconv.FormatInt(there.ID, 10)
	}
	if was, err = c.expectFiles(ctx, page, place, was); err != nil {
		return "", err
	}
	wanted, next, err := c.compose(ctx, page, was, there)
	if err != nil {
		return "", err
	}
	if there != nil && there.ahead(was) {
		if err := c.dropAhead(ctx, there.ID, wanted); err != nil {
			return "", err
		}
	}
	next.Digest, next.Status, next.Modified, next.Ahead = was.Digest, was.Status, was.Modified, was.Ahead
	if there != nil && !there.changed(was) { // the answer to the last call may have been lost: this is what it did
		next.Digest, next.Status, next.Modified = there.digest(), there.Status, there.Modified
	}
	next.Removed = was.Removed && there != nil
	if err := c.note(ctx, place, next); err != nil { // before the call, whose answer may be lost
		return "", err
	}
	now, err := c.write(ctx, page, there, wanted)
	if err != nil {
		return "", err
	}
	if err := c.adopt(ctx, now.ID, wanted.media); err != nil {
		return "", err
	}
	if next.Files > 0 {
		if err := c.dropFiles(ctx, page.ID, now.ID, wanted.files); err != nil {
			return "", err
		}
	}
	next.Files = len(wanted.files)
	return c.written(ctx, place, next, now)
}

// written notes what became of a post.
func (c *Client) written(ctx context.Context, place press.PagePlace, m mark, now *post) (string, error) {
	m.Digest, m.Status, m.Modified, m.Sent, m.Removed = now.digest(), now.Status, now.Modified, "", false
	if now.Link == "" {
		now.Link = c.Address(place.Article)
	}
	place.Remote, place.Address = strconv.FormatInt(now.ID, 10), now.Link
	if err := c.note(context.WithoutCancel(ctx), place, m); err != nil { // it is done, so it is noted
		return "", err
	}
	if now.Status != statusPublish {
		return "", contentFault("wordpress.held",
			press.Say("WordPress keeps the post back as “%s”: a plugin there wants somebody's consent.", "WordPress 把文章留在“%s”状态：网站的插件要求有人批准。", now.Status),
			press.Say("Have it published there, then release.", "请在 WordPress 中批准发布后放行。"), "")
	}
	return now.Link, nil
}

// find returns the article's post, or nil where there is none yet, and refuses where somebody else changed it. Of a post that
// was deleted there with a person's knowledge, the note is dropped.
func (c *Client) find(ctx context.Context, page press.Page, place *press.PagePlace, was mark) (*post, error) {
	there, twins, err := c.look(ctx, *place, was)
	if err != nil {
		return nil, err
	}
	if err := c.takeTwins(ctx, page.ID, twins, false); err != nil {
		return nil, err
	}
	if there == nil {
		if place.Remote != "" && !was.Removed && !was.waits() && page.Agreed != seenGone {
			return nil, edited(seenGone, press.Say("Somebody deleted the post in WordPress.", "有人在 WordPress 中删除了这篇文章。"),
				press.Say("Release to publish it there again as a new post, or cancel to leave it deleted.", "放行将作为新文章重新发布；取消则保持删除。"))
		}
		place.Remote = ""
		return nil, nil
	}
	place.Remote = strconv.FormatInt(there.ID, 10)
	return there, c.mayOverwrite(there, was, page.Agreed)
}

// takeTwins takes away what calls have left that were given up and carried out after all.
func (c *Client) takeTwins(ctx context.Context, id press.ArticleID, twins []post, draft bool) error {
	for _, twin := range twins {
		c.tellTwin(id, twin)
		if twin.Status == statusDraft { // which nobody has seen
			if err := c.erase(ctx, "wp/v2/posts/", twin.ID); err != nil {
				return err
			}
		} else if _, err := c.takeDown(ctx, twin.ID, draft); err != nil {
			return err
		}
	}
	return nil
}

// look returns the post that is noted, or else the one that has the article's slug; nil: there is none. Twins are copies of it
// that calls of ours have left which were given up and carried out after all.
func (c *Client) look(ctx context.Context, place press.PagePlace, was mark) (there *post, twins []post, err error) {
	list, err := c.bySlug(ctx, slugOf(place.Article))
	if err != nil {
		return nil, nil, err
	}
	noted, _ := strconv.ParseInt(place.Remote, 10, 64)
	for i, p := range list {
		if p.ID == noted {
			there = &list[i]
		}
	}
	if there == nil && noted != 0 { // its slug was changed there, or it is gone
		if there, err = c.byID(ctx, noted); err != nil {
			return nil, nil, err
		}
	}
	if there == nil {
		there = oldest(list, slugOf(place.Article))
	}
	for _, p := range list {
		if there != nil && p.ID != there.ID && p.twinOf(was) {
			twins = append(twins, p)
		}
	}
	return there, twins, nil
}

// twinOf reports whether a post says what ours does and was never touched, so that no person can have made it.
func (p *post) twinOf(was mark) bool {
	now := p.digest()
	if p.Status == statusDraft {
		return was.Ahead != "" && now == was.Ahead
	}
	return p.Status == statusPublish && p.Date == p.Modified && (now == was.Digest || now == was.Sent)
}

func (c *Client) tellTwin(id press.ArticleID, twin post) {
	c.cfg.Log.Info("a call that was given up has been carried out after all; the second post that it made is taken down",
		"target", c.cfg.Name, "article", id, "post", twin.ID)
}

func (c *Client) byID(ctx context.Context, id int64) (*post, error) {
	var p post
	a, err := c.do(ctx, request{
		path: "wp/v2/posts/" + strconv.FormatInt(id, 10), query: url.Values{"context": {"edit"}, "_fields": {postFields}},
	}, &p)
	if err == nil {
		return &p, nil
	}
	if f, ok := asFault(err); ok && (f.Code == codeGone || a != nil && a.status == http.StatusGone) {
		return nil, nil
	}
	return nil, err
}

// oldest is the first of the posts whose slug is the article's own, of those in the trash only where there is no other.
func oldest(list []post, slug string) *post {
	for _, trashed := range []bool{false, true} {
		for i, p := range list {
			if (p.Status == statusTrash) == trashed && (p.Slug == slug || trashed) {
				return &list[i]
			}
		}
	}
	return nil
}

// bySlug finds an article's posts by the slug that we gave it, and by those that WordPress makes of it: for a second post, and
// in the trash.
func (c *Client) bySlug(ctx context.Context, slug string) ([]post, error) {
	var list []post
	a, err := c.do(ctx, request{path: "wp/v2/posts", query: url.Values{
		"slug": {slug + "," + slug + "-2," + slug + "__trashed"}, "status": {"publish,future,draft,pending,private,trash"}, "context": {"edit"},
		"_fields": {postFields}, "orderby": {"id"}, "order": {"asc"}, "per_page": {"10"},
	}}, &list)
	if f, ok := asFault(err); ok && a != nil && a.status == http.StatusBadRequest { // so it says that somebody may not see drafts, or is nobody
		if _, err := c.whoAmI(ctx); err != nil {
			return nil, err
		}
		return nil, rights(f.Answer)
	}
	return list, err
}

// What was seen of a post that is not there as it was.
const (
	seenGone  = "gone"
	seenTrash = "trash"
)

func edited(seen string, text, fix press.Text) *press.PageFault {
	f := contentFault(press.CodePageEdited, text, fix, "")
	f.Seen = seen
	return f
}

// mayOverwrite refuses where somebody changed a post since we wrote it, unless a person agreed to overwrite what is there now.
func (c *Client) mayOverwrite(there *post, was mark, agreed string) error {
	switch {
	case there.Status == statusTrash:
		if was.Removed || agreed == seenTrash || there.untouched(was) {
			return nil
		}
		return edited(seenTrash, press.Say("Somebody put the post into WordPress's trash.", "有人在 WordPress 中把这篇文章移到了回收站。"),
			press.Say("Release to take it out and publish it again, or cancel to leave it there.", "放行将恢复并重新发布；取消则留在回收站。"))
	case !there.changed(was):
		return nil
	}
	seen := there.Status + " " + there.Modified + " " + there.digest()
	if agreed == seen {
		return nil
	}
	at := c.clock(there.Modified)
	if there.Status != statusPublish && there.digest() == was.Digest {
		return edited(seen, press.Say("Somebody took the post offline in WordPress: it is “%s” there (%s).", "有人在 WordPress 中把这篇文章改成了“%s”状态（%s）。", there.Status, at),
			press.Say("Release to publish it again, or cancel to leave it so.", "放行将重新公开发布；取消则保持现状。"))
	}
	return edited(seen, press.Say("Somebody edited the post in WordPress since Newsdesk wrote it (%s).", "Newsdesk 写入后，有人在 WordPress 中改过这篇文章（%s）。", at),
		press.Say("Look at it there and put what is right into the article. Release to overwrite what is there now, or cancel to leave it.",
			"请到 WordPress 查看，把正确的改动补进稿件。放行将覆盖那里现有的内容；取消则保留。"))
}

// clock is a moment that WordPress gives in UTC, as the office's clocks show it.
func (c *Client) clock(utc string) string {
	at, err := time.Parse("2006-01-02T15:04:05", utc)
	if err != nil {
		return c.scrub(plain(utc))
	}
	if c.cfg.Zone != nil {
		return at.In(c.cfg.Zone).Format("2006-01-02 15:04")
	}
	return at.Format("2006-01-02 15:04") + " UTC"
}

// changed reports whether a post is other than our last call left it, or one without an answer would have. A post that nobody
// has noted is ours as long as it was never changed since it was made.
func (p *post) changed(was mark) bool {
	offline := p.Status != statusPublish && p.Status != was.Status
	now := p.digest()
	switch {
	case was.Digest != "":
		return offline || now != was.Digest && now != was.Sent
	case now == was.Sent:
		return offline
	}
	return p.Status != statusPublish && p.Status != statusFuture || p.Date != p.Modified
}

// wanted is what a call says of a post. What is nil is left as it is there.
type wanted struct {
	Title      string  `json:"title"`
	Content    string  `json:"content"`
	Excerpt    string  `json:"excerpt"`
	Status     string  `json:"status"`
	Slug       string  `json:"slug,omitempty"`
	Date       string  `json:"date_gmt,omitempty"`
	Photo      *int64  `json:"featured_media,omitempty"`
	Categories []int64 `json:"categories,omitempty"`
	Author     int64   `json:"author,omitempty"`

	media []medium               // its photos
	files []markup.WordPressFile // and attachments
}

// compose makes all that a post needs: its photos and attachments, its category, its author, its text.
func (c *Client) compose(ctx context.Context, page press.Page, was mark, there *post) (wanted, mark, error) {
	var m mark
	fresh, id := there == nil || there.ahead(was), int64(0)
	if there != nil && there.ahead(was) {
		id = there.ID
	}
	editor, err := c.editorOf(ctx)
	if err != nil {
		return wanted{}, m, err
	}
	photos, err := c.photos(ctx, page, id)
	if err != nil {
		return wanted{}, m, err
	}
	if there != nil {
		id = there.ID
	}
	files, err := c.files(ctx, page, id)
	if err != nil {
		return wanted{}, m, err
	}
	m.Files = max(was.Files, len(files))
	shown := pictures(photos)
	m.Photo = shown[page.Content.Cover.Photo].ID
	if m.Category, err = c.category(ctx, page.Content.Column); err != nil {
		return wanted{}, m, err
	}
	if m.Author, err = c.author(ctx, page.Content.Credits.Text); err != nil {
		return wanted{}, m, err
	}
	body, err := markup.WordPress(page.Content, shown, markup.WordPressOptions{
		Files: files, Editor: editor, Captions: page.Captions, Corrections: page.Corrections, Zone: c.cfg.Zone,
	})
	if err != nil {
		return wanted{}, m, err
	}
	w := wanted{
		Title: escaped(page.Content.Title), Content: body, Status: statusPublish,
		Excerpt: escaped(page.Content.Summary(maxExcerpt)), files: files,
	}
	for _, p := range photos {
		w.media = append(w.media, p.there)
	}
	if page.Content.Digest != "" {
		w.Excerpt = escaped(page.Content.Digest)
	}
	m.Sent = digestOf(w.Title, w.Content, w.Excerpt)
	if fresh {
		w.Slug, w.Date = slugOf(page.ID), page.PublishedAt.UTC().Format(wpTime)
	}
	if fresh || m.Photo != was.Photo {
		w.Photo = &m.Photo
	}
	if m.Category != 0 && (fresh || m.Category != was.Category) {
		w.Categories = []int64{m.Category}
	}
	if fresh || m.Author != was.Author {
		w.Author = m.Author
	}
	return w, m, nil
}

// escaped writes plain words for a field that holds HTML. Quotes stay, since WordPress would write them in a form of its own.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// wpTime is how WordPress writes an instant.
const wpTime = "2006-01-02T15:04:05"

// write creates a post, or changes the one that is there.
func (c *Client) write(ctx context.Context, page press.Page, there *post, w wanted) (*post, error) {
	path := "wp/v2/posts"
	if there != nil {
		path += "/" + strconv.FormatInt(there.ID, 10)
	}
	query := url.Values{"_fields": {postFields}}
	var now post
	a, err := c.do(ctx, request{path: path, query: query, method: http.MethodPost, body: w}, &now)
	if err != nil {
		return nil, err
	}
	if now.Status == statusFuture { // its clock is behind ours
		at, err := http.ParseTime(a.header.Get("Date"))
		if err != nil || at.After(page.PublishedAt) {
			at = page.PublishedAt.Add(-24 * time.Hour)
		}
		path = "wp/v2/posts/" + strconv.FormatInt(now.ID, 10)
		if _, err := c.do(ctx, request{path: path, query: query, method: http.MethodPost, body: map[string]string{
			"status": statusPublish, "date_gmt": at.Add(-time.Minute).UTC().Format(wpTime),
		}}, &now); err != nil {
			return nil, err
		}
	}
	if w.Slug != "" && now.Slug != w.Slug {
		return c.settleTwin(ctx, page, &now, w)
	}
	return &now, nil
}

// settleTwin is for a post that WordPress gave another slug than was asked for. Where the slug is another post's, a call of
// ours that was given up has been carried out after all: that one stays, and ours goes.
func (c *Client) settleTwin(ctx context.Context, page press.Page, ours *post, w wanted) (*post, error) {
	list, err := c.bySlug(ctx, w.Slug)
	if err != nil {
		return nil, err
	}
	first := oldest(list, w.Slug)
	if first == nil || first.ID == ours.ID {
		return ours, nil
	}
	c.tellTwin(page.ID, *ours)
	if err := c.erase(ctx, "wp/v2/posts/", ours.ID); err != nil {
		return nil, err
	}
	w.Slug = ""
	return c.write(ctx, page, first, w)
}
