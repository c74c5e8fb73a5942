package app_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/wechat/sandbox"
)

var (
	wenyan = flag.String("wenyan", "", "the folder where npm installed @wenyan-md/core, to compare with")
	drafts = flag.String("drafts", "20", "photos in the parcels of TestDrafts, several with commas")
)

// published is what bringing one article into a draft box cost.
type published struct {
	Draft   string
	Seconds float64
	CPU     float64 // seconds of processor time
	Sent    int64   // bytes in the bodies of calls
	Calls   int
}

// TestAgainstWenyan brings the same article with the same photos into the draft box of the same sandbox behind the same line,
// once as newsdesk does it, from the parcel to the prepared delivery with everybody deciding at once, and once as
// @wenyan-md/core does.
func TestAgainstWenyan(t *testing.T) {
	if *wenyan == "" {
		t.Skip("compares with @wenyan-md/core: make bench-draft")
	}
	photos := servicetest.CameraPhotos(t, t.TempDir(), 20, 4000, 3000)
	article := markdown(t, filepath.Dir(photos[0]), photos)
	size := int64(0)
	for _, path := range photos {
		size += fileSize(t, path)
	}
	t.Logf("20 photos of 12 megapixels, %.1f MB; %s a call, %d Mbit/s shared", mega(size), benchLatency, benchLine)
	a := benchDesk(t)
	theirs := byWenyan(t, a, article)
	ours := byNewsdesk(t, a, append([]string{article}, photos...))
	for name, p := range map[string]published{"@wenyan-md/core": theirs, "newsdesk": ours} {
		t.Logf("%-16s %6.2f s  %5.1f MB sent  %3d calls  %.2f s of processor time", name, p.Seconds, mega(p.Sent), p.Calls, p.CPU)
	}
	t.Logf("newsdesk is %.1f times faster and sends %.1f times less", theirs.Seconds/ours.Seconds, float64(theirs.Sent)/float64(ours.Sent))
}

// TestDrafts shows how the time from parcel to prepared draft grows with the photos.
func TestDrafts(t *testing.T) {
	if !flagGiven("drafts") {
		t.Skip("a figure, not a test: make bench-draft")
	}
	var counts []int
	for _, s := range strings.Split(*drafts, ",") {
		var n int
		if _, err := fmt.Sscan(s, &n); err != nil || n < 1 {
			t.Fatalf("-drafts %q; want numbers", *drafts)
		}
		counts = append(counts, n)
	}
	photos := servicetest.CameraPhotos(t, t.TempDir(), slices.Max(counts), 4000, 3000)
	for _, n := range counts {
		a := benchDesk(t)
		p := byNewsdesk(t, a, append([]string{markdown(t, filepath.Dir(photos[0]), photos[:n])}, photos[:n]...))
		t.Logf("%3d photos  %6.2f s  %5.1f MB sent  %3d calls  %.2f s of processor time", n, p.Seconds, mega(p.Sent), p.Calls, p.CPU)
	}
}

func flagGiven(name string) (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// The line that the comparison runs over.
const (
	benchLatency = 150 * time.Millisecond
	benchLine    = 20 // Mbit/s
)

func benchDesk(t testing.TB) *app.App {
	t.Helper()
	return apptest.Open(t, map[string]any{"sandbox.latency": benchLatency.String(), "sandbox.line": benchLine}, nil)
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// counted fills in what the sandbox saw since a call.
func counted(a *app.App, p published, after uint64) published {
	for _, c := range a.Sandbox.Calls(sandbox.CallFilter{After: after}) {
		p.Sent += int64(c.BodyLength)
		p.Calls++
	}
	return p
}

func lastCall(a *app.App) uint64 {
	if calls := a.Sandbox.Calls(sandbox.CallFilter{Limit: 1}); len(calls) > 0 {
		return calls[0].Seq
	}
	return 0
}

// byWenyan publishes with @wenyan-md/core. Starting Node.js is left out.
func byWenyan(t testing.TB, a *app.App, article string) published {
	t.Helper()
	account := a.Config.Accounts[0]
	after := lastCall(a)
	cmd := exec.CommandContext(t.Context(), "node", "--import", "./sandbox.js", "publish.js", article)
	cmd.Dir = *wenyan
	cmd.Env = append(os.Environ(), "SANDBOX=http://"+a.Config.Sandbox.Listen, "XDG_CONFIG_HOME="+t.TempDir(),
		"WECHAT_APP_ID="+account.AppID, "WECHAT_APP_SECRET="+account.Secret.Reveal())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var p published
	if err == nil {
		err = json.Unmarshal(out, &p)
	}
	if err != nil || p.Draft == "" {
		t.Fatalf("wenyan: %v\n%s%s", err, out, stderr.String())
	}
	return counted(a, p, after)
}

// byNewsdesk hands the files in as one parcel, signs and schedules the article at once, and waits until its draft is prepared.
func byNewsdesk(t testing.TB, a *app.App, files []string) published {
	t.Helper()
	ctx := t.Context()
	people := benchPeople(t, a)
	parcel := make([]intake.File, len(files))
	for i, path := range files {
		parcel[i] = intake.File{Name: filepath.Base(path), Size: fileSize(t, path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	}
	after, begun, cpu := lastCall(a), time.Now(), processorTime()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	handed, err := a.Desk.HandIn(ctx, people[press.Contributor][0], desk.HandIn{Files: parcel})
	must(err)
	in := time.Since(begun)
	for _, note := range handed.Revision.Notes {
		t.Log(note.Text.EN)
	}
	article := handed.Article
	for _, reviewer := range people[press.Reviewer] {
		article, _, err = a.Desk.Sign(ctx, reviewer, article.ID, article.Revision, article.Hash)
		must(err)
	}
	signed := time.Since(begun)
	_, planned, err := a.Desk.Compose(ctx, people[press.Editor][0], desk.NewEdition{
		Mode: press.ModeDraft, At: time.Now(), Articles: []press.ArticleID{article.ID}, Account: a.Config.Accounts[0].Name,
	})
	must(err)
	d := planned[0]
	for d.State == press.Planned {
		time.Sleep(2 * time.Millisecond)
		d, err = a.Store.Delivery(ctx, d.ID)
		must(err)
	}
	if d.State != press.Ready {
		t.Fatalf("the delivery is %s: %+v", d.State, d.Reason)
	}
	all := time.Since(begun)
	t.Logf("hand-in %s, reviews %s, preparation %s", in.Round(time.Millisecond), (signed - in).Round(time.Millisecond), (all - signed).Round(time.Millisecond))
	return counted(a, published{Draft: d.MediaID, Seconds: all.Seconds(), CPU: (processorTime() - cpu).Seconds()}, after)
}

// benchPeople are the sample people by their role, in the order in which they sign.
func benchPeople(t testing.TB, a *app.App) map[press.Role][]press.Actor {
	t.Helper()
	out := map[press.Role][]press.Actor{}
	for _, p := range app.SamplePeople() {
		user, err := a.Desk.AddUser(t.Context(), press.System(), p.Name.EN, []press.Role{p.Role}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out[p.Role] = append(out[p.Role], press.Actor{User: user})
	}
	return out
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// markdown writes an article with these photos in their order, as both programs read it, and returns its path.
func markdown(t testing.TB, dir string, photos []string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("---\ntitle: 示例学院举行建校纪念活动\nauthor: 宣传部\n---\n\n")
	for i, path := range photos {
		fmt.Fprintf(&text, "第 %d 项活动在操场举行，师生和校友代表参加，现场气氛热烈。活动由学生会组织，历时一个上午。\n\n![活动现场之 %d](%s)\n\n", i+1, i+1, "./"+filepath.Base(path))
	}
	path := filepath.Join(dir, "article.md")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
