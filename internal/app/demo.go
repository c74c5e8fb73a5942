package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// Demo is the main job from end to end: a parcel is handed in, signed by three people, scheduled in mode publish and in
// mode mass, and brought to the website and the sandbox.
type Demo struct {
	App    *App
	Files  []intake.File
	Lang   press.Lang    // of the sample people's names
	In     time.Duration // how far ahead the editions are scheduled
	Opened time.Duration // how long the start took, for the summary
	Photo  func(desk.PhotoDone)
	Say    func(press.Text)
}

// Summary is what a demo leaves behind for programs.
type Summary struct {
	Article      press.ArticleID   `json:"article"`
	Title        string            `json:"title"`
	Column       press.Column      `json:"column"`
	ContentHash  press.ContentHash `json:"content_hash"`
	Photos       []PhotoSummary    `json:"photos"`
	Notes        []press.Note      `json:"notes"`
	Website      WebsiteSummary    `json:"website"`
	WeChat       []PushSummary     `json:"wechat"`
	Chat         string            `json:"chat"`
	Milliseconds map[string]int64  `json:"milliseconds"` // by stage
	Live         bool              `json:"live"`         // everything is
}

// PhotoSummary is a photo and what was made of it.
type PhotoSummary struct {
	Name       string             `json:"name"`
	Digest     press.Digest       `json:"digest"`
	Width      int                `json:"width"`
	Height     int                `json:"height"`
	Renditions []RenditionSummary `json:"renditions"`
}

// RenditionSummary is one resized copy.
type RenditionSummary struct {
	Recipe press.Recipe `json:"recipe"`
	Width  int          `json:"width"`
	Height int          `json:"height"`
	Bytes  int64        `json:"bytes"`
}

// WebsiteSummary is where the website's page is.
type WebsiteSummary struct {
	State   press.State `json:"state"`
	Address string      `json:"address"`
	File    string      `json:"file"`
}

// PushSummary is what became of one push.
type PushSummary struct {
	Delivery  press.DeliveryID `json:"delivery"`
	Mode      press.Mode       `json:"mode"`
	State     press.State      `json:"state"`
	MediaID   string           `json:"media_id"`
	PublishID string           `json:"publish_id,omitempty"`
	MsgID     string           `json:"msg_id,omitempty"`
	Articles  []string         `json:"articles"` // addresses
	Local     []string         `json:"local"`    // the same in the sandbox
	Due       time.Time        `json:"due"`
	Fired     time.Time        `json:"fired"`
	Attempts  int              `json:"attempts"`
	Reason    *press.Reason    `json:"reason,omitempty"`
}

// Run goes through it. The summary is filled as far as the demo came, also when it fails.
func (d *Demo) Run(ctx context.Context) (Summary, error) {
	s := Summary{Milliseconds: map[string]int64{"start": d.Opened.Milliseconds()}, Photos: []PhotoSummary{}, WeChat: []PushSummary{}}
	begun := time.Now()
	stage := func(name string, since time.Time) { s.Milliseconds[name] = time.Since(since).Milliseconds() }
	people, err := d.people(ctx)
	if err != nil {
		return s, err
	}
	at := time.Now()
	d.Say(press.Say("Handing in %d files.", "正在提交 %d 个文件。", len(d.Files)))
	handed, err := d.App.Desk.HandIn(ctx, people.contributor, desk.HandIn{Files: d.Files, Progress: d.Photo})
	if err != nil {
		return s, err
	}
	stage("hand_in", at)
	s.describe(handed)
	d.Say(handedIn(handed.Article))
	for _, note := range handed.Revision.Notes {
		d.Say(press.Text{EN: "  note: " + note.Text.EN, ZH: "  提示：" + note.Text.ZH})
	}
	at = time.Now()
	if err := d.sign(ctx, people, handed.Article); err != nil {
		return s, err
	}
	stage("review", at)
	at = time.Now()
	editions, err := d.schedule(ctx, people.editor, handed.Article.ID)
	if err != nil {
		return s, err
	}
	s.Milliseconds["schedule"] = time.Since(at).Milliseconds()
	at = time.Now()
	err = d.follow(ctx, &s, editions)
	stage("deliver", at)
	stage("total", begun)
	if err != nil {
		return s, err
	}
	return s, d.addSteps(ctx, &s)
}

func handedIn(a press.Article) press.Text {
	if len(a.Column) == 0 {
		return press.Say("“%s” is handed in.", "“%s”已提交。", a.Title)
	}
	return press.Say("“%s” is handed in under %s.", "“%s”已提交，栏目：%s。", a.Title, a.Column)
}

// addSteps adds how long the steps of the pushes took, by mode, and the writing of the website's page.
func (d *Demo) addSteps(ctx context.Context, s *Summary) error {
	for _, push := range s.WeChat {
		attempts, err := d.App.Store.Attempts(ctx, push.Delivery)
		if err != nil {
			return err
		}
		for _, a := range attempts {
			s.Milliseconds[string(push.Mode)+"_"+string(a.Step)] += a.EndedAt.Sub(a.StartedAt).Milliseconds()
		}
	}
	return nil
}

func (s *Summary) describe(h desk.HandedIn) {
	s.Article, s.Title, s.Column, s.ContentHash, s.Notes = h.Article.ID, h.Article.Title, h.Article.Column, h.Article.Hash, h.Revision.Notes
	for _, p := range h.Photos {
		photo := PhotoSummary{Name: p.Name, Digest: p.Digest, Width: p.Width, Height: p.Height, Renditions: []RenditionSummary{}}
		for _, r := range h.Renditions {
			if r.Photo == p.Digest {
				photo.Renditions = append(photo.Renditions, RenditionSummary{Recipe: r.Recipe, Width: r.Width, Height: r.Height, Bytes: r.Bytes})
			}
		}
		s.Photos = append(s.Photos, photo)
	}
}

type demoPeople struct {
	contributor, editor press.Actor
	reviewers           []press.Actor
}

// people finds or adds the sample people.
func (d *Demo) people(ctx context.Context) (demoPeople, error) {
	var out demoPeople
	for _, p := range SamplePeople() {
		if p.Role == press.Administrator {
			continue
		}
		actor, err := d.App.person(ctx, p.Name.In(d.Lang), p.Role)
		if err != nil {
			return out, err
		}
		switch p.Role {
		case press.Contributor:
			out.contributor = actor
		case press.Editor:
			out.editor = actor
		case press.Reviewer:
			out.reviewers = append(out.reviewers, actor)
		}
	}
	return out, nil
}

// person finds somebody, or adds them.
func (a *App) person(ctx context.Context, name string, role press.Role) (press.Actor, error) {
	user, err := a.Store.UserByName(ctx, name)
	if press.KindOf(err) == press.NotFound && err != nil {
		user, err = a.Desk.AddUser(ctx, press.System(), name, []press.Role{role}, nil)
	}
	return press.Actor{User: user}, err
}

func (d *Demo) sign(ctx context.Context, people demoPeople, article press.Article) error {
	settings, err := d.App.Desk.Settings(ctx)
	if err != nil {
		return err
	}
	for _, reviewer := range people.reviewers {
		after, signed, err := d.App.Desk.Sign(ctx, reviewer, article.ID, article.Revision, article.Hash)
		if err != nil {
			return err
		}
		stage, _ := settings.Stage(signed.Stage)
		d.Say(press.Text{
			EN: fmt.Sprintf("%s signed: %s.", stage.Name.EN, reviewer.Name), ZH: fmt.Sprintf("%s已签字：%s。", stage.Name.ZH, reviewer.Name),
		})
		if after.State == press.ArticleApproved {
			break // the office may have fewer stages than reviewers
		}
	}
	return nil
}

// schedule puts the article into an edition of each mode, two seconds apart as no office would send them together.
func (d *Demo) schedule(ctx context.Context, editor press.Actor, id press.ArticleID) ([]press.EditionID, error) {
	var out []press.EditionID
	at := time.Now().Add(d.In)
	for i, mode := range []press.Mode{press.ModePublish, press.ModeMass} {
		due := at
		if d.In > 0 {
			due = at.Add(time.Duration(i) * 2 * time.Second)
		}
		edition, _, err := d.App.Desk.Compose(ctx, editor, desk.NewEdition{Mode: mode, At: due, Articles: []press.ArticleID{id}, Account: d.App.Config.Accounts[0].Name})
		if err != nil {
			return nil, err
		}
		when := due.In(d.App.Config.Zone).Format("15:04:05")
		d.Say(press.Text{
			EN: fmt.Sprintf("Edition in mode %s is queued for %s.", mode, when),
			ZH: fmt.Sprintf("推送（%s）已排队，时间 %s。", map[press.Mode]string{press.ModePublish: "发布", press.ModeMass: "群发"}[mode], when),
		})
		out = append(out, edition.ID)
	}
	return out, nil
}

// patience is how long a demo waits for its deliveries after their time.
const patience = 90 * time.Second

// follow waits until every delivery has come to an end.
func (d *Demo) follow(ctx context.Context, s *Summary, editions []press.EditionID) error {
	ctx, cancel := context.WithTimeout(ctx, d.In+patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ended, err := d.look(ctx, s, editions)
		if err != nil || ended {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err() // somebody does not want to wait
			}
			return press.Fail(press.Unavailable, "demo.slow", press.Say(
				"The deliveries did not come to an end within %s.", "投放未在 %s 内完成。", d.In+patience)).Because(ctx.Err())
		}
	}
}

func (d *Demo) look(ctx context.Context, s *Summary, editions []press.EditionID) (ended bool, err error) {
	s.WeChat, s.Live, ended = s.WeChat[:0], true, true
	for _, id := range editions {
		list, _, err := d.App.Store.Deliveries(ctx, store.DeliveryFilter{Edition: id, Kind: press.TargetWeChat})
		if err != nil {
			return false, err
		}
		pages, err := d.App.Store.SiteDeliveries(ctx, id)
		if err != nil {
			return false, err
		}
		for _, delivery := range append(list, pages...) {
			ended = ended && !delivery.State.Moving()
			s.Live = s.Live && delivery.State == press.Live
		}
		for _, delivery := range list {
			s.WeChat = append(s.WeChat, d.push(delivery))
		}
		for _, page := range pages {
			s.Website = WebsiteSummary{State: page.State, Address: d.App.Site.Address(page.Article)}
			s.Website.File = filepath.Join(d.App.Config.Site.Dir, filepath.FromSlash(d.App.Site.Path(page.Article)))
		}
	}
	if d.App.Sandbox != nil {
		s.Chat = d.App.Sandbox.ChatURL(d.App.Config.Accounts[0].AppID)
	}
	return ended, nil
}

func (d *Demo) push(delivery press.Delivery) PushSummary {
	p := PushSummary{
		Delivery: delivery.ID, Mode: delivery.Mode, State: delivery.State, MediaID: delivery.MediaID, Articles: delivery.URLs,
		Due: delivery.DueAt, Fired: delivery.FiredAt, Attempts: delivery.Tries, Reason: delivery.Reason, Local: []string{},
	}
	if delivery.Mode == press.ModeMass {
		p.MsgID = delivery.PushID
	} else {
		p.PublishID = delivery.PushID
	}
	for _, address := range delivery.URLs {
		if d.App.Sandbox != nil {
			p.Local = append(p.Local, d.App.Sandbox.LocalURL(address))
		}
	}
	return p
}
