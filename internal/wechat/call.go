package wechat

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"newsdesk/internal/press"
)

// effect is what a call leaves behind, and so what an unclear outcome means.
type effect int

const (
	reads effect = iota // nothing
	again               // something, but a repetition does no harm
	once                // something that a repetition would make, or remove, a second time
)

// call is one interface of the platform.
type call struct {
	name   string // the path after /cgi-bin/
	effect effect
	upload bool
}

// ask makes the request of a call within an exchange. It may run twice.
type ask func(x *exchange) error

// do makes a call with a token, and once more with a fresh one if the token was refused.
func (a *Account) do(ctx context.Context, c call, ask ask) (*exchange, error) {
	if ctx.Err() != nil {
		return nil, a.notSent(c, ctx.Err())
	}
	token, err := a.tokens.get(ctx)
	if err != nil {
		return nil, err
	}
	x, refusal := a.try(ctx, c, token, ask)
	if refusal != nil && refusal.Class == press.ClassToken {
		if token, err = a.tokens.renew(ctx, token); err != nil {
			return nil, err
		}
		x, refusal = a.try(ctx, c, token, ask)
	}
	if refusal != nil {
		return nil, refusal
	}
	return x, nil
}

// post makes a call with a JSON body and decodes its answer.
func (a *Account) post(ctx context.Context, c call, in, out any) (*exchange, error) {
	x, err := a.do(ctx, c, func(x *exchange) error {
		_, err := util.PostJSONContext(x.ctx, x.address(c.name), in)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(x.body, out); err != nil {
		return nil, a.unclear(c, unreadable, nil)
	}
	return x, nil
}

func (a *Account) try(ctx context.Context, c call, token string, ask ask) (*exchange, *press.Refusal) {
	limit := a.cfg.Timeout
	if c.upload {
		limit = a.cfg.UploadTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := a.line.open(ctx, token)
	defer x.close()
	began := time.Now()
	err := ask(x)
	refusal := a.judge(c, x, err)
	a.record(ctx, c, time.Since(began), refusal)
	return x, refusal
}

// record logs that a call was made: never its address, its body or its answer.
func (a *Account) record(ctx context.Context, c call, took time.Duration, r *press.Refusal) {
	attrs := []slog.Attr{slog.String("call", c.name), slog.Duration("took", took.Round(time.Millisecond))}
	level := slog.LevelDebug
	if r != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.Int("code", r.Code), slog.String("message", r.Message),
			slog.String("rid", r.RID), slog.String("class", string(r.Class)))
	}
	a.log.LogAttrs(ctx, level, "wechat call", attrs...)
}
