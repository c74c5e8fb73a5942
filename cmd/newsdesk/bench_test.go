package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/servicetest"
)

// buildProgram builds the program as it ships.
func buildProgram(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "newsdesk")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// BenchmarkMainJob measures the shipped program from the seed article to both pushes and the website live, with everything
// embedded and no time between schedule and push. The sandbox takes its usual second to publish, which is counted.
func BenchmarkMainJob(b *testing.B) {
	program := buildProgram(b)
	var total, handIn int64
	var peak int64
	for b.Loop() {
		summary := filepath.Join(b.TempDir(), "summary.json")
		args := []string{
			"demo", "--once", "--in", "0s", "--listen", "127.0.0.1:0", "--sandbox", "127.0.0.1:0",
			"--data", b.TempDir(), "--summary", summary, "--parcel", servicetest.Data(b, "seed-article", "article.txt"),
		}
		cmd := exec.CommandContext(b.Context(), program, args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(summary)
		if err != nil {
			b.Fatal(err)
		}
		var s struct{ Milliseconds map[string]int64 }
		if err := json.Unmarshal(data, &s); err != nil {
			b.Fatal(err)
		}
		total, handIn = total+s.Milliseconds["total"], handIn+s.Milliseconds["hand_in"]
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" {
			peak = max(peak, usage.Maxrss>>10)
		}
	}
	b.ReportMetric(float64(total)/float64(b.N), "ms-to-live")
	b.ReportMetric(float64(handIn)/float64(b.N), "ms-hand-in")
	b.ReportMetric(float64(peak), "MB-peak")
}

// BenchmarkColdStart measures from starting the program, on an empty folder, to its first answer.
func BenchmarkColdStart(b *testing.B) {
	program := buildProgram(b)
	var total time.Duration
	for b.Loop() {
		total += coldStart(b, program)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-answer")
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func coldStart(b *testing.B, program string) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	defer cancel()
	var out lockedBuffer
	cmd := exec.CommandContext(ctx, program, "serve")
	cmd.Dir = b.TempDir()
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = []string{"NEWSDESK_LISTEN=127.0.0.1:0", "NEWSDESK_SANDBOX_LISTEN=127.0.0.1:0", "HOME=" + cmd.Dir}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cancel(); _ = cmd.Wait() }()
	for ctx.Err() == nil {
		if address := listening.FindString(out.String()); address != "" {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/readyz", nil)
			if err != nil {
				b.Fatal(err)
			}
			if answer, err := http.DefaultClient.Do(request); err == nil {
				_ = answer.Body.Close()
				if answer.StatusCode == http.StatusOK {
					return time.Since(begun)
				}
			}
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatalf("no answer\n%s", out.String())
	return 0
}

// lockedBuffer takes what a process writes while the test reads it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
