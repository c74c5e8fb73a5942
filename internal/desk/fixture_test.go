package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/blob"
	"newsdesk/internal/desk"
	"newsdesk/internal/gallery"
	"newsdesk/internal/intake"
	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/storetest"
	"newsdesk/internal/store"
)

// office is a desk on a real database and a real gallery, with people in it, at a moment that stands still.
type office struct {
	testing.TB
	*desk.Desk
	rows  *store.Store
	queue *nudges
	now   time.Time

	writer, other, editor, admin press.Actor
	reviewers                    []press.Actor
}

func open(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	o := openEmpty(t, change...)
	o.people()
	return o
}

// openEmpty is a desk before anybody is there.
func openEmpty(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	o := &office{TB: t, queue: &nudges{}, now: time.Date(2026, 11, 3, 2, 0, 0, 0, time.UTC)}
	now := func() time.Time { return o.now }
	rows, err := store.Open(t.Context(), store.Config{Driver: store.DriverSQLite, DSN: filepath.Join(storetest.Folder(t), "newsdesk.db"), Now: now})
	o.ok(err)
	t.Cleanup(func() { o.ok(rows.Close()) })
	blobs, err := blob.NewDisk(filepath.Join(t.TempDir(), "blobs"))
	o.ok(err)
	themes, err := markup.LoadThemes("")
	o.ok(err)
	o.rows = rows
	cfg := desk.Config{
		Store: rows, Queue: o.queue, Pages: pages{themes}, Office: newInstallation(rows, themes),
		Gallery:    gallery.New(gallery.Config{Store: rows, Blobs: blobs, Pipeline: photo.New(photo.Config{}), MaxBytes: 5e6, Now: now}),
		Files:      blobs,
		SiteTarget: "site", SiteLead: 30 * time.Second, WakeEarly: 5 * time.Second,
		Limits: intake.DefaultLimits(), Now: now,
	}
	for _, f := range change {
		f(&cfg)
	}
	o.Desk = desk.New(cfg)
	return o
}

func (o *office) people() {
	o.Helper()
	o.writer = o.person("Zhao 赵", press.Contributor)
	o.other = o.person("Qian 钱", press.Contributor)
	o.editor = o.person("Sun 孙", press.Editor)
	o.admin = o.person("Li 李", press.Administrator)
	for _, name := range []string{"Zhou 周", "Wu 吴", "Zheng 郑"} {
		o.reviewers = append(o.reviewers, o.person(name, press.Reviewer))
	}
}

func (o *office) person(name string, roles ...press.Role) press.Actor {
	o.Helper()
	user, err := o.AddUser(o.Context(), press.System(), name, roles, nil)
	o.ok(err)
	return press.Actor{User: user}
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatalf("unexpected error: %v", err)
	}
}

// jargon is what a sentence for people must not hold: verbs of a format that went wrong, types, wrapped errors.
var jargon = regexp.MustCompile(`%!|\bnil\b|panic|goroutine|\bEOF\b|errno|context (deadline|canceled)|map\[|\[\]|struct\b|sql:|no such file|` +
	`\b0x[0-9a-f]{3}|\bpress\.|desk\.|store:|gallery:|photo:|blob:|\[[a-z]+( [a-z]+)*\]`)

// roleList is how the domain's own sentence about roles lists them.
var roleList = regexp.MustCompile(`[(（]\[(contributor|reviewer|editor|administrator| )+\][)）]`)

var quoted = regexp.MustCompile(`“[^”]*”`) // titles and names, in whatever language

// refused checks a refusal: what a program sees of it, and what a person does.
func (o *office) refused(err error, kind press.Kind, code string) {
	o.Helper()
	if err == nil || press.KindOf(err) != kind || press.CodeOf(err) != code {
		o.Fatalf("got %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), kind, code)
	}
	o.plain(press.TextOf(err))
}

// plain checks that a sentence is said in both languages and is one for people.
func (o *office) plain(text press.Text) {
	o.Helper()
	if text.EN == "" || text.ZH == "" || text.EN == text.ZH {
		o.Errorf("not said in both languages: %+v", text)
	}
	for _, said := range []string{text.EN, text.ZH} {
		said = roleList.ReplaceAllString(said, "")
		if found := jargon.FindString(said); found != "" {
			o.Errorf("%q in %q is not for people", found, said)
		}
	}
	if strings.ContainsFunc(quoted.ReplaceAllString(text.EN, ""), func(r rune) bool { return r == '。' || r == '，' }) {
		o.Errorf("Chinese marks in %q", text.EN)
	}
}

// nudges notes what the workers are told.
type nudges struct {
	mu   sync.Mutex
	seen []press.DeliveryID
	err  error
}

func (n *nudges) Nudge(_ context.Context, d press.Delivery) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = append(n.seen, d.ID)
	return n.err
}

// pages renders the body for WeChat as it is sent; the website's page is not what the desk is about.
type pages struct{ themes *markup.ThemeSet }

func (p pages) WeChat(_ context.Context, c press.Content, theme string, inline bool) (string, error) {
	chosen, ok := p.themes.Get(theme)
	if !ok {
		return "", press.Fail(press.NotFound, "theme.unknown", press.Say("There is no theme %q.", "没有主题 %q。", theme))
	}
	images := map[press.Digest]markup.Image{}
	for _, digest := range c.Body.Photos() {
		images[digest] = markup.Image{URL: "https://mmbiz.qpic.cn/" + string(digest)}
		if inline {
			images[digest] = markup.Image{URL: "data:image/jpeg;base64,AA=="}
		}
	}
	return markup.WeChat(c, chosen, images, markup.WeChatOptions{})
}

func (p pages) Site(_ context.Context, id press.ArticleID, c press.Content) (string, error) {
	return fmt.Sprintf("site %s %s", id, c.Title), nil
}

// file is a file of a parcel made of bytes.
func file(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

var errTorn = errors.New("the cable was pulled")

// torn is a file whose reading breaks off.
func torn(name string) intake.File {
	return intake.File{Name: name, Size: 1000, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("\xff\xd8\xff"), failing{})), nil
	}}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errTorn }

// jpg draws a photo that differs from those with another seed.
func jpg(t testing.TB, seed, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x * 200 / width), G: uint8(y * 200 / height), B: uint8(seed * 40), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const position = "Current Location:News information > Group news\n"

// handIn hands in a text with files beside it, and expects it to be taken.
func (o *office) handIn(text string, files ...intake.File) desk.HandedIn {
	o.Helper()
	out, err := o.Desk.HandIn(o.Context(), o.writer, desk.HandIn{Files: append([]intake.File{file("article.txt", []byte(text))}, files...)})
	o.ok(err)
	return out
}

// inReview hands in an article of a title without photos.
func (o *office) inReview(title string) press.Article {
	o.Helper()
	return o.handIn(position + title + "\nThe first paragraph.\nThe second one.\n").Article
}

// approved hands in an article and has every stage of it signed.
func (o *office) approved(title string) press.Article {
	o.Helper()
	a := o.inReview(title)
	for _, who := range o.reviewers {
		var err error
		a, _, err = o.Sign(o.Context(), who, a.ID, a.Revision, a.Hash)
		o.ok(err)
	}
	if a.State != press.ArticleApproved {
		o.Fatalf("%s is %s after every stage was signed", title, a.State)
	}
	return a
}

// audited returns the actions that the log has of a thing, oldest first.
func (o *office) audited(subject string) []string {
	o.Helper()
	list, err := o.rows.Audit(o.Context(), store.AuditFilter{Subject: subject, Limit: 100})
	o.ok(err)
	var out []string
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i].Action)
	}
	return out
}

func codes(notes []press.Note) []string {
	out := []string{}
	for _, n := range notes {
		out = append(out, n.Code)
	}
	return out
}

// photosGone is a store that has forgotten its photos.
type photosGone struct{ desk.Store }

func (photosGone) Photos(context.Context, []press.Digest) (map[press.Digest]press.Photo, error) {
	return nil, nil
}
