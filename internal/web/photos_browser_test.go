package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/browsertest"
)

// shared is a path among the shared test data, if it is here; only what needs it is skipped where it is not.
func shared(t *testing.T, path ...string) (full string, here bool) {
	t.Helper()
	t.Run("data", func(t *testing.T) { full = servicetest.Data(t, path...) })
	return full, full != ""
}

// thirtyFiles are the real photos, large, turned, of phones, among as many drawn ones as make thirty with them.
func thirtyFiles(t *testing.T) (files []string, digests []press.Digest) {
	t.Helper()
	if folder, here := shared(t, "photos"); here {
		found, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
		if err != nil || len(found) < 5 {
			t.Fatalf("%d photos, %v", len(found), err)
		}
		files = found
	}
	for i := len(files); i < 30; i++ {
		files = append(files, drawn(t, fmt.Sprintf("示例%d.jpg", i+1), 640, 480, i))
	}
	mixed := make([]string, 30)
	for i, f := range files {
		mixed[i*7%30] = f // each once: 7 and 30 have no common divisor
	}
	for _, f := range mixed {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, press.DigestOf(data))
	}
	return mixed, digests
}

// figure is the n-th photo of the body, counted from 1, or a part of it.
func figure(n int, part string) string {
	return fmt.Sprintf(".ProseMirror > figure:nth-of-type(%d) %s", n, part)
}

// TestThirtyRealPhotos chooses and drops thirty photos with files among them that are none. All thirty come in order, each
// with its bar; they are captioned, turned, replaced and moved by keys, and the saved revision is what the page shows.
func TestThirtyRealPhotos(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	files, want := thirtyFiles(t)
	folder := t.TempDir()
	fake, notes := filepath.Join(folder, "假照片.jpg"), filepath.Join(folder, "说明.txt")
	for _, path := range []string{fake, notes} {
		if err := os.WriteFile(path, []byte("这不是图片。"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := atWork(t, browsertest.Start(t), nil, "三十张图片。")
	w := d.as("writer")
	w.atEnd()
	eval[bool](w.tab, `(() => {
		window.bars = new Set();
		const look = () => document.querySelectorAll('figure.photo progress').forEach(p => bars.add(p.getAttribute('aria-label')));
		new MutationObserver(look).observe(document.querySelector('.ProseMirror'), {childList: true, subtree: true});
		return true;
	})()`)
	w.choose(w.askPhotos, slices.Concat(files[:9], []string{fake}, files[9:24])...)
	w.until(`document.querySelectorAll('.ProseMirror > figure').length === 25 && document.querySelector('.upload-sum progress')?.getClientRects().length`)
	w.dropFiles(append(slices.Clone(files[24:]), notes)...)
	w.sees("有 1 个文件不是图片，未放入正文。")
	w.until(`document.querySelectorAll('.ProseMirror > figure').length === 31 && document.querySelectorAll('figure.is-uploading').length === 1`)
	w.until(`/假照片\.jpg.*。/.test(document.querySelector(%s)?.innerText)`, figure(10, ".photo-error"))
	if bars := eval[int](w.tab, `bars.size`); bars != 31 {
		t.Errorf("%d files had a bar, want 31", bars)
	}
	w.keys("s", chromedp.ModifierCtrl)
	w.sees("还有图片正在上传或上传失败")
	w.press("移除")
	if got := d.kept(w, photographed(30)).Body.Photos(); !slices.Equal(got, want) {
		t.Fatalf("they stand as %v, want %v", got, want)
	}
	d.arrange(w, want)
	w.clean()
}

// dropFiles drops files from the desktop at the end of the body.
func (w pen) dropFiles(files ...string) {
	w.Helper()
	at := eval[[]float64](w.tab, `(() => {
		const last = document.querySelector('.ProseMirror > :last-child');
		last.scrollIntoView({block: 'center'});
		const box = last.getBoundingClientRect();
		return [box.left + 40, box.bottom - 2];
	})()`)
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: kind, X: at[0], Y: at[1], Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1},
			})
			return err
		})
	}
}

// arrange does with thirty photos what a writer does, and compares the revision that is saved.
func (d *writing) arrange(w pen, photos []press.Digest) {
	d.Helper()
	want := slices.Clone(photos)
	captions := map[press.Digest]string{want[0]: "第一张：运动会开幕", want[29]: "最后一张"}
	for _, n := range []int{1, 30} {
		w.click(figure(n, ".photo-caption"))
		w.insert(captions[want[n-1]])
	}
	want[11] = d.turn(w, 12, want[11])
	want[19] = d.swap(w, 20, want[19])
	for _, move := range []struct{ from, times, by int }{{4, 2, -1}, {27, 1, 1}} {
		eval[bool](w.tab, `(document.querySelector(%s).focus(), true)`, figure(move.from+1, ".photo-handle"))
		for range move.times { // the focus goes with the photo
			w.keys(map[int]string{-1: kb.ArrowUp, 1: kb.ArrowDown}[move.by], chromedp.ModifierAlt)
			want[move.from], want[move.from+move.by] = want[move.from+move.by], want[move.from]
			move.from += move.by
		}
	}
	w.saves("3")
	pictures := d.revision(3).Content.Body.Pictures()
	got := make([]press.Digest, len(pictures))
	for i, p := range pictures {
		got[i] = p.Photo
		if p.Caption != captions[p.Photo] {
			d.Errorf("photo %d says %q, want %q", i+1, p.Caption, captions[p.Photo])
		}
	}
	if !slices.Equal(got, want) {
		d.Errorf("saved as %v, want %v", got, want)
	}
}

// turn turns the n-th photo to the right, and returns what it has become.
func (d *writing) turn(w pen, n int, from press.Digest) press.Digest {
	d.Helper()
	w.click(figure(n, ".photo-menu"))
	w.press("向右旋转")
	to := d.changed(w, n, from)
	before, err := d.app.Store.Photo(d.Context(), from)
	if err != nil {
		d.Fatal(err)
	}
	after, err := d.app.Store.Photo(d.Context(), to)
	if err != nil || after.Width != before.Height || after.Height != before.Width {
		d.Errorf("%d×%d was turned to %d×%d, %v", before.Width, before.Height, after.Width, after.Height, err)
	}
	return to
}

// swap puts another photo in the place of the n-th.
func (d *writing) swap(w pen, n int, from press.Digest) press.Digest {
	d.Helper()
	other := drawn(d.T, "替换.jpg", 800, 500, 77)
	data, err := os.ReadFile(other)
	if err != nil {
		d.Fatal(err)
	}
	w.click(figure(n, ".photo-menu"))
	w.choose(func() { w.press("更换图片") }, other)
	to := d.changed(w, n, from)
	if to != press.DigestOf(data) {
		d.Errorf("replaced by %s", to)
	}
	return to
}

// changed waits until another photo is the n-th of thirty.
func (d *writing) changed(w pen, n int, from press.Digest) press.Digest {
	d.Helper()
	return d.kept(w, func(c press.Content) bool {
		photos := c.Body.Photos()
		return len(photos) == 30 && photos[n-1] != from
	}).Body.Photos()[n-1]
}
