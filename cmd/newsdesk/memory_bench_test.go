package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/intake"
	"newsdesk/internal/servicetest"
)

// BenchmarkParcelMemory hands parcels in to the program as it ships, with everything embedded, and says how much memory the
// whole process took at most, and the processes that it starts to open foreign formats: forty photos of 24 megapixels, the same
// from eight people at once, and forty HEIC photos.
func BenchmarkParcelMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("peaks are read from /proc")
	}
	program := buildProgram(b)
	jpegs := sync.OnceValue(func() [][]byte {
		return variants(b, servicetest.CameraPhotos(b, b.TempDir(), 8, 6000, 4000), 320, commented)
	})
	heics := func() [][]byte {
		return variants(b, []string{servicetest.Data(b, "photos", "formats", "office-4032x3024-display-p3-gps.heic")}, 40, padded)
	}
	for _, tc := range []struct {
		name           string
		people, photos int
		of             func() [][]byte
		path           string // where the program looks for others, such as those that open HEIC
	}{
		{"1x24MP", 1, 1, jpegs, ""},
		{"5x24MP", 1, 5, jpegs, ""},
		{"20x24MP", 1, 20, jpegs, ""},
		{"40x24MP", 1, 40, jpegs, ""},
		{"40x24MP-2people", 2, 40, jpegs, ""},
		{"40x24MP-4people", 4, 40, jpegs, ""},
		{"40x24MP-8people", 8, 40, jpegs, ""},
		{"40xHEIC", 1, 40, heics, ""},
		{"40xHEIC-system", 1, 40, heics, os.Getenv("PATH")},
	} {
		b.Run(tc.name, func(b *testing.B) {
			photos := tc.of()
			for b.Loop() {
				benchMemory(b, program, tc.path, tc.people, tc.photos, photos)
			}
		})
	}
}

func benchMemory(b *testing.B, program, path string, people, photos int, data [][]byte) {
	b.Helper()
	s := startServer(b, program, path, people)
	idle := s.peak()
	cpu := s.processorTime()
	done := make(chan struct{})
	helpers := s.watchHelpers(done)
	begun := time.Now()
	var all sync.WaitGroup
	for i, token := range s.tokens {
		all.Go(func() {
			text := fmt.Sprintf("# 示例活动 %d\n\n活动现场。\n", i+1)
			files := []intake.File{}
			for n, photo := range data[i*photos%len(data):][:photos] {
				name := fmt.Sprintf("photo-%02d%s", n, ending(photo))
				text += fmt.Sprintf("\n![第 %d 张](%s)\n", n+1, name)
				files = append(files, inMemory(name, photo))
			}
			client := api.NewClient(s.address, token, nil)
			handed, err := client.HandIn(b.Context(), api.Parcel{Files: append(files, inMemory("news.md", []byte(text)))})
			if err != nil || len(handed.Photos) != photos {
				b.Errorf("%d photos came in: %v", len(handed.Photos), err)
			}
		})
	}
	all.Wait()
	took := time.Since(begun)
	close(done)
	b.ReportMetric(float64(s.peak())/1e6, "MB-peak")
	b.ReportMetric(float64(idle)/1e6, "MB-idle")
	b.ReportMetric(float64(<-helpers)/1e6, "MB-helpers")
	b.ReportMetric((s.processorTime()-cpu).Seconds()/float64(people*photos), "cpu-s/photo")
	b.ReportMetric(float64(people*photos)/took.Seconds(), "photos/s")
	b.ReportMetric(0, "ns/op")
}

func inMemory(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

func ending(data []byte) string {
	if bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return ".jpg"
	}
	return ".heic"
}

// variants are n files that differ, of photos that need not.
func variants(b *testing.B, paths []string, n int, vary func(data []byte, i int) []byte) [][]byte {
	b.Helper()
	out := make([][]byte, n)
	for i := range out {
		data, err := os.ReadFile(paths[i%len(paths)])
		if err != nil {
			b.Fatal(err)
		}
		out[i] = vary(data, i)
	}
	return out
}

// commented puts a comment into a JPEG, after its first marker.
func commented(data []byte, i int) []byte {
	comment := binary.BigEndian.AppendUint32([]byte{0xff, 0xfe, 0, 6}, uint32(i))
	return append(append(append([]byte{}, data[:2]...), comment...), data[2:]...)
}

// padded puts a free box behind a HEIC.
func padded(data []byte, i int) []byte {
	box := append([]byte{0, 0, 0, 12}, "free"...)
	return binary.BigEndian.AppendUint32(append(append([]byte{}, data...), box...), uint32(i))
}

// server is the program, serving.
type server struct {
	address string
	tokens  []string
	process *os.Process
}

var tokenForm = regexp.MustCompile(`\bnd_\w+`)

func startServer(b *testing.B, program, path string, people int) server {
	b.Helper()
	dir := b.TempDir()
	env := []string{"NEWSDESK_LISTEN=127.0.0.1:0", "NEWSDESK_SANDBOX_LISTEN=127.0.0.1:0", "HOME=" + dir, "PATH=" + path}
	run := func(args ...string) string {
		cmd := exec.CommandContext(b.Context(), program, args...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	var s server
	for i := range people {
		name := fmt.Sprintf("Sample Contributor %d", i+1)
		run("user", "add", name, "--role", "contributor")
		s.tokens = append(s.tokens, tokenForm.FindString(run("token", "create", name)))
	}
	var out lockedBuffer
	cmd := exec.Command(program, "serve")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() })
	s.process = cmd.Process
	for begun := time.Now(); s.address == ""; time.Sleep(5 * time.Millisecond) {
		if s.address = listening.FindString(out.String()); time.Since(begun) > 30*time.Second {
			b.Fatalf("no answer\n%s", out.String())
		}
	}
	return s
}

// peak is the most memory that the process had, in bytes.
func (s server) peak() int64 { return peakOf(s.process.Pid) }

func peakOf(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kB, _ := strconv.ParseInt(fields[0], 10, 64)
	return kB << 10
}

// processorTime is what the process and those that it started and that have ended used.
func (s server) processorTime() time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	var ticks int64
	for i, field := range strings.Fields(rest) {
		if i >= 11 && i <= 14 { // utime, stime and the children's
			n, _ := strconv.ParseInt(field, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// watchHelpers adds up the peaks of the processes that the server started and that were there at the same time, and tells the
// most when done is closed.
func (s server) watchHelpers(done <-chan struct{}) <-chan int64 {
	most := make(chan int64, 1)
	go func() {
		var peak int64
		for {
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(20 * time.Millisecond):
			}
			var now int64
			tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.process.Pid))
			for _, task := range tasks {
				children, _ := os.ReadFile(task)
				for _, child := range strings.Fields(string(children)) {
					pid, _ := strconv.Atoi(child)
					now += peakOf(pid)
				}
			}
			peak = max(peak, now)
		}
	}()
	return most
}
