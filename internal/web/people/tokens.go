package people

import (
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// maxRevoked is how many of the tokens that no longer work are listed, the newest.
const maxRevoked = 20

type tokens struct {
	Tokens      []press.Token // that work
	Revoked     []press.Token
	People      []press.User
	User, Label string
}

func (h handlers) tokens(r *page.Request) (tokens, error) {
	var data tokens
	list, err := h.Desk.Tokens(r.Context(), r.Actor)
	if err != nil {
		return data, err
	}
	people, err := h.Desk.Users(r.Context(), r.Actor)
	if err != nil {
		return data, err
	}
	for _, t := range list {
		if t.RevokedAt.IsZero() {
			data.Tokens = append(data.Tokens, t)
		} else if len(data.Revoked) < maxRevoked {
			data.Revoked = append(data.Revoked, t)
		}
	}
	for _, u := range people {
		if !u.Disabled {
			data.People = append(data.People, u)
		}
	}
	data.User = r.Actor.Name
	return data, nil
}

func (h handlers) showTokens(r *page.Request) error {
	data, err := h.tokens(r)
	if err != nil {
		return err
	}
	return r.Render("tokens.html", data)
}

func (h handlers) createToken(r *page.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	user, label := r.PostFormValue("user"), r.PostFormValue("label")
	text, token, err := h.Desk.CreateToken(r.Context(), r.Actor, user, label)
	if err != nil {
		data, listErr := h.tokens(r)
		if listErr != nil {
			return listErr
		}
		data.User, data.Label = user, label
		return r.Refuse(err, "tokens.html", data)
	}
	return r.Render("secret.html", secret{Kind: "token", Name: token.UserName, Secret: text, Back: "/tokens"})
}

func (h handlers) revokeToken(r *page.Request) error {
	if err := h.Desk.RevokeToken(r.Context(), r.Actor, press.TokenID(r.PathValue("id"))); err != nil {
		return r.SeeRefusal("/tokens", err)
	}
	return r.See("/tokens", "people.token_revoked_now")
}
