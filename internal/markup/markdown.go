package markup

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// Markdown writes a body for a plain text area, so that intake.ReadMarkdown reads the same blocks. Whatever Markdown has no
// words for (colours, alignment, galleries, spans) is left out; line, asked for each block, may name a line that stands for
// the whole block instead.
func Markdown(b press.Body, line func(i int) string) string {
	var out strings.Builder
	for i, block := range b.Blocks {
		if i > 0 {
			out.WriteString("\n\n")
		}
		if line != nil {
			if stand := line(i); stand != "" {
				out.WriteString(stand)
				continue
			}
		}
		out.WriteString(markdownBlock(block))
	}
	return out.String()
}

func markdownBlock(block press.Block) string {
	switch block := block.(type) {
	case press.Paragraph:
		return markdownRuns(block.Text, "\\\n")
	case press.Heading:
		return strings.Repeat("#", block.Level) + " " + markdownRuns(block.Text, " ")
	case press.Picture:
		return markdownPicture(block)
	case press.Gallery:
		var photos []string
		for _, p := range block.Photos {
			photos = append(photos, markdownPicture(p))
		}
		return strings.Join(photos, "\n\n")
	case press.List:
		return strings.TrimSuffix(markdownList(block, ""), "\n")
	case press.Quote:
		var lines []string
		for _, p := range block.Paragraphs {
			lines = append(lines, "> "+strings.ReplaceAll(markdownRuns(p.Text, "\\\n"), "\n", "\n> "))
		}
		return strings.Join(lines, "\n>\n")
	case press.Table:
		return markdownTable(block)
	}
	return "---"
}

func markdownPicture(p press.Picture) string { return pictureAt(p, "photo:"+string(p.Photo)) }

// pictureAt is a picture with its caption as GFM has it: as the words of the picture, or, where those are said apart, as its
// title.
func pictureAt(p press.Picture, to string) string {
	words := func(s string) string { return escapeMarkdown(strings.Join(strings.Fields(s), " "), false) }
	if p.Alt == "" {
		return "![" + words(p.Caption) + "](" + to + ")"
	}
	title := ""
	if p.Caption != "" {
		title = ` "` + words(p.Caption) + `"`
	}
	return "![" + words(p.Alt) + "](" + to + title + ")"
}

func markdownList(list press.List, indent string) string {
	var out strings.Builder
	number := max(1, list.Start)
	for _, item := range list.Items {
		sign := "- "
		if list.Ordered {
			sign = strconv.Itoa(number) + ". "
			number++
		}
		inner := indent + strings.Repeat(" ", len(sign))
		out.WriteString(indent + sign + strings.ReplaceAll(markdownRuns(item.Text, "\\\n"), "\n", "\n"+inner) + "\n")
		if item.List != nil {
			out.WriteString(markdownList(*item.List, inner))
		}
	}
	return out.String()
}

func markdownTable(t press.Table) string {
	var out strings.Builder
	for y, row := range t.Rows {
		for _, cell := range row {
			out.WriteString("| " + strings.ReplaceAll(markdownRuns(cell.Text, "<br>"), "\n", " ") + " ")
		}
		out.WriteString("|\n")
		if y > 0 {
			continue
		}
		for _, cell := range row {
			out.WriteString(map[press.Align]string{press.AlignStart: "| --- ", press.AlignCenter: "| :-: ", press.AlignRight: "| --: "}[cell.Align])
		}
		out.WriteString("|\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// markdownRuns writes words with their looks; lineBreak stands for a line feed.
func markdownRuns(runs []press.Run, lineBreak string) string {
	var out strings.Builder
	text := press.PlainText(runs)
	offset := 0
	eachLink(runs, func(link string, group []press.Run) {
		if link != "" {
			out.WriteByte('[')
		}
		for _, r := range group {
			open, shut := marks(r)
			words := strings.ReplaceAll(escapeMarkdown(r.Text, offset == 0), "\n", lineBreak)
			before, after := text[:offset], text[offset+len(r.Text):]
			offset += len(r.Text)
			if open != "" && clings(before, r.Text, true) {
				open = `\ ` + open
			}
			if shut != "" && clings(after, r.Text, false) {
				shut += `\ `
			}
			out.WriteString(open + words + shut)
		}
		if link != "" {
			out.WriteString("](" + destination(link) + ")")
		}
	})
	return out.String()
}

func marks(r press.Run) (open, shut string) {
	add := func(on bool, o, s string) {
		if on {
			open, shut = open+o, s+shut
		}
	}
	add(r.Underline, "<u>", "</u>")
	add(r.Strike, "~~", "~~")
	add(r.Bold, "**", "**")
	add(r.Italic, "*", "*")
	return open, shut
}

// clings reports whether marks between two texts would not be read as marks: beside a letter without a space, with a
// punctuation mark inside. Chinese is written so; a space that is escaped is read as none.
func clings(outside, inside string, before bool) bool {
	var out, in rune
	if before {
		out, _ = utf8.DecodeLastRuneInString(outside)
		in, _ = utf8.DecodeRuneInString(inside)
	} else {
		out, _ = utf8.DecodeRuneInString(outside)
		in, _ = utf8.DecodeLastRuneInString(inside)
	}
	return outside != "" && !unicode.IsSpace(out) && (unicode.IsPunct(in) || unicode.IsSymbol(in) || unicode.IsPunct(out) || unicode.IsSymbol(out))
}

// destination is where a link leads, as GFM has it in angle brackets.
func destination(to string) string {
	return "<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C", "\n", "", "{", "%7B").Replace(to) + ">"
}

// escapeMarkdown makes plain words of text in which something could be read as markup; start says that the text begins a
// line. Nor does it leave what systems that take Markdown, such as Jekyll and Hugo, run before they read it: {{ and {%.
func escapeMarkdown(s string, start bool) string {
	var out strings.Builder
	bol := start
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		rest := s[i+size:]
		switch {
		case strings.ContainsRune("\\`*_[]<>~|&^\"{", r),
			r == '%' && (i == 0 || s[i-1] == '{'),     // with what another run ends in
			r == ':' && strings.HasPrefix(rest, "//"), // addresses by themselves become links
			r == '@',
			r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"),
			bol && strings.ContainsRune("#+-=:", r),
			r == '!' && strings.HasPrefix(rest, "["),
			(r == '.' || r == ')') && i > 0 && numberLine(s, i, start):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
		bol = r == '\n'
	}
	return out.String()
}

// numberLine reports whether what stands before s[i] on its line is a number, which would begin a list.
func numberLine(s string, i int, start bool) bool {
	from := strings.LastIndexByte(s[:i], '\n') + 1
	if from == 0 && !start || from == i {
		return false
	}
	return strings.Trim(s[from:i], "0123456789") == ""
}
