package settings_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestColumnRulesPage(t *testing.T) {
	t.Parallel()
	office := open(t)
	admin := as(t, office, "admin")
	admin.done("/settings/columns", "name", "News")
	admin.done("/settings/columns", "name", "Group", "parent", "News")
	path := "/settings/columns/rules"
	body := admin.done(path, "column", "News", "version", "0", "photos_least", "3", "words_most", "800", "credits", "text", "credits", "photos", "digest", "1")
	if !strings.Contains(body, "What “News” asks is saved.") || !strings.Contains(body, "Asks: photos at least 3; words at most 800; credits: text, photos; a digest") {
		t.Errorf("saved: %s", body)
	}
	inner := admin.get(path + "?column=" + url.QueryEscape("News › Group"))
	for _, part := range []string{"from outside: 3", "from outside: 800", "Outer columns ask: photos at least 3", "photos at least 3; words at most 800"} {
		if !strings.Contains(inner, part) {
			t.Errorf("the inner column lacks %q", part)
		}
	}
	for _, bad := range [][2]string{{"photos_least", "many"}, {"photos_most", "2"}} {
		code, body := admin.do(http.MethodPost, path, url.Values{"column": {"News"}, "version": {"1"}, "photos_least": {"9"}, bad[0]: {bad[1]}})
		if code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="`+bad[1]+`"`) {
			t.Errorf("%v is answered with %d", bad, code)
		}
		if typed := strings.Contains(body, "Least photos: “many” is no number."); typed != (bad[1] == "many") {
			t.Errorf("%v: is it said to be no number? %t", bad, typed)
		}
	}
	if code, _ := admin.do(http.MethodPost, path, url.Values{"column": {"News"}, "version": {"0"}, "digest": {"1"}}); code != http.StatusConflict {
		t.Errorf("a stale form is answered with %d", code)
	}
	if code, _ := admin.do(http.MethodGet, path+"?column=Nowhere", nil); code != http.StatusNotFound {
		t.Errorf("no such column is answered with %d", code)
	}
	if body := admin.done(path, "column", "News", "version", "1", "photos_least", "3", "clear", "1"); strings.Contains(body, "Asks:") {
		t.Error("the rules were not cleared")
	}
}

func TestWordsPage(t *testing.T) {
	t.Parallel()
	office := open(t)
	admin := as(t, office, "admin")
	const path = "/settings/words"
	if body := admin.get(path); !strings.Contains(body, "The list is empty") || !strings.Contains(body, "截止目前") {
		t.Error("the empty list offers no sample")
	}
	if body := admin.done(path + "/sample"); !strings.Contains(body, "13 added, 0 changed, 0 removed; 13 in the list.") {
		t.Errorf("the sample: %s", body)
	}
	if body := admin.done(path, "phrase", "<b>帐号</b>", "instead", "x", "severity", "must"); !strings.Contains(body, "&lt;b&gt;帐号&lt;/b&gt;") {
		t.Error("an added word is not shown, or as markup")
	}
	code, body := admin.do(http.MethodPost, path, url.Values{"phrase": {strings.Repeat("长", 41)}, "instead": {"kept"}})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="kept"`) {
		t.Errorf("too long a word is answered with %d", code)
	}
	if body := admin.get(path + "?q=凯旋"); !strings.Contains(body, "1 of 14 found") || strings.Contains(body, "登陆网站") {
		t.Error("searching finds something else")
	}
	if body := admin.get(path + "?change=" + url.QueryEscape("帐号")); !strings.Contains(body, `name="phrase" class="input" value="帐号"`) {
		t.Error("a word to be changed is not in the form")
	}
	code, body = admin.do(http.MethodPost, path+"/paste", url.Values{"list": {"好,较好\n坏,x,unknown"}})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "Line 2:") || !strings.Contains(body, "好,较好") {
		t.Errorf("a list that cannot be read is answered with %d", code)
	}
	if body := admin.done(path+"/paste", "list", "好\t较好\n坏", "replace", "1", "version", "2"); !strings.Contains(body, "2 added, 0 changed, 14 removed; 2 in the list.") {
		t.Errorf("replaced: %s", body)
	}
	code, body = admin.do(http.MethodGet, path+".csv", nil)
	list, err := press.ParseWords(body)
	if code != http.StatusOK || err != nil || len(list) != 2 {
		t.Errorf("exported %d: %q, %v", code, body, err)
	}
	if body := admin.done(path+"/remove", "phrase", "好"); !strings.Contains(body, "1 removed; 1 in the list.") {
		t.Errorf("removed: %s", body)
	}
}
