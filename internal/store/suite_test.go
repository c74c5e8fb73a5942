package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"newsdesk/internal/press"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	testStore(t, openTestSQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	testStore(t, openTestPostgres)
}

// testStore is what a database must do to be one of ours.
func testStore(t *testing.T, open opener) {
	for name, test := range map[string]func(*fixture){
		"sessions": testSessions, "session ends": testSessionEnds, "user changes": testUserChanges,
		"last administrator race": testLastAdministratorRace, "set up": testSetUp, "set up of existing": testSetUpOfExisting,
		"lockouts": testLockouts, "address lock": testAddressLock, "lockout race": testLockoutRace,
		"people": testPeople, "tokens": testTokens, "photos": testPhotos,
		"articles": testArticles, "article lists": testArticleLists, "found after changes": testFoundAfterChanges, "index after migration": testIndexAfterMigration,
		"article rows": testArticleRows, "today": testToday, "revisions": testRevisions, "review": testReview,
		"editions": testEditions, "returned while scheduled": testReturnedWhileScheduled, "the same edition again": testRepeatedEdition, "edition lists": testEditionLists, "shared pages": testSharedPages,
		"cancel": testCancel, "reschedule": testReschedule,
		"retraction": testRetraction, "correcting": testCorrecting, "article retraction": testArticleRetraction, "page removal": testPageRemoval, "page ahead": testPageAhead, "sending again": testResend, "push use": testPushUse, "replaced editions": testReplaceEdition,
		"deliveries": testDeliveries, "claims": testClaims, "fencing": testFencing, "attempts": testAttempts, "due": testDue,
		"media": testMedia, "calls": testCalls, "events": testEvents,
		"published": testPublished, "corrections": testCorrections, "audit log": testAuditLog, "noted export": testNotedExport, "history": testHistory, "last signed": testLastSigned, "bad text": testBadText,
		"claim race": testClaimRace, "sign race": testSignRace, "revise while composing": testReviseWhileComposing,
		"quota told": testQuotaTold, "slot race": testSlotRace, "sightings": testSightings,
		"revision race": testRevisionRace, "count race": testCountRace, "shared page race": testSharedPageRace,
		"audit or nothing": testAuditOrNothing, "panic": testPanic, "cut off": testCutOff, "tampering": testTampering,
		"emergency stop": testStops, "stop race": testStopRace, "kept pages": testKeptPages, "frozen intent": testFrozenIntent, "invariants": testInvariants, "kept for ever": testKept,
		"attachments": testAttachments, "column rules": testColumnRules, "words to avoid": testAvoidWords,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, open))
		})
	}
}

func testPeople(f *fixture) {
	u := press.User{ID: "u1", Name: "周审", Roles: []press.Role{press.Reviewer, press.Editor}, Stages: []string{"final"}, CreatedAt: f.clock.Now()}
	f.ok(f.CreateUser(f.Context(), f.editor, u))
	got, err := f.UserByName(f.Context(), "周审")
	f.ok(err)
	f.same(got, u)
	f.refused(f.CreateUser(f.Context(), f.editor, press.User{ID: "u2", Name: "周审"}), press.Conflict, "user.exists")
	_, err = f.User(f.Context(), "nobody")
	f.refused(err, press.NotFound, "user.missing")

	f.ok(f.SetUserDisabled(f.Context(), f.editor, "周审", true))
	f.ok(f.SetUserDisabled(f.Context(), f.editor, "周审", true)) // again: nothing to note
	got, err = f.User(f.Context(), "u1")
	f.ok(err)
	if !got.Disabled {
		f.Error("not disabled")
	}
	f.ok(f.SetUserDisabled(f.Context(), f.editor, "周审", false))
	f.same(f.actions("u1"), []string{"user.create", "user.disable", "user.enable"})
	f.refused(f.SetUserDisabled(f.Context(), f.editor, "nobody", true), press.NotFound, "user.missing")
	everybody, err := f.Users(f.Context())
	f.ok(err)
	var names []string
	for _, u := range everybody {
		names = append(names, u.Name)
	}
	f.same(names, []string{"Qian", "Sun", "Wu", "Zhao Min", "周审", "李编辑"}) // by bytes, on both databases
}

func testTokens(f *fixture) {
	ctx := f.Context()
	k := press.Token{ID: "k1", User: f.author.ID, Label: "laptop", Hash: "h1"}
	f.ok(f.CreateToken(ctx, f.editor, k))
	f.refused(f.CreateToken(ctx, f.editor, press.Token{ID: "k2", User: "nobody", Hash: "h2"}), press.NotFound, "user.missing")

	created := f.clock.Now()
	for _, step := range []struct{ pass, used time.Duration }{{time.Second, time.Second}, {59 * time.Second, time.Second}, {time.Second, 61 * time.Second}} {
		f.clock.pass(step.pass)
		u, err := f.Authenticate(ctx, "h1")
		f.ok(err)
		f.same(u, f.author.User)
		list, err := f.Tokens(ctx)
		f.ok(err)
		f.same(list, []press.Token{{
			ID: "k1", User: f.author.ID, UserName: f.author.Name, Label: "laptop", Hash: "h1",
			CreatedAt: created, UsedAt: created.Add(step.used),
		}})
	}
	invalid := func(hash string) {
		f.Helper()
		u, err := f.Authenticate(ctx, hash)
		f.refused(err, press.Unauthenticated, "token.invalid")
		f.same(u, press.User{})
	}
	invalid("h3")
	f.ok(f.SetUserDisabled(ctx, f.editor, f.author.Name, true))
	invalid("h1")
	f.ok(f.SetUserDisabled(ctx, f.editor, f.author.Name, false))
	f.ok(f.RevokeToken(ctx, f.editor, "k1"))
	f.ok(f.RevokeToken(ctx, f.editor, "k1"))
	invalid("h1")
	f.refused(f.RevokeToken(ctx, f.editor, "k9"), press.NotFound, "token.missing")
	f.same(f.actions("k1"), []string{"token.create", "token.revoke"})
}

func testPhotos(f *fixture) {
	ctx := f.Context()
	p := press.Photo{
		Digest: press.DigestOf([]byte("p")), Name: "运动会.jpg", Format: "jpeg", Width: 4032, Height: 3024, Bytes: 3 << 20,
		HasGPS: true, Profile: "Display P3", TakenAt: f.clock.Now().Add(-time.Hour), AddedAt: f.clock.Now(),
	}
	f.ok(f.SavePhoto(ctx, p))
	again := p // a newer program reads more of the same file
	again.Name, again.TakenAt = "another name", f.clock.Now()
	again.Device, again.Artist, again.Focus = "示例 Phone 1", "示例摄影", press.Point{X: 0.3333, Y: 1}
	again.Removed = []press.Trace{press.TracePlace, press.TraceDevice}
	f.ok(f.SavePhoto(ctx, again))
	p.Device, p.Artist, p.Focus, p.Removed = again.Device, again.Artist, again.Focus, again.Removed
	third := again
	third.Device, third.Artist, third.Focus, third.Removed = "another", "another", press.Point{Y: 0.25}, []press.Trace{press.TraceTime}
	f.ok(f.SavePhoto(ctx, third))
	got, err := f.Photo(ctx, p.Digest)
	f.ok(err)
	f.same(got, p)
	side := press.Photo{Digest: press.DigestOf([]byte("side")), Name: "s", Format: "png", Width: 1, Height: 1, Bytes: 1, AddedAt: f.clock.Now(), Focus: press.Point{Y: 0.25}}
	f.ok(f.SavePhoto(ctx, side))
	got, err = f.Photo(ctx, side.Digest)
	f.ok(err)
	f.same(got, side)
	missing := press.DigestOf([]byte("q"))
	_, err = f.Photo(ctx, missing)
	f.refused(err, press.NotFound, "photo.missing")
	some, err := f.Photos(ctx, []press.Digest{p.Digest, missing, p.Digest})
	f.ok(err)
	f.same(some, map[press.Digest]press.Photo{p.Digest: p})
	none, err := f.Photos(ctx, nil)
	f.ok(err)
	f.same(none, map[press.Digest]press.Photo{})

	key := press.RenditionKey{Photo: p.Digest, Recipe: press.Site960, Version: 2}
	d := press.Rendition{RenditionKey: key, Digest: press.DigestOf([]byte("r")), ContentType: "image/jpeg", Width: 960, Height: 720, Bytes: 99}
	_, err = f.Rendition(ctx, key)
	f.refused(err, press.NotFound, "rendition.missing")
	f.ok(f.SaveRendition(ctx, d))
	second := d
	second.Bytes = 1
	f.ok(f.SaveRendition(ctx, second))
	made, err := f.Rendition(ctx, key)
	f.ok(err)
	f.same(made, d)
	cover := d
	cover.Recipe, cover.Frame = press.CoverWide, press.Centre().String()
	f.ok(f.SaveRendition(ctx, cover))
	list, err := f.Renditions(ctx, p.Digest)
	f.ok(err)
	f.same(list, []press.Rendition{cover, d})
	d.Photo = missing
	f.refused(f.SaveRendition(ctx, d), press.NotFound, "store.reference")
}

func testArticles(f *fixture) {
	ctx := f.Context()
	a := f.article(content("运动会", "News", "Sport"), press.ArticleDraft)
	f.same(a, press.Article{
		ID: a.ID, State: press.ArticleDraft, Revision: 1, Hash: content("运动会", "News", "Sport").Hash(), Title: "运动会",
		Column: press.Column{"News", "Sport"}, Author: f.author.ID, CreatedAt: f.clock.Now(), UpdatedAt: f.clock.Now(),
	})
	err := f.CreateArticle(ctx, f.author, a, press.Revision{Content: content("x")})
	f.refused(err, press.Conflict, "store.exists")

	f.clock.pass(time.Hour)
	b := f.revise(a, content("运动会 (2)", "News"), press.ArticleReview)
	f.same(b, press.Article{
		ID: a.ID, State: press.ArticleReview, Revision: 2, Hash: content("运动会 (2)", "News").Hash(), Title: "运动会 (2)",
		Column: press.Column{"News"}, Author: f.author.ID, CreatedAt: a.CreatedAt, UpdatedAt: f.clock.Now(),
	})
	f.same(f.load(a.ID), b)
	_, err = f.AddRevision(ctx, f.author, a.ID, 1, press.Revision{Content: content("x")}, press.ArticleDraft)
	f.refused(err, press.Conflict, "article.stale")
	_, err = f.AddRevision(ctx, f.author, "none", 1, press.Revision{Content: content("x")}, press.ArticleDraft)
	f.refused(err, press.NotFound, "article.missing")

	back := func(revision int, from press.ArticleState) (press.Article, error) {
		return f.SetArticleState(ctx, f.reviews[0], a.ID, revision, []press.ArticleState{from}, press.ArticleReturned, "article.return", "the date is wrong")
	}
	_, err = back(1, press.ArticleReview)
	f.refused(err, press.Conflict, "article.stale")
	_, err = back(2, press.ArticleApproved)
	f.refused(err, press.Conflict, "article.state")
	c, err := back(2, press.ArticleReview)
	f.ok(err)
	f.same(c, f.load(a.ID))
	if c.State != press.ArticleReturned {
		f.Errorf("state %s", c.State)
	}
	f.same(f.actions(string(a.ID)), []string{"article.create", "article.revise", "article.return"})
	entries, err := f.Audit(ctx, AuditFilter{Subject: string(a.ID), Limit: 1})
	f.ok(err)
	f.same(entries, []press.AuditEntry{{
		Seq: entries[0].Seq, At: f.clock.Now(), Actor: f.reviews[0].ID, ActorName: "Qian",
		Action: "article.return", Subject: string(a.ID), Detail: "the date is wrong",
	}})
}

func testArticleLists(f *fixture) {
	for i, c := range []press.Content{
		content("Ａnnual SPORTS day 100%", "News", "Group"), content("运动会开幕", "News"), content("annual_report", "News2"),
		content("Obituary"), content("Annual dinner", "News", "Group", "North"),
	} {
		f.article(c, []press.ArticleState{press.ArticleDraft, press.ArticleReview}[i%2])
		f.clock.pass(time.Minute)
	}
	for name, test := range map[string]struct {
		filter ArticleFilter
		want   string
		total  int
	}{
		"all":             {ArticleFilter{}, "Annual dinner|Obituary|annual_report|运动会开幕|Ａnnual SPORTS day 100%", 5},
		"page":            {ArticleFilter{Limit: 2, Offset: 1}, "Obituary|annual_report", 5},
		"state":           {ArticleFilter{States: []press.ArticleState{press.ArticleReview}}, "Obituary|运动会开幕", 2},
		"two states":      {ArticleFilter{States: []press.ArticleState{press.ArticleReview, press.ArticleDraft}, Limit: 1}, "Annual dinner", 5},
		"column":          {ArticleFilter{Column: press.Column{"News"}}, "Annual dinner|运动会开幕|Ａnnual SPORTS day 100%", 3},
		"inner column":    {ArticleFilter{Column: press.Column{"News", "Group"}}, "Annual dinner|Ａnnual SPORTS day 100%", 2},
		"part of a name":  {ArticleFilter{Column: press.Column{"New"}}, "", 0},
		"capitals, width": {ArticleFilter{Query: " annual "}, "Annual dinner|annual_report|Ａnnual SPORTS day 100%", 3},
		"two characters":  {ArticleFilter{Query: "运动"}, "运动会开幕", 1},
		"one character":   {ArticleFilter{Query: "幕"}, "运动会开幕", 1},
		"not neighbours":  {ArticleFilter{Query: "运会"}, "", 0},
		"percent":         {ArticleFilter{Query: "100%"}, "Ａnnual SPORTS day 100%", 1},
		"two words":       {ArticleFilter{Query: "day annual"}, "Ａnnual SPORTS day 100%", 1},
		"begun word":      {ArticleFilter{Query: "sports da"}, "Ａnnual SPORTS day 100%", 1},
		"only the last":   {ArticleFilter{Query: "spo day"}, "", 0},
		"of the column":   {ArticleFilter{Query: "north"}, "Annual dinner", 1},
		"of the body":     {ArticleFilter{Query: "obituary text"}, "Obituary", 1},
		"in a state":      {ArticleFilter{Query: "annual", States: []press.ArticleState{press.ArticleReview}}, "", 0},
		"in two states":   {ArticleFilter{Query: "annual", States: []press.ArticleState{press.ArticleReview, press.ArticleDraft}, Limit: 1}, "Annual dinner", 3},
		"in a column":     {ArticleFilter{Query: "annual", Column: press.Column{"News", "Group"}}, "Annual dinner|Ａnnual SPORTS day 100%", 2},
		"one's own":       {ArticleFilter{Query: "annual", OwnOf: f.editor.ID}, "", 0},
		"own list":        {ArticleFilter{Author: f.author.ID, OwnOf: f.editor.ID}, "", 0},
		"an operator":     {ArticleFilter{Query: `运动 OR") NOT '& | *`}, "", 0},
		"backslash":       {ArticleFilter{Query: `\`}, "", 0},
		"author":          {ArticleFilter{Author: f.author.ID, Query: "obit"}, "Obituary", 1},
		"other author":    {ArticleFilter{Author: f.editor.ID}, "", 0},
	} {
		got, total, err := f.Articles(f.Context(), test.filter)
		f.ok(err)
		var titles []string
		for _, a := range got {
			titles = append(titles, a.Title)
		}
		if s := strings.Join(titles, "|"); s != test.want || total != test.total {
			f.Errorf("%s: got %s (%d), want %s (%d)", name, s, total, test.want, test.total)
		}
	}
}

func testRevisions(f *fixture) {
	ctx := f.Context()
	id := press.ArticleID(f.id())
	rev := press.Revision{
		Content: content("一 <b>&", "A"), Author: f.author.ID, Unplaced: []press.Digest{press.DigestOf([]byte("left"))},
		Notes: []press.Note{{Code: "intake.style", Line: 3, File: "稿.docx", Text: press.Say("odd", "奇怪")}}, CreatedAt: f.clock.Now(),
	}
	f.ok(f.CreateArticle(ctx, f.author, press.Article{ID: id, State: press.ArticleDraft, Author: f.author.ID}, rev))
	rev.Article, rev.Number, rev.Hash = id, 1, rev.Content.Hash()
	for _, number := range []int{0, 1} {
		got, err := f.Revision(ctx, id, number)
		f.ok(err)
		f.same(got, rev)
	}
	f.revise(f.load(id), content("二"), press.ArticleDraft)
	current, err := f.Revision(ctx, id, 0)
	f.ok(err)
	old, err := f.Revision(ctx, id, 1)
	f.ok(err)
	if current.Number != 2 || current.Content.Title != "二" {
		f.Errorf("current is %d %s", current.Number, current.Content.Title)
	}
	f.same(old, rev)
	_, err = f.Revision(ctx, id, 3)
	f.refused(err, press.NotFound, "revision.missing")
	_, err = f.Revision(ctx, "none", 0)
	f.refused(err, press.NotFound, "article.missing")
}

func testReview(f *fixture) {
	ctx, stages := f.Context(), press.DefaultStages()
	a := f.article(content("review me"), press.ArticleDraft)
	sign := func(who press.Actor, a press.Article) error {
		_, _, err := f.Sign(ctx, who, stages, a.ID, a.Revision, a.Hash)
		return err
	}
	f.refused(sign(f.reviews[0], a), press.Conflict, "review.stale")
	old := a
	a = f.revise(a, content("review me again"), press.ArticleReview)
	f.refused(sign(f.reviews[0], old), press.Conflict, "review.stale")
	tampered := a
	tampered.Hash = old.Hash
	f.refused(sign(f.reviews[0], tampered), press.Conflict, "review.stale")
	f.refused(sign(f.editor, a), press.Forbidden, "role")
	f.refused(sign(press.System(), a), press.Forbidden, "review.person")
	f.refused(sign(press.Actor{User: press.User{ID: "nobody", Roles: press.Roles()}}, a), press.NotFound, "user.missing")

	f.ok(sign(f.reviews[0], a))
	f.refused(sign(f.reviews[0], a), press.Forbidden, "review.twice")
	f.ok(f.SetUserDisabled(ctx, f.editor, f.reviews[1].Name, true))
	f.refused(sign(f.reviews[1], a), press.Forbidden, "role") // whatever the caller still believes
	f.ok(f.SetUserDisabled(ctx, f.editor, f.reviews[1].Name, false))
	f.clock.pass(time.Minute)
	f.ok(sign(f.reviews[1], a))
	if got := f.load(a.ID); got.State != press.ArticleReview {
		f.Fatalf("two of three signed, state %s", got.State)
	}
	f.clock.pass(time.Minute)
	got, last, err := f.Sign(ctx, f.reviews[2], stages, a.ID, a.Revision, a.Hash)
	f.ok(err)
	f.same(got, f.load(a.ID))
	f.same(last, press.SignOff{
		Article: a.ID, Revision: 2, Hash: a.Hash, Stage: "final", Person: f.reviews[2].ID, PersonName: "Wu", SignedAt: f.clock.Now(),
	})
	signed, err := f.SignOffs(ctx, a.ID, 2)
	f.ok(err)
	if len(signed) != 3 || signed[0].Stage != "first" || signed[2] != last {
		f.Errorf("sign-offs: %s", asJSON(signed))
	}
	f.same(f.actions(string(a.ID)), []string{
		"article.create", "article.revise", "article.sign", "article.sign", "article.sign", "article.approve",
	})
	a = f.revise(got, content("one more change"), press.ArticleReview)
	none, err := f.SignOffs(ctx, a.ID, a.Revision)
	f.ok(err)
	kept, err := f.SignOffs(ctx, a.ID, 2)
	f.ok(err)
	if a.State != press.ArticleReview || len(none) != 0 || len(kept) != 3 {
		f.Errorf("after a change: state %s, %d sign-offs of the new revision, %d of the old", a.State, len(none), len(kept))
	}
}

func testAttempts(f *fixture) {
	ctx := f.Context()
	_, ds := f.compose(f.clock.Now().Add(time.Hour), f.approved("a"))
	long := strings.Repeat("公", 3000) // 9,000 bytes
	try := press.Attempt{
		Delivery: ds[0].ID, Step: press.StepPrepare, Worker: "w1", StartedAt: f.clock.Now(), EndedAt: f.clock.Now().Add(time.Second),
		Outcome: press.OutcomeFailed, Code: "wechat.45028", Text: press.Say("no", "不"), Raw: "{\x00\xff" + long,
	}
	f.ok(f.RecordAttempt(ctx, try))
	d := f.claim(ds[0], "w1")
	next := f.clock.Now().Add(time.Minute)
	d, err := f.Advance(ctx, d, press.Postponed(next, true), &press.Attempt{Step: press.StepFire, Worker: "w1", Outcome: press.OutcomeOK})
	f.ok(err)
	if d.Failures != 1 || !d.NextAt.Equal(next) {
		f.Errorf("advanced to %s", asJSON(d))
	}
	got, err := f.Attempts(ctx, ds[0].ID)
	f.ok(err)
	if len(got) != 2 || got[1].Seq != 2 || got[1].Delivery != d.ID || !got[1].EndedAt.Equal(f.clock.Now()) {
		f.Fatalf("attempts: %s", asJSON(got))
	}
	raw := got[0].Raw
	if len(raw) > maxRaw || len(raw) < maxRaw-3 || !utf8.ValidString(raw) || !strings.HasPrefix(raw, "{\uFFFD公") {
		f.Errorf("raw answer kept as %d bytes: %.20q", len(raw), raw)
	}
	try.Seq, try.Raw = 1, raw
	f.same(got[0], try)
	f.refused(f.RecordAttempt(ctx, press.Attempt{Delivery: "none"}), press.NotFound, "delivery.missing")
}

func testMedia(f *fixture) {
	ctx := f.Context()
	m := Media{Account: account, Kind: "thumb", Digest: press.DigestOf([]byte("m")), MediaID: "M1", URL: "http://mmbiz/1", CreatedAt: f.clock.Now()}
	_, err := f.Media(ctx, account, "thumb", m.Digest)
	f.refused(err, press.NotFound, "media.missing")
	f.ok(f.SaveMedia(ctx, m))
	second := m
	second.MediaID = "M2"
	f.ok(f.SaveMedia(ctx, second))
	got, err := f.Store.Media(ctx, account, "thumb", m.Digest)
	f.ok(err)
	f.same(got, m)
	picture := Media{Account: account, Kind: "body", Digest: m.Digest, URL: "http://mmbiz/2"}
	f.ok(f.SaveMedia(ctx, picture))
	f.ok(f.ForgetMedia(ctx, account, ""))
	f.ok(f.ForgetMedia(ctx, "other", "M1"))
	_, err = f.Store.Media(ctx, account, "thumb", m.Digest)
	f.ok(err)
	f.ok(f.ForgetMedia(ctx, account, "M1"))
	_, err = f.Store.Media(ctx, account, "thumb", m.Digest)
	f.refused(err, press.NotFound, "media.missing")
	_, err = f.Store.Media(ctx, account, "body", m.Digest)
	f.ok(err)
}

func testEvents(f *fixture) {
	ctx := f.Context()
	at := f.clock.Now().Add(time.Hour)
	soon := f.clock.Now().Add(2 * time.Hour)
	fired := func(title string) press.Delivery {
		_, ds := f.compose(at, f.approved(title))
		now := f.clock.Now()
		return f.advance(f.claim(ds[0], "w"), press.Prepared("M", "mark", now, now), press.Firing(now))
	}
	sent := f.advance(fired("sent"), press.Accepted(press.PushResult{ID: "1001"}, soon))
	other := f.advance(fired("other"), press.Accepted(press.PushResult{ID: "1002"}, soon))
	lost := f.advance(fired("lost"), press.AnswerLost(soon))
	early := f.advance(fired("early"), press.AnswerLost(f.clock.Now().Add(-time.Minute)))

	e := press.PushEvent{
		Account: account, Mass: true, ID: "1001", CreatedAt: f.clock.Now(), Key: "k1",
		Status: press.PushStatus{State: press.PushDone, URLs: []string{"https://mp/1"}, Detail: "send success"},
	}
	fresh, woken, err := f.SaveEvent(ctx, e)
	f.ok(err)
	if !fresh || len(woken) != 3 {
		f.Fatalf("fresh %v, woken %v", fresh, woken)
	}
	for d, want := range map[*press.Delivery]time.Time{&sent: f.clock.Now(), &lost: f.clock.Now(), &other: soon, &early: early.NextAt} {
		if got := f.reload(*d); !got.NextAt.Equal(want) || got.Fence != d.Fence {
			f.Errorf("%s comes back at %s (fence %d), want %s (%d)", d.PushID, got.NextAt, got.Fence, want, d.Fence)
		}
	}
	fresh, woken, err = f.SaveEvent(ctx, e)
	f.ok(err)
	if fresh || woken != nil {
		f.Errorf("repeated: fresh %v, woken %v", fresh, woken)
	}
	got, err := f.Event(ctx, account, true, "1001")
	f.ok(err)
	f.same(got, e)
	got, err = f.Event(ctx, account, false, "1001") // a publication may be told of as a mass push
	f.ok(err)
	f.same(got, e)
	published := press.PushEvent{Account: account, ID: "2002", Status: e.Status, CreatedAt: e.CreatedAt, Key: "published"}
	_, _, err = f.SaveEvent(ctx, published)
	f.ok(err)
	_, err = f.Event(ctx, account, true, "2002")
	f.refused(err, press.NotFound, "event.missing")
}

func testAuditLog(f *fixture) {
	ctx := f.Context()
	a := f.approved("a")
	all, err := f.Audit(ctx, AuditFilter{})
	f.ok(err)
	if len(all) != 10 { // 5 people, 5 about the article
		f.Fatalf("%d entries", len(all))
	}
	for i := 1; i < len(all); i++ {
		if all[i].Seq >= all[i-1].Seq {
			f.Fatalf("entry %d comes after %d", all[i].Seq, all[i-1].Seq)
		}
	}
	for name, test := range map[string]struct {
		filter AuditFilter
		want   int
	}{
		"subject": {AuditFilter{Subject: string(a.ID)}, 5},
		"actor":   {AuditFilter{Actor: f.reviews[2].ID}, 2},
		"prefix":  {AuditFilter{Action: "article."}, 5},
		"exact":   {AuditFilter{Action: "article.sign"}, 3},
		"page":    {AuditFilter{Before: all[3].Seq, Limit: 4}, 4},
		"all of":  {AuditFilter{Subject: string(a.ID), Action: "article.a", Actor: f.reviews[2].ID}, 1},
	} {
		got, err := f.Audit(ctx, test.filter)
		f.ok(err)
		if len(got) != test.want || (test.filter.Before > 0 && got[0].Seq != all[4].Seq) {
			f.Errorf("%s: %s", name, asJSON(got))
		}
	}
}

func testBadText(f *fixture) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		err := f.CreateUser(f.Context(), press.System(), press.User{ID: "u", Name: bad})
		f.refused(err, press.Invalid, "store.text")
		_, err = f.UserByName(f.Context(), bad)
		f.refused(err, press.Invalid, "store.text")
	}
	_, _, err := f.Articles(f.Context(), ArticleFilter{Query: "a\x00b"})
	f.refused(err, press.Invalid, "store.text")
	err = f.CreateArticle(f.Context(), f.author, press.Article{ID: "a", State: press.ArticleDraft},
		press.Revision{Content: press.Content{Title: "t", Column: press.Column{"a\x1fb"}}})
	f.refused(err, press.Invalid, "column.name")
	if _, total, err := f.Articles(f.Context(), ArticleFilter{}); err != nil || total != 0 {
		f.Error(fmt.Sprint(total, err))
	}
}
