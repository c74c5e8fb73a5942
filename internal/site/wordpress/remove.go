package wordpress

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"newsdesk/internal/press"
)

// Remove takes an article off WordPress: into the trash, or back among the drafts where the options say so. What is down
// already is no error. Its photos stay: other posts may show them, and whoever takes the post out of the trash misses none. Its
// attachments go. Of what Prepare made, and nobody published, nothing stays.
func (c *Client) Remove(ctx context.Context, _ press.Column, id press.ArticleID) (err error) {
	defer press.Wrap(&err, "wordpress.Remove(%s)", id)
	place, err := c.remembered(ctx, id)
	if err != nil {
		return err
	}
	m := readMark(place)
	there, twins, err := c.look(ctx, place, m)
	if err != nil || there == nil {
		return err
	}
	if err := c.takeTwins(ctx, id, twins, c.drafts()); err != nil { // readers must not find it under another address
		return err
	}
	if there.untouched(m) {
		return c.discarded(ctx, place, there.ID)
	}
	now := there
	if there.Status != statusTrash {
		if now, err = c.takeDown(ctx, there.ID, c.drafts()); err != nil {
			return err
		}
	}
	if m.Files > 0 {
		if err := c.dropFiles(ctx, id, there.ID, nil); err != nil {
			return err
		}
	}
	m.Removed, m.Digest, m.Status, m.Modified, m.Sent, m.Files = true, now.digest(), now.Status, now.Modified, "", 0
	place.Remote = strconv.FormatInt(there.ID, 10)
	return c.note(context.WithoutCancel(ctx), place, m)
}

// discarded takes away what Prepare made, and the note of it.
func (c *Client) discarded(ctx context.Context, place press.PagePlace, postID int64) error {
	if err := c.discard(ctx, postID); err != nil {
		return err
	}
	place.Remote, place.Address = "", ""
	return c.note(context.WithoutCancel(ctx), place, mark{})
}

// drafts reports whether what is retracted goes back among the drafts.
func (c *Client) drafts() bool { return c.cfg.Options[press.OptionRetract] == press.RetractDraft }

func (c *Client) takeDown(ctx context.Context, id int64, draft bool) (*post, error) {
	path := "wp/v2/posts/" + strconv.FormatInt(id, 10)
	query := url.Values{"_fields": {postFields}}
	var now post
	if !draft {
		a, err := c.do(ctx, request{path: path, query: query, method: http.MethodDelete}, &now)
		if err == nil || a == nil || a.status != http.StatusNotImplemented {
			return &now, err
		}
		// The trash is switched off there. A draft is as unseen, and can be had back.
	}
	_, err := c.do(ctx, request{path: path, query: query, method: http.MethodPost, body: map[string]string{"status": statusDraft}}, &now)
	return &now, err
}
