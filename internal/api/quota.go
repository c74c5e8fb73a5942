package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// AccountPath names a WeChat account.
type AccountPath struct {
	Name string `path:"name" maxLength:"32"`
}

func (s *server) quota() {
	tag := []string{"accounts"}
	register(s, huma.Operation{
		OperationID: "read-quota", Method: http.MethodGet, Path: "/accounts/{name}/quota", Tags: tag,
		Summary: "What an account may call of WeChat today and this month, and what is left",
	}, s.readQuota)
	register(s, huma.Operation{
		OperationID: "ask-quota", Method: http.MethodPost, Path: "/accounts/{name}/quota", Tags: tag,
		Summary: "Ask WeChat for its own counts, and correct ours; at most once a minute",
	}, s.askQuota)
}

func (s *server) readQuota(ctx context.Context, by press.Actor, in *AccountPath) (*answer[desk.Quota], error) {
	q, err := s.Desk.Quota(ctx, by, in.Name)
	return &answer[desk.Quota]{q}, err
}

func (s *server) askQuota(ctx context.Context, by press.Actor, in *AccountPath) (*answer[desk.Quota], error) {
	q, err := s.Desk.AskQuota(ctx, by, in.Name)
	return &answer[desk.Quota]{q}, err
}

// Quota returns what an account may call of WeChat, and what is left.
func (c *Client) Quota(ctx context.Context, account string) (desk.Quota, error) {
	return ask[desk.Quota](ctx, c, call{method: http.MethodGet, path: pathOf("accounts", account) + "/quota"})
}

// AskQuota has WeChat asked for its own counts, and returns what they corrected.
func (c *Client) AskQuota(ctx context.Context, account string) (desk.Quota, error) {
	return ask[desk.Quota](ctx, c, call{method: http.MethodPost, path: pathOf("accounts", account) + "/quota"})
}
