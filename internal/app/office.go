package app

import (
	"context"
	"fmt"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// Office is a sample publicity office: people to sign in as, and articles in every state, so that each page of the newsroom
// has something to show. Every name in it is plainly a sample.
type Office struct {
	App  *App
	Lang press.Lang

	people   map[string]press.Actor
	pictures []press.Digest
}

// SamplePassword opens every account of the sample office, which runs on this machine alone and publishes to the sandbox.
const SamplePassword = "newsdesk-sample"

// SamplePerson is somebody of the sample office.
type SamplePerson struct {
	Name press.Text
	Role press.Role
	key  string
}

// SamplePeople lists the people of the sample office.
func SamplePeople() []SamplePerson {
	return []SamplePerson{
		{press.Say("Sample Administrator", "示例管理员"), press.Administrator, "admin"},
		{press.Say("Sample Contributor", "示例投稿人"), press.Contributor, "writer"},
		{press.Say("Sample Editor", "示例编辑"), press.Editor, "editor"},
		{press.Say("Sample Reviewer One", "示例初审"), press.Reviewer, "first"},
		{press.Say("Sample Reviewer Two", "示例复审"), press.Reviewer, "second"},
		{press.Say("Sample Reviewer Three", "示例终审"), press.Reviewer, "third"},
	}
}

// Furnish puts the people and the articles into a Newsdesk that has neither.
func (o *Office) Furnish(ctx context.Context) error {
	for _, step := range []func(context.Context) error{o.Hire, o.hang, o.plant, o.write} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Person is one of the office's people, by key: admin, writer, editor, first, second, third.
func (o *Office) Person(key string) press.Actor { return o.people[key] }

// Hire adds the people, or finds those whom a demo has added already, and gives them a password.
func (o *Office) Hire(ctx context.Context) error {
	o.people = map[string]press.Actor{}
	admin := SamplePeople()[0]
	_, session, err := o.App.Desk.SetUp(ctx, desk.SetUp{
		Name: admin.Name.In(o.Lang), Password: SamplePassword, Here: true, Agent: "demo", Address: "127.0.0.1",
	})
	if err != nil {
		return err
	}
	user, err := o.App.Store.User(ctx, session.User)
	if err != nil {
		return err
	}
	o.people[admin.key] = press.Actor{User: user}
	for _, p := range SamplePeople()[1:] {
		actor, err := o.App.person(ctx, p.Name.In(o.Lang), p.Role)
		if err != nil {
			return err
		}
		if err := o.App.giveKey(ctx, o.people[admin.key], actor.ID); err != nil {
			return err
		}
		o.people[p.key] = actor
	}
	return nil
}

// giveKey gives somebody the sample password, the way an administrator and the person themselves would.
func (a *App) giveKey(ctx context.Context, by press.Actor, id press.UserID) error {
	once, user, err := a.Desk.ResetPassword(ctx, by, id)
	if err != nil {
		return err
	}
	return a.Desk.ChangePassword(ctx, press.Actor{User: user}, once, SamplePassword, press.Session{})
}

// hang takes the sample pictures into the gallery.
func (o *Office) hang(ctx context.Context) error {
	for _, file := range SampleParcel(o.Lang)[1:] {
		p, _, err := o.App.Gallery.Take(ctx, file.Name, file.Open, append([]press.Recipe{press.WeChatBody, press.CoverWide, press.CoverSquare}, press.SiteRecipes()...))
		if err != nil {
			return err
		}
		o.pictures = append(o.pictures, p.Digest)
	}
	return nil
}

// plant makes the tree of columns.
func (o *Office) plant(ctx context.Context) error {
	for _, c := range []press.Text{
		press.Say("News", "新闻资讯"), press.Say("News > College news", "新闻资讯 > 学院要闻"), press.Say("News > Departments", "新闻资讯 > 院系动态"),
		press.Say("Campus", "校园生活"), press.Say("Campus > Clubs", "校园生活 > 社团风采"), press.Say("Notices", "通知公告"),
	} {
		if err := o.App.Desk.AddColumn(ctx, o.people["admin"], press.ParseColumn(c.In(o.Lang))); err != nil {
			return err
		}
	}
	return nil
}

// write makes an article in every state an article and a delivery can be in for somebody to look at.
func (o *Office) write(ctx context.Context) error {
	for _, step := range []func(context.Context) error{o.drafts, o.inReview, o.returned, o.withdrawn, o.scheduled, o.blocked} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) drafts(ctx context.Context) error {
	if _, err := o.article(ctx, sampleLibrary, false); err != nil {
		return err
	}
	lecture, err := o.article(ctx, sampleLecture, false)
	if err != nil {
		return err
	}
	typed := o.content(sampleLecture)
	typed.Body.Blocks = append(typed.Body.Blocks, press.Paragraph{Text: o.runs(press.Say(
		"The second half has not been written yet: ", "后半部分尚待补充："))})
	_, err = o.App.Desk.SaveWorking(ctx, o.people["writer"], lecture.ID, lecture.Revision, typed)
	return err
}

func (o *Office) inReview(ctx context.Context) error {
	for signatures, text := range []sample{sampleSports, sampleSafety, sampleVolunteers} {
		a, err := o.article(ctx, text, true)
		if err != nil {
			return err
		}
		if err := o.sign(ctx, a, signatures); err != nil {
			return err
		}
	}
	return nil
}

// returned is an article that came back with a reason and remarks, after a first revision that was signed once.
func (o *Office) returned(ctx context.Context) error {
	a, err := o.article(ctx, sampleAlumni, true)
	if err != nil {
		return err
	}
	if err := o.sign(ctx, a, 1); err != nil {
		return err
	}
	_, err = o.App.Desk.ReturnWithComments(ctx, o.people["second"], a.ID, a.Revision, press.Say(
		"The number of alumni differs between the title and the text; please check.", "标题与正文中的校友人数不一致，请核对。").In(o.Lang),
		[]desk.NewComment{{Revision: a.Revision, Where: "body.blocks[0]", Text: press.Say("Here it says 120.", "这里写的是 120 人。").In(o.Lang)}})
	return err
}

func (o *Office) withdrawn(ctx context.Context) error {
	a, err := o.article(ctx, sampleRain, false)
	if err != nil {
		return err
	}
	_, err = o.App.Desk.Withdraw(ctx, o.people["editor"], a.ID, press.Say("The event was put off.", "活动已改期。").In(o.Lang))
	return err
}

// scheduled leaves two approved articles for whoever composes an edition, and two in tomorrow morning's push.
func (o *Office) scheduled(ctx context.Context) error {
	var ids []press.ArticleID
	for _, text := range []sample{sampleOpening, sampleChoir, sampleAward, sampleCanteen} {
		a, err := o.approved(ctx, text)
		if err != nil {
			return err
		}
		ids = append(ids, a.ID)
	}
	tomorrow := time.Now().In(o.App.Config.Zone).AddDate(0, 0, 1)
	at := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 7, 0, 0, 0, o.App.Config.Zone)
	_, _, err := o.App.Desk.Compose(ctx, o.people["editor"], desk.NewEdition{Mode: press.ModeMass, At: at, Articles: ids[2:]})
	return err
}

// blocked is a push whose draft somebody edited in WeChat's console before its time came.
func (o *Office) blocked(ctx context.Context) error {
	a, err := o.approved(ctx, sampleBus)
	if err != nil || o.App.Sandbox == nil {
		return err
	}
	edition, _, err := o.App.Desk.Compose(ctx, o.people["editor"], desk.NewEdition{
		Mode: press.ModePublish, At: time.Now().Add(time.Hour), Articles: []press.ArticleID{a.ID},
	})
	if err != nil {
		return err
	}
	push, err := o.await(ctx, edition.ID, press.Ready)
	if err != nil {
		return err
	}
	account := o.App.Config.Accounts[0]
	edited := press.Say("Sample: shuttle bus, edited by hand", "示例：班车调整（后台改动）").In(o.Lang)
	if err := o.App.Sandbox.EditDraft(account.AppID, push.MediaID, 0, sandbox.Edit{Title: &edited}); err != nil {
		return err
	}
	if _, err := o.App.Desk.Reschedule(ctx, o.people["editor"], edition.ID, time.Now()); err != nil {
		return err
	}
	_, err = o.await(ctx, edition.ID, press.Blocked)
	return err
}

// await waits for an edition's push to reach a state.
func (o *Office) await(ctx context.Context, id press.EditionID, want press.State) (press.Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		list, _, err := o.App.Store.Deliveries(ctx, store.DeliveryFilter{Edition: id, Kind: press.TargetWeChat})
		if err != nil {
			return press.Delivery{}, err
		}
		if len(list) == 1 && list[0].State == want {
			return list[0], nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return press.Delivery{}, fmt.Errorf("app: the sample push did not become %s: %w", want, ctx.Err())
		}
	}
}

func (o *Office) article(ctx context.Context, s sample, submit bool) (press.Article, error) {
	writer := o.people["writer"]
	a, err := o.App.Desk.NewArticle(ctx, writer)
	if err != nil {
		return a, err
	}
	saved, err := o.App.Desk.SaveRevision(ctx, writer, a.ID, a.Revision, o.content(s), submit)
	return saved.Article, err
}

func (o *Office) sign(ctx context.Context, a press.Article, stages int) error {
	for _, key := range []string{"first", "second", "third"}[:stages] {
		if _, _, err := o.App.Desk.Sign(ctx, o.people[key], a.ID, a.Revision, a.Hash); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) approved(ctx context.Context, s sample) (press.Article, error) {
	a, err := o.article(ctx, s, true)
	if err != nil {
		return a, err
	}
	return a, o.sign(ctx, a, 3)
}

func (o *Office) runs(t press.Text) []press.Run { return []press.Run{{Text: t.In(o.Lang)}} }

// content is a sample's text with pictures of the gallery in it.
func (o *Office) content(s sample) press.Content {
	c := press.Content{
		Title: s.title.In(o.Lang), Column: press.ParseColumn(s.column.In(o.Lang)), Digest: s.digest.In(o.Lang),
		Credits: press.Credits{
			Text: press.Say("Sample Office", "示例宣传部").In(o.Lang), Photos: press.Say("Sample Reporters", "示例学生记者团").In(o.Lang),
		},
	}
	for i, p := range s.paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: o.runs(p)})
		if i < s.pictures {
			c.Body.Blocks = append(c.Body.Blocks, press.Picture{
				Photo: o.pictures[(s.first+i)%len(o.pictures)], Caption: press.Say("A sample picture", "示例图片").In(o.Lang),
			})
		}
	}
	return c
}
