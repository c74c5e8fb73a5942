package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const documented = "../../configs/newsdesk.yaml"

// TestTheDocumentedFile: the file that documents the keys has each of them and no other, and its values are the defaults.
func TestTheDocumentedFile(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{File: documented})
	if err != nil {
		t.Fatal(err)
	}
	c.from = nil
	if want := Default(); !reflect.DeepEqual(c, want) {
		t.Errorf("its values are not the defaults:\n got %+v\nwant %+v", c, want)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(withExamples(data), &doc); err != nil {
		t.Fatal(err)
	}
	got, want := keysOf("", doc.Content[0]), keysOfSchema()
	for _, key := range want {
		if !slices.Contains(got, key) {
			t.Errorf("%s is not documented", key)
		}
	}
	for _, key := range got {
		if !slices.Contains(want, key) {
			t.Errorf("%s is documented, but no key", key)
		}
	}
}

// withExamples turns the commented entry of an empty list into a real one.
func withExamples(data []byte) []byte {
	text := strings.ReplaceAll(string(data), "accounts: []", "accounts:")
	return []byte(strings.ReplaceAll(text, "\n#  ", "\n  "))
}

func TestTheExampleAccountLoads(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, string(withExamples(data)), "NEWSDESK_ACCOUNTS_0_SECRET=s")
	if len(c.Accounts) != 1 || c.Accounts[0].Name != "campus" || len(c.Check()) != 0 {
		t.Errorf("accounts %v, problems %v", c.Accounts, c.Check())
	}
}

func keysOf(path string, y *yaml.Node) []string {
	switch y.Kind {
	case yaml.MappingNode:
		var out []string
		for i := 0; i < len(y.Content); i += 2 {
			out = append(out, keysOf(join(path, y.Content[i].Value), y.Content[i+1])...)
		}
		return out
	case yaml.SequenceNode:
		if len(y.Content) > 0 && y.Content[0].Kind != yaml.ScalarNode {
			return keysOf(join(path, "*"), y.Content[0])
		}
	}
	return []string{path}
}

func keysOfSchema() []string {
	var out []string
	for _, leaf := range schema().leaves() {
		out = append(out, leaf.path)
	}
	return out
}

func TestVariableNamesAreUnique(t *testing.T) {
	t.Parallel()
	root := schema()
	for _, leaf := range root.leaves() {
		path := strings.ReplaceAll(leaf.path, "*", "7")
		name := strings.TrimPrefix(envName(path), envPrefix)
		if got, ok := root.byEnv(name); !ok || got != path {
			t.Errorf("%s leads to %q, want %q", name, got, path)
		}
		if notOurs(name) {
			t.Errorf("%s is taken for a variable of others", name)
		}
	}
}

// TestTagsAreSound: a default that its own range or list refuses, or a range that cannot be read, is a slip here.
func TestTagsAreSound(t *testing.T) {
	t.Parallel()
	root := schema()
	for key, def := range map[string]string{"limits.document_bytes": "5MB", "delivery.claim": "15s", "photos.max_pixels": "120000000"} {
		if _, err := root.at(key).parse(entry{text: def}); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, leaf := range root.leaves() {
		tag, ok := leaf.tag.Lookup("range")
		from, to, _ := strings.Cut(tag, "..")
		if ok && (leaf.bound(from) >= leaf.bound(to) || from == "" || to == "") {
			t.Errorf("%s has the range %q", leaf.path, tag)
		}
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	aes := strings.Repeat("k", 42) + "A"
	c := mustLoad(t, "sql: {driver: postgres, dsn: 'postgres://desk:hunter2@db:5432/newsdesk'}\n"+
		"redis: {mode: single, addresses: ['r:6379'], password: hunter2}\nlimits: {parcel_bytes: 64MiB}\n"+
		"accounts: [{name: a, app_id: wx0123456789abcdef, secret: hunter2, callback_token: hunter2, encoding_aes_key: "+aes+"}]\n",
		"NEWSDESK_LOG_LEVEL=debug")
	var out bytes.Buffer
	if err := c.Dump(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"level: debug # NEWSDESK_LOG_LEVEL\n", "dsn: postgres://desk:********@db:5432/newsdesk # newsdesk.yaml:1\n",
		"parcel_bytes: 64MiB # newsdesk.yaml:3\n", "max_lateness: 30m\n", "zone: Asia/Shanghai\n", "title_zh: 新闻中心\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, aes) {
		t.Errorf("a secret in\n%s", text)
	}
}

// TestDumpReadsBack: without secrets in it, what is dumped configures the same again.
func TestDumpReadsBack(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "zone: UTC\nphotos: {memory: 123456789}\nsite: {title_en: 'true', lead: 90s}\nlisten: 127.0.0.1:9\n")
	var out bytes.Buffer
	if err := c.Dump(&out); err != nil {
		t.Fatal(err)
	}
	again := mustLoad(t, out.String())
	c.from, again.from = nil, nil
	if !reflect.DeepEqual(c, again) {
		t.Errorf("got %+v\nwant %+v\nfrom\n%s", again, c, out.String())
	}
}

func TestDumpHidesAnythingDoubtful(t *testing.T) {
	t.Parallel()
	n := schema().at("sql.dsn")
	for dsn, want := range map[string]string{
		"data/newsdesk.db":                 "data/newsdesk.db",
		"postgres://u:hunter2@h/d":         "postgres://u:********@h/d",
		"postgres://u:hun#ter2@h/d":        mask,
		"postgres://u:hun ter2@h/d":        mask,
		"host=h password=hunter2":          mask,
		"postgres://h/d?password=hunter2":  mask,
		"postgres://u:hunter2@@h:x/d":      mask,
		"file:x.db?_pragma=key('hunter2')": mask,
		"":                                 "",
	} {
		if got := masked(n, Secret(dsn)); got != want {
			t.Errorf("%q is shown as %q, want %q", dsn, got, want)
		}
	}
}

func TestSecretsAreNeverWritten(t *testing.T) {
	t.Parallel()
	s := Secret("hunter2")
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
	encoded, err := json.Marshal(struct{ S Secret }{s})
	if err != nil {
		t.Fatal(err)
	}
	inYAML, err := yaml.Marshal(map[string]Secret{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	written := logged.String() + string(encoded) + string(inYAML)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s", "%t"} {
		written += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, Account{Secret: s}) + fmt.Sprintf(verb, &Redis{Password: s})
	}
	if strings.Contains(written, "hunter2") || strings.Contains(strings.ToLower(written), fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("a secret in %s", written)
	}
	if s.Reveal() != "hunter2" || Secret("").String() != "" {
		t.Error("Reveal or the empty secret is wrong")
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "512": 512, "64KB": 64_000, "1.5 GB": 1_500_000_000, "64KiB": 65_536, "2gb": 2_000_000_000, "1_000": 1000, "3B": 3,
	} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
		if again, err := ParseSize(FormatSize(want)); err != nil || again != want {
			t.Errorf("FormatSize(%d) = %q, which reads as %d, %v", want, FormatSize(want), again, err)
		}
	}
	for _, text := range []string{"", "-1", "5XB", "MB", "1e30TB", "NaN", "Inf", "9999999999TB", "0x10"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}

func TestSpansOfTimeAreWrittenShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		30 * time.Minute: "30m", 2 * time.Hour: "2h", 90 * time.Second: "1m30s", 0: "0s", 10 * time.Second: "10s",
		time.Hour + 10*time.Minute: "1h10m", 500 * time.Millisecond: "500ms", 20 * time.Hour: "20h",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("formatDuration(%d) = %q, want %q", d, got, want)
		}
	}
}
