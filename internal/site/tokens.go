package site

import (
	"bytes"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tokens are the values of custom properties, by day and by night; by night those that differ.
type tokens struct{ day, night map[string]string }

// declaration is a line of a style sheet that gives something a value.
type declaration struct {
	name, value string
	line        int
	night       bool
}

var (
	hexColour = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$`)
	colour    = regexp.MustCompile(`^(rgb|rgba|hsl|hsla|oklch|color-mix)\([^;{}]*\)$|^var\(--[a-z-]+\)$`)
	length    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(px|rem|em|ch|vw|%|pt)?$|^(calc|min|max|clamp|var)\([^;{}]*\)$`)
)

// readTokens reads the custom properties that a style sheet of tokens declares. what is the file's fault, with its line.
func readTokens(css []byte) (list []declaration, what *fault) {
	text, what := withoutComments(css)
	if what != nil {
		return nil, what
	}
	var blocks []string
	start := 0
	line := func(at int) int { return 1 + strings.Count(text[:at], "\n") }
	for i := range len(text) {
		switch text[i] {
		case '{':
			head := strings.TrimSpace(text[start:i])
			if !tokenBlock(head, len(blocks)) {
				return nil, &fault{line(i), "tokens.css holds tokens in :root and nothing else; rules of your own belong into style.css", "tokens.css 只能在 :root 中写变量，其他样式请写入 style.css"}
			}
			blocks, start = append(blocks, head), i+1
		case ';', '}':
			d := declaration{line: line(firstLetter(text, start)), night: len(blocks) > 0 && strings.Contains(blocks[0], "dark")}
			if part := strings.TrimSpace(text[start:i]); part != "" {
				name, value, ok := strings.Cut(part, ":")
				if !ok || len(blocks) == 0 {
					return nil, &fault{d.line, "it should be a name, a colon and a value, within :root { … }: " + part, "应在 :root { … } 中写成“名称: 值;”：" + part}
				}
				d.name, d.value = strings.TrimSpace(name), strings.TrimSpace(value)
				list = append(list, d)
			}
			if start = i + 1; text[i] == '}' {
				if len(blocks) == 0 {
					return nil, &fault{line(i), "there is a } too many", "多了一个 }"}
				}
				blocks = blocks[:len(blocks)-1]
			}
		}
	}
	if len(blocks) > 0 || strings.TrimSpace(text[start:]) != "" {
		return nil, &fault{line(len(text)), "the file ends before a } closes what was opened", "文件结束时缺少 }"}
	}
	return list, nil
}

func tokenBlock(head string, depth int) bool {
	if head == ":root" || head == "html" {
		return depth < 2
	}
	return depth == 0 && strings.HasPrefix(head, "@media") && strings.Contains(head, "prefers-color-scheme: dark")
}

func firstLetter(text string, at int) int {
	for at < len(text) && strings.ContainsRune(" \t\r\n", rune(text[at])) {
		at++
	}
	return at
}

// fault is what is wrong with a file, and in which line.
type fault struct {
	line   int
	en, zh string
}

// withoutComments blanks comments out, so that lines stay where they are.
func withoutComments(css []byte) (string, *fault) {
	out := bytes.Clone(css)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '"' || out[i] == '\'':
			i = quoted(out, i) - 1
		case out[i] == '/' && i+1 < len(out) && out[i+1] == '*':
			end := bytes.Index(out[i+2:], []byte("*/"))
			if end < 0 {
				return "", &fault{1 + bytes.Count(out[:i], []byte("\n")), "a comment is never closed with */", "注释没有用 */ 结束"}
			}
			for j := i; j < i+end+4; j++ {
				if out[j] != '\n' {
					out[j] = ' '
				}
			}
			i += end + 3
		}
	}
	return string(out), nil
}

// checkTokens holds a school's tokens to those that the theme has, each with a value of its kind.
func checkTokens(list, theme []declaration) *fault {
	kinds := map[string]string{}
	for _, d := range theme {
		kinds[d.name] = d.value
	}
	for _, d := range list {
		usual, ok := kinds[d.name]
		if !ok {
			en, zh := "", ""
			if near := nearest(d.name, sortedKeys(kinds)); near != "" {
				en, zh = "; perhaps "+near+" is meant", "，是否应为 "+near
			}
			return &fault{d.line, d.name + " is no token of this theme" + en, "本主题没有变量 " + d.name + zh}
		}
		switch {
		case d.value == "" || strings.Contains(strings.ToLower(d.value), "url("):
			return &fault{d.line, d.name + " has no value that can be used: " + d.value, d.name + " 的值不可用：" + d.value}
		case hexColour.MatchString(usual) && !hexColour.MatchString(d.value) && !colour.MatchString(d.value):
			return &fault{d.line, d.name + " is " + d.value + ", which is no colour; write one like #14508f", d.name + " 的值 " + d.value + " 不是颜色，应形如 #14508f"}
		case length.MatchString(usual) && !length.MatchString(d.value):
			return &fault{d.line, d.name + " is " + d.value + ", which is no length; write one like " + usual, d.name + " 的值 " + d.value + " 不是长度，应形如 " + usual}
		}
	}
	return nil
}

// gather makes the values that hold in the end: those of the theme, and a school's over them, which hold by night too as
// they would in a browser.
func gather(lists ...[]declaration) tokens {
	out := tokens{map[string]string{}, map[string]string{}}
	for _, d := range slices.Concat(lists...) {
		if !d.night {
			out.day[d.name] = d.value
		}
		out.night[d.name] = d.value
	}
	return out
}

// pairs are words and grounds that meet on a page, and how far apart in light they must be for people whose eyes are not
// the best (WCAG 2.2, success criterion 1.4.3).
var pairs = []struct {
	words, ground string
	least         float64
}{
	{"--ink", "--paper", 4.5},
	{"--ink", "--card", 4.5},
	{"--ink", "--wash", 4.5},
	{"--soft", "--paper", 4.5},
	{"--soft", "--card", 4.5},
	{"--soft", "--wash", 4.5},
	{"--link", "--paper", 4.5},
	{"--link", "--accent-soft", 4.5},
	{"--accent", "--paper", 4.5},
	{"--card", "--accent", 4.5},
	{"--band-ink", "--band", 4.5},
	{"--band-ink", "--band-low", 4.5},
	{"--focus", "--paper", 3},
	{"--gold", "--band", 3},
	{"--red", "--paper", 4.5},
	{"--orange", "--paper", 4.5},
	{"--green", "--paper", 4.5},
	{"--blue", "--paper", 4.5},
	{"--purple", "--paper", 4.5},
	{"--gray", "--paper", 4.5},
}

// faint is a pair of colours that is hard to tell apart.
type faint struct {
	words, ground string
	night         bool
	ratio, least  float64
}

// faints returns the pairs that are too near each other. Colours that are not written as #rrggbb are not looked at.
func (t tokens) faints() []faint {
	var out []faint
	for i, values := range []map[string]string{t.day, t.night} {
		for _, p := range pairs {
			a, okA := luminance(values[p.words])
			b, okB := luminance(values[p.ground])
			ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05)
			if okA && okB && ratio < p.least {
				out = append(out, faint{p.words, p.ground, i == 1, math.Floor(ratio*10) / 10, p.least})
			}
		}
	}
	return out
}

// luminance is a colour's relative luminance as WCAG defines it.
func luminance(hex string) (float64, bool) {
	if len(hex) == 4 {
		hex = string([]byte{'#', hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]})
	}
	if !hexColour.MatchString(hex) || len(hex) != 7 {
		return 0, false
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8) // the expression allows only digits
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum, true
}
