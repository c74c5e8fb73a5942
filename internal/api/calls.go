package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"newsdesk/internal/press"
)

// Articles lists articles, the newest first.
func (c *Client) Articles(ctx context.Context, q ArticleQuery) (ArticleList, error) {
	return ask[ArticleList](ctx, c, call{method: http.MethodGet, path: "/articles", query: values(q)})
}

// Article reads a revision of an article with its sign-offs; revision 0 is the current one.
func (c *Client) Article(ctx context.Context, id press.ArticleID, revision int) (ArticleReading, error) {
	query := url.Values{}
	if revision != 0 {
		query.Set("revision", fmt.Sprint(revision))
	}
	return ask[ArticleReading](ctx, c, call{method: http.MethodGet, path: pathOf("articles", id), query: query})
}

// Preflight checks what can be checked before the hour, as theme would show it; empty: the account's theme.
func (c *Client) Preflight(ctx context.Context, id press.ArticleID, theme string) ([]press.Finding, error) {
	out, err := ask[Findings](ctx, c, call{method: http.MethodGet, path: pathOf("articles", id) + "/preflight", query: optional("theme", theme)})
	return out.Findings, err
}

// Render returns the HTML of an article's current revision as a target shows it.
func (c *Client) Render(ctx context.Context, id press.ArticleID, target press.TargetKind, theme string) (string, error) {
	query := optional("theme", theme)
	query.Set("for", string(target))
	return ask[string](ctx, c, call{method: http.MethodGet, path: pathOf("articles", id) + "/render", query: query})
}

// Sign signs the next stage of a revision. A Conflict says that the article has changed since hash was read.
func (c *Client) Sign(ctx context.Context, id press.ArticleID, revision int, hash press.ContentHash) (Signed, error) {
	body := map[string]any{"revision": revision, "hash": hash}
	return ask[Signed](ctx, c, call{method: http.MethodPost, path: pathOf("articles", id) + "/sign", body: body})
}

// Return sends an article back to its author.
func (c *Client) Return(ctx context.Context, id press.ArticleID, revision int, reason string) (press.Article, error) {
	body := map[string]any{"revision": revision, "reason": reason}
	return ask[press.Article](ctx, c, call{method: http.MethodPost, path: pathOf("articles", id) + "/return", body: body})
}

// Audit reads the audit log of a thing, the newest entries first; before and limit may be 0.
func (c *Client) Audit(ctx context.Context, subject string, before int64, limit int) ([]press.AuditEntry, error) {
	query := url.Values{"subject": {subject}}
	if before > 0 {
		query.Set("before", fmt.Sprint(before))
	}
	if limit > 0 {
		query.Set("limit", fmt.Sprint(limit))
	}
	out, err := ask[AuditList](ctx, c, call{method: http.MethodGet, path: "/audit", query: query})
	return out.Entries, err
}

// CreateEdition composes and schedules an edition.
func (c *Client) CreateEdition(ctx context.Context, e NewEdition) (EditionReading, error) {
	return ask[EditionReading](ctx, c, call{method: http.MethodPost, path: "/editions", body: e})
}

// Editions lists editions.
func (c *Client) Editions(ctx context.Context, q EditionQuery) (EditionList, error) {
	return ask[EditionList](ctx, c, call{method: http.MethodGet, path: "/editions", query: values(q)})
}

// Edition reads an edition and its deliveries.
func (c *Client) Edition(ctx context.Context, id press.EditionID) (EditionReading, error) {
	return ask[EditionReading](ctx, c, call{method: http.MethodGet, path: pathOf("editions", id)})
}

// CancelEdition takes an edition back before it goes out.
func (c *Client) CancelEdition(ctx context.Context, id press.EditionID) (EditionReading, error) {
	return ask[EditionReading](ctx, c, call{method: http.MethodPost, path: pathOf("editions", id) + "/cancel"})
}

// Reschedule gives an edition another time.
func (c *Client) Reschedule(ctx context.Context, id press.EditionID, at time.Time) (EditionReading, error) {
	body := map[string]any{"at": at}
	return ask[EditionReading](ctx, c, call{method: http.MethodPost, path: pathOf("editions", id) + "/reschedule", body: body})
}

// Deliveries lists deliveries.
func (c *Client) Deliveries(ctx context.Context, q DeliveryQuery) (DeliveryList, error) {
	return ask[DeliveryList](ctx, c, call{method: http.MethodGet, path: "/deliveries", query: values(q)})
}

// Delivery reads a delivery with every try of every step.
func (c *Client) Delivery(ctx context.Context, id press.DeliveryID) (DeliveryReading, error) {
	return ask[DeliveryReading](ctx, c, call{method: http.MethodGet, path: pathOf("deliveries", id)})
}

// RetryDelivery makes the next try at once.
func (c *Client) RetryDelivery(ctx context.Context, id press.DeliveryID) (press.Delivery, error) {
	return c.decide(ctx, id, "retry")
}

// WentOut says, after a look at WeChat's console, that an undecided push did go out.
func (c *Client) WentOut(ctx context.Context, id press.DeliveryID, seen Sighted) (press.Delivery, error) {
	return ask[press.Delivery](ctx, c, call{method: http.MethodPost, path: pathOf("deliveries", id) + "/went-out", body: seen})
}

// CancelDelivery takes one delivery back.
func (c *Client) CancelDelivery(ctx context.Context, id press.DeliveryID) (press.Delivery, error) {
	return c.decide(ctx, id, "cancel")
}

func (c *Client) decide(ctx context.Context, id press.DeliveryID, verb string) (press.Delivery, error) {
	return ask[press.Delivery](ctx, c, call{method: http.MethodPost, path: pathOf("deliveries", id) + "/" + verb})
}

// Readiness says which of the things that a server stands on are there.
type Readiness struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"` // "ok", or what is wrong
}

// Ready asks whether the server can do its work; it needs no token. A server that cannot is Unavailable,
// "server.not_ready", and the Readiness says why.
func (c *Client) Ready(ctx context.Context) (Readiness, error) {
	var out Readiness
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := c.request(ctx, http.MethodGet, "/readyz", nil, nil)
	if err != nil {
		return out, err
	}
	req.Header.Del("Authorization")
	res, err := c.http.Do(req)
	if err != nil {
		return out, c.noAnswer(ctx, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxProblem))
	if err != nil {
		return out, c.noAnswer(ctx, err)
	}
	if err := decodeAnswer(data, &out); err != nil || out.Ready {
		return out, err
	}
	return out, press.Fail(press.Unavailable, "server.not_ready", press.Say(
		"The server %s runs but cannot work.", "服务器 %s 正在运行，但无法工作。", c.shownBase()))
}

// pathOf is the path of one thing in a collection.
func pathOf[ID ~string](collection string, id ID) string {
	return "/" + collection + "/" + url.PathEscape(string(id))
}

func optional(name, value string) url.Values {
	if value == "" {
		return url.Values{}
	}
	return url.Values{name: {value}}
}

// values writes a query struct by the very tags that the server reads it by. What is zero is left out.
func values(q any) url.Values {
	out := url.Values{}
	addValues(out, reflect.ValueOf(q))
	return out
}

func addValues(out url.Values, v reflect.Value) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		switch {
		case field.Anonymous:
			addValues(out, value)
		case value.IsZero():
		case field.Type == reflect.TypeFor[time.Time]():
			out.Set(field.Tag.Get("query"), value.Interface().(time.Time).UTC().Format(time.RFC3339Nano)) //nolint:forcetypeassert // checked above
		default:
			out.Set(field.Tag.Get("query"), fmt.Sprint(value.Interface()))
		}
	}
}
