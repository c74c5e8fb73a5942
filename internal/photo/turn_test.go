package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"testing"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
)

func turn(t testing.TB, data []byte, turns int) []byte {
	t.Helper()
	out, err := New(Config{}).Turn(t.Context(), "photo", data, turns)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rotated(img *image.NRGBA, turns int) *image.NRGBA {
	for range turns {
		img = imaging.Rotate270(img) // imaging counts the other way round
	}
	return img
}

// TestTurn turns pictures of every orientation by every quarter and looks at what a person sees.
func TestTurn(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	for kind, tolerance := range map[string]float64{formatPNG: 0.1, formatJPEG: 1.2} {
		upright := scene(301, 203)
		for o := orientation(1); o <= 8; o++ {
			file := withOrientation(t, kind, upright, o)
			for turns := 1; turns <= 3; turns++ {
				got := turn(t, file, turns)
				if len(got) != len(file) { // a byte or two are other ones, and the checksum of PNG
					t.Errorf("%s %d: %d bytes became %d", kind, o, len(file), len(got))
				}
				want := mustMake(t, New(Config{}), withOrientation(t, kind, rotated(upright, turns), 1), Job{Recipe: press.Site480})[0]
				have := one(t, got, press.Site480, press.Frame{})
				if d := distance(t, decoded(t, have), decoded(t, want)); d > tolerance {
					t.Errorf("%s, orientation %d turned %d times: %.2f apart", kind, o, turns, d)
				}
			}
			if back := turn(t, turn(t, file, 1), 3); !bytes.Equal(back, file) {
				t.Errorf("%s %d: not the same after a full turn", kind, o)
			}
		}
	}
}

// TestTurnKeepsTheRest: where a file has no orientation yet, one is added, and what it says otherwise stays.
func TestTurnKeepsTheRest(t *testing.T) {
	t.Parallel()
	img := scene(60, 40)
	noTag := bytes.Clone(exifBlock(1))
	binary.BigEndian.PutUint16(noTag[10+12:], 0x111) // another tag stands where the orientation did
	profile := iccSegment(iccProfile("Display P3", p3ToXYZ))
	for name, file := range map[string][]byte{
		"JPEG without EXIF":           jpegFile(t, img, profile),
		"JPEG without an orientation": jpegFile(t, img, profile, segment(0xe1, exifHead+string(noTag))),
		"JPEG with broken EXIF":       jpegFile(t, img, profile, segment(0xe1, exifHead+"nonsense")),
		"JPEG with full EXIF":         jpegFile(t, img, profile, segment(0xe1, exifHead+string(noTag)+string(make([]byte, 0xffff-2-6-len(noTag))))),
		"PNG without EXIF":            pngFile(t, img),
		"TIFF":                        encodedTIFF(t, img),
		"GIF":                         encodedGIF(t),
		"BMP":                         encodedBMP(t),
	} {
		before, err := Inspect(name, file)
		if err != nil {
			t.Fatal(name, err)
		}
		turned := turn(t, file, 1)
		after, err := Inspect(name, turned)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if after.Width != before.Height || after.Height != before.Width || after.Profile != before.Profile {
			t.Errorf("%s: %+v became %+v", name, before, after)
		}
		if name == "JPEG without an orientation" && (after.HasGPS != before.HasGPS || !after.TakenAt.Equal(before.TakenAt) || !after.HasGPS) {
			t.Errorf("%s: %+v became %+v", name, before, after)
		}
		full := turned
		for range 3 {
			full = turn(t, full, 1)
		}
		a, b := decoded(t, one(t, file, press.Site480, press.Frame{})), decoded(t, one(t, full, press.Site480, press.Frame{}))
		if d := distance(t, a, b); d > 0.1 {
			t.Errorf("%s: %.2f apart after four turns", name, d)
		}
	}
}

func TestTurnRefuses(t *testing.T) {
	t.Parallel()
	for _, turns := range []int{0, 4, -1} {
		if _, err := New(Config{}).Turn(t.Context(), "a", jpegFile(t, scene(8, 8)), turns); press.CodeOf(err) != "photo.turns" {
			t.Error(err)
		}
	}
	if _, err := New(Config{}).Turn(t.Context(), "a", []byte("no photo"), 1); press.CodeOf(err) != "photo.format" {
		t.Error(err)
	}
}

// FuzzTurn: whatever may be inspected can be turned, and still be inspected.
func FuzzTurn(f *testing.F) {
	f.Add(append([]byte("\xff\xd8"), exifSegment(3)...))
	f.Add(exifBlock(6))
	f.Fuzz(func(t *testing.T, data []byte) {
		turned := orientTIFF(data, 6)
		if got := exifOf(turned).orientation; got != 6 {
			t.Errorf("orientation %d", got)
		}
		h, err := readHeader(data)
		if err != nil || h.format != formatJPEG {
			return
		}
		again, err := readHeader(orientJPEG(data, 6))
		if err != nil || again.exif.orientation != 6 {
			t.Errorf("%v, %+v", err, again)
		}
	})
}
