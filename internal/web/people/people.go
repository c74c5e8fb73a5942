// Package people is the room of who may be in the newsroom: the first administrator, signing in and out, one's own account,
// and for administrators everybody's, and the tokens of programs.
package people

import (
	"embed"
	"net"
	"net/url"
	"slices"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	administrator := []press.Role{press.Administrator}
	return page.Room{Name: "people", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /setup", Open: true, MaxBytes: small, Handle: h.showSetUp},
		{Pattern: "POST /setup", Open: true, MaxBytes: small, Handle: h.setUp},
		{Pattern: "GET /sign-in", Open: true, MaxBytes: small, Handle: h.showSignIn},
		{Pattern: "POST /sign-in", Open: true, MaxBytes: small, Handle: h.signIn},
		{Pattern: "POST /sign-out", Open: true, MaxBytes: small, Handle: h.signOut},

		{Pattern: "GET /me", Handle: h.showMe},
		{Pattern: "GET /me/password", Handle: h.showPassword},
		{Pattern: "POST /me/password", MaxBytes: small, Handle: h.changePassword},
		{Pattern: "POST /me/language", MaxBytes: small, Handle: h.setLanguage},
		{Pattern: "POST /me/sessions/end", MaxBytes: small, Handle: h.endOtherSessions},
		{Pattern: "POST /me/sessions/{session}/end", MaxBytes: small, Handle: h.endOwnSession},

		{Pattern: "GET /people", Roles: administrator, Handle: h.list},
		{Pattern: "GET /people/new", Roles: administrator, Handle: h.showAdd},
		{Pattern: "POST /people", Roles: administrator, MaxBytes: small, Handle: h.add},
		{Pattern: "POST /people/unlock", Roles: administrator, MaxBytes: small, Handle: h.unlock},
		{Pattern: "GET /people/{id}", Roles: administrator, Handle: h.showPerson},
		{Pattern: "POST /people/{id}", Roles: administrator, MaxBytes: small, Handle: h.change},
		{Pattern: "POST /people/{id}/disable", Roles: administrator, MaxBytes: small, Handle: h.disable},
		{Pattern: "POST /people/{id}/enable", Roles: administrator, MaxBytes: small, Handle: h.enable},
		{Pattern: "POST /people/{id}/password", Roles: administrator, MaxBytes: small, Handle: h.resetPassword},
		{Pattern: "POST /people/{id}/sessions/end", Roles: administrator, MaxBytes: small, Handle: h.endSessions},
		{Pattern: "POST /people/{id}/sessions/{session}/end", Roles: administrator, MaxBytes: small, Handle: h.endSession},

		{Pattern: "GET /tokens", Roles: administrator, Handle: h.showTokens},
		{Pattern: "POST /tokens", Roles: administrator, MaxBytes: small, Handle: h.createToken},
		{Pattern: "POST /tokens/{id}/revoke", Roles: administrator, MaxBytes: small, Handle: h.revokeToken},
	}}
}

// small bounds the forms of this room: none has more than a name, two passwords and some choices.
const small = 32 << 10

type handlers struct{ *page.Kit }

// secret is what is shown once: a one-time password, a token.
type secret struct {
	Kind   string // password, new, token
	Name   string // whose
	Secret string
	Back   string
}

// here reports whether a request comes from somebody at the server's own machine: from its loopback interface, past no
// proxy, to an address that means this machine, while the office does not come by another one. A page of another website
// that reaches this machine under its own name is not here, and neither is what a proxy on this machine hands on.
func (h handlers) here(r *page.Request) bool {
	return r.Near() && r.ProtoAtLeast(1, 1) && local(r.Host) && (h.Public == "" || local(hostOf(h.Public)))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// local reports whether a host, with or without a port, is this machine's own name for itself.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(strings.ToLower(host), "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// next is where a person goes after signing in: where they wanted to, if that is a page of ours that can be looked at.
func next(path string) string {
	path = page.OwnPath(path)
	for _, door := range []string{"/sign-in", "/sign-out", "/setup", "/language", "/live"} {
		if path == door || strings.HasPrefix(path, door+"?") || strings.HasPrefix(path, door+"/") {
			return "/"
		}
	}
	return path
}

// choice is a box to tick.
type choice struct {
	Key     string
	Name    press.Text
	Checked bool
}

func roleChoices(of []press.Role) []choice {
	var out []choice
	for _, role := range press.Roles() {
		out = append(out, choice{string(role), role.Name(), slices.Contains(of, role)})
	}
	return out
}

func stageChoices(stages []press.Stage, of []string) []choice {
	var out []choice
	for _, s := range stages {
		out = append(out, choice{s.Key, s.Name, slices.Contains(of, s.Key)})
	}
	return out
}

// textKind gives a refusal a kind under which its form is shown again.
func textKind(err error, code string, kind press.Kind) error {
	if err == nil || press.CodeOf(err) != code {
		return err
	}
	return press.Fail(kind, code, press.TextOf(err)).Because(err)
}
