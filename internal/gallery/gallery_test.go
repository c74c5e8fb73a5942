package gallery_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/blob"
	"newsdesk/internal/gallery"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// room is a gallery on a real database and a real folder, which count what is made.
type room struct {
	testing.TB
	*gallery.Gallery
	rows *counting
	dir  string
}

// counting counts the renditions that are noted, one for each that was made.
type counting struct {
	*store.Store
	mu   sync.Mutex
	made map[press.RenditionKey]int
}

func (c *counting) SaveRendition(ctx context.Context, made ...press.Rendition) error {
	c.mu.Lock()
	for _, r := range made {
		c.made[r.RenditionKey]++
	}
	c.mu.Unlock()
	return c.Store.SaveRendition(ctx, made...)
}

func open(t testing.TB) *room {
	t.Helper()
	rows, err := store.Open(t.Context(), store.Config{Driver: store.DriverSQLite, DSN: filepath.Join(t.TempDir(), "newsdesk.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	if _, _, err := rows.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &room{TB: t, rows: &counting{Store: rows, made: map[press.RenditionKey]int{}}, dir: filepath.Join(t.TempDir(), "blobs")}
	r.Gallery = r.with(photo.Config{})
	return r
}

// with is another gallery in the same place, such as another process would have.
func (r *room) with(pipeline photo.Config) *gallery.Gallery {
	r.Helper()
	blobs, err := blob.NewDisk(r.dir)
	r.ok(err)
	return gallery.New(gallery.Config{Store: r.rows, Blobs: blobs, Pipeline: photo.New(pipeline), MaxBytes: 1e6})
}

// blind cannot decode anything: what it answers was made before.
func (r *room) blind() *gallery.Gallery { return r.with(photo.Config{Timeout: 1}) }

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("unexpected error: %v", err)
	}
}

func (r *room) refused(err error, kind press.Kind, code, name string) {
	r.Helper()
	if err == nil || press.KindOf(err) != kind || press.CodeOf(err) != code {
		r.Fatalf("got %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), kind, code)
	}
	if text := press.TextOf(err); !strings.Contains(text.EN, name) || !strings.Contains(text.ZH, name) || text.EN == text.ZH || strings.Contains(text.EN, "%!") {
		r.Errorf("the refusal does not name %s in both languages: %+v", name, text)
	}
}

// kept counts the blobs, and fails for what was left half written.
func (r *room) kept() int {
	r.Helper()
	n := 0
	r.ok(r.Blobs.List(r.Context(), func(press.Digest, int64) error { n++; return nil }))
	staged, err := os.ReadDir(filepath.Join(r.dir, "incoming"))
	r.ok(err)
	if len(staged) != 0 {
		r.Errorf("%d files are left half written", len(staged))
	}
	return n
}

func opener(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// quarters draws a picture whose quarters are red, green, blue and white.
func quarters(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 255, G: 255, B: 255, A: 255}
			switch {
			case y < height/2 && x < width/2:
				c = color.RGBA{R: 255, A: 255}
			case y < height/2:
				c = color.RGBA{G: 255, A: 255}
			case x < width/2:
				c = color.RGBA{B: 255, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func all() []press.Recipe {
	return []press.Recipe{press.WeChatBody, press.CoverWide, press.CoverSquare, press.Thumb, press.Site480, press.Site960, press.Site1600}
}

func TestTake(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 1200, 800)
	p, made, err := r.Take(t.Context(), "四色.jpg", opener(data), all())
	r.ok(err)
	if p.Digest != press.DigestOf(data) || p.Name != "四色.jpg" || p.Width != 1200 || p.Height != 800 || p.Format != "jpeg" ||
		p.Bytes != int64(len(data)) || p.AddedAt.IsZero() {
		t.Errorf("photo %+v", p)
	}
	for i, rendition := range made {
		if rendition.Recipe != all()[i] || rendition.Photo != p.Digest {
			t.Errorf("rendition %d is %s of %s", i, rendition.Recipe, rendition.Photo)
		}
		bytes, err := r.Read(t.Context(), rendition)
		r.ok(err)
		config, err := jpeg.DecodeConfig(strings.NewReader(string(bytes)))
		if err != nil || config.Width != rendition.Width || config.Height != rendition.Height || int64(len(bytes)) != rendition.Bytes {
			t.Errorf("%s is %d × %d in %d bytes, its row says %+v: %v", rendition.Recipe, config.Width, config.Height, len(bytes), rendition, err)
		}
	}
	stored, err := r.rows.Photo(t.Context(), p.Digest)
	r.ok(err)
	original, _, err := r.Open(t.Context(), stored.Digest)
	r.ok(err)
	defer original.Close()
	if got, err := io.ReadAll(original); err != nil || !bytes.Equal(got, data) {
		t.Errorf("the original is not kept byte for byte: %v", err)
	}

	// again, under another name: nothing is decoded, nothing is made, nothing more is kept
	before := r.kept()
	again, same, err := r.blind().Take(t.Context(), "copy.jpg", opener(data), all())
	r.ok(err)
	if again.Digest != p.Digest || len(same) != len(made) || same[1] != made[1] || r.kept() != before {
		t.Errorf("taken again as %+v with %d renditions, %d blobs of %d", again, len(same), r.kept(), before)
	}
	if stored, err = r.rows.Photo(t.Context(), p.Digest); err != nil || stored.Name != "四色.jpg" {
		t.Errorf("its first name became %q: %v", stored.Name, err)
	}
	_, _, err = r.blind().Take(t.Context(), "new.jpg", opener(quarters(t, 300, 200)), all())
	r.refused(err, press.TooLarge, "photo.slow", "new.jpg") // so the blind one would have shown a decoding
}

// TestTakeAims: crops made when a photo is taken lie around what it is about, the photo says where that is, and they are found
// again, also by whoever takes it again from a record of before.
func TestTakeAims(t *testing.T) {
	t.Parallel()
	r := open(t)
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{200, 204, 206, 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(740, 40, 840, 180), image.NewUniform(color.RGBA{190, 30, 20, 255}), image.Point{}, draw.Src)
	var data bytes.Buffer
	r.ok(jpeg.Encode(&data, img, nil))
	covers := []press.Recipe{press.CoverWide, press.CoverSquare}
	p, made, err := r.Take(t.Context(), "a.jpg", opener(data.Bytes()), covers)
	r.ok(err)
	if p.Focus.X < 0.6 || p.Focus.Y > 0.4 || p.Focus.Y <= 0 {
		t.Errorf("the focus of a red thing at the upper right is %v", p.Focus)
	}
	for _, m := range made {
		if frame, ok := press.ParseFrame(m.Frame); !ok || frame.Focus != p.Focus {
			t.Errorf("%s was cut by %q", m.Recipe, m.Frame)
		}
	}
	known, err := r.rows.Photo(t.Context(), p.Digest)
	r.ok(err)
	again, same, err := r.blind().Take(t.Context(), "b.jpg", opener(data.Bytes()), covers)
	r.ok(err)
	if known.Focus != p.Focus || again.Focus != p.Focus || !slices.Equal(same, made) {
		t.Errorf("kept %v, taken again with %v and %+v", known.Focus, again.Focus, same)
	}
}

// TestTakeAsksNothingOfMetadata: what a file says of itself never keeps it out.
func TestTakeAsksNothingOfMetadata(t *testing.T) {
	t.Parallel()
	r := open(t)
	exif := "II*\x00\x08\x00\x00\x00\x02\x00" +
		"\x10\x01\x02\x00\x0c\x00\x00\x00\x26\x00\x00\x00" + // the model
		"\x3b\x01\x02\x00\x0c\x00\x00\x00\x32\x00\x00\x00" + // the artist
		"\x00\x00\x00\x00" + "示\x01\xff\n\t例1\x00" + "  \xe7\xa4 \x0b示 a\x00"
	segment := "Exif\x00\x00" + exif
	data := quarters(t, 300, 200)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(segment) + 2)}, segment...)
	_, _, err := r.Take(t.Context(), "a.jpg", opener(append(head, data[2:]...)), []press.Recipe{press.Site480})
	r.ok(err)
	p, err := r.rows.Photo(t.Context(), press.DigestOf(append(head, data[2:]...)))
	r.ok(err)
	if !utf8.ValidString(p.Device+p.Artist) || strings.ContainsFunc(p.Device+p.Artist, unicode.IsControl) || p.Device == "" || p.Artist == "" {
		t.Errorf("%q by %q", p.Device, p.Artist)
	}
}

// TestMadeOnce asks for everything of one photo at once, from many sides.
func TestMadeOnce(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 1200, 800)
	const askers = 16
	var group sync.WaitGroup
	errs := make([]error, askers)
	answers := make([][]press.Rendition, askers)
	for i := range askers {
		group.Go(func() { _, answers[i], errs[i] = r.Take(t.Context(), "a.jpg", opener(data), all()) })
	}
	group.Wait()
	for i := range askers {
		r.ok(errs[i])
		for n, rendition := range answers[i] {
			if rendition != answers[0][n] {
				t.Errorf("asker %d has another %s", i, rendition.Recipe)
			}
		}
	}
	for key, times := range r.rows.made {
		if times != 1 {
			t.Errorf("%s was made %d times", key.Recipe, times)
		}
	}
	if len(r.rows.made) != len(all()) || r.kept() != len(all())+1 {
		t.Errorf("%d renditions made and %d blobs kept, want %d and one more", len(r.rows.made), r.kept(), len(all()))
	}
}

// TestWaitingEnds: who waits for another's work gives up with the own context, and the work goes on.
func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 300, 200)
	slow := &gate{Store: r.rows, entered: make(chan struct{}), leave: make(chan struct{})}
	g := gallery.New(gallery.Config{Store: slow, Blobs: r.Blobs, Pipeline: photo.New(photo.Config{})})
	worked := make(chan error)
	go func() {
		_, _, err := g.Take(t.Context(), "a.jpg", opener(data), all())
		worked <- err
	}()
	<-slow.entered
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, err := g.Take(ctx, "a.jpg", opener(data), all()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that the wait ended", err)
	}
	close(slow.leave)
	r.ok(<-worked)
}

// gate holds up who saves a photo.
type gate struct {
	gallery.Store
	entered, leave chan struct{}
}

func (g *gate) SavePhoto(ctx context.Context, p press.Photo) error {
	close(g.entered)
	<-g.leave
	return g.Store.SavePhoto(ctx, p)
}

var errTorn = errors.New("the cable was pulled")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errTorn }

func TestRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 600, 400)
	for name, tc := range map[string]struct {
		open func() (io.ReadCloser, error)
		kind press.Kind
		code string
	}{
		"empty.jpg":    {opener(nil), press.Invalid, "photo.empty"},
		"half.jpg":     {opener(data[:len(data)/2]), press.Invalid, "photo.truncated"},
		"text.jpg":     {opener([]byte("no picture at all")), press.Unsupported, "photo.format"},
		"large.jpg":    {opener(append(bytes.Clone(data), make([]byte, 1e6)...)), press.TooLarge, "photo.bytes"},
		"torn.jpg":     {func() (io.ReadCloser, error) { return io.NopCloser(failing{}), nil }, press.Invalid, "photo.read"},
		"unopened.jpg": {func() (io.ReadCloser, error) { return nil, errTorn }, press.Invalid, "photo.open"},
	} {
		p, made, err := r.Take(t.Context(), name, tc.open, all())
		r.refused(err, tc.kind, tc.code, name)
		if strings.Contains(press.TextOf(err).EN, errTorn.Error()) {
			t.Errorf("%s: the cause is shown: %s", name, press.TextOf(err).EN)
		}
		if p.Digest.Valid() {
			if _, err := r.rows.Photo(t.Context(), p.Digest); press.KindOf(err) != press.NotFound {
				t.Errorf("%s is noted: %v", name, err)
			}
		}
		if len(made) != 0 {
			t.Errorf("%s: %d renditions", name, len(made))
		}
	}
	if n := r.kept(); n != 0 || len(r.rows.made) != 0 {
		t.Errorf("%d blobs and %d renditions are left of refused photos", n, len(r.rows.made))
	}
	exact := append(bytes.Clone(data), make([]byte, 1e6-len(data))...)
	_, _, err := r.Take(t.Context(), "exact.jpg", opener(exact), []press.Recipe{press.Thumb})
	r.ok(err)
}

func TestFrames(t *testing.T) {
	t.Parallel()
	r := open(t)
	p, _, err := r.Take(t.Context(), "a.jpg", opener(quarters(t, 1200, 1200)), nil)
	r.ok(err)
	rect := func(x1, y1, x2, y2 float64) *press.Rect { return &press.Rect{X1: x1, Y1: y1, X2: x2, Y2: y2} }
	seen := map[press.Digest]string{}
	for name, tc := range map[string]struct {
		frame press.Frame
		want  color.RGBA // in the middle
	}{
		"upper left":  {press.Frame{Crop: rect(0, 0, 0.5, 0.5)}, color.RGBA{R: 255, A: 255}},
		"upper right": {press.Frame{Crop: rect(0.5, 0, 1, 0.5)}, color.RGBA{G: 255, A: 255}},
		"lower left":  {press.Frame{Crop: rect(0, 0.5, 0.5, 1)}, color.RGBA{B: 255, A: 255}},
		"lower right": {press.Frame{Crop: rect(0.5, 0.5, 1, 1)}, color.RGBA{R: 255, G: 255, B: 255, A: 255}},
	} {
		made, err := r.Rendition(t.Context(), p.Digest, press.CoverSquare, tc.frame)
		r.ok(err)
		if other, ok := seen[made.Digest]; ok {
			t.Errorf("%s is the same as %s", name, other)
		}
		seen[made.Digest] = name
		data, err := r.Read(t.Context(), made)
		r.ok(err)
		img, err := jpeg.Decode(bytes.NewReader(data))
		r.ok(err)
		if got := color.RGBAModel.Convert(img.At(250, 250)).(color.RGBA); far(got.R, tc.want.R) || far(got.G, tc.want.G) || far(got.B, tc.want.B) {
			t.Errorf("%s shows %v, want %v", name, got, tc.want)
		}
	}
	// a frame about which nothing is said is the centre, and asking for it so makes nothing new
	centre, err := r.Rendition(t.Context(), p.Digest, press.CoverWide, press.Frame{})
	r.ok(err)
	same, err := r.blind().Rendition(t.Context(), p.Digest, press.CoverWide, press.Centre())
	r.ok(err)
	if same != centre {
		t.Error("the centre was made twice")
	}
	_, err = r.Rendition(t.Context(), p.Digest, press.CoverWide, press.Frame{Crop: rect(0.5, 0, 1.5, 1)})
	r.refused(err, press.Invalid, "photo.frame", p.Digest.Short())
	if _, err = r.Rendition(t.Context(), p.Digest, "poster", press.Frame{}); err == nil || press.KindOf(err) != press.Internal {
		t.Errorf("an unknown recipe: %v", err)
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 16 }

func TestPlainCover(t *testing.T) {
	t.Parallel()
	r, other := open(t), open(t)
	first, err := r.PlainCover(t.Context())
	r.ok(err)
	again, err := r.blind().PlainCover(t.Context())
	r.ok(err)
	elsewhere, err := other.PlainCover(t.Context())
	r.ok(err)
	if first.Digest != again.Digest || first.Digest != elsewhere.Digest || first.Width < 900 {
		t.Errorf("plain covers %s, %s and %s, %d wide", first.Digest, again.Digest, elsewhere.Digest, first.Width)
	}
	_, err = r.blind().Rendition(t.Context(), first.Digest, press.CoverWide, press.Centre())
	r.ok(err)
}

// TestLost: bytes that vanished from storage are named by the photo's name, and handing the photo in again brings them back.
func TestLost(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 600, 400)
	p, made, err := r.Take(t.Context(), "lake.jpg", opener(data), []press.Recipe{press.Site480})
	r.ok(err)
	r.ok(r.Blobs.Delete(t.Context(), p.Digest))
	r.ok(r.Blobs.Delete(t.Context(), made[0].Digest))

	_, err = r.Rendition(t.Context(), p.Digest, press.WeChatBody, press.Frame{})
	r.refused(err, press.NotFound, "photo.lost", "lake.jpg")
	_, err = r.Read(t.Context(), made[0])
	r.refused(err, press.NotFound, "photo.lost", "lake.jpg")
	_, err = r.Rendition(t.Context(), press.DigestOf([]byte("never seen")), press.WeChatBody, press.Frame{})
	r.refused(err, press.NotFound, "photo.lost", press.DigestOf([]byte("never seen")).Short())

	_, back, err := r.Take(t.Context(), "lake again.jpg", opener(data), []press.Recipe{press.Site480})
	r.ok(err)
	if back[0] != made[0] {
		t.Errorf("made again as %+v, was %+v", back[0], made[0])
	}
	_, err = r.Read(t.Context(), made[0])
	r.ok(err)
	_, err = r.Rendition(t.Context(), p.Digest, press.WeChatBody, press.Frame{})
	r.ok(err)
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	r := open(t)
	data := quarters(t, 600, 400)
	p, _, err := r.Take(t.Context(), "lake.jpg", opener(data), []press.Recipe{press.Site480})
	r.ok(err)
	d := string(p.Digest)
	data[len(data)/2] ^= 1
	r.ok(os.WriteFile(filepath.Join(r.dir, d[:2], d[2:4], d), data, 0o600))
	_, err = r.Rendition(t.Context(), p.Digest, press.WeChatBody, press.Frame{})
	r.refused(err, press.Internal, "blob.damaged", p.Digest.Short())
}
