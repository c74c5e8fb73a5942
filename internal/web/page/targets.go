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
	list, err := k.Desk.SiteTargets(ctx)
	if err != nil {
		k.Logger.WarnContext(ctx, "websites are called by their short names", "error", err)
	}
	out := TargetNames{press.SiteTarget: press.TargetSite.Name()}
	for _, t := range list {
		if t.Kind != press.SiteStatic || t.Title != "" {
			out[t.Name] = t.Called()
		}
	}
	return out
}

// Of is where a delivery goes: an account, or a website by its name.
func (n TargetNames) Of(d press.Delivery) press.Text {
	if name, ok := n[d.Target]; ok && d.Kind == press.TargetSite {
		return name
	}
	return press.Text{EN: d.Target, ZH: d.Target}
}
