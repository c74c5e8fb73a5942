package editor

import (
	"slices"
	"strings"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// editorData is what the script begins with. Texts are in the reader's language.
type editorData struct {
	Me       press.UserID               `json:"me"`
	Article  articleData                `json:"article"`
	Revision int                        `json:"revision"`
	Hash     press.ContentHash          `json:"hash"`
	Content  press.Content              `json:"content"`
	Working  *workingData               `json:"working"`
	Photos   map[press.Digest]photoInfo `json:"photos"`
	Unplaced []press.Digest             `json:"unplaced"`
	Limits   map[string][]limit         `json:"limits"`
	Columns  []press.Column             `json:"columns"`
	Themes   []themeData                `json:"themes"`
	Theme    string                     `json:"theme"`
	Findings []finding                  `json:"findings"`
	MaxPhoto int64                      `json:"max_photo"`
	Site     bool                       `json:"site"`
	Leave    string                     `json:"leave"`
	Seen     int                        `json:"seen,omitempty"` // the newest revision that readers could open once
	Attach   attachLimits               `json:"attach"`
}

type articleData struct {
	ID        press.ArticleID    `json:"id"`
	State     press.ArticleState `json:"state"`
	StateName string             `json:"state_name"`
}

type workingData struct {
	Content press.Content `json:"content"`
	Base    int           `json:"base"`
	SavedAt time.Time     `json:"saved_at"`
}

// limit is how many characters a target takes.
type limit struct {
	Target string `json:"target"`
	Name   string `json:"name"`
	Runes  int    `json:"runes"`
}

type themeData struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// editPage is what the page shows; Plain is the form for browsers without scripts.
type editPage struct {
	Data     editorData
	Article  press.Article
	Others   []press.Working
	Pending  *press.Delivery
	Returned *press.HistoryEntry
	Remarks  []press.PlacedComment
	Plain    plainForm
	Covers   []coverChoice
	Asked    string // what was said about the form that was sent, such as what its Markdown did not bring
}

// Files are the files that can be attached, as a file field takes them.
func (editPage) Files() string { return strings.Join(press.AttachmentEndings(), ",") }

// Most and Each are how many files can be attached, and how large each may be.
func (editPage) Most() int    { return press.MaxAttachments }
func (editPage) Each() string { return press.Attachment{Size: press.MaxAttachmentBytes}.SizeText() }

// Place is a place in a content in words.
func (editPage) Place(where string) press.Text { return press.PlaceName(where) }

func (h handlers) open(r *page.Request) error {
	w, err := h.Desk.OpenWriting(r.Context(), r.Actor, r.Article())
	if err != nil {
		return err
	}
	content, base, saved := w.Revision.Content, w.Revision.Number, time.Time{}
	if w.Working != nil {
		content, base, saved = w.Working.Content, w.Working.Base, w.Working.SavedAt
	}
	return h.show(r, w, newPlainForm(content, base, saved, r.Lang), nil)
}

// show answers with the page, and with what was wrong with the form that was sent.
func (h handlers) show(r *page.Request, w desk.Writing, form plainForm, refusal error) error {
	data, err := h.data(r, w)
	if err != nil {
		return err
	}
	p := editPage{Data: data, Article: w.Article, Others: w.Others, Pending: w.Pending, Returned: w.Returned, Remarks: w.Remarks, Plain: form}
	photos := append(data.Content.Photos(), data.Unplaced...)
	if data.Working != nil {
		photos = append(data.Working.Content.Photos(), photos...)
	}
	p.Covers = coverChoices(photos, data.Photos)
	if refusal != nil {
		return r.Refuse(refusal, "edit.html", p)
	}
	return r.Render("edit.html", p)
}

func (h handlers) data(r *page.Request, w desk.Writing) (editorData, error) {
	d := editorData{
		Me: r.Actor.ID, Article: articleData{w.Article.ID, w.Article.State, r.Say(w.Article.State.Name())},
		Revision: w.Revision.Number, Hash: w.Revision.Hash, Content: w.Revision.Content, Unplaced: slices.Clone(w.Revision.Unplaced),
		Limits: limits(r), MaxPhoto: h.MaxPhoto, Site: h.Kit.Site != "", Leave: pathOf(w.Article.ID), Seen: w.Seen, Attach: limitsOfAttachments(),
	}
	digests := append(w.Revision.Content.Photos(), d.Unplaced...)
	shown := w.Revision.Content
	if w.Working != nil {
		d.Working = &workingData{w.Working.Content, w.Working.Base, w.Working.SavedAt}
		shown = w.Working.Content
		digests = append(digests, shown.Photos()...)
	}
	d.Findings = h.findings(r, shown)
	var err error
	if d.Photos, err = h.photoInfos(r, digests...); err != nil {
		return d, err
	}
	if d.Columns, err = h.columns(r, shown.Column); err != nil {
		return d, err
	}
	d.Themes, d.Theme, err = h.themes(r)
	return d, err
}

func limits(r *page.Request) map[string][]limit {
	push := func(n int) limit { return limit{"wechat", r.T("editor.wechat"), n} }
	return map[string][]limit{
		"title":      {push(press.PushTitleRunes), {"site", r.T("editor.website"), press.MaxTitleRunes}},
		"push_title": {push(press.PushTitleRunes)},
		"digest":     {push(press.PushDigestRunes)},
	}
}

// columns are the office's, and the article's own where it is none of them.
func (h handlers) columns(r *page.Request, own press.Column) ([]press.Column, error) {
	list, err := h.Desk.ColumnChoices(r.Context())
	if err != nil {
		return nil, err
	}
	if len(own) > 0 && !slices.ContainsFunc(list, func(c press.Column) bool { return slices.Equal(c, own) }) {
		list = append(list, own)
	}
	return list, nil
}

// themes are those that can be used, and the one that the first account uses.
func (h handlers) themes(r *page.Request) (out []themeData, usual string, err error) {
	list, err := h.Desk.Themes(r.Context())
	if err != nil {
		return nil, "", err
	}
	for _, t := range list {
		if t.Trouble.IsZero() {
			out = append(out, themeData{t.Name, r.Say(t.Title)})
		}
	}
	if accounts := h.Desk.Accounts(r.Context()); len(accounts) > 0 {
		usual = accounts[0].Theme
	}
	if usual == "" && len(out) > 0 {
		usual = out[0].ID
	}
	return out, usual, nil
}
