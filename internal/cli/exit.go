package cli

import "newsdesk/internal/press"

// exitCode tells a script the kind of an error.
func exitCode(err error) int {
	switch press.KindOf(err) {
	case press.Invalid, press.TooLarge, press.Unsupported:
		return 2
	case press.NotFound:
		return 3
	case press.Conflict:
		return 4
	case press.Unauthenticated, press.Forbidden:
		return 5
	case press.Unavailable, press.Quota:
		return 6
	}
	return 1
}

func exitCodes(e *env) string {
	return e.say(`Exit codes: 0 done · 1 a fault of Newsdesk · 2 wrong input or usage · 3 no such thing · 4 the state does not
allow it · 5 not known or not allowed · 6 something does not answer; the same may work later.

The server and the token come from --server and --token-file, or NEWSDESK_SERVER and NEWSDESK_TOKEN.`,
		`退出码：0 完成 · 1 程序内部错误 · 2 输入或用法有误 · 3 不存在 · 4 当前状态不允许 · 5 未登录或无权限
· 6 服务无应答，稍后可重试。

服务器与令牌取自 --server 和 --token-file，或环境变量 NEWSDESK_SERVER 和 NEWSDESK_TOKEN。`)
}
