package desk

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"newsdesk/internal/press"
)

// Bounds of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 200
)

// hashing is what one computation costs: 19 MiB and about 50 ms of one core.
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Bounds of what sign-ins may take of the machine.
const (
	hashesAtOnce  = 4
	hashesWaiting = 64 // with those that are computed
	hashPatience  = 5 * time.Second
)

// nobody's hash is compared with where there is no password, so that the time taken does not say so. It is the hash of
// random bytes that were not kept.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$ARBonZd7mxlI2dssQ3Giqg$j81rKwmrM9n8Xa7F+zfYD7sCGbPfQsl7H2MwBlGh9EU"

// passwords computes hashes, a few at a time.
type passwords struct {
	turns   chan struct{}
	waiting atomic.Int32
}

func newPasswords() *passwords { return &passwords{turns: make(chan struct{}, hashesAtOnce)} }

// matches reports whether a password is the one that was hashed. An empty hash matches nothing, and takes as long. The
// caller has its turn.
func matches(password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	fits := passwordFits(password)
	if !fits { // too long to be anybody's: not worth a long computation
		password = ""
	}
	right, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	return right && known && fits, err
}

func (p *passwords) hash(ctx context.Context, password string) (hash string, err error) {
	err = p.inTurn(ctx, func() error {
		hash, err = argon2id.CreateHash(norm.NFKC.String(password), &hashing)
		return err
	})
	return hash, err
}

// inTurn computes when fewer than hashesAtOnce others do. Who would wait behind too many, or too long, is refused rather
// than given memory.
func (p *passwords) inTurn(ctx context.Context, compute func() error) error {
	busy := press.Fail(press.Unavailable, "signin.busy", press.Say(
		"Too many people are signing in at this moment. Try again in a few seconds.", "当前登录人数过多，请几秒后再试。"))
	if p.waiting.Add(1) > hashesWaiting {
		p.waiting.Add(-1)
		return busy
	}
	defer p.waiting.Add(-1)
	limit := time.NewTimer(hashPatience)
	defer limit.Stop()
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
		return compute()
	case <-limit.C:
		return busy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// passwordFits reports whether a text is short enough to be looked at as a password.
func passwordFits(password string) bool {
	return len(password) <= MaxPassword*utf8.UTFMax && utf8.ValidString(password) &&
		utf8.RuneCountInString(password) <= MaxPassword
}

// CheckPassword refuses what is too short, too long, or among the first that anybody would try.
func CheckPassword(password, name string) error { return checkPassword(password, name) }

func checkPassword(password, name string) error {
	if !passwordFits(password) {
		return press.Fail(press.Invalid, "password.long", press.Say(
			"A password has at most %d characters.", "密码最多 %d 个字符。", MaxPassword))
	}
	plain := plainPassword(password)
	if utf8.RuneCountInString(plain) < MinPassword {
		return press.Fail(press.Invalid, "password.short", press.Say(
			"A password has at least %d characters; a short sentence is easy to remember.",
			"密码至少 %d 个字符，用一句短句更好记。", MinPassword))
	}
	if plain == plainPassword(name) {
		return press.Fail(press.Invalid, "password.name", press.Say(
			"The password must not be the name.", "密码不能与姓名相同。"))
	}
	if common(plain) {
		return press.Fail(press.Invalid, "password.common", press.Say(
			"This is one of the passwords that are tried first; choose another.", "这个密码太常见，容易被猜中，请换一个。"))
	}
	return nil
}

// plainPassword is a password as it is compared with what is easily guessed.
func plainPassword(s string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s)))
}

// samePassword compares as signing in does.
func samePassword(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(norm.NFKC.String(a)), []byte(norm.NFKC.String(b))) == 1
}

// common reports whether a password is of one or two different characters, a row of the keyboard or of digits, or on the
// list of what people choose who must choose at least ten characters.
func common(password string) bool {
	different := slices.Compact(slices.Sorted(slices.Values([]rune(password))))
	if len(different) < 3 {
		return true
	}
	for _, row := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"} {
		if strings.Contains(row, password) {
			return true
		}
	}
	return slices.Contains([]string{
		"1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "q1w2e3r4t5", "qwer123456", "qwerty1234", "qwerty12345", "qwerty123456",
		"a123456789", "a1234567890", "aa123456789", "abc123456789", "abcd123456", "abcd1234567", "abcd12345678", "123456789a",
		"1234567890a", "12345678900", "1234567891", "1123581321", "0987654321", "1357924680", "2468013579", "123123123123",
		"password12", "password123", "password1234", "passw0rd123", "p@ssw0rd123", "p@ssword123", "administrator", "admin12345",
		"admin123456", "admin@123456", "adminadmin", "welcome123", "welcome1234", "iloveyou123", "letmein1234", "changeme123",
		"newsdesk123", "newsdesk1234", "newsdesk2026", "xuanchuanbu", "woaini1314", "woaini1314520", "5201314520", "1314520520",
		"woaini5201314", "asdfghjkl123", "zxcvbnm123", "zxcvbnm123456", "1qazxsw23edc", "qazwsxedcrfv", "123qweasdzxc", "qweasdzxc123",
	}, password)
}
