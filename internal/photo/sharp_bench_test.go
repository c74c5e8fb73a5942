package photo

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// sharpScript makes the same renditions from the same files with sharp as its users write it: one pipeline for each
// rendition, all files at once, its own threads. It prints seconds of wall time and of processor time as JSON.
const sharpScript = `
const sharp = require('sharp');
const { files, jobs } = JSON.parse(require('fs').readFileSync(0));
const render = (file, j) => sharp(file).rotate()
  .resize(j.crop ? { width: j.width, height: j.height, fit: 'cover', kernel: 'lanczos3' }
                 : { width: j.width, withoutEnlargement: true, kernel: 'lanczos3' })
  .jpeg({ quality: j.quality }).toBuffer();
(async () => {
  await render(files[0], jobs[0]);
  const cpu = process.cpuUsage(), start = process.hrtime.bigint();
  const sizes = await Promise.all(files.map(f => Promise.all(jobs.map(j => render(f, j)))));
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: (used.user + used.system) / 1e6,
    bytes: sizes.flat().reduce((sum, b) => sum + b.length, 0), version: sharp.versions.sharp + ', libvips ' + sharp.versions.vips,
  }));
})();
`

// effort is what a batch of photos took; seconds.
type effort struct {
	Wall    float64
	CPU     float64
	Bytes   int
	Version string
}

type sharpJob struct {
	Width   int  `json:"width"`
	Height  int  `json:"height"`
	Quality int  `json:"quality"`
	Crop    bool `json:"crop"`
}

func runSharp(b *testing.B, dir string, files []string, jobs []Job) (e effort) {
	b.Helper()
	var asked []sharpJob
	for _, j := range jobs {
		r, _ := Lookup(j.Recipe)
		asked = append(asked, sharpJob{r.Width, r.Height, r.Quality, r.Crop})
	}
	input, err := json.Marshal(map[string]any{"files": files, "jobs": asked})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), "node", "-e", sharpScript)
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("node with sharp in %s: %v", dir, err)
	}
	if err := json.Unmarshal(out, &e); err != nil {
		b.Fatal(err)
	}
	return e
}

func processorTime(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func runOurs(b *testing.B, files []string, jobs []Job) (e effort) {
	b.Helper()
	p := New(Config{})
	start, used := time.Now(), processorTime(b)
	var group sync.WaitGroup
	var mu sync.Mutex
	for _, file := range files {
		group.Go(func() {
			data, err := os.ReadFile(file)
			if err != nil {
				b.Error(err)
				return
			}
			outs, _, err := p.Make(b.Context(), file, data, jobs)
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, o := range outs {
				e.Bytes += len(o.Data)
			}
		})
	}
	group.Wait()
	e.Wall, e.CPU = time.Since(start).Seconds(), processorTime(b)-used
	return e
}

// BenchmarkAgainstSharp needs node, and NEWSDESK_SHARP naming a folder where npm has installed sharp. Both do the same
// files and renditions in turn, on all cores; the ratios hold on a busy machine, the absolute figures may not.
func BenchmarkAgainstSharp(b *testing.B) {
	dir := os.Getenv("NEWSDESK_SHARP")
	if dir == "" {
		b.Skip("NEWSDESK_SHARP does not name a folder with npm's sharp")
	}
	files := writePhotos(b)
	var ours, theirs effort
	for b.Loop() {
		o, t := runOurs(b, files, sixJobs()), runSharp(b, dir, files, sixJobs())
		ours = effort{ours.Wall + o.Wall, ours.CPU + o.CPU, o.Bytes, ""}
		theirs = effort{theirs.Wall + t.Wall, theirs.CPU + t.CPU, t.Bytes, t.Version}
	}
	n := float64(b.N * len(files))
	b.Logf("%d photos against sharp %s", len(files), theirs.Version)
	b.ReportMetric(n/ours.Wall, "photos/s")
	b.ReportMetric(n/theirs.Wall, "sharp-photos/s")
	b.ReportMetric(theirs.Wall/ours.Wall, "x-sharp-speed")
	b.ReportMetric(theirs.CPU/ours.CPU, "x-sharp-cpu")
	b.ReportMetric(float64(ours.Bytes)/float64(theirs.Bytes), "x-sharp-bytes")
}

// writePhotos puts the photos of the benchmark into files, for sharp to read.
func writePhotos(b *testing.B) (files []string) {
	dir := b.TempDir()
	photos := benchPhotos(b)
	for _, name := range slices.Sorted(maps.Keys(photos)) {
		file := filepath.Join(dir, filepath.Base(name)+".jpg")
		if err := os.WriteFile(file, photos[name], 0o600); err != nil {
			b.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
