package settings

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

// Bounds of the form of column rules. A file that is too large for a watermark is read to its end all the same, up to what
// anybody takes for one by mistake: the answer is then the form again, with everything that was typed.
const (
	rulesForms = 24 << 20
	ruleParts  = 60
)

// ruleLook is how a column's photos and captions look, as a form.
type ruleLook struct {
	Caption  press.CaptionStyle
	Captions []press.CaptionStyle
	Mode     string // of the watermark: markOuter, markOff or markOwn
	Mark     press.Digest
	Corner   press.Corner
	Corners  []press.Corner
	Width    string // percent, as typed
	Opacity  string
	MaxBytes int64

	OuterCaption press.CaptionStyle
	OuterMark    *press.Watermark // that photos carry where the column says nothing; nil: none
}

// What a column says of its watermark.
const (
	markOuter = ""
	markOff   = "off"
	markOwn   = "own"
)

func lookForm(own, outer press.ColumnRules) ruleLook {
	out := ruleLook{
		Caption: own.Caption, Captions: press.CaptionStyles(), Corner: press.BottomRight, Corners: press.Corners(),
		Width: strconv.Itoa(press.WatermarkWidth), Opacity: strconv.Itoa(press.WatermarkOpacity), MaxBytes: press.MaxWatermarkBytes,
		OuterCaption: outer.Caption, OuterMark: outer.Watermark.Shown(),
	}
	switch w := own.Watermark; {
	case w == nil:
	case w.Off:
		out.Mode = markOff
	default:
		full := w.Full()
		out.Mode, out.Mark, out.Corner = markOwn, full.Photo, full.Corner
		out.Width, out.Opacity = strconv.Itoa(full.Width), strconv.Itoa(full.Opacity)
	}
	return out
}

// typed is the form as it was sent, to be shown again.
func (l ruleLook) typed(r *page.Request, rules press.ColumnRules) ruleLook {
	l.Caption, l.Mode = rules.Caption, r.PostFormValue("watermark")
	if rules.Watermark.Shown() != nil {
		l.Mode = markOwn
	}
	l.Mark, l.Corner = press.Digest(r.PostFormValue("mark")), press.Corner(r.PostFormValue("mark_corner"))
	l.Width, l.Opacity = r.PostFormValue("mark_width"), r.PostFormValue("mark_opacity")
	if !l.Mark.Valid() {
		l.Mark = ""
	}
	return l
}

// typedMark is the watermark that a form describes; a picture that was sent with it means that it is wanted.
func typedMark(r *page.Request) *press.Watermark {
	switch r.PostFormValue("watermark") {
	case markOff:
		return &press.Watermark{Off: true}
	case markOwn:
		return &press.Watermark{
			Photo: press.Digest(r.PostFormValue("mark")), Corner: press.Corner(r.PostFormValue("mark_corner")),
			Width: typedNumber(r.PostFormValue("mark_width")), Opacity: typedNumber(r.PostFormValue("mark_opacity")),
		}
	}
	return nil
}

// typedNumber is -1 for what is no number: the domain refuses it, as one that cannot be.
func typedNumber(text string) int {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// sentFile is a file of a form.
type sentFile struct {
	name string
	data []byte // at most one byte more than a watermark may have
}

// receiveRules reads the form of column rules, which may have a file in it. A browser that sends none need not send parts.
func receiveRules(r *page.Request) (file sentFile, err error) {
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return file, r.ParseForm()
	}
	if err != nil {
		return file, badForm(err)
	}
	form, room := url.Values{}, int64(small)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return file, badForm(err)
		}
		if n == ruleParts {
			return file, badForm(nil)
		}
		if part.FileName() != "" {
			if file, err = receiveMark(part); err != nil {
				return file, badForm(err)
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, room+1))
		if room -= int64(len(text)); err != nil || room < 0 {
			return file, badForm(err)
		}
		form.Add(part.FormName(), string(text))
	}
	r.Form, r.PostForm = form, form
	return file, nil
}

func receiveMark(part *multipart.Part) (sentFile, error) {
	data, err := io.ReadAll(io.LimitReader(part, press.MaxWatermarkBytes+1))
	if err == nil {
		_, err = io.Copy(io.Discard, part)
	}
	name := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(part.FileName(), ""))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	return sentFile{name, data}, err
}

func badForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return press.Fail(press.Invalid, "rules.form", press.Say(
		"The form did not arrive whole. Load the page and send it again.", "表单没有完整送达，请刷新页面后重新提交。")).Because(err)
}

// takeMark keeps the picture that came with a form, and writes into the form which it is: a form that is refused for
// something else has it when it is sent again.
func (h handlers) takeMark(r *page.Request, file sentFile) error {
	if len(file.data) == 0 {
		return nil
	}
	leave, err := h.Gallery.Uploads.Enter(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	defer leave()
	room, err := h.Gallery.Uploads.Room(r.Context(), int64(len(file.data)))
	if err != nil {
		return err
	}
	defer room()
	mark, err := h.Desk.TakeWatermark(r.Context(), r.Actor, file.name, file.data)
	if err != nil {
		return err
	}
	r.PostForm.Set("mark", string(mark))
	r.PostForm.Set("watermark", markOwn)
	return nil
}

// shownMark is a photo with the watermark that holds in a column.
type shownMark struct {
	Photo press.Digest
	Key   string
}

// markSample finds a photo on which the watermark that holds in a column can be looked at: the cover of its latest approved
// article, or the plain cover. Nil where there is no watermark.
func (h handlers) markSample(r *page.Request, c press.Column, mark *press.Watermark) (*shownMark, error) {
	if mark = mark.Shown(); mark == nil {
		return nil, nil
	}
	found, err := h.Store.ArticleRows(r.Context(), store.ArticleFilter{Column: c, States: []press.ArticleState{press.ArticleApproved}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(found.Rows) > 0 && found.Rows[0].Cover != "" {
		return &shownMark{found.Rows[0].Cover, mark.Key()}, nil
	}
	plain, err := h.Gallery.PlainCover(r.Context())
	return &shownMark{plain.Digest, mark.Key()}, err
}
