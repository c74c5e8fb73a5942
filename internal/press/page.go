package press

import (
	"fmt"
	"time"
)

// Page is an article as every website gets it, whatever kind of target that is.
type Page struct {
	ID          ArticleID
	Revision    int // of the article
	Content     Content
	PublishedAt time.Time // when readers of this target could first open it
	UpdatedAt   time.Time // when this revision went live there
	Corrections []Correction
	Captions    CaptionStyle           // of its column
	Renditions  map[Digest][]Rendition // website sizes by the digest of the original, smallest first; the cover's too
	Agreed      string                 // PageFault.Seen that a person was asked about and has agreed to overwrite
}

// PagePlace is what Newsdesk remembers of an article's page at a target.
type PagePlace struct {
	Target  string
	Article ArticleID
	Remote  string // the page's id there
	Mark    string // what was last written, in the target's own terms; at most MaxPlaceMark bytes
	Address string // where readers find it
}

// PhotoPlace is what Newsdesk remembers of a photo at a target.
type PhotoPlace struct {
	Target  string
	Digest  Digest // of the bytes that were uploaded
	Remote  string // the photo's id there
	Address string
}

// MaxPlaceMark bounds PagePlace.Mark, in bytes.
const MaxPlaceMark = 4 << 10

// CodePageEdited is the code of a fault that means: somebody changed the page there since Newsdesk wrote it. A person is asked;
// whoever releases the delivery agrees to overwrite what was Seen, and nothing else.
const CodePageEdited = "page.edited"

// PageFault is why a page could not be brought to a target, or taken off it. It holds no secret.
type PageFault struct {
	Code   string // stable, e.g. "wordpress.login"
	Class  Class  // ClassBackoff is tried again; ClassConfig and ClassContent ask a person at once
	Text   Text   // what happened
	Fix    Text   // what to do
	Whose  Role   // whose turn it is; empty: an editor's
	Seen   string // with CodePageEdited: a short mark of what was found there
	Answer string // the target's own words, bounded
	Wait   time.Duration
	Err    error
}

func (f *PageFault) Error() string {
	if f.Answer != "" {
		return fmt.Sprintf("%s: %s (%s)", f.Code, f.Text.EN, f.Answer)
	}
	return f.Code + ": " + f.Text.EN
}

func (f *PageFault) Unwrap() error { return f.Err }

// kind is what a program can do about the fault.
func (f *PageFault) kind() Kind {
	switch f.Class {
	case ClassConfig, ClassContent:
		return Conflict
	case ClassQuota:
		return Quota
	}
	return Unavailable
}
