package cli

import (
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// remote are the flags of commands that speak to a running server.
type remote struct {
	server    string
	token     string
	tokenFile string
	asJSON    bool
}

func (r *remote) flags(e *env, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.server, "server", "", e.say("`address` of the server (default: NEWSDESK_SERVER, else public_url of the configuration)", "服务器`地址`（默认 NEWSDESK_SERVER，其次配置中的 public_url）"))
	f.StringVar(&r.tokenFile, "token-file", "", e.say("`file` that holds the token (default: NEWSDESK_TOKEN_FILE)", "存放令牌的`文件`（默认 NEWSDESK_TOKEN_FILE）"))
	f.StringVar(&r.token, "token", "", e.say("the `token` itself; other users of this machine can see it: better NEWSDESK_TOKEN or a file", "`令牌`本身；本机其他用户可能看到，建议用 NEWSDESK_TOKEN 或文件"))
}

func (r *remote) jsonFlag(e *env, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&r.asJSON, "json", false, e.say("print JSON, as the API has it", "以 JSON 输出"))
}

// session is a client and the zone that times are in.
type session struct {
	*api.Client
	zone *time.Location
}

func (e *env) session(r *remote) (session, error) {
	cfg, err := e.config()
	if err != nil {
		return session{}, err
	}
	token, err := e.token(r)
	if err != nil {
		return session{}, err
	}
	client := api.NewClient(first(r.server, e.lookup("NEWSDESK_SERVER"), cfg.PublicURL), token, nil)
	client.Language = e.lang
	return session{Client: client, zone: cfg.Zone}, nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (e *env) token(r *remote) (string, error) {
	switch {
	case r.token != "":
		return r.token, nil
	case r.tokenFile != "":
		return readToken(r.tokenFile)
	case e.lookup("NEWSDESK_TOKEN") != "":
		return e.lookup("NEWSDESK_TOKEN"), nil
	case e.lookup("NEWSDESK_TOKEN_FILE") != "":
		return readToken(e.lookup("NEWSDESK_TOKEN_FILE"))
	}
	return "", press.Fail(press.Unauthenticated, "token.missing", press.Say(
		"Give a token with NEWSDESK_TOKEN or --token-file; “newsdesk token create” makes one.",
		"请用 NEWSDESK_TOKEN 或 --token-file 提供令牌；newsdesk token create 可创建令牌。"))
}

func readToken(name string) (string, error) {
	fail := press.Fail(press.Invalid, "token.file", press.Say("The token file %s cannot be read, or is empty.", "令牌文件 %s 无法读取或为空。", name))
	file, err := os.Open(name)
	if err != nil {
		return "", fail.Because(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, 4096))
	token := strings.TrimSpace(string(data))
	if err != nil || token == "" || strings.ContainsAny(token, "\r\n") {
		return "", fail.Because(err)
	}
	return token, nil
}

// identifier takes an identifier as it is printed; nothing else reaches the server's addresses.
func identifier[ID ~string](s string) (ID, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if !press.ValidID(id) {
		return "", usage("%q is not an identifier; they have 26 letters and digits, as the list commands print them.",
			"%q 不是有效的编号；编号为 26 位字母和数字，可用 list 命令查看。", s)
	}
	return ID(id), nil
}

// about reads the identifier that a command is about, and opens a session with the server.
func about[ID ~string](e *env, r *remote, arg string) (s session, id ID, err error) {
	if id, err = identifier[ID](arg); err != nil {
		return s, id, err
	}
	s, err = e.session(r)
	return s, id, err
}

// localAddress is where the server of this configuration can be asked from the same machine, whatever proxy is in front.
func localAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen // the configuration has checked it
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String()
}
