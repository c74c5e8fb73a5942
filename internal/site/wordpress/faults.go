package wordpress

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// Codes of faults that lead to something else than a message.
const (
	codeNoAPI    = "wordpress.no_api"
	codeNotJSON  = "wordpress.not_json"
	codeFirewall = "wordpress.firewall"
	codeRedirect = "wordpress.redirect"
	codeNoRoute  = "wordpress.no_route"
	codeLogin    = "wordpress.login"
	codeGone     = "wordpress.gone"
	codeDatabase = "wordpress.database"
	codeXMLRPC   = "wordpress.only_xmlrpc"
)

// elsewhere reports whether a fault may mean that the API has moved.
func elsewhere(code string) bool {
	switch code {
	case codeNoAPI, codeNotJSON, codeFirewall, codeRedirect, codeNoRoute, codeXMLRPC:
		return true
	}
	return false
}

// refusal is a WP_Error as the REST API writes it.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// refused reads a WP_Error; false: the answer is none.
func (a *answer) refused() (refusal, bool) {
	var r refusal
	if a.decode(&r) != nil {
		return r, false
	}
	return r, r.Code != ""
}

// configFault asks an administrator of Newsdesk, contentFault an editor, laterFault nobody yet.
func configFault(code string, text, fix press.Text, answer string) *press.PageFault {
	return &press.PageFault{Code: code, Class: press.ClassConfig, Text: text, Fix: fix, Whose: press.Administrator, Answer: answer}
}

func contentFault(code string, text, fix press.Text, answer string) *press.PageFault {
	return &press.PageFault{Code: code, Class: press.ClassContent, Text: text, Fix: fix, Whose: press.Editor, Answer: answer}
}

func laterFault(code string, text, fix press.Text, answer string) *press.PageFault {
	return &press.PageFault{Code: code, Class: press.ClassBackoff, Text: text, Fix: fix, Whose: press.Administrator, Answer: answer}
}

// unanswered is a call that brought no answer. It may have been carried out.
func (c *Client) unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, errLong) {
		return configFault("wordpress.long", press.Say("WordPress's answer has no end.", "WordPress 的应答过长，已中止读取。"),
			press.Say("Check whether the address is that of the WordPress itself.", "请核对地址是否为 WordPress 本身的地址。"), "")
	}
	text, fix, words, waits := reach.Why(err)
	f := configFault("wordpress.unreachable", text, fix, c.scrub(words))
	if waits {
		f.Class = press.ClassBackoff
	}
	f.Err = bareErr(err)
	return f
}

// bareErr is an error without the address that net/http puts before it.
func bareErr(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func noAPI(answer string) *press.PageFault {
	return configFault(codeNoAPI,
		press.Say("No WordPress answers at this address: its REST API was not found.", "该地址没有找到 WordPress 的 REST API。"),
		press.Say("Enter the address of the front page, without anything behind it. If it is right, a plugin or the web server has turned the REST API off: have /wp-json/ allowed.",
			"请填写网站首页地址，后面不要带其他内容。地址无误时，可能是插件或服务器关闭了 REST API，请放行 /wp-json/。"), answer)
}

// onlyXMLRPC is a WordPress of which the REST API is kept and the older interface is not.
func onlyXMLRPC(answer string) *press.PageFault {
	return configFault(codeXMLRPC,
		press.Say("WordPress is at this address, but only its old interface (XML-RPC) answers; Newsdesk needs the REST API.", "该地址是 WordPress，但只开放了旧接口（XML-RPC）；Newsdesk 需要 REST API。"),
		press.Say("Have /wp-json/ and index.php?rest_route= allowed again in the security plugin or at the host, and WordPress updated to 5.6 or newer.",
			"请在安全插件或主机上重新放行 /wp-json/ 和 index.php?rest_route=，并将 WordPress 升级到 5.6 以上。"), answer)
}

// closed is a plugin that keeps the REST API from everybody, or from those who sign in as Newsdesk does.
func closed(words string) *press.PageFault {
	return configFault("wordpress.closed", press.Say("A plugin keeps the REST API closed.", "有插件关闭了 REST API。"),
		press.Say("Have it allow calls with an application password; its words are in the answer.", "请在该插件中放行使用应用程序密码的请求，插件的说明见应答。"), words)
}

// explain says what an answer that is no success means, and what to do.
func (c *Client) explain(a *answer, at *root, r request) *press.PageFault {
	if a.status >= 300 && a.status < 400 {
		return c.redirected(a)
	}
	words := c.words(a)
	said, ok := a.refused()
	if ok {
		words = c.scrub(plain(said.Code + ": " + said.Message))
	}
	switch {
	case a.status == http.StatusTooManyRequests:
		f := laterFault("wordpress.busy", press.Say("WordPress's server takes no more calls for now.", "对方服务器暂时限制了访问频率。"),
			press.Say("It is tried again by itself.", "系统会自动重试。"), words)
		f.Wait = retryAfter(a.header)
		return f
	case a.status == http.StatusServiceUnavailable:
		f := laterFault("wordpress.maintenance", press.Say("WordPress is under maintenance or overloaded (503).", "WordPress 正在维护或负载过高（503）。"),
			press.Say("It is tried again by itself. If it stays so, an update there may have stopped half-way: the file .maintenance in its folder then has to be deleted.",
				"系统会自动重试。长时间如此，可能是对方更新中断，请删除其目录下的 .maintenance 文件。"), words)
		f.Wait = retryAfter(a.header)
		return f
	case ok:
		return c.explainRefusal(a, at, said, words, r)
	case a.status == http.StatusUnauthorized:
		return configFault(codeLogin,
			press.Say("The web server asks for a password of its own before WordPress is reached.", "网站服务器在 WordPress 之前另设了一道密码。"),
			press.Say("Have the web server let /wp-json/ through without it: both passwords cannot be sent at once.", "请让服务器对 /wp-json/ 免除这道密码：两个密码无法同时发送。"), words)
	case a.status == http.StatusForbidden || a.status == http.StatusNotAcceptable:
		return configFault(codeFirewall,
			press.Say("A firewall in front of WordPress refused the call (%d).", "WordPress 前面的防火墙拦截了请求（%d）。", a.status),
			press.Say("Have it allow this machine's calls of /wp-json/ and of index.php?rest_route=: in a security plugin, at the host, or in its cloud.",
				"请在安全插件、主机或云防火墙中放行本机对 /wp-json/ 和 index.php?rest_route= 的访问。"), words)
	case a.status == http.StatusRequestEntityTooLarge:
		return tooLarge(words)
	case a.status >= 500:
		return broken(a.status, words)
	case a.status == http.StatusNotFound:
		return noAPI(words)
	case a.status >= 400:
		return contentFault("wordpress.refused", press.Say("WordPress's server refused the call (%d).", "对方服务器拒绝了请求（%d）。", a.status),
			press.Say("Ask whoever runs the website, with the answer below.", "请将下方应答转交网站管理员处理。"), words)
	}
	return notJSON(a, words)
}

func notJSON(a *answer, words string) *press.PageFault {
	if bytesHave(a.body, "wp-login.php") || bytesHave(a.body, `id="loginform"`) {
		return loginPage(words)
	}
	return configFault(codeNotJSON,
		press.Say("A page came instead of WordPress's data: something stands between Newsdesk and its REST API.", "返回的是网页而不是数据：Newsdesk 与 WordPress 的 REST API 之间有拦截。"),
		press.Say("Look at the answer: often it is a cache, a page that asks for a human, a “coming soon” plugin, or a fault of PHP. Have /wp-json/ left alone.",
			"请查看应答内容：常见的是缓存、人机验证、“建设中”插件或 PHP 错误。请让它们不处理 /wp-json/。"), words)
}

func bytesHave(body []byte, part string) bool {
	return strings.Contains(string(body[:min(len(body), maxNoise)]), part)
}

func loginPage(words string) *press.PageFault {
	return configFault("wordpress.login_page",
		press.Say("WordPress sent the page for signing in instead of data: a plugin keeps the whole website for members.", "返回的是登录页：有插件把整个网站设为登录后可见。"),
		press.Say("Have that plugin leave the REST API (/wp-json/) to application passwords.", "请在该插件中放行使用应用程序密码访问的 REST API（/wp-json/）。"), words)
}

func tooLarge(words string) *press.PageFault {
	return configFault("wordpress.too_large",
		press.Say("A photo is larger than WordPress's server takes.", "图片超过对方服务器允许的上传大小。"),
		press.Say("Have upload_max_filesize and post_max_size in its PHP, and the web server's own limit (client_max_body_size in nginx), raised to 8 MB or more; in a network of websites, its “Max upload file size” too.",
			"请将其 PHP 的 upload_max_filesize、post_max_size，以及服务器的上传限制（nginx 为 client_max_body_size）调到 8 MB 以上；多站点还须调大网络设置中的“最大上传文件大小”。"), words)
}

func broken(status int, words string) *press.PageFault {
	return laterFault("wordpress.broken", press.Say("WordPress has a fault of its own (%d).", "WordPress 自身出错（%d）。", status),
		press.Say("It is tried again by itself. If it stays so, look at the website's PHP log: often a plugin fails, or the disk or memory is full.",
			"系统会自动重试。长时间如此，请查看网站的 PHP 日志：常见原因是插件出错，或磁盘、内存已满。"), words)
}

// redirected is an address that leads on. Nothing is followed: the password is for the address that was entered.
func (c *Client) redirected(a *answer) *press.PageFault {
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		to = &url.URL{}
	}
	to = c.base.ResolveReference(to)
	if strings.Contains(to.Path, "wp-login") {
		return loginPage("")
	}
	shown := (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: strings.TrimSuffix(homePath(to.Path), "/") + "/"}).String()
	shown = c.scrub(shown)
	if bare := func(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }; bare(to.Hostname()) == bare(c.base.Hostname()) &&
		(to.Scheme == "https" || to.Scheme == c.base.Scheme) {
		return configFault(codeRedirect,
			press.Say("The website is at %s: it leads there from the address that was entered, which is not followed with the password.", "网站的正式地址是 %s：填写的地址会跳转过去，系统不会带着密码跟随。", shown),
			press.Say("Enter %s as the website's address.", "请把该渠道的地址改为 %s。", shown), strconv.Itoa(a.status))
	}
	return configFault(codeRedirect,
		press.Say("The address leads on to %s, which is not followed: the password is for the address that was entered.", "该地址会跳转到 %s，系统不会跟随，以免密码发往别处。", shown),
		press.Say("If that is the website, enter %s as its address.", "如果那就是该网站，请把地址改为 %s。", shown), strconv.Itoa(a.status))
}

func (c *Client) explainRefusal(a *answer, at *root, said refusal, words string, r request) *press.PageFault {
	if r.path == "" && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && !loginCode(said.Code) {
		return closed(words) // WordPress itself tells everybody what it can do
	}
	if f := c.loginFault(at, a.status, said.Code, words, r); f != nil {
		return f
	}
	switch said.Code {
	case "rest_no_route":
		return configFault(codeNoRoute, press.Say("This WordPress does not know the call %s.", "该 WordPress 不支持接口 %s。", r.path),
			press.Say("Update WordPress, or have the plugin that took the call away let it be.", "请升级 WordPress，或停用屏蔽该接口的插件。"), words)
	case "rest_post_invalid_id", "rest_post_invalid_page_number":
		return contentFault(codeGone, press.Say("It is not there any more.", "对方网站上已没有该内容。"), press.Say("Try again.", "请重试。"), words)
	case "rest_upload_file_too_big", "rest_upload_no_data", "rest_upload_no_content_disposition": // PHP drops what is over post_max_size
		return tooLarge(words)
	case "rest_upload_user_quota_exceeded", "rest_upload_limited_space":
		return configFault("wordpress.space", press.Say("The website has no room left for photos.", "该网站的上传空间已用完。"),
			press.Say("Have its quota raised, or photos deleted there.", "请提高其空间配额，或清理媒体库。"), words)
	case "rest_upload_sideload_error", "rest_upload_unknown_error", "rest_upload_file_error":
		return uploadFault(said.Message, words)
	case "db_insert_error", "db_update_error":
		return laterFault(codeDatabase, press.Say("WordPress could not write to its database.", "WordPress 无法写入数据库。"),
			press.Say("It is tried again by itself. If it stays so, have the free space of its server and the quota and tables of its database looked at.",
				"系统会自动重试。长时间如此，请检查对方服务器的磁盘空间，以及数据库的配额和数据表。"), words)
	case "rest_invalid_author":
		return configFault("wordpress.author", press.Say("WordPress does not know the author to whom the article belongs.", "WordPress 中没有对应的作者用户。"),
			press.Say("Correct the authors in the website's options.", "请在该渠道的设置中修正作者对应关系。"), words)
	}
	switch {
	case a.status == http.StatusForbidden && !strings.HasPrefix(said.Code, "rest_cannot_") && !strings.HasPrefix(said.Code, "rest_forbidden") && !strings.HasPrefix(said.Code, "rest_user_cannot"):
		return closed(words)
	case a.status == http.StatusForbidden || strings.HasPrefix(said.Code, "rest_cannot_"):
		return rights(words)
	case a.status >= 500 && a.status != http.StatusNotImplemented:
		return broken(a.status, words)
	}
	return contentFault("wordpress.refused", press.Say("WordPress did not accept the article: %s", "WordPress 没有接受这篇稿件：%s", c.scrub(plain(said.Message))),
		press.Say("The words are those of WordPress or of one of its plugins. Do what they ask, there or in the article, then release.",
			"以上是 WordPress 或其插件的说明。请按其要求在网站上或稿件中处理后放行。"), words)
}

func rights(words string) *press.PageFault {
	return configFault("wordpress.rights", press.Say("The WordPress user may not do this.", "该 WordPress 用户没有相应权限。"),
		press.Say("Give the user the role Editor in WordPress: it may publish, upload, make categories and name authors.",
			"请在 WordPress 中将该用户的角色设为“编辑”：可发布、上传、新建分类、指定作者。"), words)
}

func uploadFault(message, words string) *press.PageFault {
	low := strings.ToLower(message)
	switch {
	case strings.Contains(low, "upload_max_filesize"), strings.Contains(low, "max_file_size"), strings.Contains(low, "exceeds"):
		return tooLarge(words)
	case strings.Contains(low, "not allowed to upload this file type"), strings.Contains(low, "file type"),
		strings.Contains(low, "文件类型"), strings.Contains(low, "檔案類型"): // WordPress says it in its own language, under the same code
		return configFault("wordpress.file_type", press.Say("WordPress does not take this kind of picture.", "WordPress 不接受该图片格式。"),
			press.Say("Have JPEG and PNG allowed: a security plugin, or the list of file types of a network of websites, forbids them.", "请允许上传 JPEG 和 PNG：可能被安全插件或多站点的文件类型设置禁止。"), words)
	}
	return configFault("wordpress.upload", press.Say("WordPress could not store a file.", "WordPress 无法保存文件。"),
		press.Say("Often its disk is full. Have the rights and the free space of its folder wp-content/uploads looked at.", "常见原因是磁盘已满，请检查 wp-content/uploads 目录的权限和剩余空间。"), words)
}

// loginFault says why WordPress does not take the login; nil: that is not what it is about. The codes are those of
// wp_authenticate_application_password. With 401 and rest_ it knows nobody at all.
func (c *Client) loginFault(at *root, status int, code, words string, r request) *press.PageFault {
	fresh := press.Say("In WordPress, open Users › Profile › Application passwords, make a new one for Newsdesk, and enter it in Newsdesk under Administration › Websites with the user's login.",
		"请在 WordPress“用户 › 个人资料 › 应用程序密码”中为 Newsdesk 新建一个密码，与用户名一起填到 Newsdesk 的“管理 › 网站渠道”。")
	switch code {
	case "incorrect_password":
		return configFault(codeLogin, press.Say("WordPress does not take the password: it was revoked or has expired, or it is not an application password.",
			"WordPress 不接受该密码：可能已撤销、过期，或填的不是应用程序密码。"), fresh, words)
	case "invalid_username", "invalid_email":
		return configFault(codeLogin, press.Say("WordPress knows no user %q.", "WordPress 中没有用户 %q。", c.cfg.User), fresh, words)
	case "application_passwords_disabled", "application_passwords_disabled_for_user":
		return noPasswords(words)
	}
	if status != http.StatusUnauthorized || r.nobody {
		return nil
	}
	if !at.passwords {
		return noPasswords(words)
	}
	return configFault(codeLogin, press.Say("WordPress does not know the login: the password was revoked or has expired, or the web server keeps it back.",
		"WordPress 没有认出登录：密码可能填错、已撤销或过期，也可能被其服务器拦下。"), press.Text{
		EN: fresh.EN + " If that does not help, have the header Authorization passed on to PHP: in Apache “CGIPassAuth On” or “SetEnvIf Authorization (.*) HTTP_AUTHORIZATION=$1”.",
		ZH: fresh.ZH + "仍不行，请让服务器把 Authorization 头交给 PHP：Apache 可设 “CGIPassAuth On” 或 “SetEnvIf Authorization (.*) HTTP_AUTHORIZATION=$1”。",
	}, words)
}

// loginCode reports whether a refusal is about the login, whatever was asked.
func loginCode(code string) bool {
	switch code {
	case "incorrect_password", "invalid_username", "invalid_email", "application_passwords_disabled", "application_passwords_disabled_for_user":
		return true
	}
	return false
}

func noPasswords(words string) *press.PageFault {
	return configFault("wordpress.passwords", press.Say("This WordPress has no application passwords.", "该 WordPress 没有启用应用程序密码。"),
		press.Say("They need WordPress 5.6 or newer and https, and no security plugin that turns them off.", "需要 WordPress 5.6 以上版本并使用 https，且没有被安全插件关闭。"), words)
}

// retryAfter is how long the server asks to be left alone, at most an hour.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}

// maxWords bounds what is kept of the server's words, in characters.
const maxWords = 300

// words are what the server said, for people: without markup, bounded, without our password.
func (c *Client) words(a *answer) string {
	said := plain(string(a.body))
	return c.scrub(strings.TrimSpace(fmt.Sprintf("HTTP %d %s", a.status, said)))
}

var (
	unread = regexp.MustCompile(`(?is)<(script|style|svg|noscript)\b.*?</(script|style|svg|noscript)>|<!--.*?-->`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>?`)
)

// plain is what a reader of HTML reads, of its first maxNoise bytes.
func plain(s string) string {
	s = s[:min(len(s), maxNoise)]
	return press.OneLine(html.UnescapeString(tags.ReplaceAllString(unread.ReplaceAllString(s, " "), " ")))
}

// scrub takes what may have been repeated of our login out of words, and bounds them.
func (c *Client) scrub(words string) string {
	bare := strings.ReplaceAll(c.cfg.Password, " ", "")
	for _, secret := range []string{
		base64.StdEncoding.EncodeToString([]byte(c.cfg.User + ":" + c.cfg.Password)), c.cfg.Password, bare, url.QueryEscape(c.cfg.Password),
	} {
		if len(secret) >= 4 {
			words = strings.ReplaceAll(words, secret, "…")
		}
	}
	if runes := []rune(words); len(runes) > maxWords {
		words = string(runes[:maxWords]) + "…"
	}
	return words
}

// existingTerm reads from a refusal which category is there already.
func existingTerm(a *answer) int64 {
	if a == nil {
		return 0
	}
	var said struct {
		Code string `json:"code"`
		Data struct {
			TermID json.Number `json:"term_id"`
		} `json:"data"`
	}
	if a.decode(&said) != nil || said.Code != "term_exists" {
		return 0
	}
	id, _ := said.Data.TermID.Int64()
	return id
}
