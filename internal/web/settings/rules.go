package settings

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// rulesPage is what one column asks, as a form.
type rulesPage struct {
	Column  press.Column
	Version int64
	Numbers []ruleNumber
	Credits []ruleCredit
	Digest  bool
	Alone   bool
	Outer   press.Text // what the columns around it ask, in words
	Holds   press.Text // what holds in it now
	Stated  bool
	Look    ruleLook
	Sample  *shownMark // nil: photos have no watermark
}

// ruleNumber is a number of the form; Outer is what holds where it is left empty, 0: nothing.
type ruleNumber struct {
	Key   string
	Value string
	Outer int
}

type ruleCredit struct {
	press.Credit
	Checked bool
}

// Key names the column in forms.
func (p rulesPage) Key() string { return p.Column.String() }

// Path is the page's own address.
func (p rulesPage) Path() string { return rulesPath(p.Column) }

func rulesPath(c press.Column) string {
	return columnsPath + "/rules?column=" + url.QueryEscape(c.String())
}

// ruleNumbers are the numbers of rules by their names in the form.
func ruleNumbers(r *press.ColumnRules) map[string]*int {
	return map[string]*int{
		"photos_least": &r.PhotosLeast, "photos_most": &r.PhotosMost, "photo_width": &r.PhotoWidth, "photo_longer": &r.PhotoLonger,
		"words_least": &r.WordsLeast, "words_most": &r.WordsMost,
	}
}

// ruleOrder is the order in which the form shows them.
func ruleOrder() []string {
	return []string{"photos_least", "photos_most", "photo_longer", "photo_width", "words_least", "words_most"}
}

func (h handlers) rules(r *page.Request) error {
	column := press.ParseColumn(r.FormValue("column"))
	if len(column) == 0 {
		return r.See(columnsPath, "") // to choose one
	}
	data, err := h.rulesPage(r, column)
	if err != nil {
		return err
	}
	return r.Render("rules.html", data)
}

func (h handlers) rulesPage(r *page.Request, c press.Column) (p rulesPage, err error) {
	tree, err := h.Desk.ColumnChoices(r.Context())
	if err != nil {
		return p, err
	}
	if !slices.ContainsFunc(tree, func(o press.Column) bool { return o.String() == c.String() }) {
		return p, press.NoColumn(c)
	}
	own, holds, err := h.Desk.RulesOf(r.Context(), c)
	if err != nil {
		return p, err
	}
	_, outer, err := h.Desk.RulesOf(r.Context(), c[:len(c)-1])
	if err != nil {
		return p, err
	}
	p = rulesForm(own.Rules, outer)
	p.Column, p.Version, p.Holds, p.Stated = c, own.Version, holds.Summary(), own.Rules.Stated()
	p.Sample, err = h.markSample(r, c, holds.Watermark)
	return p, err
}

func rulesForm(own, outer press.ColumnRules) rulesPage {
	p := rulesPage{Digest: own.Digest, Alone: own.Alone, Outer: outer.Summary(), Look: lookForm(own, outer)}
	mine, theirs := ruleNumbers(&own), ruleNumbers(&outer)
	for _, key := range ruleOrder() {
		n := ruleNumber{Key: key, Outer: *theirs[key]}
		if v := *mine[key]; v != 0 {
			n.Value = strconv.Itoa(v)
		}
		p.Numbers = append(p.Numbers, n)
	}
	for _, c := range press.AllCredits() {
		p.Credits = append(p.Credits, ruleCredit{c, slices.Contains(own.Credits, c)})
	}
	return p
}

// typedRules are the rules that a form describes. What is no number is refused by the domain, as one that cannot be.
func typedRules(r *page.Request) press.ColumnRules {
	out := press.ColumnRules{Digest: r.PostFormValue("digest") != "", Alone: r.PostFormValue("alone") != ""}
	out.Caption, out.Watermark = press.CaptionStyle(r.PostFormValue("caption")), typedMark(r)
	for key, at := range ruleNumbers(&out) {
		*at = typedNumber(r.PostFormValue(key))
	}
	for _, c := range press.AllCredits() {
		if slices.Contains(r.PostForm["credits"], string(c)) {
			out.Credits = append(out.Credits, c)
		}
	}
	return out
}

// noNumber refuses what was typed where a number belongs, in the words it was typed in.
func noNumber(r *page.Request, fields []ruleNumber) error {
	for _, f := range fields {
		text := strings.TrimSpace(r.PostFormValue(f.Key))
		if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 0) {
			return press.Fail(press.Invalid, "rules.number", press.Say(
				"%s: “%.20s” is no number. Write a whole number, or leave the field empty.",
				"%s：“%.20s”不是有效的数字，请填写整数，或留空。", r.T("rules.field."+f.Key), text))
		}
	}
	return nil
}

func (h handlers) saveRules(r *page.Request) error {
	file, err := receiveRules(r)
	if err != nil {
		return err
	}
	p, err := h.rulesPage(r, press.ParseColumn(r.PostFormValue("column")))
	if press.KindOf(err) == press.NotFound { // removed meanwhile, or renamed
		return r.SeeRefusal(columnsPath, err)
	}
	if err != nil {
		return err
	}
	var rules press.ColumnRules
	if _, clear := r.PostForm["clear"]; !clear {
		if err = noNumber(r, p.Numbers); err == nil {
			err = h.takeMark(r, file)
		}
		rules = typedRules(r)
	}
	if err == nil {
		_, err = h.Desk.SaveColumnRules(r.Context(), r.Actor, press.RuledColumn{Column: p.Column, Rules: rules, Version: int64(r.Number("version", 0))})
	}
	if err == nil {
		return r.See(columnsPath, "rules.saved", "name", p.Column.String())
	}
	again := p
	again.Digest, again.Alone, again.Look = rules.Digest, rules.Alone, p.Look.typed(r, rules)
	for i, n := range again.Numbers {
		again.Numbers[i].Value = r.PostFormValue(n.Key)
	}
	for i, c := range again.Credits {
		again.Credits[i].Checked = slices.Contains(rules.Credits, c.Credit)
	}
	return r.Refuse(err, "rules.html", again)
}

// asked adds to the rows of the tree what each column asks itself.
func asked(rows []columnRow, all []press.RuledColumn) []columnRow {
	for i := range rows {
		for _, c := range all {
			if c.Column.String() == rows[i].Key() {
				rows[i].Asks = c.Rules.Summary()
			}
		}
		rows[i].Children = asked(rows[i].Children, all)
	}
	return rows
}

// Rules is the address of the page on which it is said what the column asks.
func (c columnRow) Rules() string { return rulesPath(c.Path) }
