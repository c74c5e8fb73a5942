package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Client speaks to a running server. It is safe for concurrent use as long as its fields are left alone.
//
// Every error is a *press.Error: the server's own kind, code and sentence in both languages where it answered, otherwise
// Unavailable, "server.unreachable". The token is in no error.
type Client struct {
	Language press.Lang    // in which the server fills in details; the errors carry both anyway
	Timeout  time.Duration // of every call but an upload

	base  string
	token string
	http  *http.Client
}

// Bounds of what is read of an answer.
const (
	maxAnswer  = 64 << 20
	maxProblem = 1 << 20
)

// NewClient makes a client of the server at baseURL, such as http://127.0.0.1:8080. A nil httpClient is a plain one.
func NewClient(baseURL, token string, httpClient *http.Client) *Client {
	if httpClient == nil {
		httpClient = &http.Client{}
	}
	return &Client{
		Language: press.English, Timeout: 2 * time.Minute,
		base: strings.TrimRight(baseURL, "/"), token: token, http: httpClient,
	}
}

// call is one request; query and body may be nil.
type call struct {
	method string
	path   string
	query  url.Values
	body   any
}

// ask makes a call and returns its answer.
func ask[T any](ctx context.Context, c *Client, what call) (T, error) {
	var out T
	err := c.do(ctx, what, &out)
	return out, err
}

func (c *Client) do(ctx context.Context, what call, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	var body io.Reader
	if what.body != nil {
		data, err := json.Marshal(what.body)
		if err != nil {
			return fmt.Errorf("api: encode request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := c.request(ctx, what.method, Prefix+what.path, what.query, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.send(req, out)
}

// shownBase is the server's address for a person, without a name and a password that may stand in it.
func (c *Client) shownBase() string {
	scheme, rest, ok := strings.Cut(c.base, "://")
	if at := strings.LastIndexByte(rest, '@'); ok && at >= 0 {
		return scheme + "://" + rest[at+1:]
	}
	return c.base
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Request, error) {
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil || req.URL.Host == "" || !strings.HasPrefix(req.URL.Scheme, "http") {
		return nil, press.Fail(press.Invalid, "server.address", press.Say(
			"%.200q is not the address of a server; write it like http://127.0.0.1:8080.",
			"%.200q 不是有效的服务器地址，应写成 http://127.0.0.1:8080。", c.shownBase())).Because(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	req.Header.Set("Accept-Language", string(c.Language))
	return req, nil
}

// send makes the request and reads the answer into out: a *string takes it as it is, anything else is JSON.
func (c *Client) send(req *http.Request, out any) error {
	res, err := c.http.Do(req)
	if err != nil {
		return c.noAnswer(req.Context(), err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return refusal(res)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return c.noAnswer(req.Context(), err)
	}
	if len(data) > maxAnswer {
		return press.Fail(press.TooLarge, "server.answer", press.Say(
			"The server's answer is larger than %d MB; ask for less.", "服务器的应答超过 %d MB，请缩小查询范围。", maxAnswer>>20))
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *string:
		*out = string(data)
		return nil
	default:
		return decodeAnswer(data, out)
	}
}

func decodeAnswer(data []byte, out any) error {
	if err := json.Unmarshal(data, out); err != nil {
		return press.Fail(press.Unavailable, "server.answer", press.Say(
			"What answers there is no Newsdesk, or one of another version; check the address.",
			"该地址的应答不是 Newsdesk，或版本不一致，请检查地址。")).Because(err)
	}
	return nil
}

// noAnswer tells a reader that gave up or a parcel's file that failed from a server that is not there.
func (c *Client) noAnswer(ctx context.Context, err error) error {
	var own *press.Error
	if errors.As(err, &own) {
		return own
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return press.Fail(press.Unavailable, "stopped", press.Say("Stopped.", "已停止。")).Because(err)
	}
	return press.Fail(press.Unavailable, "server.unreachable", press.Say(
		"The server %s does not answer. Is “newsdesk serve” running there?", "服务器 %s 没有应答，请确认 newsdesk serve 正在运行。", c.shownBase())).Because(err)
}

// refusal reads problem details; what else may stand there is a proxy's page, of which only the status is told.
func refusal(res *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(res.Body, maxProblem))
	var p Problem
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err == nil && kind == "application/problem+json" && json.Unmarshal(data, &p) == nil && p.Kind != "" {
		return press.Fail(p.Kind, p.Code, p.Text)
	}
	return press.Fail(kindOfStatus(res.StatusCode), fmt.Sprintf("http.%d", res.StatusCode), press.Say(
		"The server answered %s without saying why; a proxy in between may have refused.",
		"服务器返回 %s，未说明原因，可能被中间的代理拒绝。", res.Status))
}

func kindOfStatus(status int) press.Kind {
	for kind, s := range statuses {
		if s == status {
			return kind
		}
	}
	switch {
	case status >= 500:
		return press.Unavailable
	default:
		return press.Invalid
	}
}
