package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

type publicationsPage struct {
	base
	SendTotal, PubTotal int
	Sends, Pubs         []jobView
}

// jobView is a send or a publication in a list.
type jobView struct {
	State, Mood, When, ID, Text, DecidePath string
	Articles                                []card
}

func (s *Sandbox) showPublications(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "publications")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	p := publicationsPage{base: b}
	s.mu.Lock()
	now := s.now()
	s.settleDue(a, now)
	p.SendTotal, p.PubTotal = a.masses.len(), a.published.len()
	offset := p.window(r, boxSize, func() int { return max(p.SendTotal, p.PubTotal) })
	for _, m := range a.masses.page(offset, boxSize) {
		p.Sends = append(p.Sends, p.send(a, m))
	}
	for _, pub := range a.published.page(offset, boxSize) {
		p.Pubs = append(p.Pubs, p.publication(s.laterIfDue(a, pub, now)))
	}
	s.mu.Unlock()
	s.render(w, http.StatusOK, "publications", p)
}

func (b base) send(a *account, m *mass) jobView {
	v := jobView{When: clockTime(m.Submitted), ID: jobKey(m.ID), Text: m.Text, Articles: jobCards(m.Articles, len(m.Pages) > 0)}
	switch m.State {
	case massApproval:
		v.State, v.DecidePath = b.T("Waiting for the administrator", "等待管理员确认"), "/a/"+a.appid+"/mass/"+jobKey(m.ID)
	case massSending:
		v.State = b.T("Sending", "发送中")
	case massSuccess:
		v.State, v.Mood = b.T("Sent", "已群发"), "good"
	case massDeleted:
		v.State = b.T("Deleted", "已删除")
	default:
		v.State, v.Mood = b.T("Failed: ", "失败：")+m.Ending, "bad"
	}
	if m.Preview {
		v.State, v.Mood = b.T("Preview", "预览"), ""
	}
	if v.Text == "" && len(m.Articles) == 0 {
		v.Text = "[" + m.Kind + "]"
	}
	return v
}

func (b base) publication(p *publication) jobView {
	v := jobView{When: clockTime(p.Submitted), ID: jobKey(p.ID), Articles: jobCards(p.Articles, len(p.Pages) > 0), Mood: "bad"}
	switch p.Status {
	case pubSuccess:
		v.State, v.Mood = b.T("Published", "已发布"), "good"
	case pubRunning:
		v.State, v.Mood = b.T("Publishing", "发布中"), ""
	case pubNotOriginal:
		v.State = b.T("Failed: originality", "原创校验失败")
	case pubFailed:
		v.State = b.T("Failed", "发布失败")
	case pubRefused:
		v.State = b.T("Refused by review", "平台审核不通过")
	case pubDeleted:
		v.State, v.Mood = b.T("Deleted", "已删除"), ""
	case pubBanned:
		v.State = b.T("Banned", "已被平台封禁")
	}
	return v
}

func jobCards(list []article, online bool) []card {
	var out []card
	for _, a := range list {
		path := ""
		if online {
			path = localPath(a.URL)
		}
		out = append(out, cardOf(a, path))
	}
	return out
}

func (s *Sandbox) decideFromConsole(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "publications")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	id, _ := strconv.ParseInt(r.PathValue("msg"), 10, 64)
	_ = s.Decide(a.appid, id, r.PostFormValue("confirm") == "yes") // if it is too late, the list shows it
	http.Redirect(w, r, b.Link("/a/"+a.appid+"/publications"), http.StatusSeeOther)
}

const callsSize = 100

type callsPage struct {
	base
	Calls  []callView
	Pushes []pushView
}

type callView struct {
	Call
	When, Name string
}

type pushView struct {
	Push
	When string
}

func (s *Sandbox) showCalls(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "calls")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	p := callsPage{base: b}
	all := s.Calls(CallFilter{AppID: a.appid})
	offset := p.window(r, callsSize, func() int { return len(all) })
	for _, c := range all[min(offset, len(all)):min(offset+callsSize, len(all))] {
		p.Calls = append(p.Calls, callView{c, clockTime(c.Time), strings.TrimPrefix(c.Path, "/cgi-bin/")})
	}
	for i, push := range s.Pushes(a.appid) {
		if i == callsSize {
			break
		}
		p.Pushes = append(p.Pushes, pushView{push, clockTime(push.Time)})
	}
	s.render(w, http.StatusOK, "calls", p)
}
