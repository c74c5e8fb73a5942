package site

import (
	"os"
	"strings"

	"newsdesk/internal/press"
)

// An article that was taken down leaves an empty file behind, beside where its page was. Its address then answers 410, which
// tells readers, search engines and feed readers that it is gone for good, where 404 would say that they may have mistyped
// it. Any web server that serves the folder can ask for that file; deploy/nginx-site.conf, deploy/site.htaccess
// and deploy/Caddyfile show how.

// goneMark is what such a file's name ends with, after the name of the page.
const goneMark = ".gone"

func (s *Site) goneFile(id press.ArticleID) string { return s.Path(id) + goneMark }

// wasTakenDown reports whether a file that is not there is the page of an article that was taken down.
func wasTakenDown(root *os.Root, name string) bool {
	if articleIn(name) == "" {
		return false
	}
	info, err := root.Stat(name + goneMark)
	return err == nil && info.Mode().IsRegular()
}

// gone brings the marks in step with what the archive says was taken down. Young ones may be of what it does not say yet.
func (b *rebuild) gone(w *writer) error {
	ids, err := b.s.cfg.Archive.Gone(w.ctx)
	if err != nil {
		return err
	}
	marks := map[string]bool{}
	for _, id := range ids {
		if !press.ValidID(string(id)) || w.size(b.s.Path(id)) >= 0 {
			continue
		}
		marks[b.s.goneFile(id)] = true
		if err := w.put(b.s.goneFile(id), nil); err != nil {
			return err
		}
	}
	return b.sweep(w, "a", func(name string) (bool, error) {
		return !strings.HasSuffix(name, goneMark) || marks[name] || b.young(w, name, 0), nil
	})
}
