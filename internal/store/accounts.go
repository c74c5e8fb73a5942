package store

import (
	"context"
	"database/sql"
	"errors"

	"newsdesk/internal/press"
)

const accountColumns = "name, app_id, kind, author, theme, base_url, secret, callback_token, encoding_aes_key, " +
	"old_encoding_aes_key, removed, version, updated_at"

// storedAccount is a row; that of a removed account is kept for its name and AppID.
type storedAccount struct {
	press.SealedAccount
	removed bool
}

func scanAccount(r row) (a storedAccount, err error) {
	err = r.Scan(&a.Name, &a.AppID, text(&a.Kind), &a.Author, &a.Theme, &a.BaseURL, &a.Secret, &a.CallbackToken,
		&a.EncodingAESKey, &a.OldEncodingAESKey, &a.removed, &a.Version, stamp(&a.UpdatedAt))
	a.Has = press.AccountSecrets{
		Secret: a.Secret != "", CallbackToken: a.CallbackToken != "", EncodingAESKey: a.EncodingAESKey != "",
	}
	return a, err
}

// Accounts returns the WeChat accounts that were added in the browser, by name, with their sealed secrets.
func (s *Store) Accounts(ctx context.Context) (out []press.SealedAccount, err error) {
	err = s.read(ctx, "accounts", func(t *tx) error {
		rows, err := all(t, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE NOT removed ORDER BY name")
		out = make([]press.SealedAccount, len(rows))
		for i, row := range rows {
			out[i] = row.SealedAccount
		}
		return err
	})
	return out, err
}

// account finds a row by name, of a removed account too; found is false where there is none.
func (t *tx) account(name string) (a storedAccount, found bool, err error) {
	a, err = scanAccount(t.one(t.dialect.forUpdate("SELECT "+accountColumns+" FROM accounts WHERE name = $1"), name))
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// SaveAccount adds an account, where its version is 0, or puts it in the place of the version that the person has seen.
// The detail is for the audit log. It is a Conflict "account.exists" when the name is taken, "settings.stale" when somebody
// else has changed the account, "account.app_id" when another account has the AppID, and "account.app_used" when another
// AppID is given to a name that deliveries were made under: WeChat would be asked for drafts that are not there.
func (s *Store) SaveAccount(ctx context.Context, by press.Actor, a press.SealedAccount, detail string) error {
	return s.write(ctx, "save account", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		old, found, err := t.account(a.Name)
		if err != nil {
			return err
		}
		switch {
		case a.Version == 0 && found && !old.removed:
			return press.Fail(press.Conflict, "account.exists", press.Say(
				"There is already an account %s.", "已有代号为 %s 的公众号。", a.Name))
		case a.Version != 0 && (!found || old.removed || old.Version != a.Version):
			return stale()
		}
		if err := t.sameApp(a, old, found); err != nil {
			return err
		}
		if err := t.putAccount(a, old, found); err != nil {
			return s.conflict(err, "account.app_id", press.Say(
				"Another account has the AppID %s already.", "另一个公众号已使用 AppID %s。", a.AppID))
		}
		action := "account.save"
		if a.Version == 0 {
			action = "account.add"
		}
		if err := t.audit(by, action, a.Name, detail); err != nil {
			return err
		}
		return t.touchSettings(settingsAccounts)
	})
}

func (t *tx) sameApp(a press.SealedAccount, old storedAccount, found bool) error {
	if !found || old.AppID == a.AppID {
		return nil
	}
	used, err := t.countOf("SELECT id FROM deliveries WHERE kind = 'wechat' AND target = $1", []any{a.Name})
	if err != nil || used == 0 {
		return err
	}
	return press.Fail(press.Conflict, "account.app_used", press.Say(
		"Editions have gone to %[1]s under the AppID %[2]s, so it stays. Add another account for the new AppID.",
		"%[1]s 已以 AppID %[2]s 推送过，AppID 不能再改。请为新的 AppID 另建公众号。", a.Name, old.AppID))
}

func (t *tx) putAccount(a press.SealedAccount, old storedAccount, found bool) error {
	values := []any{
		a.Name, a.AppID, a.Kind, a.Author, a.Theme, a.BaseURL, a.Secret, a.CallbackToken, a.EncodingAESKey,
		a.OldEncodingAESKey, false, old.Version + 1, micros(t.now),
	}
	if !found {
		return t.must(insert("accounts", accountColumns), values...)
	}
	return t.must(update("accounts", accountColumns, "name"), append(values, a.Name)...)
}

// RemoveAccount takes an account away with its secrets, unless an edition waits for it: a Conflict "account.waiting".
func (s *Store) RemoveAccount(ctx context.Context, by press.Actor, name string, version int64) error {
	return s.write(ctx, "remove account", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		old, found, err := t.account(name)
		if err != nil {
			return err
		}
		if !found || old.removed || old.Version != version {
			return stale()
		}
		waiting, err := t.countOf("SELECT id FROM deliveries WHERE target = $1 AND "+waitingPush, []any{name})
		if err != nil {
			return err
		}
		if waiting > 0 {
			return press.Fail(press.Conflict, "account.waiting", press.Say(
				"Editions that still wait to go to %[1]s: %[2]d. Cancel them, or let them go out; then remove the account.",
				"还有 %[2]d 个推送等待发往 %[1]s，请先取消或待其发出，再移除该公众号。", name, waiting))
		}
		err = t.must(`UPDATE accounts SET removed = TRUE, secret = '', callback_token = '', encoding_aes_key = '',
			old_encoding_aes_key = '', version = version + 1, updated_at = $1 WHERE name = $2`, micros(t.now), name)
		if err != nil {
			return err
		}
		if err := t.audit(by, "account.remove", name, old.AppID); err != nil {
			return err
		}
		return t.touchSettings(settingsAccounts)
	})
}

// waitingPush chooses deliveries to WeChat that still have a way to go. A prepared one in mode draft has none.
const waitingPush = `kind = 'wechat' AND (state IN ('planned', 'sending', 'sent', 'unknown', 'blocked')
	OR state = 'ready' AND mode <> 'draft')`
