// Package manual is the part of the manual that the newsroom and the command line show: what happens when WeChat or a website
// fails. It is written as Markdown, two files for each language, of a kind narrow enough to be read by a few lines: a title,
// sections with an anchor, paragraphs, and tables whose rows have a key. Nothing in it is HTML. A test of the courier runs every
// row about WeChat against the sandbox; of websites a test compares the rows with the codes that the adapters raise.
package manual

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"newsdesk/internal/press"
)

//go:embed faults.*.md sites.*.md
var files embed.FS

// Page is a page of the manual.
type Page struct {
	Title    string
	Intro    []Line
	Sections []Section
}

// Section is a part of a page.
type Section struct {
	ID    string // its anchor
	Title string
	Notes []Line
	Head  []string // what the columns of its rows are called
	Rows  []Row
}

// Row is one fault.
type Row struct {
	ID       string                 // stable; its anchor
	Cells    []Line                 // what happens, what Newsdesk does; of WeChat: what a person sees, calls with effect, the next step; else: whose task, what to do
	Outcomes map[press.Mode]Outcome // of WeChat
	Steps    []Step
}

// Outcome is where a delivery in one mode ends.
type Outcome struct {
	State  press.State
	Code   string // of the reason, where it is blocked
	Effect int    // irrevocable calls that took effect
}

// Step is a button, and the state that it leads to.
type Step struct {
	Do string // release, cancel, went-out
	To press.State
}

// Line is text in which some words are names of the program.
type Line []Span

// Span is a part of a line.
type Span struct {
	Text string
	Code bool
}

// String is the line without marks.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// pages are those of one file, by language.
func pages(file string, row func([]string) (Row, error)) (map[press.Lang]*Page, error) {
	out := map[press.Lang]*Page{}
	for _, lang := range []press.Lang{press.English, press.Chinese} {
		name := file + "." + string(lang) + ".md"
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if out[lang], err = parse(string(text), row); err != nil {
			return nil, fmt.Errorf("manual: %s: %w", name, err)
		}
	}
	return out, nil
}

var (
	faults = sync.OnceValues(func() (map[press.Lang]*Page, error) { return pages("faults", parseRow) })
	sites  = sync.OnceValues(func() (map[press.Lang]*Page, error) { return pages("sites", parseShort) })
)

// Faults is the page about what happens when WeChat fails.
func Faults(lang press.Lang) (*Page, error) { return in(lang, faults) }

// Sites is the page about what happens when a website fails, and where the answer to a mass push is lost at a wrong time. Its
// rows have the codes of reasons as their keys.
func Sites(lang press.Lang) (*Page, error) { return in(lang, sites) }

func in(lang press.Lang, read func() (map[press.Lang]*Page, error)) (*Page, error) {
	all, err := read()
	if err != nil {
		return nil, err
	}
	if lang != press.English {
		lang = press.Chinese
	}
	return all[lang], nil
}

// RowOf returns the key of the row about a reason, for a delivery in that mode; "" where none is about it.
func RowOf(code string, mode press.Mode) string {
	if keyOfSite(code) {
		return code
	}
	page, err := Faults(press.English)
	if err != nil {
		return ""
	}
	some := ""
	for _, s := range page.Sections {
		for _, r := range s.Rows {
			if r.Outcomes[mode].Code == code {
				return r.ID
			}
			for _, o := range r.Outcomes {
				if o.Code == code && some == "" {
					some = r.ID
				}
			}
		}
	}
	if some == "" && strings.HasPrefix(code, "wechat.") {
		return "refused.other"
	}
	return some
}

// keyOfSite reports whether a code is the key of a row about websites.
func keyOfSite(code string) bool {
	page, err := Sites(press.English)
	if err != nil {
		return false
	}
	for _, s := range page.Sections {
		for _, r := range s.Rows {
			if r.ID == code {
				return true
			}
		}
	}
	return false
}

var (
	heading = regexp.MustCompile(`^## (.+) \{#([a-z]+)\}$`)
	modes   = map[string]press.Mode{"Publish": press.ModePublish, "发布": press.ModePublish, "Mass": press.ModeMass, "群发": press.ModeMass}
	digits  = regexp.MustCompile(`\d+`)
)

func parse(text string, row func([]string) (Row, error)) (*Page, error) {
	page := &Page{}
	var section *Section
	for n, line := range strings.Split(text, "\n") {
		switch {
		case line == "", strings.HasPrefix(line, "| ---"):
		case strings.HasPrefix(line, "# "):
			page.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			m := heading.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("line %d: a section needs an anchor", n+1)
			}
			page.Sections = append(page.Sections, Section{ID: m[2], Title: m[1]})
			section = &page.Sections[len(page.Sections)-1]
		case section == nil:
			page.Intro = append(page.Intro, spans(line))
		case !strings.HasPrefix(line, "| "):
			section.Notes = append(section.Notes, spans(line))
		case section.Head == nil:
			section.Head = cells(line)
		default:
			r, err := row(cells(line))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			section.Rows = append(section.Rows, r)
		}
	}
	return page, nil
}

func cells(line string) []string {
	parts := strings.Split(strings.Trim(line, "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// spans splits a line at its backticks.
func spans(line string) (out Line) {
	for i, part := range strings.Split(line, "`") {
		if part != "" {
			out = append(out, Span{part, i%2 == 1})
		}
	}
	return out
}

// The columns of rows.
const (
	columns      = 6 // about WeChat
	shortColumns = 5
)

// parseShort reads a row that says nothing of calls with effect.
func parseShort(cells []string) (Row, error) { return rowOf(cells, shortColumns) }

func rowOf(cells []string, columns int) (Row, error) {
	if len(cells) != columns {
		return Row{}, fmt.Errorf("a row has %d columns, not %d", columns, len(cells))
	}
	row := Row{ID: strings.Trim(cells[0], "`")}
	for _, cell := range cells[1:] {
		row.Cells = append(row.Cells, spans(cell))
	}
	return row, nil
}

func parseRow(cells []string) (Row, error) {
	row, err := rowOf(cells, columns)
	if err != nil {
		return row, err
	}
	row.Outcomes = map[press.Mode]Outcome{}
	if err := row.readOutcomes(); err != nil {
		return row, err
	}
	for _, s := range row.Cells[4] {
		if do, to, ok := strings.Cut(s.Text, " → "); ok && s.Code {
			row.Steps = append(row.Steps, Step{do, press.State(to)})
		}
	}
	return row, nil
}

// readOutcomes reads "Publish: live `live` · Mass: blocked `blocked draft.gone`" and the numbers that belong to it.
func (r *Row) readOutcomes() error {
	effects := digits.FindAllString(r.Cells[3].String(), -1)
	both := []press.Mode{press.ModePublish, press.ModeMass}
	said := both
	n := 0
	for _, s := range r.Cells[2] {
		if !s.Code {
			for word, mode := range modes {
				if strings.Contains(s.Text, word+":") || strings.Contains(s.Text, word+"：") {
					said = []press.Mode{mode}
				}
			}
			continue
		}
		if len(effects) == 0 {
			return fmt.Errorf("%s does not say how many calls took effect", r.ID)
		}
		effect, err := strconv.Atoi(effects[min(n, len(effects)-1)])
		if err != nil {
			return err
		}
		n++
		state, code, _ := strings.Cut(s.Text, " ")
		for _, mode := range said {
			r.Outcomes[mode] = Outcome{press.State(state), code, effect}
		}
	}
	if n == 0 {
		return fmt.Errorf("%s does not say what a person sees", r.ID)
	}
	return nil
}
