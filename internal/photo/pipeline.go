package photo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/semaphore"

	"newsdesk/internal/press"
)

// Config bounds a Pipeline. Zero fields take the default.
type Config struct {
	Workers int // photos worked on at once; default GOMAXPROCS
	// MemoryBudget is shared by all photos at work, by the bytes that each one's header says it takes; default 192 MiB.
	// A photo that takes more than all of it (but not more than Limits.MaxMemory) is worked on alone.
	MemoryBudget int64
	Timeout      time.Duration // for one photo, waiting left out; default 60 s
	Limits       Limits
	// StandardJPEG uses the standard library's JPEG codec: slower, and larger in memory and in bytes written.
	StandardJPEG bool
	// Decoder is the command that opens HEIC and AVIF where the system has no program for them: this program itself, calling
	// ServeDecoder. Without it they are opened in this process, which then neither stops at the timeout nor gives back all
	// memory: good enough for a program that ends soon.
	Decoder []string
	NoTools bool // leave the system's programs for HEIC and AVIF alone
}

// Pipeline makes renditions, a bounded number at a time. It is safe for concurrent use.
type Pipeline struct {
	limits  Limits
	timeout time.Duration
	codec   jpegCodec
	opener  *opener
	budget  int64
	memory  *semaphore.Weighted
	workers *semaphore.Weighted
}

// New makes a pipeline.
func New(c Config) *Pipeline {
	fill(&c.Workers, runtime.GOMAXPROCS(0))
	fill(&c.MemoryBudget, 192<<20)
	if c.Timeout <= 0 {
		c.Timeout = 60 * time.Second
	}
	p := &Pipeline{
		limits: c.Limits.withDefaults(), timeout: c.Timeout, codec: fastJPEG{}, budget: c.MemoryBudget, opener: newOpener(c),
		memory: semaphore.NewWeighted(c.MemoryBudget), workers: semaphore.NewWeighted(int64(c.Workers)),
	}
	if c.StandardJPEG {
		p.codec = plainJPEG{}
	}
	return p
}

// Job asks for one rendition. Frame matters to recipes that crop; its zero value is the centre. With Find, what the picture is
// about is looked for, and a crop that has no frame is made around that.
type Job struct {
	Recipe press.Recipe
	Frame  press.Frame
	Find   bool
	Mark   *Mark // laid over it; nil: none
}

// Output is a rendition: pixels upright and in sRGB, without any metadata.
type Output struct {
	Recipe        press.Recipe
	Version       int
	Frame         press.Frame // as asked or found; the zero value for recipes that keep the whole picture
	Width, Height int         // pixels
	Format        string      // "jpeg", "png" or "webp"
	ContentType   string
	Data          []byte
	Mark          *Mark // as asked

	focus press.Point // what was found; the same for all outputs of a photo
}

// Inspect judges a file by its header, with the default limits; see Pipeline.Inspect.
func Inspect(name string, data []byte) (Info, error) { return New(Config{}).Inspect(name, data) }

// Inspect tells what a file is, without decoding it, and refuses what Make would refuse for its header: nothing there, not a
// picture, a format not taken, incomplete, or beyond the limits. name is only for the sentence.
func (p *Pipeline) Inspect(name string, data []byte) (Info, error) {
	_, info, err := p.inspect(name, data)
	return info, err
}

func (p *Pipeline) inspect(name string, data []byte) (*header, Info, error) {
	if err := p.limits.checkBytes(name, int64(len(data))); err != nil {
		return nil, Info{}, err
	}
	h, err := readHeader(data)
	if err != nil {
		return nil, Info{}, refusal(name, err)
	}
	if h.heif != nil {
		_, h.opensApart = p.opener.toolFor(h)
	}
	if err := p.limits.check(name, h, int64(len(data))); err != nil {
		return nil, Info{}, err
	}
	if h.exif.orientation == 0 {
		h.exif.orientation = 1
	}
	return h, h.info(), nil
}

// Make decodes a photo once and makes all its renditions, in the order of jobs. It waits until a worker and enough memory are
// free. Refusals have the codes photo.empty, photo.format, photo.unsupported, photo.truncated, photo.broken, photo.bytes,
// photo.pixels, photo.ratio, photo.bomb, photo.scans, photo.memory, photo.frame, photo.recipe and photo.slow.
func (p *Pipeline) Make(ctx context.Context, name string, data []byte, jobs []Job) ([]Output, Info, error) {
	h, info, err := p.inspect(name, data)
	if err != nil {
		return nil, Info{}, err
	}
	plan, err := p.plan(name, h, jobs)
	if err != nil {
		return nil, Info{}, err
	}
	release, err := p.acquire(ctx, plan.memory)
	if err != nil {
		return nil, Info{}, err
	}
	defer release()
	timed, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	outs, err := p.run(timed, data, h, plan.steps)
	if err != nil {
		return nil, Info{}, p.refusalOf(ctx, name, err)
	}
	if len(outs) > 0 {
		info.Focus = outs[0].focus
	}
	return outs, info, nil
}

// acquire waits for a worker and for memory.
func (p *Pipeline) acquire(ctx context.Context, memory int64) (release func(), err error) {
	if err := p.workers.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("photo: wait for a worker: %w", err)
	}
	memory = min(memory, p.budget)
	if err := p.memory.Acquire(ctx, memory); err != nil {
		p.workers.Release(1)
		return nil, fmt.Errorf("photo: wait for memory: %w", err)
	}
	return func() { p.memory.Release(memory); p.workers.Release(1) }, nil
}

// step is a job with everything that the header decides about it.
type step struct {
	job    Job
	recipe Recipe
	part   region
}

// around moves a crop that has no frame to what was found.
func (st *step) around(focus press.Point, s *source) {
	if st.job.Find && st.recipe.Crop && st.job.Frame == (press.Frame{}) {
		st.job.Frame.Focus = focus
		w, h := s.size()
		st.part = st.recipe.part(st.job.Frame, w, h)
	}
}

type plan struct {
	steps  []step
	memory int64
}

func (p *Pipeline) plan(name string, h *header, jobs []Job) (plan, error) {
	out := plan{memory: h.memory()}
	w, ht := h.exif.orientation.displayed(h.width, h.height)
	for _, job := range jobs {
		r, ok := Lookup(job.Recipe)
		if !ok {
			return plan{}, press.Fail(press.Invalid, "photo.recipe", press.Say(
				"There is no rendition recipe %q.", "没有名为“%s”的尺寸版本。", string(job.Recipe)))
		}
		if err := checkFrame(name, job.Frame); err != nil {
			return plan{}, err
		}
		s := step{job: job, recipe: r, part: r.part(job.Frame, w, ht)}
		if h.fast() && deep(h, s.part, r.Width) {
			out.memory = max(out.memory, h.planesMemory(h.shrinkFor(s.part, r.Width)))
		}
		out.steps = append(out.steps, s)
	}
	return out, nil
}

// run does the work; a panic of a decoder becomes an error of this photo alone.
func (p *Pipeline) run(ctx context.Context, data []byte, h *header, steps []step) (outs []Output, err error) {
	defer func() {
		if r := recover(); r != nil {
			outs, err = nil, fmt.Errorf("%w: decoder panicked: %v", errMalformed, r)
		}
	}()
	s := &source{codec: p.codec, opener: p.opener, data: data, h: h, colour: newConversion(h.profile()), arena: new(arena)}
	defer s.arena.keep()
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	var focus press.Point
	if slices.ContainsFunc(steps, func(st step) bool { return st.job.Find }) {
		focus = s.master.focus()
	}
	for _, st := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		st.around(focus, s)
		out, err := s.render(st.recipe, st.part, st.job.Mark)
		if err != nil {
			return nil, err
		}
		out.Recipe, out.Version, out.Mark, out.focus = st.recipe.Name, st.recipe.Version, st.job.Mark, focus
		if st.recipe.Crop {
			out.Frame = st.job.Frame
		}
		outs = append(outs, *out)
	}
	return outs, nil
}

// refusalOf is refusal, and tells a photo that took too long from a caller who waits no more.
func (p *Pipeline) refusalOf(ctx context.Context, name string, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return tooSlow(name, p.timeout)
	}
	return refusal(name, err)
}

// refusal says what an error of reading means for the person who sent the file. Every error of a decoder is the file's.
func refusal(name string, err error) error {
	var foreign notSupported
	var said *press.Error
	switch {
	case errors.As(err, &said):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("photo: %q: %w", name, err)
	case errors.As(err, &foreign):
		return notYet(name, foreign)
	case errors.Is(err, errForeign):
		return unknown(name)
	case isTruncation(err):
		return truncated(name).Because(err)
	case isUnsupported(err):
		return notYet(name, notSupported{"a rare kind of picture", "少见的图片"}).Because(err)
	}
	return broken(name).Because(err)
}

func tooSlow(name string, limit time.Duration) error {
	return press.Fail(press.TooLarge, "photo.slow", press.Say(
		"%q took longer than %d seconds and was stopped: save it smaller, or as an ordinary JPEG.",
		"处理“%s”超过 %d 秒，已停止，请缩小或另存为普通 JPEG。", name, int(math.Ceil(limit.Seconds()))))
}
