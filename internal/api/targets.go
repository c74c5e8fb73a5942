package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// TargetBody is what an administrator asks of a website. Its secret goes in and never comes out.
type TargetBody struct {
	Version  int64             `json:"version,omitempty" doc:"of the website as it was seen; for a change only"`
	Kind     string            `json:"kind,omitempty" enum:"wordpress,webhook" doc:"of a new one; afterwards it stays"`
	Title    string            `json:"title" maxLength:"160"`
	Address  string            `json:"address,omitempty" maxLength:"500"`
	On       bool              `json:"on" doc:"whether new articles go there"`
	Policy   string            `json:"policy" enum:"required,optional" doc:"required: WeChat waits until the article is live there"`
	First    bool              `json:"first,omitempty" doc:"whether 阅读原文 points at its pages; one website at most"`
	Columns  []press.Column    `json:"columns,omitempty" maxItems:"200" doc:"that it takes, with those below them; none: all"`
	User     string            `json:"user,omitempty" maxLength:"200" doc:"of a WordPress"`
	Options  map[string]string `json:"options,omitempty" doc:"of a WordPress: retract (trash or draft), categories and authors (lines of name = value)"`
	Secret   string            `json:"secret,omitempty" maxLength:"500" doc:"an application password or signing key; left out, it stays as it is, and a new webhook gets one"`
	NoSecret bool              `json:"no_secret,omitempty" doc:"takes the secret away"`
	Generate bool              `json:"generate,omitempty" doc:"makes another signing key for a webhook"`
}

// NewTargetBody is a website to be added.
type NewTargetBody struct {
	Name string `json:"name" maxLength:"32" doc:"a to z, 0 to 9 and hyphens; it stays"`
	TargetBody
}

// TargetList is every website, and how it fares.
type TargetList struct {
	Targets []desk.TargetRow `json:"targets"`
}

// TargetPath names a website.
type TargetPath struct {
	Name string `path:"name" maxLength:"32"`
}

func (s *server) targets() {
	tag := []string{"targets"}
	const one = "/targets/{name}"
	register(s, huma.Operation{OperationID: "list-targets", Method: http.MethodGet, Path: "/targets", Summary: "List the websites that articles are delivered to, and how they fare", Tags: tag}, s.listTargets)
	register(s, huma.Operation{OperationID: "add-target", Method: http.MethodPost, Path: "/targets", Summary: "Add a website; a signing key that is made for it is shown this once", Tags: tag, DefaultStatus: http.StatusCreated}, s.addTarget)
	register(s, huma.Operation{OperationID: "read-target", Method: http.MethodGet, Path: one, Summary: "Read a website", Tags: tag}, s.readTarget)
	register(s, huma.Operation{OperationID: "change-target", Method: http.MethodPost, Path: one, Summary: "Change a website", Tags: tag}, s.changeTarget)
	register(s, huma.Operation{OperationID: "remove-target", Method: http.MethodPost, Path: one + "/remove", Summary: "Remove a website and its secret; its pages stay", Tags: tag}, s.removeTarget)
	register(s, huma.Operation{OperationID: "publish-article", Method: http.MethodPost, Path: "/articles/{id}/publish", Summary: "Bring an approved article to websites, without WeChat", Tags: []string{"articles"}}, s.publishArticle)
	register(s, huma.Operation{OperationID: "test-target", Method: http.MethodPost, Path: one + "/test", Summary: "Try the connection to a website and say what works and what does not", Tags: tag}, s.testTarget)
}

func (s *server) listTargets(ctx context.Context, by press.Actor, _ *struct{}) (*answer[TargetList], error) {
	list, err := s.Desk.Targets(ctx, by)
	return &answer[TargetList]{TargetList{orEmpty(list)}}, err
}

func targetChange(name string, b TargetBody) desk.TargetChange {
	return desk.TargetChange{
		Name: name, Version: b.Version, Kind: press.SiteKind(b.Kind), Title: b.Title, Address: b.Address, On: b.On, Policy: press.SitePolicy(b.Policy),
		First: b.First, Columns: b.Columns, User: b.User, Options: b.Options, Secret: b.Secret, NoSecret: b.NoSecret, Generate: b.Generate,
	}
}

func (s *server) addTarget(ctx context.Context, by press.Actor, in *struct{ Body NewTargetBody }) (*answer[desk.TargetSaved], error) {
	change := targetChange(in.Body.Name, in.Body.TargetBody)
	change.New = true
	saved, err := s.Desk.SaveTarget(ctx, by, change)
	return &answer[desk.TargetSaved]{saved}, err
}

func (s *server) readTarget(ctx context.Context, by press.Actor, in *TargetPath) (*answer[desk.TargetRow], error) {
	row, err := s.Desk.Target(ctx, by, in.Name)
	return &answer[desk.TargetRow]{row}, err
}

func (s *server) changeTarget(ctx context.Context, by press.Actor, in *struct {
	TargetPath
	Body TargetBody
},
) (*answer[desk.TargetSaved], error) {
	saved, err := s.Desk.SaveTarget(ctx, by, targetChange(in.Name, in.Body))
	return &answer[desk.TargetSaved]{saved}, err
}

func (s *server) removeTarget(ctx context.Context, by press.Actor, in *struct {
	TargetPath
	Body struct {
		Version int64 `json:"version"`
	}
},
) (*answer[TargetList], error) {
	if err := s.Desk.RemoveTarget(ctx, by, in.Name, in.Body.Version); err != nil {
		return nil, err
	}
	return s.listTargets(ctx, by, nil)
}

func (s *server) testTarget(ctx context.Context, by press.Actor, in *TargetPath) (*answer[press.TargetReport], error) {
	report, err := s.Desk.TestTarget(ctx, by, in.Name)
	report.Checks = orEmpty(report.Checks)
	return &answer[press.TargetReport]{report}, err
}

// Targets lists the websites.
func (c *Client) Targets(ctx context.Context) (TargetList, error) {
	return ask[TargetList](ctx, c, call{method: http.MethodGet, path: "/targets"})
}

// Target reads one.
func (c *Client) Target(ctx context.Context, name string) (desk.TargetRow, error) {
	return ask[desk.TargetRow](ctx, c, call{method: http.MethodGet, path: pathOf("targets", name)})
}

// AddTarget adds one. The answer holds a signing key that was made for it.
func (c *Client) AddTarget(ctx context.Context, body NewTargetBody) (desk.TargetSaved, error) {
	return ask[desk.TargetSaved](ctx, c, call{method: http.MethodPost, path: "/targets", body: body})
}

// ChangeTarget puts it in the place of the version that the body names.
func (c *Client) ChangeTarget(ctx context.Context, name string, body TargetBody) (desk.TargetSaved, error) {
	return ask[desk.TargetSaved](ctx, c, call{method: http.MethodPost, path: pathOf("targets", name), body: body})
}

// RemoveTarget takes one away.
func (c *Client) RemoveTarget(ctx context.Context, name string, version int64) (TargetList, error) {
	return ask[TargetList](ctx, c, call{method: http.MethodPost, path: pathOf("targets", name) + "/remove", body: map[string]int64{"version": version}})
}

// TestTarget tries the connection to it.
func (c *Client) TestTarget(ctx context.Context, name string) (press.TargetReport, error) {
	return ask[press.TargetReport](ctx, c, call{method: http.MethodPost, path: pathOf("targets", name) + "/test"})
}

// PublishBody says to which websites an article goes, and when.
type PublishBody struct {
	To []string  `json:"to,omitempty" maxItems:"20" doc:"short names of websites; none: all that take its column"`
	At time.Time `json:"at,omitzero" doc:"default: at once"`
}

// PublishDone is the deliveries that bring it there.
type PublishDone struct {
	Deliveries []press.Delivery `json:"deliveries"`
}

func (s *server) publishArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body PublishBody
},
) (*answer[PublishDone], error) {
	list, err := s.Desk.PublishToSites(ctx, by, press.ArticleID(in.ID), in.Body.To, in.Body.At)
	return &answer[PublishDone]{PublishDone{orEmpty(list)}}, err
}

// PublishToSites brings an approved article to websites without a push at WeChat.
func (c *Client) PublishToSites(ctx context.Context, id press.ArticleID, body PublishBody) (PublishDone, error) {
	return ask[PublishDone](ctx, c, call{method: http.MethodPost, path: pathOf("articles", id) + "/publish", body: body})
}
