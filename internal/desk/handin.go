package desk

import (
	"context"
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// HandIn is a parcel on its way in.
type HandIn struct {
	Files    []intake.File
	Scratch  string          // folder for what is laid down while the parcel is read; the caller takes it away. Empty: none
	Article  press.ArticleID // of an article that exists: the parcel becomes its next revision
	Column   press.Column    // overrides what the document says
	Draft    bool            // it is not for review yet: a new article is a draft, one that exists is saved and not handed in
	Progress func(PhotoDone) // called as photos are finished, from several goroutines; may be nil
	// Understood is called once, when the document has been read and before its photos are; Begins as a photo's turn comes,
	// from several goroutines, with its place in Photos. Both may be nil.
	Understood func(Understood)
	Begins     func(photo int)

	held bool // a draft because it breaks its column's rules
}

// Understood is what a parcel's document says before its photos are looked at.
type Understood struct {
	Document, Title string
	Photos          []string // names, in the order of the article; those that it does not show are at the end
}

// PhotoDone reports one photo of a parcel.
type PhotoDone struct {
	Index      int // in Understood.Photos
	Name       string
	Done, All  int
	Photo      press.Photo
	Renditions []press.Rendition
	Err        error // why it was left out
}

// HandedIn is what became of a parcel.
type HandedIn struct {
	Article    press.Article
	Revision   press.Revision
	Photos     []press.Photo
	Renditions []press.Rendition
}

// HandIn takes a parcel: photos are kept and resized, the document becomes a revision that waits for its first review, or a draft.
// A photo that cannot be read is left out with a note; the rest goes on.
func (d *Desk) HandIn(ctx context.Context, by press.Actor, h HandIn) (out HandedIn, err error) {
	defer press.Wrap(&err, "desk.HandIn")
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return out, err
	}
	if h.Article != "" { // before minutes are spent on its photos
		if _, err := d.ownArticle(ctx, by, h.Article); err != nil {
			return out, err
		}
	}
	parcel, err := intake.Reader{Limits: d.Limits, Office: d.Converter, Scratch: h.Scratch}.Read(ctx, h.Files)
	if err != nil {
		return out, err
	}
	h.understood(parcel)
	taken, err := d.takePhotos(ctx, parcel, h)
	if err != nil {
		return out, err
	}
	known, err := d.knownPhotos(ctx, taken.photos)
	if err != nil {
		return out, err
	}
	rev := press.Revision{Author: by.ID, Notes: slices.Concat([]press.Note{readFrom(parcel)}, parcel.Notes, taken.notes, known), Unplaced: taken.unplaced, CreatedAt: d.Now().UTC()}
	rev.Content = parcel.Resolve(taken.digests)
	attached, err := d.takeAttachments(ctx, by, h, parcel, &rev.Content)
	if err != nil {
		return out, err
	}
	rev.Notes = append(rev.Notes, attached...)
	if rev.Content.Cover.Focus == press.Centre().Focus { // nobody has chosen it
		rev.Content.Cover.Focus = press.Point{}
	}
	if len(h.Column) > 0 {
		rev.Content.Column = h.Column
	}
	if err := d.complete(ctx, &rev, &taken); err != nil {
		return out, err
	}
	rev.Unplaced = notShown(rev.Unplaced, rev.Content)
	if err := d.keepRules(ctx, &h, &rev); err != nil {
		return out, err
	}
	article, err := d.saveRevision(ctx, by, h, &rev)
	if err != nil {
		return out, err
	}
	d.changed("article:" + string(article.ID))
	return HandedIn{Article: article, Revision: rev, Photos: taken.photos, Renditions: taken.renditions}, nil
}

func (h HandIn) understood(p intake.Parcel) {
	if h.Understood == nil {
		return
	}
	u := Understood{Document: p.Document, Title: p.Content.Title, Photos: make([]string, len(p.Photos))}
	for i, photo := range p.Photos {
		u.Photos[i] = photo.File.Name
	}
	h.Understood(u)
}

// complete fills in what every target needs and the document did not bring, so that reviewers see and sign it too.
func (d *Desk) complete(ctx context.Context, rev *press.Revision, taken *takenPhotos) error {
	if err := d.aimCover(ctx, &rev.Content); err != nil {
		return err
	}
	rev.Content = rev.Content.Normalize()
	if note, ok := creditNote(rev.Content, taken.photos); ok {
		rev.Notes = append(rev.Notes, note)
	}
	if rev.Content.Cover.Photo == "" {
		plain, err := d.Gallery.PlainCover(ctx)
		if err != nil {
			return err
		}
		taken.photos = append(taken.photos, plain)
		rev.Content.Cover.Photo = plain.Digest
		rev.Notes = append(rev.Notes, press.Note{Code: "cover.plain", Text: press.Say(
			"No photo is placed, so a plain cover is used; WeChat needs one.", "稿件没有配图，已使用纯色封面（微信要求必须有封面）。")})
	}
	if n := utf8.RuneCountInString(rev.Content.Title); n > press.PushTitleRunes && rev.Content.PushTitle == "" {
		rev.Content.PushTitle = press.ShortTitle(rev.Content.Title)
		rev.Notes = append(rev.Notes, press.Note{Code: "title.short", Text: press.Say(
			"The title has %d characters and WeChat takes %d; there it reads “%s”.",
			"标题 %d 个字，微信最多 %d 个字，微信中显示为“%s”。", n, press.PushTitleRunes, rev.Content.PushTitle)})
	}
	rev.Content = rev.Content.Normalize()
	rev.Hash = rev.Content.Hash()
	return rev.Content.Check()
}

func (d *Desk) saveRevision(ctx context.Context, by press.Actor, h HandIn, rev *press.Revision) (press.Article, error) {
	if h.Article != "" {
		return d.reviseArticle(ctx, by, h, rev)
	}
	now := d.Now().UTC()
	article := press.Article{
		ID: press.ArticleID(press.NewID(now)), State: press.StateAfterSaving(press.ArticleDraft, !h.Draft), Revision: 1, Hash: rev.Hash,
		Title: rev.Content.Title, Column: rev.Content.Column, Author: by.ID, CreatedAt: now, UpdatedAt: now,
	}
	rev.Article, rev.Number = article.ID, 1
	return article, d.Store.CreateArticle(ctx, by, article, *rev)
}

func (d *Desk) reviseArticle(ctx context.Context, by press.Actor, h HandIn, rev *press.Revision) (press.Article, error) {
	id := h.Article
	article, err := d.ownArticle(ctx, by, id)
	if err != nil {
		return article, err
	}
	if err := d.warnScheduled(ctx, id, rev); err != nil {
		return article, err
	}
	if h.Draft, err = d.keepNote(ctx, article, rev, h.Draft); err != nil {
		return article, err
	}
	rev.Article, rev.Number = id, article.Revision+1
	return d.Store.AddRevision(ctx, by, id, article.Revision, *rev, stateOfParcel(article.State, h))
}

// warnScheduled notes on a revision that an earlier one goes out all the same: approved means frozen, also against its
// author's second thoughts.
func (d *Desk) warnScheduled(ctx context.Context, id press.ArticleID, rev *press.Revision) error {
	pending, err := d.Store.GoingOut(ctx, id)
	if press.KindOf(err) == press.NotFound {
		return nil
	}
	if err == nil {
		rev.Notes = append(rev.Notes, press.Note{Code: "article.scheduled", Text: press.Say(
			"An earlier revision is signed and goes out as planned (delivery %s). Have an editor cancel its edition if it must not.",
			"本稿较早的版本已通过审核，仍将按计划发出（投放 %s）。如需停止，请由编辑取消该推送。", pending.ID)})
	}
	return err
}

// ownArticle returns an article that a person may change: their own, or any for an editor.
func (d *Desk) ownArticle(ctx context.Context, by press.Actor, id press.ArticleID) (press.Article, error) {
	article, err := d.Store.Article(ctx, id)
	if err != nil {
		return article, err
	}
	return article, press.CanWrite(by, article)
}

// notShown leaves out what the content shows after all, under another file's name, and what is named twice.
func notShown(unplaced []press.Digest, c press.Content) []press.Digest {
	shown := c.Photos()
	var out []press.Digest
	for _, digest := range unplaced {
		if !slices.Contains(shown, digest) && !slices.Contains(out, digest) {
			out = append(out, digest)
		}
	}
	return out
}

type takenPhotos struct {
	digests    map[string]press.Digest // by the parcel's key
	photos     []press.Photo
	renditions []press.Rendition
	unplaced   []press.Digest
	notes      []press.Note
}

// takePhotos keeps and resizes a parcel's photos, several at once. What cannot be read becomes a note.
func (d *Desk) takePhotos(ctx context.Context, parcel intake.Parcel, h HandIn) (takenPhotos, error) {
	results := make([]PhotoDone, len(parcel.Photos))
	var finished atomic.Int64
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(d.Workers)
	for i, p := range parcel.Photos {
		group.Go(func() (err error) {
			defer press.Recover(&err)
			if h.Begins != nil {
				h.Begins(i)
			}
			done := PhotoDone{Index: i, Name: p.File.Name, All: len(parcel.Photos)}
			done.Photo, done.Renditions, done.Err = d.takePhoto(groupCtx, p, recipesFor(p, parcel))
			done.Done = int(finished.Add(1))
			results[i] = done
			if h.Progress != nil {
				h.Progress(done)
			}
			if kind := press.KindOf(done.Err); done.Err != nil && (kind == press.Internal || kind == press.Unavailable) {
				return done.Err // not the photo's fault
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return takenPhotos{}, err
	}
	return collect(parcel, results), nil
}

func collect(parcel intake.Parcel, results []PhotoDone) takenPhotos {
	taken := takenPhotos{digests: map[string]press.Digest{}}
	for i, done := range results {
		p := parcel.Photos[i]
		if done.Err != nil {
			taken.notes = append(taken.notes, press.Note{Code: press.CodeOf(done.Err), File: done.Name, Text: press.TextOf(done.Err)})
			continue
		}
		taken.digests[p.Key] = done.Photo.Digest
		taken.photos = append(taken.photos, done.Photo)
		taken.renditions = append(taken.renditions, done.Renditions...)
		if !p.Placed {
			taken.unplaced = append(taken.unplaced, done.Photo.Digest)
		}
	}
	byTime(taken.unplaced, taken.photos)
	return taken
}

// recipesFor is what will be wanted of a photo, made at once while it is decoded anyway.
func recipesFor(p intake.Photo, parcel intake.Parcel) []press.Recipe {
	if !p.Placed {
		return []press.Recipe{press.Site480}
	}
	recipes := append([]press.Recipe{press.WeChatBody}, press.SiteRecipes()...)
	if p.Key == string(parcel.Content.Cover.Photo) {
		recipes = append(recipes, press.CoverWide, press.CoverSquare)
	}
	return recipes
}
