package editor

import (
	"math"
	"net/url"
	"slices"
	"strconv"

	"newsdesk/internal/press"
)

// plainCover is the cover in the form without scripts: which photo, and the point in it that both parts are put around, in
// percent of its width and height.
type plainCover struct {
	Photo press.Digest
	X, Y  int
}

func plainCoverOf(c press.Cover) plainCover {
	percent := func(v float64) int { return int(math.Round(v * 100)) }
	return plainCover{c.Photo, percent(c.Focus.X), percent(c.Focus.Y)}
}

// over applies what was chosen to the cover that the form was made of. Parts that were set by hand stay until the photo or the
// point is another one; a new photo without a new point is cut around what it is about.
func (p plainCover) over(was press.Cover) (press.Cover, error) {
	before := plainCoverOf(was)
	if p == before || p.Photo == "" {
		return was, nil
	}
	if !p.Photo.Valid() || p.X < 0 || p.X > 100 || p.Y < 0 || p.Y > 100 {
		return was, press.Fail(press.Invalid, "cover.point", press.Say(
			"The cover’s focal point is two numbers from 0 to 100: how far from the left, and how far from the top.",
			"封面焦点须为两个 0 至 100 的数：距左边多少、距上边多少。"))
	}
	next := press.Cover{Photo: p.Photo}
	if p.X != before.X || p.Y != before.Y {
		// 0,0 would mean that nothing was said
		next.Focus = press.Point{X: max(float64(p.X), 0.01) / 100, Y: max(float64(p.Y), 0.01) / 100}
	}
	return next, nil
}

// Shot is the address of the cover as it was when the form was made.
func (f plainForm) Shot(recipe string) string {
	frame := f.was.Frame(press.Recipe(recipe)).String()
	return "/photos/" + string(f.was.Photo) + "/" + recipe + "?frame=" + url.QueryEscape(frame)
}

// coverChoice is a photo that may be the cover.
type coverChoice struct {
	Digest press.Digest
	Name   string
}

// coverChoices are an article's photos, each once.
func coverChoices(digests []press.Digest, photos map[press.Digest]photoInfo) []coverChoice {
	var out []coverChoice
	for _, digest := range digests {
		known, ok := photos[digest]
		if !ok || slices.ContainsFunc(out, func(c coverChoice) bool { return c.Digest == digest }) {
			continue
		}
		out = append(out, coverChoice{digest, strconv.Itoa(len(out)+1) + " · " + known.Name})
	}
	return out
}
