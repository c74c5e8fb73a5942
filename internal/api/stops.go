package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/press"
)

// NewStop asks for an emergency stop.
type NewStop struct {
	Account string `json:"account,omitempty" maxLength:"60" doc:"left out: all accounts"`
	Reason  string `json:"reason" minLength:"1" maxLength:"200" doc:"why, for whoever decides about what is held"`
}

// Resumption names the emergency stop to lift.
type Resumption struct {
	Account string `json:"account,omitempty" maxLength:"60" doc:"left out: the stop of all accounts"`
}

// StopList is the emergency stops that are on, and the pushes that a stop has held and that wait to be released or cancelled.
type StopList struct {
	Stops []press.Stop     `json:"stops"`
	Held  []press.Delivery `json:"held"`
}

// ReleaseQuery says how a delivery is released.
type ReleaseQuery struct {
	Quiet bool `query:"in_quiet_hours" doc:"release even though it goes out in quiet hours; without it that is refused, release.quiet"`
}

func (s *server) stops() {
	tag := []string{"emergency stop"}
	register(s, huma.Operation{OperationID: "list-stops", Method: http.MethodGet, Path: "/stops", Summary: "List the emergency stops that are on, and what is held", Tags: tag}, s.listStops)
	register(s, huma.Operation{
		OperationID: "put-stop", Method: http.MethodPost, Path: "/stops", Summary: "Stop every push of an account, or of all", Tags: tag,
		Description: "From the answer on no push goes out but one whose call is being made at that moment. One that is on already stays as it is.",
	}, s.putStop)
	register(s, huma.Operation{
		OperationID: "lift-stop", Method: http.MethodPost, Path: "/stops/lift", Summary: "Lift an emergency stop", Tags: tag,
		Description: "What is not due yet goes out as planned. What was held stays blocked until each is released or cancelled.",
	}, s.liftStop)
	register(s, huma.Operation{OperationID: "release-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/release", Summary: "Let a blocked delivery go on", Tags: []string{"deliveries"}},
		func(ctx context.Context, by press.Actor, in *struct {
			DeliveryPath
			ReleaseQuery
		},
		) (*answer[press.Delivery], error) {
			release := s.Desk.Release
			if in.Quiet {
				release = s.Desk.ReleaseInQuiet
			}
			delivery, err := release(ctx, by, press.DeliveryID(in.ID))
			return &answer[press.Delivery]{delivery}, err
		})
}

func (s *server) listStops(ctx context.Context, by press.Actor, _ *struct{}) (*answer[StopList], error) {
	stops, err := s.Desk.Stops(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.Desk.Held(ctx)
	if err != nil {
		return nil, err
	}
	held, err = s.own(ctx, by, held)
	return &answer[StopList]{StopList{orEmpty(stops), orEmpty(held)}}, err
}

func (s *server) putStop(ctx context.Context, by press.Actor, in *struct{ Body NewStop }) (*answer[press.Stop], error) {
	stop, err := s.Desk.Stop(ctx, by, in.Body.Account, in.Body.Reason)
	return &answer[press.Stop]{stop}, err
}

func (s *server) liftStop(ctx context.Context, by press.Actor, in *struct{ Body Resumption }) (*answer[press.Stop], error) {
	stop, err := s.Desk.Resume(ctx, by, in.Body.Account)
	return &answer[press.Stop]{stop}, err
}

// Stops lists the emergency stops that are on, and what is held.
func (c *Client) Stops(ctx context.Context) (StopList, error) {
	return ask[StopList](ctx, c, call{method: http.MethodGet, path: "/stops"})
}

// Stop puts an emergency stop on; without an account, of all of them.
func (c *Client) Stop(ctx context.Context, stop NewStop) (press.Stop, error) {
	return ask[press.Stop](ctx, c, call{method: http.MethodPost, path: "/stops", body: stop})
}

// Resume lifts an emergency stop.
func (c *Client) Resume(ctx context.Context, account string) (press.Stop, error) {
	return ask[press.Stop](ctx, c, call{method: http.MethodPost, path: "/stops/lift", body: Resumption{account}})
}

// ReleaseDelivery lets a blocked delivery go on.
func (c *Client) ReleaseDelivery(ctx context.Context, id press.DeliveryID, q ReleaseQuery) (press.Delivery, error) {
	return ask[press.Delivery](ctx, c, call{method: http.MethodPost, path: pathOf("deliveries", id) + "/release", query: values(q)})
}
