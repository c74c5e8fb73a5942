// Package browsertest gives tests a real Chromium of their own.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// Start starts a browser for a test and those below it, and ends it with the test; it skips where there is no Chromium. Every
// tab of it is a context made of the one that is returned.
func Start(t testing.TB, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := find()
	if path == "" {
		t.Skip("no Chromium on this machine")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, // tests may run as root
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "zh-CN"))
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(options, flags...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Filled puts values into a script as JSON, where it has the verb %s.
func Filled(script string, args ...any) string {
	values := make([]any, len(args))
	for i, a := range args {
		data, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		values[i] = string(data)
	}
	return fmt.Sprintf(script, values...)
}
