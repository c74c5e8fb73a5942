package photo

import (
	"bytes"
	"errors"
	"image"
	"time"

	"golang.org/x/image/bmp"
)

// The formats, as Info.Format says them.
const (
	formatJPEG = "jpeg"
	formatPNG  = "png"
	formatGIF  = "gif"
	formatWebP = "webp"
	formatBMP  = "bmp"
	formatTIFF = "tiff"
	formatHEIC = "heic"
	formatAVIF = "avif"
)

// header is what is known of a file before its pixels are decoded. Width and height are as stored.
type header struct {
	format        string
	width, height int
	channels      int // stored: 1 grey or palette, 3, 4
	depth         int // bits a channel: 8 or 16
	frames        int
	scans         int
	progressive   bool
	sampling      float64 // samples a pixel over all channels, 1.5 for 4:2:0
	cmyk          bool
	exif          exif
	icc           []byte
	about         about
	heif          *heifKind // of HEIC and AVIF
	gamma         float64   // of a PNG without a profile; 0 where it says nothing
	standard      bool      // a PNG says it is sRGB
	noEnd         bool      // a JPEG without its end marker
	opensApart    bool      // there is a program of the system for it
	jpeg          jpegKind
	first         []byte // an animated WebP's first frame as a file of its own
	firstAt       image.Point
}

type exif struct {
	orientation orientation
	gps         bool
	taken       time.Time
	camera      string
	adobeRGB    bool // the camera says so without a profile (DCF option file)
}

// Errors of the readers below; readHeader's caller turns them into sentences that name the file.
var (
	errTruncated = errors.New("ends too early")
	errMalformed = errors.New("malformed")
	errForeign   = errors.New("unknown format")
)

// notSupported is a format that is recognised and not taken, by its name.
type notSupported struct{ english, chinese string }

func (n notSupported) Error() string { return n.english }

// readHeader recognises the format by the first bytes (never by the name) and walks the file's structure.
func readHeader(data []byte) (*header, error) {
	has := func(prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }
	switch {
	case has("\xff\xd8"):
		return readJPEG(data)
	case has("\x89PNG\r\n\x1a\n"):
		return readPNG(data)
	case has("GIF87a"), has("GIF89a"):
		return readGIF(data)
	case has("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return readWebP(data)
	case has("BM"):
		return readBMP(data)
	case has("II*\x00"), has("MM\x00*"):
		return readTIFF(data)
	case isHEIF(data):
		return readHEIF(data)
	}
	return nil, errForeign
}

func readBMP(data []byte) (*header, error) {
	cfg, err := bmp.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, bmp.ErrUnsupported) {
		return nil, notSupported{"a rare kind of BMP", "少见的 BMP"}
	}
	if err != nil {
		return nil, errMalformed
	}
	return &header{format: formatBMP, width: cfg.Width, height: cfg.Height, channels: 4, depth: 8, frames: 1}, nil
}

// memory estimates the bytes that decoding and resampling take at most, the file itself left out.
func (h *header) memory() int64 {
	pixels := int64(h.width) * int64(h.height)
	master := min(pixels, int64(masterWidth)*int64(masterWidth)*3) * 6
	if h.heif != nil {
		return h.openMemory(h.opensApart) + 3*pixels + master // opened, its JPEG and its planes
	}
	if h.fast() && h.noEnd {
		return 2*h.planesMemory(1) + master // decoded strictly first
	}
	if h.fast() {
		return h.planesMemory(h.shrink(masterWidth)) + master
	}
	each := int64(h.channels * h.depth / 8)
	switch h.format {
	case formatGIF:
		each = 5 // palette indexes, then NRGBA
	case formatWebP:
		each = 6 // lossless: NRGBA plus the transform's own copy; lossy with alpha is less
	case formatJPEG:
		each = 4 * 3 // CMYK with a copy for the colours
		if h.progressive {
			each += 4 * int64(h.channels)
		}
	case formatPNG, formatTIFF:
		each = max(each, 4) + each // palettes become NRGBA; interlacing and predictors keep a second copy
	}
	return pixels*each + master
}
