package page

import (
	"net/http"

	"newsdesk/internal/press"
)

// ownRoutes are those of the frame itself.
func (k *Kit) ownRoutes() []Route {
	return []Route{
		{Pattern: "GET /live", Watching: true, Handle: k.live},
		{Pattern: "POST /language", Open: true, Handle: k.setLanguage},
	}
}

// setLanguage changes the language, for the person where somebody is signed in, for this browser in any case.
func (k *Kit) setLanguage(r *Request) error {
	lang := press.Lang(r.FormValue("lang"))
	if lang != press.Chinese && lang != press.English {
		return press.Fail(press.Invalid, "page.language", press.Say("Choose Chinese or English.", "请选择中文或英文。"))
	}
	if r.SignedIn() {
		if err := k.Desk.SetLanguage(r.Context(), r.Actor, lang); err != nil {
			return err
		}
	}
	r.SetLanguage(lang)
	http.Redirect(r.W, r.Request, OwnPath(r.FormValue("next")), http.StatusSeeOther)
	return nil
}
