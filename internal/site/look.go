package site

import (
	"fmt"
	"strings"

	"newsdesk/internal/press"
)

// look is how a site looks: its parsed templates, its style sheets and its signs.
type look struct {
	pages  *pages
	style  []byte // of an article
	lists  []byte // of every other page
	icon   sign
	logo   *logo
	paper  [2]string // the page's ground, by day and by night
	advice []press.Text
	own    own
}

// sign is a small picture that stands for the school.
type sign struct {
	name string // with its extension
	data []byte
}

// loadLook puts together what a theme and a school's own folder give.
func (c *Config) loadLook() (*look, error) {
	src, err := builtInSources(c.Theme)
	if err != nil {
		return nil, err
	}
	l := &look{icon: sign{"icon.svg", src["icon.svg"]}}
	if l.own, err = readOwn(c.Templates, src); err != nil {
		return nil, err
	}
	if l.pages, err = parsePages(src, l.own); err != nil {
		return nil, err
	}
	if err := l.dress(src); err != nil {
		return nil, err
	}
	if found, ok := l.own.first(ownIcons); ok {
		l.icon = found
	}
	l.logo, err = l.own.logo()
	return l, err
}

// dress makes the style sheets and reads from its tokens what pages say of them.
func (l *look) dress(src sources) error {
	usual, wrong := readTokens(src["tokens.css"])
	if wrong != nil {
		return fmt.Errorf("site: tokens, line %d: %s", wrong.line, wrong.en)
	}
	theirs, wrong := readTokens(l.own.files["tokens.css"])
	if wrong == nil {
		wrong = checkTokens(theirs, usual)
	}
	if wrong != nil {
		return l.own.bad("tokens.css", wrong.line, wrong.en, wrong.zh)
	}
	if wrong := checkStyle(l.own.files["style.css"]); wrong != nil {
		return l.own.bad("style.css", wrong.line, wrong.en, wrong.zh)
	}
	all := gather(usual, theirs)
	l.paper = [2]string{all.day["--paper"], all.night["--paper"]}
	for _, f := range all.faints() {
		l.advice = append(l.advice, f.text())
	}
	var err error
	l.style, l.lists, err = src.stylesheets(l.own.files)
	return err
}

func (f faint) text() press.Text {
	en, zh := "by day", "浅色模式下"
	if f.night {
		en, zh = "on dark screens", "深色模式下"
	}
	return press.Say("The website's colours %[1]s and %[2]s are hard to tell apart %[3]s: contrast %.1[5]f, at least %.1[6]f is needed.",
		"网站颜色 %[1]s 与 %[2]s %[4]s对比度过低（%.1[5]f，至少须达到 %.1[6]f），部分读者难以看清。",
		f.words, f.ground, en, zh, f.ratio, f.least)
}

// checkStyle looks for what would make a browser drop the rest of a style sheet, and for what it may not fetch.
func checkStyle(css []byte) *fault {
	text, wrong := withoutComments(css)
	if wrong != nil {
		return wrong
	}
	var open []int
	line := 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			line++
		case '"', '\'':
			end := quoted([]byte(text), i)
			line += strings.Count(text[i:end], "\n")
			i = end - 1
		case '{':
			open = append(open, line)
		case '}':
			if len(open) == 0 {
				return &fault{line, "there is a } too many", "多了一个 }"}
			}
			open = open[:len(open)-1]
		case '@':
			if strings.HasPrefix(strings.ToLower(text[i:]), "@import") {
				return &fault{line, "@import is not possible; put the rules into this file", "不支持 @import，请将样式写入本文件"}
			}
		}
	}
	if n := len(open); n > 0 {
		return &fault{open[n-1], "the { in this line is never closed", "本行的 { 没有对应的 }"}
	}
	return nil
}

// Advice says what is odd about the look but no reason not to start.
func (s *Site) Advice() []press.Text { return s.advice }
