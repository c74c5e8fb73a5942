package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// TestTargetsCommand: an administrator adds, changes, tries and removes a website. Its secret comes from a file, and comes out
// nowhere but where it was made.
func TestTargetsCommand(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve()
	admin := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("boss", "administrator"))
	editor := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("editor", "editor"))
	secret := filepath.Join(t.TempDir(), "password.txt")
	if err := os.WriteFile(secret, []byte("abcd EFGH 1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wp := []string{"targets", "add", "wp", "--title", "示例学院新闻网", "--address", "https://127.0.0.1:9/", "--user", "editor", "--secret-file"}
	admin.run(append(wp, filepath.Join(t.TempDir(), "none"))...).refused(2, "target.file")
	editor.run(append(wp, secret)...).refused(5, "role")
	out := admin.ok(append(wp, secret, "--column", "新闻资讯 › 校园动态", "--option", "retract=draft")...)
	if !strings.Contains(out, "示例学院新闻网") || !strings.Contains(out, "新闻资讯 › 校园动态") || strings.Contains(out, "EFGH") {
		t.Errorf("add says %q", out)
	}
	admin.run("targets", "change", "wp", "--address", "https://127.0.0.1:10/").refused(2, "target.password")
	admin.ok("targets", "change", "wp", "--off", "--policy", "required")
	got := decode[desk.TargetRow](t, admin.ok("targets", "show", "wp", "--json"))
	if got.On || got.Policy != press.SiteRequired || got.Title != "示例学院新闻网" || got.Options[press.OptionRetract] != press.RetractDraft || len(got.Columns) != 1 {
		t.Errorf("after the change: %+v", got.Target)
	}
	admin.run("targets", "test", "wp").refused(6, "target.test")
	admin.run("targets", "test", "wp", "--json").refused(6, "target.test")
	if err := os.WriteFile(secret, []byte("http://127.0.0.1:9/hook\na-key-of-the-test-1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	admin.ok("notice", "add", "示例值班群", "--road", "webhook", "--secrets-file", secret)
	admin.run("notice", "test", "示例值班群", "--json").refused(6, "notice.test")
	hook := decode[desk.TargetSaved](t, admin.ok("targets", "add", "hook", "--kind", "webhook", "--address", "https://portal.example.edu.cn/in", "--json"))
	if hook.Secret == "" {
		t.Error("no key was made")
	}
	if list := editor.ok("targets", "list"); !strings.Contains(list, "hook") || strings.Contains(list, hook.Secret) {
		t.Errorf("the list says %q", list)
	}
	editor.run("publish", press.NewID(got.UpdatedAt), "--to", "hook").refused(3, "article.missing")
	admin.ok("targets", "remove", "wp")
	if list := decode[api.TargetList](t, editor.ok("targets", "list", "--json")); len(list.Targets) != 2 {
		t.Errorf("left: %+v", list.Targets)
	}
}
