package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// document is an OpenAPI document as read from the server.
type document struct {
	testing.TB
	root map[string]any
	mu   sync.Mutex
	used map[string]bool // operations that were called
}

func readDocument(t testing.TB, d *desk) *document {
	t.Helper()
	res := d.raw(t, http.MethodGet, "/api/v1/openapi.json", "", nil)
	doc := &document{TB: t, used: map[string]bool{}}
	if err := json.NewDecoder(res.Body).Decode(&doc.root); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at walks down by keys; a reference on the way is followed.
func (d *document) at(from any, keys ...string) any {
	for _, key := range keys {
		m, _ := d.resolve(from).(map[string]any)
		from = m[key]
	}
	return d.resolve(from)
}

func (d *document) resolve(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	ref, ok := m["$ref"].(string)
	if !ok {
		return v
	}
	path, ok := strings.CutPrefix(ref, "#/")
	target := d.at(d.root, strings.Split(path, "/")...)
	if !ok || target == nil {
		d.Errorf("the reference %q leads nowhere", ref)
	}
	return target
}

func (d *document) operations() map[string]map[string]any {
	out := map[string]map[string]any{}
	for path, methods := range d.root["paths"].(map[string]any) {
		for method, op := range methods.(map[string]any) {
			out[strings.ToUpper(method)+" "+path] = op.(map[string]any)
		}
	}
	return out
}

// find returns the operation that a request belongs to.
func (d *document) find(req *http.Request) (string, map[string]any) {
	for name, op := range d.operations() {
		method, path, _ := strings.Cut(name, " ")
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "[^/]+") + "$")
		if method == req.Method && pattern.MatchString(req.URL.Path) {
			return name, op
		}
	}
	return "", nil
}

// RoundTrip lets a client's calls through and holds each of them against the document.
func (d *document) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(data))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.check(req, res, data)
	return res, nil
}

func (d *document) check(req *http.Request, res *http.Response, data []byte) {
	name, op := d.find(req)
	if op == nil {
		d.Errorf("%s %s is not in the document", req.Method, req.URL.Path)
		return
	}
	if res.StatusCode < 300 {
		d.used[name] = true
	}
	answer := d.at(op, "responses", fmt.Sprint(res.StatusCode))
	if answer == nil {
		answer = d.at(op, "responses", "default")
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	schema, ok := d.at(answer, "content", kind, "schema").(map[string]any)
	if !ok {
		d.Errorf("%s: the answer %d with %q is not documented", name, res.StatusCode, kind)
		return
	}
	var v any = string(data)
	if strings.HasSuffix(kind, "json") {
		if err := json.Unmarshal(data, &v); err != nil {
			d.Errorf("%s: not JSON: %v", name, err)
		}
	}
	for _, fault := range d.faults(schema, v, "$") {
		d.Errorf("%s, %d: %s", name, res.StatusCode, fault)
	}
	for key := range req.URL.Query() {
		if !slices.ContainsFunc(d.list(op["parameters"]), func(p any) bool { return d.at(p, "name") == key && d.at(p, "in") == "query" }) {
			d.Errorf("%s: the query %q is not documented", name, key)
		}
	}
}

func (d *document) list(v any) []any {
	out, _ := v.([]any)
	return out
}

// faults returns how a value differs from its schema. A keyword that is not understood here is a fault, so that nothing
// passes unseen.
func (d *document) faults(schema map[string]any, v any, at string) (out []string) {
	schema, _ = d.resolve(schema).(map[string]any)
	add := func(format string, args ...any) { out = append(out, at+": "+fmt.Sprintf(format, args...)) }
	for keyword, want := range schema {
		switch keyword {
		case "description", "examples", "title", "default", "readOnly", "contentEncoding", "minItems", "maxItems", "minLength", "maxLength":
		case "type":
			if !typeMatches(want, v) {
				add("is %T, want %v", v, want)
			}
		case "enum":
			if !slices.ContainsFunc(d.list(want), func(e any) bool { return reflect.DeepEqual(e, v) }) {
				add("is %v, want one of %v", v, want)
			}
		case "format":
			if s, ok := v.(string); want == "date-time" && ok {
				if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
					add("is no time: %q", s)
				}
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < want.(float64) {
				add("is %v, want at least %v", n, want)
			}
		case "items":
			for i, item := range d.list(v) {
				out = append(out, d.faults(want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range d.list(want) {
				if _, there := m[name.(string)]; v != nil && !there {
					add("lacks %v", name)
				}
			}
		case "properties":
			m, _ := v.(map[string]any)
			for name, value := range m {
				if p, known := want.(map[string]any)[name]; known {
					out = append(out, d.faults(p.(map[string]any), value, at+"."+name)...)
				} else if schema["additionalProperties"] == false {
					add("has the unknown field %q", name)
				}
			}
		case "additionalProperties":
			if of, ok := want.(map[string]any); ok {
				for name, value := range v.(map[string]any) {
					out = append(out, d.faults(of, value, at+"."+name)...)
				}
			}
		default:
			add("the schema's keyword %q is not understood by this test", keyword)
		}
	}
	return out
}

func typeMatches(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(w any) bool { return typeMatches(w, v) })
	}
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

func TestDocumentIsOpenAPI31(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	doc := readDocument(t, d)
	if doc.root["openapi"] != "3.1.0" || doc.at(doc.root, "info", "title") != "Newsdesk" || doc.at(doc.root, "info", "version") != "test" {
		t.Errorf("openapi %v, info %v", doc.root["openapi"], doc.root["info"])
	}
	ids := map[string]string{}
	for name, op := range doc.operations() {
		id, _ := op["operationId"].(string)
		if other, twice := ids[id]; id == "" || twice {
			t.Errorf("%s has the operationId %q, as has %q", name, id, other)
		}
		ids[id] = name
		checkOperation(doc, name, op)
	}
	walk(doc.root, func(m map[string]any) { doc.resolve(m) })

	res := d.raw(t, http.MethodGet, "/api/v1/openapi.yaml", "", nil)
	var inYAML map[string]any
	if err := yaml.NewDecoder(res.Body).Decode(&inYAML); err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, inYAML), asJSON(t, doc.root); got != want {
		t.Error("openapi.yaml and openapi.json differ")
	}
}

func checkOperation(doc *document, name string, op map[string]any) {
	if doc.list(op["tags"]) == nil || op["summary"] == nil {
		doc.Errorf("%s has no tag or no summary", name)
	}
	declared := map[string]bool{}
	for _, p := range doc.list(op["parameters"]) {
		if doc.at(p, "in") == "path" {
			declared[fmt.Sprint(doc.at(p, "name"))] = doc.at(p, "required") == true
		}
	}
	for _, m := range regexp.MustCompile(`\{([^}]+)\}`).FindAllStringSubmatch(name, -1) {
		if !declared[m[1]] {
			doc.Errorf("%s does not declare %s", name, m[1])
		}
	}
	answers, _ := op["responses"].(map[string]any)
	if !slices.ContainsFunc(slices.Collect(maps.Keys(answers)), func(s string) bool { return strings.HasPrefix(s, "2") }) {
		doc.Errorf("%s documents no success", name)
	}
	for status := range answers {
		if description, _ := doc.at(answers, status, "description").(string); description == "" {
			doc.Errorf("%s: the answer %s has no description, which the standard asks for", name, status)
		}
	}
}

func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Every operation of the document is called through the client, and every answer is what the document says.
func TestAnswersAreAsDocumented(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	doc := readDocument(t, d)
	as := func(name string) *api.Client {
		return api.NewClient(d.url, d.tokens[name], &http.Client{Transport: doc})
	}
	ctx := t.Context()
	handed := must[api.HandedIn](t)(as("writer").HandIn(ctx, api.Parcel{Files: append(parcel(t, "Documented"), file("other.jpg", photo(t, 9, 400, 300)))}))
	returned := must[press.Article](t)(as("editor").Return(ctx, handed.Article.ID, 1, "Say when."))
	if returned.State != press.ArticleReturned {
		t.Errorf("returned: %s", returned.State)
	}
	must[api.HandedIn](t)(as("writer").HandIn(ctx, api.Parcel{Files: parcel(t, "Documented again"), Article: handed.Article.ID}))
	id := handed.Article.ID
	for _, name := range []string{"one", "two", "three"} {
		reading := must[api.ArticleReading](t)(as(name).Article(ctx, id, 0))
		must[api.Signed](t)(as(name).Sign(ctx, id, reading.Revision.Number, reading.Revision.Hash))
	}
	must[api.ArticleReading](t)(as("one").Article(ctx, id, 1))
	must[api.ArticleList](t)(as("one").Articles(ctx, api.ArticleQuery{State: "approved", Search: "again", Column: "News information", Page: api.Page{Limit: 5}}))
	must[[]press.Finding](t)(as("one").Preflight(ctx, id, ""))
	for _, target := range []press.TargetKind{press.TargetWeChat, press.TargetSite} {
		if html := must[string](t)(as("one").Render(ctx, id, target, "")); !strings.Contains(html, "The second one.") {
			t.Errorf("rendered for %s without its text", target)
		}
	}
	if list := must[[]press.AuditEntry](t)(as("editor").Audit(ctx, string(id), 0, 3)); len(list) != 3 {
		t.Errorf("%d audit entries, want 3", len(list))
	}
	deliveries := documentedEdition(t, as, id)
	block(t, d, deliveries[0])
	reading := must[api.DeliveryReading](t)(as("one").Delivery(ctx, deliveries[0].ID))
	if reading.Delivery.Reason == nil || len(reading.Attempts) != 1 {
		t.Errorf("a blocked delivery reads %+v with %d attempts", reading.Delivery.Reason, len(reading.Attempts))
	}
	_, err := as("editor").WentOut(ctx, deliveries[0].ID, api.Sighted{})
	refused(t, err, press.Conflict, "delivery.not_out")
	must[press.Delivery](t)(as("editor").ReleaseDelivery(ctx, deliveries[0].ID, api.ReleaseQuery{}))
	must[press.Stop](t)(as("editor").Stop(ctx, api.NewStop{Reason: "x"}))
	must[api.StopList](t)(as("editor").Stops(ctx))
	must[press.Stop](t)(as("editor").Resume(ctx, ""))
	must[press.Delivery](t)(as("editor").RetryDelivery(ctx, deliveries[0].ID))
	must[press.Delivery](t)(as("editor").CancelDelivery(ctx, deliveries[1].ID))
	must[api.EditionReading](t)(as("editor").CancelEdition(ctx, deliveries[0].Edition))

	if q, err := as("editor").Quota(ctx, deliveries[0].Target); err != nil || len(q.Lines) < 10 {
		t.Errorf("the quota has %d lines, %v", len(q.Lines), err)
	}
	_, err = as("editor").AskQuota(ctx, deliveries[0].Target)
	refused(t, err, press.Forbidden, "role")
	d.person(t, "boss", press.Administrator)
	if _, err := as("boss").AskQuota(ctx, deliveries[0].Target); err != nil {
		t.Error(err)
	}

	documentedExport(t, d, as, id)

	documentedCorrection(t, d, as, id, deliveries[0].ID)

	documentedNotices(t, as)

	documentedTargets(t, d, as)

	documentedRules(t, d, as)

	documentedAttachments(t, d, as)

	_, err = as("one").Article(ctx, press.ArticleID(press.NewID(time.Now())), 0)
	refused(t, err, press.NotFound, "article.missing")
	for name := range doc.operations() {
		if !doc.used[name] {
			t.Errorf("%s is in the document and was never called", name)
		}
	}
}

// documentedCorrection corrects what was never out, which is refused, and takes it down, which is not.
func documentedCorrection(t *testing.T, d *desk, as func(string) *api.Client, id press.ArticleID, push press.DeliveryID) {
	t.Helper()
	ctx, editor := t.Context(), as("editor")
	_, err := editor.Correct(ctx, id, "The hour was wrong.")
	refused(t, err, press.Conflict, "correction.unseen")
	_, err = editor.RetractDelivery(ctx, push)
	refused(t, err, press.Conflict, "delivery.state")
	if cost := must[api.ResendCost](t)(editor.ResendCost(ctx, push)); len(cost.Costs) < 3 || len(cost.Items) != 1 {
		t.Errorf("the cost of sending again is %+v", cost)
	}
	_, err = as("writer").ResendCost(ctx, push)
	refused(t, err, press.Forbidden, "role")
	_, err = editor.Resend(ctx, push, api.ResendOrder{})
	refused(t, err, press.Invalid, "resend.sure")
	_, err = editor.Resend(ctx, push, api.ResendOrder{AcceptCosts: true})
	refused(t, err, press.Conflict, "resend.nothing")
	places := must[[]api.Place](t)(editor.RetractArticle(ctx, id, "It never took place."))
	if again := must[[]api.Place](t)(as("one").Where(ctx, id)); len(again) != len(places) || len(places) != 2 || places[0].Verdict != press.VerdictNever {
		t.Errorf("it is at %+v, then at %+v", places, again)
	}

	// And what was out, and was deleted in WeChat: sent again once it is corrected.
	article := d.approved(t, "To be corrected")
	made := must[api.EditionReading](t)(editor.CreateEdition(ctx, api.NewEdition{Mode: "publish", At: time.Now().Add(time.Hour), Articles: []string{string(article.ID)}}))
	out := undecided(t, d, made.Deliveries[0])
	_, err = editor.WentOut(ctx, out.ID, api.Sighted{Links: []string{"https://example.org/s/x"}})
	refused(t, err, press.Invalid, "went_out.link")
	out = must[press.Delivery](t)(editor.WentOut(ctx, out.ID, api.Sighted{Links: []string{"https://mp.weixin.qq.com/s/x"}}))
	begun := must[press.Article](t)(editor.Correct(ctx, article.ID, "The hour was wrong."))
	if _, err := d.Desk.Submit(ctx, press.System(), article.ID, begun.Revision); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		reading := must[api.ArticleReading](t)(as(name).Article(ctx, article.ID, 0))
		must[api.Signed](t)(as(name).Sign(ctx, article.ID, reading.Revision.Number, reading.Revision.Hash))
	}
	if _, err := d.Store.Retract(ctx, press.System(), out.ID, press.TakenDown(), press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK}); err != nil {
		t.Fatal(err)
	}
	must[press.Delivery](t)(editor.RetractDelivery(ctx, out.ID))
	again := must[api.EditionReading](t)(editor.Resend(ctx, out.ID, api.ResendOrder{AcceptCosts: true, At: time.Now().Add(2 * time.Hour)}))
	if item := again.Edition.Items[0]; item.Article != article.ID || item.Revision != begun.Revision {
		t.Errorf("sent again: %+v", item)
	}
}

// undecided does what a worker does from the draft to the call of which nobody learns the answer.
func undecided(t *testing.T, d *desk, delivery press.Delivery) press.Delivery {
	t.Helper()
	now := time.Now().UTC()
	held, err := d.Store.ClaimDelivery(t.Context(), delivery.ID, "worker", now.Add(time.Minute))
	for _, change := range []press.Change{
		press.DraftIntended(now), press.Prepared("M", "mark", now, now), press.Firing(now), press.AnswerLost(now),
		press.Blocking(press.Reason{Code: "unknown.consumed", Class: press.ClassDone, Back: press.Unknown, Whose: press.Editor, At: now}),
	} {
		if err == nil {
			held, err = d.Store.Advance(t.Context(), held, change, nil)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func documentedEdition(t *testing.T, as func(string) *api.Client, id press.ArticleID) []press.Delivery {
	t.Helper()
	ctx := t.Context()
	made := must[api.EditionReading](t)(as("editor").CreateEdition(ctx, api.NewEdition{Mode: "mass", At: time.Now().Add(time.Hour), Articles: []string{string(id)}, Theme: "campus"}))
	must[api.EditionReading](t)(as("editor").Reschedule(ctx, made.Edition.ID, time.Now().Add(2*time.Hour)))
	list := must[api.EditionList](t)(as("editor").Editions(ctx, api.EditionQuery{From: time.Now(), Article: string(id)}))
	if list.Total != 1 || list.Editions[0].ID != made.Edition.ID {
		t.Errorf("listed %d editions: %+v", list.Total, list.Editions)
	}
	must[api.EditionReading](t)(as("editor").Edition(ctx, made.Edition.ID))
	pushes := must[api.DeliveryList](t)(as("editor").Deliveries(ctx, api.DeliveryQuery{Edition: string(made.Edition.ID), Kind: "wechat"}))
	pages := must[api.DeliveryList](t)(as("editor").Deliveries(ctx, api.DeliveryQuery{Article: string(id), Kind: "site"}))
	return []press.Delivery{pushes.Deliveries[0], pages.Deliveries[0]}
}

// block does what a worker does when a person must decide.
func block(t *testing.T, d *desk, delivery press.Delivery) {
	t.Helper()
	ctx := t.Context()
	now := time.Now().UTC()
	held, err := d.Store.ClaimDelivery(ctx, delivery.ID, "worker", now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	reason := press.Reason{Code: "wechat.45028", Class: press.ClassQuota, Text: press.Say("Used up.", "已用完。"), Fix: press.Say("Wait.", "请等待。"), Whose: press.Editor, Back: press.Planned, At: now}
	attempt := press.Attempt{Delivery: delivery.ID, Step: press.StepPrepare, Worker: "worker", StartedAt: now, EndedAt: now, Outcome: press.OutcomeBlocked, Code: reason.Code, Text: reason.Text}
	if _, err := d.Store.Advance(ctx, held, press.Blocking(reason), &attempt); err != nil {
		t.Fatal(err)
	}
}
