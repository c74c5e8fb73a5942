package photo

import (
	"bytes"
	"slices"
	"testing"

	"newsdesk/internal/press"
)

const xmpSample = `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" exif:GPSLatitude="31,13N" exif:DateTimeOriginal="2024-08-16T10:39:11+08:00">
<dc:creator><rdf:Seq><rdf:li>示例摄影</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>`

func TestMetadataIsTold(t *testing.T) {
	t.Parallel()
	plain := func() []byte { return jpegFile(t, scene(32, 24)) }
	iptc := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x16\x1c\x02\x50\x00\x08\xca\xbe\xc0\xfd\xc9\xe3\xd3\xb0\x1c\x02\x5a\x00\x04city"
	for _, tt := range []struct {
		name, artist string
		file         []byte
		want         []press.Trace
	}{
		{"nothing", "", plain(), nil},
		{"exif", "", jpegFile(t, scene(32, 24), exifSegment(1)), []press.Trace{press.TracePlace, press.TraceTime, press.TraceDevice}},
		{"xmp", "示例摄影", jpegFile(t, scene(32, 24), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmpSample)), []press.Trace{press.TracePlace, press.TraceTime, press.TraceArtist}},
		{"iptc in GBK", "示例摄影", jpegFile(t, scene(32, 24), segment(0xed, iptc)), []press.Trace{press.TracePlace, press.TraceArtist}},
		{"a comment", "", jpegFile(t, scene(32, 24), segment(0xfe, "made by us")), []press.Trace{press.TraceCaption}},
		{"a film behind it", "", append(plain(), "....ftypmp42 and the rest of a film"...), []press.Trace{press.TraceOther}},
		{
			"png texts", "Someone", pngFile(t, scene(8, 8), chunk("tEXt", []byte("Author\x00Someone")), chunk("tEXt", []byte("Software\x00Paint")), chunk("tIME", make([]byte, 7))),
			[]press.Trace{press.TraceTime, press.TraceArtist, press.TraceSoftware},
		},
		{"png xmp, packed", "示例摄影", pngFile(t, scene(8, 8), chunk("iTXt", deflated(t, "XML:com.adobe.xmp\x00\x01\x00\x00\x00", []byte(xmpSample)))), []press.Trace{press.TracePlace, press.TraceTime, press.TraceArtist}},
		{"heic", "", heifFile(exifBlock(1), ispe(400, 300)), []press.Trace{press.TracePlace, press.TraceTime, press.TraceDevice}},
	} {
		info, err := Inspect(tt.name, tt.file)
		if err != nil || info.Artist != tt.artist || !slices.Equal(info.Removed, tt.want) {
			t.Errorf("%s: %q, %v, %v; want %q, %v", tt.name, info.Artist, info.Removed, err, tt.artist, tt.want)
		}
	}
	info, err := Inspect("xmp", jpegFile(t, scene(32, 24), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmpSample)))
	if err != nil || !info.HasGPS || info.TakenAt.Hour() != 10 {
		t.Errorf("%+v, %v", info, err)
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(xmpSample))
	f.Add([]byte("8BIM\x04\x04\x00\x00\x00\x00\x00\x08\x1c\x02\x50\x00\x03abc"))
	f.Add(exifBlock(6))
	f.Add([]byte("Author\x00\x00\x00\x00Someone"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h := &header{}
		h.takeXMP(data)
		h.takeIPTC(data)
		h.takePhotoshop(data)
		h.takeExif(data)
		for _, kind := range []string{"tEXt", "zTXt", "iTXt"} {
			h.takePNGText(kind, data)
		}
		if len(h.about.artist) > 3*maxText || bytes.ContainsAny([]byte(h.about.artist), "\n\x00") {
			t.Fatalf("%q", h.about.artist)
		}
	})
}
