package wordpress

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// ownSlugs begin the slugs of all that is uploaded.
const ownSlugs = "newsdesk-"

// fileSlugs begin the slugs of an article's attachments. Unlike photos they are not shared by articles, so that one can be
// deleted when its article drops it.
func fileSlugs(id press.ArticleID) string {
	return ownSlugs + "file-" + strings.ToLower(string(id)) + "-"
}

// files sees to it that an article's attachments hang on its post, each once and under its own name, and says where.
func (c *Client) files(ctx context.Context, page press.Page, postID int64) ([]markup.WordPressFile, error) {
	if len(page.Content.Attachments) == 0 {
		return nil, nil
	}
	there, err := c.hangingOn(ctx, postID)
	if err != nil {
		return nil, err
	}
	out := make([]markup.WordPressFile, 0, len(page.Content.Attachments))
	for _, a := range page.Content.Attachments {
		slug := fileSlugs(page.ID) + string(a.File[:24])
		i := slices.IndexFunc(there, func(m medium) bool { // with another name it is another file for those who fetch it
			return strings.HasPrefix(m.Slug, slug) && html.UnescapeString(m.Title.Raw) == a.Name
		})
		var m medium
		if i >= 0 {
			m = there[i]
		} else if m, err = c.uploadFile(ctx, a, slug, postID); err != nil {
			return nil, err
		}
		if len(m.URL) > maxPhotoURL || strings.ContainsFunc(m.URL, unicode.IsControl) {
			return nil, uploadFault("", "")
		}
		out = append(out, markup.WordPressFile{ID: m.ID, URL: m.URL, Name: a.Name, Size: a.SizeText()})
	}
	return out, nil
}

// uploadFile brings an attachment under its own name, which is what it is called when readers fetch it.
func (c *Client) uploadFile(ctx context.Context, a press.Attachment, slug string, postID int64) (m medium, err error) {
	mime, ok := press.AttachmentType(a.Name)
	if !ok {
		mime = "application/octet-stream"
	}
	data, err := c.bytesOf(ctx, a.File, press.MaxAttachmentBytes)
	if err != nil {
		return m, err
	}
	f, err := uploadForm(a.Name, mime, data, fieldsOf(postID, map[string]string{"slug": slug, "title": a.Name}))
	if err != nil {
		return m, err
	}
	_, err = c.do(ctx, request{path: "wp/v2/media", query: url.Values{"_fields": {hangingFields}}, method: http.MethodPost, form: f}, &m)
	if fault, ok := asFault(err); ok {
		return m, ofFile(fault, a)
	}
	return m, err
}

// ofFile says of a fault of an upload which attachment it is about.
func ofFile(f *press.PageFault, a press.Attachment) *press.PageFault {
	switch f.Code {
	case "wordpress.too_large":
		f.Text = press.Say("The attachment “%s” (%s) is larger than WordPress's server takes.", "附件“%s”（%s）超过对方服务器允许的上传大小。", a.Name, a.SizeText())
		f.Fix = press.Text{
			EN: strings.Replace(f.Fix.EN, "8 MB", "24 MB", 1) + " Or attach a smaller file.",
			ZH: strings.Replace(f.Fix.ZH, "8 MB", "24 MB", 1) + "也可以换一个较小的附件。",
		}
	case "wordpress.file_type":
		f.Text = press.Say("WordPress does not take attachments like “%s”.", "WordPress 不接受附件“%s”这类文件。", a.Name)
		f.Fix = press.Say("Have that kind of file allowed there (a security plugin, or a network's list of file types, decides), or attach it as PDF.",
			"请在对方网站允许该文件类型（由安全插件或多站点的文件类型设置决定），或改附 PDF。")
	}
	return f
}

// expectFiles notes that attachments may hang on a post before the first of them is brought: cut off, they would not be looked
// for when a later revision has none.
func (c *Client) expectFiles(ctx context.Context, page press.Page, place press.PagePlace, was mark) (mark, error) {
	n := len(page.Content.Attachments)
	if n == 0 || was.Files > 0 {
		return was, nil
	}
	was.Files = n
	return was, c.note(ctx, place, was)
}

// dropFiles deletes the attachments of ours that hang on a post and are not among those kept.
func (c *Client) dropFiles(ctx context.Context, id press.ArticleID, postID int64, kept []markup.WordPressFile) error {
	there, err := c.hangingOn(ctx, postID)
	if err != nil {
		return err
	}
	for _, m := range there {
		if !strings.HasPrefix(m.Slug, fileSlugs(id)) ||
			slices.ContainsFunc(kept, func(f markup.WordPressFile) bool { return f.ID == m.ID }) {
			continue
		}
		if err := c.erase(ctx, "wp/v2/media/", m.ID); err != nil {
			return err
		}
	}
	return nil
}
