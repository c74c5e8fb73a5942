package people

import (
	"slices"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type staff struct {
	People []personRow
	Locks  []press.Lockout
	Active int
}

type personRow struct {
	press.User
	StageNames []press.Text
	SeenAt     time.Time
	Locked     bool
	Self       bool
}

func (h handlers) list(r *page.Request) error {
	data, err := h.staff(r)
	if err != nil {
		return err
	}
	return r.Render("list.html", data)
}

func (h handlers) staff(r *page.Request) (staff, error) {
	var data staff
	people, err := h.Desk.Users(r.Context(), r.Actor)
	if err != nil {
		return data, err
	}
	seen, err := h.Desk.LastSeen(r.Context(), r.Actor)
	if err != nil {
		return data, err
	}
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return data, err
	}
	if data.Locks, err = h.Desk.Lockouts(r.Context(), r.Actor); err != nil {
		return data, err
	}
	for _, u := range people {
		row := personRow{User: u, SeenAt: seen[u.ID], Self: u.ID == r.Actor.ID, Locked: lockOf(data.Locks, u.ID) != nil}
		for _, key := range u.Stages {
			if stage, ok := settings.Stage(key); ok {
				row.StageNames = append(row.StageNames, stage.Name)
			}
		}
		if !u.Disabled {
			data.Active++
		}
		data.People = append(data.People, row)
	}
	return data, nil
}

// lockOf returns the lock on a person's name; nil: there is none.
func lockOf(list []press.Lockout, id press.UserID) *press.Lockout {
	for _, l := range list {
		if l.User == id {
			return &l
		}
	}
	return nil
}

// personForm is a person's page, and the form of a new one.
type personForm struct {
	New      bool
	Person   press.User
	Name     string
	Roles    []choice
	Stages   []choice
	Sessions []sessionRow
	Lock     *press.Lockout
	Self     bool
}

func (h handlers) showAdd(r *page.Request) error {
	form, err := h.form(r, press.User{Roles: []press.Role{press.Contributor}})
	if err != nil {
		return err
	}
	form.New = true
	return r.Render("person.html", form)
}

// form fills the boxes as they are of a person.
func (h handlers) form(r *page.Request, u press.User) (personForm, error) {
	settings, err := h.Desk.Settings(r.Context())
	return personForm{Person: u, Name: u.Name, Roles: roleChoices(u.Roles), Stages: stageChoices(settings.Stages, u.Stages)}, err
}

// typed is the person that a form describes.
func typed(r *page.Request) press.User {
	u := press.User{Name: r.PostFormValue("name"), Stages: r.PostForm["stage"]}
	for _, role := range r.PostForm["role"] {
		u.Roles = append(u.Roles, press.Role(role))
	}
	return u
}

func (h handlers) add(r *page.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	in := typed(r)
	user, err := h.Desk.AddUser(r.Context(), r.Actor, in.Name, in.Roles, in.Stages)
	if err != nil {
		form, formErr := h.form(r, in)
		if formErr != nil {
			return formErr
		}
		form.New = true
		return r.Refuse(err, "person.html", form)
	}
	password, user, err := h.Desk.ResetPassword(r.Context(), r.Actor, user.ID)
	if err != nil {
		return r.SeeRefusal("/people/"+string(user.ID), err)
	}
	return r.Render("secret.html", secret{Kind: "new", Name: user.Name, Secret: password, Back: "/people"})
}

func id(r *page.Request) press.UserID { return press.UserID(r.PathValue("id")) }

func (h handlers) showPerson(r *page.Request) error {
	form, err := h.person(r)
	if err != nil {
		return err
	}
	return r.Render("person.html", form)
}

func (h handlers) person(r *page.Request) (personForm, error) {
	user, err := h.Desk.User(r.Context(), r.Actor, id(r))
	if err != nil {
		return personForm{}, err
	}
	form, err := h.form(r, user)
	if err != nil {
		return form, err
	}
	sessions, err := h.Desk.Sessions(r.Context(), r.Actor, user.ID)
	if err != nil {
		return form, err
	}
	locks, err := h.Desk.Lockouts(r.Context(), r.Actor)
	form.Lock, form.Sessions, form.Self = lockOf(locks, user.ID), sessionRows(sessions, r.Session.ID), user.ID == r.Actor.ID
	return form, err
}

func (h handlers) change(r *page.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	in := typed(r)
	user, err := h.Desk.UpdateUser(r.Context(), r.Actor, id(r), press.UserChange{Name: &in.Name, Roles: &in.Roles, Stages: &in.Stages})
	if err == nil {
		return r.See(back(r), "people.saved", "name", user.Name)
	}
	form, formErr := h.person(r)
	if formErr != nil {
		return formErr
	}
	form.Name, form.Roles = in.Name, roleChoices(in.Roles)
	for i := range form.Stages {
		form.Stages[i].Checked = slices.Contains(in.Stages, form.Stages[i].Key)
	}
	return r.Refuse(err, "person.html", form)
}

func back(r *page.Request) string { return "/people/" + r.PathValue("id") }

func (h handlers) disable(r *page.Request) error {
	return h.setDisabled(r, true, "people.disabled_now")
}

func (h handlers) enable(r *page.Request) error { return h.setDisabled(r, false, "people.enabled_now") }

func (h handlers) setDisabled(r *page.Request, disabled bool, said string) error {
	user, err := h.Desk.UpdateUser(r.Context(), r.Actor, id(r), press.UserChange{Disabled: &disabled})
	if err != nil {
		return r.SeeRefusal(back(r), err)
	}
	return r.See(back(r), said, "name", user.Name)
}

func (h handlers) resetPassword(r *page.Request) error {
	password, user, err := h.Desk.ResetPassword(r.Context(), r.Actor, id(r))
	if err != nil {
		return r.SeeRefusal(back(r), err)
	}
	return r.Render("secret.html", secret{Kind: "password", Name: user.Name, Secret: password, Back: back(r)})
}

func (h handlers) endSessions(r *page.Request) error {
	n, err := h.Desk.EndSessions(r.Context(), r.Actor, id(r), "")
	if err != nil {
		return r.SeeRefusal(back(r), err)
	}
	return r.See(back(r), "people.sessions_ended", "n", n)
}

func (h handlers) endSession(r *page.Request) error {
	if err := h.Desk.EndSession(r.Context(), r.Actor, press.SessionID(r.PathValue("session"))); err != nil {
		return r.SeeRefusal(back(r), err)
	}
	return r.See(back(r), "people.session_ended")
}

func (h handlers) unlock(r *page.Request) error {
	if err := h.Desk.Unlock(r.Context(), r.Actor, r.PostFormValue("key")); err != nil {
		return r.SeeRefusal("/people", err)
	}
	return r.See("/people", "people.unlocked")
}
