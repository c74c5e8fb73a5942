package store

import (
	"context"
	"database/sql"
	"errors"

	"newsdesk/internal/press"
)

const themeColumns = "name, yaml, version, updated_at"

func scanTheme(r row) (s press.StoredTheme, err error) {
	err = r.Scan(&s.Name, &s.YAML, &s.Version, stamp(&s.UpdatedAt))
	return s, err
}

// Themes returns the themes that were made in the browser, by name.
func (s *Store) Themes(ctx context.Context) (out []press.StoredTheme, err error) {
	err = s.read(ctx, "themes", func(t *tx) error {
		out, err = all(t, scanTheme, "SELECT "+themeColumns+" FROM themes ORDER BY name")
		return err
	})
	return out, err
}

// SaveTheme adds a theme, where its version is 0, or puts it in the place of the version that the person has seen. A name
// that is taken is a Conflict "theme.exists", a theme that somebody else has changed "settings.stale".
func (s *Store) SaveTheme(ctx context.Context, by press.Actor, theme press.StoredTheme) error {
	return s.write(ctx, "save theme", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		action := "theme.save"
		if theme.Version == 0 {
			action = "theme.add"
			err := t.must(insert("themes", themeColumns), theme.Name, theme.YAML, 1, micros(t.now))
			if err != nil {
				return s.conflict(err, "theme.exists", press.Say(
					"There is already a theme %s.", "已有名为 %s 的主题。", theme.Name))
			}
		} else if err := t.replaceTheme(theme); err != nil {
			return err
		}
		if err := t.audit(by, action, theme.Name, ""); err != nil {
			return err
		}
		return t.touchSettings(settingsThemes)
	})
}

func (t *tx) replaceTheme(theme press.StoredTheme) error {
	n, err := t.exec("UPDATE themes SET yaml = $1, version = version + 1, updated_at = $2 WHERE name = $3 AND version = $4",
		theme.YAML, micros(t.now), theme.Name, theme.Version)
	if err == nil && n != 1 {
		return stale()
	}
	return err
}

// RemoveTheme takes a theme away, unless an account or an edition that waits uses it: a Conflict "theme.used".
func (s *Store) RemoveTheme(ctx context.Context, by press.Actor, name string, version int64) error {
	return s.write(ctx, "remove theme", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		var account string
		err = t.one("SELECT name FROM accounts WHERE theme = $1 AND NOT removed ORDER BY name LIMIT 1", name).Scan(&account)
		if err == nil {
			return press.Fail(press.Conflict, "theme.used", press.Say(
				"The account %[2]s uses the theme %[1]s. Give it another one first.", "公众号 %[2]s 正在使用主题 %[1]s，请先为其更换主题。", name, account))
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		waiting, err := t.countOf("SELECT id FROM editions WHERE theme = $1 AND id IN (SELECT edition FROM deliveries WHERE "+waitingPush+")",
			[]any{name})
		if err != nil {
			return err
		}
		if waiting > 0 {
			return press.Fail(press.Conflict, "theme.used", press.Say(
				"Editions that wait and use the theme %[1]s: %[2]d. Cancel them, or let them go out.",
				"有 %[2]d 个等待中的推送使用主题 %[1]s，请先取消或待其发出。", name, waiting))
		}
		n, err := t.exec("DELETE FROM themes WHERE name = $1 AND version = $2", name, version)
		if err != nil {
			return err
		}
		if n != 1 {
			return stale()
		}
		if err := t.audit(by, "theme.remove", name, ""); err != nil {
			return err
		}
		return t.touchSettings(settingsThemes)
	})
}
