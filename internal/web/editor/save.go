package editor

import (
	"strconv"
	"time"
	"unicode/utf8"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// sent is a content as the script sends it.
type sent struct {
	Base    int           `json:"base"`
	Content press.Content `json:"content"`
	Submit  bool          `json:"submit"`
}

// keep takes what has been typed. It answers with who saved the current revision: above base, somebody was faster.
func (h handlers) keep(r *page.Request) error {
	var in sent
	if err := r.DecodeJSON(&in, maxSent); err != nil {
		return err
	}
	k, err := h.Desk.SaveWorking(r.Context(), r.Actor, r.Article(), in.Base, in.Content)
	if err != nil {
		return h.stale(r, err)
	}
	current, err := h.newer(r, k.Current)
	if err != nil {
		return err
	}
	return r.JSON(struct {
		SavedAt  time.Time      `json:"saved_at"`
		Current  newer          `json:"current"`
		Findings []finding      `json:"findings"`
		Counts   map[string]int `json:"counts"`
	}{k.Working.SavedAt, current, h.findings(r, k.Working.Content), counts(k.Working.Content)})
}

// counts are characters, and photos.
func counts(c press.Content) map[string]int {
	return map[string]int{
		"title": utf8.RuneCountInString(c.Title), "push_title": utf8.RuneCountInString(c.PushTitle),
		"digest": utf8.RuneCountInString(c.Digest), "body": utf8.RuneCountInString(c.Body.Text()), "photos": len(c.Body.Photos()),
	}
}

func (h handlers) drop(r *page.Request) error {
	if err := h.Desk.DropWorking(r.Context(), r.Actor, r.Article()); err != nil {
		return err
	}
	return r.JSON(struct{}{})
}

// forget is drop as a button without scripts.
func (h handlers) forget(r *page.Request) error {
	if err := h.Desk.DropWorking(r.Context(), r.Actor, r.Article()); err != nil {
		return r.SeeRefusal(pathOf(r.Article())+"/edit", err)
	}
	return r.See(pathOf(r.Article())+"/edit", "editor.forgotten")
}

func (h handlers) save(r *page.Request) error {
	var in sent
	if err := r.DecodeJSON(&in, maxSent); err != nil {
		return err
	}
	saved, err := h.Desk.SaveRevision(r.Context(), r.Actor, r.Article(), in.Base, in.Content, in.Submit)
	if err != nil {
		return h.stale(r, err)
	}
	notes := make([]string, len(saved.Notes))
	for i, n := range saved.Notes {
		notes[i] = r.Say(n.Text)
	}
	return r.JSON(struct {
		Revision int                `json:"revision"`
		State    press.ArticleState `json:"state"`
		Location string             `json:"location"`
		Notes    []string           `json:"notes"`
	}{saved.Article.Revision, saved.Article.State, pathOf(saved.Article.ID), notes})
}

// revision returns a revision for whoever may read the article.
func (h handlers) revision(r *page.Request) error {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 1 {
		return press.Fail(press.NotFound, "revision.missing", press.Say("There is no such revision.", "没有这个版本。"))
	}
	a, err := h.Store.Article(r.Context(), r.Article())
	if err != nil {
		return err
	}
	if err := r.Actor.RequireReading(a); err != nil {
		return err
	}
	rev, err := h.Store.Revision(r.Context(), a.ID, number)
	if err != nil {
		return err
	}
	author, err := h.nameOf(r, rev.Author)
	if err != nil {
		return err
	}
	photos, err := h.photoInfos(r, rev.Content.Photos()...)
	if err != nil {
		return err
	}
	return r.JSON(struct {
		Revision int                        `json:"revision"`
		Hash     press.ContentHash          `json:"hash"`
		Content  press.Content              `json:"content"`
		Author   string                     `json:"author"`
		At       time.Time                  `json:"at"`
		Photos   map[press.Digest]photoInfo `json:"photos"`
	}{rev.Number, rev.Hash, rev.Content, author, rev.CreatedAt, photos})
}

// preview renders what is in the editor. Nothing is stored, so whoever may read the article may ask.
func (h handlers) preview(r *page.Request) error {
	var in struct {
		Content press.Content    `json:"content"`
		Target  press.TargetKind `json:"target"`
		Theme   string           `json:"theme"`
	}
	if err := r.DecodeJSON(&in, maxSent); err != nil {
		return err
	}
	if err := h.readable(r); err != nil {
		return err
	}
	content, err := in.Content.Typed()
	if err != nil {
		return err
	}
	content = content.Normalize()
	var html string
	switch in.Target {
	case press.TargetWeChat:
		html, err = h.Preview.WeChat(r.Context(), content, in.Theme)
	case press.TargetSite:
		html, err = h.Preview.Site(r.Context(), content)
	default:
		err = noTarget(string(in.Target))
	}
	if err != nil {
		return err
	}
	return r.JSON(map[string]string{"html": html})
}

func (h handlers) readable(r *page.Request) error {
	a, err := h.Store.Article(r.Context(), r.Article())
	if err != nil {
		return err
	}
	return r.Actor.RequireReading(a)
}

func noTarget(name string) error {
	return press.Fail(press.Invalid, "preview.target", press.Say(
		"There is no preview for %q: choose wechat or site.", "没有“%s”的预览，可选 wechat 或 site。", name))
}

// frame is the empty page that a preview is put into.
func (h handlers) frame(r *page.Request) error {
	target := press.TargetKind(r.PathValue("target"))
	if target != press.TargetWeChat && target != press.TargetSite {
		return noTarget(string(target))
	}
	h.private(r, time.Hour)
	return r.HTML(page.FramePolicy, h.Preview.Frame(target, r.FormValue("dark") == "1"))
}

// private lets the person's own browser keep an answer.
func (h handlers) private(r *page.Request, d time.Duration) {
	value := "private, max-age=" + strconv.Itoa(int(d.Seconds()))
	if d > 24*time.Hour {
		value += ", immutable"
	}
	r.W.Header().Set("Cache-Control", value)
}
