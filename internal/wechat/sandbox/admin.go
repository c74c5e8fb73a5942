package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Handler serves the API under /cgi-bin/, the admin endpoints under /sandbox/ and the pages under /.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/cgi-bin/", s.serveAPI)
	admin := map[string]http.HandlerFunc{
		"POST /sandbox/faults":                       s.postFault,
		"GET /sandbox/faults":                        func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, 200, s.Faults()) },
		"DELETE /sandbox/faults":                     func(w http.ResponseWriter, _ *http.Request) { s.ClearFaults(); w.WriteHeader(204) },
		"DELETE /sandbox/faults/{id}":                func(w http.ResponseWriter, r *http.Request) { s.ClearFaults(r.PathValue("id")); w.WriteHeader(204) },
		"GET /sandbox/calls":                         s.sendCalls,
		"GET /sandbox/callbacks":                     func(w http.ResponseWriter, r *http.Request) { sendJSON(w, 200, s.Pushes(r.FormValue("appid"))) },
		"GET /sandbox/state":                         s.sendState,
		"POST /sandbox/accounts/{appid}":             s.postAccount,
		"POST /sandbox/accounts/{appid}/verify":      s.postVerify,
		"POST /sandbox/accounts/{appid}/mass/{msg}":  s.postDecision,
		"POST /sandbox/accounts/{appid}/drafts/{id}": s.postByHand,
	}
	for pattern, handle := range admin {
		mux.Handle(pattern, s.local(handle))
	}
	s.addPages(mux)
	return mux
}

// local lets only callers on this machine through, unless configured otherwise, and no page of another site: neither one
// that says so, nor one whose name was made to point here.
func (s *Sandbox) local(next http.Handler) http.Handler {
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
		if !s.cfg.AdminRemote && (proxied || !clientAddr(r).IsLoopback() || !s.ownHost(r.Host)) {
			http.Error(w, "sandbox: this address answers callers on the same machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
	return http.NewCrossOriginProtection().Handler(guarded)
}

// ownHost reports whether a request was addressed to this machine. A page elsewhere can have its own name resolve to
// 127.0.0.1, and the browser takes the sandbox for that page's server; but the request still carries the name.
func (s *Sandbox) ownHost(host string) bool {
	s.mu.Lock()
	public := s.publicURL
	s.mu.Unlock()
	if u, err := url.Parse(public); err == nil && u.Host != "" && strings.EqualFold(host, u.Host) {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || strings.EqualFold(host, "localhost")
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
}

func sendProblem(w http.ResponseWriter, err error) {
	sendJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

// readStrict reads JSON and refuses fields that nobody knows: a misspelt fault must not pass for no fault.
func readStrict(w http.ResponseWriter, r *http.Request, v any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("sandbox: one JSON object is expected")
	}
	return nil
}

func (s *Sandbox) postFault(w http.ResponseWriter, r *http.Request) {
	var f Fault
	if err := readStrict(w, r, &f); err != nil {
		sendProblem(w, err)
		return
	}
	id, err := s.AddFault(f)
	if err != nil {
		sendProblem(w, err)
		return
	}
	sendJSON(w, http.StatusCreated, map[string]string{"id": id})
}

func (s *Sandbox) sendCalls(w http.ResponseWriter, r *http.Request) {
	f := CallFilter{AppID: r.FormValue("appid"), Path: r.FormValue("path")}
	f.After, _ = strconv.ParseUint(r.FormValue("after"), 10, 64)
	f.Limit, _ = strconv.Atoi(r.FormValue("limit"))
	sendJSON(w, http.StatusOK, s.Calls(f))
}

func (s *Sandbox) sendState(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		limit = 100
	}
	sendJSON(w, http.StatusOK, s.State(limit))
}

// accountChange is what POST /sandbox/accounts/{appid} may set; what is missing stays.
type accountChange struct {
	Kind           *Kind          `json:"kind"`
	CallbackURL    *string        `json:"callback_url"`
	CallbackToken  *string        `json:"callback_token"`
	EncodingAESKey *string        `json:"encoding_aes_key"`
	CallbackMode   *CallbackMode  `json:"callback_mode"`
	Whitelist      *[]string      `json:"whitelist"`
	MassProtection *bool          `json:"mass_protection"`
	Daily          map[string]int `json:"daily"`
}

func (in accountChange) apply(a *Account) {
	set(&a.Kind, in.Kind)
	set(&a.CallbackURL, in.CallbackURL)
	set(&a.CallbackToken, in.CallbackToken)
	set(&a.EncodingAESKey, in.EncodingAESKey)
	set(&a.CallbackMode, in.CallbackMode)
	set(&a.Whitelist, in.Whitelist)
	set(&a.MassProtection, in.MassProtection)
	if in.Daily != nil {
		a.Daily = in.Daily
	}
}

func set[T any](have, given *T) {
	if given != nil {
		*have = *given
	}
}

func (s *Sandbox) postAccount(w http.ResponseWriter, r *http.Request) {
	var in accountChange
	if err := readStrict(w, r, &in); err != nil {
		sendProblem(w, err)
		return
	}
	if err := s.Configure(r.PathValue("appid"), in.apply); err != nil {
		sendProblem(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) postVerify(w http.ResponseWriter, r *http.Request) {
	if err := s.VerifyCallback(r.Context(), r.PathValue("appid")); err != nil {
		sendProblem(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// postDecision confirms or refuses a protected send: {"confirm":true}.
func (s *Sandbox) postDecision(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Confirm bool `json:"confirm"`
	}
	if err := readStrict(w, r, &in); err != nil {
		sendProblem(w, err)
		return
	}
	id, _ := strconv.ParseInt(r.PathValue("msg"), 10, 64)
	if err := s.Decide(r.PathValue("appid"), id, in.Confirm); err != nil {
		sendProblem(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// postByHand plays a colleague at WeChat's console: {"do":"publish"}, {"do":"mass"} or {"do":"delete"}.
func (s *Sandbox) postByHand(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Do string `json:"do"`
	}
	if err := readStrict(w, r, &in); err != nil {
		sendProblem(w, err)
		return
	}
	appid, id := r.PathValue("appid"), r.PathValue("id")
	err := errors.New(`sandbox: do is "publish", "mass" or "delete"`)
	switch in.Do {
	case "publish", "mass":
		err = s.PublishByHand(appid, id, in.Do == "mass")
	case "delete":
		err = s.DeleteByHand(appid, id)
	}
	if err != nil {
		sendProblem(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// State is what the sandbox holds, for tests and for people who look.
type State struct {
	PublicURL string         `json:"public_url"`
	Accounts  []AccountState `json:"accounts"`
}

// AccountState is what one account holds; lists are newest first.
type AccountState struct {
	Account
	Drafts       []DraftState       `json:"drafts"`
	Publications []PublicationState `json:"publications"`
	Masses       []MassState        `json:"masses"`
	DraftCount   int                `json:"draft_count"`
	Materials    int                `json:"material_count"`
	Today        map[string]int     `json:"today"`      // calls by path
	ThisMonth    map[string]int     `json:"this_month"` // allowances by name
}

// DraftState is an entry of the draft box.
type DraftState struct {
	MediaID string    `json:"media_id"`
	Titles  []string  `json:"titles"`
	Markers []string  `json:"content_source_urls"`
	Updated time.Time `json:"updated"`
}

// PublicationState is a freepublish job.
type PublicationState struct {
	PublishID int64     `json:"publish_id"`
	MsgDataID int64     `json:"msg_data_id"`
	MediaID   string    `json:"media_id"`
	ArticleID string    `json:"article_id,omitempty"`
	Status    int       `json:"status"`
	Titles    []string  `json:"titles"`
	Markers   []string  `json:"content_source_urls"`
	URLs      []string  `json:"urls,omitempty"`
	Submitted time.Time `json:"submitted"`
}

// MassState is a mass send or a preview.
type MassState struct {
	MsgID       int64     `json:"msg_id"`
	MsgDataID   int64     `json:"msg_data_id,omitempty"`
	ClientMsgID string    `json:"clientmsgid"`
	MsgType     string    `json:"msgtype"`
	State       string    `json:"state"` // SENDING, SEND_SUCCESS, SEND_FAIL, DELETE, APPROVAL
	Preview     bool      `json:"preview,omitempty"`
	Titles      []string  `json:"titles,omitempty"`
	Markers     []string  `json:"content_source_urls,omitempty"`
	URLs        []string  `json:"urls,omitempty"`
	Submitted   time.Time `json:"submitted"`
}

// State returns what every account holds, at most limit records of each list; a negative limit means all.
func (s *Sandbox) State(limit int) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := State{PublicURL: s.publicURL}
	now := s.now()
	for _, a := range s.accounts {
		s.settleDue(a, now)
		out.Accounts = append(out.Accounts, a.state(limit, now))
	}
	return out
}
