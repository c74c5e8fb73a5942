package site

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// littered is a place in which somebody has left things of other names than files here can have.
type littered struct {
	*elsewhere
	strays, removed []string
}

func (l *littered) Compare(ctx context.Context, c Comparison) error {
	err := l.elsewhere.Compare(ctx, c)
	for _, name := range l.strays {
		if err == nil {
			err = c.Stale(name)
		}
	}
	return err
}

func (l *littered) Remove(ctx context.Context, names []string) error {
	l.removed = append(l.removed, names...)
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.Contains(name, "长长") }) // a bucket can have them
	if len(names) == 0 {
		return nil
	}
	return l.elsewhere.Remove(ctx, names)
}

// TestStraysOfStrangeNames: what else lies in a bucket neither keeps the website from its readers, nor leads out of its folder.
func TestStraysOfStrangeNames(t *testing.T) {
	t.Parallel()
	e := &elsewhere{t: t, dir: t.TempDir(), marks: true}
	long := strings.Repeat("长", 100)
	outside := []string{"a/../../../etc/passwd", "p/./x", "/etc/passwd", "a//x", "a/", ".newsdesk/place", "a/.hidden/x", ""}
	l := &littered{elsewhere: e, strays: slices.Concat(outside, []string{"p/" + long, "a/" + long + "/x.html", "a/qqqq\x00index.html"})}
	s, archive := newSite(t, func(c *Config) { c.PageSize, c.Place = pageSize, l })
	e.s = s
	live(t, s, archive, plain(0))
	if _, err := s.PushAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.mustAgree("beside strays")
	for _, name := range []string{"p/" + long, "a/" + long + "/x.html"} {
		if !slices.Contains(l.removed, name) {
			t.Errorf("%.20s… stays at the place", name)
		}
	}
	for _, name := range outside {
		if slices.Contains(l.removed, name) {
			t.Errorf("%q was asked for", name)
		}
	}
}
