package press

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Digest is the address of bytes: their SHA-256 in 64 lower-case hexadecimal characters.
type Digest string

// DigestOf returns the address of data.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(hex.EncodeToString(sum[:]))
}

// ParseDigest checks the form of a digest that came from outside.
func ParseDigest(s string) (Digest, error) {
	if !Digest(s).Valid() {
		return "", Fail(Invalid, "digest.form", Say(
			"%q is not a digest: it must be 64 characters of 0-9 and a-f.",
			"%q 不是有效的摘要：应为 64 位的 0-9 和 a-f。", clip(s, 80)))
	}
	return Digest(s), nil
}

// Valid reports whether d has the form of a digest.
func (d Digest) Valid() bool {
	if len(d) != 64 {
		return false
	}
	for i := range len(d) {
		if c := d[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Short returns the first twelve characters, for people and file names.
func (d Digest) Short() string { return clip(string(d), 12) }

// Photo is an original as it was handed in, kept unchanged under its digest. Width and height are what a person sees. What
// the file says about its making stays inside: nothing of it is in a rendition.
type Photo struct {
	Digest  Digest    `json:"digest"`
	Name    string    `json:"name"` // the file's name when it was first handed in
	Format  string    `json:"format"`
	Width   int       `json:"width"`
	Height  int       `json:"height"`
	Bytes   int64     `json:"bytes"`
	HasGPS  bool      `json:"has_gps"`
	Profile string    `json:"profile,omitempty"`
	TakenAt time.Time `json:"taken_at,omitzero"`      // by the camera's clock, as if that were UTC
	Device  string    `json:"device,omitempty"`       // the camera or phone
	Artist  string    `json:"photographer,omitempty"` // as the file names them
	Focus   Point     `json:"focus,omitzero"`         // what the picture is about, as found in it; zero: nothing was found
	Removed []Trace   `json:"removed,omitempty"`      // what the file tells that nothing published does
	AddedAt time.Time `json:"added_at"`
}

// Recipe names a way of making renditions. Its meaning lives in the photo package, with a version.
type Recipe string

// The recipes.
const (
	WeChatBody  Recipe = "wechat-body"  // at most 1080 wide and under 1 MB
	CoverWide   Recipe = "cover-wide"   // 2.35:1, the headline's cover
	CoverSquare Recipe = "cover-square" // 1:1, the cover of the others and of shares
	Thumb       Recipe = "thumb"        // at most 64 KB
	Site480     Recipe = "site-480"
	Site960     Recipe = "site-960"
	Site1600    Recipe = "site-1600"
	SiteShare   Recipe = "site-share" // 1200 × 630, what other programs show of a page that is passed on

	Site480WebP  Recipe = "site-480-webp"
	Site768WebP  Recipe = "site-768-webp" // the text column of a desk's screen, and most phones'
	Site960WebP  Recipe = "site-960-webp"
	Site1600WebP Recipe = "site-1600-webp"
)

// SiteRecipes are the widths that a website picture offers, smallest first.
func SiteRecipes() []Recipe { return []Recipe{Site480, Site960, Site1600} }

// SiteWebPRecipes are the same widths in WebP, for the browsers that read it, and one between them that is what most readers get.
func SiteWebPRecipes() []Recipe {
	return []Recipe{Site480WebP, Site768WebP, Site960WebP, Site1600WebP}
}

// Point is a place in a displayed picture, as fractions of its width and height from the upper left corner.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Rect is a part of a displayed picture, as fractions from the upper left corner.
type Rect struct {
	X1 float64 `json:"x1"`
	Y1 float64 `json:"y1"`
	X2 float64 `json:"x2"`
	Y2 float64 `json:"y2"`
}

// Valid reports whether the rectangle has an area and lies inside the picture.
func (r Rect) Valid() bool {
	return r.X1 >= 0 && r.Y1 >= 0 && r.X2 <= 1 && r.Y2 <= 1 && r.X1 < r.X2 && r.Y1 < r.Y2
}

// Frame says which part of a picture a crop keeps: exactly Crop if there is one, otherwise as much as fits around Focus.
type Frame struct {
	Focus Point `json:"focus"`
	Crop  *Rect `json:"crop,omitempty"`
}

// Centre is the frame of a picture about which nothing is known.
func Centre() Frame { return Frame{Focus: Point{X: 0.5, Y: 0.5}} }

// String is the frame's form in keys: equal frames have equal strings.
func (f Frame) String() string {
	if f.Crop != nil {
		return fmt.Sprintf("c%.4f,%.4f,%.4f,%.4f", f.Crop.X1, f.Crop.Y1, f.Crop.X2, f.Crop.Y2)
	}
	return fmt.Sprintf("f%.4f,%.4f", f.Focus.X, f.Focus.Y)
}

// RenditionKey says exactly which rendition is meant. Raising a recipe's version makes all its renditions anew.
type RenditionKey struct {
	Photo   Digest `json:"photo"`
	Recipe  Recipe `json:"recipe"`
	Version int    `json:"version"`
	Frame   string `json:"frame"` // Frame.String() for crops, "" for recipes that keep the whole picture
}

// Rendition is a resized copy of a photo.
type Rendition struct {
	RenditionKey
	Digest      Digest `json:"digest"`
	ContentType string `json:"content_type"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Bytes       int64  `json:"bytes"`
}

func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n])
}

// ParseFrame reads what Frame.String wrote; "" is the centre.
func ParseFrame(s string) (Frame, bool) {
	if s == "" {
		return Centre(), true
	}
	if len(s) > 60 {
		return Frame{}, false
	}
	f := Frame{}
	if n, _ := fmt.Sscanf(s, "f%f,%f", &f.Focus.X, &f.Focus.Y); n == 2 && f.String() == s {
		return f, f.Focus.X >= 0 && f.Focus.X <= 1 && f.Focus.Y >= 0 && f.Focus.Y <= 1
	}
	crop := Rect{}
	if n, _ := fmt.Sscanf(s, "c%f,%f,%f,%f", &crop.X1, &crop.Y1, &crop.X2, &crop.Y2); n != 4 {
		return Frame{}, false
	}
	f = Frame{Focus: Centre().Focus, Crop: &crop}
	return f, crop.Valid() && f.String() == s
}
