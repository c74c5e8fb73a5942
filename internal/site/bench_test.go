package site

import (
	"fmt"
	"testing"

	"newsdesk/internal/press"
)

// BenchmarkPublish publishes one more article with a photo, lists included and synced to the disk, into archives of two
// sizes.
func BenchmarkPublish(b *testing.B) {
	for _, size := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			archive := &memory{}
			s, err := New(Config{Dir: b.TempDir(), BaseURL: "https://news.example.edu.cn/", Archive: archive})
			if err != nil {
				b.Fatal(err)
			}
			for n := range size {
				archive.entries = append(archive.entries, entryOf(plain(n)))
			}
			if err := s.Rebuild(b.Context(), func(Position, func(Article) error) error { return nil }); err != nil {
				b.Fatal(err)
			}
			digest, renditions := drawn(b, 1, 1067, 480, 960, 1600)
			written := 0
			s.hook = func(string, string) error { written++; return nil }
			next := size
			b.ResetTimer()
			for b.Loop() {
				a := plain(next)
				next++
				a.Photos = map[press.Digest][]Photo{digest: renditions}
				a.Content.Body.Blocks = append(a.Content.Body.Blocks, press.Picture{Photo: digest})
				a.Content = a.Content.Normalize()
				live(b, s, archive, a)
			}
			b.ReportMetric(float64(written)/float64(next-size), "files/op")
		})
	}
}
