package api_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// documentedAttachments gives an article files, and nothing that is not what it says it is.
func documentedAttachments(t *testing.T, d *desk, as func(string) *api.Client) {
	t.Helper()
	ctx, writer := t.Context(), as("writer")
	article := d.handIn(t, "With files").Article
	id := article.ID
	pdf := []byte("%PDF-1.7\n示例\n%%EOF")
	attach := func(name string, data []byte) (press.Attachment, error) {
		return writer.Attach(ctx, id, name, int64(len(data)), bytes.NewReader(data))
	}
	var leave []func()
	for range 3 {
		leave = append(leave, must[func()](t)(d.Gallery.Uploads.Enter(ctx, article.Author)))
	}
	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	if a, err := writer.Attach(soon, id, "a.pdf", int64(len(pdf)), bytes.NewReader(pdf)); err == nil {
		t.Errorf("a fourth file at once was taken: %+v", a)
	}
	cancel()
	for _, l := range leave {
		l()
	}
	first := must[press.Attachment](t)(attach(`C:\公文\报名 表.PDF`, pdf))
	if first.Name != "报名 表.pdf" || first.Size != int64(len(pdf)) || first.File != press.DigestOf(pdf) {
		t.Errorf("kept as %+v", first)
	}
	second := must[press.Attachment](t)(attach("list.csv", []byte("姓名,单位\n示例,示例学院\n")))
	saved := must[api.ArticleReading](t)(writer.SetAttachments(ctx, id, 1, []press.Attachment{second, {File: first.File, Name: "附件1：报名表.pdf"}}))
	list := saved.Revision.Content.Attachments
	if saved.Revision.Number != 2 || len(list) != 2 || list[0] != second || list[1].Name != "附件1：报名表.pdf" || list[1].Size != first.Size {
		t.Errorf("revision %d has %+v", saved.Revision.Number, list)
	}
	var got bytes.Buffer
	if name, err := as("one").ReadAttachment(ctx, id, first.File, &got); err != nil || name != "附件1：报名表.pdf" || !bytes.Equal(got.Bytes(), pdf) {
		t.Errorf("fetched %q (%d bytes), %v", name, got.Len(), err)
	}
	_, err := writer.SetAttachments(ctx, id, 1, nil)
	refused(t, err, press.Conflict, "article.stale")
	_, err = writer.SetAttachments(ctx, id, 2, []press.Attachment{{File: first.File, Name: "报名表.docx"}})
	refused(t, err, press.Invalid, "attachment.renamed")
	_, err = attach("notice.html", []byte("<p>"))
	refused(t, err, press.Unsupported, "attachment.kind")
	if _, err = attach("notice.pdf", []byte("PK\x03\x04")); press.KindOf(err) != press.Unsupported && press.KindOf(err) != press.Invalid {
		t.Errorf("what is no PDF: %v", err)
	}
	_, err = attach("big.txt", bytes.Repeat([]byte("x"), press.MaxAttachmentBytes+1))
	refused(t, err, press.TooLarge, "attachment.bytes")
	_, err = as("one").Attach(ctx, id, "a.pdf", int64(len(pdf)), bytes.NewReader(pdf))
	refused(t, err, press.Forbidden, "role")
	_, err = writer.ReadAttachment(ctx, id, press.Digest(strings.Repeat("0", 64)), &got)
	refused(t, err, press.NotFound, "attachment.missing")
	must[api.ArticleReading](t)(writer.SetAttachments(ctx, id, 2, nil))
}
