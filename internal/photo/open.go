package photo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// HEIC and AVIF have no decoder in Go that could work in this process: those there are take hundreds of megabytes, keep them,
// and cannot be stopped. So another process opens such a photo and gives back an ordinary JPEG, or a PNG where it can be seen
// through, of the stored pixels in the stored colours; from there on it goes the way of all photos.
//
//	heif-dec, heif-convert, avifdec   programs of the system, where installed: five to ten times as fast
//	this program, as a decoder        everywhere else; see ServeDecoder
//
// Each runs with a bound on time, memory and what it writes, in a folder of its own, without a shell and an environment.

// openedQuality is high enough that what the second compression adds is not to be seen or measured in a rendition.
const openedQuality = 97

// Bounds for the other process. Its output is at most a PNG of 16 bits.
const (
	maxOpened = 512 << 20
	toolSlack = 768 << 20 // of address space, beyond what the picture takes: code, threads' stacks
)

// opener opens HEIC and AVIF.
type opener struct {
	find    func() []tool // looked for when the first such photo comes
	builtin func(ctx context.Context, file []byte) ([]byte, error)
}

func newOpener(c Config) *opener {
	o := &opener{find: sync.OnceValue(installedTools)}
	if c.NoTools {
		o.find = func() []tool { return nil }
	}
	alone := make(chan struct{}, 1) // one at a time: each takes the memory of a few photos
	work := func(_ context.Context, file []byte) ([]byte, error) { return decodeHEIF(file) }
	if len(c.Decoder) > 0 {
		work = (&helper{command: c.Decoder}).decode
	}
	o.builtin = func(ctx context.Context, file []byte) ([]byte, error) {
		select {
		case alone <- struct{}{}:
			defer func() { <-alone }()
			return work(ctx, file)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return o
}

// tool is a program of the system that opens a format.
type tool struct {
	format string
	path   string
	cuts   bool // applies clap
	args   func(in, out string) []string
}

// installedTools looks for the programs of libheif and libavif (Debian: libheif-examples, libavif-bin).
func installedTools() []tool {
	quality := strconv.Itoa(openedQuality)
	known := []struct {
		name string
		tool tool
	}{
		{"heif-dec", tool{format: formatHEIC, cuts: true, args: func(in, out string) []string { return []string{"--quiet", "-q", quality, in, out} }}},
		{"heif-convert", tool{format: formatHEIC, cuts: true, args: func(in, out string) []string { return []string{"--quiet", "-q", quality, in, out} }}},
		{"avifdec", tool{format: formatAVIF, args: func(in, out string) []string { return []string{"-q", quality, "--ignore-icc", in, out} }}},
	}
	var out []tool
	for _, k := range known {
		if path, err := exec.LookPath(k.name); err == nil && filepath.IsAbs(path) {
			k.tool.path = path
			out = append(out, k.tool)
		}
	}
	return out
}

// toolFor is the program that may open a picture; false where only the built-in decoder may.
func (o *opener) toolFor(h *header) (tool, bool) {
	for _, t := range o.find() {
		if t.format == h.format && (t.cuts || h.heif.cut.w == 0) {
			return t, true
		}
	}
	return tool{}, false
}

// open returns the photo as a JPEG or PNG, and its header. It is still as stored: not yet turned, in its own colours.
func (o *opener) open(ctx context.Context, file []byte, h *header) ([]byte, *header, error) {
	plain := h.heif.unturned(file)
	var first error
	if t, ok := o.toolFor(h); ok {
		opened, err := t.run(ctx, plain, h)
		if err == nil {
			if as, err := h.openedAs(opened); err == nil {
				return opened, as, nil
			}
		}
		if first = err; ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	switch { // the built-in decoder makes rubbish of grey pictures, such as those of transparency
	case h.format == formatHEIC && h.heif.alpha:
		return nil, nil, errors.Join(notSupported{"a see-through HEIC", "带透明区域的 HEIC"}, first)
	case h.format == formatHEIC && h.channels == 1:
		return nil, nil, errors.Join(notSupported{"a grey HEIC", "灰度 HEIC"}, first)
	}
	opened, err := o.builtin(ctx, plain)
	if err != nil {
		return nil, nil, errors.Join(err, first)
	}
	as, err := h.openedAs(opened)
	return opened, as, err
}

// openedAs judges what a decoder gave: it must be the picture that the boxes promised. What it says of turning and colours is
// left aside, since nothing was turned and no colour changed.
func (h *header) openedAs(data []byte) (*header, error) {
	as, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if as.width != h.width || as.height != h.height || (as.format != formatJPEG && as.format != formatPNG) {
		return nil, errMalformed
	}
	as.exif, as.icc = exif{orientation: h.exif.orientation}, nil
	return as, nil
}

// png reports whether a picture must be opened as PNG: where it is see-through, and where the program would hand on the samples
// of other colour equations as if they were JPEG's.
func (h *header) opensAsPNG() bool {
	n := h.heif.nclx
	foreign := n.given && (!n.full || (n.matrix != 5 && n.matrix != 6 && n.matrix != 2))
	return h.heif.alpha || (foreign && h.format == formatHEIC)
}

// run opens a photo with the program.
func (t tool) run(ctx context.Context, file []byte, h *header) (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "newsdesk-photo-*")
	if err != nil {
		return nil, fmt.Errorf("photo: folder for %s: %w", filepath.Base(t.path), err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in."+t.format), filepath.Join(dir, "out.jpg")
	if h.opensAsPNG() {
		out = filepath.Join(dir, "out.png")
	}
	if err := os.WriteFile(in, file, 0o600); err != nil {
		return nil, fmt.Errorf("photo: give the file to %s: %w", filepath.Base(t.path), err)
	}
	cmd := exec.CommandContext(ctx, t.path, t.args(in, out)...) //nolint:gosec // a fixed program, found once; names of our own making
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"LANG=C", "HOME=" + dir, "TMPDIR=" + dir}, time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("photo: start %s: %w", filepath.Base(t.path), err)
	}
	confine(cmd.Process.Pid, bounds{memory: h.openMemory(true)*2 + toolSlack, written: maxOpened, seconds: 120})
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errMalformed, filepath.Base(t.path), err)
	}
	return readBounded(out)
}

func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: nothing came out: %w", errMalformed, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxOpened+1))
	if err != nil || len(data) > maxOpened {
		return nil, fmt.Errorf("%w: too much came out: %w", errMalformed, err)
	}
	return data, nil
}

// openMemory is what the other process takes at most, as measured: libheif and libavif five bytes a pixel and more for each bit of
// depth; the built-in decoders much more, and a good part of it for their own code.
func (h *header) openMemory(tool bool) int64 {
	pixels := int64(h.width) * int64(h.height)
	deep := int64(1)
	if h.depth > 8 || h.sampling > 2 {
		deep = 2
	}
	switch {
	case tool:
		return 6*pixels*deep + 12<<20
	case h.format == formatHEIC:
		return 4*pixels + 30*h.heif.tileArea()*deep + 120<<20
	}
	return 33*pixels*deep + 150<<20
}

// tileArea is the pixels that are decoded at once. A tile may be much larger than what a clean aperture shows of it.
func (k *heifKind) tileArea() int64 {
	w, h, _ := k.boxes.size(k.boxes.items[k.tiles[0]])
	const most = 1 << 40 // beyond every limit, and times what a pixel takes still a number
	return min(int64(w)*int64(h), most)
}

// unturned returns the file with its turning and mirroring taken out, so that it does not matter which decoder applies them:
// each becomes a turn by nothing.
func (k *heifKind) unturned(file []byte) []byte {
	out, it := file, k.boxes.items[k.boxes.primary]
	for _, use := range it.props {
		p := k.boxes.props[use.index]
		if (p.kind != "irot" && p.kind != "imir") || len(p.body) == 0 {
			continue
		}
		if &out[0] == &file[0] {
			out = slices.Clone(file)
		}
		at := cap(k.boxes.data) - cap(p.body) // bodies are pieces of the file, whose capacity ends where its does
		copy(out[at-4:], "irot")
		out[at] = 0
	}
	return out
}
