package export

import (
	"archive/zip"
	"context"
	"fmt"
	"html"
	"io"
	"net/url"
	"path"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// attachmentFolder is where attachments lie in the zip; those who open it read Chinese.
const attachmentFolder = "附件"

// Attached is an attachment as it is taken along.
type Attached struct {
	press.Attachment
	FileName string // no other attachment of the article has it
}

// Path is where it lies in the zip.
func (a Attached) Path() string { return path.Join(attachmentFolder, a.FileName) }

// Attachments lists the article's attachments in order.
func (p *Package) Attachments() []Attached {
	var out []Attached
	taken := map[string]bool{}
	for _, a := range p.Revision.Content.Attachments {
		name := press.AttachmentName(a.Name)
		ending := path.Ext(name)
		for n := 2; taken[strings.ToLower(name)]; n++ { // Windows does not tell large letters from small ones
			name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(press.AttachmentName(a.Name), ending), n, ending)
		}
		taken[strings.ToLower(name)] = true
		out = append(out, Attached{a, name})
	}
	return out
}

// findAttachments makes sure, before anything is written, that every attachment is there.
func (p *Package) findAttachments(ctx context.Context) error {
	for _, a := range p.Revision.Content.Attachments {
		r, err := p.openAttachment(ctx, a)
		if err != nil {
			return err
		}
		_ = r.Close() // it was only looked for
	}
	return nil
}

func (p *Package) openAttachment(ctx context.Context, a press.Attachment) (io.ReadCloser, error) {
	r, size, err := p.x.Files.Open(ctx, a.File)
	if err != nil {
		return nil, press.AttachmentMissing(a).Because(err)
	}
	if size != a.Size {
		_ = r.Close() // that it is not what was kept matters more
		return nil, press.AttachmentMissing(a)
	}
	return r, nil
}

func (p *Package) putAttachments(ctx context.Context, z *zip.Writer) error {
	for _, a := range p.Attachments() {
		r, err := p.openAttachment(ctx, a.Attachment)
		if err != nil {
			return err
		}
		err = p.put(z, a.Path(), zip.Store, func(w io.Writer) error {
			if n, err := io.Copy(w, r); err != nil || n != a.Size {
				return fmt.Errorf("the attachment %s has %d bytes, not %d: %w", a.File.Short(), n, a.Size, err)
			}
			return nil
		})
		_ = r.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// attachmentHead stands above a list of attachments, in the article's language.
func attachmentHead(c press.Content) string {
	return press.Say("Attachments", "附件").In(markup.Language(c))
}

// attachmentLinks is the list of attachments below the body of page.html.
func (p *Package) attachmentLinks() string {
	list := p.Attachments()
	if len(list) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("<p>" + attachmentHead(p.Revision.Content) + "</p>\n<ul>\n")
	for _, a := range list {
		fmt.Fprintf(&out, "<li><a href=\"%s\">%s</a></li>\n", html.EscapeString(a.address()), html.EscapeString(a.Name))
	}
	out.WriteString("</ul>\n")
	return out.String()
}

// address leads from beside the folder in the zip to the file.
func (a Attached) address() string {
	return (&url.URL{Path: a.Path()}).EscapedPath()
}

// attachmentList is the list of attachments below the body of article.md.
func (p *Package) attachmentList() string {
	list := p.Attachments()
	if len(list) == 0 {
		return ""
	}
	out := "\n" + attachmentHead(p.Revision.Content) + "\n\n"
	for _, a := range list {
		out += "- " + markup.MarkdownLink(a.Name, a.address()) + "\n"
	}
	return out
}
