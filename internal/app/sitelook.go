package app

import (
	"context"
	"path/filepath"
	"time"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// dressed fills in how the website looks, which is the same for its pages, for previews and for single pages.
func dressed(c config.Config, s site.Config) site.Config {
	s.Theme, s.Templates, s.Meta = c.Site.Theme, c.Site.Templates, c.Site.Meta
	s.Grey, s.GreyDays, s.Filing = c.Site.Grey, c.Site.GreyDays, c.Site.ICP
	s.Variants, s.Code = built("variants.txt"), built("code.js")
	return s
}

// CheckSite refuses how the website is to look as a start would, and else gives advice on what is odd about it: its theme,
// the folder of a school's own templates, days. Nothing is written.
func CheckSite(c config.Config) ([]press.Text, error) {
	if !c.Site.Enabled {
		return nil, nil
	}
	if _, err := sitePlace(c); err != nil {
		return nil, err
	}
	s, err := site.New(dressed(c, site.Config{
		Dir: filepath.Join(c.Data, "site"), BaseURL: "http://localhost/site/", Title: press.Text{EN: c.Site.TitleEn, ZH: c.Site.TitleZh},
		Lang: c.Site.Language, Zone: c.Zone, PageSize: c.Site.PageSize, Archive: emptyArchive{},
	}))
	if err != nil {
		return nil, err
	}
	return s.Advice(), nil
}

// stateEvery is how late a day may begin; asking costs nothing while it is the same.
const stateEvery = 20 * time.Second

// keepSiteState writes what the website is in when a day begins, such as grey, until the returned function is called.
func (a *App) keepSiteState() func() error {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		state := "" // unknown: a start that failed may not have written it
		for tick := time.NewTicker(stateEvery); ; {
			var next string
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case now := <-tick.C:
				if next = a.Site.State(now); next == state {
					continue
				}
			}
			if err := a.Site.KeepState(ctx); err != nil {
				a.opts.Logger.Warn("the website's state of the day could not be written", "error", err)
				continue
			}
			state = next
		}
	}()
	return func() error { cancel(); <-done; return nil }
}

// WriteSiteTemplates writes the built-in templates of a theme into a folder and returns their names.
func WriteSiteTemplates(theme, dir string) ([]string, error) { return site.WriteTemplates(theme, dir) }

// SiteThemes returns the names of the website's themes.
func SiteThemes() []string { return site.Themes() }
