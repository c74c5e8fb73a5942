package wordpress

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

type term struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Slug   string `json:"slug"`
	Parent int64  `json:"parent"`
}

const termFields = "id,name,slug,parent"

// category is where an article of a column belongs: 0 is WordPress's own default.
func (c *Client) category(ctx context.Context, column press.Column) (int64, error) {
	if id := press.CategoryOf(c.categories, column); id != 0 {
		return id, nil
	}
	parent := int64(0)
	for _, name := range column {
		id, err := c.categoryBelow(ctx, parent, name, column)
		if err != nil {
			return 0, err
		}
		parent = id
	}
	return parent, nil
}

// categoryBelow finds a category by its name, or makes it.
func (c *Client) categoryBelow(ctx context.Context, parent int64, name string, column press.Column) (int64, error) {
	var list []term
	if _, err := c.do(ctx, request{path: "wp/v2/categories", query: url.Values{
		"search": {name}, "parent": {strconv.FormatInt(parent, 10)}, "per_page": {"100"}, "_fields": {termFields},
	}}, &list); err != nil {
		return 0, err
	}
	for _, t := range list {
		if t.Parent == parent && named(t, name) {
			return t.ID, nil
		}
	}
	made, a, err := c.makeCategory(ctx, map[string]any{"name": escaped(name), "parent": parent})
	if f, ok := asFault(err); ok && f.Code == codeDatabase {
		// WordPress makes the slug of the name, at nine bytes for each Chinese character, puts the parent's behind it where it is
		// taken, and then has no room for both.
		slug := ownSlugs + "column-" + string(press.DigestOf([]byte(strconv.FormatInt(parent, 10) + " " + name)))[:12]
		made, a, err = c.makeCategory(ctx, map[string]any{"name": escaped(name), "parent": parent, "slug": slug})
	}
	if err == nil {
		return made.ID, nil
	}
	if id := existingTerm(a); id != 0 {
		return id, nil
	}
	if f, ok := asFault(err); ok && f.Code == "wordpress.rights" {
		f.Text = press.Say("WordPress has no category for the column %s, and the user may not make one.", "WordPress 中没有与栏目“%s”对应的分类，该用户又无权新建。", column)
		f.Fix = press.Say("Make the category there, name an existing one in the website's options, or give the user the role Editor.",
			"请在 WordPress 中建好该分类，或在该渠道设置中指定已有分类，或将该用户设为“编辑”。")
	}
	return 0, err
}

func (c *Client) makeCategory(ctx context.Context, body map[string]any) (made term, a *answer, err error) {
	a, err = c.do(ctx, request{path: "wp/v2/categories", query: url.Values{"_fields": {termFields}}, method: http.MethodPost, body: body}, &made)
	return made, a, err
}

// named compares as people do: WordPress keeps names with entities in them, and finds “News” under “news”.
func named(t term, name string) bool {
	return strings.EqualFold(strings.TrimSpace(html.UnescapeString(t.Name)), strings.TrimSpace(name)) || strings.EqualFold(t.Slug, name)
}

// author is the user to whom an article belongs there: 0 is whoever Newsdesk signs in as.
func (c *Client) author(ctx context.Context, credit string) (int64, error) {
	who := ""
	for _, p := range c.authors {
		if p.Name == credit && credit != "" {
			who = p.Value
			break
		}
		if p.Name == "*" {
			who = p.Value
		}
	}
	if who == "" {
		return 0, nil
	}
	if id, err := strconv.ParseInt(who, 10, 64); err == nil {
		return id, nil
	}
	return c.userCalled(ctx, who)
}

// userCalled finds a user by the login. The list of users is for administrators; a user's slug, which is made of the login,
// is for all who may edit.
func (c *Client) userCalled(ctx context.Context, login string) (int64, error) {
	var list []struct {
		ID int64 `json:"id"`
	}
	if _, err := c.do(ctx, request{path: "wp/v2/users", query: url.Values{
		"slug": {strings.ToLower(login)}, "who": {"authors"}, "_fields": {"id"},
	}}, &list); err != nil {
		return 0, err
	}
	if len(list) == 0 {
		return 0, configFault("wordpress.author", press.Say("WordPress has no author %q, who stands in the website's options.", "WordPress 中没有设置里指定的作者“%s”。", login),
			press.Say("Correct the authors in the website's options: a login, or the user's number.", "请在该渠道设置中修正作者：填用户名或用户编号。"), "")
	}
	return list[0].ID, nil
}
