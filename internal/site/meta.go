package site

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// DefaultMeta is what the line below an article's title says where nothing else is asked for.
func DefaultMeta() []string { return []string{"source", "date", "author", "photos", "reviewer"} }

// MetaNames returns everything that the line below an article's title can say. What it leaves out of an article's credits
// stands at the end of the text.
func MetaNames() []string {
	return []string{"source", "date", "author", "photos", "editor", "reviewer"}
}

func (c *Config) fillMeta() error {
	if c.Meta == nil {
		c.Meta = DefaultMeta()
	}
	for i, name := range c.Meta {
		switch {
		case !slices.Contains(MetaNames(), name):
			return badConfig("meta", name+" is none of "+strings.Join(MetaNames(), ", "), "没有 "+name+" 这一项，可选："+strings.Join(MetaNames(), "、"))
		case slices.Contains(c.Meta[:i], name):
			return badConfig("meta", name+" is named twice", name+" 重复")
		}
	}
	return nil
}

// maxFiling bounds the ICP filing number, in characters. Real ones have about twenty.
const maxFiling = 60

func checkFiling(number string) error {
	if utf8.RuneCountInString(number) > maxFiling {
		return badConfig("icp", fmt.Sprintf("it has more than %d characters", maxFiling), fmt.Sprintf("超过 %d 个字", maxFiling))
	}
	return nil
}
