package intake

import (
	"bytes"
	"image"
	_ "image/gif" // their sizes are compared
	_ "image/jpeg"
	_ "image/png"

	"newsdesk/internal/press"
)

// original finds the file that was handed in beside the document and that a picture in it was made of: it has the name
// that the document kept, the same shape, and more of the picture. Word makes pictures smaller when it saves.
func (w *word) original(p picture, stored storedPicture) (int, bool) {
	name := fileIn(p.name)
	if !isPhoto(name) || machineName.MatchString(name) {
		return 0, false
	}
	found := w.d.shelf.find(name)
	if len(found) != 1 || found[0] >= w.d.shelf.handed {
		return 0, false
	}
	inside, known := sizeOf(stored.entry)
	beside, also := sizeOf(w.d.shelf.files[found[0]])
	if !known || !also || beside.X <= inside.X || beside.Y <= inside.Y {
		return 0, false
	}
	const near = 50 // as a part of the size: what rounding makes of it
	difference := inside.X*beside.Y - inside.Y*beside.X
	return found[0], max(difference, -difference)*near <= inside.X*beside.Y
}

// sizeOf reads a picture's size as a person sees it.
func sizeOf(f File) (image.Point, bool) {
	if f.Open == nil {
		return image.Point{}, false
	}
	head, _ := readSome(f, exifBytes) // the size stands near the beginning, or it is not known
	config, _, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return image.Point{}, false
	}
	if jpegOrientation(head) >= 5 {
		return image.Point{X: config.Height, Y: config.Width}, true
	}
	return image.Point{X: config.Width, Y: config.Height}, true
}

// crop remembers which part of a photo on the shelf is shown.
func (d *draft) crop(i int, crop press.Rect) {
	if d.crops == nil {
		d.crops = map[int]press.Rect{}
	}
	d.crops[i] = crop
}
