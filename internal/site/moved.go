package site

import (
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
)

// An article's address never changes: it holds its identifier alone, so that another title, column or date moves nothing.
// Pages of lists may: a part of a month that is cut in two or joined with another has another name then. Whoever kept such
// an address is sent to the nearest page that is there.

// numberedPage is a page of a list as it was called when lists were cut by number.
var numberedPage = regexp.MustCompile(`^(all/|c/.+/)page/[0-9]+\.html$`)

// nearestPage returns the file that readers of a list's page that is not there are sent to; "" if there is none.
func nearestPage(root *os.Root, name string) string {
	if m := numberedPage.FindStringSubmatch(name); m != nil {
		return firstThere(root, m[1]+"index.html")
	}
	list, month := listOf(name)
	if list == "" {
		return ""
	}
	if month == "" {
		month = path.Base(name[:len(name)-len(".html")])
	}
	year, _, _ := strings.Cut(month, "-")
	return firstThere(root, list+month+".html", list+year+".html", list+"archive.html", list+"index.html")
}

func firstThere(root *os.Root, names ...string) string {
	for _, name := range names {
		if info, err := root.Stat(name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// toNearest sends a reader there, if there is such a page.
func (s *Site) toNearest(w http.ResponseWriter, r *http.Request, root *os.Root, name string) bool {
	to := nearestPage(root, name)
	if to == "" || to == name {
		return false
	}
	// It may come back: a month that has more articles again is cut again. So the browser is not to remember it for good.
	status := http.StatusFound
	if numberedPage.MatchString(name) {
		status = http.StatusMovedPermanently
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, s.link(to), status)
	return true
}
