package app_test

import (
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestSeedArticle takes the page this all began with through the main job, in both languages.
func TestSeedArticle(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]press.Column{
		"article.txt":    {"News information", "Group news"},
		"article-zh.txt": {"新闻资讯", "集团新闻"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := intake.FromPaths([]string{servicetest.Data(t, "seed-article", name)})
			if err != nil {
				t.Fatal(err)
			}
			demo := app.Demo{App: open(t, nil), Files: files, Say: func(text press.Text) { t.Log(text.ZH) }}
			s, err := demo.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			checkLive(t, s)
			if s.Column.String() != want.String() || len(s.Photos) != 3 {
				t.Errorf("column %q with %d photos, want %q with 3", s.Column, len(s.Photos), want)
			}
			for _, note := range s.Notes {
				if note.Code != "title.short" && note.Code != desk.NoteRead {
					t.Errorf("an unexpected note: %+v", note)
				}
			}
			t.Log(s.Milliseconds)
		})
	}
}
