package photo

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/disintegration/imaging"
	"golang.org/x/image/bmp"
	xtiff "golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// pixelDecoder is a standard decoder; its config is read first, by the decoder's own eyes.
type pixelDecoder struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func decoderOf(format string) pixelDecoder {
	switch format {
	case formatPNG:
		return pixelDecoder{png.DecodeConfig, png.Decode}
	case formatGIF:
		return pixelDecoder{gif.DecodeConfig, gif.Decode}
	case formatWebP:
		return pixelDecoder{webp.DecodeConfig, readWebPPixels}
	case formatBMP:
		return pixelDecoder{bmp.DecodeConfig, bmp.Decode}
	case formatTIFF:
		return pixelDecoder{xtiff.DecodeConfig, xtiff.Decode}
	}
	return pixelDecoder{jpeg.DecodeConfig, jpeg.Decode}
}

// decodePixels decodes any format. A decoder that sees other dimensions than the header that was judged is not let loose.
func decodePixels(ctx context.Context, data []byte, h *header) (image.Image, error) {
	width, height := h.width, h.height
	if h.first != nil {
		data = h.first
	}
	d := decoderOf(h.format)
	cfg, err := d.config(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if cfg.Width > width || cfg.Height > height || (h.first == nil && (cfg.Width != width || cfg.Height != height)) {
		return nil, errMalformed
	}
	img, err := d.decode(stopReader{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, err
	}
	return safe(img, h)
}

// safe returns an image that imaging may read. It reads pixels in goroutines of its own, where an index beyond a palette
// or a short buffer ends the process and cannot be recovered from; so kinds that can hold neither pass, once their buffer is
// measured, and every other kind is copied here, pixel by checked pixel.
func safe(img image.Image, h *header) (image.Image, error) {
	canvas := image.Rect(0, 0, h.width, h.height)
	if img.Bounds() == canvas && h.first == nil {
		switch img := img.(type) {
		case *image.NRGBA:
			return img, enough(img.Pix, img.Stride, 4, canvas)
		case *image.RGBA:
			return img, enough(img.Pix, img.Stride, 4, canvas)
		case *image.NRGBA64:
			return img, enough(img.Pix, img.Stride, 8, canvas)
		case *image.RGBA64:
			return img, enough(img.Pix, img.Stride, 8, canvas)
		case *image.Gray:
			return img, enough(img.Pix, img.Stride, 1, canvas)
		case *image.Gray16:
			return img, enough(img.Pix, img.Stride, 2, canvas)
		}
	}
	return copyPixels(img, canvas, h.firstAt)
}

func enough(pix []byte, stride, each int, canvas image.Rectangle) error {
	if stride < each*canvas.Dx() || len(pix) < stride*(canvas.Dy()-1)+each*canvas.Dx() {
		return errMalformed
	}
	return nil
}

// copyPixels puts an image on a transparent canvas: a GIF's or WebP's first frame may be smaller.
func copyPixels(img image.Image, canvas image.Rectangle, at image.Point) (*image.NRGBA, error) {
	b := img.Bounds()
	to := b.Add(at)
	if !to.In(canvas) {
		return nil, errMalformed
	}
	read := pixelReader(img)
	out := image.NewNRGBA(canvas)
	for y := range b.Dy() {
		row := out.Pix[out.PixOffset(to.Min.X, to.Min.Y+y):][:4*b.Dx()]
		for x := range b.Dx() {
			c := read(b.Min.X+x, b.Min.Y+y)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
	return out, nil
}

func pixelReader(img image.Image) func(x, y int) color.NRGBA {
	switch img := img.(type) {
	case *image.Paletted:
		return palettedReader(img)
	case *image.CMYK:
		return func(x, y int) color.NRGBA {
			c := img.CMYKAt(x, y)
			r, g, b := color.CMYKToRGB(c.C, c.M, c.Y, c.K)
			return color.NRGBA{r, g, b, 255}
		}
	case *image.YCbCr:
		return func(x, y int) color.NRGBA {
			c := img.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return color.NRGBA{r, g, b, 255}
		}
	case *image.NYCbCrA:
		return func(x, y int) color.NRGBA {
			c := img.NYCbCrAAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return color.NRGBA{r, g, b, c.A}
		}
	}
	return func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) }
}

// palettedReader gives transparency to an index that the palette does not have.
func palettedReader(img *image.Paletted) func(x, y int) color.NRGBA {
	var table [256]color.NRGBA
	for i, c := range img.Palette[:min(len(img.Palette), 256)] {
		table[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	return func(x, y int) color.NRGBA { return table[img.ColorIndexAt(x, y)] }
}

// turned applies an orientation to pixels.
func (o orientation) turned(img *image.NRGBA) *image.NRGBA {
	switch o {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img) // imaging turns anticlockwise
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	}
	return img
}

// opaque reports whether no pixel lets anything through.
func opaque(img *image.NRGBA) bool {
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*img.Rect.Dx()]
		for x := 3; x < len(row); x += 4 {
			if row[x] != 255 {
				return false
			}
		}
	}
	return true
}

// onWhite lays pixels on white paper.
func onWhite(img *image.NRGBA) *image.NRGBA {
	paper := imaging.New(img.Rect.Dx(), img.Rect.Dy(), color.White)
	return imaging.Overlay(paper, img, image.Point{}, 1)
}

// fewColours reports whether an image is a drawing: photos have more colours than this within a few rows.
func fewColours(img *image.NRGBA) bool {
	const few = 4096
	seen := make(map[[3]byte]struct{}, few)
	var last [3]byte
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*img.Rect.Dx()]
		for x := 0; x < len(row); x += 4 {
			if c := [3]byte(row[x : x+3]); c != last {
				last = c
				if seen[c] = struct{}{}; len(seen) > few {
					return false
				}
			}
		}
	}
	return true
}
