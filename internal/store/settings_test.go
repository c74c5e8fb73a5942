package store

import (
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func TestSettingsSQLite(t *testing.T) {
	t.Parallel()
	testAllSettings(t, openTestSQLite)
}

func TestSettingsPostgres(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	testAllSettings(t, openTestPostgres)
}

// testAllSettings is what a database must do for what administrators change while everything runs.
func testAllSettings(t *testing.T, open opener) {
	for name, test := range map[string]func(*fixture){
		"settings": testSettings, "stages under review": testStagesUnderReview, "added stage": testAddedStage,
		"accounts": testAccounts, "account in use": testAccountInUse, "themes": testThemes, "settings race": testSettingsRace,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, open))
		})
	}
}

// boss is an administrator.
func (f *fixture) boss() press.Actor {
	f.Helper()
	if u, err := f.UserByName(f.Context(), "Boss"); err == nil {
		return press.Actor{User: u}
	}
	return f.person("Boss", press.Administrator)
}

func (f *fixture) settingsVersion() int64 {
	f.Helper()
	v, err := f.SettingsVersion(f.Context())
	f.ok(err)
	return v
}

func testSettings(f *fixture) {
	ctx := f.Context()
	got, err := f.Settings(ctx)
	f.ok(err)
	f.same(got, press.Settings{})
	want := press.Settings{
		Stages: press.DefaultStages()[:2], Retired: press.DefaultStages()[2:],
		Quiet: []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 7 * 60, Days: []time.Weekday{time.Sunday, time.Friday}}},
	}
	before := f.settingsVersion()
	saved, err := f.SaveSettings(ctx, f.boss(), want, "three → two")
	f.ok(err)
	want.Version = 1
	f.same(saved, want)
	got, err = f.Settings(ctx)
	f.ok(err)
	f.same(got, want)
	if after := f.settingsVersion(); after <= before {
		f.Errorf("the version went from %d to %d", before, after)
	}
	want.Version = 0
	_, err = f.SaveSettings(ctx, f.boss(), want, "")
	f.refused(err, press.Conflict, "settings.stale")
	f.same(f.actions("newsroom"), []string{"settings.save"})

	pretender := f.editor // whatever the caller believes
	pretender.Roles = press.Roles()
	_, err = f.SaveSettings(ctx, pretender, want, "")
	f.refused(err, press.Forbidden, "role")
	f.refused(f.SaveAccount(ctx, pretender, sealed("campus", "wx01"), ""), press.Forbidden, "role")
	f.refused(f.RemoveAccount(ctx, pretender, "campus", 1), press.Forbidden, "role")
	f.refused(f.SaveTheme(ctx, pretender, press.StoredTheme{Name: "mine", YAML: "name: mine"}), press.Forbidden, "role")
	f.refused(f.RemoveTheme(ctx, pretender, "mine", 1), press.Forbidden, "role")
}

// testStagesUnderReview: an article whose remaining stages are all signed is approved by one more signature, not by the
// change; one that lacks more needs only what remains.
func testStagesUnderReview(f *fixture) {
	ctx, stages := f.Context(), press.DefaultStages()
	half, fresh := f.article(content("two signed"), press.ArticleReview), f.article(content("none signed"), press.ArticleReview)
	sign := func(a press.Article, who press.Actor) (press.Article, press.SignOff) {
		f.Helper()
		got, o, err := f.Sign(ctx, who, stages, a.ID, a.Revision, a.Hash)
		f.ok(err)
		return got, o
	}
	sign(half, f.reviews[0])
	sign(half, f.reviews[1])
	_, err := f.SaveSettings(ctx, f.boss(), press.Settings{Stages: stages}.WithStages(stages[:2]), "")
	f.ok(err)
	if got := f.load(half.ID); got.State != press.ArticleReview {
		f.Fatalf("the change alone made the article %s", got.State)
	}
	got, o := sign(half, f.reviews[2])
	if got.State != press.ArticleApproved || o.Stage != "final" {
		f.Errorf("after one more signature, of %s: %s", o.Stage, got.State)
	}
	sign(fresh, f.reviews[0])
	got, o = sign(fresh, f.reviews[1])
	if got.State != press.ArticleApproved || o.Stage != "second" {
		f.Errorf("with both remaining signatures, the last of %s: %s", o.Stage, got.State)
	}
}

func testAddedStage(f *fixture) {
	ctx, stages := f.Context(), press.DefaultStages()
	a := f.article(content("longer way"), press.ArticleReview)
	_, _, err := f.Sign(ctx, f.reviews[0], stages[:2], a.ID, a.Revision, a.Hash)
	f.ok(err)
	_, err = f.SaveSettings(ctx, f.boss(), press.Settings{Stages: stages}, "")
	f.ok(err)
	got, _, err := f.Sign(ctx, f.reviews[1], stages[:2], a.ID, a.Revision, a.Hash) // whatever the caller still believes
	f.ok(err)
	if got.State != press.ArticleReview {
		f.Errorf("with a stage added, two signatures make %s", got.State)
	}
}

func sealed(name, appID string) press.SealedAccount {
	return press.SealedAccount{
		Account: press.Account{Name: name, AppID: appID, Kind: press.AccountService, Author: "示例", Theme: "plain"},
		Secret:  "v1.sealed", CallbackToken: "v1.token",
	}
}

func testAccounts(f *fixture) {
	ctx := f.Context()
	a := sealed("campus", "wx01")
	before := f.settingsVersion()
	f.ok(f.SaveAccount(ctx, f.boss(), a, "wx01"))
	f.refused(f.SaveAccount(ctx, f.boss(), a, ""), press.Conflict, "account.exists")
	f.refused(f.SaveAccount(ctx, f.boss(), sealed("other", "wx01"), ""), press.Conflict, "account.app_id")
	list, err := f.Accounts(ctx)
	f.ok(err)
	a.Version, a.UpdatedAt, a.Has = 1, f.clock.Now(), press.AccountSecrets{Secret: true, CallbackToken: true}
	f.same(list, []press.SealedAccount{a})
	if f.settingsVersion() <= before {
		f.Error("no other process is told of the account")
	}
	a.AppID, a.Theme = "wx02", "institutional" // nothing was sent yet
	f.ok(f.SaveAccount(ctx, f.boss(), a, "theme"))
	f.refused(f.SaveAccount(ctx, f.boss(), a, ""), press.Conflict, "settings.stale")
	f.refused(f.RemoveAccount(ctx, f.boss(), "campus", 1), press.Conflict, "settings.stale")
	f.ok(f.RemoveAccount(ctx, f.boss(), "campus", 2))
	f.refused(f.RemoveAccount(ctx, f.boss(), "campus", 3), press.Conflict, "settings.stale")
	f.ok(f.SaveAccount(ctx, f.boss(), sealed("other", "wx02"), ""))
	list, err = f.Accounts(ctx)
	f.ok(err)
	if len(list) != 1 || list[0].Name != "other" {
		f.Errorf("accounts: %s", asJSON(list))
	}
	var secret string
	f.ok(f.reader.QueryRowContext(ctx, "SELECT secret || callback_token FROM accounts WHERE name = 'campus'").Scan(&secret))
	if secret != "" {
		f.Errorf("of a removed account the secrets are kept: %q", secret)
	}
	f.same(f.actions("campus"), []string{"account.add", "account.save", "account.remove"})
}

// testAccountInUse: while an edition waits, its account and its theme stay; and an account that has pushed keeps its AppID,
// even when it was removed and comes again.
func testAccountInUse(f *fixture) {
	ctx := f.Context()
	e, deliveries := f.plan(f.clock.Now().Add(time.Hour), f.approved("waits"))
	e.Theme = "campus-red"
	f.ok(f.SaveTheme(ctx, f.boss(), press.StoredTheme{Name: "campus-red", YAML: "name: campus-red"}))
	a := sealed(e.Account, "wx01")
	f.ok(f.SaveAccount(ctx, f.boss(), a, ""))
	_, err := f.CreateEdition(ctx, f.boss(), e, deliveries)
	f.ok(err)
	f.refused(f.RemoveAccount(ctx, f.boss(), e.Account, 1), press.Conflict, "account.waiting")
	f.refused(f.RemoveTheme(ctx, f.boss(), "campus-red", 1), press.Conflict, "theme.used")
	a.Version, a.AppID = 1, "wx02"
	f.refused(f.SaveAccount(ctx, f.boss(), a, ""), press.Conflict, "account.app_used")
	_, _, err = f.CancelEdition(ctx, f.boss(), e.ID)
	f.ok(err)
	f.ok(f.RemoveTheme(ctx, f.boss(), "campus-red", 1))
	f.ok(f.RemoveAccount(ctx, f.boss(), e.Account, 1))
	a.Version = 0
	f.refused(f.SaveAccount(ctx, f.boss(), a, ""), press.Conflict, "account.app_used")
	a.AppID = "wx01"
	f.ok(f.SaveAccount(ctx, f.boss(), a, ""))
}

func testThemes(f *fixture) {
	ctx := f.Context()
	theme := press.StoredTheme{Name: "campus-red", YAML: "name: campus-red\n"}
	before := f.settingsVersion()
	f.ok(f.SaveTheme(ctx, f.boss(), theme))
	f.refused(f.SaveTheme(ctx, f.boss(), theme), press.Conflict, "theme.exists")
	theme.Version, theme.YAML = 1, "name: campus-red\nlike: campus\n"
	f.ok(f.SaveTheme(ctx, f.boss(), theme))
	f.refused(f.SaveTheme(ctx, f.boss(), theme), press.Conflict, "settings.stale")
	list, err := f.Themes(ctx)
	f.ok(err)
	theme.Version, theme.UpdatedAt = 2, f.clock.Now()
	f.same(list, []press.StoredTheme{theme})
	if got := f.settingsVersion() - before; got != 2 {
		f.Errorf("two changes raised the version by %d", got)
	}
	a := sealed("campus", "wx01")
	a.Theme = "campus-red"
	f.ok(f.SaveAccount(ctx, f.boss(), a, ""))
	f.refused(f.RemoveTheme(ctx, f.boss(), "campus-red", 2), press.Conflict, "theme.used")
	f.ok(f.RemoveAccount(ctx, f.boss(), "campus", 1))
	f.refused(f.RemoveTheme(ctx, f.boss(), "campus-red", 1), press.Conflict, "settings.stale")
	f.ok(f.RemoveTheme(ctx, f.boss(), "campus-red", 2))
	f.same(f.actions("campus-red"), []string{"theme.add", "theme.save", "theme.remove"})
}

// testSettingsRace: of two administrators who save at once, one is told to look again.
func testSettingsRace(f *fixture) {
	var wg sync.WaitGroup
	boss := f.boss()
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = f.SaveSettings(f.Context(), boss, press.Settings{Stages: press.DefaultStages()}, "")
		})
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
		} else if press.CodeOf(err) != "settings.stale" {
			f.Error(err)
		}
	}
	if saved != 1 {
		f.Errorf("%d of %d were saved", saved, len(errs))
	}
}
