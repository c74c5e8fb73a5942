package wordpress

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Prepare brings a page's photos long before its time, so that its attachments and one call are left for the minute itself. They
// hang on a draft that has the article's title and nothing else: WordPress shows what hangs on a post to whom it shows the post
// (WP_REST_Posts_Controller::check_read_permission and WP_Query ask the parent), where what hangs on nothing is listed for
// everyone. Beside a post that is public they would be seen, so for a correction nothing is brought. Attachments keep their names
// in WordPress's folder of uploads, where whoever guesses one could fetch it: they come with the post. It may be cut off anywhere
// and repeated; Remove takes away what it made. Errors are as those of Publish.
func (c *Client) Prepare(ctx context.Context, page press.Page) (err error) {
	defer press.Wrap(&err, "wordpress.Prepare(%s)", page.ID)
	defer press.Recover(&err)
	place, err := c.remembered(ctx, page.ID)
	if err != nil {
		return err
	}
	was := readMark(place)
	there, err := c.find(ctx, page, &place, was)
	if err != nil || there != nil && !there.ahead(was) {
		return err
	}
	if there == nil {
		if there, _, err = c.makeDraft(ctx, page, place); err != nil {
			return err
		}
	}
	if there.Status == statusTrash { // somebody tidied up; what hangs on it is as unseen as before
		return nil
	}
	_, err = c.photos(ctx, page, there.ID)
	return err
}

// waits reports whether all that was ever made of an article is the draft that Prepare makes, as far as is known.
func (m mark) waits() bool { return m.Ahead != "" && (m.Digest == "" || m.Digest == m.Ahead) }

// ahead reports whether a post is what Prepare made, and no reader has seen it yet.
func (p *post) ahead(was mark) bool {
	return was.waits() && p.Status != statusPublish && p.Status != statusFuture
}

// untouched reports whether a post is a draft as Prepare leaves it, in the trash or not.
func (p *post) untouched(was mark) bool {
	return was.Ahead != "" && p.digest() == was.Ahead && (p.Status == statusDraft || p.Status == statusTrash)
}

// makeDraft makes the draft on which an article's photos and attachments hang until it is published.
func (c *Client) makeDraft(ctx context.Context, page press.Page, place press.PagePlace) (*post, mark, error) {
	w := map[string]string{"title": escaped(page.Content.Title), "status": statusDraft, "slug": slugOf(page.ID)}
	m := mark{Status: statusDraft, Sent: digestOf(w["title"], "", ""), Files: len(page.Content.Attachments)}
	m.Ahead = m.Sent
	if err := c.note(ctx, place, m); err != nil { // before the call, whose answer may be lost
		return nil, m, err
	}
	var now post
	if _, err := c.do(ctx, request{path: "wp/v2/posts", query: url.Values{"_fields": {postFields}}, method: http.MethodPost, body: w}, &now); err != nil {
		return nil, m, err
	}
	place.Remote = strconv.FormatInt(now.ID, 10)
	m.Ahead, m.Digest, m.Status, m.Modified, m.Sent = now.digest(), now.digest(), now.Status, now.Modified, ""
	return &now, m, c.note(context.WithoutCancel(ctx), place, m)
}

// dropAhead deletes what was brought ahead for an earlier revision of a page and is not on this one, before the draft is
// published: what hangs on a public post is public.
func (c *Client) dropAhead(ctx context.Context, id int64, w wanted) error {
	hanging, err := c.hangingOn(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range hanging {
		shown := slices.ContainsFunc(w.media, func(o medium) bool { return o.ID == m.ID }) ||
			slices.ContainsFunc(w.files, func(f markup.WordPressFile) bool { return f.ID == m.ID })
		if shown || !strings.HasPrefix(m.Slug, ownSlugs) {
			continue
		}
		if err := c.erase(ctx, "wp/v2/media/", m.ID); err != nil {
			return err
		}
	}
	return nil
}

// discard takes away what Prepare made: what we hung on the draft, and then the draft itself, before it becomes visible by
// losing what it hung on.
func (c *Client) discard(ctx context.Context, id int64) error {
	hanging, err := c.hangingOn(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range hanging {
		if !strings.HasPrefix(m.Slug, ownSlugs) {
			continue // somebody else's
		}
		if err := c.erase(ctx, "wp/v2/media/", m.ID); err != nil {
			return err
		}
	}
	return c.erase(ctx, "wp/v2/posts/", id)
}

// mostHanging bounds what is looked at of what hangs on a post: several times what an article may bring.
const mostHanging = 1000

// hangingOn lists what hangs on a post, which may be more than WordPress lists at once.
func (c *Client) hangingOn(ctx context.Context, id int64) (list []medium, err error) {
	for len(list) < mostHanging {
		var some []medium
		a, err := c.do(ctx, request{path: "wp/v2/media", query: url.Values{
			"parent": {strconv.FormatInt(id, 10)}, "per_page": {strconv.Itoa(atOnce)}, "offset": {strconv.Itoa(len(list))},
			"context": {"edit"}, "_fields": {hangingFields}, "orderby": {"id"}, "order": {"asc"},
		}}, &some)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
		if all, err := strconv.Atoi(a.header.Get("X-WP-Total")); err != nil || len(list) >= all || len(some) == 0 {
			break // without the header, of which some hosts think that it says too much, these are taken for all
		}
	}
	return list, nil
}

// adopt hangs photos of a post that went out on that post where they hang on one that did not, with which they might go.
func (c *Client) adopt(ctx context.Context, id int64, photos []medium) error {
	var parents []string
	for _, m := range photos {
		if parent := strconv.FormatInt(m.Post, 10); m.Post != 0 && m.Post != id && !slices.Contains(parents, parent) {
			parents = append(parents, parent)
		}
	}
	for part := range slices.Chunk(parents, atOnce) {
		var out []post
		if _, err := c.do(ctx, request{path: "wp/v2/posts", query: url.Values{
			"include": {strings.Join(part, ",")}, "status": {statusPublish}, "per_page": {strconv.Itoa(atOnce)}, "_fields": {"id"},
		}}, &out); err != nil {
			return err
		}
		for _, m := range photos {
			parent := strconv.FormatInt(m.Post, 10)
			if !slices.Contains(part, parent) || slices.ContainsFunc(out, func(p post) bool { return p.ID == m.Post }) {
				continue
			}
			if _, err := c.do(ctx, request{
				path: "wp/v2/media/" + strconv.FormatInt(m.ID, 10), query: url.Values{"_fields": {mediumFields}}, method: http.MethodPost,
				body: map[string]int64{"post": id},
			}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
