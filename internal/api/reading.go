package api

import (
	"context"

	"newsdesk/internal/press"
)

// mayRead refuses an article that is not the reader's to see, in the words of one that does not exist.
func (s *server) mayRead(ctx context.Context, by press.Actor, id press.ArticleID) error {
	if by.ReadsAll() {
		return nil
	}
	article, err := s.Desk.Store.Article(ctx, id)
	if err != nil {
		return err
	}
	return by.RequireReading(article)
}

// mayList refuses a list across articles to who does not read them all, unless it is that of one of their own.
func (s *server) mayList(ctx context.Context, by press.Actor, article string) error {
	switch {
	case by.ReadsAll():
		return nil
	case article == "":
		return press.Fail(press.Forbidden, "list.article", press.Say(
			"A contributor lists what belongs to an article of their own: add article= with its identifier.",
			"投稿人只能查看自己稿件的记录，请加上 article= 和稿件编号。"))
	}
	return s.mayRead(ctx, by, press.ArticleID(article))
}

// visible is an edition as a person may see it: to a contributor only one that holds an article of theirs, and of the other
// articles no more than their places.
func (s *server) visible(ctx context.Context, by press.Actor, edition press.Edition) (press.Edition, error) {
	if by.ReadsAll() {
		return edition, nil
	}
	items, own := make([]press.EditionItem, len(edition.Items)), false
	for i, item := range edition.Items {
		err := s.mayRead(ctx, by, item.Article)
		switch {
		case err == nil:
			items[i], own = item, true
		case press.KindOf(err) == press.NotFound:
			items[i] = press.EditionItem{}
		default:
			return press.Edition{}, err
		}
	}
	if !own {
		return press.Edition{}, noEdition(edition.ID)
	}
	edition.Items = items
	return edition, nil
}

func noEdition(id press.EditionID) error {
	return press.Fail(press.NotFound, "edition.missing", press.Say("There is no edition %s.", "没有推送 %s。", id))
}

// mayReadDelivery refuses a delivery that brings nothing of the reader's.
func (s *server) mayReadDelivery(ctx context.Context, by press.Actor, d press.Delivery) error {
	if by.ReadsAll() {
		return nil
	}
	var err error
	if d.Article != "" {
		err = s.mayRead(ctx, by, d.Article)
	} else {
		var edition press.Edition
		if edition, err = s.Records.Edition(ctx, d.Edition); err == nil {
			_, err = s.visible(ctx, by, edition)
		}
	}
	if press.KindOf(err) == press.NotFound && err != nil {
		return press.Fail(press.NotFound, "delivery.missing", press.Say("There is no delivery %s.", "没有投放 %s。", d.ID))
	}
	return err
}

// own leaves out the deliveries that bring nothing of the reader's.
func (s *server) own(ctx context.Context, by press.Actor, list []press.Delivery) ([]press.Delivery, error) {
	if by.ReadsAll() {
		return list, nil
	}
	var out []press.Delivery
	for _, d := range list {
		err := s.mayReadDelivery(ctx, by, d)
		switch {
		case err == nil:
			out = append(out, d)
		case press.KindOf(err) != press.NotFound:
			return nil, err
		}
	}
	return out, nil
}

// mayReadLog refuses the log of a thing to who does not read everything, unless it is they themselves, an article of
// theirs, or what brings one.
func (s *server) mayReadLog(ctx context.Context, by press.Actor, subject string) error {
	if by.ReadsAll() || subject == string(by.ID) {
		return nil
	}
	err := s.mayRead(ctx, by, press.ArticleID(subject))
	if press.KindOf(err) != press.NotFound {
		return err
	}
	if delivery, e := s.Records.Delivery(ctx, press.DeliveryID(subject)); e == nil {
		return s.mayReadDelivery(ctx, by, delivery)
	}
	edition, err := s.Records.Edition(ctx, press.EditionID(subject))
	if err == nil {
		_, err = s.visible(ctx, by, edition)
	}
	if press.KindOf(err) == press.NotFound {
		return press.Fail(press.NotFound, "audit.missing", press.Say(
			"There is nothing called %s that you may read about.", "没有可查看的记录 %s。", subject))
	}
	return err
}
