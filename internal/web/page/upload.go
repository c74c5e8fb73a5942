package page

import (
	"newsdesk/internal/intake/spool"
	"newsdesk/internal/press"
)

// Again finds the person anew and asks once more whether they may: an upload may take hours, and by its end the session
// may be over or the role taken away.
func (r *Request) Again(roles ...press.Role) error {
	r.Actor, r.Session = press.Actor{}, press.Session{}
	if err := r.findPerson(); err != nil {
		return err
	}
	if !r.SignedIn() {
		return press.Fail(press.Unauthenticated, "session.none", press.Say(
			"You were signed out meanwhile. Sign in again, then repeat this.", "登录已过期，请重新登录后再试。"))
	}
	return r.Actor.Require(roles...)
}

// Answer says what went wrong at once, for a handler that still has to take in the rest of an upload.
func (r *Request) Answer(err error) { r.refuse(err) }

// Lines begins an answer that says how far a parcel is, for a script that asks for one. What goes wrong from here on is its
// last line: see Told.
func (r *Request) Lines() *spool.Lines {
	r.answered = true
	return spool.NewLines(r.W)
}

// Told is what a script is told of something that went wrong, in the reader's language; whoever runs Newsdesk finds in the
// log what they can act on.
func (r *Request) Told(err error) *Refusal {
	err = plainly(err)
	r.kit.logRefusal(r.Context(), r.URL.Path, err)
	return r.told(err)
}
