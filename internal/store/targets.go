package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"newsdesk/internal/press"
)

const targetColumns = "name, kind, title, address, is_on, policy, is_first, columns, user_name, options, secret, removed, version, updated_at"

// storedTarget is a row; that of a removed target is kept for its name and address.
type storedTarget struct {
	press.SealedTarget
	removed bool
}

func scanTarget(r row) (t storedTarget, err error) {
	err = r.Scan(&t.Name, text(&t.Kind), &t.Title, &t.Address, &t.On, text(&t.Policy), &t.First, fromJSON(&t.Columns), &t.User,
		fromJSON(&t.Options), &t.Secret, &t.removed, &t.Version, stamp(&t.UpdatedAt))
	t.HasSecret = t.Secret != ""
	return t, err
}

// Targets returns the websites that administrators have added or changed, by name, with their sealed secrets. The static
// website is among them only once it was changed.
func (s *Store) Targets(ctx context.Context) (out []press.SealedTarget, err error) {
	err = s.read(ctx, "targets", func(t *tx) error {
		rows, err := all(t, scanTarget, "SELECT "+targetColumns+" FROM targets WHERE NOT removed ORDER BY name")
		out = make([]press.SealedTarget, len(rows))
		for i, row := range rows {
			out[i] = row.SealedTarget
		}
		return err
	})
	return out, err
}

// target finds a row by name, of a removed target too; found is false where there is none.
func (t *tx) target(name string) (out storedTarget, found bool, err error) {
	out, err = scanTarget(t.one(t.dialect.forUpdate("SELECT "+targetColumns+" FROM targets WHERE name = $1"), name))
	if errors.Is(err, sql.ErrNoRows) {
		return out, false, nil
	}
	return out, err == nil, err
}

// SaveTarget adds a target, where its version is 0, or puts it in the place of the version that the person has seen. One
// that is first takes that from any other. With another address, but for http and https, everything that was remembered
// of pages and photos there is forgotten: it would be said of another website. The detail is for the audit log. A Conflict:
// "target.exists" when the name is taken, "target.many" when there are too many, "settings.stale" when somebody else has
// changed or removed it, "target.used" when articles went under this name to another website.
func (s *Store) SaveTarget(ctx context.Context, by press.Actor, next press.SealedTarget, detail string) error {
	return s.write(ctx, "save target", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		if err := t.touchSettings(settingsAccounts); err != nil { // first: whoever adds or chooses the first one waits here
			return err
		}
		old, found, err := t.target(next.Name)
		if err != nil {
			return err
		}
		action := "target.save"
		if next.Version == 0 {
			action, err = "target.add", t.mayAddTarget(next, old, found)
		} else if !found || old.removed || old.Version != next.Version {
			err = stale()
		}
		if err != nil {
			return err
		}
		if err := t.onlyFirst(by, next); err != nil {
			return err
		}
		if err := t.putTarget(next, old, found); err != nil {
			return err
		}
		return t.audit(by, action, next.Name, detail)
	})
}

func (t *tx) mayAddTarget(next press.SealedTarget, old storedTarget, found bool) error {
	if found && !old.removed {
		return press.Fail(press.Conflict, "target.exists", press.Say(
			"There is already a website called %s.", "已有代号为 %s 的网站渠道。", next.Name))
	}
	n, err := t.countOf("SELECT name FROM targets WHERE NOT removed", nil)
	if err != nil {
		return err
	}
	if n >= press.MaxTargets {
		return press.Fail(press.Conflict, "target.many", press.Say(
			"There are %d websites already; remove one first.", "网站渠道已有 %d 个，请先移除一个。", n))
	}
	if next.Kind == press.SiteStatic || found && old.Kind == next.Kind && samePlace(old.Address, next.Address) {
		return nil
	}
	used, err := t.countOf("SELECT id FROM deliveries WHERE kind = 'site' AND target = $1", []any{next.Name})
	if err != nil || used == 0 {
		return err
	}
	return press.Fail(press.Conflict, "target.used", press.Say(
		"Articles went to another website under the name %s; choose another short name.", "代号 %s 曾用于另一个网站并投放过稿件，请换一个代号。", next.Name))
}

// samePlace reports whether two addresses are of one website, by http or https.
func samePlace(a, b string) bool { return placeOf(a) == placeOf(b) }

func placeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Host) + strings.TrimRight(u.EscapedPath(), "/") + "?" + u.RawQuery
}

// onlyFirst takes it from another target that 阅读原文 pointed at.
func (t *tx) onlyFirst(by press.Actor, next press.SealedTarget) error {
	if !next.First {
		return nil
	}
	others, err := all(t, scanText, `UPDATE targets SET is_first = FALSE, version = version + 1, updated_at = $1
		WHERE is_first AND name <> $2 RETURNING name`, micros(t.now), next.Name)
	if err != nil {
		return err
	}
	for _, name := range others {
		if err := t.audit(by, "target.save", name, "first: true → false"); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putTarget(next press.SealedTarget, old storedTarget, found bool) error {
	if found && (old.Kind != next.Kind || !samePlace(old.Address, next.Address)) {
		if err := t.forgetPlaces(next.Name); err != nil {
			return err
		}
	}
	columns, err := toJSON(next.Columns)
	if err != nil {
		return err
	}
	options := []byte(nil)
	if len(next.Options) > 0 {
		if options, err = press.EncodeJSON(next.Options); err != nil {
			return err
		}
	}
	values := []any{
		next.Name, next.Kind, next.Title, next.Address, next.On, next.Policy, next.First, columns, next.User, string(options),
		next.Secret, false, old.Version + 1, micros(t.now),
	}
	if !found {
		return t.must(insert("targets", targetColumns), values...)
	}
	return t.must(update("targets", targetColumns, "name"), append(values, next.Name)...)
}

func (t *tx) forgetPlaces(target string) error {
	if err := t.must("DELETE FROM page_places WHERE target = $1", target); err != nil {
		return err
	}
	return t.must("DELETE FROM photo_places WHERE target = $1", target)
}

// RemoveTarget takes a target away with its secret. Pages that are live there stay as they are. It is a Conflict,
// "target.waiting", while deliveries to it have a way to go, "target.removing", while it is on and a page that was retracted may
// still be there, and "settings.stale" where somebody else has changed it.
func (s *Store) RemoveTarget(ctx context.Context, by press.Actor, name string, version int64) error {
	return s.write(ctx, "remove target", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		if err := t.touchSettings(settingsAccounts); err != nil {
			return err
		}
		old, found, err := t.target(name)
		if err != nil {
			return err
		}
		if !found || old.removed || old.Version != version {
			return stale()
		}
		waiting, err := t.countOf("SELECT id FROM deliveries WHERE kind = 'site' AND target = $1 AND state IN ('planned', 'blocked')", []any{name})
		if err != nil {
			return err
		}
		if waiting > 0 {
			return press.Fail(press.Conflict, "target.waiting", press.Say(
				"Articles that still wait to go to %[1]s: %[2]d. Switch it off, and let them go out or cancel them; then remove it.",
				"还有 %[2]d 个投放等待发往“%[1]s”。可先停用，待其完成或取消后再移除。", old.Title, waiting))
		}
		if err := t.leaveRemovals(old); err != nil {
			return err
		}
		err = t.must(`UPDATE targets SET removed = TRUE, is_on = FALSE, is_first = FALSE, secret = '', version = version + 1, updated_at = $1
			WHERE name = $2`, micros(t.now), name)
		if err != nil {
			return err
		}
		return t.audit(by, "target.remove", name, old.Title)
	})
}

// leaveRemovals forgets pages that were to go off a target which is off already; nobody could take them off any more.
func (t *tx) leaveRemovals(old storedTarget) error {
	n, err := t.countOf("SELECT article FROM site_removals WHERE target = $1", []any{old.Name})
	if err != nil {
		return err
	}
	if n > 0 && old.On {
		return press.Fail(press.Conflict, "target.removing", press.Say(
			"Pages that are being taken off %[1]s: %[2]d. Try again in a few minutes. Or switch it off first, then remove it, and take them off there by hand.",
			"正在从“%[1]s”撤下 %[2]d 个页面，请几分钟后再试；也可先停用再移除，并到对方网站手动撤下这些页面。", old.Title, n))
	}
	return t.must("DELETE FROM site_removals WHERE target = $1", old.Name)
}

const (
	pagePlaceColumns  = "target, article, remote, mark, address, updated_at"
	photoPlaceColumns = "target, digest, remote, address"
)

func noPlace(err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return press.Fail(press.NotFound, "place.none", press.Say("Nothing was brought there yet.", "尚未投放到该处。"))
}

// PagePlace returns what is remembered of an article's page at a target; NotFound, "place.none", if it is nothing.
func (s *Store) PagePlace(ctx context.Context, target string, article press.ArticleID) (p press.PagePlace, err error) {
	err = s.read(ctx, "page place", func(t *tx) error {
		err := t.one("SELECT target, article, remote, mark, address FROM page_places WHERE target = $1 AND article = $2", target, article).
			Scan(&p.Target, text(&p.Article), &p.Remote, &p.Mark, &p.Address)
		return noPlace(err)
	})
	return p, err
}

// SavePagePlace remembers it, in the place of what was remembered. A mark over press.MaxPlaceMark bytes is TooLarge.
func (s *Store) SavePagePlace(ctx context.Context, p press.PagePlace) error {
	if len(p.Mark) > press.MaxPlaceMark {
		return press.Fail(press.TooLarge, "place.mark", press.Say(
			"What a website's page is recognised by has at most %d bytes.", "网站页面的识别标记最多 %d 字节。", press.MaxPlaceMark))
	}
	return s.write(ctx, "save page place", func(t *tx) error {
		return t.must(insert("page_places", pagePlaceColumns)+` ON CONFLICT (target, article)
			DO UPDATE SET remote = excluded.remote, mark = excluded.mark, address = excluded.address, updated_at = excluded.updated_at`,
			p.Target, p.Article, p.Remote, p.Mark, p.Address, micros(t.now))
	})
}

// PhotoPlace returns what is remembered of a photo at a target; NotFound, "place.none", if it is nothing.
func (s *Store) PhotoPlace(ctx context.Context, target string, digest press.Digest) (p press.PhotoPlace, err error) {
	err = s.read(ctx, "photo place", func(t *tx) error {
		err := t.one("SELECT "+photoPlaceColumns+" FROM photo_places WHERE target = $1 AND digest = $2", target, digest).
			Scan(&p.Target, text(&p.Digest), &p.Remote, &p.Address)
		return noPlace(err)
	})
	return p, err
}

// SavePhotoPlace remembers it, in the place of what was remembered.
func (s *Store) SavePhotoPlace(ctx context.Context, p press.PhotoPlace) error {
	return s.write(ctx, "save photo place", func(t *tx) error {
		return t.must(insert("photo_places", photoPlaceColumns)+` ON CONFLICT (target, digest)
			DO UPDATE SET remote = excluded.remote, address = excluded.address`, p.Target, p.Digest, p.Remote, p.Address)
	})
}

// ForgetPhotoPlace forgets a photo that the target no longer has.
func (s *Store) ForgetPhotoPlace(ctx context.Context, target string, digest press.Digest) error {
	return s.write(ctx, "forget photo place", func(t *tx) error {
		return t.must("DELETE FROM photo_places WHERE target = $1 AND digest = $2", target, digest)
	})
}
