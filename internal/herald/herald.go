package herald

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"newsdesk/internal/press"
)

// Config is what a Herald is made of. Zero durations have defaults.
type Config struct {
	Store  Store
	Sender Sender
	Unseal func(purpose, sealed string) (string, error)
	Zone   *time.Location // of the office, in which times are told
	Public string         // the newsroom's address, without a slash at the end
	Office press.Text     // as whom

	Places func(context.Context) (map[string]press.Text, error) // what people call the websites, by short name; nil: so

	Every time.Duration // between looks for what waits, default 2 s
	Claim time.Duration // how long a channel is one worker's, default 45 s; a dead worker's message waits that long
	First time.Duration // the pause after a failed try, doubled after each, default 15 s
	Pace  time.Duration // between two messages, default the road's own
	Now   func() time.Time
	Log   *slog.Logger
}

// longest is the longest pause between two tries. A shorter one would find a mended mail server sooner and fill the logs of
// a broken one.
const longest = 10 * time.Minute

// Store is what waits to be told; see internal/store/notices.go for the guards behind each method.
type Store interface {
	DueNoticeChannels(context.Context) ([]press.NoticeChannelID, error)
	ClaimNotices(ctx context.Context, id press.NoticeChannelID, until time.Time, message string) (press.NoticeBatch, error)
	NoticesArrived(ctx context.Context, b press.NoticeBatch, next time.Time) error
	NoticesRefused(ctx context.Context, b press.NoticeBatch, fault press.NoticeFault, next time.Time) error
	Delivery(context.Context, press.DeliveryID) (press.Delivery, error)
	Edition(context.Context, press.EditionID) (press.Edition, error)
	Revision(ctx context.Context, id press.ArticleID, number int) (press.Revision, error)
}

// Sender sends a message once, within a bounded time. Every error is a *press.NoticeFault.
type Sender interface {
	Send(ctx context.Context, to press.NoticeRoute, m press.NoticeMessage) (answer string, err error)
}

// Herald sends what waits. It is safe for concurrent use and may run in many processes.
type Herald struct {
	Config
	mu    sync.Mutex
	busy  map[press.NoticeChannelID]bool
	work  sync.WaitGroup
	stop  context.CancelFunc // of the looking
	leave context.CancelFunc // of the sending
	alive context.Context
}

// New makes a herald. Nothing is sent before Start.
func New(cfg Config) *Herald {
	for d, value := range map[*time.Duration]time.Duration{&cfg.Every: 2 * time.Second, &cfg.Claim: 45 * time.Second, &cfg.First: 15 * time.Second} {
		if *d <= 0 {
			*d = value
		}
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := &Herald{Config: cfg, busy: map[press.NoticeChannelID]bool{}}
	h.alive, h.leave = context.WithCancel(context.Background())
	return h
}

// Start begins to look, and returns at once.
func (h *Herald) Start() {
	ctx, stop := context.WithCancel(h.alive)
	h.stop = stop
	h.work.Go(func() {
		tick := time.NewTicker(h.Every)
		defer tick.Stop()
		for {
			h.Look(ctx)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// grace is how long a message that is under way has to end when the process stops. One that is cut off goes out again, under
// the same identifier.
const grace = 3 * time.Second

// Close stops looking, gives what is under way a moment, and waits. It may be called without Start, and twice.
func (h *Herald) Close() {
	if h.stop != nil {
		h.stop()
	}
	timer := time.AfterFunc(grace, h.leave)
	h.work.Wait()
	timer.Stop()
	h.leave()
}

// Look takes up every channel that something waits for, each on a goroutine of its own.
func (h *Herald) Look(ctx context.Context) {
	due, err := h.Store.DueNoticeChannels(ctx)
	if err != nil {
		if ctx.Err() == nil {
			h.Log.Warn("notices could not be looked for", "error", err)
		}
		return
	}
	for _, id := range due {
		if !h.take(id) {
			continue
		}
		h.work.Go(func() {
			defer h.give(id)
			if err := h.serve(h.alive, id); err != nil && h.alive.Err() == nil {
				h.Log.Warn("notices could not be sent or noted; they are taken up again", "channel", id, "error", err)
			}
		})
	}
}

func (h *Herald) take(id press.NoticeChannelID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	free := !h.busy[id]
	h.busy[id] = true
	return free
}

func (h *Herald) give(id press.NoticeChannelID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.busy, id)
}

// serve sends one message to a channel.
func (h *Herald) serve(ctx context.Context, id press.NoticeChannelID) (err error) {
	defer press.Recover(&err)
	until := h.Now().Add(h.Claim)
	deadline := time.Now().Add(h.Claim * 3 / 4) // of the machine's own clock: after it another may have the channel
	b, err := h.Store.ClaimNotices(ctx, id, until, press.NewID(h.Now()))
	if err != nil || len(b.Notices) == 0 {
		return err
	}
	sending, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	fault := h.send(sending, b)
	if ctx.Err() != nil { // stopped in the middle, which is no failed try
		return ctx.Err()
	}
	noting, done := context.WithTimeout(context.WithoutCancel(ctx), h.Claim/4)
	defer done()
	return h.note(noting, b, fault)
}

func (h *Herald) send(ctx context.Context, b press.NoticeBatch) *press.NoticeFault {
	to, err := h.route(b.Channel)
	var m press.NoticeMessage
	if err == nil {
		m, err = h.message(ctx, b)
	}
	if err == nil {
		_, err = h.Sender.Send(ctx, to, m)
	}
	return faultOf(err)
}

// note commits the outcome. A database that is busy is asked again: the alternative is a message twice.
func (h *Herald) note(ctx context.Context, b press.NoticeBatch, fault *press.NoticeFault) error {
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := h.commit(ctx, b, fault)
		if err == nil || press.KindOf(err) == press.Conflict || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

func (h *Herald) commit(ctx context.Context, b press.NoticeBatch, fault *press.NoticeFault) error {
	if fault == nil {
		pace := h.Pace
		if pace <= 0 {
			pace = b.Channel.Road.Pace()
		}
		return h.Store.NoticesArrived(ctx, b, h.Now().Add(pace))
	}
	if b.Tries == 0 {
		h.Log.Warn("a notice channel fails", "channel", b.Channel.Name, "road", b.Channel.Road, "notices", len(b.Notices), "error", fault)
	}
	return h.Store.NoticesRefused(ctx, b, *fault, h.Now().Add(max(fault.Wait, h.pause(b.Tries))))
}

// pause grows with each failed try, up to the longest, a fifth more or less, so that many channels of one mail server do not
// come back together.
func (h *Herald) pause(tries int) time.Duration {
	p := min(h.First<<min(tries, 10), longest)
	return p*4/5 + rand.N(p*2/5+1)
}

// route opens a channel's secrets.
func (h *Herald) route(c press.SealedNoticeChannel) (press.NoticeRoute, error) {
	out := press.NoticeRoute{Road: c.Road, Mail: c.Mail}
	for _, s := range []struct {
		part, sealed string
		at           *string
	}{{press.NoticeAddressPart, c.Address, &out.Address}, {press.NoticeSecretPart, c.Secret, &out.Secret}} {
		text, err := h.Unseal(c.ID.Purpose(s.part), s.sealed)
		if err != nil {
			return out, &press.NoticeFault{
				Text: press.Say("The channel's secrets were sealed with another key than this machine has.", "该渠道的密钥由另一把封存密钥加密，本机无法解开。"),
				Fix:  press.Say("Enter the channel's address and secrets again, or put the key file back.", "请重新填写该渠道的地址与密钥，或恢复原密钥文件。"),
			}
		}
		*s.at = text
	}
	return out, nil
}

// Test sends a message that says it is a test, at once, and returns what the other side answered. Every error is a
// *press.NoticeFault.
func (h *Herald) Test(ctx context.Context, c press.SealedNoticeChannel) (answer string, err error) {
	to, err := h.route(c)
	if err != nil {
		return "", err
	}
	answer, err = h.Sender.Send(ctx, to, h.testMessage(c))
	if f := faultOf(err); f != nil {
		return "", f
	}
	return answer, nil
}

func faultOf(err error) *press.NoticeFault {
	var f *press.NoticeFault
	if err == nil || errors.As(err, &f) {
		return f
	}
	return &press.NoticeFault{Text: press.TextOf(err), Fix: press.Say("It is tried again by itself.", "系统会自动重试。")}
}
