package export

import (
	"fmt"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Field is one field of another system's form.
type Field struct {
	Key   string // stable, e.g. "title"
	Name  press.Text
	Value string
	Long  bool // several lines
}

// Fields lists the fields that an article fills, in the order in which forms of content systems ask for them. Empty ones are
// left out.
func (x *Exporter) Fields(e press.Exported) []Field {
	c := e.Revision.Content
	lang := markup.Language(c)
	all := []Field{
		{Key: "title", Name: press.Say("Title", "标题"), Value: c.Title},
		{Key: "short_title", Name: press.Say("Short title", "短标题"), Value: c.PushTitle},
		{Key: "subtitle", Name: press.Say("Subtitle", "副标题"), Value: c.Subtitle},
		{Key: "column", Name: press.Say("Column", "栏目"), Value: c.Column.String()},
		{Key: "author", Name: press.Say("Author", "作者（供稿）"), Value: c.Credits.Text},
		{Key: "source", Name: press.Say("Source", "来源"), Value: c.Credits.Source},
		{Key: "editor", Name: press.Say("Editor", "编辑"), Value: c.Credits.Editor},
		{Key: "photographer", Name: press.Say("Photos", "摄影"), Value: c.Credits.Photos},
		{Key: "reviewer", Name: press.Say("Reviewed by", "审核"), Value: c.Credits.Reviewer},
		{Key: "date", Name: press.Say("Date", "日期"), Value: e.At().In(x.Zone).Format("2006-01-02 15:04")},
		{Key: "digest", Name: press.Say("Digest", "摘要"), Value: c.Summary(digestRunes), Long: true},
		{Key: "credits", Name: press.Say("Credits line", "署名行"), Value: CreditsLine(c.Credits, lang)},
		{Key: "correction", Name: press.Say("Correction note", "更正说明"), Value: c.Correction, Long: true},
		{Key: "address", Name: press.Say("Address", "网页地址"), Value: strings.Join(e.Addresses, "\n"), Long: len(e.Addresses) > 1},
	}
	out := all[:0]
	for _, f := range all {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// digestRunes is how much of the body stands in for a digest that nobody wrote; forms ask for about so much.
const digestRunes = 120

// CreditsLine writes the credits as one line, as it stands under an article: 供稿：张三　摄影：李四.
func CreditsLine(c press.Credits, lang press.Lang) string {
	var parts []string
	for _, credit := range markup.Credits(c, lang) {
		if lang == press.English {
			parts = append(parts, credit.Label+": "+credit.Name)
		} else {
			parts = append(parts, credit.Label+"："+credit.Name)
		}
	}
	if lang == press.English {
		return strings.Join(parts, "  ")
	}
	return strings.Join(parts, "　")
}

// fieldsFile is fields.txt, as Notepad reads it: a mark of the encoding, and lines that end in two characters.
func (p *Package) fieldsFile() string {
	var out strings.Builder
	line := func(name press.Text, value string) {
		out.WriteString(name.In(p.Lang) + press.Say(": ", "：").In(p.Lang) + value + "\n")
	}
	for _, f := range p.x.Fields(p.Exported) {
		line(f.Name, f.Value)
	}
	line(press.Say("Article", "稿件编号"), string(p.Article.ID))
	line(press.Say("Revision", "版本"), fmt.Sprintf("%d (%s)", p.Revision.Number, p.Revision.Hash))
	photos := p.Photos()
	if len(photos) > 0 {
		out.WriteString("\n" + press.Say("Photos, in order", "图片（按顺序）").In(p.Lang) + "\n")
	}
	for _, photo := range photos {
		name := photo.Stem
		if len(photo.Files) > 0 {
			name = photo.Files[0].Name
		}
		fmt.Fprintf(&out, "\n%s  %s\n", markup.PhotoMark(photo.Number, "", p.Lang), name)
		if photo.Caption != "" {
			line(press.Say("Caption", "图注"), photo.Caption)
		}
		if photo.Alt != "" {
			line(press.Say("Alternative text", "替代文字"), photo.Alt)
		}
	}
	for i, a := range p.Attachments() {
		if i == 0 {
			out.WriteString("\n" + press.Say("Attachments, in order", "附件（按顺序）").In(p.Lang) + "\n\n")
		}
		fmt.Fprintf(&out, "%d. %s (%s)\n", i+1, a.FileName, a.SizeText())
	}
	return "\ufeff" + strings.ReplaceAll(out.String(), "\n", "\r\n")
}
