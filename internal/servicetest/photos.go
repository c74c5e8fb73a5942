package servicetest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// CameraPhotos writes n photos of w × h pixels, each another one, and returns their paths. They are cut from real ones at their
// full size, mirrored at the edges where those are smaller, so that what a camera sees in a pixel stays, noise and detail, and as many bytes a pixel.
func CameraPhotos(t testing.TB, dir string, n, w, h int) []string {
	t.Helper()
	names := []string{"koi-4640x3480-srgb-icc.jpg", "night-arch-4032x3024-gps.jpg", "chain-4928x3264-orientation8.jpg", "cairn-3120x4160-portrait-gps-no-orientation.jpg"}
	var sources []*image.YCbCr
	var qualities []int
	for _, name := range names[:min(n, len(names))] {
		source := Data(t, "photos", name)
		sources = append(sources, decoded(t, source))
		qualities = append(qualities, cameraQuality(t, source, sources[len(sources)-1]))
	}
	paths := make([]string, n)
	for i := range paths {
		turn := i / len(sources)
		cut := mirrored(sources[i%len(sources)], w, h, 64*turn, 48*turn)
		var data bytes.Buffer
		if err := jpeg.Encode(&data, cut, &jpeg.Options{Quality: qualities[i%len(sources)]}); err != nil {
			t.Fatal(err)
		}
		paths[i] = filepath.Join(dir, fmt.Sprintf("photo-%02d.jpg", i+1))
		if err := os.WriteFile(paths[i], data.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func decoded(t testing.TB, path string) *image.YCbCr {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	planes, ok := img.(*image.YCbCr)
	if !ok {
		t.Fatalf("%s is a %T", path, img)
	}
	return planes
}

// mirrored cuts w × h pixels from (x, y) on, and goes back over the picture where it ends.
func mirrored(src *image.YCbCr, w, h, x, y int) *image.YCbCr {
	out := image.NewYCbCr(image.Rect(0, 0, w, h), src.SubsampleRatio)
	back := func(i, size int) int {
		if i %= 2 * size; i >= size {
			return 2*size - 1 - i
		}
		return i
	}
	plane := func(dst, from []uint8, dstStride, fromStride, width, height, fromWidth, fromHeight, x, y int) {
		for row := range height {
			line := from[back(row+y, fromHeight)*fromStride:][:fromWidth]
			for col := range width {
				dst[row*dstStride+col] = line[back(col+x, fromWidth)]
			}
		}
	}
	plane(out.Y, src.Y, out.YStride, src.YStride, w, h, src.Rect.Dx(), src.Rect.Dy(), x, y)
	cols, rows := out.CStride, len(out.Cb)/out.CStride
	srcRows := len(src.Cb) / src.CStride
	dx, dy := w/cols, h/rows
	plane(out.Cb, src.Cb, out.CStride, src.CStride, cols, rows, src.CStride, srcRows, x/dx, y/dy)
	plane(out.Cr, src.Cr, out.CStride, src.CStride, cols, rows, src.CStride, srcRows, x/dx, y/dy)
	return out
}

// cameraQuality is the quality at which a photo that was decoded takes about as many bytes again as its camera wrote.
func cameraQuality(t testing.TB, path string, img *image.YCbCr) int {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	quality := 98
	for ; quality > 85; quality-- {
		var data bytes.Buffer
		if err := jpeg.Encode(&data, img.SubImage(image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy()/4)), &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		if int64(data.Len()) <= info.Size()/4 {
			break
		}
	}
	return quality
}
