package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestServe starts the real thing on a free port, asks it for a token and the chat page, and stops it.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	faults := filepath.Join(dir, "faults.json")
	if err := os.WriteFile(faults, []byte(`[{"path":"draft/count","reply_lost":"timeout"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-addr", "127.0.0.1:0", "-state", filepath.Join(dir, "state.json"), "-faults", faults}, in, io.Discard)
		_ = in.Close()
		done <- err
	}()
	lines := bufio.NewReader(out)
	var said strings.Builder
	for !strings.Contains(said.String(), "API") {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err, <-done)
		}
		said.WriteString(line)
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(said.String())
	if data := get(t, base+"/cgi-bin/token?grant_type=client_credential&appid=wx5a3db0c5ad8b0000&secret=sandbox-secret"); !strings.Contains(data, `"expires_in":7200`) {
		t.Fatal(data)
	}
	if data := get(t, base+"/a/wx5a3db0c5ad8b0000/chat"); !strings.Contains(data, "示例公众号") {
		t.Fatal(data)
	}
	held := make(chan error, 1) // a call that a fault holds must not hold the stop
	go func() {
		res, err := http.Get(base + "/cgi-bin/draft/count")
		if err == nil {
			_ = res.Body.Close()
		}
		held <- err
	}()
	for logged := ""; !strings.Contains(logged, "draft/count"); logged = get(t, base+"/sandbox/calls") {
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := <-held; err == nil {
		t.Error("the held call should have had no reply")
	}
	if _, err := os.Stat(filepath.Join(dir, "state.json")); err != nil {
		t.Error("the state was not saved:", err)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, args := range map[string][]string{
		"taken port":    {"-addr", taken.Addr().String()},
		"argument":      {"serve"},
		"unknown flag":  {"-nothing"},
		"kind":          {"-addr", "127.0.0.1:0", "-kind", "x"},
		"missing fault": {"-addr", "127.0.0.1:0", "-faults", "nowhere.json"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	var help, out bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, &out, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "Example:") {
		t.Fatal(err, help.String())
	}
	if err := run(t.Context(), []string{"-version"}, &out, &help); err != nil || !strings.HasPrefix(out.String(), "wechat-sandbox ") {
		t.Fatal(err, out.String())
	}
}
