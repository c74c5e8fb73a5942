package site

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/search"
)

// Bounds and defaults of the lists.
const (
	DefaultPageSize = 20
	maxPageSize     = 200
)

// Config is what a site needs to know.
type Config struct {
	Dir      string         // the folder; made when missing
	BaseURL  string         // where readers find Dir, such as https://news.example.edu.cn/
	Title    press.Text     // the site's name
	Lang     press.Lang     // language of everything that is not an article; default Chinese
	Zone     *time.Location // of the dates that readers see; default UTC+8
	PageSize int            // articles on a full list page; default 20
	Place    Place          // where readers find a copy of Dir; nil: Dir itself is what they read

	Theme     string   // one of Themes; default DefaultTheme
	Templates string   // a folder with a school's own templates, tokens.css, logo and the like; "": none
	Meta      []string // what the line below an article's title says, in order; of MetaNames, default DefaultMeta
	Grey      bool     // the whole site in shades of grey, as on days of mourning
	GreyDays  []string // days on which it is, in Zone: 2006-01-02, or 01-02 for every year
	Filing    string   // the ICP filing number, which a site in China shows on every page; "": none
	Now       func() time.Time
	Variants  string // what search.ParseVariants reads, for the search; "": none
	Code      string // a JavaScript module whose draw(address) makes a QR code, for articles; "": they offer none
	Alone     bool   // a page is looked at by itself, without the site: no script, and photos lead nowhere

	Archive Archive
	Logger  *slog.Logger
}

// Archive answers what the lists show: the articles that are live, ordered by PublishedAt and then by identifier. A
// column's articles include those of its sub-columns.
type Archive interface {
	// Entries returns the articles of a stretch, the oldest first.
	Entries(ctx context.Context, s Stretch) ([]Entry, error)
	// Times is Entries with PublishedAt alone, Dates with UpdatedAt and the identifier too; both are cheaper.
	Times(ctx context.Context, s Stretch) ([]time.Time, error)
	Dates(ctx context.Context, s Stretch) ([]Entry, error)
	// Since returns when an article went live, also if it is not any more; zero if it never was.
	Since(ctx context.Context, id press.ArticleID) (time.Time, error)
	// Columns returns every column that has a live article, with its ancestors, each once, in the order in which readers
	// should see them. The order must be the same each time.
	Columns(ctx context.Context) ([]press.Column, error)
	// Neighbours returns the articles published just before and just after an article; nil where there is none, and also
	// for an article that is not live.
	Neighbours(ctx context.Context, id press.ArticleID) (prev, next *Entry, err error)
	// Gone returns the articles that were live once and are not now.
	Gone(ctx context.Context) ([]press.ArticleID, error)
}

// Stretch is some of the articles of a column, in their order.
type Stretch struct {
	Column press.Column    // with its sub-columns; nil: all articles
	From   time.Time       // the earliest instant; zero: there is none
	After  press.ArticleID // of the articles of the instant From, only those after this one
	Until  time.Time       // the instant after the last; zero: there is none
	Newest bool            // the newest of them, where there are more than Limit, instead of the oldest
	Limit  int             // 1 to 500; for Times 1 to 10,000
}

// Position is an article's place in the order of all.
type Position struct {
	PublishedAt time.Time
	Article     press.ArticleID
}

// Entry is a live article as lists show it. UpdatedAt is zero when it was never corrected.
type Entry struct {
	Article     press.ArticleID
	Title       string
	Summary     string
	Column      press.Column
	PublishedAt time.Time
	UpdatedAt   time.Time
	Thumb       string // PhotoFile of the cover's 480 wide rendition, or ""
	Wide        string // of the 960 wide one, for where a picture is large; "" or Thumb where the original is smaller
}

// Article is what a page is made from. PublishedAt is the time that the Archive gives too, to the second at least.
type Article struct {
	ID          press.ArticleID
	Content     press.Content
	PublishedAt time.Time
	UpdatedAt   time.Time
	Corrections []press.Correction       // what readers are told was corrected, the earliest first
	Photos      map[press.Digest][]Photo // by the digest of the original
	Captions    press.CaptionStyle
	// Attached opens an attachment; nil where there are none.
	Attached func(context.Context, press.Attachment) (io.ReadCloser, error)
}

// Photo is one rendition of a photo; those of the recipes in press.SiteRecipes are used.
type Photo struct {
	press.Rendition
	Open func(context.Context) (io.ReadCloser, error)
}

// Result says what publishing did.
type Result struct {
	Address string // of the article
	File    string // of the article, relative to the folder
	Written int    // files that are new or have other bytes than before
	Removed int
	Bytes   int64 // in the files written
}

// Site writes a website into a folder. Its methods may be called at the same time, also from several processes on one
// machine; one writes at a time.
type Site struct {
	cfg      Config
	base     *url.URL
	chrome   chrome
	pages    *pages
	style    []byte
	advice   []press.Text // about the look
	variants search.Variants
	turn     chan struct{} // holds one token: whoever took it writes
	mirror   mirror
	few      int // files that are put aside for the place while nobody can write
	hook     func(op, name string) error
	sync     func(*os.File) error
}

// New checks the configuration and prepares the templates. It does not touch the folder.
func New(cfg Config) (*Site, error) {
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	s := &Site{cfg: cfg, base: base, turn: make(chan struct{}, 1), sync: (*os.File).Sync, few: fewNames}
	s.turn <- struct{}{}
	s.mirror.turn = make(chan struct{}, 1)
	if s.variants, err = search.ParseVariants(cfg.Variants); err != nil {
		return nil, err
	}
	l, err := s.cfg.loadLook()
	if err != nil {
		return nil, err
	}
	s.pages, s.style, s.advice, s.chrome = l.pages, l.style, l.advice, s.newChrome(l)
	if err := s.tryPages(l.own); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *Config) fill() error {
	if c.Dir == "" {
		return badConfig("dir", "a folder must be named", "须指定文件夹")
	}
	if c.Archive == nil {
		return fmt.Errorf("site: no archive")
	}
	if c.PageSize == 0 {
		c.PageSize = DefaultPageSize
	}
	if c.PageSize < 1 || c.PageSize > maxPageSize {
		return badConfig("page_size", fmt.Sprintf("%d is not between 1 and %d", c.PageSize, maxPageSize),
			fmt.Sprintf("%d 不在 1 与 %d 之间", c.PageSize, maxPageSize))
	}
	if c.Lang != press.English {
		c.Lang = press.Chinese
	}
	if c.Title.In(c.Lang) == "" {
		c.Title = press.Say("News", "新闻网")
	}
	if c.Zone == nil {
		c.Zone = time.FixedZone("UTC+8", 8*60*60)
	}
	if c.Theme == "" {
		c.Theme = DefaultTheme
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := c.fillMeta(); err != nil {
		return err
	}
	if err := checkDays(c.GreyDays); err != nil {
		return err
	}
	if err := checkFiling(c.Filing); err != nil {
		return err
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "..") {
		return nil, badConfig("base_url", fmt.Sprintf("%q is not an address like https://news.example.edu.cn/", address),
			fmt.Sprintf("%q 不是形如 https://news.example.edu.cn/ 的地址", address))
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/")+"/", ""
	return u, nil
}

func badConfig(key, en, zh string) error {
	return press.Fail(press.Invalid, "site.config", press.Text{
		EN: "The website's setting " + key + " cannot be used: " + en + ".",
		ZH: "网站设置 " + key + " 不可用：" + zh + "。",
	})
}
