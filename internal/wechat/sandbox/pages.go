package sandbox

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// gallery holds the parsed pages and the style sheet.
type gallery struct {
	pages map[string]*template.Template
	style []byte
}

func parsePages() (*gallery, error) {
	g := &gallery{pages: map[string]*template.Template{}}
	for _, name := range []string{"index", "chat", "article", "drafts", "edit", "publications", "calls", "missing"} {
		files := []string{"pages/layout.html", "pages/crop.html", "pages/" + name + ".html"}
		t, err := template.New(name+".html").ParseFS(pageFiles, files...)
		if err != nil {
			return nil, fmt.Errorf("sandbox: page %s: %w", name, err)
		}
		g.pages[name] = t
	}
	var err error
	g.style, err = pageFiles.ReadFile("pages/style.css")
	return g, err
}

// pagePolicy lets articles keep their inline styles and nothing else run or load.
const pagePolicy = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

func (s *Sandbox) addPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /style.css", s.sendStyle)
	for _, kind := range []string{"jpg", "png", "gif", "bmp"} {
		mux.HandleFunc("GET /mmbiz_"+kind+"/{id}/{size}", s.sendPicture)
	}
	mux.HandleFunc("GET /{$}", s.showIndex)
	mux.HandleFunc("GET /s/{id}", s.showArticle)
	mux.HandleFunc("GET /s", s.showArticle)
	mux.HandleFunc("GET /a/{account}/chat", s.showChat)
	mux.HandleFunc("GET /a/{account}/drafts", s.showDrafts)
	mux.HandleFunc("GET /a/{account}/publications", s.showPublications)
	mux.HandleFunc("GET /a/{account}/calls", s.showCalls)
	mux.HandleFunc("GET /a/{account}/drafts/{media}/{index}", s.showEdit)
	mux.Handle("POST /a/{account}/drafts/{media}/{index}", s.local(http.HandlerFunc(s.saveEdit)))
	mux.Handle("POST /a/{account}/drafts/{media}/delete", s.local(http.HandlerFunc(s.deleteFromConsole)))
	mux.Handle("POST /a/{account}/mass/{msg}", s.local(http.HandlerFunc(s.decideFromConsole)))
	mux.HandleFunc("/", s.showMissing)
}

// base is what every page has.
type base struct {
	Lang, Title, Body, Base string
	Dark                    bool
	Account                 accountView
	Tabs                    []tab
	Older, Newer            string
	path                    string
	asked                   url.Values // lang and dark, where the address says so
}

type tab struct {
	Path, Name string
	Here       bool
}

type accountView struct{ Name, AppID, Initial string }

// T chooses between the two languages.
func (b base) T(english, chinese string) string {
	if b.Lang == "zh" {
		return chinese
	}
	return english
}

// Link keeps the chosen language and darkness on the way to another page.
func (b base) Link(path string) string {
	if len(b.asked) == 0 {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + b.asked.Encode()
}

// OtherLang is this page in the other language.
func (b base) OtherLang() string {
	q := url.Values{"lang": {b.T("zh", "en")}}
	if b.Dark {
		q.Set("dark", "1")
	}
	if cut := strings.IndexByte(b.path, '?'); cut >= 0 {
		return b.path + "&" + q.Encode()
	}
	return b.path + "?" + q.Encode()
}

func newBase(r *http.Request) base {
	q := r.URL.Query()
	b := base{Lang: q.Get("lang"), Dark: q.Get("dark") == "1", path: r.URL.Path, asked: url.Values{}}
	if key := q.Get("tempkey"); key != "" {
		b.path += "?tempkey=" + url.QueryEscape(key)
	}
	if oneOf(b.Lang, "zh", "en") {
		b.asked.Set("lang", b.Lang)
	} else {
		b.Lang = acceptedLanguage(r.Header.Get("Accept-Language"))
	}
	if b.Dark {
		b.asked.Set("dark", "1")
	}
	return b
}

// acceptedLanguage takes the first of the reader's languages that there is.
func acceptedLanguage(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "en"):
			return "en"
		case strings.HasPrefix(tag, "zh"):
			return "zh"
		}
	}
	return "zh"
}

// accountBase is the base of a page about the account that the address names, by appid or by name.
func (s *Sandbox) accountBase(r *http.Request, here string) (base, *account) {
	b := newBase(r)
	name := r.PathValue("account")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.appid == name || a.cfg.Name == name {
			b.about(a, here)
			return b, a
		}
	}
	return b, nil
}

func (b *base) about(a *account, here string) {
	b.Account = viewOf(a.cfg)
	b.Tabs = b.tabs(a.appid, here)
	for _, t := range b.Tabs {
		if t.Here {
			b.Title = t.Name + " · " + a.cfg.Name
		}
	}
}

func viewOf(a Account) accountView {
	v := accountView{Name: a.Name, AppID: a.AppID}
	for _, ch := range a.Name {
		v.Initial = strings.ToUpper(string(ch))
		break
	}
	return v
}

func (b base) tabs(appid, here string) []tab {
	list := []tab{
		{"chat", b.T("Chat", "会话"), false},
		{"drafts", b.T("Drafts", "草稿箱"), false},
		{"publications", b.T("Sent", "已发表"), false},
		{"calls", b.T("Calls", "调用"), false},
	}
	for i := range list {
		list[i].Here = list[i].Path == here
		list[i].Path = "/a/" + appid + "/" + list[i].Path
	}
	return list
}

// window reads the offset of a list page and sets the links to its neighbours.
func (b *base) window(r *http.Request, size int, total func() int) int {
	offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	if offset+size < total() {
		b.Older = b.Link(r.URL.Path + "?offset=" + strconv.Itoa(offset+size))
	}
	if offset > 0 {
		b.Newer = b.Link(r.URL.Path + "?offset=" + strconv.Itoa(max(0, offset-size)))
	}
	return offset
}

// render writes a page whole, or an error and nothing of the page.
func (s *Sandbox) render(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := s.pages.pages[name].Execute(&out, data); err != nil {
		s.log.Error("sandbox: page failed", "page", name, "err", err)
		http.Error(w, "sandbox: this page failed; the log says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

func (s *Sandbox) sendStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(s.pages.style)
}

type missingPage struct {
	base
	Heading string
}

func (s *Sandbox) showMissing(w http.ResponseWriter, r *http.Request) {
	p := missingPage{base: newBase(r)}
	p.Heading = p.T("There is nothing here", "这里没有内容")
	p.Title = p.Heading
	s.render(w, http.StatusNotFound, "missing", p)
}

func clockTime(t time.Time) string { return china(t).Format("2006-01-02 15:04:05") }
