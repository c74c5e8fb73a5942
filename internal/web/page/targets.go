package page

import (
	"context"

	"newsdesk/internal/press"
)

// TargetNames is what people call the places of deliveries.
type TargetNames map[string]press.Text

// TargetNames returns the names of the websites. Where they cannot be read each is called by its short name: a page that
// says where something went must not be missing for that.
func (k *Kit) TargetNames(ctx context.Context) TargetNames {
	names, err := k.Desk.SiteNames(ctx)
	if err != nil {
		k.Logger.WarnContext(ctx, "websites are called by their short names", "error", err)
	}
	return names
}

// Called is a target's name: of a website what people call it, of an account, or of what was removed, its own.
func (n TargetNames) Called(target string) press.Text {
	if name, ok := n[target]; ok {
		return name
	}
	return press.Text{EN: target, ZH: target}
}

// Of is where a delivery goes: an account, or a website by its name.
func (n TargetNames) Of(d press.Delivery) press.Text {
	if name, ok := n[d.Target]; ok && d.Kind == press.TargetSite {
		return name
	}
	return press.Text{EN: d.Target, ZH: d.Target}
}
