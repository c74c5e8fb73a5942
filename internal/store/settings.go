package store

import (
	"context"
	"encoding/json"
	"fmt"

	"newsdesk/internal/press"
)

// What the rows of settings stand for.
const (
	settingsNewsroom = "newsroom"
	settingsAccounts = "accounts"
	settingsThemes   = "themes"
)

// Settings returns what administrators have set; the zero value, with version 0, where nobody has set anything.
func (s *Store) Settings(ctx context.Context) (out press.Settings, err error) {
	err = s.read(ctx, "settings", func(t *tx) error {
		out, err = t.settings()
		return err
	})
	return out, err
}

func (t *tx) settings() (out press.Settings, err error) {
	var value string
	if err := t.one("SELECT value, version FROM settings WHERE key = $1", settingsNewsroom).Scan(&value, &out.Version); err != nil {
		return out, err
	}
	if value == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(value), &out); err != nil {
		return out, fmt.Errorf("settings as they are stored: %w", err)
	}
	return out, nil
}

// SaveSettings keeps the settings in the place of those that the person has seen, which is what their version names; with
// a note for the audit log of what is different. Settings that somebody else has changed meanwhile are a Conflict,
// "settings.stale".
func (s *Store) SaveSettings(ctx context.Context, by press.Actor, next press.Settings, changed string) (press.Settings, error) {
	value, err := press.EncodeJSON(next)
	if err != nil {
		return next, err
	}
	seen := next.Version
	err = s.write(ctx, "save settings", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		n, err := t.exec("UPDATE settings SET value = $1, version = version + 1, updated_at = $2 WHERE key = $3 AND version = $4",
			string(value), micros(t.now), settingsNewsroom, seen)
		if err != nil {
			return err
		}
		if n != 1 {
			return stale()
		}
		return t.audit(by, "settings.save", settingsNewsroom, changed)
	})
	if err == nil {
		next.Version = seen + 1
	}
	return next, err
}

// administrator returns the person as they are now, and refuses whoever is none by now.
func (t *tx) administrator(by press.Actor) (press.Actor, error) {
	who, err := t.anew(by)
	if err != nil {
		return who, err
	}
	return who, who.Require(press.Administrator)
}

func stale() error {
	return press.Fail(press.Conflict, "settings.stale", press.Say(
		"Somebody else has changed these settings meanwhile; nothing was saved. Load the page again and make the change anew.",
		"设置刚被其他人修改过，本次未保存。请重新载入页面后再修改。"))
}

// SettingsVersion returns a number that is another one after every change of settings, accounts, websites or themes.
func (s *Store) SettingsVersion(ctx context.Context) (version int64, err error) {
	err = s.read(ctx, "settings version", func(t *tx) error {
		return t.one("SELECT CAST(sum(version) AS BIGINT) FROM settings").Scan(&version)
	})
	return version, err
}

// touchSettings tells every process that there is something new to read.
func (t *tx) touchSettings(key string) error {
	return t.must("UPDATE settings SET version = version + 1, updated_at = $1 WHERE key = $2", micros(t.now), key)
}
