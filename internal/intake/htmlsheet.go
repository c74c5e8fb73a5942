package intake

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of the style sheets that are read. Excel writes one rule for each kind of cell, Word some hundred.
const (
	maxSheet       = 1 << 20
	maxSheetRules  = 2000
	maxRuleBytes   = 4 << 10
	maxElementRule = 8 // classes of one element that are looked up
)

// sheetRule is a rule for a class, alone or of one kind of element: .xl65, td.xl65, p.p1, "p.MsoTitle, li.MsoTitle". Whatever
// else a sheet says is about pages, and not about what words mean.
var sheetRule = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)

var sheetClass = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9]*)?\.([\w-]{1,80})$`)

// applySheets writes what the document's own style sheets say about its classes into the elements' style attributes, where
// the element's own word comes later and counts more. Excel, WPS and Word on a Mac say in a sheet alone what is bold or
// centred.
func applySheets(root *html.Node) {
	rules := sheetRules(root)
	if len(rules) == 0 {
		return
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Namespace == "" {
			applyRules(n, rules)
		}
	}
}

func applyRules(n *html.Node, rules map[string]string) {
	found := ""
	for i, class := range strings.Fields(attr(n, "class")) {
		if i == maxElementRule {
			break
		}
		found += rules["."+class] + rules[n.Data+"."+class]
	}
	if found == "" || len(found) > maxRuleBytes {
		return
	}
	for i := range n.Attr {
		if n.Attr[i].Key == "style" {
			n.Attr[i].Val = found + n.Attr[i].Val
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "style", Val: found})
}

// sheetRules gathers the rules by class, with only the declarations that a reader of articles looks at.
func sheetRules(root *html.Node) map[string]string {
	rules := map[string]string{}
	left := maxSheet
	for n := range root.Descendants() {
		if n.DataAtom != atom.Style || n.FirstChild == nil {
			continue
		}
		sheet := n.FirstChild.Data
		if left -= len(sheet); left < 0 {
			break
		}
		for _, found := range sheetRule.FindAllStringSubmatch(sheet, maxSheetRules) {
			addRule(rules, found[1], looksOf(found[2]))
		}
	}
	return rules
}

func addRule(rules map[string]string, selectors, looks string) {
	if looks == "" {
		return
	}
	for selector := range strings.SplitSeq(selectors, ",") {
		class := sheetClass.FindStringSubmatch(strings.TrimSpace(strings.Trim(strings.TrimSpace(selector), "<!->")))
		if class == nil || len(rules) >= maxSheetRules {
			continue
		}
		key := strings.ToLower(class[1]) + "." + class[2]
		if len(rules[key])+len(looks) <= maxRuleBytes {
			rules[key] += looks
		}
	}
}

// looksOf keeps, of the declarations of a rule, those that styled and paragraphContext read. What a sheet hides stays: a saved
// page may hide its article until a script has run.
func looksOf(body string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(body, ";") {
		name, value, ok := strings.Cut(part, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok {
			continue
		}
		switch name {
		case "text-align", "font-weight", "font-style", "text-decoration", "text-decoration-line", "color", "mso-hide", "mso-list":
			out.WriteString(name + ":" + strings.TrimSpace(value) + ";")
		}
	}
	return out.String()
}
