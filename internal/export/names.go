package export

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// Bounds of file names: Windows takes 260 characters for a whole path, most others 255 bytes for one name.
const (
	nameRunes = 40
	nameBytes = 120
)

// SafeName makes of words a part of a file name that every system takes: nothing that separates or stands for something, no
// control characters, no dot or space at an end, no device of Windows, not too long. It may be empty.
func SafeName(words string) string {
	words = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`\/:*?"<>|`, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return ' '
		}
		return r
	}, words)
	words = strings.Join(strings.Fields(words), " ")
	runes := []rune(words)
	runes = runes[:min(len(runes), nameRunes)]
	for len(string(runes)) > nameBytes {
		runes = runes[:len(runes)-1]
	}
	words = strings.Trim(string(runes), ". ")
	if device.MatchString(words) {
		return "_" + words
	}
	return words
}

// device is what Windows takes for a device, whatever ending follows
// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)`)

// Name is what an export of an article is called: 2024-08-16-标题.zip.
func (x *Exporter) Name(e press.Exported) string {
	name := e.At().In(x.Zone).Format("2006-01-02")
	if title := SafeName(e.Revision.Content.Title); title != "" {
		name += "-" + title
	}
	return name + ".zip"
}

// stems names the photos of a body in their order: 01-会场, 02, 03-座谈.
func stems(b press.Body) map[press.Digest]string {
	captions := map[press.Digest]string{}
	for _, p := range b.Pictures() {
		if captions[p.Photo] == "" {
			captions[p.Photo] = SafeName(p.Caption)
		}
	}
	photos := b.Photos()
	digits := max(2, len(strconv.Itoa(len(photos))))
	out := map[press.Digest]string{}
	for i, d := range photos {
		out[d] = fmt.Sprintf("%0*d", digits, i+1)
		if captions[d] != "" {
			out[d] += "-" + captions[d]
		}
	}
	return out
}

// extension is the ending of a rendition's name.
func extension(contentType string) string {
	switch contentType {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	}
	return ".jpg"
}

// photoPath is where a photo lies in the zip in one size.
func photoPath(size Size, stem string, r press.Rendition) string {
	return path.Join("photos", strconv.Itoa(size.Width), stem+extension(r.ContentType))
}

// Disposition is the header that has browsers save an answer under a name, also one that is not ASCII (RFC 6266).
func Disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return -1
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name))
}

// How says in a few words as what an article is exported, for the audit log.
func (p *Package) How() string {
	widths := make([]string, len(p.Sizes))
	for i, size := range p.Sizes {
		widths[i] = strconv.Itoa(size.Width)
	}
	return "zip " + strings.Join(widths, ",")
}
