package photo

import (
	"errors"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"golang.org/x/image/bmp"
	xtiff "golang.org/x/image/tiff"

	"newsdesk/internal/press"
)

// Info is what a file says about itself. None of it survives in a rendition.
type Info struct {
	Format        string    // "jpeg", "png", "gif", "webp", "bmp", "tiff", "heic" or "avif", by its bytes
	Width, Height int       // pixels as a person sees them, after Orientation
	Orientation   int       // as the EXIF tag, 1 to 8; 1 where there is none. HEIC and AVIF say it in their own way
	HasGPS        bool      // it says where it was taken
	TakenAt       time.Time // where the file gives no zone, the wall time as if it were UTC
	Device        string    // camera or phone
	Artist        string    // the photographer, as EXIF, XMP, IPTC or a text of the file names them
	Removed       []press.Trace
	Profile       string // "sRGB", "Display P3", "Adobe RGB" or the profile's own name; "" where there is none
	// ColourKept says that the profile is of a kind that cannot be converted (built on tables, or not for RGB): renditions
	// show the stored values as if they were sRGB.
	ColourKept bool
	Frames     int // of an animation; renditions show the first
	// Focus is what the picture is about, where a Job asked for it to be found; the zero point where nothing stands out.
	Focus press.Point
}

// Megapixels is the area in millions of pixels.
func (i Info) Megapixels() float64 { return float64(i.Width) * float64(i.Height) / 1e6 }

func (h *header) info() Info {
	out := Info{
		Format: h.format, Orientation: int(h.exif.orientation), HasGPS: h.exif.gps || h.about.gps,
		TakenAt: h.about.taken, Device: h.exif.camera, Artist: h.about.artist, Removed: h.removed(), Frames: max(h.frames, 1),
	}
	out.Width, out.Height = h.exif.orientation.displayed(h.width, h.height)
	if p := h.profile(); p != nil {
		out.Profile, out.ColourKept = p.name, !p.matrix
	}
	return out
}

// profile is the colour profile to convert from; nil for none, which means sRGB.
func (h *header) profile() *profile {
	p := readProfile(h.icc)
	switch {
	case p != nil && h.cmyk:
		p.matrix = false
	case h.heif != nil && h.heif.nclx.hdr():
		return h.heif.nclx.profile() // a profile beside it has no curve for this, only tables
	case p == nil && h.gamma > 0.1 && h.gamma < 10 && !h.standard:
		return gammaProfile(h.gamma)
	case p == nil && h.heif != nil:
		return h.heif.nclx.profile()
	case p == nil && h.exif.adobeRGB && h.format == formatJPEG:
		return adobeRGB()
	}
	return p
}

func isTruncation(err error) bool {
	return errors.Is(err, errTruncated) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func isUnsupported(err error) bool {
	var a jpeg.UnsupportedError
	var b xtiff.UnsupportedError
	return errors.As(err, &a) || errors.As(err, &b) || errors.Is(err, bmp.ErrUnsupported) ||
		strings.Contains(err.Error(), "unsupported")
}
