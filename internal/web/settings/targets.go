package settings

import (
	"net/url"
	"slices"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type targetsPage struct {
	Targets []desk.TargetRow
	Kinds   []press.SiteKind
}

func (h handlers) targets(r *page.Request) error {
	list, err := h.Desk.Targets(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Render("targets.html", targetsPage{list, press.SiteKinds()})
}

// targetPage is one website's form, or that of a new one. It never holds a secret but one that was just made.
type targetPage struct {
	New     bool
	Target  press.Target
	Health  press.TargetHealth
	Title   string
	Columns []columnChoice
	Strange []press.Column // that it takes and the office does not have
	Report  *press.TargetReport
	Made    string // a signing key, shown this once
	Told    []press.Text
}

// columnChoice is a column in the tree of those that can be ticked.
type columnChoice struct {
	Column   press.Column
	Checked  bool
	Children []columnChoice
}

// Key names the column in forms.
func (c columnChoice) Key() string { return c.Column.String() }

// WordPress reports whether it is one.
func (p targetPage) WordPress() bool { return p.Target.Kind == press.SiteWordPress }

// Webhook reports whether it is one.
func (p targetPage) Webhook() bool { return p.Target.Kind == press.SiteWebhook }

// Own reports whether it is Newsdesk's own website, which the configuration decides about.
func (p targetPage) Own() bool { return p.Target.Kind == press.SiteStatic }

// Path is the website's own address.
func (p targetPage) Path() string { return targetsPath + "/" + url.PathEscape(p.Target.Name) }

// Required reports whether WeChat waits for it.
func (p targetPage) Required() bool { return p.Target.Policy == press.SiteRequired }

// Plain reports whether what is sent there can be read on the way.
func (p targetPage) Plain() bool { return strings.HasPrefix(p.Target.Address, "http://") }

// Draft reports whether a retracted post becomes a draft.
func (p targetPage) Draft() bool { return p.Target.Options[press.OptionRetract] == press.RetractDraft }

// Categories are the lines that map columns.
func (p targetPage) Categories() string { return p.Target.Options[press.OptionCategories] }

// Authors are the lines that map authors.
func (p targetPage) Authors() string { return p.Target.Options[press.OptionAuthors] }

const targetsPath = "/settings/targets"

// targetForm fills the form's tree of columns.
func (h handlers) targetForm(r *page.Request, t press.Target) (targetPage, error) {
	p := targetPage{Target: t, Title: t.Title}
	nodes, err := h.Desk.Columns(r.Context())
	if err != nil {
		return p, err
	}
	chosen := map[string]bool{}
	for _, c := range t.Columns {
		chosen[c.String()] = true
	}
	p.Columns = choices(nodes, chosen)
	for _, c := range t.Columns {
		if chosen[c.String()] { // it was not found in the tree
			p.Strange = append(p.Strange, c)
		}
	}
	return p, nil
}

// choices are the columns that the office lists, ticked where they are chosen, which is then taken out of chosen.
func choices(nodes []press.ColumnNode, chosen map[string]bool) (out []columnChoice) {
	for _, n := range nodes {
		below := choices(n.Children, chosen)
		if !n.Listed {
			out = append(out, below...)
			continue
		}
		key := n.Path.String()
		out = append(out, columnChoice{Column: n.Path, Checked: chosen[key], Children: below})
		delete(chosen, key)
	}
	return out
}

func (h handlers) newTarget(r *page.Request) error {
	kind := press.SiteKind(r.FormValue("kind"))
	if !slices.Contains(press.SiteKinds(), kind) {
		return press.Fail(press.NotFound, "target.kind", press.Say("Choose a kind of website: WordPress or webhook.", "请选择渠道类型：WordPress 或 Webhook。"))
	}
	p, err := h.targetForm(r, press.Target{Kind: kind, On: true, Policy: press.SiteOptional})
	if err != nil {
		return err
	}
	p.New = true
	return r.Render("target.html", p)
}

func (h handlers) targetPage(r *page.Request) (targetPage, error) {
	row, err := h.Desk.Target(r.Context(), r.Actor, r.PathValue("name"))
	if err != nil {
		return targetPage{}, err
	}
	p, err := h.targetForm(r, row.Target)
	p.Health = row.Health
	return p, err
}

func (h handlers) target(r *page.Request) error {
	p, err := h.targetPage(r)
	if err != nil {
		return err
	}
	return r.Render("target.html", p)
}

// formOptions are the options that the form has fields for.
var formOptions = []string{press.OptionRetract, press.OptionCategories, press.OptionAuthors}

// typedTarget is the change that a form describes.
func typedTarget(r *page.Request) (desk.TargetChange, error) {
	if err := r.ParseForm(); err != nil {
		return desk.TargetChange{}, err
	}
	c := desk.TargetChange{
		Name: r.PostFormValue("name"), Version: int64(r.Number("version", 0)), Kind: press.SiteKind(r.PostFormValue("kind")), Title: r.PostFormValue("title"),
		Address: r.PostFormValue("address"), On: r.PostFormValue("on") != "", Policy: press.SitePolicy(r.PostFormValue("policy")),
		First: r.PostFormValue("first") != "", User: r.PostFormValue("user"), Secret: r.PostFormValue("secret"), Generate: r.PostFormValue("generate") != "",
		Options: map[string]string{},
	}
	for _, text := range r.PostForm["columns"] {
		c.Columns = append(c.Columns, press.ParseColumn(text))
	}
	for _, key := range formOptions {
		if value := strings.TrimSpace(r.PostFormValue(key)); value != "" {
			c.Options[key] = value
		}
	}
	return c, nil
}

func (h handlers) addTarget(r *page.Request) error {
	change, err := typedTarget(r)
	if err != nil {
		return err
	}
	if !slices.Contains(press.SiteKinds(), change.Kind) {
		return press.Fail(press.Invalid, "target.kind", press.Say("Choose a kind of website: WordPress or webhook.", "请选择渠道类型：WordPress 或 Webhook。"))
	}
	change.New = true
	return h.changeTarget(r, targetPage{New: true, Target: press.Target{Kind: change.Kind}}, change)
}

func (h handlers) saveTarget(r *page.Request) error {
	p, err := h.targetPage(r)
	if err != nil {
		return err
	}
	change, err := typedTarget(r)
	if err != nil {
		return err
	}
	change.Name, change.Kind = p.Target.Name, p.Target.Kind
	for key, value := range p.Target.Options { // what programs have set stays
		if !slices.Contains(formOptions, key) {
			change.Options[key] = value
		}
	}
	return h.changeTarget(r, p, change)
}

// changeTarget saves, or shows the form again with everything but the secret in it. A key that was made is shown at once: it
// goes through no cookie and no address.
func (h handlers) changeTarget(r *page.Request, p targetPage, change desk.TargetChange) error {
	saved, err := h.Desk.SaveTarget(r.Context(), r.Actor, change)
	if err != nil {
		t := p.Target
		t.Name, t.Title, t.Address, t.On, t.Policy, t.First = change.Name, change.Title, change.Address, change.On, change.Policy, change.First
		t.Columns, t.User, t.Options = change.Columns, change.User, change.Options
		again, formErr := h.targetForm(r, t)
		if formErr != nil {
			return formErr
		}
		again.New, again.Health, again.Title = p.New, p.Health, p.Target.Title
		return r.Refuse(err, "target.html", again)
	}
	if saved.Secret != "" || len(saved.Told) > 0 {
		done, err := h.targetForm(r, saved.Target)
		if err != nil {
			return err
		}
		done.Health, done.Made, done.Told = p.Health, saved.Secret, saved.Told
		return r.Render("target.html", done)
	}
	key := "targets.saved"
	if p.New {
		key = "targets.added"
	}
	return r.See(targetsPath+"/"+url.PathEscape(saved.Target.Name), key, "name", r.Say(saved.Target.Called()))
}

func (h handlers) removeTarget(r *page.Request) error {
	p, err := h.targetPage(r)
	if err != nil {
		return err
	}
	if err := h.Desk.RemoveTarget(r.Context(), r.Actor, p.Target.Name, int64(r.Number("version", 0))); err != nil {
		return r.SeeRefusal(p.Path(), err)
	}
	return r.See(targetsPath, "targets.removed", "name", r.Say(p.Target.Called()))
}

// testTarget tries the connection and shows each step, in the place of the button or on the whole page.
func (h handlers) testTarget(r *page.Request) error {
	p, err := h.targetPage(r)
	if err != nil {
		return err
	}
	report, err := h.Desk.TestTarget(r.Context(), r.Actor, p.Target.Name)
	if err != nil {
		return err
	}
	p.Report = &report
	if r.Partial() {
		return r.Fragment("target.html", "report", p)
	}
	return r.Render("target.html", p)
}
