package web_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsdesk/internal/servicetest"
	"newsdesk/internal/servicetest/browsertest"
)

var firstPhotos = flag.Int("first-photos", 0, "how many photos of 22 megapixels TestFirstPhoto chooses at once; 0: it is left out")

// TestFirstPhoto chooses many large photos at once, as from a camera's card, and says after how many milliseconds the first
// one is seen, and after how long all of them are kept. It is a measurement, and fails for nothing but photos that do not come.
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
	d := atWork(t, browsertest.Start(t), nil, "许多图片。")
	w := d.as("writer")
	w.atEnd()
	eval[bool](w.tab, `(() => {
		window.seen = {};
		document.addEventListener('change', e => { if (e.target.type === 'file') seen.began ??= performance.now() }, true);
		const look = () => {
			const img = document.querySelector('.ProseMirror > figure img');
			if (img?.complete && img.naturalWidth > 0) seen.first ??= performance.now();
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
		return true;
	})()`)
	began := time.Now()
	w.choose(w.askPhotos, files...)
	w.until(`seen.first > 0`)
	d.kept(w, photographed(len(files)))
	all := time.Since(began)
	t.Logf("%d photos: the first is seen after %.0f ms, all are kept after %s", len(files), eval[float64](w.tab, `seen.first - seen.began`), all.Round(time.Millisecond))
	w.clean()
}
