package app

import "newsdesk/internal/press"

// sample is an article of the sample office.
type sample struct {
	title, digest, column press.Text
	paragraphs            []press.Text
	pictures              int // after that many of the first paragraphs
	first                 int // which picture comes first
}

var (
	columnCollege    = press.Say("News > College news", "新闻资讯 > 学院要闻")
	columnDepartment = press.Say("News > Departments", "新闻资讯 > 院系动态")
	columnCampus     = press.Say("Campus > Clubs", "校园生活 > 社团风采")
	columnNotices    = press.Say("Notices", "通知公告")
)

var sampleLibrary = sample{
	title: press.Say("Sample: the library stays open longer", "示例：图书馆延长开放时间"), column: columnNotices,
	paragraphs: []press.Text{press.Say(
		"From next week the sample library is open until half past ten in the evening, and all day on Sundays.",
		"自下周起，示例图书馆开放时间延长至晚上十点半，周日全天开放。")},
}

var sampleLecture = sample{
	title: press.Say("Sample: a lecture on spoken history", "示例：口述史讲座走进校园"), column: columnDepartment, pictures: 1, first: 1,
	paragraphs: []press.Text{
		press.Say("The sample department invited two speakers, who told how they collect the memories of a street.",
			"示例院系邀请两位主讲人，介绍如何收集一条老街的记忆。"),
		press.Say("More than eighty listeners came, and stayed for an hour of questions.", "八十余名师生到场，互动环节持续近一小时。"),
	},
}

var sampleSports = sample{
	title: press.Say("Sample: autumn games in the sun", "示例：秋季运动会圆满落幕"), column: columnCollege, pictures: 2,
	digest: press.Say("Two days, thirty events, and one record.", "两天时间，三十个项目，一项纪录被刷新。"),
	paragraphs: []press.Text{
		press.Say("The sample college held its autumn games over two days. Thirty events were on the programme.",
			"示例学院秋季运动会历时两天，共设三十个比赛项目。"),
		press.Say("The relay of the first-year students set a new record of the college.", "一年级接力队刷新了学院纪录。"),
		press.Say("The games ended with a parade of all clubs.", "运动会在各社团的巡游中落下帷幕。"),
	},
}

var sampleSafety = sample{
	title: press.Say("Sample: a month for safety in laboratories", "示例：实验室安全月启动"), column: columnDepartment, pictures: 1, first: 1,
	paragraphs: []press.Text{
		press.Say("All laboratories of the sample college practise for emergencies this month.", "本月，示例学院各实验室将开展应急演练。"),
		press.Say("Every group names a person who checks the list each week.", "各课题组指定安全员，每周对照清单自查。"),
	},
}

var sampleVolunteers = sample{
	title: press.Say("Sample: volunteers read to children on Saturdays", "示例：志愿者周末为孩子读书"), column: columnCampus, pictures: 1, first: 2,
	paragraphs: []press.Text{
		press.Say("Twelve students read picture books to children of the neighbourhood every Saturday.", "十二名学生每周六为社区孩子朗读绘本。"),
		press.Say("The club looks for more voices until the end of the month.", "社团本月底前继续招募朗读志愿者。"),
	},
}

var sampleAlumni = sample{
	title: press.Say("Sample: 150 alumni come back for a day", "示例：150 名校友返校共叙情谊"), column: columnCollege, pictures: 1,
	paragraphs: []press.Text{
		press.Say("On Saturday 120 alumni of the sample college met where they once studied.", "周六，120 名校友回到示例学院，重访学习过的地方。"),
		press.Say("They planted a tree in front of the old building.", "校友们在老楼前种下一棵树。"),
	},
}

var sampleRain = sample{
	title: press.Say("Sample: the open-air cinema on Friday", "示例：周五露天电影预告"), column: columnCampus,
	paragraphs: []press.Text{press.Say("Bring a chair and a blanket; the film begins at eight.", "请自带椅子和毛毯，电影八点开始。")},
}

var sampleOpening = sample{
	title: press.Say("Sample: the new workshop opens its doors", "示例：新实训中心启用"), column: columnCollege, pictures: 2, first: 1,
	digest: press.Say("Forty places, open to every department.", "四十个工位，面向全院开放。"),
	paragraphs: []press.Text{
		press.Say("The sample college has opened a workshop with forty places.", "示例学院新建的实训中心正式启用，设有四十个工位。"),
		press.Say("It is open to every department and, on Wednesdays, to schools of the town.", "中心面向全院开放，每周三接待本市中小学。"),
	},
}

var sampleChoir = sample{
	title: press.Say("Sample: the choir sings by the lake", "示例：合唱团湖畔音乐会"), column: columnCampus, pictures: 1, first: 2,
	paragraphs: []press.Text{
		press.Say("The choir of the sample college sang at sunset for two hundred listeners.", "示例学院合唱团在日落时分为两百余名听众献唱。"),
		press.Say("The next concert is in December.", "下一场音乐会将于十二月举行。"),
	},
}

var sampleAward = sample{
	title: press.Say("Sample: a student team wins the bridge contest", "示例：学生团队获桥梁模型竞赛第一名"), column: columnCollege, pictures: 2,
	digest: press.Say("A bridge of paper carries 62 kilograms.", "一座纸桥，承重 62 公斤。"),
	paragraphs: []press.Text{
		press.Say("A bridge made of paper carried 62 kilograms, more than any other.", "示例学院学生团队用纸搭建的桥承重 62 公斤，位列第一。"),
		press.Say("The team practised for three months.", "团队为此准备了三个月。"),
	},
}

var sampleCanteen = sample{
	title: press.Say("Sample: the canteen listens", "示例：食堂开放日听取师生意见"), column: columnNotices, pictures: 1, first: 1,
	paragraphs: []press.Text{
		press.Say("Sixty students tasted new dishes and said what they think of them.", "六十名学生代表试吃新菜品并提出意见。"),
		press.Say("Three dishes stay on the menu.", "其中三道菜将保留在菜单上。"),
	},
}

var sampleBus = sample{
	title: press.Say("Sample: the shuttle bus leaves earlier", "示例：校园班车发车时间调整"), column: columnNotices, pictures: 1, first: 2,
	paragraphs: []press.Text{press.Say("From Monday the first bus leaves at twenty to seven.", "自周一起，首班车发车时间调整为六点四十分。")},
}
