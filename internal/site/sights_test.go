package site

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

var sights = flag.String("look", "", "write pictures of every page of every theme into this folder, to be looked at")

// TestSights makes the pictures: go test ./internal/site -run TestSights/campus-zh/front -look DIR.
func TestSights(t *testing.T) {
	if *sights == "" {
		t.Skip("no -look folder named")
	}
	browser := browsertest.Start(t)
	for _, theme := range Themes() {
		for _, lang := range []press.Lang{press.Chinese, press.English} {
			t.Run(theme+"-"+string(lang), func(t *testing.T) {
				base, serve := served(t)
				pages := sightseeing(t, theme, lang, base, serve)
				for _, name := range sortedKeys(pages) {
					for _, width := range []int64{360, 768, 1440} {
						for _, scheme := range []string{"light", "dark", "paper"} {
							file := fmt.Sprintf("%s-%d-%s", name, width, scheme)
							t.Run(file, func(t *testing.T) {
								w := newTab(t, browser, width, 800)
								emulate(w, scheme)
								w.open(base + pages[name])
								if strings.Contains(pages[name], "?q=") {
									w.until(`document.querySelector('.entries li')`)
								}
								takeSight(t, w, filepath.Join(*sights, theme+"-"+string(lang)+"-"+file+".png"))
								w.clean()
							})
						}
					}
				}
			})
		}
	}
}

// emulate has the page shown by day, by night or as it is printed.
func emulate(w *tab, scheme string) {
	w.dark(scheme == "dark")
	if scheme != "paper" {
		return
	}
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
}

func takeSight(t *testing.T, w *tab, file string) {
	t.Helper()
	if wide := eval[int](w, `(async () => {
		for (const img of document.images) img.loading = 'eager';
		await Promise.all([...document.images].map(img => img.decode().catch(() => 0)));
		return document.scrollingElement.scrollWidth - innerWidth;
	})()`); wide > 0 {
		t.Errorf("the page is %d pixels wider than the screen", wide)
	}
	data, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// sightseeing fills a site with articles of every kind and returns the pages worth looking at.
func sightseeing(t *testing.T, theme string, lang press.Lang, base string, serve func(http.Handler)) map[string]string {
	t.Helper()
	build := func(prefix string) (*Site, *memory) {
		return newSite(t, func(c *Config) {
			c.BaseURL, c.Theme, c.Lang, c.PageSize = base+prefix, theme, lang, 12
		})
	}
	full, archive := build("")
	bare, bareArchive := build("bare/")
	own := ownFolder(t, map[string]string{"logo.svg": wideMark})
	empty, _ := newSite(t, func(c *Config) {
		c.BaseURL, c.Theme, c.Lang, c.Templates, c.Grey, c.Filing = base+"empty/", theme, lang, own, true, "示ICP备00000000号"
	})
	out := map[string]string{
		"front": "", "column": "c/", "everything": "all/", "missing": "nothing.html", "empty": "empty/", "empty-list": "empty/all/",
		"bare-front": "bare/", "bare-list": "bare/all/",
	}
	for n := range 40 {
		a := picturesque(t, n)
		live(t, full, archive, a)
		switch n {
		case 27:
			out["article-en"] = full.Path(a.ID)
		case 29:
			out["article-long"] = full.Path(a.ID)
		case 30:
			out["article-all"] = full.Path(a.ID)
		case 35:
			out["article"] = full.Path(a.ID)
		case 39:
			archive.delete(a.ID)
			if err := full.Remove(t.Context(), a.ID, a.Content.Column); err != nil {
				t.Fatal(err)
			}
			out["gone"] = full.Path(a.ID)
		}
		if n < 14 {
			a := sample(t, n*5+3) // those have no photos
			live(t, bare, bareArchive, a)
		}
	}
	out["column"] = listDir(groupNews)
	out["tree"] = "c/"
	if err := empty.Refresh(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	for name := range tree(t, full) {
		switch {
		case name == "search.html":
			out["search"], out["hits"] = name, name+"?q="+url.QueryEscape("调研")
		case name == archiveFile(nil):
			out["archive"] = name
		case strings.HasPrefix(name, listDir(groupNews)) && strings.HasSuffix(name, ".html") && name != indexFile(groupNews) && name != archiveFile(groupNews):
			out["older"] = name
		}
	}
	sites := map[string]http.Handler{"bare/": bare.Handler(), "empty/": empty.Handler(), "": full.Handler()}
	serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, prefix := range []string{"bare/", "empty/", ""} {
			if strings.HasPrefix(r.URL.Path, "/"+prefix) {
				sites[prefix].ServeHTTP(w, r)
				return
			}
		}
	}))
	return out
}

// wideMark is a school's mark that holds its name, so wide that a phone has to make it smaller.
const wideMark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 60"><rect width="620" height="60" rx="8" fill="#c9a227"/>` +
	`<text x="20" y="42" font-size="34" fill="#401010">SAMPLE COLLEGE · 示例学院校徽与校名</text></svg>`

var moreHeadlines = []string{
	"学校与示例集团签署战略合作协议，共建产业学院与实训基地", "校园歌手大赛决赛落幕", "我校在省级教学能力比赛中获佳绩",
	"关于2026年寒假放假安排的通知", "“书香校园”读书月活动启动，师生共读经典", "机电工程学院开展企业走访与毕业生跟踪调查",
	"图说｜初雪后的校园", "党委理论学习中心组举行专题学习会，研究部署新学期重点工作", "志愿者服务队走进社区开展家电义务维修", "第十二届运动会开幕",
	"新能源汽车技术专业群入选省级高水平专业群建设计划", "食堂开放日：请同学们来后厨看一看", "优秀校友返校报告会举行",
}

// picturesque is the n-th article of the site to look at: more headlines, and photos that differ.
func picturesque(t *testing.T, n int) Article {
	t.Helper()
	a := sample(t, n)
	if n%3 != 2 && n != 27 && n != 29 && n != 30 && len(a.Content.Title) < 90 {
		a.Content.Title = moreHeadlines[n%len(moreHeadlines)]
	}
	swap := map[press.Digest]press.Digest{}
	photos := map[press.Digest][]Photo{}
	for i, original := range a.Content.Body.Photos() {
		digest, list := painted(t, n*4+i)
		swap[original], photos[digest] = digest, list
	}
	for i, b := range a.Content.Body.Blocks {
		if p, ok := b.(press.Picture); ok {
			p.Photo = swap[p.Photo]
			a.Content.Body.Blocks[i] = p
		}
	}
	a.Photos = photos
	if len(swap) > 0 {
		a.Content.Cover = press.Cover{Photo: a.Content.Body.Photos()[0]}
	}
	a.Content = a.Content.Normalize()
	return a
}

// painted is a photo in the sizes of a website: hills, a building or a hall, in a light of its own.
func painted(t *testing.T, seed int) (press.Digest, []Photo) {
	t.Helper()
	original := press.DigestOf(fmt.Appendf(nil, "painted %d", seed))
	if list, ok := paintings[seed]; ok {
		return original, list
	}
	shape := [][2]int{{3, 2}, {4, 3}, {3, 4}, {16, 9}}[seed%4]
	var out []Photo
	for i, width := range []int{480, 960} {
		img := paintScene(seed, width, width*shape[1]/shape[0])
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: 80}); err != nil {
			t.Fatal(err)
		}
		data := file.Bytes()
		out = append(out, Photo{
			Rendition: press.Rendition{
				RenditionKey: press.RenditionKey{Photo: original, Recipe: press.SiteRecipes()[i], Version: 1},
				Digest:       press.DigestOf(data), ContentType: "image/jpeg", Width: width, Height: img.Rect.Dy(), Bytes: int64(len(data)),
			},
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		})
	}
	paintings[seed] = out
	return original, out
}

// paintings are kept from theme to theme.
var paintings = map[int][]Photo{}

func paintScene(seed, width, height int) *image.RGBA {
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	hue := r.Float64() * 2 * math.Pi
	tint := func(light, depth float64) color.RGBA {
		part := func(turn float64) uint8 { return uint8(max(0, min(255, 255*(light+depth*math.Cos(hue+turn))))) }
		return color.RGBA{part(0), part(2.1), part(4.2), 255}
	}
	a, b := 1+3*r.Float64(), 4+5*r.Float64()
	rows, columns := 3+r.IntN(4), 5+r.IntN(6)
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		v := float64(y) / float64(height)
		for x := range width {
			u := float64(x) / float64(width)
			c := tint(0.92-0.25*v, 0.06)
			if v > 0.55+0.08*math.Sin(a*u*3)+0.03*math.Sin(b*u*7) {
				c = tint(0.55-0.2*v, 0.12)
			}
			if seed%3 > 0 && u > 0.2 && u < 0.8 && v > 0.3 && v < 0.78 { // a building with its windows
				c = tint(0.72, 0.1)
				if fu, fv := math.Mod(u*float64(columns)*2, 1), math.Mod(v*float64(rows)*2, 1); fu > 0.3 && fu < 0.8 && fv > 0.3 && fv < 0.75 {
					c = tint(0.3, 0.08)
				}
			}
			if v > 0.82 {
				c = tint(0.42+0.1*math.Sin(u*40)*(v-0.82), 0.05)
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}
