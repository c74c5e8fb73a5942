package desk

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"newsdesk/internal/press"
)

// SetupFileName is what the file with the code of the set-up is called, in the data folder.
const SetupFileName = "setup-code"

// SetUp is what the first administrator gives.
type SetUp struct {
	Name, Password string
	Code           string // from the file on the server
	Here           bool   // asked from the server's own machine, with no proxy between: no code is needed
	Agent, Address string
}

// NeedsSetup reports whether nobody can be an administrator in the browser yet. Once there is one it stays so: the last
// administrator cannot be removed.
func (d *Desk) NeedsSetup(ctx context.Context) (bool, error) {
	if d.settled.Load() {
		return false, nil
	}
	needed, err := d.Store.NeedsSetup(ctx)
	if err == nil && !needed {
		d.settled.Store(true)
	}
	return needed, err
}

// PrepareSetup writes the one-time code of the set-up into its file, readable by its owner only, while a set-up is
// needed, and removes the file otherwise. A server calls it when it starts.
func (d *Desk) PrepareSetup(ctx context.Context) (err error) {
	defer press.Wrap(&err, "desk.PrepareSetup")
	needed, err := d.NeedsSetup(ctx)
	if err != nil || d.SetupFile == "" {
		return err
	}
	if !needed {
		return d.removeSetupCode()
	}
	if _, err := d.setupCode(); err == nil {
		return nil // of an earlier start, or of another process
	}
	text := rand.Text()
	code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20]
	temp := d.SetupFile + ".new"
	if err := os.WriteFile(temp, []byte(code+"\n"), 0o600); err != nil {
		return fmt.Errorf("the code of the set-up: %w", err)
	}
	return os.Rename(temp, d.SetupFile)
}

func (d *Desk) removeSetupCode() error {
	if d.SetupFile == "" {
		return nil
	}
	if err := os.Remove(d.SetupFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// setupCode reads the code as it is compared.
func (d *Desk) setupCode() (string, error) {
	file, err := os.Open(d.SetupFile)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, 200))
	code := plainCode(string(data))
	if err == nil && len(code) < 20 {
		err = errors.New("the file holds no code")
	}
	return code, err
}

// plainCode is a code without the ways of writing it. A code has the letters O, I and B, and not the digits they are
// taken for.
func plainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "", "\n", "", "\r", "", "\t", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(s))
}

// SetUp makes the first administrator and signs them in. Of two at once one wins; the other gets a Conflict, "setup.done".
// From elsewhere than the server's own machine the code is needed: Forbidden, "setup.code".
func (d *Desk) SetUp(ctx context.Context, in SetUp) (secret string, _ press.Session, err error) {
	defer press.Wrap(&err, "desk.SetUp")
	needed, err := d.NeedsSetup(ctx)
	if err != nil {
		return "", press.Session{}, err
	}
	if !needed {
		return "", press.Session{}, press.Fail(press.Conflict, "setup.done", press.Say(
			"The first administrator has been made already. Sign in.", "首位管理员已设置，请直接登录。"))
	}
	now := d.Now().UTC()
	user := press.User{
		ID: press.UserID(press.NewID(now)), Name: strings.TrimSpace(in.Name), Roles: []press.Role{press.Administrator}, CreatedAt: now,
	}
	if err := d.maySetUp(ctx, in); err != nil {
		return "", press.Session{}, err
	}
	if err := d.checkUser(ctx, user); err != nil {
		return "", press.Session{}, err
	}
	if err := checkPassword(in.Password, user.Name); err != nil {
		return "", press.Session{}, err
	}
	hash, err := d.passwords.hash(ctx, in.Password)
	if err != nil {
		return "", press.Session{}, err
	}
	if user, err = d.Store.SetUp(ctx, user, hash); err != nil {
		return "", press.Session{}, err
	}
	if err := d.removeSetupCode(); err != nil {
		d.Logger.Warn("the file with the code of the set-up could not be removed; the code is worthless now", "error", err)
	}
	return d.begin(ctx, user, hash, press.SignInAttempt{Name: user.Name, Address: addressGroup(in.Address)}, in.Agent, in.Address)
}

// maySetUp asks for the code where it is needed. Wrong codes are counted like wrong passwords.
func (d *Desk) maySetUp(ctx context.Context, in SetUp) error {
	if in.Here {
		return nil
	}
	want, err := d.setupCode()
	if err != nil {
		return press.Fail(press.Forbidden, "setup.no_code", press.Say(
			"The file with the set-up code cannot be read on the server. Restart Newsdesk, or open this page on the server's own machine.",
			"服务器上的初始设置码文件无法读取。请重启 Newsdesk，或在服务器本机打开本页。")).Because(err)
	}
	attempt := press.SignInAttempt{Name: filepath.Base(d.SetupFile), Address: addressGroup(in.Address)}
	if err := d.Store.BeginAttempt(ctx, attempt); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(plainCode(clipLine(in.Code, 100))), []byte(want)) != 1 {
		return press.Fail(press.Forbidden, "setup.code", press.Say(
			"The set-up code is not right. It is in the file %s in Newsdesk's data folder on the server.",
			"初始设置码不正确。设置码保存在服务器上 Newsdesk 数据目录的 %s 文件中。", SetupFileName))
	}
	return d.Store.Succeeded(ctx, attempt)
}
