package articles

import (
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// step is a line of the answer to a script that watches its parcel being read. One of its fields is set.
type step struct {
	Reading    bool          `json:"reading,omitempty"`    // the upload is in, the document is being read
	Understood *understood   `json:"understood,omitempty"` // and now its photos are
	Begins     *int          `json:"begins,omitempty"`     // the photo whose turn it is
	Done       *photoStep    `json:"done,omitempty"`       // a photo that was taken or left out
	Location   string        `json:"location,omitempty"`   // the end: where the parcel is seen
	Refused    *page.Refusal `json:"refused,omitempty"`    // the other end
}

type understood struct {
	Document string   `json:"document"`
	Title    string   `json:"title"`
	Photos   []string `json:"photos"`
}

type photoStep struct {
	Photo  int          `json:"photo"` // its place in understood.Photos
	Digest press.Digest `json:"digest,omitempty"`
	Text   string       `json:"text,omitempty"` // why it was left out
}

// handInWatched takes a parcel in and tells the script photo by photo how far that is. Its work is that of handIn; it says no
// more than two lines for each photo, of which a parcel has a bounded number.
func (h handlers) handInWatched(r *page.Request, work desk.HandIn) {
	lines := r.Lines()
	lines.Send(step{Reading: true})
	work.Understood = func(u desk.Understood) {
		lines.Send(step{Understood: &understood{Document: u.Document, Title: u.Title, Photos: u.Photos}})
	}
	work.Begins = func(photo int) { lines.Send(step{Begins: &photo}) }
	work.Progress = func(p desk.PhotoDone) {
		done := photoStep{Photo: p.Index, Digest: p.Photo.Digest}
		if p.Err != nil {
			done.Digest, done.Text = "", r.Say(press.TextOf(p.Err))
		}
		lines.Send(step{Done: &done})
	}
	handed, err := h.Desk.HandIn(r.Context(), r.Actor, work)
	if err != nil {
		lines.Send(step{Refused: r.Told(err)})
		return
	}
	lines.Send(step{Location: understoodPath(handed)})
}
