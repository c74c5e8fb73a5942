package press

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SiteTarget is the name of the static website among the targets.
const SiteTarget = "site"

// Kinds of website. For the state machine they are all TargetSite: a delivery brings one revision of one article to one of
// them by its name.
const (
	SiteStatic    SiteKind = "static"    // the folder that Newsdesk writes
	SiteWordPress SiteKind = "wordpress" // a WordPress, through its REST API
	SiteWebhook   SiteKind = "webhook"   // whatever takes a signed request
)

// SiteKind is a kind of website.
type SiteKind string

// SiteKinds lists the kinds that an administrator may add. There is one static website at most; it is configured.
func SiteKinds() []SiteKind { return []SiteKind{SiteWordPress, SiteWebhook} }

// Name is what people call the kind.
func (k SiteKind) Name() Text {
	switch k {
	case SiteStatic:
		return Say("Newsdesk's own website", "自带静态网站")
	case SiteWordPress:
		return Say("WordPress", "WordPress")
	case SiteWebhook:
		return Say("Webhook", "Webhook 推送")
	}
	return Text{EN: string(k), ZH: string(k)}
}

// Target is a website that articles are delivered to, as people may see it: without its secret.
type Target struct {
	Name      string            `json:"name"` // a to z, 0 to 9 and hyphens; it stays
	Kind      SiteKind          `json:"kind"`
	Title     string            `json:"title"`             // what people call it; of the static one it may be empty
	Address   string            `json:"address,omitempty"` // of the WordPress, or of whatever takes the requests
	On        bool              `json:"on"`                // new articles go there
	Policy    SitePolicy        `json:"policy"`            // required: WeChat waits until it is live there
	First     bool              `json:"first,omitempty"`   // 阅读原文 points at its pages
	Columns   []Column          `json:"columns,omitempty"` // that it takes, with those below them; none: all
	User      string            `json:"user,omitempty"`
	Options   map[string]string `json:"options,omitempty"` // what its kind documents
	HasSecret bool              `json:"has_secret,omitempty"`
	Version   int64             `json:"version"` // raised by every change; 0: never stored
	UpdatedAt time.Time         `json:"updated_at,omitzero"`
}

// SealedTarget is a target with its secret as it lies in the database.
type SealedTarget struct {
	Target
	Secret string // sealed; empty: there is none
}

// SecretPurpose is what a target's secret is sealed for.
func (t Target) SecretPurpose() string { return "target/" + t.Name + "/secret" }

// Takes reports whether articles of a column go to the target.
func (t Target) Takes(column Column) bool {
	if !t.On {
		return false
	}
	return len(t.Columns) == 0 || slices.ContainsFunc(t.Columns, column.Within)
}

// Bounds of a target.
const (
	MaxTargets           = 20
	MaxTargetRunes       = 40
	MaxTargetColumns     = 200
	MaxTargetOptions     = 60
	maxTargetOptionBytes = 4 << 10
	maxTargetAddress     = 500
	maxTargetUser        = 200
)

var targetName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$`)

// Check refuses what a target cannot be.
func (t Target) Check() error {
	n := utf8.RuneCountInString(t.Title)
	switch {
	case !targetName.MatchString(t.Name):
		return Fail(Invalid, "target.name", Say(
			"A website's short name has 1 to 32 of the characters a to z, 0 to 9 and hyphen; this is %q.", "渠道代号须为 1 至 32 个小写字母、数字或连字符，现为 %q。", t.Name))
	case n == 0 && t.Kind != SiteStatic || n > MaxTargetRunes || strings.ContainsFunc(t.Title, unicode.IsControl):
		return Fail(Invalid, "target.title", Say("A website needs a name of 1 to %d characters.", "渠道须有名称，1 至 %d 个字。", MaxTargetRunes))
	case t.Kind != SiteStatic && !slices.Contains(SiteKinds(), t.Kind), (t.Kind == SiteStatic) != (t.Name == SiteTarget):
		return Fail(Invalid, "target.kind", Say("Choose a kind of website: WordPress or webhook.", "请选择渠道类型：WordPress 或 Webhook。"))
	case t.Policy != SiteRequired && t.Policy != SiteOptional:
		return Fail(Invalid, "target.policy", Say("Choose whether WeChat waits for this website.", "请选择微信推送是否等待该渠道。"))
	case len(t.Columns) > MaxTargetColumns || slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Check() != nil }):
		return Fail(Invalid, "target.columns", Say("The columns cannot be used: at most %d, each as a path such as News › Campus.", "栏目不可用：最多 %d 个，每个写成“新闻资讯 › 校园动态”的路径。", MaxTargetColumns))
	case len(t.User) > maxTargetUser || strings.ContainsFunc(t.User, unicode.IsControl):
		return Fail(Invalid, "target.user", Say("The user name is too long or holds what is no character.", "用户名过长或含有无效字符。"))
	}
	return t.checkRest()
}

func (t Target) checkRest() error {
	if len(t.Options) > MaxTargetOptions {
		return Fail(TooLarge, "target.options", Say("A website has at most %d options.", "一个渠道最多 %d 项设置。", MaxTargetOptions))
	}
	for _, key := range slices.Sorted(maps.Keys(t.Options)) {
		if len(key)+len(t.Options[key]) > maxTargetOptionBytes || !utf8.ValidString(t.Options[key]) {
			return Fail(TooLarge, "target.option", Say("The option %q is too long.", "设置项 %q 过长。", key))
		}
	}
	if t.Kind == SiteStatic {
		return nil
	}
	u, err := url.Parse(t.Address)
	if err != nil || len(t.Address) > maxTargetAddress || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.Fragment != "" {
		return Fail(Invalid, "target.address", Say(
			"%q is not an address like https://news.example.edu.cn/; user and password do not belong into it.",
			"%q 不是形如 https://news.example.edu.cn/ 的地址；用户名和密码不要写在地址里。", t.Address))
	}
	return nil
}

// Places decides to which targets an article goes: those that are on and take its column.
func Places(targets []Target, column Column) []Target {
	return slices.DeleteFunc(slices.Clone(targets), func(t Target) bool { return !t.Takes(column) })
}

// FirstPlace is the target at whose page 阅读原文 points for an article of a column: the one that was chosen among those that
// take it, or else the static website, or else the first by name that has pages. False: there is none.
func FirstPlace(targets []Target, column Column) (Target, bool) {
	places := slices.DeleteFunc(Places(targets, column), func(t Target) bool { return t.Kind == SiteWebhook })
	if len(places) == 0 {
		return Target{}, false
	}
	return slices.MinFunc(places, func(a, b Target) int {
		return strings.Compare(a.rank()+a.Name, b.rank()+b.Name)
	}), true
}

// Awaited reports whether a push whose policy is SiteRequired waits until an article of a column is live at a target: at the
// one that 阅读原文 points at, and at those that are required.
func Awaited(targets []Target, column Column, name string) bool {
	if first, ok := FirstPlace(targets, column); ok && first.Name == name {
		return true
	}
	i := slices.IndexFunc(targets, func(t Target) bool { return t.Name == name })
	return i >= 0 && targets[i].On && targets[i].Policy == SiteRequired
}

func (t Target) rank() string {
	switch {
	case t.First:
		return "0"
	case t.Kind == SiteStatic:
		return "1"
	}
	return "2"
}
