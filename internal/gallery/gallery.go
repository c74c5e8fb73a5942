// Package gallery keeps photos and their renditions: the original unchanged under its digest, and each rendition made once
// for a photo, a recipe, the recipe's version and a frame.
package gallery

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"newsdesk/internal/blob"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// Store remembers which photos and renditions there are.
type Store interface {
	SavePhoto(context.Context, press.Photo) error
	Photo(context.Context, press.Digest) (press.Photo, error)
	SaveRendition(context.Context, ...press.Rendition) error // all or none, in one transaction
	Rendition(context.Context, press.RenditionKey) (press.Rendition, error)
	ColumnRules(context.Context) ([]press.RuledColumn, error)
}

// Config is what a Gallery is made of.
type Config struct {
	Store    Store
	Blobs    blob.Store
	Pipeline *photo.Pipeline
	MaxBytes int64 // of an original; default 60 MB
	Now      func() time.Time
}

// Gallery is safe for concurrent use.
type Gallery struct {
	Config
	Uploads   *Uploads // what people may bring at once
	making    flights
	originals *originals
	plain     func() ([]byte, error) // the plain cover as a file, drawn once
	marks     sync.Map               // by their key, *photo.Mark
}

// New makes a gallery.
func New(cfg Config) *Gallery {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 60e6
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Gallery{Config: cfg, Uploads: NewUploads(), originals: newOriginals(), plain: sync.OnceValues(drawPlainCover)}
}

// Take keeps an original and makes the renditions asked for, in one decoding. Crops keep what the picture is about, as far as
// that can be found; the photo says what was found. It refuses, with the file's name, what is too large or no photo that
// Newsdesk reads. Taking a photo again decodes nothing, and mends what was lost from storage since.
func (g *Gallery) Take(ctx context.Context, name string, open func() (io.ReadCloser, error), recipes []press.Recipe) (press.Photo, []press.Rendition, error) {
	data, leave, err := g.original(ctx, name, open)
	if err != nil {
		return press.Photo{}, nil, err
	}
	defer leave()
	return g.take(ctx, name, data, recipes, true)
}

// original waits until there is room for an original, and reads it. The room is held until leave is called.
func (g *Gallery) original(ctx context.Context, name string, open func() (io.ReadCloser, error)) (data []byte, leave func(), err error) {
	file, err := open()
	if err != nil {
		return nil, nil, press.Fail(press.Invalid, "photo.open", press.Say(
			"The photo %s cannot be opened; hand it in again.", "图片 %s 无法打开，请重新提交。", name)).Because(err)
	}
	defer file.Close()
	size := g.sizeOf(file)
	if leave, err = g.originals.hold(ctx, size); err != nil {
		return nil, nil, err
	}
	if data, err = g.read(name, file, size); err != nil {
		leave()
		return nil, nil, err
	}
	return data, leave, nil
}

// take is Take of bytes that are here; without find, crops keep the centre.
func (g *Gallery) take(ctx context.Context, name string, data []byte, recipes []press.Recipe, find bool) (press.Photo, []press.Rendition, error) {
	info, err := g.Pipeline.Inspect(name, data)
	if err != nil {
		return press.Photo{}, nil, err
	}
	p := recordOf(info)
	p.Digest, p.Name, p.Bytes, p.AddedAt = press.DigestOf(data), name, int64(len(data)), g.Now().UTC()
	from := source{
		digest: p.Digest, name: name, mend: true,
		read: func() ([]byte, error) { return data, nil },
		keep: func() error { return g.keepOriginal(ctx, p, data) },
	}
	if find {
		from.focus = &p.Focus
	}
	renditions, err := g.renditions(ctx, plainJobs(recipes), from)
	return p, renditions, err
}

// keepOriginal is called when the photo has proved readable.
func (g *Gallery) keepOriginal(ctx context.Context, p press.Photo, data []byte) error {
	if _, _, err := g.Blobs.Put(ctx, bytes.NewReader(data), int64(len(data))); err != nil {
		return fmt.Errorf("gallery: keep %q: %w", p.Name, err)
	}
	return g.Store.SavePhoto(ctx, p)
}

// read reads an original of about that size.
func (g *Gallery) read(name string, file io.Reader, size int64) ([]byte, error) {
	var data bytes.Buffer
	data.Grow(int(min(size, g.MaxBytes)) + bytes.MinRead) // at once: a buffer that grows leaves as much again behind
	_, err := data.ReadFrom(io.LimitReader(file, g.MaxBytes+1))
	if err != nil {
		return nil, press.Fail(press.Invalid, "photo.read", press.Say(
			"The photo %s broke off while it was read; hand it in again.", "图片 %s 读取中断，请重新提交。", name)).Because(err)
	}
	if int64(data.Len()) > g.MaxBytes {
		return nil, press.Fail(press.TooLarge, "photo.bytes", press.Say(
			"The photo %s is larger than %d MB; export it smaller.", "图片 %s 超过 %d MB，请压缩后再提交。", name, g.MaxBytes/1e6))
	}
	return data.Bytes(), nil
}

func plainJobs(recipes []press.Recipe) []photo.Job {
	jobs := make([]photo.Job, len(recipes))
	for i, r := range recipes {
		jobs[i] = photo.Job{Recipe: r}
	}
	return jobs
}

// Renditions returns renditions of a photo that was taken, and makes those that do not exist yet.
func (g *Gallery) Renditions(ctx context.Context, digest press.Digest, jobs []photo.Job) ([]press.Rendition, error) {
	from := source{
		digest: digest, name: digest.Short(),
		read: func() ([]byte, error) {
			data, err := blob.ReadAll(ctx, g.Blobs, digest, g.MaxBytes)
			return data, g.lost(ctx, digest, err)
		},
		keep: func() error { return nil },
	}
	out, missing, err := g.findAll(ctx, jobs, from)
	if err != nil || len(missing) == 0 {
		return out, err
	}
	leave, err := g.originals.holdKnown(ctx, g.Store, digest) // before it is this photo's turn, as Take does
	if err != nil {
		return nil, err
	}
	defer leave()
	return g.renditions(ctx, jobs, from)
}

// Rendition returns one rendition, made now if need be.
func (g *Gallery) Rendition(ctx context.Context, digest press.Digest, recipe press.Recipe, frame press.Frame) (press.Rendition, error) {
	list, err := g.Renditions(ctx, digest, []photo.Job{{Recipe: recipe, Frame: frame}})
	if err != nil {
		return press.Rendition{}, err
	}
	return list[0], nil
}

// source is an original of which renditions are wanted.
type source struct {
	digest press.Digest
	name   string       // for refusals
	mend   bool         // make renditions anew whose bytes are gone
	focus  *press.Point // of a photo that is taken: what is known of it, or else found, is written here, and crops without a frame keep it
	read   func() ([]byte, error)
	keep   func() error // called before the first rendition is kept
}

// renditions finds what exists and makes the rest in one decoding.
func (g *Gallery) renditions(ctx context.Context, jobs []photo.Job, from source) ([]press.Rendition, error) {
	unlock, err := g.making.enter(ctx, from.digest)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := g.aim(ctx, jobs, from); err != nil {
		return nil, err
	}
	out, missing, err := g.findAll(ctx, jobs, from)
	if err != nil {
		return nil, err
	}
	if len(missing) == 0 {
		return out, from.keep()
	}
	if err := g.makeMissing(ctx, jobs, missing, out, from); err != nil {
		return nil, err
	}
	return out, nil
}

// findAll returns the renditions that were made, and which of the jobs are still to be done.
func (g *Gallery) findAll(ctx context.Context, jobs []photo.Job, from source) (out []press.Rendition, missing []int, err error) {
	out = make([]press.Rendition, len(jobs))
	for i, job := range jobs {
		key, ok := job.Key(from.digest)
		if !ok {
			return nil, nil, fmt.Errorf("gallery: unknown recipe %q", job.Recipe)
		}
		found, err := g.find(ctx, key, from.mend)
		switch {
		case err == nil:
			out[i] = found
		case press.KindOf(err) == press.NotFound:
			missing = append(missing, i)
		default:
			return nil, nil, err
		}
	}
	return out, missing, nil
}

// find returns a rendition that was made; with its bytes looked for, NotFound also says that they are gone.
func (g *Gallery) find(ctx context.Context, key press.RenditionKey, bytesToo bool) (press.Rendition, error) {
	found, err := g.Store.Rendition(ctx, key)
	if err != nil || !bytesToo {
		return found, err
	}
	there, err := g.Blobs.Has(ctx, found.Digest)
	if err == nil && !there {
		err = g.gone(ctx, key.Photo)
	}
	return found, err
}

// lost says of bytes that should be there and are not what that means for the person who works with the photo.
func (g *Gallery) lost(ctx context.Context, photo press.Digest, err error) error {
	if err == nil || press.KindOf(err) != press.NotFound {
		return err
	}
	return g.gone(ctx, photo).Because(err)
}

func (g *Gallery) gone(ctx context.Context, photo press.Digest) *press.Error {
	name := photo.Short()
	if p, err := g.Store.Photo(ctx, photo); err == nil {
		name = p.Name
	}
	return press.Fail(press.NotFound, "photo.lost", press.Say(
		"The photo %s is missing from storage: restore it from a backup, or hand it in again.",
		"图片 %s 在存储中缺失，请从备份恢复，或重新提交该图片。", name))
}

func (g *Gallery) makeMissing(ctx context.Context, jobs []photo.Job, missing []int, out []press.Rendition, from source) error {
	original, err := from.read()
	if err != nil {
		return err
	}
	wanted := make([]photo.Job, len(missing))
	for n, i := range missing {
		wanted[n] = jobs[i]
	}
	made, info, err := g.Pipeline.Make(ctx, from.name, original, wanted)
	if err != nil {
		return err
	}
	if from.focus != nil && *from.focus == (press.Point{}) {
		*from.focus = info.Focus
	}
	if err := from.keep(); err != nil {
		return err
	}
	kept := make([]press.Rendition, len(made))
	group, groupCtx := errgroup.WithContext(ctx)
	for n, i := range missing {
		group.Go(func() (err error) {
			defer press.Recover(&err)
			kept[n], err = g.keep(groupCtx, from.digest, made[n])
			out[i] = kept[n]
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return g.Store.SaveRendition(ctx, kept...) // after the bytes: a row never names bytes that are not there
}

// keep stores the bytes of a rendition.
func (g *Gallery) keep(ctx context.Context, digest press.Digest, made photo.Output) (press.Rendition, error) {
	key, _ := photo.Job{Recipe: made.Recipe, Frame: made.Frame, Mark: made.Mark}.Key(digest)
	kept, size, err := g.Blobs.Put(ctx, bytes.NewReader(made.Data), int64(len(made.Data)))
	if err != nil {
		return press.Rendition{}, fmt.Errorf("gallery: keep rendition %s of %s: %w", made.Recipe, digest.Short(), err)
	}
	return press.Rendition{
		RenditionKey: key, Digest: kept, ContentType: made.ContentType,
		Width: made.Width, Height: made.Height, Bytes: size,
	}, nil
}

// Open returns the bytes of an original or of a rendition.
func (g *Gallery) Open(ctx context.Context, digest press.Digest) (io.ReadCloser, int64, error) {
	return g.Blobs.Open(ctx, digest)
}

// Read returns the bytes of a rendition, verified against its digest.
func (g *Gallery) Read(ctx context.Context, r press.Rendition) ([]byte, error) {
	data, err := blob.ReadAll(ctx, g.Blobs, r.Digest, r.Bytes)
	return data, g.lost(ctx, r.Photo, err)
}

// PlainCover returns the photo that stands for an article without photos: two quiet bands of blue, drawn here.
func (g *Gallery) PlainCover(ctx context.Context) (press.Photo, error) {
	data, err := g.plain()
	if err != nil {
		return press.Photo{}, err
	}
	p, _, err := g.take(ctx, "plain-cover.png", data, []press.Recipe{press.Site480, press.CoverWide, press.CoverSquare}, false)
	return p, err
}

func drawPlainCover() ([]byte, error) {
	var data bytes.Buffer
	if err := png.Encode(&data, plainCover()); err != nil {
		return nil, fmt.Errorf("gallery: draw plain cover: %w", err)
	}
	return data.Bytes(), nil
}

func plainCover() image.Image {
	const width, height = 1080, 720
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 28 + uint8(y*18/height), G: 62 + uint8(y*26/height), B: 104 + uint8(y*34/height), A: 255}
			if 3*y > 2*height-x/3 {
				c.R, c.G, c.B = c.R+10, c.G+14, c.B+16
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}
