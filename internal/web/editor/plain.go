package editor

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/intake"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// plainForm is the editor without scripts: its fields as texts, the body in Markdown.
type plainForm struct {
	Title, PushTitle, Subtitle, Digest, Column, Correction string

	Credits press.Credits
	Body    string
	Base    int
	SavedAt time.Time // when these words were kept and not saved as a revision; zero: they are a revision

	Kept        string // blocks that Markdown has no words for, by the number in the line that stands for them, as JSON
	Rest        string // what the form does not show, as JSON
	Cover       plainCover
	was         press.Cover // that the form was made of
	Attachments []plainAttachment
	Over        int // a revision that somebody else has saved, which saving this would replace; 0: none
}

// stands is a line that stands for a whole block.
var stands = regexp.MustCompile(`^\[\[(\d{1,4})(?:[:：][^\n]*)?\]\]$`)

func newPlainForm(c press.Content, base int, saved time.Time, lang press.Lang) plainForm {
	c = c.Normalize()
	f := plainForm{
		Title: c.Title, PushTitle: c.PushTitle, Subtitle: c.Subtitle, Digest: c.Digest, Column: c.Column.String(), Correction: c.Correction,
		Credits: c.Credits, Base: base, SavedAt: saved,
	}
	var kept map[string]press.Body
	f.Body, kept = plainBody(c.Body, lang)
	f.Kept = encoded(kept)
	f.Rest = encoded(press.Content{Cover: c.Cover})
	f.Cover, f.was = plainCoverOf(c.Cover), c.Cover
	f.Attachments = plainAttachments(c.Attachments)
	return f
}

func encoded(v any) string {
	data, err := press.EncodeJSON(v)
	if err != nil {
		return "" // only a foreign kind of block could do that
	}
	return string(data)
}

// maxAgain is how often a body is written anew because its blocks, each of which reads back by itself, do not among their
// neighbours. Bodies that people write take one or two; what takes more stands in the form as lines.
const maxAgain = 12

// plainBody writes a body as Markdown that reads back as the same blocks, whatever they hold: a block that would not gets a
// line that stands for it.
func plainBody(b press.Body, lang press.Lang) (text string, kept map[string]press.Body) {
	lines := map[int]string{}
	keep := func(i int) { lines[i] = standing(i, b.Blocks[i], lang) }
	write := func() string { return markup.Markdown(b, func(i int) string { return lines[i] }) }
	for i, block := range b.Blocks {
		if p, ok := block.(press.Paragraph); ok && stands.MatchString(press.PlainText(p.Text)) {
			keep(i) // it would be taken for another block
		}
	}
	for again := range maxAgain {
		text = write()
		at, differs := firstDifference(b, lines, text)
		if !differs {
			break
		}
		for i, block := range b.Blocks {
			if lines[i] == "" && (again == maxAgain-1 || again == 0 && !survives(block)) {
				keep(i)
			}
		}
		if again > 0 && lines[at] == "" {
			keep(at)
		}
		text = write()
	}
	kept = map[string]press.Body{}
	for i := range lines {
		kept[strconv.Itoa(i+1)] = press.Body{Blocks: b.Blocks[i : i+1]}
	}
	return text, kept
}

func survives(block press.Block) bool {
	one := press.Body{Blocks: []press.Block{block}}
	read, _, err := intake.ReadMarkdown(markup.Markdown(one, nil))
	return err == nil && encoded(read) == encoded(one)
}

// firstDifference finds the first block that is read as something else among its neighbours: two lists run together, say.
func firstDifference(b press.Body, lines map[int]string, text string) (at int, differs bool) {
	read, _, err := intake.ReadMarkdown(text)
	if err != nil {
		read = press.Body{}
	}
	for i, block := range b.Blocks {
		if lines[i] != "" {
			block = press.Paragraph{Text: []press.Run{{Text: lines[i]}}}
		}
		if i < len(read.Blocks) && encoded(press.Body{Blocks: read.Blocks[i : i+1]}) == encoded(press.Body{Blocks: []press.Block{block}}) {
			continue
		}
		for i > 0 && lines[i] != "" { // a line that stands for a block is what it is; what is before it is the trouble
			i--
		}
		return i, lines[i] == ""
	}
	return 0, false
}

// standing describes a block in a line, counted from 1.
func standing(i int, block press.Block, lang press.Lang) string {
	name := map[string]press.Text{
		"paragraph": press.Say("paragraph", "段落"), "heading": press.Say("heading", "标题"), "photo": press.Say("photo", "图片"),
		"gallery": press.Say("gallery", "图集"), "list": press.Say("list", "列表"), "quote": press.Say("quote", "引用"),
		"table": press.Say("table", "表格"), "divider": press.Say("divider", "分隔线"),
	}[press.BlockType(block)].In(lang)
	words := strings.Join(strings.Fields(strings.Map(wordOnly, press.BlockText(block))), " ")
	if runes := []rune(words); len(runes) > 24 {
		words = string(runes[:24]) + "…"
	}
	if words != "" {
		words = " " + words
	}
	return fmt.Sprintf("[[%d: %s%s]]", i+1, name, words)
}

// wordOnly drops from a description what Markdown would read.
func wordOnly(r rune) rune {
	if r < 0x80 && r != ' ' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
		return ' '
	}
	return r
}

// maxKept bounds what the form carries beside its words.
const maxKept = press.MaxContentBytes

// content reads the form back.
func (f plainForm) content() (press.Content, error) {
	var c press.Content
	kept := map[string]press.Body{}
	if len(f.Kept) > maxKept || len(f.Rest) > maxKept || f.Rest != "" && json.Unmarshal([]byte(f.Rest), &c) != nil ||
		f.Kept != "" && json.Unmarshal([]byte(f.Kept), &kept) != nil {
		return c, press.Fail(press.Invalid, "plain.form", press.Say(
			"The form is incomplete. Load the page again and paste your text.", "表单不完整，请刷新页面后重新粘贴文字。"))
	}
	c.Title, c.PushTitle, c.Subtitle, c.Digest, c.Credits = f.Title, f.PushTitle, f.Subtitle, f.Digest, f.Credits
	c.Correction, c.Attachments = f.Correction, f.attached()
	c.Column = press.ParseColumn(f.Column)
	cover, err := f.Cover.over(c.Cover)
	if err != nil {
		return c, err
	}
	c.Cover = cover
	body, left, err := intake.ReadMarkdown(f.Body)
	if err != nil {
		return c, err
	}
	if len(left) > 0 { // nothing is left out behind the writer's back
		return c, press.Fail(press.Invalid, left[0].Code, left[0].Text)
	}
	c.Body = press.Body{}
	for _, block := range body.Blocks {
		c.Body.Blocks = append(c.Body.Blocks, original(block, kept)...)
	}
	return c, nil
}

// original puts a block back in the place of the line that stands for it.
func original(block press.Block, kept map[string]press.Body) []press.Block {
	if p, ok := block.(press.Paragraph); ok {
		if m := stands.FindStringSubmatch(press.PlainText(p.Text)); m != nil && len(kept[m[1]].Blocks) == 1 {
			return kept[m[1]].Blocks
		}
	}
	return []press.Block{block}
}

func readPlainForm(r *page.Request) plainForm {
	value := func(name string) string { return strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n") }
	f := plainForm{
		Title: value("title"), PushTitle: value("push_title"), Subtitle: value("subtitle"), Digest: value("digest"), Column: value("column"), Correction: value("correction"),
		Credits: press.Credits{
			Text: value("credit_text"), Photos: value("credit_photos"), Editor: value("credit_editor"),
			Reviewer: value("credit_reviewer"), Source: value("credit_source"),
		},
		Body: value("body"), Base: r.Number("base", 0), Kept: value("kept"), Rest: value("rest"),
		Attachments: readPlainAttachments(r),
		Cover:       plainCover{press.Digest(value("cover")), r.Number("cover_x", -1), r.Number("cover_y", -1)},
	}
	var rest press.Content
	if json.Unmarshal([]byte(f.Rest), &rest) == nil {
		f.was = rest.Cover
	}
	return f
}

// savePlain saves the form as a revision. What cannot be saved is shown again as it was typed, and kept.
func (h handlers) savePlain(r *page.Request) error {
	w, err := h.Desk.OpenWriting(r.Context(), r.Actor, r.Article())
	if err != nil {
		return err
	}
	kept, refused, err := h.receivePlain(r)
	if err != nil {
		return err
	}
	form := readPlainForm(r)
	form.add(kept)
	content, err := form.content()
	if err != nil {
		return h.show(r, w, form, err)
	}
	if len(refused) > 0 || r.PostFormValue("attach") != "" {
		return h.attachPlain(r, form, content, len(kept), refused)
	}
	saved, err := h.Desk.SaveRevision(r.Context(), r.Actor, w.Article.ID, form.Base, content, r.PostFormValue("submit") != "")
	if err != nil {
		return h.plainRefused(r, form, content, err)
	}
	key := "editor.saved"
	if saved.Article.State == press.ArticleReview {
		key = "editor.handed_in"
	}
	return r.See(pathOf(w.Article.ID), key)
}

// plainRefused keeps the words and shows them again. Whoever was slower sees whose revision a second press would replace.
func (h handlers) plainRefused(r *page.Request, form plainForm, c press.Content, refusal error) error {
	if _, err := h.Desk.SaveWorking(r.Context(), r.Actor, r.Article(), form.Base, c); err != nil {
		h.Logger.WarnContext(r.Context(), "a refused form was not kept", "article", r.Article(), "error", err)
	}
	w, err := h.Desk.OpenWriting(r.Context(), r.Actor, r.Article())
	if err != nil {
		return err
	}
	if press.CodeOf(refusal) == "article.stale" {
		form.Base, form.Over = w.Article.Revision, w.Article.Revision
	}
	return h.show(r, w, form, refusal)
}
