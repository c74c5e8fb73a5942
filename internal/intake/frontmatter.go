package intake

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"newsdesk/internal/press"
)

// maxFrontMatter bounds what is parsed as YAML, in bytes.
const maxFrontMatter = 64 << 10

// frontMatter splits a document into the YAML between its first two lines of --- and the rest, in which the lines keep
// their numbers.
func frontMatter(source string) (front, rest string) {
	if !strings.HasPrefix(source, "---") {
		return "", source
	}
	offset, lines := 0, 0
	for line := range strings.Lines(source) {
		mark := strings.TrimRight(line, " \t\n")
		offset += len(line)
		lines++
		switch {
		case lines == 1 && mark != "---", offset > maxFrontMatter:
			return "", source
		case lines > 1 && (mark == "---" || mark == "..."):
			front = source[strings.IndexByte(source, '\n')+1 : offset-len(line)]
			return front, strings.Repeat("\n", lines) + source[offset:]
		}
	}
	return "", source
}

// takeFrontMatter reads the front matter and returns the document behind it. What looks like front matter and is not a
// mapping belongs to the text.
func (d *draft) takeFrontMatter(source string) (string, error) {
	front, rest := frontMatter(source)
	if strings.TrimSpace(front) == "" {
		return rest, nil
	}
	var document yaml.Node
	if err := unmarshalYAML(front, &document); err != nil {
		if !strings.Contains(strings.SplitN(front, "\n", 2)[0], ":") {
			return source, nil
		}
		d.notes.add("front.unreadable", 1, "", press.Say(
			"The lines between --- at the beginning are not YAML and were left out; put values with a colon in quotes.",
			"开头 --- 之间的内容不是有效的 YAML，已忽略；含冒号的值请加引号。"))
		return rest, nil
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return source, nil
	}
	fields := document.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		if err := d.frontField(fields[i], fields[i+1]); err != nil {
			return "", err
		}
	}
	return rest, nil
}

// unmarshalYAML parses into nodes only: aliases are not followed, so nothing grows beyond what was written.
func unmarshalYAML(front string, document *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = press.Fail(press.Invalid, "front.unreadable", press.Say("unreadable", "无法读取"))
		}
	}()
	return yaml.Unmarshal([]byte(front), document)
}

func (d *draft) frontField(key, value *yaml.Node) error {
	line := key.Line + 1 // the line of --- comes before
	name := strings.ToLower(strings.TrimSpace(key.Value))
	text := oneValue(value)
	switch name {
	case "title", "标题":
		d.content.Title = titleText(text)
		return checkTitle(d.content.Title, line)
	case "subtitle", "副标题":
		d.content.Subtitle = d.clip(text, press.MaxTitleRunes, "subtitle.long", line)
	case "push_title", "wechat_title", "微信标题":
		d.content.PushTitle = d.clip(text, press.MaxTitleRunes, "push_title.long", line)
	case "digest", "summary", "description", "abstract", "摘要", "导语":
		d.content.Digest = d.clip(text, press.MaxDigestRunes, "digest.long", line)
	case "column", "栏目":
		d.setColumn(frontColumn(value), line)
	case "cover", "封面":
		d.coverRef, d.coverAt = strings.TrimSpace(text), line
	case "date", "日期": // when an article appears is decided by its edition
	case "credits", "署名":
		d.frontCredits(value, line)
	default:
		d.frontOther(name, text, value, line)
	}
	return nil
}

func (d *draft) frontOther(name, text string, value *yaml.Node, line int) {
	var credits press.Credits
	if addCredit(&credits, frontAlias(name), text) {
		d.mergeCredits(credits, line)
		return
	}
	if text == "" && value.Kind == yaml.ScalarNode {
		return
	}
	d.notes.add("front.unknown", line, "", press.Say(
		"Line %[2]d sets %[1]q, which an article does not have; it was left out.",
		"第 %[2]d 行的“%[1]s”不是稿件的字段，已忽略。", shown(name), line))
}

func frontAlias(name string) string {
	switch name {
	case "authors", "writer":
		return "author"
	case "credit":
		return "text"
	}
	return name
}

// frontCredits reads credits written as a line or as a mapping.
func (d *draft) frontCredits(value *yaml.Node, line int) {
	var credits press.Credits
	if value.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(value.Content); i += 2 {
			addCredit(&credits, strings.TrimSpace(value.Content[i].Value), oneValue(value.Content[i+1]))
		}
	} else {
		var ok bool
		if credits, ok = parseCredits(oneValue(value)); !ok {
			credits = press.Credits{Text: oneValue(value)}
		}
	}
	d.mergeCredits(credits, line)
}

func frontColumn(value *yaml.Node) press.Column {
	if value.Kind != yaml.SequenceNode {
		return trimColumn(press.ParseColumn(oneValue(value)))
	}
	var column press.Column
	for _, item := range value.Content {
		if name := oneValue(item); name != "" && len(column) <= press.MaxColumnDepth {
			column = append(column, name)
		}
	}
	return column
}

// oneValue returns a value as one line: a scalar, or the scalars of a list.
func oneValue(value *yaml.Node) string {
	if value.Kind == yaml.SequenceNode {
		var parts []string
		for _, item := range value.Content {
			if item.Kind == yaml.ScalarNode {
				parts = append(parts, item.Value)
			}
		}
		return strings.Join(parts, "、")
	}
	if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
		return ""
	}
	return strings.Join(strings.Fields(clean(value.Value)), " ")
}
