package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/cli"
)

// installation is a data folder and an environment in which commands are run.
type installation struct {
	testing.TB
	environ []string
}

func newInstallation(t testing.TB, more ...string) *installation {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "newsdesk.yaml")
	write(t, config, "zone: Asia/Shanghai\nsandbox:\n  state_file: memory\nsite:\n  lead: 0s\ndelivery:\n  wake_early: 1s\n  sweep: 200ms\n")
	return &installation{TB: t, environ: append([]string{
		"NEWSDESK_DATA=" + filepath.Join(dir, "data"), "NEWSDESK_CONFIG=" + config,
		"NEWSDESK_LISTEN=127.0.0.1:0", "NEWSDESK_SANDBOX_LISTEN=127.0.0.1:0", "LANG=en_US.UTF-8",
	}, more...)}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// with returns the same installation with more in the environment.
func (i *installation) with(pairs ...string) *installation {
	return &installation{TB: i.TB, environ: append(append([]string{}, i.environ...), pairs...)}
}

// result is what a command left behind.
type result struct {
	testing.TB
	args        []string
	code        int
	out, errOut string
}

func (i *installation) run(args ...string) result {
	i.Helper()
	var out, errOut bytes.Buffer
	code := cli.Run(i.Context(), args, strings.NewReader(""), &out, &errOut, i.environ)
	return result{TB: i.TB, args: args, code: code, out: out.String(), errOut: errOut.String()}
}

// ok runs a command that must succeed and returns what it printed.
func (i *installation) ok(args ...string) string {
	i.Helper()
	r := i.run(args...)
	if r.code != 0 {
		i.Fatalf("newsdesk %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errOut)
	}
	return r.out
}

// refused checks a refusal's exit code, and that its last line is a sentence with the code in brackets.
func (r result) refused(exit int, code string) {
	r.Helper()
	last := r.errOut[strings.LastIndex(strings.TrimSuffix(r.errOut, "\n"), "\n")+1:]
	if r.code != exit || !strings.HasPrefix(last, "newsdesk: ") || !strings.HasSuffix(r.errOut, "["+code+"]\n") {
		r.Fatalf("newsdesk %s: exit code %d, %q; want %d, [%s]", strings.Join(r.args, " "), r.code, r.errOut, exit, code)
	}
}

// decode reads what a command printed with --json.
func decode[T any](t testing.TB, out string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, out)
	}
	return v
}

// serve runs newsdesk serve until the test ends and returns its address.
func (i *installation) serve(args ...string) string {
	i.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, w := io.Pipe()
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Run(ctx, append([]string{"serve"}, args...), strings.NewReader(""), w, &log, i.environ)
		_ = w.Close()
	}()
	lines := bufio.NewScanner(out)
	address := ""
	if lines.Scan() {
		address = lines.Text()[strings.Index(lines.Text(), "http"):]
	}
	go func() {
		for lines.Scan() { // the rest of the greeting
		}
	}()
	i.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			i.Errorf("serve ended with %d:\n%s", code, log.String())
		}
	})
	if address == "" {
		stop()
		i.Fatalf("serve said nothing:\n%s", log.String())
	}
	return address
}

// token makes a person with a token.
func (i *installation) token(name, roles string) string {
	i.Helper()
	i.ok("user", "add", name, "--role", roles)
	return strings.TrimSpace(i.ok("token", "create", name, "--label", "test"))
}

// parcel makes a folder with a document and two photos.
func parcel(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "article.txt"), text)
	for n, name := range []string{"river.jpg", "bridge.jpg"} {
		write(t, filepath.Join(dir, name), string(photo(t, n)))
	}
	return dir
}

func photo(t testing.TB, seed int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for y := range 600 {
		for x := range 900 {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x / 4), G: uint8(y / 3), B: uint8(60 + 90*seed), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const englishText = "Current Location:News information > Group news\nA bridge over the river\nIt was opened in the morning.\nriver.jpg\nEverybody walked across.\nbridge.jpg\n"
