package wordpress

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// me is the user whom the login belongs to.
type me struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Capabilities map[string]bool `json:"capabilities"`
}

func (c *Client) whoAmI(ctx context.Context) (who me, err error) {
	_, err = c.do(ctx, request{path: "wp/v2/users/me", query: url.Values{"context": {"edit"}, "_fields": {"id,name,capabilities"}}}, &who)
	return who, err
}

// probe collects the steps of a connection test.
type probe struct {
	c      *Client
	report press.TargetReport
	failed bool
}

func (p *probe) ok(name, text press.Text) {
	p.report.Checks = append(p.report.Checks, press.TargetCheck{Name: name, OK: true, Text: text})
}

// hint is a step that works, but not as well as it could.
func (p *probe) hint(name, text, fix press.Text, answer string) {
	p.report.Checks = append(p.report.Checks, press.TargetCheck{Name: name, OK: true, Text: text, Fix: fix, Answer: answer})
}

func (p *probe) bad(name, text, fix press.Text, answer string) {
	p.report.Checks = append(p.report.Checks, press.TargetCheck{Name: name, Text: text, Fix: fix, Answer: answer})
	if !p.failed {
		p.failed, p.report.Text, p.report.Fix = true, text, fix
	}
}

// fault is a step that a call failed in. Errors of ours end the test.
func (p *probe) fault(name press.Text, err error) error {
	f, ok := asFault(err)
	if !ok {
		return err
	}
	p.bad(name, f.Text, f.Fix, f.Answer)
	return nil
}

// Test tries every step of a delivery, says of each how it went, and leaves nothing behind. An error is only that of the
// context.
func (c *Client) Test(ctx context.Context) (_ press.TargetReport, err error) {
	defer press.Wrap(&err, "wordpress.Test")
	defer press.Recover(&err)
	c.forgetRoot()
	p := &probe{c: c}
	for _, step := range []func(context.Context) (bool, error){p.findAPI, p.signIn, p.tryCategories, p.tryUpload, p.tryPost} {
		more, err := step(ctx)
		if err != nil {
			return p.report, err
		}
		if !more {
			break
		}
	}
	if !p.failed {
		p.report.Works = true
		p.report.Text = press.Say("Articles can be delivered to this WordPress.", "连接正常，可以向该 WordPress 投放稿件。")
	}
	return p.report, nil
}

func (p *probe) findAPI(ctx context.Context) (bool, error) {
	name := press.Say("WordPress at this address", "地址与 REST API")
	at, err := p.c.rootOf(ctx)
	if err != nil {
		return false, p.fault(name, err)
	}
	said := press.Say("Found “%s”.", "找到网站“%s”。", p.c.scrub(plain(at.name)))
	switch {
	case at.noisy != "":
		p.hint(name, said, press.Say("PHP prints warnings before its answers, which visitors may see too: have display_errors turned off there.",
			"该网站的 PHP 会在应答前输出警告，访客也可能看到：请关闭其 display_errors。"), p.c.scrub(plain(at.noisy)))
	case p.c.elsewhere(at.home) != "":
		own := p.c.elsewhere(at.home)
		p.hint(name, said, press.Say("WordPress calls itself %s: enter that address, or readers are sent around.", "该 WordPress 自称的地址是 %s，建议改填这个地址，免得读者多一次跳转。", own), "")
	case p.c.base.Scheme == "http" && !at.passwords:
		p.hint(name, said, press.Say("WordPress offers application passwords only over https.", "WordPress 只在 https 下提供应用程序密码。"), "")
	default:
		p.ok(name, said)
	}
	return true, nil
}

// elsewhere is where WordPress believes it is, where that is not the address that was entered.
func (c *Client) elsewhere(home string) string {
	u, err := url.Parse(home)
	if err != nil || u.Host == "" || u.Scheme == c.base.Scheme && u.Host == c.base.Host && strings.TrimSuffix(u.Path, "/") == strings.TrimSuffix(c.base.Path, "/") {
		return ""
	}
	return c.scrub((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String())
}

// needed are what the user must be allowed, by the names of WordPress.
func needed() []string {
	return []string{"edit_posts", "publish_posts", "edit_published_posts", "delete_published_posts", "upload_files"}
}

// missing are the rights that a user lacks.
func (c *Client) missing(who me) []string {
	wants := needed()
	if len(c.authors) > 0 {
		wants = append(wants, "edit_others_posts")
	}
	return slices.DeleteFunc(wants, func(what string) bool { return who.Capabilities[what] })
}

// Ready reports whether posts could be brought there now, as far as one call shows: the password is taken, and its user has
// the rights. The error is as that of Publish.
func (c *Client) Ready(ctx context.Context) (err error) {
	defer press.Wrap(&err, "wordpress.Ready")
	who, err := c.whoAmI(ctx)
	if err != nil {
		return err
	}
	if missing := c.missing(who); len(missing) > 0 {
		return rights(strings.Join(missing, ", "))
	}
	return nil
}

func (p *probe) signIn(ctx context.Context) (bool, error) {
	name := press.Say("Signing in", "登录")
	who, err := p.c.whoAmI(ctx)
	if err != nil {
		return false, p.fault(name, err)
	}
	p.ok(name, press.Say("Signed in as %s.", "已登录为“%s”。", p.c.scrub(plain(who.Name))))
	name = press.Say("Rights", "权限")
	if missing := p.c.missing(who); len(missing) > 0 {
		f := rights(strings.Join(missing, ", "))
		p.bad(name, press.Say("The user may not do all that a delivery needs.", "该用户缺少投放所需的权限。"), f.Fix, f.Answer)
		return false, nil
	}
	if !who.Capabilities["manage_categories"] {
		p.hint(name, press.Say("The user may publish, but make no categories.", "该用户可以发布，但不能新建分类。"),
			press.Say("Make a category for each column there, or give the user the role Editor.", "请先在 WordPress 中为各栏目建好分类，或将该用户设为“编辑”。"), "")
		return true, nil
	}
	p.ok(name, press.Say("The user may publish, upload and make categories.", "该用户可发布、上传和新建分类。"))
	return true, nil
}

// tryCategories looks for those that the options name.
func (p *probe) tryCategories(ctx context.Context) (bool, error) {
	name := press.Say("Categories and authors", "分类与作者")
	for _, pair := range p.c.categories {
		var t term
		a, err := p.c.do(ctx, request{path: "wp/v2/categories/" + url.PathEscape(pair.Value), query: url.Values{"_fields": {termFields}}}, &t)
		if err != nil && a != nil && a.status == http.StatusNotFound {
			p.bad(name, press.Say("WordPress has no category %s, to which the column %s belongs.", "WordPress 中没有编号为 %s 的分类（对应栏目“%s”）。", pair.Value, pair.Name),
				press.Say("Correct the categories in the options. A category's number stands in the address of its page for editing (tag_ID).", "请修正设置中的分类。分类编号见其编辑页地址中的 tag_ID。"), "")
			return true, nil
		}
		if err != nil {
			return true, p.fault(name, err)
		}
	}
	for _, pair := range p.c.authors {
		if _, err := strconv.ParseInt(pair.Value, 10, 64); err == nil {
			continue
		}
		if _, err := p.c.userCalled(ctx, pair.Value); err != nil {
			return true, p.fault(name, err)
		}
	}
	var list []term
	if _, err := p.c.do(ctx, request{path: "wp/v2/categories", query: url.Values{"per_page": {"1"}, "_fields": {termFields}}}, &list); err != nil {
		return true, p.fault(name, err)
	}
	p.ok(name, press.Say("They are all there.", "均已找到。"))
	return true, nil
}

// tryUpload brings a small picture, and takes it away again.
func (p *probe) tryUpload(ctx context.Context) (bool, error) {
	name := press.Say("Uploading a photo", "上传图片")
	var data bytes.Buffer
	if err := jpeg.Encode(&data, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		return true, err
	}
	f, err := uploadForm("newsdesk-test.jpg", "image/jpeg", data.Bytes(), map[string]string{"title": "Newsdesk", "slug": "newsdesk-test"})
	if err != nil {
		return true, err
	}
	var m medium
	if _, err := p.c.do(ctx, request{path: "wp/v2/media", query: url.Values{"_fields": {mediumFields}}, method: http.MethodPost, form: f}, &m); err != nil {
		return true, p.fault(name, err)
	}
	return true, p.clean(ctx, name, "wp/v2/media/", m.ID, press.Say("A photo was uploaded and deleted again.", "图片上传成功，测试图片已删除。"))
}

// tryPost makes a draft with blocks in it, which nobody sees, and takes it away again.
func (p *probe) tryPost(ctx context.Context) (bool, error) {
	name := press.Say("Writing a post", "写入文章")
	var made post
	if _, err := p.c.do(ctx, request{path: "wp/v2/posts", query: url.Values{"_fields": {postFields}}, method: http.MethodPost, body: wanted{
		Title: "Newsdesk", Status: statusDraft, Excerpt: "Newsdesk",
		Content: "<!-- wp:paragraph -->\n<p><strong>Newsdesk</strong> <a href=\"https://example.com/?a=1&amp;b=2\">测试</a></p>\n<!-- /wp:paragraph -->",
	}}, &made); err != nil {
		return true, p.fault(name, err)
	}
	return true, p.clean(ctx, name, "wp/v2/posts/", made.ID, press.Say("A draft was written and deleted again.", "草稿写入成功，测试草稿已删除。"))
}

// clean deletes what a step made, also when the person who asked has gone away.
func (p *probe) clean(ctx context.Context, name press.Text, path string, id int64, done press.Text) error {
	err := p.c.erase(context.WithoutCancel(ctx), path, id)
	f, ok := asFault(err)
	switch {
	case err == nil:
		p.ok(name, done)
	case ok:
		p.bad(name, press.Say("What the test made (number %d) could not be deleted again: delete it in WordPress.", "测试内容（编号 %d）未能删除，请到 WordPress 中手动删除。", id), f.Fix, f.Answer)
	default:
		return err
	}
	return nil
}
