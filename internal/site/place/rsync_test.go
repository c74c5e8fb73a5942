package place

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// host is a real sshd that runs as whoever runs the test, with keys and settings of its own, one process for each
// connection. Its line can be broken after some bytes.
type host struct {
	RsyncConfig
	t      *testing.T
	dir    string // of the keys
	www    string // the place
	lines  atomic.Int64
	bytes  atomic.Int64           // that still go through, all connections together
	cut    atomic.Pointer[func()] // called after each piece
	config string
}

func startHost(t *testing.T, settings ...string) *host {
	t.Helper()
	sshd := "/usr/sbin/sshd"
	for _, program := range []string{sshd, "ssh", "ssh-keygen", "rsync"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, dir: t.TempDir(), www: filepath.Join(t.TempDir(), "新闻-www")}
	h.bytes.Store(1 << 40)
	h.keygen("host")
	h.keygen("other")
	h.keygen("id")
	for _, dir := range []string{h.www, "/run/sshd"} { // the second where tests run as root, which sshd insists on
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) && dir == h.www {
			t.Fatal(err)
		}
	}
	h.config = h.write("sshd", "HostKey "+h.dir+"/host\nAuthorizedKeysFile "+h.dir+"/id.pub\nStrictModes no\nUsePAM no\n"+
		"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nLogLevel ERROR\n"+
		"KexAlgorithms curve25519-sha256\n"+strings.Join(settings, "\n")+"\n") // the default one costs a tenth of a second each time
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	h.RsyncConfig = RsyncConfig{
		Host: "127.0.0.1", Port: port, User: me.Username, Path: h.www, Identity: filepath.Join(h.dir, "id"), Silence: 5 * time.Second,
		KnownHosts: h.known("host", port),
	}
	var lines sync.WaitGroup
	t.Cleanup(func() { listener.Close(); lines.Wait() })
	lines.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			h.lines.Add(1)
			lines.Go(func() { h.serve(conn, sshd) })
		}
	})
	return h
}

// serve gives a connection to a process of its own, as inetd does.
func (h *host) serve(conn net.Conn, sshd string) {
	defer conn.Close()
	cmd := exec.Command(sshd, "-i", "-f", h.config, "-E", filepath.Join(h.dir, "sshd.log"))
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		h.t.Error(err)
		return
	}
	var back sync.WaitGroup
	back.Go(func() { _, _ = io.Copy(conn, out); conn.Close() })
	buffer := make([]byte, 1024)
	for {
		n, err := conn.Read(buffer)
		if err != nil || h.bytes.Add(-int64(n)) < 0 {
			break
		}
		if cut := h.cut.Load(); cut != nil {
			(*cut)()
		}
		if _, err := in.Write(buffer[:n]); err != nil {
			break
		}
	}
	conn.Close()
	in.Close()
	_ = cmd.Wait()
	back.Wait()
}

func (h *host) keygen(name string) {
	h.t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(h.dir, name)).CombinedOutput(); err != nil {
		h.t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
}

func (h *host) write(name, text string) string {
	h.t.Helper()
	file := filepath.Join(h.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return file
}

// known writes a file that knows the host by one of the keys.
func (h *host) known(key string, port int) string {
	h.t.Helper()
	public, err := os.ReadFile(filepath.Join(h.dir, key+".pub"))
	if err != nil {
		h.t.Fatal(err)
	}
	return h.write("known "+key, "[127.0.0.1]:"+strconv.Itoa(port)+" "+string(public)) // a space, to be quoted
}

func (h *host) place() *Rsync {
	h.t.Helper()
	r, err := NewRsync(h.RsyncConfig)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *host) agree(o *office) {
	h.t.Helper()
	if differ := diff(files(h.t, o.dir), files(h.t, h.www)); len(differ) > 0 {
		h.t.Errorf("the place differs: %v", differ)
	}
}

func TestRsync(t *testing.T) {
	t.Parallel()
	h := startHost(t)
	o := open(t, h.place())
	o.must(o.publish(0))
	t.Logf("%d connections for the first article", h.lines.Load())
	h.arrivedInOrder(o)
	h.agree(o)

	for name, text := range map[string]string{"index.html": "defaced", "all/stray.html": "stray", "img/own.png": "own", "own.html": "own"} {
		_ = os.Mkdir(filepath.Join(h.www, "img"), 0o755)
		if err := os.WriteFile(filepath.Join(h.www, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(h.www, "404.html")); err != nil {
		t.Fatal(err)
	}
	done, err := o.site.PushAll(t.Context())
	if err != nil || done.Files != 2 || done.Removed != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	for _, own := range []string{"img/own.png", "own.html"} {
		if err := os.Remove(filepath.Join(h.www, own)); err != nil {
			t.Error(err)
		}
	}
	h.agree(o)

	o.must(o.remove(0))
	h.agree(o)
	if left, err := filepath.Glob(filepath.Join(h.www, "c", "*")); err != nil || len(left) != 1 {
		t.Errorf("the column's folder is still there: %v, %v", left, err)
	}
}

// arrivedInOrder holds the times at which files took their names against the order in which readers need them.
func (h *host) arrivedInOrder(o *office) {
	h.t.Helper()
	latest, earliest := map[string]int64{}, map[string]int64{}
	for name := range files(h.t, h.www) {
		var stat syscall.Stat_t
		if err := syscall.Stat(filepath.Join(h.www, name), &stat); err != nil {
			h.t.Fatal(err)
		}
		group := "lists"
		switch strings.Split(name, "/")[0] {
		case "p", "assets":
			group = "content"
		case "a":
			group = "articles"
		}
		at := stat.Ctim.Nano()
		latest[group] = max(latest[group], at)
		if earliest[group] == 0 || at < earliest[group] {
			earliest[group] = at
		}
		local, err := os.Stat(filepath.Join(o.dir, name))
		if err != nil || local.ModTime().UnixNano() != stat.Mtim.Nano() || stat.Mode&0o777 != 0o644 {
			h.t.Errorf("%s: %o, time %v", name, stat.Mode, err)
		}
	}
	if latest["content"] >= earliest["articles"] || latest["articles"] >= earliest["lists"] || earliest["content"] == 0 {
		h.t.Errorf("out of order: latest %v, earliest %v", latest, earliest)
	}
}

// TestRsyncLineBreaks breaks the line after some bytes, or kills rsync. Readers meet no half file and no page without its
// photos, and a repetition finishes.
func TestRsyncLineBreaks(t *testing.T) {
	t.Parallel()
	h := startHost(t)
	o := open(t, h.place())
	for i, cut := range []int64{14_000, 5_000} { // in the articles, and at the first lists that forget one
		h.bytes.Store(cut)
		do := []func(int) error{o.publish, o.remove}[i]
		err := do(0)
		whole(t, files(t, h.www))
		h.bytes.Store(1 << 40)
		mustFault(t, err, CodeUnreachable, press.ClassBackoff)
		o.must(do(0))
		h.agree(o)
	}
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	h.bytes.Store(1 << 30)
	cut := func() {
		if h.bytes.Load() < 1<<30-6_000 {
			kill()
		}
	}
	h.cut.Store(&cut)
	if _, err := o.site.Publish(ctx, o.articles[1]); !errors.Is(err, context.Canceled) {
		t.Errorf("killed: %v", err)
	}
	whole(t, files(t, h.www))
	if _, err := o.site.Push(t.Context()); err != nil {
		t.Error(err)
	}
	h.agree(o)
}

func TestRsyncFaults(t *testing.T) {
	t.Parallel()
	h := startHost(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tc := range []struct {
		name, code string
		class      press.Class
		change     func(*RsyncConfig)
	}{
		{"another host key", CodeHostKey, press.ClassConfig, func(c *RsyncConfig) { c.KnownHosts = h.known("other", h.Port) }},
		{"an unknown host", CodeHostUnknown, press.ClassConfig, func(c *RsyncConfig) { c.KnownHosts = h.write("empty", "") }},
		{"no file of hosts", CodeHostUnknown, press.ClassConfig, func(c *RsyncConfig) { c.KnownHosts = filepath.Join(h.dir, "none") }},
		{"another key", CodeKey, press.ClassConfig, func(c *RsyncConfig) { c.Identity = filepath.Join(h.dir, "other") }},
		{"no key", CodeKeyFile, press.ClassConfig, func(c *RsyncConfig) { c.Identity = filepath.Join(h.dir, "none") }},
		{"a key for all", CodeKeyFile, press.ClassConfig, func(c *RsyncConfig) {
			c.Identity = h.write("open", "key")
			_ = os.Chmod(c.Identity, 0o644)
		}},
		{"no folder", CodeMissing, press.ClassConfig, func(c *RsyncConfig) { c.Path = filepath.Join(h.www, "none/at/all") }},
		{"nobody listens", CodeUnreachable, press.ClassBackoff, func(c *RsyncConfig) {
			c.Port = closed.Addr().(*net.TCPAddr).Port
		}},
		{"no such name", CodeUnreachable, press.ClassBackoff, func(c *RsyncConfig) { c.Host = "there-is-none.invalid" }},
		{"no rsync here", CodeNoProgram, press.ClassConfig, func(c *RsyncConfig) { c.Rsync = "rsync-that-is-not-there" }},
		{"no ssh here", CodeNoProgram, press.ClassConfig, func(c *RsyncConfig) { c.SSH = "ssh-that-is-not-there" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := h.RsyncConfig
			tc.change(&c)
			r, err := NewRsync(c)
			if err != nil {
				t.Fatal(err)
			}
			err = r.Check(t.Context())
			mustFault(t, err, tc.code, tc.class)
			var f *press.PageFault
			if errors.As(err, &f) && strings.Contains(fmt.Sprint(f.Text, f.Fix, f.Answer), h.dir) {
				t.Errorf("it says where the key lies: %v", f)
			}
		})
	}
	bare := startHost(t, "SetEnv PATH=/nowhere")
	mustFault(t, bare.place().Check(t.Context()), CodeNoRsync, press.ClassConfig)
}

// TestRsyncFullDisk needs a disk that is full: a small one in memory, which only root may mount.
func TestRsyncFullDisk(t *testing.T) {
	t.Parallel()
	h := startHost(t)
	if err := syscall.Mount("tmpfs", h.www, "tmpfs", 0, "size=32k"); err != nil {
		t.Skipf("no small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(h.www, syscall.MNT_DETACH) })
	o := open(t, h.place())
	mustFault(t, o.publish(0), CodeFull, press.ClassBackoff)
	whole(t, files(t, h.www))
}

// TestRsyncWords sorts what rsync and ssh say where a test cannot have it so.
func TestRsyncWords(t *testing.T) {
	t.Parallel()
	r, err := NewRsync(RsyncConfig{Host: "www.example.edu.cn", User: "news", Path: "/srv/www", Identity: "id", KnownHosts: "known"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		exit, said, code string
		class            press.Class
	}{
		{"11", `rsync: [receiver] write failed on "/srv/www/p/ab/x.jpg": No space left on device (28)`, CodeFull, press.ClassBackoff},
		{"23", `rsync: [receiver] mkstemp "/srv/www/a/.x.html.dN2x3s" failed: Permission denied (13)`, CodeDenied, press.ClassConfig},
		{"11", `rsync: [Receiver] mkdir "/srv/www" failed: No such file or directory (2)`, CodeMissing, press.ClassConfig},
		{"23", `rsync: [receiver] mkstemp "/srv/www/.x" failed: Read-only file system (30)`, CodeDenied, press.ClassConfig},
		{"30", `rsync error: timeout in data send/receive (code 30) at io.c(201) [sender=3.2.7]`, CodeUnreachable, press.ClassBackoff},
		{"255", `ssh: connect to host www.example.edu.cn port 22: No route to host`, CodeUnreachable, press.ClassBackoff},
		{"1", `rsync: --delete-missing-args: unknown option`, CodeRefused, press.ClassConfig},
	} {
		err := exec.Command("sh", "-c", "exit "+tc.exit).Run()
		mustFault(t, r.explain(err, tc.said), tc.code, tc.class)
	}
}

func TestRsyncSettings(t *testing.T) {
	t.Parallel()
	good := RsyncConfig{Host: "www.example.edu.cn", User: "news", Path: "/srv/新闻/www", Identity: "/etc/newsdesk/my key", KnownHosts: "known"}
	r, err := NewRsync(good)
	if err != nil || !strings.Contains(r.shell, " '/etc/newsdesk/my key' ") || !strings.Contains(r.shell, "-o StrictHostKeyChecking=yes") {
		t.Fatal(r, err)
	}
	for _, change := range []func(*RsyncConfig){
		func(c *RsyncConfig) { c.Host = "-oProxyCommand=x" },
		func(c *RsyncConfig) { c.Host = "a b" },
		func(c *RsyncConfig) { c.Host = "" },
		func(c *RsyncConfig) { c.User = "-l" },
		func(c *RsyncConfig) { c.User = "a@b" },
		func(c *RsyncConfig) { c.Path = "" },
		func(c *RsyncConfig) { c.Path = "/" },
		func(c *RsyncConfig) { c.Path = "/srv/../etc" },
		func(c *RsyncConfig) { c.Path = "-rf" },
		func(c *RsyncConfig) { c.Path = "/srv/$(id)" },
		func(c *RsyncConfig) { c.Path = "~/www" },
		func(c *RsyncConfig) { c.Path = "/srv/a b" },
		func(c *RsyncConfig) { c.Identity = `/etc/"key` },
		func(c *RsyncConfig) { c.KnownHosts = "" },
		func(c *RsyncConfig) { c.Port = 70000 },
	} {
		bad := good
		change(&bad)
		if _, err := NewRsync(bad); press.CodeOf(err) != "place.config" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestRsyncNames: whatever a name holds, it is a name.
func TestRsyncNames(t *testing.T) {
	t.Parallel()
	h := startHost(t)
	r := h.place()
	dir := t.TempDir()
	var list []site.File
	var names []string
	for _, name := range []string{"-e sh", "--delete", "two\nlines", "空 格.html", "$(touch x)", "a:b", "*"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		list, names = append(list, site.File{Name: name}), append(names, name)
	}
	if err := os.WriteFile(filepath.Join(h.www, "stays"), []byte("stays"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.Put(t.Context(), dir, list); err != nil {
		t.Fatal(err)
	}
	want := files(t, dir)
	want["stays"] = "stays"
	if differ := diff(want, files(t, h.www)); len(differ) > 0 {
		t.Error(differ)
	}
	if err := r.Remove(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	if differ := diff(map[string]string{"stays": "stays"}, files(t, h.www)); len(differ) > 0 {
		t.Error(differ)
	}
}

// TestRsyncReadsNoSettings: rsync runs what a file .popt in its home says. Nobody else on the machine may lay one there.
func TestRsyncReadsNoSettings(t *testing.T) {
	if _, err := exec.LookPath("rsync"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("HOME", dir)
	for name, text := range map[string]string{".popt": "rsync alias --times --version\n", "id": "no key", "known": "", checkName: "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewRsync(RsyncConfig{Host: "127.0.0.1", Port: 1, User: "nobody", Path: "/www", Identity: filepath.Join(dir, "id"), KnownHosts: filepath.Join(dir, "known")})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Put(t.Context(), dir, []site.File{{Name: checkName, Path: filepath.Join(dir, checkName)}}); err == nil {
		t.Error("somebody else's settings made a run say that all is well, which never reached the other machine")
	}
}

// TestRsyncNotInstalled: a program that is missing is said before anything is brought.
func TestRsyncNotInstalled(t *testing.T) {
	t.Parallel()
	for _, c := range []RsyncConfig{{Rsync: "rsync-that-is-not-there", SSH: "true"}, {Rsync: "true", SSH: "ssh-that-is-not-there"}} {
		c.Host, c.User, c.Path, c.Identity, c.KnownHosts = "www.example.edu.cn", "www", "site", "key", "known"
		r, err := NewRsync(c)
		if err != nil {
			t.Fatal(err)
		}
		mustFault(t, r.Installed(), CodeNoProgram, press.ClassConfig)
	}
}
