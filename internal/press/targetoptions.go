package press

import (
	"strconv"
	"strings"
)

// Options of a WordPress.
const (
	// OptionRetract is what becomes of a post that is retracted: RetractTrash, which is the default, or RetractDraft.
	OptionRetract = "retract"
	// OptionCategories puts the articles of a column, and of those below it, into a category that is there already: lines
	// such as “新闻资讯 › 校园动态 = 12”, with the category's id.
	OptionCategories = "categories"
	// OptionAuthors names the WordPress user of an author: lines such as “张三 = 7” or “张三 = zhangsan”. “* = 7” is for all others.
	OptionAuthors = "authors"

	RetractTrash = "trash"
	RetractDraft = "draft"
)

// OptionPair is one line of OptionCategories or OptionAuthors.
type OptionPair struct{ Name, Value string }

// OptionPairs reads lines of the form name = value; empty lines are left out. A line that is none is Invalid, "target.line",
// and named by its number.
func OptionPairs(text string) ([]OptionPair, error) {
	var out []OptionPair
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, ok := cutLast(strings.ReplaceAll(line, "＝", "="), "=")
		if !ok || name == "" || value == "" {
			return nil, Fail(Invalid, "target.line", Say(
				"Line %d, %q, should have a name, “=” and what it stands for.", "第 %d 行 %q 应写成“名称 = 对应内容”。", n, line))
		}
		out = append(out, OptionPair{name, value})
	}
	return out, nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+len(sep):]), true
}

// CategoryOf is the id of the category that OptionCategories gives a column: of the line that names it, or the innermost column
// above it; 0 where none does.
func CategoryOf(pairs []OptionPair, c Column) int64 {
	best, id := -1, int64(0)
	for _, p := range pairs {
		if named := ParseColumn(p.Name); len(named) > best && c.Within(named) {
			if n, err := strconv.ParseInt(p.Value, 10, 64); err == nil {
				best, id = len(named), n
			}
		}
	}
	return id
}

// CheckWordPress refuses options that a WordPress cannot have.
func CheckWordPress(options map[string]string) error {
	for key, value := range options {
		switch key {
		case OptionRetract:
			if value != RetractTrash && value != RetractDraft {
				return Fail(Invalid, "target.retract", Say("Choose what becomes of a retracted post: trash or draft.", "请选择撤回后的处理方式：移到回收站或改为草稿。"))
			}
		case OptionCategories:
			if err := checkCategories(value); err != nil {
				return err
			}
		case OptionAuthors:
			if _, err := OptionPairs(value); err != nil {
				return err
			}
		default:
			return Fail(Invalid, "target.option", Say("A WordPress has no option %q.", "WordPress 没有设置项 %q。", key))
		}
	}
	return nil
}

func checkCategories(text string) error {
	pairs, err := OptionPairs(text)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if n, err := strconv.ParseInt(p.Value, 10, 64); err != nil || n <= 0 {
			return Fail(Invalid, "target.category", Say(
				"The category of %s should be its number in WordPress, not %q.", "“%s”对应的分类应填 WordPress 中的分类编号，现为 %q。", p.Name, p.Value))
		}
		if err := ParseColumn(p.Name).Check(); err != nil {
			return err
		}
	}
	return nil
}
