package settings_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

var madeKey = regexp.MustCompile(`id="made"[^>]* value="([^"]+)"`)

// TestTargets goes through the pages of websites without scripts: what is typed stays, secrets do not come back, a key that was
// made is shown once, and the connection test says what is wrong.
func TestTargets(t *testing.T) {
	t.Parallel()
	office := open(t)
	v := as(t, office, "admin")
	v.shows(v.get("/settings/targets"), "/settings/targets/site", "WordPress")
	if form := v.get("/settings/new-target?kind=wordpress"); !strings.Contains(form, "Application password") || strings.Contains(form, "empty leaves it as it is") {
		t.Error("a new website has no password that could stay as it is")
	}
	form := []string{
		"kind", "wordpress", "name", "wp", "title", "示例学院新闻网", "address", "https://127.0.0.1:9/", "user", "editor", "secret", "abcd EFGH",
		"policy", "optional", "on", "1", "columns", "新闻资讯 › 校园动态", "retract", "trash", "categories", "新闻资讯 = x",
	}
	code, body := v.post("/settings/targets", form...)
	if code != http.StatusUnprocessableEntity || strings.Contains(body, "EFGH") {
		t.Errorf("a category without a number: %d", code)
	}
	v.shows(body, "新闻资讯 = x", `value="新闻资讯 › 校园动态" checked`, "number in WordPress")
	form[len(form)-1] = "新闻资讯 = 3"
	body = v.done("/settings/targets", form...)
	v.shows(body, "not among the office", "新闻资讯 = 3")
	if strings.Contains(body, "EFGH") {
		t.Error("the password came back")
	}
	_, body = v.post("/settings/targets/wp/test")
	v.shows(body, `class="alert bad"`, `class="is-bad"`)

	body = v.done("/settings/targets", "kind", "webhook", "name", "portal", "title", "门户", "address", "https://portal.example.edu.cn/in", "policy", "optional")
	made := madeKey.FindStringSubmatch(body)
	if made == nil || len(made[1]) < 40 {
		t.Fatalf("no key is shown: %s", shown(body))
	}
	if body = v.get("/settings/targets/portal"); strings.Contains(body, made[1]) {
		t.Error("the key is shown again")
	}
	// What the form does not show was set by a program: saving the form leaves it.
	hook := desk.TargetChange{
		Name: "portal", Version: 1, Title: "门户", Address: "https://portal.example.edu.cn/in", Policy: press.SiteOptional,
		Options: map[string]string{"photos": "inline"},
	}
	if _, err := v.Desk.SaveTarget(t.Context(), press.System(), hook); err != nil {
		t.Fatal(err)
	}
	v.done("/settings/targets/portal", "version", "2", "title", "门户网站", "address", hook.Address, "policy", "optional")
	if got, err := v.Desk.Target(t.Context(), press.System(), "portal"); err != nil || got.Options["photos"] != "inline" || got.Title != "门户网站" {
		t.Errorf("after the form was saved: %+v, %v", got.Target, err)
	}
	v.done("/settings/targets/site", "version", "0", "title", "官网", "policy", "required", "first", "1", "on", "1")
	v.shows(v.get("/settings/targets"), "官网", "示例学院新闻网", "门户")
	v.done("/settings/targets/portal/remove", "version", "3")
	left, err := v.Desk.Targets(t.Context(), press.System())
	if err != nil || len(left) != 2 {
		t.Errorf("left %+v, %v", left, err)
	}
}
