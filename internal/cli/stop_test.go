package cli_test

import (
	"strings"
	"testing"

	"newsdesk/internal/api"
)

func TestStopCommand(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve()
	editor := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("editor", "editor"))
	writer := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("writer", "contributor"))
	editor.run("stop").refused(2, "usage")
	editor.run("stop", "nobody", "--reason", "x").refused(2, "edition.account")
	writer.run("stop", "--reason", "x").refused(5, "role")
	if out := editor.ok("stop", "--reason", "wrong headline"); !strings.Contains(out, "all accounts") || !strings.Contains(out, "wrong headline") {
		t.Errorf("stop says %q", out)
	}
	if out := writer.ok("stop", "--list"); !strings.Contains(out, "editor") || !strings.Contains(out, "wrong headline") {
		t.Errorf("the list says %q", out)
	}
	if list := decode[api.StopList](t, editor.ok("stop", "--list", "--json")); len(list.Stops) != 1 {
		t.Errorf("%d stops", len(list.Stops))
	}
	editor.ok("resume")
	editor.run("resume").refused(3, "stop.none")
}
