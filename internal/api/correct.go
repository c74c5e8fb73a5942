package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// Place is where an article is, was or will be, by one delivery.
type Place struct {
	press.Presence
	Verdict press.Verdict `json:"verdict" enum:"down,up,maybe,held,goes,box,never"`
	Text    press.Text    `json:"text" doc:"the verdict in words"`
}

// Places are all of them.
type Places struct {
	Places []Place `json:"places"`
}

func placesOf(list []press.Presence) Places {
	out := Places{Places: []Place{}}
	for _, p := range list {
		v := p.Verdict()
		out.Places = append(out.Places, Place{p, v, v.Text()})
	}
	return out
}

// ResendCost is what deleting a push in WeChat and sending it again would mean.
type ResendCost struct {
	Items []ResendItem `json:"items"`
	Costs []press.Text `json:"costs" doc:"what deleting takes from readers; it cannot be undone"`
	Modes []ModeCost   `json:"modes" doc:"what sending again costs beside that"`
}

// ResendItem is one article of the push.
type ResendItem struct {
	Position int             `json:"position" doc:"from 1"`
	Article  press.ArticleID `json:"article"`
	Title    string          `json:"title"`
	Shown    int             `json:"shown" doc:"the revision that WeChat shows"`
	Newest   int             `json:"newest" doc:"the newest approved revision; 0: the newest one is not approved"`
	Deleted  bool            `json:"deleted"`
}

// ModeCost is the cost of one way of sending again.
type ModeCost struct {
	Mode press.Mode `json:"mode"`
	Text press.Text `json:"text"`
}

// ResendOrder asks for a push to be deleted and sent again.
type ResendOrder struct {
	Position    int       `json:"position,omitempty" minimum:"0" maximum:"8" doc:"the one article, from 1; 0: the whole push"`
	Mode        string    `json:"mode,omitempty" enum:"draft,publish,mass" doc:"default: as it was sent"`
	At          time.Time `json:"at,omitzero" doc:"when it is sent again; default: as soon as WeChat has confirmed the deletion"`
	AcceptCosts bool      `json:"accept_costs" doc:"true: the costs were read"`
}

func (s *server) corrections() {
	articles, deliveries := []string{"articles"}, []string{"deliveries"}
	register(s, huma.Operation{OperationID: "correct-article", Method: http.MethodPost, Path: "/articles/{id}/correct", Summary: "Begin the correction of a published article", Tags: articles}, s.correctArticle)
	register(s, huma.Operation{OperationID: "retract-article", Method: http.MethodPost, Path: "/articles/{id}/retract", Summary: "Take an article down everywhere", Tags: articles}, s.retractArticle)
	register(s, huma.Operation{OperationID: "where-article", Method: http.MethodGet, Path: "/articles/{id}/where", Summary: "Say of each target whether the article is there", Tags: articles}, s.whereArticle)
	register(s, huma.Operation{OperationID: "retract-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/retract", Summary: "Take down what a delivery brought to readers", Tags: deliveries}, s.retractDelivery)
	register(s, huma.Operation{OperationID: "resend-cost", Method: http.MethodGet, Path: "/deliveries/{id}/resend", Summary: "Say what deleting a push and sending it again costs", Tags: deliveries}, s.resendCost)
	register(s, huma.Operation{OperationID: "resend-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/resend", Summary: "Delete a push in WeChat, then send the newest approved revisions", Tags: deliveries}, s.resendDelivery)
	s.takingDownByHand()
}

func (s *server) correctArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body struct {
		Note string `json:"note" maxLength:"1200" doc:"what is corrected, in one sentence for readers, at most 300 characters"`
	}
},
) (*answer[press.Article], error) {
	article, err := s.Desk.Correct(ctx, by, press.ArticleID(in.ID), in.Body.Note)
	return &answer[press.Article]{article}, err
}

func (s *server) retractArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body struct {
		Reason string `json:"reason" maxLength:"4000" doc:"kept in the audit log"`
	}
},
) (*answer[Places], error) {
	list, err := s.Desk.RetractEverywhere(ctx, by, press.ArticleID(in.ID), in.Body.Reason)
	return &answer[Places]{placesOf(list)}, err
}

func (s *server) whereArticle(ctx context.Context, by press.Actor, in *ArticlePath) (*answer[Places], error) {
	list, err := s.Desk.WhereIs(ctx, by, press.ArticleID(in.ID))
	return &answer[Places]{placesOf(list)}, err
}

func (s *server) retractDelivery(ctx context.Context, by press.Actor, in *DeliveryPath) (*answer[press.Delivery], error) {
	delivery, err := s.Desk.Retract(ctx, by, press.DeliveryID(in.ID))
	return &answer[press.Delivery]{delivery}, err
}

func (s *server) resendCost(ctx context.Context, by press.Actor, in *DeliveryPath) (*answer[ResendCost], error) {
	if err := by.Require(press.Editor); err != nil {
		return nil, err
	}
	plan, err := s.Desk.PlanResend(ctx, press.DeliveryID(in.ID))
	if err != nil {
		return nil, err
	}
	out := ResendCost{Items: []ResendItem{}, Costs: plan.Costs(), Modes: []ModeCost{}}
	for _, i := range plan.Items {
		out.Items = append(out.Items, ResendItem{i.Position, i.Article, i.Title, i.Shown, i.Newest, i.Gone})
	}
	for _, mode := range press.Modes() {
		out.Modes = append(out.Modes, ModeCost{mode, plan.ModeCost(mode)})
	}
	return &answer[ResendCost]{out}, nil
}

func (s *server) resendDelivery(ctx context.Context, by press.Actor, in *struct {
	DeliveryPath
	Body ResendOrder
},
) (*answer[EditionReading], error) {
	if !in.Body.AcceptCosts {
		return nil, press.Fail(press.Invalid, "resend.sure", press.Say(
			"Read what is lost (GET the same address), then send accept_costs: true. Nothing has been deleted.",
			"请先查看代价（对同一地址发 GET 请求），再带上 accept_costs: true。还没有删除任何内容。"))
	}
	edition, err := s.Desk.Resend(ctx, by, press.DeliveryID(in.ID), desk.ResendAsk{
		Position: in.Body.Position, Mode: press.Mode(in.Body.Mode), At: in.Body.At,
	})
	if err != nil {
		return nil, err
	}
	return s.editionReading(ctx, by, edition)
}

// Correct begins the correction of a published article.
func (c *Client) Correct(ctx context.Context, id press.ArticleID, note string) (press.Article, error) {
	return ask[press.Article](ctx, c, call{method: http.MethodPost, path: pathOf("articles", id) + "/correct", body: map[string]any{"note": note}})
}

// RetractArticle takes an article down everywhere and returns what came of it at each target.
func (c *Client) RetractArticle(ctx context.Context, id press.ArticleID, reason string) ([]Place, error) {
	out, err := ask[Places](ctx, c, call{method: http.MethodPost, path: pathOf("articles", id) + "/retract", body: map[string]any{"reason": reason}})
	return out.Places, err
}

// Where returns where an article is, was or will be.
func (c *Client) Where(ctx context.Context, id press.ArticleID) ([]Place, error) {
	out, err := ask[Places](ctx, c, call{method: http.MethodGet, path: pathOf("articles", id) + "/where"})
	return out.Places, err
}

// RetractDelivery takes down what a delivery brought to readers.
func (c *Client) RetractDelivery(ctx context.Context, id press.DeliveryID) (press.Delivery, error) {
	return c.decide(ctx, id, "retract")
}

// ResendCost returns what deleting a push and sending it again would mean.
func (c *Client) ResendCost(ctx context.Context, id press.DeliveryID) (ResendCost, error) {
	return ask[ResendCost](ctx, c, call{method: http.MethodGet, path: pathOf("deliveries", id) + "/resend"})
}

// Resend has WeChat delete a push, and once that is confirmed sends the newest approved revisions.
func (c *Client) Resend(ctx context.Context, id press.DeliveryID, order ResendOrder) (EditionReading, error) {
	return ask[EditionReading](ctx, c, call{method: http.MethodPost, path: pathOf("deliveries", id) + "/resend", body: order})
}
