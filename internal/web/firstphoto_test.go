package web_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"newsdesk/internal/servicetest"
)

var firstPhotos = flag.Int("first-photos", 0, "how many photos of 22 megapixels TestFirstPhoto chooses at once; 0: it is left out")

// TestFirstPhoto chooses many large photos at once, as from a camera's card, and says after how many milliseconds the first
// one is seen, the first one has arrived and the last one has. It is a measurement, and fails for nothing but photos that do
// not come.
func TestFirstPhoto(t *testing.T) {
	if *firstPhotos == 0 {
		t.Skip("a measurement; -first-photos says how many")
	}
	requireScripts(t)
	original, err := os.ReadFile(servicetest.Data(t, "seed-article", "微信图片_20240816103916.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	files := make([]string, *firstPhotos)
	for i := range files {
		files[i] = filepath.Join(folder, fmt.Sprintf("现场%02d.jpg", i+1))
		if err := os.WriteFile(files[i], fmt.Appendf(original[:len(original):len(original)], "%d", i), 0o600); err != nil { // behind the end marker: another photo that looks the same
			t.Fatal(err)
		}
	}
	d := atWork(t, chromium(t), nil, "许多图片。")
	w := d.as("writer")
	w.atEnd()
	eval[bool](w.tab, `(() => {
		window.seen = {};
		document.addEventListener('change', e => { if (e.target.type === 'file') seen.began ??= performance.now() }, true);
		const look = () => {
			const figures = [...document.querySelectorAll('.ProseMirror > figure')];
			const shown = f => { const img = f.querySelector('img'); return img?.complete && img.naturalWidth > 0 };
			const arrived = f => f.matches('figure.photo:not(.is-uploading)') && shown(f) && !f.querySelector('progress');
			if (figures[0] && shown(figures[0])) seen.first ??= performance.now();
			if (figures[0] && arrived(figures[0])) seen.kept ??= performance.now();
			if (figures.length === `+fmt.Sprint(len(files))+` && figures.every(arrived)) seen.all ??= performance.now();
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
		return true;
	})()`)
	w.choose(w.askPhotos, files...)
	w.until(`seen.first > 0`)
	d.kept(w, photographed(len(files)))
	t.Logf("%d photos: milliseconds from the choice: %v", len(files), eval[map[string]float64](w.tab,
		`Object.fromEntries(Object.entries(seen).map(([k, v]) => [k, Math.round(v - seen.began)]))`))
	w.clean()
}
