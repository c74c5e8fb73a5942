package wechat

import (
	"context"

	"github.com/silenceper/wechat/v2/domain/openapi"
)

var quotaGet = call{name: "openapi/quota/get", effect: reads}

// QuotaLeft asks for today's allowance of an interface, named like /cgi-bin/draft/add.
func (a *Account) QuotaLeft(ctx context.Context, cgiPath string) (limit, used, remain int64, err error) {
	var answer openapi.APIQuota
	_, err = a.do(ctx, quotaGet, func(x *exchange) (err error) {
		answer, err = a.official(x).GetOpenAPI().GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: cgiPath})
		return err
	})
	return answer.Quota.DailyLimit, answer.Quota.Used, answer.Quota.Remain, err
}

// Check tries the account: the AppID and the secret by asking for the token anew (which changes nothing), the whitelist,
// and a read that every kind of account may make.
func (a *Account) Check(ctx context.Context) error {
	if err := a.tokens.verify(ctx); err != nil {
		return err
	}
	_, err := a.do(ctx, draftCount, func(x *exchange) error {
		_, err := a.official(x).GetDraft().CountDraft()
		return err
	})
	return err
}
