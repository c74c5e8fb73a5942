package press

import (
	"slices"
	"strings"
	"testing"
)

func TestColumnRulesHold(t *testing.T) {
	t.Parallel()
	all := []RuledColumn{
		{Column: Column{"新闻"}, Rules: ColumnRules{PhotosLeast: 2, PhotosMost: 5, WordsLeast: 300, Credits: []Credit{CreditText}}},
		{Column: Column{"新闻", "集团"}, Rules: ColumnRules{PhotosLeast: 3, Digest: true}},
		{Column: Column{"新闻", "简讯"}, Rules: ColumnRules{Alone: true, WordsMost: 200}},
		{Column: Column{"新闻", "图集"}, Rules: ColumnRules{PhotosLeast: 9, Credits: []Credit{CreditPhotos}}},
		{Column: Column{"新闻", "一图"}, Rules: ColumnRules{PhotosMost: 1}},
	}
	for path, want := range map[string]ColumnRules{
		"":        {Version: 1},
		"通知":      {Version: 1},
		"新闻":      all[0].Rules,
		"新闻›其他":   all[0].Rules,
		"新闻›集团":   {PhotosLeast: 3, PhotosMost: 5, WordsLeast: 300, Credits: []Credit{CreditText}, Digest: true},
		"新闻›集团›内": {PhotosLeast: 3, PhotosMost: 5, WordsLeast: 300, Credits: []Credit{CreditText}, Digest: true},
		"新闻›简讯":   all[2].Rules,
		"新闻›图集":   {PhotosLeast: 9, WordsLeast: 300, Credits: []Credit{CreditPhotos}}, // 9 of at most 5 nobody can hand in
		"新闻›一图":   {PhotosMost: 1, WordsLeast: 300, Credits: []Credit{CreditText}},
	} {
		got := RulesFor(ParseColumn(path), all)
		a, _ := got.Encode()
		if b, _ := want.Encode(); a != b {
			t.Errorf("%s: got %s, want %s", path, a, b)
		}
	}
}

func TestBrokenRules(t *testing.T) {
	t.Parallel()
	digest := func(s string) Digest { return DigestOf([]byte(s)) }
	photos := map[Digest]Photo{
		digest("a"): {Name: "包/运动会.jpg", Width: 800, Height: 1200}, digest("b"): {Name: "13800138000.jpg", Width: 640, Height: 480},
		digest("c"): {Name: "c.jpg", Width: 4000, Height: 3000},
	}
	c := Content{
		Column: Column{"新闻", "集团"}, Credits: Credits{Text: "示例"},
		Body: Body{Blocks: []Block{
			Paragraph{Text: []Run{{Text: "今天 2 个 well-known words 3.14，好。"}}},
			Picture{Photo: digest("c"), Caption: "不算字数"},
			Gallery{Photos: []Picture{{Photo: digest("a")}, {Photo: digest("b")}, {Photo: digest("c")}}},
		}},
	}
	const words = 8 // 今 天 2 个 well-known words 3.14 好
	if n := CountWords(c.Body.Text()); n != words {
		t.Errorf("counted %d words, want %d", n, words)
	}
	for _, tc := range []struct {
		rules             ColumnRules
		code, where, said string
	}{
		{ColumnRules{PhotosLeast: 5}, "rules.photos_few", "body", "栏目“新闻 › 集团”要求至少 5 张图片，现有 3 张，请补充 2 张。"},
		{ColumnRules{PhotosMost: 2}, "rules.photos_many", "body", "栏目“新闻 › 集团”最多 2 张图片，现有 3 张，请减少 1 张。"},
		{ColumnRules{PhotoWidth: 900}, "rules.photo_small", "body.blocks[2].photos[0]", "运动会.jpg（800 × 1200）、138****8000.jpg（640 × 480）"},
		{ColumnRules{PhotoLonger: 1000}, "rules.photo_small", "body.blocks[2].photos[1]", "长边不小于 1000 像素，偏小的有：138****8000.jpg（640 × 480）。"},
		{ColumnRules{WordsLeast: 10}, "rules.words_few", "body", "要求正文至少 10 字，现有 8 字，还差 2 字。"},
		{ColumnRules{WordsMost: 5}, "rules.words_many", "body", "要求正文不超过 5 字，现有 8 字，请删减 3 字。"},
		{ColumnRules{Credits: AllCredits()}, "rules.credits", "credits", "缺少：摄影、编辑、审核、来源，请补充。"},
		{ColumnRules{Digest: true}, "rules.digest", "digest", "要求填写摘要，请补充。"},
		{ColumnRules{PhotosLeast: 3, PhotosMost: 3, PhotoWidth: 640, WordsLeast: 8, WordsMost: 8, Credits: []Credit{CreditText}}, "", "", ""},
		{ColumnRules{}, "", "", ""},
	} {
		got := tc.rules.Broken(c, photos)
		if tc.code == "" {
			if len(got) != 0 || RulesRefusal(got) != nil {
				t.Errorf("%+v: broken: %+v", tc.rules, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Code != tc.code || got[0].Where != tc.where || !strings.Contains(got[0].Text.ZH, tc.said) || got[0].Text.EN == "" || !got[0].Blocks {
			t.Errorf("%+v: got %+v, want %s at %s", tc.rules, got, tc.code, tc.where)
		}
		if CheckPlace(got[0].Where, c) != nil {
			t.Errorf("%s is no place", got[0].Where)
		}
	}
	err := RulesRefusal(ColumnRules{PhotosLeast: 5, Digest: true}.Broken(c, photos))
	if KindOf(err) != Invalid || CodeOf(err) != "rules.photos_few" || strings.Count(TextOf(err).ZH, "。") != 2 || !IsRule(CodeOf(err)) {
		t.Errorf("refused with %v", err)
	}
	for _, bad := range []ColumnRules{{PhotosLeast: -1}, {PhotosMost: 201}, {PhotosLeast: 3, PhotosMost: 2}, {WordsLeast: 9, WordsMost: 8}, {Credits: []Credit{"x"}}, {Credits: []Credit{CreditText, CreditText}}} {
		if err := bad.Check(); KindOf(err) != Invalid || !IsRule(CodeOf(err)) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	tree := ColumnTree{{"新闻"}, {"新闻", "集团"}, {"新闻", "集团", "内"}, {"通知"}}
	where := func(next ColumnTree, changed Column) (out []string) {
		follow := tree.Follow(next, changed)
		for _, c := range tree {
			if to, ok := follow(c); ok {
				out = append(out, to.String())
			}
		}
		return out
	}
	renamed, _, _ := tree.Rename(Column{"新闻"}, "要闻")
	moved, _, _ := tree.Place(Column{"新闻", "集团"}, Column{"通知"}, 0)
	removed, _ := tree.Remove(Column{"新闻", "集团"})
	added, _ := tree.Add(Column{"新闻", "图集"})
	same, _, _ := tree.Place(Column{"通知"}, nil, 0)
	for _, tc := range []struct {
		next    ColumnTree
		changed Column
		want    []string
	}{
		{renamed, Column{"新闻"}, []string{"要闻", "要闻 › 集团", "要闻 › 集团 › 内", "通知"}},
		{moved, Column{"新闻", "集团"}, []string{"新闻", "通知 › 集团", "通知 › 集团 › 内", "通知"}},
		{removed, Column{"新闻", "集团"}, []string{"新闻", "通知"}},
		{added, Column{"新闻", "图集"}, []string{"新闻", "新闻 › 集团", "新闻 › 集团 › 内", "通知"}},
		{same, Column{"通知"}, []string{"新闻", "新闻 › 集团", "新闻 › 集团 › 内", "通知"}},
	} {
		if got := where(tc.next, tc.changed); !slices.Equal(got, tc.want) {
			t.Errorf("%s changed: %v, want %v", tc.changed, got, tc.want)
		}
	}
}
