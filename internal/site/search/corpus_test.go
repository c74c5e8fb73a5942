package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// vocabulary is what a college's news is made of, the most frequent first. Put together at random it makes more different pairs of characters than
// people's sentences do, which is the harder case for filters.
var vocabulary = strings.Fields(`学校 学生 学院 工作 教育 发展 建设 教师 技术 人才 培养 专业 服务 活动 企业 创新 组织 开展 举行 会议 领导 党委 书记 校长 老师 同学
	教学 实训 合作 产业 职业 技能 大赛 项目 管理 安全 生产 检查 学习 思想 精神 主题 社会 实践 志愿 文化 校园 体育 运动 比赛 荣获 一等奖 二等奖 三等奖 选手 团队
	代表 出席 主持 强调 指出 要求 认真 贯彻 落实 推进 深化 改革 高质量 融合 产教 校企 基地 揭牌 签约 仪式 交流 座谈 调研 考察 来访 参观 介绍 情况 汇报 听取 充分 肯定
	成绩 经验 做法 下一步 希望 加强 提升 水平 能力 素质 综合 评价 体系 标准 课程 教材 课堂 示范 名师 讲坛 讲座 报告 邀请 专家 教授 主任 院长 处长 部长 科研 成果 论文 专利
	智能 制造 机电 数控 焊接 汽车 新能源 护理 学前 会计 电商 物流 旅游 烹饪 建筑 装饰 计算机 网络 人工 数据 平台 系统 设备 图书馆 宿舍 食堂 操场 体育馆 礼堂 教室 车间
	新生 毕业 就业 招聘 招生 报到 军训 开学 典礼 迎新 晚会 演出 合唱 书法 绘画 摄影 展览 颁奖 表彰 先进 优秀 模范 劳动 奖学金 助学 资助 困难 家庭 家长 访问 关爱 心理 健康
	防疫 消防 演练 应急 疏散 急救 交通 食品 卫生 环保 节能 垃圾 分类 植树 献血 捐赠 慰问 老人 社区 乡村 振兴 扶贫 对口 支援 新疆 西藏 山东 济南 北京 上海 国际 留学 英语
	春天 夏季 秋季 寒假 暑假 国庆 中秋 元旦 清明 端午 五四 七一 教师节 青年节 运动会 文化节 艺术节 科技节 读书 阅读 经典 传统 非遗 剪纸 陶艺 京剧 舞蹈 篮球 足球 乒乓球 羽毛球
	现场 气氛 热烈 掌声 精彩 展示 风采 激发 热情 凝聚 力量 担当 使命 责任 奋斗 青春 梦想 未来 时代 国家 民族 人民 中国 全国 全省 全市 集团 公司 董事长 总经理 工程师 工匠
	的 了 在 和 与 为 是 对 等 将 并 从 以 及 中 上 下 各 新 大 全 更 好 共 于 到 有 不 要 进行 通过 围绕 以及 同时 此次 本次 近日 上午 下午 期间 结合 坚持 进一步`)

var surnames, given = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"),
	[]rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力玲俊建国庆华志海燕红梅春雪晓东宁晨曦子涵宇轩欣怡梓萱浩然思远佳琪雨桐嘉懿泽洋一诺若溪诗琪俊熙博文天佑艺馨可欣")

// author writes articles that are the same for the same seed.
type author struct{ *rand.Rand }

func newAuthor(seed uint64) author { return author{rand.New(rand.NewPCG(seed, 7))} }

func (a author) word() string {
	u := a.Float64()
	return vocabulary[int(u*u*float64(len(vocabulary)))] // the first ones more often
}

func (a author) name() string {
	n := string(surnames[a.IntN(len(surnames))])
	for range 1 + a.IntN(2) {
		n += string(given[a.IntN(len(given))])
	}
	return n
}

func (a author) phrase(words int) string {
	var out strings.Builder
	for range words {
		out.WriteString(a.word())
	}
	return out.String()
}

func (a author) text(runes int) string {
	var out strings.Builder
	for n := 0; n < runes; {
		s := a.phrase(4 + a.IntN(6))
		switch a.IntN(12) {
		case 0:
			s += a.name() + "、" + a.name()
		case 1:
			s += fmt.Sprint(1+a.IntN(3000)) + "人"
		case 2:
			s += " " + [...]string{"AI", "5G", "Python", "Photoshop", "WorldSkills", "ISO 9001"}[a.IntN(6)] + " "
		}
		s += [...]string{"，", "，", "。", "；", "。\n"}[a.IntN(5)]
		out.WriteString(s)
		n += len([]rune(s))
	}
	return out.String()
}

// begun is when the first article of a corpus was published.
var begun = time.Date(2016, 1, 4, 8, 0, 0, 0, time.UTC)

// article is the n-th of an archive, of which there is one every so often.
func (a author) article(n int, every time.Duration) Article {
	at := begun.Add(time.Duration(n) * every).Truncate(time.Second)
	id := fmt.Sprintf("%026d", n)
	return Article{
		ID: press.ArticleID(id), Path: "a/" + at.Format("2006/01/") + id + ".html", Title: a.phrase(6 + a.IntN(5)),
		Column: [...]string{"新闻资讯 › 集团新闻", "新闻资讯 › 校园动态", "通知公告"}[n%3], PublishedAt: at, Day: at.Format(time.DateOnly),
		Text: a.text(300 + a.IntN(1400)),
	}
}
