package sandbox

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif"  // header of GIF
	_ "image/jpeg" // header of JPEG
	_ "image/png"  // header of PNG
)

// medium is what the bytes of an upload are, whatever its name and declared type say.
type medium struct {
	format        string // jpeg, png, gif, bmp, mp3, wma, wav, amr, mp4; "" when unknown
	width, height int    // pixels, pictures only
}

// sniff looks at the first bytes; ok is false when they promise a picture whose header cannot be read.
func sniff(data []byte) (m medium, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("BM")) && len(data) >= 26:
		m = medium{"bmp", int(int32(binary.LittleEndian.Uint32(data[18:]))), int(int32(binary.LittleEndian.Uint32(data[22:])))}
		if m.height < 0 { // rows from the top
			m.height = -m.height
		}
		return m, m.width > 0 && m.height > 0
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")), bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")), bytes.HasPrefix(data, []byte("GIF8")):
		cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
		return medium{format, cfg.Width, cfg.Height}, err == nil && cfg.Width > 0 && cfg.Height > 0
	}
	return medium{format: sniffSound(data)}, true
}

func sniffSound(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return "mp3"
	case bytes.HasPrefix(data, []byte("#!AMR")):
		return "amr"
	case bytes.HasPrefix(data, []byte("RIFF")) && len(data) > 12 && string(data[8:12]) == "WAVE":
		return "wav"
	case bytes.HasPrefix(data, []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11")):
		return "wma"
	case len(data) > 12 && string(data[4:8]) == "ftyp":
		return "mp4"
	}
	return ""
}

func contentTypeOf(format string) string {
	switch format {
	case "jpeg", "png", "gif", "bmp":
		return "image/" + format
	case "mp3":
		return "audio/mpeg"
	case "wav", "amr":
		return "audio/" + format
	case "wma":
		return "audio/x-ms-wma"
	case "mp4":
		return "video/mp4"
	}
	return "application/octet-stream"
}
