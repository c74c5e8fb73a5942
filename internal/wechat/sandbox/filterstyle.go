package sandbox

import "strings"

// cleanStyle drops the declarations that the platform drops and writes the rest in one form.
func cleanStyle(style string) string {
	return joinStyle(style, func(property, value string) bool {
		switch property {
		case "position", "-webkit-overflow-scrolling":
			return false
		}
		return !pointsOutside(value)
	})
}

// paragraphStyle is what is left of a div's styles on the paragraph that takes its place.
func paragraphStyle(style string) string {
	return joinStyle(style, func(property, value string) bool {
		return oneOf(property, "text-align", "color", "font-size", "font-weight", "line-height", "letter-spacing") && !pointsOutside(value)
	})
}

func joinStyle(style string, keep func(property, value string) bool) string {
	var out strings.Builder
	for _, decl := range declarations(style) {
		property, value, found := strings.Cut(decl, ":")
		property, value = strings.ToLower(strings.TrimSpace(property)), strings.TrimSpace(value)
		if !found || property == "" || value == "" || !keep(property, value) {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(property + ": " + value + ";")
	}
	return out.String()
}

// declarations splits a style at the semicolons that are not inside quotes or parentheses.
func declarations(style string) []string {
	var out []string
	var quote byte
	depth, start := 0, 0
	for i := 0; i < len(style); i++ {
		switch ch := style[i]; {
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'':
			quote = ch
		case ch == '(':
			depth++
		case ch == ')':
			depth = max(0, depth-1)
		case ch == ';' && depth == 0:
			out = append(out, style[start:i])
			start = i + 1
		}
	}
	return append(out, style[start:])
}

// pointsOutside finds values that would fetch something from elsewhere, or run something.
func pointsOutside(value string) bool {
	lower := strings.ToLower(value)
	if strings.Contains(lower, "expression(") || strings.Contains(lower, "javascript:") || strings.ContainsAny(lower, `\<`) {
		return true
	}
	for rest := lower; ; {
		at := strings.Index(rest, "url(")
		if at < 0 {
			return strings.Contains(lower, "image-set(")
		}
		rest = rest[at+len("url("):]
		end := strings.IndexByte(rest, ')')
		if end < 0 {
			return true
		}
		if _, ours := normalImage(strings.Trim(rest[:end], " \"'")); !ours {
			return true
		}
	}
}
