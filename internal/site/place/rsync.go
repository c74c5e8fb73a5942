package place

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// RsyncConfig names a folder on another machine.
type RsyncConfig struct {
	Host       string
	Port       int // default 22
	User       string
	Path       string // there; absolute, or from the user's home
	Identity   string // file of the private key, which has no passphrase and which nobody else may read
	KnownHosts string // file with the host's key, as ssh-keyscan writes it

	Rsync, SSH string        // the programs; default: those in PATH
	Silence    time.Duration // without a byte moved, after which a run is given up; default 30 s
	Time       time.Duration // for one run; default 15 minutes
}

// Rsync is a folder on another machine.
type Rsync struct {
	config RsyncConfig
	shell  string // rsync's -e
	where  where

	unplaced *strings.Replacer // takes out of words where the key's files are
}

var (
	hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	userForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]{0,63}$`)
)

// NewRsync checks the configuration. It does not look for the machine.
func NewRsync(c RsyncConfig) (*Rsync, error) {
	c.Path = strings.TrimRight(c.Path, "/")
	for _, check := range []struct {
		key string
		ok  bool
		why press.Text
	}{
		{"host", hostForm.MatchString(c.Host) || net.ParseIP(c.Host) != nil, press.Say("it must be a host's name or IP address", "应为主机名或 IP 地址")},
		{"user", userForm.MatchString(c.User), press.Say("it must be a user's name", "应为用户名")},
		{"path", goodPath(c.Path), press.Say("it must be a folder's path of letters, digits and . _ - +, without .. and not the root", "应为文件夹路径，由字母、数字和 . _ - + 组成，不含 ..，且不能是根目录")},
		{"identity", goodFile(c.Identity), press.Say("it must name a file, without quotes and percent signs", "应为文件名，不含引号与百分号")},
		{"known_hosts", goodFile(c.KnownHosts), press.Say("it must name a file, without quotes and percent signs", "应为文件名，不含引号与百分号")},
		{"port", c.Port >= 0 && c.Port < 1<<16, press.Say("it must be between 1 and 65535", "应在 1 到 65535 之间")},
	} {
		if !check.ok {
			return nil, press.Fail(press.Invalid, "place.config", press.Text{
				EN: "site.place.rsync." + check.key + " cannot be used: " + check.why.EN + ".",
				ZH: "site.place.rsync." + check.key + " 不可用：" + check.why.ZH + "。",
			})
		}
	}
	if c.Port == 0 {
		c.Port = 22
	}
	if c.Rsync == "" {
		c.Rsync = "rsync"
	}
	if c.SSH == "" {
		c.SSH = "ssh"
	}
	if c.Silence <= 0 {
		c.Silence = 30 * time.Second
	}
	if c.Time <= 0 {
		c.Time = 15 * time.Minute
	}
	r := &Rsync{config: c, where: where(c.User + "@" + c.Host + ":" + c.Path)}
	return r, r.makeShell()
}

// goodPath takes what no shell over there could read as anything but a path: older versions of rsync hand it to one.
func goodPath(p string) bool {
	if p == "" || strings.HasPrefix(p, "-") || len(p) > 1000 {
		return false
	}
	for part := range strings.SplitSeq(p, "/") {
		if part == ".." {
			return false
		}
	}
	return strings.IndexFunc(p, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-+", r)
	}) < 0
}

// goodFile takes a name that ssh's own quoting cannot stumble over.
func goodFile(name string) bool {
	return name != "" && !strings.ContainsAny(name, "\"'%$\\") && strings.IndexFunc(name, unicode.IsControl) < 0
}

// makeShell writes how rsync calls ssh. rsync itself takes it apart at spaces outside single quotes; there is no shell.
// Nothing is read of the user's own settings, keys or agent, nobody is asked anything, and a host whose key is not in the
// file is refused.
func (r *Rsync) makeShell() error {
	identity, err1 := filepath.Abs(r.config.Identity)
	known, err2 := filepath.Abs(r.config.KnownHosts)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("place: %w", err)
	}
	r.unplaced = strings.NewReplacer(identity, "site.place.rsync.identity", known, "site.place.rsync.known_hosts")
	silence := strconv.Itoa(max(1, int(r.config.Silence/time.Second/3)))
	args := []string{
		r.config.SSH, "-F", "none", "-p", strconv.Itoa(r.config.Port), "-l", r.config.User, "-i", identity, "-a", "-x", "-T",
	}
	for _, option := range []string{
		"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey",
		"StrictHostKeyChecking=yes", "UserKnownHostsFile=\"" + known + "\"", "GlobalKnownHostsFile=none", "UpdateHostKeys=no",
		"ClearAllForwardings=yes", "ControlMaster=no", "ControlPath=none", "PermitLocalCommand=no", "EscapeChar=none",
		"ConnectTimeout=10", "ConnectionAttempts=1", "ServerAliveInterval=" + silence, "ServerAliveCountMax=3", "LogLevel=ERROR",
	} {
		args = append(args, "-o", option)
	}
	for i, arg := range args {
		if strings.ContainsAny(arg, " \"") {
			args[i] = "'" + arg + "'"
		}
	}
	r.shell = strings.Join(args, " ")
	return nil
}

// ID implements site.Place.
func (r *Rsync) ID() string {
	return fmt.Sprintf("rsync %s port %d", r.where, r.config.Port)
}

// ReadsMarks implements site.Place: a web server there can be told to look for them, as deploy/nginx.conf shows.
func (r *Rsync) ReadsMarks() bool { return true }

// always is what every run is told: compare bytes, since two versions of a page may have one size and nearly one time;
// keep the times, which web servers make ETags of; let everybody read.
func (r *Rsync) always() []string {
	return []string{
		"--checksum", "--times", "--omit-dir-times", "--perms", "--chmod=F644", "--no-implied-dirs", "--8-bit-output",
		"--timeout=" + strconv.Itoa(max(1, int(r.config.Silence/time.Second))), "--rsh=" + r.shell,
	}
}

func (r *Rsync) destination() string {
	host := r.config.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + r.config.Path + "/"
}

// Put implements site.Place.
func (r *Rsync) Put(ctx context.Context, dir string, files []site.File) error {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	_, err := r.run(ctx, dir, names, append(r.always(), "--from0", "--files-from=-", "./", r.destination()))
	return err
}

// Remove implements site.Place. A source that has the folders and nothing in them says what is to be no more.
func (r *Rsync) Remove(ctx context.Context, names []string) error {
	for _, level := range levels(names) {
		if err := r.removeLevel(ctx, level); err != nil {
			return err
		}
	}
	return nil
}

// levels puts folders that lie in each other into runs of their own, the inner ones first: rsync takes them the other way
// round. Mostly there is one run.
func levels(names []string) [][]string {
	above, nested := map[string]bool{}, false
	byDepth := map[int][]string{}
	for _, name := range names {
		for dir := path.Dir(name); dir != "." && !above[dir]; dir = path.Dir(dir) {
			above[dir] = true
		}
		byDepth[strings.Count(name, "/")] = append(byDepth[strings.Count(name, "/")], name)
	}
	for _, name := range names {
		nested = nested || above[name]
	}
	if !nested {
		return [][]string{names}
	}
	var out [][]string
	for _, depth := range slices.Backward(slices.Sorted(maps.Keys(byDepth))) {
		out = append(out, byDepth[depth])
	}
	return out
}

func (r *Rsync) removeLevel(ctx context.Context, names []string) error {
	dir, err := os.MkdirTemp("", "newsdesk-rsync-*")
	if err != nil {
		return local(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(path.Dir(name))), 0o700); err != nil {
			return local(err)
		}
	}
	_, err = r.run(ctx, dir, names, append(r.always(), "--from0", "--files-from=-", "--delete-missing-args", "./", r.destination()))
	return err
}

// Compare implements site.Place: a run that changes nothing says what it would.
func (r *Rsync) Compare(ctx context.Context, c site.Comparison) error {
	args := append(r.always(), "--recursive", "--dry-run", "--delete", "--out-format=%i|%n")
	for _, folder := range c.Own {
		args = append(args, "--filter=risk /"+folder+"/***")
	}
	args = append(args, "--filter=protect *", "--filter=hide .*", "./", r.destination())
	said, err := r.run(ctx, c.Dir, nil, args)
	if err != nil {
		return err
	}
	for line := range strings.SplitSeq(said, "\n") {
		what, name, ok := strings.Cut(line, "|")
		switch {
		case !ok || strings.HasSuffix(name, "/") || !fs.ValidPath(name):
		case strings.HasPrefix(what, "*deleting"), differsThere(what):
			if err := c.Stale(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// differsThere reads rsync's itemized change, YXcstpoguax: a file that is to be sent, not one of which only the time differs.
func differsThere(item string) bool {
	return len(item) > 3 && item[0] == '<' && item[1] == 'f' && (item[2] == 'c' || item[2] == '+' || item[3] == 's')
}

// Check implements site.Place.
func (r *Rsync) Check(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "newsdesk-rsync-*")
	if err != nil {
		return local(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, checkName)
	if err := os.WriteFile(name, []byte("newsdesk\n"), 0o600); err != nil {
		return local(err)
	}
	if err := r.Put(ctx, dir, []site.File{{Name: checkName, Path: name}}); err != nil {
		return err
	}
	return r.Remove(ctx, []string{checkName})
}

// maxSaid bounds what a comparison of half a million files says, in bytes.
const maxSaid = 128 << 20

// run runs rsync below dir and returns what it said.
func (r *Rsync) run(ctx context.Context, dir string, names []string, args []string) (string, error) {
	return r.ran(ctx, dir, names, args, true)
}

// ran does so, and once again if it failed without a word: when the other side ends first, what it said may be lost on the way.
func (r *Rsync) ran(ctx context.Context, dir string, names []string, args []string, again bool) (string, error) {
	if err := r.checkKey(); err != nil {
		return "", err
	}
	bounded, stop := context.WithTimeout(ctx, r.config.Time)
	defer stop()
	cmd := exec.CommandContext(bounded, r.config.Rsync, args...) //nolint:gosec // no shell; what is configured is checked, names go through the pipe
	// No home: rsync runs whatever a file .popt there says, and in a folder that is everybody's anybody may have put one.
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + os.DevNull}
	if len(names) > 0 {
		cmd.Stdin = strings.NewReader(strings.Join(names, "\x00") + "\x00")
	}
	said, complained := &capped{room: maxSaid}, &capped{room: 8 << 10}
	cmd.Stdout, cmd.Stderr = said, complained
	err := runTied(cmd)
	if err != nil && again && complained.String() == "" && bounded.Err() == nil {
		return r.ran(ctx, dir, names, args, false)
	}
	switch {
	case err == nil && said.over:
		return "", r.where.refused("", errors.New("rsync says more than is read of it"))
	case err == nil:
		return said.String(), nil
	case stopped(ctx) != nil:
		return "", stopped(ctx)
	}
	return "", r.explain(err, r.unplaced.Replace(complained.String()))
}

// checkKey looks at the files before ssh does, because its own words on them are easily missed. Whoever reads an article's
// deliveries reads what it says, so it does not say where on this machine the key lies.
func (r *Rsync) checkKey() error {
	info, err := os.Stat(r.config.Identity)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return fault(CodeKeyFile, press.ClassConfig,
			press.Say("The key's file (site.place.rsync.identity) cannot be read.", "无法读取密钥文件（site.place.rsync.identity）。"),
			press.Say("Make a key with: ssh-keygen -t ed25519 -N '' -f FILE, and enter FILE.pub at the place.", "可用 ssh-keygen -t ed25519 -N '' -f 文件 生成，并把“文件.pub”登记到存放位置。"), "", err)
	case info.Mode().Perm()&0o077 != 0:
		return fault(CodeKeyFile, press.ClassConfig,
			press.Say("Others on this machine may read the key's file (site.place.rsync.identity).", "本机的其他用户可以读取密钥文件（site.place.rsync.identity）。"),
			press.Say("Run: chmod 600 FILE, then release. If others do use the machine, make a new key.", "请执行 chmod 600 文件，然后放行；如本机确有他人使用，请更换密钥。"), "", nil)
	}
	if info, err := os.Stat(r.config.KnownHosts); err != nil || !info.Mode().IsRegular() {
		return fault(CodeHostUnknown, press.ClassConfig,
			press.Say("The file (site.place.rsync.known_hosts) with the key of %s cannot be read.", "无法读取记录 %s 主机密钥的文件（site.place.rsync.known_hosts）。", r.config.Host),
			r.enterHost(), "", err)
	}
	return nil
}

func (r *Rsync) enterHost() press.Text {
	return press.Say("Run: ssh-keyscan -p %[1]d %[2]s > FILE, and compare the key with what %[2]s itself shows.",
		"请执行 ssh-keyscan -p %[1]d %[2]s > 文件，并与 %[2]s 本机显示的密钥核对。", r.config.Port, r.config.Host)
}

// capped keeps the beginning of what a child says.
type capped struct {
	bytes.Buffer
	room int
	over bool
}

// Write never fails, so that the child is not stopped by what it says.
func (c *capped) Write(p []byte) (int, error) {
	n := min(c.room-c.Len(), len(p))
	c.over = c.over || n < len(p)
	c.Buffer.Write(p[:max(0, n)])
	return len(p), nil
}
