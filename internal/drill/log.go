//go:build unix

package drill

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// Calls reads the sandbox's log of the calls of a path, oldest first; an empty path is every one. The sandbox keeps the
// newest 5,000.
func (w *World) Calls(path string) (out []sandbox.Call, err error) {
	err = w.ask("GET", "/sandbox/calls?path="+url.QueryEscape(path), nil, &out)
	slices.Reverse(out)
	return out, err
}

// Tell is what happened to one delivery, in its own words: attempts, entries of the history, and the reason.
func (w *World) Tell(id press.DeliveryID) string {
	ctx := context.Background()
	var out strings.Builder
	d, err := w.Delivery(id)
	fmt.Fprintf(&out, "%s %s to %s is %s, due %s %v\n", d.Mode, id, d.Target, d.State, d.DueAt.Format(clockForm), err)
	attempts, _ := w.Store.Attempts(ctx, id)
	for _, a := range attempts {
		fmt.Fprintf(&out, "  %s–%s %s %s %s %s\n", a.StartedAt.Format(clockForm), a.EndedAt.Format(clockForm), a.Worker, a.Step, a.Outcome, a.Code)
	}
	entries, _ := w.Store.Audit(ctx, store.AuditFilter{Subject: string(id), Limit: 100})
	for _, e := range slices.Backward(entries) {
		fmt.Fprintf(&out, "  %s %s %s\n", e.At.Format(clockForm), e.Action, e.Detail)
	}
	if d.Reason != nil {
		fmt.Fprintf(&out, "  %s: %s %s\n", d.Reason.Code, d.Reason.Text.EN, d.Reason.Fix.EN)
	}
	return out.String()
}
