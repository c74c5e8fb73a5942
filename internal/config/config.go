package config

import (
	"time"

	"newsdesk/internal/press"
)

// Config is every setting of a running Newsdesk. Load fills it; all that is optional and was left out has its default.
//
// Tags: key is the name in the file; allowed lists the only values; range bounds numbers, sizes and spans of time; unit
// bytes reads "5MB" and "5MiB".
type Config struct {
	Zone      *time.Location `key:"zone"`
	Language  press.Lang     `key:"language" allowed:"zh,en"`
	Data      string         `key:"data"`       // the folder for everything kept
	Listen    string         `key:"listen"`     // host:port
	PublicURL string         `key:"public_url"` // where people reach it; without a slash at the end

	BehindProxy bool `key:"behind_proxy"` // one that sets X-Forwarded-For stands in front, and is believed

	SQL      SQL       `key:"sql"`
	Secrets  Secrets   `key:"secrets"`
	Redis    Redis     `key:"redis"`
	Blobs    Blobs     `key:"blobs"`
	Limits   Limits    `key:"limits"`
	Photos   Photos    `key:"photos"`
	Review   Review    `key:"review"`
	Site     Site      `key:"site"`
	Themes   Themes    `key:"themes"`
	Accounts []Account `key:"accounts"`
	Sandbox  Sandbox   `key:"sandbox"`
	Delivery Delivery  `key:"delivery"`
	Notices  Notices   `key:"notices"`
	Targets  Targets   `key:"targets"`
	API      API       `key:"api"`
	Log      Log       `key:"log"`

	from map[string]string // key → where its value was given; see Origin
}

// SQL is the database that holds the truth.
type SQL struct {
	Driver string `key:"driver" allowed:"sqlite,postgres"`
	DSN    Secret `key:"dsn"` // a file's path for SQLite, a postgres:// address for PostgreSQL
}

// Secrets is how secrets in the database are sealed.
type Secrets struct {
	Key Secret `key:"key"` // base64 of 32 bytes; empty: a key file in the data folder
}

// Redis carries nudges, tokens and live updates; losing it loses nothing.
type Redis struct {
	Mode      string   `key:"mode" allowed:"embedded,single,sentinel,cluster"`
	Addresses []string `key:"addresses"` // host:port, or a socket's path
	Username  string   `key:"username"`
	Password  Secret   `key:"password"`
	DB        int      `key:"db" range:"0..1023"`
	Master    string   `key:"master"` // the name that sentinels know
	TLS       bool     `key:"tls"`
	Prefix    string   `key:"prefix"` // before every key of ours
}

// Blobs is where the bytes of photos and parcels are kept.
type Blobs struct {
	Driver string `key:"driver" allowed:"disk,s3"`
	Dir    string `key:"dir"`
	S3     S3     `key:"s3"`
}

// S3 is a bucket of an S3-compatible service.
type S3 struct {
	Endpoint  string `key:"endpoint"` // host or host:port
	Region    string `key:"region"`
	Bucket    string `key:"bucket"`
	AccessKey string `key:"access_key"`
	SecretKey Secret `key:"secret_key"`
	TLS       bool   `key:"tls"`
}

// Limits bound what one person may hand in at once.
type Limits struct {
	DocumentBytes int64 `key:"document_bytes" unit:"bytes" range:"1KB..100MB"`
	PhotoBytes    int64 `key:"photo_bytes" unit:"bytes" range:"100KB..1GB"`
	ParcelBytes   int64 `key:"parcel_bytes" unit:"bytes" range:"1MB..100GB"`
	Photos        int   `key:"photos" range:"1..200"`
}

// Photos bounds the work of resizing.
type Photos struct {
	Workers   int   `key:"workers" range:"0..256"`                      // 0: as many as there are cores
	Memory    int64 `key:"memory" unit:"bytes" range:"32MB..1TB"`       // for pixels, all workers together
	MaxPixels int64 `key:"max_pixels" range:"1_000_000..1_000_000_000"` // of one photo
}

// Review is the steps that an article is signed off in.
type Review struct {
	Stages []Stage `key:"stages"`
}

// Stage is one step of review and its names.
type Stage struct {
	Key string `key:"key"`
	Zh  string `key:"zh"`
	En  string `key:"en"`
}

// Site is the static website.
type Site struct {
	Enabled  bool          `key:"enabled"`
	Dir      string        `key:"dir"`
	BaseURL  string        `key:"base_url"` // without a slash at the end
	TitleZh  string        `key:"title_zh"`
	TitleEn  string        `key:"title_en"`
	Language press.Lang    `key:"language" allowed:"zh,en"`
	PageSize int           `key:"page_size" range:"1..200"` // articles on one page of a list
	Lead     time.Duration `key:"lead" range:"0s..1h"`      // how long before WeChat the page goes live

	WebP bool `key:"webp"` // photos in WebP beside JPEG, made behind everything else

	Theme     string   `key:"theme" allowed:"institutional,institutional-blue,campus"`
	Templates string   `key:"templates"` // a folder with a school's own templates, tokens and logo; empty: none
	Meta      []string `key:"meta"`      // what the line below an article's title says, in order
	Grey      bool     `key:"grey"`      // all pages in shades of grey
	GreyDays  []string `key:"grey_days"` // days on which they are: 2006-01-02, or 01-02 for every year
	ICP       string   `key:"icp"`       // the filing number at the foot of every page; empty: none

	Place Place `key:"place"`
}

// Themes is what articles look like in WeChat.
type Themes struct {
	Dir     string `key:"dir"`     // further themes, one file each; empty: only the built-in ones
	Default string `key:"default"` // for accounts that name none
}

// Account is one WeChat official account.
type Account struct {
	Name              string `key:"name"`
	AppID             string `key:"app_id"`
	Secret            Secret `key:"secret"`
	Kind              string `key:"kind" allowed:"subscription,service,personal,test"`
	CallbackToken     Secret `key:"callback_token"`
	EncodingAESKey    Secret `key:"encoding_aes_key"`
	OldEncodingAESKey Secret `key:"old_encoding_aes_key"` // still taken for events while the key is changed
	BaseURL           string `key:"base_url"`             // of the WeChat API; empty: WeChat's own
	Theme             string `key:"theme"`
	Author            string `key:"author"` // shown under the title where an article credits nobody
}

// Sandbox is the understudy of the WeChat API inside this process.
type Sandbox struct {
	Mode      string        `key:"mode" allowed:"auto,on,off"` // auto: on when no account is configured
	Listen    string        `key:"listen"`
	Latency   time.Duration `key:"latency" range:"0s..1m"` // added to every call
	Line      int           `key:"line" range:"0..10_000"` // Mbit/s each way, shared by all calls; 0: no limit
	StateFile string        `key:"state_file"`             // empty after loading: only in memory
}

// Delivery times the work of publishing.
type Delivery struct {
	MaxLateness time.Duration `key:"max_lateness" range:"1m..168h"` // later than this it asks a person
	WakeEarly   time.Duration `key:"wake_early" range:"1s..5m"`     // a worker takes it this long before its time
	Claim       time.Duration `key:"claim" range:"3s..10m"`         // a silent worker loses its claim after this
	Sweep       time.Duration `key:"sweep" range:"100ms..5m"`       // between looks for what is due and not moving
	Concurrency int           `key:"concurrency" range:"1..1024"`   // deliveries in work at once, per process
	Uploads     int           `key:"uploads" range:"1..32"`         // pictures of one account on their way to WeChat at once
	Haste       int           `key:"haste" range:"1..1000"`         // the protocol's pauses are divided by it, for drills before a sandbox
}

// Notices bounds where notices may go; the channels themselves are added in the browser.
type Notices struct {
	Private bool     `key:"private"` // addresses in the private network and on this machine too
	Plain   bool     `key:"plain"`   // without encryption too
	Robots  []string `key:"robots"`  // addresses of proxies or installations of one's own, that a robot's may begin with
}

// Targets bounds where articles may be sent; the WordPress sites and webhooks themselves are added in the browser.
type Targets struct {
	Private bool `key:"private"` // addresses in the private network and on this machine too
	Plain   bool `key:"plain"`   // a WordPress without encryption too
}

// API bounds the JSON API.
type API struct {
	Timeout time.Duration `key:"timeout" range:"1s..1h"` // for answering; uploads have as long as they keep moving
}

// Log is what the process says about itself on standard error.
type Log struct {
	Level  string `key:"level" allowed:"debug,info,warn,error"`
	Format string `key:"format" allowed:"text,json"`
}

// defaults are the values before anything is read; what depends on other keys is left empty for derive.
func defaults() Config {
	return Config{
		Zone: mustZone("Asia/Shanghai"), Language: press.Chinese, Data: "./data", Listen: "127.0.0.1:8080",
		SQL:    SQL{Driver: "sqlite"},
		Redis:  Redis{Mode: "embedded", Prefix: "newsdesk:"},
		Blobs:  Blobs{Driver: "disk", S3: S3{TLS: true}},
		Limits: Limits{DocumentBytes: 5 * MB, PhotoBytes: 60 * MB, ParcelBytes: 2 * GB, Photos: 200},
		Photos: Photos{Memory: 160 * MB, MaxPixels: 120_000_000},
		Site: Site{
			Enabled: true, TitleZh: "新闻中心", TitleEn: "News",
			Language: press.Chinese, PageSize: 20, Lead: 30 * time.Second, WebP: true,
			Theme: "institutional", Meta: []string{"source", "date", "author", "photos", "reviewer"},
			Place: defaultPlace(),
		},
		Themes:  Themes{Default: "institutional"},
		Sandbox: Sandbox{Mode: "auto", Listen: "127.0.0.1:8090"},
		Delivery: Delivery{
			MaxLateness: 30 * time.Minute, WakeEarly: 5 * time.Second,
			Claim: 15 * time.Second, Sweep: 2 * time.Second, Concurrency: 64, Uploads: 6, Haste: 1,
		},
		API: API{Timeout: time.Minute},
		Log: Log{Level: "info", Format: "text"},
	}
}

// Default returns the configuration of an installation where nothing is configured.
func Default() Config { return defaults().derive() }

// ReviewStages returns the stages of review in the domain's form.
func (c Config) ReviewStages() []press.Stage {
	out := make([]press.Stage, 0, len(c.Review.Stages))
	for _, s := range c.Review.Stages {
		out = append(out, press.Stage{Key: s.Key, Name: press.Text{EN: s.En, ZH: s.Zh}})
	}
	return out
}

// SandboxOn reports whether this process plays WeChat itself.
func (c Config) SandboxOn() bool {
	return c.Sandbox.Mode == "on" || c.Sandbox.Mode == "auto" && len(c.Accounts) == 0
}

// Account returns the account of that name.
func (c Config) Account(name string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}

// Origin says where the value of a key such as sql.dsn was given: a line of the file, an environment variable or a flag.
// It is empty for a default.
func (c Config) Origin(key string) string { return c.from[key] }
