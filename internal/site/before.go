package site

import (
	"encoding/json"

	"newsdesk/internal/press"
)

// A correction may move an article to another column or leave a photo out. The lists are written when SQL has the
// correction too, which is later than the page; until then a small file keeps what the page was before.

func beforeFile(id press.ArticleID) string { return privateDir + "/before/" + string(id) + ".json" }

// rememberBefore keeps what an article's page was, if the lists or photos of that time must be visited again.
func (s *Site) rememberBefore(w *writer, id press.ArticleID, was, is record) error {
	if was.samePlace(is) && len(missing(was.Photos, is.Photos)) == 0 {
		return nil
	}
	all, err := readBefore(w, id)
	if err != nil {
		return err
	}
	return writeBefore(w, id, append(all, was))
}

func writeBefore(w *writer, id press.ArticleID, all []record) error {
	data, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return w.put(beforeFile(id), data)
}

// readBefore returns what an article's page was since the lists were last in step with it. An unreadable file counts as
// none: a rebuild puts right what is then left over.
func readBefore(w *writer, id press.ArticleID) ([]record, error) {
	data, err := w.read(beforeFile(id))
	if err != nil || data == nil {
		return nil, err
	}
	var all []record
	if json.Unmarshal(data, &all) != nil || len(all) > 1000 {
		return nil, nil
	}
	return all, nil
}

// missing returns the names in was that are not in is.
func missing(was, is []string) []string {
	kept := map[string]bool{}
	for _, name := range is {
		kept[name] = true
	}
	var out []string
	for _, name := range was {
		if !kept[name] {
			out = append(out, name)
		}
	}
	return out
}
