package photo

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"text/tabwriter"
)

var (
	sharpDir = flag.String("sharp", "", "compare with sharp, which npm has installed in this folder beside photos.js")
	rounds   = flag.Int("rounds", 5, "how often each side of the comparison does its work")
)

// effort is what a process took for a batch of photos: seconds, megabytes at its peak, bytes written.
type effort struct {
	Wall, CPU, Peak float64
	Bytes           int
	Version         string
}

// sharpWay is a way of using sharp; see photos.js.
type sharpWay struct {
	Way     string `json:"way"`
	Threads int    `json:"threads"`
	AtOnce  int    `json:"atOnce"`
	Chain   bool   `json:"chain"`
}

// usersWay is how sharp is used by almost everyone; bestWays are tried for the one that costs least processor time, and
// the one that is soonest done.
var (
	usersWay = sharpWay{Way: "each"}
	bestWays = []sharpWay{
		{Way: "once", Threads: 1, AtOnce: 1, Chain: true},
		{Way: "once", Threads: 1, AtOnce: 2, Chain: true},
		{Way: "once", Threads: 2, AtOnce: 2, Chain: true},
		{Way: "once", Threads: 1, AtOnce: 2},
	}
)

func runSharp(t *testing.T, way sharpWay, files []string, out string) (e effort) {
	t.Helper()
	type job struct {
		Name    string `json:"name"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Quality int    `json:"quality"`
		Crop    bool   `json:"crop"`
	}
	var jobs []job
	for _, r := range benchRecipes() {
		jobs = append(jobs, job{string(r.Name), r.Width, r.Height, r.Quality, r.Crop})
	}
	input, err := json.Marshal(struct {
		sharpWay
		Files []string `json:"files"`
		Jobs  []job    `json:"jobs"`
		Out   string   `json:"out"`
	}{way, files, jobs, out})
	if err != nil {
		t.Fatal(err)
	}
	run(t, exec.CommandContext(t.Context(), "node", filepath.Join(*sharpDir, "photos.js")), input, &e)
	return e
}

// run gives a process its input and reads what it says about itself, the last line it prints that is JSON.
func run(t *testing.T, cmd *exec.Cmd, input []byte, e *effort) {
	t.Helper()
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd.Path, err, out)
	}
	for line := range bytes.Lines(out) {
		if bytes.HasPrefix(line, []byte("{")) && json.Unmarshal(line, e) == nil {
			return
		}
	}
	t.Fatalf("%s said nothing of what it took:\n%s", cmd.Path, out)
}

// compared is one group of photos and what each side took for it, by rounds.
type compared struct {
	group
	ours, users, best, soonest    []effort
	bestWay, soonestWay           sharpWay
	ourLikeness, theirs, theBests float64
}

// TestAgainstSharp compares with sharp and prints a table. It fails for errors alone: the figures are the machine's.
func TestAgainstSharp(t *testing.T) {
	if *sharpDir == "" {
		t.Skip("make bench-photos compares with sharp")
	}
	groups := benchGroups(t)
	var all []*compared
	for _, g := range groups {
		all = append(all, &compared{group: g})
	}
	for round := range *rounds {
		for _, c := range all {
			c.round(t, round)
		}
	}
	for _, c := range all {
		c.look(t)
	}
	printComparison(os.Stdout, all)
	printGrowth(t, os.Stdout, groups)
}

// round lets each side do the group once; who begins changes from round to round.
func (c *compared) round(t *testing.T, round int) {
	if round == 0 {
		c.choose(t)
	}
	sides := []func(){
		func() { c.ours = append(c.ours, runOurs(t, work{Files: c.files, People: 2})) },
		func() { c.users = append(c.users, runSharp(t, usersWay, c.files, "")) },
		func() { c.best = append(c.best, runSharp(t, c.bestWay, c.files, "")) },
		func() { c.soonest = append(c.soonest, runSharp(t, c.soonestWay, c.files, "")) },
	}
	if c.bestWay == c.soonestWay {
		sides = sides[:3]
	}
	for i := range sides {
		sides[(i+round)%len(sides)]()
	}
	if c.bestWay == c.soonestWay {
		c.soonest = c.best
	}
}

func (c *compared) choose(t *testing.T) {
	var cpu, wall float64
	for _, way := range bestWays {
		e := runSharp(t, way, c.files, "")
		if cpu == 0 || e.CPU < cpu {
			cpu, c.bestWay = e.CPU, way
		}
		if wall == 0 || e.Wall < wall {
			wall, c.soonestWay = e.Wall, way
		}
	}
}

// look measures how like the exact renditions those of each side are.
func (c *compared) look(t *testing.T) {
	ours, users, best := t.TempDir(), t.TempDir(), t.TempDir()
	runOurs(t, work{Files: c.files, People: 1, Out: ours})
	runSharp(t, usersWay, c.files, users)
	runSharp(t, c.bestWay, c.files, best)
	if c.wide {
		c.ourLikeness, c.theirs = apartness(t, len(c.files), ours, users), apartness(t, len(c.files), ours, best)
		return
	}
	for i, file := range c.files {
		refs := newExact(t, file)
		n := float64(len(c.files))
		c.ourLikeness += likeness(t, refs, ours, i) / n
		c.theirs += likeness(t, refs, users, i) / n
		c.theBests += likeness(t, refs, best, i) / n
	}
}

func median(all []effort, of func(effort) float64) float64 {
	var values []float64
	for _, e := range all {
		values = append(values, of(e))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func cpuOf(e effort) float64   { return e.CPU }
func wallOf(e effort) float64  { return e.Wall }
func peakOf(e effort) float64  { return e.Peak }
func bytesOf(e effort) float64 { return float64(e.Bytes) }

func printComparison(w io.Writer, all []*compared) {
	fmt.Fprintf(w, "\nSix renditions of each photo, against sharp %s. A: one pipeline each; B: decoded once, as well as it can be used.\n",
		all[0].users[0].Version)
	fmt.Fprintf(w, "Medians of %d rounds; × is how many times better than sharp.\n\n", len(all[0].ours))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "photos\tMP\tphotos/CPU s\tA\t×\tB\t×\tphotos/s\tA\t×\tB\t×\tpeak MB\tA\t×\tB\t×\tKB each\tA\tB\t")
	for _, c := range all {
		n := float64(len(c.files))
		fmt.Fprintf(table, "%s\t%.1f", c.name, c.megapixels/n)
		for _, of := range []func(effort) float64{cpuOf, wallOf} {
			b := c.best
			if of(effort{Wall: 1}) == 1 {
				b = c.soonest
			}
			o, u, best := median(c.ours, of), median(c.users, of), median(b, of)
			fmt.Fprintf(table, "\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f", n/o, n/u, u/o, n/best, best/o)
		}
		o, u, best := median(c.ours, peakOf), median(c.users, peakOf), median(c.best, peakOf)
		fmt.Fprintf(table, "\t%.0f\t%.0f\t%.2f\t%.0f\t%.2f", o, u, u/o, best, best/o)
		fmt.Fprintf(table, "\t%.0f\t%.0f\t%.0f\t\n", median(c.ours, bytesOf)/n/1000, median(c.users, bytesOf)/n/1000, median(c.best, bytesOf)/n/1000)
	}
	_ = table.Flush()
	fmt.Fprintln(w)
	for _, c := range all {
		if c.wide {
			fmt.Fprintf(w, "%s: colours are %.2f of 255 from A's on average, %.2f from B's\n", c.name, c.ourLikeness, c.theirs)
			continue
		}
		fmt.Fprintf(w, "%s: SSIM to exact Lanczos renditions %.4f, A %.4f, B %.4f (B: %s)\n", c.name, c.ourLikeness, c.theirs, c.theBests, c.bestWay)
	}
}

func (w sharpWay) String() string {
	return fmt.Sprintf("threads %d, at once %d, chain %s", w.Threads, w.AtOnce, strconv.FormatBool(w.Chain))
}

// printGrowth shows how cost grows with pixels, photos and people.
func printGrowth(t *testing.T, w io.Writer, groups []group) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, photos int, pixels float64, task work) {
		var all []effort
		for range max(1, *rounds/2) {
			all = append(all, runOurs(t, task))
		}
		cpu := median(all, cpuOf)
		fmt.Fprintf(table, "%s\t%.0f\t%.1f\t%.2f\t%.0f\t\n", name, 1000*cpu/float64(photos), 1000*cpu/pixels,
			float64(photos)/median(all, wallOf), median(all, peakOf))
	}
	fmt.Fprintln(w, "\nHow cost grows")
	fmt.Fprintln(table, "\tCPU ms a photo\tCPU ms a MP\tphotos/s\tpeak MB\t")
	for _, g := range groups {
		row(g.name+", one at a time", len(g.files), g.megapixels, work{Files: g.files, People: 1})
	}
	usual := groups[1]
	many := func(g group, n int) work {
		return work{Files: slices.Repeat(g.files, n/len(g.files)+1)[:n]}
	}
	each := usual.megapixels / float64(len(usual.files))
	for _, n := range []int{1, 5, 20, 40} {
		task := many(usual, n)
		task.People = 2
		row(fmt.Sprintf("%d photos of %s", n, usual.name), n, each*float64(n), task)
	}
	for _, people := range []int{1, 2, 4, 8} {
		task := many(usual, 2*people)
		task.People = people
		row(fmt.Sprintf("%d people with 2 photos each", people), 2*people, each*2*float64(people), task)
	}
	parcel := many(groups[2], 40)
	parcel.People = 2
	row("40 photos of "+groups[2].name, 40, groups[2].megapixels/float64(len(groups[2].files))*40, parcel)
	_ = table.Flush()
}
