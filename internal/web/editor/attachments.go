package editor

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"newsdesk/internal/export"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// attachTime is how long attachments may take to arrive, or to be fetched, over a phone's connection.
const attachTime = 10 * time.Minute

// attachLimits are what the script says before a file is sent.
type attachLimits struct {
	Most    int      `json:"most"`
	Bytes   int64    `json:"bytes"`
	Name    int      `json:"name"` // characters
	Endings []string `json:"endings"`
}

func limitsOfAttachments() attachLimits {
	return attachLimits{press.MaxAttachments, press.MaxAttachmentBytes, press.MaxAttachmentName, press.AttachmentEndings()}
}

// attach keeps one file, as it comes. It is placed in the article by what the editor saves.
func (h handlers) attach(r *page.Request) error {
	if err := h.writable(r); err != nil {
		return err // before anything is sent
	}
	leave, err := h.Gallery.Uploads.Enter(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	defer leave()
	r.Patience(attachTime)
	r.Body = http.MaxBytesReader(r.W, r.Body, press.MaxAttachmentBytes+64<<10)
	noFile := press.Fail(press.Invalid, "attachment.form", press.Say(
		"No file was sent; choose one and try again.", "没有收到文件，请重新选择。"))
	parts, err := r.MultipartReader()
	if err != nil {
		return noFile.Because(err)
	}
	for range 10 {
		part, err := parts.NextPart()
		if err != nil {
			return noFile.Because(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			kept, err := h.Desk.KeepAttachment(r.Context(), r.Actor, r.Article(), part.FileName(), part)
			if err != nil {
				return attachmentCut(part.FileName(), err)
			}
			return r.JSON(kept)
		}
	}
	return noFile
}

// writable refuses a person who may not write in the article; who may not read it is not told whose it is.
func (h handlers) writable(r *page.Request) error {
	a, err := h.Store.Article(r.Context(), r.Article())
	if err != nil {
		return err
	}
	if err := r.Actor.RequireReading(a); err != nil {
		return err
	}
	return press.CanWrite(r.Actor, a)
}

// attachmentCut is the sender's connection, unless it is our bound.
func attachmentCut(name string, err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return press.CheckAttachmentSize(name, press.MaxAttachmentBytes+1)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	name = press.AttachmentName(name)
	return press.Fail(press.Invalid, "attachment.cut", press.Say(
		"%q broke off on its way; send it again.", "“%s”上传中断，请重试。", name)).Because(err)
}

// attachment sends a file of an article to who may read the article. A browser never shows it in the newsroom's own name.
func (h handlers) attachment(r *page.Request) error {
	a, file, err := h.Desk.OpenAttachment(r.Context(), r.Actor, press.ArticleID(r.PathValue("article")), press.Digest(r.PathValue("file")))
	if err != nil {
		return err
	}
	defer file.Close()
	kind, ok := press.AttachmentType(a.Name)
	if !ok {
		kind = "application/octet-stream"
	}
	header := r.W.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", export.Disposition(a.Name))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", page.FilePolicy)
	header.Set("Cache-Control", "private, no-store")
	_ = http.NewResponseController(r.W).SetWriteDeadline(time.Now().Add(attachTime)) // not every writer can
	if whole, ok := file.(io.ReadSeeker); ok {
		http.ServeContent(r.W, r.Request, "", time.Time{}, whole)
		return nil
	}
	header.Set("Content-Length", strconv.FormatInt(a.Size, 10))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(r.W, file) // the reader may have gone
	}
	return nil
}
