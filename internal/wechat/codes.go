package wechat

import (
	"time"

	"newsdesk/internal/press"
)

// meaning is what a code says and what can be done about it.
type meaning struct {
	class press.Class
	text  press.Text
	fix   press.Text
}

// meaningOf finds what a code means for a call; some codes mean different things in different calls.
func meaningOf(c call, code int) meaning {
	switch {
	case busyCodes[code]:
		return busy(c, code)
	case code == 40001 && c.name == tokenCall:
		return meaning{press.ClassConfig, press.Say("The AppSecret is wrong.", "AppSecret 错误。"), fixSecret}
	case code == 40007 && c.name == draftAdd.name:
		return meaning{press.ClassContent, press.Say(
			"The cover picture is not permanent material of this account.", "封面图片不是本账号的永久素材。"), fixCover}
	}
	if m, ok := meanings[code]; ok {
		return m
	}
	return unknownCode(c, code)
}

// busyCodes say that the platform stumbled, not that it refused.
var busyCodes = map[int]bool{-1: true, 45085: true, 61450: true, 268487001: true, 268487002: true, 268488001: true}

func busy(c call, code int) meaning {
	m := meaning{press.ClassBackoff, press.Say("WeChat's system is busy.", "微信系统繁忙。"), fixWait}
	switch {
	case c.effect == once:
		m.class, m.fix = press.ClassDone, fixLook
	case c.effect == reads && code == -1:
		m.class = press.ClassNow
	}
	return m
}

// unknownCode is a refusal by default; of the calls that cannot be taken back nothing is assumed.
func unknownCode(c call, code int) meaning {
	m := meaning{press.ClassConfig, press.Say(
		"WeChat refused with code %d, which Newsdesk does not know.", "微信返回了 Newsdesk 未知的错误码 %d。", code), fixReport}
	if c.name == submit.name || c.name == sendAll.name {
		m.class, m.fix = press.ClassDone, fixLook
	}
	return m
}

// platformZone is where the platform's days begin.
var platformZone = time.FixedZone("CST", 8*3600)

// wait is how long at least nothing is worth trying after a code. The hour at which daily counters begin anew is not
// documented; midnight in China is assumed.
func (a *Account) wait(code int) time.Duration {
	haste := time.Duration(max(1, a.cfg.Haste))
	switch code {
	case 45011, 45061, 42010:
		return time.Minute / haste
	case 45066:
		return 65 * time.Second / haste // a minute, and some for clocks that differ
	case 53501:
		return 10 * time.Minute / haste
	case 45101, 45102, 45501, 61503, 89507:
		return time.Hour / haste
	case 89506:
		return 24 * time.Hour
	case 45009:
		return a.untilMidnight()
	case 48006:
		return a.untilMonth()
	case 45028:
		if a.cfg.Kind == KindService {
			return a.untilMonth()
		}
		return a.untilMidnight()
	}
	return 0
}

func (a *Account) untilMidnight() time.Duration {
	now := a.now().In(platformZone)
	return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, platformZone).Sub(now)
}

func (a *Account) untilMonth() time.Duration {
	now := a.now().In(platformZone)
	return time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, platformZone).Sub(now)
}
