package review

import (
	"net/url"
	"strconv"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// sign puts the person's name to the next stage of exactly what they have read.
func (h handlers) sign(r *page.Request) error {
	number := r.Number("revision", 0)
	article, off, err := h.Desk.Sign(r.Context(), r.Actor, r.Article(), number, press.ContentHash(r.FormValue("hash")))
	if err != nil {
		return h.again(r, err, number, typed{})
	}
	name := press.Text{EN: off.Stage, ZH: off.Stage}
	if settings, err := h.Desk.Settings(r.Context()); err == nil {
		if stage, ok := settings.Stage(off.Stage); ok {
			name = stage.Name
		}
	}
	key := "review.signed"
	if article.State == press.ArticleApproved {
		key = "review.signed_last"
	}
	return h.onward(r, key, "title", article.Title, "stage", r.Say(name))
}

// sendBack returns the article with a reason.
func (h handlers) sendBack(r *page.Request) error {
	number := r.Number("revision", 0)
	reason := r.FormValue("reason")
	article, err := h.Desk.Return(r.Context(), r.Actor, r.Article(), number, reason)
	if err != nil {
		return h.again(r, err, number, typed{Reason: reason, Sheet: "return"})
	}
	return h.onward(r, "review.sent_back", "title", article.Title)
}

// onward goes to the next article that waits for this person, and says what was done to this one.
func (h handlers) onward(r *page.Request, key string, args ...any) error {
	q, err := h.queue(r, r.Article())
	if err != nil {
		return err
	}
	if q.Next == nil {
		return r.See(path(r.Article(), "/review", nil), key, args...)
	}
	return r.See(path(q.Next.ID, "/review", nil), "review.onward", "done", r.T(key, args...), "n", q.N)
}

// again shows the page as it is now with what was refused. Where the article has changed since the person read it, it is
// the current revision, compared with the one they read.
func (h handlers) again(r *page.Request, refusal error, read int, t typed) error {
	d, err := h.reading(r, 0, 0, t)
	if err != nil {
		return err
	}
	if read > 0 && read < d.Revision.Number {
		t.View = viewChanges
		if d, err = h.reading(r, 0, read, t); err != nil {
			return err
		}
	}
	return r.Refuse(refusal, "read.html", d)
}

// comment adds a remark about a place.
func (h handlers) comment(r *page.Request) error {
	n := desk.NewComment{Revision: r.Number("revision", 0), Where: whereOf(r), Text: r.FormValue("text")}
	made, err := h.Desk.AddComment(r.Context(), r.Actor, r.Article(), n)
	if err != nil {
		d, e := h.reading(r, n.Revision, 0, typed{Comment: n.Text, Where: n.Where})
		if e != nil {
			return e
		}
		return r.Refuse(err, "read.html", d)
	}
	return r.See(h.back(r, made.Where), "review.commented")
}

// settle resolves a remark, or opens it again.
func (h handlers) settle(r *page.Request) error {
	id := press.CommentID(r.PathValue("comment"))
	settle, key := h.Desk.ResolveComment, "review.resolved"
	if r.FormValue("reopen") != "" {
		settle, key = h.Desk.ReopenComment, "review.reopened"
	}
	if _, err := settle(r.Context(), r.Actor, id); err != nil {
		return r.SeeRefusal(h.back(r, ""), err)
	}
	return r.See(h.back(r, r.FormValue("where")), key)
}

// back is the page that a form was on, at the place it was about.
func (h handlers) back(r *page.Request, where string) string {
	q := url.Values{}
	if n := r.Number("revision", 0); n > 0 && r.FormValue("old") != "" {
		q.Set("revision", strconv.Itoa(n))
	}
	if view := r.FormValue("view"); view == viewChanges {
		q.Set("view", view)
	}
	out := path(r.Article(), "/review", q)
	if where != "" {
		out += "#" + anchor(where)
	}
	return out
}
