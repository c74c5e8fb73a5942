package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/heic"
	"github.com/gen2brain/jpegn"
)

// decodeHEIF opens a HEIC or AVIF file whose turning was taken out, and writes it as JPEG, or as PNG where it is see-through.
func decodeHEIF(file []byte) (_ []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: decoder panicked: %v", errMalformed, r)
		}
	}()
	h, err := readHEIF(file)
	if err != nil {
		return nil, err
	}
	if h.format == formatHEIC {
		return h.joinTiles()
	}
	img, err := avif.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	img, err = h.heif.cutPixels(img, h)
	if err != nil {
		return nil, err
	}
	if h.heif.alpha {
		var out bytes.Buffer
		err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
		return out.Bytes(), err
	}
	canvas := newCanvas(h.width, h.height)
	canvas.put(img, img.Bounds().Min, 0, 0)
	return canvas.jpeg()
}

// cutPixels applies the clean aperture, which the decoders leave aside.
func (k *heifKind) cutPixels(img image.Image, h *header) (image.Image, error) {
	b := img.Bounds()
	if k.cut.w == 0 || (b.Dx() == h.width && b.Dy() == h.height) {
		return img, nil
	}
	part, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	r := image.Rect(k.cut.x, k.cut.y, k.cut.x+k.cut.w, k.cut.y+k.cut.h).Add(b.Min)
	if !ok || !r.In(b) {
		return nil, errMalformed
	}
	return part.SubImage(r), nil
}

// joinTiles decodes the tiles of a HEIC picture one after another, each as a small file of its own, and lays them into planes:
// decoded whole, a picture of 12 megapixels takes 450 MB.
func (h *header) joinTiles() ([]byte, error) {
	k := h.heif
	canvas := newCanvas(h.width, h.height)
	for i, id := range k.tiles {
		it := k.boxes.items[id]
		w, ht, ok := k.boxes.size(it)
		if !ok {
			return nil, errMalformed
		}
		file, err := k.tileFile(it)
		if err != nil {
			return nil, err
		}
		img, err := heic.Decode(bytes.NewReader(file))
		if err != nil {
			return nil, fmt.Errorf("tile %d: %w", i+1, err)
		}
		if b := img.Bounds(); b.Dx() < w || b.Dy() < ht || b.Dx() > w+64 || b.Dy() > ht+64 {
			return nil, errMalformed
		}
		canvas.put(img, img.Bounds().Min, w*(i%k.across)-k.cut.x, ht*(i/k.across)-k.cut.y)
	}
	return canvas.jpeg()
}

// canvas is a picture in 4:2:0 that is put together.
type canvas struct{ *image.YCbCr }

func newCanvas(w, h int) canvas {
	return canvas{image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)}
}

func (c canvas) jpeg() ([]byte, error) {
	var out bytes.Buffer
	err := jpegn.Encode(&out, c.YCbCr, &jpegn.EncodeOptions{Quality: openedQuality})
	return out.Bytes(), err
}

// put lays an opaque picture at a place of the canvas; what hangs over is left out. Chroma is the mean of each four pixels, which
// undoes the doubling by which decoders made pixels of it.
func (c canvas) put(img image.Image, from image.Point, x0, y0 int) {
	read := rgbReader(img)
	b := image.Rect(x0, y0, x0+img.Bounds().Dx(), y0+img.Bounds().Dy()).Intersect(c.Rect)
	for y := b.Min.Y &^ 1; y < b.Max.Y; y += 2 {
		for x := b.Min.X &^ 1; x < b.Max.X; x += 2 {
			var sumB, sumR, n int
			for i := range 4 {
				px, py := x+i&1, y+i>>1
				if !(image.Point{X: px, Y: py}).In(b) {
					continue
				}
				luma, cb, cr := color.RGBToYCbCr(read(from.X+px-x0, from.Y+py-y0))
				c.Y[py*c.YStride+px] = luma
				sumB, sumR, n = sumB+int(cb), sumR+int(cr), n+1
			}
			if n > 0 {
				at := y/2*c.CStride + x/2
				c.Cb[at], c.Cr[at] = byte((sumB+n/2)/n), byte((sumR+n/2)/n)
			}
		}
	}
}

// rgbReader reads the pixels of the kinds that the decoders give.
func rgbReader(img image.Image) func(x, y int) (r, g, b byte) {
	switch img := img.(type) {
	case *image.NRGBA:
		return func(x, y int) (r, g, b byte) {
			p := img.Pix[img.PixOffset(x, y):]
			return p[0], p[1], p[2]
		}
	case *image.RGBA:
		return func(x, y int) (r, g, b byte) {
			p := img.Pix[img.PixOffset(x, y):]
			return p[0], p[1], p[2]
		}
	}
	return func(x, y int) (r, g, b byte) {
		c := color.NRGBA64Model.Convert(img.At(x, y)).(color.NRGBA64)
		return deep8(c.R), deep8(c.G), deep8(c.B)
	}
}

// deep8 rounds a sample of 16 bits to 8.
func deep8(v uint16) byte { return byte((uint32(v)*255 + 32767) / 65535) }

// tileFile writes one coded picture as a file: its data, and its properties but those that turn, cut or profile it.
func (k *heifKind) tileFile(it *heifItem) ([]byte, error) {
	body, err := k.boxes.content(it)
	if err != nil {
		return nil, err
	}
	var props, uses []byte
	coloured := false
	add := func(raw []byte, essential bool) {
		props = append(props, raw...)
		use := byte(len(uses) + 1)
		if essential {
			use |= 0x80
		}
		uses = append(uses, use)
	}
	for _, use := range it.props {
		p := k.boxes.props[use.index]
		switch p.kind {
		case "hvcC", "ispe", "pixi":
			add(p.raw, use.essential)
		case "colr":
			if bytes.HasPrefix(p.body, []byte("nclx")) && !coloured {
				coloured = true
				add(p.raw, false)
			}
		}
		if len(uses) > 100 {
			return nil, errMalformed
		}
	}
	if n := k.nclx; n.given && !coloured {
		colour := binary.BigEndian.AppendUint16([]byte("nclx"), uint16(n.primaries))
		colour = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(colour, uint16(n.transfer)), uint16(n.matrix))
		full := byte(0)
		if n.full {
			full = 0x80
		}
		add(boxOf("colr", append(colour, full)), false)
	}
	u16 := func(v int) []byte { return []byte{byte(v >> 8), byte(v)} }
	const zeros = "\x00\x00\x00\x00"
	meta := func(offset int) []byte {
		location := fmt.Appendf(nil, "%s\x44\x00\x00\x01\x00\x01\x00\x00\x00\x01", zeros)
		location = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(location, uint32(offset)), uint32(len(body)))
		return boxOf("meta", []byte(zeros),
			boxOf("hdlr", []byte(zeros+zeros+"pict"+zeros+zeros+zeros+"\x00")),
			boxOf("pitm", []byte(zeros+"\x00\x01")),
			boxOf("iloc", location),
			boxOf("iinf", []byte(zeros+"\x00\x01"), boxOf("infe", []byte("\x02\x00\x00\x00\x00\x01\x00\x00hvc1\x00"))),
			boxOf("iprp", boxOf("ipco", props), boxOf("ipma", []byte(zeros+"\x00\x00\x00\x01\x00\x01"), u16(len(uses))[1:], uses)))
	}
	head := boxOf("ftyp", []byte("heic\x00\x00\x00\x00mif1heic"))
	offset := len(head) + len(meta(0)) + 8
	return bytes.Join([][]byte{head, meta(offset), boxOf("mdat", body)}, nil), nil
}

// boxOf writes a box.
func boxOf(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(out, kind...), body...)
}
