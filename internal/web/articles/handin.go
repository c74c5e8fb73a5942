package articles

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake/spool"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

// offer is the page on which a parcel is handed in.
type offer struct {
	Columns []press.Column
	Own     []store.ArticleRow // whose next revision it may become
	Article press.ArticleID    // that is chosen
	Column  string             // that is chosen
	Limits  limits
	Office  bool   // old documents are read too
	Accept  string // what a browser offers first; it lets a person choose anything
}

// accepted are the files that a parcel is made of beside attachments, as a browser's field wants them named.
const accepted = ".docx,.docm,.doc,.wps,.odt,.rtf,.txt,.md,.markdown,.html,.htm,.zip,image/*,.heic,.heif,.hif,.avif,.tif,.tiff,.bmp,.webp"

// limits are said before anybody waits for an upload in vain.
type limits struct {
	Files, Photos, Attachments       int
	Parcel, Document, Word, OnePhoto int64
	OneAttachment                    string
}

// ownShown is how many of a person's articles are offered to be revised by a parcel.
const ownShown = 50

func (h handlers) offer(r *page.Request) error {
	o, err := h.offered(r)
	if err != nil {
		return err
	}
	return r.Render("handin.html", o)
}

func (h handlers) offered(r *page.Request) (o offer, err error) {
	l := h.Desk.Limits
	o = offer{
		Article: press.ArticleID(r.URL.Query().Get("article")), Column: r.URL.Query().Get("column"),
		Office: h.Desk.Converter != nil, Accept: accepted + "," + strings.Join(press.AttachmentEndings(), ","),
		Limits: limits{
			Files: l.Files, Photos: l.Photos, Attachments: press.MaxAttachments,
			Parcel: h.MaxParcel, Document: l.DocumentBytes, Word: l.WordBytes, OnePhoto: l.PhotoBytes, OneAttachment: press.Attachment{Size: press.MaxAttachmentBytes}.SizeText(),
		},
	}
	if o.Columns, err = h.Desk.ColumnChoices(r.Context()); err != nil {
		return o, err
	}
	o.Own, err = h.ownArticles(r, o.Article)
	return o, err
}

// ownArticles are those that a parcel may become the next revision of: the person's own that are on their way, and the one
// that was asked for.
func (h handlers) ownArticles(r *page.Request, asked press.ArticleID) ([]store.ArticleRow, error) {
	found, err := h.Store.ArticleRows(r.Context(), store.ArticleFilter{
		Author: r.Actor.ID, Limit: ownShown,
		States: []press.ArticleState{press.ArticleDraft, press.ArticleReturned, press.ArticleReview, press.ArticleApproved},
	})
	if err != nil || asked == "" {
		return found.Rows, err
	}
	if slices.ContainsFunc(found.Rows, func(a store.ArticleRow) bool { return a.ID == asked }) {
		return found.Rows, nil
	}
	rows, err := h.Store.ArticleRowsOf(r.Context(), []press.ArticleID{asked})
	if err == nil && len(rows) == 1 && press.CanWrite(r.Actor, rows[0].Article) == nil {
		found.Rows = append(rows, found.Rows...)
	}
	return found.Rows, err
}

// handIn takes a parcel in. A refusal is answered while the upload may still be coming.
func (h handlers) handIn(r *page.Request) error {
	parcel, err := spool.Receive(r.W, r.Request, spool.Config{
		Dir: h.SpoolDir, MaxBytes: h.MaxParcel, Limits: h.Desk.Limits, FileField: "files", PathField: "paths",
		Fields: []string{"article", "column", "submit"},
	})
	if err != nil {
		spool.AnswerEarly(r.W, r.Request, func() { h.refused(r, err) })
		return nil
	}
	defer parcel.Close()
	if err := r.Again(writers...); err != nil {
		return err
	}
	if len(parcel.Files) == 0 {
		h.refused(r, press.Fail(press.Invalid, "parcel.empty", press.Say(
			"No file is chosen. Choose a document, photos, a folder or a zip.", "没有选择文件。请选择文档、照片、文件夹或压缩包。")))
		return nil
	}
	work := desk.HandIn{
		Files: parcel.Files, Scratch: parcel.Scratch(), Article: press.ArticleID(parcel.Fields["article"]), Column: press.ParseColumn(parcel.Fields["column"]),
		Draft: parcel.Fields["submit"] == "",
	}
	if spool.WantsLines(r.Request) {
		h.handInWatched(r, work)
		return nil
	}
	handed, err := h.Desk.HandIn(r.Context(), r.Actor, work)
	if err != nil {
		h.refused(r, err)
		return nil
	}
	return r.See(understoodPath(handed), "")
}

func understoodPath(handed desk.HandedIn) string { return "/hand-in/" + string(handed.Article.ID) }

// refused shows the page again, or tells the script.
func (h handlers) refused(r *page.Request, err error) {
	o, failed := h.offered(r)
	if failed == nil {
		failed = r.Refuse(err, "handin.html", o)
	}
	if failed != nil {
		r.Answer(failed)
	}
}

// parcel is what was understood of what was handed in.
type parcel struct {
	store.ArticleRow
	Rev      press.Revision
	Photos   []placed
	Unplaced []press.Photo
	Text     template.HTML
	Words    int // of the body, as the rules of columns count them
	Paras    int
	Findings []finding
	Held     []press.Note            // why it was not handed in for review, though it was meant to be
	Broken   []finding               // the rules of the column that it breaks, where it is held for them
	Document string                  // that was read; empty: the revision was written here
	Captions int                     // of the photos in the body
	Names    map[press.Digest]string // of the photos in the body, as they came
	Absent   []press.Note            // of the notes: photos that the document names and that did not come
	Check    []press.Note            // what was understood as it was likely meant
	Left     []press.Note            // what was not taken, and why
	Refused  int                     // photos among it
	Own      []store.ArticleRow      // others, whose next revision it may become instead
	Submit   bool                    // it can be handed in for review
}

// finding is what preflight says, once where it says the same of several places.
type finding struct {
	press.Finding
	Times int
}

func grouped(list []press.Finding) (out []finding) {
	for _, f := range list {
		i := slices.IndexFunc(out, func(o finding) bool { return o.Code == f.Code && o.Text == f.Text })
		if i < 0 {
			out = append(out, finding{Finding: f})
			i = len(out) - 1
		}
		out[i].Times++
	}
	return out
}

// notesOf are a revision's notes. A file or a line stands beside a note only where the note itself does not name it. A photo
// that could not be read is not also said to be kept.
func notesOf(rev press.Revision) []press.Note {
	out := slices.DeleteFunc(slices.Clone(rev.Notes), func(n press.Note) bool {
		return n.Code == desk.NoteRead || n.Code == desk.NotePhotoKnown || n.Code == "photo.unplaced" && slices.ContainsFunc(rev.Notes, func(o press.Note) bool {
			return o.File == n.File && o.Code != n.Code && o.Code != desk.NotePhotoKnown && strings.HasPrefix(o.Code, "photo.")
		})
	})
	for i, n := range out {
		if strings.Contains(n.Text.ZH, " "+strconv.Itoa(n.Line)+" ") {
			out[i].Line = 0
		}
		if strings.Contains(n.Text.ZH, n.File) || strings.HasPrefix(n.Code, "attachment.") {
			out[i].File = "" // its name is what an attachment will be called
		}
	}
	return out
}

type placed struct {
	press.Picture
	Cover bool
}

func (h handlers) handedIn(r *page.Request) error {
	p, err := h.understood(r)
	if err != nil {
		return err
	}
	return r.Render("parcel.html", p)
}

func (h handlers) understood(r *page.Request) (p parcel, err error) {
	ctx, id := r.Context(), r.Article()
	file, err := h.Store.ArticleFile(ctx, id)
	if err != nil {
		return p, err
	}
	p.ArticleRow = file.ArticleRow
	if err := r.Actor.RequireReading(p.Article); err != nil {
		return p, err
	}
	if p.Rev, err = h.Store.Revision(ctx, id, 0); err != nil {
		return p, err
	}
	c := p.Rev.Content
	p.Words, p.Paras = press.CountWords(c.Body.Text()), paragraphs(c.Body)
	for _, picture := range c.Body.Pictures() {
		if picture.Caption != "" {
			p.Captions++
		}
		p.Photos = append(p.Photos, placed{picture, picture.Photo == c.Cover.Photo})
	}
	if p.Text, err = h.reading(r, c); err != nil {
		return p, err
	}
	if p.Unplaced, err = h.unplaced(r, p.Rev); err != nil {
		return p, err
	}
	findings, err := h.Desk.Preflight(ctx, id, "")
	if err != nil {
		return p, err
	}
	p.Findings = grouped(findings)
	p.sortRules()
	p.sortNotes()
	if p.Names, err = h.names(r, p.Rev); err != nil {
		return p, err
	}
	p.Submit = press.CanWrite(r.Actor, p.Article) == nil && (p.State == press.ArticleDraft || p.State == press.ArticleReturned)
	own, err := h.ownArticles(r, "")
	p.Own = slices.DeleteFunc(own, func(a store.ArticleRow) bool { return a.ID == id })
	return p, err
}

// sortNotes tells what is missing from what is to be checked and what was not taken. Photos that stand nowhere are shown as
// photos, not said one by one.
func (p *parcel) sortNotes() {
	for _, n := range p.Rev.Notes {
		if n.Code == desk.NoteRead {
			p.Document = n.File
		}
	}
	for _, n := range notesOf(p.Rev) {
		area, what, _ := strings.Cut(n.Code, ".")
		switch {
		case n.Code == "photo.unplaced" || p.heldBy(n):
		case slices.Contains([]string{"missing", "marker", "ambiguous", "remote"}, what):
			p.Absent = append(p.Absent, n)
		case area == "photo" && !slices.Contains([]string{"order", "at_end", "nowhere", "cover", "twice", "embedded", "animated"}, what):
			p.Left = append(p.Left, n)
			p.Refused++
		case area == "attachment" && n.Code != desk.NoteAttached && n.Code != desk.NoteAttachmentsKept, area == "file" || area == "zip" || n.Code == "caption.line" || n.Code == "caption.file":
			p.Left = append(p.Left, n)
		default:
			p.Check = append(p.Check, n)
		}
	}
}

// names are what the photos in the body were called when they came.
func (h handlers) names(r *page.Request, rev press.Revision) (map[press.Digest]string, error) {
	known, err := h.Store.Photos(r.Context(), rev.Content.Photos())
	out := make(map[press.Digest]string, len(known))
	for digest, photo := range known {
		name := nameIn(rev, photo)
		out[digest] = name[strings.LastIndexAny(name, `/\`)+1:]
	}
	return out, err
}

// nameIn is what a photo was called in the parcel: its record has the name that it came with first, maybe in another one.
func nameIn(rev press.Revision, photo press.Photo) string {
	for _, n := range rev.Notes {
		if n.Code == desk.NotePhotoKnown && n.Photo == photo.Digest {
			return n.File
		}
	}
	return photo.Name
}

// unplaced are the photos that the article does not show, under the names they were handed in with.
func (h handlers) unplaced(r *page.Request, rev press.Revision) (out []press.Photo, err error) {
	known, err := h.Store.Photos(r.Context(), rev.Unplaced)
	for _, d := range rev.Unplaced {
		if p, ok := known[d]; ok {
			p.Name = nameIn(rev, p)
			out = append(out, p)
		}
	}
	return out, err
}

// into makes what was handed in the next revision of an article that exists, and takes the new one out of the way.
func (h handlers) into(r *page.Request) error {
	ctx, from, to := r.Context(), r.Article(), press.ArticleID(r.PostFormValue("article"))
	back := "/hand-in/" + string(from)
	if to == "" || to == from {
		return r.SeeRefusal(back, press.Fail(press.Invalid, "into.article", press.Say(
			"Choose the article whose next revision this is to be.", "请选择要替换为新版本的稿件。")))
	}
	if err := h.putInto(r, from, to); err != nil {
		return r.SeeRefusal(back, err)
	}
	if _, err := h.Desk.Withdraw(ctx, r.Actor, from, r.T("handin.into_reason")); err != nil {
		return r.SeeRefusal(back, err)
	}
	return r.See(pathOf(to), "handin.into_done")
}

func (h handlers) putInto(r *page.Request, from, to press.ArticleID) error {
	ctx := r.Context()
	source, err := h.Store.Article(ctx, from)
	if err != nil {
		return err
	}
	if err := press.CanWrite(r.Actor, source); err != nil {
		return err
	}
	rev, err := h.Store.Revision(ctx, from, 0)
	if err != nil {
		return err
	}
	target, err := h.Store.Article(ctx, to)
	if err != nil {
		return err
	}
	_, err = h.Desk.SaveRevision(ctx, r.Actor, to, target.Revision, rev.Content, false)
	return err
}
