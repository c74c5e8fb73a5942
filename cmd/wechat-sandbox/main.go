// Command wechat-sandbox serves the understudy of the WeChat official-account API on a port of its own.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"newsdesk/internal/wechat/sandbox"
)

const usage = `wechat-sandbox answers as api.weixin.qq.com answers, and sends nothing anywhere but to -callback-url.

Usage:
  wechat-sandbox [flags]

Example:
  wechat-sandbox -addr 127.0.0.1:8090 -state sandbox.json -kind service
  curl 'http://127.0.0.1:8090/cgi-bin/token?grant_type=client_credential&appid=wx5a3db0c5ad8b0000&secret=sandbox-secret'
  curl -d '{"path":"freepublish/submit","times":1,"reply_lost":"timeout"}' http://127.0.0.1:8090/sandbox/faults

Flags:
`

// options are what the command line says.
type options struct {
	addr, state, faults, callbackURL, callbackToken, aesKey, kind, name, appid, secret string
	latency, publishDelay                                                              time.Duration
	lenient, protect, adminRemote, version                                             bool
	followers, accounts, haste, sends                                                  int
	line                                                                               float64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "wechat-sandbox:", err)
		os.Exit(1)
	}
}

// errUsage is returned when the flag package has already said what is wrong.
var errUsage = errors.New("wrong usage")

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("wechat-sandbox", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() { fmt.Fprint(stderr, usage); f.PrintDefaults() }
	f.StringVar(&o.addr, "addr", "127.0.0.1:8090", "address to listen on")
	f.StringVar(&o.state, "state", "", "file that keeps the state; in memory when empty")
	f.StringVar(&o.name, "name", "示例公众号", "name of the account, as followers see it")
	f.StringVar(&o.appid, "appid", "wx5a3db0c5ad8b0000", "appid of the account (the default is a sample)")
	f.StringVar(&o.secret, "secret", "sandbox-secret", "secret of the account (the default is a sample)")
	f.StringVar(&o.kind, "kind", "subscription", "kind of account: subscription, service, personal, test")
	f.IntVar(&o.followers, "followers", 3, "number of followers")
	f.StringVar(&o.callbackURL, "callback-url", "", "where events are posted; none when empty")
	f.StringVar(&o.callbackToken, "callback-token", "sandbox-token", "token that signs events (the default is a sample)")
	f.StringVar(&o.aesKey, "aes-key", "", "EncodingAESKey, 43 characters: events are then encrypted")
	f.DurationVar(&o.latency, "latency", 0, "added to every call, for example 200ms")
	f.Float64Var(&o.line, "line", 0, "the line that all calls share, in Mbit/s each way, for example 20; no limit when 0")
	f.DurationVar(&o.publishDelay, "publish-delay", time.Second, "from submit to its result")
	f.StringVar(&o.faults, "faults", "", "file with a JSON list of faults, as POST /sandbox/faults takes them")
	f.BoolVar(&o.lenient, "lenient", false, "accept the lengths that live accounts accept, not those of the documentation")
	f.BoolVar(&o.protect, "mass-protection", false, "a send to all followers waits for the administrator")
	f.BoolVar(&o.adminRemote, "admin-remote", false, "let other machines use /sandbox/… and the forms")
	f.IntVar(&o.accounts, "accounts", 1, "number of accounts; the second has the appid's last digits raised by one, and so on")
	f.IntVar(&o.sends, "sends", 0, "mass sends of an account in a day and in a month; WeChat's numbers when 0, none stated when negative")
	f.IntVar(&o.haste, "haste", 1, "divides the platform's own pauses, such as the minute of a clientmsgid; for drills")
	f.BoolVar(&o.version, "version", false, "print the version and stop")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errUsage
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; see wechat-sandbox -help", f.Arg(0))
	}
	return o, nil
}

func (o options) config(log *slog.Logger) sandbox.Config {
	limits := sandbox.DefaultLimits()
	if o.lenient {
		limits = sandbox.LenientLimits()
	}
	delay := o.publishDelay
	if delay == 0 {
		delay = -1 // at once; zero asks for the default
	}
	if o.sends != 0 {
		limits.MassPerDay, limits.MassPerMonth = o.sends, o.sends
	}
	return sandbox.Config{
		Accounts: o.played(), Clocks: sandbox.DefaultClocks().Faster(o.haste),
		StateFile: o.state, Limits: limits, Latency: o.latency, Line: int64(o.line * sandbox.Mbit), PublishDelay: delay, AdminRemote: o.adminRemote, Logger: log,
	}
}

// played returns the account of the flags, and as many more like it as are asked for.
func (o options) played() []sandbox.Account {
	out := make([]sandbox.Account, max(1, o.accounts))
	for i := range out {
		out[i] = sandbox.Account{
			Name: o.name, AppID: o.appid, Secret: o.secret, Kind: sandbox.Kind(o.kind), Followers: o.followers, MassProtection: o.protect,
			CallbackURL: o.callbackURL, CallbackToken: o.callbackToken, EncodingAESKey: o.aesKey,
		}
		if i > 0 {
			out[i].Name, out[i].AppID = fmt.Sprintf("%s %d", o.name, i+1), raised(o.appid, i)
		}
	}
	return out
}

// raised adds n to the last four hexadecimal digits of an appid.
func raised(appid string, n int) string {
	cut := max(0, len(appid)-4)
	last, err := strconv.ParseUint(appid[cut:], 16, 16)
	if err != nil {
		return appid + strconv.Itoa(n)
	}
	return fmt.Sprintf("%s%04x", appid[:cut], (last+uint64(n))&0xffff)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.version {
		fmt.Fprintln(stdout, "wechat-sandbox", version())
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", o.addr, err)
	}
	defer listener.Close()
	cfg := o.config(slog.New(slog.NewTextHandler(stderr, nil)))
	if cfg.Faults, err = readFaults(o.faults); err != nil {
		return err
	}
	s, err := sandbox.New(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	base := "http://" + listener.Addr().String()
	s.SetPublicURL(base)
	fmt.Fprintf(stdout, "Sandbox of WeChat: nothing here reaches WeChat.\n  pages  %s/\n  chat   %s\n  API    %s/cgi-bin/ (appid %s)\n", base, s.ChatURL(o.appid), base, o.appid)
	return serve(ctx, listener, s)
}

func readFaults(name string) ([]sandbox.Fault, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read faults: %w", err)
	}
	var list []sandbox.Fault
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("faults in %s: %w", name, err)
	}
	return list, nil
}

// serve runs until ctx ends, then lets running calls finish. Requests end with ctx, which frees the calls that a fault holds.
func serve(ctx context.Context, listener net.Listener, s *sandbox.Sandbox) error {
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(late); err != nil {
		_ = srv.Close()
	}
	return nil
}

func version() string {
	if info, found := debug.ReadBuildInfo(); found && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
