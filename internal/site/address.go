package site

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"newsdesk/internal/press"
)

// Address returns where readers find an article. It depends on the identifier alone.
func (s *Site) Address(id press.ArticleID) string { return s.absolute(s.Path(id)) }

// Path returns an article's file, relative to the folder. The month is that of the identifier, in UTC, so that neither a
// correction nor a change of zone moves it.
func (s *Site) Path(id press.ArticleID) string {
	return "a/" + press.IDTime(string(id)).Format("2006/01") + "/" + string(id) + ".html"
}

// PhotoFile returns the file of a rendition, relative to the folder; "" if the rendition cannot be one of a website.
func PhotoFile(r press.Rendition) string {
	ext := photoExtension(r.ContentType)
	if !r.Digest.Valid() || ext == "" {
		return ""
	}
	return "p/" + string(r.Digest[:2]) + "/" + string(r.Digest) + ext
}

func photoExtension(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	case "image/avif":
		return ".avif"
	}
	return ""
}

var (
	photoName   = regexp.MustCompile(`^p/([0-9a-f]{2})/([0-9a-f]{64})\.(jpg|png|gif|webp|avif)$`)
	articleName = regexp.MustCompile(`^a/[0-9]{4,5}/[0-9]{2}/([0-9a-z]{26})\.html$`)
)

// articleIn returns the identifier in the file name of an article's page; "" if it is none.
func articleIn(name string) press.ArticleID {
	m := articleName.FindStringSubmatch(name)
	if m == nil || !press.ValidID(m[1]) {
		return ""
	}
	return press.ArticleID(m[1])
}

// link returns the address of a file or folder within the site's host, percent-encoded.
func (s *Site) link(name string) string {
	return (&url.URL{Path: s.base.Path + strings.TrimSuffix(name, "index.html")}).EscapedPath()
}

// absolute is link with scheme and host.
func (s *Site) absolute(name string) string {
	u := *s.base
	u.Path += strings.TrimSuffix(name, "index.html")
	return u.String()
}

// nameOf turns an address that link or absolute made back into the file's name; "" for any other.
func (s *Site) nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Host != "" && u.Host != s.base.Host) {
		return ""
	}
	name, ok := strings.CutPrefix(u.Path, s.base.Path)
	if !ok {
		return ""
	}
	return name
}

// listDir returns the folder of a column's list, with a slash at the end; the nil column is the list of everything.
func listDir(column press.Column) string {
	if len(column) == 0 {
		return "all/"
	}
	var dir strings.Builder
	dir.WriteString("c/")
	for _, name := range column {
		dir.WriteString(segment(name) + "/")
	}
	return dir.String()
}

func indexFile(column press.Column) string { return listDir(column) + "index.html" }

func archiveFile(column press.Column) string { return listDir(column) + "archive.html" }

func feedFile(column press.Column) string {
	if len(column) == 0 {
		return "feed.xml"
	}
	return listDir(column) + "feed.xml"
}

// segment makes a column's name safe for a folder and an address: letters and digits stay, ASCII in lower case, spaces
// become hyphens. Names of which that would lose more than a capital first letter get a piece of their hash, so that two
// columns never share a folder.
func segment(name string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return r
		}
		return '-'
	}, name)
	s = strings.Trim(s, "-")
	if s != "" && s != "page" && sentenceCase(strings.ReplaceAll(s, "-", " ")) == name {
		return s
	}
	return strings.TrimPrefix(s+"-"+string(press.DigestOf([]byte(name))[:6]), "-")
}

func sentenceCase(s string) string {
	if c := s[0]; c >= 'a' && c <= 'z' {
		return string(c-'a'+'A') + s[1:]
	}
	return s
}

// lineage returns the lists that an article of a column is in: of everything, of the outermost column, and so on inwards.
func lineage(column press.Column) []press.Column {
	out := []press.Column{nil}
	for i := range column {
		out = append(out, column[:i+1:i+1])
	}
	return out
}
