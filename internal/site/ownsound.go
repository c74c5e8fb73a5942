package site

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	syntax "text/template/parse"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

// Bounds of making the sample pages. A template that is being carried out cannot be stopped from outside.
const (
	mostTried = 8 << 20 // bytes of one page
	tryTime   = 30 * time.Second
)

// within waits for the sample pages. What goes on for longer is left behind: nothing starts with it, and with the program it ends.
func (o own) within(limit time.Duration, try func() error) error {
	done := make(chan error, 1)
	go func() { done <- try() }()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return o.bad("", 0, fmt.Sprintf("its templates took longer than %d seconds to make sample pages; look for a range over a large number", int(limit.Seconds())),
			fmt.Sprintf("生成示例页面超过 %d 秒，请检查模板中是否有对大数的 range 循环", int(limit.Seconds())))
	}
}

// bounded is a page in memory that may become only so large.
type bounded struct {
	bytes.Buffer
	most int
}

var errEndless = errors.New("the page does not end")

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errEndless
	}
	return b.Buffer.Write(p)
}

// counting returns the line of a range that counts to a number written in the template, which no page needs and a slip of the
// keyboard makes endless; 0 if there is none.
func counting(text []byte, root syntax.Node) int {
	numbers := map[string]bool{}
	line := 0
	var number func(p *syntax.PipeNode) bool
	number = func(p *syntax.PipeNode) bool {
		if p == nil || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
			return false
		}
		switch arg := p.Cmds[0].Args[0].(type) {
		case *syntax.NumberNode:
			return true
		case *syntax.PipeNode: // in brackets
			return number(arg)
		case *syntax.VariableNode:
			return len(arg.Ident) == 1 && numbers[arg.Ident[0]]
		}
		return false
	}
	walk(root, func(node syntax.Node) {
		switch n := node.(type) {
		case *syntax.ActionNode:
			for _, v := range n.Pipe.Decl {
				numbers[v.Ident[0]] = number(n.Pipe)
			}
		case *syntax.RangeNode:
			if line == 0 && number(n.Pipe) {
				line = 1 + bytes.Count(text[:min(int(n.Pos), len(text))], []byte("\n"))
			}
		}
	})
	return line
}

// callsIn returns which templates each template puts in.
func callsIn(set *template.Template) map[string][]string {
	out := map[string][]string{}
	for _, t := range set.Templates() {
		if t.Tree == nil {
			continue
		}
		walk(t.Tree.Root, func(node syntax.Node) {
			if call, ok := node.(*syntax.TemplateNode); ok {
				out[t.Name()] = append(out[t.Name()], call.Name)
			}
		})
	}
	return out
}

// circles refuses a template that puts itself in, by way of whatever others. What pages are made of lies in no depth that would need
// that, and going round and round overflows the stack, which ends the program.
func (o own) circles(set *template.Template) error {
	calls := callsIn(set)
	for _, file := range templatesIn(o.files) {
		defined, err := definedIn(file, o.files[file])
		if err != nil {
			return o.explain(file, err)
		}
		for _, d := range append(sortedKeys(defined), file) {
			seen := map[string]bool{}
			var look func(string)
			look = func(name string) {
				for _, next := range calls[name] {
					if !seen[next] {
						seen[next] = true
						look(next)
					}
				}
			}
			if look(d); seen[d] {
				return o.bad(file, defined[d].line, "the template \""+d+"\" puts itself in, which never ends", "模板“"+d+"”直接或间接引用了自身，无法结束")
			}
		}
	}
	return nil
}

// Elements that end by themselves, and those whose end tag may be left out.
var (
	voidElements = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	openElements = []string{"html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "rt", "rp"}
)

// flaw is what is wrong with the HTML of a page: an element that is not closed, or closed and never opened, or an id used twice.
type flaw struct{ element, id string }

// flaws looks through a page as a browser would that forgives nothing.
func flaws(page []byte) (out []flaw) {
	var open []string
	ids := map[string]bool{}
	note := func(f flaw) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	foreign := 0 // within a drawing, elements end by themselves where they say so
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			for _, name := range open {
				note(flaw{element: name})
			}
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if id := attr(t, "id"); id != "" && !strings.Contains(id, sampleWord) {
				if ids[id] {
					note(flaw{id: id})
				}
				ids[id] = true
			}
			if t.Data == "svg" || t.Data == "math" {
				foreign++
			}
			if slices.Contains(voidElements, t.Data) || slices.Contains(openElements, t.Data) || kind == html.SelfClosingTagToken && foreign > 0 {
				continue
			}
			open = append(open, t.Data)
		case html.EndTagToken:
			t := z.Token()
			if slices.Contains(openElements, t.Data) {
				continue
			}
			at := len(open) - 1
			for at >= 0 && open[at] != t.Data {
				at--
			}
			if at < 0 {
				note(flaw{element: t.Data})
				continue
			}
			for _, name := range open[at+1:] {
				note(flaw{element: name})
			}
			open = open[:at]
			if t.Data == "svg" || t.Data == "math" {
				foreign--
			}
		}
	}
}

var action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// where finds a flaw in a school's own files; line 0 where no line can be told, no name where it is in none of them.
func (o own) where(f flaw) (name string, line int) {
	for _, name := range templatesIn(o.files) {
		text := action.ReplaceAllFunc(o.files[name], func(a []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(a, []byte("\n"))) })
		if f.id != "" {
			if at := bytes.LastIndex(text, []byte(`id="`+f.id+`"`)); at >= 0 {
				return name, 1 + bytes.Count(text[:at], []byte("\n"))
			}
			continue
		}
		var open []int
		for _, at := range regexp.MustCompile(`(?i)</?`+regexp.QuoteMeta(f.element)+`\b`).FindAllIndex(text, -1) {
			here := 1 + bytes.Count(text[:at[0]], []byte("\n"))
			switch closes := text[at[0]+1] == '/'; {
			case !closes:
				open = append(open, here)
			case len(open) == 0:
				return name, here
			default:
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			return name, open[len(open)-1]
		}
	}
	return "", 0
}

// doubt is a flaw as advice.
func (o own) doubt(kind string, f flaw) press.Text {
	name, line := o.where(f)
	inEN, inZH := "", ""
	if name != "" {
		inEN, inZH = fmt.Sprintf(" (%s, line %d)", name, line), fmt.Sprintf("（%s 第 %d 行）", name, line)
	}
	if f.id != "" {
		return press.Say("With the website's own templates, the page %[1]q has the id %[2]q more than once%[3]s; links and labels lead to the first one.",
			"使用自定义模板时，页面 %[1]q 中 id %[2]q 重复%[4]s，链接和标签只会指向第一个。", kind, f.id, inEN, inZH)
	}
	return press.Say("With the website's own templates, the page %[1]q opens and closes <%[2]s> not equally often%[3]s; browsers will guess what is meant.",
		"使用自定义模板时，页面 %[1]q 中 <%[2]s> 的开始与结束标签不配对%[4]s，浏览器可能显示错乱。", kind, f.element, inEN, inZH)
}
