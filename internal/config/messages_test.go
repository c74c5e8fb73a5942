package config

import (
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestMessages holds every sentence to naming the place, the key, the value and what is allowed.
func TestMessages(t *testing.T) {
	t.Parallel()
	account := "accounts: [{name: a, app_id: wx0123456789abcdef, secret: s"
	for _, tc := range []struct {
		file, env string
		want      string // of the English sentence
	}{
		{"zone: Mars/Base", "", `newsdesk.yaml:1: zone is "Mars/Base"; allowed: the IANA name of a time zone, such as Asia/Shanghai.`},
		{"sql:\n  drvier: sqlite", "", `newsdesk.yaml:2: sql.drvier is not a key. Did you mean sql.driver?`},
		{"dsn: x", "", `newsdesk.yaml:1: dsn is not a key. Did you mean sql.dsn?`},
		{"log: {colour: red}", "", `newsdesk.yaml:1: log.colour is not a key; allowed here are level, format.`},
		{"log: {level: wran}", "", `newsdesk.yaml:1: log.level is "wran"; allowed: debug, info, warn, error (did you mean warn?).`},
		{"", "NEWSDESK_SQL_DRIVR=x", `environment: NEWSDESK_SQL_DRIVR is not a key. Did you mean NEWSDESK_SQL_DRIVER?`},
		{"", "NEWSDESK_PHOTOS_WORKERS=-1", `NEWSDESK_PHOTOS_WORKERS: photos.workers is "-1"; allowed: 0 to 256.`},
		{"", "NEWSDESK_SITE_ENABLED=maybe", `NEWSDESK_SITE_ENABLED: site.enabled is "maybe"; allowed: true or false.`},
		{"delivery: {sweep: 2}", "", `newsdesk.yaml:1: delivery.sweep is "2"; allowed: a span of time such as 500ms, 30s, 10m or 2h.`},
		{"limits: {photo_bytes: 5 XB}", "", `newsdesk.yaml:1: limits.photo_bytes is "5 XB"; allowed: a size such as 500KB, 5MB, 2GB or 64MiB.`},
		{"data: [a, b]", "", `newsdesk.yaml:1: data is "a, b"; allowed: one value, not a list.`},
		{"", "NEWSDESK_REDIS_ADDRESSES=redis://:pass@word@10.0.0.1:6379", `NEWSDESK_REDIS_ADDRESSES: redis.addresses is "redis://********@10.0.0.1:6379"; write an address and a port, such as 127.0.0.1:8080.`},
		{"listen: a:b@c", "", `newsdesk.yaml:1: listen is "********@c"; write an address and a port, such as 127.0.0.1:8080.`},
		{"listen: '8080'", "", `newsdesk.yaml:1: listen is "8080"; write an address and a port, such as 127.0.0.1:8080.`},
		{"public_url: ftp://x", "", `newsdesk.yaml:1: public_url is "ftp://x"; write an http or https address`},
		{"sql: {driver: postgres}", "", `sql.driver is postgres, so sql.dsn is needed`},
		{"secrets: {key: 'aHVudGVyMg=='}", "", `secrets.key is not base64 of 32 bytes`},
		{"sql: {dsn: 'postgres://u:hunter2@h/d'}", "", `but sql.driver is sqlite; write postgres.`},
		{"redis: {addresses: ['a:1']}", "", `redis.mode is embedded and would not use them`},
		{"redis: {mode: sentinel, addresses: ['a:1']}", "", `redis.master is needed`},
		{"redis: {mode: cluster, addresses: ['a:1'], db: 2}", "", `a cluster has only database 0`},
		{"redis: {mode: single}", "", `takes exactly one address; 0 are given`},
		{"blobs: {driver: s3, s3: {endpoint: h, access_key: k, secret_key: s}}", "", `so blobs.s3.bucket is needed`},
		{"blobs: {driver: s3, s3: {endpoint: 'https://h', bucket: b, access_key: k, secret_key: s}}", "", `write the host alone`},
		{"limits: {parcel_bytes: 1MB}", "", `limits.parcel_bytes is 1MB, less than one photo (60MB)`},
		{"review: {stages: [{key: a, zh: 一}, {key: a, zh: 二}]}", "", `review.stages.1.key is "a", which an earlier stage has already`},
		{"review: {stages: [{key: a}]}", "", `The stage "a" has no name`},
		{"delivery: {claim: 5s, wake_early: 1s}", "", `at least three times delivery.sweep (2s)`},
		{"delivery: {wake_early: 14s}", "", `at least 2s longer than delivery.wake_early (14s)`},
		{"sandbox: {listen: '127.0.0.1:8080'}", "", `sandbox.listen and listen are both "127.0.0.1:8080"`},
		{"accounts: [{name: a, app_id: wx0123456789abcdef}]", "", `accounts.0.secret is needed`},
		{"accounts: [{name: A b, app_id: wx0123456789abcdef, secret: s}]", "", `accounts.0.name is "A b"`},
		{account + "}, {name: a, app_id: wx2, secret: s}]", "", `accounts.1.name is "a", which an earlier account has already`},
		{account + "}, {name: b, app_id: wx0123456789abcdef, secret: s}]", "", `accounts.1.app_id is "wx0123456789abcdef", which an earlier`},
		{account + ", encoding_aes_key: hunter2, callback_token: tok}]", "", `accounts.0.encoding_aes_key has 7 characters; WeChat's`},
		{account + ", kind: newspaper}]", "", `accounts.0.kind is "newspaper"; allowed: subscription, service, personal, test.`},
		{account + ", secret_file: /none}]", "", `accounts.0.secret and accounts.0.secret_file are both given`},
		{account + "}]", "NEWSDESK_ACCOUNTS_2_NAME=c", `accounts has no entry 1, though later ones are given`},
		{"redis: {password_file: /does/not/exist}", "", `redis.password_file names the file "/does/not/exist", which cannot be used`},
		{"Zone: UTC\nzone: UTC", "", `newsdesk.yaml:2: zone is given twice; keep one.`},
	} {
		var env []string
		if tc.env != "" {
			env = append(env, tc.env)
		}
		_, err := given(t, tc.file+"\n", env...)
		text := press.TextOf(err)
		if err == nil || !strings.Contains(text.EN, tc.want) {
			t.Errorf("%s %s\n got: %s\nwant: %s", tc.file, tc.env, text.EN, tc.want)
		}
		if text.ZH == text.EN || text.ZH == "" || strings.Contains(text.EN+text.ZH, "%!") || strings.Contains(text.EN+text.ZH, "hunter2") {
			t.Errorf("%s: the sentences are wrong or tell a secret:\n%s\n%s", tc.file, text.EN, text.ZH)
		}
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	mustLoad(t, "", "NEWSDESK_SERVICE_HOST=10.0.0.1", "NEWSDESK_PORT_8080_TCP=tcp://10.0.0.1:8080", "NEWSDESK_TESTDATA=x", "NEWSDESK_SERVER=http://x", "NEWSDESK_SQL_DSN=")
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"public_url: http://news.example.edu.cn\n":                                    "public_url",
		"listen: 0.0.0.0:8080\n":                                                      "public_url",
		"accounts: [{name: a, app_id: gh_1, secret: s}]\n":                            "accounts.0.app_id",
		"sql: {driver: postgres, dsn: 'host=db user=u password=p dbname=newsdesk'}\n": "redis.mode",
	} {
		problems := mustLoad(t, file).Check()
		if len(problems) != 1 || problems[0].Key != want || !problems[0].Advice || problems[0].Code != "config.advice" {
			t.Errorf("%s: %v, want advice on %s", file, problems, want)
		}
	}
}
