package press_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func TestIDsSortByTimeAndNeverRepeat(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var ids []string
	for i := range 1000 {
		ids = append(ids, press.NewID(now.Add(time.Duration(i/100)*time.Millisecond)))
	}
	if !slices.IsSorted(ids) {
		t.Error("identifiers of one process do not sort by the time they were made")
	}
	if got := len(slices.Compact(slices.Clone(ids))); got != len(ids) {
		t.Errorf("%d different identifiers of %d", got, len(ids))
	}
	for _, id := range ids {
		if !press.ValidID(id) || len(id) != 26 {
			t.Fatalf("%q is not valid", id)
		}
	}
}

func TestIDTime(t *testing.T) {
	t.Parallel()
	// Far ahead of every other test, because an identifier never sorts before one that was made earlier.
	at := time.Date(2090, 1, 2, 3, 4, 5, 678e6, time.UTC)
	if got := press.IDTime(press.NewID(at)); !got.Equal(at) {
		t.Errorf("IDTime = %v, want %v", got, at)
	}
	if got := press.IDTime("no"); !got.IsZero() {
		t.Errorf("IDTime of no identifier = %v", got)
	}
}

func TestValidID(t *testing.T) {
	t.Parallel()
	good := press.NewID(time.Now())
	for _, bad := range []string{"", good[1:], good + "0", strings.ToUpper(good[:25]) + "I", good[:25] + "u", "8" + good[1:], good[:25] + "\n", "../../../../etc/passwd/0000"[:26]} {
		if press.ValidID(bad) {
			t.Errorf("%q passes for an identifier", bad)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	if d, err := press.ParseDigest(string(photo)); err != nil || d != photo {
		t.Errorf("ParseDigest = %v, %v", d, err)
	}
	for _, bad := range []string{"", "abc", strings.Repeat("g", 64), strings.Repeat("A", 64), strings.Repeat("a", 63) + "/"} {
		if _, err := press.ParseDigest(bad); press.KindOf(err) != press.Invalid {
			t.Errorf("ParseDigest(%q) = %v", bad, err)
		}
	}
}
