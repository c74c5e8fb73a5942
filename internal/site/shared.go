package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"slices"

	"newsdesk/internal/press"
)

// A photo goes when the last article lets go of it. Whoever brings it to the folder holds it without a note, because few photos
// are ever in two articles. From the second article on a note says who holds it: every one but the first by name. So nobody need
// look through the pages of the site to know whether one of them shows it. The same holds for attachments.

// holders is such a note.
type holders struct {
	First    bool              `json:"first,omitempty"` // the article that brought it, which is not named, holds it still
	Articles []press.ArticleID `json:"articles,omitempty"`
}

func sharedFile(photo string) string {
	name := path.Base(photo)
	if attachmentName.MatchString(photo) { // others may be called the same
		name = string(press.DigestOf([]byte(photo)))
	}
	return privateDir + "/shared/" + name
}

// readHolders returns who holds a photo besides whoever brought it. known is false for a note that says only that there may be
// somebody, as those of earlier versions and of a rebuild that found more pages than names.
func readHolders(w *writer, photo string) (h holders, noted, known bool, err error) {
	data, err := w.read(sharedFile(photo))
	if err != nil || data == nil {
		return holders{First: true}, false, true, err
	}
	known = json.Unmarshal(data, &h) == nil
	return h, true, known, nil
}

func writeHolders(w *writer, photo string, h holders) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return w.put(sharedFile(photo), data)
}

// hold notes that an article takes hold of a photo that somebody has brought.
func hold(w *writer, photo string, id press.ArticleID) error {
	h, _, known, err := readHolders(w, photo)
	if err != nil || !known || slices.Contains(h.Articles, id) {
		return err
	}
	h.Articles = append(h.Articles, id)
	return writeHolders(w, photo, h)
}

// heldPhotos returns the photos that an article holds: those of its page, and of pages it had whose lists are not in step yet.
func (s *Site) heldPhotos(w *writer, id press.ArticleID, was record) (map[string]bool, error) {
	before, err := readBefore(w, id)
	held := map[string]bool{}
	for _, name := range photosOf(append(before, was)) {
		held[name] = true
	}
	return held, err
}

// releasePhotos has an article let go of photos, and removes those that nobody holds any more. Repeated, it does the same.
func (s *Site) releasePhotos(w *writer, id press.ArticleID, names []string) error {
	for _, name := range names {
		used, err := s.release(w, name, id)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		if err := errors.Join(w.remove(name), w.remove(sharedFile(name))); err != nil {
			return err
		}
	}
	return nil
}

// release reports whether a photo is to stay when an article has let go of it.
func (s *Site) release(w *writer, photo string, id press.ArticleID) (used bool, err error) {
	h, noted, known, err := readHolders(w, photo)
	switch {
	case err != nil || !noted:
		return false, err
	case !known:
		if h, err = s.whoShows(w, photo); err != nil {
			return false, err
		}
	}
	if at := slices.Index(h.Articles, id); at >= 0 {
		h.Articles = slices.Delete(h.Articles, at, at+1)
	} else {
		h.First = false
	}
	if !h.First && len(h.Articles) == 0 {
		return false, nil
	}
	return true, writeHolders(w, photo, h)
}

var digestIn = regexp.MustCompile(`[0-9a-f]{64}`)

// whoShows looks through every page, which is slow: once for each photo with a note that names nobody.
func (s *Site) whoShows(w *writer, photo string) (h holders, err error) {
	needle := []byte(digestIn.FindString(photo))
	err = eachFile(w, "a", func(name string) error {
		page, err := w.read(name)
		if id := articleIn(name); id != "" && bytes.Contains(page, needle) {
			if is, _ := s.readRecord(page); slices.Contains(is.Photos, photo) {
				h.Articles = append(h.Articles, id)
			}
		}
		return errors.Join(err, w.ctx.Err())
	})
	return h, err
}
