package place

import (
	"errors"
	"os"
	"os/exec"
	"strings"

	"newsdesk/internal/press"
)

// Exit codes of rsync (rsync(1), EXIT VALUES) and of what stands between.
const (
	exitNoCommand = 127 // the shell over there has no rsync
	exitSSH       = 255
)

// explain sorts what went wrong by what rsync and ssh said. Both speak English: the environment says so.
func (r *Rsync) explain(err error, said string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return r.noProgram("rsync", err)
		}
		return local(err)
	}
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	code := exit.ExitCode()
	switch {
	case has("Failed to exec " + r.config.SSH):
		return r.noProgram("ssh", err)
	case has("REMOTE HOST IDENTIFICATION HAS CHANGED"):
		return r.otherHost(said, err)
	case has("Host key verification failed", "No matching host key"):
		return fault(CodeHostUnknown, press.ClassConfig,
			press.Say("The key of %s is not in site.place.rsync.known_hosts; nothing was sent.", "site.place.rsync.known_hosts 中没有 %s 的主机密钥，未发送任何内容。", r.config.Host),
			r.enterHost(), lastLines(said), err)
	case has("Permission denied (publickey", "Too many authentication failures", "No supported authentication methods"):
		return r.where.key(press.Say("Enter the public key in ~/.ssh/authorized_keys of %s there; the key must have no passphrase. Then release.",
			"请把公钥登记到对方用户 %s 的 ~/.ssh/authorized_keys；密钥不能带口令。完成后放行。", r.config.User), lastLines(said), err)
	case code == exitNoCommand, has("rsync: command not found", "rsync: not found", "rsync: No such file"):
		return fault(CodeNoRsync, press.ClassConfig,
			press.Say("There is no rsync on %s.", "%s 上没有安装 rsync。", r.config.Host),
			press.Say("Install it there (apt-get install rsync), then release.", "请在该机器上安装（apt-get install rsync），然后放行。"), lastLines(said), err)
	}
	return r.explainTransfer(has, code, said, err)
}

func (r *Rsync) explainTransfer(has func(...string) bool, code int, said string, err error) error {
	switch {
	case has("No space left on device", "Disk quota exceeded"):
		return r.where.full(lastLines(said), err)
	case has("Permission denied (13)", "Operation not permitted (1)", "Read-only file system (30)"):
		return r.where.denied(lastLines(said), err)
	case has("No such file or directory (2)", "Not a directory (20)") && has("mkdir", "chdir", "change_dir"):
		return r.where.missing(lastLines(said), err)
	case code == exitSSH, code < 0, has("timed out", "connection unexpectedly closed", "Connection closed", "Connection reset", "Broken pipe", "lost connection"):
		return r.where.unreachable(lastLines(said), err)
	case code == 10 || code == 12 || code == 14 || code == 20 || code == 30 || code == 35: // sockets, streams, signals, timeouts
		return r.where.unreachable(lastLines(said), err)
	case code == 11: // reading and writing files, without a word on what was in the way
		return r.where.unwell(lastLines(said), err)
	case code == 24, has("file has vanished"):
		return local(err)
	}
	return r.where.refused(lastLines(said), err)
}

// Installed refuses, "place.no_program", where one of the programs is not on this machine.
func (r *Rsync) Installed() error {
	for name, program := range map[string]string{"rsync": r.config.Rsync, "ssh": r.config.SSH} {
		if _, err := exec.LookPath(program); err != nil {
			return r.noProgram(name, err)
		}
	}
	return nil
}

func (r *Rsync) noProgram(name string, err error) error {
	return fault(CodeNoProgram, press.ClassConfig,
		press.Say("There is no %s on this machine.", "本机没有安装 %s。", name),
		press.Say("Install it (apt-get install rsync openssh-client; of the container image, build --target rsync), then start or release.", "请安装（apt-get install rsync openssh-client；容器镜像请用 --target rsync 构建），然后启动或放行。"), "", err)
}

func (r *Rsync) otherHost(said string, err error) error {
	return fault(CodeHostKey, press.ClassConfig,
		press.Say("%s shows another key than the one that is known: it was set up anew, or somebody else answers in its stead. Nothing was sent.",
			"%s 的主机密钥与已登记的不同：可能重装过系统，也可能有人冒充该主机。未发送任何内容。", r.config.Host),
		press.Say("Ask whoever runs it. Only if it was set up anew: replace its line in site.place.rsync.known_hosts, then release.",
			"请向该主机的管理方核实；确属重装的，更换 site.place.rsync.known_hosts 中对应的一行后放行。"), fingerprint(said), err)
}

// fingerprint finds the line with the key that was shown.
func fingerprint(said string) string {
	for line := range strings.SplitSeq(said, "\n") {
		if strings.HasPrefix(line, "SHA256:") {
			return strings.TrimSuffix(strings.TrimSpace(line), ".")
		}
	}
	return ""
}

// lastLines returns what a person may read of what was said: not the banner, not rsync's line about its own source code.
func lastLines(said string) string {
	var out []string
	for line := range strings.SplitSeq(said, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "@@@") || strings.HasPrefix(line, "rsync error:") && len(out) > 0 {
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out[max(0, len(out)-3):], " ")
}
