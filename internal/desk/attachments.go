package desk

import (
	"context"
	"io"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// AttachmentStore keeps which files can be attached, and to what they belong.
type AttachmentStore interface {
	MayAttach(ctx context.Context, by press.Actor, article press.ArticleID) error
	SaveAttachment(ctx context.Context, by press.Actor, article press.ArticleID, a press.Attachment) error
	Attachments(context.Context, []press.Digest) (map[press.Digest]press.Attachment, error)
	ArticleAttachment(ctx context.Context, by press.UserID, article press.ArticleID, file press.Digest) (press.Attachment, error)
}

// Files keeps bytes under their digest.
type Files interface {
	Put(ctx context.Context, r io.Reader, max int64) (press.Digest, int64, error)
	Open(ctx context.Context, file press.Digest) (io.ReadCloser, int64, error)
}

// KeepAttachment keeps a file that readers of websites are to fetch under an article; saving a revision with it in
// Content.Attachments places it there. Without an article it is kept for one that is still to be made. The bytes must be what
// the name's ending says, and hold no macros; see intake.CheckAttachment.
func (d *Desk) KeepAttachment(ctx context.Context, by press.Actor, article press.ArticleID, name string, r io.Reader) (_ press.Attachment, err error) {
	defer press.Wrap(&err, "desk.KeepAttachment(%s)", article)
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return press.Attachment{}, err
	}
	if article != "" { // before its bytes are kept
		a, err := d.readable(ctx, by, article)
		if err != nil {
			return press.Attachment{}, err // whoever may not read it is not told whose it is
		}
		if err := press.CanWrite(by, a); err != nil {
			return press.Attachment{}, err
		}
	}
	kept := press.Attachment{Name: press.AttachmentName(name)}
	if err := press.CheckAttachmentKind(name); err != nil {
		return kept, err
	}
	if err := d.Store.MayAttach(ctx, by, article); err != nil { // of what is refused later, the bytes stay
		return kept, err
	}
	if kept.File, kept.Size, err = d.Files.Put(ctx, intake.CheckAttachment(kept.Name, r), press.MaxAttachmentBytes); err != nil {
		return press.Attachment{}, err
	}
	return kept, d.Store.SaveAttachment(ctx, by, article, kept)
}

// OpenAttachment returns a file of an article, for those who may read the article; without an article, one that the person
// uploaded. It is called what the current revision calls it, or else what it was called when it was first kept.
func (d *Desk) OpenAttachment(ctx context.Context, by press.Actor, article press.ArticleID, file press.Digest) (_ press.Attachment, _ io.ReadCloser, err error) {
	defer press.Wrap(&err, "desk.OpenAttachment(%s)", article)
	var current press.Article
	if article != "" {
		if current, err = d.readable(ctx, by, article); err != nil {
			return press.Attachment{}, nil, err
		}
	}
	kept, err := d.Store.ArticleAttachment(ctx, by.ID, article, file)
	if err != nil {
		return kept, nil, err
	}
	if article != "" {
		rev, err := d.Store.Revision(ctx, article, current.Revision)
		if err != nil {
			return kept, nil, err
		}
		for _, a := range rev.Content.Attachments {
			if a.File == file {
				kept.Name = a.Name
			}
		}
	}
	r, size, err := d.Files.Open(ctx, file)
	if err == nil && size != kept.Size {
		_ = r.Close() // that it is not what was kept matters more
		return kept, nil, press.AttachmentMissing(kept)
	}
	return kept, r, err
}

// placeAttachments fills in how large the attachments of a content are, and refuses what was never kept, or is called what it is
// not.
func (d *Desk) placeAttachments(ctx context.Context, c *press.Content) error {
	if len(c.Attachments) == 0 {
		return nil
	}
	if err := press.CheckAttachmentCount(len(c.Attachments)); err != nil {
		return err
	}
	files := make([]press.Digest, len(c.Attachments))
	for i, a := range c.Attachments {
		files[i] = a.File
	}
	known, err := d.Store.Attachments(ctx, files)
	if err != nil {
		return err
	}
	placed := make([]press.Attachment, len(c.Attachments))
	for i, a := range c.Attachments {
		kept, ok := known[a.File]
		if !ok {
			return press.AttachmentMissing(a)
		}
		if err := press.CheckRenamed(kept, a); err != nil {
			return err
		}
		a.Size = kept.Size
		placed[i] = a
	}
	c.Attachments = placed
	return nil
}

// findAttachments says how readers reach the attachments of a content, since WeChat takes none.
func (d *Desk) findAttachments(ctx context.Context, c press.Content) ([]press.Finding, error) {
	n := len(c.Attachments)
	if n == 0 {
		return nil, nil
	}
	targets, err := d.SiteTargets(ctx)
	if err != nil {
		return nil, err
	}
	if first, ok := press.FirstPlace(targets, c.Column); ok {
		return []press.Finding{{Code: "attachments.wechat", Where: "attachments", Text: press.Say(
			"WeChat takes no attachments. Readers there reach the %[1]d of this article through 阅读原文, on %[2]s.",
			"微信不支持附件，%[1]d 个附件由%[3]s提供，微信读者点“阅读原文”可下载。", n, first.Called().EN, first.Called().ZH)}}, nil
	}
	return []press.Finding{{Code: "attachments.nowhere", Where: "attachments", Text: press.Say(
		"No reader will reach the %d attachments: WeChat takes none, and no website takes this column. Have an administrator set up a website, or write into the text where the files are.",
		"读者将无法获取这 %d 个附件：微信不支持附件，也没有网站渠道接收本栏目的稿件。请联系管理员设置网站渠道，或在正文中写明领取方式。", n)}}, nil
}
