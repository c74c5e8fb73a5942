package press

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Official texts name their attachments at the end, before who signs: “附件：1.入围名单.pdf”, one line below the other. On a website
// that shows the attachments themselves, these lines would say the same once more, without a way to the files; there the list
// stands in their place. In WeChat, where nothing can be attached, they stay: they tell readers what they find behind 阅读原文.

var (
	attachmentHead   = regexp.MustCompile(`^附\s*件\s*[:：]\s*(.*)$`)
	attachmentItem   = regexp.MustCompile(`^(?:附\s*件\s*)?[（(]?([0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）]?\s*[.．、:：\s_-]\s*(.*)$`)
	attachmentBreak  = regexp.MustCompile(`[；;\s]+((?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[.．、])`)
	attachmentNumber = regexp.MustCompile(`^[\s【\[（(]*附\s*件\s*[（(]?([0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）\]】]*[\s.．、:：_-]*|^[（(]?([0-9]{1,2})[)）]?[.．、_-]\s*`)
	attachmentPlain  = regexp.MustCompile(`^[\s【\[（(]*附\s*件[)）\]】]*[\s.．、:：_-]*`)
)

// attachmentLine is what one line says of an attachment.
type attachmentLine struct {
	number int // 0: none
	title  string
}

// NumberOfAttachment is the number in an attachment's name, as in “附件2：汇总表.xlsx” or “2.汇总表.xlsx”; 0: there is none.
func NumberOfAttachment(name string) int {
	m := attachmentNumber.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	return numeral(m[1] + m[2])
}

// numeral reads a number of at most two digits, or 一 to 九十九.
func numeral(s string) int {
	n, tens := 0, false
	for _, r := range s {
		switch digit := strings.IndexRune("零一二三四五六七八九", r) / len("零"); {
		case r >= '0' && r <= '9':
			n = n*10 + int(r-'0')
		case r == '十':
			n, tens = max(n, 1)*10, true
		case tens:
			n += digit
		default:
			n = digit
		}
	}
	return n
}

// titleOfAttachment is what an attachment is called without number, ending, quotation marks and spaces.
func titleOfAttachment(name string) string {
	name = strings.Trim(name, blank+"。；;，,")
	if _, ok := AttachmentType(name); ok {
		name = strings.TrimSuffix(name, path.Ext(name))
	}
	if bare := attachmentNumber.ReplaceAllString(name, ""); bare != name {
		name = bare
	} else {
		name = attachmentPlain.ReplaceAllString(name, "")
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(blank+"《》“”\"_", r) {
			return -1
		}
		return r
	}, name))
}

// names reports whether a line is about an attachment.
func (l attachmentLine) names(a Attachment) bool {
	if title := titleOfAttachment(l.title); title != "" {
		return title == titleOfAttachment(a.Name)
	}
	return l.number > 0 && l.number == NumberOfAttachment(a.Name)
}

// BodyWithList returns the body as it stands above a list of the attachments: without the lines that say nothing but what these
// are called. Lines of which one names what is not among them stay, all of them.
func (c Content) BodyWithList() Body {
	if len(c.Attachments) == 0 {
		return c.Body
	}
	var out []Block
	for i := 0; i < len(c.Body.Blocks); {
		lines, n := attachmentLines(c.Body.Blocks[i:])
		known := !slices.ContainsFunc(lines, func(l attachmentLine) bool { return !slices.ContainsFunc(c.Attachments, l.names) })
		if len(lines) > 0 && known {
			i += n
			continue
		}
		out = append(out, c.Body.Blocks[i:i+max(n, 1)]...)
		i += max(n, 1)
	}
	return Body{Blocks: out}
}

// attachmentLines reads what the blocks at the beginning of a list say of attachments, and how many of them do, be it only that
// some follow; 0: the first does not begin such lines.
func attachmentLines(blocks []Block) (lines []attachmentLine, n int) {
	for _, block := range blocks {
		more, ok := linesOf(block, n > 0)
		if !ok {
			break
		}
		lines = append(lines, more...)
		n++
	}
	return lines, n
}

// linesOf reads a block in which every line is about an attachment. Only such lines may follow what began them.
func linesOf(block Block, begun bool) (out []attachmentLine, ok bool) {
	switch block := block.(type) {
	case Paragraph:
		for _, line := range strings.Split(PlainText(block.Text), "\n") {
			more, ok := lineOf(strings.Trim(line, blank), begun)
			if !ok {
				return nil, false
			}
			out, begun = append(out, more...), true
		}
		return out, true
	case List:
		if !begun || !block.Ordered {
			return nil, false
		}
		for i, item := range block.Items {
			if item.List != nil {
				return nil, false
			}
			out = append(out, attachmentLine{max(block.Start, 1) + i, PlainText(item.Text)})
		}
		return out, true
	}
	return nil, false
}

func lineOf(line string, begun bool) (out []attachmentLine, ok bool) {
	if head := attachmentHead.FindStringSubmatch(line); head != nil {
		line, begun = head[1], true
		if line == "" {
			return nil, true
		}
		if !attachmentItem.MatchString(line) {
			return []attachmentLine{{0, line}}, true // the only one
		}
	}
	if !begun && !strings.HasPrefix(line, "附") {
		return nil, false
	}
	for _, part := range strings.Split(attachmentBreak.ReplaceAllString(line, "\n$1"), "\n") {
		m := attachmentItem.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		out = append(out, attachmentLine{numeral(m[1]), m[2]})
	}
	return out, true
}

// NameAttachments gives attachments that are called by their number alone, such as 附件1.pdf, the title that the text has for that
// number.
func (c Content) NameAttachments() []Attachment {
	titles := map[int]string{}
	for i := 0; i < len(c.Body.Blocks); {
		lines, n := attachmentLines(c.Body.Blocks[i:])
		for _, l := range lines {
			titles[l.number] = l.title
		}
		i += max(n, 1)
	}
	out := slices.Clone(c.Attachments)
	for i, a := range out {
		title := strings.Trim(titles[NumberOfAttachment(a.Name)], blank+"。；;，,")
		if _, ok := AttachmentType(title); ok {
			title = strings.TrimSuffix(title, path.Ext(title))
		}
		if title = strings.NewReplacer("《", "", "》", "").Replace(title); title != "" && titleOfAttachment(a.Name) == "" && NumberOfAttachment(a.Name) > 0 {
			out[i].Name = AttachmentName(strings.TrimSuffix(a.Name, path.Ext(a.Name)) + "：" + title + path.Ext(a.Name))
		}
	}
	return out
}
