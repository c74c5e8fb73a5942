package site

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"

	"newsdesk/internal/press"
)

// An attachment lies in a folder that is named by the digest of its bytes, under the name that readers see, so that whatever
// serves it, it is called that when it is fetched. One name and the same bytes are one file, whichever articles have it; it comes
// and goes as photos do.

// maxFileName bounds an attachment's name within the folder, in bytes: file systems take 255.
const maxFileName = 200

// Nothing else on a page can contain these marks: everything that people write is escaped.
const (
	attachmentsStart = "<!--attachments-->"
	attachmentsEnd   = "<!--/attachments-->"
)

var attachmentName = regexp.MustCompile(`^p/[0-9a-f]{2}/[0-9a-f]{64}/[^/]+\.[a-z]{2,4}$`)

// AttachmentFile returns the file of an attachment, relative to the folder; "" if it cannot be one of a website.
func AttachmentFile(a press.Attachment) string {
	name := fileName(a.Name)
	if _, ok := press.AttachmentType(name); !ok || !a.File.Valid() {
		return ""
	}
	return "p/" + string(a.File[:2]) + "/" + string(a.File) + "/" + name
}

// innerEnding is what Apache would look at besides a name's last ending: 名单.php.pdf is a program on many a host.
var innerEnding = regexp.MustCompile(`\.([A-Za-z])`)

// fileName makes of an attachment's name one that every file system, bucket, server and address takes as it is.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r > 0x7f || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(" -_.()", r) {
			return r
		}
		return '_'
	}, norm.NFC.String(press.AttachmentName(name)))
	ending := path.Ext(name)
	stem := []rune(innerEnding.ReplaceAllString(strings.TrimSuffix(name, ending), "_$1"))
	for len(string(stem))+len(ending) > maxFileName {
		stem = stem[:len(stem)-1]
	}
	return string(stem) + ending
}

// isContent reports whether a file is named by its bytes, so that it never changes.
func isContent(name string) bool {
	return photoName.MatchString(name) || attachmentName.MatchString(name)
}

type attachmentsView struct {
	*chrome
	ChromeLang string // where it is not the page's
	Files      []attachmentView
}

// attachmentView is one attachment; About is its kind and size.
type attachmentView struct{ URL, Name, About string }

func (v *attachmentsView) wear(c *chrome, _ any) { v.chrome = c }

// attachments returns the part of an article's page that lists its attachments; "" where there are none. It follows the body, in
// every template that shows one.
func (s *Site) attachments(a Article, lang press.Lang) (template.HTML, error) {
	list := a.Content.Attachments
	if len(list) == 0 {
		return "", nil
	}
	v := attachmentsView{chrome: &s.chrome}
	if tagOf(lang) != s.chrome.Lang {
		v.ChromeLang = s.chrome.Lang
	}
	for _, f := range list {
		v.Files = append(v.Files, attachmentView{URL: s.attachmentLink(f), Name: f.Name, About: f.Kind() + " · " + f.SizeText()})
	}
	part, err := s.pages.render("attachments", v)
	return template.HTML(attachmentsStart + string(part) + attachmentsEnd), err // made by our own template
}

// attachmentLink is where a page's readers fetch an attachment; nowhere, where a page is looked at by itself.
func (s *Site) attachmentLink(a press.Attachment) string {
	if s.cfg.Alone {
		return ""
	}
	return s.link(AttachmentFile(a))
}

// attachmentsOf are an article's attachments as files to be written.
func (s *Site) attachmentsOf(a Article) (out []content) {
	if s.cfg.Alone {
		return nil
	}
	for _, f := range a.Content.Attachments {
		out = append(out, content{
			name: AttachmentFile(f), digest: f.File, bytes: f.Size, most: press.MaxAttachmentBytes,
			en: "An attachment", zh: "附件“" + f.Name + "”",
			open: func(ctx context.Context) (io.ReadCloser, error) { return a.Attached(ctx, f) },
		})
	}
	return out
}

func (s *Site) checkAttachments(a Article) error {
	for _, f := range a.Content.Attachments {
		if !s.cfg.Alone && (a.Attached == nil || AttachmentFile(f) == "") {
			return press.Fail(press.Internal, "site.attachment", press.Say(
				"The attachment %q has no file for the website; the page is not published without it.",
				"附件“%s”没有可用于网站的文件，页面暂不发布。", f.Name))
		}
	}
	return nil
}

// disposition has a browser keep an attachment instead of showing it (RFC 6266), under its name; "" for any other file.
func disposition(name string) string {
	if !attachmentName.MatchString(name) {
		return ""
	}
	return "attachment; filename*=UTF-8''" + url.PathEscape(path.Base(name))
}

// attached returns the files of the attachments that an article's page lists.
func (s *Site) attached(page []byte) (names []string) {
	for z := html.NewTokenizer(bytes.NewReader(between(page, attachmentsStart, attachmentsEnd))); z.Next() != html.ErrorToken; {
		if t := z.Token(); t.DataAtom == atom.A {
			if name := s.nameOf(attr(t, "href")); attachmentName.MatchString(name) {
				names = append(names, name)
			}
		}
	}
	return names
}
