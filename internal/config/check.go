package config

import (
	"encoding/base64"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// checker looks at a whole configuration and at how its keys go together.
type checker struct {
	Config
	collector
}

// Check returns everything that is wrong with the configuration, and advice on what is only odd. Load has already
// refused a configuration with faults; what it returned has advice at most.
func (c Config) Check() []Problem {
	k := checker{Config: c}
	k.process()
	k.sql()
	k.secrets()
	k.redis()
	k.blobs()
	k.limits()
	k.review()
	k.site()
	k.place()
	k.accounts()
	k.sandbox()
	k.delivery()
	k.notices()
	return k.problems
}

func (k *checker) fail(key, en, zh string, args ...any) {
	k.add("combination", key, k.Origin(key), press.Say(en, zh, args...))
}

func (k *checker) advise(key, en, zh string, args ...any) {
	k.fail(key, en, zh, args...)
	last := &k.problems[len(k.problems)-1]
	last.Code, last.Advice = "config.advice", true
}

func (k *checker) process() {
	if k.Data == "" {
		k.fail("data", "data is empty; it names the folder where everything is kept.", "data 为空，请指定数据目录。")
	}
	k.hostPort("listen", k.Listen)
	k.webAddress("public_url", k.PublicURL)
	u, err := url.Parse(k.PublicURL)
	if err == nil && u.Scheme == "http" && u.Hostname() != "localhost" && !loopback(u.Hostname()) {
		k.advise("public_url", "public_url %s is not https: passwords cross the network in the clear.",
			"public_url %s 不是 https，密码将明文传输。", shown(k.PublicURL))
	}
	host, _, err := net.SplitHostPort(k.Listen)
	if err == nil && !loopback(host) && host != "localhost" && k.Origin("public_url") == "" {
		k.advise("public_url", "listen %s takes connections from other machines, but public_url does not say under which address.",
			"listen %s 允许其他机器访问，但未设置 public_url。", shown(k.Listen))
	}
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func (k *checker) hostPort(key, text string) {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		k.fail(key, "%[1]s is %[2]s; write an address and a port, such as 127.0.0.1:8080.",
			"%[1]s 的值为 %[2]s，应为“地址:端口”，如 127.0.0.1:8080。", key, shown(text))
	}
}

// webAddress takes an empty one, which means that there is a default.
func (k *checker) webAddress(key, text string) {
	u, err := url.Parse(text)
	if text == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") &&
		u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		return
	}
	if strings.Contains(text, "@") {
		text = mask // a password may stand in it
	}
	k.fail(key, "%[1]s is %[2]s; write an http or https address without a query, such as https://news.example.edu.cn.",
		"%[1]s 的值为 %[2]s，应为不带参数的 http 或 https 地址，如 https://news.example.edu.cn。", key, shown(text))
}

// secrets must have the length that AES-256 takes; with several machines in sight a key file would be another on each.
func (k *checker) secrets() {
	raw, err := base64.StdEncoding.DecodeString(k.Secrets.Key.Reveal())
	switch {
	case k.Secrets.Key.Set() && (err != nil || len(raw) != SecretsKeyBytes):
		k.fail("secrets.key", "secrets.key is not base64 of %d bytes; make one with: openssl rand -base64 32.",
			"secrets.key 不是 %d 字节的 base64，可用 openssl rand -base64 32 生成。", SecretsKeyBytes)
	case !k.Secrets.Key.Set() && k.SQL.Driver == "postgres" && k.Redis.Mode != "embedded":
		k.advise("secrets.key", "secrets.key is empty: with several machines on one database, accounts added in the browser work only where they were added.",
			"secrets.key 为空：多台机器共用数据库时，在浏览器中添加的公众号只在添加它的机器上可用。")
	}
}

// SecretsKeyBytes is the length of secrets.key.
const SecretsKeyBytes = 32

func (k *checker) sql() {
	postgresDSN := regexp.MustCompile(`^postgres(ql)?://|(^|\s)host=`).MatchString(k.SQL.DSN.Reveal())
	switch {
	case k.SQL.Driver == "postgres" && !k.SQL.DSN.Set():
		k.fail("sql.dsn", "sql.driver is postgres, so sql.dsn is needed: postgres://user:password@host:5432/newsdesk.",
			"sql.driver 为 postgres 时须填写 sql.dsn：postgres://用户:密码@主机:5432/newsdesk。")
	case k.SQL.Driver == "postgres" && !postgresDSN:
		k.fail("sql.dsn", "sql.driver is postgres, but sql.dsn does not begin with postgres://.",
			"sql.driver 为 postgres，但 sql.dsn 不以 postgres:// 开头。")
	case k.SQL.Driver == "sqlite" && postgresDSN:
		k.fail("sql.driver", "sql.dsn is an address of PostgreSQL, but sql.driver is sqlite; write postgres.",
			"sql.dsn 是 PostgreSQL 地址，但 sql.driver 为 sqlite，请改为 postgres。")
	}
}

func (k *checker) redis() {
	r, n := k.Redis, len(k.Redis.Addresses)
	for _, a := range r.Addresses {
		if !strings.HasPrefix(a, "/") { // a socket's path on this machine
			k.hostPort("redis.addresses", a)
		}
	}
	switch {
	case r.Mode == "embedded" && n > 0:
		k.fail("redis.mode", "redis.addresses are given, but redis.mode is embedded and would not use them; write single, sentinel or cluster.",
			"已填写 redis.addresses，但 redis.mode 为 embedded，不会使用这些地址；请改为 single、sentinel 或 cluster。")
	case r.Mode == "single" && n != 1:
		k.fail("redis.addresses", "redis.mode is single, which takes exactly one address; %d are given.",
			"redis.mode 为 single，须填写且只能填写一个地址，现有 %d 个。", n)
	case (r.Mode == "sentinel" || r.Mode == "cluster") && n == 0:
		k.fail("redis.addresses", "redis.mode is %s, so redis.addresses are needed.", "redis.mode 为 %s 时须填写 redis.addresses。", r.Mode)
	}
	switch {
	case r.Mode == "sentinel" && r.Master == "":
		k.fail("redis.master", "redis.mode is sentinel, so redis.master is needed: the name the sentinels know.",
			"redis.mode 为 sentinel 时须填写 redis.master（哨兵所用的主节点名）。")
	case r.Mode != "sentinel" && r.Master != "":
		k.fail("redis.master", "redis.master is only for redis.mode sentinel; it is %s.", "redis.master 仅用于 sentinel 方式，现为 %s。", r.Mode)
	}
	if r.Mode == "cluster" && r.DB != 0 {
		k.fail("redis.db", "redis.db is %d, but a cluster has only database 0.", "redis.db 为 %d，但集群只有 0 号库。", r.DB)
	}
	if r.Mode == "embedded" && k.SQL.Driver == "postgres" {
		k.advise("redis.mode", "The embedded Redis serves one process only; a second serve or worker on this database needs a real Redis.",
			"内置 Redis 只服务一个进程；多进程共用数据库时须使用独立的 Redis。")
	}
}

func (k *checker) blobs() {
	if k.Blobs.Driver != "s3" {
		return
	}
	s3 := k.Blobs.S3
	for _, f := range []struct{ key, val string }{
		{"blobs.s3.endpoint", s3.Endpoint},
		{"blobs.s3.bucket", s3.Bucket},
		{"blobs.s3.access_key", s3.AccessKey},
		{"blobs.s3.secret_key", s3.SecretKey.Reveal()},
	} {
		if f.val == "" {
			k.fail(f.key, "blobs.driver is s3, so %s is needed.", "blobs.driver 为 s3 时须填写 %s。", f.key)
		}
	}
	if strings.Contains(s3.Endpoint, "/") {
		k.fail("blobs.s3.endpoint", "blobs.s3.endpoint is %s; write the host alone, and whether it speaks TLS in blobs.s3.tls.",
			"blobs.s3.endpoint 的值为 %s，只写主机名，是否加密由 blobs.s3.tls 决定。", shown(s3.Endpoint))
	}
}

func (k *checker) limits() {
	l := k.Limits
	if l.ParcelBytes < l.PhotoBytes || l.ParcelBytes < l.DocumentBytes {
		k.fail("limits.parcel_bytes", "limits.parcel_bytes is %s, less than one photo (%s) or document (%s) may have.",
			"limits.parcel_bytes 为 %s，小于单张图片（%s）或文档（%s）的上限。",
			FormatSize(l.ParcelBytes), FormatSize(l.PhotoBytes), FormatSize(l.DocumentBytes))
	}
}

func (k *checker) review() {
	var seen []string
	for i, s := range k.Review.Stages {
		key := "review.stages." + strconv.Itoa(i)
		switch {
		case !nameForm.MatchString(s.Key):
			k.fail(key+".key", "%s is %s; a stage's key has 1 to 32 of the characters a-z, 0-9 and -.",
				"%s 的值为 %s，环节标识由 1 至 32 个 a-z、0-9、- 组成。", key+".key", shown(s.Key))
		case slices.Contains(seen, s.Key):
			k.fail(key+".key", "%s is %s, which an earlier stage has already.", "%s 的值 %s 与前面的环节重复。", key+".key", shown(s.Key))
		case s.Zh == "":
			k.fail(key+".zh", "The stage %s has no name; give zh, en or both.", "环节 %s 没有名称，请填写 zh 或 en。", shown(s.Key))
		}
		seen = append(seen, s.Key)
	}
}

func (k *checker) site() {
	k.webAddress("site.base_url", k.Site.BaseURL)
	if k.Site.TitleZh == "" && k.Site.TitleEn == "" {
		k.fail("site.title_zh", "The website has no title; give site.title_zh, site.title_en or both.",
			"网站没有标题，请填写 site.title_zh 或 site.title_en。")
	}
	if !nameForm.MatchString(k.Themes.Default) {
		k.fail("themes.default", "themes.default is %s; a theme's name has 1 to 32 of the characters a-z, 0-9 and -.",
			"themes.default 的值为 %s，主题名由 1 至 32 个 a-z、0-9、- 组成。", shown(k.Themes.Default))
	}
}

func (k *checker) sandbox() {
	if !k.SandboxOn() {
		return
	}
	k.hostPort("sandbox.listen", k.Sandbox.Listen)
	if k.Sandbox.Listen == k.Listen && !strings.HasSuffix(k.Listen, ":0") {
		k.fail("sandbox.listen", "sandbox.listen and listen are both %s.", "sandbox.listen 与 listen 相同，均为 %s。", shown(k.Listen))
	}
	if len(k.Config.Accounts) > 0 {
		k.advise("sandbox.mode", "The sandbox plays every account: nothing reaches WeChat.", "沙箱模式已开启，内容不会发往微信。")
	}
}

// delivery holds the spans of time together: a claim is renewed each third of its life, and must outlast the wait for
// the exact second.
func (k *checker) notices() {
	for _, address := range k.Notices.Robots {
		k.webAddress("notices.robots", address)
	}
}

func (k *checker) delivery() {
	d := k.Delivery
	if d.Claim < 3*d.Sweep {
		k.fail("delivery.claim", "delivery.claim is %s; it must be at least three times delivery.sweep (%s), or a busy worker loses what it is doing.",
			"delivery.claim 为 %s，至少应为 delivery.sweep（%s）的三倍，否则忙碌的进程会丢失任务。", formatDuration(d.Claim), formatDuration(d.Sweep))
	}
	if d.Claim < d.WakeEarly+2*time.Second {
		k.fail("delivery.claim", "delivery.claim is %s; it must be at least 2s longer than delivery.wake_early (%s).",
			"delivery.claim 为 %s，至少应比 delivery.wake_early（%s）长 2 秒。", formatDuration(d.Claim), formatDuration(d.WakeEarly))
	}
	k.haste()
	if k.Site.Lead > d.MaxLateness {
		k.fail("site.lead", "site.lead is %s, longer than delivery.max_lateness (%s).",
			"site.lead 为 %s，长于 delivery.max_lateness（%s）。", formatDuration(k.Site.Lead), formatDuration(d.MaxLateness))
	}
}
