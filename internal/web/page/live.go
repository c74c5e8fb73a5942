package page

import (
	"fmt"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"newsdesk/internal/press"
)

const (
	maxTopics   = 40
	maxStreams  = 12 // open pages of one person
	heartbeat   = 20 * time.Second
	streamLimit = 30 * time.Minute // then the browser comes again, and is asked who it is
)

var topicForm = regexp.MustCompile(`^[a-z]{1,20}(:[0-9A-Za-z_-]{1,64})?$`)

// live tells an open page what has changed, as server-sent events that hold a topic and nothing else: what it is now, the
// page asks for itself, with the rights of its reader.
func (k *Kit) live(r *Request) error {
	topics := r.URL.Query()["topic"]
	if len(topics) == 0 || len(topics) > maxTopics {
		return press.Fail(press.Invalid, "live.topics", press.Say("Name 1 to %d topics.", "请指定 1 至 %d 个主题。", maxTopics))
	}
	for _, topic := range topics {
		if !topicForm.MatchString(topic) {
			return press.Fail(press.Invalid, "live.topics", press.Say("There is no such topic.", "主题无效。"))
		}
	}
	count, _ := k.streams.LoadOrStore(r.Actor.ID, new(atomic.Int64))
	open := count.(*atomic.Int64) //nolint:forcetypeassert // nothing else is stored
	defer open.Add(-1)
	if open.Add(1) > maxStreams {
		return press.Fail(press.Quota, "live.many", press.Say(
			"Too many pages are open at once; this one is not kept up to date.", "打开的页面过多，本页不会自动更新。"))
	}
	return k.stream(r, topics)
}

func (k *Kit) stream(r *Request, topics []string) error {
	changes, cancel := k.Live.Subscribe(topics...)
	defer cancel()
	r.answered = true
	out := http.NewResponseController(r.W)
	_ = out.SetReadDeadline(time.Time{}) // the connection stays; the bounds above and below hold it
	h := r.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(streamLimit)
	defer end.Stop()
	line := "retry: 2000\n: open\n\n"
	for {
		_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a reader that takes nothing is let go
		if _, err := fmt.Fprint(r.W, line); err != nil {
			return nil //nolint:nilerr // the reader has gone, which is how these end
		}
		if err := out.Flush(); err != nil {
			return nil //nolint:nilerr // the same
		}
		select {
		case topic, ok := <-changes:
			if !ok {
				return nil
			}
			line = "data: " + topic + "\n\n"
		case <-beat.C:
			line = ": \n\n"
		case <-end.C:
			return nil
		case <-r.Context().Done():
			return nil
		case <-k.closing.Done():
			return nil
		}
	}
}
