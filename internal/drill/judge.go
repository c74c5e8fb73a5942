//go:build unix

package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// Verdict is what the sandbox's log says about one delivery.
type Verdict struct {
	Delivery press.Delivery
	At       time.Time // when it was meant to go out
	Effects  int       // irrevocable calls with effect: publications or mass sends that carry its marker
	Drafts   int       // drafts with its marker that are in the box now
	First    time.Time // of the first of the irrevocable calls with effect
	Faults   []string  // what must never be; empty: all is well
	Spare    int       // drafts in the box that nothing needs, which readers do not see
}

// Late is how long after its time the push went out; meaningless where Effects is 0.
func (v Verdict) Late() time.Duration { return v.First.Sub(v.At) }

// Report is the verdicts on all of a world's deliveries.
type Report struct {
	Verdicts                     []Verdict
	Once, Twice, Lost, Early     int // Once: exactly one irrevocable call had an effect
	Live, Box, Blocked, Undone   int // Box: mode draft, in the box; Undone: neither live nor blocked
	Changed, Shared, Spare, None int // Changed: readers got something else than was signed; Shared: two workers at once
}

// Faults are all that must never be.
func (r Report) Faults() (out []string) {
	for _, v := range r.Verdicts {
		for _, f := range v.Faults {
			out = append(out, fmt.Sprintf("%s %s: %s", v.Delivery.Mode, v.Delivery.ID, f))
		}
	}
	return out
}

// published is one job of the sandbox.
type published struct {
	at   time.Time
	urls []string
	ok   bool // readers see it
}

// Judge reads the sandbox's state and log. It may be called while nothing moves only. early is how much too early a
// delivery may go out, which is nothing unless clocks were put wrong.
func (w *World) Judge(early time.Duration) (Report, error) {
	var state sandbox.State
	if err := w.ask("GET", "/sandbox/state?limit=-1", nil, &state); err != nil {
		return Report{}, err
	}
	var r Report
	w.mu.Lock()
	all := slices.Clone(w.planned)
	w.mu.Unlock()
	jobs := 0
	for _, plan := range all {
		v, err := w.judge(plan, state.Accounts[plan.account], early, &r)
		if err != nil {
			return r, err
		}
		jobs += v.Effects
		r.Verdicts = append(r.Verdicts, v)
	}
	return r, w.everyCallCounted(jobs)
}

// everyCallCounted holds the log of calls against the jobs that were found by their markers: a call with effect that none
// of the deliveries owns would be a push from nowhere.
func (w *World) everyCallCounted(jobs int) error {
	logged := 0
	for _, path := range []string{"freepublish/submit", "message/mass/sendall"} {
		var calls []sandbox.Call
		if err := w.ask("GET", "/sandbox/calls?path="+url.QueryEscape(path), nil, &calls); err != nil {
			return err
		}
		for _, c := range calls {
			if c.Effect {
				logged++
			}
		}
	}
	if logged != jobs {
		return fmt.Errorf("the sandbox's log has %d irrevocable calls with effect, its deliveries %d", logged, jobs)
	}
	return nil
}

func (w *World) judge(plan planned, account sandbox.AccountState, early time.Duration, r *Report) (Verdict, error) {
	d, err := w.Delivery(plan.ID)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Delivery: d, At: plan.at}
	jobs := jobsOf(account, d.ID)
	v.Effects = len(jobs)
	var boxed []string
	for _, draft := range account.Drafts {
		if carries(draft.Markers, d.ID) {
			boxed = append(boxed, draft.MediaID)
		}
	}
	v.Drafts = len(boxed)
	if len(jobs) > 0 {
		v.First = jobs[0].at
	}
	v.Spare = max(0, v.Drafts-wanted(d, jobs))
	v.count(r, early)
	if err := w.compare(&v, jobs, boxed, r); err != nil {
		return v, err
	}
	return v, w.claims(&v, r)
}

// wanted is how many drafts a delivery may have in the box.
func wanted(d press.Delivery, jobs []published) int {
	if d.Mode == press.ModeDraft || len(jobs) == 0 || d.Mode == press.ModeMass { // a mass push does not use its draft up
		return 1
	}
	return 0
}

func jobsOf(account sandbox.AccountState, id press.DeliveryID) (out []published) {
	for _, p := range account.Publications {
		if carries(p.Markers, id) {
			out = append(out, published{p.Submitted, p.URLs, len(p.URLs) > 0})
		}
	}
	for _, m := range account.Masses {
		if carries(m.Markers, id) && !m.Preview {
			out = append(out, published{m.Submitted, m.URLs, len(m.URLs) > 0})
		}
	}
	slices.SortFunc(out, func(a, b published) int { return a.at.Compare(b.at) })
	return out
}

func carries(markers []string, id press.DeliveryID) bool {
	return len(markers) > 0 && strings.Contains(markers[0], "d="+string(id))
}

func (v *Verdict) fault(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

func (v *Verdict) count(r *Report, early time.Duration) {
	d := v.Delivery
	r.Spare += v.Spare
	switch v.Effects {
	case 0:
		r.None++
	case 1:
		r.Once++
	default:
		r.Twice++
		v.fault("%d irrevocable calls had an effect", v.Effects)
	}
	if v.Effects > 0 && v.First.Before(v.At.Add(-early)) {
		r.Early++
		v.fault("it went out %s early", v.At.Sub(v.First))
	}
	switch {
	case d.State == press.Live:
		r.Live++
		if v.Effects == 0 {
			r.Lost++
			v.fault("it is called live, and nothing went out")
		}
	case d.State == press.Ready && d.Mode == press.ModeDraft:
		r.Box++
		if v.Drafts == 0 || v.Effects > 0 {
			r.Lost++
			v.fault("%d drafts are in the box, and %d calls went out", v.Drafts, v.Effects)
		}
	case d.State == press.Blocked && d.Reason != nil && d.Reason.Code != "" && !d.Reason.Text.IsZero() && !d.Reason.Fix.IsZero():
		r.Blocked++
	case d.State == press.Cancelled, d.State == press.Retracted:
	default:
		r.Lost++
		r.Undone++
		v.fault("it is %s, claimed by %q, next look %s", d.State, d.ClaimedBy, d.NextAt.Format(time.RFC3339Nano))
	}
}

// compare holds what readers can open, or what lies in the box, against what was signed.
func (w *World) compare(v *Verdict, jobs []published, boxed []string, r *Report) error {
	ctx := context.Background()
	edition, err := w.Store.Edition(ctx, v.Delivery.Edition)
	if err != nil {
		return err
	}
	var want []string
	for _, item := range edition.Items {
		rev, err := w.Store.Revision(ctx, item.Article, item.Revision)
		if err != nil {
			return err
		}
		if rev.Content.Hash() != item.Hash {
			v.fault("the stored revision is not the one that was signed")
		}
		text, err := w.rendered(ctx, rev.Content, edition.Theme)
		if err != nil {
			return err
		}
		want = append(want, text)
	}
	var got [][]string
	for _, job := range jobs {
		if job.ok {
			bodies, err := w.pages(job.urls)
			if err != nil {
				return err
			}
			got = append(got, bodies)
		}
	}
	if v.Delivery.Mode == press.ModeDraft {
		for _, id := range boxed {
			bodies, err := w.draft(AppID(w.accountOf(v.Delivery)), id)
			if err != nil {
				return err
			}
			got = append(got, bodies)
		}
	}
	for _, bodies := range got {
		if !slices.Equal(bodies, want) {
			r.Changed++
			v.fault("readers got %q, signed was %q", bodies, want)
		}
	}
	return nil
}

func (w *World) accountOf(d press.Delivery) int { return slices.Index(w.AccountName, d.Target) }

// rendered is what a reader sees of a signed content: words, and the pictures between them by their bytes.
func (w *World) rendered(ctx context.Context, content press.Content, theme string) (string, error) {
	themes, err := markup.LoadThemes("")
	if err != nil {
		return "", err
	}
	look, ok := themes.Get(theme)
	if !ok {
		look = themes.Default()
	}
	images := map[press.Digest]markup.Image{}
	for _, digest := range content.Body.Photos() {
		made, err := w.Store.Renditions(ctx, digest)
		if err != nil {
			return "", err
		}
		images[digest] = markup.Image{URL: "http://mmbiz.qpic.cn/none", Width: 480, Height: 320}
		for _, r := range made {
			if r.Recipe == press.WeChatBody {
				images[digest] = markup.Image{URL: "http://mmbiz.qpic.cn/" + string(r.Digest), Width: r.Width, Height: r.Height}
			}
		}
	}
	body, err := markup.WeChat(content, look, images, markup.WeChatOptions{})
	return squeezed(content.TitleInPush()) + "|" + visible(body, path.Base), err
}

// picture is the digest of the bytes behind a picture's address.
func (w *World) picture(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return err.Error()
	}
	data, err := get(w.SandboxURL + u.RequestURI())
	if err != nil {
		return err.Error()
	}
	return string(press.DigestOf([]byte(data)))
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// visible is a fragment's words without white space, with what picture makes of the address of each picture.
func visible(fragment string, picture func(string) string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.WriteString(squeezed(string(z.Text())))
		case html.StartTagToken, html.SelfClosingTagToken:
			if token := z.Token(); token.Data == "img" {
				out.WriteString("[" + picture(source(token)) + "]")
			}
		}
	}
}

// source is where a picture comes from; WeChat's own pages have it in data-src.
func source(img html.Token) (src string) {
	for _, a := range img.Attr {
		if a.Key == "data-src" || a.Key == "src" && src == "" {
			src = a.Val
		}
	}
	return src
}

// pages opens articles as a reader does.
func (w *World) pages(addresses []string) (out []string, err error) {
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		page, err := get(w.SandboxURL + u.RequestURI())
		if err != nil {
			return nil, err
		}
		heading, _, _ := strings.Cut(after(page, "<h1>"), "</h1>")
		body, _, _ := strings.Cut(after(page, `<div class="rich">`), `<p class="source">`)
		out = append(out, visible(heading, w.picture)+"|"+visible(body, w.picture))
	}
	return out, nil
}

func after(page, mark string) string {
	_, rest, _ := strings.Cut(page, mark)
	return rest
}

func get(address string) (string, error) {
	answer, err := http.Get(address) //nolint:gosec,noctx // the sandbox on this machine
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxMessage))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", address, answer.StatusCode)
	}
	return string(data), err
}

// draft reads a draft as the API gives it.
func (w *World) draft(appID, mediaID string) ([]string, error) {
	var access struct {
		Token string `json:"access_token"`
	}
	err := w.ask("POST", "/cgi-bin/stable_token", map[string]string{"grant_type": "client_credential", "appid": appID, "secret": secret}, &access)
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	err = w.ask("POST", "/cgi-bin/draft/get?access_token="+url.QueryEscape(access.Token), map[string]string{"media_id": mediaID}, &raw)
	if err != nil {
		return nil, err
	}
	var draft struct {
		Items []struct {
			Title   string `json:"title"`
			Content string `json:"content"`
		} `json:"news_item"`
	}
	if err := json.Unmarshal(raw, &draft); err != nil || len(draft.Items) == 0 {
		return nil, errors.Join(err, fmt.Errorf("draft/get: %s", raw))
	}
	var out []string
	for _, item := range draft.Items {
		out = append(out, squeezed(item.Title)+"|"+visible(item.Content, w.picture))
	}
	return out, nil
}

// claims finds two workers that worked on one delivery at the same time, by what they have stored.
func (w *World) claims(v *Verdict, r *Report) error {
	attempts, err := w.Store.Attempts(context.Background(), v.Delivery.ID)
	if err != nil {
		return err
	}
	for i, a := range attempts {
		for _, b := range attempts[i+1:] {
			if a.Worker != b.Worker && a.StartedAt.Before(b.EndedAt) && b.StartedAt.Before(a.EndedAt) {
				r.Shared++
				v.fault("%s (%s) and %s (%s) worked on it at the same time", a.Worker, a.Step, b.Worker, b.Step)
			}
		}
	}
	return nil
}

// Must fails the test for everything that must never be, and tells how it came to that.
func (r Report) Must(t testing.TB, w *World) {
	t.Helper()
	faults := r.Faults()
	for _, f := range faults {
		t.Error(f)
	}
	if len(faults) > 0 {
		t.Log(w.Story())
	}
}

// Story is what happened in a world, for whoever looks into a failure: the sandbox's log, the attempts and the processes'
// own words.
func (w *World) Story() string {
	var out strings.Builder
	w.mu.Lock()
	all := slices.Clone(w.planned)
	w.mu.Unlock()
	for _, plan := range all {
		d, err := w.Delivery(plan.ID)
		fmt.Fprintf(&out, "delivery %s %s %s due %s %v\n", d.ID, d.Mode, d.State, d.DueAt.Format(clockForm), err)
		attempts, _ := w.Store.Attempts(context.Background(), plan.ID)
		for _, a := range attempts {
			fmt.Fprintf(&out, "  %s–%s %s %s %s %s %s\n", a.StartedAt.Format(clockForm), a.EndedAt.Format(clockForm), a.Worker, a.Step, a.Outcome, a.Code, a.Text.EN)
		}
		entries, _ := w.Store.Audit(context.Background(), store.AuditFilter{Subject: string(plan.ID), Limit: 100})
		for _, e := range slices.Backward(entries) {
			fmt.Fprintf(&out, "  %s %s %s\n", e.At.Format(clockForm), e.Action, e.Detail)
		}
	}
	var calls []sandbox.Call
	if err := w.ask("GET", "/sandbox/calls?limit=200", nil, &calls); err == nil {
		for _, c := range slices.Backward(calls) {
			fmt.Fprintf(&out, "call %s %s %s %d effect %v %s %s\n", c.Time.Format(clockForm), c.AppID, c.Path, c.ErrCode, c.Effect, c.Summary, c.ReplyLost)
		}
	}
	var events json.RawMessage
	if err := w.ask("GET", "/sandbox/callbacks", nil, &events); err == nil {
		fmt.Fprintf(&out, "events %s\n", events)
	}
	for _, p := range w.Processes() {
		fmt.Fprintf(&out, "--- %s (pid %d, killed %s)\n%s\n", p.Name, p.cmd.Process.Pid, p.KilledAt().Format(clockForm), p.Output())
	}
	return out.String()
}

const clockForm = "15:04:05.000"
