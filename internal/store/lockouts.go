package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// lockoutsKept is how long rows without a lock are kept; longer than any rule looks back.
const lockoutsKept = 48 * time.Hour

const addressMark = "address:"

// nameKey is how a name is kept. Names that look alike are one.
func nameKey(name string) string {
	sum := sha256.Sum256([]byte(folded(strings.TrimSpace(name))))
	return "name:" + hex.EncodeToString(sum[:])
}

// BeginAttempt counts an attempt against its name and its address. It is a Quota error, "signin.locked", while one of
// them is locked, and then counts nothing. A failure that locks is audited when it is counted.
func (s *Store) BeginAttempt(ctx context.Context, a press.SignInAttempt) error {
	return s.write(ctx, "begin attempt", func(t *tx) error {
		if err := t.must("DELETE FROM lockouts WHERE last < $1", micros(t.now.Add(-lockoutsKept))); err != nil {
			return err
		}
		// The address first, always: two attempts never wait for each other's rows in a circle.
		if a.Address != "" {
			if err := t.countAttempt(addressMark+a.Address, press.AddressLock(), "address.locked", "sign-in", a.Address); err != nil {
				return err
			}
		}
		subject, detail := "sign-in", ""
		if u, err := t.userByName(a.Name); err == nil {
			subject, detail = string(u.ID), u.Name
		} else if press.KindOf(err) != press.NotFound {
			return err
		}
		return t.countAttempt(nameKey(a.Name), press.NameLock(), "user.locked", subject, detail)
	})
}

// countAttempt adds an attempt to a key's and locks it where the rule says so.
func (t *tx) countAttempt(key string, rule press.LockRule, action, subject, detail string) error {
	row, err := t.lockedRow(key)
	if err != nil {
		return err
	}
	if row.until.After(t.now) {
		return locked(row.until.Sub(t.now))
	}
	if t.now.Sub(row.since) >= rule.Window {
		row.failures, row.since = 0, t.now
	}
	row.failures++
	var until time.Time
	if d := rule.Lock(row.failures); d > 0 {
		until = t.now.Add(d)
		if err := t.audit(press.System(), action, subject, detail); err != nil {
			return err
		}
	}
	return t.must("UPDATE lockouts SET failures = $1, since = $2, last = $3, until = $4 WHERE key = $5",
		row.failures, micros(row.since), micros(t.now), micros(until), key)
}

type lockRow struct {
	failures    int
	since, last time.Time
	until       time.Time
}

func scanLockRow(r row) (l lockRow, err error) {
	err = r.Scan(&l.failures, stamp(&l.since), stamp(&l.last), stamp(&l.until))
	return l, err
}

// lockedRow returns a key's row, made if there is none, and held until the transaction ends.
func (t *tx) lockedRow(key string) (lockRow, error) {
	err := t.must("INSERT INTO lockouts (key, failures, since, last) VALUES ($1, 0, $2, $2) ON CONFLICT (key) DO NOTHING", key, micros(t.now))
	if err != nil {
		return lockRow{}, err
	}
	return scanLockRow(t.one(t.dialect.forUpdate("SELECT failures, since, last, until FROM lockouts WHERE key = $1"), key))
}

func locked(left time.Duration) error {
	minutes := max(1, int((left+time.Minute-1)/time.Minute))
	return press.Fail(press.Quota, "signin.locked", press.Say(
		"Too many failed attempts: signing in is locked. Try again in %d min, or ask an administrator to lift the lock.",
		"失败次数过多，登录已锁定。请 %d 分钟后再试，或请管理员解除锁定。", minutes))
}

// succeeded forgets the failures of the name, and takes the attempt back from the address's.
func (t *tx) succeeded(a press.SignInAttempt) error {
	if a.Address != "" {
		err := t.must(`UPDATE lockouts SET failures = failures - 1, until = CASE WHEN failures - 1 < $1 THEN NULL ELSE until END
			WHERE key = $2 AND failures > 0`, press.AddressLock().Failures, addressMark+a.Address)
		if err != nil {
			return err
		}
	}
	return t.must("DELETE FROM lockouts WHERE key = $1", nameKey(a.Name))
}

// Succeeded notes that an attempt was right where no session begins with it.
func (s *Store) Succeeded(ctx context.Context, a press.SignInAttempt) error {
	return s.write(ctx, "attempt succeeded", func(t *tx) error { return t.succeeded(a) })
}

// Lockouts returns the names and addresses that are locked now, the longest locked first. Of names that nobody has only
// the number is known: they have neither a user nor an address.
func (s *Store) Lockouts(ctx context.Context) (out []press.Lockout, err error) {
	err = s.read(ctx, "lockouts", func(t *tx) error {
		people, err := all(t, scanUser, "SELECT "+userColumns+" FROM users")
		if err != nil {
			return err
		}
		byKey := map[string]press.User{}
		for _, u := range people {
			byKey[nameKey(u.Name)] = u
		}
		out, err = all(t, scanLockout, `SELECT key, failures, until FROM lockouts WHERE until > $1 ORDER BY until DESC, key LIMIT $2`,
			micros(t.now), maxLimit)
		for i := range out {
			u := byKey[out[i].Key]
			out[i].User, out[i].UserName = u.ID, u.Name
			out[i].Address, _ = strings.CutPrefix(out[i].Key, addressMark)
			if out[i].Address == out[i].Key {
				out[i].Address = ""
			}
		}
		return err
	})
	return out, err
}

func scanLockout(r row) (l press.Lockout, err error) {
	err = r.Scan(&l.Key, &l.Failures, stamp(&l.Until))
	return l, err
}

// Unlock lifts a lock and forgets its failures. One that is not there, or over, is no error.
func (s *Store) Unlock(ctx context.Context, by press.Actor, key string) error {
	return s.write(ctx, "unlock", func(t *tx) error {
		row, err := scanLockRow(t.one("SELECT failures, since, last, until FROM lockouts WHERE key = $1", key))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.must("DELETE FROM lockouts WHERE key = $1", key); err != nil || !row.until.After(t.now) {
			return err
		}
		subject, detail, err := t.whoIsLocked(key)
		if err != nil {
			return err
		}
		return t.audit(by, "user.unlock", subject, detail)
	})
}

func (t *tx) whoIsLocked(key string) (subject, detail string, err error) {
	if address, ok := strings.CutPrefix(key, addressMark); ok {
		return "sign-in", address, nil
	}
	people, err := all(t, scanUser, "SELECT "+userColumns+" FROM users")
	for _, u := range people {
		if nameKey(u.Name) == key {
			return string(u.ID), u.Name, err
		}
	}
	return "sign-in", "", err
}
