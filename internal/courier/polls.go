package courier

import (
	"context"
	"net/url"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// An account may ask about a publication 100 times a day (freepublish/get) and list publications 100 times a day
// (freepublish/batchget), however many it publishes. This file spends them.
//
//   - A signed event wakes its publication. One question confirms it while there are two for each publication of the day;
//     later the event is enough.
//   - While there are four questions for each, every publication is asked about by itself, at the pauses of Pauses.Poll.
//   - Otherwise one list settles all that are listed by their markers, and a question is only put about what four lists did
//     not show: a list says nothing of what failed.
//   - Where what is left would not do for two looks at each publication that is still to come, the looks of the account are
//     spread over the time until the last of them, the more evenly the scarcer they are.
//   - A tenth of each stays in reserve for lost answers and retractions until the day's last hour.

const (
	listPage = 20 // publications in one list, WeChat's most
	// maxPages bounds one look through the list.
	maxPages = 10
	// reserve is the part of a day's polls that is kept back, and lastReserve that of its last hour.
	reserve, lastReserve = 10, 50
	// ampleGets is how many questions there must be for each publication of the day for asking about each by itself, and
	// confirmGets for asking about what an event has told.
	ampleGets, confirmGets = 4, 2
	// enoughLooks is how many looks there must be for each publication of the day for not spreading them.
	enoughLooks = 2
	// listsToGet is how many looks do not show a publication before it is asked about by itself.
	listsToGet = 4
	// settledEarly is for how much of the day pushes are taken to be rarer than later: an estimate from the first hour's
	// publications would expect far too many.
	settledEarly = 6 * time.Hour
	// clocksApart is how far WeChat's times may differ from ours.
	clocksApart = 10 * time.Minute
)

// polls is how an account may look at its publications at this moment.
type polls struct {
	gets, lists int64         // that may be made, the reserve kept back
	spareGets   int64         // with the reserve
	open        int           // publications that wait
	each        int64         // publications of this day that are open or still to come
	next        time.Time     // the next look; zero: now
	pause       time.Duration // between two looks of the account; 0: as each publication likes
	oldest      time.Time     // when the first open one was sent
}

func (p polls) ample() bool    { return p.gets >= ampleGets*p.each }
func (p polls) confirms() bool { return p.gets >= confirmGets*p.each }

// plan reads the ledger and the calendar of the day.
func (c *Courier) plan(ctx context.Context, d press.Delivery, account Account) (polls, error) {
	now := c.now()
	day := press.DayOf(now)
	book, err := c.Store.PollBook(ctx, account.Ledger().Key, d.Target, day)
	if err != nil {
		return polls{}, err
	}
	return planned(book, c.Limits, day, now), nil
}

// planned divides what is left of a day's polls among the publications that are open and those to come. To come are those of
// the calendar, and if that is more, as many as the day has had so far in proportion: who publishes without planning goes on.
func planned(book press.PollBook, limits map[string]int64, day press.Span, now time.Time) polls {
	rest, gone := day.Until.Sub(now), max(now.Sub(day.From), settledEarly)
	getLimit, gets := left(book.Gets, limits[callPublishGet])
	listLimit, lists := left(book.Lists, limits[callPublishList])
	part := int64(reserve)
	if rest < time.Hour {
		part = lastReserve
	}
	coming, until := int64(book.Scheduled), latest(book.LastDue, now)
	if guess := int64(float64(book.Fired) * float64(rest) / float64(gone)); guess > coming {
		coming, until = guess, day.Until
	}
	p := polls{
		gets: max(0, gets-getLimit/part), lists: max(0, lists-listLimit/part), spareGets: gets, open: book.Open,
		each: int64(max(1, book.Open)) + coming, oldest: book.OldestOpen,
	}
	// One list shows many: what waits already costs a page for each twenty.
	need := int64(max(1, (book.Open+listPage-1)/listPage)) + coming
	if looks := p.gets + p.lists; looks < enoughLooks*need {
		// The nearer to one look for each, the more evenly: at that point all that is left lasts exactly until the last.
		even := float64(until.Sub(now)+time.Minute) / float64(max(1, looks))
		p.pause = time.Duration(even * min(1, enoughLooks-float64(looks)/float64(need)))
		p.next = latest(book.Gets.LastAt, book.Lists.LastAt).Add(p.pause)
	}
	return p
}

// left is a call's limit and what is left of it. Where there is no limit both are large.
func left(t press.Tally, limit int64) (whole, rest int64) {
	if t.Stated {
		limit = t.Limit
	}
	if limit <= 0 {
		limit = 1 << 20
	}
	return limit, max(0, limit-t.Used)
}

// lookPublication finds out what became of a publication that WeChat accepted.
func (c *Courier) lookPublication(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepLook)
	if seen, err := c.Store.Sighting(ctx, d.ID); err == nil {
		return c.settle(ctx, d, sighted(seen), t)
	} else if press.KindOf(err) != press.NotFound {
		return d, err
	}
	event, err := c.Store.Event(ctx, d.Target, false, d.PushID)
	told := err == nil && ended(event.Status)
	if err != nil && press.KindOf(err) != press.NotFound {
		return d, err
	}
	p, err := c.plan(ctx, d, account)
	if err != nil {
		return d, err
	}
	switch {
	case told && c.trusted(p, event.Status):
		return c.settle(ctx, d, event.Status, t)
	case told && p.spareGets > 0, p.ample():
		return c.askPublication(ctx, d, account, t, event.Status, told)
	case p.next.After(c.now()):
		return c.lookLater(ctx, d, press.Postponed(p.next, false))
	case p.gets > 0 && (p.lists == 0 || d.Looks%listsToGet == listsToGet-1 || p.open == 1 && p.gets >= p.lists):
		return c.askPublication(ctx, d, account, t, event.Status, told)
	case p.lists > 0:
		return c.listPublications(ctx, d, account, t, p)
	}
	return c.lookLater(ctx, d, press.Looked(c.whenAllowed()))
}

// lookLater puts the next look off, and looks at once if WeChat has told of the publication meanwhile: what it told came
// between the reading and this change, which has taken back that it is due.
func (c *Courier) lookLater(ctx context.Context, d press.Delivery, change press.Change) (press.Delivery, error) {
	d, err := c.advance(ctx, d, change, nil)
	if err != nil {
		return d, err
	}
	event, err := c.Store.Event(ctx, d.Target, false, d.PushID)
	if err == nil && ended(event.Status) {
		d.NextAt = c.now()
	}
	if _, err = c.Store.Sighting(ctx, d.ID); err == nil {
		d.NextAt = c.now()
	}
	return d, nil
}

// trusted reports whether an event is enough, without asking. That something failed is asked about as long as that is possible
// at all, and so is what came without its name, by which it would be taken down.
func (c *Courier) trusted(p polls, s press.PushStatus) bool {
	if s.State != press.PushDone || s.ArticleID == "" {
		return p.spareGets == 0
	}
	return !p.confirms()
}

// whenAllowed is when polls that are used up may be there again: after midnight, or sooner, should WeChat correct the ledger
// or the reserve be opened.
func (c *Courier) whenAllowed() time.Time {
	return c.now().Add(min(c.Pauses.Quota, untilMidnight(c.now())))
}

// askPublication asks about one publication. Where no question is left, what the event told holds.
func (c *Courier) askPublication(ctx context.Context, d press.Delivery, account Account, t *try, event press.PushStatus, told bool) (press.Delivery, error) {
	status, err := c.status(ctx, d, account)
	switch {
	case quotaUsed(err) && told:
		status = event
	case quotaUsed(err):
		return c.lookLater(ctx, d, press.Looked(c.whenAllowed()))
	case err != nil:
		return d, err
	}
	return c.settle(ctx, d, status, t)
}

// listPublications looks through the list of publications for this one and all others that wait.
func (c *Courier) listPublications(ctx context.Context, d press.Delivery, account Account, t *try, p polls) (press.Delivery, error) {
	found, err := c.sweepList(ctx, d, account, sweep{pages: min(maxPages, p.lists), paced: true, since: p.oldest})
	switch {
	case press.CodeOf(err) == "quota.paced": // somebody looks at this moment, for this one too
	case quotaUsed(err):
		return c.lookLater(ctx, d, press.Looked(c.whenAllowed()))
	case err != nil:
		return d, err
	case found != nil:
		return c.settle(ctx, d, sighted(*found), t)
	}
	if c.now().Sub(d.FiredAt) > c.Pauses.Job {
		return c.block(ctx, d, t, reasonNoResult())
	}
	return c.lookLater(ctx, d, press.Looked(c.now().Add(max(c.Pauses.poll(d.Looks), p.pause))))
}

// sighted is what WeChat's list says of a publication in it.
func sighted(s press.Sighting) press.PushStatus {
	if s.Deleted {
		return press.PushStatus{State: press.PushDeleted, Raw: "found by its marker in the list of publications, deleted"}
	}
	return press.PushStatus{
		State: press.PushDone, ArticleID: s.ArticleID, URLs: s.URLs, Raw: "found by its marker in the list of publications",
	}
}

// sweep is one look through the list of publications.
type sweep struct {
	pages int64     // at most
	paced bool      // not while another process has only just done so: quota.paced
	since time.Time // how far back; zero: as far as the pages go
}

// sweepList looks through the list of publications, notes all of the account's that wait for their result, and wakes them. It
// returns this delivery's; nil when it is not listed.
func (c *Courier) sweepList(ctx context.Context, d press.Delivery, account Account, how sweep) (*press.Sighting, error) {
	waiting, err := c.Store.OpenPublications(ctx, account.Name())
	if err != nil {
		return nil, err
	}
	var mine *press.Sighting
	var others []press.Sighting
	missing := len(waiting)
	if !slices.Contains(waiting, d.ID) {
		missing++
	}
	for offset := 0; offset < int(how.pages)*listPage && missing > 0; offset += listPage {
		if err := c.countList(ctx, account, how.paced && offset == 0); err != nil {
			if offset > 0 && quotaUsed(err) {
				break // what was seen so far is worth its call
			}
			return nil, err
		}
		list, total, err := account.Publications(ctx, offset, listPage)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			seen := press.Sighting{Delivery: markedBy(p), ArticleID: p.ArticleID, URLs: p.URLs, Deleted: p.Deleted}
			switch {
			case seen.Delivery == "":
			case seen.Delivery == d.ID:
				if mine == nil || mine.Deleted { // what readers can open goes before what they could
					mine = &seen
				}
				missing--
			case seen.Deleted: // it is asked about by itself
			case slices.Contains(waiting, seen.Delivery):
				others = append(others, seen)
				missing--
			}
		}
		if offset+listPage >= total || before(list, how.since.Add(-clocksApart)) {
			break
		}
	}
	return mine, c.wake(ctx, others)
}

// countList counts one more list; a paced one only if none was made within half the first pause.
func (c *Courier) countList(ctx context.Context, account Account, paced bool) error {
	if !paced {
		return c.count(ctx, account, callPublishList, c.now())
	}
	now := c.now()
	used, err := c.Store.CountPaced(ctx, account.Ledger().Key, callPublishList, press.DayOf(now).Name, c.Limits[callPublishList], c.Pauses.poll(0)/2)
	return usedUp(callPublishList, used, now, err)
}

// wake notes what was seen of others and nudges them.
func (c *Courier) wake(ctx context.Context, seen []press.Sighting) error {
	if len(seen) == 0 {
		return nil
	}
	woken, err := c.Store.SaveSightings(ctx, seen)
	if err != nil {
		return err
	}
	for _, id := range woken {
		d, err := c.Store.Delivery(ctx, id)
		if err == nil {
			err = c.Queue.Nudge(ctx, d)
		}
		if err != nil {
			c.Logger.Debug("sighting stored; the sweep will find the delivery", "delivery", id, "error", err)
		}
	}
	return nil
}

// before reports whether a page of the list, the newest first, ends with what is older than a moment. That the newest come
// first is not documented: a page in another order never ends the look.
func before(list []press.Publication, moment time.Time) bool {
	if len(list) < 2 || moment.Before(time.Unix(0, 0)) {
		return false
	}
	last := list[len(list)-1].UpdatedAt
	return list[0].UpdatedAt.After(last) && last.Before(moment)
}

// markedBy is the delivery that a publication's marker names; "" where it has none of ours.
func markedBy(p press.Publication) press.DeliveryID {
	if len(p.SourceURLs) == 0 {
		return ""
	}
	u, err := url.Parse(p.SourceURLs[0])
	if err != nil {
		return ""
	}
	return press.DeliveryID(u.Query().Get("d"))
}
