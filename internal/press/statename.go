package press

// Name is the state in words.
func (s State) Name() Text {
	switch s {
	case Planned:
		return Say("planned", "已计划")
	case Ready:
		return Say("ready, draft in the box", "就绪，草稿已入箱")
	case Sending:
		return Say("sending", "正在发送")
	case Sent:
		return Say("sent, accepted by WeChat", "已发出，微信已受理")
	case Unknown:
		return Say("unknown, being looked up", "结果未知，正在核对")
	case Live:
		return Say("live", "已上线")
	case Blocked:
		return Say("blocked", "受阻，待人处理")
	case Cancelled:
		return Say("cancelled", "已取消")
	case Replaced:
		return Say("replaced by a newer revision", "已被新版本替换")
	case Retracted:
		return Say("retracted", "已撤回")
	}
	return Text{EN: string(s), ZH: string(s)}
}

// Name is the state in words.
func (s ArticleState) Name() Text {
	switch s {
	case ArticleDraft:
		return Say("draft", "草稿")
	case ArticleReview:
		return Say("in review", "审核中")
	case ArticleReturned:
		return Say("returned", "已退回")
	case ArticleApproved:
		return Say("approved", "已通过")
	case ArticleWithdrawn:
		return Say("withdrawn", "已撤稿")
	}
	return Text{EN: string(s), ZH: string(s)}
}
