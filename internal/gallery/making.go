package gallery

import (
	"context"
	"strings"
	"time"
	"unicode"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// recordOf is what is kept of what a file says about itself.
func recordOf(info photo.Info) press.Photo {
	return press.Photo{
		Format: info.Format, Width: info.Width, Height: info.Height, HasGPS: info.HasGPS, Profile: keepable(info.Profile),
		TakenAt: wall(info.TakenAt), Device: keepable(info.Device), Artist: keepable(info.Artist), Removed: info.Removed,
	}
}

// wall is what the camera's clock showed, as if it were UTC: few files say a zone, and photos of one day are put in order by the
// same clock whether they do or not.
func wall(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}

// maxSaid bounds what a file may say of its camera or photographer, in characters: as many as a credit may have.
const maxSaid = press.MaxCreditRunes

// keepable is a text of a file as one line that a database keeps: no photo is refused for what it says of itself.
func keepable(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))), " ")
	if runes := []rune(s); len(runes) > maxSaid {
		return string(runes[:maxSaid])
	}
	return s
}

// aim gives the jobs of a photo that is taken their frames: what is known of it, of when it was taken before, so that its
// crops are found again; otherwise it is to be looked for. The photo's flight must be held.
func (g *Gallery) aim(ctx context.Context, jobs []photo.Job, from source) error {
	if from.focus == nil {
		return nil
	}
	known, err := g.Store.Photo(ctx, from.digest)
	if err != nil && press.KindOf(err) != press.NotFound {
		return err
	}
	*from.focus = known.Focus
	for i := range jobs {
		jobs[i].Frame = press.Frame{Focus: known.Focus}
		jobs[i].Find = known.Focus == (press.Point{})
	}
	return nil
}
