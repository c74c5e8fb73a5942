package markup

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// weChatLink returns the address to link to if WeChat keeps such a link, and "" otherwise: it keeps links to articles on
// its own host and takes the address from all others. Its API gives article addresses with http; both are one page.
func weChatLink(link string) string {
	u, err := url.Parse(link)
	if link == "" || err != nil || u.Host != "mp.weixin.qq.com" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	u.Scheme = "https"
	return u.String()
}

// mark writes the number of a note, with no height of its own, or it would push its line away from the one above. An
// address has one number however often it is linked to.
func (w *wechat) mark(link string) {
	n := slices.Index(w.links, link)
	if n < 0 {
		n = len(w.links)
		w.links = append(w.links, link)
	}
	w.raw(`<sup style="line-height:0">[`, strconv.Itoa(n+1), "]</sup>")
}

// notes lists the addresses of the links that WeChat would drop.
func (w *wechat) notes() {
	if len(w.links) == 0 {
		return
	}
	title := press.Say("Links", "参考链接").In(w.lang)
	w.raw("<section", w.css.links, "><p", w.css.linksTitle, ">", title, "</p>")
	for i, link := range w.links {
		w.raw("<p>[", strconv.Itoa(i+1), "] ")
		w.line(strings.TrimPrefix(link, "mailto:"))
		w.raw("</p>")
	}
	w.raw("</section>")
}

// KeptByWeChat reports whether a link stays a link in WeChat.
func KeptByWeChat(link string) bool { return weChatLink(link) != "" }
