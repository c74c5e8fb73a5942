package press

import "time"

// Exported is a revision that may be taken to other systems, with what those ask for beside its content. Only what was signed
// off, or what readers could open already, is exported: elsewhere it is published.
type Exported struct {
	Article     Article
	Revision    Revision
	ApprovedAt  time.Time // when its last stage was signed; zero where none was
	PublishedAt time.Time // when readers could first open the article anywhere; zero: not yet
	Addresses   []string  // where they can open it now
	Captions    CaptionStyle
}

// Exportable refuses an article that was withdrawn: "export.withdrawn".
func (a Article) Exportable() error {
	if a.State != ArticleWithdrawn {
		return nil
	}
	return Fail(Conflict, "export.withdrawn", Say(
		"“%s” was withdrawn and is not to be published, here or elsewhere. Restore it first.", "《%s》已撤稿，不能再对外发布。如需导出，请先恢复稿件。", a.Title))
}

// At is the date that an export is about.
func (e Exported) At() time.Time {
	for _, t := range []time.Time{e.PublishedAt, e.ApprovedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return e.Revision.CreatedAt
}

// Place notes where readers can open the article, and since when they could anywhere.
func (e *Exported) Place(places []Presence) {
	for _, p := range places {
		d := p.Delivery
		if !d.LiveAt.IsZero() && d.Mode != ModeDraft && (e.PublishedAt.IsZero() || d.LiveAt.Before(e.PublishedAt)) {
			e.PublishedAt = d.LiveAt
		}
		at := max(p.Position-1, 0)
		if p.Visible() && at < len(d.URLs) && d.URLs[at] != "" {
			e.Addresses = append(e.Addresses, d.URLs[at])
		}
	}
}
