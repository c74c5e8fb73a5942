package editor

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// plainAttachment is an attachment in the form without scripts.
type plainAttachment struct {
	press.Attachment
	Place  int // among them, from 1
	Remove bool
}

func plainAttachments(list []press.Attachment) []plainAttachment {
	var out []plainAttachment
	for _, a := range list {
		out = append(out, plainAttachment{Attachment: a, Place: len(out) + 1})
	}
	return out
}

// attached are the attachments as the form was sent, in the order that was asked for.
func (f plainForm) attached() []press.Attachment {
	list := slices.Clone(f.Attachments)
	slices.SortStableFunc(list, func(a, b plainAttachment) int { return a.Place - b.Place })
	var out []press.Attachment
	for _, a := range list {
		if !a.Remove {
			out = append(out, a.Attachment)
		}
	}
	return out
}

// add puts files that came with the form after those that it names.
func (f *plainForm) add(kept []press.Attachment) {
	for _, a := range kept {
		if !slices.ContainsFunc(f.Attachments, func(o plainAttachment) bool { return o.File == a.File }) {
			f.Attachments = append(f.Attachments, plainAttachment{Attachment: a, Place: press.MaxAttachments + 1})
		}
	}
}

// readPlainAttachments reads as many as the form names, and no more than could be kept.
func readPlainAttachments(r *page.Request) []plainAttachment {
	files, names, sizes, places := r.PostForm["attached_file"], r.PostForm["attached_name"], r.PostForm["attached_size"], r.PostForm["attached_place"]
	var out []plainAttachment
	for i := range min(len(files), len(names), len(sizes), len(places), 2*press.MaxAttachments) {
		a := plainAttachment{Remove: slices.Contains(r.PostForm["attached_remove"], files[i])}
		a.File, a.Name, a.Place = press.Digest(files[i]), names[i], i+1
		a.Size, _ = strconv.ParseInt(sizes[i], 10, 64) // the desk fills it in
		if n, err := strconv.Atoi(places[i]); err == nil {
			a.Place = n
		}
		out = append(out, a)
	}
	return out
}

// plainTime is how long the form may take without files.
const plainTime = time.Minute

// receivePlain reads the form. Files that come with it are kept as they come; refused says of each of the others why.
func (h handlers) receivePlain(r *page.Request) (kept []press.Attachment, refused []error, err error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Patience(plainTime)
		r.Body = http.MaxBytesReader(r.W, r.Body, 2*maxSent)
		return nil, nil, r.ParseForm()
	}
	leave, err := h.Gallery.Uploads.Enter(r.Context(), r.Actor.ID)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	r.Patience(attachTime)
	r.Body = http.MaxBytesReader(r.W, r.Body, 2*maxSent+press.MaxAttachments*(press.MaxAttachmentBytes+4<<10))
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, brokenForm(err)
	}
	values, room := url.Values{}, int64(2*maxSent)
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			r.Form, r.PostForm = values, values
			return kept, refused, nil
		}
		if err != nil {
			return kept, refused, brokenForm(err)
		}
		if part.FileName() == "" {
			if err := readField(part, values, &room); err != nil {
				return kept, refused, err
			}
			continue
		}
		a, err := h.Desk.KeepAttachment(r.Context(), r.Actor, r.Article(), part.FileName(), part)
		if err != nil {
			refused = append(refused, attachmentCut(part.FileName(), err))
			continue
		}
		kept = append(kept, a)
	}
	return kept, refused, brokenForm(nil)
}

// maxParts bounds the fields and files of a form; it has some 20, three for each attachment, and the files.
const maxParts = 200

func brokenForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return press.Fail(press.Invalid, "plain.form", press.Say(
		"The form is incomplete. Load the page again and paste your text.", "表单不完整，请刷新页面后重新粘贴文字。")).Because(err)
}

// readField reads a field into what room the form has left.
func readField(part *multipart.Part, values url.Values, room *int64) error {
	data, err := io.ReadAll(io.LimitReader(part, *room+1))
	if err != nil {
		return brokenForm(err)
	}
	if *room -= int64(len(data)); *room < 0 {
		return press.Fail(press.TooLarge, "working.bytes", press.Say(
			"The article has more than %d MB of text and structure; split it in two.",
			"稿件内容超过 %d MB，请拆分为两篇。", press.MaxContentBytes>>20))
	}
	values.Add(part.FormName(), string(data))
	return nil
}

// together are the refusals of several files as one.
func together(refused []error) error {
	var en, zh []string
	for _, err := range refused {
		text := press.TextOf(err)
		en, zh = append(en, text.EN), append(zh, text.ZH)
	}
	return press.Fail(press.KindOf(refused[0]), press.CodeOf(refused[0]), press.Text{EN: strings.Join(en, " "), ZH: strings.Join(zh, "")})
}

// attachPlain keeps what is in the form and shows it again with its new attachments, and says which files were not taken.
func (h handlers) attachPlain(r *page.Request, form plainForm, c press.Content, kept int, refused []error) error {
	_, err := h.Desk.SaveWorking(r.Context(), r.Actor, r.Article(), form.Base, c)
	if err == nil && len(refused) == 0 {
		return r.See(pathOf(r.Article())+"/edit#plain-attached", "attached.kept", "n", kept)
	}
	if err == nil {
		err = together(refused)
	}
	w, e := h.Desk.OpenWriting(r.Context(), r.Actor, r.Article())
	if e != nil {
		return e
	}
	return h.show(r, w, form, err)
}
