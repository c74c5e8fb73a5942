package wordpress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"newsdesk/internal/press"
)

// Bounds of an answer, in bytes and in values, and of the tries to find JSON in one.
const (
	maxAnswer = 8 << 20
	maxValues = 200_000 // of which each takes more room here than in the answer
	maxNoise  = 64 << 10
	maxStarts = 20
)

// request is one call of the REST API.
type request struct {
	path   string     // below the root, e.g. "wp/v2/posts"
	query  url.Values // nil: none
	method string     // empty: GET; DELETE travels as POST
	body   any        // sent as JSON; nil: none
	form   *form      // an upload, instead of body
	nobody bool       // without the login
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	noise  string // what stood before the JSON: warnings that PHP printed
}

// do makes a call and reads its answer into out. Every error is a *press.PageFault, but for that of the context.
func (c *Client) do(ctx context.Context, r request, out any) (*answer, error) {
	at, err := c.rootOf(ctx)
	if err != nil {
		return nil, err
	}
	return c.ask(ctx, at, r, out)
}

// ask makes a call at a root that need not be the one that was found.
func (c *Client) ask(ctx context.Context, at *root, r request, out any) (*answer, error) {
	a, err := c.send(ctx, at.url(r), r)
	if err != nil {
		return nil, c.unanswered(ctx, err)
	}
	if err := a.decode(out); err != nil || a.status < 200 || a.status > 299 {
		fault := c.explain(a, at, r)
		if elsewhere(fault.Code) {
			c.forgetRoot()
		}
		return a, fault
	}
	return a, nil
}

func (c *Client) send(ctx context.Context, address string, r request) (*answer, error) {
	patience := c.cfg.Timeout
	if r.form != nil {
		patience *= 3
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := c.httpRequest(ctx, address, r)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, errLong
	}
	return &answer{status: res.StatusCode, header: res.Header, body: body}, nil
}

var errLong = errors.New("the answer is longer than any that WordPress gives")

func (c *Client) httpRequest(ctx context.Context, address string, r request) (*http.Request, error) {
	method, contentType, body := http.MethodGet, "", []byte(nil)
	if r.method != "" {
		method = http.MethodPost
	}
	switch {
	case r.form != nil:
		contentType, body = r.form.contentType, r.form.body
	case r.body != nil:
		data, err := press.EncodeJSON(r.body)
		if err != nil {
			return nil, err
		}
		contentType, body = "application/json; charset=utf-8", data
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if r.method == http.MethodDelete {
		req.Header.Set("X-HTTP-Method-Override", http.MethodDelete)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Cache-Control", "no-cache") // an old answer would look like an edit
	req.Header.Set("User-Agent", "Newsdesk")
	if !r.nobody {
		req.SetBasicAuth(c.cfg.User, c.cfg.Password)
	}
	return req, nil
}

// decode reads the JSON of an answer. PHP may have printed warnings before it.
func (a *answer) decode(out any) error {
	if out == nil {
		out = new(json.RawMessage)
	}
	body := bytes.TrimPrefix(bytes.TrimSpace(a.body), []byte("\ufeff"))
	err := decodeWhole(body, out)
	if err == nil {
		return nil
	}
	from := 0
	for range maxStarts {
		i := bytes.IndexAny(body[from:min(len(body), maxNoise)], "{[")
		if i < 0 {
			return err
		}
		from += i
		if decodeWhole(body[from:], out) == nil {
			a.noise, a.body = string(body[:from]), body[from:]
			return nil
		}
		from++
	}
	return err
}

// decodeWhole reads JSON with nothing behind it. Of a list that PHP's own words look like, an object is expected or the reverse.
func decodeWhole(data []byte, out any) error {
	if n := bytes.Count(data, []byte(",")) + bytes.Count(data, []byte("{")) + bytes.Count(data, []byte("[")); n > maxValues {
		return errLong
	}
	if !json.Valid(data) {
		return errors.New("not JSON")
	}
	return json.Unmarshal(data, out)
}

// root is where the REST API was found.
type root struct {
	address   string // ends in a slash: the route is put behind it
	plain     bool   // the route is a value in the query
	passwords bool   // application passwords are there to be used
	name      string // of the website
	home      string // where WordPress believes it is
	noisy     string // warnings of PHP before the answer
}

func (at *root) url(r request) string {
	query := r.query.Encode()
	if at.plain {
		route := at.address + "?rest_route=/" + r.path
		if query != "" {
			route += "&" + query
		}
		return route
	}
	if query != "" {
		query = "?" + query
	}
	return at.address + r.path + query
}

func (c *Client) forgetRoot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.root, c.editor = nil, nil
}

// rootOf finds the REST API: at wp-json, or, without permalinks, in the query of index.php.
func (c *Client) rootOf(ctx context.Context) (*root, error) {
	c.mu.Lock()
	found := c.root
	c.mu.Unlock()
	if found != nil {
		return found, nil
	}
	pretty := &root{address: c.base.String() + "wp-json/"}
	first := c.isRoot(ctx, pretty)
	if first == nil {
		return c.foundRoot(pretty), nil
	}
	if f, ok := asFault(first); !ok || f.Class == press.ClassBackoff {
		return nil, first
	}
	plain := &root{address: c.base.String() + "index.php", plain: true}
	second := c.isRoot(ctx, plain)
	if second == nil {
		return c.foundRoot(plain), nil
	}
	if f, ok := asFault(first); ok && f.Code != codeNoAPI && f.Code != codeNotJSON && f.Code != codeFirewall {
		return nil, first
	}
	if f, ok := asFault(second); ok && f.Class == press.ClassConfig {
		if c.olderInterface(ctx) {
			return nil, onlyXMLRPC(f.Answer)
		}
	}
	if f, ok := asFault(first); ok && f.Code == codeFirewall {
		return nil, first
	}
	return nil, second
}

// olderInterface reports whether WordPress's XML-RPC interface gives a sign of life. It is asked without the login.
func (c *Client) olderInterface(ctx context.Context) bool {
	a, err := c.send(ctx, c.base.String()+"xmlrpc.php", request{nobody: true})
	return err == nil && (a.status < 300 || a.status == http.StatusMethodNotAllowed) && bytesHave(a.body, "XML-RPC server accepts POST requests only")
}

func (c *Client) foundRoot(at *root) *root {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.root = at
	return at
}

// isRoot asks for the API's own description. A plugin may keep that for people who are signed in.
func (c *Client) isRoot(ctx context.Context, at *root) error {
	var index struct {
		Name           string          `json:"name"`
		Home           string          `json:"home"`
		Namespaces     []string        `json:"namespaces"`
		Authentication json.RawMessage `json:"authentication"` // an empty list, or an object
	}
	r := request{query: url.Values{"_fields": {"name,home,namespaces,authentication"}}, nobody: true}
	a, err := c.ask(ctx, at, r, &index)
	if f, ok := asFault(err); ok && a != nil && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && f.Code != codeFirewall {
		r.nobody = false
		a, err = c.ask(ctx, at, r, &index)
	}
	if err != nil {
		return err
	}
	for _, n := range index.Namespaces {
		if n == "wp/v2" {
			at.name, at.home, at.noisy = index.Name, index.Home, a.noise
			at.passwords = strings.Contains(string(index.Authentication), "application-passwords")
			if a.noise != "" {
				c.cfg.Log.Warn("a WordPress prints warnings before its answers", "target", c.cfg.Name, "warnings", c.scrub(plain(a.noise)))
			}
			return nil
		}
	}
	return noAPI(c.words(a))
}
