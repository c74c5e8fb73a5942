package intake

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"newsdesk/internal/press"
)

// Bounds of Markdown, whose parser takes time that grows faster than its input.
const (
	maxMarkdown      = 1 << 20 // bytes
	maxMarkdownDepth = 40      // quotes and lists opened by one line
	maxMarkdownRun   = 1 << 16 // bytes of a paragraph's source
	maxMarkdownLinks = 500     // beginnings of links in a paragraph
	maxFootnotes     = 500
)

// readMarkdown reads Markdown with tables, strikethrough, footnotes and front matter. Its markup becomes HTML first, so
// that HTML written between it goes the same way as everything else.
func (d *draft) readMarkdown(source string) error {
	source, err := d.takeFrontMatter(source)
	if err != nil {
		return err
	}
	if err := d.checkMarkdown(source); err != nil {
		return err
	}
	rendered, err := renderMarkdown([]byte(keepFootnotes(source)))
	if err != nil {
		return press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The document %q cannot be read as Markdown; save it as plain text and hand it in again.",
			"文档“%s”无法按 Markdown 读取，请另存为纯文本后重新提交。", shown(d.name))).Because(err)
	}
	if err := d.walkHTML(rendered, true); err != nil {
		return err
	}
	d.takePosition()
	return d.takeTitle(d.topHeading, d.boldCentred, d.leadingHeading, d.guessedTitle)
}

func renderMarkdown(source []byte) (out string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("intake: parse Markdown: %v", r)
		}
	}()
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.NewCJK(extension.WithEscapedSpace()),
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML(""))),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lineNumbers{}, 10_000))),
		goldmark.WithRendererOptions(html.WithUnsafe()), // what is unsafe ends in walkHTML, which keeps blocks only
	)
	var rendered bytes.Buffer
	if err := md.Convert(source, &rendered); err != nil {
		return "", fmt.Errorf("intake: render Markdown: %w", err)
	}
	return rendered.String(), nil
}

// lineNumbers writes source lines on blocks and images, as numberLines does for HTML.
type lineNumbers struct{}

func (lineNumbers) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	line, offset := 1, 0
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if start := startOf(n); start >= offset {
			line += bytes.Count(source[offset:start], []byte("\n"))
			offset = start
		}
		if n.Type() == ast.TypeBlock || n.Kind() == ast.KindImage {
			n.SetAttributeString(lineAttr, []byte(strconv.Itoa(line)))
		}
		return ast.WalkContinue, nil
	})
}

// startOf returns where a node's first text begins; -1 for a node without any.
func startOf(n ast.Node) int {
	for ; n != nil; n = n.FirstChild() {
		if t, ok := n.(*ast.Text); ok {
			return t.Segment.Start
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
	}
	return -1
}

// checkMarkdown refuses what the parser would take too long, or too deep, over.
func (d *draft) checkMarkdown(source string) error {
	if len(source) > maxMarkdown {
		return press.Fail(press.TooLarge, "document.too_large", press.Say(
			"The document %q has more than %s of Markdown; an article is far shorter. Hand in its photos as files beside it.",
			"Markdown 文档“%s”超过 %s，稿件不应如此之长；请将图片作为单独的文件提交。", shown(d.name), megabytes(maxMarkdown)))
	}
	number, run, links, footnotes := 0, 0, 0, 0
	for line := range strings.Lines(source) {
		number++
		if run, links = run+weight(line), links+strings.Count(line, "]("); isBlank(line) {
			run, links = 0, 0
		}
		footnotes += strings.Count(line, "[^")
		if markers(line) > maxMarkdownDepth || run > maxMarkdownRun || links > maxMarkdownLinks ||
			footnotes > 2*maxFootnotes || longMark.MatchString(line) {
			return press.Fail(press.Invalid, "document.nested", press.Say(
				"Line %[2]d of %[1]q is nested too deeply or too long to be part of an article; break it up.",
				"文档“%[1]s”第 %[2]d 行嵌套过深或过长，请拆分。", shown(d.name), number))
		}
	}
	return nil
}

var inert = regexp.MustCompile(`[A-Za-z0-9+/=]{200,}`)

// weight is how many bytes of a line the parser has to think about: not those of a picture written into it as base64.
func weight(line string) int {
	if len(line) > maxMarkdownRun {
		line = inert.ReplaceAllString(line, "")
	}
	return len(line)
}

// longMark finds emphasis that opens hundreds of times at once, and lists that are indented as deep.
var longMark = regexp.MustCompile(`(?:\*{1000}|_{1000}|~{1000})|^(?: {200}|\t{50})[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]`)

var opener = regexp.MustCompile(`^[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$))`)

// markers counts the quotes and lists that a line opens.
func markers(line string) int {
	n := 0
	line = strings.TrimRight(line, "\n")
	for n <= maxMarkdownDepth {
		found := opener.FindString(line)
		if found == "" {
			break
		}
		line = line[len(found):]
		n++
	}
	return n
}

var (
	footnoteText = regexp.MustCompile(`(?m)^ {0,3}\[\^([^\]\s]{1,100})\]:`)
	footnoteMark = regexp.MustCompile(`\[\^([^\]\s]{1,100})\](:?)`)
)

// keepFootnotes makes plain text of footnotes that nothing refers to; the parser would drop them silently.
func keepFootnotes(source string) string {
	used := map[string]bool{}
	for _, m := range footnoteMark.FindAllStringSubmatch(source, -1) {
		if m[2] == "" {
			used[m[1]] = true
		}
	}
	return footnoteText.ReplaceAllStringFunc(source, func(found string) string {
		label := footnoteText.FindStringSubmatch(found)[1]
		if used[label] {
			return found
		}
		return strings.Replace(found, "[^", `\[^`, 1)
	})
}
