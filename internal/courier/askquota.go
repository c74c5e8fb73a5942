package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// quotaRound is what the ledger calls one round of questions about an account's counts. It is no call of WeChat's.
const quotaRound = "quota round"

const (
	// roundTime bounds one round of questions: a dozen short calls.
	roundTime = time.Minute
	// roundPause is the shortest time between two rounds for one account, whoever asks, and between two questions about one
	// call after a refusal.
	roundPause = time.Minute
)

// quotaLoop asks WeChat for its counts at the start, and from time to time while something is planned: a second program, a
// colleague in WeChat's console or a restored backup make ours wrong.
func (c *Courier) quotaLoop() {
	tick := time.NewTicker(c.QuotaEvery)
	defer tick.Stop()
	c.askAll(roundPause, true)
	for {
		select {
		case <-c.alive.Done():
			return
		case <-tick.C:
			c.askAll(c.QuotaEvery*9/10, false)
		}
	}
}

// askAll asks about every account that can be used, each once in a pause, by whichever process comes first.
func (c *Courier) askAll(pause time.Duration, idle bool) {
	for _, a := range c.Office.Accounts(c.alive) {
		if c.alive.Err() != nil {
			return
		}
		if !a.Trouble.IsZero() {
			continue
		}
		waiting, err := c.Store.Awaits(c.alive, a.Name)
		if err == nil && (waiting || idle) {
			err = c.askAccount(c.alive, a.Name, pause)
		}
		if err != nil && press.CodeOf(err) != "quota.paced" && c.alive.Err() == nil {
			c.Logger.Warn("WeChat was not asked for its counts; our own goes on", "account", a.Name, "error", err)
		}
	}
}

// AskQuota corrects the ledger of an account by WeChat's own counts. It is a Conflict, "quota.paced", within a minute of the
// last time.
func (c *Courier) AskQuota(ctx context.Context, name string) (err error) {
	defer press.Wrap(&err, "courier.AskQuota(%s)", name)
	return c.askAccount(ctx, name, roundPause)
}

func (c *Courier) askAccount(ctx context.Context, name string, pause time.Duration) error {
	account, _, err := c.Office.Account(ctx, name)
	if err != nil {
		return err
	}
	if _, err := c.Store.CountPaced(ctx, account.Ledger().Key, quotaRound, press.DayOf(c.now()).Name, 0, pause); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	return c.ask(ctx, account, asked()...)
}

// askSoon asks about one call that WeChat has refused, beside the work that was refused.
func (c *Courier) askSoon(account Account, call string) {
	if c.QuotaEvery <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return
	}
	c.work.Go(func() {
		ctx, cancel := context.WithTimeout(c.alive, roundTime)
		defer cancel()
		_, err := c.Store.CountPaced(ctx, account.Ledger().Key, quotaRound+" "+call, press.DayOf(c.now()).Name, 0, roundPause)
		if err == nil {
			err = c.ask(ctx, account, call)
		}
		if err != nil && press.CodeOf(err) != "quota.paced" {
			c.Logger.Warn("WeChat was not asked for its count", "account", account.Name(), "call", call, "error", err)
		}
	})
}

// ask corrects the ledger of some calls. What an account may not call it has no count of.
func (c *Courier) ask(ctx context.Context, account Account, calls ...string) error {
	ledger := account.Ledger().Key
	for _, call := range calls {
		day := press.DayOf(c.now())
		if err := c.count(ctx, account, press.CallQuota, c.now()); err != nil {
			return err
		}
		before, err := c.Store.Tallies(ctx, ledger, day.Name)
		if err != nil {
			return err
		}
		told, err := account.Quota(ctx, call)
		var refusal *press.Refusal
		switch {
		case errors.As(err, &refusal) && (refusal.Code == codeNoPath || refusal.Code == codeNotYours || refusal.Code == codeNoRight):
			continue
		case err != nil:
			return err
		case press.DayOf(c.now()).Name != day.Name: // midnight came between question and answer
			return nil
		}
		if err := c.Store.TellQuota(ctx, ledger, call, day.Name, told, before[call].Counted); err != nil {
			return err
		}
	}
	return nil
}
