package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/press"
)

func testEnv(lang press.Lang) (*env, *bytes.Buffer) {
	var out bytes.Buffer
	return &env{out: &out, errOut: &out, in: strings.NewReader(""), lang: lang, now: time.Now}, &out
}

// Every command explains itself in both languages, with an example that begins with the program's name.
func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, lang := range []press.Lang{press.English, press.Chinese} {
		e, out := testEnv(lang)
		root := newRoot(e)
		eachCommand(root, func(cmd *cobra.Command) {
			if cmd.Hidden || strings.HasPrefix(cmd.Name(), "completion") || cmd.Parent() != nil && cmd.Parent().Name() == "completion" {
				return
			}
			out.Reset()
			if err := cmd.Help(); err != nil {
				t.Fatal(err)
			}
			path := cmd.CommandPath()
			if !strings.Contains(out.String(), "\n  newsdesk ") || cmd.Short == "" || !strings.Contains(cmd.Example, path) && !cmd.HasSubCommands() {
				t.Errorf("%s (%s) lacks a description or an example:\n%s", path, lang, out)
			}
			if seen[path] == out.String() {
				t.Errorf("%s reads the same in both languages", path)
			}
			seen[path] = out.String()
		})
	}
	for _, path := range []string{"newsdesk demo", "newsdesk serve", "newsdesk worker", "newsdesk preview", "newsdesk article sign", "newsdesk delivery release", "newsdesk token create", "newsdesk config show", "newsdesk health"} {
		if seen[path] == "" {
			t.Errorf("there is no command %q", path)
		}
	}
}

// What a server says, or a title in it, cannot move the cursor; an error of several lines stays one of several lines.
func TestErrorsArePlain(t *testing.T) {
	t.Parallel()
	e, out := testEnv(press.English)
	e.complain(press.Fail(press.Conflict, "code\x1b[2J", press.Say("“a\x1b]0;b\x07c\u009b31m\u202ed”\n  - second", "中")))
	if got, want := out.String(), "newsdesk: “a]0;bc31md”\n  - second [code[2J]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 23, 30, 15, 0, time.UTC) // 07:30:15 on the 23rd in Shanghai
	for _, c := range []struct {
		in   string
		zone *time.Location
		want string // UTC; empty: refused
	}{
		{"now", shanghai, "2026-11-22T23:30:15Z"},
		{"+10m", shanghai, "2026-11-22T23:40:15Z"},
		{" +1h30m ", shanghai, "2026-11-23T01:00:15Z"},
		{"+0s", shanghai, "2026-11-22T23:30:15Z"},
		{"08:00", shanghai, "2026-11-23T00:00:00Z"},
		{"07:00", shanghai, "2026-11-23T23:00:00Z"},
		{"7:00", shanghai, "2026-11-23T23:00:00Z"},
		{"07:30:15", shanghai, "2026-11-23T23:30:15Z"},
		{"07:30:16", shanghai, "2026-11-22T23:30:16Z"},
		{"2026-11-23 07:00", shanghai, "2026-11-22T23:00:00Z"},
		{"2026-11-23T07:00:30", shanghai, "2026-11-22T23:00:30Z"},
		{"2026-11-23 07:00", berlin, "2026-11-23T06:00:00Z"},
		{"2026-11-23T07:00:00+08:00", berlin, "2026-11-22T23:00:00Z"},
		{"2026-11-23T07:00:00Z", berlin, "2026-11-23T07:00:00Z"},
		{"2027-03-28 02:30", berlin, ""}, // the clock goes from 2 to 3
		{"2026-02-30 07:00", shanghai, ""},
		{"24:00", shanghai, ""},
		{"+-5m", shanghai, ""},
		{"-5m", shanghai, ""},
		{"+5", shanghai, ""},
		{"tomorrow", shanghai, ""},
		{"", shanghai, ""},
	} {
		got, err := parseTime(c.in, now, c.zone)
		switch {
		case c.want == "":
			if press.CodeOf(err) != "usage" {
				t.Errorf("%q: got %v, %v; want a refusal", c.in, got, err)
			}
		case err != nil || got.UTC().Format(time.RFC3339) != c.want:
			t.Errorf("%q in %s: got %v, %v; want %s", c.in, c.zone, got.UTC(), err, c.want)
		}
	}
}

func TestTablesAlignChinese(t *testing.T) {
	t.Parallel()
	e, out := testEnv(press.Chinese)
	e.table([]string{"姓名", "角色", "状态"}, [][]string{{"李华", "editor", "启用"}, {"Zhang Xiaoming", "审核", "停用"}, {"坏\x1b[31m\n名\u202e字", "x", "y"}})
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) != 4 || strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Fatalf("got %d lines: %q", len(lines), out)
	}
	for i, last := range []string{"状态", "启用", "停用", "y"} {
		at := columnsOf(lines[i][:strings.LastIndex(lines[i], last)])
		if at != 24 { // 14 and 2 and 6 and 2
			t.Errorf("line %d has its last column at %d:\n%s", i, at, out)
		}
	}
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{"y\n": true, "YES\n": true, "是\n": true, "y": true, "n\n": false, "\n": false, "": false, "yesterday\n": false} {
		if got := answered(strings.NewReader(answer)) == nil; got != want {
			t.Errorf("%q: got %v, want %v", answer, got, want)
		}
	}
	e, _ := testEnv(press.English)
	if err := e.confirm(t.Context(), "?"); press.CodeOf(err) != "usage" {
		t.Errorf("without a terminal: %v", err)
	}
}

func TestLocalAddress(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "0.0.0.0:80": "http://127.0.0.1:80", ":8080": "http://127.0.0.1:8080",
		"[::]:8080": "http://[::1]:8080", "[fe80::1]:80": "http://[fe80::1]:80", "news.local:80": "http://news.local:80",
	} {
		if got := localAddress(listen); got != want {
			t.Errorf("%s: got %s, want %s", listen, got, want)
		}
	}
}

func TestLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, environ []string
		want          press.Lang
	}{
		{nil, nil, press.Chinese},
		{nil, []string{"LANG=en_US.UTF-8"}, press.English},
		{nil, []string{"LANG=zh_CN.UTF-8"}, press.Chinese},
		{nil, []string{"LANG=en_US.UTF-8", "LC_ALL=zh_CN.UTF-8"}, press.Chinese},
		{nil, []string{"LANG=C.UTF-8", "NEWSDESK_LANGUAGE=en"}, press.English},
		{nil, []string{"LANG=C.UTF-8"}, press.Chinese},
		{[]string{"version", "--lang", "en"}, []string{"LANG=zh_CN"}, press.English},
		{[]string{"--lang=zh", "version"}, []string{"LANG=en_GB"}, press.Chinese},
		{[]string{"submit", "--", "--lang=zh"}, []string{"LANG=en_GB"}, press.English},
	} {
		e := &env{environ: c.environ}
		if err := e.chooseLanguage(c.args); err != nil || e.lang != c.want {
			t.Errorf("%v, %v: got %s, %v; want %s", c.args, c.environ, e.lang, err, c.want)
		}
	}
	if err := (&env{}).chooseLanguage([]string{"--lang", "fr"}); press.CodeOf(err) != "usage" {
		t.Errorf("--lang fr: %v", err)
	}
}
