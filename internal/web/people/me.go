package people

import (
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type me struct {
	Person   press.User
	Sessions []sessionRow
	Stages   []press.Text
}

type sessionRow struct {
	press.Session
	Here bool // the one that looks
}

func sessionRows(list []press.Session, here press.SessionID) []sessionRow {
	var out []sessionRow
	for _, s := range list {
		out = append(out, sessionRow{s, s.ID == here})
	}
	return out
}

func (h handlers) showMe(r *page.Request) error {
	sessions, err := h.Desk.Sessions(r.Context(), r.Actor, r.Actor.ID)
	if err != nil {
		return err
	}
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return err
	}
	data := me{Person: r.Actor.User, Sessions: sessionRows(sessions, r.Session.ID)}
	for _, key := range r.Actor.Stages {
		if stage, ok := settings.Stage(key); ok {
			data.Stages = append(data.Stages, stage.Name)
		}
	}
	return r.Render("me.html", data)
}

type passwordForm struct{ Min int }

func (h handlers) showPassword(r *page.Request) error {
	return r.Render("password.html", passwordForm{desk.MinPassword})
}

func (h handlers) changePassword(r *page.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	fresh := r.PostFormValue("new")
	err := differ()
	if fresh == r.PostFormValue("again") {
		err = h.Desk.ChangePassword(r.Context(), r.Actor, r.PostFormValue("old"), fresh, r.Session)
	}
	if err != nil {
		return r.Refuse(err, "password.html", passwordForm{desk.MinPassword})
	}
	return r.See("/", "people.password_changed")
}

func (h handlers) setLanguage(r *page.Request) error {
	lang := press.Lang(r.PostFormValue("lang"))
	if err := h.Desk.SetLanguage(r.Context(), r.Actor, lang); err != nil {
		return r.SeeRefusal("/me", err)
	}
	r.SetLanguage(lang) // empty: the browser's own choice again
	if lang != "" {
		r.Lang = lang
	}
	return r.See("/me", "people.language_saved")
}

func (h handlers) endOwnSession(r *page.Request) error {
	id := press.SessionID(r.PathValue("session"))
	if id == r.Session.ID {
		return h.signOut(r)
	}
	if err := h.Desk.EndSession(r.Context(), press.Actor{User: ownOnly(r.Actor.User)}, id); err != nil {
		return r.SeeRefusal("/me", err)
	}
	return r.See("/me", "people.session_ended")
}

// ownOnly is a person without the roles by which they end other people's sessions: on their own page they end their own.
func ownOnly(u press.User) press.User {
	u.Roles = nil
	return u
}

func (h handlers) endOtherSessions(r *page.Request) error {
	n, err := h.Desk.EndSessions(r.Context(), r.Actor, r.Actor.ID, r.Session.ID)
	if err != nil {
		return r.SeeRefusal("/me", err)
	}
	return r.See("/me", "people.sessions_ended", "n", n)
}
