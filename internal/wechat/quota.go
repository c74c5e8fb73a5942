package wechat

import (
	"context"

	"newsdesk/internal/press"
)

// unlimited is a daily limit that stands for none.
const unlimited = 100_000_000

// Ledger is where the account's calls are counted.
func (a *Account) Ledger() press.Ledger {
	return press.LedgerOf(a.cfg.AppID, a.cfg.BaseURL, press.AccountKind(a.cfg.Kind))
}

// Quota asks how many calls of an interface, named by its path such as press.CallPublishGet, the account may make a day, and
// has made today. WeChat counts what every program of the account called, and what it refused.
func (a *Account) Quota(ctx context.Context, path string) (press.QuotaTold, error) {
	limit, used, _, err := a.QuotaLeft(ctx, path)
	if limit >= unlimited {
		limit = press.NoLimit
	}
	return press.QuotaTold{Limit: limit, Used: used}, err
}
