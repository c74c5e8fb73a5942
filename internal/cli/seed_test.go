package cli_test

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// The seed article in both languages, as a document that brings its photos along.
func TestSeedArticleThroughTheCommands(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	server := i.serve("--no-workers")
	writer := i.with("NEWSDESK_SERVER="+server, "NEWSDESK_TOKEN="+i.token("writer", "contributor"))
	for file, column := range map[string]string{"article.txt": "News information › Group news", "article-zh.txt": "新闻资讯 › 集团新闻"} {
		handed := decode[api.HandedIn](t, writer.ok("submit", servicetest.Data(t, "seed-article", file), "--json"))
		if got := handed.Article.Column.String(); got != column || len(handed.Photos) != 3 || handed.Article.Title == "" {
			t.Errorf("%s: column %q, %d photos, title %q", file, got, len(handed.Photos), handed.Article.Title)
		}
		if n := len(handed.Revision.Content.Body.Photos()); n != 3 {
			t.Errorf("%s: %d photos are placed, want 3; notes %+v", file, n, handed.Revision.Notes)
		}
		if i := slices.IndexFunc(handed.Renditions, func(r press.Rendition) bool { return r.Recipe == press.WeChatBody && r.Bytes >= 1_000_000 }); i >= 0 {
			t.Errorf("%s: a rendition for WeChat has %d bytes", file, handed.Renditions[i].Bytes)
		}
		list := writer.with("LANG=zh_CN.UTF-8").ok("article", "list", "--column", column)
		if !strings.Contains(list, string(handed.Article.ID)) || !strings.Contains(list, "审核中") {
			t.Errorf("article list:\n%s", list)
		}
	}
}
