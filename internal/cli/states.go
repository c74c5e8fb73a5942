package cli

import "newsdesk/internal/press"

// stateName is a delivery's state in words.
func stateName(s press.State) press.Text {
	switch s {
	case press.Planned:
		return press.Say("planned", "已计划")
	case press.Ready:
		return press.Say("ready, draft in the box", "就绪，草稿已入箱")
	case press.Sending:
		return press.Say("sending", "正在发送")
	case press.Sent:
		return press.Say("sent, accepted by WeChat", "已发出，微信已受理")
	case press.Unknown:
		return press.Say("unknown, being looked up", "结果未知，正在核对")
	case press.Live:
		return press.Say("live", "已上线")
	case press.Blocked:
		return press.Say("blocked", "受阻，待人处理")
	case press.Cancelled:
		return press.Say("cancelled", "已取消")
	case press.Replaced:
		return press.Say("replaced by a newer revision", "已被新版本替换")
	case press.Retracted:
		return press.Say("retracted", "已撤回")
	}
	return press.Text{EN: string(s), ZH: string(s)}
}
