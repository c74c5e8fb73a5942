package sandbox

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const boxSize = 20

type draftsPage struct {
	base
	Total  int
	Drafts []draftView
}

type draftView struct {
	When, Short, DeletePath string
	Articles                []draftPiece
}

type draftPiece struct {
	card
	Digest, EditPath string
}

func (s *Sandbox) showDrafts(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "drafts")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	p := draftsPage{base: b}
	s.mu.Lock()
	s.settleDue(a, s.now())
	p.Total = a.drafts.len()
	offset := p.window(r, boxSize, a.drafts.len)
	for _, d := range a.drafts.page(offset, boxSize) {
		p.Drafts = append(p.Drafts, viewDraft(a, d))
	}
	s.mu.Unlock()
	s.render(w, http.StatusOK, "drafts", p)
}

func draftPath(a *account, mediaID, rest string) string {
	return "/a/" + a.appid + "/drafts/" + url.PathEscape(mediaID) + "/" + rest
}

func viewDraft(a *account, d *draft) draftView {
	v := draftView{When: clockTime(d.Updated), Short: shorten(d.MediaID, 16), DeletePath: draftPath(a, d.MediaID, "delete")}
	for i, art := range d.Articles {
		v.Articles = append(v.Articles, draftPiece{cardOf(art, localPath(art.URL)), art.Digest, draftPath(a, d.MediaID, strconv.Itoa(i))})
	}
	return v
}

type editPage struct {
	base
	Problem, Back string
	Form          article
}

func (s *Sandbox) showEdit(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "drafts")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	index, _ := strconv.Atoi(r.PathValue("index"))
	s.mu.Lock()
	d, found := a.drafts.get(r.PathValue("media"))
	s.mu.Unlock()
	if !found || index < 0 || index >= len(d.Articles) {
		s.showMissing(w, r)
		return
	}
	form := d.Articles[index]
	form.Content = strings.ReplaceAll(form.Content, "&#39;", "'") // sent back as it is, it would empty the styles
	s.render(w, http.StatusOK, "edit", editPage{base: b, Back: "/a/" + a.appid + "/drafts", Form: form})
}

func (s *Sandbox) saveEdit(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "drafts")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 3*maxJSON) // a form's escapes take three bytes for one
	form := article{
		Title: r.PostFormValue("title"), Author: r.PostFormValue("author"), Digest: r.PostFormValue("digest"),
		ContentSourceURL: r.PostFormValue("source"), Content: strings.ReplaceAll(r.PostFormValue("content"), "\r\n", "\n"),
	}
	index, _ := strconv.Atoi(r.PathValue("index"))
	back := "/a/" + a.appid + "/drafts"
	if err := s.editDraft(a, r.PathValue("media"), index, form); err != nil {
		s.render(w, http.StatusUnprocessableEntity, "edit", editPage{base: b, Problem: err.Error(), Back: back, Form: form})
		return
	}
	http.Redirect(w, r, b.Link(back), http.StatusSeeOther)
}

func (s *Sandbox) deleteFromConsole(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "drafts")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	s.mu.Lock()
	s.dropDraft(a, r.PathValue("media"))
	s.mu.Unlock()
	http.Redirect(w, r, b.Link("/a/"+a.appid+"/drafts"), http.StatusSeeOther)
}
