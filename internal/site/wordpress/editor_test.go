package wordpress_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/browsertest"
)

var look = flag.String("look", "", "write pictures of the post and of its editor into this folder")

// opened is what the block editor makes of a post.
type opened struct {
	Bad        []string          `json:"bad"`
	Blocks     int               `json:"blocks"`
	Dirty      bool              `json:"dirty"`
	Raw        string            `json:"raw"`
	Serialized string            `json:"serialized"`
	Samples    map[string]string `json:"samples"`
}

// asksEditor waits until the editor shows its blocks, walks through them, and has it read samples too.
const asksEditor = `(async samples => {
	for (let i = 0; i < 600; i++) {
		if (window.wp?.data?.select('core/block-editor')?.getBlockCount() > 0) break
		await new Promise(done => setTimeout(done, 50))
	}
	const walk = (blocks, bad) => {
		for (const b of blocks) {
			if (!b.isValid || b.name === 'core/missing' || b.name === 'core/freeform') bad.push(b.name + ': ' + b.originalContent)
			walk(b.innerBlocks, bad)
		}
		return bad
	}
	const blocks = wp.data.select('core/block-editor').getBlocks()
	const editor = wp.data.select('core/editor')
	const out = {bad: walk(blocks, []), blocks: blocks.length, dirty: editor.isEditedPostDirty(),
		raw: editor.getCurrentPost().content.raw ?? editor.getCurrentPost().content, serialized: wp.blocks.serialize(blocks), samples: {}}
	for (const [name, text] of Object.entries(samples)) {
		const bad = walk(wp.blocks.parse(text), [])
		if (bad.length) out.samples[name] = bad.join('\n')
	}
	return out
})`

// TestEditorOpensPosts: WordPress's own editor opens what we wrote without a warning, and would write the same.
func TestEditorOpensPosts(t *testing.T) {
	t.Parallel()
	b := open(t, nil)
	p := b.page()
	p.Content.Body.Blocks = everything(p.Content.Cover.Photo)
	p.Corrections = []press.Correction{{Note: "标题 & 人数", At: p.PublishedAt}}
	p.Content.Subtitle = "副题"
	b.attach(&p, "2026年 招生简章 -- [audio src=x] & 附表.pdf", "%PDF-1.4\n%for the editor\n")
	b.attach(&p, "名单.csv", "姓名,学号\n示例,2\n")
	p.Content.Column = nil
	b.publish(p)
	id := b.only(p.ID).ID

	samples := map[string]string{} // also what is written for editors older than this one
	for _, version := range []string{"5.6", "6.1"} {
		files, _ := filepath.Glob("../../markup/testdata/wordpress/" + version + "/*.html")
		if len(files) < 10 {
			t.Fatalf("no samples of %s", version)
		}
		for _, name := range files {
			text, _ := os.ReadFile(name)
			samples[name] = strings.TrimSpace(string(text))
		}
	}
	given, _ := json.Marshal(samples)
	ctx, cancel := context.WithTimeout(browsertest.Start(t), 90*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	signIn(t, ctx, b.wp, fmt.Sprintf("/wp-admin/post.php?post=%d&action=edit", id))
	got, err := chromedp.Run(ctx, chromedp.Evaluate[opened](asksEditor+"("+string(given)+")", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if *look != "" { // without the words of welcome that newer editors open with
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => {
			for (const scope of ['core', 'core/edit-post']) wp.data.dispatch('core/preferences').set(scope, 'welcomeGuide', false)
			return true
		})()`)); err != nil {
			t.Fatal(err)
		}
		picture(t, ctx, "editor.png")
	}
	if len(got.Bad) > 0 || got.Blocks < 20 || got.Dirty {
		t.Errorf("%d blocks, changed at once: %v; those it warns of: %s", got.Blocks, got.Dirty, strings.Join(got.Bad, "\n"))
	}
	for name, bad := range got.Samples {
		t.Errorf("%s: %s", name, bad)
	}
	// What keeps words from being carried out is written as words again by the editor.
	if plain := strings.NewReplacer("&#091;", "[", "&#047;", "/").Replace(got.Raw); got.Serialized != plain {
		t.Errorf("the editor would write\n%s\nnot\n%s", got.Serialized, plain)
	}
	if *look != "" {
		if err := chromedp.Do(ctx, chromedp.Navigate(b.Address(p.ID))); err != nil {
			t.Fatal(err)
		}
		picture(t, ctx, "post.png")
	}
}

// signIn signs in as the editor at WordPress's own page and goes on to another one.
func signIn(t testing.TB, ctx context.Context, wp *servicetest.WordPress, next string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(wp.URL+"/wp-login.php")); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(async () => {
		await fetch('/wp-login.php', {method: 'POST', credentials: 'include', redirect: 'manual', body: new URLSearchParams({log: 'editor', pwd: %q, testcookie: '1'})})
		return true
	})()`, servicetest.WordPressPassword), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(wp.URL+next)); err != nil {
		t.Fatal(err)
	}
}

func picture(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	if *look == "" {
		return
	}
	data, err := chromedp.Run(ctx, chromedp.FullScreenshot(80))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*look, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
