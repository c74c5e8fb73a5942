package desk

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// TargetStore keeps the websites that articles are delivered to.
type TargetStore interface {
	Targets(context.Context) ([]press.SealedTarget, error)
	SaveTarget(ctx context.Context, by press.Actor, t press.SealedTarget, detail string) error
	RemoveTarget(ctx context.Context, by press.Actor, name string, version int64) error
	TargetHealth(ctx context.Context, targets []string) ([]press.TargetHealth, error)
}

// Sites tries the connection to a website, with the secret that lies sealed in the target. What is wrong there is in the
// report; an error is a fault of this side.
type Sites interface {
	Test(context.Context, press.SealedTarget) (press.TargetReport, error)
}

// TargetRow is a website and how it fares.
type TargetRow struct {
	press.Target
	Health press.TargetHealth `json:"health"`
}

// sealedTargets returns the static website first, if there is one, as it is configured or as an administrator has changed it;
// then the others by name.
func (d *Desk) sealedTargets(ctx context.Context) ([]press.SealedTarget, error) {
	stored, err := d.Store.Targets(ctx)
	if err != nil {
		return nil, err
	}
	own := func(t press.SealedTarget) bool { return t.Kind == press.SiteStatic }
	var out []press.SealedTarget
	if d.SiteTarget != "" {
		site := press.SealedTarget{Target: press.Target{Name: d.SiteTarget, Kind: press.SiteStatic, On: true, Policy: press.SiteRequired, First: !slices.ContainsFunc(stored, first)}}
		if i := slices.IndexFunc(stored, own); i >= 0 {
			site = stored[i]
		}
		out = append(out, site)
	}
	return append(out, slices.DeleteFunc(stored, own)...), nil
}

func first(t press.SealedTarget) bool { return t.First }

// SiteTargets returns the websites that articles are delivered to, as anybody may know them: without their users and options.
func (d *Desk) SiteTargets(ctx context.Context) ([]press.Target, error) {
	sealed, err := d.sealedTargets(ctx)
	out := make([]press.Target, len(sealed))
	for i, t := range sealed {
		out[i] = t.Target
		out[i].User, out[i].Options, out[i].Address = "", nil, untold(t.Address)
	}
	return out, err
}

// SiteNames is what people call the websites, by their short names. A single one without a title is “the website”.
func (d *Desk) SiteNames(ctx context.Context) (map[string]press.Text, error) {
	list, err := d.SiteTargets(ctx)
	out := map[string]press.Text{press.SiteTarget: press.TargetSite.Name()}
	for _, t := range list {
		if t.Kind != press.SiteStatic || t.Title != "" || len(list) > 1 {
			out[t.Name] = t.Called()
		}
	}
	return out, err
}

// untold is an address without what stands behind a question mark: many a receiver is called with its key there.
func untold(address string) string {
	if before, _, more := strings.Cut(address, "?"); more {
		return before + "?…"
	}
	return address
}

// Targets returns the websites and how they fare, for editors and administrators. There is no secret in them; addresses are
// whole for administrators.
func (d *Desk) Targets(ctx context.Context, by press.Actor) (_ []TargetRow, err error) {
	defer press.Wrap(&err, "desk.Targets")
	if err := by.Require(press.Editor, press.Administrator); err != nil {
		return nil, err
	}
	sealed, err := d.sealedTargets(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(sealed))
	for i, t := range sealed {
		names[i] = t.Name
	}
	health, err := d.Store.TargetHealth(ctx, names)
	if err != nil {
		return nil, err
	}
	out := make([]TargetRow, len(sealed))
	for i, t := range sealed {
		out[i] = TargetRow{t.Target, health[i]}
		if by.Require(press.Administrator) != nil {
			out[i].Address = untold(t.Address)
		}
	}
	return out, nil
}

// Target returns one website and how it fares, for administrators.
func (d *Desk) Target(ctx context.Context, by press.Actor, name string) (_ TargetRow, err error) {
	defer press.Wrap(&err, "desk.Target(%q)", name)
	t, err := d.sealedTarget(ctx, by, name)
	if err != nil {
		return TargetRow{}, err
	}
	health, err := d.Store.TargetHealth(ctx, []string{name})
	if err != nil {
		return TargetRow{}, err
	}
	return TargetRow{t.Target, health[0]}, nil
}

func (d *Desk) sealedTarget(ctx context.Context, by press.Actor, name string) (press.SealedTarget, error) {
	if err := by.Require(press.Administrator); err != nil {
		return press.SealedTarget{}, err
	}
	list, err := d.sealedTargets(ctx)
	if err != nil {
		return press.SealedTarget{}, err
	}
	i := slices.IndexFunc(list, func(t press.SealedTarget) bool { return t.Name == name })
	if i < 0 {
		return press.SealedTarget{}, press.Fail(press.NotFound, "target.missing", press.Say("There is no such website.", "没有该网站渠道。"))
	}
	return list[i], nil
}

// TargetChange is what an administrator asks of a website.
type TargetChange struct {
	New     bool
	Name    string
	Version int64          // of the website as it was seen
	Kind    press.SiteKind // of a new one; afterwards it stays
	Title   string
	Address string
	On      bool
	Policy  press.SitePolicy
	First   bool
	Columns []press.Column
	User    string
	Options map[string]string

	Secret   string // empty: it stays as it is; a new webhook gets one
	NoSecret bool   // takes it away
	Generate bool   // of a webhook: a new one is made
}

// String keeps the secret out of what prints a change.
func (c TargetChange) String() string { return "change of website " + c.Name }

// GoString is String.
func (c TargetChange) GoString() string { return c.String() }

// LogValue is String for log/slog.
func (c TargetChange) LogValue() slog.Value { return slog.StringValue(c.String()) }

// TargetSaved is a website as it was saved.
type TargetSaved struct {
	Target press.Target `json:"target"`
	Secret string       `json:"secret,omitempty"` // that was made for a webhook; it is shown this once
	Told   []press.Text `json:"told,omitempty"`   // what is worth knowing
}

// SaveTarget adds a website, or changes one. A password that is kept goes only to the website that it was entered for:
// with another address or user it is asked for again. Columns may be named that the office does not have (yet); that is told.
func (d *Desk) SaveTarget(ctx context.Context, by press.Actor, change TargetChange) (out TargetSaved, err error) {
	defer press.Wrap(&err, "desk.SaveTarget(%q)", change.Name)
	if err := by.Require(press.Administrator); err != nil {
		return out, err
	}
	old := press.SealedTarget{Target: press.Target{Name: strings.TrimSpace(change.Name), Kind: change.Kind}}
	if change.New {
		change.Version = 0
		if old.Kind == press.SiteStatic {
			return out, press.Fail(press.Invalid, "target.kind", press.Say("Choose a kind of website: WordPress or webhook.", "请选择渠道类型：WordPress 或 Webhook。"))
		}
	} else if old, err = d.sealedTarget(ctx, by, change.Name); err != nil {
		return out, err
	}
	if !change.New && old.Version > 0 && change.Version == 0 { // or it would be taken for a new one
		change.Version = -1
	}
	next := changedTarget(old, change)
	if out.Target = next.Target; next.Kind == press.SiteWordPress {
		err = press.CheckWordPress(next.Options)
	}
	if err == nil {
		err = next.Check()
	}
	if err != nil {
		return out, err
	}
	if out.Secret, err = d.sealTarget(&next, old, change); err != nil {
		return out, err
	}
	if out.Told, err = d.unknownColumns(ctx, next.Columns); err != nil {
		return out, err
	}
	if err := d.Store.SaveTarget(ctx, by, next, targetChanges(old, next)); err != nil {
		return TargetSaved{Target: next.Target}, err
	}
	d.Office.Refresh(ctx)
	next.Version++
	out.Target = next.Target
	return out, nil
}

func changedTarget(old press.SealedTarget, c TargetChange) press.SealedTarget {
	next := old
	next.Version = c.Version
	next.Title, next.On, next.Policy, next.First = strings.TrimSpace(c.Title), c.On, c.Policy, c.First
	next.Columns = onceEach(c.Columns)
	if next.Kind == press.SiteStatic {
		return next
	}
	next.Address, next.User, next.Options = strings.TrimSpace(c.Address), strings.TrimSpace(c.User), map[string]string{}
	for key, value := range c.Options {
		if value = strings.TrimSpace(value); value != "" {
			next.Options[key] = value
		}
	}
	if next.Kind == press.SiteWebhook { // it has no pages of its own that are known beforehand
		next.User, next.First = "", false
	}
	return next
}

// onceEach leaves out columns that stand there twice, or below another one that is there.
func onceEach(columns []press.Column) (out []press.Column) {
	for i, c := range columns {
		covered := func(j int, other press.Column) bool {
			return i != j && c.Within(other) && (len(c) > len(other) || j < i)
		}
		if len(c) > 0 && !containsAt(columns, covered) {
			out = append(out, c)
		}
	}
	return out
}

func containsAt[T any](list []T, f func(int, T) bool) bool {
	for i, v := range list {
		if f(i, v) {
			return true
		}
	}
	return false
}

// Bounds of a password or signing key, in bytes. Whoever sees one signed message can try all short keys on it.
const (
	maxTargetSecret = 500
	minSigningKey   = 16
)

// sealTarget puts the secret into the target, sealed. It returns one that it made.
func (d *Desk) sealTarget(next *press.SealedTarget, old press.SealedTarget, change TargetChange) (made string, err error) {
	secret := strings.TrimSpace(change.Secret)
	switch {
	case change.NoSecret && next.On && next.Kind != press.SiteStatic:
		return "", press.Fail(press.Invalid, "target.secret_needed", press.Say(
			"Nothing can be sent there safely without a secret: switch the website off first, or enter another one.", "没有密钥就无法安全投放。请先停用该渠道，或填写新的密钥。"))
	case next.Kind == press.SiteStatic || change.NoSecret:
		next.Secret, next.HasSecret = "", false
		return "", nil
	case len(secret) > maxTargetSecret:
		return "", press.Fail(press.TooLarge, "target.secret", press.Say("A password or key has at most %d characters.", "密码或密钥最多 %d 个字符。", maxTargetSecret))
	case next.Kind == press.SiteWebhook && secret != "" && len(secret) < minSigningKey:
		return "", press.Fail(press.Invalid, "target.key_short", press.Say(
			"A signing key has at least %d characters; leave it empty to have one made.", "签名密钥至少 %d 个字符；留空则由系统生成。", minSigningKey))
	case next.Kind == press.SiteWebhook && secret == "" && (change.Generate || old.Secret == ""):
		made = newSigningKey()
		secret = made
	case next.Kind == press.SiteWordPress && next.On && next.User == "":
		return "", press.Fail(press.Invalid, "target.user_missing", press.Say("Enter the name of the WordPress user that publishes.", "请填写用于发布的 WordPress 用户名。"))
	case next.Kind == press.SiteWordPress && secret == "" && next.On && old.Secret == "":
		return "", press.Fail(press.Invalid, "target.password_missing", press.Say(
			"Enter the application password of this WordPress user, or leave the website switched off for now.", "请填写该 WordPress 用户的应用程序密码，或暂不启用此渠道。"))
	case next.Kind == press.SiteWordPress && secret == "" && old.Secret != "" && (next.Address != old.Address || next.User != old.User):
		return "", press.Fail(press.Invalid, "target.password", press.Say(
			"The application password was entered for another address or user: enter it again.", "应用程序密码是为原来的地址和用户填写的，请重新填写。"))
	case secret == "":
		return "", nil
	}
	next.Secret, err = d.Office.Seal(next.SecretPurpose(), secret)
	next.HasSecret = next.Secret != ""
	return made, err
}

// newSigningKey is 256 bits.
func newSigningKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.RawURLEncoding.EncodeToString(key)
}

func (d *Desk) unknownColumns(ctx context.Context, columns []press.Column) (told []press.Text, err error) {
	if len(columns) == 0 {
		return nil, nil
	}
	tree, err := d.Store.ColumnTree(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if !slices.ContainsFunc(tree, func(known press.Column) bool { return known.Within(c) }) {
			told = append(told, press.Say("The column %s is not among the office's columns (yet).", "栏目“%s”目前不在栏目表中。", c))
		}
	}
	return told, nil
}

// targetChanges says for the audit log what is different. Of the secret it says only that there is another one.
func targetChanges(old, next press.SealedTarget) string {
	var out []string
	for _, f := range []struct {
		name     string
		from, to any
	}{
		{"title", old.Title, next.Title},
		{"address", old.Address, next.Address},
		{"on", old.On, next.On},
		{"policy", old.Policy, next.Policy},
		{"first", old.First, next.First},
		{"columns", columnList(old.Columns), columnList(next.Columns)},
		{"user", old.User, next.User},
	} {
		if reflect.DeepEqual(f.from, f.to) {
			continue
		}
		if f.name == "address" {
			f.from, f.to = untold(old.Address), untold(next.Address)
		}
		out = append(out, fmt.Sprintf("%s: %v → %v", f.name, f.from, f.to))
	}
	for _, key := range slices.Sorted(maps.Keys(next.Options)) {
		if old.Options[key] != next.Options[key] {
			out = append(out, "option "+key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(old.Options)) {
		if _, there := next.Options[key]; !there {
			out = append(out, "option "+key+" −")
		}
	}
	return strings.Join(append(out, hiddenChange("secret", old.Secret, next.Secret)...), "; ")
}

func columnList(list []press.Column) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.String()
	}
	return strings.Join(names, ", ")
}

// RemoveTarget takes a website away with its secret; its pages stay as they are. The static website is in the configuration
// and can be switched off. It is a Conflict, "target.waiting", while deliveries to it have a way to go.
func (d *Desk) RemoveTarget(ctx context.Context, by press.Actor, name string, version int64) (err error) {
	defer press.Wrap(&err, "desk.RemoveTarget(%q)", name)
	t, err := d.sealedTarget(ctx, by, name)
	if err != nil {
		return err
	}
	if t.Kind == press.SiteStatic {
		return press.Fail(press.Conflict, "target.own", press.Say(
			"Newsdesk's own website is in the configuration; switch it off instead.", "自带静态网站由配置文件决定，不能移除，可以停用。"))
	}
	if err := d.Store.RemoveTarget(ctx, by, name, version); err != nil {
		return err
	}
	d.Office.Refresh(ctx)
	return nil
}

// targetTestTimeout is how long a website may take for all steps of a test.
const targetTestTimeout = 60 * time.Second

// TestTarget tries the connection to a website as it is saved, and says step by step what works and what does not. Nothing
// of it stays there.
func (d *Desk) TestTarget(ctx context.Context, by press.Actor, name string) (out press.TargetReport, err error) {
	defer press.Wrap(&err, "desk.TestTarget(%q)", name)
	t, err := d.sealedTarget(ctx, by, name)
	if err != nil {
		return out, err
	}
	ctx, cancel := context.WithTimeout(ctx, targetTestTimeout)
	defer cancel()
	return d.Sites.Test(ctx, t)
}
