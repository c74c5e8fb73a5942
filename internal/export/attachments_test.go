package export

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// TestAttachments: they lie in the zip as they are, under names of their own, and everything that lists the article lists them;
// one that is missing is said before the first byte.
func TestAttachments(t *testing.T) {
	t.Parallel()
	s := newShelf()
	c := everything(s)
	c.Attachments = []press.Attachment{s.attached("报名表 [终].docx", "one"), s.attached("日程.pdf", "two"), s.attached("日程.pdf", "three")}
	names, files := unpacked(t, written(t, s, c, "480"))
	for name, want := range map[string]string{"附件/报名表 [终].docx": "one", "附件/日程.pdf": "two", "附件/日程 (2).pdf": "three"} {
		if string(files[name]) != want {
			t.Errorf("%s holds %q among %v", name, files[name], names)
		}
	}
	_, word := unpacked(t, files["article.docx"])
	for where, part := range map[string]string{
		string(files["fields.txt"]):       "附件（按顺序）\r\n\r\n1. 报名表 [终].docx (3 B)\r\n2. 日程.pdf",
		string(files["page.html"]):        `<a href="%E9%99%84%E4%BB%B6/%E6%97%A5%E7%A8%8B%20%282%29.pdf">日程.pdf</a>`,
		string(files["article.md"]):       "- [报名表 \\[终\\].docx](<%E9%99%84%E4%BB%B6/",
		string(word["word/document.xml"]): "附件：报名表 [终].docx",
	} {
		if !strings.Contains(where, part) {
			t.Errorf("%q is not in %s", part, where)
		}
	}
	delete(s.bytes, c.Attachments[1].File)
	_, err := New(s, s, nil).Prepare(t.Context(), exported(c), slices.Clip(Sizes()[:1]), press.Chinese)
	if press.CodeOf(err) != "attachment.missing" || !strings.Contains(press.TextOf(err).ZH, "日程.pdf") {
		t.Errorf("without its file: %v", err)
	}
}

// TestNothingForTemplates: Jekyll and Hugo run what stands between such braces, before they read the Markdown.
func TestNothingForTemplates(t *testing.T) {
	t.Parallel()
	s := newShelf()
	photo := s.original("photo", 700)
	c := press.Content{Title: "示例", Body: press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{{Text: "{{ site.secret }} {% include x %} {{< x >}} {"}, {Text: "{ y }} {", Color: press.Red}, {Text: "% raw %}"}, {Text: "z", Link: "https://example.edu/{{x}}"}}},
		press.Picture{Photo: photo, Caption: "{{ caption }}"},
		press.Table{Rows: [][]press.Cell{{{Text: runs("{{ cell }} {% cell %}"), ColSpan: 2}}, cells("a", "b")}},
	}}}.Normalize()
	for _, sizes := range []string{"480", "1600"} {
		_, files := unpacked(t, written(t, s, c, sizes))
		text := string(files["article.md"])
		if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
			t.Errorf("a template would run this:\n%s", text)
		}
	}
	_, files := unpacked(t, written(t, s, c, "480"))
	again := readBack(t, s, map[string][]byte{"article.md": files["article.md"]})
	if p := press.PlainText(again.Body.Blocks[0].(press.Paragraph).Text); !strings.HasPrefix(p, "{{ site.secret }} {% include x %} {{< x >}} {{ y }} {% raw %}z") {
		t.Errorf("it reads as %q", p)
	}
}
