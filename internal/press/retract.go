package press

import "time"

// StepRetract is taking down what is live.
const StepRetract Step = "retract"

// Published is WentLive of a publication in WeChat, which is taken down by the name that WeChat gives it; "" where the name
// is not known. It may be found out that it is published before the call or as its answer: somebody did it by hand.
func Published(publication string, urls []string, now time.Time) Change {
	c := WentLive(urls, now)
	c.From = append(c.From, Ready, Sending)
	went := c.apply
	c.apply = func(d *Delivery) {
		went(d)
		if publication != "" {
			d.Publication = publication
		}
	}
	return c
}

// RetractAskedFor is RetractAsked with the person's reason, or which article of a push it is about.
func RetractAskedFor(why string) Change {
	c := RetractAsked()
	c.Detail = why
	return c
}

// ArticleDeleted notes that WeChat took one article of a push down, and left the others.
func ArticleDeleted(title string) Change {
	c := changing("delivery.article_deleted", []State{Live}, func(*Delivery) {})
	c.Detail = title
	return c
}

// HeldForRetraction stops a push of several articles, one of which was retracted meanwhile. It is not released while the
// article is withdrawn.
func HeldForRetraction(title string, now time.Time) Change {
	c := changing("delivery.blocked", []State{Planned, Ready, Blocked}, func(d *Delivery) {
		back, ends := d.State, State("")
		if d.Reason != nil {
			back, ends = d.Reason.Back, d.Reason.Ends
		}
		d.State, d.NextAt = Blocked, time.Time{}
		d.Reason = &Reason{
			Code: CodeRetracted, Whose: Editor, Back: back, Ends: ends, At: now,
			Text: Say("“%s”, one of its articles, was retracted.", "其中的《%s》已被撤回。", title),
			Fix:  Say("Change the edition so that it leaves the article out, or cancel it.", "请修改推送，去掉这篇稿件；或取消推送。"),
		}
	})
	c.Detail = CodeRetracted
	return c
}

// CodeRetracted is the reason's code of a delivery that is held because an article of it was retracted.
const CodeRetracted = "article.retracted"

// RetractAsked notes that a person decided to take down what is live. It is committed before anything is called. The state
// stays: readers see the article until the target has said otherwise.
func RetractAsked() Change {
	return changing("delivery.retract_asked", []State{Live}, func(*Delivery) {})
}

// TakenDown notes that the target no longer shows it.
func TakenDown() Change {
	return changing("delivery.retracted", []State{Live}, func(d *Delivery) { d.State, d.NextAt = Retracted, time.Time{} })
}

// StillUp takes TakenDown back where the target could not take it down after all. A website's lists name what is live, so
// there the state changes before the page goes.
func StillUp() Change {
	return changing("delivery.retract_failed", []State{Retracted}, func(d *Delivery) { d.State = Live })
}
