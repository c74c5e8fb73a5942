// Package settings is the administrators' room: columns, WeChat accounts, themes, stages of review and quiet hours. What is
// changed here counts at once, in every process.
package settings

import (
	"embed"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	room := page.Room{Name: "settings", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /settings", Handle: h.overview},

		{Pattern: "GET /settings/columns", Handle: h.columns},
		{Pattern: "POST /settings/columns", MaxBytes: small, Handle: h.addColumn},
		{Pattern: "POST /settings/columns/rename", MaxBytes: small, Handle: h.renameColumn},
		{Pattern: "POST /settings/columns/place", MaxBytes: placing, Handle: h.placeColumn},
		{Pattern: "POST /settings/columns/remove", MaxBytes: small, Handle: h.removeColumn},

		{Pattern: "GET /settings/columns/rules", Handle: h.rules},
		{Pattern: "POST /settings/columns/rules", MaxBytes: rulesForms, Handle: h.saveRules},

		{Pattern: "GET /settings/words", Handle: h.words},
		{Pattern: "POST /settings/words", MaxBytes: small, Handle: h.putWord},
		{Pattern: "POST /settings/words/paste", MaxBytes: wordsListForm, Handle: h.pasteWords},
		{Pattern: "POST /settings/words/sample", MaxBytes: small, Handle: h.sampleWords},
		{Pattern: "POST /settings/words/remove", MaxBytes: small, Handle: h.removeWord},
		{Pattern: "GET /settings/words.csv", Handle: h.exportWords},

		{Pattern: "GET /settings/accounts", Handle: h.accounts},
		{Pattern: "GET /settings/accounts/new", Handle: h.newAccount},
		{Pattern: "POST /settings/accounts", MaxBytes: small, Handle: h.addAccount},
		{Pattern: "GET /settings/accounts/{name}", Handle: h.account},
		{Pattern: "POST /settings/accounts/{name}", MaxBytes: small, Handle: h.saveAccount},
		{Pattern: "POST /settings/accounts/{name}/remove", MaxBytes: small, Handle: h.removeAccount},
		{Pattern: "POST /settings/accounts/{name}/test", MaxBytes: small, Handle: h.testAccount},
		{Pattern: "POST /settings/accounts/{name}/quota", MaxBytes: small, Handle: h.askQuota},

		{Pattern: "GET /settings/notices", Handle: h.notices},
		{Pattern: "GET /settings/notices/new", Handle: h.newNotice},
		{Pattern: "POST /settings/notices", MaxBytes: small, Handle: h.addNotice},
		{Pattern: "GET /settings/notices/{channel}", Handle: h.notice},
		{Pattern: "POST /settings/notices/{channel}", MaxBytes: small, Handle: h.saveNotice},
		{Pattern: "POST /settings/notices/{channel}/remove", MaxBytes: small, Handle: h.removeNotice},
		{Pattern: "POST /settings/notices/{channel}/test", MaxBytes: small, Handle: h.testNotice},

		{Pattern: "GET /settings/targets", Handle: h.targets},
		{Pattern: "GET /settings/new-target", Handle: h.newTarget},
		{Pattern: "POST /settings/targets", MaxBytes: small, Handle: h.addTarget},
		{Pattern: "GET /settings/targets/{name}", Handle: h.target},
		{Pattern: "POST /settings/targets/{name}", MaxBytes: small, Handle: h.saveTarget},
		{Pattern: "POST /settings/targets/{name}/remove", MaxBytes: small, Handle: h.removeTarget},
		{Pattern: "POST /settings/targets/{name}/test", MaxBytes: small, Handle: h.testTarget},

		{Pattern: "GET /settings/themes", Handle: h.themes},
		{Pattern: "GET /settings/themes/new", Handle: h.newTheme},
		{Pattern: "POST /settings/themes", MaxBytes: themeForm, Handle: h.addTheme},
		{Pattern: "POST /settings/themes/sample", MaxBytes: themeForm, Handle: h.draftSample},
		{Pattern: "GET /settings/themes/{name}", Handle: h.theme},
		{Pattern: "GET /settings/themes/{name}/sample", Handle: h.sample},
		{Pattern: "POST /settings/themes/{name}", MaxBytes: themeForm, Handle: h.saveTheme},
		{Pattern: "POST /settings/themes/{name}/remove", MaxBytes: small, Handle: h.removeTheme},

		{Pattern: "GET /settings/stages", Handle: h.stages},
		{Pattern: "POST /settings/stages", MaxBytes: small, Handle: h.saveStages},
		{Pattern: "POST /settings/stages/quiet", MaxBytes: small, Handle: h.saveQuiet},
	}}
	for i := range room.Routes {
		room.Routes[i].Roles = []press.Role{press.Administrator}
	}
	return room
}

// Bounds of this room's forms.
const (
	small     = 32 << 10
	placing   = 256 << 10                     // names every column of a level
	themeForm = 3*press.MaxThemeBytes + small // escaped, its YAML is up to three times as long
)

type handlers struct{ *page.Kit }

// overview leads to the parts of the administration, for screens that have no room for the whole navigation.
func (h handlers) overview(r *page.Request) error {
	list, err := h.Store.Audit(r.Context(), store.AuditFilter{Subject: "backup", Action: "backup.made", Limit: 1})
	if err != nil {
		return err
	}
	backup := lastBackup{}
	if len(list) > 0 {
		backup.At = list[0].At
		backup.Old = h.Now().Sub(backup.At) > backupAge
	}
	return r.Render("overview.html", backup)
}

// backupAge is beyond what a nightly backup, and one that was missed once, lets an office come to.
const backupAge = 48 * time.Hour

// lastBackup is the latest backup that the history tells of.
type lastBackup struct {
	At  time.Time // zero: there is none
	Old bool
}
