package sandbox

import (
	"maps"
	"time"
)

func (a *account) state(limit int, now time.Time) AccountState {
	out := AccountState{
		Account: a.cfg, DraftCount: a.drafts.len(), Materials: a.materials.len(),
		Today: maps.Clone(a.counts.span(dayKey(now))), ThisMonth: maps.Clone(a.counts.span(monthKey(now))),
	}
	for _, d := range a.drafts.page(0, limit) {
		names, markers, _ := outline(d.Articles)
		out.Drafts = append(out.Drafts, DraftState{d.MediaID, names, markers, d.Updated})
	}
	for _, p := range a.published.page(0, limit) {
		out.Publications = append(out.Publications, p.state())
	}
	for _, m := range a.masses.page(0, limit) {
		out.Masses = append(out.Masses, m.outline())
	}
	return out
}

func (p *publication) state() PublicationState {
	names, markers, urls := outline(p.Articles)
	if p.ArticleID == "" {
		urls = nil
	}
	return PublicationState{p.ID, p.MsgDataID, p.MediaID, p.ArticleID, p.Status, names, markers, urls, p.Submitted}
}

func (m *mass) outline() MassState {
	names, markers, urls := outline(m.Articles)
	if len(m.Pages) == 0 {
		urls = nil
	}
	return MassState{m.ID, m.MsgDataID, m.ClientID, m.Kind, m.State, m.Preview, names, markers, urls, m.Submitted}
}

func outline(list []article) (names, markers, urls []string) {
	for _, a := range list {
		names, markers, urls = append(names, a.Title), append(markers, a.ContentSourceURL), append(urls, a.URL)
	}
	return names, markers, urls
}
