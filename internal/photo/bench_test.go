package photo

import (
	"bytes"
	"image"
	"image/jpeg"
	"path/filepath"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// sixJobs are the renditions of a photo that becomes a cover as well: the work that ratios are given for.
func sixJobs() []Job {
	var jobs []Job
	for _, name := range []press.Recipe{press.Site1600, press.WeChatBody, press.Site960, press.Site480, press.CoverWide, press.CoverSquare} {
		jobs = append(jobs, Job{Recipe: name})
	}
	return jobs
}

// benchPhotos are the given photos of 8 megapixels and more, and one made by code where there are none.
func benchPhotos(b *testing.B) map[string][]byte {
	photos := map[string][]byte{"code-12MP": jpegFile(b, scene(4000, 3000))}
	root := servicetest.Data(b)
	for _, pattern := range []string{"photos/*.jpg", "seed-article/Wechat*.jpg"} {
		names, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, name := range names {
			if data := read(b, name); len(data) > 1<<20 {
				photos[filepath.Base(name)] = data
			}
		}
	}
	return photos
}

// naive is the usual way: decode whole, resize every rendition from the whole, encode with the standard library.
func naive(b *testing.B, data []byte, jobs []Job) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	for _, j := range jobs {
		r, _ := Lookup(j.Recipe)
		var out *image.NRGBA
		if r.Crop {
			out = imaging.Fill(img, r.Width, r.Height, imaging.Center, imaging.Lanczos)
		} else {
			out = imaging.Resize(img, r.Width, 0, imaging.Lanczos)
		}
		if err := jpeg.Encode(&bytes.Buffer{}, out, &jpeg.Options{Quality: r.Quality}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMake reports photos a second on one core and how many times the usual way takes, measured in the same run.
func BenchmarkMake(b *testing.B) {
	photos := benchPhotos(b)
	p := New(Config{})
	jobs := sixJobs()
	b.ReportAllocs()
	for b.Loop() {
		for _, data := range photos {
			mustMake(b, p, data, jobs...)
		}
	}
	each := b.Elapsed() / time.Duration(b.N*len(photos))
	b.StopTimer()
	start := time.Now()
	for _, data := range photos {
		naive(b, data, jobs)
	}
	usual := time.Since(start) / time.Duration(len(photos))
	b.ReportMetric(1/each.Seconds(), "photos/s")
	b.ReportMetric(float64(usual)/float64(each), "x-naive")
}
