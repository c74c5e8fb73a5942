package photo

import (
	"bytes"
	"encoding/binary"
	"image"

	"newsdesk/internal/press"
)

// readPNG walks the chunks to IEND.
func readPNG(data []byte) (*header, error) {
	h := &header{format: formatPNG, frames: 1}
	for at := 8; ; {
		if at+12 > len(data) {
			return nil, errTruncated
		}
		n, kind := int64(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if int64(at)+12+n > int64(len(data)) {
			return nil, errTruncated
		}
		if kind == "IEND" {
			return h, nil
		}
		if err := h.pngChunk(kind, data[at+8:at+8+int(n)]); err != nil {
			return nil, err
		}
		at += 12 + int(n)
	}
}

func (h *header) pngChunk(kind string, body []byte) error {
	if (h.width == 0) != (kind == "IHDR") {
		return errMalformed // IHDR comes first, and once
	}
	switch kind {
	case "IHDR":
		return h.pngStart(body)
	case "eXIf":
		h.takeExif(body)
	case "tEXt", "zTXt", "iTXt":
		h.takePNGText(kind, body)
	case "tIME":
		h.note(press.TraceTime)
	case "gAMA":
		if len(body) == 4 {
			h.gamma = float64(binary.BigEndian.Uint32(body)) / 100_000
		}
	case "sRGB":
		h.standard = true
	case "iCCP":
		h.icc = inflateProfile(body)
	}
	return nil
}

func (h *header) pngStart(body []byte) error {
	if len(body) != 13 {
		return errMalformed
	}
	w, ht := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
	if w == 0 || ht == 0 || w > 1<<31-1 || ht > 1<<31-1 {
		return errMalformed
	}
	h.width, h.height, h.depth = int(w), int(ht), 8
	if body[8] == 16 {
		h.depth = 16
	}
	h.channels = 4 // the decoder gives RGB four bytes a pixel too
	if body[9] == 0 || body[9] == 3 {
		h.channels = 1
	}
	return nil
}

// inflateProfile reads an iCCP chunk: a name, a zero, the method, and the profile in zlib form.
func inflateProfile(body []byte) []byte {
	_, rest, ok := bytes.Cut(body, []byte{0})
	if !ok || len(rest) < 2 {
		return nil
	}
	return inflate(rest[1:], maxProfile)
}

// readGIF walks the blocks and counts the frames. A file that stops between two blocks is taken: some encoders forget the
// trailer, and every viewer shows such a file.
func readGIF(data []byte) (*header, error) {
	if len(data) < 13 {
		return nil, errTruncated
	}
	h := &header{format: formatGIF, channels: 1, depth: 8}
	h.width, h.height = int(binary.LittleEndian.Uint16(data[6:])), int(binary.LittleEndian.Uint16(data[8:]))
	at := 13 + colourTable(data[10])
	for at < len(data) && data[at] != ';' {
		switch data[at] {
		case '!':
			h.gifExtension(data[at:])
			at = skipSubBlocks(data, at+2)
		case ',':
			if at+10 > len(data) {
				return nil, errTruncated
			}
			h.frames++
			at = skipSubBlocks(data, at+10+colourTable(data[at+9])+1)
		default:
			return nil, errMalformed
		}
		if at < 0 {
			return nil, errTruncated
		}
	}
	if h.frames == 0 {
		return nil, errTruncated
	}
	return h, nil
}

// gifExtension notes comments and what applications add; the loop counter of animations is none of either.
func (h *header) gifExtension(data []byte) {
	switch {
	case len(data) >= 2 && data[1] == 0xfe:
		h.note(press.TraceCaption)
	case len(data) >= 14 && data[1] == 0xff && string(data[3:14]) != "NETSCAPE2.0" && string(data[3:14]) != "ANIMEXTS1.0":
		h.note(press.TraceOther)
	}
}

func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// skipSubBlocks returns where the blocks that begin at at end, or -1 if the data ends first.
func skipSubBlocks(data []byte, at int) int {
	for at < len(data) {
		n := int(data[at])
		at += 1 + n
		if n == 0 {
			return at
		}
	}
	return -1
}

// readWebP walks the RIFF chunks.
func readWebP(data []byte) (*header, error) {
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return nil, errTruncated
	}
	h := &header{format: formatWebP, depth: 8, channels: 4}
	err := riff(data[12:size], func(kind string, body []byte) error { return h.webpChunk(kind, body) })
	if err != nil {
		return nil, err
	}
	if h.width == 0 || h.frames == 0 {
		return nil, errTruncated
	}
	return h, nil
}

// riff calls take for each chunk; chunks are padded to even lengths.
func riff(data []byte, take func(kind string, body []byte) error) error {
	for len(data) >= 8 {
		n := int64(binary.LittleEndian.Uint32(data[4:]))
		if 8+n > int64(len(data)) {
			return errTruncated
		}
		if err := take(string(data[:4]), data[8:8+n]); err != nil {
			return err
		}
		data = data[min(8+n+n%2, int64(len(data))):]
	}
	return nil
}

func (h *header) webpChunk(kind string, body []byte) error {
	switch kind {
	case "VP8X":
		if len(body) < 10 {
			return errMalformed
		}
		h.width, h.height = 1+uint24(body[4:]), 1+uint24(body[7:])
	case "ANMF":
		return h.webpFrame(body)
	case "EXIF":
		h.takeExif(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
	case "ICCP":
		h.icc = body[:min(len(body), maxProfile)]
	case "XMP ":
		h.takeXMP(body)
	}
	return h.webpPixels(kind, body)
}

// webpPixels takes the chunks that hold pixels, the only ones that count within a frame of an animation.
func (h *header) webpPixels(kind string, body []byte) error {
	switch kind {
	case "VP8 ":
		return h.webpLossy(body)
	case "VP8L":
		return h.webpLossless(body)
	}
	return nil
}

func (h *header) webpLossy(body []byte) error {
	if len(body) < 10 {
		return errTruncated
	}
	h.frames++
	return h.webpSize(int(binary.LittleEndian.Uint16(body[6:])&0x3fff), int(binary.LittleEndian.Uint16(body[8:])&0x3fff))
}

func (h *header) webpLossless(body []byte) error {
	if len(body) < 5 {
		return errTruncated
	}
	bits := binary.LittleEndian.Uint32(body[1:])
	h.frames++
	return h.webpSize(1+int(bits&0x3fff), 1+int(bits>>14&0x3fff))
}

// webpSize takes the size of the picture's own chunk, which must be the canvas's: it is what gets decoded.
func (h *header) webpSize(w, ht int) error {
	if h.width != 0 && (h.width != w || h.height != ht) {
		return errMalformed
	}
	h.width, h.height = w, ht
	return nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// webpFrame counts a frame of an animation and keeps the first one as a still file, which the decoder can read.
func (h *header) webpFrame(body []byte) error {
	h.frames++
	if h.frames > 1 {
		return nil
	}
	if len(body) < 24 || h.width == 0 {
		return errMalformed
	}
	still := &header{}
	if err := riff(body[16:], still.webpPixels); err != nil {
		return err
	}
	at := image.Pt(2*uint24(body), 2*uint24(body[3:]))
	if still.width == 0 || at.X+still.width > h.width || at.Y+still.height > h.height {
		return errMalformed
	}
	h.first, h.firstAt = stillWebP(body[16:], still.width, still.height), at
	return nil
}

// stillWebP wraps a frame's chunks as a file. Only chunks with alpha of their own need the extended header.
func stillWebP(chunks []byte, w, h int) []byte {
	var out []byte
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		out = append(out, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
		out = append(out, byte(w-1), byte((w-1)>>8), byte((w-1)>>16), byte(h-1), byte((h-1)>>8), byte((h-1)>>16))
	}
	out = append(out, chunks...)
	size := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(out)))
	return append(append(size, "WEBP"...), out...)
}
