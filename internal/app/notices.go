package app

import (
	"context"
	"os"

	"newsdesk/internal/herald"
	"newsdesk/internal/notice"
	"newsdesk/internal/press"
)

// noticeDoor is what the desk needs of notices: whether a route may be used, and a message that tries it.
type noticeDoor struct {
	*notice.Sender
	*herald.Herald
}

// openHerald makes what tells people. It sends nothing before Start, and is closed before the database is.
func (a *App) openHerald() noticeDoor {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	sender := notice.New(notice.Config{
		Private: a.Config.Notices.Private, Plain: a.Config.Notices.Plain, Robots: a.Config.Notices.Robots, Name: host,
		Version: a.opts.Version, Now: clock,
	})
	a.herald = herald.New(herald.Config{
		Store: a.Store, Sender: sender, Unseal: a.roster.Unseal, Zone: a.Config.Zone, Public: a.Config.PublicURL,
		Office: press.Text{EN: a.Config.Site.TitleEn, ZH: a.Config.Site.TitleZh}, Now: clock, Log: a.opts.Logger,
		Places: func(ctx context.Context) (map[string]press.Text, error) { return a.Desk.SiteNames(ctx) }, // the desk is opened later
	})
	a.later(func() error {
		a.herald.Close()
		return nil
	})
	return noticeDoor{sender, a.herald}
}
