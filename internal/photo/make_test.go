package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// asStored turns an upright picture into what a camera with this orientation would have stored.
func asStored(img *image.NRGBA, o orientation) *image.NRGBA {
	inverse := map[orientation]orientation{6: 8, 8: 6}
	if i, ok := inverse[o]; ok {
		o = i
	}
	return pixelsOf(o.turned(img))
}

// withOrientation stores an upright picture as a camera held that way does.
func withOrientation(t *testing.T, kind string, upright *image.NRGBA, o orientation) []byte {
	stored := asStored(upright, o)
	if kind == formatPNG {
		return pngFile(t, stored, chunk("eXIf", exifBlock(int(o))))
	}
	return jpegFile(t, stored, exifSegment(int(o)))
}

func TestOrientations(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	// PNGs lose nothing but the order of rounding; JPEGs lose a little, and otherwise where sides are odd
	jobs := []Job{{Recipe: press.Site1600}, {Recipe: press.CoverWide}, {Recipe: press.Site480}}
	for kind, tolerance := range map[string]float64{formatPNG: 0.1, formatJPEG: 1.2} {
		for _, size := range [][2]int{{301, 203}, {300, 200}, {1701, 303}} {
			upright := scene(size[0], size[1])
			want := mustMake(t, New(Config{}), withOrientation(t, kind, upright, 1), jobs...)
			for o := orientation(2); o <= 8; o++ {
				file := withOrientation(t, kind, upright, o)
				info, err := Inspect(kind, file)
				if err != nil || info.Orientation != int(o) || info.Width != size[0] || info.Height != size[1] {
					t.Fatalf("%s, orientation %d: %+v, %v", kind, o, info, err)
				}
				for i, out := range mustMake(t, New(Config{}), file, jobs...) {
					if d := distance(t, decoded(t, want[i]), decoded(t, out)); d > tolerance {
						t.Errorf("%v %s, orientation %d, %s: mean difference %.2f", size, kind, o, out.Recipe, d)
					}
				}
			}
		}
	}
}

func TestSharedOrientationSet(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "photos/orientation")
	first := decoded(t, one(t, read(t, dir, "Landscape_1.jpg"), press.Site960, press.Frame{}))
	for o := 2; o <= 8; o++ {
		name := "Landscape_" + string(rune('0'+o)) + ".jpg"
		got := decoded(t, one(t, read(t, dir, name), press.Site960, press.Frame{}))
		// the pictures differ by the number painted in the middle, and by a JPEG generation
		if d := distance(t, first, got); d > 3 {
			t.Errorf("%s: mean difference %.2f", name, d)
		}
	}
}

// metadataMarks are the marks that camera metadata, profiles and XMP leave in JPEG and PNG files.
var metadataMarks = []string{
	"Exif", "ICC_PROFILE", "http://ns.adobe.com", "xpacket", "Photoshop", "GPSLat", "acspAPPL", "SECRETCAM",
}

// checkClean fails if an output holds anything but a picture.
func checkClean(t *testing.T, o Output) {
	t.Helper()
	for _, mark := range metadataMarks {
		if bytes.Contains(o.Data, []byte(mark)) {
			t.Errorf("%s holds %q", o.Recipe, mark)
		}
	}
	switch o.Format {
	case formatPNG:
		checkChunks(t, o)
		return
	case formatWebP:
		checkWebP(t, o)
		return
	}
	r := &jpegReader{data: o.Data, at: 2, h: &header{}}
	for {
		marker, err := r.marker()
		if err != nil || marker == 0xda {
			return
		}
		if marker == 0xfe || (marker > 0xe0 && marker <= 0xef) {
			t.Errorf("%s has a marker %x", o.Recipe, marker)
		}
		if err := r.segment(marker); err != nil {
			t.Fatal(err)
		}
	}
}

// checkWebP allows the pictures' chunks, and the extended header where it says nothing but that there is transparency.
func checkWebP(t *testing.T, o Output) {
	t.Helper()
	if n := binary.LittleEndian.Uint32(o.Data[4:]); int(n)+8 != len(o.Data) {
		t.Errorf("%s: %d bytes, says %d", o.Recipe, len(o.Data), n+8)
	}
	err := riff(o.Data[12:], func(kind string, body []byte) error {
		if kind != "VP8 " && kind != "VP8L" && kind != "ALPH" && (kind != "VP8X" || body[0] != 0x10) {
			t.Errorf("%s has a chunk %s", o.Recipe, kind)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func checkChunks(t *testing.T, o Output) {
	t.Helper()
	for at := 8; at < len(o.Data); at += 12 + int(binary.BigEndian.Uint32(o.Data[at:])) {
		switch kind := string(o.Data[at+4 : at+8]); kind {
		case "IHDR", "PLTE", "tRNS", "IDAT", "IEND":
		default:
			t.Errorf("%s has a chunk %s", o.Recipe, kind)
		}
	}
}

func TestNothingOfTheMetadataSurvives(t *testing.T) {
	t.Parallel()
	profile := iccProfile("Display P3", p3ToXYZ)
	xmp := segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<?xpacket exif:GPSLatitude='31,13N'?>")
	file := jpegFile(t, scene(640, 480), exifSegment(6), xmp, iccSegment(profile), segment(0xfe, "SECRETCAM"))
	info, err := Inspect("tagged.jpg", file)
	if err != nil || !info.HasGPS || info.Device != "SECRETCAM" || info.TakenAt.Format("15:04:05") != "10:39:11" {
		t.Fatalf("the fixture is not read: %+v, %v", info, err)
	}
	for _, o := range mustMake(t, New(Config{}), file, allJobs()...) {
		checkClean(t, o)
	}
	drawing := pngFile(t, fill8(64, 48, color.NRGBA{9, 99, 9, 99}), chunk("eXIf", exifBlock(1)), chunk("tEXt", []byte("a\x00SECRETCAM")))
	for _, o := range mustMake(t, New(Config{}), drawing, allJobs()...) {
		checkClean(t, o)
	}
}

// refused are the files of the shared test data that must not become renditions.
var refused = map[string]string{
	"empty.jpg": "photo.empty", "sunset-truncated.jpg": "photo.truncated",
}

func TestSharedPhotos(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	err := filepath.WalkDir(testdata(t, "photos"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		outs, info, err := p.Make(t.Context(), d.Name(), read(t, path), allJobs())
		if press.CodeOf(err) != refused[d.Name()] && (err != nil || refused[d.Name()] != "") {
			t.Errorf("%s: got %v, want %q", d.Name(), err, refused[d.Name()])
		}
		for _, o := range outs {
			checkOutput(t, o, info)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkOutput holds a rendition against its recipe.
func checkOutput(t *testing.T, o Output, info Info) {
	t.Helper()
	checkClean(t, o)
	r, _ := Lookup(o.Recipe)
	cfg, format, err := image.DecodeConfig(bytes.NewReader(o.Data))
	if err != nil || format != o.Format || cfg.Width != o.Width || cfg.Height != o.Height {
		t.Errorf("%s: says %s %d × %d, is %s %d × %d, %v", o.Recipe, o.Format, o.Width, o.Height, format, cfg.Width, cfg.Height, err)
	}
	switch {
	case r.MaxBytes > 0 && !r.WebP && len(o.Data) > r.MaxBytes: // of WebP it is an aim, see webpSoftest
		t.Errorf("%s: %d bytes", o.Recipe, len(o.Data))
	case r.Crop && (o.Width != r.Width || o.Height != r.Height):
		t.Errorf("%s: %d × %d", o.Recipe, o.Width, o.Height)
	case !r.Crop && (o.Width > r.Width || o.Width > info.Width):
		t.Errorf("%s: %d wide of %d", o.Recipe, o.Width, info.Width)
	case o.ContentType != "image/"+o.Format || r.WebP != (o.Format == formatWebP) || (!r.KeepPNG && o.Format == formatPNG):
		t.Errorf("%s: %s", o.Recipe, o.ContentType)
	}
}

func TestByteLimitsHoldForNoise(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	file := pngFile(t, noise(1300, 1900))
	for _, o := range mustMake(t, New(Config{}), file, Job{Recipe: press.WeChatBody}, Job{Recipe: press.Thumb}, Job{Recipe: press.CoverWide}) {
		checkOutput(t, o, Info{Width: 1300, Height: 1900})
		if o.Width < 200 {
			t.Errorf("%s was made needlessly small: %d × %d", o.Recipe, o.Width, o.Height)
		}
	}
}

// A rendition must not depend on what else was asked for: it is kept under recipe, version and frame.
func TestRenditionsDoNotDependOnEachOther(t *testing.T) {
	t.Parallel()
	file := jpegFile(t, scene(2400, 1500), exifSegment(6))
	frame := press.Frame{Crop: &press.Rect{X1: 0.4, Y1: 0.3, X2: 0.6, Y2: 0.5}}
	jobs := append(allJobs(), Job{Recipe: press.CoverSquare, Frame: frame})
	for i, together := range mustMake(t, New(Config{}), file, jobs...) {
		alone := one(t, file, jobs[i].Recipe, jobs[i].Frame)
		if !bytes.Equal(alone.Data, together.Data) {
			t.Errorf("%s differs when made alone", together.Recipe)
		}
	}
}

func TestCropsFollowTheFrame(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	// four flat quarters, so that a crop's mean colour says where it was taken; stored turned, to try the mapping as well
	img := image.NewNRGBA(image.Rect(0, 0, 2400, 1800))
	colours := [4]color.NRGBA{{200, 30, 30, 255}, {30, 160, 30, 255}, {30, 30, 200, 255}, {200, 200, 200, 255}}
	for y := range 1800 {
		for x := range 2400 {
			img.SetNRGBA(x, y, colours[2*(y/900)+x/1200])
		}
	}
	rect := func(x1, y1, x2, y2 float64) press.Frame {
		return press.Frame{Crop: &press.Rect{X1: x1, Y1: y1, X2: x2, Y2: y2}}
	}
	for _, file := range [][]byte{
		jpegFile(t, asStored(img, 6), exifSegment(6)), jpegFile(t, asStored(img, 7), exifSegment(7)),
		pngFile(t, asStored(img, 8), chunk("eXIf", exifBlock(8))),
	} {
		frames := []press.Frame{
			rect(0, 0, 0.45, 0.45), rect(0.55, 0.05, 0.98, 0.45),
			rect(0.02, 0.52, 0.12, 0.62), // deeper than the master has pixels for
			rect(0.6, 0.6, 0.61, 0.61),   // deeper than the original has
		}
		var jobs []Job
		for _, f := range frames {
			jobs = append(jobs, Job{Recipe: press.CoverWide, Frame: f}, Job{Recipe: press.CoverSquare, Frame: f})
		}
		for i, out := range mustMake(t, New(Config{}), file, jobs...) {
			got := decoded(t, out)
			if d := distance(t, got, fill8(got.Rect.Dx(), got.Rect.Dy(), colours[i/2])); d > 4 {
				t.Errorf("%s of %v: %.1f from %v", out.Recipe, out.Frame, d, colours[i/2])
			}
		}
	}
	corner := one(t, jpegFile(t, scene(900, 900)), press.CoverWide, press.Frame{Focus: press.Point{X: 1, Y: 1}})
	bottom := one(t, jpegFile(t, scene(900, 900)), press.CoverWide, press.Frame{Focus: press.Point{X: 0.2, Y: 0.9}})
	if !bytes.Equal(corner.Data, bottom.Data) {
		t.Error("a focus near the edge must be held at the edge")
	}
}

// A deep crop must show what the original has, not an enlarged piece of the master.
func TestDeepCropIsSharp(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	img := image.NewNRGBA(image.Rect(0, 0, 4800, 3200))
	for y := range 3200 {
		for x := range 4800 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(255 * (x / 2 % 2)), uint8(255 * (x / 2 % 2)), uint8(255 * (x / 2 % 2)), 255})
		}
	}
	frame := press.Frame{Crop: &press.Rect{X1: 0.4, Y1: 0.4, X2: 0.4 + 500.0/4800, Y2: 0.4 + 500.0/3200}}
	got := decoded(t, one(t, jpegFile(t, img), press.CoverSquare, frame))
	if d := distance(t, got, fill8(500, 500, color.NRGBA{128, 128, 128, 255})); d < 90 {
		t.Errorf("stripes of two pixels are gone: only %.0f from grey", d)
	}
}

func TestBadFrames(t *testing.T) {
	t.Parallel()
	nan := func() float64 { z := 0.0; return z / z }()
	for _, f := range []press.Frame{
		{Focus: press.Point{X: 1.5, Y: 0.5}},
		{Focus: press.Point{X: nan, Y: 0.5}},
		{Crop: &press.Rect{X1: 0.5, Y1: 0, X2: 0.5, Y2: 1}},
		{Crop: &press.Rect{X1: 0, Y1: 0, X2: nan, Y2: 1}},
	} {
		_, _, err := New(Config{}).Make(t.Context(), "a.jpg", jpegFile(t, scene(80, 60)), []Job{{Recipe: press.CoverWide, Frame: f}})
		if press.CodeOf(err) != "photo.frame" {
			t.Errorf("%v: got %v", f, err)
		}
	}
	_, _, err := New(Config{}).Make(t.Context(), "a.jpg", jpegFile(t, scene(80, 60)), []Job{{Recipe: "huge"}})
	if press.CodeOf(err) != "photo.recipe" {
		t.Errorf("got %v", err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	p := New(Config{Workers: 1})
	release, err := p.acquire(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = p.Make(ctx, "a.jpg", jpegFile(t, scene(80, 60)), allJobs())
	if press.KindOf(err) != press.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	p := New(Config{Timeout: 1})
	_, _, err := p.Make(t.Context(), "a.png", pngFile(t, scene(800, 600)), allJobs())
	if press.CodeOf(err) != "photo.slow" || !strings.Contains(press.TextOf(err).ZH, "a.png") {
		t.Errorf("got %v", err)
	}
	if _, err := p.Crop(t.Context(), "a.png", pngFile(t, scene(800, 600)), press.Rect{X2: 0.5, Y2: 1}); press.CodeOf(err) != "photo.slow" {
		t.Errorf("a crop: %v", err) // else one slow photo would cost its whole parcel
	}
}

// A photo larger than the whole budget is worked on alone instead of waiting for ever.
func TestLargerThanTheBudget(t *testing.T) {
	t.Parallel()
	p := New(Config{MemoryBudget: 1000})
	mustMake(t, p, jpegFile(t, scene(800, 600)), allJobs()...)
}

func TestStandardCodecGivesTheSame(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	file := jpegFile(t, scene(2000, 1333), exifSegment(8))
	fast := mustMake(t, New(Config{}), file, allJobs()...)
	for i, o := range mustMake(t, New(Config{StandardJPEG: true}), file, allJobs()...) {
		if d := distance(t, decoded(t, fast[i]), decoded(t, o)); d > 1.5 {
			t.Errorf("%s: mean difference %.2f", o.Recipe, d)
		}
	}
}
