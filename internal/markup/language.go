package markup

import (
	"unicode"

	"newsdesk/internal/press"
)

// Language tells in which language a content is written, for labels and typography.
func Language(c press.Content) press.Lang {
	return languageOf(c.Title + "\n" + c.Body.Text())
}

// languageOf weighs Chinese characters against words in other letters, one against one. A Chinese text with English names
// in it is Chinese, and an English text with the Chinese of its names in brackets is English.
func languageOf(s string) press.Lang {
	han, words, inWord := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			inWord = false
		case unicode.IsLetter(r):
			if !inWord {
				words++
			}
			inWord = true
		case r != '\'' && r != '’':
			inWord = false
		}
	}
	if han > 0 && han >= words || han == 0 && words == 0 {
		return press.Chinese
	}
	return press.English
}

// langTag is what stands in a lang attribute.
func langTag(lang press.Lang) string {
	if lang == press.Chinese {
		return "zh-CN"
	}
	return "en"
}

// Credit is one line of an article's credits.
type Credit struct{ Label, Name string }

// Credits returns the credits that there are, with their labels in a language, in the order in which they are printed.
func Credits(c press.Credits, lang press.Lang) []Credit {
	all := []struct {
		label press.Text
		name  string
	}{
		{press.Say("Text", "供稿"), c.Text},
		{press.Say("Photos", "摄影"), c.Photos},
		{press.Say("Editor", "编辑"), c.Editor},
		{press.Say("Reviewed by", "审核"), c.Reviewer},
		{press.Say("Source", "来源"), c.Source},
	}
	var out []Credit
	for _, line := range all {
		if line.name != "" {
			out = append(out, Credit{line.label.In(lang), line.name})
		}
	}
	return out
}

func colon(lang press.Lang) string {
	if lang == press.Chinese {
		return "："
	}
	return ": "
}
