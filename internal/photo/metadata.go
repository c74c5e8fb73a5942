package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"newsdesk/internal/press"
)

// Bounds on what is read of a file about its making.
const (
	maxText     = 200 // bytes of a name
	maxXMP      = 1 << 20
	maxElements = 20_000 // of XMP
)

// about is what a file says about its making beside its EXIF block.
type about struct {
	traces []press.Trace
	gps    bool
	artist string
	taken  time.Time
}

// note remembers that the file carries a kind of metadata.
func (h *header) note(kinds ...press.Trace) {
	for _, k := range kinds {
		if k != "" && !slices.Contains(h.about.traces, k) {
			h.about.traces = append(h.about.traces, k)
		}
	}
}

// removed lists the kinds of metadata in the order that all have.
func (h *header) removed() []press.Trace {
	var out []press.Trace
	for _, k := range press.Traces() {
		if slices.Contains(h.about.traces, k) {
			out = append(out, k)
		}
	}
	return out
}

func (h *header) named(artist string) {
	if h.about.artist == "" {
		h.about.artist = artist
	}
}

func (h *header) dated(at time.Time) {
	if h.about.taken.IsZero() {
		h.about.taken = at
	}
}

// readable makes text of bytes whose encoding nobody wrote down: UTF-8 where it is, otherwise the GBK of Chinese programs.
func readable(raw []byte) string {
	raw, _, _ = bytes.Cut(raw[:min(len(raw), maxText)], []byte{0})
	if !utf8.Valid(raw) {
		decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(raw)
		if err == nil && !bytes.ContainsRune(decoded, utf8.RuneError) {
			raw = decoded
		}
	}
	return tidy(strings.ToValidUTF8(string(raw), ""))
}

// tidy is one line without control characters.
func tidy(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
}

// utf16LE reads the text of the tags that Windows writes.
func utf16LE(raw []byte) string {
	var units []uint16
	for i := 0; i+1 < min(len(raw), 2*maxText); i += 2 {
		u := binary.LittleEndian.Uint16(raw[i:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return tidy(string(utf16.Decode(units)))
}

// exifTraces says what kind each tag is of; tags that only describe the pixels are not here.
var exifTraces = map[uint16]press.Trace{
	0x010d: press.TraceCaption, tagDescription: press.TraceCaption, 0x011d: press.TraceCaption, 0x9286: press.TraceCaption,
	0x9c9b: press.TraceCaption, 0x9c9c: press.TraceCaption, 0x9c9e: press.TraceCaption, 0x9c9f: press.TraceCaption,
	tagMake: press.TraceDevice, tagModel: press.TraceDevice, 0x9a9a: press.TraceDevice, 0xa430: press.TraceArtist,
	0xa431: press.TraceDevice, 0xa432: press.TraceDevice, 0xa433: press.TraceDevice, 0xa434: press.TraceDevice, 0xa435: press.TraceDevice,
	tagMakerNote: press.TraceDevice, 0x829a: press.TraceDevice, 0x829d: press.TraceDevice, 0x8827: press.TraceDevice, 0x920a: press.TraceDevice,
	tagArtist: press.TraceArtist, 0x8298: press.TraceArtist, tagXPAuthor: press.TraceArtist,
	0x000b: press.TraceSoftware, 0x0131: press.TraceSoftware, 0x013c: press.TraceSoftware,
	0x0132: press.TraceTime, tagOriginalTime: press.TraceTime, tagDigitizedTime: press.TraceTime, 0xc71b: press.TraceTime,
	0xa420: press.TraceOther,
}

// takeExif reads an EXIF block. What cannot be read is left out: a photo is not refused for its metadata.
func (h *header) takeExif(block []byte) {
	h.exif = exif{orientation: 1}
	if t, ok := openTIFF(block); ok {
		h.takeDirectories(t)
	}
}

// takeDirectories reads a camera's directories: the picture's, and those it names. What follows the first is a thumbnail.
func (h *header) takeDirectories(t tiff) {
	d := t.first()
	h.exif = t.exif(d)
	sub := t.directory(t.number(d[tagExif]))
	for _, dir := range []directory{d, sub} {
		for tag, e := range dir {
			if len(bytes.Trim(e.value, "\x00 ")) > 0 {
				h.note(exifTraces[tag])
			}
		}
	}
	for tag := range t.directory(t.number(d[tagGPS])) {
		if tag != 0 { // more than its version
			h.note(press.TracePlace)
		}
	}
	if h.format != formatTIFF && t.next() != nil {
		h.note(press.TraceThumbnail)
	}
	h.named(artistOf(d))
	h.dated(h.exif.taken)
}

func artistOf(d directory) string {
	if name := readable(d[tagArtist].value); name != "" {
		return name
	}
	return utf16LE(d[tagXPAuthor].value)
}

// The namespaces of XMP that say something about people, places and times. What is not listed is of another kind.
var xmpSpaces = map[string]press.Trace{
	"http://ns.adobe.com/exif/1.0/aux/": press.TraceDevice, "http://cipa.jp/exif/1.0/": press.TraceDevice,
	"http://ns.adobe.com/exif/1.0/": press.TraceDevice, "http://ns.adobe.com/tiff/1.0/": press.TraceDevice,
	"http://ns.adobe.com/xap/1.0/mm/": press.TraceSoftware, "http://ns.adobe.com/xap/1.0/": press.TraceSoftware,
	"http://ns.adobe.com/camera-raw-settings/1.0/": press.TraceSoftware, "http://ns.adobe.com/xap/1.0/rights/": press.TraceArtist,
	"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": press.TraceSoftware, "http://ns.adobe.com/lightroom/1.0/": press.TraceCaption,
	"http://purl.org/dc/elements/1.1/": press.TraceCaption, "http://ns.adobe.com/photoshop/1.0/": press.TraceCaption,
	"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": press.TraceArtist, "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": press.TraceArtist,
	"http://ns.microsoft.com/photo/1.2/t/Region#": press.TraceArtist, "http://www.metadataworkinggroup.com/schemas/regions/": press.TraceArtist,
}

// xmpTrace says what kind a property is of.
func xmpTrace(name xml.Name) press.Trace {
	local := strings.ToLower(name.Local)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(local, p) })
	}
	switch {
	case strings.Contains(name.Space, "22-rdf-syntax-ns"), strings.HasPrefix(name.Space, "adobe:ns:"), name.Space == "xmlns", name.Space == "",
		name.Space == "http://www.w3.org/XML/1998/namespace":
		return ""
	case has("gpsversion"), has("imagewidth", "imagelength", "pixelxdimension", "pixelydimension", "orientation", "colorspace", "colormode", "iccprofile", "resolution"):
		return ""
	case name.Space == "http://purl.org/dc/elements/1.1/" && local == "format":
		return ""
	case has("gps", "location", "city", "country", "state", "sublocation"):
		return press.TracePlace
	case has("date", "whentaken"):
		return press.TraceTime
	case has("thumbnail"):
		return press.TraceThumbnail
	case has("creatortool", "history", "software"):
		return press.TraceSoftware
	case has("creator", "rights", "credit", "artist", "author", "person", "owner", "source"):
		return press.TraceArtist
	}
	if kind, ok := xmpSpaces[name.Space]; ok {
		return kind
	}
	return press.TraceOther
}

// takeXMP reads a packet of XMP: which kinds of metadata it holds, the photographer and the time.
func (h *header) takeXMP(packet []byte) {
	d := xml.NewDecoder(bytes.NewReader(packet[:min(len(packet), maxXMP)]))
	d.Strict = false
	var within []string
	for range maxElements {
		token, err := d.RawToken()
		if err != nil {
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			within = append(within[:min(len(within), 64)], token.Name.Local)
			h.xmpElement(token)
		case xml.EndElement:
			within = within[:max(0, len(within)-1)]
		case xml.CharData:
			h.xmpText(within, string(token))
		}
	}
}

// xmpPrefixes are the usual ones; a packet could declare others, and hardly any does.
var xmpPrefixes = map[string]string{
	"aux": "http://ns.adobe.com/exif/1.0/aux/", "exifEX": "http://cipa.jp/exif/1.0/", "exif": "http://ns.adobe.com/exif/1.0/",
	"tiff": "http://ns.adobe.com/tiff/1.0/", "xmpMM": "http://ns.adobe.com/xap/1.0/mm/", "xmp": "http://ns.adobe.com/xap/1.0/",
	"xap": "http://ns.adobe.com/xap/1.0/", "xapMM": "http://ns.adobe.com/xap/1.0/mm/", "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
	"stRef": "http://ns.adobe.com/xap/1.0/mm/", "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
	"xmpRights": "http://ns.adobe.com/xap/1.0/rights/", "lr": "http://ns.adobe.com/lightroom/1.0/", "dc": "http://purl.org/dc/elements/1.1/",
	"photoshop": "http://ns.adobe.com/photoshop/1.0/", "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
	"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
	"MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
	"rdf":   "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "x": "adobe:ns:meta/", "xml": "http://www.w3.org/XML/1998/namespace", "xmlns": "xmlns",
}

func fullName(n xml.Name) xml.Name {
	if space, ok := xmpPrefixes[n.Space]; ok {
		n.Space = space
	}
	return n
}

func (h *header) xmpElement(e xml.StartElement) {
	h.note(xmpTrace(fullName(e.Name)))
	for _, a := range e.Attr {
		if strings.TrimSpace(a.Value) == "" {
			continue
		}
		h.note(xmpTrace(fullName(a.Name)))
		h.xmpValue(a.Name.Local, a.Value)
	}
}

// xmpText takes the text of an element, which may lie in lists within it.
func (h *header) xmpText(within []string, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	for i := len(within) - 1; i >= 0 && i >= len(within)-3; i-- {
		switch within[i] {
		case "li", "Seq", "Bag", "Alt":
			continue
		}
		h.xmpValue(within[i], text)
		return
	}
}

func (h *header) xmpValue(name, value string) {
	switch name {
	case "creator":
		h.named(readable([]byte(value)))
	case "DateTimeOriginal", "DateCreated":
		h.dated(xmpTime(value))
	case "GPSLatitude":
		h.about.gps = true
	}
}

// xmpTime reads a time of ISO 8601, with or without a zone.
func xmpTime(s string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// iptcTraces says what kind each dataset of IPTC-IIM record 2 is of.
var iptcTraces = map[byte]press.Trace{
	5: press.TraceCaption, 25: press.TraceCaption, 40: press.TraceCaption, 105: press.TraceCaption, 120: press.TraceCaption,
	55: press.TraceTime, 60: press.TraceTime, 62: press.TraceTime, 63: press.TraceTime, 65: press.TraceSoftware, 70: press.TraceSoftware,
	80: press.TraceArtist, 85: press.TraceArtist, 110: press.TraceArtist, 115: press.TraceArtist, 116: press.TraceArtist,
	118: press.TraceArtist, 122: press.TraceArtist,
	26: press.TracePlace, 27: press.TracePlace, 90: press.TracePlace, 92: press.TracePlace, 95: press.TracePlace,
	100: press.TracePlace, 101: press.TracePlace,
}

// takeIPTC reads datasets of IPTC-IIM.
func (h *header) takeIPTC(data []byte) {
	for len(data) >= 5 && data[0] == 0x1c {
		record, set, n := data[1], data[2], int(binary.BigEndian.Uint16(data[3:]))
		if n > len(data)-5 {
			return // cut off, or an extended length, which no text has
		}
		value := data[5 : 5+n]
		if record == 2 && n > 0 {
			h.note(iptcTraces[set])
			if set == 80 {
				h.named(readable(value))
			}
			if day, err := time.Parse("20060102", string(value)); set == 55 && err == nil {
				h.dated(day)
			}
		}
		data = data[5+n:]
	}
}

// takePhotoshop reads image resources: signature, number, a padded name, and the body, padded too.
func (h *header) takePhotoshop(data []byte) {
	for len(data) >= 12 && string(data[:4]) == "8BIM" {
		id, name := binary.BigEndian.Uint16(data[4:]), int(data[6])+1
		at := 6 + name + name%2
		if at+4 > len(data) {
			return
		}
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if at += 4; n > int64(len(data)-at) {
			return
		}
		body := data[at : at+int(n)]
		switch id {
		case 0x0404:
			h.takeIPTC(body)
		case 0x0409, 0x040c:
			h.note(press.TraceThumbnail)
		case 0x0422:
			h.note(press.TraceOther)
		case 0x0424:
			h.takeXMP(body)
		}
		data = data[min(at+int(n+n%2), len(data)):]
	}
}

// takePNGText reads a tEXt, zTXt or iTXt chunk: a keyword, a zero, and text.
func (h *header) takePNGText(kind string, body []byte) {
	key, rest, ok := bytes.Cut(body, []byte{0})
	if !ok {
		return
	}
	packed := kind == "zTXt"
	switch {
	case kind == "zTXt" && len(rest) > 0:
		rest = rest[1:]
	case kind == "iTXt" && len(rest) > 2:
		packed = rest[0] == 1
		_, rest, _ = bytes.Cut(rest[2:], []byte{0}) // the language
		_, rest, _ = bytes.Cut(rest, []byte{0})     // the keyword in it
	}
	if packed {
		rest = inflate(rest, maxXMP)
	}
	switch strings.ToLower(string(key)) {
	case "xml:com.adobe.xmp":
		h.takeXMP(rest)
	case "author", "artist":
		h.note(press.TraceArtist)
		h.named(readable(rest))
	case "copyright":
		h.note(press.TraceArtist)
	case "creation time", "date:create", "date:modify", "date:timestamp", "create-date", "modify-date":
		h.note(press.TraceTime)
	case "software":
		h.note(press.TraceSoftware)
	case "source":
		h.note(press.TraceDevice)
	case "title", "description", "comment", "disclaimer", "warning":
		h.note(press.TraceCaption)
	default:
		h.note(press.TraceOther)
	}
}

// inflate unpacks zlib data, at most so many bytes of it.
func inflate(data []byte, most int64) []byte {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	defer z.Close()
	out, err := io.ReadAll(io.LimitReader(z, most))
	if err != nil {
		return nil
	}
	return out
}
