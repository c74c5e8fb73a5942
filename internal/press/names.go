package press

// Name is the role in words.
func (r Role) Name() Text {
	switch r {
	case Contributor:
		return Say("Contributor", "投稿人")
	case Reviewer:
		return Say("Reviewer", "审核人")
	case Editor:
		return Say("Editor", "编辑")
	case Administrator:
		return Say("Administrator", "管理员")
	}
	return Text{EN: string(r), ZH: string(r)}
}

// Name is the mode in words.
func (m Mode) Name() Text {
	switch m {
	case ModeDraft:
		return Say("Draft box", "存入草稿箱")
	case ModePublish:
		return Say("Publish", "发布")
	case ModeMass:
		return Say("Mass push", "群发")
	}
	return Text{EN: string(m), ZH: string(m)}
}

// Name is the kind of target in words.
func (k TargetKind) Name() Text {
	if k == TargetSite {
		return Say("Website", "网站")
	}
	return Say("WeChat", "微信")
}
