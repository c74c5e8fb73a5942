package people

import (
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type setUpForm struct {
	Name, Code string
	Here       bool
	Min        int
}

// File is what the file with the code is called.
func (setUpForm) File() string { return desk.SetupFileName }

func (h handlers) showSetUp(r *page.Request) error {
	needed, err := h.Desk.NeedsSetup(r.Context())
	if err != nil {
		return err
	}
	if !needed {
		return r.See("/", "")
	}
	return r.Render("setup.html", setUpForm{Here: h.here(r), Min: desk.MinPassword})
}

func (h handlers) setUp(r *page.Request) error {
	form := setUpForm{Name: r.PostFormValue("name"), Code: r.PostFormValue("code"), Here: h.here(r), Min: desk.MinPassword}
	password := r.PostFormValue("password")
	if err := parsed(r); err != nil {
		return err
	}
	if password != r.PostFormValue("again") {
		return r.Refuse(differ(), "setup.html", form)
	}
	secret, session, err := h.Desk.SetUp(r.Context(), desk.SetUp{
		Name: form.Name, Password: password, Code: form.Code, Here: form.Here, Agent: r.UserAgent(), Address: r.Address(),
	})
	if press.CodeOf(err) == "setup.done" {
		return r.SeeRefusal("/sign-in", err)
	}
	if err != nil {
		return r.Refuse(err, "setup.html", form)
	}
	r.StartSession(secret, session)
	return r.See("/", "people.setup_done")
}

// parsed reports what was wrong with the form, which reading single values does not.
func parsed(r *page.Request) error { return r.ParseForm() }

func differ() error {
	return press.Fail(press.Invalid, "password.again", press.Say(
		"The two passwords are not the same; type them again.", "两次输入的密码不一致，请重新输入。"))
}

type signInForm struct{ Name, Next string }

func (h handlers) showSignIn(r *page.Request) error {
	form := signInForm{Next: next(r.URL.Query().Get("next"))}
	if r.SignedIn() {
		return r.See(form.Next, "")
	}
	needed, err := h.Desk.NeedsSetup(r.Context())
	if err != nil {
		return err
	}
	if needed {
		return r.See("/setup", "")
	}
	return r.Render("sign-in.html", form)
}

func (h handlers) signIn(r *page.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	form := signInForm{Name: r.PostFormValue("name"), Next: next(r.PostFormValue("next"))}
	secret, session, err := h.Desk.SignIn(r.Context(), form.Name, r.PostFormValue("password"), r.UserAgent(), r.Address())
	if err != nil {
		return r.Refuse(textKind(err, "signin.wrong", press.Invalid), "sign-in.html", form)
	}
	if r.SignedIn() { // as somebody else, or once more: the session before would be left without its browser
		if err := h.Desk.SignOut(r.Context(), r.Actor, r.Session); err != nil {
			return err
		}
	}
	r.StartSession(secret, session)
	return r.See(form.Next, "")
}

func (h handlers) signOut(r *page.Request) error {
	if r.SignedIn() {
		if err := h.Desk.SignOut(r.Context(), r.Actor, r.Session); err != nil {
			return err
		}
	}
	r.EndSession()
	return r.See("/sign-in", "page.signed_out")
}
