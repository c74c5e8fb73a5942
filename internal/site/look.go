package site

import (
	"fmt"
)

// look is how a site looks: its parsed templates, its style sheet and its signs.
type look struct {
	pages *pages
	style []byte
	icon  sign
	logo  *logo
	band  [2]string // the masthead's colour, by day and by night
}

// sign is a small picture that stands for the school.
type sign struct {
	name string // with its extension
	data []byte
}

// logo is a school's own mark in the masthead. One that is much wider than high holds the name already.
type logo struct {
	sign
	URL           string
	Width, Height int
	Named         bool
}

// loadLook puts together what a theme and a school's own folder give. The school's folder is checked as a whole: a page
// of each kind is made of sample articles, so that nothing fails for the first time when an article is due.
func (c *Config) loadLook() (*look, error) {
	src, err := builtInSources(c.Theme)
	if err != nil {
		return nil, err
	}
	own := sources{}
	l := &look{icon: sign{"icon.svg", src["icon.svg"]}, band: [2]string{"#8f1d22", "#2a181a"}}
	if l.pages, err = parsePages(src, own); err != nil {
		return nil, fmt.Errorf("site: templates of %s: %w", c.Theme, err)
	}
	l.style, err = src.stylesheet(own)
	return l, err
}
