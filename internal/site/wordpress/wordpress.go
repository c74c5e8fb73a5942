package wordpress

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// Memory is what is remembered of a WordPress. What is not known is an error of kind NotFound, or a zero value.
type Memory interface {
	PagePlace(ctx context.Context, target string, article press.ArticleID) (press.PagePlace, error)
	SavePagePlace(ctx context.Context, p press.PagePlace) error
	PhotoPlace(ctx context.Context, target string, photo press.Digest) (press.PhotoPlace, error)
	SavePhotoPlace(ctx context.Context, p press.PhotoPlace) error
	ForgetPhotoPlace(ctx context.Context, target string, photo press.Digest) error
}

// Config is what a Client is made of.
type Config struct {
	Name     string // of the target
	Address  string // of the WordPress, where its front page is
	User     string // login or mail address
	Password string // an application password, not that of the login page
	Options  map[string]string
	Memory   Memory
	Open     func(context.Context, press.Digest) (io.ReadCloser, error) // a rendition
	Zone     *time.Location                                             // of dates in texts; nil: UTC
	Log      *slog.Logger                                               // nil: none

	Private bool          // connections to the private network and to this machine are allowed
	Plain   bool          // so are connections without encryption to other machines
	HTTP    *http.Client  // nil: one that connects only where it may
	Timeout time.Duration // for one call, default a minute; an upload may take three times that
}

// Client is a WordPress as a target. It is safe for concurrent use.
type Client struct {
	cfg        Config
	base       *url.URL // ends in a slash
	http       *http.Client
	categories []press.OptionPair
	authors    []press.OptionPair

	mu     sync.Mutex
	root   *root                   // nil: not found yet
	editor *markup.WordPressEditor // nil: not asked yet
}

// New makes a client. It asks nothing of the WordPress yet.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(strings.TrimSpace(cfg.Address))
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.User != nil:
		return nil, press.Fail(press.Invalid, "wordpress.address", press.Say(
			"%q is not the address of a WordPress, such as https://news.example.edu.cn/.", "%q 不是 WordPress 的地址，应形如 https://news.example.edu.cn/。", cfg.Address))
	case base.Scheme == "http" && !cfg.Plain && !reach.Loopback(base.Hostname()):
		return nil, press.Fail(press.Invalid, "wordpress.plain", press.Say(
			"“%s” is not encrypted, so the password would travel for all to read. Enter the address with https. If the website has none, whoever runs Newsdesk's server can set targets.plain: true in the configuration and restart.",
			"“%s”没有加密，密码会以明文传输。请填写 https 开头的地址；网站确实没有 https 的，请 Newsdesk 的服务器管理员在配置文件中设置 targets.plain: true 并重启。", cfg.Address))
	case cfg.User == "" || cfg.Password == "":
		return nil, press.Fail(press.Invalid, "wordpress.login", press.Say(
			"A WordPress needs a user name and an application password.", "WordPress 需要用户名和应用程序密码。"))
	}
	c := &Client{cfg: cfg, base: &url.URL{Scheme: base.Scheme, Host: base.Host, Path: strings.TrimSuffix(homePath(base.Path), "/") + "/"}, http: cfg.HTTP}
	if err := press.CheckWordPress(cfg.Options); err != nil {
		return nil, err
	}
	if c.categories, err = press.OptionPairs(cfg.Options[press.OptionCategories]); err != nil {
		return nil, err
	}
	if c.authors, err = press.OptionPairs(cfg.Options[press.OptionAuthors]); err != nil {
		return nil, err
	}
	if c.cfg.Timeout <= 0 {
		c.cfg.Timeout = time.Minute
	}
	if c.cfg.Log == nil {
		c.cfg.Log = slog.New(slog.DiscardHandler)
	}
	if c.http == nil {
		c.http = reach.Client(cfg.Private, c.cfg.Timeout)
	} else if c.http.CheckRedirect == nil {
		own := *c.http
		own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c.http = &own
	}
	return c, nil
}

// homePath leaves out of an address's path what people copy along with it: the way to the dashboard or to the API.
func homePath(path string) string {
	for _, part := range []string{"/wp-admin", "/wp-login.php", "/wp-json", "/index.php", "/xmlrpc.php"} {
		if i := strings.Index(path, part); i >= 0 {
			path = path[:i]
		}
	}
	return path
}

// Name is the target's.
func (c *Client) Name() string { return c.cfg.Name }

// slugOf is an article's slug. It is no number, which WordPress might take for a page's, and belongs to nothing else.
func slugOf(id press.ArticleID) string { return "news-" + string(id) }

// Address is where readers find an article, whether it is there yet or not.
func (c *Client) Address(id press.ArticleID) string {
	return c.base.String() + "?name=" + url.QueryEscape(slugOf(id))
}

// Refresh has nothing to do: WordPress makes its lists itself.
func (c *Client) Refresh(context.Context, press.Column, press.ArticleID) error { return nil }

func (c *Client) remembered(ctx context.Context, id press.ArticleID) (press.PagePlace, error) {
	p, err := c.cfg.Memory.PagePlace(ctx, c.cfg.Name, id)
	if err != nil && press.KindOf(err) != press.NotFound {
		return p, err
	}
	// A call may have been under way to the address before when another one was entered: its numbers mean other posts here.
	if base := readMark(p).Base; err != nil || p.Target == "" || base != "" && base != c.baseMark() {
		p = press.PagePlace{Target: c.cfg.Name, Article: id}
	}
	return p, nil
}

func asFault(err error) (*press.PageFault, bool) {
	var f *press.PageFault
	ok := errors.As(err, &f)
	return f, ok
}
