package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// NewEdition asks for an edition.
type NewEdition struct {
	Account    string    `json:"account,omitempty" maxLength:"60" doc:"may be left out where there is one account"`
	Mode       string    `json:"mode" enum:"draft,publish,mass"`
	At         time.Time `json:"at" doc:"when it goes out"`
	Articles   []string  `json:"articles" minItems:"1" maxItems:"8"`
	SitePolicy string    `json:"site_policy,omitempty" enum:"required,optional" doc:"whether the push waits for the website's page; default required"`
	Lateness   string    `json:"max_lateness,omitempty" doc:"a duration such as 30m; later than this it asks instead of going out"`
	Theme      string    `json:"theme,omitempty" maxLength:"60"`
}

// EditionPath names an edition.
type EditionPath struct {
	ID string `path:"id" maxLength:"26"`
}

func (s *server) editions() {
	tag := []string{"editions"}
	register(s, huma.Operation{OperationID: "create-edition", Method: http.MethodPost, Path: "/editions", Summary: "Compose and schedule an edition", Tags: tag, DefaultStatus: http.StatusCreated}, s.createEdition)
	register(s, huma.Operation{OperationID: "list-editions", Method: http.MethodGet, Path: "/editions", Summary: "List editions", Tags: tag}, s.listEditions)
	register(s, huma.Operation{OperationID: "read-edition", Method: http.MethodGet, Path: "/editions/{id}", Summary: "Read an edition and its deliveries", Tags: tag}, s.readEdition)
	register(s, huma.Operation{OperationID: "cancel-edition", Method: http.MethodPost, Path: "/editions/{id}/cancel", Summary: "Take an edition back before it goes out", Tags: tag}, s.cancelEdition)
	register(s, huma.Operation{OperationID: "reschedule-edition", Method: http.MethodPost, Path: "/editions/{id}/reschedule", Summary: "Give an edition another time", Tags: tag}, s.rescheduleEdition)
}

func (s *server) createEdition(ctx context.Context, by press.Actor, in *struct{ Body NewEdition }) (*answer[EditionReading], error) {
	b := in.Body
	want := desk.NewEdition{Account: b.Account, Mode: press.Mode(b.Mode), At: b.At, SitePolicy: press.SitePolicy(b.SitePolicy), Theme: b.Theme}
	if b.Lateness != "" {
		lateness, err := time.ParseDuration(b.Lateness)
		if err != nil || lateness <= 0 {
			return nil, press.Fail(press.Invalid, "edition.lateness", press.Say(
				"max_lateness is %q; write a duration such as 30m or 2h.", "max_lateness 为 %q，应写成 30m、2h 之类的时长。", b.Lateness))
		}
		want.MaxLateness = lateness
	}
	for _, id := range b.Articles {
		want.Articles = append(want.Articles, press.ArticleID(id))
	}
	edition, deliveries, err := s.Desk.Compose(ctx, by, want)
	if err != nil {
		return nil, err
	}
	stop, err := s.Desk.StopOf(ctx, edition.Account)
	return &answer[EditionReading]{EditionReading{edition, orEmpty(deliveries), stop}}, err
}

func (s *server) listEditions(ctx context.Context, by press.Actor, in *EditionQuery) (*answer[EditionList], error) {
	if err := s.mayList(ctx, by, in.Article); err != nil {
		return nil, err
	}
	list, total, err := s.Records.Editions(ctx, *in)
	for i := range list {
		if list[i], err = s.visible(ctx, by, list[i]); err != nil {
			return nil, err
		}
	}
	return &answer[EditionList]{EditionList{total, orEmpty(list)}}, err
}

func (s *server) readEdition(ctx context.Context, by press.Actor, in *EditionPath) (*answer[EditionReading], error) {
	edition, err := s.Records.Edition(ctx, press.EditionID(in.ID))
	if err == nil {
		edition, err = s.visible(ctx, by, edition)
	}
	if err != nil {
		return nil, err
	}
	return s.editionReading(ctx, by, edition)
}

func (s *server) editionReading(ctx context.Context, by press.Actor, edition press.Edition) (*answer[EditionReading], error) {
	push, _, err := s.Records.Deliveries(ctx, DeliveryQuery{Edition: string(edition.ID), Kind: string(press.TargetWeChat), Page: Page{Limit: 10}})
	if err != nil {
		return nil, err
	}
	pages, err := s.Records.SiteDeliveries(ctx, edition.ID)
	if err != nil {
		return nil, err
	}
	deliveries, err := s.own(ctx, by, append(push, pages...))
	if err != nil {
		return nil, err
	}
	stop, err := s.Desk.StopOf(ctx, edition.Account)
	return &answer[EditionReading]{EditionReading{edition, orEmpty(deliveries), stop}}, err
}

func (s *server) cancelEdition(ctx context.Context, by press.Actor, in *EditionPath) (*answer[EditionReading], error) {
	edition, err := s.Desk.CancelEdition(ctx, by, press.EditionID(in.ID))
	if err != nil {
		return nil, err
	}
	return s.editionReading(ctx, by, edition)
}

func (s *server) rescheduleEdition(ctx context.Context, by press.Actor, in *struct {
	EditionPath
	Body struct {
		At time.Time `json:"at"`
	}
},
) (*answer[EditionReading], error) {
	edition, err := s.Desk.Reschedule(ctx, by, press.EditionID(in.ID), in.Body.At)
	if err != nil {
		return nil, err
	}
	return s.editionReading(ctx, by, edition)
}

// DeliveryPath names a delivery.
type DeliveryPath struct {
	ID string `path:"id" maxLength:"26"`
}

func (s *server) deliveries() {
	tag := []string{"deliveries"}
	register(s, huma.Operation{OperationID: "list-deliveries", Method: http.MethodGet, Path: "/deliveries", Summary: "List deliveries", Tags: tag}, s.listDeliveries)
	register(s, huma.Operation{OperationID: "read-delivery", Method: http.MethodGet, Path: "/deliveries/{id}", Summary: "Read a delivery and its attempts", Tags: tag}, s.readDelivery)
	decisions := []struct {
		verb, summary string
		decide        func(context.Context, press.Actor, press.DeliveryID) (press.Delivery, error)
	}{
		{"retry", "Make the next try now", s.Desk.Retry},
		{"cancel", "Take a delivery back", s.Desk.CancelDelivery},
	}
	for _, d := range decisions {
		register(s, huma.Operation{OperationID: d.verb + "-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/" + d.verb, Summary: d.summary, Tags: tag},
			func(ctx context.Context, by press.Actor, in *DeliveryPath) (*answer[press.Delivery], error) {
				delivery, err := d.decide(ctx, by, press.DeliveryID(in.ID))
				return &answer[press.Delivery]{delivery}, err
			})
	}
	register(s, huma.Operation{
		OperationID: "went-out-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/went-out", Tags: tag,
		Summary:     "Say that an undecided push did go out",
		Description: "After a look at 发表记录 in WeChat's console. The delivery is live from then on; nothing is sent. Refused, delivery.not_out, where it cannot have gone out.",
	}, s.wentOut)
}

// Sighted is what a person has seen of a push in WeChat's console.
type Sighted struct {
	Links []string `json:"links,omitempty" maxItems:"8" doc:"addresses of its articles, https://mp.weixin.qq.com/s…, in the order of the push"`
}

func (s *server) wentOut(ctx context.Context, by press.Actor, in *struct {
	DeliveryPath
	Body Sighted
},
) (*answer[press.Delivery], error) {
	delivery, err := s.Desk.WentOut(ctx, by, press.DeliveryID(in.ID), strings.Join(in.Body.Links, "\n"))
	return &answer[press.Delivery]{delivery}, err
}

func (s *server) listDeliveries(ctx context.Context, by press.Actor, in *DeliveryQuery) (*answer[DeliveryList], error) {
	if err := s.mayList(ctx, by, in.Article); err != nil {
		return nil, err
	}
	list, total, err := s.Records.Deliveries(ctx, *in)
	return &answer[DeliveryList]{DeliveryList{total, orEmpty(list)}}, err
}

func (s *server) readDelivery(ctx context.Context, by press.Actor, in *DeliveryPath) (*answer[DeliveryReading], error) {
	delivery, err := s.Records.Delivery(ctx, press.DeliveryID(in.ID))
	if err == nil {
		err = s.mayReadDelivery(ctx, by, delivery)
	}
	if err != nil {
		return nil, err
	}
	attempts, err := s.Records.Attempts(ctx, delivery.ID)
	return &answer[DeliveryReading]{DeliveryReading{delivery, orEmpty(attempts)}}, err
}
