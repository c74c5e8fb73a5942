package wechat

import "newsdesk/internal/press"

// What to do next, where many codes share it.
var (
	fixReport = press.Say("This looks like a fault of Newsdesk: report it with the request id.",
		"这可能是 Newsdesk 的程序问题，请附上请求编号（rid）反馈。")
	fixWait = press.Say("Newsdesk tries again later by itself.", "Newsdesk 稍后会自动重试。")
	fixLook = press.Say("It may have taken effect: Newsdesk looks at the account first. Do not repeat it by hand.",
		"操作可能已经生效：Newsdesk 会先核对账号的实际状态，请勿手动重复操作。")
	fixNetwork = press.Say("Check the network, the proxy and the firewall of this server; Newsdesk tries again by itself.",
		"请检查本服务器的网络、代理和防火墙；Newsdesk 会自动重试。")
	fixSecret = press.Say("Copy the AppID and AppSecret anew from the WeChat console (Settings, Development) into the account's settings.",
		"请在公众平台“设置与开发”中核对 AppID 和 AppSecret，并更新账号设置。")
	fixWhitelist = press.Say("Add this server's public address to the IP whitelist in the WeChat console.",
		"请在公众平台把本服务器的公网 IP 加入 IP 白名单。")
	fixPermission = press.Say("Check in the WeChat console which interfaces this account may use; without certification only drafts can be made.",
		"请在公众平台查看接口权限；未认证的账号只能存草稿，需在公众平台手动发表。")
	fixConsole = press.Say("An administrator signs in to the WeChat console and settles the notice shown there.",
		"请管理员登录公众平台，按提示处理。")
	fixAdmin   = press.Say("The account's administrator answers the request on the phone.", "请公众号管理员在手机上确认。")
	fixPicture = press.Say("Replace the picture: JPEG or PNG, smaller.", "请更换图片：使用 JPEG 或 PNG，并减小体积。")
	fixCover   = press.Say("Choose the cover picture again and save.", "请重新选择封面图片并保存。")
	fixShorten = press.Say("Shorten it in the article.", "请在稿件中缩短。")
	fixArticle = press.Say("Change the article, have it signed off again, and schedule it again.", "请修改稿件，重新审核后再安排推送。")
	fixLinks   = press.Say("Remove or replace the link in the article.", "请删除或更换稿件中的链接。")
	fixEditor  = press.Say("Open the draft in the WeChat console, save it there by hand and publish it from there.",
		"请在公众平台打开该草稿，手动保存并在那里发表。")
	fixTomorrow = press.Say("Wait for the allowance to begin anew, or raise it in the WeChat console.", "请等待额度重置，或在公众平台提升额度。")
	fixReader   = press.Say("Choose another reader; this one cannot be reached.", "请换一个接收者；该用户无法接收。")
	fixLibrary  = press.Say("Delete old material in the WeChat console.", "请在公众平台删除旧素材。")
	fixComments = press.Say("Switch comments off for the article, or ask for the comment function in the WeChat console.",
		"请关闭稿件的留言，或在公众平台开通留言功能。")
)

func bug(en, zh string) meaning {
	return meaning{press.ClassConfig, press.Text{EN: en, ZH: zh}, fixReport}
}

func settings(fix press.Text, en, zh string) meaning {
	return meaning{press.ClassConfig, press.Text{EN: en, ZH: zh}, fix}
}

func content(fix press.Text, en, zh string) meaning {
	return meaning{press.ClassContent, press.Text{EN: en, ZH: zh}, fix}
}

func later(en, zh string) meaning {
	return meaning{press.ClassBackoff, press.Text{EN: en, ZH: zh}, fixWait}
}

func spent(en, zh string) meaning {
	return meaning{press.ClassQuota, press.Text{EN: en, ZH: zh}, fixTomorrow}
}

func perhaps(fix press.Text, en, zh string) meaning {
	return meaning{press.ClassDone, press.Text{EN: en, ZH: zh}, fix}
}

func token(en, zh string) meaning {
	return meaning{press.ClassToken, press.Text{EN: en, ZH: zh}, fixSecret}
}

// meanings holds the platform's codes. Those that depend on the call are in meaningOf.
var meanings = map[int]meaning{
	40001: token("The access token is not the latest.", "access_token 无效或不是最新的。"),
	40014: token("The access token is not valid.", "access_token 不合法。"),
	42001: token("The access token has expired.", "access_token 已过期。"),

	40002: bug("An argument is not valid.", "参数不合法。"),
	40003: settings(fixReader, "The reader's openid is not valid for this account.", "openid 不属于本账号。"),
	40004: content(fixPicture, "The kind of media is not accepted.", "媒体类型不被接受。"),
	40005: content(fixPicture, "The kind of file is not accepted.", "文件类型不被接受。"),
	40006: content(fixPicture, "The file's size is not accepted.", "文件大小不被接受。"),
	40007: perhaps(fixLook, "The draft or material is not there: deleted, or used up by a publication.", "草稿或素材不存在：可能已删除，或已发表而被移出草稿箱。"),
	40008: bug("The kind of message is not valid.", "消息类型不合法。"),
	40009: content(fixPicture, "The picture is too large.", "图片过大。"),
	40010: content(fixPicture, "The voice file is too large.", "语音文件过大。"),
	40011: content(fixPicture, "The video is too large.", "视频过大。"),
	40012: content(fixPicture, "The thumbnail is too large.", "缩略图过大。"),
	40013: settings(fixSecret, "The AppID is wrong.", "AppID 错误。"),
	40031: bug("The list of openids is not valid.", "openid 列表不合法。"),
	40032: bug("The list of openids has a wrong length.", "openid 列表长度不合法。"),
	40033: bug(`The request holds \u escapes.`, `请求中含有 \u 转义字符。`),
	40035: bug("A parameter is not valid.", "参数不合法。"),
	40037: bug("The template id is not valid.", "模板编号不合法。"),
	40059: bug("The id of the mass push is not valid.", "群发消息编号不合法。"),
	40060: bug("The article's number is not valid.", "文章序号不合法。"),
	40065: settings(fixConsole, "This article cannot be deleted through the interface.", "该文章无法通过接口删除。"),
	40066: content(fixLinks, "A link leads to a place that is not allowed.", "含有不允许的链接。"),
	40113: content(fixPicture, "The kind of file is not supported.", "文件类型不支持。"),
	40114: bug("The article's index is not valid.", "文章序号不合法。"),
	40118: bug("The media id has a wrong length.", "media_id 长度不合法。"),
	40121: bug("The media id is of the wrong kind.", "media_id 类型不合法。"),
	40125: settings(fixSecret, "The AppSecret is wrong.", "AppSecret 错误。"),
	40130: bug("A push by openid needs two readers at least.", "按 openid 群发至少需要两个接收者。"),
	40137: content(fixPicture, "The picture's format is not accepted.", "图片格式不被接受。"),
	40152: settings(fixConsole, "The group of readers (tag) does not exist.", "用户标签不存在。"),
	40155: content(fixLinks, "A link leads to another account's home page.", "含有其他公众号主页的链接。"),
	40164: settings(fixWhitelist, "This server's address is not on the account's IP whitelist.", "本服务器的 IP 不在公众号的 IP 白名单中。"),
	40192: content(fixArticle, "The author's name is not accepted.", "作者名称不被接受。"),
	40200: settings(fixPermission, "This kind of account cannot make the call.", "该类型的账号不能调用此接口。"),
	40201: settings(fixConsole, "The callback check has wrong parameters.", "回调检测参数错误。"),
	40202: settings(fixConsole, "The callback check has wrong parameters.", "回调检测参数错误。"),
	40203: settings(fixConsole, "No callback address is set for the account.", "公众号未设置回调地址。"),
	40204: content(fixConsole, "An article that was judged copied or a rumour cannot be deleted.", "被判定为抄袭或谣言的文章无法删除。"),
	40213: content(fixLinks, "A link in the article is not valid.", "文章中的链接标签不合法。"),
	40214: content(fixLinks, "The text of a link in the article is not valid.", "文章中的链接文字不合法。"),
	40215: content(fixArticle, "There are too many pictures.", "图片数量过多。"),
	40227: content(fixArticle, "The title is empty.", "标题为空。"),
	40243: settings(fixSecret, "The AppSecret is frozen.", "AppSecret 已冻结。"),
	40249: content(fixArticle, "The notification's text was judged to be advertising.", "通知内容被判定为营销。"),

	41001: bug("The access token is missing.", "缺少 access_token。"),
	41002: bug("The AppID is missing.", "缺少 AppID。"),
	41003: bug("The refresh token is missing.", "缺少 refresh_token。"),
	41004: bug("The AppSecret is missing.", "缺少 AppSecret。"),
	41005: bug("The upload holds no file.", "上传内容中缺少文件。"),
	41006: bug("The media id is missing.", "缺少 media_id。"),
	41039: content(fixLinks, "The address of the original (阅读原文) is not valid.", "“阅读原文”链接不合法。"),
	41040: content(fixArticle, "The declaration of originality is not met.", "不满足文字原创声明的要求。"),
	42007: settings(fixConsole, "The account's password was changed; it must be authorised again.", "账号密码已修改，需要重新授权。"),
	42010: later("Mass calls follow each other too fast.", "群发接口调用过快。"),
	43001: bug("The call must be a GET.", "该接口须用 GET。"),
	43002: bug("The call must be a POST.", "该接口须用 POST。"),
	43003: bug("The call must use HTTPS.", "该接口须用 HTTPS。"),
	43004: settings(fixReader, "The reader does not follow the account.", "该用户未关注公众号。"),
	43019: settings(fixReader, "The reader is on the account's black list.", "该用户在黑名单中。"),
	43101: settings(fixReader, "The reader refused notifications.", "该用户拒收通知。"),
	43116: settings(fixConsole, "The template is blocked.", "该模板已被封禁。"),

	44001: content(fixPicture, "The file is empty.", "文件为空。"),
	44002: bug("The request is empty.", "请求内容为空。"),
	44003: bug("The list of articles is empty or malformed.", "文章列表为空或结构错误。"),
	44004: content(fixArticle, "The article's text is empty.", "文章内容为空。"),
	45001: content(fixPicture, "The file is too large.", "文件过大。"),
	45002: content(fixShorten, "The body is too long for WeChat.", "正文超过微信的长度限制。"),
	45003: content(fixShorten, "The title is too long for WeChat.", "标题超过微信的长度限制。"),
	45004: content(fixShorten, "The digest is too long for WeChat.", "摘要超过微信的长度限制。"),
	45005: content(fixLinks, "A link is too long.", "链接过长。"),
	45006: content(fixLinks, "A picture's address is too long.", "图片地址过长。"),
	45007: content(fixPicture, "The voice file plays too long.", "语音时长过长。"),
	45008: content(fixArticle, "There are too many articles: 8 at most.", "文章数量过多：最多 8 篇。"),
	45009: spent("The day's allowance for this interface is used up.", "该接口当日的调用额度已用完。"),
	45011: later("Too many calls in this minute.", "本分钟内调用过于频繁。"),
	45015: settings(fixReader, "The reader has not written in the last 48 hours.", "该用户 48 小时内没有互动。"),
	45021: content(fixShorten, "A field is too long.", "某个字段过长。"),
	45028: spent("No mass push is left for this period.", "本周期的群发次数已用完。"),
	45034: content(fixArticle, "The number of files is not allowed.", "文件数量不被允许。"),
	45035: settings(fixWhitelist, "This server's address is not on the account's IP whitelist.", "本服务器的 IP 不在公众号的 IP 白名单中。"),
	45047: settings(fixReader, "Too many messages were sent to this reader.", "发给该用户的消息过多。"),
	45052: content(fixArticle, "This kind of mass message is not allowed.", "不允许该类型的群发消息。"),
	45060: settings(fixConsole, "The material is used by an automatic reply or the menu.", "该素材正被自动回复或菜单使用。"),
	45061: later("Calls follow each other too fast.", "调用过于频繁。"),
	45062: settings(fixConsole, "The advertising contract must be accepted in the WeChat console.", "需先在公众平台签署广告协议。"),
	45065: perhaps(fixLook, "WeChat already has this mass push.", "微信已收到过这次群发。"),
	45066: later("The same mass push was repeated within a minute.", "一分钟内重复提交了同一次群发。"),
	45067: bug("The clientmsgid is too long.", "clientmsgid 过长。"),
	45074: settings(fixLibrary, "The account's library of material is full.", "素材库已满。"),
	45083: bug("The speed of the mass push is out of range.", "群发速度超出范围。"),
	45084: bug("The speed of the mass push is not set.", "未设置群发速度。"),
	45086: content(fixLinks, "A mini-program link holds an AppID that is not valid.", "小程序链接中的 AppID 不合法。"),
	45087: settings(fixReader, "Messages to this reader are blocked.", "发给该用户的消息被限制。"),
	45101: later("The upload limit is reached.", "已达到上传上限。"),
	45102: later("WeChat has blocked the interface for some hours.", "微信暂时限制了该接口。"),
	45103: bug("WeChat no longer supports the interface.", "微信已不再支持该接口。"),
	45110: content(fixShorten, "The author's name is too long for WeChat.", "作者超过微信的长度限制。"),
	45113: content(fixArticle, "Goods and cards are no longer allowed in mass pushes.", "群发中不再允许商品和卡券。"),
	45162: bug("The kind of message is not valid for a mass push.", "群发的消息类型不合法。"),
	45166: content(fixArticle, "The body holds text or markup that WeChat forbids.", "正文含有微信禁止的文字或格式。"),
	45501: later("WeChat has blocked this program's requests for some hours.", "微信暂时限制了本应用的请求。"),
	46001: bug("The media does not exist.", "媒体数据不存在。"),
	47001: bug("WeChat could not read the request.", "微信无法解析请求。"),
	47002: bug(`The request holds \u escapes.`, `请求中含有 \u 转义字符。`),
	47003: content(fixArticle, "A value breaks the notification template's rule.", "通知模板的参数不符合规则。"),

	48001: settings(fixPermission, "This account may not use the interface.", "该账号没有此接口的权限。"),
	48002: settings(fixReader, "The reader refuses messages.", "该用户拒收消息。"),
	48003: settings(fixConsole, "The agreement on mass pushes has not been accepted.", "尚未同意群发协议。"),
	48004: settings(fixConsole, "WeChat has banned the interface for irregularities.", "接口因违规被封禁。"),
	48005: settings(fixConsole, "The material is used by an automatic reply or the menu.", "该素材正被自动回复或菜单使用。"),
	48006: spent("The month's resets of allowances are used up.", "本月清零次数已用完。"),
	48008: settings(fixPermission, "This account may not send this kind of message.", "该账号没有此类消息的权限。"),
	48009: bug("The interface has expired.", "接口已失效。"),
	48012: bug("The token is not valid for this interface.", "该接口的凭证无效。"),
	48013: content(fixEditor, "The video does not come from the new interface.", "视频不是由新接口上传。"),
	48014: content(fixEditor, "The video has not passed review.", "视频审核状态异常。"),
	48015: settings(fixComments, "This account has no comment function.", "该账号没有留言功能。"),
	48021: content(fixEditor, "The draft was last saved automatically by the editor.", "草稿最近一次是编辑器自动保存的。"),
	48022: content(fixEditor, "The draft holds a video uploaded through the interface.", "草稿中含有接口上传的视频。"),
	49003: settings(fixReader, "The openid belongs to another account.", "openid 属于其他账号。"),

	50001: settings(fixPermission, "The interface was not authorised.", "接口未获授权。"),
	50002: settings(fixConsole, "The account is limited, perhaps for irregularities.", "账号受限，可能存在违规。"),
	50004: settings(fixConsole, "The account may not fetch tokens.", "账号被禁止获取 access_token。"),
	50005: settings(fixReader, "The reader does not follow the account.", "该用户未关注公众号。"),
	50007: settings(fixConsole, "The account is frozen.", "账号已被冻结。"),
	53402: content(fixCover, "WeChat could not crop the cover.", "封面裁剪失败。"),
	53404: content(fixArticle, "The account's selling is restricted: remove the goods.", "账号带货能力受限，请删除商品。"),
	53405: content(fixArticle, "The data of the goods is wrong.", "商品信息有误。"),
	53406: settings(fixPermission, "Selling is not enabled for the account.", "账号未开通带货能力。"),
	53500: settings(fixConsole, "The account is banned from publishing.", "账号的发布功能被封禁。"),
	53501: later("Publications follow each other too fast.", "发布过于频繁。"),
	53502: perhaps(fixReport, "WeChat does not know this publication.", "发布任务编号不存在。"),
	53503: content(fixEditor, "The draft did not pass WeChat's check before publishing.", "草稿未通过微信的发布检查。"),
	53504: content(fixEditor, "This draft must be published in the WeChat console.", "该草稿须在公众平台操作。"),
	53505: content(fixEditor, "The draft must first be saved by hand in the WeChat console.", "该草稿须先在公众平台手动保存。"),
	53600: perhaps(fixReport, "WeChat does not know this published article.", "已发布文章的编号不存在。"),

	61004: settings(fixWhitelist, "This server's address is not on the account's IP whitelist.", "本服务器的 IP 不在公众号的 IP 白名单中。"),
	61451: bug("A parameter is not valid.", "参数不合法。"),
	61500: bug("The date's format is not valid.", "日期格式不合法。"),
	61501: bug("The range of dates is not valid.", "日期范围不合法。"),
	61503: later("The statistics are not ready.", "统计数据尚未生成。"),
	70000: settings(fixReader, "The message was refused to protect a minor.", "为保护未成年人，消息被拒绝。"),
	76001: bug("The request id is not known.", "rid 不存在。"),
	76002: bug("The request id is malformed.", "rid 格式错误。"),
	76003: bug("The request id belongs to another account.", "rid 不属于本账号。"),
	76004: bug("The request id is older than seven days.", "rid 已超过七天。"),
	76021: bug("The interface's path is not known.", "接口路径不存在。"),
	76022: bug("The interface does not belong to this account.", "接口不属于本账号。"),

	87009: bug("The signature is not valid.", "签名无效。"),
	88000: settings(fixComments, "This account has no comment function.", "该账号没有留言权限。"),
	88001: settings(fixComments, "The article for comments does not exist.", "留言对应的文章不存在。"),
	88002: settings(fixComments, "The article's comments are restricted for safety.", "文章的留言因安全原因受限。"),
	88003: content(fixComments, "The limit of chosen comments is reached.", "精选留言已达上限。"),
	88004: content(fixComments, "The reader deleted the comment.", "留言已被用户删除。"),
	88005: content(fixComments, "The comment has been answered already.", "留言已回复过。"),
	88006: content(fixComments, "The call about a comment was refused.", "留言操作被拒绝。"),
	88007: content(fixComments, "The reply to a comment is empty or too long.", "留言回复为空或过长。"),
	88008: content(fixComments, "The comment does not exist.", "留言不存在。"),
	88009: content(fixComments, "The reply to a comment does not exist.", "留言回复不存在。"),
	88010: bug("The number of comments asked for is out of range.", "留言数量参数超出范围。"),

	89503: settings(fixAdmin, "Calls from this server wait for the administrator's consent.", "本服务器的调用等待管理员确认。"),
	89504: perhaps(fixAdmin, "The mass push still waits for the administrator's consent.", "群发仍在等待管理员确认。"),
	89505: perhaps(fixAdmin, "The mass push was handed to the administrator for consent.", "群发已提交管理员确认。"),
	89506: settings(fixAdmin, "The administrator refused this server; it is blocked for 24 hours.", "管理员拒绝了本服务器，24 小时内禁止调用。"),
	89507: settings(fixAdmin, "The administrator refused this server; it is blocked for an hour.", "管理员拒绝了本服务器，1 小时内禁止调用。"),
}
