package articles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// exports looks at the page for other systems: an approved article is on it field by field and as a zip, one that is not is
// refused in words, and to whoever may not read it there is none.
func (o *office) exports(t *testing.T, approved, draft press.Article) {
	t.Helper()
	path := "/articles/" + string(approved.ID) + "/export"
	o.shows(o.get("editor", "/articles/"+string(approved.ID)), http.StatusOK, `href="`+path+`"`)
	o.shows(o.get("editor", path), http.StatusOK, "粘贴到其他系统", `value="`+approved.Title+`"`, `data-copy-rich="body-html"`, "&lt;p style=&#34;text-indent:2em&#34;&gt;", "下载压缩包", `value="1600" checked`)
	zip := o.get("editor", path+".zip?sizes=480")
	if zip.code != http.StatusOK || !strings.HasPrefix(zip.text, "PK") || !strings.Contains(zip.text, "article.docx") {
		t.Errorf("the zip answers %d with %d bytes", zip.code, len(zip.text))
	}
	o.shows(o.get("editor", path+".zip?sizes=481"), http.StatusUnprocessableEntity, "可选 1600")
	o.shows(o.get("editor", "/articles/"+string(approved.ID)+"/history"), http.StatusOK, "导出稿件", "zip 480")
	mine := o.get("writer", "/articles/"+string(draft.ID))
	o.shows(mine, http.StatusOK)
	if strings.Contains(mine.text, "/export") {
		t.Error("an article that is not approved is offered for other systems")
	}
	for _, address := range []string{"/export", "/export.zip", "/export?" + url.Values{"revision": {"1"}}.Encode()} {
		o.shows(o.get("writer", "/articles/"+string(draft.ID)+address), http.StatusConflict, "尚未通过全部审核")
	}
}
