package photo

import (
	"image"
	"image/color"
	"testing"

	"newsdesk/internal/press"
)

// TestSharedFormats compares photos of every format with what other programs see in them: the size as displayed, and the mean
// colour on white as ImageMagick and dwebp give it.
func TestSharedFormats(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "photos/formats")
	p := New(Config{})
	for name, want := range map[string]struct {
		format        string
		width, height int
		mean          color.NRGBA
		frames        int
	}{
		"1x1-gps.jpg":                          {formatJPEG, 1, 1, color.NRGBA{135, 173, 254, 255}, 1},
		"1x1.gif":                              {formatGIF, 1, 1, color.NRGBA{51, 102, 204, 255}, 1},
		"1x1.png":                              {formatPNG, 1, 1, color.NRGBA{51, 102, 204, 255}, 1},
		"animation.webp":                       {formatWebP, 320, 240, color.NRGBA{180, 195, 187, 255}, 101},
		"lake-1600-gray.jpg":                   {formatJPEG, 1600, 1200, color.NRGBA{95, 95, 95, 255}, 1},
		"lake-2400-cmyk.jpg":                   {formatJPEG, 2400, 1800, color.NRGBA{75, 100, 107, 255}, 1},
		"lake-480.bmp":                         {formatBMP, 480, 360, color.NRGBA{75, 100, 108, 255}, 1},
		"lake-800-lzw.tif":                     {formatTIFF, 800, 600, color.NRGBA{75, 100, 108, 255}, 1},
		"lake-animated-4frames.gif":            {formatGIF, 320, 240, color.NRGBA{76, 100, 108, 255}, 4},
		"pngsuite-basi3p08.png":                {formatPNG, 32, 32, color.NRGBA{161, 161, 134, 255}, 1},
		"pngsuite-basn0g01.png":                {formatPNG, 32, 32, color.NRGBA{125, 125, 125, 255}, 1},
		"pngsuite-basn6a16.png":                {formatPNG, 32, 32, color.NRGBA{222, 222, 202, 255}, 1},
		"pngsuite-tbbn2c16.png":                {formatPNG, 32, 32, color.NRGBA{192, 200, 195, 255}, 1},
		"really-a-png.jpg":                     {formatPNG, 400, 301, color.NRGBA{220, 187, 154, 255}, 1},
		"rose-alpha.webp":                      {formatWebP, 400, 301, color.NRGBA{220, 187, 154, 255}, 1},
		"sunset-3648x2736-progressive.jpg":     {formatJPEG, 3648, 2736, color.NRGBA{109, 95, 109, 255}, 1},
		"tower-3648x2736-orientation6.webp":    {formatWebP, 2736, 3648, color.NRGBA{82, 101, 132, 255}, 1},
		"tree.webp":                            {formatWebP, 1024, 772, color.NRGBA{105, 153, 176, 255}, 1},
		"video-001-16bit.tiff":                 {formatTIFF, 150, 103, color.NRGBA{145, 95, 70, 255}, 1},
		"weld-16bit.png":                       {formatPNG, 1024, 684, color.NRGBA{34, 28, 24, 255}, 1},
		"cat-5472x3648.avif":                   {formatAVIF, 5472, 3648, color.NRGBA{}, 1},
		"koi-2088-adobergb-icc.jpg":            {formatJPEG, 2088, 1566, color.NRGBA{}, 1},
		"office-2016-display-p3.jpg":           {formatJPEG, 2016, 1512, color.NRGBA{}, 1},
		"office-4032x3024-display-p3-gps.heic": {formatHEIC, 4032, 3024, color.NRGBA{}, 1},
	} {
		file := read(t, dir, name)
		info, err := p.Inspect(name, file)
		if err != nil || info.Format != want.format || info.Width != want.width || info.Height != want.height || info.Frames != want.frames {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
		if want.mean == (color.NRGBA{}) || err != nil {
			continue
		}
		// the square's recipe would crop, and the thumb's is always JPEG on white
		got := mean(decoded(t, mustMake(t, p, file, Job{Recipe: press.Thumb})[0]))
		if far(got, want.mean) > 3 {
			t.Errorf("%s: mean colour %v, want %v", name, got, want.mean)
		}
	}
}

func mean(img *image.NRGBA) color.NRGBA {
	var sum [3]int
	for i := 0; i < len(img.Pix); i += 4 {
		for c := range sum {
			sum[c] += int(img.Pix[i+c])
		}
	}
	n := len(img.Pix) / 4
	return color.NRGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}

// TestSharedHEIC: the same picture was handed in as HEIC and as JPEG. Both decoders of HEIC must show what the JPEG shows.
func TestSharedHEIC(t *testing.T) {
	t.Parallel()
	file := read(t, testdata(t, "photos/formats"), "office-4032x3024-display-p3-gps.heic")
	asJPEG := one(t, read(t, testdata(t, "seed-article"), "Wechat photo _20240816103911.jpg"), press.Site960, press.Frame{})
	for name, c := range map[string]Config{"installed or in this process": {}, "built in": {NoTools: true, Decoder: testDecoder()}} {
		outs, info, err := New(c).Make(t.Context(), "会场.heic", file, []Job{{Recipe: press.Site960}})
		if err != nil || info.Profile != "Display P3" || info.Device != "Apple iPhone 8" || !info.HasGPS || info.TakenAt.IsZero() {
			t.Fatalf("%s: %+v, %v", name, info, err)
		}
		checkClean(t, outs[0])
		if d := distance(t, decoded(t, asJPEG), decoded(t, outs[0])); d > 2 {
			t.Errorf("%s: %.2f from the JPEG", name, d)
		}
	}
}

// TestSharedTraces: what the files say of their making is told.
func TestSharedTraces(t *testing.T) {
	t.Parallel()
	info, err := Inspect("flower.jpg", read(t, testdata(t, "photos"), "flower-3264x2448-orientation3-gps.jpg"))
	if err != nil || !info.HasGPS || info.Device != "Apple iPhone 5" || info.TakenAt.Year() < 2012 {
		t.Errorf("%+v, %v", info, err)
	}
	for _, kind := range []press.Trace{press.TracePlace, press.TraceTime, press.TraceDevice, press.TraceSoftware} {
		if !contains(info.Removed, kind) {
			t.Errorf("%s is not told: %v", kind, info.Removed)
		}
	}
}
