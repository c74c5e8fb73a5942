package store

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"newsdesk/internal/press"
)

// together runs f n times at once and returns the errors, in no order.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			errs[i] = f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return errs
}

// codes counts how the runs ended; "" is success.
func codes(errs []error) map[string]int {
	out := map[string]int{}
	for _, err := range errs {
		if err == nil {
			out[""]++
		} else {
			out[press.CodeOf(err)]++
		}
	}
	return out
}

func testClaimRace(f *fixture) {
	_, ds := f.compose(f.clock.Now().Add(time.Hour), f.approved("a"))
	for round := range 5 {
		errs := together(8, func(i int) error {
			_, err := f.ClaimDelivery(f.Context(), ds[0].ID, fmt.Sprint("w", i), f.clock.Now().Add(time.Minute))
			return err
		})
		f.same(codes(errs), map[string]int{"": 1, "delivery.claimed": 7})
		if got := f.reload(ds[0]); got.Fence != int64(round+1) {
			f.Errorf("round %d: fence %d", round, got.Fence)
		}
		f.clock.pass(time.Minute)
	}
}

func testSignRace(f *fixture) {
	var reviewers []press.Actor
	for i := range 8 {
		reviewers = append(reviewers, f.person(fmt.Sprint("reviewer ", i), press.Reviewer))
	}
	a := f.article(content("contested"), press.ArticleReview)
	errs := together(8, func(i int) error {
		_, _, err := f.Sign(f.Context(), reviewers[i], press.DefaultStages(), a.ID, 1, a.Hash)
		return err
	})
	f.same(codes(errs), map[string]int{"": 3, "review.stale": 5}) // three stages, then it is approved
	signed, err := f.SignOffs(f.Context(), a.ID, 1)
	f.ok(err)
	if len(signed) != 3 || f.load(a.ID).State != press.ArticleApproved {
		f.Errorf("signed %s", asJSON(signed))
	}
	b := f.article(content("the same person in two windows"), press.ArticleReview)
	errs = together(4, func(int) error {
		_, _, err := f.Sign(f.Context(), reviewers[0], press.DefaultStages(), b.ID, 1, b.Hash)
		return err
	})
	f.same(codes(errs), map[string]int{"": 1, "review.twice": 3})
}

// An article is revised while an edition of it is made: either the edition is there first, with what was approved, or
// it is refused.
func testReviseWhileComposing(f *fixture) {
	for round := range 6 {
		a := f.approved(fmt.Sprint("a", round))
		b := f.approved(fmt.Sprint("b", round))
		e, ds := f.plan(f.clock.Now().Add(time.Hour), b, a)
		errs := together(2, func(i int) error {
			if i == 0 {
				_, err := f.CreateEdition(f.Context(), f.editor, e, ds)
				return err
			}
			_, err := f.AddRevision(f.Context(), f.author, a.ID, 1, press.Revision{Content: content("changed")}, press.ArticleDraft)
			return err
		})
		f.ok(errs[1])
		stored, err := f.Store.Edition(f.Context(), e.ID)
		if errs[0] != nil {
			f.refused(errs[0], press.Conflict, "edition.unsigned")
			f.refused(err, press.NotFound, "edition.missing")
			continue
		}
		f.ok(err)
		f.same(stored.Items, []press.EditionItem{item(b), item(a)})
		if rev, err := f.Revision(f.Context(), a.ID, 1); err != nil || rev.Hash != stored.Items[1].Hash {
			f.Errorf("the edition names %s, revision 1 is %s (%v)", stored.Items[1].Hash, rev.Hash, err)
		}
	}
}

func testRevisionRace(f *fixture) {
	a := f.article(content("a"), press.ArticleDraft)
	errs := together(6, func(i int) error {
		c := content(fmt.Sprint("version ", i))
		_, err := f.AddRevision(f.Context(), f.author, a.ID, 1, press.Revision{Content: c}, press.ArticleDraft)
		return err
	})
	f.same(codes(errs), map[string]int{"": 1, "article.stale": 5})
	winner := slices.Index(errs, nil)
	if got := f.load(a.ID); got.Revision != 2 || got.Title != fmt.Sprint("version ", winner) {
		f.Errorf("number %d won, and the article is %s", winner, asJSON(got))
	}
}

func testCountRace(f *fixture) {
	errs := together(12, func(int) error {
		_, err := f.CountCall(f.Context(), account, "publish", "2026-11-22", 5)
		return err
	})
	f.same(codes(errs), map[string]int{"": 5, "quota.used": 7})
	f.same(f.tally("publish").Used, int64(5))
}

// Editions that share two articles, in different order, are made and cancelled at once: none waits for ever, and the
// pages stay planned as long as an edition needs them.
func testSharedPageRace(f *fixture) {
	a, b := f.approved("a"), f.approved("b")
	type planned struct {
		press.Edition
		ds []press.Delivery
	}
	var list []planned
	for i := range 8 {
		articles := []press.Article{a, b}
		if i%2 == 1 {
			slices.Reverse(articles)
		}
		e, ds := f.plan(f.clock.Now().Add(time.Hour+time.Duration(i)*time.Second), articles...)
		list = append(list, planned{e, ds})
	}
	for _, err := range together(8, func(i int) error {
		_, err := f.CreateEdition(f.Context(), f.editor, list[i].Edition, list[i].ds)
		if err == nil && i < 7 {
			_, _, err = f.CancelEdition(f.Context(), f.editor, list[i].ID)
		}
		return err
	}) {
		f.ok(err)
	}
	pages, err := f.SiteDeliveries(f.Context(), list[7].ID)
	f.ok(err)
	if len(pages) != 2 || pages[0].State != press.Planned || pages[1].State != press.Planned {
		f.Errorf("the pages of the one edition that is left: %s", asJSON(pages))
	}
	_, _, err = f.CancelEdition(f.Context(), f.editor, list[7].ID)
	f.ok(err)
	if d := f.reload(pages[0]); d.State != press.Cancelled {
		f.Errorf("no edition is left, and the page is %s", d.State)
	}
}
