package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/press"
)

// HandNote is what a person says about a page that was taken down by hand.
type HandNote struct {
	Note string `json:"note,omitempty" maxLength:"4000" doc:"such as who did it and when, at most 1,000 characters; kept in the audit log"`
}

func (s *server) takingDownByHand() {
	register(s, huma.Operation{
		OperationID: "taken-down-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/taken-down", Tags: []string{"deliveries"},
		Summary:     "Say that a page was taken down at its website by hand",
		Description: "For a page at a website that was removed here or is switched off (out_of_reach). Nothing is called. Refused, retract.reachable, where the website is a target that is on.",
	}, s.takenDown)
}

func (s *server) takenDown(ctx context.Context, by press.Actor, in *struct {
	DeliveryPath
	Body HandNote
},
) (*answer[press.Delivery], error) {
	delivery, err := s.Desk.TakenDown(ctx, by, press.DeliveryID(in.ID), in.Body.Note)
	return &answer[press.Delivery]{delivery}, err
}

// TakenDown says that a page was taken down at its website by hand.
func (c *Client) TakenDown(ctx context.Context, id press.DeliveryID, note HandNote) (press.Delivery, error) {
	return ask[press.Delivery](ctx, c, call{method: http.MethodPost, path: pathOf("deliveries", id) + "/taken-down", body: note})
}
