package articles

import (
	"html/template"
	"slices"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

// article is what an article's page shows.
type article struct {
	store.ArticleFile
	Revision   press.Revision // the one that is shown
	Notes      []press.Note
	Old        bool // it is not the current one
	Body       template.HTML
	Stages     []stage
	Returned   *press.AuditEntry // why it was returned; nil: it is not
	Can        can
	Known      known
	Names      page.TargetNames
	Publishing publishing
	Typed      struct{ Note, Reason string } // into a form that was refused
	WhyNot     *press.Text                   // why a reviewer may not sign what waits; nil: they may, or it is not up to them
}

// stage is a step of review of the revision that is shown.
type stage struct {
	press.Stage
	By   *press.SignOff // nil: nobody has signed yet
	Next bool           // it waits
}

// can is what the person may do now. The desk asks again when they do it.
type can struct {
	Edit, Submit, Sign, Withdraw, Restore, Compose, Correct, Retract, Export, Publish bool
}

func (h handlers) show(r *page.Request) error {
	a, err := h.read(r, r.Number("revision", 0))
	if err != nil {
		return err
	}
	return r.Render("show.html", a)
}

// file is what stands beside the text, fetched again whenever something has changed.
func (h handlers) file(r *page.Request) error {
	a, err := h.read(r, 0)
	if err != nil {
		return err
	}
	return r.Fragment("show.html", "file", a)
}

func (h handlers) read(r *page.Request, number int) (a article, err error) {
	ctx := r.Context()
	if a.ArticleFile, err = h.Store.ArticleFile(ctx, r.Article()); err != nil {
		return a, err
	}
	if err := r.Actor.RequireReading(a.Article); err != nil {
		return a, err
	}
	if a.Revision, err = h.Store.Revision(ctx, a.ID, number); err != nil {
		return a, err
	}
	a.Notes = notesOf(a.Revision)
	a.Old = a.Revision.Number != a.ArticleFile.Revision
	if a.Body, err = h.reading(r, a.Revision.Content); err != nil {
		return a, err
	}
	settings, err := h.Desk.Settings(ctx)
	if err != nil {
		return a, err
	}
	places, err := h.Store.Presences(ctx, a.ID)
	if err != nil {
		return a, err
	}
	a.Known = knownOf(a.Article, places)
	a.Names = h.TargetNames(ctx)
	if a.State == press.ArticleApproved && !a.Old && r.Actor.Has(press.Editor) {
		targets, err := h.Desk.SiteTargets(ctx)
		if err != nil {
			return a, err
		}
		a.Publishing = publishingOf(a, targets)
	}
	a.allow(r.Actor, settings)
	if a.State == press.ArticleReturned {
		a.Returned, err = h.last(r, a.ID, "article.return")
	}
	return a, err
}

// allow finds out where review stands and what the person may do.
func (a *article) allow(who press.Actor, settings press.Settings) {
	next, waits := settings.Next(a.Signed)
	waits = waits && a.State == press.ArticleReview
	a.Stages = stagesOf(settings, a.signed(), next, waits && !a.Old)
	writes := press.CanWrite(who, a.Article) == nil
	a.Can = can{
		Edit:     writes,
		Submit:   writes && (a.State == press.ArticleDraft || a.State == press.ArticleReturned),
		Withdraw: writes,
		Restore:  a.State == press.ArticleWithdrawn && press.CanChange(who, a.Article) == nil,
		Compose:  a.State == press.ArticleApproved && who.Has(press.Editor),
	}
	a.Can.Publish = slices.ContainsFunc(a.Publishing.Sites, siteChoice.Lacks)
	a.Can.Correct = writes && a.Known.Seen > 0 && !a.Known.Correcting && a.State != press.ArticleReview
	a.Can.Export = a.State == press.ArticleApproved || a.Known.Seen > 0 && a.State != press.ArticleWithdrawn
	a.Can.Retract = who.Has(press.Editor) && a.Known.Left > 0
	if a.Can.Correct {
		a.Can.Edit, a.Can.Submit = false, false
	}
	if !waits || !who.Has(press.Reviewer) {
		return
	}
	err := press.CanSign(who, a.Article, a.writers(), next, a.Signed)
	if a.Can.Sign = err == nil; err != nil {
		why := press.TextOf(err)
		a.WhyNot = &why
	}
}

// writers are those who saved a revision.
func (a *article) writers() (out []press.UserID) {
	for _, v := range a.Revisions {
		out = append(out, v.Author)
	}
	return out
}

// signed are the signatures of the revision that is shown.
func (a *article) signed() []press.SignOff {
	for _, v := range a.Revisions {
		if v.Number == a.Revision.Number {
			return v.Signed
		}
	}
	return nil
}

// stagesOf lists the stages there are, and those that were signed and are no more.
func stagesOf(settings press.Settings, signed []press.SignOff, next press.Stage, waits bool) (out []stage) {
	add := func(s press.Stage) {
		line := stage{Stage: s, Next: waits && s.Key == next.Key}
		for i := range signed {
			if signed[i].Stage == s.Key {
				line.By = &signed[i]
			}
		}
		out = append(out, line)
	}
	for _, s := range settings.Stages {
		add(s)
	}
	for _, s := range settings.Retired {
		n := len(out)
		if add(s); out[n].By == nil && !out[n].Next {
			out = out[:n]
		}
	}
	return out
}

// last is the latest entry of the log about an article with that action; nil: there is none.
func (h handlers) last(r *page.Request, id press.ArticleID, action string) (*press.AuditEntry, error) {
	list, err := h.Store.Audit(r.Context(), store.AuditFilter{Subject: string(id), Action: action, Limit: 1})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// reading renders a body as readers of the website see it, with the pictures that the newsroom itself serves.
func (h handlers) reading(r *page.Request, c press.Content) (template.HTML, error) {
	digests := c.Body.Photos()
	known, err := h.Store.Photos(r.Context(), digests)
	if err != nil {
		return "", err
	}
	pictures := make(map[press.Digest]markup.SitePicture, len(digests))
	for _, d := range digests {
		p := markup.SitePicture{Sources: []markup.Source{
			{URL: photoPath(d, press.Site480), Width: 480}, {URL: photoPath(d, press.Site960), Width: 960},
		}}
		if photo, ok := known[d]; ok {
			p.Width, p.Height = photo.Width, photo.Height
		}
		pictures[d] = p
	}
	html, err := markup.Site(c.Body, pictures, markup.SiteOptions{Sizes: "(max-width: 752px) 100vw, 720px"})
	return page.Markup(html), err
}

func photoPath(d press.Digest, recipe press.Recipe) string {
	return "/photos/" + string(d) + "/" + string(recipe)
}

func (h handlers) submit(r *page.Request) error {
	id := r.Article()
	if _, err := h.Desk.Submit(r.Context(), r.Actor, id, r.Number("revision", 0)); err != nil {
		return r.SeeRefusal(pathOf(id), err)
	}
	return r.See(pathOf(id), "articles.submitted")
}

func (h handlers) withdraw(r *page.Request) error {
	id := r.Article()
	if _, err := h.Desk.Withdraw(r.Context(), r.Actor, id, r.PostFormValue("reason")); err != nil {
		return r.SeeRefusal(pathOf(id), err)
	}
	return r.See(pathOf(id), "articles.withdrawn")
}

func (h handlers) restore(r *page.Request) error {
	id := r.Article()
	if _, err := h.Desk.Restore(r.Context(), r.Actor, id); err != nil {
		return r.SeeRefusal(pathOf(id), err)
	}
	return r.See(pathOf(id), "articles.restored")
}
