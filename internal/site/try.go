package site

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// tryPages makes a page of each kind with a school's own templates: once of everything a page can have, and once of
// nothing, so that both ways of every condition are gone. What comes out must hold what Newsdesk itself reads back.
func (s *Site) tryPages(o own) error {
	if len(templatesIn(o.files)) == 0 {
		return nil
	}
	var advice []press.Text
	err := o.within(tryTime, func() (err error) {
		advice, err = s.tryEach(o)
		return err
	})
	if err == nil {
		s.advice = append(s.advice, advice...)
	}
	return err
}

func (s *Site) tryEach(o own) (advice []press.Text, err error) {
	for _, kind := range sortedKeys(pageKinds) {
		for _, full := range []bool{true, false} {
			page := bounded{most: mostTried}
			if err := s.pages.set.ExecuteTemplate(&page, kind, s.sampleView(kind, full)); err != nil {
				return nil, o.explain(kind+".html", err)
			}
			if err := s.checkTry(o, kind, page.Bytes()); err != nil {
				return nil, err
			}
			for _, f := range flaws(page.Bytes()) {
				if said := o.doubt(kind, f); !slices.Contains(advice, said) {
					advice = append(advice, said)
				}
			}
		}
	}
	return advice, nil
}

// samplePhoto stands for the pictures of a sample page.
var samplePhoto = "p/00/" + strings.Repeat("0", 64) + ".jpg"

// sampleView is what a kind of page is given, with every field filled, or none.
func (s *Site) sampleView(kind string, full bool) view {
	v := pageKinds[kind]()
	if full {
		fill(reflect.ValueOf(v).Elem())
	}
	var data any
	if a, ok := v.(*articleView); ok {
		a.Around = template.HTML(string(aroundStart) + string(aroundEnd))
		data = newsArticle{
			Context: "https://schema.org", Type: newsArticleType, Section: press.Column{"示例"}, Published: sampleTime, Modified: sampleTime,
			Images: []string{s.absolute(samplePhoto)},
		}
	}
	if l, ok := v.(*listView); ok {
		l.Turn = template.HTML(string(turnStart) + string(turnEnd))
	}
	v.wear(&s.chrome, data)
	return v
}

var sampleTime = time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC)

// sampleWord is the text of everything on a sample page.
const sampleWord = "示例"

// fill gives every field a value: a word, a number, a list of one that has everything and one that has nothing.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(sampleWord)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		if v.CanSet() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem())
		}
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), 2, 2)
		fill(list.Index(0))
		if e := list.Index(1); e.Kind() == reflect.Pointer {
			e.Set(reflect.New(e.Type().Elem()))
		}
		v.Set(list)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() || v.Type().Field(i).Anonymous {
				fill(f)
			}
		}
	}
}

// checkTry holds a sample page to what Newsdesk needs of it later.
func (s *Site) checkTry(o own, kind string, page []byte) error {
	has := func(words string) bool { return bytes.Contains(page, []byte(words)) }
	file := kind + ".html"
	if _, ok := o.files[file]; !ok {
		file = "frame.html"
	}
	switch {
	case kind == "around" || kind == "turn" || kind == "attachments":
		return nil
	case !has(s.chrome.State):
		return o.bad(file, 0, "its page does not link {{.State}}, so that grey days would pass it by", "页面没有引用 {{.State}}，置灰设置将不起作用")
	case kind == "list" && (!has(string(turnStart)) || !has(string(turnEnd))):
		return o.bad(file, 0, "a list's page lacks {{.Turn}}, the way to the pages before and after it", "列表页缺少 {{.Turn}}（上一页与下一页）")
	case kind != "article":
		return nil
	case !has("<main") || !has("</main>"):
		return o.bad(file, 0, "an article's page has no <main> … </main>, of which previews are made", "稿件页缺少 <main>…</main>，无法用于预览")
	case !has(string(aroundStart)) || !has(string(aroundEnd)):
		return o.bad(file, 0, "an article's page lacks {{.Around}}, the way to the articles before and after it", "稿件页缺少 {{.Around}}（上一篇与下一篇）")
	}
	is, ok := s.readRecord(page)
	if want := []string{samplePhoto}; !ok || len(is.Column) != 1 || !is.PublishedAt.Equal(sampleTime) || !slices.Equal(is.Photos, want) {
		return o.bad(file, 0, "an article's page lacks its structured data, which {{template \"head\" .}} writes", "稿件页缺少结构化数据，请保留 {{template \"head\" .}}")
	}
	return nil
}

var (
	templateFault = regexp.MustCompile(`(?s)template: ?([^:"]+\.html):(\d+)(?::\d+)?: (.*)$`)
	executing     = regexp.MustCompile(`^executing "([^"]*)" at <(.*?)>: (.*)$`)
	noField       = regexp.MustCompile(`can't evaluate field (\S+) in type (\S+)`)
	noFunction    = regexp.MustCompile(`function "([^"]+)" not defined`)
	noVariable    = regexp.MustCompile(`undefined variable "([^"]+)"`)
	noTemplate    = regexp.MustCompile(`(?:no such template "([^"]+)"|template "([^"]+)" not defined)`)
)

// explain says what is wrong with a template, where, and in the reader's language as far as the template engine's own
// words allow.
func (o own) explain(name string, err error) error {
	var said *press.Error
	if errors.As(err, &said) {
		return err
	}
	if errors.Is(err, errEndless) {
		return o.bad(name, 0, fmt.Sprintf("its page grows beyond %d MB", mostTried>>20), fmt.Sprintf("生成的页面超过 %d MB", mostTried>>20))
	}
	line, what := 0, err.Error()
	if m := templateFault.FindStringSubmatch(what); m != nil {
		name, what = m[1], m[3]
		line, _ = strconv.Atoi(m[2]) // the expression allows only digits
	}
	if m := executing.FindStringSubmatch(what); m != nil {
		what = m[3]
	}
	if _, ours := o.files[name]; !ours { // a template of the theme's was given something else by one of the school's
		return o.bad("", 0, "with these templates the theme's "+name+" fails: "+what, "与这些模板一起使用时，内置模板 "+name+" 出错："+what)
	}
	en, zh := what, "模板有误（"+what+"）"
	switch {
	case noField.MatchString(what):
		m := noField.FindStringSubmatch(what)
		en, zh = "there is no "+m[1]+" here", "此处没有字段 "+m[1]
		if near := nearest(m[1], fieldsOf(m[2])); near != "" {
			en, zh = en+"; perhaps "+near+" is meant", zh+"，是否应为 "+near
		}
	case noFunction.MatchString(what):
		en, zh = "there is no function "+noFunction.FindStringSubmatch(what)[1], "没有函数 "+noFunction.FindStringSubmatch(what)[1]
	case noVariable.MatchString(what):
		en, zh = "there is no variable "+noVariable.FindStringSubmatch(what)[1], "没有变量 "+noVariable.FindStringSubmatch(what)[1]
	case noTemplate.MatchString(what):
		m := noTemplate.FindStringSubmatch(what)
		en, zh = fmt.Sprintf("there is no template %q to put in", m[1]+m[2]), "没有名为“"+m[1]+m[2]+"”的模板可供引用"
	case strings.Contains(what, "unexpected EOF"):
		en, zh = "the file ends before {{end}} closes what was begun", "文件结束时缺少 {{end}}"
	}
	return o.bad(name, line, en, zh)
}

// fieldsOf returns the fields of a view by its type's name as the template engine writes it.
func fieldsOf(typeName string) []string {
	typeName = strings.TrimPrefix(strings.TrimPrefix(typeName, "*"), "site.")
	var out []string
	seen := map[reflect.Type]bool{}
	var look func(t reflect.Type)
	look = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for _, f := range reflect.VisibleFields(t) {
			if t.Name() == typeName && f.IsExported() {
				out = append(out, f.Name)
			}
			look(f.Type)
		}
	}
	for _, view := range pageKinds {
		look(reflect.TypeOf(view()))
	}
	return out
}
