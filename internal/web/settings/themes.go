package settings

import (
	"bytes"
	"slices"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type themesPage struct {
	Themes []desk.Theme
}

func (h handlers) themes(r *page.Request) error {
	list, err := h.Desk.Themes(r.Context())
	if err != nil {
		return err
	}
	return r.Render("themes.html", themesPage{list})
}

// newThemePage asks for the name of a copy.
type newThemePage struct {
	Themes       []desk.Theme
	Like         string
	Name, ZH, EN string
}

func (h handlers) newThemePage(r *page.Request) (newThemePage, error) {
	list, err := h.Desk.Themes(r.Context())
	list = slices.DeleteFunc(list, func(t desk.Theme) bool { return !t.Trouble.IsZero() })
	return newThemePage{Themes: list, Like: r.FormValue("like"), Name: r.FormValue("name"), ZH: r.FormValue("zh"), EN: r.FormValue("en")}, err
}

func (h handlers) newTheme(r *page.Request) error {
	data, err := h.newThemePage(r)
	if err != nil {
		return err
	}
	return r.Render("theme-new.html", data)
}

// addTheme makes a copy of a theme, to be changed next.
func (h handlers) addTheme(r *page.Request) error {
	data, err := h.newThemePage(r)
	if err != nil {
		return err
	}
	like, err := h.Desk.Theme(r.Context(), data.Like)
	if err == nil {
		name := strings.TrimSpace(data.Name)
		title := press.Text{EN: strings.TrimSpace(data.EN), ZH: strings.TrimSpace(data.ZH)}
		err = h.Desk.SaveTheme(r.Context(), r.Actor, press.StoredTheme{Name: name, YAML: markup.ThemeYAML(name, title, like.Fields())})
		if err == nil {
			return r.See("/settings/themes/"+name, "settings.theme_added", "name", name)
		}
	}
	return r.Refuse(err, "theme-new.html", data)
}

// themePage is one theme: its fields in groups, or its YAML.
type themePage struct {
	desk.Theme
	Groups []fieldGroup
	Expert bool // the YAML instead of fields
	Typed  string
	ZH, EN string
}

type fieldGroup struct {
	Name   string
	Fields []field
}

type field struct {
	markup.Field
	Name   string // the part of the key after the dot
	Picker string // what a colour picker begins with; it knows no "none"
}

// Editable reports whether the theme can be changed here.
func (t themePage) Editable() bool { return t.Origin == desk.ThemeOffice }

func (h handlers) themePage(r *page.Request) (themePage, error) {
	theme, err := h.Desk.Theme(r.Context(), r.PathValue("name"))
	if err != nil {
		return themePage{}, err
	}
	data := themePage{Theme: theme, Typed: theme.YAML, ZH: theme.Title.ZH, EN: theme.Title.EN}
	data.Expert = r.FormValue("as") == "yaml" || !theme.Trouble.IsZero()
	data.Groups = grouped(theme.Fields())
	return data, nil
}

func grouped(fields []markup.Field) []fieldGroup {
	var out []fieldGroup
	for _, f := range fields {
		group, name, _ := strings.Cut(f.Key, ".")
		if len(out) == 0 || out[len(out)-1].Name != group {
			out = append(out, fieldGroup{Name: group})
		}
		last := &out[len(out)-1]
		row := field{Field: f, Name: name, Picker: f.Value}
		if f.Kind == markup.FieldColour && f.Value == "none" {
			row.Picker = "#000000"
		}
		last.Fields = append(last.Fields, row)
	}
	return out
}

func (h handlers) theme(r *page.Request) error {
	data, err := h.themePage(r)
	if err != nil {
		return err
	}
	return r.Render("theme.html", data)
}

// typedTheme is the YAML that a form describes, and its fields as they were typed.
func typedTheme(r *page.Request, name string) (yaml string, fields []markup.Field) {
	if r.PostFormValue("as") == "yaml" {
		return r.PostFormValue("yaml"), nil
	}
	fields = markup.Themes().Default().Fields()
	for i := range fields {
		fields[i].Value = strings.TrimSpace(r.PostFormValue(fields[i].Key))
	}
	title := press.Text{EN: strings.TrimSpace(r.PostFormValue("en")), ZH: strings.TrimSpace(r.PostFormValue("zh"))}
	return markup.ThemeYAML(name, title, fields), fields
}

func (h handlers) saveTheme(r *page.Request) error {
	data, err := h.themePage(r)
	if err != nil {
		return err
	}
	yaml, fields := typedTheme(r, data.Name)
	version := int64(r.Number("version", 0))
	if version == 0 { // or it would be taken for a new one
		version = -1
	}
	err = h.Desk.SaveTheme(r.Context(), r.Actor, press.StoredTheme{Name: data.Name, YAML: yaml, Version: version})
	if err != nil {
		data.Typed, data.ZH, data.EN = yaml, r.PostFormValue("zh"), r.PostFormValue("en")
		if fields != nil {
			data.Groups = grouped(fields)
		}
		return r.Refuse(err, "theme.html", data)
	}
	path := "/settings/themes/" + data.Name
	if fields == nil {
		path += "?as=yaml"
	}
	return r.See(path, "settings.theme_saved", "name", data.Name)
}

func (h handlers) removeTheme(r *page.Request) error {
	name := r.PathValue("name")
	if err := h.Desk.RemoveTheme(r.Context(), r.Actor, name, int64(r.Number("version", 0))); err != nil {
		return r.SeeRefusal("/settings/themes/"+name, err)
	}
	return r.See("/settings/themes", "settings.theme_removed", "name", name)
}

// sample is the frame that shows a theme as it is saved.
func (h handlers) sample(r *page.Request) error {
	theme, err := h.Desk.Theme(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	if !theme.Trouble.IsZero() {
		return press.Fail(press.Invalid, "theme.file", theme.Trouble)
	}
	html, err := desk.ThemeSample(theme.Theme, r.Lang)
	if err != nil {
		return err
	}
	return h.frame(r, html)
}

// draftSample shows a theme as it is being typed: to a script the part that it puts into the frame, else the whole frame.
func (h handlers) draftSample(r *page.Request) error {
	name := r.PostFormValue("name")
	yaml, _ := typedTheme(r, name)
	theme, err := desk.DraftTheme(name, yaml)
	if err != nil {
		return err
	}
	html, err := desk.ThemeSample(theme, r.Lang)
	switch {
	case err != nil:
		return err
	case r.WantsJSON():
		return r.JSON(map[string]string{"html": html})
	}
	return h.frame(r, html)
}

// frame puts a sample into the page that is around an article in WeChat.
func (h handlers) frame(r *page.Request, html string) error {
	whole := h.Preview.Frame(press.TargetWeChat, r.FormValue("dark") != "")
	whole = bytes.Replace(whole, []byte("</body>"), []byte(`<div id="js_content">`+html+"</div></body>"), 1)
	return r.HTML(page.FramePolicy, whole)
}
