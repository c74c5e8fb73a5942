package articles

import (
	"slices"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

// publishing is the form that brings an approved article to websites without WeChat.
type publishing struct {
	Sites      []siteChoice
	Day, Clock string // as typed; empty: at once
	Open       bool   // it was refused and is shown again
}

// siteChoice is a website that takes the article.
type siteChoice struct {
	press.Target
	State   press.State // of its delivery of this revision; empty: there is none
	Checked bool
}

// Lacks reports whether it has no delivery of this revision that is live or under way.
func (s siteChoice) Lacks() bool {
	return s.State == "" || s.State == press.Cancelled || s.State == press.Retracted
}

// publishingOf lists the websites that take an article. Those that do not have this revision yet are ticked.
func publishingOf(a article, targets []press.Target) (p publishing) {
	for _, t := range press.Places(targets, a.Column) {
		s := siteChoice{Target: t}
		if i := slices.IndexFunc(a.Deliveries, func(d store.DeliveryRow) bool {
			return d.Kind == press.TargetSite && d.Target == t.Name && d.Revision == a.Revision.Number
		}); i >= 0 {
			s.State = a.Deliveries[i].State
		}
		s.Checked = s.Lacks() && s.State != press.Retracted // what was taken down goes back only if somebody says so
		p.Sites = append(p.Sites, s)
	}
	return p
}

// publish plans the deliveries to the websites that were chosen.
func (h handlers) publish(r *page.Request) error {
	id := r.Article()
	if err := r.ParseForm(); err != nil {
		return err
	}
	at, err := h.publishTime(r)
	chosen := r.PostForm["to"]
	if err == nil && len(chosen) == 0 {
		err = press.Fail(press.Invalid, "publish.none", press.Say("Choose at least one website.", "请至少选择一个网站。"))
	}
	if err == nil {
		_, err = h.Desk.PublishToSites(r.Context(), r.Actor, id, chosen, at)
	}
	if err == nil {
		return r.See(pathOf(id), "articles.publish_done", "n", len(chosen))
	}
	return h.showAgain(r, err, func(a *article) {
		a.Publishing.Day, a.Publishing.Clock, a.Publishing.Open = r.PostFormValue("day"), r.PostFormValue("clock"), true
		for i, s := range a.Publishing.Sites {
			a.Publishing.Sites[i].Checked = slices.Contains(chosen, s.Name)
		}
	})
}

// publishTime is the moment that was typed, in the office's zone; zero: at once.
func (h handlers) publishTime(r *page.Request) (time.Time, error) {
	day, clock := r.PostFormValue("day"), r.PostFormValue("clock")
	if day == "" && clock == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, h.Zone)
	if err != nil {
		return at, press.Fail(press.Invalid, "publish.time", press.Say(
			"Give a day and a time, or neither to publish at once.", "请同时填写日期和时间；都不填表示立即发布。"))
	}
	return at, nil
}
