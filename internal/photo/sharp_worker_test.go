package photo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/press"
)

var isWorker = flag.Bool("worker", false, "do the work that standard input describes, as a process of its own")

// work is what a process of the comparison is asked to do: People take turns with the files.
type work struct {
	Files  []string
	People int
	Out    string // a folder for the renditions, when they are to be looked at and not measured
}

// benchRecipes are the renditions of a photo that becomes a cover as well: the work that ratios are given for. WeChat's
// square cover is shown at 383 pixels.
func benchRecipes() (out []Recipe) {
	for _, name := range []press.Recipe{press.Site1600, press.WeChatBody, press.Site960, press.Site480, press.CoverWide, press.CoverSquare} {
		r, _ := Lookup(name)
		if name == press.CoverSquare {
			r.Width, r.Height = 383, 383
		}
		out = append(out, r)
	}
	return out
}

// runOurs does the work in a fresh process, this test's own program.
func runOurs(t *testing.T, w work) (e effort) {
	t.Helper()
	input, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run(t, exec.CommandContext(t.Context(), program, "-test.run=^TestWorker$", "-worker"), input, &e)
	return e
}

// TestWorker is the process that runOurs starts.
func TestWorker(t *testing.T) {
	if !*isWorker {
		t.Skip("a process of the comparison with sharp")
	}
	var w work
	if err := json.NewDecoder(os.Stdin).Decode(&w); err != nil {
		t.Fatal(err)
	}
	p := New(Config{})
	if _, err := makeBench(t.Context(), p, "warm-up", jpegFile(t, scene(200, 150))); err != nil {
		t.Fatal(err)
	}
	start, used := time.Now(), processorTime(t)
	bytes, err := w.do(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	e := effort{Wall: time.Since(start).Seconds(), CPU: processorTime(t) - used, Peak: peakMemory(t), Bytes: bytes}
	if err := json.NewEncoder(os.Stdout).Encode(e); err != nil {
		t.Fatal(err)
	}
}

func (w work) do(ctx context.Context, p *Pipeline) (bytes int, err error) {
	var group sync.WaitGroup
	var mu sync.Mutex
	next := 0
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1
	}
	for range w.People {
		group.Go(func() {
			for i := take(); i < len(w.Files); i = take() {
				n, failure := w.one(ctx, p, i)
				mu.Lock()
				bytes, err = bytes+n, errors.Join(err, failure)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return bytes, err
}

func (w work) one(ctx context.Context, p *Pipeline, i int) (bytes int, err error) {
	data, err := os.ReadFile(w.Files[i])
	if err != nil {
		return 0, err
	}
	outs, err := makeBench(ctx, p, w.Files[i], data)
	if err != nil {
		return 0, err
	}
	for _, o := range outs {
		bytes += len(o.Data)
		if w.Out != "" {
			name := filepath.Join(w.Out, fmt.Sprintf("%d-%s.jpg", i, o.Recipe))
			if err := os.WriteFile(name, o.Data, 0o600); err != nil {
				return 0, err
			}
		}
	}
	return bytes, nil
}

// makeBench does as Make does, with the comparison's recipes.
func makeBench(ctx context.Context, p *Pipeline, name string, data []byte) ([]Output, error) {
	h, _, err := p.inspect(name, data)
	if err != nil {
		return nil, err
	}
	var jobs []Job
	recipes := benchRecipes()
	for _, r := range recipes {
		jobs = append(jobs, Job{Recipe: r.Name})
	}
	plan, err := p.plan(name, h, jobs)
	if err != nil {
		return nil, err
	}
	for i := range plan.steps {
		plan.steps[i].recipe = recipes[i]
	}
	release, err := p.acquire(ctx, plan.memory)
	if err != nil {
		return nil, err
	}
	defer release()
	return p.run(ctx, data, h, plan.steps)
}

func processorTime(t testing.TB) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// peakMemory is the most memory the process ever had, in MB.
func peakMemory(t testing.TB) float64 {
	t.Helper()
	status, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = status.Close() }()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if kb, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(kb, "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return float64(n) / 1024
		}
	}
	t.Fatal("no peak memory in /proc/self/status")
	return 0
}
