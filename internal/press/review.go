package press

import (
	"slices"
	"time"
)

// Stage is one of the configured steps of review, such as 初审.
type Stage struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
}

// DefaultStages are the three of 三审三校.
func DefaultStages() []Stage {
	return []Stage{
		{Key: "first", Name: Say("First review", "初审")},
		{Key: "second", Name: Say("Second review", "复审")},
		{Key: "final", Name: Say("Final review", "终审")},
	}
}

// SignOff is a person's word that one revision, named by its hash, passes one stage.
type SignOff struct {
	Article    ArticleID   `json:"article"`
	Revision   int         `json:"revision"`
	Hash       ContentHash `json:"hash"`
	Stage      string      `json:"stage"`
	Person     UserID      `json:"person"`
	PersonName string      `json:"person_name"`
	SignedAt   time.Time   `json:"signed_at"`
}

// NextStage returns the first stage that is not signed yet; false when all are.
func NextStage(stages []Stage, signed []SignOff) (Stage, bool) {
	for _, stage := range stages {
		if !slices.ContainsFunc(signed, func(s SignOff) bool { return s.Stage == stage.Key }) {
			return stage, true
		}
	}
	return Stage{}, false
}

// CanSign returns why a person may not sign the next stage of a revision: not a reviewer of that stage, the text is their
// own, or they have signed another stage of it. Writers are those who saved any of the article's revisions: what one of them
// wrote does not become another's by a comma that somebody else changed afterwards.
func CanSign(who Actor, article Article, writers []UserID, stage Stage, signed []SignOff) error {
	if err := who.Require(Reviewer); err != nil {
		return err
	}
	if len(who.Stages) > 0 && !slices.Contains(who.Stages, stage.Key) {
		return Fail(Forbidden, "review.stage", Say("%s does not sign the stage %s.", "%s 不负责%s。", who.Name, stage.Name.EN).zh(
			"%s 不负责%s。", who.Name, stage.Name.ZH))
	}
	if who.ID == article.Author || slices.Contains(writers, who.ID) {
		return Fail(Forbidden, "review.own", Say(
			"%s wrote or changed this text and cannot sign it; another reviewer must.", "%s 写过或改过本稿，不能审核自己的稿件，请由他人审核。", who.Name))
	}
	for _, s := range signed {
		if s.Person == who.ID {
			return Fail(Forbidden, "review.twice", Say(
				"%s has already signed another stage of this revision; each stage needs another person.",
				"%s 已审核过本版本的其他环节，每个环节须由不同的人审核。", who.Name))
		}
	}
	return nil
}

// zh replaces the Chinese sentence where its arguments differ from the English ones.
func (t Text) zh(format string, args ...any) Text {
	t.ZH = Say(format, format, args...).ZH
	return t
}

// Finding is one result of preflight.
type Finding struct {
	Blocks bool   `json:"blocks"` // publishing is refused until it is mended; otherwise advice
	Code   string `json:"code"`   // e.g. "title.long"; stable
	Where  string `json:"where"`  // e.g. "title", "body.blocks[3]"
	Text   Text   `json:"text"`
	Quote  string `json:"quote,omitempty"` // the words around it, where there are some; personal numbers in them are masked
	Meant  bool   `json:"meant,omitempty"` // an editor has said that it is meant, so it does not block
}
