package desk

import (
	"context"
	"slices"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// ThemeOrigin is where a theme comes from.
type ThemeOrigin string

// The origins of themes. Only those made in the browser are changed there.
const (
	ThemeBuiltIn ThemeOrigin = "builtin" // part of the program
	ThemeFolder  ThemeOrigin = "folder"  // a file in themes.dir
	ThemeOffice  ThemeOrigin = "office"  // made in the browser
)

// Theme is what articles can look like in WeChat.
type Theme struct {
	markup.Theme
	Origin   ThemeOrigin
	YAML     string
	Version  int64      // of a theme that was made in the browser
	Trouble  press.Text // why it cannot be used; zero: it can
	Accounts []string   // that use it where an edition names no theme
}

// Themes returns every theme, the default first. One that was made in the browser and that this program cannot read is
// there with its trouble.
func (d *Desk) Themes(ctx context.Context) (_ []Theme, err error) {
	defer press.Wrap(&err, "desk.Themes")
	stored, err := d.Store.Themes(ctx)
	if err != nil {
		return nil, err
	}
	set := d.Office.Themes(ctx)
	users := map[string][]string{}
	for _, a := range d.Office.Accounts(ctx) {
		users[a.Theme] = append(users[a.Theme], a.Name)
	}
	var out []Theme
	for _, name := range set.Names() {
		if slices.ContainsFunc(stored, func(s press.StoredTheme) bool { return s.Name == name }) {
			continue
		}
		theme, _ := set.Get(name)
		t := Theme{Theme: theme, Origin: ThemeFolder, YAML: theme.YAML(), Accounts: users[name]}
		if own, ok := markup.Themes().Get(name); ok && own.YAML() == t.YAML {
			t.Origin = ThemeBuiltIn
		}
		out = append(out, t)
	}
	for _, s := range stored {
		t := Theme{Origin: ThemeOffice, YAML: s.YAML, Version: s.Version, Accounts: users[s.Name]}
		if t.Theme, err = markup.ParseTheme(s.Name, []byte(s.YAML)); err != nil {
			t.Theme.Name, t.Trouble = s.Name, press.TextOf(err)
		}
		out = append(out, t)
	}
	return out, nil
}

// Theme returns one theme.
func (d *Desk) Theme(ctx context.Context, name string) (Theme, error) {
	list, err := d.Themes(ctx)
	if err != nil {
		return Theme{}, err
	}
	i := slices.IndexFunc(list, func(t Theme) bool { return t.Name == name })
	if i < 0 {
		return Theme{}, press.Fail(press.NotFound, "theme.missing", press.Say("There is no theme %q.", "没有名为“%s”的主题。", name))
	}
	return list[i], nil
}

// SaveTheme keeps a theme that was made in the browser, as the YAML of a theme file: a new one where the version is 0, else
// another text of the one of that name. Deliveries that are not prepared yet look like it from then on; those that are
// prepared stay as they were.
func (d *Desk) SaveTheme(ctx context.Context, by press.Actor, s press.StoredTheme) (err error) {
	defer press.Wrap(&err, "desk.SaveTheme(%q)", s.Name)
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	s.YAML = strings.ReplaceAll(s.YAML, "\r\n", "\n") // as forms send it
	theme, err := markup.ParseTheme(s.Name, []byte(s.YAML))
	if err != nil {
		return err
	}
	if theme.Name != s.Name {
		return press.Fail(press.Invalid, "theme.name", press.Say(
			"The theme is called %[1]q in its YAML, but %[2]q here. A theme keeps its name, since accounts and editions know it by that; copy it for another name.",
			"YAML 中的名称是“%[1]s”，此处是“%[2]s”。公众号和推送按名称引用主题，名称不能更改；如需其他名称，请复制一份。", theme.Name, s.Name))
	}
	if err := d.freeThemeName(ctx, s); err != nil {
		return err
	}
	if err := d.Store.SaveTheme(ctx, by, s); err != nil {
		return err
	}
	d.Office.Refresh(ctx)
	return nil
}

// freeThemeName refuses the name of a theme that was not made in the browser.
func (d *Desk) freeThemeName(ctx context.Context, s press.StoredTheme) error {
	if s.Version != 0 {
		return nil
	}
	if _, taken := d.Office.Themes(ctx).Get(s.Name); taken {
		return press.Fail(press.Conflict, "theme.exists", press.Say("There is already a theme %s.", "已有名为 %s 的主题。", s.Name))
	}
	return nil
}

// RemoveTheme takes a theme away that was made in the browser. It is refused while an account uses it, or an edition that
// waits.
func (d *Desk) RemoveTheme(ctx context.Context, by press.Actor, name string, version int64) (err error) {
	defer press.Wrap(&err, "desk.RemoveTheme(%q)", name)
	if err := by.Require(press.Administrator); err != nil {
		return err
	}
	for _, a := range d.Office.Accounts(ctx) {
		if a.Theme == name {
			return press.Fail(press.Conflict, "theme.used", press.Say(
				"The account %[2]s uses the theme %[1]s. Give it another one first.", "公众号 %[2]s 正在使用主题 %[1]s，请先为其更换主题。", name, a.Name))
		}
	}
	if err := d.Store.RemoveTheme(ctx, by, name, version); err != nil {
		return err
	}
	d.Office.Refresh(ctx)
	return nil
}
