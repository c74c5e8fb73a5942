package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/cli"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

func TestPeopleAndTokens(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	i.ok("user", "add", "李华", "--role", "contributor,editor")
	i.ok("user", "add", "Zhang Wei", "--role", "reviewer", "--stage", "first", "--stage", "final")
	i.run("user", "add", "李华", "--role", "editor").refused(4, "user.exists")
	i.run("user", "add", "Nobody").refused(2, "user.roles")
	i.run("user", "add", "King", "--role", "king").refused(2, "user.roles")
	i.run("user", "add", "Late", "--role", "reviewer", "--stage", "fourth").refused(2, "user.stages")
	i.run("token", "create", "Stranger").refused(3, "user.missing")

	made := i.run("token", "create", "李华", "--label", "laptop")
	secret := strings.TrimSuffix(made.out, "\n")
	if made.code != 0 || !strings.HasPrefix(secret, "nd_") || strings.ContainsAny(secret, " \n") || strings.Contains(made.errOut, secret) {
		t.Fatalf("token create printed %q and %q", made.out, made.errOut)
	}
	i.ok("user", "disable", "李华")
	if list := i.ok("user", "list"); !strings.Contains(list, "contributor, editor") || !strings.Contains(list, "disabled") || !strings.Contains(list, "first, final") {
		t.Errorf("user list:\n%s", list)
	}
	i.ok("user", "disable", "李华", "--undo")
	if people := decode[[]press.User](t, i.ok("user", "list", "--json")); len(people) != 2 || people[0].Disabled || people[1].Disabled {
		t.Errorf("user list --json: %+v", people)
	}
	tokens := decode[[]press.Token](t, i.ok("token", "list", "--json"))
	if len(tokens) != 1 || tokens[0].Label != "laptop" || strings.Contains(i.ok("token", "list", "--json"), secret) {
		t.Fatalf("token list --json: %+v", tokens)
	}
	i.ok("token", "revoke", strings.ToUpper(string(tokens[0].ID)))
	if tokens = decode[[]press.Token](t, i.ok("token", "list", "--json")); tokens[0].RevokedAt.IsZero() {
		t.Error("the token is not revoked")
	}
	i.run("token", "revoke", press.NewID(time.Now())).refused(3, "token.missing")
	i.run("token", "revoke", "../../etc/passwd").refused(2, "usage")
}

func TestDatabaseOfAnotherSchema(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	data := t.TempDir()
	i = i.with("NEWSDESK_DATA=" + data)
	// A database that exists and lacks what this program needs.
	s, err := store.Open(t.Context(), store.Config{Driver: store.DriverSQLite, DSN: filepath.Join(data, "newsdesk.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"worker"}, {"user", "list"}} {
		r := i.run(args...)
		r.refused(4, "store.schema")
		if !strings.Contains(r.errOut, "newsdesk migrate") {
			t.Errorf("%v does not say how to mend it: %s", args, r.errOut)
		}
	}
	if out := i.ok("migrate"); !strings.Contains(out, "from schema version 0 to") {
		t.Errorf("migrate: %s", out)
	}
	if out := i.ok("migrate"); !strings.Contains(out, "up to date") {
		t.Errorf("migrate again: %s", out)
	}
	i.ok("user", "list")
}

func TestConfigCommands(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	if out := i.ok("config", "check"); !strings.Contains(out, "The configuration is good.") {
		t.Errorf("config check: %s", out)
	}
	const secret = "0123456789abcdef-very-secret"
	show := i.with("NEWSDESK_REDIS_PASSWORD="+secret).ok("config", "show", "--set", "delivery.concurrency=7")
	if strings.Contains(show, secret) || !strings.Contains(show, "********") || !strings.Contains(show, "concurrency: 7") {
		t.Errorf("config show:\n%s", show)
	}
	i.run("config", "check", "--set", "zone").refused(2, "usage")
	i.run("config", "check", "--set", "listne=1").refused(2, "config.unknown_key")
	r := i.run("config", "check", "--set", "redis.mode=telepathy")
	r.refused(2, "config.value")
	if !strings.Contains(r.errOut, "telepathy") || !strings.Contains(r.errOut, "redis.mode") {
		t.Errorf("a bad value: %s", r.errOut)
	}
	i.run("config", "show", "--config", filepath.Join(t.TempDir(), "none.yaml")).refused(2, "config.file")
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	for _, args := range [][]string{
		{"sevre"},
		{"article", "shout"},
		{"article", "show"},
		{"article", "show", "a", "b"},
		{"serve", "--port", "1"},
		{"version", "x"},
		{"edition", "create", press.NewID(time.Now())},
		{"render", press.NewID(time.Now()), "--for", "paper"},
		{"preview", "."},
		{"version", "--lang", "fr"},
	} {
		i.run(args...).refused(2, "usage")
	}
	if r := i.with("LC_ALL=zh_CN.UTF-8").run("article", "show"); !strings.Contains(r.errOut, "缺少参数，应写成：newsdesk article show ") {
		t.Errorf("in Chinese: %s", r.errOut)
	}
	if out := i.ok("version"); !strings.HasPrefix(out, "newsdesk ") {
		t.Errorf("version: %s", out)
	}
	if out := i.ok(); !strings.Contains(out, "Exit codes:") {
		t.Errorf("no command at all: %s", out)
	}
}

func TestWithoutServer(t *testing.T) {
	t.Parallel()
	i := newInstallation(t, "NEWSDESK_SERVER=http://127.0.0.1:9")
	dir := parcel(t, englishText)
	i.run("submit", dir).refused(5, "token.missing")
	i.run("submit", dir, "--token-file", filepath.Join(dir, "none")).refused(2, "token.file")
	i.run("health").refused(6, "server.unreachable")
	i = i.with("NEWSDESK_TOKEN=nd_0000")
	r := i.run("submit", dir)
	r.refused(6, "server.unreachable")
	if strings.Contains(r.errOut, "nd_0000") {
		t.Errorf("the token is printed: %s", r.errOut)
	}
	i.run("submit", filepath.Join(dir, "none")).refused(3, "path.missing")
	i.run("article", "show", "1").refused(2, "usage")
}

func TestPreviewWithoutServer(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	dir := parcel(t, englishText+"absent.jpg\n")
	for _, target := range []string{"wechat", "site"} {
		page := filepath.Join(t.TempDir(), "page.html")
		r := i.run("preview", dir, "--for", target, "-o", page)
		if r.code != 0 || r.out != "" || !strings.Contains(r.errOut, "absent.jpg") {
			t.Fatalf("%s: exit code %d, %q, %q", target, r.code, r.out, r.errOut)
		}
		html, err := os.ReadFile(page)
		if err != nil || !strings.Contains(string(html), "Everybody walked across.") || strings.Count(string(html), "data:image/") < 2 {
			t.Errorf("%s: %d bytes, %v", target, len(html), err)
		}
	}
	i.run("preview", dir, "--for", "wechat", "--theme", "none").refused(3, "theme.unknown")
	i.run("preview", t.TempDir(), "--for", "wechat").refused(2, "parcel.no_document")
}

func TestWorkerStopsWhenAsked(t *testing.T) {
	t.Parallel()
	i := newInstallation(t, "NEWSDESK_LISTEN=127.0.0.1:8080") // where the server would be; a worker opens no port
	i.ok("migrate")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &whenWritten{do: stop}
	var errOut bytes.Buffer
	if code := cli.Run(ctx, []string{"worker"}, strings.NewReader(""), out, &errOut, i.environ); code != 0 {
		t.Errorf("worker ended with %d: %s", code, errOut.String())
	}
	if !strings.Contains(out.String(), "Ctrl-C") {
		t.Errorf("worker said %q", out.String())
	}
}

// whenWritten does something at the first output.
type whenWritten struct {
	bytes.Buffer
	do func()
}

func (w *whenWritten) Write(p []byte) (int, error) {
	w.do()
	return w.Buffer.Write(p)
}
