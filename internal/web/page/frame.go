package page

import (
	"net/url"
	"slices"

	"newsdesk/internal/press"
)

// Frame is what the layout shows around every page.
type Frame struct {
	Lang    press.Lang
	HTML    string // the lang attribute
	Actor   press.Actor
	URL     *url.URL
	Office  press.Text
	Version string
	Site    string
	Sandbox string
	Flash   *flash
	Refusal *Refusal
	Samples []Sample
	Stops   []press.Stop // the emergency stops that are on
	Scripts bool         // were built into this program

	room string
}

func (r *Request) frame() *Frame {
	f := &Frame{
		Lang: r.Lang, HTML: "zh-CN", Actor: r.Actor, URL: r.URL, Office: r.kit.Office, Version: r.kit.Version,
		Site: r.kit.Site, Sandbox: r.kit.Sandbox, Refusal: r.refusal, Samples: r.kit.Samples, Scripts: r.kit.assets.built(), room: r.room.name,
	}
	if r.Lang == press.English {
		f.HTML = "en"
	}
	if !r.Partial() {
		f.Flash = r.takeFlash()
	}
	if r.SignedIn() && !r.Partial() {
		var err error
		if f.Stops, err = r.kit.Desk.Stops(r.Context()); err != nil { // the page is there to say what is wrong
			r.kit.Logger.Warn("the emergency stops could not be read for a page", "error", err)
		}
	}
	return f
}

// SignedIn reports whether a person looks.
func (f *Frame) SignedIn() bool { return !f.Actor.IsSystem() }

// Has reports whether the person has one of some roles.
func (f *Frame) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return f.Actor.Has(press.Role(role)) })
}

// At marks the entry of the navigation that the page belongs to.
func (f *Frame) At(paths ...string) bool {
	for _, p := range paths {
		if f.URL.Path == p || p != "/" && len(f.URL.Path) > len(p) && f.URL.Path[:len(p)+1] == p+"/" {
			return true
		}
	}
	return false
}
