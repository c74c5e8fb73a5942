package wordpress_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/site/wordpress"
)

// one is the WordPress of all tests here; each has articles of its own.
var one struct {
	sync.Once
	*servicetest.WordPress
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if one.WordPress != nil {
		one.Stop()
	}
	os.Exit(code)
}

func real(t testing.TB) *servicetest.WordPress {
	t.Helper()
	one.Do(func() { one.WordPress, one.err = servicetest.StartWordPress(context.Background()) })
	if errors.Is(one.err, servicetest.ErrNoWordPress) {
		t.Skip(one.err)
	} else if one.err != nil {
		t.Fatal(one.err)
	}
	return one.WordPress
}

// memory remembers as the store does, and can be made to fail.
type memory struct {
	mu     sync.Mutex
	pages  map[press.ArticleID]press.PagePlace
	photos map[press.Digest]press.PhotoPlace
	save   func() error // before anything is saved; nil: nothing
}

func newMemory() *memory {
	return &memory{pages: map[press.ArticleID]press.PagePlace{}, photos: map[press.Digest]press.PhotoPlace{}}
}

var errNone = press.Fail(press.NotFound, "place.none", press.Say("Nothing is remembered.", "没有记录。"))

func (m *memory) PagePlace(_ context.Context, _ string, id press.ArticleID) (press.PagePlace, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.pages[id]; ok {
		return p, nil
	}
	return press.PagePlace{}, errNone
}

func (m *memory) saving() error {
	if m.save != nil {
		return m.save()
	}
	return nil
}

func (m *memory) SavePagePlace(_ context.Context, p press.PagePlace) error {
	if err := m.saving(); err != nil {
		return err
	}
	if len(p.Mark) > press.MaxPlaceMark {
		return errors.New("the mark is too long")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages[p.Article] = p
	return nil
}

func (m *memory) PhotoPlace(_ context.Context, _ string, d press.Digest) (press.PhotoPlace, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.photos[d]; ok {
		return p, nil
	}
	return press.PhotoPlace{}, errNone
}

func (m *memory) SavePhotoPlace(_ context.Context, p press.PhotoPlace) error {
	if err := m.saving(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.photos[p.Digest] = p
	return nil
}

func (m *memory) ForgetPhotoPlace(_ context.Context, _ string, d press.Digest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.photos, d)
	return nil
}

// road is how calls travel: with words for the plugin of the tests, and cut off where a test wants it.
type road struct {
	words string
	cut   func(send func() (*http.Response, error)) (*http.Response, error) // nil: never
	kill  *killer                                                           // of the calls that change something; nil: nothing
}

func (r road) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.words != "" {
		req = req.Clone(req.Context())
		req.Header.Set(servicetest.WordPressHeader, r.words)
	}
	if r.kill != nil {
		if r.cut = r.kill.cut; req.Method == http.MethodGet {
			r.cut = r.kill.pass
		}
	}
	if r.cut == nil {
		return http.DefaultTransport.RoundTrip(req)
	}
	req = req.WithContext(context.WithoutCancel(req.Context())) // a call that was given up may still be carried out
	return r.cut(func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(req) })
}

// bench is a client with all that it stands on.
type bench struct {
	*wordpress.Client
	*memory
	t    testing.TB
	wp   *servicetest.WordPress
	blob map[press.Digest][]byte
}

func open(t testing.TB, change func(*wordpress.Config)) *bench {
	t.Helper()
	b := &bench{memory: newMemory(), t: t, wp: real(t), blob: map[press.Digest][]byte{}}
	cfg := wordpress.Config{
		Name: "wp", Address: b.wp.URL, User: "editor", Password: b.wp.Users["editor"], Memory: b.memory,
		Zone: time.FixedZone("", 8*3600), HTTP: &http.Client{Transport: road{}},
		Open: func(_ context.Context, d press.Digest) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b.blob[d])), nil
		},
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	if b.Client, err = wordpress.New(cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

// photo makes a picture that no other test has, in two sizes for websites, and returns its original's digest.
func (b *bench) photo(page *press.Page, shade uint8) press.Digest {
	b.t.Helper()
	original := press.DigestOf([]byte(b.t.Name() + string(rune(shade))))
	for _, size := range []struct {
		recipe press.Recipe
		width  int
	}{{press.Site480, 48}, {press.Site1600, 160}} { // the names of the sizes count, small pictures are cheap
		img := image.NewRGBA(image.Rect(0, 0, size.width, size.width*2/3))
		for i := range img.Pix {
			img.Pix[i] = shade
		}
		img.Set(1, 1, color.White)
		var data bytes.Buffer
		_ = jpeg.Encode(&data, img, nil)
		fmt.Fprint(&data, string(original)) // behind the end of the picture, so that each is another file
		r := press.Rendition{
			RenditionKey: press.RenditionKey{Photo: original, Recipe: size.recipe, Version: 1}, Digest: press.DigestOf(data.Bytes()),
			ContentType: "image/jpeg", Width: size.width, Height: size.width * 2 / 3, Bytes: int64(data.Len()),
		}
		b.blob[r.Digest] = data.Bytes()
		page.Renditions[original] = append(page.Renditions[original], r)
	}
	return original
}

// page is an article with one photo.
func (b *bench) page() press.Page {
	b.t.Helper()
	at := time.Date(2024, 8, 16, 9, 30, 0, 0, time.UTC)
	p := press.Page{ID: press.ArticleID(press.NewID(time.Now())), PublishedAt: at, UpdatedAt: at, Renditions: map[press.Digest][]press.Rendition{}}
	photo := b.photo(&p, 90)
	p.Content = press.Content{
		Title: "领导 <调研> & 座谈", Digest: "摘要：一句话", Column: press.Column{"新闻资讯", "集团新闻"},
		Credits: press.Credits{Text: "张三", Source: "宣传部", Editor: "王五"}, Cover: press.Cover{Photo: photo},
		Body: press.Body{Blocks: []press.Block{
			press.Paragraph{Text: []press.Run{{Text: "8月14日上午，领导一行莅临“我校”。"}}},
			press.Picture{Photo: photo, Caption: "调研现场 & “合影”", Alt: "几个人站在展板前"},
		}},
	}
	return p
}

func (b *bench) publish(p press.Page) string {
	b.t.Helper()
	address, err := b.Publish(b.t.Context(), p)
	if err != nil {
		b.t.Fatalf("%+v", err)
	}
	return address
}

// asks makes a call of the REST API as somebody, and fails the test where it is refused.
func (b *bench) asks(method, path string, query url.Values, body, out any) {
	b.t.Helper()
	data, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(b.t.Context(), method, b.wp.URL+"/index.php?rest_route=/wp/v2/"+path+"&"+query.Encode(), bytes.NewReader(data))
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth("editor", b.wp.Users["editor"])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	if res.StatusCode > 299 {
		b.t.Fatalf("%s %s: %d %.500s", method, path, res.StatusCode, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			b.t.Fatalf("%s: %v: %.500s", path, err, answer)
		}
	}
}

type text struct {
	Raw string `json:"raw"`
}

// found is a post as WordPress has it.
type found struct {
	ID         int64   `json:"id"`
	Slug       string  `json:"slug"`
	Status     string  `json:"status"`
	Link       string  `json:"link"`
	Date       string  `json:"date_gmt"`
	Author     int64   `json:"author"`
	Photo      int64   `json:"featured_media"`
	Categories []int64 `json:"categories"`
	Title      text    `json:"title"`
	Content    text    `json:"content"`
	Excerpt    text    `json:"excerpt"`
}

// posts returns all posts of an article, whatever their state and whatever WordPress added to their slug.
func (b *bench) posts(id press.ArticleID) []found {
	b.t.Helper()
	var out []found
	slug := "news-" + string(id)
	b.asks("GET", "posts", url.Values{
		"slug": {strings.Join([]string{slug, slug + "-2", slug + "-3", slug + "__trashed"}, ",")}, "status": {"publish,future,draft,pending,private,trash"}, "context": {"edit"},
	}, nil, &out)
	return out
}

// media returns all photos that were uploaded for a rendition.
func (b *bench) media(p press.Page, original press.Digest) (out []map[string]any) {
	b.t.Helper()
	list := p.Renditions[original]
	slug := "newsdesk-photo-" + string(list[len(list)-1].Digest[:24])
	b.asks("GET", "media", url.Values{"slug": {slug + "," + slug + "-2"}, "context": {"edit"}}, nil, &out)
	return out
}

func faultOf(t testing.TB, err error) *press.PageFault {
	t.Helper()
	var f *press.PageFault
	if !errors.As(err, &f) {
		t.Fatalf("no page fault: %v", err)
	}
	if f.Text.EN == "" || f.Text.ZH == "" || f.Fix.EN == "" || f.Fix.ZH == "" {
		t.Errorf("%s has no words or no remedy: %+v", f.Code, f)
	}
	return f
}
